/*
 * Inside of channel authentication: what chlauth*.c share; nobody else includes it.
 *
 * Purpose:   which of two records wins; the first record of a profile.
 * Ownership: borrows.
 * Errors:    none.
 * Threads:   pure.
 * Source:    as chlauth.h.
 */
#ifndef CY_IDENTITY_CHLAUTH_INTERNAL_H
#define CY_IDENTITY_CHLAUTH_INTERNAL_H

#include "identity/chlauth.h"

/* Below 0: `a` wins. */
int cy_chlauth_compare(const cy_chlauth_record *a, const cy_chlauth_record *b);
/* CY_MAP_NONE: there is none. */
size_t cy_chlauth_first(const cy_chlauth *records, const char *profile, cy_chlauth_type type);
/* The next name of a list that commas divide; false: there is none. */
bool cy_chlauth_list_next(const char **list, cy_span *item);

#endif
