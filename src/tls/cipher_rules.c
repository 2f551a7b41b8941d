/* The list that rules of a cipher string work on, and what its words mean. */
#include "tls/cipher_string.h"

#include "base/text.h"

enum {
  KX_RSA = 1 << 0,
  KX_DHE = 1 << 1,
  KX_ECDHE = 1 << 2,
  KX_PSK = 1 << 3,
  KX_RSAPSK = 1 << 4,
  KX_ECDHEPSK = 1 << 5,
  KX_DHEPSK = 1 << 6,
  KX_SRP = 1 << 7,
  KX_ANY_PSK = KX_PSK | KX_RSAPSK | KX_ECDHEPSK | KX_DHEPSK,
};

enum {
  AUTH_RSA = 1 << 0,
  AUTH_DSS = 1 << 1,
  AUTH_NULL = 1 << 2,
  AUTH_ECDSA = 1 << 3,
  AUTH_PSK = 1 << 4,
  AUTH_SRP = 1 << 5,
  AUTH_SOME = 0xff & ~AUTH_NULL,
};

enum {
  ENC_NULL = 1 << 0,
  ENC_AES128 = 1 << 1,
  ENC_AES256 = 1 << 2,
  ENC_CAMELLIA128 = 1 << 3,
  ENC_CAMELLIA256 = 1 << 4,
  ENC_AESGCM128 = 1 << 5,
  ENC_AESGCM256 = 1 << 6,
  ENC_AESCCM128 = 1 << 7,
  ENC_AESCCM256 = 1 << 8,
  ENC_AESCCM8128 = 1 << 9,
  ENC_AESCCM8256 = 1 << 10,
  ENC_CHACHA20 = 1 << 11,
  ENC_ARIAGCM128 = 1 << 12,
  ENC_ARIAGCM256 = 1 << 13,
  ENC_OTHER = 1 << 14, /* those that are not built in: words for them choose nothing */
  ENC_SOME = 0x7fff & ~ENC_NULL,
  ENC_GCM = ENC_AESGCM128 | ENC_AESGCM256,
  ENC_CCM8 = ENC_AESCCM8128 | ENC_AESCCM8256,
  ENC_CCM = ENC_AESCCM128 | ENC_AESCCM256 | ENC_CCM8,
  ENC_CAMELLIA = ENC_CAMELLIA128 | ENC_CAMELLIA256,
  ENC_CBC = ENC_AES128 | ENC_AES256 | ENC_CAMELLIA,
  ENC_ANY_AES128 = ENC_AES128 | ENC_AESGCM128 | ENC_AESCCM128 | ENC_AESCCM8128,
  ENC_ANY_AES256 = ENC_AES256 | ENC_AESGCM256 | ENC_AESCCM256 | ENC_AESCCM8256,
  ENC_ANY_AES = ENC_ANY_AES128 | ENC_ANY_AES256,
  ENC_ARIA = ENC_ARIAGCM128 | ENC_ARIAGCM256,
};

enum { MAC_MD5 = 1 << 0, MAC_SHA1 = 1 << 1, MAC_SHA256 = 1 << 2, MAC_SHA384 = 1 << 3, MAC_AEAD = 1 << 4 };

enum {
  STRONG_NONE = 1 << 0,
  STRONG_LOW = 1 << 1,
  STRONG_MEDIUM = 1 << 2,
  STRONG_HIGH = 1 << 3,
  STRONG_FIPS = 1 << 4,
  STRONG_MASK = 0x1f,
  CIPHER_NOT_DEFAULT = 1 << 5,
};

typedef struct {
  uint16_t code;
  const char *name;
  uint32_t kx, auth, enc, mac;
  uint16_t min;
  uint32_t marks;
  unsigned bits;
} cipher;

static const cipher ciphers[] = {
#include "openssl_ciphers.inc"
};
_Static_assert(CY_COUNT(ciphers) <= CY_CIPHERS_MAX, "the list is too short");

