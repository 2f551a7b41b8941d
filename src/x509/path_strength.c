/* Keys and digests that are too weak for who judges. */
#include "base/der.h"
#include "x509/path.h"

typedef struct {
  unsigned rsa_bits;
  unsigned key_strength;
  unsigned digest_strength;
} limits;

static const limits by_profile[CY_PROFILES] = {
  [CY_PROFILE_STRICT] = {2048, 112, 112},
  [CY_PROFILE_OPENSSL] = {0, 80, 80}, /* security level 1 */
  [CY_PROFILE_OPENSSL_STRICT] = {0, 80, 80},
  [CY_PROFILE_BROWSER] = {2048, 112, 112},
  [CY_PROFILE_JAVA] = {1024, 80, 63}, /* MD5 is disabled; SHA-1 only for the CAs that come with it */
};

static limits limits_of(const cy_path_check *check)
{
  limits l = by_profile[check->profile];
  if (check->request->min_strength)
    l = (limits){0, check->request->min_strength, check->request->min_strength};
  if (check->request->min_rsa_bits)
    l.rsa_bits = check->request->min_rsa_bits;
  return l;
}

static const struct {
  cy_oid digest;
  unsigned strength;
} digests[] = {
  {CY_OID_MD5, 39},
  {CY_OID_SHA1, 63},
  {CY_OID_SHA224, 112},
  {CY_OID_SHA512_224, 112},
  {CY_OID_SHA256, 128},
  {CY_OID_SHA3_256, 128},
  {CY_OID_SHA512_256, 128},
  {CY_OID_SHA384, 192},
  {CY_OID_SHA512, 256},
};

static const struct {
  cy_oid signature;
  cy_oid digest;
} signatures[] = {
  {CY_OID_MD2_RSA, CY_OID_MD5},
  {CY_OID_MD4_RSA, CY_OID_MD5},
  {CY_OID_MD5_RSA, CY_OID_MD5},
  {CY_OID_SHA1_RSA, CY_OID_SHA1},
  {CY_OID_SHA1_RSA_OIW, CY_OID_SHA1},
  {CY_OID_SHA1_DSA, CY_OID_SHA1},
  {CY_OID_SHA1_ECDSA, CY_OID_SHA1},
  {CY_OID_SHA224_RSA, CY_OID_SHA224},
  {CY_OID_SHA224_DSA, CY_OID_SHA224},
  {CY_OID_SHA224_ECDSA, CY_OID_SHA224},
  {CY_OID_SHA256_RSA, CY_OID_SHA256},
  {CY_OID_SHA256_DSA, CY_OID_SHA256},
  {CY_OID_SHA256_ECDSA, CY_OID_SHA256},
  {CY_OID_SHA384_RSA, CY_OID_SHA384},
  {CY_OID_SHA384_ECDSA, CY_OID_SHA384},
  {CY_OID_SHA512_RSA, CY_OID_SHA512},
  {CY_OID_SHA512_ECDSA, CY_OID_SHA512},
};

/* RSASSA-PSS-params: hashAlgorithm [0], SHA-1 when it is not there. */
static cy_oid pss_digest(cy_span params)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, params);
  cy_cur tagged, seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  if (!cy_der_enter_if(&seq, CY_DER_CONTEXT_CONSTRUCTED(0), &tagged))
    return CY_OID_SHA1;
  cy_cur alg = cy_der_enter(&tagged, CY_DER_SEQUENCE);
  return cy_oid_find(cy_der_take(&alg, CY_DER_OID));
}

cy_oid cy_cert_signature_digest(const cy_cert_view *v)
{
  if (v->sig_alg == CY_OID_RSA_PSS)
    return pss_digest(v->sig_params);
  for (size_t i = 0; i < CY_COUNT(signatures); i++)
    if (signatures[i].signature == v->sig_alg)
      return signatures[i].digest;
  return CY_OID_UNKNOWN;
}

/* Bits; UINT_MAX when the signature has no digest of its own, or one that is not in the table. */
static unsigned digest_strength(cy_oid digest)
{
  for (size_t i = 0; i < CY_COUNT(digests); i++)
    if (digests[i].digest == digest)
      return digests[i].strength;
  return UINT32_MAX;
}

static bool too_small(const cy_key_info *key, const limits *l)
{
  bool rsa = key->type == CY_KEY_RSA || key->type == CY_KEY_RSA_PSS || key->type == CY_KEY_DSA;
  unsigned strength = cy_key_info_strength(key);
  if (rsa && key->bits < l->rsa_bits)
    return true;
  return key->bits && l->key_strength > 1 && strength < l->key_strength;
}

static void check_key(cy_path_check *check, size_t depth, const limits *l)
{
  const cy_key_info *key = &cy_path_view(check, depth)->key;
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_key_info_format(&words, key);
  if (key->type == CY_KEY_EC && key->params.len && key->params.data[0] == CY_DER_SEQUENCE) {
    cy_path_break(
      check, CY_RULE_CURVE_EXPLICIT, depth, "has a key whose curve is given by parameters, not by name");
    return;
  }
  if (!too_small(key, l))
    return;
  if (l->key_strength <= 1 || cy_key_info_strength(key) >= l->key_strength) {
    cy_path_break(check, CY_RULE_KEY_WEAK, depth, "has a key of the kind %s; at least RSA %u is asked for",
      cy_buf_cstr(&words), l->rsa_bits);
    return;
  }
  cy_path_break(check, CY_RULE_KEY_WEAK, depth,
    "has a key of the kind %s, of %u bits of strength; %s wants %u%s", cy_buf_cstr(&words),
    cy_key_info_strength(key), cy_profile_words(check->profile), l->key_strength,
    l->rsa_bits >= 2048 ? " and RSA 2048" : "");
}

static void check_signature(cy_path_check *check, size_t depth, const limits *l)
{
  cy_oid digest = cy_cert_signature_digest(cy_path_view(check, depth));
  if (digest_strength(digest) < l->digest_strength)
    cy_path_break(check, CY_RULE_HASH_WEAK, depth, "is signed with %s, which is too weak for %s",
      cy_oid_short(digest), cy_profile_words(check->profile));
}

/* Nobody needs the signature of an anchor; OpenSSL looks at that of a leaf which is one, unless it is its
 * own. */
static bool trusted_anyway(const cy_path_check *check, size_t depth)
{
  bool openssl = check->profile == CY_PROFILE_OPENSSL || check->profile == CY_PROFILE_OPENSSL_STRICT;
  return cy_path_is_anchor(check, depth) && (depth || !openssl || cy_path_view(check, depth)->self_issued);
}

void cy_path_check_strength(cy_path_check *check)
{
  limits l = limits_of(check);
  for (size_t i = 0; i < check->count; i++) {
    check_key(check, i, &l);
    if (!trusted_anyway(check, i))
      check_signature(check, i, &l);
  }
}
