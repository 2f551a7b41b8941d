/* Filters of distinguished names: reading them, and which is more specific. */
#include "identity/dn_filter.h"

#include "base/mem.h"
#include "base/text.h"
#include "identity/codes.h"
#include "identity/dn_filter_internal.h"

static const struct {
  const char *word;
  cy_dn_type type;
} words[] = {{"SERIALNUMBER", CY_DN_SERIALNUMBER}, {"MAIL", CY_DN_MAIL}, {"E", CY_DN_MAIL},
  {"UID", CY_DN_UID}, {"USERID", CY_DN_UID}, {"CN", CY_DN_CN}, {"T", CY_DN_T}, {"OU", CY_DN_OU},
  {"DC", CY_DN_DC}, {"O", CY_DN_O}, {"STREET", CY_DN_STREET}, {"L", CY_DN_L}, {"ST", CY_DN_ST},
  {"SP", CY_DN_ST}, {"S", CY_DN_ST}, {"PC", CY_DN_PC}, {"C", CY_DN_C},
  {"UNSTRUCTUREDNAME", CY_DN_UNSTRUCTUREDNAME}, {"UNSTRUCTUREDADDRESS", CY_DN_UNSTRUCTUREDADDRESS},
  {"DNQ", CY_DN_DNQ}};

/* What others call the same. */
static const struct {
  const char *other, *word;
} foreign[] = {{"EMAILADDRESS", "MAIL"}, {"EMAIL", "MAIL"}, {"COMMONNAME", "CN"}, {"STATE", "ST"},
  {"COUNTRY", "C"}, {"LOCALITY", "L"}, {"ORGANIZATION", "O"}, {"ORGANIZATIONALUNIT", "OU"},
  {"POSTALCODE", "PC"}, {"TITLE", "T"}, {"DNQUALIFIER", "DNQ"}, {"DOMAINCOMPONENT", "DC"}};

const char *cy_dn_type_name(cy_dn_type type)
{
  for (size_t i = 0; i < CY_COUNT(words); i++)
    if (words[i].type == type)
      return words[i].word;
  return "?";
}

typedef struct {
  const char *text, *p;
  cy_dn_filter *filter;
  cy_buf values;
} reader;

static cy_err *wrong(const reader *r, const char *at, const char *what)
{
  return cy_err_new(
    CY_E_IDENTITY_FILTER, "at character %zu of \"%s\": %s", (size_t)(at - r->text) + 1, r->text, what);
}

static const char *skip_blanks(const char *p)
{
  while (*p == ' ' || *p == '\t')
    p++;
  return p;
}

static bool find_type(cy_span word, cy_dn_type *type)
{
  for (size_t i = 0; i < CY_COUNT(words); i++)
    if (cy_span_equal(word, cy_span_str(words[i].word))) {
      *type = words[i].type;
      return true;
    }
  return false;
}

static const char *nearest(const char *word)
{
  CY_CLEAN(cy_buf) capitals = CY_BUF_TEXT;
  for (const char *p = word; *p; p++)
    cy_buf_u8(&capitals, (uint8_t)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p));
  for (size_t i = 0; i < CY_COUNT(foreign); i++)
    if (strcmp(cy_buf_cstr(&capitals), foreign[i].other) == 0)
      return foreign[i].word;
  cy_nearest near = CY_NEAREST(cy_buf_cstr(&capitals));
  for (size_t i = 0; i < CY_COUNT(words); i++)
    cy_nearest_try(&near, words[i].word);
  return near.best;
}

static cy_err *unknown_type(const reader *r, const char *at, size_t len)
{
  CY_AUTO_STR char *word = cy_strndup(at, len);
  CY_TRY_ALLOC(word);
  const char *near = nearest(word);
  bool small = near && cy_ascii_equal_nocase(cy_span_str(near), cy_span_str(word));
  cy_err *err =
    cy_err_new(CY_E_IDENTITY_FILTER, "at character %zu of \"%s\": %s%s%s%s", (size_t)(at - r->text) + 1,
      r->text, word, small ? " must be written in capitals: " : " is no attribute that a filter can name",
      small  ? near
      : near ? "; nearest is "
             : "",
      near && !small ? near : "");
  return near ? cy_err_hint(err, "Write %s=.", near) : err;
}

