/*
 * OpenSSH's private keys ("OPENSSH PRIVATE KEY" blocks).
 *
 * Purpose:   what is in the block without its passphrase, and the key with it.
 * Ownership: spans borrow the bytes of the block (decoded), which are secret when it is not sealed.
 * Errors:    key.malformed, crypto.unsupported, crypto.wrong-password (told from damage: both check numbers
 *            fit only with the right one), crypto.cost-refused.
 * Threads:   pure functions.
 * Source:    OpenSSH's PROTOCOL.key.
 */
#ifndef CY_CRYPTO_OPENSSH_H
#define CY_CRYPTO_OPENSSH_H

#include "crypto/ssh_key.h"

typedef struct {
  cy_span cipher; /* "none", "aes256-ctr" */
  cy_span kdf;    /* "none", "bcrypt" */
  cy_span salt;
  uint32_t rounds;
  cy_span public_blob;
  cy_span sealed;
  cy_span tag;
  bool encrypted;
} cy_openssh;

cy_err *cy_openssh_parse(cy_openssh *out, cy_span bytes) CY_MUST_USE;
cy_err *cy_openssh_open(cy_secret **pkcs8, const cy_openssh *key, const cy_secret *password) CY_MUST_USE;

#endif
