/* gskit: environment files of GSKit and System SSL (GSK_... variables). */
#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "conf/env.h"
#include "tls/codes.h"
#include "tls/group.h"
#include "tls/read_items.h"
#include "tls/read_password.h"
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
  "GSK_LDAP_SERVER", "GSK_LDAP_PORT", "GSK_LDAP_USER", "GSK_LDAP_PASSWORD", "GSK_CLIENT_ECURVE_LIST", NULL};

typedef struct {
  cy_tls_reading *reading;
  const char *path;
  cy_items items;
  cy_tls_side *side;
} gskit;

static unsigned detect(const char *path, cy_span head)
{
  /* GTK has variables that begin with GSK_, too. */
  static const char *const words[] = {"GSK_PROTOCOL", "GSK_V2_CIPHER", "GSK_V3_CIPHER", "GSK_TLS_",
    "GSK_KEY", "GSK_CLIENT_", "GSK_SERVER_", "GSK_CERT_", "GSK_PEER_", "GSK_SUITE_B"};
  (void)path;
  for (size_t i = 0; i < CY_COUNT(words); i++)
    if (memmem(head.data, head.len, words[i], strlen(words[i])) && memchr(head.data, '=', head.len))
      return 65;
  return 0;
}

static cy_err *collect(gskit *g, cy_span text)
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

static const cy_item *get(const gskit *g, const char *key)
{
  const cy_item *item = cy_items_find(&g->items, key);
  return item && item->value[0] ? item : NULL;
}

/* ON, OFF, 1, 0; -1: not set. */
static int on(const gskit *g, const char *key)
{
  const cy_item *item = get(g, key);
  if (!item)
    return -1;
  bool yes =
    cy_ascii_equal_nocase(cy_span_str(item->value), CY_SPAN("ON")) || strcmp(item->value, "1") == 0;
  bool no =
    cy_ascii_equal_nocase(cy_span_str(item->value), CY_SPAN("OFF")) || strcmp(item->value, "0") == 0;
  if (!yes && !no) {
    cy_finding *f = cy_tls_read_finding(g->side, CY_F_TLS_SETTING_WRONG, item->file, item->line,
      "%s is %s, which is neither ON nor OFF", key, item->value);
    cy_finding_set_fix(&g->side->findings, f, "Write %s=ON or %s=OFF.", key, key);
    return -1;
  }
  return yes;
}

/* Codes of so many digits one after the other. */
typedef struct {
  unsigned digits;
  bool decimal;
  const char *what;
  cy_finding_id unknown;
  bool (*is)(uint16_t code);
} notation;

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
static const notation suites4 = {4, false, "cipher suite", CY_F_TLS_SUITE_UNKNOWN, is_suite};
static const notation suites2 = {2, false, "cipher suite", CY_F_TLS_SUITE_UNKNOWN, is_suite};
static const notation schemes4 = {4, false, "signature", CY_F_TLS_SCHEME_UNKNOWN, is_scheme};
static const notation groups4 = {4, true, "group", CY_F_TLS_GROUP_UNKNOWN, is_group};

