/*
 * A certificate for people and programs.
 *
 * Purpose:   every field of a certificate through the output: names, serial, validity with days
 *            left, key, signature, fingerprints, extensions.
 * Ownership: nothing is kept.
 * Errors:    of digests (crypto.unavailable); those of the output are the output's.
 * Threads:   the owner of the output.
 * Source:    RFC 5280 4.1.
 *
 * The caller has opened an object. JSON keys are part of the schema of the document that they
 * stand in: they are never renamed.
 */
#ifndef CY_X509_CERT_SHOW_H
#define CY_X509_CERT_SHOW_H

#include "base/out.h"
#include "x509/cert.h"
#include "x509/name.h"

typedef struct {
  cy_time now;        /* days left are counted from here */
  cy_names names;     /* the notation of subject and issuer */
  bool all_names;     /* the others as well */
  bool no_extensions; /* leave them out */
} cy_cert_show_options;

cy_err *cy_cert_show(cy_out *out, const cy_cert_view *view, const cy_cert_show_options *options) CY_MUST_USE;

/* Parts of it, for requests and lists. */

/* "subject": the name in the notations asked for; `title` is for people. */
void cy_name_show(cy_out *out, const char *key, const char *title, cy_span name,
  const cy_cert_show_options *options);
/* "key": type, bits, curve, key id. */
cy_err *cy_key_info_show(cy_out *out, const cy_key_info *key) CY_MUST_USE;
/* What a queue manager compares a peer name with: its serial number first, then the subject. */
void cy_cert_mq_peer(cy_buf *buf, const cy_cert_view *view);
/* "expired 3 days ago", "12 days left", "valid in 2 hours" */
void cy_validity_format(cy_buf *buf, const cy_cert_view *view, cy_time now);

#endif
