/*
 * Output events: commands say what there is, the output decides how it looks.
 *
 * Purpose:   one stream of typed events for people (text, aligned, coloured on a terminal) and
 *            for programs (JSON or JSON Lines). Nothing below the program's main prints.
 * Ownership: texts are copied or written at once; the caller keeps its own.
 * Errors:    the first failure (a closed pipe, a full disk) sticks; cy_out_finish reports it.
 * Threads:   one owner, the main thread.
 *
 * A document is a tree. Each event carries a JSON key and a title for people:
 *   - title NULL: only programs see it;  key NULL: only people see it (but fields with keys in an
 *     object that only people see belong to the object around it; in a list keys do not count).
 *   - cy_out_open/close: an object. In text its fields are "Title   value" lines, indented.
 *   - cy_out_list/list_end: a list of objects or values.
 *   - cy_out_table/table_end: a list of rows shown in aligned columns; each row is
 *     cy_out_row ... fields whose keys are column keys ... cy_out_row_end. Fields of a row that
 *     no column shows are for programs only.
 * With JSON Lines (document flag CY_OUT_LINES), each cy_out_record is a line of its own, and so is
 * each finding outside of one. cy_out_finish closes whatever is still open.
 */
#ifndef CY_BASE_OUT_H
#define CY_BASE_OUT_H

#include "base/finding.h"
#include "base/time.h"

typedef enum { CY_OUT_TEXT, CY_OUT_JSON } cy_out_format;
enum { CY_OUT_LINES = 1 }; /* cy_out_document: JSON Lines, one record a line */

/* Where bytes go: the program gives one for results and one for diagnostics. */
typedef struct {
  cy_err *(*write)(void *arg, const void *data, size_t len);
  void *arg;
} cy_sink;

typedef struct {
  cy_out_format format;
  bool colour;      /* results go to a terminal that shows colours */
  bool progress;    /* diagnostics go to a terminal */
  unsigned width;   /* columns of the terminal, 0: no limit */
  bool quiet;       /* no notes */
  bool local_times; /* text: show local time beside UTC where it matters */
} cy_out_options;

typedef enum {
  CY_STYLE_PLAIN,
  CY_STYLE_STRONG,
  CY_STYLE_DIM,
  CY_STYLE_GOOD,
  CY_STYLE_WARN,
  CY_STYLE_BAD,
} cy_style;

typedef struct {
  const char *key;
  const char *title; /* NULL: not shown in text */
  bool right;        /* numbers */
  unsigned max;      /* cut in the middle above this width when the terminal is too narrow; 0: never */
} cy_column;

typedef struct cy_out cy_out;

cy_err *cy_out_new(cy_out **out, const cy_out_options *options, cy_sink results, cy_sink diagnostics)
  CY_MUST_USE;
void cy_out_free(cy_out *out);
CY_AUTO_DEFINE(cy_out)
const cy_out_options *cy_out_options_get(const cy_out *out);

/* Begins the document: JSON's "schema" is `schema` ("causey.ls/1"). */
void cy_out_document(cy_out *out, const char *schema, unsigned flags);
/* Ends it, writes what is left and reports the first failure. Safe to call without a document. */
cy_err *cy_out_finish(cy_out *out) CY_MUST_USE;
/* true once writing failed: nobody reads any more, and long work may end. */
bool cy_out_failed(const cy_out *out);
/* JSON Lines: begins and ends one line; `type` becomes its "type". Else an object in a list. In text:
 * like open/close without a title. */
void cy_out_record(cy_out *out, const char *type);
void cy_out_record_end(cy_out *out);

void cy_out_open(cy_out *out, const char *key, const char *title);
void cy_out_close(cy_out *out);
void cy_out_list(cy_out *out, const char *key, const char *title);
void cy_out_list_end(cy_out *out);
void cy_out_table(cy_out *out, const char *key, const char *title, const cy_column *columns,
  size_t count);
void cy_out_row(cy_out *out);
void cy_out_row_end(cy_out *out);
void cy_out_table_end(cy_out *out);

/* Fields. Inside cy_out_list the key may be NULL for plain values in JSON too. */
/* NULL: nothing in text, null in JSON; so is CY_TIME_NONE. */
void cy_out_str(cy_out *out, const char *key, const char *title, const char *value);
void cy_out_strf(cy_out *out, const char *key, const char *title, const char *format, ...) CY_PRINTF(4, 5);
void cy_out_text(cy_out *out, const char *key, const char *title, cy_span utf8);
void cy_out_int(cy_out *out, const char *key, const char *title, int64_t value);
void cy_out_bool(cy_out *out, const char *key, const char *title, bool value); /* text: yes/no */
void cy_out_time(cy_out *out, const char *key, const char *title, cy_time t);
/* JSON: the full time; text: the date. */
void cy_out_date(cy_out *out, const char *key, const char *title, cy_time t);
void cy_out_hex(cy_out *out, const char *key, const char *title, cy_span bytes); /* text: AB:CD */
void cy_out_bytes(cy_out *out, const char *key, cy_span raw);
/* Style of the next field's value (text on a terminal only). */
void cy_out_style(cy_out *out, cy_style style);

/* For people only: a paragraph, a heading, a line of its own; nothing in JSON. */
void cy_out_heading(cy_out *out, const char *format, ...) CY_PRINTF(2, 3);
void cy_out_line(cy_out *out, const char *format, ...) CY_PRINTF(2, 3);
/* A line that starts with `label` and is wrapped under it. */
void cy_out_labelled(cy_out *out, const char *label, const char *text);
/* Paragraphs separated by an empty line, wrapped. */
void cy_out_paragraphs(cy_out *out, const char *text);
/* Result bytes as they are (PEM text of `show --pem`, a file written to standard output). */
void cy_out_raw(cy_out *out, cy_span bytes);

/* A finding. In text: mark, subject, what, why (wrapped) and fix; in JSON an object. */
void cy_out_finding(cy_out *out, const cy_finding *f);
/* "findings": [...] in JSON, one after another in text. */
void cy_out_findings(cy_out *out, const cy_findings *list);

/* Diagnostics, on the second sink: never part of the document. */
void cy_out_note(cy_out *out, const char *format, ...) CY_PRINTF(2, 3);
void cy_out_warning(cy_out *out, const char *format, ...) CY_PRINTF(2, 3);
/* The chain: what failed, because of what, and what to do. In JSON mode one object on the second sink. */
void cy_out_error(cy_out *out, const cy_err *err);
/* Long work, on a terminal only: at most ten times a second. total 0: unknown. */
void cy_out_progress(cy_out *out, uint64_t done, uint64_t total, const char *what);

#endif
