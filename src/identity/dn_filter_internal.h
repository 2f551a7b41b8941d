/*
 * Inside of filters: what dn_filter.c and dn_filter_match.c share; nobody else includes it.
 *
 * Purpose:   types of attributes by their OIDs.
 * Ownership: none.
 * Errors:    none.
 * Threads:   pure.
 * Source:    as dn_filter.h.
 */
#ifndef CY_IDENTITY_DN_FILTER_INTERNAL_H
#define CY_IDENTITY_DN_FILTER_INTERNAL_H

#include "identity/dn_filter.h"

/* Several of them may stand in one filter. */
static inline bool cy_dn_type_repeats(cy_dn_type type)
{
  return type == CY_DN_OU || type == CY_DN_DC;
}

static inline cy_span cy_dn_part_value(const cy_dn_filter *filter, const cy_dn_part *part)
{
  return cy_span_of(filter->values + part->at, part->len);
}

#endif
