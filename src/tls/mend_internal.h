/*
 * Inside of mending: what mend.c and mend_candidates.c share; nobody else includes it.
 *
 * Purpose:   the pair under repair, and the changes that could help.
 * Ownership: a pair owns its copies of the sides and their terms.
 * Errors:    memory.
 * Threads:   one owner.
 * Source:    none.
 */
#ifndef CY_TLS_MEND_INTERNAL_H
#define CY_TLS_MEND_INTERNAL_H

#include "tls/mend.h"

typedef struct {
  cy_tls_side *sides[2]; /* by role */
  cy_tls_terms *terms[2];
  cy_tls_outcome outcome;
} cy_mend_pair;

enum { CY_MEND_CANDIDATES = 512 };

typedef struct {
  cy_tls_change items[CY_MEND_CANDIDATES];
  size_t count;
} cy_mend_list;

/* The changes at one end that might get past the outcome's cause; with `all`, every change that there is.
 * Cheapest first. */
void cy_mend_candidates(cy_mend_list *list, const cy_mend_pair *pair, cy_tls_role end, bool all);

#endif
