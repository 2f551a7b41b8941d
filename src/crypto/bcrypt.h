/*
 * bcrypt's key derivation, as OpenSSH uses it.
 *
 * Purpose:   the key under which OpenSSH seals private keys. OpenSSL has no Blowfish that can be given a
 *            salted key schedule, and no library of Debian has this derivation.
 * Ownership: the caller's buffer.
 * Errors:    crypto.cost-refused, memory.
 * Threads:   pure functions on the caller's data and constants.
 * Source:    Provos and Mazieres, "A Future-Adaptable Password Scheme" (1999); Schneier's description of
 *            Blowfish (1994), whose initial values are the digits of pi; OpenBSD's bcrypt_pbkdf(3).
 */
#ifndef CY_CRYPTO_BCRYPT_H
#define CY_CRYPTO_BCRYPT_H

#include "base/err.h"

enum { CY_BLOWFISH_P = 18, CY_BLOWFISH_WORDS = CY_BLOWFISH_P + 4 * 256 };
extern const uint32_t cy_blowfish_pi[CY_BLOWFISH_WORDS];

/* At most 1024 bytes. */
cy_err *cy_bcrypt_pbkdf(uint8_t *out, size_t len, cy_span password, cy_span salt, uint32_t rounds)
  CY_MUST_USE;

#endif
