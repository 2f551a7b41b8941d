/* Alerts under the names that libssl gives them. */
#include "tests/lib/unit.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/sslerr.h>

#include "tls/notation.h"
#include "tls/wire_alert.h"

static void is_in_order_and_whole(void **state)
{
  assert_true(cy_wire_alert_count > 30);
  for (size_t i = 0; i < cy_wire_alert_count; i++) {
    const cy_wire_alert *a = &cy_wire_alerts[i];
    assert_true(i == 0 || cy_wire_alerts[i - 1].number < a->number);
    assert_ptr_equal(cy_wire_alert_get(a->number), a);
    assert_ptr_equal(cy_wire_alert_find(a->name), a);
    assert_true(a->min <= a->max);
    assert_int_equal(a->meaning[strlen(a->meaning) - 1], '.');
  }
}

/* Each number's words as OpenSSL 3 has them; where it has none, so says the table. */
static void agrees_with_libssl(void **state)
{
  for (int n = 0; n <= UINT8_MAX; n++) {
    const cy_wire_alert *a = cy_wire_alert_get((uint8_t)n);
    const char *text = SSL_alert_desc_string_long(n);
    const char *reason = ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, SSL_AD_REASON_OFFSET + n));
    if (strcmp(text, "unknown") != 0) {
      assert_non_null(a);
      assert_string_equal(a->openssl, text);
    }
    if (reason && strncmp(reason, "reason(", 7) != 0) {
      assert_non_null(a);
      assert_string_equal(a->reason, reason);
      assert_ptr_equal(cy_wire_alert_find(reason), a);
    }
  }
}

static void finds_by_any_name(void **state)
{
  assert_int_equal(cy_wire_alert_find("handshake_failure")->number, 40);
  assert_int_equal(cy_wire_alert_find("Handshake Failure")->number, 40);
  assert_int_equal(cy_wire_alert_find("unknown CA")->number, 48);
  assert_int_equal(cy_wire_alert_find("80")->number, 80);
  assert_int_equal(cy_wire_alert_find("0")->number, 0);
  assert_null(cy_wire_alert_find(""));
  assert_null(cy_wire_alert_find("1"));
  assert_null(cy_wire_alert_find("296"));
  assert_null(cy_wire_alert_find("40x"));
  assert_null(cy_wire_alert_find("handshake_fail"));
  assert_null(cy_wire_alert_find("handshake_failures"));
  assert_string_equal(cy_wire_alert_level_name(2), "fatal");
  assert_null(cy_wire_alert_level_name(3));
}

static void knows_when_alerts_came_and_went(void **state)
{
  assert_int_equal(cy_wire_alert_get(116)->min, CY_TLS13);
  assert_int_equal(cy_wire_alert_get(41)->max, CY_SSL3);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(is_in_order_and_whole),
    cmocka_unit_test(agrees_with_libssl),
    cmocka_unit_test(finds_by_any_name),
    cmocka_unit_test(knows_when_alerts_came_and_went),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
