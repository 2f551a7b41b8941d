/*
 * Character sets: texts that are not UTF-8 become it.
 *
 * Purpose:   say in what a text was saved (UTF-16 as Windows does it, EBCDIC as a z/OS data set that was
 *            sent as binary), and turn it into UTF-8, whole or in pieces.
 * Ownership: the converted text goes into the caller's buffer.
 * Errors:    none but the buffer's; what is no character becomes U+FFFD.
 * Threads:   pure functions; a stream has one owner.
 * Source:    code page 1047; z/OS data sets with records of 80 octets and no line ends.
 */
#ifndef CY_BASE_CHARSET_H
#define CY_BASE_CHARSET_H

#include "base/buf.h"

typedef enum {
  CY_CHARSET_BYTES, /* UTF-8, or something that is left as it is */
  CY_CHARSET_UTF16_BE,
  CY_CHARSET_UTF16_LE,
  CY_CHARSET_EBCDIC,
} cy_charset;

/* How much of a text cy_charset_guess wants to see. */
enum { CY_CHARSET_HEAD = 4096 };

/* What the first part of a text is in. Binary files are CY_CHARSET_BYTES, as far as can be told. */
cy_charset cy_charset_guess(cy_span head);
const char *cy_charset_name(cy_charset charset); /* "UTF-16", "EBCDIC" */

/* A text that comes in pieces. */
typedef struct {
  cy_charset charset;
  uint8_t odd; /* half of a unit */
  bool has_odd;
  uint16_t high; /* first half of a surrogate pair; 0: none */
  bool records;  /* no line ends: each 80 octets are a line */
  size_t column;
} cy_charset_stream;

/* `head` is the first part, which is not consumed; false: it needs no conversion. */
bool cy_charset_begin(cy_charset_stream *stream, cy_span head);
/* Adds what `bytes` mean. At most twice as much comes out, and one octet for each record. */
void cy_charset_feed(cy_charset_stream *stream, cy_buf *utf8, cy_span bytes);
/* A whole text: itself, or its conversion in `utf8`. */
cy_span cy_charset_text(cy_buf *utf8, cy_span text);

#endif
