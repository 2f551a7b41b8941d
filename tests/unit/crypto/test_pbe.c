#include "tests/unit/crypto/read.h"

#include <openssl/err.h>

#include "base/mem.h"
#include "crypto/codes.h"
#include "crypto/lib.h"
#include "crypto/pbe.h"

#define PASSWORD "S3cret p\xc3\xa4ssword"

static cy_secret *secret(const char *text)
{
  cy_secret *s = NULL;
  if (text)
    assert_fine(cy_secret_copy(&s, cy_span_str(text)));
  return s;
}

static const struct {
  const char *file, *words, *password;
  bool legacy;
} files[] = {
  {"PBE-MD5-DES", "PBES1 MD5 DES, 100 iterations", PASSWORD, true},
  {"PBE-SHA1-DES", "PBES1 SHA-1 DES, 100 iterations", PASSWORD, true},
  {"PBE-MD5-RC2-64", "PBES1 MD5 RC2, 100 iterations", PASSWORD, true},
  {"PBE-SHA1-RC2-64", "PBES1 SHA-1 RC2, 100 iterations", PASSWORD, true},
  {"PBE-SHA1-3DES", "PKCS#12 SHA-1 3DES, 100 iterations", PASSWORD, false},
  {"PBE-SHA1-2DES", "PKCS#12 SHA-1 2-key 3DES, 100 iterations", PASSWORD, false},
  {"PBE-SHA1-RC2-128", "PKCS#12 SHA-1 RC2-128, 100 iterations", PASSWORD, true},
  {"PBE-SHA1-RC2-40", "PKCS#12 SHA-1 RC2-40, 100 iterations", PASSWORD, true},
  {"PBE-SHA1-RC4-128", "PKCS#12 SHA-1 RC4-128, 100 iterations", PASSWORD, true},
  {"PBE-SHA1-RC4-40", "PKCS#12 SHA-1 RC4-40, 100 iterations", PASSWORD, true},
  {"pbes2-aes-128-cbc", "PBES2 AES-128-CBC, PBKDF2 HMAC-SHA256, 100 iterations", PASSWORD, false},
  {"pbes2-aes-192-cbc", "PBES2 AES-192-CBC, PBKDF2 HMAC-SHA256, 100 iterations", PASSWORD, false},
  {"pbes2-aes-256-cbc", "PBES2 AES-256-CBC, PBKDF2 HMAC-SHA256, 100 iterations", PASSWORD, false},
  {"pbes2-des3", "PBES2 3DES-CBC, PBKDF2 HMAC-SHA256, 100 iterations", PASSWORD, false},
  {"pbes2-des", "PBES2 DES-CBC, PBKDF2 HMAC-SHA256, 100 iterations", PASSWORD, true},
  {"pbes2-rc2", "PBES2 RC2-CBC, PBKDF2 HMAC-SHA256, 100 iterations", PASSWORD, true},
  {"pbes2-rc2-40-cbc", "PBES2 RC2-CBC, PBKDF2 HMAC-SHA256, 100 iterations", PASSWORD, true},
  {"pbes2-rc2-64-cbc", "PBES2 RC2-CBC, PBKDF2 HMAC-SHA256, 100 iterations", PASSWORD, true},
  {"pbes2-camellia-128-cbc", "PBES2 Camellia-128-CBC, PBKDF2 HMAC-SHA256, 100 iterations", PASSWORD, false},
  {"pbes2-camellia-256-cbc", "PBES2 Camellia-256-CBC, PBKDF2 HMAC-SHA256, 100 iterations", PASSWORD, false},
  {"pbes2-aria-128-cbc", "PBES2 ARIA-128-CBC, PBKDF2 HMAC-SHA256, 100 iterations", PASSWORD, false},
  {"pbes2-aria-192-cbc", "PBES2 ARIA-192-CBC, PBKDF2 HMAC-SHA256, 100 iterations", PASSWORD, false},
  {"pbes2-aria-256-cbc", "PBES2 ARIA-256-CBC, PBKDF2 HMAC-SHA256, 100 iterations", PASSWORD, false},
  {"pbes2-seed", "PBES2 SEED-CBC, PBKDF2 HMAC-SHA256, 100 iterations", PASSWORD, true},
  {"pbes2-sm4-cbc", "PBES2 SM4-CBC, PBKDF2 HMAC-SHA256, 100 iterations", PASSWORD, false},
  {"prf-MD5", "PBES2 AES-256-CBC, PBKDF2 HMAC-MD5, 100 iterations", PASSWORD, false},
  {"prf-SHA1", "PBES2 AES-256-CBC, PBKDF2 HMAC-SHA1, 100 iterations", PASSWORD, false},
  {"prf-SHA224", "PBES2 AES-256-CBC, PBKDF2 HMAC-SHA224, 100 iterations", PASSWORD, false},
  {"prf-SHA384", "PBES2 AES-256-CBC, PBKDF2 HMAC-SHA384, 100 iterations", PASSWORD, false},
  {"prf-SHA512", "PBES2 AES-256-CBC, PBKDF2 HMAC-SHA512, 100 iterations", PASSWORD, false},
  {"prf-SHA512-224", "PBES2 AES-256-CBC, PBKDF2 HMAC-SHA512/224, 100 iterations", PASSWORD, false},
  {"prf-SHA512-256", "PBES2 AES-256-CBC, PBKDF2 HMAC-SHA512/256, 100 iterations", PASSWORD, false},
  {"scrypt", "PBES2 AES-128-CBC, scrypt N=1024", PASSWORD, false},
  {"empty-pbes2", "PBES2 AES-256-CBC, PBKDF2 HMAC-SHA256, 100 iterations", "", false},
  {"empty-pkcs12", "PKCS#12 SHA-1 3DES, 100 iterations", "", false},
  {"surrogates", "PKCS#12 SHA-1 3DES, 100 iterations", "\xf0\x9f\x98\x80 clef", false},
};

