#include "tls/side_show.h"

#include "tls/dialect.h"
#include "tls/group.h"
#include "tls/scheme.h"
#include "tls/suite.h"
#include "tls/used.h"
#include "x509/name.h"

void cy_tls_versions_format(cy_buf *buf, unsigned versions)
{
  bool first = true;
  for (unsigned v = CY_SSL3; v <= CY_TLS13; v++) {
    if (!(versions & CY_TLS_BIT(v)))
      continue;
    cy_buf_printf(buf, "%s%s", first ? "" : ", ", cy_tls_version_name(v));
    first = false;
  }
}

/* Everything is gone through twice: once for people, so that their lines stand together, once for programs.
 */
typedef struct {
  cy_out *out;
  bool people;
} shower;

static void put_str(const shower *s, const char *key, const char *title, const char *value)
{
  if (value)
    cy_out_str(s->out, s->people ? NULL : key, s->people ? title : NULL, value);
}

static void put_int(const shower *s, const char *key, const char *title, int64_t value)
{
  cy_out_int(s->out, s->people ? NULL : key, s->people ? title : NULL, value);
}

static void put_bool(const shower *s, const char *key, const char *title, bool value)
{
  cy_out_bool(s->out, s->people ? NULL : key, s->people ? title : NULL, value);
}

static void put_versions(const shower *s, const char *key, const char *title, unsigned versions)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  if (!versions)
    return;
  cy_tls_versions_format(&text, versions);
  if (s->people) {
    cy_out_text(s->out, NULL, title, cy_buf_get(&text));
    return;
  }
  cy_out_list(s->out, key, NULL);
  for (unsigned v = CY_SSL3; v <= CY_TLS13; v++)
    if (versions & CY_TLS_BIT(v))
      cy_out_str(s->out, NULL, NULL, cy_tls_version_name(v));
  cy_out_list_end(s->out);
}

/* So many names of a list, the strongest mostly, are enough for people; programs get them all. */
enum { SHOWN = 6 };

typedef const char *name_of(uint16_t code);

static const char *suite_name(uint16_t code)
{
  const cy_suite *suite = cy_suite_get(code);
  return suite ? suite->names[CY_NOTATION_IANA] : NULL;
}

static const char *group_name(uint16_t code)
{
  const cy_tls_group *group = cy_tls_group_get(code);
  return group ? group->names[CY_NOTATION_IANA] : NULL;
}

static const char *scheme_name(uint16_t code)
{
  const cy_scheme *scheme = cy_scheme_get(code);
  return scheme ? scheme->names[CY_NOTATION_IANA] : NULL;
}

/* What has no name is a number. */
static void name_or_number(cy_buf *text, uint16_t code, name_of *name)
{
  if (name(code))
    cy_buf_str(text, name(code));
  else
    cy_buf_printf(text, "%04X", code);
}

static void put_codes(
  const shower *s, const char *key, const char *title, const cy_codes *list, name_of *name)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  if (!list->set)
    return;
  if (!s->people)
    cy_out_list(s->out, key, NULL);
  for (size_t i = 0; i < list->count; i++) {
    if (s->people && i == SHOWN && list->count > SHOWN + 2) {
      cy_buf_printf(&text, " and %zu more", list->count - i);
      break;
    }
    cy_buf_str(&text, s->people && i ? ", " : "");
    name_or_number(&text, list->codes[i], name);
    if (s->people)
      continue;
    cy_out_str(s->out, NULL, NULL, cy_buf_cstr(&text));
    cy_buf_reset(&text);
  }
  if (s->people)
    cy_out_str(s->out, NULL, title, list->count ? cy_buf_cstr(&text) : "none");
  else
    cy_out_list_end(s->out);
}

static void put_tri(const shower *s, const char *key, const char *title, cy_tri value)
{
  if (value != CY_UNSET)
    put_bool(s, key, title, value == CY_YES);
}

/* Only where it is so: `false` is what nothing means. */
static void put_yes(const shower *s, const char *key, const char *title, bool value)
{
  if (value)
    put_bool(s, key, title, true);
}

