/*
 * Filters of distinguished names, as queue managers have them: SSLPEER and SSLCERTI.
 *
 * Purpose:   read a filter, hold it against a certificate's name, say what differs first, write the filter
 *            that would match, and tell which of two is more specific.
 * Ownership: a filter owns its texts; who is compared is borrowed.
 * Errors:    identity.filter-wrong, with the character and the nearest right word.
 * Threads:   immutable once parsed.
 * Source:    IBM MQ documentation, "IBM MQ rules for SSLPEER values", "Distinguished Names", "Channel
 *            authentication records" (read 2026-11-21). How DCs are counted, and which of two filters is
 *            more specific, as far as known.
 */
#ifndef CY_IDENTITY_DN_FILTER_H
#define CY_IDENTITY_DN_FILTER_H

#include "base/buf.h"

/* In the order in which they make a filter specific: what stands first weighs most. */
typedef enum {
  CY_DN_SERIALNUMBER, /* the certificate's, in this notation */
  CY_DN_MAIL,
  CY_DN_UID,
  CY_DN_CN,
  CY_DN_T,
  CY_DN_OU,
  CY_DN_DC,
  CY_DN_O,
  CY_DN_STREET,
  CY_DN_L,
  CY_DN_ST,
  CY_DN_PC,
  CY_DN_C,
  CY_DN_UNSTRUCTUREDNAME,
  CY_DN_UNSTRUCTUREDADDRESS,
  CY_DN_DNQ,
  CY_DN_TYPES
} cy_dn_type;
const char *cy_dn_type_name(cy_dn_type type); /* "CN" */

typedef struct {
  cy_dn_type type;
  size_t at, len;            /* of the value in the filter's bytes, folded, without its asterisks */
  bool open_start, open_end; /* an asterisk there; both and no text: any value */
} cy_dn_part;

enum { CY_DN_PARTS = 32, CY_DN_FILTER_BYTES = 1024 };

typedef struct {
  char *text; /* as it was written */
  cy_dn_part parts[CY_DN_PARTS];
  size_t count;
  char *values;
  size_t star; /* character of an asterisk inside of a value, which stands for itself; 0: none */
} cy_dn_filter;

/* Whom it is held against. */
typedef struct {
  cy_span name;   /* DER of the Name */
  cy_span serial; /* content octets of the certificate's serial number; empty: not known */
} cy_dn_subject;

cy_err *cy_dn_filter_parse(cy_dn_filter **out, const char *text) CY_MUST_USE;
void cy_dn_filter_free(cy_dn_filter *filter);
CY_AUTO_DEFINE(cy_dn_filter)

/* A blank filter matches everybody. `why` (may be NULL) gets the first attribute that differs, in words. */
bool cy_dn_filter_match(const cy_dn_filter *filter, const cy_dn_subject *who, cy_buf *why);
/* Below 0: `a` is more specific; 0: they weigh the same. */
int cy_dn_filter_compare(const cy_dn_filter *a, const cy_dn_filter *b);
/* The name as queue managers show it: with the serial number, and OUs from the highest down. */
void cy_dn_subject_format(cy_buf *buf, const cy_dn_subject *who);
/* A filter that matches this name: all that filters can name but the serial number. */
void cy_dn_filter_suggest(cy_buf *buf, const cy_dn_subject *who);

#endif