/* Words that stand for several. */
static const struct {
  const char *word;
  uint32_t kx, auth, enc, mac;
  uint16_t min;
  uint32_t marks;
} words[] = {
  {"ALL", .enc = ENC_SOME},
  {"COMPLEMENTOFALL", .enc = ENC_NULL},
  {"COMPLEMENTOFDEFAULT", .marks = CIPHER_NOT_DEFAULT},
  {"kRSA", .kx = KX_RSA},
  {"kEDH", .kx = KX_DHE},
  {"kDHE", .kx = KX_DHE},
  {"DH", .kx = KX_DHE},
  {"kEECDH", .kx = KX_ECDHE},
  {"kECDHE", .kx = KX_ECDHE},
  {"ECDH", .kx = KX_ECDHE},
  {"kPSK", .kx = KX_PSK},
  {"kRSAPSK", .kx = KX_RSAPSK},
  {"kECDHEPSK", .kx = KX_ECDHEPSK},
  {"kDHEPSK", .kx = KX_DHEPSK},
  {"kSRP", .kx = KX_SRP},
  {"aRSA", .auth = AUTH_RSA},
  {"aDSS", .auth = AUTH_DSS},
  {"DSS", .auth = AUTH_DSS},
  {"aNULL", .auth = AUTH_NULL},
  {"aECDSA", .auth = AUTH_ECDSA},
  {"ECDSA", .auth = AUTH_ECDSA},
  {"aPSK", .auth = AUTH_PSK},
  {"aSRP", .auth = AUTH_SRP},
  {"EDH", .kx = KX_DHE, .auth = AUTH_SOME},
  {"DHE", .kx = KX_DHE, .auth = AUTH_SOME},
  {"EECDH", .kx = KX_ECDHE, .auth = AUTH_SOME},
  {"ECDHE", .kx = KX_ECDHE, .auth = AUTH_SOME},
  {"NULL", .enc = ENC_NULL},
  {"RSA", .kx = KX_RSA, .auth = AUTH_RSA},
  {"ADH", .kx = KX_DHE, .auth = AUTH_NULL},
  {"AECDH", .kx = KX_ECDHE, .auth = AUTH_NULL},
  {"PSK", .kx = KX_ANY_PSK},
  {"SRP", .kx = KX_SRP},
  {"3DES", .enc = ENC_OTHER},
  {"RC4", .enc = ENC_OTHER},
  {"RC2", .enc = ENC_OTHER},
  {"IDEA", .enc = ENC_OTHER},
  {"SEED", .enc = ENC_OTHER},
  {"eNULL", .enc = ENC_NULL},
  {"GOST89", .enc = ENC_OTHER},
  {"AES128", .enc = ENC_ANY_AES128},
  {"AES256", .enc = ENC_ANY_AES256},
  {"AES", .enc = ENC_ANY_AES},
  {"AESGCM", .enc = ENC_GCM},
  {"AESCCM", .enc = ENC_CCM},
  {"AESCCM8", .enc = ENC_CCM8},
  {"CAMELLIA128", .enc = ENC_CAMELLIA128},
  {"CAMELLIA256", .enc = ENC_CAMELLIA256},
  {"CAMELLIA", .enc = ENC_CAMELLIA},
  {"CHACHA20", .enc = ENC_CHACHA20},
  {"ARIA", .enc = ENC_ARIA},
  {"ARIAGCM", .enc = ENC_ARIA},
  {"ARIA128", .enc = ENC_ARIAGCM128},
  {"ARIA256", .enc = ENC_ARIAGCM256},
  {"CBC", .enc = ENC_CBC},
  {"MD5", .mac = MAC_MD5},
  {"SHA1", .mac = MAC_SHA1},
  {"SHA", .mac = MAC_SHA1},
  {"SHA256", .mac = MAC_SHA256},
  {"SHA384", .mac = MAC_SHA384},
  {"SSLv3", .min = CY_SSL3},
  {"TLSv1", .min = CY_TLS10},
  {"TLSv1.0", .min = CY_TLS10},
  {"TLSv1.2", .min = CY_TLS12},
  {"LOW", .marks = STRONG_LOW},
  {"MEDIUM", .marks = STRONG_MEDIUM},
  {"HIGH", .marks = STRONG_HIGH},
  {"FIPS", .marks = STRONG_FIPS},
};

