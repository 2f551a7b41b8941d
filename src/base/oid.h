/*
 * Object identifiers that Causey knows by name.
 *
 * Purpose:   compare and name OIDs without making objects of them.
 * Ownership: the table is constant.
 * Errors:    an unknown OID is CY_OID_UNKNOWN; cy_oid_format writes it with dots.
 * Threads:   constant data.
 */
#ifndef CY_BASE_OID_H
#define CY_BASE_OID_H

#include "base/buf.h"

typedef enum {
#define CY_OID_ROW(name, content, length, dotted, short_name, words) CY_OID_##name,
#include "oids.inc"
#undef CY_OID_ROW
  CY_OID_UNKNOWN
} cy_oid;

/* Of the content octets, without tag and length. */
cy_oid cy_oid_find(cy_span content);
/* By dotted, short or long name, without regard to case. */
cy_oid cy_oid_find_name(cy_span name);
cy_span cy_oid_content(cy_oid oid);
const char *cy_oid_dotted(cy_oid oid);
const char *cy_oid_short(cy_oid oid); /* "CN", "keyUsage" */
const char *cy_oid_words(cy_oid oid); /* "commonName", "Key Usage" */
/* The words of a known OID, the dotted form of another. */
void cy_oid_put_words(cy_buf *buf, cy_span content);
void cy_oid_put_short(cy_buf *buf, cy_span content);

#endif
