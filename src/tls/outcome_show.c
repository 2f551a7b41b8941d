/* Outcomes of predictions, as events. */
#include "tls/outcome_show.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "product/message.h"
#include "tls/syntax.h"
#include "tls/wire_alert.h"
#include "x509/name.h"

static void put_name(cy_buf *buf, const cy_cert_view *view)
{
  cy_name_format(buf, view->subject, CY_NAMES_RFC4514);
  cy_buf_str(buf, view->stand_in ? " (as the listing tells it)" : "");
}

static void put_subject(cy_out *out, const char *key, const char *title, const cy_tls_facts *facts)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  if (facts->leaf)
    put_name(&name, facts->leaf);
  cy_out_text(out, key, title, cy_buf_get(&name));
}

/* What a step came to: "TLS 1.3", a suite, a certificate. */
static void put_value(cy_buf *buf, const cy_tls_shown *s, cy_tls_rule rule)
{
  const cy_tls_outcome *o = s->outcome;
  const cy_tls_rule_info *info = cy_tls_rule_get(rule);
  switch (info->step) {
  case CY_TLS_STEP_VERSION:
    if (o->version && rule != CY_TLS_RULE_VERSION_NOT_CAPABLE)
      cy_buf_str(buf, cy_tls_version_name(o->version));
    return;
  case CY_TLS_STEP_PROTOCOL:
    cy_buf_str(buf, o->protocol ? o->protocol : "");
    return;
  case CY_TLS_STEP_SUITE:
    cy_buf_str(buf, o->suite < 0 ? "" : cy_suites[o->suite].names[CY_NOTATION_IANA]);
    return;
  case CY_TLS_STEP_GROUP:
    if (o->group >= 0)
      cy_buf_str(buf, cy_tls_groups[o->group].names[CY_NOTATION_IANA]);
    else if (o->dh_bits)
      cy_buf_printf(buf, "%u bits", o->dh_bits);
    return;
  case CY_TLS_STEP_CERTIFICATE:
    if (rule == CY_TLS_RULE_SCHEME_SERVER && o->server_scheme >= 0)
      cy_buf_str(buf, cy_schemes[o->server_scheme].names[CY_NOTATION_IANA]);
    else if (o->server_identity >= 0 && s->server->identities[o->server_identity].leaf)
      put_name(buf, s->server->identities[o->server_identity].leaf);
    return;
  case CY_TLS_STEP_CLIENT_CERTIFICATE:
    if (o->client_identity >= 0 && s->client->identities[o->client_identity].leaf)
      put_name(buf, s->client->identities[o->client_identity].leaf);
    return;
  case CY_TLS_STEP_AFTER:
    if (rule == CY_TLS_RULE_CHLAUTH)
      cy_tls_outcome_user(buf, s);
    return;
  default:
    return;
  }
}

static void put_steps(cy_out *out, const cy_tls_shown *s)
{
  static const cy_column columns[] = {
    {"step", "Step"}, {"value", "Result"}, {"decided", "Decided by", false, 70}};
  cy_out_table(out, "steps", "", columns, CY_COUNT(columns));
  for (size_t i = 0; i < s->outcome->hit_count; i++) {
    CY_CLEAN(cy_buf) value = CY_BUF_TEXT;
    const cy_tls_rule_info *rule = cy_tls_rule_get(s->outcome->hits[i]);
    put_value(&value, s, s->outcome->hits[i]);
    cy_out_row(out);
    cy_out_str(out, "step", NULL, cy_tls_step_name(rule->step));
    cy_out_text(out, "value", NULL, cy_buf_get(&value));
    cy_out_str(out, "rule", NULL, rule->id);
    cy_out_str(out, "decided", NULL, rule->text);
    cy_out_str(out, "source", NULL, rule->source);
    cy_out_row_end(out);
  }
  cy_out_table_end(out);
}

