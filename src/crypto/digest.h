/*
 * Digests and HMACs.
 *
 * Purpose:   fingerprints, key identifiers, the integrity values of keystores.
 * Ownership: results are values.
 * Errors:    crypto.* only when the library has not got the algorithm.
 * Threads:   safe; each thread has its own OpenSSL context, reused.
 */
#ifndef CY_CRYPTO_DIGEST_H
#define CY_CRYPTO_DIGEST_H

#include "base/err.h"

typedef enum { CY_MD5, CY_SHA1, CY_SHA224, CY_SHA256, CY_SHA384, CY_SHA512, CY_DIGESTS } cy_digest_alg;

enum { CY_DIGEST_MAX = 64 };

typedef struct {
  uint8_t bytes[CY_DIGEST_MAX];
  size_t len;
} cy_digest;

static inline cy_span cy_digest_get(const cy_digest *d)
{
  return cy_span_of(d->bytes, d->len);
}

const char *cy_digest_name(cy_digest_alg alg); /* OpenSSL's name: "SHA256" */
size_t cy_digest_size(cy_digest_alg alg);
cy_err *cy_digest_of(cy_digest *out, cy_digest_alg alg, cy_span data) CY_MUST_USE;
/* Of several parts, one after another. */
cy_err *cy_digest_parts(cy_digest *out, cy_digest_alg alg, const cy_span *parts, size_t count) CY_MUST_USE;
/* Frees what the calling thread kept; threads that end do it by themselves. */
void cy_digest_thread_end(void);
cy_err *cy_hmac(cy_digest *out, cy_digest_alg alg, cy_span key, cy_span data) CY_MUST_USE;
cy_err *cy_hmac_parts(cy_digest *out, cy_digest_alg alg, cy_span key, const cy_span *parts, size_t count)
  CY_MUST_USE;

#endif
