/*
 * General names: what a certificate calls somebody besides the distinguished name.
 *
 * Purpose:   go through the names of a subjectAltName and of all other extensions that hold
 *            GeneralNames, and write one in words.
 * Ownership: spans borrow from the bytes that were given.
 * Errors:    cy_gn_next answers false at the end; cy_gn_ok then says whether all was well.
 * Threads:   pure functions.
 * Source:    RFC 5280 4.2.1.6 (GeneralName), 4.2.1.10 (subtrees of addresses), RFC 5952.
 */
#ifndef CY_X509_GENERAL_NAME_H
#define CY_X509_GENERAL_NAME_H

#include "base/cursor.h"
#include "base/oid.h"

/* Numbered as the tags of the choice are. */
typedef enum {
  CY_GN_OTHER = 0,
  CY_GN_EMAIL = 1,
  CY_GN_DNS = 2,
  CY_GN_X400 = 3,
  CY_GN_DIRECTORY = 4,
  CY_GN_EDI = 5,
  CY_GN_URI = 6,
  CY_GN_IP = 7,
  CY_GN_REGISTERED = 8,
  CY_GN_COUNT
} cy_gn_kind;

typedef struct {
  cy_gn_kind kind;
  /* E-mail, DNS, URI: the IA5 text; IP: 4 or 16 octets (8 or 32 with a mask in constraints);
   * directory: the Name with its SEQUENCE tag; registered: content of the OID; other: the value
   * with tag and length; X.400 and EDI: the content. */
  cy_span value;
  cy_span other_oid; /* other: content of type-id */
  cy_oid other_type;
} cy_general_name;

typedef struct {
  cy_parse parse;
  cy_cur list;
} cy_gn_iter;

/* `names`: GeneralNames with its SEQUENCE tag, which is the value of a subjectAltName. */
void cy_gn_begin(cy_gn_iter *iter, cy_span names);
/* `content`: the GeneralNames without tag and length, as where it is implicitly tagged. */
void cy_gn_begin_content(cy_gn_iter *iter, cy_span content);
bool cy_gn_next(cy_gn_iter *iter, cy_general_name *name);
/* After the last cy_gn_next: was everything a name, to the last byte? */
bool cy_gn_ok(const cy_gn_iter *iter);

/* Reads the next GeneralName of a cursor that is inside something larger. */
bool cy_gn_read(cy_cur *cur, cy_general_name *name);

const char *cy_gn_kind_id(cy_gn_kind kind);    /* "dns", "ip", "email": for programs */
const char *cy_gn_kind_words(cy_gn_kind kind); /* "DNS", "IP address": for people */
/* "mq1.example", "192.0.2.1", "192.0.2.0/24", "CN=x,O=y", "jane@example (User Principal Name)" */
void cy_gn_format(cy_buf *utf8, const cy_general_name *name);

#endif
