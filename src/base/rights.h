/*
 * Rights: who may read, write or replace a file, computed and never tried.
 *
 * Purpose:   from the mode, owner, group and access control list of a file and of every folder on its
 *            path, what an account may do with it, and what denies it. Trying would tell root's rights,
 *            not those of the account that is meant.
 * Ownership: a path owns its parts (cy_way_clear); everything else is plain data.
 * Errors:    loading: io.* with the path.
 * Threads:   pure functions, but for loading.
 * Source:    acl(5) (access check algorithm), path_resolution(7), POSIX.1-2017 4.5; the list's form is
 *            that of the kernel's uapi/linux/posix_acl_xattr.h.
 *
 * Not considered: capabilities, security modules, read-only mounts, user namespaces, rules of NFS servers.
 */
#ifndef CY_BASE_RIGHTS_H
#define CY_BASE_RIGHTS_H

#include <sys/stat.h>

#include "base/account.h"

enum { CY_MAY_EXECUTE = 1, CY_MAY_WRITE = 2, CY_MAY_READ = 4 }; /* one at a time */
enum { CY_ACL_ENTRIES = 64 };
#define CY_ID_NONE UINT32_MAX

typedef enum { CY_ACL_USER, CY_ACL_GROUP, CY_ACL_MASK } cy_acl_tag;

/* Of an access control list what the mode does not say: named users and groups, and the mask. */
typedef struct {
  cy_acl_tag tag;
  unsigned perms; /* CY_MAY_... */
  uint32_t id;
} cy_acl_entry;

typedef struct {
  uint32_t mode; /* as in struct stat */
  uint32_t uid;
  uint32_t gid;
  unsigned group_perms; /* of the owning group; with a list the mode's group bits are its mask */
  cy_acl_entry *acl;    /* named entries only */
  size_t acl_count;
} cy_rights;

cy_rights cy_rights_of_stat(const struct stat *st);
/* Adds what system.posix_acl_access says. `entries` has room for CY_ACL_ENTRIES. false: it is no list, or
 * has more entries, and nothing was changed. */
bool cy_rights_add_acl(cy_rights *rights, cy_span xattr, cy_acl_entry *entries);

typedef struct {
  uint32_t uid; /* CY_ID_NONE: an account that owns nothing */
  const uint32_t *gids;
  size_t gid_count;
} cy_who;

cy_who cy_who_of(const cy_account *account);
extern const cy_who cy_who_anybody; /* owns nothing, in no group: what everybody may, it may */

/* Which line of the rights decided. */
typedef enum {
  CY_BY_ROOT,
  CY_BY_OWNER,
  CY_BY_USER_ENTRY,
  CY_BY_GROUP,
  CY_BY_GROUP_ENTRY,
  CY_BY_OTHERS,
} cy_rights_by;

typedef struct {
  bool yes;
  cy_rights_by by;
  uint32_t id; /* of the user or group that decided */
  bool masked; /* the list would allow it, its mask does not */
} cy_rights_answer;

cy_rights_answer cy_rights_ask(const cy_rights *rights, const cy_who *who, unsigned may);

/* The way to a file: "/", each folder, the file itself last. */
typedef struct {
  char *path; /* of this component, as messages call it */
  cy_rights rights;
  bool listed; /* it has an access control list */
} cy_way_part;

typedef struct {
  cy_way_part *parts;
  size_t count, cap;
} cy_way;

/* `path` is resolved first (links). `root` (may be NULL) is a folder that stands for "/": the path is
 * below it, and nothing above counts; it must have no link in it and no slash at its end. */
cy_err *cy_way_load(cy_way *out, const char *path, const char *root) CY_MUST_USE;
/* One more part below the last one, of which the state is known. On failure the path is as it was. */
cy_err *cy_way_push(cy_way *path, const char *part, const struct stat *st) CY_MUST_USE;
void cy_way_pop(cy_way *path);
void cy_way_clear(cy_way *path);

/* What denies: a part, and what it would have had to allow. */
typedef struct {
  size_t part;
  unsigned may;
  cy_rights_answer answer;
} cy_way_denial;

/* May this account read (write, list) what stands last? denial may be NULL. */
bool cy_way_may(const cy_way *path, const cy_who *who, unsigned may, cy_way_denial *denial);
/* The topmost folder in which this account may rename or remove the next part, and so put something else
 * in its place; SIZE_MAX when there is none. A sticky folder lets only owners do so. */
size_t cy_way_may_replace(const cy_way *path, const cy_who *who);

#endif
