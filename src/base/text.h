/*
 * Text: UTF-8, other encodings, what is safe to show, and the nearest word.
 *
 * Purpose:   UTF-8 everywhere inside; conversions by tables of our own, no locale.
 * Ownership: results are appended to the caller's buffer.
 * Errors:    the boolean answers say "this was not valid"; nothing fails otherwise.
 * Threads:   pure functions.
 * Source:    RFC 3629, Unicode 15 (bidirectional controls).
 */
#ifndef CY_BASE_TEXT_H
#define CY_BASE_TEXT_H

#include "base/buf.h"

bool cy_utf8_valid(cy_span text);
/* Reads one code point; false at the end or for invalid bytes (one byte is then skipped). */
bool cy_utf8_next(cy_span *text, uint32_t *code_point);
void cy_utf8_put(cy_buf *buf, uint32_t code_point); /* U+FFFD for what is no character */

void cy_text_from_latin1(cy_buf *utf8, cy_span latin1);
/* EBCDIC as z/OS has it; code pages 037 and 500 differ from it in brackets and the like only. */
void cy_text_from_cp1047(cy_buf *utf8, cy_span ebcdic);
/* Surrogates joined; false: a lone one, or an odd length. */
bool cy_text_from_utf16be(cy_buf *utf8, cy_span utf16);
bool cy_text_from_utf32be(cy_buf *utf8, cy_span utf32);
/* false when the text is not UTF-8. With surrogates above U+FFFF. */
bool cy_text_to_utf16be(cy_buf *utf16, cy_span utf8);
/* Java's modified UTF-8 (DataOutput.writeUTF), without the length. */
bool cy_text_from_modified_utf8(cy_buf *utf8, cy_span modified);
bool cy_text_to_modified_utf8(cy_buf *modified, cy_span utf8);

/* For people: control, bidirectional and invalid characters as \xNN or \u{NNNN}. */
void cy_text_put_safe(cy_buf *buf, cy_span text);
/* For a shell: as it is, or in quotes when there is anything special in it. */
void cy_text_put_shell(cy_buf *buf, const char *word);
/* Columns on a terminal (wide characters count 2, combining ones 0; a good guess). */
size_t cy_text_width(cy_span utf8);
/* The longest part at the start, or at the end, that takes at most so many columns. */
cy_span cy_text_head(cy_span utf8, size_t columns);
cy_span cy_text_tail(cy_span utf8, size_t columns);

char cy_ascii_lower(char c);
bool cy_ascii_equal_nocase(cy_span a, cy_span b);
bool cy_text_starts(const char *text, const char *prefix);
bool cy_text_ends(const char *text, const char *suffix);
/* Lower case as Java's String.toLowerCase(Locale.ENGLISH) does it for Latin letters. */
bool cy_text_fold(cy_buf *buf, cy_span utf8);

/* Edits (insert, delete, replace, swap) between two words, at most `limit` + 1. */
unsigned cy_text_distance(const char *a, const char *b, unsigned limit);

/* The nearest of several words; NULL when none is near enough to be worth a guess. */
typedef struct {
  const char *word;
  const char *best;
  unsigned best_distance;
} cy_nearest;
#define CY_NEAREST(word) ((cy_nearest){(word), NULL, 1000})
void cy_nearest_try(cy_nearest *near, const char *candidate);

#endif
