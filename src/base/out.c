#include "base/out.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/out_internal.h"
#include "base/text.h"

enum { FLUSH_BYTES = 64 << 10 };

cy_err *cy_out_new(cy_out **out, const cy_out_options *options, cy_sink results, cy_sink diagnostics)
{
  *out = cy_malloc(sizeof **out);
  CY_TRY_ALLOC(*out);
  (*out)->options = *options;
  (*out)->results = results;
  (*out)->diagnostics = diagnostics;
  (*out)->buf = CY_BUF((size_t)1 << 30);
  return NULL;
}

void cy_out_free(cy_out *out)
{
  if (!out)
    return;
  cy_out_table_clear(out);
  cy_out_text_fields_flush(out);
  cy_free(out->fields);
  cy_free(out->cells);
  cy_buf_clear(&out->buf);
  cy_err_free(out->failed);
  cy_free(out);
}

const cy_out_options *cy_out_options_get(const cy_out *out)
{
  return &out->options;
}

bool cy_out_failed(const cy_out *out)
{
  return out->failed != NULL;
}

void cy_out_fail(cy_out *out, cy_err *err)
{
  if (out->failed)
    cy_err_free(err);
  else
    out->failed = err;
}

void cy_out_flush(cy_out *out, bool all)
{
  if (!all && out->buf.len < FLUSH_BYTES)
    return;
  cy_err *err = cy_buf_check(&out->buf);
  if (!err && out->buf.len && !out->broken) {
    cy_out_erase_progress(out);
    err = out->results.write(out->results.arg, out->buf.data, out->buf.len);
  }
  if (err) {
    out->broken = true;
    cy_out_fail(out, err);
  }
  cy_buf_reset(&out->buf);
}

static bool is_json(const cy_out *out)
{
  return out->options.format == CY_OUT_JSON;
}

bool cy_out_hidden(const cy_out *out)
{
  return out->levels[out->depth].hidden;
}

bool cy_out_in_row(const cy_out *out)
{
  return out->table_depth && out->depth == out->table_depth + 1 && out->levels[out->depth].kind == 'r';
}

/* The levels of the tree. */

/* true when there is no room for one more level, which then does not exist. */
static bool is_full(cy_out *out)
{
  if (out->depth + 1 < CY_OUT_LEVELS)
    return false;
  cy_out_fail(out, cy_err_new(CY_E_BUG, "output is nested too deeply"));
  out->too_deep++;
  return true;
}

static void push(cy_out *out, cy_out_level level)
{
  out->levels[++out->depth] = level;
}

static void json_open(cy_out *out, cy_out_level *level, const char *key, char open)
{
  cy_json_open(&out->json, key, open);
  level->inside = open;
  level->bracket = open == '{' ? '}' : ']';
}

/* In JSON: an object in a list has no key; an object that only people know adds its fields to the
 * one around it; a list that only people know is not there. */
static void enter(cy_out *out, char kind, const char *key, const char *title)
{
  char around = out->levels[out->depth].inside, open = kind == 'o' ? '{' : '[';
  cy_out_level level = {.kind = kind, .hidden = cy_out_hidden(out) || !title};
  if (is_full(out))
    return;
  if (!is_json(out) && !level.hidden && title[0]) {
    cy_out_heading(out, "%s", title);
    out->indent += 2;
    level.indented = true;
  }
  if (is_json(out) && around && (key || around == '['))
    json_open(out, &level, around == '{' ? key : NULL, open);
  else if (kind == 'o')
    level.inside = around;
  push(out, level);
}

static void leave(cy_out *out)
{
  cy_out_level level = out->levels[out->depth];
  if (out->too_deep) {
    out->too_deep--;
    return;
  }
  if (!out->depth)
    return;
  if (level.bracket)
    cy_json_close(&out->json, level.bracket);
  if (!is_json(out) && level.kind != 'r')
    cy_out_text_fields_flush(out);
  if (level.indented) {
    out->indent -= 2;
    out->gap = out->indent == 0;
  }
  out->depth--;
  /* Long lists are written as they come. */
  cy_out_flush(out, false);
}

void cy_out_document(cy_out *out, const char *schema, unsigned flags)
{
  out->in_document = true;
  out->lines = flags & CY_OUT_LINES;
  if (!is_json(out))
    return;
  out->json = cy_json_begin(&out->buf, !out->lines);
  cy_json_open(&out->json, NULL, '{');
  cy_json_str(&out->json, "schema", schema);
  if (out->lines) {
    cy_json_close(&out->json, '}');
    cy_buf_u8(&out->buf, '\n');
  }
  out->levels[0] = (cy_out_level){.kind = 'd', .inside = out->lines ? 0 : '{'};
}

/* A command that failed half-way leaves levels open; the document is closed all the same. */
static void unwind(cy_out *out)
{
  out->too_deep = 0;
  while (out->depth) {
    char kind = out->levels[out->depth].kind;
    if (kind == 't')
      cy_out_table_end(out);
    else if (kind == 'R')
      cy_out_record_end(out);
    else
      leave(out);
  }
}

