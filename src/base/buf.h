/*
 * Growing byte buffers with a ceiling.
 *
 * Purpose:   build files, messages and DER without a check after each append: the first failure
 *            (ceiling, memory) sticks, later appends do nothing, and cy_buf_check reports it.
 * Ownership: the buffer owns its bytes until cy_buf_clear or cy_buf_take.
 * Errors:    cy_buf_check, once, at the end.
 * Threads:   one owner.
 */
#ifndef CY_BASE_BUF_H
#define CY_BASE_BUF_H

#include <stdarg.h>

#include "base/err.h"

typedef struct {
  uint8_t *data; /* not terminated, but see cy_buf_cstr */
  size_t len;
  size_t cap;
  size_t max;  /* ceiling in bytes */
  bool secret; /* old blocks are wiped when it grows or is cleared */
  uint8_t failed; /* a cy_buf_failure */
} cy_buf;

typedef enum {
  CY_BUF_FINE,
  CY_BUF_NO_MEMORY,
  CY_BUF_CEILING,
  CY_BUF_WRONG, /* a writer was given what can not be written: a bug of the caller */
} cy_buf_failure;

#define CY_BUF(ceiling) ((cy_buf){.max = (ceiling)})
#define CY_BUF_STORE CY_BUF(CY_MAX_STORE_BYTES)
#define CY_BUF_TEXT CY_BUF((size_t)1 << 20)
#define CY_BUF_SECRET(ceiling) ((cy_buf){.max = (ceiling), .secret = true})

void cy_buf_clear(cy_buf *buf);
/* Empties it and keeps the block. */
void cy_buf_reset(cy_buf *buf);
cy_err *cy_buf_check(const cy_buf *buf) CY_MUST_USE;
/* Notes a failure, if none was noted before. */
void cy_buf_fail(cy_buf *buf, cy_buf_failure why);
/* Makes room for `more` bytes; NULL when failed. The caller adds to len what it wrote. */
uint8_t *cy_buf_reserve(cy_buf *buf, size_t more);

void cy_buf_put(cy_buf *buf, const void *data, size_t len);
void cy_buf_span(cy_buf *buf, cy_span span);
void cy_buf_str(cy_buf *buf, const char *s);
void cy_buf_u8(cy_buf *buf, uint8_t v);
void cy_buf_u16(cy_buf *buf, uint16_t v); /* big-endian, as all integers here */
void cy_buf_u32(cy_buf *buf, uint32_t v);
void cy_buf_u64(cy_buf *buf, uint64_t v);
void cy_buf_fill(cy_buf *buf, uint8_t byte, size_t count);
void cy_buf_printf(cy_buf *buf, const char *format, ...) CY_PRINTF(2, 3);
void cy_buf_vprintf(cy_buf *buf, const char *format, va_list args) CY_PRINTF(2, 0);
/* Opens a gap of `len` bytes at `at` and copies data there. */
void cy_buf_insert(cy_buf *buf, size_t at, const void *data, size_t len);
void cy_buf_hex(cy_buf *buf, cy_span bytes);                     /* lower case, no separators */
void cy_buf_hex_colons(cy_buf *buf, cy_span bytes);              /* AB:CD:EF */

cy_span cy_buf_get(const cy_buf *buf);
/* The bytes as a C string (a NUL is kept beyond len); "" when empty or failed. */
const char *cy_buf_cstr(cy_buf *buf);
/* Hands the string over to the caller (cy_free); NULL when the buffer failed. */
char *cy_buf_take_str(cy_buf *buf) CY_MUST_USE;

#endif