static void put_agreed(cy_out *out, const cy_tls_shown *s)
{
  const cy_tls_outcome *o = s->outcome;
  cy_out_str(out, "version", NULL, o->version ? cy_tls_version_name(o->version) : NULL);
  cy_out_str(out, "suite", NULL, o->suite < 0 ? NULL : cy_suites[o->suite].names[CY_NOTATION_IANA]);
  cy_out_str(out, "group", NULL, o->group < 0 ? NULL : cy_tls_groups[o->group].names[CY_NOTATION_IANA]);
  cy_out_str(out, "server_scheme", NULL,
    o->server_scheme < 0 ? NULL : cy_schemes[o->server_scheme].names[CY_NOTATION_IANA]);
  cy_out_str(out, "client_scheme", NULL,
    o->client_scheme < 0 ? NULL : cy_schemes[o->client_scheme].names[CY_NOTATION_IANA]);
  if (o->server_identity >= 0)
    put_subject(out, "server_certificate", NULL, &s->server->identities[o->server_identity]);
  if (o->client_identity >= 0)
    put_subject(out, "client_certificate", NULL, &s->client->identities[o->client_identity]);
  cy_out_str(out, "protocol", NULL, o->protocol);
  cy_out_bool(out, "client_asked", NULL, o->asked);
  cy_out_bool(out, "hello_retry", NULL, o->retried);
}

/* Failures. */

static void put_alert(cy_out *out, const cy_tls_outcome *o)
{
  const cy_wire_alert *alert = o->alert < 0 ? NULL : cy_wire_alert_get((uint8_t)o->alert);
  if (!alert) {
    cy_out_str(out, "alert", NULL, NULL);
    if (o->alert == CY_TLS_ALERT_UNKNOWN)
      cy_out_line(out, "    The %s sends an alert after %s; which one is not known.",
        cy_tls_role_name(o->alerter), cy_tls_message_name(o->after));
    else
      cy_out_line(out, "    No alert is sent%s.",
        o->step == CY_TLS_STEP_START ? ": it does not come to a handshake" : "; the connection is closed");
    return;
  }
  cy_out_open(out, "alert", NULL);
  cy_out_str(out, "from", NULL, cy_tls_role_name(o->alerter));
  cy_out_int(out, "number", NULL, o->alert);
  cy_out_str(out, "name", NULL, alert->name);
  cy_out_str(out, "after", NULL, cy_tls_message_name(o->after));
  cy_out_close(out);
  cy_out_line(out, "    The %s sends the alert %s (%d) after %s.", cy_tls_role_name(o->alerter),
    alert->name, o->alert, cy_tls_message_name(o->after));
}

/* The fields of both ends that the cause is about. */
cy_tls_field cy_tls_cause_field(cy_tls_cause cause)
{
  switch (cause) {
  case CY_TLS_CAUSE_VERSION_NONE:
  case CY_TLS_CAUSE_VERSION_FALLBACK:
  case CY_TLS_CAUSE_SIDE_NO_VERSION:
    return CY_TLS_FIELD_VERSIONS;
  case CY_TLS_CAUSE_ALPN_NONE:
    return CY_TLS_FIELD_ALPN;
  case CY_TLS_CAUSE_SUITE_NONE:
  case CY_TLS_CAUSE_SUITE_UNFIT:
  case CY_TLS_CAUSE_SIDE_NO_SUITE:
  case CY_TLS_CAUSE_CLIENT_KEY_TYPE:
    return CY_TLS_FIELD_SUITES;
  case CY_TLS_CAUSE_GROUP_NONE:
  case CY_TLS_CAUSE_SIDE_NO_GROUP:
  case CY_TLS_CAUSE_CURVE:
    return CY_TLS_FIELD_GROUPS;
  case CY_TLS_CAUSE_SCHEME_NONE:
  case CY_TLS_CAUSE_SCHEME_UNFIT:
  case CY_TLS_CAUSE_SERVER_SCHEME:
  case CY_TLS_CAUSE_CLIENT_SCHEME:
  case CY_TLS_CAUSE_ASK_NONE:
  case CY_TLS_CAUSE_SERVER_CHAIN_SCHEME:
  case CY_TLS_CAUSE_CLIENT_CHAIN_SCHEME:
    return CY_TLS_FIELD_SCHEMES;
  case CY_TLS_CAUSE_SERVER_CHAIN:
  case CY_TLS_CAUSE_CLIENT_CHAIN:
    return CY_TLS_FIELD_TRUST;
  case CY_TLS_CAUSE_CLIENT_NONE_SENT:
    return CY_TLS_FIELD_PEER;
  case CY_TLS_CAUSE_SCHEME_LEGACY:
  case CY_TLS_CAUSE_DH_WEAK:
    return CY_TLS_FIELD_LEVEL;
  case CY_TLS_CAUSE_DEMAND_VERSION:
  case CY_TLS_CAUSE_DEMAND_SUITE:
    return CY_TLS_FIELD_DEMAND;
  case CY_TLS_CAUSE_PEER_NAME:
  case CY_TLS_CAUSE_PEER_NAME_INVALID:
    return CY_TLS_FIELD_PEER_NAME;
  case CY_TLS_CAUSE_CHANNEL_UNNAMED:
    return CY_TLS_FIELD_SNI;
  default:
    return CY_TLS_FIELD_IDENTITY;
  }
}

