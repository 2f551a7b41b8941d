/*
 * Keeping trusted certificates in step with a published bundle.
 *
 * Purpose:   what `sync` does, without the command line: which certificates of a bundle a store lacks,
 *            which were renewed, which it should no longer trust; and the same done.
 * Ownership: a bundle borrows its place, a plan borrows bundle and store, which must stay open.
 * Errors:    memory; sync.bundle-empty; store.read-only.
 * Threads:   one owner; a bundle may serve several plans in turn.
 *
 * Rules:
 * - What counts in a store are its certificates that are trusted. In a store without marks of trust
 *   these are all certificates that are not part of identities; so they are in a store that could mark
 *   them, but has neither a mark nor a private key. A certificate of the bundle that is there unmarked
 *   gets its mark.
 * - Renewed is a certificate with the same subject and key, or with the same subject that begins later:
 *   the new one takes its place and its label.
 * - Never touched: identities; certificates whose private key is in the store; in stores that keep
 *   chains as entries of their own, the issuers of identities.
 * - A second plan after the first was carried out changes nothing.
 */
#ifndef CY_STORE_SYNC_H
#define CY_STORE_SYNC_H

#include "store/place.h"

/* The certificates that are published: the trusted ones of a place that marks some as such, else all
 * that are not part of identities. */
typedef struct cy_bundle cy_bundle;
cy_err *cy_bundle_make(cy_bundle **out, cy_place *place, const cy_selector *selector) CY_MUST_USE;
void cy_bundle_free(cy_bundle *bundle);
CY_AUTO_DEFINE(cy_bundle)
size_t cy_bundle_count(const cy_bundle *bundle);

typedef enum {
  CY_SYNC_ADD,
  CY_SYNC_REPLACE, /* renewed */
  CY_SYNC_MARK,    /* it is there, and becomes trusted */
  CY_SYNC_RETIRE,  /* not in the bundle: removed */
  CY_SYNC_KEEP,    /* not in the bundle, and stays: see the note */
  CY_SYNC_KINDS
} cy_sync_what;

const char *cy_sync_name(cy_sync_what what); /* "add", "replace" */

typedef struct {
  cy_sync_what what;
  cy_entry *from;        /* of the bundle; NULL: retired, kept */
  cy_entry *there;       /* of the store; NULL: added */
  const char *label;     /* what it is or was called in the store; NULL: no label */
  const char *subject;   /* in short */
  const char *note;      /* for people; NULL */
  cy_time until, before; /* how long it is valid, and what it replaces was; CY_TIME_NONE */
} cy_sync_item;

typedef struct cy_sync cy_sync;

/* `keep`: what is not in the bundle stays. */
cy_err *cy_sync_plan(cy_sync **out, const cy_bundle *bundle, cy_place *store, bool keep) CY_MUST_USE;
void cy_sync_free(cy_sync *sync);
CY_AUTO_DEFINE(cy_sync)

const cy_sync_item *cy_sync_items(const cy_sync *sync, size_t *count);
size_t cy_sync_count(const cy_sync *sync, cy_sync_what what);
/* How many certificates of the bundle are there as they should be. */
size_t cy_sync_same(const cy_sync *sync);
/* true when something is to be done. */
bool cy_sync_changes(const cy_sync *sync);
/* Does it in the open store, which is then to be committed. */
cy_err *cy_sync_apply(cy_sync *sync) CY_MUST_USE;

#endif
