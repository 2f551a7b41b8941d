/* Settings of GSKit and System SSL: GSK_ variables. */
#include "tls/gskit.h"

#include "base/mem.h"
#include "base/text.h"
#include "conf/env.h"
#include "tls/codes.h"
#include "tls/dialect.h"
#include "tls/group.h"
#include "tls/scheme.h"
#include "tls/suite.h"

static const char *const known[] = {"GSK_V3_CIPHERS", "GSK_V3_CIPHER_SPECS", "GSK_V3_CIPHER_SPECS_EXPANDED",
  "GSK_TLS_SIG_ALG_PAIRS", "GSK_TLS_CERT_SIG_ALG_PAIRS", "GSK_CLIENT_ECURVE_LIST",
  "GSK_SERVER_ALLOWED_KEX_ECURVES", "GSK_CLIENT_TLS_KEY_SHARES", "GSK_SERVER_TLS_KEY_SHARES",
  "GSK_PROTOCOL_SSLV2", "GSK_PROTOCOL_SSLV3", "GSK_PROTOCOL_TLSV1", "GSK_PROTOCOL_TLSV1_1",
  "GSK_PROTOCOL_TLSV1_2", "GSK_PROTOCOL_TLSV1_3", "GSK_KEYRING_FILE", "GSK_KEYRING_LABEL", "GSK_KEY_LABEL",
  "GSK_KEYRING_PW", "GSK_KEYRING_STASH", "GSK_CLIENT_AUTH_TYPE", "GSK_CLIENT_AUTH_NOCERT_ALERT",
  "GSK_3DES_KEYCHECK", "GSK_AIA_CDP_PRIORITY", "GSK_CERT_DIAG_INFO", "GSK_CERT_VALIDATE_KEYRING_ROOT",
  "GSK_CERT_VALIDATION_MODE", "GSK_V3_SESSION_TIMEOUT", "GSK_V3_SIDCACHE_SIZE",
  "GSK_EXTENDED_RENEGOTIATION_INDICATOR", "GSK_RENEGOTIATION", "GSK_SUITE_B_PROFILE",
  "GSK_PEER_RSA_MIN_KEY_SIZE", "GSK_PEER_ECC_MIN_KEY_SIZE", "GSK_PEER_CERT_MIN_VERSION", "GSK_OCSP_ENABLE",
  "GSK_OCSP_URL", "GSK_CRL_SECURITY_LEVEL", "GSK_REVOCATION_SECURITY_LEVEL", "GSK_HTTP_CDP_ENABLE",
  "GSK_MIDDLEBOX_COMPAT_MODE", "GSK_SESSION_TICKET_CLIENT_ENABLE", "GSK_TRACE", "GSK_TRACE_FILE",
  "GSK_LDAP_SERVER", "GSK_LDAP_PORT", "GSK_LDAP_USER", "GSK_LDAP_PASSWORD",
  "GSK_SERVER_SESSION_TICKET_ENABLE", "GSK_V2_CIPHER_SPECS", "GSK_V2_SESSION_TIMEOUT",
  "GSK_V2_SIDCACHE_SIZE", "GSK_SYSPLEX_SIDCACHE", "GSK_KEYRING_STASH_FILE", "GSK_SESSION_TYPE",
  "GSK_RENEGOTIATION_PEER_CERT_CHECK", "GSK_CLIENT_EDH_GROUP_SIZE", "GSK_SERVER_EDH_GROUP_SIZE",
  "GSK_PEER_DH_MIN_KEY_SIZE", "GSK_PEER_DSA_MIN_KEY_SIZE", NULL};

cy_err *cy_gskit_collect(cy_gskit *g, cy_span text)
{
  CY_CLEAN(cy_env) env = {0};
  bool more = true;
  CY_TRY(cy_env_over(&env, g->path, text));
  while (more) {
    cy_env_item item;
    CY_TRY(cy_env_next(&env, &item, &more));
    if (more && !item.removed && item.name.len > 4 && memcmp(item.name.data, "GSK_", 4) == 0)
      CY_TRY(cy_items_add(&g->items, item.name, item.value, g->path, item.line));
  }
  return NULL;
}

const cy_item *cy_gskit_get(const cy_gskit *g, const char *key)
{
  const cy_item *item = cy_items_find(&g->items, key);
  return item && item->value[0] ? item : NULL;
}

