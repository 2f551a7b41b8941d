/*
 * Signature schemes of TLS: their names in every notation and the keys that they need.
 *
 * Purpose:   the one table of schemes that readers, prediction and people use.
 * Ownership: constant (data/tls-schemes.tsv, compiled in).
 * Errors:    none: what is not there is NULL.
 * Threads:   constant.
 * Source:    RFC 8446 4.2.3, RFC 5246 7.4.1.4.1, RFC 8734.
 */
#ifndef CY_TLS_SCHEME_H
#define CY_TLS_SCHEME_H

#include "crypto/key.h"
#include "tls/notation.h"

typedef struct {
  uint16_t code;
  const char *names[CY_NOTATION_COUNT];
  cy_key_type key;
  const char *hash;  /* NULL: part of the scheme (Ed25519) */
  const char *curve; /* that TLS 1.3 binds it to; in TLS 1.2 any will do */
  uint16_t min, max;
  bool certs_only; /* in TLS 1.3 for signatures of certificates, not for the handshake's own */
} cy_scheme;

extern const cy_scheme cy_schemes[];
extern const size_t cy_scheme_count;

const cy_scheme *cy_scheme_get(uint16_t code);
/* By a name in any notation, also "RSA-PSS+SHA256", or by its number. */
const cy_scheme *cy_scheme_find(const char *name);
/* Whether it is still good; *why is for people. */
bool cy_scheme_is_good(const cy_scheme *scheme, const char **why);

#endif
