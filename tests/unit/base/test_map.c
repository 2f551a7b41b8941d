#include "base/map.h"

#include "tests/unit/base/alloc.h"

static cy_span key_of(char *text, size_t i)
{
  return cy_span_of(text, (size_t)snprintf(text, 32, "label %zu", i));
}

static void a_hundred_thousand_keys(void **state)
{
  cy_map map;
  char text[32];
  cy_map_init(&map, true);
  for (size_t i = 0; i < 100000; i++)
    assert_true(cy_map_put(&map, key_of(text, i), i));
  assert_int_equal(map.count, 100000);
  for (size_t i = 0; i < 100000; i += 7)
    assert_true(cy_map_put(&map, key_of(text, i), i + 1));
  assert_int_equal(map.count, 100000);
  for (size_t i = 0; i < 100000; i++)
    assert_int_equal(cy_map_get(&map, key_of(text, i)), i % 7 ? i : i + 1);
  for (size_t i = 100000; i < 200000; i++)
    assert_true(cy_map_get(&map, key_of(text, i)) == CY_MAP_NONE);
  cy_map_clear(&map);
  assert_true(cy_map_get(&map, key_of(text, 1)) == CY_MAP_NONE);
  assert_true(cy_map_put(&map, key_of(text, 1), 5));
  cy_map_clear(&map);
}

static void keys_are_bytes(void **state)
{
  static const cy_span keys[] = {CY_SPAN(""), CY_SPAN("\0"), CY_SPAN("\0\0"), CY_SPAN("a"), CY_SPAN("a\0"),
    CY_SPAN("aaaaaaaa"), CY_SPAN("aaaaaaaa\0"), CY_SPAN("aaaaaaaab")};
  for (int copies = 0; copies < 2; copies++) {
    cy_map map;
    cy_map_init(&map, copies);
    assert_true(cy_map_get(&map, keys[0]) == CY_MAP_NONE);
    for (size_t i = 0; i < CY_COUNT(keys); i++)
      assert_true(cy_map_put(&map, keys[i], i));
    for (size_t i = 0; i < CY_COUNT(keys); i++)
      assert_int_equal(cy_map_get(&map, keys[i]), i);
    assert_int_equal(cy_map_get(&map, CY_SPAN_NONE), 0);
    cy_map_clear(&map);
  }
}

static void copied_keys_outlive_their_source(void **state)
{
  cy_map map;
  char text[] = "key";
  cy_map_init(&map, true);
  assert_true(cy_map_put(&map, cy_span_str(text), 1));
  text[0] = 'K';
  assert_int_equal(cy_map_get(&map, CY_SPAN("key")), 1);
  assert_true(cy_map_get(&map, CY_SPAN("Key")) == CY_MAP_NONE);
  cy_map_clear(&map);
}

/* A put that failed leaves what was there before. */
static bool fill(void)
{
  cy_map map;
  char text[32];
  size_t done = 0;
  cy_map_init(&map, true);
  while (done < 50 && cy_map_put(&map, key_of(text, done), done))
    done++;
  assert_int_equal(map.count, done);
  for (size_t i = 0; i < 50; i++)
    assert_true(cy_map_get(&map, key_of(text, i)) == (i < done ? i : CY_MAP_NONE));
  cy_map_clear(&map);
  return done == 50;
}

static void failing_memory(void **state)
{
  fail_each_allocation(fill);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_hundred_thousand_keys),
    cmocka_unit_test(keys_are_bytes),
    cmocka_unit_test(copied_keys_outlive_their_source),
    cmocka_unit_test(failing_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
