/* Private keys' encodings, into PKCS#8 and to the public half. */
#include "crypto/pkcs8.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/der.h"
#include "crypto/codes.h"
#include "crypto/key_evp.h"
#include "crypto/lib.h"

enum {
  KEY_MAX = 1 << 20,
  PRIVATE_MAX = 1 << 16,
  MODULUS_MAX = 2048, /* bytes, of DSA and DH; OpenSSL refuses larger ones for RSA itself */
};

static void read_pkcs8(cy_cur *cur, cy_pkcs8 *out)
{
  cy_span ignored;
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  if (cy_der_uint(&seq) > 1)
    cy_cur_fail(&seq, "a version that PKCS#8 has not");
  out->algid = cy_der_take_whole(&seq, CY_DER_SEQUENCE);
  cy_cur alg = cy_cur_over(&seq, out->algid);
  alg = cy_der_enter(&alg, CY_DER_SEQUENCE);
  out->alg_oid = cy_der_take(&alg, CY_DER_OID);
  out->params = cy_cur_rest(&alg);
  cy_der_leave(&alg);
  out->key = cy_der_take(&seq, CY_DER_OCTET_STRING);
  cy_der_take_if(&seq, CY_DER_CONTEXT_CONSTRUCTED(0), &ignored); /* attributes */
  cy_der_take_if(&seq, CY_DER_CONTEXT(1), &ignored);             /* public key */
  cy_der_leave(&seq);
}

cy_err *cy_pkcs8_parse(cy_pkcs8 *out, cy_span der)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, der);
  *out = (cy_pkcs8){.algorithm = CY_OID_UNKNOWN};
  read_pkcs8(&cur, out);
  cy_cur_end(&cur);
  out->algorithm = cy_oid_find(out->alg_oid);
  return cy_parse_check_as(&parse, CY_E_KEY_MALFORMED, "private key");
}

/* The older encodings. */

typedef struct {
  cy_span private;
  cy_span params; /* whole, or empty */
  cy_span public; /* the bits, or empty */
} sec1;

static void read_sec1(cy_cur *cur, sec1 *out)
{
  cy_cur inner;
  *out = (sec1){CY_SPAN_NONE, CY_SPAN_NONE, CY_SPAN_NONE};
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  if (cy_der_uint(&seq) != 1)
    cy_cur_fail(&seq, "a version that EC keys have not");
  out->private = cy_der_take(&seq, CY_DER_OCTET_STRING);
  if (cy_der_enter_if(&seq, CY_DER_CONTEXT_CONSTRUCTED(0), &inner)) {
    out->params = cy_der_next(&inner).whole;
    cy_der_leave(&inner);
  }
  if (cy_der_enter_if(&seq, CY_DER_CONTEXT_CONSTRUCTED(1), &inner)) {
    out->public = cy_der_bits(&inner, NULL);
    cy_der_leave(&inner);
  }
  cy_der_leave(&seq);
}

static cy_err *parse_sec1(sec1 *out, cy_span der)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, der);
  read_sec1(&cur, out);
  cy_cur_end(&cur);
  return cy_parse_check_as(&parse, CY_E_KEY_MALFORMED, "EC private key");
}

/* A version and `count` INTEGERs; RSA keys of several primes have a SEQUENCE after them. */
static void read_integers(cy_cur *cur, cy_span *numbers, size_t count)
{
  cy_span ignored;
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  uint64_t version = cy_der_uint(&seq);
  for (size_t i = 0; i < count; i++)
    numbers[i] = cy_der_unsigned(&seq);
  if (version == 1)
    cy_der_take_if(&seq, CY_DER_SEQUENCE, &ignored);
  else if (version > 1)
    cy_cur_fail(&seq, "a version that such keys have not");
  cy_der_leave(&seq);
}

enum { RSA_NUMBERS = 8, DSA_NUMBERS = 5 };

static cy_err *parse_integers(cy_span *numbers, size_t count, cy_span der, const char *what)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, der);
  read_integers(&cur, numbers, count);
  cy_cur_end(&cur);
  return cy_parse_check_as(&parse, CY_E_KEY_MALFORMED, what);
}

bool cy_key_encoding_detect(cy_key_encoding *out, cy_span der)
{
  for (cy_key_encoding e = CY_ENCODING_PKCS8; e <= CY_ENCODING_DSA; e++) {
    cy_parse parse = {.lenient = true};
    cy_cur cur = cy_cur_begin(&parse, der);
    cy_span numbers[RSA_NUMBERS];
    cy_pkcs8 pkcs8;
    sec1 ec;
    if (e == CY_ENCODING_PKCS8)
      read_pkcs8(&cur, &pkcs8);
    else if (e == CY_ENCODING_SEC1_EC)
      read_sec1(&cur, &ec);
    else
      read_integers(&cur, numbers, e == CY_ENCODING_DSA ? DSA_NUMBERS : RSA_NUMBERS);
    cy_cur_end(&cur);
    if (!parse.reason) {
      *out = e;
      return true;
    }
  }
  return false;
}

