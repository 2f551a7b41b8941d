#include "base/arena.h"

#include "tests/unit/base/alloc.h"

static const size_t sizes[] = {0, 1, 15, 16, 17, 16383, 16384, 16385, 65535, 65536, 1 << 20};

static void pieces_do_not_overlap(void **state)
{
  cy_arena arena = {0};
  uint8_t *pieces[CY_COUNT(sizes) * 20];
  for (size_t i = 0; i < CY_COUNT(pieces); i++) {
    size_t size = sizes[i % CY_COUNT(sizes)];
    pieces[i] = cy_arena_alloc(&arena, size);
    assert_non_null(pieces[i]);
    assert_int_equal((uintptr_t)pieces[i] % 16, 0);
    for (size_t k = 0; k < size; k++)
      if (pieces[i][k])
        fail_msg("not zeroed");
    memset(pieces[i], (int)i, size);
  }
  for (size_t i = 0; i < CY_COUNT(pieces); i++)
    for (size_t k = 0; k < sizes[i % CY_COUNT(sizes)]; k++)
      if (pieces[i][k] != (uint8_t)i)
        fail_msg("piece %zu was overwritten", i);
  cy_arena_clear(&arena);
  assert_null(arena.blocks);
  cy_arena_clear(&arena);
}

static void copies(void **state)
{
  cy_arena arena = {0};
  assert_string_equal(cy_arena_str(&arena, CY_SPAN("abc")), "abc");
  assert_string_equal(cy_arena_str(&arena, CY_SPAN_NONE), "");
  assert_true(cy_span_equal(cy_arena_copy(&arena, CY_SPAN("a\0b")), CY_SPAN("a\0b")));
  cy_span empty = cy_arena_copy(&arena, CY_SPAN_NONE);
  assert_true(empty.data && empty.len == 0);
  assert_null(cy_arena_alloc(&arena, SIZE_MAX));
  assert_null(cy_arena_alloc(&arena, CY_MAX_STORE_BYTES + 1));
  cy_arena_clear(&arena);
}

static bool fill(void)
{
  cy_arena arena = {0};
  bool done = true;
  for (size_t i = 0; i < CY_COUNT(sizes); i++)
    done = cy_arena_alloc(&arena, sizes[i]) && done;
  cy_arena_clear(&arena);
  return done;
}

static void failing_memory(void **state)
{
  fail_each_allocation(fill);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(pieces_do_not_overlap), cmocka_unit_test(copies), cmocka_unit_test(failing_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
