/*
 * Purpose:   what libssl really sends: handshakes in memory, their bytes kept in the order in which they
 * went. Ownership: a capture owns its flights (capture_clear). Errors:    a failed set-up fails the test; a
 * handshake that fails is told by `done`. Threads:   one.
 */
#ifndef TESTS_UNIT_TLS_CAPTURE_H
#define TESTS_UNIT_TLS_CAPTURE_H

#include <openssl/ssl.h>

#include "base/buf.h"
#include "tls/wire_record.h"

typedef struct {
  int min, max;               /* versions of both ends; 0: libssl's */
  const char *ciphers;        /* up to TLS 1.2; "@SECLEVEL=0" behind it lets all through */
  const char *server_ciphers; /* NULL: the same */
  const char *groups, *server_groups;
  const char *schemes, *server_schemes;
  const char *key;      /* of the server: "rsa" (default), "ec", "ed25519" */
  const char *protocol; /* ALPN */
  const char *server_name;
  bool client_auth, dhe, no_tickets, keep_mac; /* keep_mac: no encrypt-then-mac */
  bool bad_client;                             /* a client certificate is required, and not sent */
  bool data;                                   /* "hello" goes to the server afterwards */
  const uint8_t *psk;                          /* 32 bytes: pre-shared key of TLS 1.2 */
  bool status;                                 /* OCSP response "staple" when it is asked for */
  SSL_SESSION *resume;
  SSL_SESSION **session; /* receives the session of the client */
} capture_setup;

enum { CAPTURE_FLIGHTS = 64 };
typedef struct {
  cy_wire_end from[CAPTURE_FLIGHTS];
  cy_buf bytes[CAPTURE_FLIGHTS];
  size_t count;
  cy_wire_end message_from[CAPTURE_FLIGHTS];
  cy_buf messages[CAPTURE_FLIGHTS]; /* of the handshake, in clear in every version, with their headers */
  size_t message_count;
  bool done; /* both ends are content */
  int version;
  uint16_t suite;
} capture;

void capture_run(capture *c, const capture_setup *setup);
void capture_clear(capture *c);

/* The body of the first message of this type that this end sent; empty: there is none. */
cy_span capture_body(const capture *c, cy_wire_end from, uint8_t msg_type);

/* Reads a capture in pieces of at most `piece` bytes (0: whole flights) and calls `see` for each event;
 * fails the test on an error. */
typedef void capture_see(const cy_wire_event *event, void *arg);
void capture_read(const capture *c, size_t piece, capture_see *see, void *arg);

#endif