static int digit(char c, bool decimal)
{
  c = cy_ascii_lower(c);
  return c >= '0' && c <= '9' ? c - '0' : !decimal && c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void wrong_code(const gskit *g, const cy_item *item, const notation *n, const char *at)
{
  cy_finding *f =
    cy_tls_read_finding(g->side, n->unknown, item->file, item->line, "%s: %.*s at character %zu is no %s",
      item->key, (int)n->digits, at, (size_t)(at - item->value) + 1, n->what);
  cy_finding_set_fix(&g->side->findings, f,
    n->decimal
      ? "Write four decimal digits each, for example 0023 (secp256r1), 0024 (secp384r1), 0029 (x25519)."
      : "Write %u hexadecimal digits each, without blanks or commas; `causey tls suites` and `causey tls "
        "schemes` list the codes.",
    n->digits);
}

static cy_err *read_codes(const gskit *g, const cy_item *item, const notation *n, cy_codes *list)
{
  const char *at = item->value;
  list->set = true;
  for (; *at; at += n->digits) {
    unsigned code = 0;
    for (unsigned i = 0; i < n->digits; i++) {
      int d = digit(at[i], n->decimal);
      if (d < 0) {
        wrong_code(g, item, n, at); /* GSKit refuses the whole string */
        return NULL;
      }
      code = code * (n->decimal ? 10 : 16) + (unsigned)d;
    }
    if (n->is((uint16_t)code))
      CY_TRY(cy_codes_add(list, (uint16_t)code));
    else
      wrong_code(g, item, n, at);
  }
  return NULL;
}

static cy_err *read_list(const gskit *g, const char *key, const notation *n, cy_codes *list)
{
  const cy_item *item = get(g, key);
  return item ? read_codes(g, item, n, list) : NULL;
}

/* Suites. With GSK_V3_CIPHERS_CHAR4 in force GSK_V3_CIPHER_SPECS is not looked at, and the other way round.
 */
static cy_err *read_suites(gskit *g)
{
  const cy_item *kind = get(g, "GSK_V3_CIPHERS"), *four = get(g, "GSK_V3_CIPHER_SPECS_EXPANDED");
  const cy_item *two = get(g, "GSK_V3_CIPHER_SPECS");
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
  cy_err *err = four && !char2  ? read_codes(g, four, &suites4, &all)
                : two && !char4 ? read_codes(g, two, &suites2, &all)
                                : NULL;
  g->side->suites.set = g->side->suites13.set = all.set;
  for (size_t i = 0; !err && i < all.count; i++) {
    const cy_suite *suite = cy_suite_get(all.codes[i]);
    err = cy_codes_add(suite->min == CY_TLS13 ? &g->side->suites13 : &g->side->suites, all.codes[i]);
  }
  cy_codes_clear(&all);
  return err;
}

/* C06: what a version that is on lacks. */
static void check_13(gskit *g)
{
  cy_tls_side *s = g->side;
  const char *shares = s->role == CY_TLS_CLIENT ? "GSK_CLIENT_TLS_KEY_SHARES" : "GSK_SERVER_TLS_KEY_SHARES";
  const cy_item *on13 = get(g, "GSK_PROTOCOL_TLSV1_3");
  bool pss = !s->schemes.set;
  if (!(s->versions & CY_TLS_BIT(CY_TLS13)) || !on13)
    return;
  for (size_t i = 0; i < s->schemes.count; i++)
    pss |= s->schemes.codes[i] >> 8 == 0x08;
  if (!get(g, shares)) {
    cy_finding *f = cy_tls_read_finding(
      s, CY_F_TLS_GSK_13_LACKS, on13->file, on13->line, "TLS 1.3 is on, but %s is not set", shares);
    cy_finding_set_fix(&s->findings, f, "Set %s=00230029 (secp256r1 and x25519).", shares);
  }
  if (s->suites13.set && !s->suites13.count) {
    cy_finding *f = cy_tls_read_finding(s, CY_F_TLS_GSK_13_LACKS, on13->file, on13->line,
      "TLS 1.3 is on, but no suite of it (13xx) is in the list");
    cy_finding_set_fix(&s->findings, f, "Put 13011302 in front of GSK_V3_CIPHER_SPECS_EXPANDED.");
  }
  if (!pss) {
    cy_finding *f = cy_tls_read_finding(s, CY_F_TLS_GSK_13_LACKS, on13->file, on13->line,
      "TLS 1.3 is on, but GSK_TLS_SIG_ALG_PAIRS has no RSA-PSS pair: RSA certificates can not be used with "
      "it");
    cy_finding_set_fix(&s->findings, f, "Add 080608050804 to GSK_TLS_SIG_ALG_PAIRS.");
  }
}

/* What is not said follows a default that depends on the release; as far as known 1.0 alone is on in older
 * ones. */
static cy_err *read_versions(gskit *g)
{
  static const struct {
    const char *key;
    unsigned version;
  } rows[] = {{"GSK_PROTOCOL_SSLV3", CY_SSL3}, {"GSK_PROTOCOL_TLSV1", CY_TLS10},
    {"GSK_PROTOCOL_TLSV1_1", CY_TLS11}, {"GSK_PROTOCOL_TLSV1_2", CY_TLS12},
    {"GSK_PROTOCOL_TLSV1_3", CY_TLS13}};
  unsigned set = 0, said = 0;
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    int is = on(g, rows[i].key);
    unsigned bit = CY_TLS_BIT(rows[i].version);
    said |= is >= 0 ? bit : 0;
    set |= is == 1 ? bit : 0;
  }
  unsigned modern = CY_TLS_BIT(CY_TLS12) | CY_TLS_BIT(CY_TLS13);
  if (!(said & CY_TLS_BIT(CY_TLS10)))
    set |= CY_TLS_BIT(CY_TLS10);
  g->side->versions = set;
  if (set & modern)
    return NULL;
  cy_finding *f = cy_tls_read_finding(g->side, CY_F_TLS_GSK_OLD_ONLY, g->path, 0,
    "neither GSK_PROTOCOL_TLSV1_2 nor GSK_PROTOCOL_TLSV1_3 is ON here");
  cy_finding_set_fix(
    &g->side->findings, f, "Set GSK_PROTOCOL_TLSV1_2=ON, and restart what reads this file.");
  return NULL;
}

