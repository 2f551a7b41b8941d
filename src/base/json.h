/*
 * Writing JSON.
 *
 * Purpose:   documents for programs: UTF-8, RFC 3339 times, bytes as lower-case hex.
 * Ownership: appends to the caller's buffer, which must outlive the writer.
 * Errors:    in the buffer (cy_buf_check). Text that is not UTF-8 is written with its wrong bytes
 *            as \u00NN, so that the document stays valid. At most 63 levels.
 * Threads:   one owner.
 * Source:    RFC 8259.
 */
#ifndef CY_BASE_JSON_H
#define CY_BASE_JSON_H

#include "base/buf.h"
#include "base/time.h"

typedef struct {
  cy_buf *buf;
  unsigned depth;
  uint64_t filled; /* bit n: level n has an element already */
  bool pretty;     /* indented by two spaces, else on one line */
} cy_json;

cy_json cy_json_begin(cy_buf *buf, bool pretty);
/* `key` is NULL inside lists and for the document itself. */
void cy_json_open(cy_json *json, const char *key, char bracket); /* '{' or '[' */
void cy_json_close(cy_json *json, char bracket);                 /* '}' or ']' */
void cy_json_str(cy_json *json, const char *key, const char *value); /* NULL: null */
void cy_json_text(cy_json *json, const char *key, cy_span utf8);
void cy_json_int(cy_json *json, const char *key, int64_t value);
void cy_json_bool(cy_json *json, const char *key, bool value);
void cy_json_null(cy_json *json, const char *key);
void cy_json_time(cy_json *json, const char *key, cy_time t); /* CY_TIME_NONE: null */
void cy_json_hex(cy_json *json, const char *key, cy_span bytes);

#endif
