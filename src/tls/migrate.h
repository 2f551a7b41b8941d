/*
 * Migrations: the order in which clients and servers can change so that at no moment anything breaks.
 *
 * Purpose:   first everyone learns the new version, then everyone forgets the older ones; each step is
 *            taken only if every pair that connected before still does, predicted. Sides that are equal
 *            may take their step one after the other, in any order.
 * Ownership: a migration owns its sides and steps; names are borrowed from the sides that were given.
 * Errors:    memory, and what prediction reports.
 * Threads:   one owner.
 * Source:    IBM MQ documentation on ANY_TLS12 and ANY_TLS12_OR_HIGHER for why the order matters (C08).
 */
#ifndef CY_TLS_MIGRATE_H
#define CY_TLS_MIGRATE_H

#include "tls/table.h"

typedef struct {
  cy_tls_role role;
  size_t which;          /* class of that end in `table` */
  bool only;             /* forgets the older ones; else learns the new one */
  cy_tls_side *after;    /* the side when it is done; NULL: it can not be done */
  size_t client, server; /* classes of the pair that would break, when it can not be done */
  cy_tls_outcome broken; /* what would come of it; borrows from the migration */
  cy_tls_side *tried[2]; /* that pair as it would be */
  bool unable;           /* its library has no such version */
} cy_tls_migration_step;

typedef struct {
  cy_tls_table *table; /* as it is now */
  cy_tls_migration_step *steps;
  size_t count, cap;
  size_t blocked; /* steps that can not be done */
  size_t broken;  /* pairs of classes that do not connect now, and so are nobody's loss */
} cy_tls_migration;

/* `version` as on the wire. */
cy_err *cy_tls_migrate(cy_tls_migration *out, const cy_tls_sides *clients, const cy_tls_sides *servers,
  uint16_t version) CY_MUST_USE;
void cy_tls_migration_clear(cy_tls_migration *migration);

#endif
