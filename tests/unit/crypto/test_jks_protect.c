#include "tests/unit/crypto/read.h"

#include "base/mem.h"
#include "crypto/codes.h"
#include "crypto/digest.h"
#include "crypto/jks_protect.h"
#include "crypto/lib.h"

static cy_secret *password_of(const char *text)
{
  CY_AUTO(cy_secret) *utf8 = NULL;
  cy_secret *utf16 = NULL;
  assert_fine(cy_secret_copy(&utf8, cy_span_str(text)));
  assert_fine(cy_jks_password(&utf16, utf8));
  return utf16;
}

static void passwords_are_utf16(void **state)
{
  CY_AUTO(cy_secret) *plain = password_of("a\xc3\xa4\xf0\x9f\x98\x80");
  CY_AUTO(cy_secret) *latin1 = password_of("a\xe4");
  CY_AUTO(cy_secret) *none = NULL;
  assert_int_equal(plain->len, 8);
  assert_memory_equal(plain->data, "\0a\0\xe4\xd8\x3d\xde\0", 8);
  assert_int_equal(latin1->len, 4);
  assert_memory_equal(latin1->data, "\0a\0\xe4", 4);
  assert_fine(cy_jks_password(&none, NULL));
  assert_int_equal(none->len, 0);
}

static void opens_what_java_sealed(void **state)
{
  CY_CLEAN(cy_buf) sealed = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  CY_AUTO(cy_secret) *password = password_of("p\xc3\xa4ssw\xc3\xb6rd");
  CY_AUTO(cy_secret) *plain = NULL;
  read_fixture(&sealed, "jks", "key.protected");
  read_fixture(&key, "jks", "key.pk8");
  assert_fine(cy_jks_unprotect(&plain, cy_secret_get(password), cy_buf_get(&sealed)));
  assert_true(cy_span_equal(cy_secret_get(plain), cy_buf_get(&key)));
}

static void every_changed_bit_is_noticed(void **state)
{
  CY_CLEAN(cy_buf) sealed = CY_BUF_TEXT;
  CY_AUTO(cy_secret) *password = password_of("p\xc3\xa4ssw\xc3\xb6rd");
  CY_AUTO(cy_secret) *wrong = password_of("passwoerd");
  CY_AUTO(cy_secret) *plain = NULL;
  read_fixture(&sealed, "jks", "key.protected");
  cy_span bytes = cy_buf_get(&sealed);
  assert_code(cy_jks_unprotect(&plain, cy_secret_get(wrong), bytes), CY_E_CRYPTO_WRONG_PASSWORD);
  for (size_t bit = 0; bit < sealed.len * 8; bit++) {
    sealed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    assert_code(cy_jks_unprotect(&plain, cy_secret_get(password), bytes), CY_E_CRYPTO_WRONG_PASSWORD);
    sealed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
  for (size_t len = 0; len < sealed.len; len++)
    assert_code(cy_jks_unprotect(&plain, cy_secret_get(password), cy_span_of(sealed.data, len)),
      len < 40 ? CY_E_KEY_MALFORMED : CY_E_CRYPTO_WRONG_PASSWORD);
}

static void round_trips_of_every_length(void **state)
{
  CY_AUTO(cy_secret) *password = password_of("p");
  uint8_t bytes[70];
  memset(bytes, 0x5a, sizeof bytes);
  for (size_t len = 0; len <= sizeof bytes; len++) {
    CY_CLEAN(cy_buf) one = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) two = CY_BUF_TEXT;
    CY_AUTO(cy_secret) *plain = NULL;
    cy_span in = cy_span_of(bytes, len);
    assert_fine(cy_jks_protect(&one, cy_secret_get(password), in));
    assert_fine(cy_jks_protect(&two, cy_secret_get(password), in));
    assert_false(cy_span_equal(cy_buf_get(&one), cy_buf_get(&two)));
    assert_fine(cy_jks_unprotect(&plain, cy_secret_get(password), cy_buf_get(&one)));
    assert_true(cy_span_equal(cy_secret_get(plain), in));
  }
}

static bool deny(size_t size, void *arg)
{
  return (*(long *)arg)-- == 0;
}

static cy_err *there_and_back(cy_buf *sealed, cy_secret **plain)
{
  CY_AUTO(cy_secret) *password = NULL;
  CY_TRY(cy_jks_password(&password, NULL));
  CY_TRY(cy_jks_protect(sealed, cy_secret_get(password), CY_SPAN("a key")));
  return cy_jks_unprotect(plain, cy_secret_get(password), cy_buf_get(sealed));
}

static void no_memory_is_survived(void **state)
{
  bool finished = false;
  for (long n = 0; !finished; n++) {
    CY_CLEAN(cy_buf) sealed = CY_BUF_TEXT;
    CY_AUTO(cy_secret) *plain = NULL;
    long left = n;
    cy_mem_hook(deny, &left);
    cy_err *err = there_and_back(&sealed, &plain);
    cy_mem_hook(NULL, NULL);
    finished = left >= 0;
    assert_int_equal(finished, err == NULL);
    cy_err_free(err);
    assert_true(n < 100);
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
    cmocka_unit_test(passwords_are_utf16),
    cmocka_unit_test(opens_what_java_sealed),
    cmocka_unit_test(every_changed_bit_is_noticed),
    cmocka_unit_test(round_trips_of_every_length),
    cmocka_unit_test(no_memory_is_survived),
  };
  return cmocka_run_group_tests(tests, NULL, end);
}
