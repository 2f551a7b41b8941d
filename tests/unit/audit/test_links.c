/* causey-test: any-user */
#include "tests/lib/unit.h"

#include "audit/links.h"

static void the_first_name_wins(void **state)
{
  (void)state;
  cy_links links;
  bool mine;
  struct stat a = {.st_dev = 1, .st_ino = 7}, b = {.st_dev = 2, .st_ino = 7};
  cy_links_init(&links);
  assert_null(cy_links_claim(&links, &a, 5, &mine));
  assert_true(mine);
  assert_null(cy_links_claim(&links, &a, 9, &mine));
  assert_false(mine);
  assert_true(cy_links_owns(&links, &a, 5));
  assert_null(cy_links_claim(&links, &a, 2, &mine)); /* a worker that was late, with a name before */
  assert_true(mine);
  assert_false(cy_links_owns(&links, &a, 5));
  assert_true(cy_links_owns(&links, &a, 2));
  assert_null(cy_links_claim(&links, &b, 9, &mine)); /* the same number on another device */
  assert_true(mine);
  cy_links_clear(&links);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_first_name_wins)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