static void put_certs(const shower *s, const char *key, const cy_certs *list)
{
  cy_out_list(s->out, key, NULL);
  for (size_t i = 0; i < list->count; i++) {
    CY_CLEAN(cy_buf) listed = CY_BUF_TEXT;
    if (!cy_cert_get(list->items[i])->stand_in) {
      cy_out_hex(s->out, NULL, NULL, cy_cert_der(list->items[i]));
      continue;
    }
    cy_buf_str(&listed, "listed:");
    cy_buf_hex(&listed, cy_cert_der(list->items[i]));
    cy_out_text(s->out, NULL, NULL, cy_buf_get(&listed));
  }
  cy_out_list_end(s->out);
}

static void put_identity_words(const shower *s, const cy_tls_identity *identity)
{
  static const char *const states[] = {
    "", ", without its private key", ", private key not opened", ", with another's private key"};
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  if (identity->chain.count) {
    const cy_cert_view *leaf = cy_cert_get(identity->chain.items[0]);
    cy_name_short(&text, leaf->subject);
    cy_buf_str(&text, ", ");
    cy_key_info_format(&text, &leaf->key);
    if (identity->chain.count > 1)
      cy_buf_printf(&text, ", chain of %zu", identity->chain.count);
    cy_buf_str(&text, leaf->stand_in ? ", as the listing tells it" : "");
  }
  cy_out_strf(
    s->out, NULL, "Certificate", "%s (%s%s)", identity->place, cy_buf_cstr(&text), states[identity->key]);
}

static void put_identities(const shower *s, const cy_tls_side *side)
{
  static const char *const states[] = {"there", "missing", "locked", "others"};
  for (size_t i = 0; i < side->identity_count && s->people; i++)
    put_identity_words(s, side->identities[i]);
  if (!side->identity_count || s->people)
    return;
  cy_out_list(s->out, "identities", NULL);
  for (size_t i = 0; i < side->identity_count; i++) {
    const cy_tls_identity *identity = side->identities[i];
    cy_out_open(s->out, NULL, NULL);
    cy_out_str(s->out, "label", NULL, identity->label);
    cy_out_str(s->out, "place", NULL, identity->place);
    cy_out_str(s->out, "key", NULL, states[identity->key]);
    put_certs(s, "chain", &identity->chain);
    cy_out_close(s->out);
  }
  cy_out_list_end(s->out);
}

static void put_trust(const shower *s, const cy_tls_trust *trust)
{
  if (!trust)
    return;
  if (s->people) {
    cy_out_strf(s->out, NULL, "Trusts", "%s (%zu certificate%s%s)", trust->place, trust->anchors.count,
      trust->anchors.count == 1 ? "" : "s", trust->crls.count ? ", with revocation lists" : "");
    return;
  }
  cy_out_open(s->out, "trust", NULL);
  cy_out_str(s->out, "place", NULL, trust->place);
  put_certs(s, "anchors", &trust->anchors);
  put_certs(s, "others", &trust->others);
  cy_out_list(s->out, "crls", NULL);
  for (size_t i = 0; i < trust->crls.count; i++)
    cy_out_hex(s->out, NULL, NULL, cy_crl_get(trust->crls.items[i])->der);
  cy_out_list_end(s->out);
  cy_out_close(s->out);
}

static const char *peer_words(const cy_tls_side *side)
{
  static const char *const server[] = {"", "no certificate is asked for",
    "a certificate is asked for and not checked", "a certificate is asked for, none will do, too",
    "must show a certificate"};
  static const char *const client[] = {"", "not checked: whatever comes is taken", "not checked",
    "checked if it shows a certificate", "checked"};
  return side->role == CY_TLS_SERVER ? server[side->peer] : client[side->peer];
}

/* What the connection came to; the settings have the rest. */
static void put_used(const shower *s, const cy_tls_side *side)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  if (!side->used)
    return;
  cy_tls_used_format(&text, side->used);
  const char *came = cy_tls_came_name(side->used->came);
  if (s->people) {
    static const char *const words[] = {"it is not known what came of it", "agreed", "failed"};
    cy_out_strf(s->out, NULL, "Really used", "%s%s%s", cy_buf_cstr(&text), text.len ? "; " : "",
      words[side->used->came]);
    return;
  }
  cy_out_open(s->out, "used", NULL);
  cy_out_str(s->out, "what", NULL, side->used->what);
  cy_out_str(s->out, "file", NULL, side->used->file);
  cy_out_int(s->out, "line", NULL, (int64_t)side->used->line);
  cy_out_str(s->out, "when", NULL, side->used->when);
  cy_out_str(s->out, "came", NULL, came);
  cy_out_text(s->out, "summary", NULL, cy_buf_get(&text));
  cy_out_close(s->out);
}

