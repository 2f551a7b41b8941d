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
  bool coloured = out->options.colour && style != CY_STYLE_PLAIN && *text;
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

static char *take_text(cy_out *out, cy_buf *text)
{
  cy_err *err = cy_buf_check(text);
  char *taken = cy_buf_take_str(text);
  if (!taken)
    cy_out_fail(out, err ? err : cy_err_no_memory());
  return taken;
}

void cy_out_text_begin(cy_out *out)
{
  if (out->gap && out->has_text)
    cy_buf_u8(&out->buf, '\n');
  out->gap = false;
  out->has_text = true;
}

/* Values are shown with control characters escaped: they come from other people's files. */
static char *safe_copy(cy_out *out, cy_span value)
{
  cy_buf text = CY_BUF(4 * CY_MAX_STORE_BYTES);
  cy_text_put_safe(&text, value);
  return take_text(out, &text);
}

/* The same for advice of several lines, which keeps its line feeds: it is indented, so that no
 * value in it can pass for a line of our own. */
static char *safe_lines(cy_out *out, const char *value)
{
  cy_buf text = CY_BUF(4 * CY_MAX_STORE_BYTES);
  while (*value) {
    size_t line = strcspn(value, "\n");
    cy_text_put_safe(&text, cy_span_of(value, line));
    value += line;
    if (*value == '\n') {
      cy_buf_u8(&text, '\n');
      value++;
    }
  }
  return take_text(out, &text);
}

CY_PRINTF(2, 0)
static char *safe_format(cy_out *out, const char *format, va_list args)
{
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  cy_buf_vprintf(&text, format, args);
  cy_err *err = cy_buf_check(&text);
  if (err) {
    cy_out_fail(out, err);
    return NULL;
  }
  return safe_copy(out, cy_buf_get(&text));
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
  if (cy_out_in_row(out)) {
    set_cell(out, key, value);
  } else if (title && !cy_out_hidden(out)) {
    if (!cy_grow(&out->fields, &out->field_cap, out->field_count + 1, sizeof *out->fields)) {
      cy_out_fail(out, cy_err_no_memory());
      return;
    }
    char *copy = cy_strdup(title);
    if (!copy)
      cy_out_fail(out, cy_err_no_memory());
    out->fields[out->field_count].title = copy;
    out->fields[out->field_count].value = safe_copy(out, value);
    out->fields[out->field_count].style = out->style;
    out->field_count++;
  }
  out->style = CY_STYLE_PLAIN;
}

static void wrap_line(cy_buf *to, unsigned indent, size_t limit, const char *text, size_t len)
{
  size_t column = indent;
  for (size_t at = 0; at < len; at++) {
    size_t word = 0;
    while (at + word < len && text[at + word] != ' ')
      word++;
    size_t width = cy_text_width(cy_span_of(text + at, word));
    if (column > indent && column + 1 + width > limit) {
      cy_buf_u8(to, '\n');
      cy_buf_fill(to, ' ', indent);
      column = indent;
    } else if (at) {
      cy_buf_u8(to, ' ');
      column++;
    }
    cy_buf_put(to, text + at, word);
    column += width;
    at += word;
  }
}

/* Wraps at blanks; continuation lines are indented by `indent`. */
void cy_out_text_wrapped(
  const cy_out *out, cy_buf *to, const char *first, unsigned indent, const char *text)
{
  size_t limit = out->options.width > indent + 20 ? out->options.width : 100;
  cy_buf_str(to, first);
  for (;;) {
    size_t len = strcspn(text, "\n");
    wrap_line(to, indent, limit, text, len);
    cy_buf_u8(to, '\n');
    text += len;
    if (!*text || !*++text)
      return;
    if (*text != '\n')
      cy_buf_fill(to, ' ', indent);
  }
}

