/* Predictions and what mends them: what random pairs do not reach. */
#include "tests/lib/unit.h"

#include "base/mem.h"
#include "crypto/lib.h"
#include "tls/mend.h"

typedef struct {
  cy_tls_side *client, *server;
  cy_tls_verdicts verdicts;
} ends;

static void must(cy_err *err)
{
  if (err)
    print_message("%s\n", cy_err_text(err));
  assert_null(err);
}

/* Two ends that need no certificate: anonymous suites, at level 0. */
static int set_up(void **state)
{
  ends *e = calloc(1, sizeof *e);
  cy_tls_side **sides[] = {&e->client, &e->server};
  for (int i = 0; i < 2; i++) {
    must(cy_tls_side_new(sides[i], i ? "server" : "client", (cy_tls_role)i));
    (*sides[i])->security_level = 0;
    (*sides[i])->versions = CY_TLS_BIT(CY_TLS12);
    must(cy_codes_add(&(*sides[i])->suites, 0xC019)); /* TLS_ECDH_anon_WITH_AES_256_CBC_SHA */
  }
  cy_tls_verdicts_init(&e->verdicts);
  *state = e;
  return 0;
}

static int tear_down(void **state)
{
  ends *e = *state;
  cy_tls_side_free(e->client);
  cy_tls_side_free(e->server);
  cy_tls_verdicts_clear(&e->verdicts);
  free(e);
  cy_lib_end();
  return 0;
}

static cy_tls_outcome predict(ends *e)
{
  CY_AUTO(cy_tls_terms) *client = NULL;
  CY_AUTO(cy_tls_terms) *server = NULL;
  cy_tls_outcome out;
  must(cy_tls_terms_new(&client, e->client, CY_TLS_CLIENT));
  must(cy_tls_terms_new(&server, e->server, CY_TLS_SERVER));
  must(cy_tls_predict(&out, client, server, &e->verdicts));
  return out;
}

static void anonymous_ends_agree(void **state)
{
  cy_tls_outcome out = predict(*state);
  assert_true(out.agrees);
  assert_int_equal(out.version, CY_TLS12);
  assert_int_equal(cy_suites[out.suite].code, 0xC019);
  assert_int_equal(out.server_identity, -1);
  assert_int_equal(out.alert, CY_TLS_NO_ALERT);
}

static void clear_text_is_no_handshake(void **state)
{
  ends *e = *state;
  e->client->clear = e->server->clear = true;
  cy_tls_outcome out = predict(e);
  assert_true(out.agrees && out.clear);
  e->server->clear = false;
  out = predict(e);
  assert_false(out.agrees);
  assert_int_equal(out.cause, CY_TLS_CAUSE_SIDE_CLEAR);
  assert_int_equal(out.end, CY_TLS_CLIENT);
}

static void a_channel_compares_afterwards(void **state)
{
  ends *e = *state;
  e->server->demand_versions = CY_TLS_BIT(CY_TLS13);
  assert_int_equal(predict(e).cause, CY_TLS_CAUSE_DEMAND_VERSION);
  e->server->demand_versions = CY_TLS_BIT(CY_TLS12);
  assert_true(predict(e).agrees);
  must(cy_codes_add(&e->server->demand_suites, 0xC030));
  assert_int_equal(predict(e).cause, CY_TLS_CAUSE_DEMAND_SUITE);
}

/* One change where one is enough, and nothing for ends that agree. */
static void the_smallest_change_is_found(void **state)
{
  ends *e = *state;
  cy_tls_mends mends;
  must(cy_tls_mend_find(&mends, e->client, e->server, &e->verdicts));
  assert_int_equal(mends.count, 0);
  cy_codes_clear(&e->server->groups);
  must(cy_codes_add(&e->server->groups, 0x0018));
  must(cy_codes_add(&e->client->groups, 0x0017));
  must(cy_tls_mend_find(&mends, e->client, e->server, &e->verdicts));
  assert_int_equal(mends.count, 2);
  for (size_t i = 0; i < mends.count; i++) {
    assert_int_equal(mends.items[i].count, 1);
    assert_int_equal(mends.items[i].changes[0].kind, CY_CHANGE_GROUP_ADD);
  }
  must(cy_tls_mend_apply(&mends.items[0], e->client, e->server));
  assert_true(predict(e).agrees);
}