static void load(cy_buf *buf, size_t i)
{
  char file[64];
  snprintf(file, sizeof file, "%s.der", files[i].file);
  read_fixture(buf, "pbe", file);
}

static cy_span algid_of(cy_span encrypted)
{
  cy_parse parse = {0};
  cy_cur cur = cy_cur_begin(&parse, encrypted);
  cy_cur seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_span algid = cy_der_take_whole(&seq, CY_DER_SEQUENCE);
  assert_null(parse.reason);
  return algid;
}

static void opens_what_openssl_sealed(void **state)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  read_fixture(&key, "keys", "ec-p256.pk8");
  for (size_t i = 0; i < CY_COUNT(files); i++) {
    CY_CLEAN(cy_buf) sealed = CY_BUF_TEXT;
    CY_AUTO(cy_secret) *password = secret(files[i].password);
    CY_AUTO(cy_secret) *plain = NULL;
    load(&sealed, i);
    assert_fine(cy_pkcs8_unseal(&plain, cy_buf_get(&sealed), password));
    assert_true(cy_span_equal(cy_secret_get(plain), cy_buf_get(&key)));
    assert_int_equal(ERR_peek_error(), 0);
  }
}

static void describes(void **state)
{
  for (size_t i = 0; i < CY_COUNT(files); i++) {
    CY_CLEAN(cy_buf) sealed = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
    cy_pbe_info info;
    load(&sealed, i);
    assert_fine(cy_pbe_describe(&info, algid_of(cy_buf_get(&sealed))));
    cy_pbe_format(&words, &info);
    assert_string_equal(cy_buf_cstr(&words), files[i].words);
    assert_int_equal(info.legacy, files[i].legacy);
    assert_true(info.salt_len >= 8);
  }
}

