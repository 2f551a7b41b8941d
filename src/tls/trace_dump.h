/*
 * Dumps in hexadecimal inside of traces. Internal to tls/trace_*.c.
 *
 * Purpose:   lines like "0010 - 16 03 01 ...", "00000000: c3f0f0f8 *C008 *" become bytes, and those
 * records, messages or suites. Ownership: a dump owns its bytes (cy_dump_clear). Errors:    none: what is
 * no dump is left alone. Threads:   one owner. Source:    the forms of openssl s_client -debug and -msg,
 * Java, xxd, hexdump -C and server traces.
 *
 * The column beside the bytes, ASCII or EBCDIC, is not read: it says the same with less.
 */
#ifndef CY_TLS_TRACE_DUMP_H
#define CY_TLS_TRACE_DUMP_H

#include "tls/trace_line.h"

typedef enum { CY_DUMP_NOWHERE, CY_DUMP_SENT, CY_DUMP_RECEIVED } cy_dump_way;

typedef struct {
  cy_buf bytes;       /* of the dump at hand */
  size_t line;        /* where it began */
  cy_dump_way way;    /* as the line above it says */
  bool message;       /* handshake messages without records (-msg) */
  bool cipher;        /* the line above speaks of a cipher */
  bool messages_only; /* the trace has such: its records repeat them */
  cy_wire wire;
  bool fed;     /* records of the connection at hand have come */
  bool opens;   /* a hello begins a connection */
  size_t lines; /* that were dumps, in all */
} cy_dump;

void cy_dump_init(cy_dump *d, bool opens);
void cy_dump_clear(cy_dump *d);
/* Takes the line at hand; true when it was part of a dump. */
bool cy_dump_take(cy_dump *d, cy_trace *t);
/* At the end of the text. */
void cy_dump_end(cy_dump *d, cy_trace *t);

/* A code of four digits in EBCDIC or ASCII; old specifications have two of them. false: it is none. */
bool cy_dump_suite(uint16_t *code, cy_span bytes);

/* The bytes that a line of a dump holds are appended; false: it is none. *offset SIZE_MAX: it has none. */
bool cy_dump_line(cy_buf *bytes, size_t *offset, cy_span line);

#endif
