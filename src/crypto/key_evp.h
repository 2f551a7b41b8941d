/*
 * Public keys as OpenSSL objects, without its decoders.
 *
 * Purpose:   make an EVP_PKEY from what key_info.c read with cursors. OpenSSL's own way from a
 *            SubjectPublicKeyInfo searches all its decoders, which costs more than an RSA check;
 *            chains of an audit ask for thousands.
 * Ownership: the caller frees with EVP_PKEY_free.
 * Errors:    key.malformed, crypto.unsupported.
 * Threads:   safe.
 * Source:    OpenSSL 3 manual: EVP_PKEY-RSA(7), EVP_PKEY-EC(7), EVP_PKEY-DSA(7), EVP_PKEY-X25519(7).
 */
#ifndef CY_CRYPTO_KEY_EVP_H
#define CY_CRYPTO_KEY_EVP_H

#include <openssl/evp.h>

#include "crypto/key.h"

/* `inherited`: the issuer's DSA parameters (whole), for a key that has none; may be empty. */
cy_err *cy_evp_public(EVP_PKEY **out, const cy_key_info *info, cy_span spki, cy_span inherited) CY_MUST_USE;
/* OpenSSL's name of a digest, or NULL. */
const char *cy_evp_digest_name(cy_oid digest);

static inline void cy_evp_auto(EVP_PKEY **key)
{
  EVP_PKEY_free(*key);
}
#define CY_AUTO_EVP __attribute__((cleanup(cy_evp_auto))) EVP_PKEY

#endif
