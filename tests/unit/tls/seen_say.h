/*
 * Purpose:   the facts of a trace in words, a line each, for tests: "suite C030 @12".
 * Ownership: appends to the caller's buffer.
 * Errors:    the buffer's.
 * Threads:   one.
 */
#ifndef TESTS_UNIT_TLS_SEEN_SAY_H
#define TESTS_UNIT_TLS_SEEN_SAY_H

#include "base/buf.h"
#include "tls/seen.h"

void seen_say(cy_buf *out, const cy_tls_seens *list);

#endif
