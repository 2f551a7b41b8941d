/* causey-test: any-user */
#include "tests/lib/unit.h"

#include "base/account.h"
#include "base/buf.h"
#include "base/mem.h"

static const char passwd[] = "root:x:0:0:root:/root:/bin/bash\n"
                             "daemon:x:1:1::/:/usr/sbin/nologin\n"
                             "+@nis\n"
                             "broken:x:nine:9::/:/bin/sh\n"
                             "anna:x:1000:1000:Anna:/home/anna:/bin/bash\n"
                             "bob:x:1001:1001::/home/bob:/bin/sh\n"
                             "locked:x:1002:1002::/home/l:/usr/sbin/nologin\n"
                             "anna2:x:1000:1000::/home/anna:/bin/bash\n"
                             "huge:x:4294967295:1::/:/bin/sh\n"
                             "nobody:x:65534:65534::/:/usr/sbin/nologin";
static const char group[] = "root:x:0:\n"
                            "staff:x:50:anna,bob,ghost,anna\n"
                            "anna:x:1000:\n"
                            "also:x:50:daemon\n"
                            "nonsense\n"
                            "daemon:x:1:";

static cy_accounts *load(void)
{
  cy_accounts *a = NULL;
  assert_null(cy_accounts_parse(&a, cy_span_str(passwd), cy_span_str(group)));
  return a;
}

static void accounts(void **state)
{
  (void)state;
  CY_AUTO(cy_accounts) *a = load();
  assert_int_equal(cy_accounts_count(a), 7);
  assert_null(cy_accounts_find(a, "broken"));
  assert_null(cy_accounts_find(a, "huge"));
  assert_null(cy_accounts_find(a, ""));
  const cy_account *anna = cy_accounts_find(a, "anna");
  assert_non_null(anna);
  assert_int_equal(anna->uid, 1000);
  assert_true(anna->person);
  assert_int_equal(anna->gid_count, 2);
  assert_int_equal(anna->gids[0], 50);
  assert_int_equal(anna->gids[1], 1000);
  assert_false(cy_accounts_find(a, "root")->person);
  assert_false(cy_accounts_find(a, "locked")->person);
  assert_false(cy_accounts_find(a, "nobody")->person);
  assert_string_equal(cy_accounts_by_uid(a, 1000)->name, "anna");
  assert_string_equal(cy_accounts_by_uid(a, 65534)->name, "nobody");
  assert_null(cy_accounts_by_uid(a, 77));
}

static void groups(void **state)
{
  (void)state;
  CY_AUTO(cy_accounts) *a = load();
  const cy_group *staff = cy_accounts_group(a, 50);
  assert_non_null(staff);
  assert_string_equal(staff->name, "staff");
  assert_int_equal(staff->member_count, 3);
  assert_string_equal(cy_accounts_at(a, staff->members[0])->name, "daemon");
  assert_string_equal(cy_accounts_at(a, staff->members[1])->name, "anna");
  assert_string_equal(cy_accounts_at(a, staff->members[2])->name, "bob");
  const cy_group *bobs = cy_accounts_group(a, 1001);
  assert_non_null(bobs);
  assert_null(bobs->name);
  assert_int_equal(bobs->member_count, 1);
  assert_int_equal(cy_accounts_group(a, 0)->member_count, 1);
  assert_null(cy_accounts_group(a, 51));
}

static void nothing(void **state)
{
  (void)state;
  CY_AUTO(cy_accounts) *a = NULL;
  assert_null(cy_accounts_parse(&a, CY_SPAN_NONE, CY_SPAN_NONE));
  assert_int_equal(cy_accounts_count(a), 0);
  assert_null(cy_accounts_group(a, 0));
  cy_accounts_free(a);
  assert_null(cy_accounts_load(&a, "/nothing/of/that/name"));
  assert_int_equal(cy_accounts_count(a), 0);
  cy_accounts_free(a);
  assert_null(cy_accounts_load(&a, NULL));
  assert_int_equal(cy_accounts_find(a, "root")->uid, 0);
}

/* 100 000 accounts in one group of 100 000 names: no look-up walks through them. */
static void many(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) p = CY_BUF(64 << 20);
  CY_CLEAN(cy_buf) g = CY_BUF(64 << 20);
  CY_AUTO(cy_accounts) *a = NULL;
  cy_buf_str(&g, "all:x:9:");
  for (unsigned i = 0; i < 100000; i++) {
    cy_buf_printf(&p, "u%u:x:%u:%u::/:/bin/sh\n", i, i + 1000, i % 7 ? 100u : i + 1000);
    cy_buf_printf(&g, "%su%u", i ? "," : "", i);
  }
  assert_null(cy_accounts_parse(&a, cy_buf_get(&p), cy_buf_get(&g)));
  assert_int_equal(cy_accounts_group(a, 9)->member_count, 100000);
  assert_int_equal(cy_accounts_find(a, "u99999")->uid, 100999);
  assert_int_equal(cy_accounts_group(a, 100)->member_count, 100000 - 14286);
}

static bool deny_nth(size_t size, void *arg)
{
  (void)size;
  return (*(unsigned *)arg)-- == 1;
}

static void out_of_memory(void **state)
{
  (void)state;
  bool through = false;
  for (unsigned n = 1; n < 200 && !through; n++) {
    cy_accounts *a;
    unsigned left = n;
    cy_mem_hook(deny_nth, &left);
    cy_err *err = cy_accounts_parse(&a, cy_span_str(passwd), cy_span_str(group));
    cy_mem_hook(NULL, NULL);
    through = left != 0 && !err;
    assert_true(err ? a == NULL : a != NULL);
    cy_err_free(err);
    cy_accounts_free(a);
  }
  assert_true(through);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(accounts), cmocka_unit_test(groups),
    cmocka_unit_test(nothing), cmocka_unit_test(many), cmocka_unit_test(out_of_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