static void put_algid(cy_buf *buf, cy_oid oid, cy_span params)
{
  size_t seq = cy_der_begin(buf);
  cy_der_put(buf, CY_DER_OID, cy_oid_content(oid));
  cy_buf_span(buf, params);
  cy_der_end(buf, seq, CY_DER_SEQUENCE);
}

static cy_err *finish(cy_secret **out, cy_buf *buf)
{
  CY_TRY(cy_buf_check(buf));
  return cy_secret_copy(out, cy_buf_get(buf));
}

static cy_err *wrap(cy_secret **pkcs8, cy_oid oid, cy_span params, cy_span key)
{
  CY_CLEAN(cy_buf) buf = CY_BUF_SECRET(KEY_MAX);
  size_t seq = cy_der_begin(&buf);
  cy_der_put_uint(&buf, 0);
  put_algid(&buf, oid, params);
  cy_der_put(&buf, CY_DER_OCTET_STRING, key);
  cy_der_end(&buf, seq, CY_DER_SEQUENCE);
  return finish(pkcs8, &buf);
}

static cy_err *from_rsa(cy_secret **pkcs8, cy_span der)
{
  cy_span numbers[RSA_NUMBERS];
  CY_TRY(parse_integers(numbers, RSA_NUMBERS, der, "RSA private key"));
  return wrap(pkcs8, CY_OID_RSA, CY_SPAN("\x05\x00"), der);
}

/* The curve moves out of the key: it belongs to the algorithm in PKCS#8 (RFC 5915 section 3). */
static cy_err *from_sec1(cy_secret **pkcs8, cy_span der)
{
  CY_CLEAN(cy_buf) buf = CY_BUF_SECRET(KEY_MAX);
  sec1 key;
  CY_TRY(parse_sec1(&key, der));
  if (!key.params.len)
    return cy_err_hint(cy_err_new(CY_E_KEY_MALFORMED, "an EC private key that does not say its curve"),
      "The curve may stand in a block EC PARAMETERS beside the key. Have the key written again, as PKCS#8.");
  size_t seq = cy_der_begin(&buf);
  cy_der_put_uint(&buf, 1);
  cy_der_put(&buf, CY_DER_OCTET_STRING, key.private);
  if (key.public.len) {
    size_t outer = cy_der_begin(&buf), bits = cy_der_begin(&buf);
    cy_buf_u8(&buf, 0);
    cy_buf_span(&buf, key.public);
    cy_der_end(&buf, bits, CY_DER_BIT_STRING);
    cy_der_end(&buf, outer, CY_DER_CONTEXT_CONSTRUCTED(1));
  }
  cy_der_end(&buf, seq, CY_DER_SEQUENCE);
  CY_TRY(cy_buf_check(&buf));
  return wrap(pkcs8, CY_OID_EC, key.params, cy_buf_get(&buf));
}

static cy_err *from_dsa(cy_secret **pkcs8, cy_span der)
{
  cy_span numbers[DSA_NUMBERS]; /* p, q, g, public, private */
  CY_CLEAN(cy_buf) params = CY_BUF(KEY_MAX);
  CY_CLEAN(cy_buf) key = CY_BUF_SECRET(KEY_MAX);
  CY_TRY(parse_integers(numbers, DSA_NUMBERS, der, "DSA private key"));
  size_t seq = cy_der_begin(&params);
  for (int i = 0; i < 3; i++)
    cy_der_put_unsigned(&params, numbers[i]);
  cy_der_end(&params, seq, CY_DER_SEQUENCE);
  cy_der_put_unsigned(&key, numbers[4]);
  CY_TRY(cy_buf_check(&params));
  CY_TRY(cy_buf_check(&key));
  return wrap(pkcs8, CY_OID_DSA, cy_buf_get(&params), cy_buf_get(&key));
}

static cy_err *copy_pkcs8(cy_secret **pkcs8, cy_span der)
{
  cy_pkcs8 parts;
  CY_TRY(cy_pkcs8_parse(&parts, der));
  return cy_secret_copy(pkcs8, der);
}

cy_err *cy_pkcs8_from(cy_secret **pkcs8, cy_key_encoding encoding, cy_span der)
{
  *pkcs8 = NULL;
  switch (encoding) {
  case CY_ENCODING_PKCS1_RSA:
    return from_rsa(pkcs8, der);
  case CY_ENCODING_SEC1_EC:
    return from_sec1(pkcs8, der);
  case CY_ENCODING_DSA:
    return from_dsa(pkcs8, der);
  default:
    return copy_pkcs8(pkcs8, der);
  }
}

/* The public half. */

static void put_spki(cy_buf *spki, cy_span algid, cy_span bits)
{
  size_t seq = cy_der_begin(spki);
  cy_buf_span(spki, algid);
  size_t string = cy_der_begin(spki);
  cy_buf_u8(spki, 0);
  cy_buf_span(spki, bits);
  cy_der_end(spki, string, CY_DER_BIT_STRING);
  cy_der_end(spki, seq, CY_DER_SEQUENCE);
}

