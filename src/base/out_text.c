/* The output for people: fields, findings, remarks, errors, progress. */
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "base/mem.h"
#include "base/out_internal.h"
#include "base/text.h"

static const char *const style_codes[] = {"", "\033[1m", "\033[2m", "\033[32m", "\033[33m", "\033[31m"};

void cy_out_styled(const cy_out *out, cy_buf *to, cy_style style, const char *text)
{
  bool coloured = out->options.colour && style != CY_STYLE_PLAIN;
  if (coloured)
    cy_buf_str(to, style_codes[style]);
  cy_buf_str(to, text);
  if (coloured)
    cy_buf_str(to, "\033[0m");
}

void cy_out_indent(cy_out *out)
{
  cy_buf_fill(&out->buf, ' ', out->indent);
}

/* Values are shown with control characters escaped: they come from other people's files. */
static char *safe_copy(cy_out *out, cy_span value)
{
  cy_buf text = CY_BUF_TEXT;
  cy_text_put_safe(&text, value);
  char *copy = cy_buf_take_str(&text);
  if (!copy)
    cy_out_fail(out, cy_err_no_memory());
  return copy;
}

static void set_cell(cy_out *out, const char *key, cy_span value)
{
  for (size_t i = 0; key && i < out->column_count && out->rows; i++) {
    cy_out_cell *cell = &out->cells[(out->rows - 1) * out->column_count + i];
    if (strcmp(out->columns[i].key, key) != 0)
      continue;
    cy_free(cell->text);
    cell->text = safe_copy(out, value);
    cell->style = out->style;
  }
}

void cy_out_text_field(cy_out *out, const char *key, const char *title, cy_span value)
{
  if (out->in_row) {
    set_cell(out, key, value);
  } else if (title && !cy_out_hidden(out)) {
    if (!cy_grow(&out->fields, &out->field_cap, out->field_count + 1, sizeof *out->fields)) {
      cy_out_fail(out, cy_err_no_memory());
      return;
    }
    out->fields[out->field_count].title = cy_strdup(title);
    out->fields[out->field_count].value = safe_copy(out, value);
    out->fields[out->field_count].style = out->style;
    out->field_count++;
  }
  out->style = CY_STYLE_PLAIN;
}

/* Wraps at blanks; continuation lines are indented by `indent`. */
void cy_out_text_wrapped(cy_out *out, cy_buf *to, const char *first, unsigned indent, const char *text)
{
  size_t limit = out->options.width > indent + 20 ? out->options.width : 100;
  size_t column = indent;
  cy_buf_str(to, first);
  while (*text) {
    size_t word = strcspn(text, " \n");
    size_t width = cy_text_width(cy_span_of(text, word));
    if (column > indent && column + 1 + width > limit) {
      cy_buf_u8(to, '\n');
      cy_buf_fill(to, ' ', indent);
      column = indent;
    } else if (column > indent) {
      cy_buf_u8(to, ' ');
      column++;
    }
    cy_buf_put(to, text, word);
    column += width;
    text += word;
    if (*text == '\n') {
      cy_buf_u8(to, '\n');
      cy_buf_fill(to, ' ', indent);
      column = indent;
    }
    text += *text != 0;
  }
  cy_buf_u8(to, '\n');
}

void cy_out_text_fields_flush(cy_out *out)
{
  size_t width = 0;
  for (size_t i = 0; i < out->field_count; i++) {
    size_t w = out->fields[i].title ? cy_text_width(cy_span_str(out->fields[i].title)) : 0;
    width = w > width ? w : width;
  }
  for (size_t i = 0; i < out->field_count; i++) {
    const char *title = out->fields[i].title, *value = out->fields[i].value;
    if (title && value) {
      cy_out_indent(out);
      cy_buf_str(&out->buf, title);
      cy_buf_fill(&out->buf, ' ', width - cy_text_width(cy_span_str(title)) + 2);
      cy_out_styled(out, &out->buf, out->fields[i].style, value);
      cy_buf_u8(&out->buf, '\n');
      out->has_text = true;
    }
    cy_free(out->fields[i].title);
    cy_free(out->fields[i].value);
    out->fields[i].title = out->fields[i].value = NULL;
  }
  out->field_count = 0;
}

