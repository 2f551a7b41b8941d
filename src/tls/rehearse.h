/*
 * Rehearsal: what an end would discover of its settings at the first connection (trap C25).
 *
 * Purpose:   one end alone, played with another that takes everything: what fails then fails with
 * everybody. Ownership: a rehearsal owns the other end; findings go into the side's own list. Errors:
 * memory, what prediction reports. Threads:   one owner. Source:    tls/predict.h.
 */
#ifndef CY_TLS_REHEARSE_H
#define CY_TLS_REHEARSE_H

#include "tls/predict.h"

enum { CY_TLS_REHEARSED = 3 }; /* all versions together, TLS 1.2, TLS 1.3 */

typedef struct {
  cy_tls_side *clients[CY_TLS_REHEARSED];
  cy_tls_terms *terms[CY_TLS_REHEARSED];
} cy_tls_rehearsal;

/* Clear it also when this fails. */
cy_err *cy_tls_rehearsal_init(cy_tls_rehearsal *rehearsal) CY_MUST_USE;
void cy_tls_rehearsal_clear(cy_tls_rehearsal *rehearsal);
/* A side whose certificate is missing or locked is left alone: that was said already, or can not be. */
cy_err *cy_tls_rehearse(const cy_tls_rehearsal *rehearsal, cy_tls_side *side) CY_MUST_USE;

#endif
