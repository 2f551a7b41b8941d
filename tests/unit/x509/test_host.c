/* Which names fit which certificate, and why not. causey-test: any-user */
#include "tests/lib/unit.h"

#include "tests/unit/x509/make_cert.h"
#include "x509/host.h"

static cy_host_result ask(const char *edits, const char *host, unsigned flags)
{
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  cy_cert_view view;
  cy_host_result result;
  make_cert(&der, "server", edits);
  assert_null(cy_cert_view_parse(&view, cy_buf_get(&der)));
  assert_null(cy_host_check(&result, &view, host, flags));
  assert_non_null(result.names);
  assert_true((result.why == CY_HOST_FITS) == (result.text == NULL));
  return result;
}

static cy_host_why why(const char *edits, const char *host, unsigned flags)
{
  cy_host_result result = ask(edits, host, flags);
  cy_host_result_clear(&result);
  return result.why;
}

static void dns_patterns(void **state)
{
  (void)state;
  static const struct {
    const char *pattern;
    const char *host;
    unsigned flags;
    bool fits;
  } cases[] = {
    {"mq1.example", "mq1.example", 0, true},
    {"MQ1.Example", "mq1.example", 0, true},
    {"mq1.example.", "mq1.example", 0, true},
    {"mq1.example", "mq1.example.com", 0, false},
    {"*.example.com", "mq1.example.com", 0, true},
    {"*.example.com", "a.b.example.com", 0, false},
    {"*.example.com", "example.com", 0, false},
    {"*.example.com", ".example.com", 0, false},
    {"*.com", "example.com", 0, false},
    {"*", "example", 0, false},
    {"*.*.example.com", "a.b.example.com", 0, false},
    {"mq.*.example.com", "mq.a.example.com", 0, false},
    {"mq*.example.com", "mq1.example.com", 0, false},
    {"mq*.example.com", "mq1.example.com", CY_HOST_PARTIAL_WILDCARD, true},
    {"*1.example.com", "mq1.example.com", CY_HOST_PARTIAL_WILDCARD, true},
    {"m*1.example.com", "m1.example.com", CY_HOST_PARTIAL_WILDCARD, true},
    {"m*m.example.com", "m.example.com", CY_HOST_PARTIAL_WILDCARD, false},
    {"x*.example.com", "xn--fa-hia.example.com", CY_HOST_PARTIAL_WILDCARD, false},
    {"*.example.com", "xn--fa-hia.example.com", 0, true},
    {"*.com", "example.com", CY_HOST_ANY_LABEL, true},
    {"mq.*.example.com", "mq.a.example.com", CY_HOST_ANY_LABEL, true},
    {"*.example.com", "a.b.example.com", CY_HOST_ANY_LABEL, false},
    {"*.example.com", "example.com", CY_HOST_ANY_LABEL, false},
    {"", "mq1.example", 0, false},
  };
  for (size_t i = 0; i < CY_COUNT(cases); i++)
    if (cy_host_match_dns(cy_span_str(cases[i].pattern), cy_span_str(cases[i].host), cases[i].flags) !=
        cases[i].fits)
      fail_msg("%s and %s", cases[i].pattern, cases[i].host);
}

static void a_labels(void **state)
{
  (void)state;
  static const struct {
    const char *utf8;
    const char *ascii;
  } cases[] = {
    {"MQ1.Example.", "mq1.example"},
    {"b\xc3\xbc"
     "cher.example",
      "xn--bcher-kva.example"},
    {"B\xc3\x9c"
     "CHER.example",
      "xn--bcher-kva.example"},
    {"\xe2\x8c\x98.com", "xn--bih.com"},
    {"\xe4\xbe\x8b\xe3\x81\x88.jp", "xn--r8jz45g.jp"},
    {"xn--bcher-kva.example", "xn--bcher-kva.example"},
    {"", ""},
  };
  for (size_t i = 0; i < CY_COUNT(cases); i++) {
    CY_CLEAN(cy_buf) out = CY_BUF_TEXT;
    cy_host_to_ascii(&out, cy_span_str(cases[i].utf8));
    assert_string_equal(cy_buf_cstr(&out), cases[i].ascii);
  }
}

