/*
 * Channels: what is compared when the handshake is over.
 *
 * Purpose:   the names in certificates as filters see them, and what channel authentication records decide,
 * for who plays a handshake and for who shows its outcome. Ownership: borrows. Errors:    memory. Threads:
 * pure. Source:    identity/dn_filter.h, identity/chlauth.h.
 */
#ifndef CY_TLS_CHANNEL_H
#define CY_TLS_CHANNEL_H

#include "tls/predict.h"

/* The certificate that this end has shown; false: it has shown none. */
bool cy_tls_channel_subject(
  cy_dn_subject *subject, cy_dn_subject *issuer, const cy_tls_outcome *outcome, const cy_tls_terms *shower);
/* The server's side must have records. */
cy_err *cy_tls_channel_decide(cy_chlauth_decision *out, const cy_tls_outcome *outcome,
  const cy_tls_terms *client, const cy_tls_terms *server) CY_MUST_USE;

#endif