cy_err *cy_out_finish(cy_out *out)
{
  unwind(out);
  cy_out_text_fields_flush(out);
  if (out->in_document && is_json(out) && !out->lines) {
    cy_json_close(&out->json, '}');
    cy_buf_u8(&out->buf, '\n');
  }
  out->in_document = false;
  out->levels[0] = (cy_out_level){0};
  cy_out_flush(out, true);
  cy_out_erase_progress(out);
  cy_err *err = out->failed;
  out->failed = NULL;
  return err;
}

void cy_out_record(cy_out *out, const char *type)
{
  cy_out_level level = {.kind = 'R', .hidden = cy_out_hidden(out)};
  bool own_line = out->lines && out->depth == 0;
  if (is_full(out))
    return;
  if (is_json(out) && own_line)
    out->json = cy_json_begin(&out->buf, false);
  if (is_json(out) && (own_line || out->levels[out->depth].inside == '[')) {
    json_open(out, &level, NULL, '{');
    cy_json_str(&out->json, "type", type);
  } else if (is_json(out)) {
    cy_out_fail(out, cy_err_new(CY_E_BUG, "a record that is neither a line nor in a list"));
  }
  push(out, level);
}

void cy_out_record_end(cy_out *out)
{
  leave(out);
  if (is_json(out) && out->lines && out->depth == 0) {
    cy_buf_u8(&out->buf, '\n');
    cy_out_flush(out, false);
  }
}

void cy_out_open(cy_out *out, const char *key, const char *title)
{
  enter(out, 'o', key, title);
}

void cy_out_close(cy_out *out)
{
  leave(out);
}

void cy_out_list(cy_out *out, const char *key, const char *title)
{
  enter(out, 'l', key, title);
}

void cy_out_list_end(cy_out *out)
{
  leave(out);
}

void cy_out_table(cy_out *out, const char *key, const char *title, const cy_column *columns, size_t count)
{
  enter(out, 't', key, title);
  /* A table within a table is for programs only. */
  if (is_json(out) || cy_out_hidden(out) || out->table_depth || out->too_deep)
    return;
  out->table_depth = out->depth;
  out->columns = columns;
  out->column_count = count > CY_OUT_MAX_COLUMNS ? CY_OUT_MAX_COLUMNS : count;
}

static bool add_row(cy_out *out)
{
  size_t used = out->rows * out->column_count;
  if (!cy_grow(&out->cells, &out->cell_cap, used + out->column_count, sizeof *out->cells)) {
    cy_out_fail(out, cy_err_no_memory());
    return false;
  }
  memset(out->cells + used, 0, out->column_count * sizeof *out->cells);
  out->rows++;
  return true;
}

void cy_out_row(cy_out *out)
{
  cy_out_level level = {.kind = 'r', .hidden = true};
  if (is_full(out))
    return;
  if (is_json(out) && out->levels[out->depth].inside == '[')
    json_open(out, &level, NULL, '{');
  if (out->table_depth && out->depth == out->table_depth && !add_row(out))
    level.kind = 'o'; /* its fields have no cells to go to */
  push(out, level);
}

void cy_out_row_end(cy_out *out)
{
  leave(out);
}

void cy_out_table_end(cy_out *out)
{
  if (out->table_depth && out->depth == out->table_depth && !out->too_deep) {
    cy_out_table_print(out);
    cy_out_table_clear(out);
  }
  leave(out);
}

/* Fields: JSON sees those with a key (or inside a list), people those with a title. */

/* Sets *key to NULL where JSON wants none. */
static bool json_sees(cy_out *out, const char **key)
{
  char inside = out->levels[out->depth].inside;
  if (!is_json(out) || out->too_deep)
    return false;
  if (*key && out->depth == 0 && inside == 0)
    cy_out_fail(out, cy_err_new(CY_E_BUG, "the field \"%s\" is in no document", *key));
  if (inside == '[')
    *key = NULL;
  return inside == '[' || (inside == '{' && *key);
}

void cy_out_text(cy_out *out, const char *key, const char *title, cy_span utf8)
{
  if (json_sees(out, &key))
    cy_json_text(&out->json, key, utf8);
  else if (!is_json(out))
    cy_out_text_field(out, key, title, utf8);
  out->style = CY_STYLE_PLAIN;
}

/* No value: null for programs, nothing for people. */
static void put_nothing(cy_out *out, const char *key)
{
  if (json_sees(out, &key))
    cy_json_null(&out->json, key);
  out->style = CY_STYLE_PLAIN;
}

void cy_out_str(cy_out *out, const char *key, const char *title, const char *value)
{
  if (value)
    cy_out_text(out, key, title, cy_span_str(value));
  else
    put_nothing(out, key);
}

