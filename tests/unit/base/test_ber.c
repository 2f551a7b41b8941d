#include "base/der.h"

#include "tests/unit/base/alloc.h"

typedef struct {
  const char *name;
  cy_span ber, der;
} row;

#define S(literal) CY_SPAN(literal)

static const row good[] = {
  {"definite stays", S("\x30\x03\x02\x01\x05"), S("\x30\x03\x02\x01\x05")},
  {"indefinite", S("\x30\x80\x02\x01\x05\x00\x00"), S("\x30\x03\x02\x01\x05")},
  {"nested indefinite", S("\x30\x80\x31\x80\xa0\x80\x05\x00\x00\x00\x00\x00\x00\x00"),
    S("\x30\x06\x31\x04\xa0\x02\x05\x00")},
  {"indefinite in definite", S("\x30\x06\x30\x80\x05\x00\x00\x00"), S("\x30\x04\x30\x02\x05\x00")},
  {"empty", S("\x30\x80\x00\x00"), S("\x30\x00")},
  {"string in parts", S("\x24\x80\x04\x02\x61\x62\x04\x01\x63\x00\x00"), S("\x04\x03\x61\x62\x63")},
  {"string in definite parts", S("\x24\x07\x04\x02\x61\x62\x04\x01\x63"), S("\x04\x03\x61\x62\x63")},
  {"parts of parts", S("\x24\x80\x24\x80\x04\x01\x61\x00\x00\x24\x03\x04\x01\x62\x00\x00"),
    S("\x04\x02\x61\x62")},
  {"string without parts", S("\x24\x80\x00\x00"), S("\x04\x00")},
  {"text in octet parts", S("\x2c\x80\x04\x01\x61\x0c\x01\x62\x00\x00"), S("\x0c\x02\x61\x62")},
  {"BMP text in parts", S("\x3e\x80\x04\x02\x00\x61\x00\x00"), S("\x1e\x02\x00\x61")},
  {"bits in parts", S("\x23\x80\x03\x02\x00\x61\x03\x02\x04\xf0\x00\x00"), S("\x03\x03\x04\x61\xf0")},
  {"nested bits", S("\x23\x80\x23\x04\x03\x02\x00\x61\x03\x02\x00\x62\x00\x00"), S("\x03\x03\x00\x61\x62")},
  {"long lengths", S("\x04\x83\x00\x00\x01x"), S("\x04\x01x")},
  {"an octet string is not looked into", S("\x04\x04\x30\x80\x00\x00"), S("\x04\x04\x30\x80\x00\x00")},
  {"EXTERNAL is no string", S("\x28\x80\x06\x01\x2a\x00\x00"), S("\x28\x03\x06\x01\x2a")},
};

static void conversions(void **state)
{
  for (size_t i = 0; i < CY_COUNT(good); i++) {
    CY_CLEAN(cy_buf) der = CY_BUF_STORE, longer = CY_BUF_STORE, again = CY_BUF_STORE;
    size_t consumed = 0;
    cy_buf_span(&longer, good[i].ber);
    cy_buf_str(&longer, "rest");
    assert_no_error(cy_ber_to_der(&der, cy_buf_get(&longer), &consumed));
    if (!cy_span_equal(cy_buf_get(&der), good[i].der) || consumed != good[i].ber.len)
      fail_msg("%s", good[i].name);
    assert_no_error(cy_ber_to_der(&again, cy_buf_get(&der), &consumed));
    assert_true(cy_span_equal(cy_buf_get(&again), good[i].der));
  }
}

static void every_truncation_fails(void **state)
{
  for (size_t i = 0; i < CY_COUNT(good); i++) {
    for (size_t len = 0; len < good[i].ber.len; len++) {
      CY_CLEAN(cy_buf) der = CY_BUF_STORE;
      size_t consumed;
      uint8_t *exact = cy_realloc(cy_memdup(good[i].ber.data, len), len);
      assert_error(cy_ber_to_der(&der, cy_span_of(exact, len), &consumed), CY_E_MALFORMED);
      cy_free(exact);
    }
  }
}

