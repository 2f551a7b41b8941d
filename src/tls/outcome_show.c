/* Outcomes of predictions, as events. */
#include "tls/outcome_show.h"

#include "product/message.h"
#include "tls/wire_alert.h"
#include "x509/name.h"

static void put_subject(cy_out *out, const char *key, const char *title, const cy_tls_facts *facts)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  if (facts->leaf)
    cy_name_format(&name, facts->leaf->subject, CY_NAMES_RFC4514);
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
      cy_name_format(buf, s->server->identities[o->server_identity].leaf->subject, CY_NAMES_RFC4514);
    return;
  case CY_TLS_STEP_CLIENT_CERTIFICATE:
    if (o->client_identity >= 0 && s->client->identities[o->client_identity].leaf)
      cy_name_format(buf, s->client->identities[o->client_identity].leaf->subject, CY_NAMES_RFC4514);
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
  cy_out_bool(out, "client_asked", NULL, o->asked);
  cy_out_bool(out, "hello_retry", NULL, o->retried);
}

/* Failures. */

static void put_alert(cy_out *out, const cy_tls_outcome *o)
{
  const cy_wire_alert *alert = o->alert < 0 ? NULL : cy_wire_alert_get((uint8_t)o->alert);
  if (!alert) {
    cy_out_str(out, "alert", NULL, NULL);
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
static cy_tls_field field_of(cy_tls_cause cause)
{
  switch (cause) {
  case CY_TLS_CAUSE_VERSION_NONE:
  case CY_TLS_CAUSE_VERSION_FALLBACK:
  case CY_TLS_CAUSE_SIDE_NO_VERSION:
    return CY_TLS_FIELD_VERSIONS;
  case CY_TLS_CAUSE_SUITE_NONE:
  case CY_TLS_CAUSE_SUITE_UNFIT:
  case CY_TLS_CAUSE_SIDE_NO_SUITE:
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
  default:
    return CY_TLS_FIELD_IDENTITY;
  }
}

static void put_settings(cy_out *out, const cy_tls_shown *s)
{
  cy_tls_field field = field_of(s->outcome->cause);
  const cy_tls_terms *ends[] = {s->client, s->server};
  for (size_t e = 0; e < 2; e++) {
    CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
    cy_tls_setting_format(&words, ends[e], field);
    cy_out_text(out, e ? "server_setting" : "client_setting", NULL, cy_buf_get(&words));
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

static const char *product_of(const cy_tls_side *side)
{
  static const char *const libraries[] = {"openssl", "gnutls", "java", "nss", "gskit"};
  if (side->product)
    return side->product;
  return libraries[side->dialect ? side->dialect->library : 0];
}

static void put_logs_of(cy_out *out, const cy_tls_shown *s, const cy_tls_terms *terms)
{
  const cy_message *messages[3];
  const char *cause = cy_tls_cause_get(s->outcome->cause)->id, *product = product_of(terms->side);
  size_t count = cy_messages_of_cause(messages, CY_COUNT(messages), cause, product);
  for (size_t i = 0; i < count; i++) {
    cy_out_open(out, NULL, "");
    cy_out_str(out, "end", NULL, cy_tls_role_name(terms->role));
    cy_out_str(out, "product", NULL, product);
    cy_out_str(out, "code", NULL, messages[i]->code);
    cy_out_str(out, "meaning", NULL, messages[i]->meaning);
    cy_out_str(out, "certainty", NULL, messages[i]->certainty);
    cy_out_line(out, "    %s (%s): %s%s", cy_tls_role_name(terms->role), product, messages[i]->code,
      strcmp(messages[i]->certainty, "memory") == 0 ? ", as far as known" : "");
    cy_out_labelled(out, "        ", messages[i]->meaning);
    cy_out_close(out);
  }
}

static void put_logs(cy_out *out, const cy_tls_shown *s)
{
  cy_out_line(out, "  What the logs say:");
  cy_out_list(out, "logs", "");
  put_logs_of(out, s, s->client);
  put_logs_of(out, s, s->server);
  cy_out_list_end(out);
}

static void put_change(cy_out *out, const cy_tls_shown *s, const cy_tls_change *change)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) where = CY_BUF_TEXT;
  const cy_tls_terms *terms = change->end == CY_TLS_CLIENT ? s->client : s->server;
  cy_tls_change_format(&words, change, terms->side);
  cy_tls_setting_format(&where, terms, cy_tls_change_field(change));
  cy_out_open(out, NULL, "");
  cy_out_str(out, "end", NULL, cy_tls_role_name(change->end));
  cy_out_str(out, "change", NULL, cy_tls_change_id(change->kind));
  cy_out_text(out, "what", NULL, cy_buf_get(&words));
  cy_out_text(out, "now", NULL, cy_buf_get(&where));
  cy_buf_printf(&words, "; now: %s", cy_buf_cstr(&where));
  cy_out_labelled(out, change->end == CY_TLS_CLIENT ? "    client: " : "    server: ", cy_buf_cstr(&words));
  cy_out_close(out);
}

static void put_mends(cy_out *out, const cy_tls_shown *s)
{
  cy_out_list(out, "mends", "");
  if (s->mends->count)
    cy_out_line(out, "  What mends it (each was tried by predicting again; one of them is enough):");
  else
    cy_out_line(out, "  No change of settings mends it: what has to change is a certificate or a key.");
  for (size_t i = 0; i < s->mends->count; i++) {
    const cy_tls_mend *mend = &s->mends->items[i];
    cy_out_open(out, NULL, "");
    cy_out_bool(out, "gives_up_security", NULL, mend->price >= CY_TLS_PRICE_WEAK);
    cy_out_line(out, "   %zu.%s", i + 1,
      mend->price >= CY_TLS_PRICE_WEAK ? " This gives up security, and nothing better was found:" : "");
    cy_out_list(out, "changes", "");
    for (size_t k = 0; k < mend->count; k++)
      put_change(out, s, &mend->changes[k]);
    cy_out_list_end(out);
    cy_out_close(out);
  }
  cy_out_list_end(out);
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
  if (!s->outcome->agrees)
    put_failure(out, s);
  if (s->mends)
    put_mends(out, s);
}
