/* GnuTLS's priority strings. */
#include "tls/priority_string.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/text.h"
#include "tls/group.h"
#include "tls/scheme.h"
#include "tls/suite.h"

/* What can stand in a list, in GnuTLS's spelling. */

enum { PARTS = 64 };
typedef struct {
  const char *items[PARTS];
  size_t count;
} names;

static const char *const versions_all[] = {
  "TLS1.3", "TLS1.2", "TLS1.1", "TLS1.0", "DTLS1.2", "DTLS1.0", NULL};
static const char *const versions_tls[] = {"TLS1.3", "TLS1.2", "TLS1.1", "TLS1.0", NULL};
static const char *const versions_dtls[] = {"DTLS1.2", "DTLS1.0", NULL};
static const char *const versions_dtls_off[] = {"DTLS1.2", "DTLS1.0", "DTLS0.9", NULL};
static const char *const versions_suiteb[] = {"TLS1.2", NULL};
static const char *const versions_known[] = {
  "SSL3.0", "TLS1.0", "TLS1.1", "TLS1.2", "TLS1.3", "DTLS0.9", "DTLS1.0", "DTLS1.2", NULL};

static const char *const ciphers_normal[] = {"AES-256-GCM", "CHACHA20-POLY1305", "AES-256-CCM",
  "AES-256-CBC", "AES-128-GCM", "AES-128-CCM", "AES-128-CBC", NULL};
static const char *const ciphers_performance[] = {"AES-128-GCM", "AES-256-GCM", "CHACHA20-POLY1305",
  "AES-128-CCM", "AES-256-CCM", "AES-128-CBC", "AES-256-CBC", NULL};
static const char *const ciphers_128[] = {"AES-256-GCM", "CHACHA20-POLY1305", "AES-256-CBC", "AES-256-CCM",
  "AES-128-GCM", "AES-128-CBC", "AES-128-CCM", NULL};
static const char *const ciphers_192[] = {
  "AES-256-GCM", "CHACHA20-POLY1305", "AES-256-CBC", "AES-256-CCM", NULL};
static const char *const ciphers_b128[] = {"AES-256-GCM", "AES-128-GCM", NULL};
static const char *const ciphers_b192[] = {"AES-256-GCM", NULL};
static const char *const ciphers_known[] = {"AES-256-CBC", "AES-192-CBC", "AES-128-CBC", "AES-128-GCM",
  "AES-192-GCM", "AES-256-GCM", "AES-128-CCM", "AES-256-CCM", "AES-128-CCM-8", "AES-256-CCM-8",
  "ARCFOUR-128", "ESTREAM-SALSA20-256", "SALSA20-256", "CHACHA20-32", "CHACHA20-64", "CAMELLIA-256-CBC",
  "CAMELLIA-192-CBC", "CAMELLIA-128-CBC", "CHACHA20-POLY1305", "CAMELLIA-128-GCM", "CAMELLIA-256-GCM",
  "GOST28147-TC26Z-CFB", "GOST28147-CPA-CFB", "GOST28147-CPB-CFB", "GOST28147-CPC-CFB", "GOST28147-CPD-CFB",
  "AES-128-CFB8", "AES-192-CFB8", "AES-256-CFB8", "AES-128-XTS", "AES-256-XTS", "AES-128-SIV",
  "AES-256-SIV", "GOST28147-TC26Z-CNT", "MAGMA-CTR-ACPKM", "KUZNYECHIK-CTR-ACPKM", "3DES-CBC", "DES-CBC",
  "RC2-40", "NULL", NULL};

static const char *const macs_normal[] = {"SHA1", "AEAD", NULL};
static const char *const macs_192[] = {"AEAD", NULL};
static const char *const macs_known[] = {"SHA1", "SHA256", "SHA384", "SHA512", "SHA224", "UMAC-96",
  "UMAC-128", "AEAD", "MD5", "GOSTR341194", "STREEBOG-256", "STREEBOG-512", "AES-CMAC-128", "AES-CMAC-256",
  "AES-GMAC-128", "AES-GMAC-192", "AES-GMAC-256", "GOST28147-TC26Z-IMIT", "OMAC-MAGMA", "OMAC-KUZNYECHIK",
  NULL};

