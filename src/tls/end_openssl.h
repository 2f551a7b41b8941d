/*
 * Inside of OpenSSL's end: what the files end_openssl*.c share; nobody else includes it.
 *
 * Purpose:   the library's own measures of strength and fitness, and the steps of the handshake.
 * Ownership: none.
 * Errors:    see tls/end.h.
 * Threads:   pure.
 * Source:    OpenSSL 3.0's manual and behaviour.
 */
#ifndef CY_TLS_END_OPENSSL_H
#define CY_TLS_END_OPENSSL_H

#include <stdlib.h>

#include "tls/end.h"

enum { CY_OPENSSL_SLOTS = 6, CY_OPENSSL_RSA = 0, CY_OPENSSL_RSA_PSS = 1, CY_OPENSSL_EC = 3 };

unsigned cy_openssl_level_bits(const cy_tls_terms *terms);
/* Strength of the digest under a certificate's signature, as OpenSSL counts it. */
unsigned cy_openssl_signature_bits(const cy_cert_view *view);
/* Whether one of these schemes is that of the signature on the certificate itself. */
bool cy_openssl_signed_by(const cy_tls_facts *facts, const cy_row_list *schemes);
/* Issuer is subject, and the key identifiers do not speak against it: its signature does not count. */
bool cy_openssl_self_signed(const cy_cert_view *view);
bool cy_openssl_group_fits(const cy_tls_group *group, uint16_t low, uint16_t high);
bool cy_openssl_scheme_is_weak_hash(const cy_scheme *scheme);
/* Whether a key of this kind is what a suite up to TLS 1.2 asks for. */
bool cy_openssl_key_fits(cy_key_type key, cy_suite_needs needs);
/* The run of versions that OpenSSL makes of a set with holes. */
unsigned cy_openssl_run(unsigned versions);
/* The alert that OpenSSL makes of an error of verification. */
int cy_openssl_alert_of(int error);

/* Whether the level allows the signatures before TLS 1.2, which are of SHA-1. */
bool cy_openssl_signs_legacy(const cy_tls_terms *terms);
/* Whether a key can make this signature in TLS 1.3, and in 1.2; `facts` are of the scheme's kind of key. */
bool cy_openssl_scheme_fits13(const cy_scheme *scheme, const cy_tls_facts *facts);
bool cy_openssl_scheme_fits12(const cy_scheme *scheme, const cy_tls_facts *facts);
/* In TLS 1.2 the curve of the other's EC key must be among one's own groups. */
bool cy_openssl_takes_curve(const cy_tls_run *run, const cy_tls_terms *judge, const cy_tls_facts *facts);
unsigned cy_openssl_dh_strength(unsigned bits);

bool cy_openssl_choose_version(cy_tls_run *run);
bool cy_openssl_choose_suite(cy_tls_run *run);
bool cy_openssl_accept_hello(cy_tls_run *run);
bool cy_openssl_accept_server(cy_tls_run *run);
bool cy_openssl_ask(cy_tls_run *run);
bool cy_openssl_bring(cy_tls_run *run);
bool cy_openssl_accept_client(cy_tls_run *run);

#endif