static void put_alpn(const shower *s, const cy_tls_side *side)
{
  CY_CLEAN(cy_buf) names = CY_BUF_TEXT;
  for (size_t i = 0; i < side->alpn.count && s->people; i++)
    cy_buf_printf(&names, "%s%s", i ? " " : "", side->alpn.items[i]);
  if (names.len)
    cy_out_text(s->out, NULL, "Protocols (ALPN)", cy_buf_get(&names));
  if (side->alpn.set && !s->people) {
    cy_out_list(s->out, "alpn", NULL);
    for (size_t i = 0; i < side->alpn.count; i++)
      cy_out_str(s->out, NULL, NULL, side->alpn.items[i]);
    cy_out_list_end(s->out);
  }
  put_tri(s, "alpn_needed", "Refuses other protocols", side->alpn_needed);
}

static void put_peer(const shower *s, const cy_tls_side *side)
{
  static const char *const names[] = {"", "none", "trust", "list"};
  if (side->peer != CY_TLS_PEER_UNSET)
    put_str(s, "peer", side->role == CY_TLS_SERVER ? "Clients" : "Server",
      s->people ? peer_words(side) : cy_tls_peer_name(side->peer));
  if (side->verify_depth >= 0)
    put_int(s, "verify_depth", "Chain at most", side->verify_depth);
  put_yes(s, "strict_chain", "Chain by RFC 5280", side->strict_chain);
  put_tri(s, "check_host", "Name is checked", side->check_host);
  put_str(s, "host", "Connects to", side->host);
  put_tri(s, "partial_chain", "A trusted intermediate is enough", side->partial_chain);
  put_tri(s, "heed_ca_names", "Heeds the CAs asked for", side->heed_ca_names);
  if (side->ca_names != CY_TLS_CA_NAMES_UNSET)
    put_str(s, "ca_names", "CAs that it names", names[side->ca_names]);
  if (side->ca_list.count && !s->people)
    put_certs(s, "ca_list", &side->ca_list);
  put_yes(s, "auto_chain_off", "Chain is never completed", side->auto_chain_off);
}

static void put_algorithms(const shower *s, const cy_tls_side *side)
{
  put_versions(s, "versions", "Versions", side->versions);
  put_codes(s, "suites", "Suites up to 1.2", &side->suites, suite_name);
  put_codes(s, "suites13", "Suites of 1.3", &side->suites13, suite_name);
  put_codes(s, "groups", "Groups", &side->groups, group_name);
  put_codes(s, "shares", "Key shares", &side->shares, group_name);
  put_codes(s, "schemes", "Signatures", &side->schemes, scheme_name);
  put_codes(s, "cert_schemes", "On certificates", &side->cert_schemes, scheme_name);
  put_codes(s, "client_schemes", "Asked of clients", &side->client_schemes, scheme_name);
  /* No trace shows it: it is only there to leave what was seen alone. */
  if (side->security_level >= 0 && !(s->people && side->used))
    put_int(s, "security_level", "Security level", side->security_level);
  if (side->min_rsa)
    put_int(s, "min_rsa", "RSA at least", side->min_rsa);
  put_tri(s, "own_order", "Server's order decides", side->own_order);
  put_tri(s, "chacha_first", "ChaCha20 first", side->chacha_first);
  if (side->dh == CY_TLS_DH_BITS)
    put_int(s, "dh", "Diffie-Hellman", side->dh_bits);
  else if (side->dh != CY_TLS_DH_UNSET)
    put_str(s, "dh", "Diffie-Hellman", side->dh == CY_TLS_DH_NONE ? "none" : "auto");
}

