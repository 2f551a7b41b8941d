/*
 * Secrets: passwords, keys in clear, PINs.
 *
 * Purpose:   bytes that live in locked memory, are left out of core dumps, are wiped on every way
 *            out and can not be printed: there is no format for them on purpose.
 * Ownership: the holder frees (and so wipes) with cy_secret_free; NULL is fine.
 * Errors:    no memory only. When the limit of locked memory is reached, secrets go on unlocked
 *            and cy_secret_unlocked says so, once a run.
 * Threads:   allocation is safe; one secret has one owner.
 *
 * What OpenSSL copies inside its own objects is not covered.
 */
#ifndef CY_BASE_SECRET_H
#define CY_BASE_SECRET_H

#include "base/buf.h"

typedef struct {
  uint8_t *data; /* a NUL follows at data[len] */
  size_t len;
  size_t cap; /* room for len to grow */
} cy_secret;

/* A secret of len 0 with room for `cap` bytes. */
cy_err *cy_secret_new(cy_secret **out, size_t cap) CY_MUST_USE;
cy_err *cy_secret_copy(cy_secret **out, cy_span from) CY_MUST_USE;
void cy_secret_free(cy_secret *secret);
CY_AUTO_DEFINE(cy_secret)

cy_span cy_secret_get(const cy_secret *secret);
/* Constant time in the bytes, not in the lengths. */
bool cy_secret_equal(cy_span a, cy_span b);
/* true once some secret could not be locked. */
bool cy_secret_unlocked(void);
/* No core dumps, no ptrace by equals: called once by a program before it touches secrets. */
void cy_secret_harden_process(void);

#endif
