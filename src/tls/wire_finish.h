/*
 * The messages at and after the end of a handshake, decoded.
 *
 * Purpose:   tickets, Finished, key updates, and the messages that have no content.
 * Ownership: spans borrow the message; nothing is allocated.
 * Errors:    tls.message-malformed, as tls/wire_hello.h.
 * Threads:   pure.
 * Source:    RFC 8446 4.4.4, 4.5, 4.6; RFC 5246 7.4.1.1, 7.4.5 and 7.4.9; RFC 5077 3.3.
 */
#ifndef CY_TLS_WIRE_FINISH_H
#define CY_TLS_WIRE_FINISH_H

#include "base/err.h"
#include "tls/wire_extension.h"

typedef struct {
  uint32_t lifetime_s; /* 0 in TLS 1.2: not said */
  uint32_t age_add;    /* TLS 1.3 */
  cy_span nonce;       /* TLS 1.3 */
  cy_span ticket;      /* empty in TLS 1.2: none after all */
  cy_wire_extensions extensions;
  uint32_t max_early_data; /* bytes; 0: none */
} cy_wire_ticket;

cy_err *cy_wire_ticket_parse(cy_wire_ticket *out, cy_span body, uint16_t version) CY_MUST_USE;

/* Finished: 36 bytes in SSL 3, 12 up to TLS 1.2, the hash of the suite in TLS 1.3 (32 or 48). */
cy_err *cy_wire_finished_parse(cy_span *verify_data, cy_span body, uint16_t version) CY_MUST_USE;
/* KeyUpdate: whether the other end is asked for new keys too. */
cy_err *cy_wire_key_update_parse(bool *requested, cy_span body) CY_MUST_USE;
/* HelloRequest, ServerHelloDone, EndOfEarlyData. */
cy_err *cy_wire_empty_parse(uint8_t msg_type, cy_span body) CY_MUST_USE;

#endif
