/*
 * Reading JSON: one document, a step at a time.
 *
 * Purpose:   look into documents that programs wrote (our own reports) without making a tree of them.
 * Ownership: nothing is allocated; keys and values are spans of the text.
 * Errors:    `wrong` says what was not JSON, and `at` where; the walk ends there. Strict: UTF-8, no comma
 *            too many, no comments, whole surrogates, nothing after the document, at most CY_MAX_DEPTH
 *            levels.
 * Threads:   one owner.
 * Source:    RFC 8259.
 */
#ifndef CY_BASE_JSON_READ_H
#define CY_BASE_JSON_READ_H

#include "base/buf.h"

typedef enum {
  CY_JSON_OBJECT,
  CY_JSON_LIST,
  CY_JSON_CLOSE, /* of the innermost object or list */
  CY_JSON_STRING,
  CY_JSON_NUMBER,
  CY_JSON_TRUE,
  CY_JSON_FALSE,
  CY_JSON_NULL,
} cy_json_kind;

typedef struct {
  cy_json_kind kind;
  cy_span key;   /* of a member of an object, between its quotes as written; else empty */
  cy_span value; /* a string between its quotes, a number as written */
} cy_json_item;

typedef struct {
  cy_span text;
  size_t at;
  unsigned depth;
  uint32_t lists;  /* bit n: level n + 1 is a list */
  uint32_t filled; /* bit n: it has an element already */
  bool done;
  const char *wrong; /* NULL while all is well */
} cy_json_in;

cy_json_in cy_json_read(cy_span text);
/* false at the end, or when something is wrong. */
bool cy_json_next(cy_json_in *in, cy_json_item *item);
/* Nothing is left of the text: when something is wrong then, the text was cut. */
bool cy_json_cut(const cy_json_in *in);
/* The text that a string means. */
void cy_json_unquote(cy_buf *out, cy_span quoted);
/* Written so, or meaning that. */
bool cy_json_is(cy_span quoted, const char *word);

#endif