static void put_line(cy_out *out, cy_style style, const char *format, va_list args)
{
  char text[4096];
  if (vsnprintf(text, sizeof text, format, args) < 0)
    return;
  CY_AUTO_STR char *safe = safe_copy(out, cy_span_str(text));
  if (!safe)
    return;
  if (*safe)
    cy_out_indent(out);
  cy_out_styled(out, &out->buf, style, safe);
  cy_buf_u8(&out->buf, '\n');
  out->has_text = true;
  cy_out_flush(out, false);
}

void cy_out_heading(cy_out *out, const char *format, ...)
{
  if (out->options.format == CY_OUT_JSON || cy_out_hidden(out))
    return;
  cy_out_text_fields_flush(out);
  if (out->has_text && out->indent == 0)
    cy_buf_u8(&out->buf, '\n');
  va_list args;
  va_start(args, format);
  put_line(out, CY_STYLE_STRONG, format, args);
  va_end(args);
}

void cy_out_line(cy_out *out, const char *format, ...)
{
  if (out->options.format == CY_OUT_JSON || cy_out_hidden(out))
    return;
  cy_out_text_fields_flush(out);
  va_list args;
  va_start(args, format);
  put_line(out, out->style, format, args);
  va_end(args);
  out->style = CY_STYLE_PLAIN;
}

void cy_out_paragraphs(cy_out *out, const char *text)
{
  if (out->options.format == CY_OUT_JSON || cy_out_hidden(out))
    return;
  cy_out_text_fields_flush(out);
  cy_out_indent(out);
  cy_out_text_wrapped(out, &out->buf, "", out->indent, text);
  out->has_text = true;
}

static cy_style severity_style(cy_severity severity)
{
  return severity >= CY_ERROR_SEVERITY ? CY_STYLE_BAD : severity == CY_WARNING ? CY_STYLE_WARN : CY_STYLE_DIM;
}

static void finding_part(cy_out *out, const char *name, const char *text)
{
  cy_buf_fill(&out->buf, ' ', out->indent + 2);
  cy_out_styled(out, &out->buf, CY_STYLE_DIM, name);
  cy_out_text_wrapped(out, &out->buf, "", out->indent + 2 + (unsigned)strlen(name), text);
}

void cy_out_text_finding(cy_out *out, const cy_finding *f)
{
  cy_out_text_fields_flush(out);
  CY_AUTO_STR char *what = safe_copy(out, cy_span_str(f->what));
  CY_AUTO_STR char *subject = safe_copy(out, cy_span_str(f->subject));
  CY_AUTO_STR char *fix = safe_copy(out, cy_span_str(cy_finding_fix(f)));
  if (!what || !subject || !fix)
    return;
  cy_out_indent(out);
  cy_out_styled(out, &out->buf, severity_style(f->severity), cy_severity_name(f->severity));
  cy_buf_printf(&out->buf, "  %s  ", cy_finding_info_get(f->id)->id);
  cy_out_styled(out, &out->buf, CY_STYLE_STRONG, subject);
  cy_buf_u8(&out->buf, '\n');
  finding_part(out, "", what);
  finding_part(out, "why  ", cy_finding_why(f));
  finding_part(out, "fix  ", fix);
  out->has_text = true;
  cy_out_flush(out, false);
}

/* Diagnostics. */

static void diagnose(cy_out *out, cy_buf *text)
{
  cy_err *err = cy_buf_check(text);
  if (out->progress_shown) {
    static const char erase[] = "\r\033[K";
    cy_err_free(out->diagnostics.write(out->diagnostics.arg, erase, sizeof erase - 1));
    out->progress_shown = false;
  }
  /* Results come first where both go to one place. */
  cy_out_flush(out, true);
  if (!err)
    err = out->diagnostics.write(out->diagnostics.arg, text->data, text->len);
  cy_err_free(err); /* nobody is left to tell */
}

