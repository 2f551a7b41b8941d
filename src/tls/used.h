/*
 * What a connection really came to, beside the sides that were read from its trace.
 *
 * Purpose:   version, suite, certificates and outcome of a connection that took place, as a trace or a
 * saved display shows them: held against a prediction (tls/used_show.h), and evidence of who still uses
 *            what (tls/evidence.h). Both sides of one connection share it.
 * Ownership: reference-counted; it owns its texts and shares certificates.
 * Errors:    memory; tls.not-seen.
 * Threads:   immutable once made, the count is atomic.
 * Source:    tls/seen_side.h, tls/mq_status.c make it.
 */
#ifndef CY_TLS_USED_H
#define CY_TLS_USED_H

#include "tls/seen.h"

typedef enum {
  CY_TLS_CAME_UNKNOWN, /* the trace ends before */
  CY_TLS_CAME_AGREED,
  CY_TLS_CAME_FAILED,
} cy_tls_came;
const char *cy_tls_came_name(cy_tls_came came); /* "agreed" */

struct cy_tls_used {
  unsigned refs;
  char *what; /* "openssl s_client", "channel status" */
  char *file;
  size_t line;
  char *when;      /* as it stands there; NULL: it does not say */
  char *channel;   /* of a queue manager; NULL */
  char *client;    /* name or address of the client; NULL */
  char *server;    /* name or address that was connected to; NULL */
  char *peer_name; /* subject of the client's certificate, in any notation; NULL */
  size_t times;    /* alike */
  cy_tls_came came;
  cy_seen_code version, suite, group, server_scheme, client_scheme;
  cy_cert *server_cert, *client_cert; /* that the ends showed; NULL: none, or not in full */
  bool clear;                         /* there was no TLS */
  bool names_only;                    /* the server's certificate is named, not held */
  char **ca_names;                    /* that the server named when it asked, in any notation */
  size_t ca_count, ca_cap;
  cy_tri asked, shown; /* whether the client was asked, and showed one */
  int alert;           /* that ended it, -1: none */
  cy_tls_role alerter;
  size_t alert_line;
};

cy_err *cy_tls_used_new(cy_tls_used **out, const char *what, const char *file, size_t line) CY_MUST_USE;
cy_tls_used *cy_tls_used_ref(cy_tls_used *used);
void cy_tls_used_free(cy_tls_used *used);
CY_AUTO_DEFINE(cy_tls_used)

/* tls.not-seen when this is a server from a trace that does not hold its certificate: nothing could be
 * predicted that would mean anything. */
cy_err *cy_tls_used_check(const cy_tls_side *server) CY_MUST_USE;

/* tls.seen-ca-not-named when the server is from a trace and named no CA above the client's certificate. */
cy_err *cy_tls_used_names(cy_findings *out, const cy_tls_side *client, const cy_tls_side *server)
  CY_MUST_USE;

/* The version, or where none is shown the highest that its suite has; 0: neither is known. */
uint16_t cy_tls_used_version(const cy_tls_used *used);
/* Whether a connection of this version is what was seen. */
bool cy_tls_used_is(const cy_tls_used *used, uint16_t version);

/* "TLS 1.2, TLS_RSA_WITH_AES_256_GCM_SHA384, secp256r1"; "" when nothing was agreed. */
void cy_tls_used_format(cy_buf *buf, const cy_tls_used *used);

#endif
