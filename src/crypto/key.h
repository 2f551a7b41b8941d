/*
 * Keys: what kind a public key is, and private keys wherever they live.
 *
 * Purpose:   one type for a private key in a file or on a token; nothing above asks where it is.
 *            What a public key is (type, size, curve) is read from its SubjectPublicKeyInfo with
 *            cursors, so that listing and auditing decode no key.
 * Ownership: cy_key is reference-counted (cy_key_ref, cy_key_free). Private bytes are cy_secret.
 * Errors:    key.malformed, key.not-exportable, crypto.*.
 * Threads:   a key may be shared for signing when its ops say so; software keys may.
 * Source:    RFC 5280 4.1.2.7, RFC 3279, RFC 5480, RFC 8410 (public); RFC 5208, RFC 5958 (PKCS#8),
 *            RFC 8017 A.1.2 (PKCS#1), RFC 5915 (SEC1).
 */
#ifndef CY_CRYPTO_KEY_H
#define CY_CRYPTO_KEY_H

#include "base/oid.h"
#include "base/secret.h"
#include "crypto/digest.h"

typedef struct evp_pkey_st EVP_PKEY;

typedef enum {
  CY_KEY_UNKNOWN,
  CY_KEY_RSA,
  CY_KEY_RSA_PSS,
  CY_KEY_DSA,
  CY_KEY_DH,
  CY_KEY_EC,
  CY_KEY_ED25519,
  CY_KEY_ED448,
  CY_KEY_X25519,
  CY_KEY_X448,
  CY_KEY_ML_DSA,
  CY_KEY_SM2,
} cy_key_type;

typedef struct {
  cy_key_type type;
  cy_oid algorithm; /* CY_OID_UNKNOWN when the table has not got it */
  cy_span alg_oid;  /* content octets */
  cy_span params;   /* the parameters with tag and length, or empty */
  unsigned bits;    /* of modulus or field; 0 when it is not known */
  cy_oid curve;     /* for EC: a named curve, else CY_OID_UNKNOWN */
  cy_span modulus;  /* RSA: magnitude */
  cy_span exponent; /* RSA */
  cy_span bit_string; /* the public key's bits: input of key identifiers */
} cy_key_info;

/* Spans of *out borrow from spki. */
cy_err *cy_key_info_parse(cy_key_info *out, cy_span spki) CY_MUST_USE;
/* The same key, although one says RSA and the other RSA-PSS, or the point of one is compressed. */
bool cy_key_same(cy_span a, cy_span b);
/* "RSA 2048", "EC P-256", "Ed25519", "1.2.3.4". */
void cy_key_info_format(cy_buf *buf, const cy_key_info *info);
/* Security strength in bits as NIST SP 800-57 part 1 table 2 counts it; 0 when it is not known. */
unsigned cy_key_info_strength(const cy_key_info *info);
/* SHA-1 of the public key's bits: RFC 5280 4.2.1.2 (1), what most products call the key id. */
cy_err *cy_key_id(cy_digest *id, const cy_key_info *info) CY_MUST_USE;

/* Private keys. */

typedef struct cy_key cy_key;

typedef struct {
  cy_digest_alg digest;
  bool pss; /* RSA-PSS with salt as long as the digest; else PKCS#1 v1.5. Ignored for other keys */
} cy_sign_how;

typedef struct {
  const char *where; /* "software", "PKCS#11" */
  cy_err *(*spki)(void *self, cy_buf *out);
  cy_err *(*sign)(void *self, const cy_sign_how *how, cy_span data, cy_buf *signature);
  cy_err *(*decrypt)(void *self, cy_span ciphertext, cy_secret **plain);
  cy_err *(*export_pkcs8)(void *self, cy_secret **pkcs8); /* NULL: never leaves */
  void (*free)(void *self);
} cy_key_ops;

/* Takes `self`. This is how tokens register theirs. */
cy_err *cy_key_new(cy_key **out, const cy_key_ops *ops, void *self) CY_MUST_USE;
cy_err *cy_key_from_pkcs8(cy_key **out, cy_span pkcs8) CY_MUST_USE;
cy_key *cy_key_ref(cy_key *key);
void cy_key_free(cy_key *key);
CY_AUTO_DEFINE(cy_key)
const char *cy_key_where(const cy_key *key);
cy_err *cy_key_spki(const cy_key *key, cy_buf *spki) CY_MUST_USE;
cy_err *cy_key_sign(const cy_key *key, const cy_sign_how *how, cy_span data, cy_buf *signature) CY_MUST_USE;
/* RSA with PKCS#1 v1.5 padding. */
cy_err *cy_key_decrypt(const cy_key *key, cy_span ciphertext, cy_secret **plain) CY_MUST_USE;
cy_err *cy_key_export(const cy_key *key, cy_secret **pkcs8) CY_MUST_USE;

/* Other encodings of private keys into PKCS#8 and back; the bytes are secret. */
typedef enum {
  CY_ENCODING_PKCS8,
  CY_ENCODING_PKCS1_RSA,
  CY_ENCODING_SEC1_EC,
  CY_ENCODING_DSA,
} cy_key_encoding;
cy_err *cy_pkcs8_from(cy_secret **pkcs8, cy_key_encoding encoding, cy_span der) CY_MUST_USE;
/* What kind of private key this DER is; false when it is none. */
bool cy_key_encoding_detect(cy_key_encoding *out, cy_span der);
/* The key in a PEM block with DEK-Info, which is given as the header has it ("AES-128-CBC,0F1E..."). The
 * bytes that come out are some encoding for cy_pkcs8_from; crypto.wrong-password when they are none. */
cy_err *cy_pem_key_decrypt(cy_secret **der, cy_span dek_info, const cy_secret *password, cy_span ciphertext)
  CY_MUST_USE;
/* The public half of a PKCS#8 key as SubjectPublicKeyInfo. Without OpenSSL where the key carries
 * it (RSA, EC with public key), else computed. */
cy_err *cy_pkcs8_public(cy_buf *spki, cy_span pkcs8) CY_MUST_USE;
/* Verifies a signature made by `spki`'s key; `algid` is the signature's AlgorithmIdentifier. A key of
 * another kind than the algorithm's, or one whose RSA-PSS limits forbid it, gives *good = false; an
 * algorithm or curve that OpenSSL has not is crypto.unsupported, a key that is none key.malformed. */
cy_err *cy_signature_check(bool *good, cy_span spki, cy_span algid, cy_span data, cy_span signature)
  CY_MUST_USE;
/* The same for a DSA key without parameters of its own: `inherited` are those of the nearest issuer
 * that has some (cy_key_info.params), used only when the key lacks them. */
cy_err *cy_signature_check_inherited(bool *good, cy_span spki, cy_span inherited, cy_span algid, cy_span data,
  cy_span signature) CY_MUST_USE;

#endif
