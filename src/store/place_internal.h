/*
 * The parts of a place: shared by place.c, place_select.c and place_change.c only.
 *
 * Purpose:   the state behind cy_place.
 * Ownership: the place owns its document and session.
 * Errors:    none.
 * Threads:   one owner.
 */
#ifndef CY_STORE_PLACE_INTERNAL_H
#define CY_STORE_PLACE_INTERNAL_H

#include "base/text.h"
#include "store/place.h"

/* A change of a live place, done at commit. */
typedef struct {
  enum { CHANGE_PUT, CHANGE_REPLACE, CHANGE_REMOVE } what;
  cy_entry entry; /* deep copy in the document's arena */
} cy_place_change;

struct cy_place {
  char *path;
  cy_doc *doc;
  bool is_new;
  const cy_live *live; /* NULL for files */
  void *session;
  cy_place_change *changes;
  size_t change_count;
  size_t change_cap;
};

#endif
