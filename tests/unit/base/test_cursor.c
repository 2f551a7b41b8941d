#include "base/cursor.h"

#include "tests/unit/base/alloc.h"

static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xaa, 0xbb};

static uint64_t read_all(cy_cur *cur)
{
  uint64_t sum = cy_cur_u8(cur);
  sum += cy_cur_u16(cur);
  sum += cy_cur_u32(cur);
  sum += cy_cur_u64(cur);
  cy_span two = cy_cur_take(cur, 2);
  for (size_t i = 0; i < two.len; i++)
    sum += two.data[i];
  cy_cur_end(cur);
  return sum;
}

static void straight_reading(void **state)
{
  cy_parse parse = {0};
  cy_cur cur = cy_cur_begin(&parse, cy_span_of(bytes, sizeof bytes));
  assert_int_equal(cy_cur_u8(&cur), 1);
  assert_int_equal(cy_cur_u16(&cur), 0x0203);
  assert_int_equal(cy_cur_u32(&cur), 0x04050607);
  assert_true(cy_cur_u64(&cur) == 0x08090a0b0c0d0e0f);
  assert_int_equal(cy_cur_left(&cur), 2);
  assert_int_equal(cy_cur_offset(&cur), 15);
  assert_int_equal(cy_cur_rest(&cur).len, 2);
  assert_int_equal(cy_cur_rest(&cur).len, 0);
  cy_cur_end(&cur);
  assert_no_error(cy_parse_check(&parse, "x"));
}

/* Each length but the whole fails, reads nothing beyond its end (a block of its own), and stays failed. */
static void every_truncation(void **state)
{
  for (size_t len = 0; len < sizeof bytes; len++) {
    uint8_t *copy = cy_memdup(bytes, len);
    uint8_t *exact = cy_realloc(copy, len);
    cy_parse parse = {0};
    cy_cur cur = cy_cur_begin(&parse, cy_span_of(exact, len));
    read_all(&cur);
    assert_false(cy_cur_ok(&cur));
    assert_true(parse.offset <= len);
    assert_false(cy_cur_more(&cur));
    assert_int_equal(cy_cur_u64(&cur), 0);
    assert_error(cy_parse_check(&parse, "x"), CY_E_MALFORMED);
    cy_free(exact);
  }
}

static void nothing_is_an_input(void **state)
{
  cy_parse parse = {0};
  cy_cur cur = cy_cur_begin(&parse, CY_SPAN_NONE);
  assert_false(cy_cur_more(&cur));
  assert_int_equal(cy_cur_rest(&cur).len, 0);
  cy_cur_end(&cur);
  assert_true(cy_cur_ok(&cur));
  assert_int_equal(cy_cur_take(&cur, SIZE_MAX).len, 0);
  assert_false(cy_cur_ok(&cur));
}

static void the_first_failure_is_told(void **state)
{
  cy_parse parse = {0};
  cy_cur cur = cy_cur_begin(&parse, cy_span_of(bytes, sizeof bytes));
  cy_cur part = cy_cur_over(&cur, cy_cur_take(&cur, 4));
  cy_cur_u16(&part);
  cy_cur_fail(&part, "first");
  cy_cur_fail(&cur, "second");
  cy_err *err = cy_parse_check_as(&parse, CY_E_BASE64, "thing");
  assert_string_equal(cy_err_text(err), "thing: at byte 2, first");
  assert_int_equal(cy_err_code_get(err), CY_E_BASE64);
  cy_err_free(err);
  cy_cur empty = cy_cur_over(&cur, cy_cur_take(&cur, 1));
  assert_false(cy_cur_more(&empty));
}

static void what_is_left_over_fails(void **state)
{
  cy_parse parse = {0};
  cy_cur cur = cy_cur_begin(&parse, CY_SPAN("ab"));
  cy_cur_u8(&cur);
  cy_cur_end(&cur);
  assert_error(cy_parse_check(&parse, "x"), CY_E_MALFORMED);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(straight_reading),
    cmocka_unit_test(every_truncation),
    cmocka_unit_test(nothing_is_an_input),
    cmocka_unit_test(the_first_failure_is_told),
    cmocka_unit_test(what_is_left_over_fails),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
