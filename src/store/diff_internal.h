/*
 * The parts of comparing: shared by diff*.c only.
 *
 * Purpose:   entries as things that are matched.
 * Ownership: keys and texts live in the diff's arena.
 * Errors:    as in store/diff.h.
 * Threads:   one owner.
 */
#ifndef CY_STORE_DIFF_INTERNAL_H
#define CY_STORE_DIFF_INTERNAL_H

#include "store/diff.h"

#define CY_DIFF_NONE SIZE_MAX

typedef struct {
  cy_entry *entry;
  cy_span content; /* what makes it this thing; empty for a listing's */
  cy_span spki;
  size_t other;   /* the thing on the other side that it is, CY_DIFF_NONE */
  size_t renewal; /* that it renews or is renewed by */
  bool elsewhere; /* on the other side it is in a chain */
  bool twin;      /* a further copy of what is matched */
  bool untrusted; /* elsewhere or a twin, and trusted only here */
  bool sealed;    /* a key that could not be opened to be compared */
} cy_thing;

typedef struct {
  cy_diff_side given;
  cy_thing *things;
  size_t count, cap;
  cy_map chains; /* certificates that are in chains */
} cy_diff_list;

struct cy_diff {
  cy_arena arena;
  cy_diff_list side[2];
  cy_diff_item *items;
  size_t item_count, item_cap;
};

/* Fills both lists (diff_match.c). */
cy_err *cy_diff_collect(cy_diff *diff, int side) CY_MUST_USE;
/* Finds what belongs together. */
cy_err *cy_diff_match(cy_diff *diff) CY_MUST_USE;
/* true when both have something of this kind to compare. */
bool cy_diff_both(const cy_diff *diff, unsigned cap);

#endif
