#include "base/der.h"

#include "tests/unit/base/alloc.h"

#define CURSOR(name, input)                                                                                \
  cy_parse name##_parse = {0};                                                                             \
  cy_cur name = cy_cur_begin(&name##_parse, input)

static void write_all(cy_buf *b)
{
  size_t seq = cy_der_begin(b);
  cy_der_put_bool(b, true);
  cy_der_put_uint(b, 0);
  cy_der_put_uint(b, 127);
  cy_der_put_uint(b, 128);
  cy_der_put_uint(b, UINT64_MAX);
  cy_der_put_oid(b, "1.2.840.113549.1.1.11");
  cy_der_put(b, CY_DER_OCTET_STRING, CY_SPAN("abc"));
  cy_der_put(b, CY_DER_BIT_STRING, CY_SPAN("\x00x"));
  cy_der_put_time(b, cy_time_from_civil(2049, 12, 31, 23, 59, 59));
  cy_der_put_time(b, cy_time_from_civil(2050, 1, 1, 0, 0, 0));
  size_t inner = cy_der_begin(b);
  cy_der_put_null(b);
  cy_der_end(b, inner, CY_DER_CONTEXT_CONSTRUCTED(0));
  cy_der_end(b, seq, CY_DER_SEQUENCE);
}

/* Answers true when the whole was read as it was written. */
static bool read_all(cy_span der)
{
  cy_span magnitude;
  CURSOR(top, der);
  cy_cur seq = cy_der_enter(&top, CY_DER_SEQUENCE);
  bool same = cy_der_bool(&seq);
  same &= cy_der_uint(&seq) == 0;
  same &= cy_der_uint(&seq) == 127;
  same &= cy_der_uint(&seq) == 128;
  magnitude = cy_der_unsigned(&seq);
  same &= cy_span_equal(magnitude, CY_SPAN("\xff\xff\xff\xff\xff\xff\xff\xff"));
  CY_CLEAN(cy_buf) oid = CY_BUF_TEXT;
  cy_oid_format(&oid, cy_der_take(&seq, CY_DER_OID));
  same &= strcmp(cy_buf_cstr(&oid), "1.2.840.113549.1.1.11") == 0;
  same &= cy_span_equal(cy_der_take(&seq, CY_DER_OCTET_STRING), CY_SPAN("abc"));
  same &= cy_span_equal(cy_der_bits(&seq, NULL), CY_SPAN("x"));
  same &= cy_der_peek(&seq) == CY_DER_UTC_TIME;
  same &= cy_der_time(&seq) == cy_time_from_civil(2049, 12, 31, 23, 59, 59);
  same &= cy_der_peek(&seq) == CY_DER_GENERALIZED_TIME;
  same &= cy_der_time(&seq) == cy_time_from_civil(2050, 1, 1, 0, 0, 0);
  cy_cur inner, none;
  same &= cy_der_enter_if(&seq, CY_DER_CONTEXT_CONSTRUCTED(0), &inner);
  same &= cy_span_equal(cy_der_take_whole(&inner, CY_DER_NULL), CY_SPAN("\x05\x00"));
  cy_der_leave(&inner);
  same &= !cy_der_enter_if(&seq, CY_DER_CONTEXT_CONSTRUCTED(1), &none) && !cy_cur_more(&none);
  cy_der_leave(&seq);
  cy_cur_end(&top);
  return same && cy_cur_ok(&top);
}

static void round_trip(void **state)
{
  CY_CLEAN(cy_buf) b = CY_BUF_STORE;
  write_all(&b);
  assert_no_error(cy_buf_check(&b));
  assert_true(read_all(cy_buf_get(&b)));
}

static void every_truncation_fails(void **state)
{
  CY_CLEAN(cy_buf) b = CY_BUF_STORE;
  write_all(&b);
  for (size_t len = 0; len < b.len; len++) {
    uint8_t *exact = cy_realloc(cy_memdup(b.data, len), len);
    assert_false(read_all(cy_span_of(exact, len)));
    cy_free(exact);
  }
}

static void lengths_round_trip(void **state)
{
  static const size_t lengths[] = {0, 1, 127, 128, 255, 256, 65535, 65536, 0xffffff, 0x1000000};
  static const unsigned heads[] = {2, 2, 2, 3, 3, 4, 4, 5, 5, 6};
  for (size_t i = 0; i < CY_COUNT(lengths); i++) {
    CY_CLEAN(cy_buf) b = CY_BUF_STORE, again = CY_BUF_STORE;
    size_t at = cy_der_begin(&b);
    cy_buf_fill(&b, 0x55, lengths[i]);
    cy_der_end(&b, at, CY_DER_OCTET_STRING);
    assert_int_equal(b.len, lengths[i] + heads[i]);
    CURSOR(cur, cy_buf_get(&b));
    cy_span content = cy_der_take(&cur, CY_DER_OCTET_STRING);
    assert_int_equal(content.len, lengths[i]);
    cy_der_put(&again, CY_DER_OCTET_STRING, content);
    assert_true(cy_span_equal(cy_buf_get(&b), cy_buf_get(&again)));
  }
}

/* What a strict and a lenient reader say of a value. */
static void odd_heads(void **state)
{
  static const struct {
    cy_span der;
    bool strict, lenient, not_der;
  } rows[] = {
    {CY_SPAN("\x04\x01x"), true, true, false},
    {CY_SPAN("\x04\x81\x01x"), false, true, true},
    {CY_SPAN("\x04\x82\x00\x01x"), false, true, true},
    {CY_SPAN("\x04\x84\x00\x00\x00\x01x"), false, true, true},
    {CY_SPAN("\x04\x85\x00\x00\x00\x00\x01x"), false, false, false},
    {CY_SPAN("\x04\x80\x00\x00"), false, false, false},          /* indefinite */
    {CY_SPAN("\x04\x84\x80\x00\x00\x00x"), false, false, false}, /* 2 GB */
    {CY_SPAN("\x04\x84\xff\xff\xff\xffx"), false, false, false},
    {CY_SPAN("\x04\xffx"), false, false, false},
    {CY_SPAN("\x1f\x01x"), false, false, false}, /* high tag number */
    {CY_SPAN("\x04\x02x"), false, false, false},
    {CY_SPAN("\x04\x81"), false, false, false},
    {CY_SPAN("\x04"), false, false, false},
  };
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    CURSOR(strict, rows[i].der);
    cy_der_next(&strict);
    assert_int_equal(cy_cur_ok(&strict), rows[i].strict);
    CURSOR(lenient, rows[i].der);
    lenient_parse.lenient = true;
    cy_der value = cy_der_next(&lenient);
    assert_int_equal(cy_cur_ok(&lenient), rows[i].lenient);
    if (!rows[i].lenient)
      continue;
    assert_int_equal(lenient_parse.not_der, rows[i].not_der);
    assert_true(cy_span_equal(value.content, CY_SPAN("x")) && cy_span_equal(value.whole, rows[i].der));
  }
}

