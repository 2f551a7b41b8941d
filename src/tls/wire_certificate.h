/*
 * The messages about certificates, decoded.
 *
 * Purpose:   what an end shows, what a server asks of its clients, and by which scheme a key was proved.
 * Ownership: spans borrow the message; nothing is allocated.
 * Errors:    tls.message-malformed, as tls/wire_hello.h. Certificates themselves are not looked into.
 * Threads:   pure.
 * Source:    RFC 8446 4.3.2 and 4.4, RFC 5246 7.4.2, 7.4.4 and 7.4.8, RFC 4346 7.4.4, RFC 6066 8, RFC 8879.
 *
 * `version` is the one spoken (cy_wire_server_hello.chosen): these messages look different in each.
 */
#ifndef CY_TLS_WIRE_CERTIFICATE_H
#define CY_TLS_WIRE_CERTIFICATE_H

#include "base/err.h"
#include "tls/wire_extension.h"

typedef struct {
  cy_span context; /* TLS 1.3: of the request that it answers; empty in the handshake */
  cy_span list;
  size_t count; /* 0: the end has none to show */
  bool tls13;
} cy_wire_certificate;

/* One of the chain, the end's own first. */
typedef struct {
  cy_span der;
  cy_wire_extensions extensions; /* TLS 1.3 */
} cy_wire_certificate_entry;

cy_err *cy_wire_certificate_parse(cy_wire_certificate *out, cy_span body, uint16_t version) CY_MUST_USE;
/* Takes the first off (of a copy). */
bool cy_wire_certificate_next(cy_wire_certificate *left, cy_wire_certificate_entry *entry);

typedef struct {
  cy_span context;               /* TLS 1.3 */
  cy_span types;                 /* up to TLS 1.2, bytes: cy_wire_certificate_type_name */
  cy_span schemes;               /* from TLS 1.2 on */
  cy_span schemes_cert;          /* TLS 1.3 */
  cy_span authorities;           /* names of CAs in DER: cy_wire_next16 */
  size_t authority_count;        /* 0: any will do */
  cy_wire_extensions extensions; /* TLS 1.3 */
} cy_wire_certificate_request;

cy_err *cy_wire_certificate_request_parse(cy_wire_certificate_request *out, cy_span body, uint16_t version)
  CY_MUST_USE;
const char *cy_wire_certificate_type_name(uint8_t type); /* "ecdsa_sign"; NULL when there is none */

typedef struct {
  uint16_t scheme; /* 0: before TLS 1.2 the kind of key decides */
  cy_span signature;
} cy_wire_certificate_verify;

cy_err *cy_wire_certificate_verify_parse(cy_wire_certificate_verify *out, cy_span body, uint16_t version)
  CY_MUST_USE;

typedef struct {
  uint8_t type;     /* 1: OCSP */
  cy_span response; /* of OCSP: DER */
} cy_wire_certificate_status;

/* Also the body of the extension status_request beside a certificate in TLS 1.3. */
cy_err *cy_wire_certificate_status_parse(cy_wire_certificate_status *out, cy_span body) CY_MUST_USE;

typedef struct {
  uint16_t algorithm;
  uint32_t plain_length; /* that it says to have when unpacked */
  cy_span packed;
} cy_wire_compressed_certificate;

cy_err *cy_wire_compressed_certificate_parse(cy_wire_compressed_certificate *out, cy_span body) CY_MUST_USE;
const char *cy_wire_compression_name(uint16_t algorithm); /* of certificates: "brotli"; NULL */

#endif
