/* CipherSpecs: names, aliases, what they stand for, and what a queue manager negotiates with. */
#include <stdlib.h>

#include "base/text.h"
#include "tls/codes.h"
#include "tls/mq.h"
#include "tls/suite.h"

enum {
  ONLY_SSL3 = CY_TLS_BIT(CY_SSL3),
  ONLY_10 = CY_TLS_BIT(CY_TLS10),
  ONLY_12 = CY_TLS_BIT(CY_TLS12),
  ONLY_13 = CY_TLS_BIT(CY_TLS13),
};

static const struct {
  const char *name, *java;
  unsigned versions;
  bool open_ended;
  const char *since;
} aliases[] = {
  {"ANY", "*ANY", CY_TLS_ALL_VERSIONS, true, "IBM MQ 9.1.4 (z/OS: 9.2.0)"},
  {"ANY_TLS12", "*TLS12", ONLY_12, false, "IBM MQ 9.1.1"},
  {"ANY_TLS12_OR_HIGHER", "*TLS12ORHIGHER", ONLY_12 | ONLY_13, true, "IBM MQ 9.1.4 (z/OS: 9.2.0)"},
  {"ANY_TLS13", "*TLS13", ONLY_13, false, "IBM MQ 9.1.4 (z/OS: 9.2.0)"},
  {"ANY_TLS13_OR_HIGHER", "*TLS13ORHIGHER", ONLY_13, true, "IBM MQ 9.1.4 (z/OS: 9.2.0)"},
};

/* A CipherSpec means one protocol, which its suite alone does not say. */
static unsigned versions_of(const cy_suite *suite, const char *name)
{
  if (suite->min == CY_TLS13)
    return ONLY_13;
  if (cy_text_ends(name, "SHA256") || cy_text_ends(name, "SHA384") || cy_text_ends(name, "NULL_NULL"))
    return ONLY_12;
  return cy_text_starts(name, "TLS_") ? ONLY_10 : ONLY_SSL3;
}

static bool same(const char *a, const char *b)
{
  return cy_ascii_equal_nocase(cy_span_str(a), cy_span_str(b));
}

static void put_suite(cy_mq_cipher *out, const cy_suite *suite, const char *name)
{
  *out = (cy_mq_cipher){
    .suite = suite, .versions = versions_of(suite, name), .off = suite->flags & CY_SUITE_MQ_OFF};
  if (suite->min == CY_TLS13)
    out->since = "IBM MQ 9.1.4 (z/OS: 9.2.0)";
}

bool cy_mq_cipher_find(cy_mq_cipher *out, const char *name)
{
  for (size_t i = 0; i < CY_COUNT(aliases); i++)
    if (same(name, aliases[i].name)) {
      *out = (cy_mq_cipher){
        .versions = aliases[i].versions, .open_ended = aliases[i].open_ended, .since = aliases[i].since};
      return true;
    }
  for (size_t i = 0; i < cy_suite_count; i++)
    if (cy_suites[i].names[CY_NOTATION_MQ] && cy_notation_has(cy_suites[i].names[CY_NOTATION_MQ], name)) {
      put_suite(out, &cy_suites[i], name);
      return true;
    }
  return false;
}

static const cy_suite *other_notation(const char *name)
{
  for (size_t i = 0; i < CY_COUNT(aliases); i++)
    if (same(name, aliases[i].java))
      return NULL;
  const cy_suite *suite = cy_suite_find(name);
  return suite && suite->names[CY_NOTATION_MQ] ? suite : NULL;
}

static void first_word(const char *words, char room[80])
{
  size_t n = strcspn(words, " ");
  n = n < 79 ? n : 79;
  memcpy(room, words, n);
  room[n] = 0;
}

bool cy_mq_cipher_find_hex(cy_mq_cipher *out, const char *name)
{
  char mq[80];
  const cy_suite *suite =
    strlen(name) == 4 && strspn(name, "0123456789abcdefABCDEF") == 4 ? cy_suite_find(name) : NULL;
  if (!suite || !suite->names[CY_NOTATION_MQ])
    return false;
  first_word(suite->names[CY_NOTATION_MQ], mq);
  put_suite(out, suite, mq);
  return true;
}

static void try_words(cy_nearest *near, const char *words, char room[80])
{
  while (*words) {
    char one[80];
    unsigned before = near->best_distance;
    first_word(words, one);
    cy_nearest_try(near, one);
    if (near->best_distance < before && near->best == one) {
      memcpy(room, one, sizeof one);
      near->best = room;
    }
    words += strcspn(words, " ");
    words += *words == ' ';
  }
}

const char *cy_mq_cipher_nearest(const char *name, bool *foreign, char room[80])
{
  *foreign = false;
  for (size_t i = 0; i < CY_COUNT(aliases); i++)
    if (same(name, aliases[i].java)) {
      *foreign = true;
      return aliases[i].name;
    }
  const cy_suite *suite = other_notation(name);
  if (suite) {
    *foreign = true;
    first_word(suite->names[CY_NOTATION_MQ], room);
    return room;
  }
  cy_nearest near = CY_NEAREST(name);
  for (size_t i = 0; i < CY_COUNT(aliases); i++)
    cy_nearest_try(&near, aliases[i].name);
  for (size_t i = 0; i < cy_suite_count; i++)
    if (cy_suites[i].names[CY_NOTATION_MQ])
      try_words(&near, cy_suites[i].names[CY_NOTATION_MQ], room);
  if (!near.best && cy_text_starts(name, "ANY"))
    return strstr(name, "13") ? "ANY_TLS13_OR_HIGHER" : "ANY_TLS12_OR_HIGHER";
  return near.best;
}

