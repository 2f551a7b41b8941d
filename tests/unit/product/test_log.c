/* Logs: what belongs together, how often it comes, encodings, long lines, rubbish, and what it all means.
 */
#include "tests/lib/unit.h"

#include "base/buf.h"
#include "base/mem.h"
#include "product/log.h"

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

static cy_log *log_of(const void *text, size_t len, size_t step)
{
  cy_log *log = NULL;
  assert_null(cy_log_new(&log, matcher));
  assert_null(cy_log_begin(log, "a.log"));
  for (size_t at = 0; at < len; at += step)
    assert_null(cy_log_feed(log, cy_span_of((const char *)text + at, len - at < step ? len - at : step)));
  assert_null(cy_log_end(log));
  return log;
}

static const cy_log_case *only(cy_log *log)
{
  const cy_log_report *report = cy_log_finish(log);
  assert_int_equal(report->case_count, 1);
  return &report->cases[0];
}

static bool has(const cy_log_case *one, const char *family, const char *code)
{
  for (size_t i = 0; i < one->item_count; i++)
    if (one->items[i].message == cy_message_get(family, code))
      return true;
  return false;
}

#define ENTRY(time, code)                                                                                  \
  "11/21/26 " time " - Process(1.5) User(mqm)\n  Host(h)\n  ArithInsert1(414) ArithInsert2(575010)\n" code \
  ": text\n"
static const char queue_manager[] = ENTRY("10:00:01", "AMQ9633E") ENTRY(
  "10:00:01", "AMQ9999E") "11/21/26 10:00:30 - Process(1.5)\nAMQ9002I: fine\n" ENTRY("10:05:01", "AMQ9633E")
  ENTRY("10:05:02", "AMQ9999E");

static void groups_what_belongs_together(void **state)
{
  (void)state;
  CY_AUTO(cy_log) *log = log_of(queue_manager, sizeof queue_manager - 1, 7);
  const cy_log_case *one = only(log);
  assert_int_equal(one->count, 2);
  assert_int_equal(one->first_line, 3);
  assert_int_equal(one->final_line, 18);
  assert_string_equal(one->first_time, "11/21/26 10:00:01");
  assert_string_equal(one->last_time, "11/21/26 10:05:02");
  assert_true(has(one, "amq", "AMQ9633E") && has(one, "amq", "AMQ9999E") && has(one, "gsk", "414"));
  const cy_log_report *report = cy_log_finish(log);
  assert_int_equal(report->unknown_count, 1);
  assert_string_equal(report->unknown[0].code, "AMQ9002I");
  assert_int_equal(report->lines, 18);
}

static void judges_by_the_whole(void **state)
{
  (void)state;
  CY_AUTO(cy_log) *log = log_of(queue_manager, sizeof queue_manager - 1, 1000);
  cy_log_verdict v;
  cy_log_judge(&v, only(log));
  assert_int_equal(v.set_count, 1);
  assert_string_equal(v.sets[0]->id, "mq.no-chain");
  assert_string_equal(v.causes[0].cause->id, "chain.ca-unknown");
  for (size_t i = 1; i < v.cause_count; i++)
    assert_true(v.causes[i].weight <= v.causes[i - 1].weight);
}

/* The numbers in a header count only where a message of TLS comes with them. */
static void leaves_numbers_alone_that_mean_something_else(void **state)
{
  (void)state;
  static const char text[] =
    "11/21/26 10:00:01 - Process(1.5)\nArithInsert1(414) ArithInsert2(8)\nAMQ8003I: x\n";
  CY_AUTO(cy_log) *log = log_of(text, sizeof text - 1, 1000);
  assert_int_equal(cy_log_finish(log)->case_count, 0);
}