/* Whether a setting of this field stands somewhere, or a library has a default of it. */
static bool has_setting(const cy_tls_shown *s, const cy_tls_terms *terms, cy_tls_field field)
{
  bool own = field == CY_TLS_FIELD_PEER_NAME || field == CY_TLS_FIELD_SNI;
  return s->outcome->cause != CY_TLS_CAUSE_CHANNEL_BLOCKED &&
         (!own || cy_tls_side_setting(terms->side, field));
}

static void put_settings(cy_out *out, const cy_tls_shown *s)
{
  bool clear = s->outcome->cause == CY_TLS_CAUSE_SIDE_CLEAR;
  const cy_tls_terms *ends[] = {s->client, s->server};
  for (size_t e = 0; e < 2; e++) {
    CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
    cy_tls_field field = clear ? cy_tls_clear_field(ends[e]->side) : cy_tls_cause_field(s->outcome->cause);
    bool set = has_setting(s, ends[e], field);
    if (set)
      cy_tls_setting_format(&words, ends[e], field);
    else
      cy_buf_str(&words, "not set");
    cy_out_text(out, e ? "server_setting" : "client_setting", NULL, cy_buf_get(&words));
    if (set)
      cy_out_line(out, "    %s: %s", e ? "server" : "client", cy_buf_cstr(&words));
  }
}

static void put_against(cy_out *out, const cy_tls_shown *s)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_tls_outcome_against(&words, s);
  cy_out_list(out, "against", "");
  for (char *line = (char *)cy_buf_cstr(&words); line && *line;) {
    char *end = strchr(line, '\n');
    size_t len = end ? (size_t)(end - line) : strlen(line);
    CY_CLEAN(cy_buf) one = CY_BUF_TEXT;
    cy_buf_put(&one, line, len);
    cy_out_text(out, NULL, NULL, cy_buf_get(&one));
    cy_out_labelled(out, "    ", cy_buf_cstr(&one));
    line = end ? end + 1 : NULL;
  }
  cy_out_list_end(out);
}

/* What the products write. */

static const char *library_of(const cy_tls_side *side)
{
  static const char *const libraries[] = {"openssl", "gnutls", "java", "nss", "gskit", "erlang"};
  return libraries[side->dialect ? side->dialect->library : 0];
}

static const char *product_of(const cy_tls_side *side)
{
  return side->product ? side->product : library_of(side);
}

