/*
 * Passwords that everybody tries first.
 *
 * Purpose:   the list for trying, and the answer whether a password is one of them.
 * Ownership: constant data (data/common-passwords.txt).
 * Errors:    none.
 * Threads:   constant data.
 */
#ifndef CY_STORE_COMMON_PASSWORD_H
#define CY_STORE_COMMON_PASSWORD_H

#include "base/common.h"

/* The most frequent first; the empty one is the first. */
extern const char *const cy_common_passwords[];
extern const size_t cy_common_password_count;
/* The entry of the list, or NULL. */
const char *cy_common_password_find(cy_span password);

#endif
