#include "crypto/pbe.h"

#include "base/der.h"
#include "crypto/codes.h"
#include "crypto/jce_pbe.h"
#include "crypto/lib.h"
#include "crypto/pbe_plan.h"

const cy_pbe_choice cy_pbe_default = {CY_OID_PBES2, CY_OID_AES256_CBC, CY_OID_HMAC_SHA256, 10000};

enum {
  ALGID_MAX = 512,
  SALT_LEN = 16,
  OLD_SALT_LEN = 8, /* some old readers take no other from PKCS#12's own schemes */
  GCM_TAG_LEN = 16,
  OVERHEAD = 48, /* a padding block, or a tag */
};

cy_err *cy_pbe_describe(cy_pbe_info *out, cy_span algid)
{
  cy_pbe_plan plan;
  CY_TRY(cy_pbe_plan_parse(&plan, algid));
  *out = plan.info;
  return NULL;
}

void cy_pbe_format(cy_buf *buf, const cy_pbe_info *info)
{
  cy_buf_str(buf, cy_oid_words(info->scheme));
  if (info->scheme == CY_OID_PBES2)
    cy_buf_printf(buf, " %s, %s", cy_oid_words(info->cipher), cy_oid_words(info->kdf));
  if (info->kdf == CY_OID_SCRYPT) {
    cy_buf_printf(buf, " N=%llu", (unsigned long long)info->iterations);
    return;
  }
  if (info->kdf == CY_OID_PBKDF2)
    cy_buf_printf(buf, " %s", cy_oid_words(info->prf));
  cy_buf_printf(buf, ", %llu iterations", (unsigned long long)info->iterations);
}

static cy_err *decrypt(
  cy_secret **plain, const cy_pbe_plan *plan, const cy_secret *password, cy_span sealed)
{
  CY_CLEAN(cy_pbe_keys) keys = {.iv_len = 0};
  CY_AUTO(cy_secret) *result = NULL;
  CY_TRY(cy_secret_new(&result, sealed.len + OVERHEAD));
  CY_TRY(cy_pbe_derive(&keys, plan, password));
  CY_TRY(cy_pbe_crypt(false, &plan->mode, &keys, sealed, result->data, &result->len));
  *plain = result;
  result = NULL;
  return NULL;
}

cy_err *cy_pbe_decrypt(cy_secret **plain, cy_span algid, const cy_secret *password, cy_span sealed)
{
  cy_pbe_plan plan;
  *plain = NULL;
  CY_TRY(cy_pbe_plan_parse(&plan, algid));
  return decrypt(plain, &plan, password, sealed);
}

static cy_err *plan_as(cy_pbe_plan *plan, cy_oid scheme, cy_span salt, uint64_t iterations)
{
  *plan =
    (cy_pbe_plan){.info = {.scheme = scheme, .iterations = iterations, .salt_len = salt.len}, .salt = salt};
  return cy_pbe_mode_of_scheme(&plan->mode, scheme)
           ? NULL
           : cy_pbe_unsupported("encryption", cy_oid_content(scheme));
}

cy_err *cy_pbe_decrypt_as(cy_secret **plain, cy_oid scheme, cy_span salt, uint64_t iterations,
  const cy_secret *password, cy_span sealed)
{
  cy_pbe_plan plan;
  *plain = NULL;
  CY_TRY(plan_as(&plan, scheme, salt, iterations));
  return decrypt(plain, &plan, password, sealed);
}

static cy_err *encrypt(cy_buf *sealed, const cy_pbe_plan *plan, const cy_secret *password, cy_span plain)
{
  CY_CLEAN(cy_pbe_keys) keys = {.iv_len = 0};
  size_t len = 0;
  CY_TRY(cy_pbe_derive(&keys, plan, password));
  uint8_t *to = cy_buf_reserve(sealed, plain.len + OVERHEAD);
  if (to)
    CY_TRY(cy_pbe_crypt(true, &plan->mode, &keys, plain, to, &len));
  sealed->len += len;
  return cy_buf_check(sealed);
}

