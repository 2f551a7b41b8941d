/*
 * Labels that are yet to be given.
 *
 * Purpose:   make labels for entries that go into a store, each different from those that are there and
 *            from those that come, as the store compares them.
 * Ownership: borrows the document; made labels live in the caller's arena.
 * Errors:    memory.
 * Threads:   one owner.
 */
#ifndef CY_STORE_LABEL_H
#define CY_STORE_LABEL_H

#include "store/format.h"

typedef struct {
  cy_doc *doc;    /* of the store that they go into */
  cy_map coming;  /* labels that are given to what is not there yet, with a number of the caller's */
  cy_map numbers; /* made-up labels: the number that was given last */
} cy_labels;

void cy_labels_init(cy_labels *labels, cy_doc *doc);
void cy_labels_clear(cy_labels *labels);
/* What was noted with the label; CY_MAP_NONE when it is not among those that come. */
cy_err *cy_labels_find(const cy_labels *labels, const char *label, size_t *value) CY_MUST_USE;
cy_err *cy_labels_note(cy_labels *labels, const char *label, size_t value) CY_MUST_USE;
/* `base`, or "base-2", "base-3"...: neither there nor coming. Notes nothing. */
cy_err *cy_labels_unique(cy_labels *labels, const char *base, cy_arena *arena, char **label) CY_MUST_USE;

#endif
