/*
 * Stores whose password stands in the configuration that names them.
 *
 * Purpose:   open them with that password before anybody is asked; it goes no further.
 * Ownership: the password is borrowed for the call.
 * Errors:    as cy_tls_read_identity and cy_tls_read_trust.
 * Threads:   one owner.
 * Source:    Liberty's {xor} is base64 of bytes that were xored with an underscore: a cover, no protection.
 */
#ifndef CY_TLS_READ_PASSWORD_H
#define CY_TLS_READ_PASSWORD_H

#include "tls/reader.h"

/* `password` NULL: none. */
cy_err *cy_tls_read_identity_with(cy_tls_reading *reading, cy_tls_side *side, const char *from,
  const char *certificate, const char *key, const char *label, const char *password) CY_MUST_USE;
cy_err *cy_tls_read_trust_with(cy_tls_reading *reading, cy_tls_side *side, const char *from,
  const char *path, const char *password) CY_MUST_USE;
/* {xor}... in clear; other forms as they are. NULL: memory, or one that can not be taken off ({aes},
 * {hash}). Wipe it before it is freed: cy_tls_password_free. */
char *cy_tls_password_clear(const char *password) CY_MUST_USE;
void cy_tls_password_free(char *password);

#endif
