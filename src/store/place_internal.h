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
  enum { CHANGE_NONE, CHANGE_PUT, CHANGE_REPLACE, CHANGE_RENAME, CHANGE_REMOVE } what;
  const cy_entry *of; /* the document's */
  cy_entry entry;     /* as it is to be: deep copy in the document's arena */
  cy_entry old;       /* REPLACE, RENAME: as it was */
} cy_place_change;

struct cy_place {
  char *path; /* of a live place with its kind in front */
  cy_doc *doc;
  bool is_new;
  const cy_live *live;   /* NULL for files */
  cy_format live_format; /* what the document of a live place goes by */
  void *session;
  cy_place_change *changes;
  size_t change_count;
  size_t change_cap;
  size_t memory_failures; /* when it was opened */
};

/* Forgets all changes of a live place. */
void cy_place_forget_changes(cy_place *place);

#endif
