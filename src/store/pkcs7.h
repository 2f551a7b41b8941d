/*
 * PKCS#7 and CMS SignedData: the certificates and CRLs in it.
 *
 * Purpose:   bundles of certificates (.p7b, .p7c) are SignedData that signs nothing; signed data carries
 *            its signer's certificates the same way.
 * Ownership: spans borrow the input, or `der` where it had to be converted from BER.
 * Errors:    store.damaged for what begins as SignedData and does not go on so; crypto.unsupported for the
 *            other kinds (enveloped data).
 * Threads:   pure functions.
 * Source:    RFC 2315 section 9, RFC 5652 section 5 and 10.2, RFC 8551 section 3.8 (certs-only).
 */
#ifndef CY_STORE_PKCS7_H
#define CY_STORE_PKCS7_H

#include "base/buf.h"

typedef struct {
  cy_span der;
  bool is_crl;
} cy_pkcs7_item;

typedef struct {
  cy_buf der;           /* when the input was BER */
  cy_pkcs7_item *items; /* certificates, then CRLs, in their order */
  size_t count, cap;
  size_t others;    /* attribute certificates and the like, which are not read */
  bool is_signed;   /* it signs something: adding to it or taking from it is for its maker */
  bool has_content; /* what is signed is in it, too */
} cy_pkcs7;

cy_err *cy_pkcs7_parse(cy_pkcs7 *out, cy_span bytes) CY_MUST_USE;
void cy_pkcs7_clear(cy_pkcs7 *p7);
/* SignedData that signs nothing, with these in it. */
void cy_pkcs7_encode(cy_buf *out, const cy_pkcs7_item *items, size_t count);

typedef enum {
  CY_PKCS7_NONE,
  CY_PKCS7_SIGNED, /* of something */
  CY_PKCS7_BARE,   /* a bundle of certificates */
} cy_pkcs7_kind;
/* By the first octets of a DER or BER file. */
cy_pkcs7_kind cy_pkcs7_detect(cy_span head);

#endif