static cy_err *public_of_rsa(cy_buf *spki, const cy_pkcs8 *key)
{
  cy_span numbers[RSA_NUMBERS];
  CY_CLEAN(cy_buf) public = CY_BUF(KEY_MAX);
  CY_CLEAN(cy_buf) algid = CY_BUF(KEY_MAX);
  CY_TRY(parse_integers(numbers, RSA_NUMBERS, key->key, "RSA private key"));
  size_t seq = cy_der_begin(&public);
  cy_der_put_unsigned(&public, numbers[0]);
  cy_der_put_unsigned(&public, numbers[1]);
  cy_der_end(&public, seq, CY_DER_SEQUENCE);
  /* Some writers forget the NULL; certificates have it. */
  put_algid(&algid, key->algorithm, key->algorithm == CY_OID_RSA ? CY_SPAN("\x05\x00") : key->params);
  CY_TRY(cy_buf_check(&public));
  CY_TRY(cy_buf_check(&algid));
  put_spki(spki, cy_buf_get(&algid), cy_buf_get(&public));
  return cy_buf_check(spki);
}

static cy_err *public_by_openssl(cy_buf *spki, const cy_pkcs8 *key)
{
  CY_AUTO_EVP *pkey = NULL;
  CY_TRY(cy_evp_private(&pkey, key));
  unsigned char *der = NULL;
  int len = i2d_PUBKEY(pkey, &der);
  if (len <= 0)
    return cy_err_openssl(CY_E_CRYPTO_FAILED, "the public half of a private key");
  cy_buf_put(spki, der, (size_t)len);
  OPENSSL_free(der);
  return cy_buf_check(spki);
}

static cy_err *public_of_ec(cy_buf *spki, const cy_pkcs8 *key)
{
  sec1 ec;
  CY_TRY(parse_sec1(&ec, key->key));
  if (ec.params.len && key->params.len && !cy_span_equal(ec.params, key->params))
    return cy_err_new(CY_E_KEY_MALFORMED, "an EC private key that says two different curves");
  /* A compressed point would not compare with a certificate's. */
  bool plain = key->params.len && ec.public.len && ec.public.data[0] == 4;
  if (!plain)
    return public_by_openssl(spki, key);
  put_spki(spki, key->algid, ec.public);
  return cy_buf_check(spki);
}

cy_err *cy_pkcs8_public(cy_buf *spki, cy_span pkcs8)
{
  cy_pkcs8 key;
  CY_TRY(cy_pkcs8_parse(&key, pkcs8));
  switch (key.algorithm) {
  case CY_OID_RSA:
  case CY_OID_RSA_PSS:
    return public_of_rsa(spki, &key);
  case CY_OID_EC:
    return public_of_ec(spki, &key);
  default:
    return public_by_openssl(spki, &key);
  }
}

/* Sizes that no key has would keep OpenSSL busy for minutes while it computes the public half. */
static cy_err *check_size(const cy_pkcs8 *key)
{
  bool group = key->algorithm == CY_OID_DSA || key->algorithm == CY_OID_DH || key->algorithm == CY_OID_DHX;
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, key->params);
  cy_cur params = cy_cur_over(&cur, CY_SPAN_NONE);
  size_t modulus = 0;
  if (group && cy_der_enter_if(&cur, CY_DER_SEQUENCE, &params))
    modulus = cy_der_unsigned(&params).len;
  if (modulus > MODULUS_MAX || key->key.len > (group ? MODULUS_MAX + 8 : PRIVATE_MAX))
    return cy_err_new(CY_E_CRYPTO_UNSUPPORTED, "a private key larger than any that is in use");
  return NULL;
}

/* OpenSSL 3.0 reads no version 1 with a public key in it, so it gets what it knows. */
cy_err *cy_evp_private(EVP_PKEY **out, const cy_pkcs8 *key)
{
  CY_CLEAN(cy_buf) der = CY_BUF_SECRET(KEY_MAX);
  OSSL_LIB_CTX *lib;
  *out = NULL;
  CY_TRY(check_size(key));
  CY_TRY(cy_lib_ctx(&lib));
  size_t seq = cy_der_begin(&der);
  cy_der_put_uint(&der, 0);
  cy_buf_span(&der, key->algid);
  cy_der_put(&der, CY_DER_OCTET_STRING, key->key);
  cy_der_end(&der, seq, CY_DER_SEQUENCE);
  CY_TRY(cy_buf_check(&der));
  const unsigned char *at = der.data;
  PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)der.len);
  if (info)
    *out = EVP_PKCS82PKEY_ex(info, lib, NULL);
  PKCS8_PRIV_KEY_INFO_free(info);
  if (*out)
    return NULL;
  if (key->algorithm == CY_OID_UNKNOWN) {
    CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
    cy_oid_format(&words, key->alg_oid);
    return cy_err_openssl(CY_E_CRYPTO_UNSUPPORTED, "a private key of a kind that is not known, %s",
      cy_buf_cstr(&words));
  }
  return cy_err_openssl(CY_E_KEY_MALFORMED, "OpenSSL can not take this %s private key",
    cy_oid_words(key->algorithm));
}
