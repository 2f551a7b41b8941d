/* From passwords to keys. */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "base/mem.h"
#include "base/text.h"
#include "crypto/codes.h"
#include "crypto/jce_pbe.h"
#include "crypto/lib.h"
#include "crypto/pbe_plan.h"

static const uint64_t scrypt_memory_max = (uint64_t)256 << 20;
/* Blocks mixed in all, N times r times p: some seconds. A bound on memory does not bound the time. */
static const uint64_t scrypt_work_max = (uint64_t)1 << 24;

static _Thread_local uint64_t work_done;

uint64_t cy_pbe_work(void)
{
  return work_done;
}

void cy_pbe_work_add(uint64_t rounds)
{
  work_done += rounds;
}

static OSSL_PARAM octets(const char *name, cy_span v)
{
  static uint8_t nothing[1];
  /* OpenSSL only reads it. */
  return OSSL_PARAM_construct_octet_string(name, v.data ? (uint8_t *)(uintptr_t)v.data : nothing, v.len);
}

static OSSL_PARAM text(const char *name, const char *v)
{
  return OSSL_PARAM_construct_utf8_string(name, (char *)(uintptr_t)v, 0);
}

static cy_err *derive(uint8_t *out, size_t len, const char *kdf_name, const OSSL_PARAM *params)
{
  OSSL_LIB_CTX *lib;
  CY_TRY(cy_lib_ctx(&lib));
  EVP_KDF *kdf = EVP_KDF_fetch(lib, kdf_name, NULL);
  EVP_KDF_CTX *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
  bool done = ctx && EVP_KDF_derive(ctx, out, len, params) == 1;
  EVP_KDF_CTX_free(ctx);
  EVP_KDF_free(kdf);
  if (!done)
    return cy_err_openssl(CY_E_CRYPTO_FAILED, "key derivation with %s", kdf_name);
  return NULL;
}

cy_err *cy_pbkdf2_named(uint8_t *out, size_t len, const char *digest, cy_span password, cy_span salt,
  uint64_t iterations)
{
  CY_TRY(cy_pbe_cost_check(iterations));
  work_done += iterations;
  int any_size = 1; /* of salt and count: files are as they are */
  const OSSL_PARAM params[] = {
    octets(OSSL_KDF_PARAM_PASSWORD, password), octets(OSSL_KDF_PARAM_SALT, salt),
    OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_ITER, &iterations), text(OSSL_KDF_PARAM_DIGEST, digest),
    OSSL_PARAM_construct_int(OSSL_KDF_PARAM_PKCS5, &any_size), OSSL_PARAM_construct_end(),
  };
  return derive(out, len, "PBKDF2", params);
}

cy_err *cy_pbkdf2(cy_secret **out, size_t len, cy_digest_alg prf, cy_span password, cy_span salt,
  uint64_t iterations)
{
  CY_AUTO(cy_secret) *key = NULL;
  CY_TRY(cy_secret_new(&key, len));
  CY_TRY(cy_pbkdf2_named(key->data, len, cy_digest_name(prf), password, salt, iterations));
  key->len = len;
  *out = key;
  key = NULL;
  return NULL;
}

static cy_err *scrypt(uint8_t *out, size_t len, const cy_pbe_plan *plan, cy_span password)
{
  uint64_t n = plan->info.iterations, memory = scrypt_memory_max + (8 << 20);
  uint32_t r = (uint32_t)plan->scrypt_r, p = (uint32_t)plan->scrypt_p;
  if (n < 2 || (n & (n - 1)) != 0 || !plan->scrypt_r || !plan->scrypt_p)
    return cy_err_new(CY_E_MALFORMED, "scrypt parameters: N must be a power of two, r and p not 0");
  bool fits = n <= scrypt_memory_max / 128 && plan->scrypt_r <= scrypt_memory_max / 128 / n &&
              plan->scrypt_p <= scrypt_work_max / (n * plan->scrypt_r) &&
              plan->scrypt_p <= scrypt_memory_max / 128 / plan->scrypt_r;
  if (!fits)
    return cy_err_new(CY_E_CRYPTO_COST, "scrypt with N=%llu, r=%llu, p=%llu asks for too much memory or time",
      (unsigned long long)n, (unsigned long long)plan->scrypt_r, (unsigned long long)plan->scrypt_p);
  work_done += n * r * p;
  const OSSL_PARAM params[] = {
    octets(OSSL_KDF_PARAM_PASSWORD, password), octets(OSSL_KDF_PARAM_SALT, plan->salt),
    OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
    OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
    OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
    OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory), OSSL_PARAM_construct_end(),
  };
  return derive(out, len, "SCRYPT", params);
}

