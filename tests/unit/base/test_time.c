#include "base/time.h"

#include "tests/unit/base/alloc.h"

static const char *rfc3339(cy_buf *b, cy_time t)
{
  cy_buf_reset(b);
  cy_time_format_rfc3339(b, t);
  return cy_buf_cstr(b);
}

/* Text, type and what it means; NULL: no time. */
static void asn1(void **state)
{
  static const struct {
    const char *text;
    bool generalized, strict;
    const char *means;
  } rows[] = {
    {"491231235959Z", false, true, "2049-12-31T23:59:59Z"},
    {"500101000000Z", false, true, "1950-01-01T00:00:00Z"},
    {"991231235959Z", false, true, "1999-12-31T23:59:59Z"},
    {"000101000000Z", false, true, "2000-01-01T00:00:00Z"},
    {"0001010000Z", false, false, "2000-01-01T00:00:00Z"},
    {"000101000000+0130", false, false, "1999-12-31T22:30:00Z"},
    {"000101000000-0130", false, false, "2000-01-01T01:30:00Z"},
    {"99991231235959Z", true, true, "9999-12-31T23:59:59Z"},
    {"00000101000000Z", true, true, "0000-01-01T00:00:00Z"},
    {"20000229120000Z", true, true, "2000-02-29T12:00:00Z"},
    {"20240229120000.25Z", true, false, "2024-02-29T12:00:00Z"},
    {"19000229000000Z", true, true, NULL},
    {"20230229000000Z", true, true, NULL},
    {"00000101000000+0001", true, false, NULL},
    {"99991231235959-0001", true, false, NULL},
    {"20240101000000.Z", true, false, NULL},
    {"20240101000000", true, false, NULL},
    {"20240101000000ZZ", true, false, NULL},
    {"20241301000000Z", true, false, NULL},
    {"20240001000000Z", true, false, NULL},
    {"20240100000000Z", true, false, NULL},
    {"20240132000000Z", true, false, NULL},
    {"20240101240000Z", true, false, NULL},
    {"20240101006000Z", true, false, NULL},
    {"20240101000060Z", true, false, NULL},
    {"20240101000000+2400", true, false, NULL},
    {"20240101000000+0060", true, false, NULL},
    {"2024010100000Z", true, false, NULL},
    {"-0240101000000Z", true, false, NULL},
    {"2 240101000000Z", true, false, NULL},
    {"000101000000.5Z", false, false, NULL},
    {"", false, false, NULL},
    {"Z", true, false, NULL},
  };
  CY_CLEAN(cy_buf) b = CY_BUF_TEXT;
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    cy_time t = 77;
    bool strict = false;
    bool valid = cy_time_parse_asn1(&t, cy_span_str(rows[i].text), rows[i].generalized, &strict);
    if (valid != (rows[i].means != NULL))
      fail_msg("%s", rows[i].text);
    if (!valid)
      continue;
    assert_string_equal(rfc3339(&b, t), rows[i].means);
    assert_int_equal(strict, rows[i].strict);
    cy_buf_reset(&b);
    cy_time_format_asn1(&b, t, rows[i].generalized);
    if (strict)
      assert_string_equal(cy_buf_cstr(&b), rows[i].text);
  }
}

static void every_truncation(void **state)
{
  static const char text[] = "20240229120000.5+0130";
  for (size_t len = 0; len < sizeof text - 1; len++) {
    cy_time t;
    uint8_t *exact = cy_realloc(cy_memdup(text, len), len);
    assert_false(cy_time_parse_asn1(&t, cy_span_of(exact, len), true, NULL));
    cy_free(exact);
  }
}

