/* Erlang's terms in files: kinds, lines, escapes, and what is refused. */
#include "tests/lib/errors.h"

#include "conf/codes.h"
#include "conf/erlang.h"

static const char sample[] = "%% of a broker\n"
                             "[{rabbit, [\n"
                             "  {ssl_listeners, [5671, {\"::1\", 16#1627}]},\n"
                             "  {ssl_options, [{certfile, \"/a\" % joined\n"
                             "     \"/b\\x{e9}\\n\"}, {versions, ['tlsv1.2']},\n"
                             "     honor_ecc_order, {password, <<\"x\"/utf8>>}]}]},\n"
                             " #{a => $b, \"c\" := -1.5e-3}].\n";

static const cy_erlang_term *at(const cy_erlang_term *list, const char *key)
{
  const cy_erlang_term *bare, *value = cy_erlang_get(list, key, &bare);
  return value ? value : bare;
}

static void is(const cy_erlang_term *term, cy_erlang_kind kind, const char *text, size_t line)
{
  assert_non_null(term);
  assert_int_equal(term->kind, kind);
  assert_string_equal(term->text, text);
  assert_int_equal(term->line, line);
}

static void test_terms(void **state)
{
  CY_CLEAN(cy_erlang) got = {0};
  fine(cy_erlang_parse(&got, "f", CY_SPAN(sample)));
  is(got.first, CY_ERLANG_LIST, "", 2);
  assert_null(got.first->next);
  const cy_erlang_term *rabbit = at(got.first, "rabbit");
  const cy_erlang_term *listeners = at(rabbit, "ssl_listeners"), *options = at(rabbit, "ssl_options");
  is(listeners->first, CY_ERLANG_NUMBER, "5671", 3);
  is(listeners->first->next->first, CY_ERLANG_STRING, "::1", 3);
  is(listeners->first->next->first->next, CY_ERLANG_NUMBER, "16#1627", 3);
  is(at(options, "certfile"), CY_ERLANG_STRING, "/a/b\xc3\xa9\n", 4);
  is(at(options, "versions")->first, CY_ERLANG_ATOM, "tlsv1.2", 5);
  is(at(options, "honor_ecc_order"), CY_ERLANG_ATOM, "honor_ecc_order", 6);
  is(at(options, "password"), CY_ERLANG_BINARY, "x", 6);
  assert_null(at(options, "none"));
  const cy_erlang_term *map = got.first->first->next;
  is(at(map, "a"), CY_ERLANG_NUMBER, "98", 7);
  is(at(map, "c"), CY_ERLANG_NUMBER, "-1.5e-3", 7);
}

static void test_refused(void **state)
{
  static const struct {
    const char *text, *says;
  } rows[] = {{"[a, b", "f:1: the file ends in the middle"}, {"\n[a b].", "f:2: a comma or a closing"},
    {"[a]\nb.", "f:2: a full stop is missing"}, {"[Abc].", "f:1: this begins no term"},
    {"\"a", "f:1: the file ends"}, {"#{a 1}.", "f:1: => is missing"},
    {"\"\\x{}\".", "f:1: an escape that is none"}, {"<<\"a\"", "f:1: the file ends"},
    {"[,].", "f:1: this begins no term"}};
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    CY_CLEAN(cy_erlang) got = {0};
    cy_err *err = cy_erlang_parse(&got, "f", cy_span_str(rows[i].text));
    assert_non_null(err);
    if (!strstr(cy_err_text(err), rows[i].says))
      fail_msg("%s: %s", rows[i].text, cy_err_text(err));
    fails_with(err, CY_E_CONF_MALFORMED);
    assert_null(got.first);
  }
  CY_CLEAN(cy_buf) deep = CY_BUF_TEXT;
  CY_CLEAN(cy_erlang) got = {0};
  cy_buf_fill(&deep, '[', 100000);
  fails_with(cy_erlang_parse(&got, "f", cy_buf_get(&deep)), CY_E_CONF_MALFORMED);
}

static cy_err *parse_sample(void *arg)
{
  CY_CLEAN(cy_erlang) got = {0};
  return cy_erlang_parse(&got, "f", CY_SPAN(sample));
}

static void test_no_memory(void **state)
{
  memory_ends_anywhere(parse_sample, NULL, 3);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_terms), cmocka_unit_test(test_refused), cmocka_unit_test(test_no_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
