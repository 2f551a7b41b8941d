#include "product/log_text.h"

#include <ctype.h>

#include "base/text.h"

void cy_log_decoder_clear(log_decoder *d)
{
  *d = (log_decoder){0};
}

/* Letters and blanks of code page 1047, by far the most of a text. */
static bool is_ebcdic_letter(uint8_t c)
{
  return c == 0x40 || (c >= 0x81 && c <= 0xa9) || (c >= 0xc1 && c <= 0xe9) || c >= 0xf0;
}

static log_encoding guess(const uint8_t *bytes, size_t len)
{
  size_t ebcdic = 0, ascii = 0, zeros[2] = {0, 0};
  if (len >= 2 && bytes[0] == 0xfe && bytes[1] == 0xff)
    return LOG_UTF16_BE;
  if (len >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe)
    return LOG_UTF16_LE;
  for (size_t i = 0; i < len; i++) {
    ebcdic += is_ebcdic_letter(bytes[i]);
    ascii += bytes[i] == ' ' || (bytes[i] < 0x80 && isalnum(bytes[i]));
    zeros[i & 1] += bytes[i] == 0;
  }
  if (zeros[0] > len / 3 && zeros[1] < len / 20)
    return LOG_UTF16_BE;
  if (zeros[1] > len / 3 && zeros[0] < len / 20)
    return LOG_UTF16_LE;
  return ebcdic > len / 2 && ascii < len / 5 ? LOG_EBCDIC : LOG_BYTES;
}

static void put_unit(cy_buf *room, log_encoding encoding, uint8_t first, uint8_t second)
{
  unsigned unit = encoding == LOG_UTF16_BE ? first * 256u + second : second * 256u + first;
  if (unit != 0xfeff)
    cy_utf8_put(room, unit); /* halves of a pair become U+FFFD: no message has one */
}

static void from_utf16(log_decoder *d, cy_buf *room, cy_span bytes)
{
  for (size_t i = 0; i < bytes.len; i++) {
    if (d->has_odd)
      put_unit(room, d->encoding, d->odd, bytes.data[i]);
    d->odd = bytes.data[i];
    d->has_odd = !d->has_odd;
  }
}

/* z/OS ends lines with NEL. */
static void from_ebcdic(cy_buf *room, cy_span bytes)
{
  while (bytes.len) {
    const uint8_t *end = memchr(bytes.data, 0x15, bytes.len);
    size_t len = end ? (size_t)(end - bytes.data) : bytes.len;
    cy_text_from_cp1047(room, cy_span_of(bytes.data, len));
    if (end)
      cy_buf_u8(room, '\n');
    len += end != NULL;
    bytes = cy_span_of(bytes.data + len, bytes.len - len);
  }
}

static void translate(log_decoder *d, cy_buf *room, cy_span bytes)
{
  if (d->encoding == LOG_EBCDIC)
    from_ebcdic(room, bytes);
  else if (d->encoding == LOG_BYTES)
    cy_buf_span(room, bytes);
  else
    from_utf16(d, room, bytes);
}

cy_err *cy_log_decode(log_decoder *d, cy_span *text, cy_buf *room, cy_span bytes, bool last)
{
  *text = CY_SPAN_NONE;
  if (d->encoding == LOG_BYTES) {
    *text = bytes;
    return NULL;
  }
  if (d->encoding == LOG_NOT_YET) {
    size_t space = sizeof d->head - d->head_len, len = bytes.len < space ? bytes.len : space;
    if (len) {
      memcpy(d->head + d->head_len, bytes.data, len);
      bytes = cy_span_of(bytes.data + len, bytes.len - len);
    }
    d->head_len += len;
    if (d->head_len < sizeof d->head && !last)
      return NULL;
    d->encoding = guess(d->head, d->head_len);
    translate(d, room, cy_span_of(d->head, d->head_len));
  }
  if (bytes.len)
    translate(d, room, bytes);
  CY_TRY(cy_buf_check(room));
  *text = cy_buf_get(room);
  return NULL;
}

static bool is_clock(const uint8_t *p)
{
  for (size_t i = 0; i < 8; i++)
    if (i % 3 == 2 ? p[i] != ':' : !isdigit(p[i]))
      return false;
  return true;
}

static bool is_time_char(uint8_t c)
{
  return isalnum(c) || (c && strchr("/-:., +", c));
}

bool cy_log_find_time(log_time *out, cy_span line, size_t number)
{
  size_t most = line.len < 120 ? line.len : 120;
  for (size_t at = 0; at + 8 <= most; at++) {
    const uint8_t *p = line.data + at;
    if (!isdigit(*p) || !is_clock(p))
      continue;
    size_t from = at, to = at + 8;
    while (from > 0 && at - from < 22 && is_time_char(line.data[from - 1]))
      from--;
    while (from < at && !isalnum(line.data[from]))
      from++;
    while (to < line.len && to - at < 15 && line.data[to] && strchr("0123456789.,Z", line.data[to]))
      to++;
    memset(out->text, 0, sizeof out->text);
    memcpy(out->text, line.data + from, to - from);
    out->seconds = ((p[0] - '0') * 10L + p[1] - '0') * 3600 + ((p[3] - '0') * 10L + p[4] - '0') * 60 +
                   (p[6] - '0') * 10L + p[7] - '0';
    out->line = number;
    return true;
  }
  return false;
}

static bool put_key(char key[24], const uint8_t *from, size_t len)
{
  if (len >= 24)
    return false;
  memcpy(key, from, len);
  key[len] = 0;
  return true;
}

static size_t digits_at(cy_span line, size_t at)
{
  size_t from = at;
  while (at < line.len && isdigit(line.data[at]))
    at++;
  return at - from;
}

void cy_log_find_key(char key[24], cy_span line)
{
  size_t most = line.len < 200 ? line.len : 200;
  key[0] = 0;
  for (size_t i = 0; i < most; i++) {
    const uint8_t *p = line.data + i;
    size_t before = *p == '*' ? 1 : 0;
    bool has_five = most - i > 5;
    if ((*p == 'c' && has_five && memcmp(p, "conn=", 5) == 0) ||
        (*p == 'L' && has_five && memcmp(p, "LOG", 3) == 0 && isdigit(p[3]) && p[4] == '['))
      before = 5;
    size_t digits = before ? digits_at(line, i + before) : 0;
    /* stunnel's level differs from line to line of one connection. */
    if (digits && put_key(key, before == 5 && *p == 'L' ? p + 4 : p, digits + (*p == 'L' ? 1 : before)))
      return;
  }
}
