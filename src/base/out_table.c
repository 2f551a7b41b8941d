/* Aligned columns: rows are kept until the table ends, then printed as wide as they need. */
#include "base/mem.h"
#include "base/out_internal.h"
#include "base/text.h"

static size_t cell_width(const cy_out *out, size_t row, size_t column)
{
  const char *text = out->cells[row * out->column_count + column].text;
  return text ? cy_text_width(cy_span_str(text)) : 0;
}

/* Columns in which no row has anything are left out. false when that leaves none. */
static bool measure(const cy_out *out, size_t *widths)
{
  size_t total = 0;
  for (size_t c = 0; c < out->column_count; c++) {
    widths[c] = 0;
    for (size_t r = 0; r < out->rows; r++) {
      size_t w = cell_width(out, r, c);
      widths[c] = w > widths[c] ? w : widths[c];
    }
    if (!out->columns[c].title)
      widths[c] = 0;
    size_t title = widths[c] ? cy_text_width(cy_span_str(out->columns[c].title)) : 0;
    widths[c] = title > widths[c] ? title : widths[c];
    total += widths[c];
  }
  return total > 0;
}

/* Narrows the columns that may be cut until the line fits. */
static void fit(const cy_out *out, size_t *widths)
{
  size_t total = out->indent, limit = out->options.width;
  for (size_t c = 0; c < out->column_count; c++)
    total += widths[c] ? widths[c] + 2 : 0;
  for (size_t c = out->column_count; c-- > 0 && limit && total > limit + 2;) {
    size_t max = out->columns[c].max;
    size_t over = total - limit - 2;
    if (!max || widths[c] <= max)
      continue;
    size_t cut = widths[c] - max < over ? widths[c] - max : over;
    widths[c] -= cut;
    total -= cut;
  }
}

/* The text, or its two ends around "..", in at most `width` columns. */
static void put_cut(cy_buf *to, cy_span text, size_t width)
{
  if (width < 8 || cy_text_width(text) <= width) {
    cy_buf_span(to, text);
    return;
  }
  size_t tail = (width - 2) / 2;
  cy_buf_span(to, cy_text_head(text, width - 2 - tail));
  cy_buf_str(to, "..");
  cy_buf_span(to, cy_text_tail(text, tail));
}

static void print_cell(
  cy_out *out, size_t column, size_t width, const char *text, cy_style style, bool last)
{
  CY_CLEAN(cy_buf) cut = CY_BUF_STORE;
  put_cut(&cut, cy_span_str(text ? text : ""), width);
  const char *shown = cy_buf_cstr(&cut);
  size_t shown_width = cy_text_width(cy_span_str(shown));
  size_t pad = width > shown_width ? width - shown_width : 0;
  if (out->columns[column].right)
    cy_buf_fill(&out->buf, ' ', pad);
  cy_out_styled(out, &out->buf, style, shown);
  if (!last && !out->columns[column].right)
    cy_buf_fill(&out->buf, ' ', pad);
  if (!last)
    cy_buf_str(&out->buf, "  ");
}

static void print_row(cy_out *out, const size_t *widths, const cy_out_cell *cells)
{
  size_t last = 0;
  for (size_t c = 0; c < out->column_count; c++)
    if (widths[c] && (!cells || cells[c].text))
      last = c;
  cy_out_indent(out);
  for (size_t c = 0; c <= last; c++) {
    if (!widths[c])
      continue;
    if (cells)
      print_cell(out, c, widths[c], cells[c].text, cells[c].style, c == last);
    else
      print_cell(out, c, widths[c], out->columns[c].title, CY_STYLE_DIM, c == last);
  }
  cy_buf_u8(&out->buf, '\n');
  cy_out_flush(out, false);
}

static bool has_titles(const cy_out *out, const size_t *widths)
{
  for (size_t c = 0; c < out->column_count; c++)
    if (widths[c] && *out->columns[c].title)
      return true;
  return false;
}

void cy_out_table_print(cy_out *out)
{
  size_t widths[CY_OUT_MAX_COLUMNS] = {0};
  if (!out->rows)
    return;
  cy_out_text_fields_flush(out);
  if (!measure(out, widths))
    return;
  fit(out, widths);
  cy_out_text_begin(out);
  if (has_titles(out, widths))
    print_row(out, widths, NULL);
  for (size_t r = 0; r < out->rows; r++)
    print_row(out, widths, out->cells + r * out->column_count);
}

void cy_out_table_clear(cy_out *out)
{
  for (size_t i = 0; i < out->rows * out->column_count; i++)
    cy_free(out->cells[i].text);
  out->rows = 0;
  out->column_count = 0;
  out->columns = NULL;
  out->table_depth = 0;
}
