/* causey-test: any-user
 * JSON step by step, and what is not JSON. */
#include "tests/lib/unit.h"

#include "base/json_read.h"

/* Kinds in one letter each, with keys in front. */
static void walk(const char *text, const char *want)
{
  static const char letters[] = "{[.snTFN";
  CY_CLEAN(cy_buf) got = CY_BUF_TEXT;
  cy_json_in in = cy_json_read(cy_span_str(text));
  cy_json_item item;
  while (cy_json_next(&in, &item)) {
    cy_buf_span(&got, item.key);
    cy_buf_u8(&got, (uint8_t)letters[item.kind]);
    if (item.kind == CY_JSON_STRING || item.kind == CY_JSON_NUMBER)
      cy_buf_span(&got, item.value);
  }
  assert_null(in.wrong);
  assert_string_equal(cy_buf_cstr(&got), want);
}

static void reads(void **state)
{
  (void)state;
  walk("{}", "{.");
  walk(" [ ] ", "[.");
  walk("\"a\"", "sa");
  walk("-0.5e+3", "n-0.5e+3");
  walk("{\"a\":1,\"b\":[true,false,null],\"c\":{\"d\":\"\"}}", "{an1b[TFN.c{ds..");
  walk("[[],[{}],0]", "[[.[{..n0.");
}

static void refused(const char *text, size_t len)
{
  cy_json_in in = cy_json_read(cy_span_of(text, len));
  cy_json_item item;
  while (cy_json_next(&in, &item))
    ;
  if (!in.wrong)
    fail_msg("taken: %.*s", (int)len, text);
}

static void refuses(void **state)
{
  (void)state;
  static const char *const wrong[] = {"", " ", "{", "[", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "[1,]",
    "[,1]", "[1 2]", "{\"a\":1 \"b\":2}", "{a:1}", "01", "-", "1.", ".5", "1e", "+1", "tru", "nul", "True",
    "NaN", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\n\"",
    "\"\xff\"", "{}{}", "{} x", "[}", "{]", "]", "/**/1", "'a'", "{1:2}"};
  for (size_t i = 0; i < CY_COUNT(wrong); i++)
    refused(wrong[i], strlen(wrong[i]));
  refused("\"\0\"", 3);
  static const char whole[] = "{\"a\":[1,\"\\u00e9\",{\"b\":null}],\"c\":-1.5e2}";
  for (size_t len = 0; len < sizeof whole - 1; len++)
    refused(whole, len);
}

static void depth_is_bounded(void **state)
{
  (void)state;
  char text[2 * CY_MAX_DEPTH + 2];
  memset(text, '[', CY_MAX_DEPTH);
  memset(text + CY_MAX_DEPTH, ']', CY_MAX_DEPTH);
  text[2 * CY_MAX_DEPTH] = 0;
  cy_json_in in = cy_json_read(cy_span_str(text));
  cy_json_item item;
  while (cy_json_next(&in, &item))
    ;
  assert_null(in.wrong);
  memset(text, '[', sizeof text);
  refused(text, CY_MAX_DEPTH + 1);
}

static void unquotes(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) out = CY_BUF_TEXT;
  cy_json_unquote(&out, CY_SPAN("a\\n\\t\\\"\\\\\\/ \\u00e9\\ud83d\\ude00"));
  assert_string_equal(cy_buf_cstr(&out), "a\n\t\"\\/ \xc3\xa9\xf0\x9f\x98\x80");
  assert_true(cy_json_is(CY_SPAN("a\\u0062"), "ab"));
  assert_true(cy_json_is(CY_SPAN("ab"), "ab"));
  assert_false(cy_json_is(CY_SPAN("ab"), "abc"));
  assert_false(cy_json_is(CY_SPAN_NONE, "a"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(reads), cmocka_unit_test(refuses),
    cmocka_unit_test(depth_is_bounded), cmocka_unit_test(unquotes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
