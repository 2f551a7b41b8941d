/* XML of configuration files: elements, attributes, text and lines; what is refused, and where. */
#include "tests/lib/unit.h"

#include "base/mem.h"
#include "conf/xml.h"

static const char sample[] = "\xef\xbb\xbf<?xml version=\"1.0\"?>\n"
                             "<!-- - -> -->\n"
                             "<server description='a &quot;b&quot; &#65;&#x42;'>\n"
                             "  <ssl ID=\"a\"\n"
                             "       sslProtocol = \"TLSv1.2\"/>\n"
                             "  <text> x &amp; <![CDATA[<raw>&]]> y<!-- gone --></text>\n"
                             "</server >\n";

static void test_tree(void **state)
{
  CY_CLEAN(cy_xml) xml = {0};
  assert_null(cy_xml_parse(&xml, "f", CY_SPAN(sample)));
  const cy_xml_element *server = xml.root;
  assert_string_equal(server->name, "server");
  assert_int_equal(server->line, 3);
  assert_string_equal(server->attributes[0].value, "a \"b\" AB");
  assert_int_equal(server->child_count, 2);
  const cy_xml_element *ssl = server->children[0];
  assert_string_equal(ssl->name, "ssl");
  assert_int_equal(ssl->line, 4);
  assert_int_equal(cy_xml_attribute_find(ssl, "sslProtocol", false)->line, 5);
  assert_null(cy_xml_attribute_find(ssl, "id", false));
  assert_string_equal(cy_xml_attribute_find(ssl, "id", true)->value, "a");
  assert_null(ssl->text);
  assert_string_equal(server->children[1]->text, "x & <raw>& y");
}

static void test_refused(void **state)
{
  static const struct {
    const char *text, *want;
  } cases[] = {
    {"", "f:1: the file is empty"},
    {"\n\nx", "f:3: an element was expected here"},
    {"<a>\n<b>\n</a>", "f:3: </a> closes nothing: <b> of line 2 is open"},
    {"<a>\n<b>", "f:2: <b> is not closed"},
    {"<a\nb='1' b='2'/>", "f:2: the attribute b stands twice in one element"},
    {"<a b=1/>", "f:1: the value of an attribute stands in quotes"},
    {"<a b='\n<c/>'/>", "f:2: a < inside of an attribute: is its quote closed?"},
    {"<a b='", "f:1: an attribute's quote is not closed"},
    {"<a>&nbsp;</a>", "f:1: &nbsp; is an entity that is not known here"},
    {"<a>&#0;</a>", "f:1: &#0; is an entity that is not known here"},
    {"<a>&#xd800;</a>", "f:1: &#xd800; is an entity that is not known here"},
    {"<a>R&D</a>", "f:1: an & that begins no entity: write &amp; for the character itself"},
    {"<a/>\n<b/>", "f:2: there is more after the outermost element"},
    {"<a><!-- </a>", "f:1: what begins with <!-- is not closed with -->"},
    {"<a x/>", "f:1: = was expected after the name of an attribute"},
    {"<1/>", "f:1: a name was expected here"},
    {"<a>\xff</a>", "f: bytes that are no UTF-8 text"},
  };
  for (size_t i = 0; i < CY_COUNT(cases); i++) {
    CY_CLEAN(cy_xml) xml = {0};
    CY_AUTO(cy_err) *err = cy_xml_parse(&xml, "f", cy_span_str(cases[i].text));
    assert_non_null(err);
    assert_string_equal(cy_err_text(err), cases[i].want);
    assert_int_equal(cy_err_exit(err), CY_EXIT_BAD_INPUT);
    assert_null(xml.root);
  }
}

static void test_outside(void **state)
{
  static const char bomb[] = "<!DOCTYPE a [<!ENTITY x SYSTEM \"/etc/passwd\">]><a>&x;</a>";
  CY_CLEAN(cy_xml) xml = {0};
  CY_AUTO(cy_err) *err = cy_xml_parse(&xml, "f", CY_SPAN(bomb));
  assert_non_null(err);
  assert_non_null(strstr(cy_err_text(err), "document type"));
}

static void test_depth(void **state)
{
  char text[4096] = "";
  for (int i = 0; i < 40; i++)
    strcat(text, "<a>");
  CY_CLEAN(cy_xml) xml = {0};
  CY_AUTO(cy_err) *err = cy_xml_parse(&xml, "f", cy_span_str(text));
  assert_non_null(err);
  assert_non_null(strstr(cy_err_text(err), "too deep"));
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
    CY_CLEAN(cy_xml) xml = {0};
    size_t left = i;
    cy_mem_hook(deny, &left);
    CY_AUTO(cy_err) *err = cy_xml_parse(&xml, "f", CY_SPAN(sample));
    cy_mem_hook(NULL, NULL);
    failed = err != NULL;
    assert_true(!failed || cy_err_is(err, CY_E_NO_MEMORY));
    assert_true(i < 200);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_tree), cmocka_unit_test(test_refused),
    cmocka_unit_test(test_outside), cmocka_unit_test(test_depth), cmocka_unit_test(test_no_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
