/*
 * Sifting: what becomes of a finding before it is counted and shown.
 *
 * Purpose:   give each finding its place in one spelling, so that it is the same finding however the
 * folders were named; leave out what a baseline accepts, and what an earlier report had already. Ownership:
 * the sieve owns the resolved names of the operands (cy_sieve_clear); baseline and report are borrowed.
 * Errors:    memory, in the list of findings.
 * Threads:   one owner.
 */
#ifndef CY_AUDIT_SIFT_H
#define CY_AUDIT_SIFT_H

#include "audit/baseline.h"
#include "audit/since.h"

typedef struct {
  char *spelled, *resolved;
} cy_sieve_root;

typedef struct {
  cy_sieve_root *roots;
  size_t root_count;
  cy_baseline *baseline; /* NULL: none */
  cy_since *since;       /* NULL: none */
  cy_time now;
  uint64_t accepted, known; /* findings that were left out */
} cy_sieve;

cy_err *cy_sieve_init(cy_sieve *sieve, const char *const *paths, size_t count) CY_MUST_USE;
void cy_sieve_clear(cy_sieve *sieve);
void cy_sieve_sift(cy_sieve *sieve, cy_findings *list);

#endif
