/* Patterns of addresses and names: what fits, and which is more specific. */
#include "tests/lib/errors.h"

#include "identity/address_pattern.h"
#include "identity/codes.h"

static void fits(void **state)
{
  (void)state;
  static const struct {
    const char *pattern, *address;
    cy_fits wanted;
  } cases[] = {
    {"192.0.2.0", "192.0.2.0", CY_FITS_YES},
    {"192.0.2.0", "192.0.2.1", CY_FITS_NO},
    {"192.0.2.*", "192.0.2.77", CY_FITS_YES},
    {"192.0.*", "192.0.7.77", CY_FITS_YES},
    {"192.0.*", "192.1.7.77", CY_FITS_NO},
    {"192.0.*.2", "192.0.9.2", CY_FITS_YES},
    {"192.0.*.2", "192.0.9.3", CY_FITS_NO},
    {"192.*.2", "192.4.5.2", CY_FITS_YES},
    {"192.*.2", "192.4.5.3", CY_FITS_NO},
    {"*", "192.4.5.3", CY_FITS_YES},
    {"*", NULL, CY_FITS_YES},
    {"192.0.2.1-8", "192.0.2.8", CY_FITS_YES},
    {"192.0.2.1-8", "192.0.2.9", CY_FITS_NO},
    {"192.0.*.1-8", "192.0.33.3", CY_FITS_YES},
    {"192.0.2.1", NULL, CY_FITS_MAYBE},
    {"192.0.2.1", "::ffff:192.0.2.1", CY_FITS_YES},
    {"192.0.2.*", "2001:db8::1", CY_FITS_NO},
    {"2001:DB8:0:0:0:0:0:*", "2001:db8::7", CY_FITS_YES},
    {"2001:*:1", "2001:db8::1", CY_FITS_YES},
    {"2001:*:1", "2001:db8::2", CY_FITS_NO},
    {"2001:DB8:0:0:0:0:0:0-8", "2001:db8::8", CY_FITS_YES},
    {"2001:DB8:0:0:0:0:0:0-8", "2001:db8::9", CY_FITS_NO},
    {"*.example.org", "a.example.org", CY_FITS_YES},
    {"mq.example.org", "MQ.example.org", CY_FITS_YES},
    {"mq.example.org", "b.example.org", CY_FITS_NO},
    {"mq.example.org", "192.0.2.1", CY_FITS_MAYBE},
    {"192.0.2.1", "a.example.org", CY_FITS_MAYBE},
  };
  for (size_t i = 0; i < CY_COUNT(cases); i++) {
    cy_address_pattern p;
    fine(cy_address_pattern_parse(&p, cases[i].pattern));
    cy_fits got = cy_address_pattern_fits(&p, cases[i].pattern, cases[i].address);
    if (got != cases[i].wanted)
      fail_msg("%s against %s: %d", cases[i].pattern, cases[i].address, (int)got);
  }
}

static void refuses(void **state)
{
  (void)state;
  static const char *const wrong[] = {"", "192.0.2", "192.0.2.256", "192.0.2.8-1", "192.0.2.1.5",
    "192..2.1", "1*2.0.0.0", "192.*.*", "2001:db8:1", "2001:db8::1", "2001:g:*", "10000:*", "1-2-3.0.0.0",
    "-1.0.0.0"};
  for (size_t i = 0; i < CY_COUNT(wrong); i++) {
    cy_address_pattern p;
    cy_err *err = cy_address_pattern_parse(&p, wrong[i]);
    if (!err)
      fail_msg("%s is read", wrong[i]);
    fails_with(err, CY_E_IDENTITY_ADDRESS);
  }
}

/* Each is more specific than the next. */
static void orders(void **state)
{
  (void)state;
  static const char *const ranks[] = {"192.0.2.1", "192.0.2.1-4", "192.0.2.1-8", "192.0.2.*", "192.0.*.2",
    "192.0.*", "192.*.2", "192.*", "mq.example.org", "*.example.org", "*.org", "*"};
  for (size_t i = 0; i < CY_COUNT(ranks); i++)
    for (size_t k = 0; k < CY_COUNT(ranks); k++) {
      cy_address_pattern a, b;
      fine(cy_address_pattern_parse(&a, ranks[i]));
      fine(cy_address_pattern_parse(&b, ranks[k]));
      int order = cy_address_pattern_compare(&a, ranks[i], &b, ranks[k]);
      if ((order < 0) != (i < k) || (order > 0) != (i > k))
        fail_msg("%s against %s: %d", ranks[i], ranks[k], order);
    }
}

static void generic_names(void **state)
{
  (void)state;
  static const char *const ranks[] = {"A.B.C", "A.B.*", "A.*.C", "A.*", "*B.C", "*.C", "*"};
  for (size_t i = 0; i < CY_COUNT(ranks); i++) {
    assert_true(cy_generic_match(ranks[i], "A.B.C"));
    assert_true(i == CY_COUNT(ranks) - 1 || !cy_generic_match(ranks[i], "X.Y"));
    for (size_t k = i + 1; k < CY_COUNT(ranks); k++)
      if (cy_generic_compare(ranks[i], ranks[k]) >= 0 || cy_generic_compare(ranks[k], ranks[i]) <= 0)
        fail_msg("%s against %s", ranks[i], ranks[k]);
  }
  assert_true(cy_generic_match("*a*b*", "xxaxxbxx"));
  assert_false(cy_generic_match("*a*b*", "xxbxxaxx"));
  assert_false(cy_generic_match("a.b", "A.B"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(fits), cmocka_unit_test(refuses),
    cmocka_unit_test(orders), cmocka_unit_test(generic_names)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
