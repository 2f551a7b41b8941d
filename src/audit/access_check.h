/*
 * What the rights of a store let happen (traps A04, A02).
 *
 * Purpose:   findings about private keys that others can read, stores and folders that others can
 *            change, and stores that a given account can not read.
 * Ownership: findings go into the store's list; nothing is kept.
 * Errors:    memory.
 * Threads:   each worker with its own cy_access.
 *
 * Silent where only the owner, root and service accounts come in: 0600, root:ssl-cert 0640.
 */
#ifndef CY_AUDIT_ACCESS_CHECK_H
#define CY_AUDIT_ACCESS_CHECK_H

#include "audit/access.h"
#include "audit/audit.h"

/* Of the store's file, which was entered. `sealed`: it was not opened and may hold private keys. */
cy_err *cy_access_check(cy_access *access, cy_audit_store *store, bool sealed) CY_MUST_USE;

#endif
