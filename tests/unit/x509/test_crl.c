/* Revocation lists: what is read, and that look-ups find the right entry in a long one. */
#include "tests/lib/unit.h"

#include "base/der.h"
#include "tests/unit/x509/make_cert.h"
#include "tests/unit/x509/sign_cert.h"
#include "x509/codes.h"
#include "x509/crl_scope.h"

enum { LONG = 100000 };

#define NAME "C=GB,O=Example,CN=Example Issuing"

static bool find(const cy_crl *crl, cy_span issuer, const char *serial, cy_crl_entry *entry)
{
  CY_CLEAN(cy_buf) bytes = CY_BUF_TEXT;
  make_hex(&bytes, serial);
  return cy_crl_find(crl, issuer, cy_buf_get(&bytes), entry);
}

static void reads(void **state)
{
  (void)state;
  CY_AUTO(cy_crl) *crl =
    sign_crl(NAME, "20260101000000", "20270101000000", "0a:1 0b 0c:8", NULL, "ec-p256");
  const cy_crl_view *v = cy_crl_get(crl);
  cy_crl_entry entry;
  assert_int_equal(v->version, 2);
  assert_int_equal(v->entry_count, 3);
  assert_int_equal(v->this_update, cy_time_from_civil(2026, 1, 1, 0, 0, 0));
  assert_int_equal(v->next_update, cy_time_from_civil(2027, 1, 1, 0, 0, 0));
  assert_int_equal(v->number.len, 1);
  assert_false(v->is_delta || v->has_idp || v->unknown_critical || v->exts_malformed || v->not_der);
  assert_true(find(crl, v->issuer, "0a", &entry));
  assert_int_equal(entry.reason, CY_REASON_KEY_COMPROMISE);
  assert_string_equal(cy_reason_words(entry.reason), "key compromise");
  assert_int_equal(entry.date, v->this_update);
  assert_true(find(crl, v->issuer, "0b", &entry));
  assert_int_equal(entry.reason, CY_REASON_UNSPECIFIED);
  assert_true(find(crl, v->issuer, "0c", &entry));
  assert_int_equal(entry.reason, CY_REASON_REMOVE);
  assert_false(find(crl, v->issuer, "0d", &entry));
}

/* Entries of another issuer's certificates count for that issuer only. */
static void other_issuer(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) other = CY_BUF_TEXT;
  CY_AUTO(cy_crl) *crl = sign_crl(NAME, "20260101000000", "20270101000000", "0a:1", NULL, "ec-p256");
  cy_crl_entry entry;
  make_name(&other, "C=GB,O=Example,CN=Somebody Else");
  assert_false(find(crl, cy_buf_get(&other), "0a", &entry));
}

static void long_list(void **state)
{
  (void)state;
  CY_AUTO(cy_crl) *crl = sign_long_crl(NAME, LONG, "ec-p256");
  const cy_crl_view *v = cy_crl_get(crl);
  cy_crl_entry entry;
  size_t found = 0;
  assert_int_equal(v->entry_count, LONG);
  for (uint64_t i = 0; i <= LONG + 1; i++) { /* hours, if each went through the list */
    CY_CLEAN(cy_buf) serial = CY_BUF_TEXT;
    cy_der_put_uint(&serial, i);
    cy_span content = cy_span_of(serial.data + 2, serial.len - 2);
    found += cy_crl_find(crl, v->issuer, content, &entry) && cy_span_equal(entry.serial, content);
  }
  assert_int_equal(found, LONG);
}

/* IDP: onlyContainsUserCerts, critical. */
static void scope(void **state)
{
  (void)state;
  CY_AUTO(cy_crl) *users =
    sign_crl(NAME, "20260101000000", "20270101000000", "", "300f0603551d1c0101ff040530038101ff", "ec-p256");
  CY_AUTO(cy_cert) *server = sign_cert("server", "issuer " NAME, "ec-p256", "ec-p256");
  CY_AUTO(cy_cert) *ca = sign_cert("sub", "issuer " NAME, "ec-p256", "ec-p256");
  cy_dist_point plain = {.reasons = CY_REASONS_ALL};
  assert_true(cy_crl_get(users)->has_idp && cy_crl_get(users)->only_users);
  assert_false(cy_crl_get(users)->unknown_critical);
  assert_int_equal(cy_crl_scope(cy_crl_get(users), cy_cert_get(server), &plain), CY_REASONS_ALL);
  assert_int_equal(cy_crl_scope(cy_crl_get(users), cy_cert_get(ca), &plain), 0);
}

static void refuses(void **state)
{
  (void)state;
  cy_crl *crl = NULL;
  CY_AUTO(cy_crl) *good = sign_crl(NAME, "20260101000000", "20270101000000", "0a:1", NULL, "ec-p256");
  cy_span der = cy_crl_get(good)->der;
  for (size_t n = 0; n < der.len; n++) {
    cy_err *err = cy_crl_parse(&crl, cy_span_of(der.data, n));
    assert_int_equal(cy_err_code_get(err), CY_E_X509_CRL_MALFORMED);
    assert_null(crl);
    cy_err_free(err);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(reads),
    cmocka_unit_test(other_issuer),
    cmocka_unit_test(long_list),
    cmocka_unit_test(scope),
    cmocka_unit_test(refuses),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
