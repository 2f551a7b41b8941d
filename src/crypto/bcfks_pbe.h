/*
 * Encryption and integrity of Bouncy Castle's BCFKS keystores.
 *
 * Purpose:   PBES2 as BCFKS uses it: what is stretched is the password as in PKCS#12, with the purpose of
 *            the key behind it, so that one password gives other keys for each; and the HMAC of the store.
 * Ownership: results are appended to the caller's buffers.
 * Errors:    crypto.wrong-password when a tag does not fit; crypto.unsupported, crypto.cost-refused,
 *            input.malformed.
 * Threads:   safe.
 * Source:    the observable behaviour of Bouncy Castle 1.72; RFC 8018 (PBES2, PBKDF2), RFC 7914 (scrypt),
 *            RFC 5084 (AES-CCM), RFC 5649 (AES key wrap with padding).
 *
 * Of scrypt's parameters the parallelisation is in the file, and Bouncy Castle takes the block size for it.
 */
#ifndef CY_CRYPTO_BCFKS_PBE_H
#define CY_CRYPTO_BCFKS_PBE_H

#include "base/secret.h"
#include "crypto/digest.h"
#include "crypto/pbe.h"

typedef enum {
  CY_BCFKS_STORE,
  CY_BCFKS_INTEGRITY,
  CY_BCFKS_PRIVATE_KEY,
  CY_BCFKS_SECRET_KEY
} cy_bcfks_purpose;

/* `algid` is PBES2's. NULL counts as the empty password. */
cy_err *cy_bcfks_decrypt(cy_buf *plain, cy_bcfks_purpose purpose, cy_span algid, const cy_secret *password,
  cy_span sealed) CY_MUST_USE;
/* After a tag did not fit: the first octets (at most 16) as this password gives them, whose form tells a
 * damaged file from a wrong password. None where the cipher gives no part without the whole. */
cy_err *cy_bcfks_peek(cy_buf *first, cy_bcfks_purpose purpose, cy_span algid, const cy_secret *password,
  cy_span sealed) CY_MUST_USE;
/* The HMAC of data: `mac` and `kdf` are AlgorithmIdentifiers, the second one with the length of the key. */
cy_err *cy_bcfks_mac(cy_digest *out, cy_span mac, cy_span kdf, const cy_secret *password, cy_span data)
  CY_MUST_USE;
/* *mac is HMAC_SHA512 or the like; of *out only what the derivation says is set. */
cy_err *cy_bcfks_mac_describe(cy_pbe_info *out, cy_oid *mac, cy_span mac_algid, cy_span kdf) CY_MUST_USE;

#endif
