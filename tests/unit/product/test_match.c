/* Finding messages in lines: codes, texts, numbers in their places, and what must not be taken for one. */
#include "tests/lib/unit.h"

#include "base/mem.h"
#include "product/match.h"

static cy_message_matcher *matcher;

static int set_up(void **state)
{
  (void)state;
  assert_null(cy_message_matcher_new(&matcher));
  return 0;
}

static int tear_down(void **state)
{
  (void)state;
  cy_message_matcher_free(matcher);
  return 0;
}

/* "family:code<" of each hit, separated by blanks; < received, > sent, ? unknown code, ~ only near another.
 */
static const char *in(const char *line)
{
  static char text[512];
  cy_message_hit hits[16];
  size_t count = cy_message_match(matcher, hits, CY_COUNT(hits), cy_span_str(line)), len = 0;
  text[0] = 0;
  for (size_t i = 0; i < count; i++) {
    static const char ways[] = {0, '<', '>'};
    char way[2] = {ways[hits[i].way], 0};
    len += (size_t)snprintf(text + len, sizeof text - len, "%s%s:%s%s%s", i ? " " : "", hits[i].family->id,
      hits[i].message ? hits[i].message->code : "?", way, hits[i].near[0] ? "~" : "");
  }
  return text;
}

static void finds_codes(void **state)
{
  (void)state;
  assert_string_equal(in("AMQ9633E: Bad SSL certificate for channel 'A.B'."), "amq:AMQ9633E");
  assert_string_equal(in("AMQ9633: Bad"), "amq:AMQ9633E");
  assert_string_equal(in("{\"ibm_messageId\":\"AMQ9637E\"}"), "amq:AMQ9637E");
  assert_string_equal(in("+CSQX620E CSQ1 CSQXRESP System SSL error"), "csqx:CSQX620E");
  assert_string_equal(in("AMQ1234E"), "amq:?");
  assert_string_equal(in("XAMQ9633E AMQ96333E AMQ9633EX amq9633e AMQ963"), "");
  assert_string_equal(in("net::ERR_CERT_INVALID"), "chrome:NET::ERR_CERT_INVALID");
  assert_string_equal(in("Error code: SEC_ERROR_UNKNOWN_ISSUER"), "firefox:SEC_ERROR_UNKNOWN_ISSUER");
  assert_string_equal(in("CTGSK3026W The key file"), "ctgsk:CTGSK3026W");
}

static void finds_numbers_in_their_places(void **state)
{
  (void)state;
  assert_string_equal(in("verify error:num=20:unable"), "openssl:20");
  assert_string_equal(in("Verify return code: 19 (self-signed"), "openssl:19");
  assert_string_equal(in("compcode '2' ('MQCC_FAILED') reason '2393' ('MQRC_SSL_INITIALIZATION_ERROR')"),
    "mqrc:2393 mqrc:2393");
  assert_string_equal(in("CC=2;RC=2399;AMQ9640: SSL"), "mqrc:2399 amq:AMQ9640E");
  assert_string_equal(in("RC=2399"), "");
  assert_string_equal(in("CSQX620E function 'gsk_secure_socket_init' RC=514"), "csqx:CSQX620E gsk:514");
  assert_string_equal(in("ArithInsert1(414) ArithInsert2(575010)"), "gsk:414~ gsk:575010~");
  assert_string_equal(in("GSK_ERR 434"), "gsk:434");
  assert_string_equal(in("GSK_ERR 434567"), "");
  assert_string_equal(in("curl: (60) SSL certificate problem"), "curl:60 curl:60");
  assert_string_equal(in("verify error:num="), "");
}

static void tells_the_way(void **state)
{
  (void)state;
  assert_string_equal(in("sslv3 alert handshake failure:SSL alert number 40"), "alert:40< alert:40<");
  assert_string_equal(in("Received fatal alert: handshake_failure"), "alert:40<");
  assert_string_equal(in("SSL3 alert write:fatal:unknown CA"), "alert:48>");
  assert_string_equal(in("TLSv1.3 (OUT), TLS alert, unknown CA (560):"), "alert:48>");
  assert_string_equal(in("TLSv1.3 (IN), TLS alert, certificate required (628):"), "alert:116<");
  assert_string_equal(in("Fatal (CERTIFICATE_UNKNOWN): PKIX path"), "alert:46>");
  assert_string_equal(in("*** Received alert [40]: Handshake failed"), "alert:40<");
}

static void keeps_the_longest(void **state)
{
  (void)state;
  assert_string_equal(in("self-signed certificate in certificate chain"), "openssl:19");
  assert_string_equal(in("x509: certificate has expired or is not yet valid"), "go:expired");
  assert_string_equal(in("CERTIFICATE HAS EXPIRED"), "openssl:10");
  assert_string_equal(in("no shared cipherx"), "");
}

static int lengths(const char *text)
{
  return (int)cy_message_match(matcher, (cy_message_hit[4]){{0}}, 4, cy_span_str(text));
}

/* More hits than there is room for, and what ends in the middle of everything. */
static void stands_full_and_cut_lines(void **state)
{
  (void)state;
  char line[4096] = "";
  for (size_t i = 0; i + 16 < sizeof line; i += 10)
    memcpy(line + i, "AMQ9633E; ", 11);
  assert_int_equal(lengths(line), 4);
  const char *text = "CSQX620E gsk_x RC=514 verify error:num=20: Alert[2|40] curl: (60) x";
  for (size_t len = 0; len <= strlen(text); len++) {
    cy_message_hit hits[8];
    char *copy = memcpy(malloc(len + 1), text, len);
    size_t count = cy_message_match(matcher, hits, 8, cy_span_of(copy, len));
    for (size_t i = 0; i < count; i++)
      assert_true(hits[i].end <= len && hits[i].start < hits[i].end);
    free(copy);
  }
}

/* Every text of the table is found in a line that consists of it. */
static void finds_every_text(void **state)
{
  (void)state;
  for (size_t i = 0; i < cy_message_form_count; i++) {
    const cy_message_form *form = &cy_message_forms[i];
    cy_message_hit hits[8];
    if (form->kind != CY_FORM_TEXT)
      continue;
    size_t count = cy_message_match(matcher, hits, 8, cy_span_str(form->text));
    if (count < 1 || hits[0].message != &cy_messages[form->message])
      fail_msg("'%s' is not found as %s", form->text, cy_messages[form->message].code);
  }
}

static bool deny(size_t size, void *left)
{
  (void)size;
  return (*(size_t *)left)-- == 0;
}

static void survives_failing_memory(void **state)
{
  (void)state;
  bool made = false;
  for (size_t n = 0; !made && n < 20; n++) {
    size_t left = n;
    cy_mem_hook(deny, &left);
    CY_AUTO(cy_message_matcher) *m = NULL;
    CY_AUTO(cy_err) *err = cy_message_matcher_new(&m);
    cy_mem_hook(NULL, NULL);
    made = !err;
    assert_true(!err == (m != NULL));
  }
  assert_true(made);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(finds_codes),
    cmocka_unit_test(finds_numbers_in_their_places),
    cmocka_unit_test(tells_the_way),
    cmocka_unit_test(keeps_the_longest),
    cmocka_unit_test(stands_full_and_cut_lines),
    cmocka_unit_test(finds_every_text),
    cmocka_unit_test(survives_failing_memory),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
