/*
 * Keys in the notation of SSH: strings with lengths.
 *
 * Purpose:   what OpenSSH's and PuTTY's key files hold, as SubjectPublicKeyInfo and PKCS#8.
 * Ownership: spans borrow the input, which is secret for private keys; results are the caller's.
 * Errors:    key.malformed; crypto.unsupported for kinds that are not known, and for keys that live on a
 *            security device (sk-...), of which the file has only a handle.
 * Threads:   pure functions.
 * Source:    RFC 4251 section 5, RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section 4;
 *            OpenSSH's PROTOCOL.key; PuTTY's manual, appendix C.
 */
#ifndef CY_CRYPTO_SSH_KEY_H
#define CY_CRYPTO_SSH_KEY_H

#include "base/cursor.h"
#include "crypto/key.h"

typedef enum {
  CY_SSH_RSA,
  CY_SSH_DSA,
  CY_SSH_P256,
  CY_SSH_P384,
  CY_SSH_P521,
  CY_SSH_ED25519,
  CY_SSH_ED448,
  CY_SSH_UNKNOWN,
} cy_ssh_kind;

typedef struct {
  cy_ssh_kind kind;
  cy_span name;       /* "ssh-ed25519" */
  cy_span n, e;       /* RSA; magnitudes without sign, as all numbers here */
  cy_span p, q, g, y; /* DSA; p and q also of RSA */
  cy_span point;      /* EC; EdDSA: the public key */
  cy_span d, iqmp;    /* private: exponent, DSA's x, EC's number, EdDSA's seed */
} cy_ssh_key;

cy_span cy_ssh_string(cy_cur *cur);
cy_span cy_ssh_mpint(cy_cur *cur); /* not negative: the magnitude */

/* The public blob: name and fields. */
cy_err *cy_ssh_public(cy_ssh_key *out, cy_span blob) CY_MUST_USE;
/* The private fields as OpenSSH has them (public ones among them; `cur` stands behind the name)... */
void cy_ssh_private_openssh(cy_ssh_key *key, cy_cur *cur);
/* ... and as PuTTY has them, after the public blob was read. */
void cy_ssh_private_putty(cy_ssh_key *key, cy_cur *cur);
cy_ssh_kind cy_ssh_kind_of(cy_span name);

cy_err *cy_ssh_spki(cy_buf *spki, const cy_ssh_key *key) CY_MUST_USE;
cy_err *cy_ssh_pkcs8(cy_secret **pkcs8, const cy_ssh_key *key) CY_MUST_USE;

#endif
