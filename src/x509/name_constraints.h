/*
 * Name constraints: is this name one that the CA may certify?
 *
 * Purpose:   read the extension once and hold any number of names against it.
 * Ownership: spans borrow from the extension; the lists are the constraints' own
 *            (cy_name_constraints_clear).
 * Errors:    lack of memory. What is malformed is remembered in `malformed`.
 * Threads:   immutable after parsing.
 * Source:    RFC 5280 4.2.1.10, RFC 9598 6 (mailboxes in UTF-8).
 */
#ifndef CY_X509_NAME_CONSTRAINTS_H
#define CY_X509_NAME_CONSTRAINTS_H

#include "x509/general_name.h"

typedef struct {
  cy_general_name *items;
  size_t count;
  size_t cap;
} cy_general_names;

typedef struct {
  cy_general_names permitted;
  cy_general_names excluded;
  unsigned permitted_kinds; /* bit 1 << cy_gn_kind: some subtree of that kind is there */
  unsigned excluded_kinds;
  const char *malformed; /* what is wrong with it, or NULL */
  bool leading_dot;      /* a DNS subtree begins with a dot, which RFC 5280 does not know */
} cy_name_constraints;

cy_err *cy_name_constraints_parse(cy_name_constraints *out, cy_span value) CY_MUST_USE;
void cy_name_constraints_clear(cy_name_constraints *constraints);

enum {
  CY_NC_WILDCARDS = 1 << 0, /* *.example.com is excluded when any host under it is */
  CY_NC_LAST_AT = 1 << 1,   /* the host of a mailbox begins after its last @, however many there are */
};

typedef enum {
  CY_NC_FINE,
  CY_NC_NOT_PERMITTED,
  CY_NC_EXCLUDED,
  CY_NC_UNSUPPORTED, /* constrained in a kind of name that can not be compared */
  CY_NC_BAD_NAME,    /* the name is not what its kind must be, so it can not be compared */
} cy_nc_verdict;

/* *work grows by the comparisons made, *subtree (may be NULL) is the one that excludes it; `flags` of
 * CY_NC_WILDCARDS ... */
cy_nc_verdict cy_name_constraints_check(const cy_name_constraints *constraints, const cy_general_name *name,
  unsigned flags, uint64_t *work, const cy_general_name **subtree);

#endif
