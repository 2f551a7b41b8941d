/*
 * Patterns of addresses and of names, as channel authentication records have them.
 *
 * Purpose:   192.0.2.*, 192.0.*.1-8, 2001:db8:*, *.example: whether an address fits, and which of two is
 * more specific; generic names with asterisks likewise. Ownership: plain data. Errors:
 * identity.address-wrong. Threads:   pure. Source:    IBM MQ documentation, "Generic IP addresses for
 * channel authentication records" (read 2026-11-21); the order of what is more specific as far as known.
 */
#ifndef CY_IDENTITY_ADDRESS_PATTERN_H
#define CY_IDENTITY_ADDRESS_PATTERN_H

#include "base/err.h"

/* A name with asterisks, each of which stands for any text. */
bool cy_generic_match(const char *pattern, const char *name);
bool cy_generic_is(const char *pattern);
/* Below 0: `a` is more specific. */
int cy_generic_compare(const char *a, const char *b);

typedef enum { CY_ADDRESS_ANY, CY_ADDRESS_V4, CY_ADDRESS_V6, CY_ADDRESS_HOST } cy_address_kind;

typedef struct {
  cy_address_kind kind;
  struct {
    uint16_t low, high;
    bool any;
  } parts[8];
  unsigned count;       /* 4 or 8, the asterisk that stands for several filled up */
  unsigned star, after; /* part of the first asterisk (count: none), parts written behind it */
} cy_address_pattern;

/* The text is kept by the caller: of a host's name it is the pattern. */
cy_err *cy_address_pattern_parse(cy_address_pattern *out, const char *text) CY_MUST_USE;
/* An address alone, without asterisks or ranges. */
bool cy_address_is(const char *text);

typedef enum { CY_FITS_NO, CY_FITS_MAYBE, CY_FITS_YES } cy_fits;
/* `address` NULL: not known. Of a host's name nobody can say which address it has. */
cy_fits cy_address_pattern_fits(const cy_address_pattern *pattern, const char *text, const char *address);
int cy_address_pattern_compare(
  const cy_address_pattern *a, const char *a_text, const cy_address_pattern *b, const char *b_text);

#endif
