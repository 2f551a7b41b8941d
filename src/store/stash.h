/*
 * Stashes (.sth): a store's password beside the store.
 *
 * Purpose:   decode and encode both layouts of a stash, and what a document knows of its own.
 * Ownership: passwords are cy_secret of the caller's; a cy_doc_stash belongs to its document.
 * Errors:    stash.not-understood for bytes that are no stash; store.cannot-hold for a password that
 *            does not go into one.
 * Threads:   safe; a document's stash has the document's owner.
 * Source:    taken from files that gskcapicmd wrote, and FireBurn/KdbTool's STASH_FORMAT.md: version 1 is
 *            (password, 00, filler) XOR F5, 129 octets; version 2 puts a keystream over that, derived from
 *            64 octets before it.
 *
 * A stash keeps nothing secret: whoever can read the file has the password. Its password comes after the
 * one that was given by an option, and before a prompt (cy_ask_want.stash).
 */
#ifndef CY_STORE_STASH_H
#define CY_STORE_STASH_H

#include <sys/stat.h>

#include "base/secret.h"

enum { CY_STASH_PASSWORD_MAX = 128, CY_STASH_V1_BYTES = 129, CY_STASH_V2_BYTES = 193 };

/* *version is 1 or 2. */
cy_err *cy_stash_decode(cy_secret **password, unsigned *version, cy_span bytes) CY_MUST_USE;
/* Appends. */
cy_err *cy_stash_encode(cy_buf *out, unsigned version, const cy_secret *password) CY_MUST_USE;

/* What a commit is to do with the stash. A stash that fits goes with the store's password. */
typedef enum { CY_STASH_KEEP, CY_STASH_WRITE, CY_STASH_REMOVE } cy_stash_want;

/* What lies beside a store. All zero: no stash. */
typedef struct {
  bool there;          /* NAME.sth is there */
  bool readable;       /* and could be read */
  bool shared;         /* another store of that name is there as well, so it may be that one's */
  bool tried;          /* `fits` is known: the store was opened, or the stash's password did not do it */
  bool fits;           /* its password opens the store */
  unsigned version;    /* 1, 2; 0: not understood */
  char *path;          /* of the stash, for messages */
  cy_secret *password; /* NULL when it was not understood */
  struct stat st;      /* when readable */
  cy_stash_want want;
  bool updated; /* a commit wrote it, since the store's password changed */
} cy_doc_stash;

static inline bool cy_stash_understood(const cy_doc_stash *stash)
{
  return stash->version != 0;
}

#endif