static void put_buf(cy_out *out, const char *key, const char *title, const cy_buf *text)
{
  cy_err *err = cy_buf_check(text);
  if (err)
    cy_out_fail(out, err);
  cy_out_text(out, key, title, cy_buf_get(text));
}

void cy_out_strf(cy_out *out, const char *key, const char *title, const char *format, ...)
{
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  va_list args;
  va_start(args, format);
  cy_buf_vprintf(&text, format, args);
  va_end(args);
  put_buf(out, key, title, &text);
}

void cy_out_int(cy_out *out, const char *key, const char *title, int64_t value)
{
  if (json_sees(out, &key))
    cy_json_int(&out->json, key, value);
  else
    cy_out_strf(out, key, title, "%lld", (long long)value);
}

void cy_out_bool(cy_out *out, const char *key, const char *title, bool value)
{
  if (json_sees(out, &key))
    cy_json_bool(&out->json, key, value);
  else if (!is_json(out))
    cy_out_str(out, key, title, value ? "yes" : "no");
}

static void put_time(cy_out *out, const char *key, const char *title, cy_time t, bool date_only)
{
  if (t == CY_TIME_NONE) {
    put_nothing(out, key);
    return;
  }
  if (json_sees(out, &key)) {
    cy_json_time(&out->json, key, t);
    return;
  }
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  if (date_only)
    cy_time_format_date(&text, t);
  else
    cy_time_format_rfc3339(&text, t);
  if (!date_only && out->options.local_times) {
    cy_buf_str(&text, " (");
    cy_time_format_local(&text, t);
    cy_buf_str(&text, ")");
  }
  put_buf(out, key, title, &text);
}

void cy_out_time(cy_out *out, const char *key, const char *title, cy_time t)
{
  put_time(out, key, title, t, false);
}

void cy_out_date(cy_out *out, const char *key, const char *title, cy_time t)
{
  put_time(out, key, title, t, true);
}

void cy_out_hex(cy_out *out, const char *key, const char *title, cy_span bytes)
{
  if (json_sees(out, &key)) {
    cy_json_hex(&out->json, key, bytes);
    return;
  }
  CY_CLEAN(cy_buf) text = CY_BUF(4 * CY_MAX_STORE_BYTES);
  cy_buf_hex_colons(&text, bytes);
  put_buf(out, key, title, &text);
}

void cy_out_bytes(cy_out *out, const char *key, cy_span raw)
{
  if (json_sees(out, &key))
    cy_json_hex(&out->json, key, raw);
}

void cy_out_style(cy_out *out, cy_style style)
{
  out->style = style;
}

void cy_out_raw(cy_out *out, cy_span bytes)
{
  cy_out_text_fields_flush(out);
  cy_buf_span(&out->buf, bytes);
  cy_out_flush(out, false);
}

static void json_finding(cy_out *out, const cy_finding *f)
{
  const cy_finding_info *info = cy_finding_info_get(f->id);
  cy_json *json = &out->json;
  cy_json_str(json, "id", info->id);
  cy_json_str(json, "severity", cy_severity_name(f->severity));
  cy_json_str(json, "subject", f->subject);
  cy_json_str(json, "what", f->what);
  cy_json_str(json, "why", cy_finding_why(f));
  cy_json_str(json, "fix", cy_finding_fix(f));
  cy_json_open(json, "traps", '[');
  for (const char *t = info->traps; *t; t += *t == ' ') {
    size_t len = strcspn(t, " ");
    cy_json_text(json, NULL, cy_span_of(t, len));
    t += len;
  }
  cy_json_close(json, ']');
  cy_json_str(json, "citation", info->citation[0] ? info->citation : NULL);
  cy_json_open(json, "evidence", '{');
  for (size_t i = 0; i < f->evidence_count; i++)
    cy_json_str(json, f->evidence[i].key, f->evidence[i].value);
  cy_json_close(json, '}');
  char print[20];
  snprintf(print, sizeof print, "%016llx", (unsigned long long)cy_finding_fingerprint(f));
  cy_json_str(json, "fingerprint", print);
}

void cy_out_finding(cy_out *out, const cy_finding *f)
{
  bool own_line = out->lines && out->depth == 0;
  if (!is_json(out)) {
    if (!cy_out_hidden(out))
      cy_out_text_finding(out, f);
    return;
  }
  if (own_line)
    cy_out_record(out, "finding");
  else
    enter(out, 'o', "finding", NULL);
  if (out->levels[out->depth].bracket)
    json_finding(out, f);
  if (own_line)
    cy_out_record_end(out);
  else
    leave(out);
}

void cy_out_findings(cy_out *out, const cy_findings *list)
{
  bool own_lines = out->lines && out->depth == 0;
  if (!own_lines)
    cy_out_list(out, "findings", "");
  for (size_t i = 0; i < list->count; i++)
    cy_out_finding(out, list->items[i]);
  if (!own_lines)
    cy_out_list_end(out);
}