static void integers(void **state)
{
  static const struct {
    cy_span der;
    bool valid;
    uint64_t value;
  } rows[] = {
    {CY_SPAN("\x02\x01\x00"), true, 0},
    {CY_SPAN("\x02\x02\x00\x80"), true, 128},
    {CY_SPAN("\x02\x09\x00\xff\xff\xff\xff\xff\xff\xff\xff"), true, UINT64_MAX},
    {CY_SPAN("\x02\x09\x01\x00\x00\x00\x00\x00\x00\x00\x00"), false, 0},
    {CY_SPAN("\x02\x01\xff"), false, 0},
    {CY_SPAN("\x02\x00"), false, 0},
    {CY_SPAN("\x0a\x01\x01"), false, 0},
  };
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    CURSOR(cur, rows[i].der);
    assert_true(cy_der_uint(&cur) == rows[i].value);
    assert_int_equal(cy_cur_ok(&cur), rows[i].valid);
  }
}

static void small_types(void **state)
{
  unsigned unused = 9;
  CURSOR(bits, CY_SPAN("\x03\x02\x07\x80\x03\x01\x00\x03\x02\x01\xfe"));
  assert_int_equal(cy_der_bits(&bits, &unused).len, 1);
  assert_int_equal(unused, 7);
  assert_int_equal(cy_der_bits(&bits, NULL).len, 0);
  assert_true(cy_cur_ok(&bits));
  cy_der_bits(&bits, NULL);
  assert_false(cy_cur_ok(&bits));
  static const cy_span wrong_bits[] = {
    CY_SPAN("\x03\x00"), CY_SPAN("\x03\x01\x01"), CY_SPAN("\x03\x02\x08x")};
  for (size_t i = 0; i < CY_COUNT(wrong_bits); i++) {
    CURSOR(cur, wrong_bits[i]);
    cy_der_bits(&cur, &unused);
    assert_false(cy_cur_ok(&cur));
  }
  CURSOR(flag, CY_SPAN("\x01\x01\x01\x01\x02\xff\xff"));
  assert_true(cy_der_bool(&flag));
  cy_der_bool(&flag);
  assert_false(cy_cur_ok(&flag));
  CURSOR(when, CY_SPAN("\x17\x03\x61\x62\x63"));
  cy_der_time(&when);
  assert_false(cy_cur_ok(&when));
}

static void depth_has_a_limit(void **state)
{
  CY_CLEAN(cy_buf) b = CY_BUF_STORE;
  for (int i = 0; i < 40; i++) {
    cy_buf_insert(&b, 0, NULL, 0);
    cy_der_end(&b, 0, CY_DER_SEQUENCE);
  }
  CURSOR(cur, cy_buf_get(&b));
  cy_cur level[41] = {cur};
  for (int i = 0; i < 40; i++) {
    level[i + 1] = cy_der_enter(&level[i], CY_DER_SEQUENCE);
    assert_int_equal(cy_cur_ok(&cur), i < CY_MAX_DEPTH);
  }
  assert_int_equal(cur_parse.offset, 2 * CY_MAX_DEPTH);
}