int cy_gskit_on(const cy_gskit *g, const char *key)
{
  const cy_item *item = cy_gskit_get(g, key);
  if (!item)
    return -1;
  const char *value = item->value;
  if (cy_text_starts(value, key) && value[strlen(key)] == '_') /* as IMS writes it */
    value += strlen(key) + 1;
  bool yes = cy_ascii_equal_nocase(cy_span_str(value), CY_SPAN("ON")) || strcmp(value, "1") == 0;
  bool no = cy_ascii_equal_nocase(cy_span_str(value), CY_SPAN("OFF")) || strcmp(value, "0") == 0;
  if (!yes && !no) {
    cy_finding *f = cy_tls_read_finding(g->side, CY_F_TLS_SETTING_WRONG, item->file, item->line,
      "%s is %s, which is neither ON nor OFF", key, item->value);
    cy_finding_set_fix(&g->side->findings, f, "Write %s=ON or %s=OFF.", key, key);
    return -1;
  }
  return yes;
}

static bool is_suite(uint16_t code)
{
  return cy_suite_get(code);
}
static bool is_scheme(uint16_t code)
{
  return cy_scheme_get(code);
}
static bool is_group(uint16_t code)
{
  return cy_tls_group_get(code);
}
const cy_gskit_notation cy_gskit_suites4 = {4, false, "cipher suite", CY_F_TLS_SUITE_UNKNOWN, is_suite};
const cy_gskit_notation cy_gskit_suites2 = {2, false, "cipher suite", CY_F_TLS_SUITE_UNKNOWN, is_suite};
const cy_gskit_notation cy_gskit_schemes4 = {4, false, "signature", CY_F_TLS_SCHEME_UNKNOWN, is_scheme};
const cy_gskit_notation cy_gskit_groups4 = {4, true, "group", CY_F_TLS_GROUP_UNKNOWN, is_group};

static int digit(char c, bool decimal)
{
  c = cy_ascii_lower(c);
  return c >= '0' && c <= '9' ? c - '0' : !decimal && c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void wrong_code(cy_tls_side *side, const cy_item *item, const cy_gskit_notation *n, const char *at)
{
  cy_finding *f =
    cy_tls_read_finding(side, n->unknown, item->file, item->line, "%s: %.*s at character %zu is no %s",
      item->key, (int)n->digits, at, (size_t)(at - item->value) + 1, n->what);
  cy_finding_set_fix(&side->findings, f,
    n->decimal
      ? "Write four decimal digits each, for example 0023 (secp256r1), 0024 (secp384r1), 0029 (x25519)."
      : "Write %u hexadecimal digits each, without blanks or commas; `causey tls suites` and `causey tls "
        "schemes` list the codes.",
    n->digits);
}

cy_err *cy_gskit_codes(cy_tls_side *side, const cy_item *item, const cy_gskit_notation *n, cy_codes *list)
{
  const char *at = item->value;
  list->set = true;
  for (; *at; at += n->digits) {
    unsigned code = 0;
    for (unsigned i = 0; i < n->digits; i++) {
      int d = digit(at[i], n->decimal);
      if (d < 0) {
        wrong_code(side, item, n, at); /* GSKit refuses the whole string */
        return NULL;
      }
      code = code * (n->decimal ? 10 : 16) + (unsigned)d;
    }
    if (n->is((uint16_t)code))
      CY_TRY(cy_codes_add(list, (uint16_t)code));
    else
      wrong_code(side, item, n, at);
  }
  return NULL;
}

static cy_err *read_list(const cy_gskit *g, const char *key, const cy_gskit_notation *n, cy_codes *list)
{
  const cy_item *item = cy_gskit_get(g, key);
  return item ? cy_gskit_codes(g->side, item, n, list) : NULL;
}

cy_err *cy_gskit_put_suites(cy_tls_side *side, const cy_codes *all)
{
  side->suites.set = side->suites13.set = all->set;
  for (size_t i = 0; i < all->count; i++) {
    const cy_suite *suite = cy_suite_get(all->codes[i]);
    if (suite)
      CY_TRY(cy_codes_add(suite->min == CY_TLS13 ? &side->suites13 : &side->suites, all->codes[i]));
  }
  return NULL;
}

/* Suites. With GSK_V3_CIPHERS_CHAR4 in force GSK_V3_CIPHER_SPECS is not looked at, and the other way round.
 */
cy_err *cy_gskit_suites(cy_gskit *g)
{
  const cy_item *kind = cy_gskit_get(g, "GSK_V3_CIPHERS"),
                *four = cy_gskit_get(g, "GSK_V3_CIPHER_SPECS_EXPANDED");
  const cy_item *two = cy_gskit_get(g, "GSK_V3_CIPHER_SPECS");
  bool char2 = kind && strstr(kind->value, "CHAR2");
  bool char4 = (kind && strstr(kind->value, "CHAR4")) || (!kind && !two);
  const cy_item *dead = char2 ? four : char4 ? two : NULL;
  cy_codes all = {0};
  if (dead)
    cy_tls_read_finding(g->side, CY_F_TLS_SETTING_DEAD, dead->file, dead->line,
      "%s is not looked at: GSK_V3_CIPHERS says that suites have %s digits", dead->key,
      char2 ? "two" : "four");
  if (four && two && !kind)
    cy_tls_read_finding(g->side, CY_F_TLS_SETTING_DEAD, four->file, four->line,
      "%s needs GSK_V3_CIPHERS=GSK_V3_CIPHERS_CHAR4 to be sure to be looked at", four->key);
  cy_err *err = four && !char2  ? cy_gskit_codes(g->side, four, &cy_gskit_suites4, &all)
                : two && !char4 ? cy_gskit_codes(g->side, two, &cy_gskit_suites2, &all)
                                : NULL;
  if (!err && all.set)
    err = cy_gskit_put_suites(g->side, &all);
  cy_codes_clear(&all);
  return err;
}

/* What is not said is the default of the release: TLS 1.0 alone in those up to 2.5. */
cy_err *cy_gskit_versions(cy_gskit *g)
{
  static const struct {
    const char *key;
    unsigned version;
  } rows[] = {{"GSK_PROTOCOL_SSLV3", CY_SSL3}, {"GSK_PROTOCOL_TLSV1", CY_TLS10},
    {"GSK_PROTOCOL_TLSV1_1", CY_TLS11}, {"GSK_PROTOCOL_TLSV1_2", CY_TLS12},
    {"GSK_PROTOCOL_TLSV1_3", CY_TLS13}};
  const cy_tls_dialect *d = g->side->dialect;
  unsigned set = 0, said = 0, modern = CY_TLS_BIT(CY_TLS12) | CY_TLS_BIT(CY_TLS13);
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    int is = cy_gskit_on(g, rows[i].key);
    unsigned bit = CY_TLS_BIT(rows[i].version);
    said |= is >= 0 ? bit : 0;
    set |= is == 1 ? bit : 0;
  }
  if (d)
    set |= (g->side->role == CY_TLS_SERVER ? d->server_versions : d->client_versions) & ~said;
  g->side->versions = set;
  if (set & modern)
    return NULL;
  cy_finding *f = cy_tls_read_finding(g->side, CY_F_TLS_GSK_OLD_ONLY, g->path, 0,
    "neither GSK_PROTOCOL_TLSV1_2 nor GSK_PROTOCOL_TLSV1_3 is ON here");
  cy_finding_set_fix(
    &g->side->findings, f, "Set GSK_PROTOCOL_TLSV1_2=ON, and restart what reads this file.");
  return NULL;
}