static const char *const kx_normal[] = {"ECDHE-ECDSA", "ECDHE-RSA", "RSA", "DHE-RSA", NULL};
static const char *const kx_performance[] = {"RSA", "ECDHE-ECDSA", "ECDHE-RSA", "DHE-RSA", NULL};
static const char *const kx_pfs[] = {"ECDHE-ECDSA", "ECDHE-RSA", "DHE-RSA", NULL};
static const char *const kx_suiteb[] = {"ECDHE-ECDSA", NULL};
static const char *const kx_known[] = {"ECDHE-RSA", "ECDHE-ECDSA", "RSA", "DHE-RSA", "DHE-DSS", "PSK",
  "RSA-PSK", "DHE-PSK", "ECDHE-PSK", "SRP-DSS", "SRP-RSA", "SRP", "ANON-DH", "ANON-ECDH", "VKO-GOST-12",
  "RSA-EXPORT", NULL};

static const char *const groups_normal[] = {"SECP256R1", "SECP384R1", "SECP521R1", "X25519", "X448",
  "FFDHE2048", "FFDHE3072", "FFDHE4096", "FFDHE6144", "FFDHE8192", NULL};
static const char *const groups_192[] = {"SECP384R1", "SECP521R1", "FFDHE8192", NULL};
static const char *const groups_b128[] = {"SECP256R1", "SECP384R1", NULL};
static const char *const groups_b192[] = {"SECP384R1", NULL};
static const char *const groups_ec[] = {"SECP256R1", "SECP384R1", "SECP521R1", "X25519", "X448", NULL};
static const char *const groups_dh[] = {
  "FFDHE2048", "FFDHE3072", "FFDHE4096", "FFDHE6144", "FFDHE8192", NULL};
static const char *const groups_known[] = {"SECP192R1", "SECP224R1", "SECP256R1", "SECP384R1", "SECP521R1",
  "X25519", "GC256B", "GC512A", "X448", "FFDHE2048", "FFDHE3072", "FFDHE4096", "FFDHE6144", "FFDHE8192",
  NULL};

#define SIGN_256                                                                                           \
  "RSA-SHA256", "RSA-PSS-SHA256", "RSA-PSS-RSAE-SHA256", "ECDSA-SHA256", "ECDSA-SECP256R1-SHA256",         \
    "EdDSA-Ed25519"
#define SIGN_384                                                                                           \
  "RSA-SHA384", "RSA-PSS-SHA384", "RSA-PSS-RSAE-SHA384", "ECDSA-SHA384", "ECDSA-SECP384R1-SHA384",         \
    "EdDSA-Ed448"
#define SIGN_512                                                                                           \
  "RSA-SHA512", "RSA-PSS-SHA512", "RSA-PSS-RSAE-SHA512", "ECDSA-SHA512", "ECDSA-SECP521R1-SHA512"
static const char *const signs_normal[] = {SIGN_256, SIGN_384, SIGN_512, "RSA-SHA1", "ECDSA-SHA1", NULL};
static const char *const signs_128[] = {SIGN_256, SIGN_384, SIGN_512, NULL};
static const char *const signs_192[] = {SIGN_384, SIGN_512, NULL};
static const char *const signs_b128[] = {
  "ECDSA-SHA256", "ECDSA-SECP256R1-SHA256", "ECDSA-SHA384", "ECDSA-SECP384R1-SHA384", NULL};
static const char *const signs_b192[] = {"ECDSA-SHA384", "ECDSA-SECP384R1-SHA384", NULL};
static const char *const signs_known[] = {SIGN_256, SIGN_384, SIGN_512, "RSA-SHA1", "ECDSA-SHA1",
  "ECDSA-SHA3-224", "ECDSA-SHA3-256", "ECDSA-SHA3-384", "ECDSA-SHA3-512", "RSA-SHA3-224", "RSA-SHA3-256",
  "RSA-SHA3-384", "RSA-SHA3-512", "DSA-SHA3-224", "DSA-SHA3-256", "DSA-SHA3-384", "DSA-SHA3-512", "RSA-RAW",
  "RSA-SHA224", "RSA-RMD160", "DSA-SHA1", "DSA-SHA224", "DSA-SHA256", "RSA-MD5", "RSA-MD2", "ECDSA-SHA224",
  "GOSTR341012-512", "GOSTR341012-256", "GOSTR341001", "DSA-SHA384", "DSA-SHA512", NULL};

typedef enum { VERSIONS, CIPHERS, MACS, KX, GROUPS, SIGNS, KINDS } part;

