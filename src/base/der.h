/*
 * DER: reading with cursors, writing into buffers, and turning BER into DER.
 *
 * Purpose:   the ASN.1 encoding under certificates, keys and PKCS#12.
 * Ownership: spans borrow the input; writers append to the caller's buffer.
 * Errors:    reading notes failures in the cursor's parse (base/cursor.h); writing in the buffer.
 * Threads:   plain functions on the caller's data.
 * Source:    ITU-T X.690 (definite lengths 8.1.3, DER 10.1).
 */
#ifndef CY_BASE_DER_H
#define CY_BASE_DER_H

#include "base/buf.h"
#include "base/cursor.h"
#include "base/time.h"

enum {
  CY_DER_BOOLEAN = 0x01,
  CY_DER_INTEGER = 0x02,
  CY_DER_BIT_STRING = 0x03,
  CY_DER_OCTET_STRING = 0x04,
  CY_DER_NULL = 0x05,
  CY_DER_OID = 0x06,
  CY_DER_ENUMERATED = 0x0a,
  CY_DER_UTF8_STRING = 0x0c,
  CY_DER_NUMERIC_STRING = 0x12,
  CY_DER_PRINTABLE_STRING = 0x13,
  CY_DER_T61_STRING = 0x14,
  CY_DER_IA5_STRING = 0x16,
  CY_DER_UTC_TIME = 0x17,
  CY_DER_GENERALIZED_TIME = 0x18,
  CY_DER_VISIBLE_STRING = 0x1a,
  CY_DER_UNIVERSAL_STRING = 0x1c,
  CY_DER_BMP_STRING = 0x1e,
  CY_DER_SEQUENCE = 0x30,
  CY_DER_SET = 0x31,
};
#define CY_DER_CONTEXT(n) (0x80 | (n))             /* primitive [n] */
#define CY_DER_CONTEXT_CONSTRUCTED(n) (0xa0 | (n)) /* constructed [n] */

/* One value: its tag octet, its content, and the whole with tag and length. */
typedef struct {
  uint8_t tag;
  cy_span content;
  cy_span whole;
} cy_der;

/* Tag octet of the next value, 0 at the end. High tag numbers (>30) are refused on reading. */
uint8_t cy_der_peek(const cy_cur *cur);
cy_der cy_der_next(cy_cur *cur);
/* The content of the next value, which must have this tag. */
cy_span cy_der_take(cy_cur *cur, uint8_t tag);
/* The next value with tag and length, which must have this tag. */
cy_span cy_der_take_whole(cy_cur *cur, uint8_t tag);
/* A cursor inside the next value, which must have this tag; counts depth. */
cy_cur cy_der_enter(cy_cur *cur, uint8_t tag);
/* Enters when the next value has this tag; false (and an empty cursor) otherwise. */
bool cy_der_enter_if(cy_cur *cur, uint8_t tag, cy_cur *inner);
/* The content when the next value has this tag. */
bool cy_der_take_if(cy_cur *cur, uint8_t tag, cy_span *content);
/* Over the tag of a SEQUENCE and whatever it says of its length: for telling formats by their heads. */
bool cy_der_skip_head(cy_cur *cur);
/* Ends a cursor from cy_der_enter: fails when something is left over. */
void cy_der_leave(cy_cur *inner);

bool cy_der_bool(cy_cur *cur);
/* A non-negative INTEGER that fits; fails otherwise. */
uint64_t cy_der_uint(cy_cur *cur);
/* The magnitude of a non-negative INTEGER without its leading zero octet. */
cy_span cy_der_unsigned(cy_cur *cur);
/* A BIT STRING of whole octets; *unused (may be NULL) receives the number of unused bits,
 * which must otherwise be 0. */
cy_span cy_der_bits(cy_cur *cur, unsigned *unused);
/* UTCTime or GeneralizedTime. */
cy_time cy_der_time(cy_cur *cur);

/* Writing: `size_t at = cy_der_begin(b); ...content...; cy_der_end(b, at, TAG);` */
size_t cy_der_begin(cy_buf *buf);
void cy_der_end(cy_buf *buf, size_t at, uint8_t tag);
void cy_der_put(cy_buf *buf, uint8_t tag, cy_span content);
void cy_der_put_uint(cy_buf *buf, uint64_t v);
/* An INTEGER from a big-endian magnitude; a leading zero is added or dropped as needed. */
void cy_der_put_unsigned(cy_buf *buf, cy_span magnitude);
void cy_der_put_bool(cy_buf *buf, bool v);
void cy_der_put_null(cy_buf *buf);
/* An OBJECT IDENTIFIER from its dotted form, which must be valid. */
void cy_der_put_oid(cy_buf *buf, const char *dotted);
void cy_der_put_time(cy_buf *buf, cy_time t); /* UTCTime until 2049, GeneralizedTime after */

/* The dotted form of an OID's content; fails the buffer never, writes "?" when invalid. */
void cy_oid_format(cy_buf *buf, cy_span oid);
/* Encodes a dotted OID's content. false when the text is not an OID. */
bool cy_oid_parse(cy_buf *content, const char *dotted);

/*
 * Rewrites BER with indefinite lengths and constructed strings as definite, primitive values.
 * Only the outermost value of `ber` is converted (with all that is nested in it); *consumed says
 * how long it was. Octet strings that contain other encodings are joined but not looked into.
 * Of an IMPLICIT [n] nobody can tell without its definition whether it is a string in parts: it
 * stays constructed, with definite parts that its reader joins.
 */
cy_err *cy_ber_to_der(cy_buf *der, cy_span ber, size_t *consumed) CY_MUST_USE;
/* true when the first value needs cy_ber_to_der: an indefinite length or a string in parts, at any
 * depth, as far as the bytes go. */
bool cy_ber_is_indefinite(cy_span bytes);

#endif
