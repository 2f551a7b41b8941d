/* Whether a file's name says what it is. */
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/check.h"
#include "store/codes.h"

/* Names under which more than their own format is at home: nobody is misled by these. */
static const struct {
  const char *suffixes, *formats;
} relatives[] = {
  {"crt cer key csr req crl p8 pk8", "pem der"}, {"cer crt", "p7b"},
  {"jks ks keystore truststore",
    "jks jceks p12 bks uber bcfks"}, /* keytool writes PKCS#12 under any name */
};

static bool has_word(const char *words, const char *word)
{
  size_t len = strlen(word);
  for (; *words; words += strcspn(words, " "), words += *words == ' ') {
    size_t n = strcspn(words, " ");
    if (n && cy_ascii_equal_nocase(cy_span_of(words, n), cy_span_of(word, len)))
      return true;
  }
  return false;
}

static bool is_at_home(const char *suffix, const cy_format *format)
{
  if (has_word(format->suffixes, suffix))
    return true;
  for (size_t i = 0; i < CY_COUNT(relatives); i++)
    if (has_word(relatives[i].suffixes, suffix) && has_word(relatives[i].formats, format->id))
      return true;
  return false;
}

cy_err *cy_name_check(cy_findings *list, const char *path, const cy_format *format)
{
  CY_CLEAN(cy_buf) quoted = CY_BUF_TEXT;
  const char *suffix = cy_path_suffix(path);
  const cy_format *named = cy_format_by_suffix(path);
  if (!named || named == format || is_at_home(suffix, format))
    return NULL;
  size_t stem = strlen(path) - strlen(suffix) - 1;
  cy_finding *f = cy_finding_add(
    list, CY_F_NAME_MISLEADS, path, "its name says %s, its content is %s", named->title, format->title);
  cy_finding_evidence(list, f, "kind", "%s", format->id);
  cy_text_put_shell(&quoted, path);
  char *old = cy_buf_take_str(&quoted);
  CY_CLEAN(cy_buf) renamed = CY_BUF_TEXT;
  cy_buf_printf(
    &renamed, "%.*s.%.*s", (int)stem, path, (int)strcspn(format->suffixes, " "), format->suffixes);
  cy_text_put_shell(&quoted, cy_buf_cstr(&renamed));
  cy_finding_set_fix(list, f,
    "Rename it: mv %s %s. Or make of it what its name says: causey cp %s NEW.%s, then put that in its "
    "place.",
    old ? old : "FILE", cy_buf_cstr(&quoted), old ? old : "FILE", suffix);
  cy_free(old);
  return cy_findings_check(list);
}
