/*
 * Extensions as they stand in messages.
 *
 * Purpose:   the blocks of extensions of hellos, certificates, requests and tickets, walked and found in
 * one way; names of all of them; the lists of numbers and vectors inside. Ownership: spans borrow the
 * message. Errors:    none here: whoever parses a message has checked its blocks; what is not whole ends a
 * walk. Threads:   pure. Source:    RFC 8446 4.2, IANA TLS ExtensionType Values (data/tls-extensions.tsv),
 * RFC 8701 (GREASE).
 */
#ifndef CY_TLS_WIRE_EXTENSION_H
#define CY_TLS_WIRE_EXTENSION_H

#include "base/common.h"

enum {
  CY_EXT_SERVER_NAME = 0,
  CY_EXT_MAX_FRAGMENT_LENGTH = 1,
  CY_EXT_STATUS_REQUEST = 5,
  CY_EXT_SUPPORTED_GROUPS = 10,
  CY_EXT_EC_POINT_FORMATS = 11,
  CY_EXT_SIGNATURE_ALGORITHMS = 13,
  CY_EXT_HEARTBEAT = 15,
  CY_EXT_ALPN = 16,
  CY_EXT_SCT = 18,
  CY_EXT_PADDING = 21,
  CY_EXT_ENCRYPT_THEN_MAC = 22,
  CY_EXT_EXTENDED_MASTER_SECRET = 23,
  CY_EXT_COMPRESS_CERTIFICATE = 27,
  CY_EXT_RECORD_SIZE_LIMIT = 28,
  CY_EXT_SESSION_TICKET = 35,
  CY_EXT_PRE_SHARED_KEY = 41,
  CY_EXT_EARLY_DATA = 42,
  CY_EXT_SUPPORTED_VERSIONS = 43,
  CY_EXT_COOKIE = 44,
  CY_EXT_PSK_KEY_EXCHANGE_MODES = 45,
  CY_EXT_CERTIFICATE_AUTHORITIES = 47,
  CY_EXT_OID_FILTERS = 48,
  CY_EXT_POST_HANDSHAKE_AUTH = 49,
  CY_EXT_SIGNATURE_ALGORITHMS_CERT = 50,
  CY_EXT_KEY_SHARE = 51,
  CY_EXT_ENCRYPTED_CLIENT_HELLO = 65037,
  CY_EXT_RENEGOTIATION_INFO = 65281,
};

/* "supported_groups"; NULL when nobody knows it. GREASE has no name either. */
const char *cy_wire_extension_name(uint16_t type);
bool cy_wire_extension_is_registered(uint16_t type);
/* A number that means nothing, sent so that servers stay tolerant: 0x0A0A, 0x1A1A ... 0xFAFA. */
static inline bool cy_wire_is_grease(uint16_t code)
{
  return (code & 0x0f0f) == 0x0a0a && code >> 8 == (code & 0xff);
}

/* A block of extensions, in the order of the message. */
typedef struct {
  cy_span block;
  size_t count;
  bool there; /* false: the message has no block at all */
} cy_wire_extensions;

typedef struct {
  uint16_t type;
  cy_span body;
} cy_wire_extension;

/* Takes the first off: for (cy_wire_extensions left = hello.extensions; cy_wire_extension_next(&left,
 * &ext);) */
bool cy_wire_extension_next(cy_wire_extensions *left, cy_wire_extension *ext);
/* `body` may be NULL. */
bool cy_wire_extension_find(const cy_wire_extensions *exts, uint16_t type, cy_span *body);

/* Numbers of two bytes: suites, groups, schemes, versions. */
static inline size_t cy_wire_count16(cy_span list)
{
  return list.len / 2;
}
static inline uint16_t cy_wire_at16(cy_span list, size_t i)
{
  return (uint16_t)(list.data[2 * i] << 8 | list.data[2 * i + 1]);
}
bool cy_wire_has16(cy_span list, uint16_t code);

/* Take the first vector off a list: names of protocols (ALPN, one byte of length), of CAs (two bytes). */
bool cy_wire_next8(cy_span *left, cy_span *item);
bool cy_wire_next16(cy_span *left, cy_span *item);

/* A key share: the group and the public key in its own form. */
typedef struct {
  uint16_t group;
  cy_span key;
} cy_wire_share;
bool cy_wire_share_next(cy_span *left, cy_wire_share *share);

#endif
