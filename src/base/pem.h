/*
 * PEM: blocks of Base64 between BEGIN and END lines, with any text around them.
 *
 * Purpose:   walk the blocks of a bundle in order, knowing the bytes that each one takes, so that
 *            what is not touched can be written back byte for byte.
 * Ownership: blocks borrow the text.
 * Errors:    a BEGIN without its END, or a body that is not Base64, with the line number. After
 *            either a caller may go on: the walk stands behind what was wrong (block->whole).
 * Threads:   one owner.
 * Source:    RFC 7468; RFC 1421 section 4.6 for the headers of encrypted keys.
 */
#ifndef CY_BASE_PEM_H
#define CY_BASE_PEM_H

#include "base/buf.h"

typedef struct {
  cy_span label;   /* "CERTIFICATE" */
  cy_span headers; /* "Proc-Type: ..." lines with their ends, or empty */
  cy_span body;    /* the Base64 text */
  cy_span whole;   /* from the B of -----BEGIN to the end of the END line, its line end included */
  cy_span before;  /* the text since the block before (or the start) */
  size_t line;     /* of the BEGIN line, from 1 */
} cy_pem_block;

typedef struct {
  cy_span text;
  size_t at;
  size_t line;
} cy_pem;

cy_pem cy_pem_begin(cy_span text);
/* *found = false at the end; then block->before is the text after the last block. */
cy_err *cy_pem_next(cy_pem *pem, cy_pem_block *block, bool *found) CY_MUST_USE;
cy_err *cy_pem_decode(cy_buf *der, const cy_pem_block *block) CY_MUST_USE;
/* The value of a header ("DEK-Info"), or an empty span. */
cy_span cy_pem_header(const cy_pem_block *block, const char *name);
void cy_pem_encode(cy_buf *text, const char *label, cy_span der);
/* true when a line of the first 64 KB starts as a BEGIN line does. */
bool cy_pem_looks_like(cy_span head);

#endif