cy_err *cy_pbe_encrypt_as(cy_buf *sealed, cy_oid scheme, cy_span salt, uint64_t iterations,
  const cy_secret *password, cy_span plain)
{
  cy_pbe_plan plan;
  CY_TRY(plan_as(&plan, scheme, salt, iterations));
  return encrypt(sealed, &plan, password, plain);
}

/* The AlgorithmIdentifier is written first and then read like anybody's, so that sealing and
 * opening can not differ. */

static void put_oid(cy_buf *buf, cy_oid oid)
{
  cy_der_put(buf, CY_DER_OID, cy_oid_content(oid));
}

void cy_pbkdf2_algid(cy_buf *buf, cy_span salt, uint64_t iterations, size_t key_len, cy_oid prf)
{
  size_t kdf = cy_der_begin(buf);
  put_oid(buf, CY_OID_PBKDF2);
  size_t params = cy_der_begin(buf);
  cy_der_put(buf, CY_DER_OCTET_STRING, salt);
  cy_der_put_uint(buf, iterations);
  if (key_len)
    cy_der_put_uint(buf, key_len);
  if (prf != CY_OID_HMAC_SHA1) { /* the default, which DER leaves out */
    size_t at = cy_der_begin(buf);
    put_oid(buf, prf);
    cy_der_put_null(buf);
    cy_der_end(buf, at, CY_DER_SEQUENCE);
  }
  cy_der_end(buf, params, CY_DER_SEQUENCE);
  cy_der_end(buf, kdf, CY_DER_SEQUENCE);
}

static void put_cipher(cy_buf *buf, const cy_pbe_cipher *cipher, cy_span iv)
{
  size_t scheme = cy_der_begin(buf);
  put_oid(buf, cipher->oid);
  if (cipher->aead) {
    size_t params = cy_der_begin(buf);
    cy_der_put(buf, CY_DER_OCTET_STRING, iv);
    cy_der_put_uint(buf, GCM_TAG_LEN);
    cy_der_end(buf, params, CY_DER_SEQUENCE);
  } else {
    cy_der_put(buf, CY_DER_OCTET_STRING, iv);
  }
  cy_der_end(buf, scheme, CY_DER_SEQUENCE);
}

static cy_err *put_pbes2(cy_buf *buf, const cy_pbe_choice *choice, cy_span random)
{
  const cy_pbe_cipher *cipher = cy_pbe_cipher_find(choice->cipher);
  if (!cipher || cipher->legacy || cipher->ccm || cipher->wrap)
    return cy_pbe_unsupported("new encryption", cy_oid_content(choice->cipher));
  if (!cy_pbe_prf_digest(choice->prf) || choice->prf == CY_OID_HMAC_MD5)
    return cy_pbe_unsupported("new key derivation", cy_oid_content(choice->prf));
  size_t params = cy_der_begin(buf);
  cy_pbkdf2_algid(buf, cy_span_of(random.data, SALT_LEN), choice->iterations,
    choice->key_length ? cipher->key_len : 0, choice->prf);
  put_cipher(buf, cipher, cy_span_of(random.data + SALT_LEN, cipher->iv_len));
  cy_der_end(buf, params, CY_DER_SEQUENCE);
  return NULL;
}

static cy_err *put_salt_and_count(cy_buf *buf, const cy_pbe_choice *choice, cy_span random)
{
  cy_pbe_mode mode;
  bool known = cy_pbe_mode_of_scheme(&mode, choice->scheme);
  bool is_in_use = choice->scheme == CY_OID_JCEKS_KEY_PROTECTOR ||
                   choice->scheme == CY_OID_PBE12_3DES || choice->scheme == CY_OID_PBE12_RC2_40 ||
                choice->scheme == CY_OID_PBE12_RC2_128 || choice->scheme == CY_OID_PBE12_2DES;
  if (!known || !is_in_use)
    return cy_pbe_unsupported("new encryption", cy_oid_content(choice->scheme));
  size_t params = cy_der_begin(buf);
  cy_der_put(buf, CY_DER_OCTET_STRING, cy_span_of(random.data, OLD_SALT_LEN));
  cy_der_put_uint(buf, choice->iterations);
  cy_der_end(buf, params, CY_DER_SEQUENCE);
  return NULL;
}