static void a_wrong_password_is_said_to_be_wrong(void **state)
{
  for (size_t i = 0; i < CY_COUNT(files); i++) {
    CY_CLEAN(cy_buf) sealed = CY_BUF_TEXT;
    load(&sealed, i);
    for (int attempt = 0; attempt < 20; attempt++) {
      char wrong[16];
      snprintf(wrong, sizeof wrong, "wrong%d", attempt);
      CY_AUTO(cy_secret) *password = secret(wrong);
      CY_AUTO(cy_secret) *plain = NULL;
      assert_code(cy_pkcs8_unseal(&plain, cy_buf_get(&sealed), password), CY_E_CRYPTO_WRONG_PASSWORD);
      assert_null(plain);
      assert_int_equal(ERR_peek_error(), 0);
    }
  }
}

/* PKCS#12's own derivation tells no password from an empty one, PBES2 does not. */
static void no_password_is_not_the_empty_one(void **state)
{
  CY_CLEAN(cy_buf) pbes2 = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) pkcs12 = CY_BUF_TEXT;
  CY_AUTO(cy_secret) *plain = NULL;
  read_fixture(&pbes2, "pbe", "empty-pbes2.der");
  read_fixture(&pkcs12, "pbe", "empty-pkcs12.der");
  assert_fine(cy_pkcs8_unseal(&plain, cy_buf_get(&pbes2), NULL));
  cy_secret_free(plain);
  assert_code(cy_pkcs8_unseal(&plain, cy_buf_get(&pkcs12), NULL), CY_E_CRYPTO_WRONG_PASSWORD);
}

/* Each octet changed: an error or other bytes, never a crash, and never the same key unless the
 * octet says nothing. */
static void damage_is_no_crash(void **state)
{
  for (size_t i = 0; i < CY_COUNT(files); i++) {
    CY_CLEAN(cy_buf) sealed = CY_BUF_TEXT;
    CY_AUTO(cy_secret) *password = secret(files[i].password);
    load(&sealed, i);
    for (size_t at = 0; at < sealed.len; at++) {
      CY_AUTO(cy_secret) *plain = NULL;
      sealed.data[at] ^= (uint8_t)(1 << (at % 8));
      cy_err_free(cy_pkcs8_unseal(&plain, cy_buf_get(&sealed), password));
      sealed.data[at] ^= (uint8_t)(1 << (at % 8));
      assert_int_equal(ERR_peek_error(), 0);
    }
  }
}

static void what_is_cut_short_is_malformed(void **state)
{
  for (size_t i = 0; i < CY_COUNT(files); i++) {
    CY_CLEAN(cy_buf) sealed = CY_BUF_TEXT;
    CY_AUTO(cy_secret) *password = secret(files[i].password);
    load(&sealed, i);
    for (size_t len = 0; len < sealed.len; len++) {
      CY_AUTO(cy_secret) *plain = NULL;
      assert_code(cy_pkcs8_unseal(&plain, cy_span_of(sealed.data, len), password), CY_E_KEY_MALFORMED);
      assert_null(plain);
    }
  }
}

static const cy_pbe_choice choices[] = {
  {CY_OID_PBES2, CY_OID_AES256_CBC, CY_OID_HMAC_SHA256, 10},
  {CY_OID_PBES2, CY_OID_AES192_CBC, CY_OID_HMAC_SHA1, 10},
  {CY_OID_PBES2, CY_OID_AES128_CBC, CY_OID_HMAC_SHA512, 10},
  {CY_OID_PBES2, CY_OID_AES256_GCM, CY_OID_HMAC_SHA384, 10},
  {CY_OID_PBES2, CY_OID_AES128_GCM, CY_OID_HMAC_SHA512_256, 10},
  {CY_OID_PBES2, CY_OID_DES3_CBC, CY_OID_HMAC_SHA1, 10},
  {CY_OID_PBES2, CY_OID_CAMELLIA192_CBC, CY_OID_HMAC_SHA256, 10},
  {CY_OID_PBE12_3DES, CY_OID_UNKNOWN, CY_OID_UNKNOWN, 10},
  {CY_OID_PBE12_RC2_40, CY_OID_UNKNOWN, CY_OID_UNKNOWN, 10},
};