static void wrong_values(void **state)
{
  static const row bad[] = {
    {"primitive of indefinite length", S("\x04\x80x\x00\x00"), {0}},
    {"end of contents alone", S("\x00\x00"), {0}},
    {"end of contents in a definite value", S("\x30\x02\x00\x00"), {0}},
    {"constructed tag 0", S("\x20\x80\x00\x00"), {0}},
    {"an INTEGER in parts", S("\x22\x03\x02\x01\x05"), {0}},
    {"a primitive SEQUENCE", S("\x10\x00"), {0}},
    {"a part of another type", S("\x24\x80\x02\x01\x05\x00\x00"), {0}},
    {"octets as a part of bits", S("\x23\x80\x04\x01x\x00\x00"), {0}},
    {"unused bits before the last part", S("\x23\x80\x03\x02\x04\xf0\x03\x02\x00\x61\x00\x00"), {0}},
    {"bits without a count", S("\x23\x80\x03\x00\x00\x00"), {0}},
    {"8 unused bits", S("\x23\x80\x03\x02\x08x\x00\x00"), {0}},
    {"high tag number", S("\x3f\x80\x00\x00"), {0}},
    {"2 GB", S("\x30\x84\x80\x00\x00\x00"), {0}},
    {"length of length 5", S("\x30\x85\x00\x00\x00\x00\x00"), {0}},
    {"length of length 127", S("\x30\xff\x00"), {0}},
  };
  for (size_t i = 0; i < CY_COUNT(bad); i++) {
    CY_CLEAN(cy_buf) der = CY_BUF_STORE;
    size_t consumed;
    cy_err *err = cy_ber_to_der(&der, bad[i].ber, &consumed);
    if (!err)
      fail_msg("%s was taken", bad[i].name);
    cy_err_free(err);
  }
}

/* A million tags one in another neither exhaust the stack nor take long. */
static void a_million_levels(void **state)
{
  static const uint8_t tags[] = {0x30, 0x24, 0x23, 0xa0};
  for (size_t t = 0; t < sizeof tags; t++) {
    CY_CLEAN(cy_buf) ber = CY_BUF_STORE, der = CY_BUF_STORE;
    size_t consumed;
    for (int i = 0; i < 1000000; i++) {
      cy_buf_u8(&ber, tags[t]);
      cy_buf_u8(&ber, 0x80);
    }
    assert_true(cy_ber_is_indefinite(cy_buf_get(&ber)));
    assert_error(cy_ber_to_der(&der, cy_buf_get(&ber), &consumed), CY_E_MALFORMED);
  }
}

static void a_million_siblings(void **state)
{
  CY_CLEAN(cy_buf) ber = CY_BUF_STORE, der = CY_BUF_STORE;
  size_t consumed;
  cy_buf_str(&ber, "\x30\x80");
  for (int i = 0; i < 1000000; i++)
    cy_buf_str(&ber, "\x04\x01x");
  cy_buf_put(&ber, "\0\0", 2);
  assert_no_error(cy_ber_to_der(&der, cy_buf_get(&ber), &consumed));
  assert_int_equal(der.len, 3000005);
}

static void recognition(void **state)
{
  for (size_t i = 0; i < CY_COUNT(good); i++)
    assert_false(cy_ber_is_indefinite(good[i].der));
  static const cy_span yes[] = {S("\x30\x80"), S("\x24\x02"), S("\x30\x04\x05\x00\x30\x80"), S("\x23\x00")};
  static const cy_span no[] = {S(""), S("\x30"), S("\x30\x00\x30\x80"), S("\x04\x02\x30\x80"),
    S("\x04\x80"), S("\x1f\x80"), S("\x28\x00"), S("\x04\x05x\x30\x80")};
  for (size_t i = 0; i < CY_COUNT(yes); i++)
    assert_true(cy_ber_is_indefinite(yes[i]));
  for (size_t i = 0; i < CY_COUNT(no); i++)
    assert_false(cy_ber_is_indefinite(no[i]));
}

/* An indefinite length deep behind many others is seen, too. */
static void recognition_behind_many(void **state)
{
  CY_CLEAN(cy_buf) ber = CY_BUF_STORE;
  for (int i = 0; i < 100; i++)
    cy_der_put_null(&ber);
  cy_buf_put(&ber, "\x30\x80\x00\x00", 4);
  cy_der_end(&ber, 0, CY_DER_SEQUENCE);
  assert_true(cy_ber_is_indefinite(cy_buf_get(&ber)));
}

static bool convert(void)
{
  CY_CLEAN(cy_buf) der = CY_BUF(1000);
  size_t consumed;
  cy_err *err = cy_ber_to_der(&der, good[11].ber, &consumed);
  bool done = !err;
  cy_err_free(err);
  return done;
}

static void failing_memory_and_ceiling(void **state)
{
  fail_each_allocation(convert);
  for (size_t max = 0; max < good[11].der.len; max++) {
    CY_CLEAN(cy_buf) der = CY_BUF(max);
    size_t consumed;
    assert_error(cy_ber_to_der(&der, good[11].ber, &consumed), CY_E_TOO_LARGE);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(conversions),
    cmocka_unit_test(every_truncation_fails),
    cmocka_unit_test(wrong_values),
    cmocka_unit_test(a_million_levels),
    cmocka_unit_test(a_million_siblings),
    cmocka_unit_test(recognition),
    cmocka_unit_test(recognition_behind_many),
    cmocka_unit_test(failing_memory_and_ceiling),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
