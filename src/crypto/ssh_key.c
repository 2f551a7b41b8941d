#include "crypto/ssh_key.h"

#include <openssl/bn.h>

#include "base/der.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/codes.h"
#include "crypto/lib.h"

static const struct {
  const char *name;
  const char *curve; /* as EC blobs repeat it */
  cy_oid oid;
} kinds[] = {
  [CY_SSH_RSA] = {"ssh-rsa", NULL, CY_OID_RSA},
  [CY_SSH_DSA] = {"ssh-dss", NULL, CY_OID_DSA},
  [CY_SSH_P256] = {"ecdsa-sha2-nistp256", "nistp256", CY_OID_P256},
  [CY_SSH_P384] = {"ecdsa-sha2-nistp384", "nistp384", CY_OID_P384},
  [CY_SSH_P521] = {"ecdsa-sha2-nistp521", "nistp521", CY_OID_P521},
  [CY_SSH_ED25519] = {"ssh-ed25519", NULL, CY_OID_ED25519},
  [CY_SSH_ED448] = {"ssh-ed448", NULL, CY_OID_ED448},
};

cy_ssh_kind cy_ssh_kind_of(cy_span name)
{
  for (size_t i = 0; i < CY_COUNT(kinds); i++)
    if (cy_span_equal(name, cy_span_str(kinds[i].name)))
      return (cy_ssh_kind)i;
  return CY_SSH_UNKNOWN;
}

cy_span cy_ssh_string(cy_cur *cur)
{
  uint32_t len = cy_cur_u32(cur);
  return cy_cur_take(cur, len);
}

cy_span cy_ssh_mpint(cy_cur *cur)
{
  cy_span number = cy_ssh_string(cur);
  if (number.len && number.data[0] & 0x80)
    cy_cur_fail(cur, "a negative number");
  while (number.len && number.data[0] == 0)
    number = cy_span_of(number.data + 1, number.len - 1);
  return number;
}

static bool is_ec(cy_ssh_kind kind)
{
  return kind >= CY_SSH_P256 && kind <= CY_SSH_P521;
}

static bool is_edwards(cy_ssh_kind kind)
{
  return kind == CY_SSH_ED25519 || kind == CY_SSH_ED448;
}

static size_t edwards_size(cy_ssh_kind kind)
{
  return kind == CY_SSH_ED25519 ? 32 : 57;
}

static void read_curve(const cy_ssh_key *key, cy_cur *cur)
{
  if (!cy_span_equal(cy_ssh_string(cur), cy_span_str(kinds[key->kind].curve)))
    cy_cur_fail(cur, "another curve than the key's kind says");
}

static void read_public_fields(cy_ssh_key *key, cy_cur *cur)
{
  switch (key->kind) {
  case CY_SSH_RSA:
    key->e = cy_ssh_mpint(cur);
    key->n = cy_ssh_mpint(cur);
    break;
  case CY_SSH_DSA:
    key->p = cy_ssh_mpint(cur);
    key->q = cy_ssh_mpint(cur);
    key->g = cy_ssh_mpint(cur);
    key->y = cy_ssh_mpint(cur);
    break;
  case CY_SSH_P256:
  case CY_SSH_P384:
  case CY_SSH_P521:
    read_curve(key, cur);
    key->point = cy_ssh_string(cur);
    break;
  default:
    key->point = cy_ssh_string(cur);
    if (key->point.len != edwards_size(key->kind))
      cy_cur_fail(cur, "a public key of a wrong length");
  }
}

static cy_err *not_known(cy_span name)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_text_put_safe(&words, cy_span_of(name.data, name.len < 64 ? name.len : 64));
  bool device = name.len > 3 && memcmp(name.data, "sk-", 3) == 0;
  return device
           ? cy_err_hint(cy_err_new(CY_E_CRYPTO_UNSUPPORTED,
                           "the private key (%s) is on a security device; the file has only a handle of "
                           "it",
                           cy_buf_cstr(&words)),
               "It can be used where the device is, and not be copied.")
           : cy_err_new(CY_E_CRYPTO_UNSUPPORTED, "an SSH key of the kind %s", cy_buf_cstr(&words));
}

cy_err *cy_ssh_public(cy_ssh_key *out, cy_span blob)
{
  cy_parse parse = {.reason = NULL};
  cy_cur cur = cy_cur_begin(&parse, blob);
  *out = (cy_ssh_key){.name = cy_ssh_string(&cur)};
  out->kind = cy_ssh_kind_of(out->name);
  if (cy_cur_ok(&cur) && out->kind == CY_SSH_UNKNOWN)
    return not_known(out->name);
  if (cy_cur_ok(&cur))
    read_public_fields(out, &cur);
  cy_cur_end(&cur);
  return cy_parse_check_as(&parse, CY_E_KEY_MALFORMED, "SSH public key");
}

