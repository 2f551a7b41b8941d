/* json: Causey's own form of a side (docs/schema/tls_side-1.json), written by `tls side --json` and by
 * people. */
#include "tls/read_json.h"

#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/reader_internal.h"

static cy_err *malformed(cy_side_json *in)
{
  if (cy_json_cut(&in->in) && in->in.depth)
    return cy_err_hint(
      cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: the file ends too early: %u of its brackets %s open",
        in->path, cy_side_json_line(in), in->in.depth, in->in.depth == 1 ? "is" : "are"),
      "Write the side again (causey tls side --json), or add what is missing at its end.");
  return cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: %s", in->path, cy_side_json_line(in), in->in.wrong);
}

/* Settings, as `tls side --json` writes them. */

static cy_tls_field field_of(const cy_json_item *item)
{
  for (int i = 0; i < CY_TLS_FIELD_COUNT; i++)
    if (cy_json_is(item->value, cy_tls_field_name((cy_tls_field)i)))
      return (cy_tls_field)i;
  return CY_TLS_FIELD_OTHER;
}

static cy_err *read_setting(cy_side_json *in)
{
  static const char *const words[] = {"field", "key", "value", "file", "line", "in_force", "note"};
  cy_buf texts[4] = {CY_BUF_TEXT, CY_BUF_TEXT, CY_BUF_TEXT, CY_BUF_TEXT};
  cy_tls_field field = CY_TLS_FIELD_OTHER;
  bool in_force = true;
  long line = 0;
  cy_json_item item;
  cy_err *err = NULL;
  while (!err && cy_json_next(&in->in, &item) && item.kind != CY_JSON_CLOSE) {
    if (cy_json_is(item.key, "field"))
      field = field_of(&item);
    else if (cy_json_is(item.key, "key"))
      err = cy_side_json_text(in, &item, &texts[0]);
    else if (cy_json_is(item.key, "value"))
      err = cy_side_json_text(in, &item, &texts[1]);
    else if (cy_json_is(item.key, "file"))
      err = cy_side_json_text(in, &item, &texts[2]);
    else if (cy_json_is(item.key, "note") && item.kind == CY_JSON_STRING)
      err = cy_side_json_text(in, &item, &texts[3]);
    else if (cy_json_is(item.key, "line") && cy_side_json_number(&item, &line))
      continue;
    else if (cy_json_is(item.key, "in_force") && cy_side_json_is_bool(&item))
      in_force = item.kind == CY_JSON_TRUE;
    else if (item.kind != CY_JSON_NULL)
      cy_side_json_unknown(in, &item, words, CY_COUNT(words));
  }
  if (!err)
    err = cy_tls_side_note(in->given, field, cy_buf_cstr(&texts[0]), cy_buf_cstr(&texts[1]),
      cy_buf_cstr(&texts[2]), line > 0 ? (size_t)line : 0);
  if (!err) {
    cy_tls_setting *last = &in->given->settings[in->given->setting_count - 1];
    last->in_force = in_force;
    if (texts[3].len)
      err = cy_tls_side_set(&last->note, cy_buf_cstr(&texts[3]));
  }
  for (size_t i = 0; i < CY_COUNT(texts); i++)
    cy_buf_clear(&texts[i]);
  return err;
}

cy_err *cy_side_json_settings(cy_side_json *in, const cy_json_item *item, size_t offset, cy_buf *value)
{
  cy_json_item element;
  (void)offset;
  (void)value;
  if (item->kind != CY_JSON_LIST) {
    cy_side_json_wrong(in, item, "a list");
    return NULL;
  }
  if (!in->given)
    CY_TRY(cy_tls_side_new(&in->given, in->path, CY_TLS_CLIENT));
  while (cy_json_next(&in->in, &element) && element.kind != CY_JSON_CLOSE) {
    if (element.kind == CY_JSON_OBJECT)
      CY_TRY(read_setting(in));
    else
      cy_side_json_wrong(in, &element, "an object");
  }
  return NULL;
}

