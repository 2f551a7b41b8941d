/* JSON an event at a time: the same as in memory, in blocks, with the line of each event and each mistake.
 */
#include "tests/lib/temp.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/codes.h"
#include "base/mem.h"
#include "conf/codes.h"
#include "conf/json_stream.h"

static void assert_span(cy_span got, const char *want)
{
  assert_int_equal(got.len, strlen(want));
  assert_memory_equal(got.data ? got.data : (const uint8_t *)"", want, got.len);
}

static void test_events(void **state)
{
  static const char text[] = "\xef\xbb\xbf{\n \"a\\u0041\": [1, -2.5e+3,\n true, null],\n"
                             " \"b\": {\"c\": \"x\\n\\ud83d\\ude00\"}, \"d\": {}\n}\n";
  static const struct {
    cy_json_kind kind;
    const char *key, *value;
    size_t line;
    unsigned depth;
  } want[] = {{CY_JSON_OBJECT, "", "", 1, 0}, {CY_JSON_LIST, "aA", "", 2, 1},
    {CY_JSON_NUMBER, "", "1", 2, 2}, {CY_JSON_NUMBER, "", "-2.5e+3", 2, 2},
    {CY_JSON_TRUE, "", "true", 3, 2}, {CY_JSON_NULL, "", "null", 3, 2}, {CY_JSON_CLOSE, "", "", 3, 1},
    {CY_JSON_OBJECT, "b", "", 4, 1}, {CY_JSON_STRING, "c", "x\n\xf0\x9f\x98\x80", 4, 2},
    {CY_JSON_CLOSE, "", "", 4, 1}, {CY_JSON_OBJECT, "d", "", 4, 1}, {CY_JSON_CLOSE, "", "", 4, 1},
    {CY_JSON_CLOSE, "", "", 5, 0}};
  CY_CLEAN(cy_json_stream) in;
  cy_json_event event;
  bool more;
  assert_null(cy_json_stream_over(&in, "t", CY_SPAN(text)));
  for (size_t i = 0; i < CY_COUNT(want); i++) {
    assert_null(cy_json_stream_next(&in, &event, &more));
    assert_true(more);
    assert_int_equal(event.kind, want[i].kind);
    assert_span(event.key, want[i].key);
    assert_span(event.value, want[i].value);
    assert_int_equal(event.line, want[i].line);
    assert_int_equal(event.depth, want[i].depth);
  }
  assert_null(cy_json_stream_next(&in, &event, &more));
  assert_false(more);
}

static cy_err *read_all(cy_span text)
{
  CY_CLEAN(cy_json_stream) in;
  cy_json_event event;
  bool more = true;
  CY_TRY(cy_json_stream_over(&in, "t", text));
  while (more)
    CY_TRY(cy_json_stream_next(&in, &event, &more));
  return NULL;
}

static void test_wrong(void **state)
{
  static const char *const wrong[][2] = {{"", "t:1: the file ends in the middle"},
    {"{\n'a': 1}", "t:2: the name of a member in double quotes is missing here"},
    {"{\n\"a\": 'b'}", "t:2: JSON wants double quotes, not single ones"},
    {"{\"a\": 1,\n}", "t:2: a comma too many before }"}, {"[1,]", "t:1: a comma too many before ]"},
    {"[1\n2]", "t:2: a comma is missing before this"}, {"{\"a\" 1}", "t:1: a colon is missing"},
    {"{\"a\n\": 1}", "t:1: this string is not closed"}, {"[1", "t:1: the file ends in the middle"},
    {"[\"a", "t:1: this string is not closed"}, {"[01]", "t:1: this is no value"},
    {"[1.]", "t:1: this is no value"}, {"[1e]", "t:1: this is no value"}, {"[-]", "t:1: this is no value"},
    {"[yes]", "t:1: this is no value"}, {"[] 1", "t:1: something stands behind"},
    {"[\"\\x\"]", "t:1: there is no such escape"}, {"[\"\\ud800\"]", "t:1: half of a surrogate pair"},
    {"[\"\\udc00\"]", "t:1: half of a surrogate pair"}, {"[\"\\u00g0\"]", "t:1: \\u needs four"},
    {"[\"\xff\"]", "t:1: a string is not UTF-8"}, {"[\"\t\"]", "t:1: a control character"},
    {"[1, // no\n2]", "t:1: JSON has no comments"}};
  for (size_t i = 0; i < CY_COUNT(wrong); i++) {
    CY_AUTO(cy_err) *err = read_all(cy_span_str(wrong[i][0]));
    assert_int_equal(cy_err_code_get(err), CY_E_CONF_JSON);
    if (strncmp(cy_err_text(err), wrong[i][1], strlen(wrong[i][1])) != 0)
      fail_msg("%s: %s", wrong[i][0], cy_err_text(err));
  }
}

