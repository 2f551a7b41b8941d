#include "crypto/pbe_plan.h"

#include "base/der.h"
#include "crypto/codes.h"

static const cy_pbe_cipher ciphers[] = {
  {CY_OID_AES256_CBC, "AES-256-CBC", 32, 16, 16, false, false},
  {CY_OID_AES128_CBC, "AES-128-CBC", 16, 16, 16, false, false},
  {CY_OID_AES192_CBC, "AES-192-CBC", 24, 16, 16, false, false},
  {CY_OID_DES3_CBC, "DES-EDE3-CBC", 24, 8, 8, false, false},
  {CY_OID_AES256_GCM, "AES-256-GCM", 32, 12, 1, true, false},
  {CY_OID_AES128_GCM, "AES-128-GCM", 16, 12, 1, true, false},
  {CY_OID_AES192_GCM, "AES-192-GCM", 24, 12, 1, true, false},
  {CY_OID_AES256_CCM, "AES-256-CCM", 32, 12, 1, true, false, .ccm = true},
  {CY_OID_AES256_WRAP_PAD, "AES-256-WRAP-PAD", 32, 0, 8, false, false, .wrap = true},
  {CY_OID_DES_CBC, "DES-CBC", 8, 8, 8, false, true},
  {CY_OID_RC2_CBC, "RC2-CBC", 0, 8, 8, false, true},
  {CY_OID_CAMELLIA128_CBC, "CAMELLIA-128-CBC", 16, 16, 16, false, false},
  {CY_OID_CAMELLIA192_CBC, "CAMELLIA-192-CBC", 24, 16, 16, false, false},
  {CY_OID_CAMELLIA256_CBC, "CAMELLIA-256-CBC", 32, 16, 16, false, false},
  {CY_OID_ARIA128_CBC, "ARIA-128-CBC", 16, 16, 16, false, false},
  {CY_OID_ARIA192_CBC, "ARIA-192-CBC", 24, 16, 16, false, false},
  {CY_OID_ARIA256_CBC, "ARIA-256-CBC", 32, 16, 16, false, false},
  {CY_OID_SEED_CBC, "SEED-CBC", 16, 16, 16, false, true},
  {CY_OID_SM4_CBC, "SM4-CBC", 16, 16, 16, false, false},
};

/* Ciphers that only a scheme names, not an identifier of their own. */
static const cy_pbe_cipher des2 = {CY_OID_UNKNOWN, "DES-EDE-CBC", 16, 8, 8, false, false};
static const cy_pbe_cipher rc4 = {CY_OID_UNKNOWN, "RC4", 0, 0, 1, false, true};

const cy_pbe_cipher *cy_pbe_cipher_find(cy_oid oid)
{
  for (size_t i = 0; i < CY_COUNT(ciphers); i++)
    if (ciphers[i].oid == oid && oid != CY_OID_UNKNOWN)
      return &ciphers[i];
  return NULL;
}

bool cy_pbe_mode_of_scheme(cy_pbe_mode *out, cy_oid scheme)
{
  switch (scheme) {
  case CY_OID_JCEKS_KEY_PROTECTOR:
  case CY_OID_PBE12_3DES:
    *out = (cy_pbe_mode){cy_pbe_cipher_find(CY_OID_DES3_CBC), 24, 0, 0};
    return true;
  case CY_OID_PBE12_2DES:
    *out = (cy_pbe_mode){&des2, 16, 0, 0};
    return true;
  case CY_OID_PBE12_RC2_128:
    *out = (cy_pbe_mode){cy_pbe_cipher_find(CY_OID_RC2_CBC), 16, 128, 0};
    return true;
  case CY_OID_PBE12_RC2_40:
    *out = (cy_pbe_mode){cy_pbe_cipher_find(CY_OID_RC2_CBC), 5, 40, 0};
    return true;
  case CY_OID_PBE12_RC4_128:
    *out = (cy_pbe_mode){&rc4, 16, 0, 0};
    return true;
  case CY_OID_PBE12_RC4_40:
    *out = (cy_pbe_mode){&rc4, 5, 0, 0};
    return true;
  case CY_OID_PBE_MD2_DES:
  case CY_OID_PBE_MD5_DES:
  case CY_OID_PBE_SHA1_DES:
    *out = (cy_pbe_mode){cy_pbe_cipher_find(CY_OID_DES_CBC), 8, 0, 0};
    return true;
  case CY_OID_PBE_MD2_RC2:
  case CY_OID_PBE_MD5_RC2:
  case CY_OID_PBE_SHA1_RC2:
    *out = (cy_pbe_mode){cy_pbe_cipher_find(CY_OID_RC2_CBC), 8, 64, 0};
    return true;
  default:
    return false;
  }
}