static void round_trips(void **state)
{
  static const char *const passwords[] = {NULL, "", "p", PASSWORD, "\xf0\x9f\x98\x80", "\xff\xfe not UTF-8"};
  uint8_t bytes[100];
  memset(bytes, 0xa5, sizeof bytes);
  for (size_t c = 0; c < CY_COUNT(choices); c++)
    for (size_t p = 0; p < CY_COUNT(passwords); p++)
      for (size_t len = 0; len <= sizeof bytes; len += 1 + p) {
        CY_CLEAN(cy_buf) algid = CY_BUF_TEXT;
        CY_CLEAN(cy_buf) sealed = CY_BUF_TEXT;
        CY_AUTO(cy_secret) *password = secret(passwords[p]);
        CY_AUTO(cy_secret) *plain = NULL;
        cy_span in = cy_span_of(bytes, len);
        assert_fine(cy_pbe_encrypt(&algid, &sealed, &choices[c], password, in));
        assert_fine(cy_pbe_decrypt(&plain, cy_buf_get(&algid), password, cy_buf_get(&sealed)));
        assert_true(cy_span_equal(cy_secret_get(plain), in));
      }
}

static void salts_are_new_each_time(void **state)
{
  CY_AUTO(cy_secret) *password = secret("p");
  for (size_t c = 0; c < CY_COUNT(choices); c++) {
    CY_CLEAN(cy_buf) one = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) two = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) sealed = CY_BUF_TEXT;
    assert_fine(cy_pbe_encrypt(&one, &sealed, &choices[c], password, CY_SPAN("x")));
    assert_fine(cy_pbe_encrypt(&two, &sealed, &choices[c], password, CY_SPAN("x")));
    assert_false(cy_span_equal(cy_buf_get(&one), cy_buf_get(&two)));
  }
}

/* A GCM tag tells of every changed bit. */
static void gcm_tells_of_every_change(void **state)
{
  CY_CLEAN(cy_buf) algid = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) sealed = CY_BUF_TEXT;
  CY_AUTO(cy_secret) *password = secret("p");
  assert_fine(cy_pbe_encrypt(&algid, &sealed, &choices[3], password, CY_SPAN("some words")));
  for (size_t bit = 0; bit < sealed.len * 8; bit++) {
    CY_AUTO(cy_secret) *plain = NULL;
    sealed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    assert_code(cy_pbe_decrypt(&plain, cy_buf_get(&algid), password, cy_buf_get(&sealed)),
      CY_E_CRYPTO_WRONG_PASSWORD);
    sealed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
}

/* Counts as a flipped bit could make them are refused before any work is done. */
static void costs_are_bounded(void **state)
{
  static const char *const counts[] = {"00", "989681", "7fffffffffffffff", "7fffffffffffffffff"};
  CY_AUTO(cy_secret) *plain = NULL;
  for (size_t i = 0; i < CY_COUNT(counts); i++) {
    CY_CLEAN(cy_buf) algid = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) count = CY_BUF_TEXT;
    cy_pbe_info info;
    put_hex(&count, counts[i]);
    size_t seq = cy_der_begin(&algid);
    cy_der_put(&algid, CY_DER_OID, cy_oid_content(CY_OID_PBE12_3DES));
    size_t params = cy_der_begin(&algid);
    cy_der_put(&algid, CY_DER_OCTET_STRING, CY_SPAN("salt"));
    cy_der_put_unsigned(&algid, cy_buf_get(&count));
    cy_der_end(&algid, params, CY_DER_SEQUENCE);
    cy_der_end(&algid, seq, CY_DER_SEQUENCE);
    /* Saying what is there is free. */
    assert_fine(cy_pbe_describe(&info, cy_buf_get(&algid)));
    assert_code(cy_pbe_decrypt(&plain, cy_buf_get(&algid), NULL, CY_SPAN("12345678")), CY_E_CRYPTO_COST);
  }
  CY_CLEAN(cy_buf) one = CY_BUF_TEXT;
  cy_pbe_choice choice = cy_pbe_default;
  choice.iterations = 0;
  assert_code(cy_pbe_encrypt(&one, &one, &choice, NULL, CY_SPAN("x")), CY_E_CRYPTO_COST);
  choice.iterations = CY_MAX_KDF_ITERATIONS + 1;
  assert_code(cy_pbe_encrypt(&one, &one, &choice, NULL, CY_SPAN("x")), CY_E_CRYPTO_COST);
}

