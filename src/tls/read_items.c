#include "tls/read_items.h"

#include "base/base64.h"
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"

enum { MAX_ITEMS = 10000 };

cy_err *cy_items_add(cy_items *list, cy_span key, cy_span value, const char *file, size_t line)
{
  if (list->count == MAX_ITEMS)
    return cy_err_new(CY_E_MALFORMED, "%s:%zu: more than %d settings", file, line, MAX_ITEMS);
  if (!cy_grow(&list->items, &list->cap, list->count + 1, sizeof *list->items))
    return cy_err_no_memory();
  cy_item *item = &list->items[list->count];
  *item = (cy_item){.key = cy_strndup((const char *)key.data, key.len),
    .value = value.len ? cy_strndup((const char *)value.data, value.len) : cy_strdup(""),
    .file = cy_strdup(file),
    .line = line};
  list->count++;
  return item->key && item->value && item->file ? NULL : cy_err_no_memory();
}

static bool is_blank(uint8_t c)
{
  return c == ' ' || c == '\t' || c == '\r';
}

static cy_span trim(cy_span s)
{
  while (s.len && is_blank(s.data[0]))
    s = cy_span_of(s.data + 1, s.len - 1);
  while (s.len && is_blank(s.data[s.len - 1]))
    s.len--;
  return s;
}

/* LDIF's "key:: base64"; of what is no text only the key. */
static cy_err *add_base64(cy_items *list, cy_span key, cy_span value, const char *file, size_t line)
{
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  cy_err *err = cy_base64_decode(&text, trim(cy_span_of(value.data + 1, value.len - 1)));
  if (err && cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  bool good = !err && cy_utf8_valid(cy_buf_get(&text)) && !(text.len && memchr(text.data, 0, text.len));
  cy_err_free(err);
  return cy_items_add(list, key, good ? cy_buf_get(&text) : CY_SPAN_NONE, file, line);
}

static cy_err *add_line(cy_items *list, cy_span s, char divider, const char *file, size_t line)
{
  size_t key = 0;
  while (key < s.len && (divider == ' ' ? !is_blank(s.data[key]) : s.data[key] != (uint8_t)divider))
    key++;
  cy_span value = key < s.len ? trim(cy_span_of(s.data + key + 1, s.len - key - 1)) : CY_SPAN_NONE;
  if (divider == ':' && value.len && value.data[0] == ':')
    return add_base64(list, trim(cy_span_of(s.data, key)), value, file, line);
  if (value.len >= 2 && value.data[0] == '"' && value.data[value.len - 1] == '"')
    value = cy_span_of(value.data + 1, value.len - 2);
  return cy_items_add(list, trim(cy_span_of(s.data, key)), value, file, line);
}

cy_err *cy_items_lines(cy_items *list, const char *file, cy_span text, char divider, bool folded)
{
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  size_t begins = 0;
  if (text.len && memchr(text.data, 0, text.len))
    return cy_err_new(CY_E_MALFORMED, "%s: there are NUL bytes: this is no text", file);
  for (size_t line = 1; text.len || whole.len; line++) {
    const uint8_t *end = text.len ? memchr(text.data, '\n', text.len) : NULL;
    size_t len = end ? (size_t)(end - text.data) : text.len;
    cy_span s = cy_span_of(text.data, len);
    bool more = folded && s.len && is_blank(s.data[0]) && trim(s).len;
    if (!more && whole.len) {
      CY_TRY(cy_buf_check(&whole));
      CY_TRY(add_line(list, trim(cy_buf_get(&whole)), divider, file, begins));
      cy_buf_reset(&whole);
    }
    begins = more ? begins : line;
    cy_span part = divider == ':' && more ? cy_span_of(s.data + 1, s.len - 1) : s;
    if (trim(part).len && (more || trim(part).data[0] != '#'))
      cy_buf_span(&whole, part);
    CY_TRY(cy_buf_check(&whole));
    len += end != NULL;
    text = cy_span_of(text.len ? text.data + len : NULL, text.len - len);
  }
  return NULL;
}

static bool same(const char *a, const char *b)
{
  return cy_ascii_equal_nocase(cy_span_str(a), cy_span_str(b));
}

const cy_item *cy_items_find(const cy_items *list, const char *key)
{
  for (size_t i = list->count; i-- > 0;)
    if (!list->items[i].dead && same(list->items[i].key, key))
      return &list->items[i];
  return NULL;
}

cy_err *cy_items_note(const cy_items *list, const cy_item *item, cy_tls_side *side, cy_tls_field field)
{
  CY_TRY(cy_tls_side_note(side, field, item->key, item->value, item->file, item->line));
  if (cy_items_find(list, item->key) == item)
    return NULL;
  cy_tls_setting *last = &side->settings[side->setting_count - 1];
  last->in_force = false;
  return cy_tls_side_set(&last->note, item->why    ? item->why
                                      : item->dead ? "has no effect here"
                                                   : "a later one holds");
}

void cy_items_unknown(cy_tls_side *side, const cy_item *item, const char *const *known)
{
  cy_nearest near = CY_NEAREST(item->key);
  for (; *known; known++)
    cy_nearest_try(&near, *known);
  cy_finding *f = cy_tls_read_finding(
    side, CY_F_TLS_SETTING_UNKNOWN, item->file, item->line, "%s is no setting that is known", item->key);
  if (near.best)
    cy_finding_set_fix(&side->findings, f, "Did you mean %s?", near.best);
}

void cy_items_clear(cy_items *list)
{
  for (size_t i = 0; i < list->count; i++) {
    cy_free(list->items[i].key);
    if (list->items[i].value)
      cy_wipe(list->items[i].value, strlen(list->items[i].value));
    cy_free(list->items[i].value);
    cy_free(list->items[i].file);
  }
  cy_free(list->items);
  *list = (cy_items){0};
}
