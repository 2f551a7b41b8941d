#include "tls/reader_openssl.h"

#include "base/mem.h"
#include "base/text.h"
#include "tls/cipher_string.h"
#include "tls/codes.h"
#include "tls/suite.h"

/* Words of older versions: whoever excludes what is no longer there does no wrong. */
static bool is_old_word(const char *word)
{
  static const char old[] =
    "EXPORT EXPORT40 EXPORT56 EXP SSLv2 DES kDHr kDHd kDH aDH kECDHr kECDHe aECDH "
    "kFZA aFZA eFZA FZA KRB5 kKRB5 aKRB5 kGOST kGOST18 aGOST aGOST01 aGOST12 GOST94 "
    "GOST89MAC GOST12";
  return cy_notation_has(old, word);
}

static void tell_word(cy_tls_side *side, const char *word, const char *file, size_t line)
{
  const cy_suite *suite = cy_suite_find(word);
  const char *name = suite ? suite->names[CY_NOTATION_OPENSSL] : NULL;
  cy_nearest near = CY_NEAREST(word);
  if (suite && suite->min >= CY_TLS13) {
    cy_tls_read_finding(side, CY_F_TLS_SETTING_DEAD, file, line,
      "%s is a suite of TLS 1.3, which a cipher string says nothing about: they have a setting of their "
      "own",
      word);
    return;
  }
  if (is_old_word(word) || (name && strcmp(name, word) == 0))
    return;
  cy_cipher_string_nearest(&near);
  cy_finding *f = cy_tls_read_finding(side, CY_F_TLS_SUITE_UNKNOWN, file, line,
    "%s is no suite and no word of OpenSSL's; it passes over it without telling", word);
  cy_finding_set_severity(f, CY_WARNING);
  if (name)
    cy_finding_set_fix(&side->findings, f, "OpenSSL calls it %s.", name);
  else if (near.best)
    cy_finding_set_fix(&side->findings, f, "Did you mean %s?", near.best);
}

static cy_err *tell_words(cy_tls_side *side, const cy_cipher_string *string, const char *file, size_t line)
{
  for (size_t i = 0; i < string->unknown_count; i++) {
    const cy_cipher_word *w = &string->unknown[i];
    CY_AUTO_STR char *word = cy_strndup((const char *)w->word.data, w->word.len);
    CY_TRY_ALLOC(word);
    if (cy_text_starts(word, "PROFILE="))
      cy_tls_read_finding(side, CY_F_TLS_NOT_READ, file, line,
        "%s stands for the machine's own policy (update-crypto-policies), which is not read", word);
    else if (!w->takes_out)
      tell_word(side, word, file, line);
  }
  return NULL;
}

cy_err *cy_tls_read_cipher_string(cy_tls_side *side, cy_span text, const char *file, size_t line)
{
  CY_CLEAN(cy_cipher_string) string = {.level = -1};
  bool profile = text.len >= 8 && memcmp(text.data, "PROFILE=", 8) == 0;
  CY_TRY(cy_cipher_string_read(&string, text));
  CY_TRY(tell_words(side, &string, file, line));
  if (string.level >= 0)
    side->security_level = string.level;
  if (string.refused && !profile)
    cy_tls_read_finding(side, CY_F_TLS_SETTING_WRONG, file, line,
      "OpenSSL refuses the cipher string %.*s: %s", text.len > 200 ? 200 : (int)text.len,
      (const char *)text.data, string.refused);
  /* With no suite left the error comes when the empty list is in force already. */
  bool empty = string.refused && string.suites.set && !string.suites.count && string.evaluated;
  if (!string.refused || (empty && !profile))
    CY_TRY(cy_codes_copy(&side->suites, &string.suites));
  return cy_findings_check(&side->findings);
}

