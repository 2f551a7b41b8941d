/*
 * Proposals: the strongest settings with which all sides work, and who holds the others back.
 *
 * Purpose:   versions from the strictest on, and of each library's own lists what the tables call good;
 *            what is proposed was predicted for all pairs.
 * Ownership: a proposal owns its sides; everything else is borrowed.
 * Errors:    memory, and what prediction reports.
 * Threads:   one owner.
 * Source:    RFC 9325 by way of the tables' grades (tls/suite.h, tls/group.h, tls/scheme.h).
 */
#ifndef CY_TLS_PROPOSE_H
#define CY_TLS_PROPOSE_H

#include "tls/table.h"

/* How strict: 0 is the strictest. */
enum { CY_TLS_STRENGTHS = 6 };

typedef struct {
  size_t strength; /* index, see cy_tls_strength_name */
  size_t agreeing; /* pairs of sides that connect with it */
  cy_tls_sides ends[2];
  cy_tls_table *table;
} cy_tls_proposal;

/* "TLS 1.3 alone", "TLS 1.2 and 1.3, good suites" */
const char *cy_tls_strength_name(size_t strength);
bool cy_tls_strength_is_weak(size_t strength);
cy_err *cy_tls_propose(cy_tls_proposal *out, const cy_tls_sides *clients, const cy_tls_sides *servers)
  CY_MUST_USE;
void cy_tls_proposal_clear(cy_tls_proposal *proposal);
/* How strict it could be without this one; CY_TLS_STRENGTHS: nobody would be left. */
cy_err *cy_tls_propose_without(size_t *strength, const cy_tls_sides *clients, const cy_tls_sides *servers,
  cy_tls_role role, size_t which) CY_MUST_USE;

#endif