void cy_out_text_fields_flush(cy_out *out)
{
  size_t width = 0;
  if (out->field_count)
    cy_out_text_begin(out);
  for (size_t i = 0; i < out->field_count; i++) {
    size_t w = out->fields[i].title ? cy_text_width(cy_span_str(out->fields[i].title)) : 0;
    width = w > width ? w : width;
  }
  for (size_t i = 0; i < out->field_count; i++) {
    const char *title = out->fields[i].title, *value = out->fields[i].value;
    if (title && value) {
      cy_out_indent(out);
      cy_buf_str(&out->buf, title);
      if (width && *value) /* plain values of a list have no titles */
        cy_buf_fill(&out->buf, ' ', width - cy_text_width(cy_span_str(title)) + 2);
      cy_out_styled(out, &out->buf, out->fields[i].style, value);
      cy_buf_u8(&out->buf, '\n');
    }
    cy_free(out->fields[i].title);
    cy_free(out->fields[i].value);
    out->fields[i].title = out->fields[i].value = NULL;
  }
  out->field_count = 0;
}

CY_PRINTF(3, 0)
static void put_line(cy_out *out, cy_style style, const char *format, va_list args)
{
  CY_AUTO_STR char *safe = safe_format(out, format, args);
  if (!safe)
    return;
  if (!*safe) {
    out->gap = true; /* an empty line: never two of them, none at the start or the end */
    return;
  }
  cy_out_text_begin(out);
  cy_out_indent(out);
  cy_out_styled(out, &out->buf, style, safe);
  cy_buf_u8(&out->buf, '\n');
  cy_out_flush(out, false);
}

