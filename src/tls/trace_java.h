/*
 * Java's debug output, in its two styles. Internal to tls/trace_java*.c.
 *
 * Purpose:   what both styles have in common: stores, labels, exceptions.
 * Ownership: as tls/trace_line.h.
 * Errors:    none of its own.
 * Threads:   one owner.
 * Source:    OpenJDK 17's output (tried); OpenJDK 8's from its sources and documentation.
 */
#ifndef CY_TLS_TRACE_JAVA_H
#define CY_TLS_TRACE_JAVA_H

#include "tls/trace_line.h"

/* Where the lines at hand belong. */
typedef enum {
  CY_JAVA_NONE,
  CY_JAVA_CLIENT_HELLO,
  CY_JAVA_SERVER_HELLO,
  CY_JAVA_REQUEST,
  CY_JAVA_CERTIFICATE,
  CY_JAVA_EXCHANGE,
  CY_JAVA_VERIFY,
  CY_JAVA_ALERT,
} cy_java_message;

typedef struct {
  cy_trace t;
  cy_java_message in;
  bool sent;          /* the message at hand, by the end whose trace it is */
  bool retried;       /* a second ClientHello belongs to the same connection */
  bool names;         /* in the list of CAs */
  bool got_handshake; /* the record before was a handshake's, read (old style) */
  bool requested;     /* the next chain is the client's (old style) */
  unsigned extension;
  size_t place;      /* of the next certificate of the chain */
  uint8_t level;     /* of the alert at hand */
  cy_span stores[2]; /* key store and trust store, told before the connection begins */
  size_t store_lines[2];
} cy_java;

void cy_java_open(cy_java *j, cy_tls_role role);
/* The server's chain or the client's, by who sent the message at hand. */
cy_seen_certs *cy_java_chain(cy_java *j);
/* "keyStore is: F", "KeyMgr: choosing key: ALIAS (...)", "...Exception: text"; true when it was one. */
bool cy_java_common(cy_java *j, cy_span text);
/* "SHA256withRSA, SHA1withECDSA" */
void cy_java_schemes(cy_java *j, cy_seen_codes *to, cy_span names);
void cy_java_scheme(cy_java *j, cy_seen_code *to, cy_span name);

cy_err *cy_java_read_old(cy_tls_seens *out, const char *file, cy_span text) CY_MUST_USE;

#endif