static void put_scrypt(cy_buf *algid, uint64_t n, uint64_t r, uint64_t p)
{
  static const uint8_t iv[16];
  cy_buf_reset(algid);
  size_t seq = cy_der_begin(algid);
  cy_der_put(algid, CY_DER_OID, cy_oid_content(CY_OID_PBES2));
  size_t params = cy_der_begin(algid), kdf = cy_der_begin(algid);
  cy_der_put(algid, CY_DER_OID, cy_oid_content(CY_OID_SCRYPT));
  size_t inner = cy_der_begin(algid);
  cy_der_put(algid, CY_DER_OCTET_STRING, CY_SPAN("salt"));
  cy_der_put_uint(algid, n);
  cy_der_put_uint(algid, r);
  cy_der_put_uint(algid, p);
  cy_der_end(algid, inner, CY_DER_SEQUENCE);
  cy_der_end(algid, kdf, CY_DER_SEQUENCE);
  size_t cipher = cy_der_begin(algid);
  cy_der_put(algid, CY_DER_OID, cy_oid_content(CY_OID_AES128_CBC));
  cy_der_put(algid, CY_DER_OCTET_STRING, cy_span_of(iv, sizeof iv));
  cy_der_end(algid, cipher, CY_DER_SEQUENCE);
  cy_der_end(algid, params, CY_DER_SEQUENCE);
  cy_der_end(algid, seq, CY_DER_SEQUENCE);
}

static void scrypt_is_bounded(void **state)
{
  static const struct {
    uint64_t n, r, p;
    cy_err_code code;
  } cases[] = {
    {(uint64_t)1 << 30, 8, 1, CY_E_CRYPTO_COST},
    {(uint64_t)1 << 63, 1, 1, CY_E_CRYPTO_COST},
    {1 << 20, 8, 1, CY_E_CRYPTO_COST},
    {1 << 18, 9, 1, CY_E_CRYPTO_COST},
    {1 << 14, 8, 1 << 20, CY_E_CRYPTO_COST},
    {2, 1, UINT64_MAX / 2, CY_E_CRYPTO_COST},
    {2, UINT64_MAX / 2, 1, CY_E_CRYPTO_COST},
    {1 << 20, 1, 1 << 20, CY_E_CRYPTO_COST},
    {1000, 8, 1, CY_E_MALFORMED},
    {1, 8, 1, CY_E_MALFORMED},
    {0, 8, 1, CY_E_MALFORMED},
    {1024, 0, 1, CY_E_MALFORMED},
    {1024, 8, 0, CY_E_MALFORMED},
  };
  CY_CLEAN(cy_buf) algid = CY_BUF_TEXT;
  CY_AUTO(cy_secret) *plain = NULL;
  for (size_t i = 0; i < CY_COUNT(cases); i++) {
    put_scrypt(&algid, cases[i].n, cases[i].r, cases[i].p);
    assert_code(cy_pbe_decrypt(&plain, cy_buf_get(&algid), NULL, CY_SPAN("0123456789abcdef")), cases[i].code);
  }
}

