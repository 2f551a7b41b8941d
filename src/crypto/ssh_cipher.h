/*
 * The ciphers of SSH key files.
 *
 * Purpose:   decipher what OpenSSH and PuTTY sealed, by the names that SSH has for ciphers.
 * Ownership: the caller's buffers.
 * Errors:    crypto.unsupported for a name that is not known; crypto.wrong-password when a tag does not
 * fit. Threads:   safe. Source:    RFC 4253 section 6.3, RFC 4344, RFC 5647, OpenSSH's
 * PROTOCOL.chacha20poly1305.
 */
#ifndef CY_CRYPTO_SSH_CIPHER_H
#define CY_CRYPTO_SSH_CIPHER_H

#include "base/err.h"

typedef struct {
  const char *name;    /* SSH's */
  const char *openssl; /* NULL: chacha20-poly1305 */
  uint8_t key_len, iv_len, block, tag_len;
} cy_ssh_cipher;

enum { CY_SSH_KEY_IV_MAX = 64 };

const cy_ssh_cipher *cy_ssh_cipher_find(cy_span name);
/* `key` is key and IV, one after the other; `out` has room for in.len. Tags stand behind what they guard.
 */
cy_err *cy_ssh_decipher(
  const cy_ssh_cipher *cipher, const uint8_t *key, cy_span in, cy_span tag, uint8_t *out) CY_MUST_USE;

#endif