static void fits(void **state)
{
  (void)state;
  assert_int_equal(why("", "mq1.example", 0), CY_HOST_FITS);
  assert_int_equal(why("names dns=xn--bcher-kva.example",
                     "b\xc3\xbc"
                     "cher.example",
                     0),
    CY_HOST_FITS);
  assert_int_equal(why("names ip=c0000201", "192.0.2.1", 0), CY_HOST_FITS);
  assert_int_equal(why("names ip=20010db8000000000000000000000001", "2001:db8::1", 0), CY_HOST_FITS);
  assert_int_equal(why("names ip=20010db8000000000000000000000001", "[2001:DB8:0::1]", 0), CY_HOST_FITS);
}

/* Each client's own liberty with the common name. */
static void common_name(void **state)
{
  (void)state;
  assert_int_equal(why("-san", "mq1.example", 0), CY_HOST_ONLY_CN);
  assert_int_equal(why("-san", "mq1.example", CY_HOST_CN), CY_HOST_FITS);
  assert_int_equal(why("names ip=c0000201", "mq1.example", CY_HOST_CN), CY_HOST_FITS);
  assert_int_equal(why("names dns=other.example", "mq1.example", CY_HOST_CN), CY_HOST_ONLY_CN);
  assert_int_equal(why("-san;subject CN=192.0.2.1", "192.0.2.1", CY_HOST_CN), CY_HOST_IP_IN_CN);
}

static void reasons(void **state)
{
  (void)state;
  assert_int_equal(why("-san;subject O=Example", "mq1.example", 0), CY_HOST_NO_NAMES);
  assert_int_equal(why("names dns=192.0.2.1", "192.0.2.1", 0), CY_HOST_IP_IN_DNS);
  assert_int_equal(why("", "192.0.2.1", 0), CY_HOST_NO_IP);
  assert_int_equal(why("names ip=c0000202", "192.0.2.1", 0), CY_HOST_OTHER);
  assert_int_equal(why("subject O=x;names ip=c0000202", "mq1.example", 0), CY_HOST_NO_DNS);
  assert_int_equal(why("names dns=*.example.com", "a.b.example.com", 0), CY_HOST_WILDCARD);
  assert_int_equal(why("names dns=*.com", "example.com", 0), CY_HOST_WIDE);
  assert_int_equal(why("names dns=mq2.example", "localhost", 0), CY_HOST_OTHER);
}

static void words(void **state)
{
  (void)state;
  cy_host_result r = ask("names dns=192.0.2.1,dns=mq1.example", "192.0.2.1", 0);
  assert_string_equal(r.names, "DNS 192.0.2.1, DNS mq1.example, common name mq1.example");
  assert_non_null(strstr(r.text, "IP entries only"));
  assert_string_equal(r.request, "subjectAltName = IP:192.0.2.1, DNS:mq1.example");
  cy_host_result_clear(&r);
  assert_null(r.names);
}

static void mailboxes(void **state)
{
  (void)state;
  static const struct {
    const char *email;
    cy_host_why why;
  } cases[] = {
    {"jane@example.org", CY_HOST_FITS},
    {"jane@EXAMPLE.org", CY_HOST_FITS},
    {"Jane@example.org", CY_HOST_OTHER}, /* the part before the @ is the host's own business */
    {"jane@example.com", CY_HOST_OTHER},
    {"jane", CY_HOST_OTHER},
  };
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  cy_cert_view view;
  cy_host_result result;
  make_cert(&der, "email", "");
  assert_null(cy_cert_view_parse(&view, cy_buf_get(&der)));
  for (size_t i = 0; i < CY_COUNT(cases); i++) {
    assert_null(cy_host_check_email(&result, &view, cases[i].email));
    assert_int_equal(result.why, cases[i].why);
    cy_host_result_clear(&result);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(dns_patterns),
    cmocka_unit_test(a_labels),
    cmocka_unit_test(fits),
    cmocka_unit_test(common_name),
    cmocka_unit_test(reasons),
    cmocka_unit_test(words),
    cmocka_unit_test(mailboxes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
