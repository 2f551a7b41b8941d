/* causey-test: any-user. OpenSSH's keys: the derivation's published values, cuts, flips, wrong passwords,
 * no memory. */
#include "tests/lib/errors.h"

#include "base/file.h"
#include "base/pem.h"
#include "crypto/bcrypt.h"
#include "crypto/codes.h"
#include "crypto/openssh.h"

static void derives(const char *password, const char *salt, uint32_t rounds, const char *want)
{
  CY_CLEAN(cy_buf) hex = CY_BUF_TEXT;
  uint8_t key[64];
  size_t len = strlen(want) / 2;
  assert_null(cy_bcrypt_pbkdf(key, len, cy_span_str(password), cy_span_str(salt), rounds));
  cy_buf_hex(&hex, cy_span_of(key, len));
  assert_string_equal(cy_buf_cstr(&hex), want);
}

/* From OpenBSD's regression tests of bcrypt_pbkdf. */
static void known_values(void **state)
{
  (void)state;
  derives("password", "salt", 4, "5bbf0cc293587f1c3635555c27796598d47e579071bf427e9d8fbe842aba34d9");
  derives("password", "salt", 8,
    "e1367ec5151a33faac4cc1c144cd23fa15d5548493ecc99b9b5d9c0d3b27bec7"
    "6227ea66088b849b20ab7aa478010246e74bba51723fefa9f9474d6508845e8d");
}

static void costs_are_bounded(void **state)
{
  (void)state;
  uint8_t key[8];
  cy_err *err = cy_bcrypt_pbkdf(key, 8, CY_SPAN("a"), CY_SPAN("b"), 1u << 31);
  assert_true(cy_err_is(err, CY_E_CRYPTO_COST));
  cy_err_free(err);
  err = cy_bcrypt_pbkdf(key, 8, CY_SPAN("a"), CY_SPAN("b"), 0);
  assert_true(cy_err_is(err, CY_E_MALFORMED));
  cy_err_free(err);
}

static void load(cy_buf *der, const char *name)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  char file[100], path[300];
  cy_pem_block block;
  bool found;
  snprintf(file, sizeof file, "tests/fixtures/ssh/%s", name);
  assert_null(cy_file_read(&text, test_path(path, sizeof path, file), 1 << 20, NULL));
  cy_pem pem = cy_pem_begin(cy_buf_get(&text));
  assert_null(cy_pem_next(&pem, &block, &found));
  assert_true(found);
  *der = CY_BUF_TEXT;
  assert_null(cy_pem_decode(der, &block));
}

static cy_err *open_key(cy_secret **pkcs8, cy_span der, const char *password)
{
  CY_AUTO(cy_secret) *secret = NULL;
  cy_openssh key;
  *pkcs8 = NULL;
  CY_TRY(cy_openssh_parse(&key, der));
  if (password)
    CY_TRY(cy_secret_copy(&secret, cy_span_str(password)));
  return cy_openssh_open(pkcs8, &key, secret);
}

static void opens(void **state)
{
  (void)state;
  static const char *const names[] = {"rsa", "ed25519", "ecdsa", "dsa", "sealed"};
  for (size_t i = 0; i < CY_COUNT(names); i++) {
    CY_CLEAN(cy_buf) der;
    CY_AUTO(cy_secret) *pkcs8 = NULL;
    load(&der, names[i]);
    assert_null(open_key(&pkcs8, cy_buf_get(&der), "secret"));
    assert_true(pkcs8->len > 40);
  }
}

static void wrong_passwords(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) der;
  CY_AUTO(cy_secret) *pkcs8 = NULL;
  static const char *const words[] = {"Secret", "secret ", "", NULL};
  load(&der, "sealed");
  for (size_t i = 0; i < CY_COUNT(words); i++) {
    cy_err *err = open_key(&pkcs8, cy_buf_get(&der), words[i]);
    assert_true(cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD));
    cy_err_free(err);
  }
}

static void every_cut_fails(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) der;
  load(&der, "ed25519");
  for (size_t n = 0; n < der.len; n++) {
    CY_AUTO(cy_secret) *pkcs8 = NULL;
    cy_err *err = open_key(&pkcs8, cy_span_of(der.data, n), NULL);
    assert_non_null(err);
    assert_null(pkcs8);
    cy_err_free(err);
  }
}

/* A flip gives another comment at most, never another key. */
static void every_flip_shows(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) der;
  CY_AUTO(cy_secret) *good = NULL;
  load(&der, "ed25519");
  assert_null(open_key(&good, cy_buf_get(&der), NULL));
  for (size_t i = 0; i < der.len * 8; i++) {
    CY_AUTO(cy_secret) *pkcs8 = NULL;
    der.data[i / 8] ^= (uint8_t)(1 << i % 8);
    cy_err_free(open_key(&pkcs8, cy_buf_get(&der), NULL));
    assert_true(!pkcs8 || cy_span_equal(cy_secret_get(pkcs8), cy_secret_get(good)));
    der.data[i / 8] ^= (uint8_t)(1 << i % 8);
  }
}

static cy_err *open_clear(void *der)
{
  CY_AUTO(cy_secret) *pkcs8 = NULL;
  return open_key(&pkcs8, cy_buf_get(der), NULL);
}

static void without_memory(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) der;
  load(&der, "rsa");
  memory_ends_anywhere(open_clear, &der, 1);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(known_values), cmocka_unit_test(costs_are_bounded),
    cmocka_unit_test(opens), cmocka_unit_test(wrong_passwords), cmocka_unit_test(every_cut_fails),
    cmocka_unit_test(every_flip_shows), cmocka_unit_test(without_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
