/*
 * Words that every module uses: spans, ownership attributes, limits.
 *
 * Purpose:   the few types and macros that have no better home.
 * Ownership: a cy_span borrows; whoever hands it out says for how long. CY_AUTO(type)
 *            frees a pointer with its type's free, CY_CLEAN(type) clears a value, both on
 *            every way out of the scope.
 * Errors:    functions that can fail return cy_err * (base/err.h), NULL meaning success.
 * Threads:   plain data.
 */
#ifndef CY_BASE_COMMON_H
#define CY_BASE_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bytes that belong to somebody else. */
typedef struct {
  const uint8_t *data;
  size_t len;
} cy_span;

#define CY_SPAN_NONE ((cy_span){NULL, 0})
#define CY_SPAN(literal) ((cy_span){(const uint8_t *)(literal), sizeof(literal) - 1})

static inline cy_span cy_span_of(const void *data, size_t len)
{
  return (cy_span){(const uint8_t *)data, len};
}

static inline cy_span cy_span_str(const char *s)
{
  return (cy_span){(const uint8_t *)s, s ? strlen(s) : 0};
}

/* Not for secrets: see cy_secret_equal. */
static inline bool cy_span_equal(cy_span a, cy_span b)
{
  return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

#define CY_COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define CY_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define CY_MUST_USE __attribute__((warn_unused_result))
/* For makers of errors: compilers and analysers then know that a call that fails returns one. */
#define CY_NEVER_NULL __attribute__((returns_nonnull))

/*
 * CY_AUTO(cy_cert) *c = NULL;   frees with cy_cert_free, declared by CY_AUTO_DEFINE(cy_cert).
 * CY_CLEAN(cy_buf) b = ...;     clears with cy_buf_clear(&b).
 */
#define CY_AUTO(type) __attribute__((cleanup(type##_auto))) type
#define CY_CLEAN(type) __attribute__((cleanup(type##_clear))) type
#define CY_AUTO_DEFINE(type)                                                                      \
  static inline void type##_auto(type **p)                                                        \
  {                                                                                               \
    type##_free(*p);                                                                              \
  }

/* Limits of input, the same for every parser (why: docs/architecture.md). */
#define CY_MAX_STORE_BYTES ((size_t)256 << 20)
#define CY_MAX_DEPTH 32
#define CY_MAX_KDF_ITERATIONS 10000000u
#define CY_DETECT_BYTES ((size_t)64 << 10)

#endif
