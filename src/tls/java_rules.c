/* What a Java VM disables. */
#include "tls/java_rules.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/text.h"

/* Parsing. */

static cy_span trim(cy_span s)
{
  while (s.len && (s.data[0] == ' ' || s.data[0] == '\t'))
    s = cy_span_of(s.data + 1, s.len - 1);
  while (s.len && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t'))
    s.len--;
  return s;
}

static cy_span next_word(cy_span *rest)
{
  *rest = trim(*rest);
  size_t len = 0;
  while (len < rest->len && rest->data[len] != ' ' && rest->data[len] != '\t')
    len++;
  cy_span word = cy_span_of(rest->data, len);
  *rest = trim(cy_span_of(rest->data + len, rest->len - len));
  return word;
}

static bool is(cy_span word, const char *text)
{
  return cy_ascii_equal_nocase(word, cy_span_str(text));
}

static bool number(cy_span word, unsigned *out)
{
  *out = 0;
  for (size_t i = 0; i < word.len; i++) {
    if (word.data[i] < '0' || word.data[i] > '9' || *out > 1000000)
      return false;
    *out = *out * 10 + (unsigned)(word.data[i] - '0');
  }
  return word.len > 0;
}

/* keySize < 1024; only what strikes all small keys becomes `below`. */
static void read_key_size(cy_java_rule *rule, cy_span condition)
{
  unsigned bits;
  cy_span operator= next_word(&condition);
  if (!number(trim(condition), &bits)) {
    rule->wrong = "the size of a key is a number";
    return;
  }
  if (is(operator, "<"))
    rule->below = bits;
  else if (is(operator, "<="))
    rule->below = bits + 1;
  else
    rule->some = true;
}

/* What follows a name: conditions that are joined by &. All must hold for the rule to strike. */
static void read_conditions(cy_java_rule *rule, cy_span rest)
{
  size_t count = 0;
  while (rest.len && !rule->wrong) {
    const uint8_t *and = memchr(rest.data, '&', rest.len);
    size_t len = and? (size_t)(and-rest.data) : rest.len;
    cy_span condition = trim(cy_span_of(rest.data, len));
    cy_span word = next_word(&condition);
    if (is(word, "keySize"))
      read_key_size(rule, condition);
    else if (is(word, "usage") && is(condition, "HandshakeSignature"))
      rule->handshake = true;
    else if (is(word, "usage") || is(word, "jdkCA") || is(word, "denyAfter"))
      rule->some = true;
    else
      rule->wrong = "a condition is keySize, usage, jdkCA or denyAfter";
    count++;
    rest = len < rest.len ? cy_span_of(rest.data + len + 1, rest.len - len - 1) : CY_SPAN_NONE;
  }
  rule->some = rule->some || (count > 1 && (rule->below || rule->handshake));
}

static cy_err *add_one(cy_java_rules *rules, cy_span text, size_t line)
{
  cy_java_rule rule = {.line = line};
  cy_span rest = text;
  cy_span name = next_word(&rest);
  bool include = is(name, "include");
  if (include)
    name = next_word(&rest);
  rule.bare = !rest.len && !include;
  rule.some = include; /* another property of the same file: whoever has that adds it */
  if (rest.len)
    read_conditions(&rule, rest);
  if (memchr(name.data, '*', name.len) && !(name.len > 4 && memcmp(name.data, "TLS_", 4) == 0))
    rule.wrong = "a pattern with * begins with TLS_";
  if (!cy_grow(&rules->items, &rules->cap, rules->count + 1, sizeof *rules->items))
    return cy_err_no_memory();
  rule.text = cy_strndup((const char *)text.data, text.len);
  rule.name = cy_strndup((const char *)name.data, name.len);
  rules->items[rules->count++] = rule;
  return rule.text && rule.name ? NULL : cy_err_no_memory();
}

cy_err *cy_java_rules_add(cy_java_rules *rules, const char *text, size_t line)
{
  cy_span rest = trim(cy_span_str(text));
  if (rest.len >= 2 && rest.data[0] == '"' && rest.data[rest.len - 1] == '"')
    rest = cy_span_of(rest.data + 1, rest.len - 2);
  while (rest.len) {
    const uint8_t *comma = memchr(rest.data, ',', rest.len);
    size_t len = comma ? (size_t)(comma - rest.data) : rest.len;
    cy_span one = trim(cy_span_of(rest.data, len));
    if (one.len)
      CY_TRY(add_one(rules, one, line));
    rest = len < rest.len ? cy_span_of(rest.data + len + 1, rest.len - len - 1) : CY_SPAN_NONE;
  }
  return NULL;
}

void cy_java_rules_clear(cy_java_rules *rules)
{
  for (size_t i = 0; i < rules->count; i++) {
    cy_free(rules->items[i].text);
    cy_free(rules->items[i].name);
  }
  cy_free(rules->items);
  *rules = (cy_java_rules){0};
}

/* Striking. What is asked for is taken apart into words; a rule of one of these strikes it. */

enum { WORDS = 24 };
typedef struct {
  const char *items[WORDS];
  size_t count;
  bool handshake; /* rules for signatures in handshakes count, too */
} words;

static void put(words *w, const char *word)
{
  if (word && w->count < WORDS)
    w->items[w->count++] = word;
}

static bool same(const char *a, const char *b)
{
  return cy_ascii_equal_nocase(cy_span_str(a), cy_span_str(b));
}

static const cy_java_rule *strikes(const cy_java_rules *rules, const words *w)
{
  for (size_t i = 0; rules && i < rules->count; i++) {
    const cy_java_rule *rule = &rules->items[i];
    if (!rule->bare && !(rule->handshake && w->handshake && !rule->some))
      continue;
    for (size_t n = 0; n < w->count; n++)
      if (same(rule->name, w->items[n]))
        return rule;
  }
  return NULL;
}

/* Sizes of keys. */
static const cy_java_rule *too_small(const cy_java_rules *rules, const words *w, unsigned bits)
{
  for (size_t i = 0; rules && i < rules->count; i++)
    for (size_t n = 0; n < w->count; n++)
      if (!rules->items[i].some && bits < rules->items[i].below && same(rules->items[i].name, w->items[n]))
        return &rules->items[i];
  return NULL;
}

const cy_java_rule *cy_java_strikes_version(const cy_java_rules *tls, unsigned version)
{
  static const char *const names[] = {"SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"};
  words w = {0};
  put(&w, version <= CY_TLS13 ? names[version & 0xff] : NULL);
  return strikes(tls, &w);
}

static void put_key_exchange(words *w, cy_kx kx, cy_suite_needs needs)
{
  bool anonymous = needs == CY_SUITE_NEEDS_ANON;
  bool rsa = needs == CY_SUITE_NEEDS_RSA, dsa = needs == CY_SUITE_NEEDS_DSA;
  if (kx == CY_KX_RSA || (rsa && (kx == CY_KX_DHE || kx == CY_KX_ECDHE)))
    put(w, "RSA");
  if (dsa) {
    put(w, "DSA");
    put(w, "DSS");
  }
  if (kx == CY_KX_DHE) {
    put(w, "DH");
    put(w, "DiffieHellman");
    put(w, anonymous ? "DH_anon" : rsa ? "DHE_RSA" : "DHE_DSS");
    put(w, anonymous ? "anon" : "DHE");
  }
  if (kx == CY_KX_ECDHE) {
    put(w, anonymous ? "ECDH" : "ECDHE");
    put(w, anonymous ? "ECDH_anon" : rsa ? "ECDHE_RSA" : "ECDHE_ECDSA");
    put(w, anonymous ? "anon" : rsa ? NULL : "ECDSA");
  }
}

/* Fixed ones: the certificate has the key, its signature is RSA or ECDSA. */
static void put_fixed(words *w, const cy_suite *suite)
{
  bool rsa = strstr(suite->names[CY_NOTATION_IANA], "_RSA_");
  if (suite->kx != CY_KX_ECDH)
    return;
  put(w, "ECDH");
  put(w, rsa ? "RSA" : "ECDSA");
  put(w, rsa ? "ECDH_RSA" : "ECDH_ECDSA");
}

static void put_cipher(words *w, const cy_suite *suite)
{
  static const struct {
    const char *cipher;
    unsigned bits; /* 0: any */
    const char *names[5];
  } rows[] = {
    {"AES-GCM", 256, {"AES", "GCM", "NoPadding", "AES_256_GCM"}},
    {"AES-GCM", 128, {"AES", "GCM", "NoPadding", "AES_128_GCM"}},
    {"AES-CBC", 256, {"AES", "CBC", "NoPadding", "AES_256_CBC"}},
    {"AES-CBC", 128, {"AES", "CBC", "NoPadding", "AES_128_CBC"}},
    {"3DES-CBC", 0, {"DESede", "CBC", "NoPadding", "3DES_EDE_CBC"}},
    {"DES-CBC", 56, {"DES", "CBC", "NoPadding", "DES_CBC"}},
    {"DES-CBC", 40, {"DES", "CBC", "NoPadding", "DES40_CBC", "DES_CBC_40"}},
    {"RC4", 128, {"RC4", "RC4_128"}},
    {"RC4", 40, {"RC4", "RC4_40"}},
    {"CHACHA20-POLY1305", 0, {"ChaCha20-Poly1305"}},
    {"none", 0, {"NULL", "C_NULL"}},
  };
  for (size_t i = 0; i < CY_COUNT(rows); i++)
    if (same(rows[i].cipher, suite->cipher) && (!rows[i].bits || rows[i].bits == suite->bits))
      for (size_t n = 0; n < CY_COUNT(rows[i].names); n++)
        /* JDK 17 does not take the suites of TLS 1.3 apart so far. */
        if (!(n == 3 && suite->min == CY_TLS13))
          put(w, rows[i].names[n]);
}

static void put_hash(words *w, const char *hash)
{
  static const char *const names[][4] = {{"SHA1", "SHA1", "SHA-1", "HmacSHA1"},
    {"SHA256", "SHA256", "SHA-256", "HmacSHA256"}, {"SHA384", "SHA384", "SHA-384", "HmacSHA384"},
    {"MD5", "MD5", "HmacMD5", NULL}};
  for (size_t i = 0; hash && i < CY_COUNT(names); i++)
    if (same(names[i][0], hash))
      for (size_t n = 1; n < 4; n++)
        put(w, names[i][n]);
}

/* Words with stars between them; letters' case counts. */
static bool fits(const char *pattern, const char *name)
{
  const char *star = NULL, *back = NULL;
  while (*name) {
    if (*pattern == '*') {
      star = pattern++;
      back = name;
    } else if (*pattern == *name) {
      pattern++;
      name++;
    } else if (star) {
      pattern = star + 1;
      name = ++back;
    } else {
      return false;
    }
  }
  while (*pattern == '*')
    pattern++;
  return !*pattern;
}

static const cy_java_rule *pattern_strikes(const cy_java_rules *rules, const cy_suite *suite)
{
  const char *name = suite->names[CY_NOTATION_JAVA];
  for (size_t i = 0; name && i < rules->count; i++)
    if (rules->items[i].bare && strchr(rules->items[i].name, '*') && fits(rules->items[i].name, name))
      return &rules->items[i];
  return NULL;
}

const cy_java_rule *cy_java_strikes_suite(
  const cy_java_rules *tls, const cy_java_rules *certpath, const cy_suite *suite)
{
  words keys = {0};
  put(&keys, suite->names[CY_NOTATION_JAVA]);
  put(&keys, suite->names[CY_NOTATION_IANA]);
  put_key_exchange(&keys, suite->kx, suite->needs);
  put_fixed(&keys, suite);
  words all = keys;
  put_cipher(&all, suite);
  put_hash(&all, suite->prf);
  put_hash(&all, strcmp(suite->mac, "AEAD") == 0 ? NULL : suite->mac);
  const cy_java_rule *rule = strikes(tls, &all);
  if (!rule)
    rule = pattern_strikes(tls, suite);
  return rule ? rule : strikes(certpath, &keys);
}

/* The size that stands in its name: 256 of secp256r1. */
static unsigned group_bits(const char *name)
{
  unsigned bits = 0;
  name += strcspn(name, "0123456789");
  for (; *name >= '0' && *name <= '9'; name++)
    bits = bits * 10 + (unsigned)(*name - '0');
  return bits;
}

const cy_java_rule *cy_java_strikes_group(
  const cy_java_rules *tls, const cy_java_rules *certpath, const cy_tls_group *group)
{
  const char *name = group->names[CY_NOTATION_JAVA];
  if (!name)
    return NULL;
  bool montgomery = same(name, "x25519") || same(name, "x448");
  words w = {0};
  put(&w, name);
  put(&w, group->kind == CY_GROUP_FFDHE ? "DH" : montgomery ? "XDH" : "EC");
  put(&w, group->kind == CY_GROUP_FFDHE ? "DiffieHellman" : NULL);
  const cy_java_rule *rule = strikes(tls, &w);
  if (!rule)
    rule = strikes(certpath, &w);
  if (!rule && !montgomery)
    rule = too_small(tls, &w, group_bits(name));
  return rule || montgomery ? rule : too_small(certpath, &w, group_bits(name));
}

/* "SHA256withRSA" and its parts. PSS is one word, whatever its hash. */
static void put_signature(words *w, const cy_scheme *scheme, char *name, size_t size)
{
  static const char *const hashes[][2] = {{"SHA1", "SHA-1"}, {"SHA224", "SHA-224"}, {"SHA256", "SHA-256"},
    {"SHA384", "SHA-384"}, {"SHA512", "SHA-512"}, {"MD5", "MD5"}};
  const char *java = scheme->names[CY_NOTATION_JAVA];
  const char *key = scheme->key == CY_KEY_EC ? "ECDSA" : scheme->key == CY_KEY_DSA ? "DSA" : "RSA";
  if (java && cy_text_starts(java, "rsa_pss_")) {
    put(w, "RSASSA-PSS");
    return;
  }
  if (!scheme->hash)
    return;
  for (size_t i = 0; i < CY_COUNT(hashes); i++)
    if (same(hashes[i][0], scheme->hash)) {
      put(w, hashes[i][0]);
      put(w, hashes[i][1]);
    }
  put(w, key);
  int len = snprintf(name, size, "%swith%s", scheme->hash, key);
  if (len > 0 && (size_t)len < size)
    put(w, name);
}

static const char *key_word(cy_key_type key)
{
  switch (key) {
  case CY_KEY_RSA:
    return "RSA";
  case CY_KEY_DSA:
    return "DSA";
  case CY_KEY_EC:
    return "EC";
  case CY_KEY_ED25519:
  case CY_KEY_ED448:
    return "EdDSA";
  default:
    return NULL;
  }
}

const cy_java_rule *cy_java_strikes_scheme(
  const cy_java_rules *tls, const cy_java_rules *certpath, const cy_scheme *scheme, bool certificate)
{
  char name[32];
  words w = {.handshake = !certificate};
  put(&w, scheme->names[CY_NOTATION_JAVA]);
  put(&w, key_word(scheme->key));
  put_signature(&w, scheme, name, sizeof name);
  const cy_java_rule *rule = strikes(tls, &w);
  if (!rule)
    rule = strikes(certpath, &w);
  if (rule || scheme->key != CY_KEY_EC || !scheme->curve)
    return rule;
  words curve = {0};
  put(&curve, "EC");
  put(&curve, scheme->curve);
  rule = strikes(tls, &curve);
  if (!rule)
    rule = strikes(certpath, &curve);
  if (!rule)
    rule = too_small(tls, &curve, group_bits(scheme->curve));
  return rule ? rule : too_small(certpath, &curve, group_bits(scheme->curve));
}

unsigned cy_java_min_bits(const cy_java_rules *rules, const char *algorithm)
{
  unsigned most = 0;
  for (size_t i = 0; i < rules->count; i++)
    if (!rules->items[i].some && rules->items[i].below > most && same(rules->items[i].name, algorithm))
      most = rules->items[i].below;
  return most;
}