typedef struct {
  const char *name, *alias;
  const char *const *lists[KINDS]; /* NULL: left as it is */
  unsigned min_rsa;
} level;

static const level levels[] = {
  {"NORMAL", NULL, {NULL, ciphers_normal, macs_normal, kx_normal, groups_normal, signs_normal}, 1024},
  {"PFS", NULL, {NULL, ciphers_normal, macs_normal, kx_pfs, groups_normal, signs_normal}, 1024},
  {"SECURE128", "SECURE", {NULL, ciphers_128, macs_normal, kx_normal, groups_normal, signs_128}, 1024},
  {"SECURE192", "SECURE256", {NULL, ciphers_192, macs_192, kx_normal, groups_192, signs_192}, 3072},
  {"SUITEB128", NULL, {versions_suiteb, ciphers_b128, macs_192, kx_suiteb, groups_b128, signs_b128}, 0},
  {"SUITEB192", NULL, {versions_suiteb, ciphers_b192, macs_192, kx_suiteb, groups_b192, signs_b192}, 0},
  {"LEGACY", NULL, {NULL, ciphers_normal, macs_normal, kx_normal, groups_normal, signs_normal}, 0},
  {"PERFORMANCE", NULL,
    {NULL, ciphers_performance, macs_normal, kx_performance, groups_normal, signs_normal}, 1024},
};

/* %WORDS; those that change the side have a number. */
static const struct {
  const char *name;
  int min_rsa; /* -1: says nothing about it */
} options[] = {{"SERVER_PRECEDENCE", -1}, {"COMPAT", -1}, {"DUMBFW", -1}, {"NO_EXTENSIONS", -1},
  {"NO_STATUS_REQUEST", -1}, {"NO_TICKETS", -1}, {"NO_TICKETS_TLS12", -1}, {"NO_SESSION_HASH", -1},
  {"NO_ETM", -1}, {"FORCE_ETM", -1}, {"FORCE_SESSION_HASH", -1}, {"STATELESS_COMPRESSION", -1},
  {"VERIFY_ALLOW_SIGN_RSA_MD5", -1}, {"VERIFY_DISABLE_CRL_CHECKS", -1}, {"VERIFY_ALLOW_SIGN_WITH_SHA1", -1},
  {"VERIFY_ALLOW_BROKEN", -1}, {"SSL3_RECORD_VERSION", -1}, {"LATEST_RECORD_VERSION", -1},
  {"DISABLE_WILDCARDS", -1}, {"DISABLE_SAFE_RENEGOTIATION", -1}, {"UNSAFE_RENEGOTIATION", -1},
  {"PARTIAL_RENEGOTIATION", -1}, {"SAFE_RENEGOTIATION", -1}, {"FALLBACK_SCSV", -1},
  {"DISABLE_TLS13_COMPAT_MODE", -1}, {"ALLOW_SMALL_RECORDS", -1}, {"PROFILE_VERY_WEAK", 767},
  {"PROFILE_LOW", 1024}, {"PROFILE_LEGACY", 1776}, {"PROFILE_MEDIUM", 2048}, {"PROFILE_HIGH", 3072},
  {"PROFILE_ULTRA", 8192}, {"PROFILE_FUTURE", 15424}, {"PROFILE_SUITEB128", 0}, {"PROFILE_SUITEB192", 0}};

/* Lists. */

static bool same(const char *a, const char *b)
{
  return cy_ascii_equal_nocase(cy_span_str(a), cy_span_str(b));
}

static size_t find(const names *list, const char *name)
{
  for (size_t i = 0; i < list->count; i++)
    if (same(list->items[i], name))
      return i;
  return list->count;
}

static void add(names *list, const char *name)
{
  if (find(list, name) == list->count && list->count < PARTS)
    list->items[list->count++] = name;
}

static void drop(names *list, const char *name)
{
  size_t i = find(list, name);
  if (i == list->count)
    return;
  list->count--;
  memmove(&list->items[i], &list->items[i + 1], (list->count - i) * sizeof *list->items);
}

static void add_all(names *list, const char *const *from)
{
  for (; from && *from; from++)
    add(list, *from);
}

static void drop_all(names *list, const char *const *from)
{
  for (; *from; from++)
    drop(list, *from);
}

/* Words. */

typedef struct {
  names lists[KINDS];
  cy_priority *out;
  cy_nearest near;
  bool level_set;
  bool profile_set;
  bool no_extensions;
} reader;

