/*
 * Syntax: how each product writes a setting, and what must be reloaded until it is in force.
 *
 * Purpose:   mends, proposals and migrations end in the very line to write, in the notation of the product
 *            whose configuration the side came from.
 * Ownership: constant (data/tls-syntax.tsv, compiled in).
 * Errors:    in the buffer; false: the product has no such setting, or how it writes it is not known.
 * Threads:   pure functions.
 * Source:    each row's own.
 */
#ifndef CY_TLS_SYNTAX_H
#define CY_TLS_SYNTAX_H

#include "tls/side.h"

/* The value that the side has for this field, as its product writes it; several lines are divided by \n. A
 * side of Causey's own JSON, or of a product that is not known, gets that form. */
bool cy_tls_syntax_put(cy_buf *buf, const cy_tls_side *side, cy_tls_role role, cy_tls_field field);
/* What makes the product take notice, borrowed; NULL: not known. */
const char *cy_tls_syntax_reload(const cy_tls_side *side, cy_tls_role role, cy_tls_field field);
/* Whether the row was only told of, not tried or read up: "as far as known". */
bool cy_tls_syntax_is_told(const cy_tls_side *side, cy_tls_role role, cy_tls_field field);

/* A priority string of GnuTLS that says all that the side has set (syntax_gnutls.c). */
void cy_tls_syntax_priority(cy_buf *buf, const cy_tls_side *side);
/* The CipherSpec or alias that says what a channel is to take (syntax_mq.c); false: no single one does. */
bool cy_tls_syntax_sslciph(cy_buf *buf, const cy_tls_side *side, cy_tls_role role);

#endif
