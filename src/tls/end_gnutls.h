/*
 * Inside of GnuTLS's end: what the files end_gnutls*.c share; nobody else includes it.
 *
 * Purpose:   which keys make which signatures for which suites, as GnuTLS counts it.
 * Ownership: none.
 * Errors:    see tls/end.h.
 * Threads:   pure.
 * Source:    GnuTLS 3.7's manual (priority strings, certificate credentials) and behaviour (tests/pairs).
 */
#ifndef CY_TLS_END_GNUTLS_H
#define CY_TLS_END_GNUTLS_H

#include "tls/end.h"

/* Whether a key of this kind, with this usage, serves a suite up to TLS 1.2. */
bool cy_gnutls_key_serves(const cy_tls_facts *facts, const cy_suite *suite);
/* Whether its curve is one that the library knows. */
bool cy_gnutls_knows_key(const cy_tls_terms *terms, const cy_tls_facts *facts);
bool cy_gnutls_key_is(const cy_tls_facts *facts, const cy_suite *suite); /* of the right kind */
/* With SHA-1, as before TLS 1.2. */
bool cy_gnutls_signs_legacy(const cy_tls_facts *facts);
bool cy_gnutls_may_sign(const cy_tls_facts *facts);
/* Whether a key makes this signature in the version that was chosen. */
bool cy_gnutls_key_makes(const cy_tls_run *run, const cy_scheme *scheme, const cy_tls_facts *facts);
/* Whether it is one of the certificate's names (its common name when it has no others). */
bool cy_gnutls_has_name(const cy_tls_facts *facts, const char *name);
/* RSA-PSS needs a modulus of twice the digest and two octets, which is noticed only when it signs; up to
 * TLS 1.2 it takes less salt than TLS asks for. */
bool cy_gnutls_large_enough(const cy_tls_facts *facts, int row);
unsigned cy_gnutls_field_bits(const cy_tls_group *group);

bool cy_gnutls_choose_version(cy_tls_run *run);
bool cy_gnutls_choose_suite(cy_tls_run *run);
bool cy_gnutls_accept_hello(cy_tls_run *run);
bool cy_gnutls_accept_server(cy_tls_run *run);
bool cy_gnutls_ask(cy_tls_run *run);
bool cy_gnutls_bring(cy_tls_run *run);
bool cy_gnutls_accept_client(cy_tls_run *run);

#endif