/* The word that messages know a product by (data/message-families.tsv). */
static const char *word_of(const cy_tls_side *side)
{
  static const struct {
    const char *product, *word;
  } words[] = {{"IBM MQ for z/OS", "mq-zos"}, {"IBM MQ classes", "mq-java"}, {"IBM MQ", "mq"},
    {"Apache", "apache"}, {"Java", "java"}, {"WebSphere Liberty", "liberty"}, {"Open Liberty", "liberty"},
    {"Liberty", "liberty"}, {"OpenLDAP", "openldap"}, {"slapd", "openldap"}, {"PostgreSQL", "postgresql"},
    {"RabbitMQ", "rabbitmq"}, {"libpq", "postgresql"}, {"z/OS LDAP", "zos-ldap"}, {"GnuTLS", "gnutls"},
    {"GSKit", "gskit"}, {"System SSL", "system-ssl"}, {"AT-TLS", "system-ssl"}, {"OpenSSL", "openssl"}};
  for (size_t i = 0; side->product && i < CY_COUNT(words); i++)
    if (cy_text_starts(side->product, words[i].product))
      return words[i].word;
  return product_of(side);
}

/* Messages know broken chains by what is wrong with them. */
static const char *cause_of_verdict(const cy_tls_verdict *verdict)
{
  static const struct {
    int error;
    const char *cause;
  } causes[] = {{9, "cert.not-yet-valid"}, {10, "cert.expired"}, {18, "chain.self-signed"},
    {19, "chain.ca-unknown"}, {20, "chain.ca-unknown"}, {21, "chain.ca-unknown"}, {23, "cert.revoked"},
    {25, "chain.too-long"}, {26, "usage.unfit"}, {62, "cert.name-mismatch"}, {63, "cert.name-mismatch"},
    {64, "cert.name-mismatch"}, {66, "key.too-small"}, {67, "key.too-small"}, {68, "digest.too-weak"}};
  for (size_t i = 0; verdict && i < CY_COUNT(causes); i++)
    if (causes[i].error == verdict->openssl)
      return causes[i].cause;
  return "chain.ca-unknown";
}

const char *cy_tls_outcome_cause_id(const cy_tls_outcome *o)
{
  static const struct {
    cy_tls_cause cause;
    const char *id;
  } others[] = {{CY_TLS_CAUSE_SIDE_NO_VERSION, "version.none-in-common"},
    {CY_TLS_CAUSE_SIDE_NO_SUITE, "suite.none-in-common"},
    {CY_TLS_CAUSE_SIDE_NO_GROUP, "group.none-in-common"},
    {CY_TLS_CAUSE_SIDE_IDENTITY_REFUSED, "key.too-small"}, {CY_TLS_CAUSE_CHAIN_WEAK, "key.too-small"},
    {CY_TLS_CAUSE_SCHEME_UNFIT, "scheme.none-in-common"},
    {CY_TLS_CAUSE_SERVER_SCHEME, "scheme.none-in-common"},
    {CY_TLS_CAUSE_CLIENT_SCHEME, "scheme.none-in-common"}, {CY_TLS_CAUSE_SIGNATURE, "key.too-small"},
    {CY_TLS_CAUSE_CLIENT_KEY_TYPE, "key.type-unfit"},
    {CY_TLS_CAUSE_SERVER_CHAIN_SCHEME, "scheme.none-in-common"},
    {CY_TLS_CAUSE_CLIENT_CHAIN_SCHEME, "scheme.none-in-common"},
    {CY_TLS_CAUSE_CURVE, "group.none-in-common"}, {CY_TLS_CAUSE_VERSION_FALLBACK, "downgrade.refused"},
    {CY_TLS_CAUSE_SCHEME_LEGACY, "level.too-strict"}};
  if (o->cause == CY_TLS_CAUSE_CLIENT_NONE_SENT && cy_tls_outcome_hit(o, CY_TLS_RULE_CLIENT_NO_CA))
    return "clientcert.issuer-not-asked";
  if (o->cause == CY_TLS_CAUSE_SIDE_CLEAR)
    return o->end == CY_TLS_CLIENT ? "port.tls-expected" : "port.not-tls";
  if (o->cause == CY_TLS_CAUSE_SERVER_CHAIN)
    return cause_of_verdict(o->server_verdict);
  if (o->cause == CY_TLS_CAUSE_CLIENT_CHAIN)
    return cause_of_verdict(o->client_verdict);
  for (size_t i = 0; i < CY_COUNT(others); i++)
    if (others[i].cause == o->cause)
      return others[i].id;
  return cy_tls_cause_get(o->cause)->id;
}

