/*
 * The parts of the output: shared by out.c, out_text.c and out_table.c only.
 *
 * Purpose:   the state behind cy_out.
 * Ownership: cy_out owns its buffers and rows.
 * Errors:    kept in failed, reported by cy_out_finish.
 * Threads:   one owner.
 */
#ifndef CY_BASE_OUT_INTERNAL_H
#define CY_BASE_OUT_INTERNAL_H

#include "base/json.h"
#include "base/out.h"

enum { CY_OUT_MAX_COLUMNS = 16, CY_OUT_LEVELS = 32 };

typedef struct {
  char *text;
  cy_style style;
} cy_out_cell;

typedef struct {
  char kind;     /* 'd'ocument, 'o'bject, 'l'ist, 't'able, 'r'ow or reco'R'd */
  char inside;   /* what fields of this level land in: '{', '[', 0 when JSON does not see them */
  char bracket;  /* what closes it in JSON, 0 when it opened nothing there */
  bool hidden;   /* people do not see it */
  bool indented; /* it had a title: its fields stand two columns further in */
} cy_out_level;

struct cy_out {
  cy_out_options options;
  cy_sink results;
  cy_sink diagnostics;
  cy_err *failed;
  bool broken; /* bytes of the results were lost: nothing may follow them */
  cy_buf buf; /* of the results, flushed when large */
  cy_json json;
  bool in_document;
  bool lines;
  cy_out_level levels[CY_OUT_LEVELS];
  unsigned depth;
  unsigned too_deep; /* levels that were opened beyond the last */
  unsigned indent;
  bool has_text; /* something was written: headings get a blank line before */
  bool gap;      /* a blank line is due before the next text: a section or a finding ended */
  cy_style style;
  const cy_column *columns;
  size_t column_count;
  unsigned table_depth; /* of the table that collects rows for people, 0: none */
  cy_out_cell *cells;   /* rows x columns of that table */
  size_t rows;
  size_t cell_cap;
  /* "Title   value" lines of one object, kept until it is known how wide the titles are. */
  struct {
    char *title;
    char *value;
    cy_style style;
  } *fields;
  size_t field_count;
  size_t field_cap;
  double last_progress;
  bool progress_shown;
};

bool cy_out_hidden(const cy_out *out);
/* true directly in a row of the table that is being collected. */
bool cy_out_in_row(const cy_out *out);
void cy_out_text_field(cy_out *out, const char *key, const char *title, cy_span value);
void cy_out_text_fields_flush(cy_out *out);
void cy_out_text_finding(cy_out *out, const cy_finding *f);
void cy_out_text_wrapped(const cy_out *out, cy_buf *to, const char *first, unsigned indent, const char *text);
void cy_out_styled(const cy_out *out, cy_buf *to, cy_style style, const char *text);
void cy_out_indent(cy_out *out);
/* Before any text for people: the blank line that is due. */
void cy_out_text_begin(cy_out *out);
void cy_out_table_print(cy_out *out);
void cy_out_table_clear(cy_out *out);
void cy_out_flush(cy_out *out, bool all);
void cy_out_erase_progress(cy_out *out);
void cy_out_fail(cy_out *out, cy_err *err);

#endif