cy_err *cy_tls_read_ciphersuites(cy_tls_side *side, cy_span text, const char *file, size_t line)
{
  cy_codes list = {0};
  cy_err *err = cy_tls_read_suites(&list, side, text, ":", file, line);
  for (size_t i = list.count; i-- > 0;) {
    const cy_suite *suite = cy_suite_get(list.codes[i]);
    if (suite->min >= CY_TLS13)
      continue;
    cy_tls_read_finding(side, CY_F_TLS_SETTING_DEAD, file, line,
      "%s is no suite of TLS 1.3, and only those are set here", suite->names[CY_NOTATION_IANA]);
    cy_codes_remove(&list, suite->code);
  }
  if (!err && (list.count || !text.len))
    err = cy_codes_copy(&side->suites13, &list);
  else if (!err)
    cy_tls_read_finding(side, CY_F_TLS_SETTING_WRONG, file, line,
      "OpenSSL refuses this list of suites of TLS 1.3: it has none (they are divided by colons)");
  cy_codes_clear(&list);
  return err ? err : cy_findings_check(&side->findings);
}

static size_t count_of(const cy_tls_side *side, cy_finding_id id)
{
  size_t count = 0;
  for (size_t i = 0; i < side->findings.count; i++)
    count += side->findings.items[i]->id == id;
  return count;
}

cy_err *cy_tls_read_openssl_groups(cy_tls_side *side, cy_span text, const char *file, size_t line)
{
  cy_codes list = {0};
  size_t before = count_of(side, CY_F_TLS_GROUP_UNKNOWN);
  cy_err *err = cy_tls_read_groups(&list, side, text, ":", file, line);
  if (!err && list.count && count_of(side, CY_F_TLS_GROUP_UNKNOWN) == before)
    err = cy_codes_copy(&side->groups, &list);
  cy_codes_clear(&list);
  return err;
}

cy_err *cy_tls_read_openssl_schemes(
  cy_tls_side *side, cy_codes *to, cy_span text, const char *file, size_t line)
{
  cy_codes list = {0};
  size_t before = count_of(side, CY_F_TLS_SCHEME_UNKNOWN);
  cy_err *err = cy_tls_read_schemes(&list, side, text, ":", file, line);
  if (!err && list.count && count_of(side, CY_F_TLS_SCHEME_UNKNOWN) == before)
    err = cy_codes_copy(to, &list);
  cy_codes_clear(&list);
  return err;
}

unsigned cy_tls_versions_between(unsigned min, unsigned max)
{
  unsigned set = 0;
  for (unsigned v = CY_SSL3; v <= CY_TLS13; v++)
    if ((!min || v >= min) && (!max || v <= max))
      set |= CY_TLS_BIT(v);
  return set;
}

const char *const cy_tls_openssl_versions[] = {"SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3", NULL};

static unsigned word_bits(const char *word)
{
  unsigned version = cy_tls_read_version_of(word, cy_tls_openssl_versions);
  if (cy_ascii_equal_nocase(cy_span_str(word), CY_SPAN("ALL")))
    return CY_TLS_ALL_VERSIONS;
  return version ? CY_TLS_BIT(version) : 0;
}

unsigned cy_tls_read_protocols(const char *text, unsigned before, char *unknown, size_t room)
{
  unsigned set = before;
  *unknown = 0;
  while (*text) {
    char word[24] = "";
    size_t len = strcspn(text, ", \t");
    const char *from = text + (*text == '+' || *text == '-' || *text == '!');
    size_t word_len = len - (size_t)(from - text);
    if (word_len && word_len < sizeof word)
      memcpy(word, from, word_len);
    unsigned bits = word_bits(word);
    bool old = cy_ascii_equal_nocase(cy_span_str(word), CY_SPAN("SSLv2"));
    if (len && !bits && !old && !*unknown && room > word_len) {
      memcpy(unknown, from, word_len);
      unknown[word_len] = 0;
    }
    set = *text == '-' || *text == '!' ? set & ~bits : set | bits;
    text += len + (text[len] != 0);
  }
  return set;
}
