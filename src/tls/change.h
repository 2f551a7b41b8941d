/*
 * Changes: one setting of one end, made otherwise.
 *
 * Purpose:   what mending, proposing and migrating try out: a change is applied to a copy of a side, and
 *            the handshake is predicted again.
 * Ownership: a change borrows its certificate.
 * Errors:    memory.
 * Threads:   pure.
 * Source:    none: these are the fields of tls/side.h.
 */
#ifndef CY_TLS_CHANGE_H
#define CY_TLS_CHANGE_H

#include "tls/terms.h"

typedef enum {
  CY_CHANGE_VERSION_ADD, /* code: the version */
  CY_CHANGE_VERSION_REMOVE,
  CY_CHANGE_SUITE_ADD,   /* code; becomes the last of its list */
  CY_CHANGE_SUITE_FIRST, /* code; becomes the first, and the end's own order decides */
  CY_CHANGE_SUITE_ONLY,  /* code; the version's only one */
  CY_CHANGE_GROUP_ADD,   /* code */
  CY_CHANGE_SCHEME_ADD,  /* code; also for certificates, if they have a list of their own */
  CY_CHANGE_CLIENT_SCHEME_ADD,
  CY_CHANGE_CERT_SCHEME_ADD,
  CY_CHANGE_LEVEL,         /* value: OpenSSL's security level */
  CY_CHANGE_DH,            /* automatic parameters */
  CY_CHANGE_TRUST_ADD,     /* certificate: a new anchor */
  CY_CHANGE_CHAIN_ADD,     /* certificate: sent with the identity `value` */
  CY_CHANGE_PEER,          /* value: cy_tls_peer */
  CY_CHANGE_PEER_NAME,     /* certificate: the one whose name is to be taken */
  CY_CHANGE_NAMES_CHANNEL, /* client: says the channel's name */
  CY_CHANGE_LABEL_OFF,     /* server: the channel shows the queue manager's certificate */
  CY_CHANGE_ALPN_ADD,      /* protocol */
  CY_CHANGE_TLS_ON,        /* an end that works in clear */
  CY_CHANGE_DEMAND,        /* value: set of versions that the channel takes; any suite */
  CY_CHANGE_KINDS
} cy_tls_change_kind;

typedef struct {
  cy_tls_change_kind kind;
  cy_tls_role end;
  uint16_t code;
  int value;
  cy_cert *cert;
  char protocol[32]; /* longer names are not offered */
} cy_tls_change;

const char *cy_tls_change_id(cy_tls_change_kind kind); /* "suite-add" */
/* The field of the side that it is about. */
cy_tls_field cy_tls_change_field(const cy_tls_change *change);
/* Where a side says whether it uses TLS at all: its channel's CipherSpec, its listener, its address. */
cy_tls_field cy_tls_clear_field(const cy_tls_side *side);
/* How much one would rather not do this: 0 is fine, 100 and more gives up security. */
unsigned cy_tls_change_price(const cy_tls_change *change);
/* Lists that were left to the default are first filled in from `terms`, which are the side's. */
cy_err *cy_tls_change_apply(cy_tls_side *side, const cy_tls_terms *terms, const cy_tls_change *change)
  CY_MUST_USE;
/* "switch TLS 1.2 on", "add the suite ECDHE-RSA-AES128-GCM-SHA256" */
void cy_tls_change_format(cy_buf *buf, const cy_tls_change *change, const cy_tls_side *side);

#endif
