/*
 * Stand-ins: certificates of which only a listing is there.
 *
 * Purpose:   what takes certificates (chains, predictions) can take the facts of a saved listing, too: they
 *            become a certificate that says so. Its key and signature are made up, and whatever the listing
 *            does not tell is left out, so nobody may draw conclusions from these: cy_verify goes by the
 *            names alone and applies no rule on what is not told, and whoever shows one says that it is as
 *            the listing tells it (view->stand_in).
 * Ownership: as any certificate; the outline is borrowed for the call.
 * Errors:    memory; crypto.* when there is no digest.
 * Threads:   as any certificate.
 * Source:    RFC 5280 section 4.1 for the form.
 */
#ifndef CY_X509_STAND_IN_H
#define CY_X509_STAND_IN_H

#include "x509/cert.h"

typedef struct {
  cy_span issuer, subject;       /* DER Names, both wanted */
  cy_span serial;                /* magnitude; empty: not told */
  cy_time not_before, not_after; /* CY_TIME_NONE: not told, and then no limit */
  cy_key_type key_type;          /* RSA, DSA, EC; CY_KEY_UNKNOWN: not told */
  unsigned key_bits;
  bool brainpool;   /* an EC key on a Brainpool curve; else on NIST's */
  cy_oid signature; /* CY_OID_UNKNOWN: not told */
  bool is_ca;
  const char *const *domains; /* subjectAltName */
  size_t domain_count;
  const char *const *addresses;
  size_t address_count;
} cy_cert_outline;

/* The same outline gives the same octets. */
cy_err *cy_cert_stand_in_new(cy_cert **out, const cy_cert_outline *outline) CY_MUST_USE;
/* Reads back what cy_cert_stand_in_new made and somebody wrote down. */
cy_err *cy_cert_stand_in_parse(cy_cert **out, cy_span der) CY_MUST_USE;

#endif
