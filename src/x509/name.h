/*
 * Distinguished names: one name, every notation.
 *
 * Purpose:   read what any product writes, write what any product reads, compare as RFC 5280 does.
 * Ownership: names are spans of DER (the Name with its SEQUENCE tag), borrowed.
 * Errors:    x509.name-malformed, with the place in the text.
 * Threads:   pure functions.
 * Source:    RFC 5280 4.1.2.4 and 7.1, RFC 4514, RFC 4518; openssl(1) -nameopt; the notations of
 *            queue managers and RACF.
 */
#ifndef CY_X509_NAME_H
#define CY_X509_NAME_H

#include "base/buf.h"
#include "base/cursor.h"
#include "base/oid.h"

typedef enum {
  CY_NAMES_RFC4514,     /* CN=y,O=x,C=GB (last part first) */
  CY_NAMES_OPENSSL,     /* C = GB, O = x, CN = y */
  CY_NAMES_OPENSSL_OLD, /* /C=GB/O=x/CN=y */
  CY_NAMES_MQ,          /* CN=y,O=x,C=GB with OID-free keywords, most specific first */
  CY_NAMES_RACF,        /* CN=y.O=x.C=GB */
  CY_NAMES_COUNT
} cy_names;

const char *cy_names_id(cy_names notation); /* "rfc4514", "openssl" ... */
bool cy_names_parse(cy_names *out, const char *id);

/* One attribute of a name, in the order of the encoding. */
typedef struct {
  cy_oid type;
  cy_span oid;    /* content octets */
  uint8_t tag;    /* of the value: CY_DER_UTF8_STRING ... */
  cy_span value;  /* content octets as encoded */
  bool joined;    /* belongs to the same RDN as the one before (a multi-valued RDN) */
} cy_name_attr;

typedef struct {
  cy_parse parse;
  cy_cur rdns;
  cy_cur rdn;
} cy_name_iter;

cy_name_iter cy_name_each(cy_span name);
bool cy_name_next(cy_name_iter *iter, cy_name_attr *attr);
/* The same without looking the type up: attr->type stays CY_OID_UNKNOWN. */
bool cy_name_step(cy_name_iter *iter, cy_name_attr *attr);
/* After the last one: was everything a name, to the last byte? */
bool cy_name_ok(const cy_name_iter *iter);

/* The value as UTF-8, whatever string type it has; bytes that are no text come as #hex. */
void cy_name_value(cy_buf *utf8, const cy_name_attr *attr);
/* An attribute type of names, not any OID that has a short name: others are written with dots. */
bool cy_name_is_type(cy_oid oid);
/* Empty name: "". */
void cy_name_format(cy_buf *buf, cy_span name, cy_names notation);
/* The last attribute of this type as UTF-8; false when there is none. */
bool cy_name_find(cy_buf *utf8, cy_span name, cy_oid type);
/* What to call somebody in a list: CN, else OU, O, e-mail, else the whole name. */
void cy_name_short(cy_buf *utf8, cy_span name);
bool cy_name_is_empty(cy_span name);

/* Equal after string preparation: case, runs of blanks and string type do not matter. */
bool cy_name_equal(cy_span a, cy_span b);
/* A form that is the same bytes for equal names, for look-up tables. */
void cy_name_canonical(cy_buf *buf, cy_span name);
/* `name` has the RDNs of `base` at its beginning (RFC 5280 4.2.1.10). */
bool cy_name_within(cy_span name, cy_span base);

/* The number under which OpenSSL's hashed folders hold certificates and CRLs of this name (x509 -hash): of
 * strings only their words count, without case. x509.name-malformed: OpenSSL can not read it either. */
cy_err *cy_name_hash(uint32_t *hash, cy_span name) CY_MUST_USE;
/* The same up to OpenSSL 0.9.8 (x509 -subject_hash_old): MD5 of the encoding. */
cy_err *cy_name_hash_old(uint32_t *hash, cy_span name) CY_MUST_USE;

/*
 * Reads any of the notations above, telling them apart by themselves; appends DER.
 *
 *   /C=GB/O=x/CN=y        a slash in front: OpenSSL's old form. Parts end at a slash before KEYWORD=;
 *                         \xC3 is a byte. Order as written.
 *   C = GB, O = x         blanks around the first "=": OpenSSL. Quotes or backslashes. Order as written.
 *   CN=y.O=x.C=GB         no comma, a dot before KEYWORD=: RACF.
 *   CN=y,O=x,C=GB         the rest: RFC 4514, queue managers, LDAP (also with semicolons).
 *
 * Types are read in any case and by any of their names, or as dotted numbers (also OID.1.2.3). Blanks
 * around separators do not count. A separator counts only where KEYWORD= follows, so that
 * O=Smith, Jones needs no escapes. The last two kinds may be written from either end: a name whose
 * first ranked part is more special than its last (C, DC before ST, L before O before OU before the
 * rest) is turned round into the order of the encoding, C first.
 *
 * What stays ambiguous: a name of parts of one rank (CN=a,CN=b) is taken as RFC 4514, last part first;
 * a name that really is encoded with C last can be given in OpenSSL's notations only; in RACF's,
 * ".KEYWORD=" inside a value divides it; MAIL in capitals is the e-mail address (queue managers),
 * in other case LDAP's mail; SERIALNUMBER with a value like 4C:D0:49 is the certificate's serial number,
 * as queue managers show it, and no part of the name (UNSTRUCTUREDNAME and UNSTRUCTUREDADDRESS, host
 * name and IP address there, are).
 */
cy_err *cy_name_parse(cy_buf *der, const char *text) CY_MUST_USE;

typedef struct {
  cy_names notation; /* what it was taken for; CY_NAMES_RFC4514 for queue managers too, but for a serial */
  bool reversed;     /* it was written most special part first */
  uint8_t serial[32]; /* of queue manager notation */
  size_t serial_len;
} cy_name_reading;

/* The same, and says what it found. `how` may be NULL. */
cy_err *cy_name_parse_as(cy_buf *der, cy_name_reading *how, const char *text) CY_MUST_USE;

#endif