static const char *known_as(const char *const *known, const char *name)
{
  for (; *known; known++)
    if (same(*known, name))
      return *known;
  return NULL;
}

static bool read_level(reader *in, const char *word, bool plus)
{
  for (size_t i = 0; i < CY_COUNT(levels); i++) {
    const level *l = &levels[i];
    cy_nearest_try(&in->near, l->name);
    if (!same(word, l->name) && !(l->alias && same(word, l->alias)))
      continue;
    for (int k = 0; k < KINDS; k++) {
      if (!l->lists[k])
        continue;
      if (!plus && !in->level_set)
        in->lists[k].count = 0;
      add_all(&in->lists[k], l->lists[k]);
    }
    if (!in->profile_set && (!in->out->min_rsa || l->min_rsa < in->out->min_rsa))
      in->out->min_rsa = l->min_rsa;
    in->level_set = true;
    return true;
  }
  return false;
}

/* The lists that are meant by a whole: +MAC-ALL. `all` empties a list when it is taken away. */
static bool read_bulk(reader *in, char sign, const char *word)
{
  static const struct {
    const char *word;
    part kind;
    const char *const *adds, *const *drops;
    bool all;
    bool prefix; /* what follows does not matter */
  } rows[] = {{"VERS-TLS-ALL", VERSIONS, versions_tls, versions_tls, false, true},
    {"VERS-DTLS-ALL", VERSIONS, versions_dtls, versions_dtls_off, false, true},
    {"VERS-ALL", VERSIONS, versions_all, NULL, true, true},
    {"MAC-ALL", MACS, macs_normal, NULL, true, true},
    {"CIPHER-ALL", CIPHERS, ciphers_normal, NULL, true, true}, {"KX-ALL", KX, kx_normal, NULL, true, true},
    {"SIGN-ALL", SIGNS, signs_normal, NULL, true, true},
    {"GROUP-ALL", GROUPS, groups_normal, NULL, true, true},
    {"CURVE-ALL", GROUPS, groups_normal, NULL, true, true},
    {"GROUP-EC-ALL", GROUPS, groups_ec, groups_ec, false, true},
    {"GROUP-DH-ALL", GROUPS, groups_dh, groups_dh, false, true}};
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    names *list = &in->lists[rows[i].kind];
    cy_nearest_try(&in->near, rows[i].word);
    cy_span head = cy_span_of(word, strnlen(word, strlen(rows[i].word)));
    if (!cy_ascii_equal_nocase(head, cy_span_str(rows[i].word)))
      continue;
    if (sign == '+')
      add_all(list, rows[i].adds);
    else if (rows[i].all)
      list->count = 0;
    else
      drop_all(list, rows[i].drops);
    return true;
  }
  return false;
}

static bool has_prefix(const char *word, const char *prefix)
{
  return cy_ascii_equal_nocase(cy_span_of(word, strnlen(word, strlen(prefix))), cy_span_str(prefix));
}

static bool change(reader *in, part which, char sign, const char *const *known, const char *name)
{
  const char *is = known_as(known, name);
  if (!is)
    return false;
  if (sign == '+')
    add(&in->lists[which], is);
  else
    drop(&in->lists[which], is);
  return true;
}

/* What has no prefix; and words with nothing that could be changed. */
static bool read_named(reader *in, char sign, const char *word)
{
  static const struct {
    const char *prefix;
    part kind;
    const char *const *known;
  } rows[] = {{"VERS-", VERSIONS, versions_known}, {"GROUP-", GROUPS, groups_known},
    {"CURVE-", GROUPS, groups_known}, {"SIGN-", SIGNS, signs_known}};
  if (change(in, MACS, sign, macs_known, word) || change(in, CIPHERS, sign, ciphers_known, word) ||
      change(in, KX, sign, kx_known, word))
    return true;
  if (read_bulk(in, sign, word))
    return true;
  for (size_t i = 0; i < CY_COUNT(rows); i++)
    if (has_prefix(word, rows[i].prefix))
      return change(in, rows[i].kind, sign, rows[i].known, word + strlen(rows[i].prefix));
  return has_prefix(word, "COMP-NULL") || has_prefix(word, "COMP-ALL") || has_prefix(word, "CTYPE-") ||
         same(word, "COMP-DEFLATE");
}

