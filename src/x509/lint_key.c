/* Rules on the public key. */
#include "base/der.h"
#include "x509/lint_rule.h"

void cy_lint_key_unreadable(cy_lint *lint)
{
  if (lint->v->key_error != CY_OK)
    CY_LINT_ADD(lint, CERT_KEY_UNREADABLE, "its %s key can not be read",
      lint->v->key.algorithm == CY_OID_UNKNOWN ? "public" : cy_oid_words(lint->v->key.algorithm));
}

void cy_lint_key_rsa_small(cy_lint *lint)
{
  if (lint->v->key.bits < 2048)
    CY_LINT_ADD(lint, CERT_KEY_RSA_SMALL, "an RSA key of %u bits", lint->v->key.bits);
}

void cy_lint_key_below_plan(cy_lint *lint)
{
  if (lint->v->key.bits < lint->ctx->min_rsa_bits)
    CY_LINT_ADD(lint, CERT_KEY_BELOW_PLAN, "an RSA key of %u bits, the planned minimum is %u",
      lint->v->key.bits,
      lint->ctx->min_rsa_bits);
}

void cy_lint_issuer_below_plan(cy_lint *lint)
{
  const cy_cert_view *issuer = lint->ctx->issuer;
  if (!issuer ||
    issuer->key_error || issuer->key.type != CY_KEY_RSA || issuer->key.bits >= lint->ctx->min_rsa_bits)
    return;
  CY_CLEAN(cy_buf) ca = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  cy_name_format(&ca, issuer->subject, CY_NAMES_RFC4514);
  cy_key_info_format(&key, &lint->v->key);
  cy_finding *f = CY_LINT_ADD(lint, CERT_ISSUER_BELOW_PLAN,
    "its own key is %s, but its CA %s has an RSA key of %u bits; the planned minimum is %u",
      cy_buf_cstr(&key),
    cy_buf_cstr(&ca), issuer->key.bits, lint->ctx->min_rsa_bits);
  cy_finding_evidence(lint->list, f, "issuer", "%s", cy_buf_cstr(&ca));
}

void cy_lint_key_rsa_large(cy_lint *lint)
{
  if (lint->v->key.bits > 4096)
    CY_LINT_ADD(lint, CERT_KEY_RSA_LARGE, "an RSA key of %u bits", lint->v->key.bits);
}

void cy_lint_key_rsa_size_odd(cy_lint *lint)
{
  if (lint->v->key.bits % 8)
    CY_LINT_ADD(lint, CERT_KEY_RSA_SIZE_ODD, "an RSA key of %u bits", lint->v->key.bits);
}

static bool is_one(cy_span magnitude)
{
  return magnitude.len == 0 || (magnitude.len == 1 && magnitude.data[0] <= 1);
}

void cy_lint_rsa_exponent_broken(cy_lint *lint)
{
  cy_span e = lint->v->key.exponent;
  if (!is_one(e) && e.data[e.len - 1] & 1)
    return;
  CY_CLEAN(cy_buf) hex = CY_BUF_TEXT;
  cy_buf_hex(&hex, e);
  CY_LINT_ADD(lint, CERT_RSA_EXPONENT_BROKEN, "the public exponent is 0x%s", cy_buf_cstr(&hex));
}

void cy_lint_rsa_exponent_small(cy_lint *lint)
{
  cy_span e = lint->v->key.exponent;
  if (is_one(e) || e.len > 2 || !(e.data[e.len - 1] & 1))
    return;
  unsigned value = e.len == 2 ? (unsigned)(e.data[0] << 8 | e.data[1]) : e.data[0];
  CY_LINT_ADD(lint, CERT_RSA_EXPONENT_SMALL, "the public exponent is %u", value);
}

/* The product of the odd primes up to 29 fits into 32 bits, so that a step is one cheap division. */
static uint32_t remainder_of(cy_span m)
{
  const uint64_t primes = 3234846615u;
  uint64_t rest = 0;
  size_t i = 0;
  for (; i + 4 <= m.len; i += 4) {
    uint32_t word = (uint32_t)m.data[i] << 24 | (uint32_t)m.data[i + 1] << 16 | (uint32_t)m.data[i + 2] << 8 |
                    m.data[i + 3];
    rest = (rest << 32 | word) % primes;
  }
  for (; i < m.len; i++)
    rest = (rest << 8 | m.data[i]) % primes;
  return (uint32_t)rest;
}

void cy_lint_rsa_modulus_divisible(cy_lint *lint)
{
  static const uint8_t primes[] = {3, 5, 7, 11, 13, 17, 19, 23, 29};
  cy_span m = lint->v->key.modulus;
  unsigned factor = m.len == 0 || !(m.data[m.len - 1] & 1) ? 2 : 0;
  uint32_t rest = factor ? 1 : remainder_of(m);
  for (size_t i = 0; i < CY_COUNT(primes) && !factor; i++)
    if (rest % primes[i] == 0)
      factor = primes[i];
  if (factor)
    CY_LINT_ADD(lint, CERT_RSA_MODULUS_DIVISIBLE, "the modulus can be divided by %u", factor);
}

static bool is_named(const cy_key_info *key)
{
  return key->params.len && key->params.data[0] == CY_DER_OID;
}

static void put_curve(cy_buf *buf, const cy_key_info *key)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, key->params);
  cy_oid_put_words(buf, cy_der_take(&cur, CY_DER_OID));
}

void cy_lint_curve_weak(cy_lint *lint)
{
  const cy_key_info *key = &lint->v->key;
  if (key->bits == 0 || key->bits >= 224)
    return;
  CY_CLEAN(cy_buf) curve = CY_BUF_TEXT;
  if (is_named(key))
    put_curve(&curve, key);
  CY_LINT_ADD(lint, CERT_CURVE_WEAK, "a key of %u bits on the curve %s", key->bits, cy_buf_cstr(&curve));
}

void cy_lint_curve_unusual(cy_lint *lint)
{
  const cy_key_info *key = &lint->v->key;
  bool usual = key->curve == CY_OID_P256 || key->curve == CY_OID_P384 || key->curve == CY_OID_P521;
  if (usual || !is_named(key) || (key->bits && key->bits < 224))
    return;
  CY_CLEAN(cy_buf) curve = CY_BUF_TEXT;
  put_curve(&curve, key);
  CY_LINT_ADD(lint, CERT_CURVE_UNUSUAL, "a key on the curve %s", cy_buf_cstr(&curve));
}

void cy_lint_curve_explicit(cy_lint *lint)
{
  if (!is_named(&lint->v->key))
    CY_LINT_ADD(lint, CERT_CURVE_EXPLICIT, "the curve of its key is not named");
}

void cy_lint_key_dsa(cy_lint *lint)
{
  if (lint->v->key.type == CY_KEY_DSA)
    CY_LINT_ADD(lint, CERT_KEY_DSA, "a DSA key of %u bits", lint->v->key.bits);
}
