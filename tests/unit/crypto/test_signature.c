#include "tests/unit/crypto/read.h"

#include <openssl/err.h>

#include "crypto/codes.h"
#include "crypto/key.h"
#include "crypto/lib.h"

static const char *const certs[] = {
  "rsa-md5", "rsa-sha1", "rsa-sha224", "rsa-sha256", "rsa-sha384", "rsa-sha512", "rsa-sha512-256",
  "rsa-sha3-256", "pss-sha1", "pss-sha256", "pss-sha384", "pss-mixed", "pss-key", "ecdsa-sha1",
  "ecdsa-sha224", "ecdsa-sha256", "ecdsa-sha384", "ecdsa-sha512", "ecdsa-sha3-256", "p384", "p521",
  "k256", "bp256t1", "explicit", "dsa-sha1", "dsa-sha224", "dsa-sha256", "ed25519", "ed448",
};

static void load(cy_buf *buf, const char *name)
{
  char file[64];
  snprintf(file, sizeof file, "sig-%s.der", name);
  read_fixture(buf, "keys", file);
}

static bool check(cert_parts *c)
{
  bool good = false;
  assert_fine(cy_signature_check(&good, c->spki, c->algid, c->tbs, c->signature));
  assert_int_equal(ERR_peek_error(), 0);
  return good;
}

static void all_kinds_verify(void **state)
{
  for (size_t i = 0; i < CY_COUNT(certs); i++) {
    CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
    load(&der, certs[i]);
    cert_parts c = split_cert(cy_buf_get(&der));
    if (!check(&c))
      fail_msg("%s does not verify", certs[i]);
  }
}

/* Every bit of the signature's first and last octets, and one of the serial number in what was signed. */
static void a_flipped_bit_never_verifies(void **state)
{
  for (size_t i = 0; i < CY_COUNT(certs); i++) {
    CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
    load(&der, certs[i]);
    cert_parts c = split_cert(cy_buf_get(&der));
    uint8_t *signature = der.data + (c.signature.data - der.data), *tbs = der.data + (c.tbs.data - der.data);
    size_t places[] = {0, 1, c.signature.len / 2, c.signature.len - 1};
    for (size_t p = 0; p < CY_COUNT(places); p++)
      for (int bit = 0; bit < 8; bit++) {
        signature[places[p]] ^= (uint8_t)(1 << bit);
        assert_false(check(&c));
        signature[places[p]] ^= (uint8_t)(1 << bit);
      }
    tbs[16] ^= 1;
    assert_false(check(&c));
    tbs[16] ^= 1;
    assert_true(check(&c));
  }
}

static void a_shorter_signature_never_verifies(void **state)
{
  static const char *const some[] = {
    "rsa-sha256", "pss-sha256", "ecdsa-sha256", "dsa-sha256", "ed25519", "ed448"};
  for (size_t i = 0; i < CY_COUNT(some); i++) {
    CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
    load(&der, some[i]);
    cert_parts c = split_cert(cy_buf_get(&der));
    for (size_t len = c.signature.len; len-- > 0;) {
      c.signature.len = len;
      assert_false(check(&c));
    }
  }
}

static void another_kind_of_key_is_no_error(void **state)
{
  CY_CLEAN(cy_buf) one = CY_BUF_TEXT;
  load(&one, "rsa-sha256");
  cert_parts rsa = split_cert(cy_buf_get(&one));
  for (size_t i = 0; i < CY_COUNT(certs); i++) {
    CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
    load(&der, certs[i]);
    cert_parts c = split_cert(cy_buf_get(&der));
    cert_parts mixed = {rsa.tbs, rsa.algid, rsa.signature, c.spki};
    assert_int_equal(check(&mixed), cy_span_equal(c.spki, rsa.spki));
  }
}

