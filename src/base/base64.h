/*
 * Base64.
 *
 * Purpose:   the body of PEM blocks, both ways.
 * Ownership: results are appended to the caller's buffer.
 * Errors:    CY_E_BASE64 with the offset of the first wrong character.
 * Threads:   pure functions.
 * Source:    RFC 4648 section 4; RFC 7468 section 3 (white space is skipped).
 */
#ifndef CY_BASE_BASE64_H
#define CY_BASE_BASE64_H

#include "base/buf.h"

cy_err *cy_base64_decode(cy_buf *bytes, cy_span text) CY_MUST_USE;
/* Lines of `line` characters each ended by \n; 0: one line without an end. */
void cy_base64_encode(cy_buf *text, cy_span bytes, size_t line);

#endif
