#include "crypto/key_evp.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/x509.h>

#include "base/der.h"
#include "crypto/codes.h"
#include "crypto/lib.h"

enum {
  NUMBERS_BYTES = 8192, /* room for the numbers of one key */
  PARAMS = 8,
};

/* OpenSSL wants numbers in the machine's own byte order. */
typedef struct {
  uint8_t bytes[NUMBERS_BYTES];
  size_t used;
  OSSL_PARAM params[PARAMS];
  size_t count;
  bool full;
} key_params;

static void add_number(key_params *p, const char *name, cy_span magnitude)
{
  if (magnitude.len > NUMBERS_BYTES - p->used || p->count + 1 >= PARAMS) {
    p->full = true;
    return;
  }
  uint8_t *to = p->bytes + p->used;
  for (size_t i = 0; i < magnitude.len; i++)
    to[__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? magnitude.len - 1 - i : i] = magnitude.data[i];
  p->params[p->count++] = OSSL_PARAM_construct_BN(name, to, magnitude.len);
  p->used += magnitude.len;
}

static cy_err *make(EVP_PKEY **out, const char *type, key_params *p)
{
  OSSL_LIB_CTX *lib;
  CY_TRY(cy_lib_ctx(&lib));
  if (p->full)
    return cy_err_new(CY_E_CRYPTO_UNSUPPORTED, "a public key of more than %d bytes", NUMBERS_BYTES);
  p->params[p->count] = OSSL_PARAM_construct_end();
  EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(lib, type, NULL);
  bool made = ctx && EVP_PKEY_fromdata_init(ctx) == 1 &&
              EVP_PKEY_fromdata(ctx, out, EVP_PKEY_PUBLIC_KEY, p->params) == 1;
  EVP_PKEY_CTX_free(ctx);
  if (!made)
    return cy_err_openssl(CY_E_KEY_MALFORMED, "%s public key", type);
  return NULL;
}

static cy_err *make_rsa(EVP_PKEY **out, const cy_key_info *info)
{
  key_params p = {.count = 0};
  add_number(&p, OSSL_PKEY_PARAM_RSA_N, info->modulus);
  add_number(&p, OSSL_PKEY_PARAM_RSA_E, info->exponent);
  return make(out, "RSA", &p);
}

static cy_err *make_ec(EVP_PKEY **out, const cy_key_info *info)
{
  key_params p = {.count = 2};
  /* OpenSSL only reads these. */
  char *curve = (char *)(uintptr_t)cy_oid_short(info->curve);
  uint8_t *point = (uint8_t *)(uintptr_t)info->bit_string.data;
  p.params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve, 0);
  p.params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, info->bit_string.len);
  return make(out, info->type == CY_KEY_SM2 ? "SM2" : "EC", &p);
}

static cy_err *make_dsa(EVP_PKEY **out, const cy_key_info *info, cy_span inherited)
{
  cy_span params = info->params.len > 2 ? info->params : inherited;
  if (!params.len)
    return cy_err_hint(cy_err_new(CY_E_KEY_MALFORMED, "a DSA public key without parameters"),
      "The key takes its parameters from the issuer's certificate: give the whole chain.");
  key_params p = {.count = 0};
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, params);
  cy_cur group = cy_der_enter(&cur, CY_DER_SEQUENCE);
  add_number(&p, OSSL_PKEY_PARAM_FFC_P, cy_der_unsigned(&group));
  add_number(&p, OSSL_PKEY_PARAM_FFC_Q, cy_der_unsigned(&group));
  add_number(&p, OSSL_PKEY_PARAM_FFC_G, cy_der_unsigned(&group));
  cy_der_leave(&group);
  CY_TRY(cy_parse_check_as(&parse, CY_E_KEY_MALFORMED, "DSA parameters"));
  cy_cur bits = cy_cur_begin(&parse, info->bit_string);
  add_number(&p, OSSL_PKEY_PARAM_PUB_KEY, cy_der_unsigned(&bits));
  cy_cur_end(&bits);
  CY_TRY(cy_parse_check_as(&parse, CY_E_KEY_MALFORMED, "DSA public key"));
  return make(out, "DSA", &p);
}

static cy_err *make_raw(EVP_PKEY **out, const char *type, const cy_key_info *info)
{
  OSSL_LIB_CTX *lib;
  CY_TRY(cy_lib_ctx(&lib));
  *out = EVP_PKEY_new_raw_public_key_ex(lib, type, NULL, info->bit_string.data, info->bit_string.len);
  if (!*out)
    return cy_err_openssl(CY_E_KEY_MALFORMED, "%s public key", type);
  return NULL;
}

/* Curves that our table has not got, or that are written out. */
static cy_err *decode(EVP_PKEY **out, cy_span spki)
{
  OSSL_LIB_CTX *lib;
  CY_TRY(cy_lib_ctx(&lib));
  const unsigned char *at = spki.data;
  *out = d2i_PUBKEY_ex(NULL, &at, (long)spki.len, lib, NULL);
  if (!*out)
    return cy_err_openssl(CY_E_CRYPTO_UNSUPPORTED, "OpenSSL can not take this public key");
  return NULL;
}

cy_err *cy_evp_public(EVP_PKEY **out, const cy_key_info *info, cy_span spki, cy_span inherited)
{
  *out = NULL;
  switch (info->type) {
  case CY_KEY_RSA:
  case CY_KEY_RSA_PSS:
    return make_rsa(out, info);
  case CY_KEY_EC:
  case CY_KEY_SM2:
    return info->curve == CY_OID_UNKNOWN ? decode(out, spki) : make_ec(out, info);
  case CY_KEY_DSA:
    return make_dsa(out, info, inherited);
  case CY_KEY_ED25519:
    return make_raw(out, "ED25519", info);
  case CY_KEY_ED448:
    return make_raw(out, "ED448", info);
  default:
    return decode(out, spki);
  }
}

const char *cy_evp_digest_name(cy_oid digest)
{
  static const struct {
    cy_oid oid;
    const char *name;
  } names[] = {
    {CY_OID_SHA256, "SHA256"}, {CY_OID_SHA1, "SHA1"}, {CY_OID_SHA384, "SHA384"}, {CY_OID_SHA512, "SHA512"},
    {CY_OID_SHA224, "SHA224"}, {CY_OID_MD5, "MD5"}, {CY_OID_SHA512_224, "SHA512-224"},
    {CY_OID_SHA512_256, "SHA512-256"}, {CY_OID_SHA3_224, "SHA3-224"}, {CY_OID_SHA3_256, "SHA3-256"},
    {CY_OID_SHA3_384, "SHA3-384"}, {CY_OID_SHA3_512, "SHA3-512"},
  };
  for (size_t i = 0; i < CY_COUNT(names); i++)
    if (names[i].oid == digest)
      return names[i].name;
  return NULL;
}