/* A count that fits no integer of ours is refused for its cost later, not for its form. */
static uint64_t read_count(cy_cur *cur)
{
  cy_cur ahead = *cur;
  cy_span magnitude = cy_der_unsigned(&ahead);
  if (magnitude.len <= 8)
    return cy_der_uint(cur);
  *cur = ahead;
  return UINT64_MAX;
}

static void read_pbkdf2(cy_cur *cur, cy_pbe_plan *plan)
{
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE), prf;
  if (cy_der_peek(&seq) == CY_DER_SEQUENCE)
    cy_cur_fail(&seq, "a salt that is not in the file");
  plan->salt = cy_der_take(&seq, CY_DER_OCTET_STRING);
  plan->info.iterations = read_count(&seq);
  if (cy_der_peek(&seq) == CY_DER_INTEGER) {
    plan->key_len = read_count(&seq);
    if (plan->key_len == 0)
      cy_cur_fail(&seq, "a key of no bytes");
  }
  plan->info.prf = CY_OID_HMAC_SHA1;
  if (cy_der_enter_if(&seq, CY_DER_SEQUENCE, &prf)) {
    plan->prf_oid = cy_der_take(&prf, CY_DER_OID);
    plan->info.prf = cy_oid_find(plan->prf_oid);
    cy_cur_rest(&prf);
    cy_der_leave(&prf);
  }
  cy_der_leave(&seq);
}

static void read_scrypt(cy_cur *cur, cy_pbe_plan *plan)
{
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  plan->salt = cy_der_take(&seq, CY_DER_OCTET_STRING);
  plan->info.iterations = read_count(&seq);
  plan->scrypt_r = read_count(&seq);
  plan->scrypt_p = read_count(&seq);
  if (cy_cur_more(&seq))
    plan->key_len = read_count(&seq);
  cy_der_leave(&seq);
}

void cy_pbe_plan_kdf(cy_cur *cur, cy_pbe_plan *plan)
{
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  plan->kdf_oid = cy_der_take(&seq, CY_DER_OID);
  plan->info.kdf = cy_oid_find(plan->kdf_oid);
  if (plan->info.kdf == CY_OID_PBKDF2)
    read_pbkdf2(&seq, plan);
  else if (plan->info.kdf == CY_OID_SCRYPT)
    read_scrypt(&seq, plan);
  else
    cy_cur_rest(&seq);
  cy_der_leave(&seq);
  plan->info.salt_len = plan->salt.len;
}

/* RC2-CBC-Parameter (RFC 8018 B.2.3): the version stands for the effective key bits. */
static void read_rc2(cy_cur *cur, cy_pbe_plan *plan)
{
  cy_cur seq;
  uint64_t version = 0;
  plan->mode.rc2_bits = 32;
  if (!cy_der_enter_if(cur, CY_DER_SEQUENCE, &seq)) {
    plan->iv = cy_der_take(cur, CY_DER_OCTET_STRING);
    return;
  }
  if (cy_der_peek(&seq) == CY_DER_INTEGER) {
    version = cy_der_uint(&seq);
    plan->mode.rc2_bits = version == 160   ? 40
                          : version == 120 ? 64
                          : version == 58  ? 128
                                           : (unsigned)version;
    if (version > 1024 || (version < 256 && plan->mode.rc2_bits == version))
      cy_cur_fail(&seq, "an RC2 version that RFC 8018 has not");
  }
  plan->iv = cy_der_take(&seq, CY_DER_OCTET_STRING);
  cy_der_leave(&seq);
}

static void read_gcm(cy_cur *cur, cy_pbe_plan *plan)
{
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  uint64_t tag_len = 12;
  plan->iv = cy_der_take(&seq, CY_DER_OCTET_STRING);
  if (cy_cur_more(&seq))
    tag_len = cy_der_uint(&seq);
  if (tag_len < 12 || tag_len > 16)
    cy_cur_fail(&seq, "a GCM tag that is not of 12 to 16 bytes");
  plan->mode.tag_len = (size_t)tag_len;
  cy_der_leave(&seq);
}

/* CCMParameters (RFC 5084 3.1). */
static void read_ccm(cy_cur *cur, cy_pbe_plan *plan)
{
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  uint64_t tag_len = 12;
  plan->iv = cy_der_take(&seq, CY_DER_OCTET_STRING);
  if (cy_cur_more(&seq))
    tag_len = cy_der_uint(&seq);
  if (plan->iv.len < 7 || plan->iv.len > 13)
    cy_cur_fail(&seq, "a CCM nonce that is not of 7 to 13 bytes");
  if (tag_len < 4 || tag_len > 16 || tag_len % 2)
    cy_cur_fail(&seq, "a CCM tag that is not of 4 to 16 bytes");
  plan->mode.tag_len = (size_t)tag_len;
  cy_der_leave(&seq);
}

