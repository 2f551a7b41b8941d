/* Messages of other products: look-ups, causes, and that every row says where it comes from. */
#include "tests/lib/unit.h"

#include "product/message.h"

static void finds_by_family_and_code(void **state)
{
  (void)state;
  const cy_message *m = cy_message_get("amq", "AMQ9633E");
  assert_non_null(m);
  assert_string_equal(m->family->id, "amq");
  assert_ptr_equal(cy_message_get("amq", "amq9633"), m);
  assert_ptr_equal(cy_message_get("AMQ", "AMQ9633W"), m);
  assert_null(cy_message_get("amq", "AMQ963"));
  assert_null(cy_message_get("amq", "AMQ9633EE"));
  assert_null(cy_message_get("gsk", "AMQ9633E"));
  assert_null(cy_message_get("none", "1"));
  assert_ptr_equal(cy_message_get("alert", "handshake_failure"), cy_message_get("alert", "40"));
  assert_string_equal(cy_message_get("gsk", "434")->code, "434");
  assert_string_equal(cy_message_get("clue", "tls13")->family->id, "clue");
}

static void finds_every_row(void **state)
{
  (void)state;
  for (size_t i = 0; i < cy_message_count; i++) {
    assert_ptr_equal(cy_message_get(cy_messages[i].family->id, cy_messages[i].code), &cy_messages[i]);
    assert_ptr_equal(cy_message_written(cy_messages[i].family, cy_messages[i].code), &cy_messages[i]);
  }
  const cy_message *m = cy_message_get("amq", "AMQ9633E");
  assert_ptr_equal(cy_message_written(m->family, "AMQ9633"), m);
  assert_ptr_equal(cy_message_written(m->family, "AMQ9633W"), m);
  assert_null(cy_message_written(m->family, "AMQ963"));
  assert_null(cy_message_written(m->family, "434"));
}

static void lists_all_families_of_a_number(void **state)
{
  (void)state;
  const cy_message *found[8];
  assert_true(cy_messages_of_code(found, 8, "10") >= 3);
  assert_int_equal(cy_messages_of_code(found, 8, "2397"), 1);
  assert_string_equal(found[0]->family->id, "mqrc");
  assert_int_equal(cy_messages_of_code(found, 8, "99999"), 0);
  assert_true(cy_messages_of_code(found, 1, "10") >= 3);
}

static void says_what_a_product_writes(void **state)
{
  (void)state;
  const cy_message *found[64];
  size_t count = cy_messages_of_cause(found, 64, "suite.none-in-common", "nginx");
  assert_true(count >= 1);
  assert_string_equal(found[0]->code, "no-shared-cipher");
  for (size_t i = 1; i < count; i++)
    assert_true(cy_message_cause_rank(found[i - 1], "suite.none-in-common") <=
                cy_message_cause_rank(found[i], "suite.none-in-common"));
  assert_int_equal(cy_messages_of_cause(found, 1, "chain.ca-unknown", "java"), 1);
  assert_int_equal(cy_messages_of_cause(found, 64, "no.such", "java"), 0);
  assert_int_equal(cy_messages_of_cause(found, 64, "cert.expired", "no-such"), 0);
  assert_true(cy_messages_of_cause(found, 64, "cert.expired", NULL) > 8);
  assert_int_equal(cy_message_cause_rank(cy_message_get("gsk", "434"), "cert.expired"), -1);
}

/* Whatever is said about others says how sure it is, and whence it comes unless it is from memory. */
static void says_where_from(void **state)
{
  (void)state;
  for (size_t i = 0; i < cy_message_count; i++) {
    const cy_message *m = &cy_messages[i];
    assert_int_equal(strlen(m->date), strlen("2026-11-21"));
    assert_true(m->source[0] || strcmp(m->certainty, "memory") == 0);
    assert_true(strlen(m->meaning) > 3);
    assert_true(m->cause_count < 8);
  }
  for (size_t i = 0; i < cy_message_set_count; i++) {
    assert_true(cy_message_sets[i].need_count >= 2);
    assert_true(cy_message_sets[i].cause_count >= 1);
    assert_false(cy_message_sets[i].needs[0].instead);
  }
}

/* A cause that nothing leads to would never be seen. */
static void uses_every_cause(void **state)
{
  (void)state;
  const cy_message *found[1];
  for (size_t i = 0; i < cy_cause_count; i++)
    if (!cy_messages_of_cause(found, 1, cy_causes[i].id, NULL))
      fail_msg("no message has the cause %s", cy_causes[i].id);
}

/* Predictions and tests are tied to these. */
static void keeps_the_promised_ids(void **state)
{
  (void)state;
  static const char *const ids[] = {"suite.none-in-common", "key.type-unfit", "chain.ca-unknown",
    "cert.expired", "cert.name-mismatch", "clientcert.none-sent", "clientcert.issuer-not-asked",
    "scheme.none-in-common", "version.none-in-common", "key.too-small", "digest.too-weak", "usage.unfit",
    "group.none-in-common", "label.missing", "port.not-tls", "mq.channel-version", "mq.cipherspec-differs"};
  for (size_t i = 0; i < CY_COUNT(ids); i++)
    assert_non_null(cy_cause_find(ids[i]));
  assert_null(cy_cause_find("suite"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(finds_by_family_and_code),
    cmocka_unit_test(finds_every_row),
    cmocka_unit_test(lists_all_families_of_a_number),
    cmocka_unit_test(says_what_a_product_writes),
    cmocka_unit_test(says_where_from),
    cmocka_unit_test(uses_every_cause),
    cmocka_unit_test(keeps_the_promised_ids),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
