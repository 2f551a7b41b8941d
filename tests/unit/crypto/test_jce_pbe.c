/* Vectors: Cipher.getInstance("PBEWithMD5AndTripleDES") of OpenJDK 17 with these passwords, salts and
 * counts. */
#include "tests/unit/crypto/read.h"

#include "base/mem.h"
#include "crypto/codes.h"
#include "crypto/jce_pbe.h"
#include "crypto/pbe.h"
#include "crypto/secret_key.h"

static const char text[] = "What was sealed by Java.";

static const struct {
  const char *password, *salt;
  uint64_t iterations;
  const char *sealed;
} vectors[] = {
  {"changeit", "0102030405060708", 20, "9635789ec32604b7f88113cbf566d958e97b21249a4f2b4307f5c2e83c0efee3"},
  {"changeit", "0102030401020304", 3, "087978f8d13048f212bf363163ff3147bb575a3f14e3be039463edf68a696402"},
  {"", "a1a2a3a4b1b2b3b4", 1, "7bd5082737cc49f2e55b2a1e7cdf4dc6e19f2a56556690421f962a40bcef7bb5"},
  {"changeit", "1111222211112222", 2, "f16fb8e3e0a27ea1797c9636123a3ef906a3c0f2725d23fd874a00ed9fc96e78"},
  {" ~x", "00000000000000ff", 1000, "97e4568533deddcf92021e7e83d003eb4cf34cc826e1b8ac488c338a0c6e6ba8"},
};

static cy_secret *secret_of(const char *value)
{
  cy_secret *s = NULL;
  assert_fine(cy_secret_copy(&s, cy_span_str(value)));
  return s;
}

static void put_algid(cy_buf *buf, cy_span salt, uint64_t iterations)
{
  cy_der_put(buf, CY_DER_OID, cy_oid_content(CY_OID_JCEKS_KEY_PROTECTOR));
  size_t at = cy_der_begin(buf);
  cy_der_put(buf, CY_DER_OCTET_STRING, salt);
  cy_der_put_uint(buf, iterations);
  cy_der_end(buf, at, CY_DER_SEQUENCE);
  cy_der_end(buf, 0, CY_DER_SEQUENCE);
}

static void opens_what_java_sealed(void **state)
{
  for (size_t i = 0; i < CY_COUNT(vectors); i++) {
    CY_CLEAN(cy_buf) salt = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) sealed = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) algid = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
    CY_AUTO(cy_secret) *password = secret_of(vectors[i].password);
    CY_AUTO(cy_secret) *plain = NULL;
    cy_pbe_info info;
    put_hex(&salt, vectors[i].salt);
    put_hex(&sealed, vectors[i].sealed);
    put_algid(&algid, cy_buf_get(&salt), vectors[i].iterations);
    assert_fine(cy_pbe_decrypt(&plain, cy_buf_get(&algid), password, cy_buf_get(&sealed)));
    assert_true(cy_span_equal(cy_secret_get(plain), CY_SPAN("What was sealed by Java.")));
    assert_fine(cy_pbe_describe(&info, cy_buf_get(&algid)));
    assert_int_equal(info.iterations, vectors[i].iterations);
    cy_pbe_format(&words, &info);
    assert_non_null(strstr(cy_buf_cstr(&words), "JCEKS key protector"));
  }
}

static void refuses_other_salts_and_counts(void **state)
{
  static const struct {
    cy_span salt;
    uint64_t iterations;
    cy_err_code code;
  } cases[] = {{CY_SPAN("1234567"), 20, CY_E_MALFORMED}, {CY_SPAN(""), 20, CY_E_MALFORMED},
    {CY_SPAN("123456789"), 20, CY_E_MALFORMED}, {CY_SPAN("12345678"), 0, CY_E_CRYPTO_COST},
    {CY_SPAN("12345678"), CY_MAX_KDF_ITERATIONS + 1, CY_E_CRYPTO_COST}};
  CY_AUTO(cy_secret) *password = secret_of("changeit");
  for (size_t i = 0; i < CY_COUNT(cases); i++) {
    CY_CLEAN(cy_buf) algid = CY_BUF_TEXT;
    CY_AUTO(cy_secret) *plain = NULL;
    put_algid(&algid, cases[i].salt, cases[i].iterations);
    assert_code(cy_pbe_decrypt(&plain, cy_buf_get(&algid), password, CY_SPAN("12345678")), cases[i].code);
  }
}