static void what_is_not_known_is_named(void **state)
{
  static const uint8_t jks[] = {0x30, 0x0e, 6, 0xa, 0x2b, 6, 1, 4, 1, 0x2a, 2, 0x11, 1, 1, 5, 0};
  static const uint8_t md2[] = {
    0x30, 0x1a, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0xd, 1, 5, 1, 0x30, 0xd, 4, 8, 1,
    2, 3, 4, 5, 6, 7, 8, 2, 1, 1};
  /* PBES2 with MD5 in the place of a derivation */
  static const uint8_t kdf[] = {
    0x30, 0x38, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0xd, 1, 5, 0xd, 0x30, 0x2b, 0x30, 0xa, 6, 8, 0x2a, 0x86,
    0x48, 0x86, 0xf7, 0xd, 2, 5, 0x30, 0x1d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 2, 4, 0x10, 1, 2, 3, 4,
    5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  CY_AUTO(cy_secret) *plain = NULL;
  cy_pbe_info info;
  assert_fine(cy_pbe_describe(&info, cy_span_of(kdf, sizeof kdf)));
  assert_code(cy_pbe_decrypt(&plain, cy_span_of(kdf, sizeof kdf), NULL, CY_SPAN("0123456789abcdef")),
    CY_E_CRYPTO_UNSUPPORTED);
  assert_code(cy_pbe_describe(&info, cy_span_of(jks, sizeof jks)), CY_E_CRYPTO_UNSUPPORTED);
  assert_fine(cy_pbe_describe(&info, cy_span_of(md2, sizeof md2)));
  cy_err *err = cy_pbe_decrypt(&plain, cy_span_of(md2, sizeof md2), NULL, CY_SPAN("12345678"));
  assert_non_null(strstr(cy_err_text(err), "MD2"));
  assert_code(err, CY_E_CRYPTO_UNSUPPORTED);
}

static bool deny(size_t size, void *arg)
{
  return (*(long *)arg)-- == 0;
}

/* Every allocation in turn fails: an error, and (the sanitizer sees to it) nothing lost. */
static void no_memory_is_survived(void **state)
{
  CY_AUTO(cy_secret) *password = secret("p");
  bool finished = false;
  for (long n = 0; !finished; n++) {
    CY_CLEAN(cy_buf) sealed = CY_BUF_TEXT;
    CY_AUTO(cy_secret) *plain = NULL;
    cy_pbe_choice choice = {CY_OID_PBES2, CY_OID_AES256_CBC, CY_OID_HMAC_SHA256, 1};
    long left = n;
    cy_mem_hook(deny, &left);
    cy_err *err = cy_pkcs8_seal(&sealed, &choice, password, CY_SPAN("\x30\x0b\2\1\0\x30\3\6\1\1\4\1\1"));
    if (!err)
      err = cy_pkcs8_unseal(&plain, cy_buf_get(&sealed), password);
    cy_mem_hook(NULL, NULL);
    finished = left >= 0;
    assert_int_equal(finished, err == NULL);
    cy_err_free(err);
    assert_true(n < 1000);
  }
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
    cmocka_unit_test(opens_what_openssl_sealed),
    cmocka_unit_test(describes),
    cmocka_unit_test(a_wrong_password_is_said_to_be_wrong),
    cmocka_unit_test(no_password_is_not_the_empty_one),
    cmocka_unit_test(damage_is_no_crash),
    cmocka_unit_test(what_is_cut_short_is_malformed),
    cmocka_unit_test(round_trips),
    cmocka_unit_test(salts_are_new_each_time),
    cmocka_unit_test(gcm_tells_of_every_change),
    cmocka_unit_test(costs_are_bounded),
    cmocka_unit_test(scrypt_is_bounded),
    cmocka_unit_test(what_is_not_known_is_named),
    cmocka_unit_test(no_memory_is_survived),
  };
  return cmocka_run_group_tests(tests, NULL, end);
}
