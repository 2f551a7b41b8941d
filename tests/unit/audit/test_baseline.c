/* causey-test: any-user
 * Patterns, what fits which rule, and that no memory is no answer. */
#include "tests/lib/unit.h"

#include "audit/baseline.h"
#include "audit/codes.h"
#include "base/mem.h"
#include "store/codes.h"
#include "x509/codes.h"

static void patterns(void **state)
{
  (void)state;
  static const struct {
    const char *pattern, *text;
    bool fits;
  } rows[] = {{"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "a/b", true}, {"a*", "ab", true},
    {"a*", "b", false}, {"*b", "ab", true}, {"*b*", "abc", true}, {"a?c", "abc", true},
    {"a?c", "ac", false}, {"\\*", "*", true}, {"\\*", "a", false}, {"a\\?", "a?", true},
    {"a\\?", "ab", false}, {"\\\\", "\\", true}, {"a\\", "a\\", true}, {"*a*a*a*b", "aaaaaaaaaaaa", false},
    {"/x/*.key", "/x/y/z.key", true}, {"*\\*z", "aa*z", true}, {"*\\*z", "aaz", false}};
  for (size_t i = 0; i < CY_COUNT(rows); i++)
    if (cy_glob_fits(rows[i].pattern, rows[i].text) != rows[i].fits)
      fail_msg("%s on %s", rows[i].pattern, rows[i].text);
}

static const char text[] =
  "[accept \"key.no-passphrase\"]\nsubject = /a/*\nreason = r\nuntil = 1970-01-02\n"
  "[accept \"key.no-passphrase\"]\nevidence = 77\nreason = r\nuntil = 1970-01-03\n";

static void days_and_evidence(void **state)
{
  (void)state;
  CY_CLEAN(cy_baseline) b;
  CY_CLEAN(cy_findings) list = {0}, said = {0};
  cy_baseline_init(&b);
  assert_null(cy_baseline_parse(&b, "t", cy_span_str(text)));
  cy_finding *in = cy_finding_add(&list, CY_F_KEY_NO_PASSPHRASE, "/a/x", "seen");
  cy_finding *by = cy_finding_add(&list, CY_F_KEY_NO_PASSPHRASE, "/b/x", "seen");
  cy_finding *other = cy_finding_add(&list, CY_F_CERT_EXPIRED, "/a/x", "seen");
  cy_finding_evidence(&list, by, "key", "77");
  assert_true(cy_baseline_accepts(&b, in, 0));
  assert_true(cy_baseline_accepts(&b, in, 2 * CY_DAY - 1));
  assert_false(cy_baseline_accepts(&b, in, 2 * CY_DAY));
  assert_true(cy_baseline_accepts(&b, by, 2 * CY_DAY));
  assert_false(cy_baseline_accepts(&b, other, 0));
  assert_null(cy_baseline_check(&said, &b, 2 * CY_DAY));
  assert_int_equal(said.count, 1);
  assert_int_equal(said.items[0]->id, CY_F_BASELINE_EXPIRED);
}

/* A place in another spelling is the same finding. */
static void places(void **state)
{
  (void)state;
  CY_CLEAN(cy_findings) list = {0};
  cy_finding *a = cy_finding_add(&list, CY_F_KEY_NO_PASSPHRASE, "x", "seen");
  cy_finding *b = cy_finding_add(&list, CY_F_KEY_NO_PASSPHRASE, "/srv/x", "seen");
  assert_true(cy_finding_fingerprint(a) != cy_finding_fingerprint(b));
  cy_finding_set_place(a, cy_strdup("/srv/x"));
  assert_true(cy_finding_fingerprint(a) == cy_finding_fingerprint(b));
  CY_CLEAN(cy_baseline) base;
  CY_CLEAN(cy_buf) out = CY_BUF_TEXT;
  cy_baseline_init(&base);
  cy_baseline_put(&out, a, "2990-01-01", "r");
  assert_null(cy_baseline_parse(&base, "t", cy_buf_get(&out)));
  assert_true(cy_baseline_accepts(&base, b, 0));
}

static size_t allowed;

static bool deny(size_t size, void *arg)
{
  (void)size;
  (void)arg;
  return allowed-- == 0;
}

static void without_memory(void **state)
{
  (void)state;
  bool done = false;
  for (size_t n = 0; n < 200 && !done; n++) {
    CY_CLEAN(cy_baseline) b;
    cy_baseline_init(&b);
    allowed = n;
    cy_mem_hook(deny, NULL);
    cy_err *err = cy_baseline_parse(&b, "t", cy_span_str(text));
    cy_mem_hook(NULL, NULL);
    assert_true(!err || cy_err_is(err, CY_E_NO_MEMORY));
    done = !err;
    cy_err_free(err);
  }
  assert_true(done);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(patterns), cmocka_unit_test(days_and_evidence),
    cmocka_unit_test(places), cmocka_unit_test(without_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
