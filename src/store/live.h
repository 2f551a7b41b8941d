/*
 * Live places: sessions instead of files.
 *
 * Purpose:   tokens, browser databases, servers and the machine's trust store behind the same
 *            verbs. A live place is one file (live_<name>.c) with one constant and one row.
 * Ownership: entries given to a visitor are borrowed for the call.
 * Errors:    store.*; an object that vanished between listing and use is store.vanished. A commit of
 *            which a part failed is store.partly-done.
 * Threads:   one owner a session.
 *
 * Said from the first day: a login may be needed for private keys (caps CY_NEEDS_LOGIN); keys may
 * not come out and go by reference (CY_KEEPS_KEYS); an object may vanish; a commit is not one
 * transaction (CY_NOT_ATOMIC) and gives a result for each item.
 */
#ifndef CY_STORE_LIVE_H
#define CY_STORE_LIVE_H

#include "base/text.h"
#include "store/address.h"
#include "store/format.h"

typedef struct {
  const char *verb;  /* "put", "delete", "rename" */
  const char *label; /* borrowed from the place */
  cy_err *err;       /* NULL: done; owned by the list */
} cy_commit_item;

typedef struct {
  cy_commit_item *items;
  size_t count;
  size_t cap;
} cy_commit_result;

void cy_commit_result_clear(cy_commit_result *result);
cy_err *cy_commit_result_add(cy_commit_result *result, const char *verb, const char *label, cy_err *err)
  CY_MUST_USE;

typedef cy_err *cy_entry_visit(void *arg, const cy_entry *entry);

/*
 * What `each` shows may be a part: a place that needs a login may leave out private keys, or show them
 * without what only their owner sees, when no PIN is given. `ask` stays good until close. `part` of an
 * entry is the place's own: a handle, which the entry still has when it comes back to get, put (that of
 * the entry to be replaced, 0 for a new one), rename and remove.
 *
 * A change is made at once or kept until commit. What `commit` could not do of the latter it adds to the
 * result, an item each, and goes on; its own error is for what concerns all of them.
 */
typedef struct {
  const char *id; /* "pkcs11": the address prefix */
  const char *title;
  unsigned caps;
  /* Sets *self, which is closed also when this fails. */
  cy_err *(*open)(void **self, const cy_address *address, cy_open_mode mode, cy_ask *ask);
  cy_err *(*each)(void *self, cy_entry_visit *visit, void *arg);
  /* Looks again, before a key is used: *found is false when the object has vanished. */
  cy_err *(*get)(void *self, const cy_entry *entry, bool *found, cy_entry_visit *visit, void *arg);
  cy_err *(*put)(void *self, const cy_entry *entry, bool replace);
  cy_err *(*remove)(void *self, const cy_entry *entry);
  cy_err *(*commit)(void *self, cy_commit_result *result);
  void (*close)(void *self);
  /* NULL: put under the new label, then removed; not for keys that stay where they are. */
  cy_err *(*rename)(void *self, const cy_entry *entry, const char *label);
  /* Findings that only this kind of place can have; may be NULL. Subjects begin with `place`. */
  cy_err *(*check)(void *self, const char *place, cy_findings *findings);
  /* More fields for `show` and `ls --json`; may be NULL. */
  cy_err *(*describe)(void *self, cy_out *out);
  /* For lists: the ids of what is to be said of one entry, at most `max`; may be NULL. */
  size_t (*marks)(void *self, const cy_entry *entry, cy_finding_id *ids, size_t max);
  /* What an entry that is to be called `label` will be called here; NULL: any label will do. */
  void (*fit_label)(cy_buf *fits, const char *label);
  /* A plain path to this folder means such a place; NULL: a path never does. */
  bool (*is_folder)(const char *path);
} cy_live;

/* The built-in ones and those that a program or a test registers (before threads start). */
const cy_live *cy_live_find(const char *id);
cy_err *cy_live_register(const cy_live *live) CY_MUST_USE;
/* What a path to a folder means without a kind in front; NULL: nothing. */
const cy_live *cy_live_of_folder(const char *path);
/* Tries the name of each. */
void cy_live_nearest(cy_nearest *near);

#endif
