/*
 * Tables: many clients against many servers.
 *
 * Purpose:   sides that are equal in all that a handshake asks are one class; each pair of classes is
 *            predicted once. What-if, proposals and migrations ask such tables before and after a change.
 * Ownership: a table borrows its sides, but makes equal trust and identities of theirs one, so that chains
 *            are verified once. It owns classes, outcomes and verdicts.
 * Errors:    memory, and what prediction reports.
 * Threads:   one owner.
 * Source:    none.
 */
#ifndef CY_TLS_TABLE_H
#define CY_TLS_TABLE_H

#include "tls/predict.h"

/* One end: all clients, or all servers. */
typedef struct {
  cy_tls_side *const *sides;
  size_t count;
  size_t *class_of;     /* of each side */
  size_t *firsts;       /* of each class: its first side */
  size_t *sizes;        /* of each class */
  cy_tls_terms **terms; /* of each class */
  size_t classes, cap;
} cy_tls_party;

typedef struct {
  cy_tls_party ends[2]; /* by role */
  cy_tls_verdicts verdicts;
  cy_tls_outcome *cells; /* of each pair of classes */
} cy_tls_table;

cy_err *cy_tls_table_new(cy_tls_table **out, const cy_tls_sides *clients, const cy_tls_sides *servers)
  CY_MUST_USE;
void cy_tls_table_free(cy_tls_table *table);
CY_AUTO_DEFINE(cy_tls_table)

/* By classes. */
const cy_tls_outcome *cy_tls_table_cell(const cy_tls_table *table, size_t client, size_t server);
/* By sides. */
const cy_tls_outcome *cy_tls_table_pair(const cy_tls_table *table, size_t client, size_t server);
/* Pairs of sides that agree. */
size_t cy_tls_table_agreeing(const cy_tls_table *table);

/* Equal identities and trust of several sides become one object. */
cy_err *cy_tls_sides_share(cy_tls_side *const *sides, size_t count) CY_MUST_USE;
/* All that a handshake asks of a side, as bytes that are equal when the sides are; identities and trust
 * count by their address, so share them first. */
cy_err *cy_tls_side_key(cy_buf *key, const cy_tls_side *side) CY_MUST_USE;

#endif
