/*
 * Purpose:   certificates and revocation lists for tests with real signatures, on make_cert.h.
 * Ownership: the caller frees what it gets.
 * Errors:    a failure stops the test program with a message.
 * Threads:   one.
 *
 * Keys are those of tests/fixtures/keys: "ec-p256", "ec-p384", "ed25519".
 */
#ifndef TESTS_UNIT_X509_SIGN_CERT_H
#define TESTS_UNIT_X509_SIGN_CERT_H

#include "x509/crl.h"

/* `profile` and `edits` as for make_cert, with the public key `key`, signed by `signer`. */
cy_cert *sign_cert(const char *profile, const char *edits, const char *key, const char *signer);

/* A list: issuer in the notation of make_name, dates as 20260101000000, entries: "SERIALHEX[:REASON]
 * ...", extensions: hex of the inside of the SEQUENCE OF Extension (a number 1 when NULL). */
cy_crl *sign_crl(const char *issuer, const char *since, const char *until, const char *entries,
  const char *extensions, const char *signer);
/* The same with serials 1 to `count`. */
cy_crl *sign_long_crl(const char *issuer, size_t count, const char *signer);

#endif