bool cy_mq_cipher_find_java(cy_mq_cipher *out, const char *name, bool *ibm)
{
  *ibm = false;
  for (size_t i = 0; i < CY_COUNT(aliases); i++)
    if (same(name, aliases[i].java)) {
      *out = (cy_mq_cipher){
        .versions = aliases[i].versions, .open_ended = aliases[i].open_ended, .since = aliases[i].since};
      return true;
    }
  for (size_t i = 0; i < cy_suite_count; i++) {
    const cy_suite *suite = &cy_suites[i];
    const char *of_ibm = suite->names[CY_NOTATION_JAVA_IBM], *java = suite->names[CY_NOTATION_JAVA];
    bool is_ibm = of_ibm && cy_notation_has(of_ibm, name), is_java = java && cy_notation_has(java, name);
    if (!is_ibm && !is_java)
      continue;
    char mq[80] = "TLS_";
    if (suite->names[CY_NOTATION_MQ])
      first_word(suite->names[CY_NOTATION_MQ], mq);
    put_suite(out, suite, suite->names[CY_NOTATION_MQ] ? mq : name);
    *ibm = is_ibm && !is_java;
    return true;
  }
  return false;
}

/* The list of a queue manager. */

static bool is_yes(const cy_mq_value *value)
{
  return cy_mq_is(value, "Y") || cy_mq_is(value, "YES") || cy_mq_is(value, "T") ||
         cy_mq_is(value, "TRUE") || cy_mq_is(value, "1");
}

static bool is_no(const cy_mq_value *value)
{
  return cy_mq_is(value, "N") || cy_mq_is(value, "NO") || cy_mq_is(value, "F") || cy_mq_is(value, "FALSE");
}

static cy_err *add_suite(cy_tls_side *side, const cy_suite *suite)
{
  return cy_codes_add(suite->min == CY_TLS13 ? &side->suites13 : &side->suites, suite->code);
}

static cy_err *add_by_default(cy_tls_side *side, unsigned versions, bool weak)
{
  const cy_tls_dialect *dialect = side->dialect;
  for (size_t i = 0; (versions & ONLY_13) && i < dialect->suites13.count; i++)
    CY_TRY(cy_codes_add(&side->suites13, dialect->suites13.codes[i]));
  for (size_t i = 0; (versions & ~(unsigned)ONLY_13) && i < dialect->suites.count; i++)
    CY_TRY(cy_codes_add(&side->suites, dialect->suites.codes[i]));
  for (size_t i = 0; weak && i < cy_suite_count; i++)
    if (cy_suites[i].flags & CY_SUITE_MQ_OFF)
      CY_TRY(add_suite(side, &cy_suites[i]));
  return NULL;
}

static cy_err *unknown_member(const cy_mq_ssl *ssl, cy_tls_side *side, const char *word)
{
  const cy_mq_value *value = &ssl->keys[CY_MQ_ALLOWED];
  bool foreign;
  char room[80];
  const char *near = cy_mq_cipher_nearest(word, &foreign, room);
  cy_finding *f = cy_tls_read_finding(side, CY_F_MQ_CIPHER_UNKNOWN, value->file, value->line,
    "AllowedCipherSpecs: there is no CipherSpec %s%s%s", word, near ? "; nearest is " : "",
    near ? near : "");
  if (near)
    cy_finding_set_fix(&side->findings, f, "Write %s there and restart the queue manager.", near);
  return cy_findings_check(&side->findings);
}

static cy_err *add_member(const cy_mq_ssl *ssl, cy_tls_side *side, const char *word, unsigned *versions)
{
  cy_mq_cipher cipher;
  if (same(word, "ALL")) {
    *versions |= CY_TLS_ALL_VERSIONS & ~CY_TLS_BIT(CY_TLS11);
    return add_by_default(side, CY_TLS_ALL_VERSIONS, true);
  }
  if (!cy_mq_cipher_find(&cipher, word))
    return unknown_member(ssl, side, word);
  *versions |= cipher.versions & ~CY_TLS_BIT(CY_TLS11);
  return cipher.suite ? add_suite(side, cipher.suite) : add_by_default(side, cipher.versions, false);
}

static cy_err *read_list(const cy_mq_ssl *ssl, cy_tls_side *side, unsigned *versions)
{
  const char *at = ssl->keys[CY_MQ_ALLOWED].value;
  *versions = 0;
  while (*at) {
    char word[80];
    size_t n = strcspn(at, ", \t");
    if (n && n < sizeof word) {
      memcpy(word, at, n);
      word[n] = 0;
      CY_TRY(add_member(ssl, side, word, versions));
    }
    at += n;
    at += *at != 0;
  }
  return NULL;
}

cy_err *cy_mq_allowed(const cy_mq_ssl *ssl, cy_tls_side *side)
{
  unsigned versions = ONLY_12 | ONLY_13;
  const cy_mq_value *allowed = &ssl->keys[CY_MQ_ALLOWED];
  bool ssl3 = is_yes(&ssl->keys[CY_MQ_SSL3]), tls1 = is_yes(&ssl->keys[CY_MQ_TLS1]);
  bool weak = is_yes(&ssl->keys[CY_MQ_WEAK]);
  if (*cy_mq_get(allowed)) {
    CY_TRY(read_list(ssl, side, &versions));
  } else if (weak || tls1 || ssl3) {
    versions |= (weak || tls1 ? ONLY_10 : 0) | (ssl3 ? ONLY_SSL3 : 0);
    CY_TRY(add_by_default(side, versions, true));
  }
  if (is_no(&ssl->keys[CY_MQ_TLS13]))
    versions &= ~(unsigned)ONLY_13;
  side->versions = versions;
  side->min_rsa = (unsigned)strtoul(cy_mq_get(&ssl->keys[CY_MQ_MIN_RSA]), NULL, 10);
  return NULL;
}