static cy_err *read_curves(gskit *g)
{
  bool client = g->side->role == CY_TLS_CLIENT;
  CY_TRY(read_list(
    g, client ? "GSK_CLIENT_ECURVE_LIST" : "GSK_SERVER_ALLOWED_KEX_ECURVES", &groups4, &g->side->groups));
  CY_TRY(read_list(
    g, client ? "GSK_CLIENT_TLS_KEY_SHARES" : "GSK_SERVER_TLS_KEY_SHARES", &groups4, &g->side->shares));
  return NULL;
}

static cy_err *read_schemes(gskit *g)
{
  const cy_item *certs = get(g, "GSK_TLS_CERT_SIG_ALG_PAIRS");
  CY_TRY(read_list(g, "GSK_TLS_SIG_ALG_PAIRS", &schemes4, &g->side->schemes));
  return certs ? read_codes(g, certs, &schemes4, &g->side->cert_schemes) : NULL;
}

/* A ring of RACF (USER/RING, *TOKEN* NAME) is not on this machine. */
static cy_err *read_stores(gskit *g)
{
  const cy_item *ring = get(g, "GSK_KEYRING_FILE"), *password = get(g, "GSK_KEYRING_PW");
  const cy_item *label = get(g, "GSK_KEYRING_LABEL");
  label = label ? label : get(g, "GSK_KEY_LABEL");
  if (!ring)
    return NULL;
  bool is_file = ring->value[0] == '/' || ring->value[0] == '.' || strchr(cy_path_name(ring->value), '.');
  if (!is_file) {
    cy_finding *f = cy_tls_read_finding(g->side, CY_F_TLS_NOT_READ, ring->file, ring->line,
      "%s is a key ring of the security product: which certificates are in it is not known here",
      ring->value);
    cy_finding_set_fix(&g->side->findings, f,
      "Save RACDCERT LISTRING and LIST of it, and look at them with `causey ls racf:FILE`.");
    return NULL;
  }
  CY_TRY(cy_tls_read_identity_with(g->reading, g->side, ring->file, ring->value, NULL,
    label ? label->value : NULL, password ? password->value : NULL));
  return cy_tls_read_trust_with(
    g->reading, g->side, ring->file, ring->value, password ? password->value : NULL);
}

