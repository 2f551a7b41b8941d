/*
 * Causey's own form of a side: what the files of its reader share.
 *
 * Purpose:   read_json.c (the document, settings as noted), read_json_member.c (a member each),
 *            read_json_store.c (certificates, identities, trust).
 * Ownership: the reading's; sides that are under way belong to the input.
 * Errors:    memory; what has no place in a side is a finding of it.
 * Threads:   one owner.
 * Source:    docs/schema/tls_side-1.json.
 */
#ifndef CY_TLS_READ_JSON_H
#define CY_TLS_READ_JSON_H

#include "base/json_read.h"
#include "tls/reader.h"

typedef struct {
  cy_tls_reading *reading;
  const char *path;
  cy_json_in in;
  size_t counted, line; /* lines up to a place */
  cy_tls_side *side;
  cy_tls_side *given; /* of its settings only: what the document itself says of where they came from */
} cy_side_json;

size_t cy_side_json_line(cy_side_json *in);
/* The rest of a value that was begun. */
void cy_side_json_skip(cy_side_json *in, const cy_json_item *item);
/* Findings: a value that is not of its kind, a key that is none of these words. The value is passed over.
 */
void cy_side_json_wrong(cy_side_json *in, const cy_json_item *item, const char *wanted);
void cy_side_json_unknown(
  cy_side_json *in, const cy_json_item *item, const char *const *words, size_t count);
/* A text; one text or a list of them, a line each. */
cy_err *cy_side_json_text(cy_side_json *in, const cy_json_item *item, cy_buf *value) CY_MUST_USE;
cy_err *cy_side_json_texts(cy_side_json *in, const cy_json_item *item, cy_buf *value) CY_MUST_USE;
bool cy_side_json_number(const cy_json_item *item, long *number);
bool cy_side_json_is_bool(const cy_json_item *item);
/* Any member of a side. */
cy_err *cy_side_json_member(cy_side_json *in, const cy_json_item *item) CY_MUST_USE;
/* Some of them; `value` becomes what the setting is noted with. */
typedef cy_err *cy_side_json_read(cy_side_json *in, const cy_json_item *item, size_t offset, cy_buf *value);
cy_side_json_read cy_side_json_ca_list, cy_side_json_identities, cy_side_json_trust, cy_side_json_settings;

#endif
