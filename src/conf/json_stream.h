/*
 * JSON of any size, an event at a time.
 *
 * Purpose:   read tables of 74 MB in the memory of one block, and say file and line of whatever is in them.
 * Ownership: keys and values are borrowed until the next event.
 * Errors:    io.*, conf.no-text, and conf.json with file and line: not JSON, more than CY_MAX_DEPTH levels,
 * a string above 64 KB. Strict, but for what stands behind a document of the form that it names. Threads:
 * one owner. Source:    RFC 8259.
 */
#ifndef CY_CONF_JSON_STREAM_H
#define CY_CONF_JSON_STREAM_H

#include "base/json_read.h"
#include "conf/lines.h"

typedef struct {
  cy_json_kind kind;
  cy_span key;   /* what it means; empty in lists */
  cy_span value; /* of a string what it means, of a number as written */
  size_t line;
  unsigned depth; /* of what it stands in; CLOSE has that of its opening */
} cy_json_event;

typedef struct {
  cy_lines lines;
  cy_span part; /* not read yet */
  size_t line;
  cy_buf key, value;
  unsigned depth;
  uint32_t lists;  /* bit n: level n is a list */
  uint32_t filled; /* bit n: it has an element already */
  bool done;
} cy_json_stream;

cy_err *cy_json_stream_open(cy_json_stream *in, const char *path) CY_MUST_USE;
cy_err *cy_json_stream_over(cy_json_stream *in, const char *name, cy_span text) CY_MUST_USE;
/* *more false: the document is complete, and nothing is behind it. */
cy_err *cy_json_stream_next(cy_json_stream *in, cy_json_event *event, bool *more) CY_MUST_USE;
/* Reads on to the end of the object or list that `event` opened. */
cy_err *cy_json_stream_skip(cy_json_stream *in, const cy_json_event *event) CY_MUST_USE;
void cy_json_stream_clear(cy_json_stream *in);

#endif
