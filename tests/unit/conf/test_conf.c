/* Files that people write: items with their lines, values set without touching the rest. */
#include "tests/lib/unit.h"

#include "base/mem.h"
#include "conf/codes.h"
#include "conf/conf.h"

static const char sample[] = "# a comment\r\n"
                             "top = 1\n"
                             "\n"
                             "[server \"mq 1\"]\n"
                             "  port=1414 \r\n"
                             "name = \"  two blanks \"\n"
                             "; another\n"
                             "empty =\n"
                             "[Client]\n"
                             "port = 2";

static cy_conf *parsed(const char *text)
{
  cy_conf *conf = NULL;
  assert_null(cy_conf_parse(&conf, "f.conf", cy_span_str(text)));
  return conf;
}

static void assert_span(cy_span got, const char *want)
{
  assert_int_equal(got.len, strlen(want));
  assert_memory_equal(got.data ? got.data : (const uint8_t *)"", want, got.len);
}

static void test_items(void **state)
{
  static const struct {
    size_t line;
    const char *section, *name, *key, *value;
  } want[] = {{2, "", "", "top", "1"}, {4, "server", "mq 1", "", ""}, {5, "server", "mq 1", "port", "1414"},
    {6, "server", "mq 1", "name", "  two blanks "}, {8, "server", "mq 1", "empty", ""},
    {9, "Client", "", "", ""}, {10, "Client", "", "port", "2"}};
  CY_AUTO(cy_conf) *conf = parsed(sample);
  size_t iter = 0;
  for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
    const cy_conf_item *item = cy_conf_next(conf, &iter);
    assert_non_null(item);
    assert_int_equal(item->line, want[i].line);
    assert_span(item->section, want[i].section);
    assert_span(item->name, want[i].name);
    assert_span(item->key, want[i].key);
    assert_span(item->value, want[i].value);
  }
  assert_null(cy_conf_next(conf, &iter));
  assert_span(cy_conf_text(conf), sample);
  assert_span(cy_conf_find(conf, "client", "PORT")->value, "2");
  assert_null(cy_conf_find(conf, "client", "name"));
}

static void set(cy_conf *conf, const char *section, const char *key, const char *value)
{
  assert_null(cy_conf_set(conf, cy_conf_find(conf, section, key), value));
  assert_span(cy_conf_find(conf, section, key)->value, value);
}

static void test_set(void **state)
{
  CY_AUTO(cy_conf) *conf = parsed(sample);
  set(conf, "server", "port", "1415");
  set(conf, "server", "name", " x");
  set(conf, "server", "empty", "  ");
  set(conf, "", "top", "");
  set(conf, "client", "port", "\"");
  assert_span(cy_conf_text(conf), "# a comment\r\ntop = \"\"\n\n[server \"mq 1\"]\n  port=1415 \r\n"
                                  "name = \" x\"\n; another\nempty =\"  \"\n[Client]\nport = \"\"\"");
  CY_AUTO(cy_err) *err = cy_conf_set(conf, cy_conf_find(conf, "server", "port"), "a\nb");
  assert_non_null(err);
}

static void test_wrong(void **state)
{
  static const char *const wrong[] = {
    "a = 1\nnonsense", "a = 1\n[open", "a = 1\n[]", "a = 1\n = 2", "a = 1\n\xff = 2"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    cy_conf *conf;
    CY_AUTO(cy_err) *err = cy_conf_parse(&conf, "f.conf", cy_span_str(wrong[i]));
    assert_int_equal(cy_err_code_get(err), CY_E_CONF_MALFORMED);
    assert_non_null(strstr(cy_err_text(err), "f.conf:2: "));
    assert_null(conf);
  }
}

static void test_error(void **state)
{
  static const char *const words[] = {"port", "name", NULL};
  CY_AUTO(cy_conf) *conf = parsed("\nprot = 1\n");
  size_t iter = 0;
  const cy_conf_item *item = cy_conf_next(conf, &iter);
  CY_AUTO(cy_err) *err = cy_conf_error(conf, item, "there is no such key", item->key, words);
  assert_string_equal(cy_err_text(err), "f.conf:2: there is no such key: prot");
  assert_string_equal(cy_err_fix(err), "Did you mean port?");
}

static size_t left;

static bool deny(size_t size, void *arg)
{
  return left-- == 0;
}

static void test_memory(void **state)
{
  bool done = false;
  for (size_t n = 0; n < 100 && !done; n++) {
    cy_conf *conf;
    left = n;
    cy_mem_hook(deny, NULL);
    cy_err *err = cy_conf_parse(&conf, "f", cy_span_str(sample));
    cy_mem_hook(NULL, NULL);
    done = !err;
    cy_err_free(err);
    cy_conf_free(conf);
  }
  assert_true(done);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_items), cmocka_unit_test(test_set),
    cmocka_unit_test(test_wrong), cmocka_unit_test(test_error), cmocka_unit_test(test_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
