/* Reading and writing general names, byte by byte as RFC 5280 4.2.1.6 encodes them. */
#include "tests/lib/unit.h"

#include "x509/general_name.h"

static const char *words(cy_buf *buf, const cy_general_name *name)
{
  cy_buf_reset(buf);
  cy_gn_format(buf, name);
  return cy_buf_cstr(buf);
}

static void kinds(void **state)
{
  (void)state;
  static const struct {
    cy_span der;
    cy_gn_kind kind;
    const char *words;
  } rows[] = {
    {CY_SPAN("\x30\x07\x82\x05mq.ex"), CY_GN_DNS, "mq.ex"},
    {CY_SPAN("\x30\x07\x81\x05" "a@b.c"), CY_GN_EMAIL, "a@b.c"},
    {CY_SPAN("\x30\x07\x86\x05" "http:"), CY_GN_URI, "http:"},
    {CY_SPAN("\x30\x06\x87\x04\xc0\x00\x02\x01"), CY_GN_IP, "192.0.2.1"},
    {CY_SPAN("\x30\x0a\x87\x08\x0a\x00\x00\x00\xff\xff\x00\x00"), CY_GN_IP, "10.0.0.0/16"},
    {CY_SPAN("\x30\x0a\x87\x08\x0a\x00\x00\x00\xff\x00\xff\x00"), CY_GN_IP, "10.0.0.0/255.0.255.0"},
    {CY_SPAN("\x30\x12\x87\x10\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"), CY_GN_IP, "2001:db8::1"},
    {CY_SPAN("\x30\x05\x87\x03\x01\x02\x03"), CY_GN_IP, "#010203"},
    {CY_SPAN("\x30\x05\x88\x03\x55\x04\x03"), CY_GN_REGISTERED, "2.5.4.3"},
    {CY_SPAN("\x30\x10\xa4\x0e\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01x"),
      CY_GN_DIRECTORY, "CN=x"},
    {CY_SPAN("\x30\x13\xa0\x11\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x03\xa0\x03\x0c\x01x"),
      CY_GN_OTHER, "x (User Principal Name)"},
    {CY_SPAN("\x30\x04\xa5\x02\x05\x00"), CY_GN_EDI, "#0500"},
  };
  CY_CLEAN(cy_buf) buf = CY_BUF_TEXT;
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    cy_gn_iter iter;
    cy_general_name name;
    cy_gn_begin(&iter, rows[i].der);
    assert_true(cy_gn_next(&iter, &name));
    assert_int_equal(name.kind, rows[i].kind);
    assert_string_equal(words(&buf, &name), rows[i].words);
    assert_false(cy_gn_next(&iter, &name));
    assert_true(cy_gn_ok(&iter));
  }
}

static void several_without_tag(void **state)
{
  (void)state;
  cy_gn_iter iter;
  cy_general_name name;
  size_t count = 0;
  cy_gn_begin_content(&iter, CY_SPAN("\x82\x01" "a" "\x82\x01" "b" "\x81\x01" "c"));
  while (cy_gn_next(&iter, &name))
    count++;
  assert_int_equal(count, 3);
  assert_true(cy_gn_ok(&iter));
}

static void refuses(void **state)
{
  (void)state;
  static const cy_span wrong[] = {
    CY_SPAN("\x31\x03\x82\x01" "a"),             /* a SET */
    CY_SPAN("\x30\x03\x82\x02" "a"),             /* cut short */
    CY_SPAN("\x30\x03\x82\x01" "a\x05\x00"),     /* something after it */
    CY_SPAN("\x30\x03\x89\x01" "a"),             /* no such kind */
    CY_SPAN("\x30\x03\xa2\x01" "a"),             /* a constructed DNS name */
    CY_SPAN("\x30\x03\x0c\x01" "a"),             /* a bare string */
    CY_SPAN("\x30\x05\xa0\x03\x06\x01\x29"),     /* other name without a value */
    CY_SPAN("\x30\x06\xa4\x04\x30\x00\x05\x00"), /* a directory name with more behind it */
  };
  for (size_t i = 0; i < CY_COUNT(wrong); i++) {
    cy_gn_iter iter;
    cy_general_name name;
    cy_gn_begin(&iter, wrong[i]);
    while (cy_gn_next(&iter, &name))
      ;
    assert_false(cy_gn_ok(&iter));
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(kinds), cmocka_unit_test(several_without_tag), cmocka_unit_test(refuses)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
