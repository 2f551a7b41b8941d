/* What a public key is, read with cursors. */
#include "base/der.h"
#include "crypto/codes.h"
#include "crypto/key.h"

typedef struct {
  cy_oid oid;
  cy_key_type type;
  unsigned bits;     /* fixed by the algorithm, 0: read from the key */
  unsigned strength; /* of fixed ones */
  const char *words;
} algorithm;

static const algorithm algorithms[] = {
  {CY_OID_RSA, CY_KEY_RSA, 0, 0, "RSA"},
  {CY_OID_RSA_PSS, CY_KEY_RSA_PSS, 0, 0, "RSA-PSS"},
  {CY_OID_DSA, CY_KEY_DSA, 0, 0, "DSA"},
  {CY_OID_DH, CY_KEY_DH, 0, 0, "DH"},
  {CY_OID_DHX, CY_KEY_DH, 0, 0, "DH"},
  {CY_OID_EC, CY_KEY_EC, 0, 0, "EC"},
  {CY_OID_ED25519, CY_KEY_ED25519, 256, 128, "Ed25519"},
  {CY_OID_ED448, CY_KEY_ED448, 456, 224, "Ed448"},
  {CY_OID_X25519, CY_KEY_X25519, 256, 128, "X25519"},
  {CY_OID_X448, CY_KEY_X448, 448, 224, "X448"},
  {CY_OID_ML_DSA_44, CY_KEY_ML_DSA, 10496, 128, "ML-DSA-44"},
  {CY_OID_ML_DSA_65, CY_KEY_ML_DSA, 15616, 192, "ML-DSA-65"},
  {CY_OID_ML_DSA_87, CY_KEY_ML_DSA, 20736, 256, "ML-DSA-87"},
};

static const struct {
  cy_oid curve;
  unsigned bits;
} curves[] = {
  {CY_OID_P192, 192}, {CY_OID_P224, 224}, {CY_OID_P256, 256}, {CY_OID_P384, 384}, {CY_OID_P521, 521},
  {CY_OID_SECP112R1, 112}, {CY_OID_SECP160R1, 160}, {CY_OID_SECP256K1, 256}, {CY_OID_SECT233R1, 233},
  {CY_OID_SECT283R1, 283}, {CY_OID_BRAINPOOL256, 256}, {CY_OID_BRAINPOOL384, 384}, {CY_OID_BRAINPOOL512, 512},
  {CY_OID_SM2, 256},
};

static const algorithm *algorithm_of(cy_oid oid)
{
  for (size_t i = 0; i < CY_COUNT(algorithms); i++)
    if (algorithms[i].oid == oid)
      return &algorithms[i];
  return NULL;
}

static unsigned bit_length(cy_span magnitude)
{
  if (magnitude.len == 0)
    return 0;
  unsigned bits = (unsigned)(magnitude.len - 1) * 8;
  for (uint8_t top = magnitude.data[0]; top; top >>= 1)
    bits++;
  return bits;
}

static void read_rsa(cy_cur *parent, cy_key_info *info)
{
  cy_cur bits = cy_cur_over(parent, info->bit_string);
  cy_cur key = cy_der_enter(&bits, CY_DER_SEQUENCE);
  info->modulus = cy_der_unsigned(&key);
  info->exponent = cy_der_unsigned(&key);
  cy_der_leave(&key);
  info->bits = bit_length(info->modulus);
}

/* DSA and DH: the size of p, the first of the parameters. */
static void read_group(cy_cur *parent, cy_key_info *info)
{
  if (!info->params.len)
    return; /* inherited from the issuer */
  cy_cur params = cy_cur_over(parent, info->params);
  cy_cur group = cy_der_enter(&params, CY_DER_SEQUENCE);
  info->bits = bit_length(cy_der_unsigned(&group));
  cy_cur_rest(&group);
  cy_der_leave(&group);
}

/* ECParameters written out: the prime's size, if the field is a prime one. */
static void read_explicit_curve(cy_cur *params, cy_key_info *info)
{
  cy_cur curve = cy_der_enter(params, CY_DER_SEQUENCE);
  cy_der_uint(&curve);
  cy_cur field = cy_der_enter(&curve, CY_DER_SEQUENCE);
  cy_der_take(&field, CY_DER_OID);
  if (cy_der_peek(&field) == CY_DER_INTEGER)
    info->bits = bit_length(cy_der_unsigned(&field));
  cy_cur_rest(&field);
  cy_der_leave(&field);
  cy_cur_rest(&curve);
  cy_der_leave(&curve);
}

