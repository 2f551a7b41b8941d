/*
 * Reading the structures of TLS as the RFCs write them. Internal to tls/wire_*.c.
 *
 * Purpose:   opaque x<0..2^16-1> becomes one call, and a failure knows message, field and place.
 * Ownership: spans borrow the message.
 * Errors:    cy_wire_check: tls.message-malformed.
 * Threads:   one owner.
 * Source:    RFC 8446 3 (presentation language).
 */
#ifndef CY_TLS_WIRE_READER_H
#define CY_TLS_WIRE_READER_H

#include "base/cursor.h"
#include "tls/wire_hello.h"

typedef struct {
  cy_parse parse; /* offsets are within the message's body */
  const char *message;
  const char *field; /* being read, or in which it failed */
  uint16_t extension_type;
  bool in_extension;
} cy_wire_reader;

cy_cur cy_wire_begin(cy_wire_reader *r, const char *message, cy_span body);
/* Until cy_wire_leave, the fields are of that extension. */
void cy_wire_enter(cy_wire_reader *r, uint16_t type);
void cy_wire_leave(cy_wire_reader *r);
void cy_wire_fail(cy_wire_reader *r, cy_cur *cur, const char *field, const char *reason);

uint8_t cy_wire_u8(cy_wire_reader *r, cy_cur *cur, const char *field);
uint16_t cy_wire_u16(cy_wire_reader *r, cy_cur *cur, const char *field);
uint32_t cy_wire_u24(cy_wire_reader *r, cy_cur *cur, const char *field);
uint32_t cy_wire_u32(cy_wire_reader *r, cy_cur *cur, const char *field);
/* opaque field[len] */
cy_span cy_wire_take(cy_wire_reader *r, cy_cur *cur, const char *field, size_t len);
/* opaque field<min..>, with a length of 1, 2 or 3 bytes. */
cy_span cy_wire_vec(cy_wire_reader *r, cy_cur *cur, const char *field, unsigned width, size_t min);
/* uint16 field<2..>, with a length of `width` bytes: an even number of bytes, at least `min`. */
cy_span cy_wire_list16(cy_wire_reader *r, cy_cur *cur, const char *field, unsigned width, size_t min);
/* Nothing may follow. */
void cy_wire_end_of(cy_wire_reader *r, cy_cur *cur, const char *field);
/* A list of vectors, each with a length of `width` bytes and at least `min` long: all must be whole. Their
 * count. */
size_t cy_wire_vec_count(
  cy_wire_reader *r, const cy_cur *parent, const char *field, cy_span list, unsigned width, size_t min);

/* Extension extensions<0..2^16-1>: checks that each is whole and comes once. */
void cy_wire_extensions_read(cy_wire_reader *r, cy_cur *cur, cy_wire_extensions *exts);
/* The body of an extension that must be empty. */
void cy_wire_nothing(cy_wire_reader *r, cy_cur *body);
/* Sets what the list of suites says besides suites. */
void cy_wire_note_marks(cy_wire_client_hello *hello);

cy_err *cy_wire_check(const cy_wire_reader *r) CY_MUST_USE;

#endif
