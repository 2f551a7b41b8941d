#include "base/charset.h"

#include "base/text.h"

enum { RECORD = 80 };

/* Letters and blanks of code page 1047, by far the most of a text. */
static bool is_ebcdic_letter(uint8_t c)
{
  return c == 0x40 || (c >= 0x81 && c <= 0xa9) || (c >= 0xc1 && c <= 0xe9) || c >= 0xf0;
}

static bool is_ascii_letter(uint8_t c)
{
  return c == ' ' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* What z/OS writes into texts: line ends, tabs, and what has a picture. Binary files have more. */
static bool is_ebcdic_text(uint8_t c)
{
  return c >= 0x40 || c == 0x05 || c == 0x0c || c == 0x0d || c == 0x15 || c == 0x25;
}

typedef struct {
  size_t ebcdic, ascii, other, zeros[2];
} counts;

static counts count(cy_span head)
{
  counts c = {0};
  for (size_t i = 0; i < head.len; i++) {
    c.ebcdic += is_ebcdic_letter(head.data[i]);
    c.ascii += is_ascii_letter(head.data[i]);
    c.other += !is_ebcdic_text(head.data[i]);
    c.zeros[i & 1] += head.data[i] == 0;
  }
  return c;
}

cy_charset cy_charset_guess(cy_span head)
{
  if (head.len > CY_CHARSET_HEAD)
    head.len = CY_CHARSET_HEAD;
  if (head.len < 2)
    return CY_CHARSET_BYTES;
  if (head.data[0] == 0xfe && head.data[1] == 0xff)
    return CY_CHARSET_UTF16_BE;
  if (head.data[0] == 0xff && head.data[1] == 0xfe)
    return CY_CHARSET_UTF16_LE;
  counts c = count(head);
  if (c.zeros[0] > head.len / 3 && c.zeros[1] < head.len / 20 + 1)
    return CY_CHARSET_UTF16_BE;
  if (c.zeros[1] > head.len / 3 && c.zeros[0] < head.len / 20 + 1)
    return CY_CHARSET_UTF16_LE;
  return c.ebcdic > head.len / 2 && c.ascii < head.len / 5 && c.other <= head.len / 50 && head.len >= 8
           ? CY_CHARSET_EBCDIC
           : CY_CHARSET_BYTES;
}

const char *cy_charset_name(cy_charset charset)
{
  return charset == CY_CHARSET_EBCDIC ? "EBCDIC" : charset == CY_CHARSET_BYTES ? "UTF-8" : "UTF-16";
}

static bool has_line_ends(cy_span head)
{
  static const uint8_t ends[] = {0x15, 0x25, 0x0d};
  for (size_t i = 0; i < sizeof ends; i++)
    if (memchr(head.data, ends[i], head.len))
      return true;
  return false;
}

bool cy_charset_begin(cy_charset_stream *stream, cy_span head)
{
  if (head.len > CY_CHARSET_HEAD)
    head.len = CY_CHARSET_HEAD;
  *stream = (cy_charset_stream){.charset = cy_charset_guess(head)};
  stream->records = stream->charset == CY_CHARSET_EBCDIC && head.len > RECORD && !has_line_ends(head);
  return stream->charset != CY_CHARSET_BYTES;
}

/* Halves of a surrogate pair are kept until the other one comes. */
static void put_unit(cy_charset_stream *s, cy_buf *utf8, uint16_t unit)
{
  bool low = unit >= 0xdc00 && unit <= 0xdfff;
  uint16_t high = s->high;
  s->high = 0;
  if (high && low) {
    cy_utf8_put(utf8, 0x10000u + ((high - 0xd800u) << 10) + (unit - 0xdc00u));
    return;
  }
  if (high)
    cy_utf8_put(utf8, 0xfffd);
  if (unit >= 0xd800 && unit <= 0xdbff)
    s->high = unit;
  else if (unit != 0xfeff)
    cy_utf8_put(utf8, low ? 0xfffd : unit);
}

static void feed_utf16(cy_charset_stream *s, cy_buf *utf8, cy_span bytes)
{
  for (size_t i = 0; i < bytes.len; i++) {
    uint8_t c = bytes.data[i];
    if (s->has_odd)
      put_unit(s, utf8, (uint16_t)(s->charset == CY_CHARSET_UTF16_BE ? s->odd << 8 | c : c << 8 | s->odd));
    s->odd = c;
    s->has_odd = !s->has_odd;
  }
}

static void feed_records(cy_charset_stream *s, cy_buf *utf8, cy_span bytes)
{
  while (bytes.len) {
    size_t len = RECORD - s->column < bytes.len ? RECORD - s->column : bytes.len;
    cy_text_from_cp1047(utf8, cy_span_of(bytes.data, len));
    bytes = cy_span_of(bytes.data + len, bytes.len - len);
    s->column += len;
    if (s->column < RECORD)
      return;
    cy_buf_u8(utf8, '\n');
    s->column = 0;
  }
}

void cy_charset_feed(cy_charset_stream *stream, cy_buf *utf8, cy_span bytes)
{
  if (stream->charset == CY_CHARSET_BYTES)
    cy_buf_span(utf8, bytes);
  else if (stream->charset != CY_CHARSET_EBCDIC)
    feed_utf16(stream, utf8, bytes);
  else if (stream->records)
    feed_records(stream, utf8, bytes);
  else
    cy_text_from_cp1047(utf8, bytes);
}

cy_span cy_charset_text(cy_buf *utf8, cy_span text)
{
  cy_charset_stream stream;
  if (!text.len || !cy_charset_begin(&stream, text))
    return text;
  cy_charset_feed(&stream, utf8, text);
  return cy_buf_get(utf8);
}
