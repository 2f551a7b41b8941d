/* causey-test: any-user. PuTTY's keys: opened, wrong passwords, every cut and flip, costs, no memory. */
#include "tests/lib/errors.h"

#include "base/file.h"
#include "crypto/codes.h"
#include "crypto/ppk.h"

static void load(cy_buf *text, const char *name)
{
  char file[100], path[300];
  *text = CY_BUF_TEXT;
  snprintf(file, sizeof file, "tests/fixtures/ssh/%s.ppk", name);
  assert_null(cy_file_read(text, test_path(path, sizeof path, file), 1 << 20, NULL));
}

static cy_err *open_key(cy_secret **pkcs8, cy_span text, const char *password)
{
  CY_AUTO(cy_secret) *secret = NULL;
  cy_ppk ppk;
  *pkcs8 = NULL;
  if (password)
    CY_TRY(cy_secret_copy(&secret, cy_span_str(password)));
  CY_TRY(cy_ppk_parse(&ppk, text));
  cy_err *err = cy_ppk_open(pkcs8, &ppk, secret);
  cy_ppk_clear(&ppk);
  return err;
}

static void opens(void **state)
{
  (void)state;
  static const char *const names[] = {"rsa", "ed25519", "sealed2", "sealed3"};
  for (size_t i = 0; i < CY_COUNT(names); i++) {
    CY_CLEAN(cy_buf) text;
    CY_AUTO(cy_secret) *pkcs8 = NULL;
    load(&text, names[i]);
    assert_null(open_key(&pkcs8, cy_buf_get(&text), "secret"));
    assert_true(pkcs8->len > 40);
  }
}

static void wrong_passwords(void **state)
{
  (void)state;
  static const char *const names[] = {"sealed2", "sealed3"}, *const words[] = {"Secret", "", NULL};
  for (size_t i = 0; i < CY_COUNT(names); i++)
    for (size_t k = 0; k < CY_COUNT(words); k++) {
      CY_CLEAN(cy_buf) text;
      CY_AUTO(cy_secret) *pkcs8 = NULL;
      load(&text, names[i]);
      cy_err *err = open_key(&pkcs8, cy_buf_get(&text), words[k]);
      assert_true(cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD));
      cy_err_free(err);
    }
}

static void every_cut_fails(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) text;
  load(&text, "ed25519");
  for (size_t n = 0; n + 1 < text.len; n++) { /* the last line may lack its end */
    CY_AUTO(cy_secret) *pkcs8 = NULL;
    cy_err *err = open_key(&pkcs8, cy_span_of(text.data, n), NULL);
    assert_non_null(err);
    cy_err_free(err);
  }
}

/* The MAC covers all but the case of letters in the MAC itself. */
static void every_flip_shows(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) text;
  CY_AUTO(cy_secret) *good = NULL;
  load(&text, "ed25519");
  assert_null(open_key(&good, cy_buf_get(&text), NULL));
  for (size_t i = 0; i < text.len * 8; i++) {
    CY_AUTO(cy_secret) *pkcs8 = NULL;
    text.data[i / 8] ^= (uint8_t)(1 << i % 8);
    cy_err_free(open_key(&pkcs8, cy_buf_get(&text), NULL));
    assert_true(!pkcs8 || cy_span_equal(cy_secret_get(pkcs8), cy_secret_get(good)));
    text.data[i / 8] ^= (uint8_t)(1 << i % 8);
  }
}

static void line_ends(void **state)
{
  (void)state;
  static const char *const ends[] = {"\r\n", "\r"};
  for (size_t k = 0; k < CY_COUNT(ends); k++) {
    CY_CLEAN(cy_buf) text;
    CY_CLEAN(cy_buf) other = CY_BUF_TEXT;
    CY_AUTO(cy_secret) *pkcs8 = NULL;
    load(&text, "rsa");
    for (size_t i = 0; i < text.len; i++)
      if (text.data[i] == '\n')
        cy_buf_str(&other, ends[k]);
      else
        cy_buf_u8(&other, text.data[i]);
    assert_null(open_key(&pkcs8, cy_buf_get(&other), NULL));
  }
}

static void costs_are_bounded(void **state)
{
  (void)state;
  static const cy_argon2_cost costs[] = {
    {CY_ARGON2_ID, 1u << 31, 1, 1}, {CY_ARGON2_ID, 8192, 1u << 31, 1}, {CY_ARGON2_ID, 8192, 1, 1u << 20}};
  uint8_t key[32];
  for (size_t i = 0; i < CY_COUNT(costs); i++) {
    cy_err *err = cy_argon2(key, sizeof key, &costs[i], CY_SPAN("a"), CY_SPAN("12345678"));
    assert_true(cy_err_is(err, CY_E_CRYPTO_COST));
    cy_err_free(err);
  }
}

static cy_err *open_sealed(void *text)
{
  CY_AUTO(cy_secret) *pkcs8 = NULL;
  return open_key(&pkcs8, cy_buf_get(text), "secret");
}

static void without_memory(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) text;
  load(&text, "sealed2");
  memory_ends_anywhere(open_sealed, &text, 5);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(opens), cmocka_unit_test(wrong_passwords),
    cmocka_unit_test(every_cut_fails), cmocka_unit_test(every_flip_shows), cmocka_unit_test(line_ends),
    cmocka_unit_test(costs_are_bounded), cmocka_unit_test(without_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
