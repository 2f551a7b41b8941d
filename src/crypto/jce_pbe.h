/*
 * PBEWithMD5AndTripleDES: what Java's JCEKS stores seal keys with.
 *
 * Purpose:   Sun's own key derivation, which is in no standard: MD5 over password and each half of the
 *            salt by itself. Everything else of the scheme is crypto/pbe.h's (its scheme is
 *            CY_OID_JCEKS_KEY_PROTECTOR).
 * Ownership: the caller wipes what is derived.
 * Errors:    input.malformed for a salt that is not of 8 octets; crypto.unsupported for a password that
 *            Java would not take.
 * Threads:   safe.
 * Source:    OpenJDK's com.sun.crypto.provider.PBES1Core as its comments describe it, and what
 *            OpenJDK 17 makes of chosen salts.
 */
#ifndef CY_CRYPTO_JCE_PBE_H
#define CY_CRYPTO_JCE_PBE_H

#include "base/secret.h"

enum { CY_JCE_PBE_LEN = 32, CY_JCE_PBE_SALT = 8 };

/* 24 octets of key, 8 of IV. The iterations are done twice, once for each half. */
cy_err *cy_jce_pbe_derive(
  uint8_t out[CY_JCE_PBE_LEN], const cy_secret *password, cy_span salt, uint64_t iterations) CY_MUST_USE;
/* For sealing: today's Java takes printable ASCII only, and would not open what has another password. */
cy_err *cy_jce_password_check(const cy_secret *password) CY_MUST_USE;

#endif
