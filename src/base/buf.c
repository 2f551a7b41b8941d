#include "base/buf.h"

#include <stdio.h>

#include "base/mem.h"

void cy_buf_clear(cy_buf *buf)
{
  if (buf->secret && buf->data)
    cy_wipe(buf->data, buf->cap);
  cy_free(buf->data);
  *buf = (cy_buf){.max = buf->max, .secret = buf->secret};
}

void cy_buf_reset(cy_buf *buf)
{
  if (buf->secret && buf->data)
    cy_wipe(buf->data, buf->cap);
  buf->len = 0;
  buf->failed = CY_BUF_FINE;
}

cy_err *cy_buf_check(const cy_buf *buf)
{
  switch ((cy_buf_failure)buf->failed) {
  case CY_BUF_FINE:
    return NULL;
  case CY_BUF_CEILING:
    return cy_err_new(CY_E_TOO_LARGE, "the result would be larger than %zu bytes", buf->max);
  case CY_BUF_WRONG:
    return cy_err_new(CY_E_BUG, "a value that can not be written");
  default:
    return cy_err_no_memory();
  }
}

void cy_buf_fail(cy_buf *buf, cy_buf_failure why)
{
  if (!buf->failed)
    buf->failed = (uint8_t)why;
}

/* One byte beyond `need`, for cy_buf_cstr. */
static bool grow(cy_buf *buf, size_t need)
{
  size_t cap = buf->cap ? buf->cap : 64;
  if (need > SIZE_MAX / 2)
    return false;
  while (cap <= need)
    cap *= 2;
  uint8_t *data = buf->secret ? cy_malloc(cap) : cy_realloc(buf->data, cap);
  if (!data)
    return false;
  if (buf->secret && buf->data) {
    memcpy(data, buf->data, buf->len);
    cy_wipe(buf->data, buf->cap);
    cy_free(buf->data);
  }
  buf->data = data;
  buf->cap = cap;
  return true;
}

uint8_t *cy_buf_reserve(cy_buf *buf, size_t more)
{
  if (buf->failed)
    return NULL;
  if (more > buf->max || buf->len > buf->max - more) {
    cy_buf_fail(buf, CY_BUF_CEILING);
    return NULL;
  }
  if (buf->len + more >= buf->cap && !grow(buf, buf->len + more)) {
    cy_buf_fail(buf, CY_BUF_NO_MEMORY);
    return NULL;
  }
  return buf->data + buf->len;
}

void cy_buf_put(cy_buf *buf, const void *data, size_t len)
{
  uint8_t *to = cy_buf_reserve(buf, len);
  if (!to)
    return;
  if (len)
    memcpy(to, data, len);
  buf->len += len;
}

void cy_buf_span(cy_buf *buf, cy_span span)
{
  cy_buf_put(buf, span.data, span.len);
}

void cy_buf_str(cy_buf *buf, const char *s)
{
  cy_buf_put(buf, s, strlen(s));
}

void cy_buf_u8(cy_buf *buf, uint8_t v)
{
  cy_buf_put(buf, &v, 1);
}

static void put_be(cy_buf *buf, uint64_t v, size_t width)
{
  uint8_t bytes[8];
  for (size_t i = 0; i < width; i++)
    bytes[i] = (uint8_t)(v >> (8 * (width - 1 - i)));
  cy_buf_put(buf, bytes, width);
}

void cy_buf_u16(cy_buf *buf, uint16_t v)
{
  put_be(buf, v, 2);
}

void cy_buf_u32(cy_buf *buf, uint32_t v)
{
  put_be(buf, v, 4);
}

void cy_buf_u64(cy_buf *buf, uint64_t v)
{
  put_be(buf, v, 8);
}

void cy_buf_fill(cy_buf *buf, uint8_t byte, size_t count)
{
  uint8_t *to = cy_buf_reserve(buf, count);
  if (!to)
    return;
  memset(to, byte, count);
  buf->len += count;
}

void cy_buf_vprintf(cy_buf *buf, const char *format, va_list args)
{
  va_list again;
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, format, again);
  va_end(again);
  if (len < 0)
    cy_buf_fail(buf, CY_BUF_WRONG);
  uint8_t *to = len < 0 ? NULL : cy_buf_reserve(buf, (size_t)len);
  if (!to)
    return;
  vsnprintf((char *)to, (size_t)len + 1, format, args);
  buf->len += (size_t)len;
}

void cy_buf_printf(cy_buf *buf, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  cy_buf_vprintf(buf, format, args);
  va_end(args);
}

void cy_buf_insert(cy_buf *buf, size_t at, const void *data, size_t len)
{
  if (at > buf->len)
    cy_buf_fail(buf, CY_BUF_WRONG);
  if (!len || !cy_buf_reserve(buf, len))
    return;
  memmove(buf->data + at + len, buf->data + at, buf->len - at);
  memcpy(buf->data + at, data, len);
  buf->len += len;
}

static void put_hex(uint8_t *to, uint8_t byte, const char *digits)
{
  to[0] = (uint8_t)digits[byte >> 4];
  to[1] = (uint8_t)digits[byte & 15];
}

void cy_buf_hex(cy_buf *buf, cy_span bytes)
{
  uint8_t *to = cy_buf_reserve(buf, bytes.len * 2);
  if (!to)
    return;
  for (size_t i = 0; i < bytes.len; i++)
    put_hex(to + 2 * i, bytes.data[i], "0123456789abcdef");
  buf->len += bytes.len * 2;
}

void cy_buf_hex_colons(cy_buf *buf, cy_span bytes)
{
  uint8_t *to = bytes.len ? cy_buf_reserve(buf, bytes.len * 3 - 1) : NULL;
  if (!to)
    return;
  for (size_t i = 0; i < bytes.len; i++) {
    put_hex(to + 3 * i, bytes.data[i], "0123456789ABCDEF");
    if (i + 1 < bytes.len)
      to[3 * i + 2] = ':';
  }
  buf->len += bytes.len * 3 - 1;
}

cy_span cy_buf_get(const cy_buf *buf)
{
  return buf->failed ? CY_SPAN_NONE : cy_span_of(buf->data, buf->len);
}

const char *cy_buf_cstr(cy_buf *buf)
{
  if (buf->failed || !cy_buf_reserve(buf, 0))
    return "";
  buf->data[buf->len] = 0;
  return (const char *)buf->data;
}

char *cy_buf_take_str(cy_buf *buf)
{
  if (buf->failed || !cy_buf_reserve(buf, 0)) {
    cy_buf_clear(buf);
    return NULL;
  }
  buf->data[buf->len] = 0;
  char *s = (char *)buf->data;
  *buf = (cy_buf){.max = buf->max, .secret = buf->secret};
  return s;
}
