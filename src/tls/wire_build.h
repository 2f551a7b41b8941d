/*
 * Building a ClientHello, and records around it.
 *
 * Purpose:   ask a server exactly what one wants to know: any versions, suites, groups and schemes, in
 *            any order, whatever a library of our own would do.
 * Ownership: the plan and all that it points to are borrowed; bytes are appended to the caller's buffer.
 * Errors:    the buffer's (cy_buf_check): CY_BUF_WRONG when the plan can not be written (a random that is
 *            not 32 bytes long, no suite, a list that is too long).
 * Threads:   pure.
 * Source:    RFC 8446 4.1.2 and 4.2, RFC 5246 7.4.1.2, RFC 7685 (padding); extensions as in
 * tls/wire_hello.h.
 *
 * Nothing is random here: random, session id and public keys are the caller's. An extension is sent when
 * its list is there (count 0 and a pointer that is not NULL: an empty list).
 */
#ifndef CY_TLS_WIRE_BUILD_H
#define CY_TLS_WIRE_BUILD_H

#include "base/buf.h"
#include "tls/wire_extension.h"

/* Numbers of two bytes in order. codes NULL: the extension is not sent. */
typedef struct {
  const uint16_t *codes;
  size_t count;
} cy_wire_codes;

typedef struct {
  uint16_t version; /* legacy_version */
  cy_span random;   /* 32 bytes */
  cy_span session_id;
  cy_wire_codes suites;
  cy_span compression; /* data NULL: none but "null" */

  const char *server_name; /* NULL: not sent */
  cy_wire_codes groups, schemes, schemes_cert, versions;
  cy_span point_formats;       /* data NULL: not sent, as all spans here */
  const cy_wire_share *shares; /* key_share; NULL: not sent */
  size_t share_count;
  cy_span psk_modes;
  const char *const *protocols; /* ALPN; NULL: not sent */
  size_t protocol_count;
  cy_span session_ticket;
  cy_span renegotiated; /* renegotiation_info */
  cy_span cookie;
  uint16_t record_size_limit;
  uint8_t max_fragment;
  bool extended_master_secret, encrypt_then_mac, status_request, post_handshake_auth;

  const cy_wire_extension *extra; /* sent as they are, after the others unless `order` says otherwise */
  size_t extra_count;
  /* Types of extensions in the order wanted; those that are not named follow in the usual order, and names
   * of what is not sent do nothing. */
  cy_wire_codes order;
  size_t pad_to; /* the message shall be at least so long: an extension of zeros is added. 0: no matter */
} cy_wire_plan;

/* The message with its header of four bytes. pre_shared_key, which must be the last, stays behind the
 * padding. */
void cy_wire_build_hello(cy_buf *out, const cy_wire_plan *plan);
/* Records of this type and version, as many as it takes. */
void cy_wire_build_records(cy_buf *out, uint8_t type, uint16_t version, cy_span content);

#endif
