/* Java's properties files: what java.util.Properties makes of them, with lines. */
#include "tests/lib/unit.h"

#include "base/mem.h"
#include "conf/properties.h"

static const char sample[] = "# a comment \\\n"
                             "! another\n"
                             "key=value\r\n"
                             "long = a, \\\n"
                             "    b\\\r\n"
                             "\t, c\n"
                             "colon:x: y\n"
                             "blank\ty z \n"
                             "\\u0041\\=b\\ = \\u00e9\\ud83d\\ude00\\t\\q\\\\\n"
                             "latin=\xe9\n"
                             "empty\n"
                             "\n"
                             "   indented = 1\n"
                             "key = again\n"
                             "slashes = a\\\\\n"
                             "last=no end\\";

static void test_items(void **state)
{
  static const struct {
    const char *key, *value;
    size_t line;
  } want[] = {{"key", "value", 3}, {"long", "a, b, c", 4}, {"colon", "x: y", 7}, {"blank", "y z ", 8},
    {"A=b ", "\xc3\xa9\xf0\x9f\x98\x80\tq\\", 9}, {"latin", "\xc3\xa9", 10}, {"empty", "", 11},
    {"indented", "1", 13}, {"key", "again", 14}, {"slashes", "a\\", 15}, {"last", "no end", 16}};
  CY_CLEAN(cy_properties) got = {0};
  assert_null(cy_properties_parse(&got, "f", CY_SPAN(sample)));
  assert_int_equal(got.count, CY_COUNT(want));
  for (size_t i = 0; i < got.count; i++) {
    assert_string_equal(got.items[i].key, want[i].key);
    assert_string_equal(got.items[i].value, want[i].value);
    assert_int_equal(got.items[i].line, want[i].line);
  }
  assert_int_equal(cy_properties_find(&got, "key")->line, 14);
  assert_null(cy_properties_find(&got, "none"));
}

static void test_malformed(void **state)
{
  CY_CLEAN(cy_properties) got = {0};
  CY_AUTO(cy_err) *err = cy_properties_parse(&got, "f", CY_SPAN("a=1\n\nb=\\u12g4\n"));
  assert_non_null(err);
  assert_string_equal(cy_err_text(err), "f:3: \\u without four hexadecimal digits");
  assert_int_equal(cy_err_exit(err), CY_EXIT_BAD_INPUT);
  assert_int_equal(got.count, 0);
  assert_null(cy_properties_parse(&got, "f", CY_SPAN("")));
  assert_int_equal(got.count, 0);
}

static bool deny(size_t size, void *arg)
{
  size_t *left = arg;
  return size && (*left)-- == 0;
}

static void test_no_memory(void **state)
{
  bool failed = true;
  for (size_t i = 0; failed; i++) {
    CY_CLEAN(cy_properties) got = {0};
    size_t left = i;
    cy_mem_hook(deny, &left);
    CY_AUTO(cy_err) *err = cy_properties_parse(&got, "f", CY_SPAN(sample));
    cy_mem_hook(NULL, NULL);
    failed = err != NULL;
    assert_true(!failed || cy_err_is(err, CY_E_NO_MEMORY));
    assert_true(i < 200);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_items), cmocka_unit_test(test_malformed), cmocka_unit_test(test_no_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
