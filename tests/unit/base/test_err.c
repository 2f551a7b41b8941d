#include "base/err.h"

#include <errno.h>

#include "tests/unit/base/alloc.h"

static void chains_name_step_and_cause(void **state)
{
  cy_err *err = cy_err_errno(ENOENT, "cannot open %s", "a.pem");
  err = cy_err_wrap(err, CY_E_MALFORMED, "step %d", 7);
  assert_string_equal(cy_err_text(err), "step 7");
  assert_string_equal(cy_err_text(cy_err_cause(err)), "cannot open a.pem: No such file or directory");
  assert_true(cy_err_is(err, CY_E_IO_MISSING));
  assert_false(cy_err_is(err, CY_E_USAGE));
  assert_int_equal(cy_err_code_get(err), CY_E_MALFORMED);
  assert_int_equal(cy_err_exit(err), CY_EXIT_IO);
  cy_err_free(err);
  assert_int_equal(cy_err_exit(NULL), CY_EXIT_OK);
  assert_int_equal(cy_err_code_get(NULL), CY_OK);
  cy_err_free(NULL);
}

static void wrapping_nothing_makes_a_root(void **state)
{
  cy_err *err = cy_err_wrap(NULL, CY_E_USAGE, "x");
  assert_null(cy_err_cause(err));
  cy_err_free(err);
}

static void advice_of_the_nearest_link(void **state)
{
  cy_err *err = cy_err_new(CY_E_IO_DENIED, "root");
  err = cy_err_wrap(err, CY_E_IO, "step");
  assert_string_equal(cy_err_fix(err), cy_err_info_get(CY_E_IO_DENIED)->fix);
  err = cy_err_hint(err, "try %s", "this");
  assert_string_equal(cy_err_fix(err), "try this");
  err = cy_err_hint(err, "%s, or that", cy_err_fix(err));
  assert_string_equal(cy_err_fix(err), "try this, or that");
  err = cy_err_wrap(err, CY_E_IO, "above");
  assert_string_equal(cy_err_fix(err), "try this, or that");
  cy_err_free(err);
  assert_null(cy_err_hint(NULL, "x"));
}

static void system_errors_have_codes(void **state)
{
  static const struct {
    int number;
    cy_err_code code;
  } rows[] = {{ENOENT, CY_E_IO_MISSING}, {ENOTDIR, CY_E_IO_MISSING}, {EACCES, CY_E_IO_DENIED},
    {EROFS, CY_E_IO_DENIED}, {ENOSPC, CY_E_IO_FULL}, {EDQUOT, CY_E_IO_FULL}, {ENOMEM, CY_E_NO_MEMORY},
    {EISDIR, CY_E_IO_KIND}, {EIO, CY_E_IO}};
  for (size_t i = 0; i < CY_COUNT(rows); i++)
    assert_error(cy_err_errno(rows[i].number, "x"), rows[i].code);
}

static void the_table_is_whole(void **state)
{
  int rows = 0;
  for (cy_err_code i = cy_err_code_next(CY_OK); i != CY_E_COUNT; i = cy_err_code_next(i)) {
    rows++;
    const cy_err_info *info = cy_err_info_get((cy_err_code)i);
    assert_non_null(strchr(info->id, '.'));
    assert_int_equal(cy_err_code_find(info->id), i); /* no id twice */
    assert_true(*info->title && *info->fix);
    assert_true(info->exit_code >= CY_EXIT_FINDINGS);
  }
  assert_true(rows > 50); /* all modules' */
  assert_int_equal(cy_err_code_find("no.such"), CY_OK);
  static const cy_err_code gaps[] = {-1, 1, CY_E_END_BASE, CY_E_COUNT - 1, CY_E_COUNT, 99999};
  for (size_t i = 0; i < CY_COUNT(gaps); i++)
    assert_ptr_equal(cy_err_info_get(gaps[i]), cy_err_info_get(CY_E_BUG));
  assert_int_equal(cy_err_info_get(CY_OK)->exit_code, CY_EXIT_OK);
}

static void the_worse_exit_code_wins(void **state)
{
  static const cy_exit order[] = {CY_EXIT_OK, CY_EXIT_FINDINGS, CY_EXIT_USAGE, CY_EXIT_BAD_INPUT,
    CY_EXIT_REFUSED, CY_EXIT_IO, CY_EXIT_CRYPTO, CY_EXIT_BUG};
  for (size_t i = 1; i < CY_COUNT(order); i++) {
    assert_int_equal(cy_exit_worse(order[i], order[i - 1]), order[i]);
    assert_int_equal(cy_exit_worse(order[i - 1], order[i]), order[i]);
  }
}

static bool make_chain(void)
{
  cy_err *err = cy_err_errno(EIO, "a long text: %0*d", 300, 1);
  err = cy_err_hint(cy_err_wrap(err, CY_E_MALFORMED, "above"), "a hint");
  bool whole = cy_err_code_get(err) == CY_E_MALFORMED && strcmp(cy_err_fix(err), "a hint") == 0 &&
               strstr(cy_err_text(cy_err_cause(err)), "Input/output error");
  assert_true(*cy_err_text(err) && *cy_err_fix(err));
  cy_err_free(err);
  return whole;
}

static void without_memory_there_still_is_an_error(void **state)
{
  fail_each_allocation(make_chain);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(chains_name_step_and_cause),
    cmocka_unit_test(wrapping_nothing_makes_a_root),
    cmocka_unit_test(advice_of_the_nearest_link),
    cmocka_unit_test(system_errors_have_codes),
    cmocka_unit_test(the_table_is_whole),
    cmocka_unit_test(the_worse_exit_code_wins),
    cmocka_unit_test(without_memory_there_still_is_an_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