static void test_limits(void **state)
{
  CY_CLEAN(cy_buf) deep = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) wide = CY_BUF_TEXT;
  cy_buf_fill(&deep, '[', 33);
  CY_AUTO(cy_err) *err = read_all(cy_buf_get(&deep));
  assert_non_null(strstr(cy_err_text(err), "nested more than 32 levels deep"));
  cy_buf_str(&wide, "[\n\"");
  cy_buf_fill(&wide, 'a', 70000);
  cy_buf_str(&wide, "\"]");
  CY_AUTO(cy_err) *too_long = read_all(cy_buf_get(&wide));
  assert_string_equal(cy_err_text(too_long), "t:2: a string has more than 65536 bytes");
}

/* A string, a number and an escape over the edge of a block. */
static void test_blocks(void **state)
{
  for (size_t shift = 0; shift < 40; shift++) {
    char path[TEST_PATH];
    CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
    CY_CLEAN(cy_json_stream) in;
    cy_json_event event;
    bool more;
    cy_buf_str(&text, "[");
    cy_buf_fill(&text, ' ', CY_LINES_BLOCK - 30 + shift - 1);
    cy_buf_str(&text, "\"ab\\u00e9\\ncd\", 12345, true]");
    int fd = test_file_make(path, "json");
    assert_int_equal(write(fd, text.data, text.len), text.len);
    close(fd);
    cy_err *err = cy_json_stream_open(&in, path);
    unlink(path);
    assert_null(err);
    assert_null(cy_json_stream_next(&in, &event, &more));
    assert_null(cy_json_stream_next(&in, &event, &more));
    assert_span(event.value, "ab\xc3\xa9\ncd");
    assert_null(cy_json_stream_next(&in, &event, &more));
    assert_span(event.value, "12345");
    assert_null(cy_json_stream_next(&in, &event, &more));
    assert_int_equal(event.kind, CY_JSON_TRUE);
  }
}

static void test_skip(void **state)
{
  CY_CLEAN(cy_json_stream) in;
  cy_json_event event;
  bool more;
  assert_null(cy_json_stream_over(&in, "t", CY_SPAN("[{\"a\": [1, {}]}, 7]")));
  assert_null(cy_json_stream_next(&in, &event, &more));
  assert_null(cy_json_stream_next(&in, &event, &more));
  assert_null(cy_json_stream_skip(&in, &event));
  assert_null(cy_json_stream_next(&in, &event, &more));
  assert_span(event.value, "7");
}

static size_t left;

static bool deny(size_t size, void *arg)
{
  return left-- == 0;
}

static void test_memory(void **state)
{
  bool done = false;
  for (size_t n = 0; n < 50 && !done; n++) {
    left = n;
    cy_mem_hook(deny, NULL);
    cy_err *err = read_all(CY_SPAN("{\"a\": [\"b\", 1]}"));
    cy_mem_hook(NULL, NULL);
    done = !err;
    cy_err_free(err);
  }
  assert_true(done);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_events), cmocka_unit_test(test_wrong),
    cmocka_unit_test(test_limits), cmocka_unit_test(test_blocks), cmocka_unit_test(test_skip),
    cmocka_unit_test(test_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
