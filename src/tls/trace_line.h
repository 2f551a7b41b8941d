/*
 * What readers of traces have in common. Internal to tls/trace_*.c.
 *
 * Purpose:   lines, words in them, and noting facts, without a check after each: a failure to get memory
 *            sticks, and cy_trace_end reports it.
 * Ownership: words borrow the text; facts are copied into the connection at hand.
 * Errors:    cy_trace_end.
 * Threads:   one owner.
 * Source:    none.
 */
#ifndef CY_TLS_TRACE_LINE_H
#define CY_TLS_TRACE_LINE_H

#include "tls/trace.h"
#include "tls/wire_record.h"

enum { CY_TRACE_LIST = 512 }; /* codes, names or certificates kept of one list */

typedef struct {
  cy_tls_seens *out;
  const char *product, *file;
  cy_span rest; /* of the text */
  cy_span line; /* at hand, without its end */
  size_t number;
  cy_tls_seen *seen; /* the connection at hand; NULL: none has begun */
  bool no_memory;
} cy_trace;

cy_trace cy_trace_begin(cy_tls_seens *out, const char *product, const char *file, cy_span text);
bool cy_trace_next(cy_trace *t); /* the next line */
cy_err *cy_trace_end(const cy_trace *t) CY_MUST_USE;
/* A new connection, of this end. */
void cy_trace_open(cy_trace *t, cy_tls_role role);

/* The rest of the line behind `start`, blanks aside; false: it begins otherwise. `rest` may be NULL. */
bool cy_trace_starts(cy_span line, const char *start, cy_span *rest);
/* The rest behind the first `part` in the line. */
bool cy_trace_has(cy_span line, const char *part, cy_span *rest);
/* The text up to one of these characters, blanks around it aside; *rest is what follows that character. */
cy_span cy_trace_word(cy_span text, const char *ends, cy_span *rest);
cy_span cy_trace_trim(cy_span text);
bool cy_trace_is(cy_span word, const char *text);
/* A decimal number at the start; SIZE_MAX: there is none. */
size_t cy_trace_number(cy_span text);

/* Facts; each takes the line at hand. Without a connection they do nothing. */
void cy_trace_text(cy_trace *t, cy_seen_text *to, cy_span text);
void cy_trace_version(cy_trace *t, cy_seen_code *to, cy_span name); /* unknown names do nothing, as below */
void cy_trace_suite(cy_trace *t, cy_seen_code *to, cy_span name);
void cy_trace_group(cy_trace *t, cy_seen_code *to, cy_span name);
void cy_trace_scheme(cy_trace *t, cy_seen_code *to, cy_span name);
void cy_trace_code(cy_trace *t, cy_seen_code *to, uint16_t code);
void cy_trace_add(cy_trace *t, cy_seen_codes *to, uint16_t code);
/* Names divided by one of these characters: of what, says the kind. */
typedef enum { CY_TRACE_VERSIONS, CY_TRACE_SUITES, CY_TRACE_GROUPS, CY_TRACE_SCHEMES } cy_trace_kind;
void cy_trace_list(cy_trace *t, cy_seen_codes *to, cy_trace_kind kind, cy_span names, const char *ends);
void cy_trace_name(cy_trace *t, cy_span ca);
void cy_trace_asked(cy_trace *t);
/* The certificate at this place of the chain, made when it is not there; NULL: no memory, or too many. */
cy_seen_cert *cy_trace_cert(cy_trace *t, cy_seen_certs *chain, size_t place);
void cy_trace_subject(cy_trace *t, cy_seen_certs *chain, size_t place, cy_span subject);
void cy_trace_issuer(cy_trace *t, cy_seen_certs *chain, size_t place, cy_span issuer);
/* DER that is a certificate; what is none does nothing. */
void cy_trace_der(cy_trace *t, cy_seen_certs *chain, size_t place, cy_span der);
/* The PEM block that begins at the line at hand, which is read to its end. */
void cy_trace_pem(cy_trace *t, cy_seen_certs *chain, size_t place);
void cy_trace_alert(cy_trace *t, bool sent, uint8_t level, cy_span name_or_number);
void cy_trace_error(cy_trace *t, const char *family, cy_span code, cy_span text);

/* A handshake message that the trace holds in bytes. */
void cy_trace_message(cy_trace *t, cy_wire_end from, uint8_t type, cy_span body);

#endif