static void leaving_gives_depth_back(void **state)
{
  CY_CLEAN(cy_buf) b = CY_BUF_STORE;
  for (int i = 0; i < 100; i++)
    cy_der_put(&b, CY_DER_SEQUENCE, CY_SPAN_NONE);
  CURSOR(cur, cy_buf_get(&b));
  while (cy_cur_more(&cur)) {
    cy_cur inner = cy_der_enter(&cur, CY_DER_SEQUENCE);
    cy_der_leave(&inner);
  }
  assert_true(cy_cur_ok(&cur));
}

static void object_identifiers(void **state)
{
  static const struct {
    const char *dotted;
    cy_span content;
  } rows[] = {
    {"0.0", CY_SPAN("\x00")},
    {"1.39", CY_SPAN("\x4f")},
    {"2.5.4.3", CY_SPAN("\x55\x04\x03")},
    {"2.999.3", CY_SPAN("\x88\x37\x03")},
    {"2.5.18446744073709551615", CY_SPAN("\x55\x81\xff\xff\xff\xff\xff\xff\xff\xff\x7f")},
  };
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    CY_CLEAN(cy_buf) content = CY_BUF_TEXT, dotted = CY_BUF_TEXT;
    assert_true(cy_oid_parse(&content, rows[i].dotted));
    assert_true(cy_span_equal(cy_buf_get(&content), rows[i].content));
    cy_oid_format(&dotted, rows[i].content);
    assert_string_equal(cy_buf_cstr(&dotted), rows[i].dotted);
  }
}

static void wrong_identifiers(void **state)
{
  static const char *const texts[] = {"", "1", "1.", "3.1", "1.40", "1.2.", "1.2..3", ".1.2", "1.2.x",
    "1.2 ", "2.5.18446744073709551616", "-1.2"};
  CY_CLEAN(cy_buf) b = CY_BUF_TEXT;
  cy_buf_u8(&b, 'x');
  for (size_t i = 0; i < CY_COUNT(texts); i++) {
    assert_false(cy_oid_parse(&b, texts[i]));
    assert_int_equal(b.len, 1); /* nothing of a wrong one stays */
  }
  cy_buf_reset(&b);
  cy_oid_format(&b, CY_SPAN_NONE);
  cy_oid_format(&b, CY_SPAN("\x55\x84"));
  cy_oid_format(&b, CY_SPAN("\x55\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"));
  assert_string_equal(cy_buf_cstr(&b), "??2.5.?");
  cy_buf_reset(&b);
  cy_der_put_oid(&b, "no");
  assert_error(cy_buf_check(&b), CY_E_BUG);
}

static void times_without_a_form(void **state)
{
  CY_CLEAN(cy_buf) b = CY_BUF_TEXT;
  cy_der_put_time(&b, CY_TIME_MAX);
  cy_der_put_time(&b, CY_TIME_MIN);
  assert_no_error(cy_buf_check(&b));
  cy_der_put_time(&b, CY_TIME_MAX + 1);
  assert_error(cy_buf_check(&b), CY_E_BUG);
}

static bool build(void)
{
  CY_CLEAN(cy_buf) b = CY_BUF_STORE;
  write_all(&b);
  cy_err *err = cy_buf_check(&b);
  bool done = !err && read_all(cy_buf_get(&b));
  cy_err_free(err);
  return done;
}

static void failing_memory(void **state)
{
  fail_each_allocation(build);
}

/* The head of a SEQUENCE of any length, what is behind it, or nothing. */
static void heads_are_skipped(void **state)
{
  static const struct {
    cy_span bytes;
    bool good;
    size_t left;
  } rows[] = {{CY_SPAN("\x30\x03"
                       "abc"),
                true, 3},
    {CY_SPAN("\x30\x82\x10\x00"
             "a"),
      true, 1},
    {CY_SPAN("\x30\x80"
             "ab"),
      true, 2},
    {CY_SPAN("\x30\x82\x10"), false, 0}, {CY_SPAN("\x30"), false, 0},
    {CY_SPAN("\x31\x03"
             "abc"),
      false, 0},
    {CY_SPAN_NONE, false, 0}};
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    CURSOR(cur, rows[i].bytes);
    assert_int_equal(cy_der_skip_head(&cur), rows[i].good);
    if (rows[i].good)
      assert_int_equal(cy_cur_left(&cur), rows[i].left);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(round_trip),
    cmocka_unit_test(every_truncation_fails),
    cmocka_unit_test(lengths_round_trip),
    cmocka_unit_test(odd_heads),
    cmocka_unit_test(integers),
    cmocka_unit_test(small_types),
    cmocka_unit_test(depth_has_a_limit),
    cmocka_unit_test(leaving_gives_depth_back),
    cmocka_unit_test(object_identifiers),
    cmocka_unit_test(wrong_identifiers),
    cmocka_unit_test(times_without_a_form),
    cmocka_unit_test(heads_are_skipped),
    cmocka_unit_test(failing_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