/* TYPE=, with nothing between. */
static cy_err *read_type(reader *r, cy_dn_type *type)
{
  const char *start = r->p = skip_blanks(r->p);
  size_t len = strcspn(start, "= ,;\"*\t");
  const char *behind = skip_blanks(start + len);
  if (len == 0)
    return wrong(r, start, *start ? "an attribute such as CN= is expected here" : "it ends in a separator");
  if (*behind != '=')
    return wrong(r, start, "there is no = behind this word");
  if (!find_type(cy_span_of(start, len), type))
    return unknown_type(r, start, len);
  if (behind != start + len)
    return wrong(r, start + len, "no blank may stand between the attribute and =");
  r->p = behind + 1;
  return NULL;
}

/* A value in quotes: separators are part of it. */
static cy_err *read_quoted(reader *r, cy_buf *value)
{
  const char *start = r->p;
  const char *end = strchr(start + 1, '"');
  if (!end)
    return wrong(r, start, "this quotation mark is not closed");
  cy_buf_put(value, start + 1, (size_t)(end - start - 1));
  r->p = skip_blanks(end + 1);
  if (*r->p && *r->p != ',' && *r->p != ';')
    return wrong(r, r->p, "a separator is expected behind the closing quotation mark");
  return NULL;
}

static void read_plain(reader *r, cy_buf *value)
{
  size_t len = strcspn(r->p, ",;");
  const char *end = r->p + len;
  while (len && (r->p[len - 1] == ' ' || r->p[len - 1] == '\t'))
    len--;
  cy_buf_put(value, r->p, len);
  r->p = end;
}

/* Asterisks at either end; one that a backslash precedes is itself. */
static void take_stars(reader *r, cy_dn_part *part, cy_span *value, const char *at)
{
  cy_span v = *value;
  if (v.len && v.data[0] == '*') {
    part->open_start = true;
    v = cy_span_of(v.data + 1, v.len - 1);
  }
  if (v.len && v.data[v.len - 1] == '*' && (v.len < 2 || v.data[v.len - 2] != '\\')) {
    part->open_end = true;
    v.len--;
  }
  if (part->open_start && v.len == 0)
    part->open_end = true;
  for (size_t i = 1; i + 1 < v.len; i++)
    if (v.data[i] == '*' && v.data[i - 1] != '\\' && !r->filter->star)
      r->filter->star = (size_t)(at - r->text) + 1;
  *value = v;
}

static void put_folded(cy_buf *values, cy_span v)
{
  CY_CLEAN(cy_buf) plain = CY_BUF_TEXT;
  for (size_t i = 0; i < v.len; i++)
    if (v.data[i] != '\\' || i + 1 >= v.len || v.data[i + 1] != '*')
      cy_buf_u8(&plain, v.data[i]);
  if (plain.failed)
    cy_buf_fail(values, (cy_buf_failure)plain.failed);
  else if (!cy_text_fold(values, cy_buf_get(&plain)))
    cy_buf_span(values, cy_buf_get(&plain));
}

static bool has_type(const cy_dn_filter *filter, cy_dn_type type)
{
  for (size_t i = 0; i < filter->count; i++)
    if (filter->parts[i].type == type)
      return true;
  return false;
}

