/* Records and the joining of messages, from what libssl sends and from bytes made wrong. */
#include "tests/unit/tls/capture.h"

#include "tests/lib/unit.h"

#include "base/mem.h"
#include "tls/codes.h"
#include "tls/notation.h"

/* "C1" a client's ClientHello, "sX22" a sealed record of the server's, "cC" ChangeCipherSpec, "cA2.40" an
 * alert. */
static void write_down(const cy_wire_event *e, void *arg)
{
  cy_buf *log = arg;
  const char *end = e->from == CY_WIRE_CLIENT ? "c" : "s";
  if (log->len)
    cy_buf_u8(log, ' ');
  switch (e->kind) {
  case CY_WIRE_MESSAGE:
    cy_buf_printf(log, "%s%u", end, e->msg_type);
    break;
  case CY_WIRE_CHANGE_CIPHER:
    cy_buf_printf(log, "%sC", end);
    break;
  case CY_WIRE_ALERT:
    cy_buf_printf(log, "%sA%u.%u", end, e->level, e->description);
    break;
  case CY_WIRE_SEALED:
    cy_buf_printf(log, "%sX%u", end, e->type);
    break;
  case CY_WIRE_DATA:
    cy_buf_printf(log, "%sD", end);
    break;
  case CY_WIRE_SSL2_HELLO:
    cy_buf_printf(log, "%s2", end);
    break;
  default:
    cy_buf_printf(log, "%s?", end);
  }
}

/* The events of a handshake, the same however its bytes come. */
static void expect(const capture_setup *setup, bool done, const char *want)
{
  static const size_t pieces[] = {0, 1, 3, 5, 7, 100, 1000};
  capture c;
  capture_run(&c, setup);
  assert_int_equal(c.done, done);
  for (size_t i = 0; i < CY_COUNT(pieces); i++) {
    CY_CLEAN(cy_buf) log = CY_BUF_TEXT;
    capture_read(&c, pieces[i], write_down, &log);
    assert_string_equal(cy_buf_cstr(&log), want);
  }
  capture_clear(&c);
}

static void reads_every_version(void **state)
{
  static const int old[] = {TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION};
  for (size_t i = 0; i < CY_COUNT(old); i++) {
    capture_setup s = {
      .min = old[i], .max = old[i], .ciphers = "ECDHE-RSA-AES128-SHA:@SECLEVEL=0", .data = true};
    /* TLS 1.0 sends an empty record before the data, since its initial vectors can be foreseen. */
    expect(&s, true,
      old[i] == TLS1_VERSION ? "c1 s2 s11 s12 s14 c16 cC cX22 s4 sC sX22 cX23 cX23 cX21"
                             : "c1 s2 s11 s12 s14 c16 cC cX22 s4 sC sX22 cX23 cX21");
  }
  capture_setup s13 = {.min = TLS1_3_VERSION, .data = true};
  expect(&s13, true, "c1 s2 sC sX23 sX23 sX23 sX23 cC cX23 sX23 sX23 cX23 cX23");
}

static void reads_client_certificates_and_resumption(void **state)
{
  SSL_SESSION *session = NULL;
  capture_setup s = {.max = TLS1_2_VERSION, .client_auth = true, .session = &session};
  expect(&(capture_setup){.max = TLS1_2_VERSION, .client_auth = true}, true,
    "c1 s2 s11 s12 s13 s14 c11 c16 c15 cC cX22 s4 sC sX22");
  capture c;
  capture_run(&c, &s);
  capture_clear(&c);
  expect(&(capture_setup){.max = TLS1_2_VERSION, .client_auth = true, .resume = session}, true,
    "c1 s2 sC sX22 cC cX22");
  SSL_SESSION_free(session);
}

/* The second ClientHello goes in clear, though ChangeCipherSpec was before it. */
static void reads_a_second_hello(void **state)
{
  capture_setup s = {.groups = "X25519:P-256", .server_groups = "P-256"};
  expect(&s, true, "c1 s2 sC cC c1 s2 sX23 sX23 sX23 sX23 cX23 sX23 sX23");
}

