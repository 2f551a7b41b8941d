/*
 * Inside of JSSE's end: what the files end_jsse*.c share; nobody else includes it.
 *
 * Purpose:   which keys the SunX509 key manager hands out, which signatures they make, and which alert a
 *            refused chain becomes.
 * Ownership: none.
 * Errors:    see tls/end.h.
 * Threads:   pure.
 * Source:    JDK 17.0.21 as it behaves when asked (tests/pairs), its documentation of
 *            javax.net.ssl.X509ExtendedKeyManager and of java.security.
 */
#ifndef CY_TLS_END_JSSE_H
#define CY_TLS_END_JSSE_H

#include "tls/end.h"

/* Java's name of the kind of key: Ed25519 and Ed448 are one. */
cy_key_type cy_jsse_kind(cy_key_type type);
/* Whether Java can use a key on this curve. */
bool cy_jsse_uses_key(const cy_tls_terms *terms, const cy_tls_facts *facts);
/* Whether handshakes of this version may be signed so at all. */
bool cy_jsse_signs_in(const cy_scheme *scheme, uint16_t version);
/* Whether certificates may be signed so in this version. */
static inline bool cy_jsse_certifies_in(const cy_tls_terms *terms, uint8_t row, uint16_t version)
{
  return cy_row_list_has(&terms->cert_schemes, row) && cy_schemes[row].max >= version;
}
/* Whether any scheme of both lists is for this kind of key. */
bool cy_jsse_kind_signs(
  const cy_row_list *asked, const cy_row_list *own, cy_key_type kind, uint16_t version);
/* The first of `asked` that is of `own` and that the key makes; -1: none. */
int cy_jsse_scheme(
  const cy_tls_run *run, const cy_row_list *asked, const cy_tls_terms *signer, const cy_tls_facts *facts);
/* Judges what the other end shows; what it does not believe is noted. */
bool cy_jsse_judge(cy_tls_run *run, const cy_tls_terms *judge, const cy_tls_terms *shower, int shown);

bool cy_jsse_choose_version(cy_tls_run *run);
bool cy_jsse_choose_suite(cy_tls_run *run);
bool cy_jsse_accept_hello(cy_tls_run *run);
bool cy_jsse_accept_server(cy_tls_run *run);
bool cy_jsse_ask(cy_tls_run *run);
bool cy_jsse_bring(cy_tls_run *run);
bool cy_jsse_accept_client(cy_tls_run *run);

#endif
