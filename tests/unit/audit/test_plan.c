/* causey-test: any-user
 * The words of a plan, and what breaks each rule. */
#include "tests/lib/unit.h"

#include "audit/plan.h"

static cy_plan plan_of(const char *words)
{
  cy_plan plan = {0};
  assert_null(cy_plan_parse(&plan, words));
  assert_true(plan.any);
  return plan;
}

static void wrong(const char *words, const char *fix)
{
  cy_plan plan = {0};
  cy_err *err = cy_plan_parse(&plan, words);
  assert_non_null(err);
  assert_int_equal(cy_err_code_get(err), CY_E_USAGE);
  if (fix)
    assert_non_null(strstr(cy_err_fix(err), fix));
  cy_err_free(err);
}

static void reads(void **state)
{
  (void)state;
  cy_plan plan = plan_of("min-rsa=3072,no-sha1,min-days=7");
  assert_true(plan.asked[CY_PLAN_MIN_RSA] && plan.asked[CY_PLAN_NO_SHA1] && plan.asked[CY_PLAN_MIN_DAYS]);
  assert_false(plan.asked[CY_PLAN_NO_MD5]);
  assert_int_equal(plan.limit[CY_PLAN_MIN_RSA], 3072);
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  cy_plan_rule_format(&text, &plan, CY_PLAN_MIN_RSA);
  cy_buf_u8(&text, ' ');
  cy_plan_rule_words(&text, &plan, CY_PLAN_MIN_RSA);
  assert_string_equal(cy_buf_cstr(&text), "min-rsa=3072 RSA keys of at least 3072 bits");
}

static void refuses(void **state)
{
  (void)state;
  wrong("", "min-rsa=N");
  wrong("no-sha2", "no-sha1");
  wrong("min_rsa=2048", "min-rsa");
  wrong("min-rsa", "min-rsa=2048");
  wrong("min-rsa=", NULL);
  wrong("min-rsa=-1", NULL);
  wrong("min-rsa=2048x", NULL);
  wrong("min-rsa=99999999999999999999", NULL);
  wrong("no-dsa=yes", NULL);
  wrong("no-dsa,", NULL);
  wrong(",no-dsa", NULL);
}

enum { NOW = 1000000000 };

static cy_note_cert sound(void)
{
  return (cy_note_cert){.key_type = CY_KEY_RSA,
    .bits = 2048,
    .digest = CY_OID_SHA256,
    .not_before = NOW - 10 * CY_DAY,
    .not_after = NOW + 90 * CY_DAY};
}

static void breaks(const char *words, cy_note_cert cert, bool root, bool does)
{
  cy_plan plan = plan_of(words);
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  cy_plan_rule rule = cy_plan_broken(&plan, &cert, root, NOW);
  assert_int_equal(rule != CY_PLAN_RULES, does);
  if (does)
    cy_plan_broken_words(&text, rule, &cert, NOW);
  assert_int_equal(text.len > 0, does);
}

static void judges_keys(void **state)
{
  (void)state;
  cy_note_cert c = sound();
  breaks("min-rsa=2048", c, false, false);
  breaks("min-rsa=2049", c, false, true);
  breaks("no-rsa", c, false, true);
  breaks("min-ec=9999,no-dsa", c, false, false);
  c.key_type = CY_KEY_EC;
  c.bits = 256;
  breaks("min-rsa=9999,no-rsa,min-ec=256", c, false, false);
  breaks("min-ec=257", c, true, true);
  c.key_type = CY_KEY_DSA;
  breaks("no-dsa", c, false, true);
}

static void judges_the_rest(void **state)
{
  (void)state;
  cy_note_cert c = sound();
  breaks("no-md5,no-sha1", c, false, false);
  c.digest = CY_OID_SHA1;
  breaks("no-md5", c, false, false);
  breaks("no-sha1", c, false, true);
  breaks("no-sha1", c, true, false);
  c.digest = CY_OID_MD5;
  breaks("no-md5", c, false, true);
  breaks("no-sha1", c, false, true);
  breaks("min-days=90,max-days=100", c, false, false);
  breaks("min-days=91", c, false, true);
  breaks("max-days=99", c, false, true);
  breaks("no-self-signed", c, true, true);
  c.is_ca = true;
  breaks("max-days=99", c, false, false);
  breaks("no-self-signed", c, true, false);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(reads), cmocka_unit_test(refuses),
    cmocka_unit_test(judges_keys), cmocka_unit_test(judges_the_rest)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
