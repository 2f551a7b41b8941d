#include "base/base64.h"

#include "tests/unit/base/alloc.h"

static void vectors(void **state)
{
  static const struct {
    cy_span bytes;
    const char *text;
  } rows[] = {/* RFC 4648, section 10 */
    {CY_SPAN(""), ""}, {CY_SPAN("f"), "Zg=="}, {CY_SPAN("fo"), "Zm8="}, {CY_SPAN("foo"), "Zm9v"},
    {CY_SPAN("foob"), "Zm9vYg=="}, {CY_SPAN("fooba"), "Zm9vYmE="}, {CY_SPAN("foobar"), "Zm9vYmFy"},
    {CY_SPAN("\xfb\xff\xbf"), "+/+/"}};
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    CY_CLEAN(cy_buf) text = CY_BUF_TEXT, bytes = CY_BUF_TEXT;
    cy_base64_encode(&text, rows[i].bytes, 0);
    assert_string_equal(cy_buf_cstr(&text), rows[i].text);
    assert_no_error(cy_base64_decode(&bytes, cy_span_str(rows[i].text)));
    assert_true(cy_span_equal(cy_buf_get(&bytes), rows[i].bytes));
  }
}

static void all_lengths_and_lines(void **state)
{
  uint8_t data[200];
  static const size_t lines[] = {0, 4, 64, 76};
  for (size_t i = 0; i < sizeof data; i++)
    data[i] = (uint8_t)(i * 37);
  for (size_t len = 0; len <= sizeof data; len++) {
    for (size_t l = 0; l < CY_COUNT(lines); l++) {
      CY_CLEAN(cy_buf) text = CY_BUF_TEXT, bytes = CY_BUF_TEXT;
      cy_base64_encode(&text, cy_span_of(data, len), lines[l]);
      size_t chars = (len + 2) / 3 * 4, ends = lines[l] ? (chars + lines[l] - 1) / lines[l] : 0;
      assert_int_equal(text.len, chars + ends);
      assert_no_error(cy_base64_decode(&bytes, cy_buf_get(&text)));
      assert_true(cy_span_equal(cy_buf_get(&bytes), cy_span_of(data, len)));
    }
  }
}

static void white_space_is_skipped(void **state)
{
  static const char *const texts[] = {
    "Zm9v\r\nYmFy\r\n", " Z m 9\tv Y\vm\fFy", "\nZm9vYmFy", "Zm9vY\nmFy", "\r\rZm9vYmFy "};
  for (size_t i = 0; i < CY_COUNT(texts); i++) {
    CY_CLEAN(cy_buf) bytes = CY_BUF_TEXT;
    assert_no_error(cy_base64_decode(&bytes, cy_span_str(texts[i])));
    assert_string_equal(cy_buf_cstr(&bytes), "foobar");
  }
  CY_CLEAN(cy_buf) one = CY_BUF_TEXT;
  assert_no_error(cy_base64_decode(&one, CY_SPAN("Z g = \n = \n")));
  assert_string_equal(cy_buf_cstr(&one), "f");
}

static void wrong_texts(void **state)
{
  static const struct {
    cy_span text;
    const char *says;
  } rows[] = {
    {CY_SPAN("Zm9v!m9v"), "at character 4, 0x21"},
    {CY_SPAN("Zm-v"), "at character 2, 0x2d"},
    {CY_SPAN("Zm9\0"), "at character 3, 0x00"},
    {CY_SPAN("Zm9\xc3"), "at character 3, 0xc3"},
    {CY_SPAN("="), "at character 0, 0x3d"},
    {CY_SPAN("Z==="), "at character 1, 0x3d"},
    {CY_SPAN("Zg==Zg=="), "at character 4, 0x5a"},
    {CY_SPAN("Zg=g"), "at character 3, 0x67"},
    {CY_SPAN("Zg==="), "at character 4, 0x3d"},
    {CY_SPAN("Z"), "in the middle"},
    {CY_SPAN("Zg"), "in the middle"},
    {CY_SPAN("Zg="), "in the middle"},
    {CY_SPAN("Zm8"), "in the middle"},
  };
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    CY_CLEAN(cy_buf) bytes = CY_BUF_TEXT;
    cy_err *err = cy_base64_decode(&bytes, rows[i].text);
    assert_int_equal(cy_err_code_get(err), CY_E_BASE64);
    assert_non_null(strstr(cy_err_text(err), rows[i].says));
    assert_int_equal(bytes.len, 0);
    cy_err_free(err);
  }
}

static bool both_ways(void)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT, bytes = CY_BUF_TEXT;
  cy_base64_encode(
    &text, CY_SPAN("a text that is longer than sixty-four bytes, so that the buffer grows"), 64);
  cy_err *err = cy_buf_check(&text);
  if (!err)
    err = cy_base64_decode(&bytes, cy_buf_get(&text));
  bool done = !err;
  cy_err_free(err);
  return done;
}

static void failing_memory(void **state)
{
  fail_each_allocation(both_ways);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(vectors),
    cmocka_unit_test(all_lengths_and_lines),
    cmocka_unit_test(white_space_is_skipped),
    cmocka_unit_test(wrong_texts),
    cmocka_unit_test(failing_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