bool cy_cipher_word_choice(cy_span word, cy_cipher_choice *choice)
{
  *choice = (cy_cipher_choice){0};
  for (size_t i = 0; i < CY_COUNT(ciphers); i++) {
    const cipher *c = &ciphers[i];
    if (!cy_span_equal(word, cy_span_str(c->name)))
      continue;
    *choice = (cy_cipher_choice){
      c->code, c->kx, c->auth, c->enc, c->mac, c->marks & STRONG_MASK, c->marks & CIPHER_NOT_DEFAULT, 0};
    return true;
  }
  for (size_t i = 0; i < CY_COUNT(words); i++) {
    if (!cy_span_equal(word, cy_span_str(words[i].word)))
      continue;
    *choice = (cy_cipher_choice){0, words[i].kx, words[i].auth, words[i].enc, words[i].mac,
      words[i].marks & STRONG_MASK, words[i].marks & CIPHER_NOT_DEFAULT, words[i].min};
    return true;
  }
  return false;
}

void cy_cipher_string_nearest(cy_nearest *near)
{
  for (size_t i = 0; i < CY_COUNT(ciphers); i++)
    cy_nearest_try(near, ciphers[i].name);
  for (size_t i = 0; i < CY_COUNT(words); i++)
    cy_nearest_try(near, words[i].word);
}

/* The list: a ring through one more place, which is both ends. */

static void unlink_at(cy_cipher_rules *rules, size_t i)
{
  rules->next[rules->prev[i]] = rules->next[i];
  rules->prev[rules->next[i]] = rules->prev[i];
}

static void link_behind(cy_cipher_rules *rules, size_t i, size_t before)
{
  rules->prev[i] = (uint16_t)before;
  rules->next[i] = rules->next[before];
  rules->prev[rules->next[i]] = (uint16_t)i;
  rules->next[before] = (uint16_t)i;
}

static void to_end(cy_cipher_rules *rules, size_t i)
{
  unlink_at(rules, i);
  link_behind(rules, i, rules->prev[CY_CIPHER_NONE]);
}

static void to_start(cy_cipher_rules *rules, size_t i)
{
  unlink_at(rules, i);
  link_behind(rules, i, CY_CIPHER_NONE);
}

static bool fits(const cipher *c, const cy_cipher_choice *w)
{
  return (!w->code || w->code == c->code) && (!w->kx || w->kx & c->kx) && (!w->auth || w->auth & c->auth) &&
         (!w->enc || w->enc & c->enc) && (!w->mac || w->mac & c->mac) && (!w->min || w->min == c->min) &&
         (!w->strong || w->strong & c->marks) && (!w->other || w->other & c->marks);
}

static void apply_to(cy_cipher_rules *rules, size_t i, cy_cipher_rule rule)
{
  switch (rule) {
  case CY_CIPHER_ADD:
    if (!rules->active[i])
      to_end(rules, i);
    rules->active[i] = true;
    break;
  case CY_CIPHER_ORDER:
    if (rules->active[i])
      to_end(rules, i);
    break;
  case CY_CIPHER_DELETE:
    if (rules->active[i])
      to_start(rules, i);
    rules->active[i] = false;
    break;
  case CY_CIPHER_BUMP:
    if (rules->active[i])
      to_start(rules, i);
    break;
  case CY_CIPHER_KILL:
    unlink_at(rules, i);
    rules->active[i] = false;
    break;
  }
}

/* What is moved is not met again: the walk ends where the list ended when it began. Deleting and bumping
 * walk from the end, so that the order among those that are moved stays. */
