#include "crypto/bcfks_pbe.h"

#include <openssl/evp.h>

#include "base/der.h"
#include "base/text.h"
#include "crypto/codes.h"
#include "crypto/lib.h"
#include "crypto/pbe_plan.h"

enum { PEEK = 16, PASSWORD_MAX = 1 << 20, CTR_IV = 16, OVERHEAD = 32 };

static const char *const purposes[] = {
  "STORE_ENCRYPTION", "INTEGRITY_CHECK", "PRIVATE_KEY_ENCRYPTION", "SECRET_KEY_ENCRYPTION"};

/* UTF-16 with two zero octets behind it. What is no UTF-8 counts as Latin-1. */
static void put_bmp(cy_buf *out, cy_span text)
{
  if (cy_utf8_valid(text)) {
    cy_text_to_utf16be(out, text);
  } else {
    for (size_t i = 0; i < text.len; i++)
      cy_buf_u16(out, text.data[i]);
  }
  cy_buf_u16(out, 0);
}

/* Password and purpose as they are stretched together; the empty password has no octets at all. */
static cy_err *stretched(cy_secret **out, cy_bcfks_purpose purpose, const cy_secret *password)
{
  CY_CLEAN(cy_buf) both = CY_BUF_SECRET(PASSWORD_MAX);
  if (password && password->len)
    put_bmp(&both, cy_secret_get(password));
  put_bmp(&both, cy_span_str(purposes[purpose]));
  CY_TRY(cy_buf_check(&both));
  return cy_secret_copy(out, cy_buf_get(&both));
}

/* What stands in the file, and what Bouncy Castle makes of it. */
static cy_err *read_plan(cy_pbe_plan *plan, cy_span algid)
{
  CY_TRY(cy_pbe_plan_parse(plan, algid));
  if (plan->info.scheme != CY_OID_PBES2)
    return cy_pbe_unsupported("encryption of a BCFKS store", cy_oid_content(plan->info.scheme));
  plan->scrypt_p = plan->scrypt_r;
  return NULL;
}

static cy_err *derive(
  cy_pbe_keys *keys, cy_pbe_plan *plan, cy_bcfks_purpose purpose, cy_span algid, const cy_secret *password)
{
  CY_AUTO(cy_secret) *both = NULL;
  CY_TRY(read_plan(plan, algid));
  CY_TRY(stretched(&both, purpose, password));
  return cy_pbe_derive(keys, plan, both);
}

cy_err *cy_bcfks_decrypt(
  cy_buf *plain, cy_bcfks_purpose purpose, cy_span algid, const cy_secret *password, cy_span sealed)
{
  CY_CLEAN(cy_pbe_keys) keys = {.iv_len = 0};
  cy_pbe_plan plan;
  size_t len = 0;
  CY_TRY(derive(&keys, &plan, purpose, algid, password));
  uint8_t *to = cy_buf_reserve(plain, sealed.len + OVERHEAD);
  CY_TRY(cy_buf_check(plain));
  CY_TRY(cy_pbe_crypt(false, &plan.mode, &keys, sealed, to, &len));
  plain->len += len;
  return NULL;
}

/* CCM is counter mode with a check beside it: its counter's blocks are the size of the counter less one,
 * the nonce, and the count from 1 on (RFC 3610 2.3). */