/* What this end may say: a message of the other end's kind is left out. */
static bool can_say(const cy_message *message, const cy_tls_terms *terms, const cy_tls_outcome *o)
{
  bool refuses = o->cause == CY_TLS_CAUSE_SIDE_CLEAR ? o->end != terms->role : o->alerter == terms->role;
  if (strcmp(message->family->id, "alert") == 0)
    return !refuses && o->alert >= 0 && strtol(message->code, NULL, 10) == o->alert;
  if (message->end != CY_END_EITHER && (message->end == CY_END_SERVER) != (terms->role == CY_TLS_SERVER))
    return false;
  if (message->refused == CY_REFUSED_HERE && !refuses)
    return false;
  return message->refused != CY_REFUSED_THERE || !refuses;
}

static void put_message(cy_out *out, const cy_message *message, const cy_tls_terms *terms)
{
  const char *product = product_of(terms->side);
  bool guess = strcmp(message->certainty, "memory") == 0;
  const char *role = cy_tls_role_name(terms->role);
  cy_out_open(out, NULL, "");
  cy_out_str(out, "end", NULL, role);
  cy_out_str(out, "product", NULL, product);
  cy_out_str(out, "family", NULL, message->family->id);
  cy_out_str(out, "code", NULL, message->code);
  cy_out_str(out, "meaning", NULL, message->meaning);
  cy_out_str(out, "certainty", NULL, message->certainty);
  cy_out_line(out, "    %s (%s): %s %s%s", role, product, message->family->title, message->code,
    guess ? ", as far as known" : "");
  cy_out_labelled(out, "        ", message->meaning);
  cy_out_close(out);
}

enum { MESSAGES_ASKED = 24, MESSAGES_SHOWN = 3 };

/* OpenSSL numbers what is wrong with a chain: that one message, and no others like it. */
static const cy_message *numbered(const cy_tls_outcome *o, const cy_tls_terms *terms)
{
  const cy_tls_verdict *verdict = o->cause == CY_TLS_CAUSE_SERVER_CHAIN   ? o->server_verdict
                                  : o->cause == CY_TLS_CAUSE_CLIENT_CHAIN ? o->client_verdict
                                                                          : NULL;
  char number[16];
  if (!verdict || !verdict->openssl || o->alerter != terms->role ||
      terms->dialect->library != CY_TLS_OPENSSL)
    return NULL;
  snprintf(number, sizeof number, "%d", verdict->openssl);
  return cy_message_get("openssl", number);
}

static void put_logs_of(cy_out *out, const cy_tls_shown *s, const cy_tls_terms *terms)
{
  const cy_message *messages[MESSAGES_ASKED];
  const char *product = product_of(terms->side), *cause = cy_tls_outcome_cause_id(s->outcome);
  const cy_message *one = numbered(s->outcome, terms);
  if (one) {
    put_message(out, one, terms);
    return;
  }
  size_t shown = 0, count = 0;
  if (s->outcome->cause == CY_TLS_CAUSE_SIDE_CLEAR) /* what queue managers have words of their own for */
    count =
      cy_messages_of_cause(messages, CY_COUNT(messages), "mq.cipherspec-missing", word_of(terms->side));
  if (count == 0)
    count = cy_messages_of_cause(messages, CY_COUNT(messages), cause, word_of(terms->side));
  if (count == 0) {
    product = library_of(terms->side);
    count = cy_messages_of_cause(messages, CY_COUNT(messages), cause, product);
  }
  if (count == 0) {
    cause = cy_tls_cause_get(s->outcome->cause)->id;
    count = cy_messages_of_cause(messages, CY_COUNT(messages), cause, product);
  }
  for (size_t i = 0; i < count && shown < MESSAGES_SHOWN; i++)
    if (can_say(messages[i], terms, s->outcome)) {
      put_message(out, messages[i], terms);
      shown++;
    }
  if (shown == 0)
    cy_out_line(out, "    %s (%s): nothing is known", cy_tls_role_name(terms->role), product);
}