static bool read_option(reader *in, const char *word)
{
  for (size_t i = 0; i < CY_COUNT(options); i++) {
    if (!same(word, options[i].name))
      continue;
    if (options[i].min_rsa >= 0) {
      in->out->min_rsa = (unsigned)options[i].min_rsa;
      in->profile_set = true;
    }
    in->out->own_order |= i == 0;
    in->no_extensions |= strcmp(options[i].name, "NO_EXTENSIONS") == 0;
    return true;
  }
  return false;
}

static void try_known(reader *in, const char *const *known)
{
  for (; *known; known++)
    cy_nearest_try(&in->near, *known);
}

static bool read_word(reader *in, const char *word)
{
  if (word[0] == '+' && read_level(in, word + 1, true))
    return true;
  if (word[0] == '+' || word[0] == '-' || word[0] == '!')
    return read_named(in, word[0], word + 1);
  if (word[0] == '%')
    return read_option(in, word + 1);
  return read_level(in, word, in->level_set);
}

static const char *nearest(reader *in, const char *word)
{
  bool sign = word[0] && strchr("+-!%", word[0]);
  in->near = CY_NEAREST(word + sign);
  if (word[0] == '%') {
    for (size_t i = 0; i < CY_COUNT(options); i++)
      cy_nearest_try(&in->near, options[i].name);
    return in->near.best;
  }
  for (size_t i = 0; i < CY_COUNT(levels); i++)
    cy_nearest_try(&in->near, levels[i].name);
  const char *dash = strchr(word, '-');
  bool prefixed = has_prefix(word + sign, "VERS-") || has_prefix(word + sign, "SIGN-") ||
                  has_prefix(word + sign, "GROUP-") || has_prefix(word + sign, "CURVE-");
  if (prefixed && dash)
    in->near.word = strchr(word + sign, '-') + 1;
  try_known(in, versions_known);
  try_known(in, groups_known);
  try_known(in, signs_known);
  try_known(in, ciphers_known);
  try_known(in, macs_known);
  try_known(in, kx_known);
  return in->near.best;
}

/* What the lists come to. */

static unsigned version_bit(const char *name)
{
  return same(name, "TLS1.3")   ? CY_TLS_BIT(CY_TLS13)
         : same(name, "TLS1.2") ? CY_TLS_BIT(CY_TLS12)
         : same(name, "TLS1.1") ? CY_TLS_BIT(CY_TLS11)
         : same(name, "TLS1.0") ? CY_TLS_BIT(CY_TLS10)
                                : 0;
}

static const char *kx_part(const char *kx)
{
  static const char *const rows[][2] = {{"ANON-DH", "DH_ANON"}, {"ANON-ECDH", "ECDH_ANON"},
    {"SRP", "SRP_SHA"}, {"SRP-RSA", "SRP_SHA_RSA"}, {"SRP-DSS", "SRP_SHA_DSS"}};
  for (size_t i = 0; i < CY_COUNT(rows); i++)
    if (same(rows[i][0], kx))
      return rows[i][1];
  return kx;
}

/* TLS_ECDHE_RSA_AES_256_CBC_SHA384; - is _ . */
static bool is_suite(
  const char *name, const char *kx, const char *cipher, const char *mac, const char *of_suite)
{
  char begin[96];
  bool aead = strcmp(mac, "AEAD") == 0;
  int len = snprintf(begin, sizeof begin, "TLS_%s%s%s", kx, *kx ? "_" : "",
    same(cipher, "3DES-CBC") ? "3DES_EDE_CBC" : cipher);
  for (char *c = begin; *c; c++)
    if (*c == '-')
      *c = '_';
  if (len < 0 || !cy_text_starts(name, begin) || aead != (strcmp(of_suite, "AEAD") == 0))
    return false;
  const char *rest = name + len;
  if (aead)
    return !*rest || strcmp(rest, "_SHA256") == 0 || strcmp(rest, "_SHA384") == 0;
  return rest[0] == '_' && strcmp(rest + 1, mac) == 0;
}

static cy_err *add_suites(
  cy_codes *list, const char *kx, const char *cipher, const char *mac, unsigned versions, bool is13)
{
  for (size_t i = 0; i < cy_suite_count; i++) {
    const cy_suite *suite = &cy_suites[i];
    const char *name = suite->names[CY_NOTATION_GNUTLS];
    if (name && (suite->min == CY_TLS13) == is13 && versions >= CY_TLS_BIT(suite->min) &&
        is_suite(name, kx, cipher, mac, suite->mac))
      CY_TRY(cy_codes_add(list, suite->code));
  }
  return NULL;
}

