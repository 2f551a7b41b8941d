#include "crypto/secret_key.h"

#include "base/der.h"
#include "base/text.h"
#include "crypto/codes.h"

enum { KEY_MAX = 1 << 20, NAME_MAX_LEN = 1000 };

/* The first row of a name is the one that is written, the first of an OID the name that is shown. */
static const struct {
  const char *name;
  cy_oid oid;
} rows[] = {
  {"AES", CY_OID_AES},
  {"DES", CY_OID_DES_CBC},
  {"DESede", CY_OID_DESEDE},
  {"ARCFOUR", CY_OID_RC4},
  {"HmacSHA1", CY_OID_HMAC_SHA1},
  {"HmacSHA224", CY_OID_HMAC_SHA224},
  {"HmacSHA256", CY_OID_HMAC_SHA256},
  {"HmacSHA384", CY_OID_HMAC_SHA384},
  {"HmacSHA512", CY_OID_HMAC_SHA512},
  {"HmacSHA512/224", CY_OID_HMAC_SHA512_224},
  {"HmacSHA512/256", CY_OID_HMAC_SHA512_256},
  {"HmacSHA3-224", CY_OID_HMAC_SHA3_224},
  {"HmacSHA3-256", CY_OID_HMAC_SHA3_256},
  {"HmacSHA3-384", CY_OID_HMAC_SHA3_384},
  {"HmacSHA3-512", CY_OID_HMAC_SHA3_512},
  {"PBKDF2WithHmacSHA1", CY_OID_PBKDF2},
  {"PBEWithMD5AndDES", CY_OID_PBE_MD5_DES},
  {"PBEWithSHA1AndDESede", CY_OID_PBE12_3DES},
  {"PBEWithSHA1AndRC2_40", CY_OID_PBE12_RC2_40},
  {"PBEWithSHA1AndRC2_128", CY_OID_PBE12_RC2_128},
  {"PBEWithSHA1AndRC4_40", CY_OID_PBE12_RC4_40},
  {"PBEWithSHA1AndRC4_128", CY_OID_PBE12_RC4_128},
  {"RC4", CY_OID_RC4},
  {"AES", CY_OID_AES128_CBC},
  {"AES", CY_OID_AES192_CBC},
  {"AES", CY_OID_AES256_CBC},
  {"DESede", CY_OID_DES3_CBC},
};

bool cy_secret_algorithm_oid(cy_buf *oid, cy_span algorithm)
{
  char dotted[NAME_MAX_LEN + 1] = {0};
  for (size_t i = 0; i < CY_COUNT(rows); i++)
    if (cy_ascii_equal_nocase(cy_span_str(rows[i].name), algorithm)) {
      cy_buf_span(oid, cy_oid_content(rows[i].oid));
      return true;
    }
  if (algorithm.len == 0 || algorithm.len > NAME_MAX_LEN || algorithm.data[0] < '0' ||
      algorithm.data[0] > '2')
    return false;
  memcpy(dotted, algorithm.data, algorithm.len);
  return cy_oid_parse(oid, dotted);
}

cy_err *cy_secret_key_parse(cy_secret_key *out, cy_span pkcs8)
{
  cy_parse parse = {.lenient = true};
  cy_span ignored;
  *out = (cy_secret_key){CY_SPAN_NONE, CY_SPAN_NONE, CY_SPAN_NONE};
  cy_cur cur = cy_cur_begin(&parse, pkcs8);
  cy_cur info = cy_der_enter(&cur, CY_DER_SEQUENCE);
  if (cy_der_uint(&info) > 1)
    cy_cur_fail(&info, "a version that PKCS#8 has not");
  cy_cur algorithm = cy_der_enter(&info, CY_DER_SEQUENCE);
  out->oid = cy_der_take(&algorithm, CY_DER_OID);
  if (out->oid.len == 0)
    out->name = cy_der_take(&algorithm, CY_DER_UTF8_STRING);
  cy_cur_rest(&algorithm);
  cy_der_leave(&algorithm);
  out->key = cy_der_take(&info, CY_DER_OCTET_STRING);
  cy_der_take_if(&info, CY_DER_CONTEXT_CONSTRUCTED(0), &ignored); /* attributes */
  cy_der_leave(&info);
  cy_cur_end(&cur);
  if (!cy_utf8_valid(out->name) || (out->name.len && memchr(out->name.data, 0, out->name.len)))
    cy_cur_fail(&cur, "an algorithm's name that is not text");
  return cy_parse_check_as(&parse, CY_E_KEY_MALFORMED, "secret key");
}

cy_err *cy_secret_key_make(cy_secret **pkcs8, cy_span algorithm, cy_span key)
{
  CY_CLEAN(cy_buf) buf = CY_BUF_SECRET(KEY_MAX);
  CY_CLEAN(cy_buf) oid = CY_BUF_TEXT;
  *pkcs8 = NULL;
  if (algorithm.len == 0 || algorithm.len > NAME_MAX_LEN || !cy_utf8_valid(algorithm) ||
      memchr(algorithm.data, 0, algorithm.len))
    return cy_err_new(CY_E_CRYPTO_UNSUPPORTED, "a secret key whose algorithm has no name of a usual form");
  bool known = cy_secret_algorithm_oid(&oid, algorithm);
  CY_TRY(cy_buf_check(&oid));
  cy_der_put_uint(&buf, 0);
  size_t at = cy_der_begin(&buf);
  cy_der_put(&buf, CY_DER_OID, cy_buf_get(&oid));
  if (!known)
    cy_der_put(&buf, CY_DER_UTF8_STRING, algorithm);
  cy_der_end(&buf, at, CY_DER_SEQUENCE);
  cy_der_put(&buf, CY_DER_OCTET_STRING, key);
  cy_der_end(&buf, 0, CY_DER_SEQUENCE);
  CY_TRY(cy_buf_check(&buf));
  return cy_secret_copy(pkcs8, cy_buf_get(&buf));
}

void cy_secret_key_name(cy_buf *buf, const cy_secret_key *key)
{
  cy_oid oid = cy_oid_find(key->oid);
  if (key->oid.len == 0) {
    cy_buf_span(buf, key->name);
    return;
  }
  for (size_t i = 0; i < CY_COUNT(rows); i++)
    if (rows[i].oid == oid) {
      cy_buf_str(buf, rows[i].name);
      return;
    }
  cy_oid_format(buf, key->oid);
}

static bool is_password(cy_span name)
{
  return name.len >= 3 && cy_ascii_equal_nocase(cy_span_of(name.data, 3), CY_SPAN("PBE"));
}

size_t cy_secret_key_bits(const cy_secret_key *key)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  cy_secret_key_name(&name, key);
  return is_password(cy_buf_get(&name)) ? 0 : key->key.len * 8;
}

void cy_secret_key_format(cy_buf *buf, const cy_secret_key *key)
{
  size_t bits = cy_secret_key_bits(key);
  cy_secret_key_name(buf, key);
  if (bits)
    cy_buf_printf(buf, " %zu", bits);
}
