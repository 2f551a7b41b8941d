/*
 * Addresses: how a user names a place and an entry in it.
 *
 * Purpose:   `path`, `path#label`, `kind:path`, `-`, and the selectors #@N, #sha256=HEX, #id=HEX.
 * Ownership: the address owns its strings (cy_address_clear).
 * Errors:    address.* (usage).
 * Threads:   plain data.
 *
 * The path ends at the last '#'; %23 in a path is a '#'; an existing file of that literal name
 * wins over a selector.
 */
#ifndef CY_STORE_ADDRESS_H
#define CY_STORE_ADDRESS_H

#include "base/buf.h"

typedef enum {
  CY_SELECT_ALL, /* no selector: the whole place */
  CY_SELECT_LABEL,
  CY_SELECT_POSITION,
  CY_SELECT_SHA256, /* a prefix of at least 4 octets will do */
  CY_SELECT_ID,
} cy_select_kind;

typedef struct {
  cy_select_kind kind;
  char *text;       /* label */
  uint8_t bytes[64]; /* digest or id */
  size_t len;
  size_t position;  /* from 1 */
} cy_selector;

typedef struct {
  char *given;  /* as the user wrote it */
  char *kind;   /* forced kind, NULL when the content decides */
  char *path;
  bool is_stream; /* "-" */
  cy_selector selector;
} cy_address;

/* `home` (may be NULL) is what a leading ~ means. */
cy_err *cy_address_parse(cy_address *out, const char *text, const char *home) CY_MUST_USE;
void cy_address_clear(cy_address *address);
/* path#label with what needs it escaped: what findings call their subject. */
void cy_address_format(cy_buf *buf, const char *path, const char *label);

#endif