static void read_ec(cy_cur *parent, cy_key_info *info)
{
  cy_cur params = cy_cur_over(parent, info->params);
  cy_span named;
  if (cy_der_take_if(&params, CY_DER_OID, &named)) {
    info->curve = cy_oid_find(named);
    for (size_t i = 0; i < CY_COUNT(curves); i++)
      if (curves[i].curve == info->curve)
        info->bits = curves[i].bits;
    if (info->curve == CY_OID_SM2)
      info->type = CY_KEY_SM2;
  } else if (cy_der_peek(&params) == CY_DER_SEQUENCE) {
    read_explicit_curve(&params, info);
  }
}

static void read_details(cy_cur *cur, cy_key_info *info)
{
  switch (info->type) {
  case CY_KEY_RSA:
  case CY_KEY_RSA_PSS:
    read_rsa(cur, info);
    break;
  case CY_KEY_DSA:
  case CY_KEY_DH:
    read_group(cur, info);
    break;
  case CY_KEY_EC:
    read_ec(cur, info);
    break;
  default:
    break;
  }
}

cy_err *cy_key_info_parse(cy_key_info *out, cy_span spki)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, spki);
  *out = (cy_key_info){.curve = CY_OID_UNKNOWN};
  cy_cur seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_cur alg = cy_der_enter(&seq, CY_DER_SEQUENCE);
  out->alg_oid = cy_der_take(&alg, CY_DER_OID);
  out->params = cy_cur_rest(&alg);
  cy_der_leave(&alg);
  out->bit_string = cy_der_bits(&seq, NULL);
  cy_der_leave(&seq);
  cy_cur_end(&cur);
  out->algorithm = cy_oid_find(out->alg_oid);
  const algorithm *a = algorithm_of(out->algorithm);
  if (a) {
    out->type = a->type;
    out->bits = a->bits;
  }
  if (cy_cur_ok(&cur))
    read_details(&cur, out);
  return cy_parse_check_as(&parse, CY_E_KEY_MALFORMED, "public key");
}

void cy_key_info_format(cy_buf *buf, const cy_key_info *info)
{
  const algorithm *a = algorithm_of(info->algorithm);
  if (!a) {
    cy_oid_put_words(buf, info->alg_oid);
    return;
  }
  cy_buf_str(buf, a->words);
  if (info->curve != CY_OID_UNKNOWN)
    cy_buf_printf(buf, " %s", cy_oid_words(info->curve));
  else if (!a->bits && info->bits)
    cy_buf_printf(buf, " %u", info->bits);
}

/* NIST SP 800-57 part 1 revision 5, table 2. */
static unsigned strength_of_modulus(unsigned bits)
{
  if (bits >= 3072)
    return bits >= 15360 ? 256 : bits >= 7680 ? 192 : 128;
  return bits >= 2048 ? 112 : bits >= 1024 ? 80 : 0;
}

unsigned cy_key_info_strength(const cy_key_info *info)
{
  const algorithm *a = algorithm_of(info->algorithm);
  if (a && a->strength)
    return a->strength;
  if (info->type == CY_KEY_EC || info->type == CY_KEY_SM2)
    return info->bits / 2;
  return strength_of_modulus(info->bits);
}

cy_err *cy_key_id(cy_digest *id, const cy_key_info *info)
{
  return cy_digest_of(id, CY_SHA1, info->bit_string);
}

bool cy_key_same(cy_span a, cy_span b)
{
  cy_key_info x, y;
  if (cy_span_equal(a, b))
    return true;
  cy_err *err = cy_key_info_parse(&x, a);
  if (!err)
    err = cy_key_info_parse(&y, b);
  bool readable = !err;
  cy_err_free(err);
  if (!readable)
    return false;
  if (x.modulus.len)
    return cy_span_equal(x.modulus, y.modulus) && cy_span_equal(x.exponent, y.exponent);
  if (x.type == CY_KEY_EC && y.type == CY_KEY_EC && x.bit_string.len && y.bit_string.len) {
    size_t half = (x.bit_string.len > y.bit_string.len ? y.bit_string.len : x.bit_string.len);
    bool one_short = x.bit_string.len != y.bit_string.len;
    return one_short ? memcmp(x.bit_string.data + 1, y.bit_string.data + 1, half - 1) == 0
                     : cy_span_equal(x.bit_string, y.bit_string);
  }
  return x.type == y.type && cy_span_equal(x.bit_string, y.bit_string);
}
