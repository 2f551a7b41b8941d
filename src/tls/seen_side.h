/*
 * Connections that were seen, as sides.
 *
 * Purpose:   what a trace shows of one connection becomes its two ends, so that the verbs on sides take
 *            traces: the client as it offered, the server as it agreed. Each fact is a setting with the
 *            line of the trace.
 * Ownership: sides are the caller's; both share the cy_tls_used.
 * Errors:    memory. What the trace does not hold is a finding of the side.
 * Threads:   one owner.
 * Source:    tls/seen.h.
 *
 * A side from a trace knows only what that connection used. What it does not show is not guessed:
 *  - a client without its hello in the trace can at least what was agreed;
 *  - a server can at least what was agreed: one version, one suite, one group, one scheme;
 *  - whom an end believes is seldom in a trace. A trust store that the trace names is read when it is here;
 *    else trust_unknown keeps the other's chain from being judged: neither "trusts nobody", which would
 *    refuse what was accepted, nor "takes anything", which would be said of a client that checks;
 *  - a certificate stands for an identity with its key, since its end proved it; one of which the trace has
 *    only the name stands for none, and cy_tls_used says so;
 *  - OpenSSL's security level is taken as 0, since what was sent had passed whatever it was.
 */
#ifndef CY_TLS_SEEN_SIDE_H
#define CY_TLS_SEEN_SIDE_H

#include "tls/reader.h"
#include "tls/seen.h"
#include "tls/used.h"

/* The trace shows something of this end. */
bool cy_tls_seen_has(const cy_tls_seen *seen, cy_tls_role role);
cy_err *cy_tls_seen_used(cy_tls_used **out, const cy_tls_seen *seen) CY_MUST_USE;
/* `number` is the connection's in its file, from 1. */
cy_err *cy_tls_seen_side(cy_tls_side **out, cy_tls_reading *reading, const cy_tls_seen *seen,
  cy_tls_used *used, cy_tls_role role, size_t number) CY_MUST_USE;

#endif