static void texts(void **state)
{
  static const struct {
    const char *text, *means;
  } rows[] = {
    {"2026-01-31", "2026-01-31T00:00:00Z"},
    {"2026-01-31T10:00:00Z", "2026-01-31T10:00:00Z"},
    {"2026-01-31t10:00:00z", "2026-01-31T10:00:00Z"},
    {"2026-01-31 10:00", "2026-01-31T10:00:00Z"},
    {"2026-01-31T10:00:00.123Z", "2026-01-31T10:00:00Z"},
    {"2026-01-31T10:00:00+01:00", "2026-01-31T09:00:00Z"},
    {"2026-01-01T00:30:00.5+01:00", "2025-12-31T23:30:00Z"},
    {"2026-12-31T23:30:00-0100", "2027-01-01T00:30:00Z"},
    {"@0", "1970-01-01T00:00:00Z"},
    {"@253402300799", "9999-12-31T23:59:59Z"},
    {"@253402300800", NULL},
    {"@99999999999999999999999", NULL},
    {"@", NULL},
    {"@-1", NULL},
    {"@1x", NULL},
    {"", NULL},
    {"2026", NULL},
    {"2026-1-31", NULL},
    {"2026-02-29", NULL},
    {"2026-01-31Z", NULL},
    {"2026-01-31T", NULL},
    {"2026-01-31T10", NULL},
    {"2026-01-31T10:00:00.Z", NULL},
    {"2026-01-31T24:00:00Z", NULL},
    {"2026-01-31T10:00:60Z", NULL},
    {"2026-01-31T10:00:00+1", NULL},
    {"2026-01-31T10:00:00Zx", NULL},
    {"0000-01-01T00:00:00+00:01", NULL},
    {"9999-12-31T23:59:59-00:01", NULL},
  };
  CY_CLEAN(cy_buf) b = CY_BUF_TEXT;
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    cy_time t = 0;
    if (cy_time_parse(&t, rows[i].text) != (rows[i].means != NULL))
      fail_msg("%s", rows[i].text);
    if (rows[i].means)
      assert_string_equal(rfc3339(&b, t), rows[i].means);
  }
}

/* The first and the last second of every month of all years, both ways. */
static void every_month(void **state)
{
  CY_CLEAN(cy_buf) b = CY_BUF_TEXT;
  for (int month = 0; month < 12 * 10000; month++) {
    cy_time first = cy_time_from_civil(month / 12, month % 12 + 1, 1, 0, 0, 0), back = 0;
    for (int i = 0; i < 2; i++) {
      assert_true(cy_time_parse(&back, rfc3339(&b, first - (month ? i : 0))));
      assert_true(back == first - (month ? i : 0));
    }
  }
  assert_true(cy_time_from_civil(0, 1, 1, 0, 0, 0) == CY_TIME_MIN);
  assert_true(cy_time_from_civil(9999, 12, 31, 23, 59, 59) == CY_TIME_MAX);
}

static void forms(void **state)
{
  CY_CLEAN(cy_buf) b = CY_BUF_TEXT;
  cy_time_format_date(&b, -1);
  assert_string_equal(cy_buf_cstr(&b), "1969-12-31");
  cy_buf_reset(&b);
  setenv("TZ", "XST-1:30", 1);
  cy_time_format_local(&b, 0);
  assert_string_equal(cy_buf_cstr(&b), "1970-01-01 01:30:00 XST");
  /* Whatever the number, writing it is defined. */
  static const cy_time odd[] = {CY_TIME_NONE, INT64_MAX, CY_TIME_MIN - 1, CY_TIME_MAX + 1};
  for (size_t i = 0; i < CY_COUNT(odd); i++) {
    cy_buf_reset(&b);
    cy_time_format_rfc3339(&b, odd[i]);
    cy_time_format_local(&b, odd[i]);
    assert_no_error(cy_buf_check(&b));
    cy_time_format_asn1(&b, odd[i], true);
    assert_error(cy_buf_check(&b), CY_E_BUG);
  }
  cy_buf_reset(&b);
  cy_time_format_asn1(&b, cy_time_from_civil(2050, 1, 1, 0, 0, 0), false);
  assert_error(cy_buf_check(&b), CY_E_BUG);
}

static void days(void **state)
{
  assert_int_equal(cy_time_days(0, CY_DAY), 1);
  assert_int_equal(cy_time_days(0, CY_DAY - 1), 0);
  assert_int_equal(cy_time_days(0, -1), -1);
  assert_int_equal(cy_time_days(CY_DAY, 0), -1);
  assert_int_equal(cy_time_days(CY_TIME_MIN, CY_TIME_MAX), 3652424);
  assert_true(cy_time_now() > cy_time_from_civil(2020, 1, 1, 0, 0, 0));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(asn1),
    cmocka_unit_test(every_truncation),
    cmocka_unit_test(texts),
    cmocka_unit_test(every_month),
    cmocka_unit_test(forms),
    cmocka_unit_test(days),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
