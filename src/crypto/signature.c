/* Is this signature that key's? */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

#include "base/der.h"
#include "crypto/codes.h"
#include "crypto/key_evp.h"
#include "crypto/lib.h"

typedef struct {
  cy_oid oid;
  cy_key_type type;
  cy_oid digest; /* CY_OID_UNKNOWN: none, or in the parameters */
} scheme;

static const scheme schemes[] = {
  {CY_OID_SHA256_RSA, CY_KEY_RSA, CY_OID_SHA256},
  {CY_OID_SHA256_ECDSA, CY_KEY_EC, CY_OID_SHA256},
  {CY_OID_SHA1_RSA, CY_KEY_RSA, CY_OID_SHA1},
  {CY_OID_SHA384_RSA, CY_KEY_RSA, CY_OID_SHA384},
  {CY_OID_SHA512_RSA, CY_KEY_RSA, CY_OID_SHA512},
  {CY_OID_SHA384_ECDSA, CY_KEY_EC, CY_OID_SHA384},
  {CY_OID_SHA512_ECDSA, CY_KEY_EC, CY_OID_SHA512},
  {CY_OID_RSA_PSS, CY_KEY_RSA_PSS, CY_OID_UNKNOWN},
  {CY_OID_ED25519, CY_KEY_ED25519, CY_OID_UNKNOWN},
  {CY_OID_ED448, CY_KEY_ED448, CY_OID_UNKNOWN},
  {CY_OID_SHA224_RSA, CY_KEY_RSA, CY_OID_SHA224},
  {CY_OID_SHA512_224_RSA, CY_KEY_RSA, CY_OID_SHA512_224},
  {CY_OID_SHA512_256_RSA, CY_KEY_RSA, CY_OID_SHA512_256},
  {CY_OID_SHA3_224_RSA, CY_KEY_RSA, CY_OID_SHA3_224},
  {CY_OID_SHA3_256_RSA, CY_KEY_RSA, CY_OID_SHA3_256},
  {CY_OID_SHA3_384_RSA, CY_KEY_RSA, CY_OID_SHA3_384},
  {CY_OID_SHA3_512_RSA, CY_KEY_RSA, CY_OID_SHA3_512},
  {CY_OID_MD5_RSA, CY_KEY_RSA, CY_OID_MD5},
  {CY_OID_SHA1_RSA_OIW, CY_KEY_RSA, CY_OID_SHA1},
  {CY_OID_SHA1_ECDSA, CY_KEY_EC, CY_OID_SHA1},
  {CY_OID_SHA224_ECDSA, CY_KEY_EC, CY_OID_SHA224},
  {CY_OID_SHA3_224_ECDSA, CY_KEY_EC, CY_OID_SHA3_224},
  {CY_OID_SHA3_256_ECDSA, CY_KEY_EC, CY_OID_SHA3_256},
  {CY_OID_SHA3_384_ECDSA, CY_KEY_EC, CY_OID_SHA3_384},
  {CY_OID_SHA3_512_ECDSA, CY_KEY_EC, CY_OID_SHA3_512},
  {CY_OID_SHA1_DSA, CY_KEY_DSA, CY_OID_SHA1},
  {CY_OID_SHA1_DSA_OIW, CY_KEY_DSA, CY_OID_SHA1},
  {CY_OID_SHA224_DSA, CY_KEY_DSA, CY_OID_SHA224},
  {CY_OID_SHA256_DSA, CY_KEY_DSA, CY_OID_SHA256},
  {CY_OID_SHA384_DSA, CY_KEY_DSA, CY_OID_SHA384},
  {CY_OID_SHA512_DSA, CY_KEY_DSA, CY_OID_SHA512},
};

/* RSASSA-PSS-params (RFC 4055 3.1); the defaults are SHA-1's. */
typedef struct {
  cy_oid digest;
  cy_oid mgf_digest;
  uint64_t salt_len;
  uint64_t trailer;
} pss_params;

typedef struct {
  scheme scheme;
  pss_params pss;
} algorithm;

static cy_oid read_algorithm(cy_cur *cur, cy_span *params)
{
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  cy_oid oid = cy_oid_find(cy_der_take(&seq, CY_DER_OID));
  *params = cy_cur_rest(&seq);
  cy_der_leave(&seq);
  return oid;
}

static void read_mgf(cy_cur *cur, pss_params *out)
{
  cy_span params;
  if (read_algorithm(cur, &params) != CY_OID_MGF1)
    cy_cur_fail(cur, "a mask generation function other than MGF1");
  cy_cur inner = cy_cur_over(cur, params);
  out->mgf_digest = read_algorithm(&inner, &params);
  cy_cur_end(&inner);
}

static cy_err *read_pss(pss_params *out, cy_span whole)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, whole), inner;
  cy_span ignored;
  *out = (pss_params){CY_OID_SHA1, CY_OID_SHA1, 20, 1};
  cy_cur seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  if (cy_der_enter_if(&seq, CY_DER_CONTEXT_CONSTRUCTED(0), &inner)) {
    out->digest = read_algorithm(&inner, &ignored);
    cy_der_leave(&inner);
  }
  if (cy_der_enter_if(&seq, CY_DER_CONTEXT_CONSTRUCTED(1), &inner)) {
    read_mgf(&inner, out);
    cy_der_leave(&inner);
  }
  if (cy_der_enter_if(&seq, CY_DER_CONTEXT_CONSTRUCTED(2), &inner)) {
    out->salt_len = cy_der_uint(&inner);
    cy_der_leave(&inner);
  }
  if (cy_der_enter_if(&seq, CY_DER_CONTEXT_CONSTRUCTED(3), &inner)) {
    out->trailer = cy_der_uint(&inner);
    cy_der_leave(&inner);
  }
  cy_der_leave(&seq);
  cy_cur_end(&cur);
  if (cy_cur_ok(&cur) && (out->trailer != 1 || out->salt_len > INT32_MAX))
    cy_cur_fail(&cur, "a salt length or trailer that RSA-PSS has not");
  return cy_parse_check(&parse, "RSA-PSS parameters");
}

