#include "product/log_text.h"

#include <ctype.h>


void cy_log_decoder_clear(log_decoder *d)
{
  *d = (log_decoder){0};
}

cy_err *cy_log_decode(log_decoder *d, cy_span *text, cy_buf *room, cy_span bytes, bool last)
{
  *text = CY_SPAN_NONE;
  if (d->begun && d->stream.charset == CY_CHARSET_BYTES) {
    *text = bytes;
    return NULL;
  }
  if (!d->begun) {
    size_t space = sizeof d->head - d->head_len, len = bytes.len < space ? bytes.len : space;
    if (len) {
      memcpy(d->head + d->head_len, bytes.data, len);
      bytes = cy_span_of(bytes.data + len, bytes.len - len);
    }
    d->head_len += len;
    if (d->head_len < sizeof d->head && !last)
      return NULL;
    d->begun = true;
    cy_charset_begin(&d->stream, cy_span_of(d->head, d->head_len));
    cy_charset_feed(&d->stream, room, cy_span_of(d->head, d->head_len));
  }
  if (bytes.len)
    cy_charset_feed(&d->stream, room, bytes);
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