static void put_logs(cy_out *out, const cy_tls_shown *s)
{
  cy_out_line(out, "  What the logs say:");
  cy_out_list(out, "logs", "");
  put_logs_of(out, s, s->client);
  put_logs_of(out, s, s->server);
  cy_out_list_end(out);
}

/* The lines to write, and what takes notice of them. `changed` has the change made. */
void cy_tls_write_show(cy_out *out, const cy_tls_side *changed, cy_tls_role role, cy_tls_field field)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  bool told = cy_tls_syntax_is_told(changed, role, field);
  const char *reload = cy_tls_syntax_reload(changed, role, field);
  bool known = cy_tls_syntax_put(&words, changed, role, field);
  if (known)
    cy_out_text(out, "write", NULL, cy_buf_get(&words));
  else
    cy_out_str(out, "write", NULL, NULL);
  cy_out_str(out, "then", NULL, known ? reload : NULL);
  cy_out_str(out, "certainty", NULL, !known ? NULL : told ? "memory" : "seen");
  if (!known)
    return;
  const char *label = told ? "      write, as far as known: " : "      write: ";
  for (const char *line = cy_buf_cstr(&words); line;) {
    const char *end = strchr(line, '\n');
    cy_out_line(out, "%s%.*s", label, end ? (int)(end - line) : (int)strlen(line), line);
    label = "             ";
    line = end ? end + 1 : NULL;
  }
  if (reload)
    cy_out_labelled(out, "      then: ", reload);
}

static void put_change(
  cy_out *out, const cy_tls_shown *s, const cy_tls_change *change, const cy_tls_side *changed)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) where = CY_BUF_TEXT;
  const cy_tls_terms *terms = change->end == CY_TLS_CLIENT ? s->client : s->server;
  cy_tls_field field =
    change->kind == CY_CHANGE_TLS_ON ? cy_tls_clear_field(terms->side) : cy_tls_change_field(change);
  cy_tls_change_format(&words, change, terms->side);
  if (has_setting(s, terms, field))
    cy_tls_setting_format(&where, terms, field);
  else
    cy_buf_str(&where, "not set");
  cy_out_open(out, NULL, "");
  cy_out_str(out, "end", NULL, cy_tls_role_name(change->end));
  cy_out_str(out, "change", NULL, cy_tls_change_id(change->kind));
  cy_out_text(out, "what", NULL, cy_buf_get(&words));
  cy_out_text(out, "now", NULL, cy_buf_get(&where));
  cy_buf_printf(&words, "; now: %s", cy_buf_cstr(&where));
  cy_out_labelled(out, change->end == CY_TLS_CLIENT ? "    client: " : "    server: ", cy_buf_cstr(&words));
  if (changed)
    cy_tls_write_show(out, changed, change->end, field);
  cy_out_close(out);
}

/* Both sides with all changes made, so that a line that is told twice says the same; NULL: no memory. */
static void mend_copies(cy_tls_side *copies[2], const cy_tls_shown *s, const cy_tls_mend *mend)
{
  cy_err *err = cy_tls_side_copy(&copies[CY_TLS_CLIENT], s->client->side);
  if (!err)
    err = cy_tls_side_copy(&copies[CY_TLS_SERVER], s->server->side);
  if (!err)
    err = cy_tls_mend_apply(mend, copies[CY_TLS_CLIENT], copies[CY_TLS_SERVER]);
  for (size_t i = 0; err && i < 2; i++) {
    cy_tls_side_free(copies[i]);
    copies[i] = NULL;
  }
  cy_err_free(err);
}

static void put_changes(cy_out *out, const cy_tls_shown *s, const cy_tls_mend *mend)
{
  cy_tls_side *copies[2] = {NULL, NULL};
  mend_copies(copies, s, mend);
  cy_out_list(out, "changes", "");
  for (size_t k = 0; k < mend->count; k++)
    put_change(out, s, &mend->changes[k], copies[mend->changes[k].end]);
  cy_out_list_end(out);
  cy_tls_side_free(copies[CY_TLS_CLIENT]);
  cy_tls_side_free(copies[CY_TLS_SERVER]);
}