static const scheme *find_scheme(cy_oid oid)
{
  for (size_t i = 0; i < CY_COUNT(schemes); i++)
    if (schemes[i].oid == oid)
      return &schemes[i];
  return NULL;
}

static cy_err *unsupported(cy_span oid)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_oid_put_words(&words, oid);
  return cy_err_hint(
    cy_err_new(CY_E_CRYPTO_UNSUPPORTED, "signatures of the kind %s can not be checked", cy_buf_cstr(&words)),
    "Have it signed again with an algorithm of today: SHA-256 with RSA or ECDSA.");
}

static cy_err *read_algid(algorithm *out, cy_span algid)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, algid);
  cy_cur seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_span oid = cy_der_take(&seq, CY_DER_OID);
  cy_span params = cy_cur_rest(&seq);
  cy_der_leave(&seq);
  cy_cur_end(&cur);
  CY_TRY(cy_parse_check(&parse, "signature algorithm"));
  const scheme *found = find_scheme(cy_oid_find(oid));
  if (!found)
    return unsupported(oid);
  out->scheme = *found;
  if (found->type != CY_KEY_RSA_PSS)
    return NULL;
  CY_TRY(read_pss(&out->pss, params));
  if (!cy_evp_digest_name(out->pss.digest) || !cy_evp_digest_name(out->pss.mgf_digest))
    return cy_err_new(CY_E_CRYPTO_UNSUPPORTED, "RSA-PSS with a digest that is not known");
  return NULL;
}

/* An RSA-PSS key may say which digests and which salt it is for (RFC 4055 3.1). */
static cy_err *pss_key_permits(bool *permits, const cy_key_info *key, const pss_params *pss)
{
  *permits = true;
  if (key->type != CY_KEY_RSA_PSS || key->params.len <= 2)
    return NULL;
  pss_params limit;
  CY_TRY(read_pss(&limit, key->params));
  *permits = limit.digest == pss->digest && limit.mgf_digest == pss->mgf_digest &&
             pss->salt_len >= limit.salt_len;
  return NULL;
}

static cy_err *key_fits(bool *fits, const cy_key_info *key, const algorithm *alg)
{
  cy_key_type type = alg->scheme.type;
  *fits = key->type == type;
  if (type == CY_KEY_RSA_PSS && (key->type == CY_KEY_RSA || key->type == CY_KEY_RSA_PSS))
    return pss_key_permits(fits, key, &alg->pss);
  return NULL;
}

static bool set_pss(EVP_PKEY_CTX *ctx, const pss_params *pss)
{
  OSSL_LIB_CTX *lib = EVP_PKEY_CTX_get0_libctx(ctx);
  EVP_MD *mgf = EVP_MD_fetch(lib, cy_evp_digest_name(pss->mgf_digest), NULL);
  bool set = mgf && EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
             EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, mgf) == 1 &&
             EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)pss->salt_len) == 1;
  EVP_MD_free(mgf);
  return set;
}

static cy_err *verify(bool *good, EVP_PKEY *key, const algorithm *alg, cy_span data, cy_span signature)
{
  OSSL_LIB_CTX *lib;
  CY_TRY(cy_lib_ctx(&lib));
  bool pss = alg->scheme.type == CY_KEY_RSA_PSS;
  const char *md = cy_evp_digest_name(pss ? alg->pss.digest : alg->scheme.digest);
  EVP_MD_CTX *ctx = EVP_MD_CTX_new();
  EVP_PKEY_CTX *key_ctx = NULL;
  bool ready = ctx && EVP_DigestVerifyInit_ex(ctx, &key_ctx, md, lib, NULL, key, NULL) == 1 &&
               (!pss || set_pss(key_ctx, &alg->pss));
  if (ready)
    *good = EVP_DigestVerify(ctx, signature.data, signature.len, data.data, data.len) == 1;
  EVP_MD_CTX_free(ctx);
  if (!ready)
    return cy_err_openssl(CY_E_CRYPTO_UNSUPPORTED, "OpenSSL can not check %s",
      cy_oid_words(alg->scheme.oid));
  cy_lib_clear_errors();
  return NULL;
}

cy_err *cy_signature_check_inherited(bool *good, cy_span spki, cy_span inherited, cy_span algid, cy_span data,
  cy_span signature)
{
  CY_AUTO_EVP *key = NULL;
  cy_key_info info;
  algorithm alg = {.scheme = {.oid = CY_OID_UNKNOWN}};
  bool fits;
  *good = false;
  CY_TRY(read_algid(&alg, algid));
  CY_TRY(cy_key_info_parse(&info, spki));
  CY_TRY(key_fits(&fits, &info, &alg));
  if (!fits || !signature.len)
    return NULL;
  CY_TRY(cy_evp_public(&key, &info, spki, inherited));
  return verify(good, key, &alg, data, signature);
}

cy_err *cy_signature_check(bool *good, cy_span spki, cy_span algid, cy_span data, cy_span signature)
{
  return cy_signature_check_inherited(good, spki, CY_SPAN_NONE, algid, data, signature);
}
