/*
 * What an AlgorithmIdentifier of password-based encryption says, in full.
 *
 * Purpose:   one reading of it for describing, opening and sealing; the parts below pbe.h.
 * Ownership: spans borrow the AlgorithmIdentifier.
 * Errors:    input.malformed, crypto.unsupported, crypto.cost-refused.
 * Threads:   safe.
 * Source:    RFC 8018 appendices A and B, RFC 7292 appendix C, RFC 7914 section 7, RFC 5084, RFC 2268.
 */
#ifndef CY_CRYPTO_PBE_PLAN_H
#define CY_CRYPTO_PBE_PLAN_H

#include "base/cursor.h"
#include "base/mem.h"
#include "crypto/pbe.h"

enum {
  CY_PBE_KEY_MAX = 128, /* of RC2 */
  CY_PBE_IV_MAX = 64,   /* of an AEAD nonce */
};

typedef struct {
  cy_oid oid;
  const char *name; /* OpenSSL's */
  uint8_t key_len;  /* 0: the parameters say */
  uint8_t iv_len;
  uint8_t block; /* 1: a stream */
  bool aead;
  bool legacy; /* only in the legacy provider */
  bool ccm;    /* an AEAD with a short nonce, in one go */
  bool wrap;   /* RFC 5649: no IV, a check inside */
} cy_pbe_cipher;

/* How the bytes are enciphered, once a key is there. */
typedef struct {
  const cy_pbe_cipher *cipher; /* NULL: not known */
  size_t key_len;
  unsigned rc2_bits; /* effective key bits; 0: not RC2 */
  size_t tag_len;    /* AEAD */
} cy_pbe_mode;

typedef struct {
  cy_pbe_info info;
  cy_span cipher_oid, kdf_oid, prf_oid; /* content octets, for naming what is not known */
  cy_span salt;
  uint64_t scrypt_r, scrypt_p;
  uint64_t key_len; /* as the derivation's parameters have it; 0: they do not */
  cy_span iv;
  cy_pbe_mode mode;
} cy_pbe_plan;

cy_err *cy_pbe_plan_parse(cy_pbe_plan *out, cy_span algid) CY_MUST_USE;
/* PBKDF2's AlgorithmIdentifier (also inside PBMAC1). */
void cy_pbe_plan_kdf(cy_cur *cur, cy_pbe_plan *plan);
const cy_pbe_cipher *cy_pbe_cipher_find(cy_oid oid);
/* The mode of one of PKCS#12's own or PBES1's schemes; false for others. */
bool cy_pbe_mode_of_scheme(cy_pbe_mode *out, cy_oid scheme);
/* Counts work of another kind, in rounds that take as long (cy_pbe_work). */
void cy_pbe_work_add(uint64_t rounds);
cy_err *cy_pbe_cost_check(uint64_t iterations) CY_MUST_USE;
/* An error that names the algorithm. */
cy_err *cy_pbe_unsupported(const char *what, cy_span oid) CY_MUST_USE;

/* Key and, where the scheme derives it, IV; both as long as the arrays, wiped by the caller. */
typedef struct {
  uint8_t key[CY_PBE_KEY_MAX];
  uint8_t iv[CY_PBE_IV_MAX];
  size_t iv_len;
} cy_pbe_keys;
static inline void cy_pbe_keys_clear(cy_pbe_keys *keys)
{
  cy_wipe(keys, sizeof *keys);
}
cy_err *cy_pbe_derive(cy_pbe_keys *out, const cy_pbe_plan *plan, const cy_secret *password) CY_MUST_USE;
/* OpenSSL's digest name for an HMAC's identifier, or NULL. */
const char *cy_pbe_prf_digest(cy_oid hmac);
cy_err *cy_pbkdf2_named(uint8_t *out, size_t len, const char *digest, cy_span password, cy_span salt,
  uint64_t iterations) CY_MUST_USE;

/* Appends PBKDF2's AlgorithmIdentifier; key_len 0 leaves the length out. */
void cy_pbkdf2_algid(cy_buf *buf, cy_span salt, uint64_t iterations, size_t key_len, cy_oid prf);

/* Enciphers all of `in`; out has room for in.len and a block and a tag. crypto.wrong-password when
 * padding or tag do not fit on deciphering. */
cy_err *cy_pbe_crypt(bool encrypt, const cy_pbe_mode *mode, const cy_pbe_keys *keys, cy_span in,
  uint8_t *out, size_t *out_len) CY_MUST_USE;

#endif
