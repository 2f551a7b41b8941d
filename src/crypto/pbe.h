/*
 * Password-based encryption: every scheme that keys and PKCS#12 are found under.
 *
 * Purpose:   open and seal bytes under a password by an AlgorithmIdentifier; say how strong it is.
 * Ownership: plain bytes are cy_secret and belong to the caller.
 * Errors:    crypto.wrong-password when the padding does not come out right (with a 1 in 256
 *            chance that a wrong password gives garbage instead: callers check what they got),
 *            crypto.unsupported, crypto.cost-refused (iterations above 10 million, scrypt above
 *            256 MB), input.malformed.
 * Threads:   safe.
 * Source:    RFC 8018 (PBES1, PBES2, PBMAC1), RFC 7292 appendix B, RFC 7914 (scrypt), RFC 9579.
 *
 * `password` is UTF-8; NULL is the absent password, which PKCS#12's own derivation tells from the
 * empty one (zero octets against two zero octets).
 */
#ifndef CY_CRYPTO_PBE_H
#define CY_CRYPTO_PBE_H

#include "base/oid.h"
#include "base/secret.h"
#include "crypto/digest.h"

typedef struct {
  cy_oid scheme;       /* PBES2, PBE12_3DES, PBE_MD5_DES ... */
  cy_oid kdf;          /* PBES2: PBKDF2 or SCRYPT */
  cy_oid prf;          /* PBKDF2: HMAC_SHA256 ... */
  cy_oid cipher;       /* AES256_CBC ... */
  uint64_t iterations; /* scrypt: N */
  size_t salt_len;
  bool legacy; /* needs OpenSSL's legacy provider, or is broken: DES, RC2, RC4 */
} cy_pbe_info;

cy_err *cy_pbe_describe(cy_pbe_info *out, cy_span algid) CY_MUST_USE;
/* "PBES2 AES-256-CBC, PBKDF2 HMAC-SHA256, 10000 iterations" */
void cy_pbe_format(cy_buf *buf, const cy_pbe_info *info);

cy_err *cy_pbe_decrypt(cy_secret **plain, cy_span algid, const cy_secret *password, cy_span sealed)
  CY_MUST_USE;
/* By one of PKCS#12's own schemes, where salt and count stand elsewhere in the file. */
cy_err *cy_pbe_decrypt_as(cy_secret **plain, cy_oid scheme, cy_span salt, uint64_t iterations,
  const cy_secret *password, cy_span sealed) CY_MUST_USE;
/* Appends what cy_pbe_decrypt_as opens; the caller makes the salt. */
cy_err *cy_pbe_encrypt_as(cy_buf *sealed, cy_oid scheme, cy_span salt, uint64_t iterations,
  const cy_secret *password, cy_span plain) CY_MUST_USE;

typedef struct {
  cy_oid scheme; /* CY_OID_PBES2, one of PKCS#12's own for old readers, or JCEKS's own */
  cy_oid cipher; /* PBES2 */
  cy_oid prf;    /* PBES2: PBKDF2 with this */
  uint32_t iterations;
  bool key_length; /* PBES2: the derivation's parameters name the key's length */
} cy_pbe_choice;

/* PBES2, AES-256-CBC, HMAC-SHA256, 10000 iterations: what every product of today reads. */
extern const cy_pbe_choice cy_pbe_default;

/* Appends the AlgorithmIdentifier and the ciphertext; salt and IV are new each time. */
cy_err *cy_pbe_encrypt(cy_buf *algid, cy_buf *sealed, const cy_pbe_choice *choice,
  const cy_secret *password, cy_span plain) CY_MUST_USE;

/* EncryptedPrivateKeyInfo (RFC 5958 section 3). */
cy_err *cy_pkcs8_unseal(cy_secret **pkcs8, cy_span encrypted, const cy_secret *password) CY_MUST_USE;
cy_err *cy_pkcs8_seal(
  cy_buf *encrypted, const cy_pbe_choice *choice, const cy_secret *password, cy_span pkcs8) CY_MUST_USE;

/* PKCS#12's key derivation (RFC 7292 B.2): id 1 key, 2 IV, 3 MAC. */
cy_err *cy_pkcs12_kdf(cy_secret **out, size_t len, int id, cy_digest_alg digest, const cy_secret *password,
  cy_span salt, uint64_t iterations) CY_MUST_USE;
cy_err *cy_pbkdf2(cy_secret **out, size_t len, cy_digest_alg prf, cy_span password, cy_span salt,
  uint64_t iterations) CY_MUST_USE;
/* The classic MAC of a PKCS#12 file (RFC 7292 section 4, appendix B.4). */
cy_err *cy_pkcs12_mac(cy_digest *out, cy_digest_alg digest, const cy_secret *password, cy_span salt,
  uint64_t iterations, cy_span data) CY_MUST_USE;

/* PBMAC1 as RFC 9579 has it in PKCS#12; `algid` is that of the MAC's DigestInfo. */
cy_err *cy_pbmac1_compute(cy_digest *mac, cy_span algid, const cy_secret *password, cy_span data)
  CY_MUST_USE;
/* *mac is HMAC_SHA256 or the like; out->scheme is PBMAC1, kdf and prf are as in the file. */
cy_err *cy_pbmac1_describe(cy_pbe_info *out, cy_oid *mac, cy_span algid) CY_MUST_USE;
/* Appends an AlgorithmIdentifier with a new salt: PBKDF2 and HMAC with this digest. */
cy_err *cy_pbmac1_algid(cy_buf *algid, cy_digest_alg digest, uint32_t iterations) CY_MUST_USE;

/* Rounds of key derivation that this thread has done so far: whoever tries many passwords bounds his
 * work by it, the same in every run. */
uint64_t cy_pbe_work(void);

#endif
