/*
 * PuTTY's private keys (.ppk), versions 2 and 3.
 *
 * Purpose:   what the file says without its passphrase, and the key with it.
 * Ownership: spans borrow the text; buffers belong to the cy_ppk (cy_ppk_clear). The text of a key that is
 *            not sealed is secret.
 * Errors:    key.malformed; crypto.wrong-password when the MAC of a sealed key does not fit (after a change
 *            of the file, too: the format can not tell); crypto.unsupported, crypto.unavailable.
 * Threads:   pure functions.
 * Source:    PuTTY's manual 0.78, appendix C.
 */
#ifndef CY_CRYPTO_PPK_H
#define CY_CRYPTO_PPK_H

#include "crypto/argon2.h"
#include "crypto/ssh_key.h"

enum { CY_PPK_SALT_MAX = 64, CY_PPK_MAC_MAX = 32 };

typedef struct {
  unsigned version;
  cy_span algorithm;  /* "ssh-ed25519" */
  cy_span encryption; /* "none", "aes256-cbc" */
  cy_span comment;
  bool encrypted;
  cy_buf public_blob;
  cy_buf private_blob; /* sealed, or secret */
  cy_argon2_cost cost; /* version 3, sealed */
  uint8_t salt[CY_PPK_SALT_MAX];
  size_t salt_len;
  uint8_t mac[CY_PPK_MAC_MAX];
  size_t mac_len;
} cy_ppk;

cy_err *cy_ppk_parse(cy_ppk *out, cy_span text) CY_MUST_USE;
void cy_ppk_clear(cy_ppk *ppk);
cy_err *cy_ppk_open(cy_secret **pkcs8, const cy_ppk *ppk, const cy_secret *password) CY_MUST_USE;
bool cy_ppk_detect(cy_span head);

#endif
