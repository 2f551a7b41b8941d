/*
 * The text of logs: encodings, moments, connections.
 *
 * Purpose:   the inside of product/log.c.
 * Ownership: a decoder owns what it holds back.
 * Errors:    memory.
 * Threads:   one owner.
 */
#ifndef CY_PRODUCT_LOG_TEXT_H
#define CY_PRODUCT_LOG_TEXT_H

#include "base/charset.h"
#include "product/log_group.h"

typedef struct {
  bool begun; /* it is clear what it is in */
  cy_charset_stream stream;
  uint8_t head[CY_CHARSET_HEAD]; /* held back until then */
  size_t head_len;
} log_decoder;

/* *text is what can be read now: the bytes themselves, or `room` with their translation. `last`: no more
 * comes. */
cy_err *cy_log_decode(log_decoder *d, cy_span *text, cy_buf *room, cy_span bytes, bool last) CY_MUST_USE;
void cy_log_decoder_clear(log_decoder *d);

/* The first time of day in a line, with the date before it. false: there is none, and *out is as it was. */
bool cy_log_find_time(log_time *out, cy_span line, size_t number);
/* What names the connection: "*12" (nginx), "conn=12" (slapd), "LOG3[12]" (stunnel); "" when nothing does.
 */
void cy_log_find_key(char key[24], cy_span line);

#endif
