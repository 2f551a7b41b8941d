#include "base/oid.h"

#include "base/der.h"
#include "tests/unit/base/alloc.h"

/* Every row is found by its content and by each of its names, and its dotted form is its content's. */
static void the_table_is_whole(void **state)
{
  CY_CLEAN(cy_buf) b = CY_BUF_TEXT;
  for (int i = 0; i < CY_OID_UNKNOWN; i++) {
    cy_oid oid = (cy_oid)i;
    assert_int_equal(cy_oid_find(cy_oid_content(oid)), i);
    assert_int_equal(cy_oid_find_name(cy_span_str(cy_oid_dotted(oid))), i);
    assert_true(cy_oid_find_name(cy_span_str(cy_oid_short(oid))) != CY_OID_UNKNOWN);
    cy_buf_reset(&b);
    cy_oid_format(&b, cy_oid_content(oid));
    assert_string_equal(cy_buf_cstr(&b), cy_oid_dotted(oid));
    cy_buf_reset(&b);
    cy_oid_put_words(&b, cy_oid_content(oid));
    assert_string_equal(cy_buf_cstr(&b), cy_oid_words(oid));
  }
}

static void unknown_ones(void **state)
{
  CY_CLEAN(cy_buf) b = CY_BUF_TEXT;
  static const cy_span contents[] = {CY_SPAN(""), CY_SPAN("\x00"), CY_SPAN("\xff"),
    CY_SPAN("\x55\x04\x03\x00"), CY_SPAN("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")};
  for (size_t i = 0; i < CY_COUNT(contents); i++)
    assert_int_equal(cy_oid_find(contents[i]), CY_OID_UNKNOWN);
  assert_int_equal(cy_oid_find_name(CY_SPAN("no such name")), CY_OID_UNKNOWN);
  assert_int_equal(cy_oid_find_name(CY_SPAN("")), CY_OID_UNKNOWN);
  assert_int_equal(cy_oid_content(CY_OID_UNKNOWN).len, 0);
  assert_string_equal(cy_oid_dotted(CY_OID_UNKNOWN), "?");
  cy_oid_put_short(&b, CY_SPAN("\x55\x04\x03\x00"));
  assert_string_equal(cy_buf_cstr(&b), "2.5.4.3.0");
}

static void names_without_regard_to_case(void **state)
{
  cy_oid cn = cy_oid_find(CY_SPAN("\x55\x04\x03"));
  assert_string_equal(cy_oid_short(cn), "CN");
  assert_int_equal(cy_oid_find_name(CY_SPAN("cn")), cn);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_table_is_whole), cmocka_unit_test(unknown_ones),
    cmocka_unit_test(names_without_regard_to_case)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
