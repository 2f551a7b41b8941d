/* Lists of names: suites, groups, schemes and versions. */
#include "base/mem.h"
#include "base/codes.h"
#include "base/text.h"
#include "tls/group.h"
#include "tls/codes.h"
#include "tls/reader_internal.h"
#include "tls/scheme.h"
#include "tls/suite.h"

unsigned cy_tls_read_version(const char *text)
{
  static const struct {
    const char *name;
    unsigned version;
  } names[] = {{"ssl3", CY_SSL3}, {"ssl3.0", CY_SSL3}, {"ssl30", CY_SSL3}, {"tls1", CY_TLS10},
    {"tls1.0", CY_TLS10}, {"tls10", CY_TLS10}, {"1.0", CY_TLS10}, {"tls1.1", CY_TLS11}, {"tls11", CY_TLS11},
    {"1.1", CY_TLS11}, {"tls1.2", CY_TLS12}, {"tls12", CY_TLS12}, {"1.2", CY_TLS12}, {"tls1.3", CY_TLS13},
    {"tls13", CY_TLS13}, {"1.3", CY_TLS13}};
  char plain[16];
  size_t len = 0;
  for (const char *at = text; *at; at++) {
    bool filler = *at == ' ' || *at == '_' || *at == '-' || (cy_ascii_lower(*at) == 'v' && len == 3);
    if (filler)
      continue;
    if (len + 1 == sizeof plain)
      return 0;
    plain[len++] = *at == '_' ? '.' : cy_ascii_lower(*at);
  }
  plain[len] = 0;
  for (size_t i = 0; i < CY_COUNT(names); i++)
    if (strcmp(names[i].name, plain) == 0)
      return names[i].version;
  return 0;
}

unsigned cy_tls_read_version_of(const char *text, const char *const *words)
{
  for (; *words; words++)
    if (cy_ascii_equal_nocase(cy_span_str(*words), cy_span_str(text)))
      return cy_tls_read_version(text);
  return 0;
}

/* What the three tables have in common. */
typedef struct {
  const char *word;
  cy_finding_id unknown;
  size_t count;
  const char *const *(*names)(size_t i);
  bool (*find)(const char *name, uint16_t *code);
} table;

static const char *const *suite_names(size_t i)
{
  return cy_suites[i].names;
}

static bool suite_find(const char *name, uint16_t *code)
{
  const cy_suite *suite = cy_suite_find(name);
  *code = suite ? suite->code : 0;
  return suite;
}

static const char *const *group_names(size_t i)
{
  return cy_tls_groups[i].names;
}

static bool group_find(const char *name, uint16_t *code)
{
  const cy_tls_group *group = cy_tls_group_find(name);
  *code = group ? group->code : 0;
  return group;
}

static const char *const *scheme_names(size_t i)
{
  return cy_schemes[i].names;
}

static bool scheme_find(const char *name, uint16_t *code)
{
  const cy_scheme *scheme = cy_scheme_find(name);
  *code = scheme ? scheme->code : 0;
  return scheme;
}

/* Names that stand together ("A B") are candidates one by one. */
static void try_names(cy_nearest *near, cy_buf *words, const char *names)
{
  for (const char *at = names ? names : ""; *at; at += *at == ' ') {
    size_t len = strcspn(at, " ");
    size_t start = words->len;
    cy_buf_put(words, at, len);
    cy_buf_u8(words, 0);
    if (!words->failed)
      cy_nearest_try(near, (const char *)words->data + start);
    at += len;
  }
}

static void unknown(const table *kind, cy_tls_side *side, const char *name, const char *file, size_t line)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_nearest near = CY_NEAREST(name);
  cy_buf_reserve(&words, (size_t)256 << 10); /* words stay where they are */
  for (size_t i = 0; i < kind->count; i++)
    for (int n = 0; n < CY_NOTATION_COUNT; n++)
      try_names(&near, &words, kind->names(i)[n]);
  cy_finding *f =
    cy_tls_read_finding(side, kind->unknown, file, line, "%s is the name of no %s", name, kind->word);
  if (near.best)
    cy_finding_set_fix(
      &side->findings, f, "Did you mean %s? `causey tls %ss` lists all.", near.best, kind->word);
}

static cy_err *read_names(const table *kind, cy_codes *list, cy_tls_side *side, cy_span text,
  const char *divided, const char *file, size_t line)
{
  size_t at = 0;
  list->set = true;
  while (at < text.len) {
    size_t start = at;
    while (at < text.len && (!text.data[at] || !strchr(divided, text.data[at])))
      at++;
    cy_span word = cy_span_of(text.data + start, at++ - start);
    while (word.len && (word.data[0] == ' ' || word.data[0] == '\t'))
      word = cy_span_of(word.data + 1, word.len - 1);
    while (word.len && strchr(" \t\r\n", word.data[word.len - 1]))
      word.len--;
    if (!word.len)
      continue;
    CY_AUTO_STR char *name = cy_strndup((const char *)word.data, word.len);
    uint16_t code;
    CY_TRY_ALLOC(name);
    if (kind->find(name, &code))
      CY_TRY(cy_codes_add(list, code));
    else
      unknown(kind, side, name, file, line);
  }
  return cy_findings_check(&side->findings);
}

cy_err *cy_tls_read_suites(
  cy_codes *list, cy_tls_side *side, cy_span text, const char *divided, const char *file, size_t line)
{
  const table suites = {"suite", CY_F_TLS_SUITE_UNKNOWN, cy_suite_count, suite_names, suite_find};
  return read_names(&suites, list, side, text, divided, file, line);
}

cy_err *cy_tls_read_groups(
  cy_codes *list, cy_tls_side *side, cy_span text, const char *divided, const char *file, size_t line)
{
  const table groups = {"group", CY_F_TLS_GROUP_UNKNOWN, cy_tls_group_count, group_names, group_find};
  return read_names(&groups, list, side, text, divided, file, line);
}

cy_err *cy_tls_read_schemes(
  cy_codes *list, cy_tls_side *side, cy_span text, const char *divided, const char *file, size_t line)
{
  const table schemes = {"scheme", CY_F_TLS_SCHEME_UNKNOWN, cy_scheme_count, scheme_names, scheme_find};
  return read_names(&schemes, list, side, text, divided, file, line);
}

cy_err *cy_tls_read_no_dialect(const char *id)
{
  CY_CLEAN(cy_buf) all = CY_BUF_TEXT;
  cy_nearest near = CY_NEAREST(id);
  for (size_t i = 0; i < cy_tls_dialect_count; i++) {
    cy_nearest_try(&near, cy_tls_dialects[i].id);
    cy_buf_printf(&all, "%s%s", i ? ", " : "", cy_tls_dialects[i].id);
  }
  cy_err *err = cy_err_new(CY_E_USAGE, "there is no dialect %s", id);
  return near.best ? cy_err_hint(err, "Did you mean %s? There are: %s.", near.best, cy_buf_cstr(&all))
                   : cy_err_hint(err, "There are: %s.", cy_buf_cstr(&all));
}
