/*
 * Certificate requests (PKCS#10).
 *
 * Purpose:   who asks for a certificate for which key, with which extensions; and whether the asker
 *            holds that key.
 * Ownership: a view borrows from the bytes that it was parsed from.
 * Errors:    x509.request-malformed with offset and reason.
 * Threads:   pure functions.
 * Source:    RFC 2986; RFC 2985 5.4 (attributes).
 */
#ifndef CY_X509_REQUEST_H
#define CY_X509_REQUEST_H

#include "x509/cert.h"
#include "x509/cert_show.h"

typedef struct {
  cy_span der;
  cy_span info;    /* what is signed */
  int version;     /* 1 is the only one that there is */
  cy_span subject; /* Name, whole */
  cy_span spki;    /* whole */
  cy_key_info key;
  cy_err_code key_error; /* CY_OK, or why the key could not be read */
  cy_span algid;         /* of the signature, whole */
  cy_oid sig_alg;
  cy_span sig_oid;
  cy_span signature;
  cy_ext exts[CY_CERT_EXTENSIONS]; /* asked for */
  size_t ext_count;
  bool has_challenge_password; /* which stands there in clear */
  unsigned other_attributes;
  bool not_der;
} cy_request_view;

/* `view` borrows from der, which must be one request and nothing else. */
cy_err *cy_request_view_parse(cy_request_view *view, cy_span der) CY_MUST_USE;
const cy_ext *cy_request_ext(const cy_request_view *view, cy_oid oid);
/* Was it signed with the private key that belongs to the key in it? */
cy_err *cy_request_signed(bool *good, const cy_request_view *view) CY_MUST_USE;

/* All of it as fields of the object that the caller has opened. */
cy_err *cy_request_show(cy_out *out, const cy_request_view *view,
  const cy_cert_show_options *options) CY_MUST_USE;

#endif