static void walk(cy_cipher_rules *rules, bool (*chosen)(const cipher *c, const void *arg), const void *arg,
  cy_cipher_rule rule)
{
  bool back = rule == CY_CIPHER_DELETE || rule == CY_CIPHER_BUMP;
  size_t last = back ? rules->next[CY_CIPHER_NONE] : rules->prev[CY_CIPHER_NONE];
  size_t at = back ? rules->prev[CY_CIPHER_NONE] : rules->next[CY_CIPHER_NONE];
  while (at != CY_CIPHER_NONE) {
    size_t now = at;
    at = back ? rules->prev[now] : rules->next[now];
    if (chosen(&ciphers[now], arg))
      apply_to(rules, now, rule);
    if (now == last)
      break;
  }
}

static bool chosen_by_words(const cipher *c, const void *arg)
{
  return fits(c, arg);
}

static bool chosen_by_bits(const cipher *c, const void *arg)
{
  return c->bits == *(const unsigned *)arg;
}

void cy_cipher_rules_apply(cy_cipher_rules *rules, const cy_cipher_choice *choice, cy_cipher_rule rule)
{
  walk(rules, chosen_by_words, choice, rule);
}

void cy_cipher_rules_sort(cy_cipher_rules *rules)
{
  for (unsigned bits = 257; bits-- > 0;)
    walk(rules, chosen_by_bits, &bits, CY_CIPHER_ORDER);
}

/* Where nothing else decides: ephemeral before fixed, ECDSA before RSA, AES-GCM, ChaCha20, AES, the rest;
 * anonymous, RSA key exchange and shared keys at the end; then by strength; then new before old. */
void cy_cipher_rules_init(cy_cipher_rules *rules)
{
  static const struct {
    cy_cipher_choice choice;
    cy_cipher_rule rule;
    bool sort_first;
  } steps[] = {
    {{.kx = KX_ECDHE, .auth = AUTH_ECDSA}, CY_CIPHER_ADD, false},
    {{.kx = KX_ECDHE}, CY_CIPHER_ADD, false},
    {{.kx = KX_ECDHE}, CY_CIPHER_DELETE, false},
    {{.enc = ENC_GCM}, CY_CIPHER_ADD, false},
    {{.enc = ENC_CHACHA20}, CY_CIPHER_ADD, false},
    {{.enc = ENC_ANY_AES & ~ENC_GCM}, CY_CIPHER_ADD, false},
    {{0}, CY_CIPHER_ADD, false},
    {{.mac = MAC_MD5}, CY_CIPHER_ORDER, false},
    {{.auth = AUTH_NULL}, CY_CIPHER_ORDER, false},
    {{.kx = KX_RSA}, CY_CIPHER_ORDER, false},
    {{.kx = KX_PSK}, CY_CIPHER_ORDER, false},
    {{.min = CY_TLS12}, CY_CIPHER_BUMP, true},
    {{.mac = MAC_AEAD}, CY_CIPHER_BUMP, false},
    {{.kx = KX_DHE | KX_ECDHE}, CY_CIPHER_BUMP, false},
    {{.kx = KX_DHE | KX_ECDHE, .mac = MAC_AEAD}, CY_CIPHER_BUMP, false},
    {{0}, CY_CIPHER_DELETE, false},
  };
  memset(rules, 0, sizeof *rules);
  rules->next[CY_CIPHER_NONE] = rules->prev[CY_CIPHER_NONE] = CY_CIPHER_NONE;
  for (size_t i = CY_COUNT(ciphers); i-- > 0;) /* by falling numbers */
    link_behind(rules, i, rules->prev[CY_CIPHER_NONE]);
  for (size_t i = 0; i < CY_COUNT(steps); i++) {
    if (steps[i].sort_first)
      cy_cipher_rules_sort(rules);
    cy_cipher_rules_apply(rules, &steps[i].choice, steps[i].rule);
  }
}

cy_err *cy_cipher_rules_codes(const cy_cipher_rules *rules, cy_codes *codes)
{
  codes->set = true;
  for (size_t i = rules->next[CY_CIPHER_NONE]; i != CY_CIPHER_NONE; i = rules->next[i])
    if (rules->active[i])
      CY_TRY(cy_codes_add(codes, ciphers[i].code));
  return NULL;
}
