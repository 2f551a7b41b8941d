/*
 * Readers of traces and displays: what was really used.
 *
 * Purpose:   saved output of openssl s_client, gnutls-cli, curl -v, Java's javax.net.debug, traces of System
 *            SSL, of the LDAP server of z/OS and of IBM MQ clients, and dumps of records become the
 *            connections that they show. A file is recognised by its content.
 * Ownership: connections go to the caller's list; the text is borrowed during the call.
 * Errors:    tls.trace-unknown: it is none of these; memory. What a line says that nobody understands is
 *            left out, never guessed.
 * Threads:   pure.
 * Source:    the programs' own output: OpenSSL 1.1.1 and 3.x, GnuTLS 3.7, curl 7.88 and 8.x, OpenJDK 8, 11
 *            and 17; IBM's System SSL Programming and MQCD; each reader says what was tried and what is known
 *            from documentation only.
 */
#ifndef CY_TLS_TRACE_H
#define CY_TLS_TRACE_H

#include "tls/seen.h"

typedef struct {
  const char *id;    /* "s_client" */
  const char *title; /* "openssl s_client" */
  /* How sure: 0 is no, 100 is certain; by the first part of the text. */
  unsigned (*detect)(cy_span head);
  cy_err *(*read)(cy_tls_seens *out, const char *file, cy_span text);
} cy_tls_trace;

extern const cy_tls_trace *const cy_tls_traces[];
extern const size_t cy_tls_trace_count;

/* The reader that is most sure; NULL: it is no trace that is known. */
const cy_tls_trace *cy_tls_trace_detect(cy_span head);
/* The same, and how sure it is; 0: none is. */
const cy_tls_trace *cy_tls_trace_detect_sure(cy_span head, unsigned *sure);
/* Adds the connections of a trace. `file` is what they call it. */
cy_err *cy_tls_trace_read(cy_tls_seens *out, const char *file, cy_span text) CY_MUST_USE;

#endif
