/*
 * What the first bytes of a stream are when they are not TLS.
 *
 * Purpose:   "what the server sends first is not TLS, but an answer of an HTTP server" explains itself.
 * Ownership: constant texts.
 * Errors:    NULL: nobody knows.
 * Threads:   pure.
 * Source:    the protocols' own: RFC 9110, 5321, 959, 4253, 1939, 9051, 4511; AMQP 1.0 2.2; PostgreSQL and
 * MySQL message formats; the eyecatchers of queue manager channels; RFC 6347.
 */
#ifndef CY_TLS_WIRE_GUESS_H
#define CY_TLS_WIRE_GUESS_H

#include "base/common.h"

/* "an answer of an HTTP server in clear"; NULL when nobody knows. */
const char *cy_wire_guess(cy_span start);

#endif
