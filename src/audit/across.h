/*
 * Across files: what is said once all of them have been seen.
 *
 * Purpose:   keys that lie in several places (A23), CAs that end before what they signed elsewhere (A07),
 *            what was renewed in one place and forgotten in another (A16), what a plan would stop (A06).
 * Ownership: findings go into the caller's list; the inventory is borrowed.
 * Errors:    memory, crypto.*.
 * Threads:   the inventory's owner.
 * Source:    RFC 5280 4.2.1.1, 4.2.1.2, 6.1.
 *
 * A finding's subject is the address of the first place, in the order of the paths; the first piece of
 * evidence is a digest of what it is about, never a path.
 */
#ifndef CY_AUDIT_ACROSS_H
#define CY_AUDIT_ACROSS_H

#include "audit/inventory.h"
#include "audit/plan.h"

/* What a plan stops, by cause. */
typedef struct {
  uint64_t own[CY_PLAN_RULES];     /* certificates that break the rule themselves */
  uint64_t through[CY_PLAN_RULES]; /* sound themselves, but each CA that signed them falls */
  uint64_t places[CY_PLAN_RULES];  /* entries that hold one of either */
  uint64_t looked_at;              /* certificates that have not ended yet */
} cy_plan_totals;

typedef struct {
  cy_time now;
  unsigned warn_days;
  const cy_plan *plan;
  cy_plan_totals *totals;
} cy_across;

/* After cy_inventory_link. */
cy_err *cy_across_check(cy_findings *list, cy_inventory *inv, const cy_across *how) CY_MUST_USE;

/* The parts. */
cy_err *cy_across_keys(cy_findings *list, const cy_inventory *inv) CY_MUST_USE;
cy_err *cy_across_cas(cy_findings *list, cy_inventory *inv, const cy_across *how) CY_MUST_USE;
cy_err *cy_across_renewed(cy_findings *list, const cy_inventory *inv, const cy_across *how) CY_MUST_USE;
cy_err *cy_across_plan(cy_findings *list, cy_inventory *inv, const cy_across *how) CY_MUST_USE;
/* "sha256": which certificate it is about. */
void cy_across_evidence(cy_findings *list, cy_finding *f, const char *key, const uint8_t sha256[32]);

#endif