/* UTF-16 and two zero octets (RFC 7292 B.1). A password that is no UTF-8 counts as Latin-1. */
static void put_bmp(cy_buf *bmp, cy_span password)
{
  if (cy_utf8_valid(password)) {
    cy_text_to_utf16be(bmp, password);
  } else {
    for (size_t i = 0; i < password.len; i++)
      cy_buf_u16(bmp, password.data[i]);
  }
  cy_buf_u16(bmp, 0);
}

static cy_err *pkcs12_kdf(uint8_t *out, size_t len, int id, cy_digest_alg digest, cy_span bmp, cy_span salt,
  uint64_t iterations)
{
  CY_TRY(cy_pbe_cost_check(iterations));
  work_done += iterations;
  if (!bmp.len && !salt.len) /* OpenSSL takes this for a lack of memory */
    return cy_err_new(CY_E_CRYPTO_UNSUPPORTED, "a key made of no password and no salt");
  const OSSL_PARAM params[] = {
    octets(OSSL_KDF_PARAM_PASSWORD, bmp), octets(OSSL_KDF_PARAM_SALT, salt),
    OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_ITER, &iterations),
    OSSL_PARAM_construct_int(OSSL_KDF_PARAM_PKCS12_ID, &id),
    text(OSSL_KDF_PARAM_DIGEST, cy_digest_name(digest)), OSSL_PARAM_construct_end(),
  };
  return derive(out, len, "PKCS12KDF", params);
}

cy_err *cy_pkcs12_kdf(cy_secret **out, size_t len, int id, cy_digest_alg digest, const cy_secret *password,
  cy_span salt, uint64_t iterations)
{
  CY_CLEAN(cy_buf) bmp = CY_BUF_SECRET((size_t)1 << 20);
  CY_AUTO(cy_secret) *key = NULL;
  if (password)
    put_bmp(&bmp, cy_secret_get(password));
  CY_TRY(cy_buf_check(&bmp));
  CY_TRY(cy_secret_new(&key, len));
  CY_TRY(pkcs12_kdf(key->data, len, id, digest, cy_buf_get(&bmp), salt, iterations));
  key->len = len;
  *out = key;
  key = NULL;
  return NULL;
}

cy_err *cy_pkcs12_mac(cy_digest *out, cy_digest_alg digest, const cy_secret *password, cy_span salt,
  uint64_t iterations, cy_span data)
{
  CY_AUTO(cy_secret) *key = NULL;
  CY_TRY(cy_pkcs12_kdf(&key, cy_digest_size(digest), 3, digest, password, salt, iterations));
  return cy_hmac(out, digest, cy_secret_get(key), data);
}

/* PBKDF1 (RFC 8018 5.1), half the key of which is the IV in PBES1. */
static cy_err *pbkdf1(cy_pbe_keys *out, cy_digest_alg digest, cy_span password, const cy_pbe_plan *plan)
{
  cy_digest t;
  const cy_span parts[] = {password, plan->salt};
  cy_err *err = cy_digest_parts(&t, digest, parts, 2);
  for (uint64_t i = 1; i < plan->info.iterations && !err; i++)
    err = cy_digest_of(&t, digest, cy_digest_get(&t));
  if (!err) {
    memcpy(out->key, t.bytes, 8);
    memcpy(out->iv, t.bytes + 8, 8);
    out->iv_len = 8;
  }
  cy_wipe(&t, sizeof t);
  return err;
}