/* A P-256 key whose point is written as x and the sign of y. */
static void compressed_points_verify(void **state)
{
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
  load(&der, "ecdsa-sha256");
  cert_parts c = split_cert(cy_buf_get(&der));
  uint8_t head[27]; /* tags, lengths and algorithm of the 91 octets that such keys have */
  assert_int_equal(c.spki.len, 91);
  memcpy(head, c.spki.data, sizeof head);
  head[1] -= 32;
  head[24] -= 32;
  head[26] = c.spki.data[90] & 1 ? 3 : 2;
  cy_buf_put(&spki, head, sizeof head);
  cy_buf_put(&spki, c.spki.data + 27, 32);
  c.spki = cy_buf_get(&spki);
  assert_true(check(&c));
}

/* The key of sig-pss-key allows SHA-256 with a salt of 32 only; the signature is made with 32. */
static void limits_of_a_pss_key_hold(void **state)
{
  static const uint8_t sha1_params[] = {
    0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0xd, 1, 1, 0xa, 0x30, 0};
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  load(&der, "pss-key");
  cert_parts c = split_cert(cy_buf_get(&der));
  c.algid = cy_span_of(sha1_params, sizeof sha1_params);
  assert_false(check(&c));
}

static void what_is_not_known_is_an_error(void **state)
{
  static const uint8_t md2[] = {0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0xd, 1, 1, 2, 5, 0};
  static const uint8_t md4[] = {0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0xd, 1, 1, 3, 5, 0};
  static const uint8_t ml_dsa[] = {0x30, 0x0b, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 0x11};
  const cy_span algs[] = {{md2, sizeof md2}, {md4, sizeof md4}, {ml_dsa, sizeof ml_dsa}};
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  load(&der, "rsa-md5");
  cert_parts c = split_cert(cy_buf_get(&der));
  bool good = true;
  for (size_t i = 0; i < CY_COUNT(algs); i++)
    assert_code(cy_signature_check(&good, c.spki, algs[i], c.tbs, c.signature), CY_E_CRYPTO_UNSUPPORTED);
  assert_false(good);
  assert_code(cy_signature_check(&good, c.spki, cy_span_of(md2, 5), c.tbs, c.signature), CY_E_MALFORMED);
  assert_code(cy_signature_check(&good, c.tbs, c.algid, c.tbs, c.signature), CY_E_KEY_MALFORMED);
}

/* The key without its parameters, as certificates below a DSA authority may have it. */
static void dsa_parameters_are_inherited(void **state)
{
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) bare = CY_BUF_TEXT;
  load(&der, "dsa-sha256");
  cert_parts c = split_cert(cy_buf_get(&der));
  cy_key_info info;
  assert_fine(cy_key_info_parse(&info, c.spki));
  size_t spki = cy_der_begin(&bare), alg = cy_der_begin(&bare);
  cy_der_put(&bare, CY_DER_OID, info.alg_oid);
  cy_der_end(&bare, alg, CY_DER_SEQUENCE);
  size_t bits = cy_der_begin(&bare);
  cy_buf_u8(&bare, 0);
  cy_buf_span(&bare, info.bit_string);
  cy_der_end(&bare, bits, CY_DER_BIT_STRING);
  cy_der_end(&bare, spki, CY_DER_SEQUENCE);
  bool good = false;
  cy_span key = cy_buf_get(&bare);
  assert_code(cy_signature_check(&good, key, c.algid, c.tbs, c.signature), CY_E_KEY_MALFORMED);
  assert_fine(cy_signature_check_inherited(&good, key, info.params, c.algid, c.tbs, c.signature));
  assert_true(good);
}

static int end(void **state)
{
  cy_digest_thread_end();
  cy_lib_end();
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(all_kinds_verify),
    cmocka_unit_test(a_flipped_bit_never_verifies),
    cmocka_unit_test(a_shorter_signature_never_verifies),
    cmocka_unit_test(another_kind_of_key_is_no_error),
    cmocka_unit_test(compressed_points_verify),
    cmocka_unit_test(limits_of_a_pss_key_hold),
    cmocka_unit_test(what_is_not_known_is_an_error),
    cmocka_unit_test(dsa_parameters_are_inherited),
  };
  return cmocka_run_group_tests(tests, NULL, end);
}
