/*
 * Verdicts: whether one end trusts the other's certificate, worked out once.
 *
 * Purpose:   verification of chains costs a thousand predictions, and thousands of sides share a few
 *            stores; so an answer is kept for each certificate and way of judging it.
 * Ownership: verdicts own their texts and hold references of identities and trust.
 * Errors:    memory, what cy_verify reports.
 * Threads:   one owner.
 * Source:    x509/verify.h; OpenSSL's numbers of errors and the alerts that it makes of them.
 */
#ifndef CY_TLS_VERDICT_H
#define CY_TLS_VERDICT_H

#include "base/map.h"
#include "tls/terms.h"

typedef struct {
  bool holds;
  cy_rule rule;  /* the first that breaks it */
  size_t depth;  /* of the certificate that breaks it: 0 is the one that is shown */
  int openssl;   /* X509_V_ERR_..., 0: none of its own */
  char *subject; /* of that certificate */
  char *what;    /* "CN=x has expired on ..." */
  char *fix;
  cy_tls_identity *identity; /* held, so that the place of another one never means this answer */
  cy_tls_trust *trust, *completed;
} cy_tls_verdict;

typedef struct {
  cy_map known;
  cy_tls_verdict **items;
  size_t count, cap;
} cy_tls_verdicts;

void cy_tls_verdicts_init(cy_tls_verdicts *verdicts);
void cy_tls_verdicts_clear(cy_tls_verdicts *verdicts);
/* How `judge` sees identity number `shown` of `shower`. */
cy_err *cy_tls_verdict_get(const cy_tls_verdict **out, cy_tls_verdicts *verdicts, const cy_tls_terms *judge,
  const cy_tls_terms *shower, int shown) CY_MUST_USE;

#endif
