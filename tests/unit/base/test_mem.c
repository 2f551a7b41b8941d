#include "base/mem.h"

#include "tests/lib/unit.h"

static void blocks_are_zeroed(void **state)
{
  static const uint8_t zero[100];
  uint8_t *block = cy_malloc(sizeof zero);
  assert_memory_equal(block, zero, sizeof zero);
  cy_free(block);
  cy_free(NULL);
  block = cy_malloc(0);
  assert_non_null(block);
  cy_free(block);
}

static void sizes_do_not_wrap(void **state)
{
  void *array = NULL;
  size_t cap = 0;
  assert_null(cy_calloc(SIZE_MAX / 2, 3));
  assert_null(cy_strndup("x", SIZE_MAX));
  assert_false(cy_grow(&array, &cap, SIZE_MAX / 4, 8));
  assert_null(array);
  assert_int_equal(cap, 0);
}

static void arrays_grow_by_doubling(void **state)
{
  uint32_t *array = NULL;
  size_t cap = 0;
  for (size_t i = 0; i < 1000; i++) {
    assert_true(cy_grow(&array, &cap, i + 1, sizeof *array));
    assert_int_equal(array[i], 0);
    array[i] = (uint32_t)i;
  }
  assert_int_equal(cap, 1024);
  for (size_t i = 0; i < 1000; i++)
    assert_int_equal(array[i], i);
  cy_free(array);
}

static void copies_end_with_zero(void **state)
{
  char *s = cy_strndup("abcdef", 3);
  assert_string_equal(s, "abc");
  cy_free(s);
  s = cy_memdup(NULL, 0);
  assert_string_equal(s, "");
  cy_free(s);
}

static bool deny(size_t size, void *seen)
{
  *(size_t *)seen = size;
  return true;
}

static void the_hook_refuses(void **state)
{
  size_t seen = 0, cap = 1;
  char *block = cy_strdup("kept");
  cy_mem_hook(deny, &seen);
  assert_null(cy_malloc(17));
  assert_int_equal(seen, 17);
  assert_null(cy_realloc(block, 100));
  assert_false(cy_grow(&block, &cap, 2, 1));
  cy_mem_hook(NULL, NULL);
  assert_string_equal(block, "kept");
  assert_int_equal(cap, 1);
  cy_free(block);
}

static void wiping(void **state)
{
  uint8_t bytes[4] = {1, 2, 3, 4};
  static const uint8_t zero[4];
  cy_wipe(bytes, 0);
  assert_int_equal(bytes[0], 1);
  cy_wipe(bytes, 4);
  assert_memory_equal(bytes, zero, 4);
  cy_wipe(NULL, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(blocks_are_zeroed),
    cmocka_unit_test(sizes_do_not_wrap),
    cmocka_unit_test(arrays_grow_by_doubling),
    cmocka_unit_test(copies_end_with_zero),
    cmocka_unit_test(the_hook_refuses),
    cmocka_unit_test(wiping),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
