/* One end played alone: what fails with everybody, what does not, and a lack of memory at any place. */
#include "tests/lib/errors.h"

#include "crypto/lib.h"
#include "tls/codes.h"
#include "tls/rehearse.h"

static cy_err *client_of(cy_tls_side **out, unsigned versions, uint16_t suite)
{
  CY_TRY(cy_tls_side_new(out, "client", CY_TLS_CLIENT));
  (*out)->role_known = true;
  (*out)->versions = versions;
  CY_TRY(cy_codes_add(&(*out)->suites, suite));
  (*out)->suites13.set = true;
  return NULL;
}

static cy_err *rehearse(cy_tls_side *side)
{
  cy_tls_rehearsal rehearsal;
  cy_err *err = cy_tls_rehearsal_init(&rehearsal);
  if (!err)
    err = cy_tls_rehearse(&rehearsal, side);
  cy_tls_rehearsal_clear(&rehearsal);
  return err;
}

/* OpenSSL does not begin without a suite for its highest version. */
static void says_what_can_not_begin(void **state)
{
  CY_AUTO(cy_tls_side) *side = NULL;
  (void)state;
  fine(client_of(&side, CY_TLS_BIT(CY_TLS12) | CY_TLS_BIT(CY_TLS13), 0xC02F));
  fine(rehearse(side));
  assert_int_equal(side->findings.count, 1);
  assert_int_equal(side->findings.items[0]->id, CY_F_TLS_NOBODY);
}

static void is_silent_about_the_rest(void **state)
{
  CY_AUTO(cy_tls_side) *side = NULL;
  (void)state;
  fine(client_of(&side, CY_TLS_BIT(CY_TLS12), 0xC02F));
  fine(rehearse(side));
  assert_int_equal(side->findings.count, 0);
  side->versions = CY_TLS_BIT(CY_TLS13);
  side->identity_wrong = true; /* was said already */
  fine(rehearse(side));
  assert_int_equal(side->findings.count, 0);
  side->identity_wrong = false;
  side->clear = true;
  fine(rehearse(side));
  assert_int_equal(side->findings.count, 0);
}

static cy_err *work(void *arg)
{
  CY_AUTO(cy_tls_side) *side = NULL;
  (void)arg;
  CY_TRY(client_of(&side, CY_TLS_BIT(CY_TLS13), 0xC02F));
  return rehearse(side);
}

static void lack_of_memory_is_an_error(void **state)
{
  (void)state;
  memory_ends_anywhere(work, NULL, 10);
}

static int end(void **state)
{
  (void)state;
  cy_lib_end();
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(says_what_can_not_begin),
    cmocka_unit_test(is_silent_about_the_rest), cmocka_unit_test(lack_of_memory_is_an_error)};
  return cmocka_run_group_tests(tests, NULL, end);
}
