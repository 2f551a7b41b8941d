/*
 * PrivateKeyInfo (PKCS#8) read with cursors.
 *
 * Purpose:   the parts of a private key's wrapper, for key.c and its siblings.
 * Ownership: spans borrow the bytes, which are secret.
 * Errors:    key.malformed.
 * Threads:   plain functions on the caller's data.
 * Source:    RFC 5208, RFC 5958 (version 1 with the public key).
 */
#ifndef CY_CRYPTO_PKCS8_H
#define CY_CRYPTO_PKCS8_H

#include <openssl/types.h>

#include "crypto/key.h"

typedef struct {
  cy_span algid;   /* whole */
  cy_span alg_oid; /* content octets */
  cy_span params;  /* whole, or empty */
  cy_oid algorithm;
  cy_span key; /* content of the OCTET STRING */
} cy_pkcs8;

cy_err *cy_pkcs8_parse(cy_pkcs8 *out, cy_span der) CY_MUST_USE;
/* As an OpenSSL object, freed by the caller. */
cy_err *cy_evp_private(EVP_PKEY **out, const cy_pkcs8 *key) CY_MUST_USE;

#endif