static void tells_connections_apart(void **state)
{
  (void)state;
  static const char text[] =
    "2026/11/21 10:00:00 [info] 9#9: *7 SSL_do_handshake() failed (SSL: error:0A0000C1:SSL routines::no "
    "shared cipher)\n"
    "2026/11/21 10:00:00 [info] 9#9: *8 client sent no required SSL certificate while reading\n"
    "2026/11/21 10:00:00 [info] 9#9: *9 SSL_do_handshake() failed (SSL: error:0A0000C1:SSL routines::no "
    "shared cipher)\n";
  CY_AUTO(cy_log) *log = log_of(text, sizeof text - 1, 1000);
  const cy_log_report *report = cy_log_finish(log);
  assert_int_equal(report->case_count, 2);
  assert_int_equal(report->cases[0].count, 2);
  assert_true(has(&report->cases[0], "openssl", "no-shared-cipher"));
  assert_true(has(&report->cases[1], "nginx", "400-no-certificate"));
}

static void tells_who_refused(void **state)
{
  (void)state;
  static const struct {
    const char *text;
    cy_message_refused relative;
    cy_message_end refused;
  } rows[] = {
    {"Received fatal alert: handshake_failure\n", CY_REFUSED_THERE, CY_END_EITHER},
    {"SSL3 alert write:fatal:unknown CA\n", CY_REFUSED_HERE, CY_END_EITHER},
    {"curl: (60) SSL certificate problem: certificate has expired\n", CY_REFUSED_HERE, CY_END_CLIENT},
    {"curl: (56) sslv3 alert bad certificate\n", CY_REFUSED_THERE, CY_END_SERVER},
    {"AMQ9637E: Channel is lacking a certificate.\n", CY_REFUSED_HERE, CY_END_SERVER},
  };
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    CY_AUTO(cy_log) *log = log_of(rows[i].text, strlen(rows[i].text), 1000);
    cy_log_verdict v;
    cy_log_judge(&v, only(log));
    assert_int_equal(v.relative, rows[i].relative);
    assert_int_equal(v.refused, rows[i].refused);
  }
}

/* The log of the server and that of the client say more than each of them. */
static void puts_both_ends_together(void **state)
{
  (void)state;
  static const char *const texts[] = {
    "AMQ9631E: The CipherSpec differs\n", "x\nAMQ9641E: Remote CipherSpec error\n"};
  CY_AUTO(cy_log) *log = NULL;
  assert_null(cy_log_new(&log, matcher));
  for (size_t i = 0; i < 2; i++) {
    assert_null(cy_log_begin(log, i ? "client" : "server"));
    assert_null(cy_log_feed(log, cy_span_str(texts[i])));
    assert_null(cy_log_end(log));
  }
  const cy_log_report *report = cy_log_finish(log);
  assert_int_equal(report->case_count, 2);
  cy_log_verdict v;
  cy_log_judge(&v, &report->cases[0]);
  assert_int_equal(v.set_count, 0);
  cy_log_judge_all(&v, report);
  assert_int_equal(v.set_count, 1);
  assert_string_equal(v.sets[0]->id, "mq.version-refused");
  assert_string_equal(v.causes[0].cause->id, "mq.channel-version");
}

static void as_utf16(cy_buf *out, const char *text, bool little, bool mark)
{
  if (mark)
    cy_buf_put(out, little ? "\xff\xfe" : "\xfe\xff", 2);
  for (; *text; text++) {
    cy_buf_u8(out, little ? (uint8_t)*text : 0);
    cy_buf_u8(out, little ? 0 : (uint8_t)*text);
  }
}

static void reads_utf16(void **state)
{
  (void)state;
  for (int way = 0; way < 4; way++) {
    CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
    as_utf16(&text, queue_manager, way & 1, way & 2);
    CY_AUTO(cy_log) *log = log_of(text.data, text.len, 333);
    assert_int_equal(only(log)->count, 2);
  }
}