static void reads_alerts(void **state)
{
  capture_setup none = {.max = TLS1_2_VERSION,
    .ciphers = "ECDHE-RSA-AES128-GCM-SHA256",
    .server_ciphers = "ECDHE-RSA-AES256-GCM-SHA384"};
  expect(&none, false, "c1 sA2.40");
  capture_setup bad = {.max = TLS1_2_VERSION, .client_auth = true, .bad_client = true};
  expect(&bad, false, "c1 s2 s11 s12 s13 s14 c11 c16 cC cX22 sA2.40");
}

/* One direction alone, as a tap that was started late may see it. */
static void reads_one_end_alone(void **state)
{
  capture c;
  CY_CLEAN(cy_buf) log = CY_BUF_TEXT;
  capture_run(&c, &(capture_setup){.groups = "X25519:P-256", .server_groups = "P-256"});
  for (size_t i = 0; i < c.count; i++)
    if (c.from[i] == CY_WIRE_SERVER)
      cy_buf_clear(&c.bytes[i]);
  capture_read(&c, 0, write_down, &log);
  assert_string_equal(cy_buf_cstr(&log), "c1 cC c1 cX23");
  capture_clear(&c);
}

/* A second handshake on a connection is sealed to the last record, ChangeCipherSpec too. */
static void reads_renegotiation(void **state)
{
  static const char bytes[] =
    "\x14\3\3\0\1\1\x16\3\3\0\4seal\x16\3\3\0\4seal\x14\3\3\0\4seal\x17\3\3\0\4seal";
  cy_wire wire;
  cy_wire_event e;
  bool found;
  cy_wire_init(&wire);
  cy_wire_give(&wire, CY_WIRE_CLIENT, CY_SPAN(bytes));
  for (int i = 0; i < 5; i++) {
    assert_null(cy_wire_next(&wire, &e, &found));
    assert_true(found);
    assert_int_equal(e.kind, i == 0 ? CY_WIRE_CHANGE_CIPHER : CY_WIRE_SEALED);
  }
  cy_wire_clear(&wire);
}

/* Gives all, and wants this error. */
static void expect_error(cy_wire_end from, cy_span bytes, cy_err_code code, const char *part)
{
  cy_wire wire;
  cy_wire_event event;
  bool found = true;
  cy_err *err = NULL;
  cy_wire_init(&wire);
  cy_wire_give(&wire, from, bytes);
  while (!err && found)
    err = cy_wire_next(&wire, &event, &found);
  if (!err)
    err = cy_wire_finish(&wire, from);
  assert_non_null(err);
  assert_int_equal(cy_err_code_get(err), code);
  if (!strstr(cy_err_text(err), part))
    fail_msg("\"%s\" does not say \"%s\"", cy_err_text(err), part);
  cy_err_free(err);
  /* After an error that end is silent. */
  if (wire.ends[from].dead) {
    cy_wire_give(&wire, from, bytes);
    assert_null(cy_wire_next(&wire, &event, &found));
    assert_false(found);
    assert_null(cy_wire_finish(&wire, from));
  }
  cy_wire_clear(&wire);
}

static void names_what_is_not_tls(void **state)
{
  const cy_err_code no = CY_E_TLS_NOT_TLS;
  expect_error(CY_WIRE_SERVER, CY_SPAN("HTTP/1.1 400 Bad Request\r\n"), no, "HTTP server");
  expect_error(CY_WIRE_SERVER, CY_SPAN("220 mail.example ESMTP\r\n"), no, "STARTTLS");
  expect_error(CY_WIRE_SERVER, CY_SPAN("SSH-2.0-OpenSSH"), no, "SSH");
  expect_error(CY_WIRE_SERVER, CY_SPAN("TSH \0\0"), no, "queue manager");
  expect_error(CY_WIRE_SERVER, CY_SPAN("0\x0c\x02\x01\x01\x61\x07"), no, "LDAP");
  expect_error(CY_WIRE_SERVER, CY_SPAN("J\0\0\0\n8.0.3"), no, "MySQL");
  expect_error(CY_WIRE_SERVER, CY_SPAN("N"), no, "PostgreSQL");
  expect_error(CY_WIRE_CLIENT, CY_SPAN("GET / HTTP/1.1"), no, "HTTP request");
  expect_error(CY_WIRE_CLIENT, CY_SPAN("\x16\xfe\xff\0\0\0\0"), no, "DTLS");
  expect_error(CY_WIRE_SERVER, CY_SPAN("whatever"), no, "not TLS");
}

