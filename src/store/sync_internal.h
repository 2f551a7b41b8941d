/*
 * The parts of keeping in step: shared by sync*.c only.
 *
 * Purpose:   bundle and plan.
 * Ownership: texts of a plan live in its arena.
 * Errors:    as in store/sync.h.
 * Threads:   one owner.
 */
#ifndef CY_STORE_SYNC_INTERNAL_H
#define CY_STORE_SYNC_INTERNAL_H

#include "store/label.h"
#include "store/sync.h"

struct cy_bundle {
  cy_place *place;
  cy_entry **entries;
  size_t count, cap;
  cy_map by_der;
};

/* An entry of the store that is a certificate without a private key. */
typedef struct {
  cy_entry *entry;
  const cy_cert_view *view; /* NULL when it can not be read */
  bool counts;              /* it is one of those that are trusted */
  bool done;                /* it is in the bundle, or replaced */
  const char *stays;        /* why it must not be removed; NULL */
  bool in_chain;            /* it stays for the sake of a chain: the same key renewed would do as well */
  size_t next;              /* of those with the same subject */
} cy_held;

struct cy_sync {
  cy_arena arena;
  const cy_bundle *bundle;
  cy_place *store;
  bool keep;
  bool *seen; /* of the bundle's: it is there, or comes in place of another */
  cy_held *held;
  size_t held_count, held_cap;
  cy_labels labels;
  cy_sync_item *items;
  size_t item_count, item_cap;
  size_t same;
};

cy_err *cy_sync_hold(cy_sync *sync) CY_MUST_USE;    /* looks at the store (sync_hold.c) */
cy_err *cy_sync_protect(cy_sync *sync) CY_MUST_USE; /* notes what must stay */

#endif