static void put_records(const shower *s, const cy_chlauth *records)
{
  size_t count = 0;
  for (size_t i = 0; records && i < records->count; i++)
    count += !records->records[i].gone && records->records[i].line;
  if (records && s->people && records->told)
    cy_out_strf(s->out, NULL, "Lets in", "by %zu channel authentication record%s%s", count,
      count == 1 ? "" : "s", records->disabled ? ", which are switched off" : "");
}

static void put_channel(const shower *s, const cy_tls_side *side)
{
  put_str(s, "channel", NULL, s->people ? NULL : side->channel);
  put_tri(s, "names_channel", "Says the channel's name", side->names_channel);
  put_yes(s, "own_label", "Certificate of its own", side->own_label);
  put_yes(s, "program", NULL, side->program && !s->people);
  put_str(s, "mcauser", "Runs as", side->mcauser);
  put_records(s, side->chlauth);
  put_str(s, "address", "Own address", side->address);
  put_str(s, "user", "User", side->user);
  put_str(s, "qmgr", "Queue manager", side->qmgr);
}

static void put_demands(const shower *s, const cy_tls_side *side)
{
  put_str(s, "demand_text", "Takes afterwards", side->demand_text);
  put_versions(s, "demand_versions", "Versions it takes", side->demand_versions);
  put_codes(s, "demand_suites", "Suites it takes", &side->demand_suites, suite_name);
  put_str(s, "peer_filter", "Name asked for", side->peer_filter);
  put_str(s, "issuer_filter", "Issuer asked for", side->issuer_filter);
  put_channel(s, side);
  put_yes(s, "clear", "Without TLS", side->clear);
  put_yes(s, "clear_fallback", "Goes on without TLS", side->clear_fallback);
  if (side->at)
    cy_out_time(s->out, s->people ? NULL : "at", s->people ? "As of" : NULL, side->at);
}

static void put_values(const shower *s, const cy_tls_side *side)
{
  const cy_tls_dialect *dialect = side->dialect;
  put_str(s, "label", "Label", side->label);
  put_str(s, "product", "Product", side->product);
  put_str(s, "source", "Read from", side->source);
  put_str(s, "role", "Role", side->role_known ? cy_tls_role_name(side->role) : NULL);
  put_str(s, "dialect", "Library", !dialect ? NULL : s->people ? dialect->title : dialect->id);
  put_algorithms(s, side);
  put_identities(s, side);
  put_yes(s, "identity_wrong", "Certificate can not be used", side->identity_wrong);
  put_trust(s, side->trust);
  put_yes(s, "trust_unknown", "Whom it trusts is not known", side->trust_unknown);
  put_peer(s, side);
  put_alpn(s, side);
  put_demands(s, side);
  put_used(s, side);
}

static void put_settings(cy_out *out, const cy_tls_side *side)
{
  static const cy_column columns[] = {{"file", "file", false, 32}, {"line", "line", true, 0},
    {"key", "setting", false, 0}, {"value", "value", false, 48}, {"in_force", "in force", false, 0},
    {"note", "", false, 0}};
  if (!side->setting_count)
    return;
  cy_out_table(out, "settings", "Settings", columns, CY_COUNT(columns));
  for (size_t i = 0; i < side->setting_count; i++) {
    const cy_tls_setting *s = &side->settings[i];
    cy_out_row(out);
    cy_out_str(out, "field", NULL, cy_tls_field_name(s->field));
    cy_out_str(out, "key", NULL, s->key);
    cy_out_str(out, "value", NULL, s->value);
    cy_out_str(out, "file", NULL, s->file);
    cy_out_int(out, "line", NULL, (int64_t)s->line);
    cy_out_bool(out, "in_force", NULL, s->in_force);
    cy_out_str(out, "note", NULL, s->note);
    cy_out_row_end(out);
  }
  cy_out_table_end(out);
}

void cy_tls_side_show(cy_out *out, const cy_tls_side *side)
{
  cy_out_open(out, NULL, side->name);
  cy_out_str(out, "name", NULL, side->name);
  put_values(&(shower){out, true}, side);
  put_values(&(shower){out, false}, side);
  put_settings(out, side);
  cy_out_findings(out, &side->findings);
  cy_out_close(out);
}