static void refuses_wrong_records(void **state)
{
  const cy_err_code record = CY_E_TLS_RECORD_MALFORMED, message = CY_E_TLS_MESSAGE_MALFORMED;
  expect_error(CY_WIRE_SERVER, CY_SPAN("\x15\3\3\0\2\2\x28HTTP/"), record, "record 1 (at byte 7");
  expect_error(CY_WIRE_SERVER, CY_SPAN("\x16\3\3\x48\1xxxx"), record, "longer than a record");
  expect_error(CY_WIRE_SERVER, CY_SPAN("\x16\3\3\0\0"), record, "without content");
  expect_error(CY_WIRE_SERVER, CY_SPAN("\x15\3\3\0\1\2"), record, "two bytes");
  expect_error(CY_WIRE_SERVER, CY_SPAN("\x15\3\3\0\3\2\x28\2"), record, "two bytes");
  expect_error(CY_WIRE_SERVER, CY_SPAN("\x14\3\3\0\1\2"), record, "ChangeCipherSpec");
  expect_error(CY_WIRE_SERVER, CY_SPAN("\x16\3\3\0\4\x0b\4\0\0"), message, "a Certificate that says");
  expect_error(
    CY_WIRE_SERVER, CY_SPAN("\x16\3\3\0\6\x0b\0\0\7xx\x14\3\3\0\1\1"), record, "between the fragments");
  expect_error(CY_WIRE_SERVER, CY_SPAN("\x16\3\3\0\6\x0b\0\0\7xx"), message, "middle of a Certificate");
  expect_error(CY_WIRE_SERVER, CY_SPAN("\x16\3\3\0\6\x0b"), record, "middle of record 0, after 6 bytes");
  expect_error(CY_WIRE_SERVER, CY_SPAN("\x16\3\3"), record, "middle of record 0");
  expect_error(CY_WIRE_CLIENT, CY_SPAN("\x80\2\1\3\1"), record, "too short");
}

static void reads_ssl2_hellos(void **state)
{
  cy_wire wire;
  cy_wire_event event;
  bool found;
  cy_wire_init(&wire);
  cy_wire_give(
    &wire, CY_WIRE_CLIENT, CY_SPAN("\x80\x1c\1\3\1\0\3\0\0\0\x10\0\0\x2f 0123456789abcde\x15\3\1\0\2\1\0"));
  assert_null(cy_wire_next(&wire, &event, &found));
  assert_true(found);
  assert_int_equal(event.kind, CY_WIRE_SSL2_HELLO);
  assert_int_equal(event.body.len, 30);
  assert_null(cy_wire_next(&wire, &event, &found));
  assert_true(found && event.kind == CY_WIRE_ALERT && event.offset == 30);
  cy_wire_clear(&wire);
}