cy_err *cy_bcfks_peek(
  cy_buf *first, cy_bcfks_purpose purpose, cy_span algid, const cy_secret *password, cy_span sealed)
{
  static const cy_pbe_cipher ctr = {CY_OID_UNKNOWN, "AES-256-CTR", 32, CTR_IV, 1, false, false};
  CY_CLEAN(cy_pbe_keys) keys = {.iv_len = 0};
  cy_pbe_plan plan;
  size_t len = 0;
  CY_TRY(derive(&keys, &plan, purpose, algid, password));
  if (!plan.mode.cipher->ccm || sealed.len < plan.mode.tag_len)
    return NULL;
  memset(keys.iv, 0, CTR_IV);
  keys.iv[0] = (uint8_t)(CTR_IV - 2 - plan.iv.len);
  memcpy(keys.iv + 1, plan.iv.data, plan.iv.len);
  keys.iv[CTR_IV - 1] = 1;
  keys.iv_len = CTR_IV;
  sealed.len -= plan.mode.tag_len;
  sealed.len = sealed.len < PEEK ? sealed.len : PEEK;
  uint8_t *to = cy_buf_reserve(first, PEEK + OVERHEAD);
  CY_TRY(cy_buf_check(first));
  cy_pbe_mode mode = {.cipher = &ctr, .key_len = 32};
  CY_TRY(cy_pbe_crypt(false, &mode, &keys, sealed, to, &len));
  first->len += len;
  return NULL;
}

static cy_err *read_mac(cy_pbe_plan *plan, cy_oid *mac, cy_span mac_algid, cy_span kdf)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, mac_algid);
  cy_cur algid = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_span oid = cy_der_take(&algid, CY_DER_OID);
  *mac = cy_oid_find(oid);
  *plan = (cy_pbe_plan){.info = {.scheme = CY_OID_UNKNOWN, .kdf = CY_OID_UNKNOWN, .prf = CY_OID_UNKNOWN}};
  cy_cur derivation = cy_cur_begin(&parse, kdf);
  cy_pbe_plan_kdf(&derivation, plan);
  cy_cur_end(&derivation);
  if (plan->key_len == 0)
    cy_cur_fail(&derivation, "the length of an integrity key is missing");
  CY_TRY(cy_parse_check(&parse, "the parameters of the integrity check"));
  plan->scrypt_p = plan->scrypt_r;
  return cy_pbe_prf_digest(*mac) ? NULL : cy_pbe_unsupported("an integrity check", oid);
}

cy_err *cy_bcfks_mac_describe(cy_pbe_info *out, cy_oid *mac, cy_span mac_algid, cy_span kdf)
{
  cy_pbe_plan plan;
  CY_TRY(read_mac(&plan, mac, mac_algid, kdf));
  *out = plan.info;
  return NULL;
}

/* The derivation of PBES2, for a key that no cipher takes. */
static cy_err *mac_key(cy_pbe_keys *keys, cy_pbe_plan *plan, const cy_secret *password)
{
  static const cy_pbe_cipher any = {CY_OID_UNKNOWN, "", 0, 0, 1, false, false};
  CY_AUTO(cy_secret) *both = NULL;
  if (plan->key_len > CY_PBE_KEY_MAX)
    return cy_err_new(CY_E_MALFORMED, "an integrity key of %llu octets", (unsigned long long)plan->key_len);
  CY_TRY(stretched(&both, CY_BCFKS_INTEGRITY, password));
  plan->info.scheme = CY_OID_PBES2;
  plan->mode = (cy_pbe_mode){.cipher = &any, .key_len = (size_t)plan->key_len};
  return cy_pbe_derive(keys, plan, both);
}

cy_err *cy_bcfks_mac(
  cy_digest *out, cy_span mac_algid, cy_span kdf, const cy_secret *password, cy_span data)
{
  static const uint8_t nothing[1];
  CY_CLEAN(cy_pbe_keys) keys = {.iv_len = 0};
  cy_pbe_plan plan;
  OSSL_LIB_CTX *lib;
  cy_oid mac;
  CY_TRY(read_mac(&plan, &mac, mac_algid, kdf));
  CY_TRY(mac_key(&keys, &plan, password));
  CY_TRY(cy_lib_ctx(&lib));
  const char *digest = cy_pbe_prf_digest(mac);
  if (!EVP_Q_mac(lib, "HMAC", NULL, digest, NULL, keys.key, plan.mode.key_len,
        data.len ? data.data : nothing, data.len, out->bytes, sizeof out->bytes, &out->len))
    return cy_err_openssl(CY_E_CRYPTO_FAILED, "HMAC with %s", digest);
  return NULL;
}