/* What the document says of where its settings came from is better than that they stand in it. */
static void take_settings(cy_side_json *in)
{
  cy_tls_side *from = in->given;
  if (!from)
    return;
  cy_tls_setting *settings = in->side->settings;
  size_t count = in->side->setting_count, cap = in->side->setting_cap;
  in->side->settings = from->settings;
  in->side->setting_count = from->setting_count;
  in->side->setting_cap = from->setting_cap;
  from->settings = settings;
  from->setting_count = count;
  from->setting_cap = cap;
  cy_tls_side_free(from);
  in->given = NULL;
}

static cy_err *begin_side(cy_side_json *in)
{
  CY_TRY(cy_tls_side_new(&in->side, in->path, CY_TLS_CLIENT));
  in->side->role_known = false;
  return cy_tls_side_set(&in->side->source, in->path);
}

static cy_err *end_side(cy_side_json *in)
{
  cy_tls_side *side = in->side;
  take_settings(in);
  CY_TRY(cy_findings_check(&side->findings));
  in->side = NULL;
  return cy_tls_sides_add(in->reading->sides, side);
}

static cy_err *read_side(cy_side_json *in)
{
  cy_json_item item;
  CY_TRY(begin_side(in));
  while (cy_json_next(&in->in, &item) && item.kind != CY_JSON_CLOSE)
    CY_TRY(cy_side_json_member(in, &item));
  return in->in.wrong ? malformed(in) : end_side(in);
}

static cy_err *read_sides(cy_side_json *in, const cy_json_item *item)
{
  cy_json_item element;
  if (item->kind != CY_JSON_LIST)
    return cy_err_new(CY_E_TLS_MALFORMED, "%s:%zu: sides is to be a list", in->path, cy_side_json_line(in));
  while (cy_json_next(&in->in, &element) && element.kind != CY_JSON_CLOSE) {
    if (element.kind != CY_JSON_OBJECT)
      return cy_err_new(
        CY_E_TLS_MALFORMED, "%s:%zu: a side is to be an object", in->path, cy_side_json_line(in));
    CY_TRY(read_side(in));
  }
  return NULL;
}

/* {"schema": ..., "sides": [...]}, or one side itself. */
static cy_err *read_document(cy_side_json *in)
{
  cy_json_item item;
  bool many = false;
  if (!cy_json_next(&in->in, &item) || item.kind != CY_JSON_OBJECT)
    return in->in.wrong ? malformed(in)
                        : cy_err_new(CY_E_TLS_MALFORMED, "%s: a side is to be an object", in->path);
  CY_TRY(begin_side(in));
  while (cy_json_next(&in->in, &item) && item.kind != CY_JSON_CLOSE) {
    if (!cy_json_is(item.key, "sides")) {
      CY_TRY(cy_side_json_member(in, &item));
      continue;
    }
    cy_tls_side *outer = in->side;
    many = true;
    cy_err *err = read_sides(in, &item);
    cy_tls_side_free(in->side == outer ? NULL : in->side);
    in->side = outer;
    CY_TRY(err);
  }
  if (cy_json_next(&in->in, &item) || in->in.wrong)
    return malformed(in);
  return many ? NULL : end_side(in);
}

static cy_err *read_json(cy_tls_reading *reading, const char *path, cy_span text)
{
  cy_side_json in = {.reading = reading, .path = path, .in = cy_json_read(text), .line = 1};
  cy_err *err = read_document(&in);
  cy_tls_side_free(in.side);
  cy_tls_side_free(in.given);
  return err;
}

/* The schema's name, or what only our own form has. */
static unsigned detect(const char *path, cy_span head)
{
  size_t at = 0;
  (void)path;
  while (at < head.len && strchr(" \t\r\n", head.data[at]) && head.data[at])
    at++;
  if (at == head.len || head.data[at] != '{')
    return 0;
  if (memmem(head.data, head.len, "\"causey.tls_side/1\"", 19))
    return 100;
  static const char *const words[] = {
    "\"role\"", "\"identities\"", "\"versions\"", "\"suites\"", "\"trust\""};
  unsigned seen = 0;
  for (size_t i = 0; i < CY_COUNT(words); i++)
    seen += memmem(head.data, head.len, words[i], strlen(words[i])) != NULL;
  return seen >= 2 ? 70 : seen ? 40 : 5;
}

const cy_tls_reader cy_tls_reader_json = {
  .id = "json",
  .title = "Causey's JSON",
  .what = "sides in Causey's own form, as `tls side --json` writes them and people can",
  .detect = detect,
  .read = read_json,
};
