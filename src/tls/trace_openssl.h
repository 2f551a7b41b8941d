/*
 * Messages as OpenSSL's own tracer spells them out (s_client -trace). Internal to tls/trace_*.c.
 *
 * Purpose:   "ClientHello, Length=289" and the indented lines under it become facts; numbers are taken from
 *            the brackets, so that names may change.
 * Ownership: as tls/trace_line.h.
 * Errors:    none of its own.
 * Threads:   one owner.
 * Source:    openssl s_client -trace, 3.0 (tried); SSL_trace(3).
 */
#ifndef CY_TLS_TRACE_OPENSSL_H
#define CY_TLS_TRACE_OPENSSL_H

#include "tls/trace_line.h"

typedef enum {
  CY_SPELLED_NONE,
  CY_SPELLED_CLIENT_HELLO,
  CY_SPELLED_SERVER_HELLO,
  CY_SPELLED_CERTIFICATE,
  CY_SPELLED_EXCHANGE,
  CY_SPELLED_REQUEST,
  CY_SPELLED_VERIFY,
} cy_spelled_message;

typedef struct {
  bool begun; /* there are records spelled out */
  bool sent;
  cy_spelled_message in;
  unsigned extension;
  bool legacy;  /* the version at hand is the fixed part's */
  bool suites;  /* in their list */
  bool schemes; /* in a CertificateRequest before TLS 1.3 */
  size_t place; /* of the next certificate */
} cy_spelled;

/* Takes the line at hand; true when it was part of a message. */
bool cy_spelled_take(cy_spelled *s, cy_trace *t);

#endif