static cy_err *read_peer(gskit *g)
{
  static const struct {
    const char *word;
    cy_tls_peer peer;
  } rows[] = {{"GSK_CLIENT_AUTH_FULL_TYPE", CY_TLS_PEER_OPTIONAL}, {"FULL", CY_TLS_PEER_OPTIONAL},
    {"GSK_CLIENT_AUTH_PASSTHRU_TYPE", CY_TLS_PEER_UNCHECKED}, {"PASSTHRU", CY_TLS_PEER_UNCHECKED}};
  const cy_item *kind = get(g, "GSK_CLIENT_AUTH_TYPE");
  if (g->side->role == CY_TLS_CLIENT) {
    g->side->peer = CY_TLS_PEER_REQUIRED;
    return NULL;
  }
  for (size_t i = 0; kind && i < CY_COUNT(rows); i++)
    if (cy_ascii_equal_nocase(cy_span_str(rows[i].word), cy_span_str(kind->value)))
      g->side->peer = rows[i].peer;
  if (g->side->peer == CY_TLS_PEER_OPTIONAL && on(g, "GSK_CLIENT_AUTH_NOCERT_ALERT") == 1)
    g->side->peer = CY_TLS_PEER_REQUIRED;
  return NULL;
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

static cy_err *note_all(gskit *g)
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

static cy_err *build(gskit *g, cy_tls_role role)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  const cy_item *rsa = get(g, "GSK_PEER_RSA_MIN_KEY_SIZE");
  cy_buf_printf(&name, "GSKit %s (%s)", cy_tls_role_name(role), g->path);
  CY_TRY(cy_buf_check(&name));
  CY_TRY(cy_tls_side_new(&g->side, cy_buf_cstr(&name), role));
  CY_TRY(cy_tls_side_set(&g->side->label, cy_tls_role_name(role)));
  CY_TRY(cy_tls_side_set(&g->side->product, "GSKit"));
  CY_TRY(cy_tls_side_set(&g->side->source, g->path));
  const char *dialect = g->reading->how->dialect;
  g->side->dialect = dialect ? cy_tls_dialect_find(dialect) : NULL;
  if (!g->side->dialect)
    g->side->dialect = cy_tls_dialect_find("gskit-8");
  CY_TRY(note_all(g));
  CY_TRY(read_versions(g));
  CY_TRY(read_suites(g));
  CY_TRY(read_curves(g));
  CY_TRY(read_schemes(g));
  for (const char *at = rsa ? rsa->value : ""; *at >= '0' && *at <= '9' && g->side->min_rsa < 100000; at++)
    g->side->min_rsa = g->side->min_rsa * 10 + (unsigned)(*at - '0');
  CY_TRY(read_peer(g));
  CY_TRY(read_stores(g));
  check_13(g);
  return cy_findings_check(&g->side->findings);
}

static cy_err *build_and_add(gskit *g, cy_tls_role role)
{
  g->side = NULL;
  cy_err *err = build(g, role);
  if (!err)
    return cy_tls_sides_add(g->reading->sides, g->side);
  cy_tls_side_free(g->side);
  return err;
}

static cy_err *read_gskit(cy_tls_reading *reading, const char *path, cy_span text)
{
  gskit g = {.reading = reading, .path = path};
  const cy_tls_read_how *how = reading->how;
  cy_err *err = collect(&g, text);
  if (!err && !g.items.count)
    err = cy_err_new(CY_E_TLS_NO_SIDES, "%s: no GSK_ variable is set in it", path);
  if (!err && (!how->role_given || how->role == CY_TLS_CLIENT))
    err = build_and_add(&g, CY_TLS_CLIENT);
  if (!err && (!how->role_given || how->role == CY_TLS_SERVER))
    err = build_and_add(&g, CY_TLS_SERVER);
  cy_items_clear(&g.items);
  return err;
}

const cy_tls_reader cy_tls_reader_gskit = {.id = "gskit",
  .title = "GSKit and System SSL",
  .what = "environment files with GSK_ variables; a client and a server",
  .detect = detect,
  .read = read_gskit,
  .audited = {.marks = CY_TLS_MARKS("gsk_protocol", "gsk_v3_cipher", "gsk_v2_cipher", "gsk_tls_",
                "gsk_keyring", "gsk_client_", "gsk_server_"),
    .sure = 65}};
