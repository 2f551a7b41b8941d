/* causey-test: any-user */
#include "tests/unit/store/store_util.h"

#include "store/codes.h"
#include "store/stash.h"

static void load_fixture(cy_buf *out, const char *name)
{
  char path[300];
  *out = CY_BUF_STORE;
  fine(cy_file_read(out, test_path(path, sizeof path, name), CY_MAX_STORE_BYTES, NULL));
}

static cy_secret *secret_of(const char *text, size_t len)
{
  cy_secret *s;
  fine(cy_secret_copy(&s, cy_span_of(text, len)));
  return s;
}

static void is_refused(cy_span bytes)
{
  CY_AUTO(cy_secret) *password = NULL;
  unsigned version;
  fails_with(cy_stash_decode(&password, &version, bytes), CY_E_STASH_NOT_UNDERSTOOD);
  assert_null(password);
  assert_int_equal(version, 0);
}

static void what_the_product_wrote(void **state)
{
  static const char *const names[] = {"tests/fixtures/kdb/chained.sth", "tests/fixtures/kdb/mixed.sth"};
  (void)state;
  for (size_t i = 0; i < CY_COUNT(names); i++) {
    CY_CLEAN(cy_buf) bytes;
    CY_AUTO(cy_secret) *password = NULL;
    unsigned version;
    load_fixture(&bytes, names[i]);
    fine(cy_stash_decode(&password, &version, cy_buf_get(&bytes)));
    assert_int_equal(version, 2);
    assert_string_equal((const char *)password->data, "password");
    assert_int_equal(password->len, 8);
  }
}

/* Both fillers of version 1 that were seen, put together by hand. */
static void version_1(void **state)
{
  uint8_t bytes[CY_STASH_V1_BYTES];
  (void)state;
  for (int filler = 0; filler < 2; filler++) {
    CY_AUTO(cy_secret) *password = NULL;
    unsigned version;
    for (size_t i = 0; i < sizeof bytes; i++)
      bytes[i] = (filler ? (uint8_t)i : 0x77) ^ 0xf5;
    memcpy(bytes, "\x86\x90\x96\x87\x90\x81\xf5", 7); /* "secret" and its end, each XOR F5 */
    fine(cy_stash_decode(&password, &version, cy_span_of(bytes, sizeof bytes)));
    assert_int_equal(version, 1);
    assert_string_equal((const char *)password->data, "secret");
  }
}

static void every_length_there_and_back(void **state)
{
  char text[CY_STASH_PASSWORD_MAX];
  (void)state;
  for (size_t i = 0; i < sizeof text; i++)
    text[i] = (char)(1 + i * 7 % 255);
  for (unsigned version = 1; version <= 2; version++)
    for (size_t len = 1; len <= sizeof text; len++) {
      CY_AUTO(cy_secret) *password = secret_of(text, len);
      CY_AUTO(cy_secret) *again = NULL;
      CY_CLEAN(cy_buf) bytes = CY_BUF_SECRET(1000);
      unsigned found;
      fine(cy_stash_encode(&bytes, version, password));
      assert_int_equal(bytes.len, version == 1 ? CY_STASH_V1_BYTES : CY_STASH_V2_BYTES);
      fine(cy_stash_decode(&again, &found, cy_buf_get(&bytes)));
      assert_int_equal(found, version);
      assert_true(cy_span_equal(cy_secret_get(again), cy_secret_get(password)));
    }
}

/* The same password never gives the same file: filler and head are random. */
static void no_two_are_alike(void **state)
{
  CY_AUTO(cy_secret) *password = secret_of("password", 8);
  (void)state;
  for (unsigned version = 1; version <= 2; version++) {
    CY_CLEAN(cy_buf) a = CY_BUF_SECRET(1000);
    CY_CLEAN(cy_buf) b = CY_BUF_SECRET(1000);
    fine(cy_stash_encode(&a, version, password));
    fine(cy_stash_encode(&b, version, password));
    assert_false(cy_span_equal(cy_buf_get(&a), cy_buf_get(&b)));
  }
}

static void passwords_that_do_not_fit(void **state)
{
  char text[CY_STASH_PASSWORD_MAX + 1];
  (void)state;
  memset(text, 'x', sizeof text);
  const struct {
    const char *text;
    size_t len;
  } all[] = {{"", 0}, {"a\0b", 3}, {text, sizeof text}};
  for (size_t i = 0; i < CY_COUNT(all); i++) {
    CY_AUTO(cy_secret) *password = secret_of(all[i].text, all[i].len);
    CY_CLEAN(cy_buf) bytes = CY_BUF_SECRET(1000);
    fails_with(cy_stash_encode(&bytes, 2, password), CY_E_STORE_CANNOT_HOLD);
    assert_int_equal(bytes.len, 0);
  }
}

static void cut_or_longer_it_is_none(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  load_fixture(&bytes, "tests/fixtures/kdb/mixed.sth");
  cy_buf_fill(&bytes, 0, 100);
  for (size_t len = 0; len < bytes.len; len++)
    if (len != CY_STASH_V1_BYTES && len != CY_STASH_V2_BYTES)
      is_refused(cy_span_of(bytes.data, len));
}

/* Its check covers the first half only; the rest gives another password or none. */
static void a_flipped_bit(void **state)
{
  CY_CLEAN(cy_buf) bytes;
  (void)state;
  load_fixture(&bytes, "tests/fixtures/kdb/mixed.sth");
  for (size_t bit = 0; bit < (size_t)64 * 8; bit++) {
    bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    is_refused(cy_buf_get(&bytes));
    bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
  CY_AUTO(cy_secret) *password = NULL;
  unsigned version;
  bytes.data[64] ^= 1;
  fine(cy_stash_decode(&password, &version, cy_buf_get(&bytes)));
  assert_string_equal((const char *)password->data, "qassword");
}

static void a_password_without_an_end(void **state)
{
  uint8_t bytes[CY_STASH_V1_BYTES];
  (void)state;
  memset(bytes, 'x', sizeof bytes);
  is_refused(cy_span_of(bytes, sizeof bytes));
}

static cy_err *both_ways(void *arg)
{
  CY_AUTO(cy_secret) *password = NULL;
  CY_AUTO(cy_secret) *again = NULL;
  CY_CLEAN(cy_buf) bytes = CY_BUF_SECRET(1000);
  unsigned version;
  CY_TRY(cy_secret_copy(&password, CY_SPAN("password")));
  CY_TRY(cy_stash_encode(&bytes, 2, password));
  return cy_stash_decode(&again, &version, cy_buf_get(&bytes));
}

static void memory_runs_out(void **state)
{
  (void)state;
  memory_ends_anywhere(both_ways, NULL, 5);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_the_product_wrote),
    cmocka_unit_test(version_1),
    cmocka_unit_test(every_length_there_and_back),
    cmocka_unit_test(no_two_are_alike),
    cmocka_unit_test(passwords_that_do_not_fit),
    cmocka_unit_test(cut_or_longer_it_is_none),
    cmocka_unit_test(a_flipped_bit),
    cmocka_unit_test(a_password_without_an_end),
    cmocka_unit_test(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