static void two_changes_when_one_is_not_enough(void **state)
{
  ends *e = *state;
  cy_tls_mends mends;
  e->client->versions = CY_TLS_BIT(CY_TLS11);
  must(cy_codes_add(&e->server->groups, 0x0018));
  must(cy_codes_add(&e->client->groups, 0x0017));
  must(cy_tls_mend_find(&mends, e->client, e->server, &e->verdicts));
  assert_true(mends.count >= 1);
  assert_int_equal(mends.items[0].count, 2);
}

/* What every failing allocation leaves behind is nothing. */
typedef struct {
  long left;
} denial;

static bool deny(size_t size, void *arg)
{
  denial *d = arg;
  (void)size;
  return d->left-- == 0;
}

static cy_err *whole_road(ends *e)
{
  CY_AUTO(cy_tls_terms) *client = NULL;
  CY_AUTO(cy_tls_terms) *server = NULL;
  cy_tls_outcome out;
  cy_tls_mends mends;
  CY_TRY(cy_tls_terms_new(&client, e->client, CY_TLS_CLIENT));
  CY_TRY(cy_tls_terms_new(&server, e->server, CY_TLS_SERVER));
  CY_TRY(cy_tls_predict(&out, client, server, &e->verdicts));
  return cy_tls_mend_find(&mends, e->client, e->server, &e->verdicts);
}

static void lack_of_memory_is_an_error(void **state)
{
  ends *e = *state;
  bool finished = false;
  must(cy_codes_add(&e->server->groups, 0x0018));
  must(cy_codes_add(&e->client->groups, 0x0017));
  must(cy_tls_side_note(e->client, CY_TLS_FIELD_GROUPS, "groups", "P-256", "x.conf", 3));
  for (long n = 0; n < 400 && !finished; n++) {
    denial d = {n};
    cy_mem_hook(deny, &d);
    cy_err *err = whole_road(e);
    cy_mem_hook(NULL, NULL);
    finished = d.left >= 0;
    if (finished)
      must(err);
    else
      assert_non_null(err);
    cy_err_free(err);
  }
}

static void a_setting_that_lost_is_not_in_force(void **state)
{
  ends *e = *state;
  must(cy_tls_side_note(e->client, CY_TLS_FIELD_VERSIONS, "MinProtocol", "TLSv1", "a.cnf", 1));
  must(cy_tls_side_note(e->client, CY_TLS_FIELD_VERSIONS, "MinProtocol", "TLSv1.2", "b.cnf", 7));
  must(cy_tls_side_beat(e->client, CY_TLS_FIELD_VERSIONS, "the later file wins"));
  const cy_tls_setting *setting = cy_tls_side_setting(e->client, CY_TLS_FIELD_VERSIONS);
  assert_string_equal(setting->value, "TLSv1.2");
  assert_false(e->client->settings[0].in_force);
  assert_string_equal(e->client->settings[0].note, "the later file wins");
  CY_AUTO(cy_tls_side) *copy = NULL;
  must(cy_tls_side_copy(&copy, e->client));
  assert_int_equal(copy->setting_count, 2);
  assert_false(copy->settings[0].in_force);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(anonymous_ends_agree, set_up, tear_down),
    cmocka_unit_test_setup_teardown(clear_text_is_no_handshake, set_up, tear_down),
    cmocka_unit_test_setup_teardown(a_channel_compares_afterwards, set_up, tear_down),
    cmocka_unit_test_setup_teardown(the_smallest_change_is_found, set_up, tear_down),
    cmocka_unit_test_setup_teardown(two_changes_when_one_is_not_enough, set_up, tear_down),
    cmocka_unit_test_setup_teardown(lack_of_memory_is_an_error, set_up, tear_down),
    cmocka_unit_test_setup_teardown(a_setting_that_lost_is_not_in_force, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