cy_err *cy_gskit_curves(cy_gskit *g)
{
  bool client = g->side->role == CY_TLS_CLIENT;
  CY_TRY(read_list(g, client ? "GSK_CLIENT_ECURVE_LIST" : "GSK_SERVER_ALLOWED_KEX_ECURVES",
    &cy_gskit_groups4, &g->side->groups));
  return read_list(g, client ? "GSK_CLIENT_TLS_KEY_SHARES" : "GSK_SERVER_TLS_KEY_SHARES", &cy_gskit_groups4,
    &g->side->shares);
}

cy_err *cy_gskit_schemes(cy_gskit *g)
{
  CY_TRY(read_list(g, "GSK_TLS_SIG_ALG_PAIRS", &cy_gskit_schemes4, &g->side->schemes));
  return read_list(g, "GSK_TLS_CERT_SIG_ALG_PAIRS", &cy_gskit_schemes4, &g->side->cert_schemes);
}

void cy_gskit_peer_sizes(cy_gskit *g)
{
  const cy_item *rsa = cy_gskit_get(g, "GSK_PEER_RSA_MIN_KEY_SIZE");
  for (const char *at = rsa ? rsa->value : ""; *at >= '0' && *at <= '9' && g->side->min_rsa < 100000; at++)
    g->side->min_rsa = g->side->min_rsa * 10 + (unsigned)(*at - '0');
}

/* With TLS 1.3 on, System SSL adds x25519 and the RSA-PSS pairs to its own lists. */
static cy_err *add_13(cy_tls_side *s)
{
  static const uint16_t pss[] = {0x0806, 0x0805, 0x0804};
  const cy_tls_dialect *d = s->dialect;
  cy_code_row schemes = !d                         ? (cy_code_row){0}
                        : s->role == CY_TLS_SERVER ? d->server_schemes
                                                   : d->client_schemes;
  if (!d || d->shares || !(s->versions & CY_TLS_BIT(CY_TLS13)))
    return NULL;
  if (!s->groups.set) {
    for (size_t i = 0; i < d->groups.count; i++)
      CY_TRY(cy_codes_add(&s->groups, d->groups.codes[i]));
    CY_TRY(cy_codes_add(&s->groups, 0x001d));
  }
  if (s->schemes.set)
    return NULL;
  for (size_t i = 0; i < schemes.count; i++)
    CY_TRY(cy_codes_add(&s->schemes, schemes.codes[i]));
  for (size_t i = 0; i < CY_COUNT(pss); i++)
    CY_TRY(cy_codes_add(&s->schemes, pss[i]));
  return NULL;
}