void cy_out_heading(cy_out *out, const char *format, ...)
{
  if (out->options.format == CY_OUT_JSON || cy_out_hidden(out))
    return;
  cy_out_text_fields_flush(out);
  out->gap = out->gap || out->indent == 0;
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

void cy_out_labelled(cy_out *out, const char *label, const char *text)
{
  if (out->options.format == CY_OUT_JSON || cy_out_hidden(out))
    return;
  cy_out_text_fields_flush(out);
  CY_AUTO_STR char *safe = safe_copy(out, cy_span_str(text));
  if (!safe)
    return;
  cy_out_indent(out);
  cy_out_text_wrapped(out, &out->buf, label, out->indent + (unsigned)strlen(label), safe);
  out->has_text = true;
}

static cy_style severity_style(cy_severity severity)
{
  return severity >= CY_ERROR_SEVERITY ? CY_STYLE_BAD
         : severity == CY_WARNING      ? CY_STYLE_WARN
                                       : CY_STYLE_DIM;
}

static void finding_part(cy_out *out, const char *name, const char *text)
{
  if (!*text)
    return;
  cy_buf_fill(&out->buf, ' ', out->indent + 2);
  cy_out_styled(out, &out->buf, CY_STYLE_DIM, name);
  cy_out_text_wrapped(out, &out->buf, "", out->indent + 2 + (unsigned)strlen(name), text);
}

/* The name of what the finding is about, where its address does not say it. */
static void finding_name(cy_out *out, const cy_finding *f)
{
  for (size_t i = 0; i < f->evidence_count; i++) {
    const char *name = f->evidence[i].value;
    if (strcmp(f->evidence[i].key, "name") != 0 || strstr(f->subject, name))
      continue;
    CY_AUTO_STR char *safe = safe_copy(out, cy_span_str(name));
    cy_buf_str(&out->buf, "  ");
    cy_out_styled(out, &out->buf, CY_STYLE_DIM, safe ? safe : "");
  }
}

void cy_out_text_finding(cy_out *out, const cy_finding *f)
{
  cy_out_text_fields_flush(out);
  CY_AUTO_STR char *what = safe_copy(out, cy_span_str(f->what));
  CY_AUTO_STR char *subject = safe_copy(out, cy_span_str(f->subject));
  CY_AUTO_STR char *why = safe_lines(out, cy_finding_why(f));
  CY_AUTO_STR char *fix = safe_lines(out, cy_finding_fix(f));
  if (!what || !subject || !why || !fix)
    return;
  cy_out_text_begin(out);
  cy_out_indent(out);
  cy_out_styled(out, &out->buf, severity_style(f->severity), cy_severity_name(f->severity));
  cy_buf_printf(&out->buf, *subject ? "  %s  " : "  %s", cy_finding_info_get(f->id)->id);
  cy_out_styled(out, &out->buf, CY_STYLE_STRONG, subject);
  finding_name(out, f);
  cy_buf_u8(&out->buf, '\n');
  finding_part(out, "", what);
  finding_part(out, "why  ", why);
  finding_part(out, "fix  ", fix);
  out->gap = true;
  cy_out_flush(out, false);
}

/* Diagnostics. */

void cy_out_erase_progress(cy_out *out)
{
  static const char erase[] = "\r\033[K";
  if (out->progress_shown)
    cy_err_free(out->diagnostics.write(out->diagnostics.arg, erase, sizeof erase - 1));
  out->progress_shown = false;
}

static void diagnose(cy_out *out, cy_buf *text)
{
  cy_err *err = cy_buf_check(text);
  cy_out_erase_progress(out);
  /* Results come first where both go to one place. */
  cy_out_flush(out, true);
  if (!err)
    err = out->diagnostics.write(out->diagnostics.arg, text->data, text->len);
  cy_err_free(err); /* nobody is left to tell */
}

CY_PRINTF(4, 0)
static void remark(cy_out *out, const char *mark, cy_style style, const char *format, va_list args)
{
  CY_CLEAN(cy_buf) text = CY_BUF(4 * CY_MAX_STORE_BYTES);
  CY_AUTO_STR char *line = safe_format(out, format, args);
  if (!line)
    return;
  cy_out_styled(out, &text, style, mark);
  cy_buf_str(&text, line);
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

static void error_part(const cy_out *out, cy_buf *text, const char *mark, cy_style style, const char *safe)
{
  cy_out_styled(out, text, style, mark);
  cy_out_text_wrapped(out, text, "", (unsigned)strlen(mark), safe ? safe : "?");
}

static void error_chain(cy_out *out, cy_buf *text, const cy_err *err)
{
  const char *mark = "causey: ";
  cy_style style = CY_STYLE_BAD;
  for (const cy_err *e = err; e; e = cy_err_cause(e)) {
    CY_AUTO_STR char *safe = safe_copy(out, cy_span_str(cy_err_text(e)));
    error_part(out, text, mark, style, safe);
    mark = "  because: ";
    style = CY_STYLE_DIM;
  }
}

void cy_out_error(cy_out *out, const cy_err *err)
{
  CY_CLEAN(cy_buf) text = CY_BUF(4 * CY_MAX_STORE_BYTES);
  if (out->options.format == CY_OUT_JSON) {
    error_json(err, &text);
    diagnose(out, &text);
    return;
  }
  error_chain(out, &text, err);
  CY_AUTO_STR char *fix = safe_lines(out, cy_err_fix(err));
  if (fix && *fix)
    error_part(out, &text, "  fix: ", CY_STYLE_DIM, fix);
  const cy_err *root = err;
  while (cy_err_cause(root))
    root = cy_err_cause(root);
  cy_buf_printf(&text, "  (%s)\n", cy_err_info_get(cy_err_code_get(root))->id);
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
  CY_CLEAN(cy_buf) line = CY_BUF_TEXT;
  cy_buf_printf(&line, "%llu ", (unsigned long long)done);
  if (total)
    cy_buf_printf(&line, "of %llu ", (unsigned long long)total);
  cy_text_put_safe(&line, cy_span_str(what));
  /* One line, or it could not be erased. */
  cy_span shown = cy_text_head(cy_buf_get(&line), out->options.width ? out->options.width - 1 : 79);
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  cy_buf_str(&text, "\r\033[K");
  cy_buf_span(&text, shown);
  cy_err_free(out->diagnostics.write(out->diagnostics.arg, text.data, text.len));
  out->last_progress = at;
  out->progress_shown = true;
}
