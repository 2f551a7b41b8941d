/*
 * Mending: the smallest changes with which two ends would agree.
 *
 * Purpose:   each candidate is applied to a copy of the side and the handshake is predicted again, so that
 *            nothing is offered that was not tried. Fewest settings first; of those the one that gives up
 *            least security. What gives up security is offered only when nothing else mends.
 * Ownership: mends borrow certificates of the sides.
 * Errors:    memory, and what prediction reports.
 * Threads:   as prediction.
 * Source:    none.
 */
#ifndef CY_TLS_MEND_H
#define CY_TLS_MEND_H

#include "tls/change.h"
#include "tls/predict.h"

enum { CY_TLS_MEND_CHANGES = 3, CY_TLS_MENDS = 8, CY_TLS_MEND_WAYS = 3, CY_TLS_PRICE_WEAK = 100 };

typedef struct {
  cy_tls_change changes[CY_TLS_MEND_CHANGES];
  size_t count;
  unsigned price; /* CY_TLS_PRICE_WEAK and more: gives up security */
} cy_tls_mend;

/* The best first: for the client alone, for the server alone, for both. */
typedef struct {
  cy_tls_mend items[CY_TLS_MENDS];
  size_t count;
  /* Where nothing mends: the fewest changes that get furthest, and where it fails then. */
  cy_tls_mend partial; /* count 0: none gets any further */
  cy_tls_cause next;
  cy_tls_step next_step;
} cy_tls_mends;

/* One of each, which is all that a table of many pairs needs. */
cy_err *cy_tls_mend_find(cy_tls_mends *out, const cy_tls_side *client, const cy_tls_side *server,
  cy_tls_verdicts *verdicts) CY_MUST_USE;
/* The same, and where one change will do, up to CY_TLS_MEND_WAYS at each end that are about different
 * settings: people can not always change the one that is best. */
cy_err *cy_tls_mend_find_ways(cy_tls_mends *out, const cy_tls_side *client, const cy_tls_side *server,
  cy_tls_verdicts *verdicts) CY_MUST_USE;

/* Makes the changes on these two sides, which may be copies. */
cy_err *cy_tls_mend_apply(const cy_tls_mend *mend, cy_tls_side *client, cy_tls_side *server) CY_MUST_USE;

#endif