void cy_ssh_private_openssh(cy_ssh_key *key, cy_cur *cur)
{
  switch (key->kind) {
  case CY_SSH_RSA:
    key->n = cy_ssh_mpint(cur);
    key->e = cy_ssh_mpint(cur);
    key->d = cy_ssh_mpint(cur);
    key->iqmp = cy_ssh_mpint(cur);
    key->p = cy_ssh_mpint(cur);
    key->q = cy_ssh_mpint(cur);
    break;
  case CY_SSH_ED25519:
  case CY_SSH_ED448:
    read_public_fields(key, cur);
    key->d = cy_ssh_string(cur); /* seed, then the public key again */
    if (key->d.len != 2 * edwards_size(key->kind))
      cy_cur_fail(cur, "a private key of a wrong length");
    key->d.len = edwards_size(key->kind);
    break;
  default:
    read_public_fields(key, cur);
    key->d = cy_ssh_mpint(cur);
  }
}

void cy_ssh_private_putty(cy_ssh_key *key, cy_cur *cur)
{
  key->d = is_edwards(key->kind) ? cy_ssh_string(cur) : cy_ssh_mpint(cur);
  if (is_edwards(key->kind) && key->d.len != edwards_size(key->kind))
    cy_cur_fail(cur, "a private key of a wrong length");
  if (key->kind != CY_SSH_RSA)
    return;
  key->p = cy_ssh_mpint(cur);
  key->q = cy_ssh_mpint(cur);
  key->iqmp = cy_ssh_mpint(cur);
}

/* Public. */

static void put_algorithm(cy_buf *out, const cy_ssh_key *key)
{
  size_t at = cy_der_begin(out);
  cy_der_put(out, CY_DER_OID, cy_oid_content(is_ec(key->kind) ? CY_OID_EC : kinds[key->kind].oid));
  if (is_ec(key->kind))
    cy_der_put(out, CY_DER_OID, cy_oid_content(kinds[key->kind].oid));
  if (key->kind == CY_SSH_RSA)
    cy_der_put_null(out);
  if (key->kind == CY_SSH_DSA) {
    size_t params = cy_der_begin(out);
    cy_der_put_unsigned(out, key->p);
    cy_der_put_unsigned(out, key->q);
    cy_der_put_unsigned(out, key->g);
    cy_der_end(out, params, CY_DER_SEQUENCE);
  }
  cy_der_end(out, at, CY_DER_SEQUENCE);
}

static void put_public_bits(cy_buf *out, const cy_ssh_key *key)
{
  size_t bits = cy_der_begin(out);
  cy_buf_u8(out, 0);
  if (key->kind == CY_SSH_RSA) {
    size_t seq = cy_der_begin(out);
    cy_der_put_unsigned(out, key->n);
    cy_der_put_unsigned(out, key->e);
    cy_der_end(out, seq, CY_DER_SEQUENCE);
  } else if (key->kind == CY_SSH_DSA) {
    cy_der_put_unsigned(out, key->y);
  } else {
    cy_buf_span(out, key->point);
  }
  cy_der_end(out, bits, CY_DER_BIT_STRING);
}

cy_err *cy_ssh_spki(cy_buf *spki, const cy_ssh_key *key)
{
  size_t at = cy_der_begin(spki);
  put_algorithm(spki, key);
  put_public_bits(spki, key);
  cy_der_end(spki, at, CY_DER_SEQUENCE);
  return cy_buf_check(spki);
}

/* Private. */

enum { NUMBER_MAX = 4096, KEY_MAX = 64 << 10 };

/* d mod (prime - 1): SSH leaves these out, PKCS#1 wants them. */
static bool reduced(cy_buf *out, cy_span d, cy_span prime, BN_CTX *ctx)
{
  uint8_t bytes[NUMBER_MAX];
  if (d.len > sizeof bytes || prime.len > sizeof bytes)
    return false;
  BIGNUM *exponent = BN_bin2bn(d.data, (int)d.len, BN_secure_new());
  BIGNUM *modulus = BN_bin2bn(prime.data, (int)prime.len, BN_secure_new());
  BIGNUM *rest = BN_secure_new();
  bool done = exponent && modulus && rest && BN_sub_word(modulus, 1) == 1 && !BN_is_zero(modulus) &&
              !BN_is_negative(modulus);
  if (done) {
    BN_set_flags(exponent, BN_FLG_CONSTTIME);
    BN_set_flags(modulus, BN_FLG_CONSTTIME);
    done = BN_mod(rest, exponent, modulus, ctx) == 1;
  }
  if (done)
    cy_der_put_unsigned(out, cy_span_of(bytes, (size_t)BN_bn2bin(rest, bytes)));
  cy_wipe(bytes, sizeof bytes);
  BN_clear_free(exponent);
  BN_clear_free(modulus);
  BN_clear_free(rest);
  return done;
}

