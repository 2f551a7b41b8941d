/*
 * Twofish, which OpenSSL has not.
 *
 * Purpose:   decipher (and, for tests and new stores, encipher) Twofish with a key of 256 bits in CBC mode:
 *            what Bouncy Castle's UBER keystores are under.
 * Ownership: the caller's arrays; nothing is kept but the library, until the end of the process.
 * Errors:    crypto.unavailable with the name of the package when libnettle is not there;
 *            input.malformed for a length that is no multiple of the block's.
 * Threads:   safe.
 * Source:    B. Schneier et al., Twofish: A 128-Bit Block Cipher (1998); libnettle's nettle/twofish.h.
 *
 * libnettle is loaded when it is first needed, since hardly anybody ever needs it.
 */
#ifndef CY_CRYPTO_TWOFISH_H
#define CY_CRYPTO_TWOFISH_H

#include "base/err.h"

enum { CY_TWOFISH_KEY = 32, CY_TWOFISH_BLOCK = 16 };

/* `out` has room for in.len. Without padding: that is the caller's. */
cy_err *cy_twofish_cbc(bool encrypt, const uint8_t key[CY_TWOFISH_KEY], const uint8_t iv[CY_TWOFISH_BLOCK],
  cy_span in, uint8_t *out) CY_MUST_USE;

#endif