static cy_err *read_part(reader *r)
{
  CY_CLEAN(cy_buf) value = CY_BUF_TEXT;
  cy_dn_part part = {0};
  const char *start = skip_blanks(r->p);
  CY_TRY(read_type(r, &part.type));
  if (has_type(r->filter, part.type) && !cy_dn_type_repeats(part.type))
    return wrong(r, start, "only OU and DC may be named more than once");
  if (r->filter->count == CY_DN_PARTS)
    return wrong(r, start, "it has more attributes than a filter can have");
  r->p = skip_blanks(r->p);
  const char *at = r->p;
  bool quoted = *r->p == '"';
  if (quoted)
    CY_TRY(read_quoted(r, &value));
  else
    read_plain(r, &value);
  CY_TRY(cy_buf_check(&value));
  if (!value.len)
    return wrong(r, at, "the attribute has no value; * stands for any");
  cy_span text = cy_buf_get(&value);
  take_stars(r, &part, &text, at);
  part.at = r->values.len;
  put_folded(&r->values, text);
  part.len = r->values.len - part.at;
  r->filter->parts[r->filter->count++] = part;
  return cy_buf_check(&value);
}

static cy_err *read_parts(reader *r)
{
  r->p = skip_blanks(r->text);
  if (!*r->p)
    return NULL;
  for (;;) {
    CY_TRY(read_part(r));
    if (!*r->p)
      return NULL;
    r->p++;
  }
}

static cy_err *read_all(cy_dn_filter *filter, const char *text)
{
  reader r = {.text = text, .filter = filter, .values = CY_BUF_TEXT};
  cy_err *err = strlen(text) > CY_DN_FILTER_BYTES
                  ? cy_err_new(CY_E_IDENTITY_FILTER, "the filter has more than 1024 characters")
                  : read_parts(&r);
  if (!err)
    err = cy_buf_check(&r.values);
  if (!err) {
    filter->text = cy_strdup(text);
    filter->values = cy_strndup((const char *)r.values.data, r.values.len);
    if (!filter->text || !filter->values)
      err = cy_err_no_memory();
  }
  cy_buf_clear(&r.values);
  return err;
}

cy_err *cy_dn_filter_parse(cy_dn_filter **out, const char *text)
{
  cy_dn_filter *filter = cy_calloc(1, sizeof *filter);
  *out = NULL;
  CY_TRY_ALLOC(filter);
  cy_err *err = read_all(filter, text);
  if (err) {
    cy_dn_filter_free(filter);
    return err;
  }
  *out = filter;
  return NULL;
}

void cy_dn_filter_free(cy_dn_filter *filter)
{
  if (!filter)
    return;
  cy_free(filter->text);
  cy_free(filter->values);
  cy_free(filter);
}

/* Which is more specific. */

static size_t count_of(const cy_dn_filter *filter, cy_dn_type type)
{
  size_t count = 0;
  for (size_t i = 0; i < filter->count; i++)
    count += filter->parts[i].type == type;
  return count;
}

static const cy_dn_part *nth(const cy_dn_filter *filter, cy_dn_type type, size_t n)
{
  for (size_t i = 0; i < filter->count; i++)
    if (filter->parts[i].type == type && n-- == 0)
      return &filter->parts[i];
  return NULL;
}

/* No asterisk, one, two, nothing but one. */
static int openness(const cy_dn_part *part)
{
  return part->len == 0 && part->open_start ? 3 : part->open_start + part->open_end;
}

static int compare_parts(
  const cy_dn_filter *a, const cy_dn_part *x, const cy_dn_filter *b, const cy_dn_part *y)
{
  int open = openness(x) - openness(y);
  if (open)
    return open;
  if (x->len != y->len)
    return x->len > y->len ? -1 : 1;
  return x->len ? memcmp(a->values + x->at, b->values + y->at, x->len) : 0;
}

int cy_dn_filter_compare(const cy_dn_filter *a, const cy_dn_filter *b)
{
  for (int type = 0; type < CY_DN_TYPES; type++) {
    size_t left = count_of(a, (cy_dn_type)type), right = count_of(b, (cy_dn_type)type);
    if (left != right)
      return left > right ? -1 : 1;
    for (size_t n = 0; n < left; n++) {
      const cy_dn_part *x = nth(a, (cy_dn_type)type, n), *y = nth(b, (cy_dn_type)type, n);
      int order = x && y ? compare_parts(a, x, b, y) : 0;
      if (order)
        return order;
    }
  }
  return 0;
}