static cy_err *put_algid(cy_buf *buf, const cy_pbe_choice *choice)
{
  uint8_t random[SALT_LEN + CY_PBE_IV_MAX];
  CY_TRY(cy_pbe_cost_check(choice->iterations));
  CY_TRY(cy_random(random, sizeof random));
  cy_span r = cy_span_of(random, sizeof random);
  size_t seq = cy_der_begin(buf);
  put_oid(buf, choice->scheme);
  CY_TRY(choice->scheme == CY_OID_PBES2 ? put_pbes2(buf, choice, r) : put_salt_and_count(buf, choice, r));
  cy_der_end(buf, seq, CY_DER_SEQUENCE);
  return cy_buf_check(buf);
}

cy_err *cy_pbe_encrypt(
  cy_buf *algid, cy_buf *sealed, const cy_pbe_choice *choice, const cy_secret *password, cy_span plain)
{
  CY_CLEAN(cy_buf) alg = CY_BUF(ALGID_MAX);
  cy_pbe_plan plan;
  if (choice->scheme == CY_OID_JCEKS_KEY_PROTECTOR)
    CY_TRY(cy_jce_password_check(password));
  CY_TRY(put_algid(&alg, choice));
  CY_TRY(cy_pbe_plan_parse(&plan, cy_buf_get(&alg)));
  CY_TRY(encrypt(sealed, &plan, password, plain));
  cy_buf_span(algid, cy_buf_get(&alg));
  return cy_buf_check(algid);
}

/* EncryptedPrivateKeyInfo. */

/* A wrong password may leave a right padding by chance: then this shape is not there. */
static bool looks_like_pkcs8(cy_span der)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, der);
  cy_cur seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  uint64_t version = cy_der_uint(&seq);
  cy_cur alg = cy_der_enter(&seq, CY_DER_SEQUENCE);
  cy_der_take(&alg, CY_DER_OID);
  cy_der_take(&seq, CY_DER_OCTET_STRING);
  return !parse.reason && version <= 1;
}

cy_err *cy_pkcs8_unseal(cy_secret **pkcs8, cy_span encrypted, const cy_secret *password)
{
  CY_AUTO(cy_secret) *plain = NULL;
  cy_parse parse = {.lenient = true};
  *pkcs8 = NULL;
  cy_cur cur = cy_cur_begin(&parse, encrypted);
  cy_cur seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_span algid = cy_der_take_whole(&seq, CY_DER_SEQUENCE);
  cy_span sealed = cy_der_take(&seq, CY_DER_OCTET_STRING);
  cy_der_leave(&seq);
  cy_cur_end(&cur);
  CY_TRY(cy_parse_check_as(&parse, CY_E_KEY_MALFORMED, "encrypted private key"));
  CY_TRY(cy_pbe_decrypt(&plain, algid, password, sealed));
  if (!looks_like_pkcs8(cy_secret_get(plain)))
    return cy_err_new(CY_E_CRYPTO_WRONG_PASSWORD, "what comes out of the decryption is no private key");
  *pkcs8 = plain;
  plain = NULL;
  return NULL;
}

cy_err *cy_pkcs8_seal(
  cy_buf *encrypted, const cy_pbe_choice *choice, const cy_secret *password, cy_span pkcs8)
{
  CY_CLEAN(cy_buf) algid = CY_BUF(ALGID_MAX);
  CY_CLEAN(cy_buf) sealed = CY_BUF_STORE;
  CY_TRY(cy_pbe_encrypt(&algid, &sealed, choice, password, pkcs8));
  size_t seq = cy_der_begin(encrypted);
  cy_buf_span(encrypted, cy_buf_get(&algid));
  cy_der_put(encrypted, CY_DER_OCTET_STRING, cy_buf_get(&sealed));
  cy_der_end(encrypted, seq, CY_DER_SEQUENCE);
  return cy_buf_check(encrypted);
}
