#include "tls/trace_dump.h"

enum { MOST = 32, MIDDLE = 8 };

static int digit(uint8_t c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t digits_at(cy_span s)
{
  size_t n = 0;
  while (n < s.len && digit(s.data[n]) >= 0)
    n++;
  return n;
}

static cy_span behind(cy_span s, size_t n)
{
  return cy_span_of(s.data + n, s.len - n);
}

static size_t blanks_at(cy_span s)
{
  size_t n = 0;
  while (n < s.len && (s.data[n] == ' ' || s.data[n] == '\t'))
    n++;
  return n;
}

/* "0010 - ", "00000010: ", "00000010  ": four to sixteen digits. */
static bool take_offset(cy_span *s, size_t *offset)
{
  size_t n = digits_at(*s), value = 0;
  if (n < 4 || n > 16)
    return false;
  cy_span rest = behind(*s, n);
  bool mark = cy_trace_starts(rest, ":", NULL) || cy_trace_starts(rest, "- ", NULL);
  if (!mark && blanks_at(rest) < 2)
    return false;
  for (size_t i = 0; i < n; i++)
    value = value << 4 | (size_t)digit(s->data[i]);
  while (rest.len > 0 && strchr(": \t-", rest.data[0] ? rest.data[0] : 'x'))
    rest = behind(rest, 1);
  *s = rest;
  *offset = value;
  return true;
}

/* One group of digits, all of the same length in a line but for the last. */
static size_t take_group(cy_buf *bytes, cy_span *s, size_t width)
{
  size_t n = digits_at(*s);
  bool ends = n == s->len || strchr(" \t-*|", s->data[n] ? s->data[n] : 'x');
  if (n == 0 || n % 2 || n > 8 || !ends || (width && n > width))
    return 0;
  for (size_t i = 0; i < n; i += 2)
    cy_buf_u8(bytes, (uint8_t)((unsigned)digit(s->data[i]) << 4 | (unsigned)digit(s->data[i + 1])));
  *s = behind(*s, n);
  return n;
}

/* Between groups stands a blank or a dash; more before the column of text, or in the middle of a line. */
static bool take_gap(cy_span *s, size_t taken)
{
  size_t n = blanks_at(*s);
  if (n == 0 && s->len > 0 && s->data[0] == '-')
    n = 1;
  if (n == 0 || (n > 1 && taken != MIDDLE))
    return false;
  *s = behind(*s, n);
  return true;
}

bool cy_dump_line(cy_buf *bytes, size_t *offset, cy_span line)
{
  cy_span s = cy_trace_trim(line);
  size_t before = bytes->len, width = 0;
  *offset = SIZE_MAX;
  bool known = take_offset(&s, offset);
  size_t most = known ? MOST / 2 : MOST;
  while (bytes->len - before < most) {
    size_t n = take_group(bytes, &s, width);
    if (n == 0)
      break;
    width = width ? width : n;
    if (n < width || !take_gap(&s, bytes->len - before))
      break;
  }
  /* Without an offset a line is nothing but bytes, each by itself. */
  bool good = bytes->len > before && (known || (width == 2 && s.len == 0));
  if (!good && !bytes->failed)
    bytes->len = before;
  return good;
}
