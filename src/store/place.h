/*
 * Places: what the verbs work on, file or live.
 *
 * Purpose:   open an address, walk and find entries, change them, commit.
 * Ownership: entries are borrowed from the place until it is closed; what is put in is copied.
 * Errors:    store.label-missing with the nearest labels, store.label-taken, store.unknown-kind ...
 * Threads:   one owner.
 *
 * Changes are collected and written by cy_place_commit; closing without it changes nothing.
 */
#ifndef CY_STORE_PLACE_H
#define CY_STORE_PLACE_H

#include "store/live.h"

typedef struct cy_place cy_place;

typedef struct {
  cy_open_mode mode;
  const cy_format *format; /* for a new file; NULL: by prefix or suffix */
  cy_ask *ask;
} cy_place_how;

cy_err *cy_place_open(cy_place **out, const cy_address *address, const cy_place_how *how) CY_MUST_USE;
/* Over bytes in memory (audit reads files itself); takes the image. */
cy_err *cy_place_from_image(cy_place **out, cy_image *image, const cy_format *format, cy_ask *ask)
  CY_MUST_USE;
void cy_place_close(cy_place *place);
static inline void cy_place_free(cy_place *place)
{
  cy_place_close(place);
}
CY_AUTO_DEFINE(cy_place)

const char *cy_place_path(const cy_place *place);
const char *cy_place_kind(const cy_place *place);  /* "p12" */
const char *cy_place_title(const cy_place *place); /* "PKCS#12" */
unsigned cy_place_caps(const cy_place *place);
bool cy_place_is_new(const cy_place *place);
/* The document of a file; NULL for live places. */
cy_doc *cy_place_doc(cy_place *place);

/* Entries that are there, deleted ones left out: for (i = 0; (e = cy_place_next(p, &i)); ) */
cy_entry *cy_place_next(cy_place *place, size_t *iter);
size_t cy_place_count(const cy_place *place);
/* The entries that a selector means: all without one, else exactly one; an error names the nearest
 * labels or, when several fit, their positions. Calls visit for each. */
cy_err *cy_place_select(cy_place *place, const cy_selector *selector,
  cy_err *(*visit)(void *arg, cy_place *place, cy_entry *entry), void *arg) CY_MUST_USE;
cy_err *cy_place_find(cy_place *place, const cy_selector *selector, cy_entry **entry) CY_MUST_USE;

/* The entry with exactly this label (folded where the place folds); NULL when there is none. */
cy_err *cy_place_find_label(cy_place *place, const char *label, cy_entry **entry) CY_MUST_USE;

/* Adds a copy. A label that is there is store.label-taken unless `replace`. The key must be open
 * or referenced, or the source must be able to open it: use cy_place_key first. */
cy_err *cy_place_put(cy_place *place, const cy_entry *entry, bool replace) CY_MUST_USE;
/* Puts a copy in the place of `old`, whatever the labels; it may borrow from `old`. */
cy_err *cy_place_replace(cy_place *place, cy_entry *old, const cy_entry *entry) CY_MUST_USE;
cy_err *cy_place_remove(cy_place *place, cy_entry *entry) CY_MUST_USE;
cy_err *cy_place_rename(cy_place *place, cy_entry *entry, const char *label) CY_MUST_USE;
/* The store's own password; it must have been opened with the old one, if it has one. Keys that had
 * the store's password get the new one, others keep theirs. */
cy_err *cy_place_set_password(cy_place *place, const cy_secret *password) CY_MUST_USE;
/* The stash beside it: written (with the password that opened the store, or the new one) or removed. */
cy_err *cy_place_set_stash(cy_place *place, cy_stash_want want) CY_MUST_USE;
/* Of one key, which is opened for that; NULL: in clear (commit with plain_keys). */
cy_err *cy_place_set_key_password(cy_place *place, cy_entry *entry, const cy_secret *password, cy_ask *ask)
  CY_MUST_USE;
/* The private key in clear; borrowed. */
cy_err *cy_place_key(cy_place *place, cy_entry *entry, cy_ask *ask, const cy_secret **pkcs8) CY_MUST_USE;
/* Writes what was changed. `result` (may be NULL) gets an item a change for live places. `stream`
 * receives the bytes when the place is "-". */
cy_err *cy_place_commit(cy_place *place, const cy_write_how *how, cy_ask *ask, cy_commit_result *result,
  cy_err *(*stream)(void *arg, cy_span bytes), void *arg) CY_MUST_USE;

/* What only this kind of place can say: findings, fields for `show`, marks for lists, and what an entry that
 * is to get this label will be called in it. */
cy_err *cy_place_own_check(cy_place *place, cy_findings *findings) CY_MUST_USE;
cy_err *cy_place_describe(cy_place *place, cy_out *out) CY_MUST_USE;
size_t cy_place_marks(const cy_place *place, const cy_entry *entry, cy_finding_id *ids, size_t max);
cy_err *cy_place_fit_label(const cy_place *place, const char *label, cy_buf *fits) CY_MUST_USE;

/* For listings, whose times carry no zone: they are so many minutes east of UTC. */
void cy_place_set_zone(cy_place *place, int minutes);

/* "path#label" of an entry, for findings and messages. */
cy_err *cy_place_entry_address(cy_place *place, cy_entry *entry, cy_buf *buf) CY_MUST_USE;

#endif
