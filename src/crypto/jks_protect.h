/*
 * The key protector of Java's JKS keystores.
 *
 * Purpose:   open and seal a private key with Sun's own keystream of SHA-1, which is weak (one round, so
 *            guessing is cheap), and which is what JKS has.
 * Ownership: what is opened is a cy_secret of the caller's.
 * Errors:    crypto.wrong-password when the inner digest does not fit (also after damage: the two can
 *            not be told apart), key.malformed when it is too short.
 * Threads:   safe.
 * Source:    OpenJDK's sun.security.provider.KeyProtector, as its comment describes it; OID
 *            1.3.6.1.4.1.42.2.17.1.1. salt(20), key XOR stream, SHA-1(password, key)(20).
 */
#ifndef CY_CRYPTO_JKS_PROTECT_H
#define CY_CRYPTO_JKS_PROTECT_H

#include "base/secret.h"

/* A password as Java's stores digest it: UTF-16, big-endian, without an end. NULL counts as empty.
 * What is no UTF-8 counts as Latin-1. */
cy_err *cy_jks_password(cy_secret **utf16be, const cy_secret *password) CY_MUST_USE;
/* `sealed` is the content of the EncryptedPrivateKeyInfo's OCTET STRING. */
cy_err *cy_jks_unprotect(cy_secret **plain, cy_span utf16be, cy_span sealed) CY_MUST_USE;
/* Appends; the salt is new each time. */
cy_err *cy_jks_protect(cy_buf *sealed, cy_span utf16be, cy_span plain) CY_MUST_USE;

#endif
