/*
 * Argon2, the password hash of RFC 9106.
 *
 * Purpose:   the derivation of PuTTY's key files (version 3). OpenSSL has it from 3.2 on only, so libargon2
 *            is loaded when such a key is opened, and never before.
 * Ownership: the caller's buffer.
 * Errors:    crypto.unavailable without libargon2, crypto.cost-refused.
 * Threads:   safe.
 * Source:    RFC 9106; the library's public header argon2.h.
 */
#ifndef CY_CRYPTO_ARGON2_H
#define CY_CRYPTO_ARGON2_H

#include "base/err.h"

typedef enum { CY_ARGON2_D, CY_ARGON2_I, CY_ARGON2_ID } cy_argon2_type;

typedef struct {
  cy_argon2_type type;
  uint32_t memory_kib, passes, lanes;
} cy_argon2_cost;

cy_err *cy_argon2(uint8_t *out, size_t len, const cy_argon2_cost *cost, cy_span password, cy_span salt)
  CY_MUST_USE;

#endif
