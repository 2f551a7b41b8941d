#include "base/json.h"

#include "tests/unit/base/alloc.h"

static void strings(void **state)
{
  static const struct {
    cy_span text;
    const char *json;
  } rows[] = {
    {CY_SPAN(""), "\"\""},
    {CY_SPAN_NONE, "\"\""},
    {CY_SPAN("a/b"), "\"a/b\""},
    {CY_SPAN("\"\\"), "\"\\\"\\\\\""},
    {CY_SPAN("\0\x1f\x7f\n"), "\"\\u0000\\u001f\\u007f\\n\""},
    {CY_SPAN("é漢😀"), "\"é漢😀\""},
    {CY_SPAN("x\xffy\xed\xa0\x80"), "\"x\\u00ffy\\u00ed\\u00a0\\u0080\""},
    {CY_SPAN("\xc3"), "\"\\u00c3\""},
  };
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    CY_CLEAN(cy_buf) b = CY_BUF_TEXT;
    cy_json json = cy_json_begin(&b, false);
    cy_json_text(&json, NULL, rows[i].text);
    assert_string_equal(cy_buf_cstr(&b), rows[i].json);
  }
}

static void write_document(cy_buf *b, bool pretty)
{
  cy_json json = cy_json_begin(b, pretty);
  cy_json_open(&json, NULL, '{');
  cy_json_str(&json, "k\"", "v");
  cy_json_str(&json, "none", NULL);
  cy_json_int(&json, "least", INT64_MIN);
  cy_json_open(&json, "list", '[');
  cy_json_bool(&json, NULL, true);
  cy_json_open(&json, NULL, '{');
  cy_json_close(&json, '}');
  cy_json_open(&json, NULL, '[');
  cy_json_null(&json, NULL);
  cy_json_close(&json, ']');
  cy_json_close(&json, ']');
  cy_json_time(&json, "time", 0);
  cy_json_time(&json, "never", CY_TIME_NONE);
  cy_json_hex(&json, "hex", CY_SPAN("\x00\xab"));
  cy_json_close(&json, '}');
  cy_json_close(&json, '}'); /* one too many does no harm */
}

static void documents(void **state)
{
  CY_CLEAN(cy_buf) compact = CY_BUF_TEXT, pretty = CY_BUF_TEXT;
  write_document(&compact, false);
  assert_string_equal(cy_buf_cstr(&compact),
    "{\"k\\\"\":\"v\",\"none\":null,\"least\":-9223372036854775808,\"list\":[true,{},[null]],"
    "\"time\":\"1970-01-01T00:00:00Z\",\"never\":null,\"hex\":\"00ab\"}");
  write_document(&pretty, true);
  assert_string_equal(cy_buf_cstr(&pretty),
    "{\n  \"k\\\"\": \"v\",\n  \"none\": null,\n  \"least\": -9223372036854775808,\n  \"list\": [\n    "
    "true,\n"
    "    {},\n    [\n      null\n    ]\n  ],\n  \"time\": \"1970-01-01T00:00:00Z\",\n  \"never\": null,\n"
    "  \"hex\": \"00ab\"\n}");
}

static bool write(void)
{
  CY_CLEAN(cy_buf) b = CY_BUF_TEXT;
  write_document(&b, true);
  cy_err *err = cy_buf_check(&b);
  bool done = !err;
  cy_err_free(err);
  return done;
}

static void failing_memory(void **state)
{
  fail_each_allocation(write);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(strings), cmocka_unit_test(documents), cmocka_unit_test(failing_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
