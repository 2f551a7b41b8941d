/* gnutls: a file of priority strings: GnuTLS's own configuration, or just one string. */
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/read_priority.h"

/* Others have sections of that name. */
static bool overrides(cy_span head)
{
  static const char *const words[] = {"tls-disabled-", "tls-enabled-", "insecure-", "secure-",
    "disabled-version", "min-verification-profile"};
  bool any = false;
  for (size_t i = 0; i < CY_COUNT(words); i++)
    any |= memmem(head.data, head.len, words[i], strlen(words[i])) != NULL;
  return any && memmem(head.data, head.len, "[overrides]", 11);
}

static unsigned detect(const char *path, cy_span head)
{
  CY_CLEAN(cy_buf) line = CY_BUF_TEXT;
  size_t len = 0;
  if (memmem(head.data, head.len, "\n[priorities]", 13) || overrides(head) ||
      (head.len > 12 && memcmp(head.data, "[priorities]", 12) == 0))
    return 80;
  while (len < head.len && len < 4096 && head.data[len] != '\n')
    len++;
  cy_buf_put(&line, head.data, len);
  return len && (len + 1 >= head.len) && cy_priority_is(cy_buf_cstr(&line)) ? 60 : 0;
}

typedef struct {
  char *key, *value;
  size_t line;
} item;
typedef struct {
  item *items;
  size_t count, cap;
} config;

static void config_clear(config *c)
{
  for (size_t i = 0; i < c->count; i++) {
    cy_free(c->items[i].key);
    cy_free(c->items[i].value);
  }
  cy_free(c->items);
}

static const char *named(void *arg, const char *name)
{
  const config *c = arg;
  for (size_t i = 0; i < c->count; i++)
    if (strcmp(c->items[i].key, name) == 0)
      return c->items[i].value;
  return NULL;
}

static cy_span trim(cy_span s)
{
  while (s.len && (s.data[0] == ' ' || s.data[0] == '\t'))
    s = cy_span_of(s.data + 1, s.len - 1);
  while (s.len && strchr(" \t\r", s.data[s.len - 1]) && s.data[s.len - 1])
    s.len--;
  return s;
}

static cy_err *add(config *c, cy_span key, cy_span value, size_t line)
{
  if (!cy_grow(&c->items, &c->cap, c->count + 1, sizeof *c->items))
    return cy_err_no_memory();
  item *i = &c->items[c->count];
  *i = (item){
    cy_strndup((const char *)key.data, key.len), cy_strndup((const char *)value.data, value.len), line};
  c->count++;
  return i->key && i->value ? NULL : cy_err_no_memory();
}

/* Lines of [priorities] are NAME = STRING; a line alone is a string without a name. */
static cy_err *collect(config *c, cy_span text)
{
  bool inside = true;
  if (text.len && memchr(text.data, 0, text.len))
    return cy_err_new(CY_E_MALFORMED, "there are NUL bytes: this is no text");
  for (size_t line = 1; text.len; line++) {
    const uint8_t *end = memchr(text.data, '\n', text.len);
    size_t len = end ? (size_t)(end - text.data) : text.len;
    cy_span s = trim(cy_span_of(text.data, len));
    const uint8_t *equals = s.len ? memchr(s.data, '=', s.len) : NULL;
    if (s.len && s.data[0] == '[')
      inside = cy_span_equal(s, CY_SPAN("[priorities]"));
    else if (inside && s.len && s.data[0] != '#' && equals)
      CY_TRY(add(c, trim(cy_span_of(s.data, (size_t)(equals - s.data))),
        trim(cy_span_of(equals + 1, s.len - (size_t)(equals - s.data) - 1)), line));
    else if (inside && s.len && s.data[0] != '#')
      CY_TRY(add(c, CY_SPAN("priority"), s, line));
    len += end != NULL;
    text = cy_span_of(text.data + len, text.len - len);
  }
  return NULL;
}

static cy_err *fill(cy_tls_reading *reading, cy_tls_side *side, const char *path, const item *i, config *c)
{
  CY_TRY(cy_tls_side_set(&side->label, i->key));
  CY_TRY(cy_tls_side_set(&side->product, "GnuTLS"));
  CY_TRY(cy_tls_side_set(&side->source, path));
  side->role_known = false;
  side->dialect = cy_tls_dialect_find("gnutls-3.7");
  CY_TRY(cy_tls_read_priority(side, i->key, i->value, path, i->line, named, c));
  (void)reading;
  return cy_findings_check(&side->findings);
}

static cy_err *add_side(cy_tls_reading *reading, const char *path, const item *i, config *c)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  cy_tls_side *side;
  cy_buf_printf(&name, "GnuTLS %s (%s:%zu)", i->key, path, i->line);
  CY_TRY(cy_buf_check(&name));
  CY_TRY(cy_tls_side_new(&side, cy_buf_cstr(&name), reading->how->role));
  cy_err *err = fill(reading, side, path, i, c);
  if (err) {
    cy_tls_side_free(side);
    return err;
  }
  return cy_tls_sides_add(reading->sides, side);
}

static cy_err *read_gnutls(cy_tls_reading *reading, const char *path, cy_span text)
{
  config c = {0};
  cy_err *err = collect(&c, text);
  for (size_t i = 0; !err && i < c.count; i++)
    err = add_side(reading, path, &c.items[i], &c);
  if (!err && !c.count)
    err = cy_err_new(CY_E_TLS_NO_SIDES, "%s: no priority string is in it", path);
  config_clear(&c);
  return err;
}

const cy_tls_reader cy_tls_reader_gnutls = {.id = "gnutls",
  .title = "GnuTLS",
  .what = "a priority string, or /etc/gnutls/config with a side for each name in it",
  .detect = detect,
  .read = read_gnutls,
  .audited = {.marks = CY_TLS_MARKS("[priorities]", "[overrides]")}};
