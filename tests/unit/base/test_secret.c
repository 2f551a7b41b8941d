#include "base/secret.h"

#include <sys/resource.h>
#include <unistd.h>

#include "tests/unit/base/alloc.h"

static const size_t sizes[] = {0, 1, 63, 64, 511, 512, 4095, 4096, 16383, 16384, 100000};

static void secrets_of_every_size(void **state)
{
  for (size_t i = 0; i < CY_COUNT(sizes); i++) {
    CY_AUTO(cy_secret) *s = NULL;
    assert_no_error(cy_secret_new(&s, sizes[i]));
    assert_int_equal(s->len, 0);
    assert_int_equal(s->cap, sizes[i]);
    for (size_t k = 0; k <= sizes[i]; k++)
      assert_int_equal(s->data[k], 0);
    memset(s->data, 0xaa, sizes[i]);
    s->len = sizes[i];
    assert_int_equal(cy_secret_get(s).len, sizes[i]);
    assert_int_equal(s->data[s->len], 0);
  }
  assert_int_equal(cy_secret_get(NULL).len, 0);
  cy_secret_free(NULL);
}

/* Read where it was: the arena keeps its pages. The first word is the arena's own again. */
static void what_is_freed_is_wiped(void **state)
{
  for (size_t i = 0; sizes[i] < 16384; i++) {
    cy_secret *s;
    assert_no_error(cy_secret_new(&s, sizes[i]));
    const uint8_t *where = s->data;
    memset(s->data, 0xaa, sizes[i]);
    cy_secret_free(s);
    for (size_t k = sizeof(void *); k < sizes[i]; k++)
      assert_int_equal(where[k], 0);
  }
}

static void blocks_are_used_again(void **state)
{
  cy_secret *s, *again;
  assert_no_error(cy_secret_copy(&s, CY_SPAN("a password")));
  assert_memory_equal(s->data, "a password", 11);
  const uint8_t *where = s->data;
  cy_secret_free(s);
  assert_no_error(cy_secret_new(&again, 40));
  assert_ptr_equal(again->data, where);
  for (size_t k = 0; k <= 40; k++)
    assert_int_equal(again->data[k], 0);
  cy_secret_free(again);
}

/* More than one slab: no two share a byte. */
static void many_at_once(void **state)
{
  static cy_secret *all[3000];
  for (size_t i = 0; i < CY_COUNT(all); i++) {
    assert_no_error(cy_secret_new(&all[i], 60));
    memset(all[i]->data, (int)(i % 251), 60);
  }
  for (size_t i = 0; i < CY_COUNT(all); i++)
    for (size_t k = 0; k < 60; k++)
      assert_int_equal(all[i]->data[k], i % 251);
  for (size_t i = 0; i < CY_COUNT(all); i++)
    cy_secret_free(all[i]);
}

static void comparing(void **state)
{
  assert_true(cy_secret_equal(CY_SPAN("abc"), CY_SPAN("abc")));
  assert_true(cy_secret_equal(CY_SPAN_NONE, CY_SPAN("")));
  assert_false(cy_secret_equal(CY_SPAN("abc"), CY_SPAN("abd")));
  assert_false(cy_secret_equal(CY_SPAN("abc"), CY_SPAN("xbc")));
  assert_false(cy_secret_equal(CY_SPAN("abc"), CY_SPAN("ab")));
}

static void too_large(void **state)
{
  cy_secret *s = (cy_secret *)1;
  assert_error(cy_secret_new(&s, CY_MAX_STORE_BYTES + 1), CY_E_TOO_LARGE);
  assert_null(s);
  assert_error(cy_secret_new(&s, SIZE_MAX), CY_E_TOO_LARGE);
}

static bool make(void)
{
  cy_secret *s = NULL;
  cy_err *err = cy_secret_copy(&s, CY_SPAN("x"));
  bool done = !err;
  assert_int_equal(done, s != NULL);
  cy_secret_free(s);
  cy_err_free(err);
  return done;
}

static void failing_memory(void **state)
{
  fail_each_allocation(make);
}

/* Last: the process keeps both. */
static void hardening(void **state)
{
  struct rlimit limit;
  cy_secret_harden_process();
  assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
  assert_int_equal(limit.rlim_cur, 0);
  struct rlimit none = {0, 0};
  assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &none), 0);
  cy_secret *s;
  assert_no_error(cy_secret_new(&s, 100000)); /* root may lock all the same */
  assert_true(geteuid() == 0 || cy_secret_unlocked());
  cy_secret_free(s);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(secrets_of_every_size),
    cmocka_unit_test(what_is_freed_is_wiped),
    cmocka_unit_test(blocks_are_used_again),
    cmocka_unit_test(many_at_once),
    cmocka_unit_test(comparing),
    cmocka_unit_test(too_large),
    cmocka_unit_test(failing_memory),
    cmocka_unit_test(hardening),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