static void put_mend(cy_out *out, const cy_tls_shown *s, size_t i)
{
  const cy_tls_mend *mend = &s->mends->items[i];
  bool weak = mend->price >= CY_TLS_PRICE_WEAK;
  cy_out_open(out, NULL, "");
  cy_out_bool(out, "gives_up_security", NULL, weak);
  cy_out_line(
    out, "   %zu.%s", i + 1, weak ? " This gives up security, and nothing better was found:" : "");
  put_changes(out, s, mend);
  cy_out_close(out);
}

/* Nothing mends it: what can be done about the step at hand, and what is wrong behind it. */
static void put_partial(cy_out *out, const cy_tls_shown *s)
{
  const cy_tls_mends *mends = s->mends;
  const cy_tls_cause_info *next = cy_tls_cause_get(mends->next);
  if (mends->count || mends->partial.count == 0) {
    cy_out_str(out, "partial", NULL, NULL);
    return;
  }
  cy_out_open(out, "partial", "");
  cy_out_line(out, "  This step can be mended (tried by predicting again), but there is more behind it:");
  put_changes(out, s, &mends->partial);
  cy_out_str(out, "step", NULL, cy_tls_step_name(mends->next_step));
  cy_out_str(out, "cause", NULL, next->id);
  cy_out_str(out, "title", NULL, next->title);
  cy_out_line(out, "    Then it fails at the step %s (%s):", cy_tls_step_name(mends->next_step), next->id);
  cy_out_labelled(out, "      ", next->title);
  cy_out_close(out);
}

static void put_mends(cy_out *out, const cy_tls_shown *s)
{
  cy_out_list(out, "mends", "");
  if (s->mends->count)
    cy_out_line(out, "  What mends it (each was tried by predicting again; one of them is enough):");
  else
    cy_out_line(out,
      "  No change of settings mends it: what has to change is a certificate, a key, or a CA that "
      "neither end's files hold.");
  for (size_t i = 0; i < s->mends->count; i++)
    put_mend(out, s, i);
  cy_out_list_end(out);
  put_partial(out, s);
}

static void put_failure(cy_out *out, const cy_tls_shown *s)
{
  const cy_tls_cause_info *cause = cy_tls_cause_get(s->outcome->cause);
  cy_out_open(out, "failure", "");
  cy_out_str(out, "step", NULL, cy_tls_step_name(s->outcome->step));
  cy_out_str(out, "cause", NULL, cause->id);
  cy_out_str(out, "title", NULL, cause->title);
  cy_out_str(out, "why", NULL, cause->why);
  cy_out_line(out, "  It fails at the step %s (%s):", cy_tls_step_name(s->outcome->step), cause->id);
  cy_out_labelled(out, "    ", cause->title);
  cy_out_labelled(out, "    ", cause->why);
  put_against(out, s);
  put_settings(out, s);
  put_alert(out, s->outcome);
  put_logs(out, s);
  cy_out_close(out);
}

void cy_tls_outcome_show(cy_out *out, const cy_tls_shown *s)
{
  CY_CLEAN(cy_buf) line = CY_BUF_TEXT;
  cy_tls_outcome_line(&line, s);
  cy_out_bool(out, "agrees", NULL, s->outcome->agrees);
  cy_out_text(out, "summary", NULL, cy_buf_get(&line));
  cy_out_style(out, s->outcome->agrees ? CY_STYLE_GOOD : CY_STYLE_BAD);
  cy_out_line(out, "%s: %s", s->outcome->agrees ? "They agree" : "They do not agree", cy_buf_cstr(&line));
  put_agreed(out, s);
  if (s->outcome->hit_count)
    put_steps(out, s);
  cy_tls_outcome_show_channel(out, s);
  if (!s->outcome->agrees)
    put_failure(out, s);
  if (s->mends)
    put_mends(out, s);
}