static cy_err *make_suites(reader *in)
{
  /* DTLS 1.2 has the suites of TLS 1.2, and they are listed. */
  bool dtls12 = find(&in->lists[VERSIONS], "DTLS1.2") < in->lists[VERSIONS].count;
  unsigned reach = in->out->versions | (dtls12 ? CY_TLS_BIT(CY_TLS12) : 0);
  names *ciphers = &in->lists[CIPHERS], *macs = &in->lists[MACS], *kx = &in->lists[KX];
  if ((in->out->versions & CY_TLS_BIT(CY_TLS13)) && find(macs, "AEAD") < macs->count)
    for (size_t c = 0; c < ciphers->count; c++)
      CY_TRY(add_suites(&in->out->suites13, "", ciphers->items[c], "AEAD", reach, true));
  for (size_t k = 0; k < kx->count; k++)
    for (size_t c = 0; c < ciphers->count; c++)
      for (size_t m = 0; m < macs->count; m++)
        CY_TRY(add_suites(
          &in->out->suites, kx_part(kx->items[k]), ciphers->items[c], macs->items[m], reach, false));
  in->out->suites.set = in->out->suites13.set = true;
  return NULL;
}

static cy_err *make_groups(reader *in)
{
  for (size_t i = 0; i < in->lists[GROUPS].count; i++) {
    char name[48];
    snprintf(name, sizeof name, "GROUP-%s", in->lists[GROUPS].items[i]);
    const cy_tls_group *group = cy_tls_group_find(name);
    if (group)
      CY_TRY(cy_codes_add(&in->out->groups, group->code));
  }
  in->out->groups.set = true;
  return NULL;
}

/* ECDSA-SHA256 is that of TLS 1.2 with any curve, and has the code of the one with the curve. */
static const char *sign_name(const char *name)
{
  static const char *const rows[][2] = {{"ECDSA-SHA256", "ECDSA-SECP256R1-SHA256"},
    {"ECDSA-SHA384", "ECDSA-SECP384R1-SHA384"}, {"ECDSA-SHA512", "ECDSA-SECP521R1-SHA512"}};
  for (size_t i = 0; i < CY_COUNT(rows); i++)
    if (same(rows[i][0], name))
      return rows[i][1];
  return name;
}

static cy_err *make_schemes(reader *in)
{
  for (size_t i = 0; i < in->lists[SIGNS].count; i++) {
    char name[48];
    snprintf(name, sizeof name, "SIGN-%s", sign_name(in->lists[SIGNS].items[i]));
    const cy_scheme *scheme = cy_scheme_find(name);
    if (scheme)
      CY_TRY(cy_codes_add(&in->out->schemes, scheme->code));
  }
  in->out->schemes.set = true;
  return NULL;
}

static bool has_any(const names *list, const char *const *of)
{
  for (; *of; of++)
    if (find(list, *of) < list->count)
      return true;
  return false;
}

/* Those that are bound to a curve are of TLS 1.3 alone. */
static bool signs_for_12(const names *signs)
{
  for (size_t i = 0; i < signs->count; i++)
    if (!strstr(signs->items[i], "-SECP"))
      return true;
  return false;
}

/* TLS 1.3 goes where it could not be agreed on: without groups, above 1.1 with 1.2 left out, or with what
 * it does not have (SRP, no cipher, no extensions). */
static void settle_versions(reader *in)
{
  names *v = &in->lists[VERSIONS];
  static const char *const psks[] = {"PSK", "DHE-PSK", "ECDHE-PSK", NULL};
  static const char *const srps[] = {"SRP", "SRP-RSA", "SRP-DSS", NULL};
  static const char *const no_cipher[] = {"NULL", NULL};
  bool psk = has_any(&in->lists[KX], psks);
  bool never =
    has_any(&in->lists[KX], srps) || has_any(&in->lists[CIPHERS], no_cipher) || in->no_extensions;
  bool tls13 = find(v, "TLS1.3") < v->count, tls12 = find(v, "TLS1.2") < v->count;
  bool older = find(v, "TLS1.1") < v->count || find(v, "TLS1.0") < v->count;
  bool only13 = tls13 && !tls12 && !older;
  in->out->psk = psk;
  if (tls13 && (never || (!psk && in->lists[GROUPS].count == 0) || (!tls12 && older)))
    drop(v, "TLS1.3");
  if (in->lists[SIGNS].count == 0) /* 1.2 and later name the signature */
    drop(v, "TLS1.3");
  if (!signs_for_12(&in->lists[SIGNS])) {
    drop(v, "TLS1.2");
    drop(v, "DTLS1.2");
  }
  if (only13 && !psk)
    in->lists[KX].count = 0;
  for (size_t i = 0; i < v->count; i++)
    in->out->versions |= version_bit(v->items[i]);
}

