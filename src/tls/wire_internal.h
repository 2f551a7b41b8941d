/*
 * Inside of the record layer (tls/wire_record.h): records from pieces, messages from fragments.
 *
 * Purpose:   keep cutting records, joining messages and handing out events apart.
 * Ownership: as cy_wire_next.
 * Errors:    tls.record-malformed, tls.message-malformed.
 * Threads:   one owner.
 * Source:    RFC 8446 4 and 5.1, RFC 5246 7.4.
 */
#ifndef CY_TLS_WIRE_INTERNAL_H
#define CY_TLS_WIRE_INTERNAL_H

#include "tls/wire_record.h"

/* Takes from the handshake record at hand; *found = true when that made a message whole. */
cy_err *cy_wire_join(cy_wire *w, cy_wire_event *event, bool *found) CY_MUST_USE;
/* Of the message that begins so, with its header; that header's length while it is not whole. */
size_t cy_wire_message_length(cy_span start);
/* Makes the next record ready: in place when it is whole, else from the pieces. Without an error and still
 * not busy: more bytes are needed. */
cy_err *cy_wire_read_record(cy_wire *w) CY_MUST_USE;
/* What is wrong with the record at hand. */
cy_err *cy_wire_record_bad(const cy_wire *w, const char *why) CY_MUST_USE;

#endif