static cy_err *put_rsa(cy_buf *out, const cy_ssh_key *key)
{
  OSSL_LIB_CTX *lib;
  CY_TRY(cy_lib_ctx(&lib));
  BN_CTX *ctx = BN_CTX_secure_new_ex(lib);
  CY_TRY_ALLOC(ctx);
  size_t at = cy_der_begin(out);
  cy_der_put_uint(out, 0);
  const cy_span numbers[] = {key->n, key->e, key->d, key->p, key->q};
  for (size_t i = 0; i < CY_COUNT(numbers); i++)
    cy_der_put_unsigned(out, numbers[i]);
  bool done = reduced(out, key->d, key->p, ctx) && reduced(out, key->d, key->q, ctx);
  cy_der_put_unsigned(out, key->iqmp);
  cy_der_end(out, at, CY_DER_SEQUENCE);
  BN_CTX_free(ctx);
  cy_lib_clear_errors();
  return done ? cy_buf_check(out)
              : cy_err_new(CY_E_KEY_MALFORMED, "the primes of the RSA key are no primes");
}

static cy_err *put_dsa(cy_buf *out, const cy_ssh_key *key)
{
  size_t at = cy_der_begin(out);
  const cy_span numbers[] = {key->p, key->q, key->g, key->y, key->d};
  cy_der_put_uint(out, 0);
  for (size_t i = 0; i < CY_COUNT(numbers); i++)
    cy_der_put_unsigned(out, numbers[i]);
  cy_der_end(out, at, CY_DER_SEQUENCE);
  return cy_buf_check(out);
}

static cy_err *put_ec(cy_buf *out, const cy_ssh_key *key)
{
  size_t size = key->kind == CY_SSH_P256 ? 32 : key->kind == CY_SSH_P384 ? 48 : 66;
  if (key->d.len > size)
    return cy_err_new(CY_E_KEY_MALFORMED, "the private number is larger than the curve");
  size_t at = cy_der_begin(out);
  cy_der_put_uint(out, 1);
  size_t number = cy_der_begin(out);
  cy_buf_fill(out, 0, size - key->d.len);
  cy_buf_span(out, key->d);
  cy_der_end(out, number, CY_DER_OCTET_STRING);
  size_t curve = cy_der_begin(out);
  cy_der_put(out, CY_DER_OID, cy_oid_content(kinds[key->kind].oid));
  cy_der_end(out, curve, CY_DER_CONTEXT_CONSTRUCTED(0));
  size_t public = cy_der_begin(out);
  put_public_bits(out, key);
  cy_der_end(out, public, CY_DER_CONTEXT_CONSTRUCTED(1));
  cy_der_end(out, at, CY_DER_SEQUENCE);
  return cy_buf_check(out);
}

static cy_err *put_edwards(cy_buf *out, const cy_ssh_key *key)
{
  size_t at = cy_der_begin(out);
  cy_der_put_uint(out, 0);
  put_algorithm(out, key);
  size_t outer = cy_der_begin(out);
  cy_der_put(out, CY_DER_OCTET_STRING, key->d);
  cy_der_end(out, outer, CY_DER_OCTET_STRING);
  cy_der_end(out, at, CY_DER_SEQUENCE);
  return cy_buf_check(out);
}

/* The private half gives the public one that the file shows. */
static cy_err *check_halves(cy_span pkcs8, const cy_ssh_key *key)
{
  CY_CLEAN(cy_buf) shown = CY_BUF(KEY_MAX);
  CY_CLEAN(cy_buf) computed = CY_BUF(KEY_MAX);
  CY_TRY(cy_ssh_spki(&shown, key));
  CY_TRY(cy_pkcs8_public(&computed, pkcs8));
  if (!cy_span_equal(cy_buf_get(&shown), cy_buf_get(&computed)))
    return cy_err_new(CY_E_KEY_MALFORMED, "its private half belongs to another key than its public half");
  return NULL;
}

cy_err *cy_ssh_pkcs8(cy_secret **pkcs8, const cy_ssh_key *key)
{
  CY_CLEAN(cy_buf) der = CY_BUF_SECRET(KEY_MAX);
  cy_key_encoding encoding = CY_ENCODING_PKCS8;
  *pkcs8 = NULL;
  if (key->kind == CY_SSH_RSA) {
    encoding = CY_ENCODING_PKCS1_RSA;
    CY_TRY(put_rsa(&der, key));
  } else if (key->kind == CY_SSH_DSA) {
    encoding = CY_ENCODING_DSA;
    CY_TRY(put_dsa(&der, key));
  } else if (is_ec(key->kind)) {
    encoding = CY_ENCODING_SEC1_EC;
    CY_TRY(put_ec(&der, key));
  } else {
    CY_TRY(put_edwards(&der, key));
  }
  CY_TRY(cy_pkcs8_from(pkcs8, encoding, cy_buf_get(&der)));
  cy_err *err = check_halves(cy_secret_get(*pkcs8), key);
  if (!err)
    return NULL;
  cy_secret_free(*pkcs8);
  *pkcs8 = NULL;
  return err;
}