/* C06: what a version that is on lacks. */
static void check_13(cy_gskit *g)
{
  cy_tls_side *s = g->side;
  const char *shares = s->role == CY_TLS_CLIENT ? "GSK_CLIENT_TLS_KEY_SHARES" : "GSK_SERVER_TLS_KEY_SHARES";
  const cy_item *on13 = cy_gskit_get(g, "GSK_PROTOCOL_TLSV1_3");
  bool pss = !s->schemes.set;
  if (!(s->versions & CY_TLS_BIT(CY_TLS13)) || !on13)
    return;
  for (size_t i = 0; i < s->schemes.count; i++)
    pss |= s->schemes.codes[i] >> 8 == 0x08;
  if (!cy_gskit_get(g, shares)) {
    cy_finding *f = cy_tls_read_finding(
      s, CY_F_TLS_GSK_13_LACKS, on13->file, on13->line, "TLS 1.3 is on, but %s is not set", shares);
    cy_finding_set_fix(&s->findings, f, "Set %s=00230029 (secp256r1 and x25519).", shares);
  }
  bool by_default = !s->suites13.set && s->dialect && s->dialect->suites13.count;
  if (!s->suites13.count && !by_default) {
    cy_finding *f = cy_tls_read_finding(s, CY_F_TLS_GSK_13_LACKS, on13->file, on13->line,
      "TLS 1.3 is on, but no suite of it (13xx) is in the list%s",
      s->suites13.set ? "" : ", which is System SSL's own");
    cy_finding_set_fix(&s->findings, f, "Put 13011302 in front of GSK_V3_CIPHER_SPECS_EXPANDED.");
  }
  if (!pss) {
    cy_finding *f = cy_tls_read_finding(s, CY_F_TLS_GSK_13_LACKS, on13->file, on13->line,
      "TLS 1.3 is on, but GSK_TLS_SIG_ALG_PAIRS has no RSA-PSS pair: RSA certificates can not be used with "
      "it");
    cy_finding_set_fix(&s->findings, f, "Add 080608050804 to GSK_TLS_SIG_ALG_PAIRS.");
  }
}

cy_err *cy_gskit_finish(cy_gskit *g)
{
  check_13(g);
  return add_13(g->side);
}

bool cy_gskit_is_ring(const char *value, bool sealed)
{
  static const char *const suffixes[] = {".kdb", ".p12", ".pfx"};
  for (size_t i = 0; i < CY_COUNT(suffixes); i++)
    sealed = sealed || cy_text_ends(value, suffixes[i]);
  return value[0] != '/' && value[0] != '.' && !sealed && !cy_text_starts(value, "*TOKEN*");
}

static cy_tls_field field_of(const char *key)
{
  static const struct {
    const char *part;
    cy_tls_field field;
  } rows[] = {{"CIPHER", CY_TLS_FIELD_SUITES}, {"CERT_SIG_ALG", CY_TLS_FIELD_CERT_SCHEMES},
    {"SIG_ALG", CY_TLS_FIELD_SCHEMES}, {"KEY_SHARES", CY_TLS_FIELD_SHARES}, {"CURVE", CY_TLS_FIELD_GROUPS},
    {"PROTOCOL", CY_TLS_FIELD_VERSIONS}, {"KEYRING", CY_TLS_FIELD_IDENTITY},
    {"LABEL", CY_TLS_FIELD_IDENTITY}, {"CLIENT_AUTH", CY_TLS_FIELD_PEER},
    {"RSA_MIN", CY_TLS_FIELD_MIN_RSA}};
  for (size_t i = 0; i < CY_COUNT(rows); i++)
    if (strstr(key, rows[i].part))
      return rows[i].field;
  return CY_TLS_FIELD_OTHER;
}

cy_err *cy_gskit_note_all(cy_gskit *g)
{
  for (size_t i = 0; i < g->items.count; i++) {
    cy_item item = g->items.items[i];
    bool is_known = false;
    for (size_t k = 0; known[k] && !is_known; k++)
      is_known = strcmp(known[k], item.key) == 0;
    if (!is_known)
      cy_items_unknown(g->side, &item, known);
    bool secret = strstr(item.key, "_PW") || strstr(item.key, "PASSWORD");
    CY_TRY(cy_tls_side_note(
      g->side, field_of(item.key), item.key, secret ? "(not shown)" : item.value, item.file, item.line));
    if (cy_items_find(&g->items, item.key) != &g->items.items[i]) {
      cy_tls_setting *last = &g->side->settings[g->side->setting_count - 1];
      last->in_force = false;
      CY_TRY(cy_tls_side_set(&last->note, "a later one holds"));
    }
  }
  return NULL;
}