static void read_cipher(cy_cur *cur, cy_pbe_plan *plan)
{
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  plan->cipher_oid = cy_der_take(&seq, CY_DER_OID);
  plan->info.cipher = cy_oid_find(plan->cipher_oid);
  const cy_pbe_cipher *cipher = cy_pbe_cipher_find(plan->info.cipher);
  plan->mode.cipher = cipher;
  if (!cipher || cipher->wrap)
    cy_cur_rest(&seq); /* of a wrap: nothing, or NULL */
  else if (cipher->oid == CY_OID_RC2_CBC)
    read_rc2(&seq, plan);
  else if (cipher->ccm)
    read_ccm(&seq, plan);
  else if (cipher->aead)
    read_gcm(&seq, plan);
  else
    plan->iv = cy_der_take(&seq, CY_DER_OCTET_STRING);
  bool iv_fits = !cipher || plan->iv.len == cipher->iv_len ||
                 (cipher->aead && plan->iv.len >= 1 && plan->iv.len <= CY_PBE_IV_MAX);
  if (cy_cur_ok(&seq) && !iv_fits)
    cy_cur_fail(&seq, "an initialisation vector of the wrong size");
  cy_der_leave(&seq);
}

/* The derivation may say how long the key is; a cipher of one size must agree. */
static void settle_key_len(cy_cur *cur, cy_pbe_plan *plan)
{
  const cy_pbe_cipher *cipher = plan->mode.cipher;
  if (!cipher || !cy_cur_ok(cur))
    return;
  uint64_t want = cipher->key_len ? cipher->key_len : 16;
  uint64_t have = plan->key_len ? plan->key_len : want;
  if (have > CY_PBE_KEY_MAX || (cipher->key_len && have != want))
    cy_cur_fail(cur, "a key length that the cipher has not");
  plan->mode.key_len = (size_t)have;
}

static void read_pbes2(cy_cur *cur, cy_pbe_plan *plan)
{
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  cy_pbe_plan_kdf(&seq, plan);
  read_cipher(&seq, plan);
  settle_key_len(&seq, plan);
  cy_der_leave(&seq);
}

/* PBEParameter and pkcs-12PbeParams have one shape. */
static void read_salt_and_count(cy_cur *cur, cy_pbe_plan *plan)
{
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  plan->salt = cy_der_take(&seq, CY_DER_OCTET_STRING);
  plan->info.iterations = read_count(&seq);
  plan->info.salt_len = plan->salt.len;
  cy_der_leave(&seq);
}

cy_err *cy_pbe_plan_parse(cy_pbe_plan *out, cy_span algid)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, algid);
  *out = (cy_pbe_plan){.info = {.kdf = CY_OID_UNKNOWN, .prf = CY_OID_UNKNOWN, .cipher = CY_OID_UNKNOWN}};
  cy_cur seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_span oid = cy_der_take(&seq, CY_DER_OID);
  out->info.scheme = cy_oid_find(oid);
  bool own = cy_pbe_mode_of_scheme(&out->mode, out->info.scheme);
  if (own)
    read_salt_and_count(&seq, out);
  else if (out->info.scheme == CY_OID_PBES2)
    read_pbes2(&seq, out);
  else
    cy_cur_rest(&seq);
  cy_der_leave(&seq);
  cy_cur_end(&cur);
  CY_TRY(cy_parse_check(&parse, "encryption parameters"));
  if (!own && out->info.scheme != CY_OID_PBES2)
    return cy_pbe_unsupported("encryption", oid);
  const cy_pbe_cipher *cipher = out->mode.cipher;
  out->info.legacy = !cipher || cipher->legacy;
  return NULL;
}

cy_err *cy_pbe_cost_check(uint64_t iterations)
{
  if (iterations > 0 && iterations <= CY_MAX_KDF_ITERATIONS)
    return NULL;
  if (iterations == 0)
    return cy_err_new(CY_E_CRYPTO_COST, "a key derivation of no iterations at all");
  return cy_err_new(CY_E_CRYPTO_COST, "a key derivation of %llu iterations; at most %u are done",
    (unsigned long long)iterations, CY_MAX_KDF_ITERATIONS);
}

cy_err *cy_pbe_unsupported(const char *what, cy_span oid)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_oid_put_words(&words, oid);
  return cy_err_new(CY_E_CRYPTO_UNSUPPORTED, "%s by %s", what, cy_buf_cstr(&words));
}
