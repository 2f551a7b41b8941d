/*
 * Secret keys: symmetric keys and passwords, as stores hold them.
 *
 * Purpose:   one form for them in memory: a PrivateKeyInfo whose algorithm is that of the secret key and
 *            whose key are its raw octets, as Java puts secret keys into PKCS#12; and the names and OIDs of
 *            their algorithms.
 * Ownership: spans borrow the PrivateKeyInfo, which is secret.
 * Errors:    key.malformed; crypto.unsupported for a name that can not be kept.
 * Threads:   safe.
 * Source:    RFC 5208; OpenJDK 17's sun.security.x509.AlgorithmId (which names have which OIDs).
 *
 * An algorithm without an OID ("Blowfish", "PBKDF2WithHmacSHA256") has an empty one here and its name as a
 * UTF8String behind it. That stays in memory: what can write names only writes the name, and what can write
 * OIDs only can not hold it (cy_secret_algorithm_oid).
 */
#ifndef CY_CRYPTO_SECRET_KEY_H
#define CY_CRYPTO_SECRET_KEY_H

#include "base/oid.h"
#include "base/secret.h"

typedef struct {
  cy_span oid;  /* content octets; empty when there is none */
  cy_span name; /* as it stood beside an empty OID, else empty: see cy_secret_key_name */
  cy_span key;
} cy_secret_key;

cy_err *cy_secret_key_parse(cy_secret_key *out, cy_span pkcs8) CY_MUST_USE;
/* `algorithm` as Java names it ("AES", "HmacSHA256"), without regard to case, or a dotted OID. */
cy_err *cy_secret_key_make(cy_secret **pkcs8, cy_span algorithm, cy_span key) CY_MUST_USE;
/* As Java names it: "AES"; the dotted form of an OID that has no name. */
void cy_secret_key_name(cy_buf *buf, const cy_secret_key *key);
/* For people: "AES 256"; of passwords the name only, since their length is nobody's business. */
void cy_secret_key_format(cy_buf *buf, const cy_secret_key *key);
/* In bits; 0 for passwords. */
size_t cy_secret_key_bits(const cy_secret_key *key);
/* Appends the content octets of the OID; false (and nothing) when the name has none. */
bool cy_secret_algorithm_oid(cy_buf *oid, cy_span algorithm);

#endif
