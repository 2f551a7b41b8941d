/*
 * Accounts: who there is on a machine, and who is in which group.
 *
 * Purpose:   read passwd and group files, of this machine or of a saved tree, so that rights can be
 *            computed for any account without being it.
 * Ownership: cy_accounts owns everything it hands out; a loaded one is constant.
 * Errors:    memory, and files that are there but can not be read. Lines that are no accounts are left
 *            out; a tree without these files has no accounts.
 * Threads:   constant once loaded: may be shared.
 * Source:    passwd(5), group(5).
 *
 * Accounts that only a directory server knows are not seen: their numbers are shown instead.
 */
#ifndef CY_BASE_ACCOUNT_H
#define CY_BASE_ACCOUNT_H

#include "base/err.h"

typedef struct {
  const char *name;
  const char *shell;
  uint32_t uid;
  uint32_t gid;         /* its own group */
  bool person;          /* as far as can be told: a number from 1000 on and a shell to log on with */
  const uint32_t *gids; /* of all its groups, its own among them, ascending */
  size_t gid_count;
} cy_account;

typedef struct {
  const char *name; /* NULL: a group that only accounts mention */
  uint32_t gid;
  const uint32_t *members; /* positions of accounts, ascending; those whose own group it is among them */
  size_t member_count;
} cy_group;

typedef struct cy_accounts cy_accounts;

cy_err *cy_accounts_parse(cy_accounts **out, cy_span passwd, cy_span group) CY_MUST_USE;
/* ROOT/etc/passwd and ROOT/etc/group; root NULL or "": this machine's. */
cy_err *cy_accounts_load(cy_accounts **out, const char *root) CY_MUST_USE;
void cy_accounts_free(cy_accounts *accounts);
CY_AUTO_DEFINE(cy_accounts)

size_t cy_accounts_count(const cy_accounts *accounts);
const cy_account *cy_accounts_at(const cy_accounts *accounts, size_t position);
/* NULL when there is none. Of several with one number: the first. */
const cy_account *cy_accounts_find(const cy_accounts *accounts, const char *name);
const cy_account *cy_accounts_by_uid(const cy_accounts *accounts, uint32_t uid);
const cy_group *cy_accounts_group(const cy_accounts *accounts, uint32_t gid);

#endif