/* "CSQX620E gsk_x RC=435" in code page 1047, lines ended by NEL. */
static void reads_ebcdic(void **state)
{
  (void)state;
  static const uint8_t line[] = {0xc3, 0xe2, 0xd8, 0xe7, 0xf6, 0xf2, 0xf0, 0xc5, 0x40, 0x87, 0xa2, 0x92,
    0x6d, 0xa7, 0x40, 0xd9, 0xc3, 0x7e, 0xf4, 0xf3, 0xf5, 0x15};
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  for (int i = 0; i < 400; i++)
    cy_buf_put(&text, line, sizeof line);
  CY_AUTO(cy_log) *log = log_of(text.data, text.len, 1000);
  const cy_log_case *one = only(log);
  assert_true(has(one, "csqx", "CSQX620E") && has(one, "gsk", "435"));
  assert_int_equal(cy_log_finish(log)->lines, 400);
}

/* One line of a megabyte: what stands in it is found wherever it stands, and once. */
static void reads_long_lines(void **state)
{
  (void)state;
  for (size_t at = 65000; at < 66100; at += 13) {
    CY_CLEAN(cy_buf) text = CY_BUF((size_t)1 << 21);
    cy_buf_fill(&text, '.', 200000);
    memcpy(text.data + at, " AMQ9637E ", 10);
    CY_AUTO(cy_log) *log = log_of(text.data, text.len, 65536);
    const cy_log_case *one = only(log);
    assert_int_equal(one->count, 1);
    assert_int_equal(one->item_count, 1);
    assert_int_equal(one->first_line, 1);
    assert_non_null(strstr(one->items[0].sample, "AMQ9637E"));
    assert_true(strlen(one->items[0].sample) <= CY_LOG_SAMPLE);
  }
}

static void survives_rubbish(void **state)
{
  (void)state;
  uint32_t seed = 1;
  CY_CLEAN(cy_buf) text = CY_BUF((size_t)1 << 21);
  for (size_t i = 0; i < 300000; i++) {
    seed = seed * 1664525u + 1013904223u;
    cy_buf_u8(&text, (uint8_t)(seed >> 24));
  }
  CY_AUTO(cy_log) *log = log_of(text.data, text.len, 4099);
  assert_int_equal(cy_log_finish(log)->bytes, 300000);
}

static void counts_without_end(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) text = CY_BUF((size_t)1 << 24);
  for (int i = 0; i < 2000; i++) {
    cy_buf_printf(&text, "2026/11/21 10:00:00 [info] 1#1: *%d gsk_x RC=%d", i, 1 + i % 480);
    cy_buf_printf(&text, " Verify return code: %d AMQ9%03dE\n", i % 94, i % 990);
  }
  CY_AUTO(cy_log) *log = log_of(text.data, text.len, 65536);
  const cy_log_report *report = cy_log_finish(log);
  assert_int_equal(report->case_count, CY_LOG_CASES);
  assert_true(report->other_cases > 0);
  assert_true(report->unknown_count <= 100);
}

static bool deny(size_t size, void *left)
{
  (void)size;
  return (*(size_t *)left)-- == 0;
}

static cy_err *read_all(cy_log **log)
{
  CY_TRY(cy_log_new(log, matcher));
  CY_TRY(cy_log_begin(*log, "a"));
  CY_TRY(cy_log_feed(*log, cy_span_str(queue_manager)));
  return cy_log_end(*log);
}

static void survives_failing_memory(void **state)
{
  (void)state;
  bool done = false;
  for (size_t n = 0; !done && n < 200; n++) {
    size_t left = n;
    CY_AUTO(cy_log) *log = NULL;
    cy_mem_hook(deny, &left);
    CY_AUTO(cy_err) *err = read_all(&log);
    cy_mem_hook(NULL, NULL);
    done = !err;
  }
  assert_true(done);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(groups_what_belongs_together),
    cmocka_unit_test(judges_by_the_whole),
    cmocka_unit_test(leaves_numbers_alone_that_mean_something_else),
    cmocka_unit_test(tells_connections_apart),
    cmocka_unit_test(tells_who_refused),
    cmocka_unit_test(puts_both_ends_together),
    cmocka_unit_test(reads_utf16),
    cmocka_unit_test(reads_ebcdic),
    cmocka_unit_test(reads_long_lines),
    cmocka_unit_test(survives_rubbish),
    cmocka_unit_test(counts_without_end),
    cmocka_unit_test(survives_failing_memory),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
