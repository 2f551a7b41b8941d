/* PBMAC1 (RFC 8018 appendix A.5, profiled for PKCS#12 by RFC 9579). */
#include <openssl/evp.h>

#include "base/der.h"
#include "crypto/codes.h"
#include "crypto/lib.h"
#include "crypto/pbe_plan.h"

enum { SALT_LEN = 16, KEY_MIN = 20 };

static cy_err *parse_pbmac1(cy_pbe_plan *plan, cy_span *mac_oid, cy_span algid)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, algid);
  *plan = (cy_pbe_plan){.info = {.kdf = CY_OID_UNKNOWN, .prf = CY_OID_UNKNOWN, .cipher = CY_OID_UNKNOWN}};
  cy_cur seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  if (cy_oid_find(cy_der_take(&seq, CY_DER_OID)) != CY_OID_PBMAC1)
    cy_cur_fail(&seq, "it is not PBMAC1");
  cy_cur params = cy_der_enter(&seq, CY_DER_SEQUENCE);
  cy_pbe_plan_kdf(&params, plan);
  cy_cur mac = cy_der_enter(&params, CY_DER_SEQUENCE);
  *mac_oid = cy_der_take(&mac, CY_DER_OID);
  cy_cur_rest(&mac);
  cy_der_leave(&mac);
  cy_der_leave(&params);
  cy_der_leave(&seq);
  cy_cur_end(&cur);
  /* RFC 9579 wants the length to be there, since nothing else tells it, and not too short. */
  bool fits = plan->key_len >= KEY_MIN && plan->key_len <= CY_DIGEST_MAX;
  if (cy_cur_ok(&cur) && plan->info.kdf == CY_OID_PBKDF2 && !fits)
    cy_cur_fail(&cur, "a key length that is missing, or not from 20 to 64 bytes");
  return cy_parse_check(&parse, "PBMAC1 parameters");
}

cy_err *cy_pbmac1_describe(cy_pbe_info *out, cy_oid *mac, cy_span algid)
{
  cy_pbe_plan plan;
  cy_span mac_oid;
  CY_TRY(parse_pbmac1(&plan, &mac_oid, algid));
  *out = plan.info;
  out->scheme = CY_OID_PBMAC1;
  *mac = cy_oid_find(mac_oid);
  return NULL;
}

static cy_err *hmac(cy_digest *out, const char *digest, cy_span key, cy_span data)
{
  static const uint8_t nothing[1];
  OSSL_LIB_CTX *lib;
  CY_TRY(cy_lib_ctx(&lib));
  const uint8_t *d = data.data ? data.data : nothing;
  if (!EVP_Q_mac(lib, "HMAC", NULL, digest, NULL, key.data, key.len, d, data.len, out->bytes,
        sizeof out->bytes, &out->len))
    return cy_err_openssl(CY_E_CRYPTO_FAILED, "HMAC with %s", digest);
  return NULL;
}

cy_err *cy_pbmac1_compute(cy_digest *mac, cy_span algid, const cy_secret *password, cy_span data)
{
  CY_CLEAN(cy_pbe_keys) keys = {.iv_len = 0};
  cy_pbe_plan plan;
  cy_span mac_oid;
  CY_TRY(parse_pbmac1(&plan, &mac_oid, algid));
  if (plan.info.kdf != CY_OID_PBKDF2)
    return cy_pbe_unsupported("key derivation", plan.kdf_oid);
  const char *prf = cy_pbe_prf_digest(plan.info.prf), *digest = cy_pbe_prf_digest(cy_oid_find(mac_oid));
  if (!prf || !digest)
    return cy_pbe_unsupported("message authentication", prf ? mac_oid : plan.prf_oid);
  size_t len = (size_t)plan.key_len;
  CY_TRY(cy_pbkdf2_named(keys.key, len, prf, cy_secret_get(password), plan.salt, plan.info.iterations));
  return hmac(mac, digest, cy_span_of(keys.key, len), data);
}

cy_err *cy_pbmac1_algid(cy_buf *algid, cy_digest_alg digest, uint32_t iterations)
{
  static const cy_oid hmacs[CY_DIGESTS] = {CY_OID_HMAC_MD5, CY_OID_HMAC_SHA1, CY_OID_HMAC_SHA224,
    CY_OID_HMAC_SHA256, CY_OID_HMAC_SHA384, CY_OID_HMAC_SHA512};
  uint8_t salt[SALT_LEN];
  if (digest == CY_MD5)
    return cy_pbe_unsupported("new message authentication", cy_oid_content(CY_OID_HMAC_MD5));
  CY_TRY(cy_pbe_cost_check(iterations));
  CY_TRY(cy_random(salt, sizeof salt));
  size_t seq = cy_der_begin(algid);
  cy_der_put(algid, CY_DER_OID, cy_oid_content(CY_OID_PBMAC1));
  size_t params = cy_der_begin(algid);
  cy_pbkdf2_algid(algid, cy_span_of(salt, sizeof salt), iterations, cy_digest_size(digest), hmacs[digest]);
  size_t mac = cy_der_begin(algid);
  cy_der_put(algid, CY_DER_OID, cy_oid_content(hmacs[digest]));
  cy_der_put_null(algid);
  cy_der_end(algid, mac, CY_DER_SEQUENCE);
  cy_der_end(algid, params, CY_DER_SEQUENCE);
  cy_der_end(algid, seq, CY_DER_SEQUENCE);
  return cy_buf_check(algid);
}
