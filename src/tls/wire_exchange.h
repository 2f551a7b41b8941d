/*
 * ServerKeyExchange and ClientKeyExchange of TLS 1.0 to 1.2, decoded.
 *
 * Purpose:   the group or the sizes that the server took, and the scheme that it signed with.
 * Ownership: spans borrow the message; nothing is allocated.
 * Errors:    tls.message-malformed, as tls/wire_hello.h.
 * Threads:   pure.
 * Source:    RFC 5246 7.4.3 and 7.4.7, RFC 8422 5.4 and 5.7, RFC 4279, RFC 5489, RFC 5054, RFC 2246
 * (export).
 *
 * Both messages can be read only by who knows the suite; of a suite that the table has not got, or a key
 * exchange that is not decoded (GOST, Kerberos, ECCPWD), everything is in `rest`.
 */
#ifndef CY_TLS_WIRE_EXCHANGE_H
#define CY_TLS_WIRE_EXCHANGE_H

#include "base/err.h"
#include "tls/suite.h"

typedef struct {
  cy_kx kx;
  uint8_t curve_type; /* ECDHE: 3 is a named group; 1 and 2 are curves spelt out, which are in `rest` */
  uint16_t group;     /* ECDHE */
  cy_span prime, generator;  /* DHE; SRP */
  unsigned prime_bits;       /* DHE, SRP; of an RSA key for export: of its modulus */
  cy_span modulus, exponent; /* RSA for export */
  cy_span salt;              /* SRP */
  cy_span key;               /* the server's public key for this handshake */
  cy_span hint;              /* PSK: which identity is wanted */
  cy_span params;            /* what the signature is over, with both randoms before it */
  uint16_t scheme;           /* 0: before TLS 1.2, or not signed */
  cy_span signature;         /* data NULL: not signed */
  cy_span rest;
} cy_wire_server_exchange;

cy_err *cy_wire_server_exchange_parse(
  cy_wire_server_exchange *out, cy_span body, uint16_t version, const cy_suite *suite) CY_MUST_USE;

typedef struct {
  cy_kx kx;
  cy_span key;      /* the client's public key; empty with a fixed key in its certificate */
  cy_span sealed;   /* RSA: the secret under the server's key */
  cy_span identity; /* PSK */
  cy_span rest;
} cy_wire_client_exchange;

cy_err *cy_wire_client_exchange_parse(
  cy_wire_client_exchange *out, cy_span body, uint16_t version, const cy_suite *suite) CY_MUST_USE;

#endif
