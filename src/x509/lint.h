/*
 * Lint: what is wrong with a certificate, judged by itself.
 *
 * Purpose:   findings about one certificate (or about it and the one that signed it): dates, keys,
 *            signatures, names, usages, extensions. The rules are the table lint_rules.def; their
 *            texts are rows of findings.def.
 * Ownership: findings belong to the list; views are borrowed for the call.
 * Errors:    only when memory ran out.
 * Threads:   pure functions; one list has one owner.
 * Source:    RFC 5280, RFC 5480, RFC 8017, RFC 6125; ITU-T X.690; CA/Browser Forum Baseline
 *            Requirements for TLS; what today's verifiers refuse.
 *
 * Nothing is allocated unless there is something to say: an audit looks at 100 000 certificates.
 */
#ifndef CY_X509_LINT_H
#define CY_X509_LINT_H

#include "base/finding.h"
#include "x509/cert.h"

typedef enum {
  CY_LINT_ROLE_NONE, /* whatever the certificate itself says that it is for */
  CY_LINT_ROLE_SERVER,
  CY_LINT_ROLE_CLIENT,
  CY_LINT_ROLE_EMAIL,
  CY_LINT_ROLE_CODE,
  CY_LINT_ROLE_CA,
} cy_lint_role;

typedef struct {
  cy_time now;                /* CY_TIME_NONE: dates are not held against a clock */
  unsigned warn_days;         /* "expires soon" begins so many days before; 0: never */
  unsigned min_rsa_bits;      /* a minimum that is planned, 0: none */
  cy_lint_role role;          /* what somebody wants to use it for */
  const char *host;           /* the name or address that clients use for it, or NULL */
  const cy_cert_view *issuer; /* the certificate whose key signed this one, or NULL */
} cy_lint_context;

/* `subject_address` becomes the findings' subject. */
cy_err *cy_lint_cert(cy_findings *list, const cy_cert_view *view, const char *subject_address,
  const cy_lint_context *ctx) CY_MUST_USE;

/* The rule on ctx.host alone: nothing is added when the certificate is good for it. */
cy_err *cy_lint_host(cy_findings *list, const cy_cert_view *view, const char *subject_address,
  const char *host) CY_MUST_USE;
/* The roles that its usages allow: "TLS server, TLS client". */
void cy_cert_roles_format(cy_buf *buf, const cy_cert_view *view);

#endif
