/*
 * ClientHello, ServerHello and HelloRetryRequest, decoded.
 *
 * Purpose:   what each end offered and chose, in its own order, as numbers; names are in tls/suite.h,
 *            tls/group.h and tls/scheme.h.
 * Ownership: spans borrow the message; nothing is allocated.
 * Errors:    tls.message-malformed, naming message, extension, field and place; a length that does not
 *            fit, bytes left over, or an extension that comes twice. What was read before stays.
 * Threads:   pure.
 * Source:    RFC 8446 4.1 and 4.2, RFC 5246 7.4.1, RFC 8422 5.1, RFC 6066, RFC 7301, RFC 5746, RFC 8449,
 *            RFC 8879, RFC 6520; RFC 5246 E.2.
 *
 * Lists of numbers are big-endian as they came: cy_wire_count16, cy_wire_at16. A span's data is NULL when
 * the message has not got it, so an empty list and none are told apart.
 */
#ifndef CY_TLS_WIRE_HELLO_H
#define CY_TLS_WIRE_HELLO_H

#include "base/err.h"
#include "tls/wire_extension.h"

typedef struct {
  uint16_t version; /* legacy_version: the highest before TLS 1.3 */
  cy_span random;   /* 32 bytes */
  cy_span session_id;
  cy_span suites;      /* of two bytes each; in SSL 2's form of three */
  cy_span compression; /* bytes */
  cy_wire_extensions extensions;
  bool ssl2; /* came in SSL 2's form */

  cy_span server_name;   /* the host's name */
  cy_span groups;        /* supported_groups */
  cy_span point_formats; /* bytes */
  cy_span schemes;       /* signature_algorithms */
  cy_span schemes_cert;  /* signature_algorithms_cert */
  cy_span versions;      /* supported_versions */
  cy_span shares;        /* key_share: cy_wire_share_next */
  size_t share_count;
  cy_span psk_modes;      /* bytes: 0 psk_ke, 1 psk_dhe_ke */
  cy_span psk_identities; /* pre_shared_key; the first bytes of it */
  size_t psk_count;
  cy_span protocols;      /* ALPN: cy_wire_next8 */
  cy_span authorities;    /* names of CAs in DER: cy_wire_next16 */
  cy_span session_ticket; /* empty: wants one */
  cy_span renegotiated;   /* renegotiation_info: empty in a first handshake */
  cy_span cookie;
  cy_span compress_certs;     /* compress_certificate: numbers */
  uint16_t record_size_limit; /* 0: none */
  uint8_t max_fragment;       /* 1 to 4: 512 to 4096 bytes; 0: none */
  uint8_t heartbeat;          /* 1 may send, 2 may not; 0: none */
  bool status_request, encrypt_then_mac, extended_master_secret, early_data, post_handshake_auth;
  bool encrypted_hello; /* the true hello is sealed in an extension: names above may be a cover */
  bool fallback;        /* TLS_FALLBACK_SCSV is among the suites */
  bool grease;          /* sends numbers that mean nothing */
} cy_wire_client_hello;

cy_err *cy_wire_client_hello_parse(cy_wire_client_hello *hello, cy_span body) CY_MUST_USE;
/* A whole record in SSL 2's form. */
cy_err *cy_wire_client_hello_parse_ssl2(cy_wire_client_hello *hello, cy_span record) CY_MUST_USE;
/* The number of suites, and each: SSL 2's own have more than 16 bits. */
size_t cy_wire_suite_count(const cy_wire_client_hello *hello);
uint32_t cy_wire_suite_at(const cy_wire_client_hello *hello, size_t i);
/* The highest version offered (GREASE and drafts aside; 0: none), and whether a version is; without
 * supported_versions, SSL 3 up to legacy_version are. */
uint16_t cy_wire_highest_version(const cy_wire_client_hello *hello);
bool cy_wire_offers_version(const cy_wire_client_hello *hello, uint16_t version);

/* What a server says in extensions of its hello or, in TLS 1.3, of EncryptedExtensions. */
typedef struct {
  cy_wire_extensions extensions;
  cy_span protocol;     /* ALPN: the one chosen */
  cy_span renegotiated; /* renegotiation_info */
  cy_span point_formats;
  cy_span groups; /* supported_groups, of EncryptedExtensions */
  cy_span cookie; /* of HelloRetryRequest */
  uint16_t record_size_limit;
  uint8_t max_fragment, heartbeat;
  uint16_t version; /* supported_versions; 0: none */
  uint16_t group;   /* key_share; 0: none */
  cy_span key;      /* the server's public key; none in HelloRetryRequest */
  bool psk;
  uint16_t psk_index; /* the identity taken */
  bool server_name, status_request, encrypt_then_mac, extended_master_secret, session_ticket, early_data;
} cy_wire_answers;

typedef struct {
  uint16_t version; /* legacy_version */
  uint16_t chosen;  /* the version that will be spoken */
  cy_span random;
  cy_span session_id;
  uint16_t suite;
  uint8_t compression;
  bool retry;         /* it is a HelloRetryRequest */
  uint16_t downgrade; /* the mark of a server that could do more: CY_TLS12 or CY_TLS11 (or below) was taken;
                         else 0 */
  cy_wire_answers answers;
} cy_wire_server_hello;

cy_err *cy_wire_server_hello_parse(cy_wire_server_hello *hello, cy_span body) CY_MUST_USE;
cy_err *cy_wire_encrypted_extensions_parse(cy_wire_answers *answers, cy_span body) CY_MUST_USE;

/* The random that makes a ServerHello a HelloRetryRequest. */
extern const uint8_t cy_wire_retry_random[32];

#endif