static void remark(cy_out *out, const char *mark, cy_style style, const char *format, va_list args)
{
  char line[4096];
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  if (vsnprintf(line, sizeof line, format, args) < 0)
    return;
  cy_out_styled(out, &text, style, mark);
  cy_text_put_safe(&text, cy_span_str(line));
  cy_buf_u8(&text, '\n');
  diagnose(out, &text);
}

void cy_out_note(cy_out *out, const char *format, ...)
{
  if (out->options.quiet)
    return;
  va_list args;
  va_start(args, format);
  remark(out, "note: ", CY_STYLE_DIM, format, args);
  va_end(args);
}

void cy_out_warning(cy_out *out, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  remark(out, "warning: ", CY_STYLE_WARN, format, args);
  va_end(args);
}

static void error_json(const cy_err *err, cy_buf *text)
{
  cy_json json = cy_json_begin(text, false);
  cy_json_open(&json, NULL, '{');
  cy_json_str(&json, "schema", "causey.error/1");
  cy_json_open(&json, "chain", '[');
  for (const cy_err *e = err; e; e = cy_err_cause(e)) {
    cy_json_open(&json, NULL, '{');
    cy_json_str(&json, "code", cy_err_info_get(cy_err_code_get(e))->id);
    cy_json_str(&json, "text", cy_err_text(e));
    cy_json_close(&json, '}');
  }
  cy_json_close(&json, ']');
  cy_json_str(&json, "fix", cy_err_fix(err));
  cy_json_int(&json, "exit_code", cy_err_exit(err));
  cy_json_close(&json, '}');
  cy_buf_u8(text, '\n');
}

static void error_link(cy_out *out, cy_buf *text, const char *mark, cy_style style, const char *line)
{
  CY_AUTO_STR char *safe = safe_copy(out, cy_span_str(line));
  cy_out_styled(out, text, style, mark);
  if (safe)
    cy_out_text_wrapped(out, text, "", (unsigned)strlen(mark), safe);
}

void cy_out_error(cy_out *out, const cy_err *err)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  if (out->options.format == CY_OUT_JSON) {
    error_json(err, &text);
    diagnose(out, &text);
    return;
  }
  const char *last = "";
  error_link(out, &text, "causey: ", CY_STYLE_BAD, cy_err_text(err));
  for (const cy_err *e = cy_err_cause(err); e; e = cy_err_cause(e))
    error_link(out, &text, "  because: ", CY_STYLE_DIM, cy_err_text(e));
  for (const cy_err *e = err; e; e = cy_err_cause(e))
    last = cy_err_info_get(cy_err_code_get(e))->id;
  if (*cy_err_fix(err))
    error_link(out, &text, "  fix: ", CY_STYLE_DIM, cy_err_fix(err));
  cy_buf_printf(&text, "  (%s)\n", last);
  diagnose(out, &text);
}

void cy_out_progress(cy_out *out, uint64_t done, uint64_t total, const char *what)
{
  struct timespec now;
  if (!out->options.progress || out->options.quiet)
    return;
  clock_gettime(CLOCK_MONOTONIC, &now);
  double at = (double)now.tv_sec + (double)now.tv_nsec / 1e9;
  if (at - out->last_progress < 0.1)
    return;
  char line[160];
  int len = total ? snprintf(line, sizeof line, "\r\033[K%llu of %llu %s", (unsigned long long)done,
                      (unsigned long long)total, what)
                  : snprintf(line, sizeof line, "\r\033[K%llu %s", (unsigned long long)done, what);
  if (len > 0)
    cy_err_free(out->diagnostics.write(out->diagnostics.arg, line, strnlen(line, sizeof line)));
  out->last_progress = at;
  out->progress_shown = true;
}