static void what_it_seals_it_opens(void **state)
{
  static const cy_pbe_choice choice = {CY_OID_JCEKS_KEY_PROTECTOR, CY_OID_UNKNOWN, CY_OID_UNKNOWN, 100};
  CY_CLEAN(cy_buf) algid = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) sealed = CY_BUF_TEXT;
  CY_AUTO(cy_secret) *password = secret_of("changeit");
  CY_AUTO(cy_secret) *wrong = secret_of("changeme");
  CY_AUTO(cy_secret) *accent = secret_of("p\xc3\xa4ss");
  CY_AUTO(cy_secret) *plain = NULL;
  cy_pbe_info info;
  assert_code(cy_pbe_encrypt(&algid, &sealed, &choice, accent, cy_span_str(text)), CY_E_CRYPTO_UNSUPPORTED);
  assert_int_equal(sealed.len, 0);
  assert_fine(cy_pbe_encrypt(&algid, &sealed, &choice, password, cy_span_str(text)));
  assert_fine(cy_pbe_describe(&info, cy_buf_get(&algid)));
  assert_int_equal(info.iterations, 100);
  assert_int_equal(info.salt_len, 8);
  uint64_t work = cy_pbe_work();
  assert_fine(cy_pbe_decrypt(&plain, cy_buf_get(&algid), password, cy_buf_get(&sealed)));
  assert_int_equal(cy_pbe_work() - work, 100);
  assert_true(cy_span_equal(cy_secret_get(plain), cy_span_str(text)));
  cy_secret_free(plain);
  plain = NULL;
  cy_err *err = cy_pbe_decrypt(&plain, cy_buf_get(&algid), wrong, cy_buf_get(&sealed));
  assert_true(!plain || !cy_span_equal(cy_secret_get(plain), cy_span_str(text)));
  cy_err_free(err);
}

/* Secret keys. */

static void check_key(const char *given, const char *name, const char *dotted, const char *words)
{
  CY_AUTO(cy_secret) *pkcs8 = NULL;
  CY_CLEAN(cy_buf) got = CY_BUF_TEXT;
  cy_secret_key key;
  assert_fine(cy_secret_key_make(&pkcs8, cy_span_str(given), CY_SPAN("0123456789abcdef")));
  assert_fine(cy_secret_key_parse(&key, cy_secret_get(pkcs8)));
  assert_true(cy_span_equal(key.key, CY_SPAN("0123456789abcdef")));
  cy_secret_key_name(&got, &key);
  assert_string_equal(cy_buf_cstr(&got), name);
  cy_buf_reset(&got);
  if (key.oid.len)
    cy_oid_format(&got, key.oid);
  assert_string_equal(cy_buf_cstr(&got), dotted);
  cy_buf_reset(&got);
  cy_secret_key_format(&got, &key);
  assert_string_equal(cy_buf_cstr(&got), words);
}

static void secret_keys_have_names_and_oids(void **state)
{
  check_key("AES", "AES", "2.16.840.1.101.3.4.1", "AES 128");
  check_key("aes", "AES", "2.16.840.1.101.3.4.1", "AES 128");
  check_key("DES", "DES", "1.3.14.3.2.7", "DES 128");
  check_key("DESede", "DESede", "1.3.14.3.2.17", "DESede 128");
  check_key("RC4", "ARCFOUR", "1.2.840.113549.3.4", "ARCFOUR 128");
  check_key("HMACSHA256", "HmacSHA256", "1.2.840.113549.2.9", "HmacSHA256 128");
  check_key("HmacSHA3-512", "HmacSHA3-512", "2.16.840.1.101.3.4.2.16", "HmacSHA3-512 128");
  check_key("PBEWithMD5AndDES", "PBEWithMD5AndDES", "1.2.840.113549.1.5.3", "PBEWithMD5AndDES");
  check_key("2.16.840.1.101.3.4.1.42", "AES", "2.16.840.1.101.3.4.1.42", "AES 128");
  check_key("1.2.3.4", "1.2.3.4", "1.2.3.4", "1.2.3.4 128");
  check_key("Blowfish", "Blowfish", "", "Blowfish 128");
  check_key("1.2.3.x", "1.2.3.x", "", "1.2.3.x 128");
  check_key("gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f", "", "gr\xc3\xbc\xc3\x9f 128");
}

static void names_that_are_none_are_refused(void **state)
{
  static const cy_span bad[] = {
    {(const uint8_t *)"", 0}, {(const uint8_t *)"A\0S", 3}, {(const uint8_t *)"\xff", 1}};
  for (size_t i = 0; i < CY_COUNT(bad); i++) {
    CY_AUTO(cy_secret) *pkcs8 = NULL;
    assert_code(cy_secret_key_make(&pkcs8, bad[i], CY_SPAN("x")), CY_E_CRYPTO_UNSUPPORTED);
  }
}

static void bad_secret_keys_are_refused(void **state)
{
  CY_AUTO(cy_secret) *pkcs8 = NULL;
  cy_secret_key key;
  assert_fine(cy_secret_key_make(&pkcs8, CY_SPAN("Blowfish"), CY_SPAN("0123456789abcdef")));
  cy_span whole = cy_secret_get(pkcs8);
  for (size_t len = 0; len < whole.len; len++)
    assert_code(cy_secret_key_parse(&key, cy_span_of(whole.data, len)), CY_E_KEY_MALFORMED);
  assert_code(cy_secret_key_parse(&key, CY_SPAN("\x30\x03\x02\x01\x02")), CY_E_KEY_MALFORMED);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(opens_what_java_sealed),
    cmocka_unit_test(refuses_other_salts_and_counts),
    cmocka_unit_test(what_it_seals_it_opens),
    cmocka_unit_test(secret_keys_have_names_and_oids),
    cmocka_unit_test(names_that_are_none_are_refused),
    cmocka_unit_test(bad_secret_keys_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
