#include "tests/lib/unit.h"

#include "tls/code.h"
#include "tls/group.h"
#include "tls/scheme.h"
#include "tls/suite.h"

static void reads_numbers_in_every_way(void **state)
{
  static const char *const good[] = {"C02F", "c02f", "0xC02F", "0xC0,0x2F", "C0,2F"};
  static const char *const bad[] = {"", "C0", "C02", "C02F0", "C02G", "0x", "AES128", ",C02F"};
  uint16_t code;
  for (size_t i = 0; i < CY_COUNT(good); i++) {
    assert_true(cy_tls_code_parse(&code, good[i]));
    assert_int_equal(code, 0xc02f);
  }
  for (size_t i = 0; i < CY_COUNT(bad); i++)
    assert_false(cy_tls_code_parse(&code, bad[i]));
}

/* The first of the names that stand in one field. */
static void first_word(char *out, size_t size, const char *names)
{
  size_t len = strcspn(names, " ");
  assert_true(len < size);
  memcpy(out, names, len);
  out[len] = 0;
}

static void finds_each_suite_by_each_name(void **state)
{
  char word[100];
  assert_true(cy_suite_count > 300);
  for (size_t i = 0; i < cy_suite_count; i++) {
    assert_true(i == 0 || cy_suites[i - 1].code < cy_suites[i].code);
    assert_ptr_equal(cy_suite_get(cy_suites[i].code), &cy_suites[i]);
    for (int n = 0; n < CY_NOTATION_COUNT; n++) {
      if (!cy_suites[i].names[n])
        continue;
      first_word(word, sizeof word, cy_suites[i].names[n]);
      assert_ptr_equal(cy_suite_find(word), &cy_suites[i]);
    }
  }
  assert_null(cy_suite_find("TLS_NO_SUCH"));
  assert_null(cy_suite_get(0xfefe));
  assert_int_equal(cy_suite_find("RC4_SHA_US")->code, 0x0005); /* the second of two names */
}

static void judges_suites(void **state)
{
  static const struct {
    uint16_t code;
    cy_suite_grade grade;
  } cases[] = {{0x1301, CY_SUITE_GOOD}, {0xc02f, CY_SUITE_GOOD}, {0xcca9, CY_SUITE_GOOD},
    {0x009e, CY_SUITE_DATED}, {0xc027, CY_SUITE_DATED}, {0xc013, CY_SUITE_DATED}, {0x1305, CY_SUITE_DATED},
    {0x00a8, CY_SUITE_DATED}, {0x009c, CY_SUITE_WEAK}, {0x0035, CY_SUITE_WEAK}, {0xc012, CY_SUITE_WEAK},
    {0x000a, CY_SUITE_WEAK}, {0xc011, CY_SUITE_BROKEN}, {0x0034, CY_SUITE_BROKEN},
    {0x0003, CY_SUITE_BROKEN}, {0x0009, CY_SUITE_BROKEN}, {0x003b, CY_SUITE_BROKEN},
    {0xc006, CY_SUITE_BROKEN}};
  for (size_t i = 0; i < CY_COUNT(cases); i++) {
    const char *why = NULL;
    assert_int_equal(cy_suite_judge(cy_suite_get(cases[i].code), &why), cases[i].grade);
    assert_non_null(why);
  }
}

static void says_what_the_server_needs(void **state)
{
  assert_non_null(strstr(cy_suite_needs_text(cy_suite_get(0x009c)), "keyEncipherment"));
  assert_non_null(strstr(cy_suite_needs_text(cy_suite_get(0xc02f)), "digitalSignature"));
  assert_non_null(strstr(cy_suite_needs_text(cy_suite_get(0xc02b)), "EC"));
  assert_true(cy_suite_has_forward_secrecy(cy_suite_get(0x1301)));
  assert_false(cy_suite_has_forward_secrecy(cy_suite_get(0x009c)));
}

static void knows_schemes(void **state)
{
  const char *why;
  for (size_t i = 0; i < cy_scheme_count; i++)
    for (int n = 0; n < CY_NOTATION_COUNT; n++)
      if (cy_schemes[i].names[n])
        assert_ptr_equal(cy_scheme_find(cy_schemes[i].names[n]), &cy_schemes[i]);
  assert_int_equal(cy_scheme_find("RSA-PSS+SHA384")->code, 0x0805);
  assert_false(cy_scheme_is_good(cy_scheme_get(0x0201), &why));
  assert_false(cy_scheme_is_good(cy_scheme_get(0x0402), &why));
  assert_true(cy_scheme_is_good(cy_scheme_get(0x0804), &why));
  assert_null(cy_scheme_find("RSA+SHA1024"));
}

static void knows_groups(void **state)
{
  const char *why;
  for (size_t i = 0; i < cy_tls_group_count; i++)
    for (int n = 0; n < CY_NOTATION_GSKIT; n++)
      if (cy_tls_groups[i].names[n])
        assert_ptr_equal(cy_tls_group_find(cy_tls_groups[i].names[n]), &cy_tls_groups[i]);
  assert_int_equal(cy_tls_group_find("prime256v1")->code, 0x0017);
  assert_int_equal(cy_tls_group_find("0017")->code, 0x0017);
  assert_true(cy_tls_group_is_good(cy_tls_group_get(0x001d), &why));
  assert_false(cy_tls_group_is_good(cy_tls_group_get(0x0013), &why));
  assert_false(cy_tls_group_is_good(cy_tls_group_get(0x0100), &why));
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(reads_numbers_in_every_way),
    cmocka_unit_test(finds_each_suite_by_each_name), cmocka_unit_test(judges_suites),
    cmocka_unit_test(says_what_the_server_needs), cmocka_unit_test(knows_schemes),
    cmocka_unit_test(knows_groups)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
