/*
 * The one global: OpenSSL contexts of our own.
 *
 * Purpose:   a private library context with the default provider, and a second one with the
 *            legacy provider for reading old formats. The process-wide NULL context and the user's
 *            openssl.cnf are never touched: token modules share libcrypto with us, and a user's
 *            configuration would change our answers.
 * Ownership: made on first need, freed by cy_lib_end at the end of the program.
 * Errors:    crypto.unavailable when a provider can not be loaded.
 * Threads:   safe. cy_lib_end only after all threads have ended.
 * Source:    OpenSSL 3 manual: OSSL_LIB_CTX(3), OSSL_PROVIDER(3).
 */
#ifndef CY_CRYPTO_LIB_H
#define CY_CRYPTO_LIB_H

#include <openssl/types.h>

#include "base/err.h"

cy_err *cy_lib_ctx(OSSL_LIB_CTX **ctx) CY_MUST_USE;
/* With the legacy provider too (RC2, RC4, DES, MD4): for reading, and for writing what old readers need. */
cy_err *cy_lib_legacy_ctx(OSSL_LIB_CTX **ctx) CY_MUST_USE;
void cy_lib_end(void);

/* An error whose text ends with OpenSSL's own reason; its queue is empty afterwards. */
cy_err *cy_err_openssl(cy_err_code code, const char *format, ...) CY_PRINTF(2, 3) CY_MUST_USE CY_NEVER_NULL;
/* Forgets what is in OpenSSL's queue: for calls whose failure is an answer. */
void cy_lib_clear_errors(void);

/* Random bytes for salts and serial numbers. */
cy_err *cy_random(uint8_t *out, size_t len) CY_MUST_USE;

#endif
