#include "conf/conf.h"

#include "base/mem.h"
#include "base/text.h"
#include "conf/codes.h"

struct cy_conf {
  char *file;
  cy_buf text;
  cy_conf_item *items;
  size_t count;
  size_t cap;
};

static bool is_blank(uint8_t c)
{
  return c == ' ' || c == '\t' || c == '\r';
}

static cy_span trim(cy_span s)
{
  while (s.len && is_blank(s.data[0])) {
    s.data++;
    s.len--;
  }
  while (s.len && is_blank(s.data[s.len - 1]))
    s.len--;
  return s;
}

static cy_span unquote(cy_span s)
{
  bool quoted = s.len >= 2 && s.data[0] == '"' && s.data[s.len - 1] == '"';
  return quoted ? cy_span_of(s.data + 1, s.len - 2) : s;
}

static cy_err *malformed(const cy_conf *conf, size_t line, const char *what)
{
  return cy_err_new(CY_E_CONF_MALFORMED, "%s:%zu: %s", conf->file, line, what);
}

static cy_err *add(cy_conf *conf, const cy_conf_item *item)
{
  if (!cy_grow(&conf->items, &conf->cap, conf->count + 1, sizeof *conf->items))
    return cy_err_no_memory();
  conf->items[conf->count++] = *item;
  return NULL;
}

/* [section] or [section "name"] */
static cy_err *read_section(cy_conf *conf, cy_span line, cy_conf_item *now)
{
  if (line.data[line.len - 1] != ']')
    return malformed(conf, now->line, "a section that is not closed with ]");
  cy_span inside = trim(cy_span_of(line.data + 1, line.len - 2));
  const uint8_t *quote = inside.len ? memchr(inside.data, '"', inside.len) : NULL;
  size_t head = quote ? (size_t)(quote - inside.data) : inside.len;
  now->section = trim(cy_span_of(inside.data, head));
  now->name = unquote(trim(cy_span_of(inside.data + head, inside.len - head)));
  now->key = now->value = CY_SPAN_NONE;
  if (now->section.len == 0)
    return malformed(conf, now->line, "a section without a name");
  return add(conf, now);
}

static cy_err *read_key(cy_conf *conf, cy_span line, cy_conf_item *now)
{
  const uint8_t *equals = memchr(line.data, '=', line.len);
  if (!equals)
    return malformed(conf, now->line, "neither a section, nor key = value, nor a comment");
  size_t head = (size_t)(equals - line.data);
  now->key = trim(cy_span_of(line.data, head));
  now->value = unquote(trim(cy_span_of(equals + 1, line.len - head - 1)));
  if (now->key.len == 0)
    return malformed(conf, now->line, "a value without a key");
  return add(conf, now);
}

static cy_err *read_line(cy_conf *conf, cy_span line, cy_conf_item *now)
{
  line = trim(line);
  if (line.len == 0 || line.data[0] == '#' || line.data[0] == ';')
    return NULL;
  if (memchr(line.data, 0, line.len) || !cy_utf8_valid(line))
    return malformed(conf, now->line, "bytes that are no UTF-8 text");
  return line.data[0] == '[' ? read_section(conf, line, now) : read_key(conf, line, now);
}

static cy_err *read_all(cy_conf *conf)
{
  cy_span rest = cy_buf_get(&conf->text);
  cy_conf_item now = {.section = CY_SPAN("")};
  conf->count = 0;
  while (rest.len) {
    const uint8_t *end = memchr(rest.data, '\n', rest.len);
    size_t len = end ? (size_t)(end - rest.data) : rest.len;
    now.line++;
    CY_TRY(read_line(conf, cy_span_of(rest.data, len), &now));
    len += end != NULL;
    rest = cy_span_of(rest.data + len, rest.len - len);
  }
  return NULL;
}

cy_err *cy_conf_parse(cy_conf **out, const char *file, cy_span text)
{
  CY_AUTO(cy_conf) *conf = cy_malloc(sizeof *conf);
  *out = NULL;
  CY_TRY_ALLOC(conf);
  conf->text = CY_BUF(CY_MAX_STORE_BYTES);
  conf->file = cy_strdup(file);
  CY_TRY_ALLOC(conf->file);
  cy_buf_span(&conf->text, text);
  CY_TRY(cy_buf_check(&conf->text));
  CY_TRY(read_all(conf));
  *out = conf;
  conf = NULL;
  return NULL;
}

void cy_conf_free(cy_conf *conf)
{
  if (!conf)
    return;
  cy_buf_clear(&conf->text);
  cy_free(conf->items);
  cy_free(conf->file);
  cy_free(conf);
}

const cy_conf_item *cy_conf_next(const cy_conf *conf, size_t *iter)
{
  return *iter < conf->count ? &conf->items[(*iter)++] : NULL;
}

const cy_conf_item *cy_conf_find(const cy_conf *conf, const char *section, const char *key)
{
  for (size_t i = conf->count; i-- > 0;) {
    const cy_conf_item *item = &conf->items[i];
    if (cy_ascii_equal_nocase(item->section, cy_span_str(section)) &&
        cy_ascii_equal_nocase(item->key, cy_span_str(key)))
      return item;
  }
  return NULL;
}

/* Blanks at its ends, quotes around it or nothing at all would not be read back. */
static bool needs_quotes(cy_span value)
{
  return value.len == 0 || is_blank(value.data[0]) || is_blank(value.data[value.len - 1]) ||
         value.data[0] == '"';
}

cy_err *cy_conf_set(cy_conf *conf, const cy_conf_item *item, const char *value)
{
  CY_CLEAN(cy_buf) text = CY_BUF(CY_MAX_STORE_BYTES);
  cy_span all = cy_buf_get(&conf->text), given = cy_span_str(value);
  if (item->key.len == 0 || strpbrk(value, "\r\n") || !cy_utf8_valid(given))
    return cy_err_new(
      CY_E_CONF_MALFORMED, "%s:%zu: such a value can not be written", conf->file, item->line);
  /* The value lies on its line behind the key; quotes that are there already stay. */
  size_t start = item->value.data ? (size_t)(item->value.data - all.data) : 0;
  size_t end = start + item->value.len;
  bool quoted = start > 0 && all.data[start - 1] == '"' && end < all.len && all.data[end] == '"';
  bool quote = !quoted && needs_quotes(given);
  cy_buf_put(&text, all.data, start);
  cy_buf_str(&text, quote ? "\"" : "");
  cy_buf_span(&text, given);
  cy_buf_str(&text, quote ? "\"" : "");
  cy_buf_put(&text, all.data + end, all.len - end);
  CY_TRY(cy_buf_check(&text));
  cy_buf old = conf->text;
  conf->text = text;
  text = old;
  return read_all(conf);
}

cy_span cy_conf_text(const cy_conf *conf)
{
  return cy_buf_get(&conf->text);
}

cy_err *cy_conf_error(
  const cy_conf *conf, const cy_conf_item *item, const char *what, cy_span wrong, const char *const *words)
{
  CY_AUTO_STR char *word = cy_strndup((const char *)wrong.data, wrong.len);
  CY_TRY_ALLOC(word);
  cy_err *err = cy_err_new(CY_E_CONF_MALFORMED, "%s:%zu: %s: %s", conf->file, item->line, what, word);
  cy_nearest near = CY_NEAREST(word);
  for (; words && *words; words++)
    cy_nearest_try(&near, *words);
  return near.best ? cy_err_hint(err, "Did you mean %s?", near.best) : err;
}