static cy_err *pkcs12_keys(cy_pbe_keys *out, const cy_pbe_plan *plan, const cy_secret *password)
{
  CY_CLEAN(cy_buf) bmp = CY_BUF_SECRET((size_t)1 << 20);
  if (password)
    put_bmp(&bmp, cy_secret_get(password));
  CY_TRY(cy_buf_check(&bmp));
  cy_span p = cy_buf_get(&bmp);
  CY_TRY(pkcs12_kdf(out->key, plan->mode.key_len, 1, CY_SHA1, p, plan->salt, plan->info.iterations));
  out->iv_len = plan->mode.cipher->iv_len;
  if (!out->iv_len)
    return NULL;
  return pkcs12_kdf(out->iv, out->iv_len, 2, CY_SHA1, p, plan->salt, plan->info.iterations);
}

static cy_err *pbes2_keys(cy_pbe_keys *out, const cy_pbe_plan *plan, cy_span password)
{
  if (!plan->mode.cipher)
    return cy_pbe_unsupported("encryption", plan->cipher_oid);
  if (plan->iv.len)
    memcpy(out->iv, plan->iv.data, plan->iv.len);
  out->iv_len = plan->iv.len;
  if (plan->info.kdf == CY_OID_SCRYPT)
    return scrypt(out->key, plan->mode.key_len, plan, password);
  if (plan->info.kdf != CY_OID_PBKDF2)
    return cy_pbe_unsupported("key derivation", plan->kdf_oid);
  const char *digest = cy_pbe_prf_digest(plan->info.prf);
  if (!digest)
    return cy_pbe_unsupported("key derivation", plan->prf_oid);
  return cy_pbkdf2_named(out->key, plan->mode.key_len, digest, password, plan->salt, plan->info.iterations);
}

static cy_err *jce_keys(cy_pbe_keys *out, const cy_pbe_plan *plan, const cy_secret *password)
{
  uint8_t both[CY_JCE_PBE_LEN];
  work_done += plan->info.iterations;
  cy_err *err = cy_jce_pbe_derive(both, password, plan->salt, plan->info.iterations);
  if (!err) {
    memcpy(out->key, both, 24);
    memcpy(out->iv, both + 24, 8);
    out->iv_len = 8;
  }
  cy_wipe(both, sizeof both);
  return err;
}

cy_err *cy_pbe_derive(cy_pbe_keys *out, const cy_pbe_plan *plan, const cy_secret *password)
{
  cy_span p = cy_secret_get(password);
  if (plan->info.scheme != CY_OID_PBES2)
    CY_TRY(cy_pbe_cost_check(plan->info.iterations));
  switch (plan->info.scheme) {
  case CY_OID_PBES2:
    return pbes2_keys(out, plan, p);
  case CY_OID_JCEKS_KEY_PROTECTOR:
    return jce_keys(out, plan, password);
  case CY_OID_PBE_MD5_DES:
  case CY_OID_PBE_MD5_RC2:
    return pbkdf1(out, CY_MD5, p, plan);
  case CY_OID_PBE_SHA1_DES:
  case CY_OID_PBE_SHA1_RC2:
    return pbkdf1(out, CY_SHA1, p, plan);
  case CY_OID_PBE_MD2_DES:
  case CY_OID_PBE_MD2_RC2:
    return cy_pbe_unsupported("encryption", cy_oid_content(plan->info.scheme));
  default:
    return pkcs12_keys(out, plan, password);
  }
}

const char *cy_pbe_prf_digest(cy_oid hmac)
{
  switch (hmac) {
  case CY_OID_HMAC_SHA1:
    return "SHA1";
  case CY_OID_HMAC_SHA224:
    return "SHA224";
  case CY_OID_HMAC_SHA256:
    return "SHA256";
  case CY_OID_HMAC_SHA384:
    return "SHA384";
  case CY_OID_HMAC_SHA512:
    return "SHA512";
  case CY_OID_HMAC_SHA512_224:
    return "SHA512-224";
  case CY_OID_HMAC_SHA512_256:
    return "SHA512-256";
  case CY_OID_HMAC_SHA3_512:
    return "SHA3-512";
  case CY_OID_HMAC_MD5:
    return "MD5";
  default:
    return NULL;
  }
}
