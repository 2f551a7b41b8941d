#include "base/finding.h"

#include "tests/unit/base/alloc.h"

#define ANY CY_F_MEMORY_NOT_LOCKED

static void the_table_is_whole(void **state)
{
  int rows = 0;
  for (cy_finding_id i = cy_finding_next(0); i != CY_F_COUNT; i = cy_finding_next(i)) {
    rows++;
    const cy_finding_info *info = cy_finding_info_get((cy_finding_id)i);
    assert_non_null(strchr(info->id, '.'));
    assert_int_equal(cy_finding_find(info->id), i); /* no id twice */
    assert_true(*info->title && *info->why && *info->fix);
    assert_true(info->severity <= CY_CRITICAL);
  }
  assert_true(rows > 200); /* all modules' */
  assert_int_equal(cy_finding_find("no.such"), CY_F_COUNT);
  static const cy_finding_id gaps[] = {-1, 0, CY_F_END_BASE, CY_F_COUNT, 99999};
  for (size_t i = 0; i < CY_COUNT(gaps); i++)
    assert_string_equal(cy_finding_info_get(gaps[i])->id, "");
}

static void severities(void **state)
{
  cy_severity s = CY_INFO;
  for (int i = CY_INFO; i <= CY_CRITICAL; i++) {
    assert_true(cy_severity_parse(&s, cy_severity_name((cy_severity)i)));
    assert_int_equal(s, i);
  }
  assert_false(cy_severity_parse(&s, "Error"));
  assert_false(cy_severity_parse(&s, ""));
}

static void texts(void **state)
{
  CY_CLEAN(cy_findings) list = {0};
  cy_finding *f = cy_finding_add(&list, ANY, NULL, "%0*d", 600, 7);
  assert_int_equal(strlen(f->what), 600);
  assert_string_equal(f->subject, "");
  assert_int_equal(f->severity, cy_finding_info_get(ANY)->severity);
  assert_string_equal(cy_finding_why(f), cy_finding_info_get(ANY)->why);
  cy_finding_set_why(&list, f, "why %d", 1);
  cy_finding_set_why(&list, f, "%s and %d", cy_finding_why(f), 2);
  assert_string_equal(cy_finding_why(f), "why 1 and 2");
  cy_finding_set_fix(&list, f, "fix");
  cy_finding_set_fix(&list, f, "%s it", cy_finding_fix(f));
  assert_string_equal(cy_finding_fix(f), "fix it");
  for (int i = 0; i < 20; i++)
    cy_finding_evidence(&list, f, "key", "value %d", i);
  assert_int_equal(f->evidence_count, CY_FINDING_EVIDENCE);
  assert_string_equal(f->evidence[0].value, "value 0");
  assert_no_error(cy_findings_check(&list));
}

static cy_finding *add(cy_findings *list, cy_severity severity, const char *subject, const char *evidence)
{
  cy_finding *f = cy_finding_add(list, ANY, subject, "%s", evidence);
  cy_finding_set_severity(f, severity);
  cy_finding_evidence(list, f, "e", "%s", evidence);
  return f;
}

/* Whatever the order that they came in, they leave in one order. */
static void sorting(void **state)
{
  static const struct {
    cy_severity severity;
    const char *subject, *evidence;
  } rows[] = {{CY_CRITICAL, "b", "1"}, {CY_WARNING, "a", "1"}, {CY_WARNING, "a", "2"},
    {CY_WARNING, "b", "1"}, {CY_INFO, "", "0"}};
  for (size_t first = 0; first < CY_COUNT(rows); first++) {
    for (size_t step = 1; step < CY_COUNT(rows); step++) {
      CY_CLEAN(cy_findings) list = {0};
      for (size_t i = 0; i < CY_COUNT(rows); i++) {
        size_t r = (first + i * step) % CY_COUNT(rows);
        add(&list, rows[r].severity, rows[r].subject, rows[r].evidence);
      }
      cy_findings_sort(&list);
      for (size_t i = 0; i < CY_COUNT(rows); i++) {
        assert_string_equal(list.items[i]->subject, rows[i].subject);
        assert_string_equal(list.items[i]->evidence[0].value, rows[i].evidence);
      }
      assert_int_equal(cy_findings_worst(&list), CY_CRITICAL);
    }
  }
}

static void moving(void **state)
{
  CY_CLEAN(cy_findings) to = {0}, from = {0};
  assert_int_equal(cy_findings_worst(&to), -1);
  cy_findings_sort(&to);
  cy_findings_move(&to, &from);
  assert_int_equal(to.count, 0);
  cy_finding *kept = add(&from, CY_INFO, "a", "1");
  for (int i = 0; i < 20; i++)
    add(&from, CY_INFO, "b", "2");
  add(&to, CY_INFO, "c", "3");
  cy_findings_move(&to, &from);
  assert_int_equal(from.count, 0);
  assert_int_equal(to.count, 22);
  assert_ptr_equal(to.items[1], kept);
  from.failed = true;
  cy_findings_move(&to, &from);
  assert_error(cy_findings_check(&to), CY_E_NO_MEMORY);
}

static void fingerprints(void **state)
{
  CY_CLEAN(cy_findings) list = {0};
  uint64_t prints[] = {
    cy_finding_fingerprint(add(&list, CY_INFO, "a", "1")),
    cy_finding_fingerprint(add(&list, CY_INFO, "a", "2")),
    cy_finding_fingerprint(add(&list, CY_INFO, "b", "1")),
    cy_finding_fingerprint(add(&list, CY_INFO, "a1", "")),
    cy_finding_fingerprint(cy_finding_add(&list, ANY, "a", "x")),
  };
  for (size_t i = 0; i < CY_COUNT(prints); i++)
    for (size_t k = 0; k < i; k++)
      assert_true(prints[i] != prints[k]);
  cy_finding *same = add(&list, CY_CRITICAL, "a", "1");
  cy_finding_evidence(&list, same, "more", "x");
  assert_true(cy_finding_fingerprint(same) == prints[0]);
}

static bool collect(void)
{
  CY_CLEAN(cy_findings) list = {0}, other = {0};
  for (int i = 0; i < 10; i++) {
    cy_finding *f = add(i % 2 ? &other : &list, CY_WARNING, "subject", "evidence");
    cy_finding_set_why(&list, f, "why");
    cy_finding_set_fix(&list, f, "fix");
  }
  cy_findings_move(&list, &other);
  cy_findings_sort(&list);
  cy_err *err = cy_findings_check(&list);
  bool done = !err && list.count == 10;
  cy_err_free(err);
  return done;
}

static void failing_memory(void **state)
{
  fail_each_allocation(collect);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_table_is_whole),
    cmocka_unit_test(severities),
    cmocka_unit_test(texts),
    cmocka_unit_test(sorting),
    cmocka_unit_test(moving),
    cmocka_unit_test(fingerprints),
    cmocka_unit_test(failing_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
