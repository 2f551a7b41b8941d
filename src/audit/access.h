/*
 * Who can get at a file besides its owner and root.
 *
 * Purpose:   say of a file, with every folder on its path, who may read it or change it: everybody, or
 *            which members of which groups; and what one given account may.
 * Ownership: what is shared is made once and constant while workers run; a cy_access belongs to one
 *            worker and remembers the folder that it was in last; audiences own their words.
 * Errors:    memory; audit.no-such-account for a name that is not in the passwd file.
 * Threads:   shared parts are constant; a cy_access has one owner.
 *
 * Computed from modes, lists and accounts (base/rights.h), never tried.
 */
#ifndef CY_AUDIT_ACCESS_H
#define CY_AUDIT_ACCESS_H

#include "base/buf.h"
#include "base/rights.h"

typedef struct {
  cy_accounts *accounts;
  char *root;       /* resolved; NULL: this machine */
  const char *user; /* whose rights are asked for; NULL: nobody's. Borrowed */
  cy_who who;       /* that account */
  uint32_t group;   /* its own; CY_ID_NONE: not known */
} cy_access_shared;

/* `root` and `user` may be NULL. */
cy_err *cy_access_begin(cy_access_shared *shared, const char *root, const char *user) CY_MUST_USE;
void cy_access_end(cy_access_shared *shared);

typedef struct {
  const cy_access_shared *shared;
  cy_way path;  /* the folder, and while a file is looked at, that file */
  char *folder; /* as the walk calls it; NULL: none */
  bool known;   /* the folder's path could be looked at */
} cy_access;

void cy_access_init(cy_access *access, const cy_access_shared *shared);
void cy_access_clear(cy_access *access);

/* Enters a file: `folder` and `name` as the walk has them (folder "" when `name` is a whole path). *known =
 * false: nothing can be said. Leave it before the next one. */
cy_err *cy_access_enter(
  cy_access *access, const char *folder, const char *name, const struct stat *st, bool *known) CY_MUST_USE;
void cy_access_leave(cy_access *access);

typedef struct {
  bool everyone;
  bool people;   /* persons, besides the owner and root; true with everyone */
  size_t folder; /* of those who change: the part of the path in which they replace the next one; SIZE_MAX:
                    the file itself may be written */
  cy_buf who;    /* "every user of this machine", "group staff (anna, bob)"; empty: nobody else */
} cy_audience;

#define CY_AUDIENCE_NONE ((cy_audience){.folder = SIZE_MAX, .who = CY_BUF_TEXT})
void cy_audience_clear(cy_audience *audience);
/* Of the file that was entered. */
cy_err *cy_access_readers(const cy_access *access, cy_audience *out) CY_MUST_USE;
/* Who may write the file itself. */
cy_err *cy_access_writers(const cy_access *access, cy_audience *out) CY_MUST_USE;
/* Who may replace it, or a folder above it. */
cy_err *cy_access_replacers(const cy_access *access, cy_audience *out) CY_MUST_USE;

/* "root:ssl-cert 0640" of a part of the path. */
void cy_access_put_mode(const cy_access *access, cy_buf *buf, size_t part);
/* A name, or the number of who has none. */
void cy_access_put_user(const cy_access *access, cy_buf *buf, uint32_t uid);
void cy_access_put_group(const cy_access *access, cy_buf *buf, uint32_t gid);

#endif