/* What was opened is joined as what came in clear. */
static void takes_opened_records(void **state)
{
  cy_wire wire;
  cy_wire_event e;
  bool found;
  cy_wire_init(&wire);
  cy_wire_give(&wire, CY_WIRE_SERVER, CY_SPAN("\x17\3\3\0\3xxx\x17\3\3\0\3yyy"));
  assert_null(cy_wire_next(&wire, &e, &found));
  assert_true(found && e.kind == CY_WIRE_SEALED);
  assert_memory_equal(e.header.data, "\x17\3\3\0\3", 5);
  cy_wire_opened(&wire, CY_RECORD_HANDSHAKE, CY_SPAN("\x08\0\0\2\0\0\x14\0\0\2x"));
  assert_null(cy_wire_next(&wire, &e, &found));
  assert_true(found && e.kind == CY_WIRE_MESSAGE && e.msg_type == CY_MSG_ENCRYPTED_EXTENSIONS && e.opened);
  assert_null(cy_wire_next(&wire, &e, &found));
  assert_true(found && e.kind == CY_WIRE_SEALED && e.record == 1);
  cy_wire_opened(&wire, CY_RECORD_HANDSHAKE, CY_SPAN("y"));
  assert_null(cy_wire_next(&wire, &e, &found));
  assert_true(found && e.msg_type == CY_MSG_FINISHED && e.records == 2 && e.record == 0);
  assert_memory_equal(e.whole.data, "\x14\0\0\2xy", 6);
  assert_null(cy_wire_next(&wire, &e, &found));
  assert_false(found);
  cy_wire_clear(&wire);
}

static void wants_events_taken(void **state)
{
  cy_wire wire;
  cy_wire_event e;
  bool found;
  cy_wire_init(&wire);
  cy_wire_give(&wire, CY_WIRE_SERVER, CY_SPAN("\x15\3\3\0\2\2\x28"));
  cy_wire_give(&wire, CY_WIRE_SERVER, CY_SPAN("\x15\3\3\0\2\2\x28"));
  cy_err *err = cy_wire_next(&wire, &e, &found);
  assert_int_equal(cy_err_code_get(err), CY_E_BUG);
  cy_err_free(err);
  cy_wire_clear(&wire);
}

static bool deny_nth(size_t size, void *arg)
{
  return (*(int *)arg)-- == 0;
}

/* A message in pieces needs memory: each refusal is an error, and nothing leaks. */
static void bears_no_memory(void **state)
{
  static const char bytes[] = "\x16\3\3\0\6\x0b\0\0\7xx\x16\3\3\0\5yyyyy";
  for (int nth = 0; nth < 8; nth++) {
    cy_wire wire;
    cy_wire_event e;
    bool found = false;
    int left = nth;
    cy_err *err = NULL;
    cy_wire_init(&wire);
    cy_mem_hook(deny_nth, &left);
    for (size_t i = 0; i < sizeof bytes - 1 && !err; i++) {
      cy_wire_give(&wire, CY_WIRE_SERVER, cy_span_of(bytes + i, 1));
      err = cy_wire_next(&wire, &e, &found);
    }
    cy_mem_hook(NULL, NULL);
    assert_true(left >= 0 ? found && !err : cy_err_code_get(err) == CY_E_NO_MEMORY);
    cy_err_free(err);
    cy_wire_clear(&wire);
  }
}

static void names_types(void **state)
{
  assert_string_equal(cy_wire_record_name(22), "handshake");
  assert_null(cy_wire_record_name(19));
  assert_null(cy_wire_record_name(25));
  assert_string_equal(cy_wire_message_name(2), "ServerHello");
  assert_string_equal(cy_wire_message_name(254), "MessageHash");
  assert_null(cy_wire_message_name(3));
  assert_null(cy_wire_message_name(255));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(reads_every_version),
    cmocka_unit_test(reads_client_certificates_and_resumption),
    cmocka_unit_test(reads_a_second_hello),
    cmocka_unit_test(reads_alerts),
    cmocka_unit_test(reads_one_end_alone),
    cmocka_unit_test(reads_renegotiation),
    cmocka_unit_test(names_what_is_not_tls),
    cmocka_unit_test(refuses_wrong_records),
    cmocka_unit_test(reads_ssl2_hellos),
    cmocka_unit_test(takes_opened_records),
    cmocka_unit_test(wants_events_taken),
    cmocka_unit_test(bears_no_memory),
    cmocka_unit_test(names_types),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