static cy_err *settle(reader *in)
{
  settle_versions(in);
  CY_TRY(make_suites(in));
  CY_TRY(make_groups(in));
  CY_TRY(make_schemes(in));
  bool suites = in->out->suites.count || in->out->suites13.count;
  in->out->empty =
    !in->lists[VERSIONS].count || !in->lists[CIPHERS].count || !in->lists[MACS].count || !suites;
  return NULL;
}

static cy_err *wrong(reader *in, const char *word)
{
  in->out->wrong = cy_strdup(word);
  in->out->near = nearest(in, in->out->wrong ? in->out->wrong : word);
  return in->out->wrong ? NULL : cy_err_no_memory();
}

/* Words between colons; the first one is a level, or NONE. *stop: one was wrong. */
static cy_err *read_words(reader *in, const char *text, bool *stop)
{
  bool first = true;
  for (const char *at = text;; first = false) {
    size_t len = strcspn(at, ":");
    CY_AUTO_STR char *word = cy_strndup(at, len);
    CY_TRY_ALLOC(word);
    if (first && same(word, "NONE")) {
      in->level_set = true;
      for (int k = 0; k < KINDS; k++)
        in->lists[k].count = 0;
    } else if (!read_word(in, word)) {
      *stop = true;
      return wrong(in, word);
    }
    if (!at[len])
      return NULL;
    at += len + 1;
  }
}

/* @ONE,TWO:+MORE: the first of the names that is known. */
static cy_err *read_text(reader *in, const char *text, cy_priority_named *named, void *arg, bool *stop)
{
  size_t len = strcspn(text, ":");
  if (text[0] != '@')
    return read_words(in, text, stop);
  const char *found = NULL;
  for (const char *at = text + 1; !found && at < text + len;) {
    size_t n = strcspn(at, ",:");
    CY_AUTO_STR char *name = cy_strndup(at, n);
    CY_TRY_ALLOC(name);
    found = named ? named(arg, name) : NULL;
    at += n + 1;
  }
  if (!found) {
    *stop = true;
    CY_AUTO_STR char *word = cy_strndup(text, len);
    CY_TRY_ALLOC(word);
    return wrong(in, word);
  }
  CY_TRY(read_words(in, found, stop));
  return *stop || !text[len] ? NULL : read_words(in, text + len + 1, stop);
}

cy_err *cy_priority_parse(cy_priority *out, const char *text, cy_priority_named *named, void *arg)
{
  reader in = {.out = out};
  bool stop = false;
  *out = (cy_priority){0};
  in.near = CY_NEAREST("");
  add_all(&in.lists[VERSIONS], versions_all);
  add_all(&in.lists[GROUPS], groups_normal);
  add_all(&in.lists[SIGNS], signs_normal);
  while (*text == ' ' || *text == '\t')
    text++;
  cy_err *err = read_text(&in, text, named, arg, &stop);
  if (!err && !stop)
    err = settle(&in);
  if (err)
    cy_priority_clear(out);
  return err;
}

void cy_priority_clear(cy_priority *priority)
{
  cy_codes_clear(&priority->suites);
  cy_codes_clear(&priority->suites13);
  cy_codes_clear(&priority->groups);
  cy_codes_clear(&priority->schemes);
  cy_free(priority->wrong);
  *priority = (cy_priority){0};
}

bool cy_priority_is(const char *text)
{
  cy_span head = cy_span_of(text, strcspn(text, ":"));
  if (text[0] == '@' || cy_ascii_equal_nocase(head, CY_SPAN("NONE")))
    return text[0] != '@' || !strchr(text, '=');
  for (size_t i = 0; i < CY_COUNT(levels); i++)
    if (cy_ascii_equal_nocase(head, cy_span_str(levels[i].name)) ||
        (levels[i].alias && cy_ascii_equal_nocase(head, cy_span_str(levels[i].alias))))
      return true;
  return false;
}
