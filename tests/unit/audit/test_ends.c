/* causey-test: any-user */
#include "tests/lib/unit.h"

#include <stdio.h>

#include "audit/ends.h"
#include "base/mem.h"

static void add(cy_audit_ends *ends, cy_time when, const char *subject, const char *address)
{
  cy_audit_ends_add(ends, when, cy_strdup(address), cy_strdup(subject));
}

static void keeps_the_soonest(void **state)
{
  (void)state;
  cy_audit_ends ends = {0};
  for (int i = 0; i < 50; i++) {
    char subject[16];
    snprintf(subject, sizeof subject, "CN=%d", i);
    add(&ends, (i * 37) % 50, subject, "x.pem");
  }
  assert_int_equal(ends.count, CY_AUDIT_NEAREST);
  for (int i = 0; i < CY_AUDIT_NEAREST; i++)
    assert_int_equal(ends.items[i].not_after, i);
  assert_false(cy_audit_ends_wants(&ends, CY_AUDIT_NEAREST));
  assert_true(cy_audit_ends_wants(&ends, CY_AUDIT_NEAREST - 1));
  cy_audit_ends_clear(&ends);
}

static void counts_the_same_once(void **state)
{
  (void)state;
  cy_audit_ends all = {0}, one = {0};
  add(&all, 5, "CN=a", "first.pem");
  add(&one, 5, "CN=a", "second.pem");
  add(&one, 5, "CN=b", "second.pem");
  add(&one, 5, "CN=a", "second.pem#@3");
  cy_audit_ends_move(&all, &one);
  assert_int_equal(one.count, 0);
  assert_int_equal(all.count, 2);
  assert_int_equal(all.items[0].count, 3);
  assert_string_equal(all.items[0].address, "first.pem");
  assert_string_equal(all.items[1].subject, "CN=b");
  cy_audit_ends_clear(&all);
}

static void sorts_into_buckets(void **state)
{
  (void)state;
  cy_time now = 1000000;
  assert_int_equal(cy_end_bucket_of(now - 1, now), CY_END_EXPIRED);
  assert_int_equal(cy_end_bucket_of(now, now), CY_END_7_DAYS);
  assert_int_equal(cy_end_bucket_of(now + 7 * CY_DAY - 1, now), CY_END_7_DAYS);
  assert_int_equal(cy_end_bucket_of(now + 7 * CY_DAY, now), CY_END_30_DAYS);
  assert_int_equal(cy_end_bucket_of(now + 30 * CY_DAY, now), CY_END_90_DAYS);
  assert_int_equal(cy_end_bucket_of(now + 90 * CY_DAY, now), CY_END_LATER);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(keeps_the_soonest),
    cmocka_unit_test(counts_the_same_once), cmocka_unit_test(sorts_into_buckets)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
