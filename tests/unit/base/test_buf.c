#include "base/buf.h"

#include "tests/unit/base/alloc.h"

static void integers_are_big_endian(void **state)
{
  CY_CLEAN(cy_buf) b = CY_BUF(100);
  cy_buf_u8(&b, 1);
  cy_buf_u16(&b, 0x0203);
  cy_buf_u32(&b, 0x04050607);
  cy_buf_u64(&b, 0x08090a0b0c0d0e0f);
  cy_buf_fill(&b, 0xff, 2);
  static const uint8_t want[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xff, 0xff};
  assert_int_equal(b.len, sizeof want);
  assert_memory_equal(b.data, want, sizeof want);
}

static void texts(void **state)
{
  CY_CLEAN(cy_buf) b = CY_BUF_TEXT;
  assert_string_equal(cy_buf_cstr(&b), "");
  cy_buf_printf(&b, "%d-%s", 5, "x");
  cy_buf_hex(&b, CY_SPAN("\x00\xfe"));
  cy_buf_hex_colons(&b, CY_SPAN_NONE);
  cy_buf_hex_colons(&b, CY_SPAN("\xab\xcd\x0e"));
  assert_string_equal(cy_buf_cstr(&b), "5-x00feAB:CD:0E");
  char *taken = cy_buf_take_str(&b);
  assert_string_equal(taken, "5-x00feAB:CD:0E");
  assert_int_equal(b.len, 0);
  cy_free(taken);
  taken = cy_buf_take_str(&b);
  assert_string_equal(taken, "");
  cy_free(taken);
}

static void insertion(void **state)
{
  CY_CLEAN(cy_buf) b = CY_BUF(64);
  cy_buf_str(&b, "ad");
  cy_buf_insert(&b, 1, "bc", 2);
  cy_buf_insert(&b, 4, "e", 1);
  cy_buf_insert(&b, 0, NULL, 0);
  assert_string_equal(cy_buf_cstr(&b), "abcde");
  cy_buf_insert(&b, 6, "x", 1); /* beyond the end */
  assert_error(cy_buf_check(&b), CY_E_BUG);
}

static void the_ceiling_sticks(void **state)
{
  CY_CLEAN(cy_buf) b = CY_BUF(4);
  cy_buf_str(&b, "abcd");
  assert_no_error(cy_buf_check(&b));
  assert_string_equal(cy_buf_cstr(&b), "abcd");
  cy_buf_u8(&b, 'e');
  assert_error(cy_buf_check(&b), CY_E_TOO_LARGE);
  assert_int_equal(cy_buf_get(&b).len, 0);
  assert_string_equal(cy_buf_cstr(&b), "");
  assert_null(cy_buf_reserve(&b, 0));
  cy_buf_reset(&b);
  cy_buf_u8(&b, 'x');
  assert_string_equal(cy_buf_cstr(&b), "x");
  assert_null(cy_buf_reserve(&b, SIZE_MAX));
  assert_null(cy_buf_take_str(&b));
}

static void sizes_do_not_wrap(void **state)
{
  CY_CLEAN(cy_buf) b = CY_BUF(SIZE_MAX);
  cy_buf_u8(&b, 1);
  assert_null(cy_buf_reserve(&b, SIZE_MAX - 1));
  assert_error(cy_buf_check(&b), CY_E_NO_MEMORY);
}

static void secrets_are_wiped(void **state)
{
  CY_CLEAN(cy_buf) b = CY_BUF_SECRET(1000);
  cy_buf_str(&b, "secret");
  cy_buf_fill(&b, 'x', 500); /* moves to a larger block */
  assert_memory_equal(b.data, "secretxx", 8);
  const uint8_t *data = b.data;
  cy_buf_reset(&b);
  for (size_t i = 0; i < b.cap; i++)
    assert_int_equal(data[i], 0);
  cy_buf_clear(&b);
  assert_true(b.secret && b.max == 1000 && !b.data);
}

static bool build(void)
{
  CY_CLEAN(cy_buf) b = CY_BUF(1000);
  CY_CLEAN(cy_buf) s = CY_BUF_SECRET(1000);
  for (unsigned i = 0; i < 100; i++) {
    cy_buf_printf(&b, "%03u,", i);
    cy_buf_insert(&s, 0, "abc", 3);
  }
  cy_err *err = cy_buf_check(&b);
  if (!err)
    err = cy_buf_check(&s);
  bool done = !err && b.len == 400 && s.len == 300;
  cy_err_free(err);
  return done;
}

static void failing_memory(void **state)
{
  fail_each_allocation(build);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(integers_are_big_endian),
    cmocka_unit_test(texts),
    cmocka_unit_test(insertion),
    cmocka_unit_test(the_ceiling_sticks),
    cmocka_unit_test(sizes_do_not_wrap),
    cmocka_unit_test(secrets_are_wiped),
    cmocka_unit_test(failing_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
