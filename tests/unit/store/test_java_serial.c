/* causey-test: any-user */
/* Java's object streams: what belongs there, and what does not. */
#include "tests/unit/store/jks_util.h"

#include "store/java_serial.h"

#define STRING "Ljava/lang/String;"

static const cy_java_layout spec = {"javax.crypto.spec.SecretKeySpec", 0x5b470b66e230614du, 2, 2,
  {{STRING, "algorithm"}, {"[B", "key"}}, NULL};

/* What OpenJDK 17 writes for new SecretKeySpec({1, 2, 3}, "AES"). */
static const char java_wrote[] =
  "\xac\xed\0\x05sr\0\x1fjavax.crypto.spec.SecretKeySpec[G\x0b\x66\xe2\x30\x61M\x02\0\x02L\0\x09"
  "algorithmt\0\x12Ljava/lang/String;[\0\x03keyt\0\x02[Bxpt\0\x03"
  "AESur\0\x02[B\xac\xf3\x17\xf8\x06\x08T\xe0\x02\0\0xp\0\0\0\x03\x01\x02\x03";
#define JAVA_WROTE cy_span_of(java_wrote, sizeof java_wrote - 1)

typedef struct {
  cy_java java;
  cy_parse parse;
} state_of;

static void begin(state_of *s)
{
  *s = (state_of){.parse = {.reason = NULL}};
}

/* NULL when it was read; else the reason. */
static const char *try_read(state_of *s, cy_span bytes)
{
  cy_java_clear(&s->java);
  begin(s);
  cy_cur cur = cy_cur_begin(&s->parse, bytes);
  fine(cy_java_read(&s->java, &cur));
  cy_cur_end(&cur);
  return s->parse.reason;
}

static void writes_what_java_writes(void **state)
{
  CY_CLEAN(cy_buf) out = CY_BUF_STORE;
  cy_java_put(&out, &spec, (cy_span[]){CY_SPAN("AES"), CY_SPAN("\1\2\3")});
  fine(cy_buf_check(&out));
  assert_true(cy_span_equal(cy_buf_get(&out), JAVA_WROTE));
}

static void reads_fields(void **state)
{
  state_of s = {0};
  assert_null(try_read(&s, JAVA_WROTE));
  assert_true(cy_java_is(&s.java, &spec));
  assert_true(cy_span_equal(cy_java_class(&s.java), CY_SPAN("javax.crypto.spec.SecretKeySpec")));
  assert_true(cy_span_equal(cy_java_get(&s.java, "algorithm")->bytes, CY_SPAN("AES")));
  assert_int_equal(cy_java_get(&s.java, "key")->kind, CY_JAVA_BYTES);
  assert_true(cy_span_equal(cy_java_get(&s.java, "key")->bytes, CY_SPAN("\1\2\3")));
  assert_null(cy_java_get(&s.java, "other"));
  cy_java_clear(&s.java);
}

static void a_layout_is_exact(void **state)
{
  state_of s = {0};
  cy_java_layout other[7];
  assert_null(try_read(&s, JAVA_WROTE));
  for (size_t i = 0; i < CY_COUNT(other); i++)
    other[i] = spec;
  other[0].name = "javax.crypto.spec.SecretKeySpe";
  other[1].uid++;
  other[2].flags = 3;
  other[3].field_count = 1;
  other[4].fields[1].name = "kex";
  other[5].fields[1].type = "[C";
  other[6].super = &spec;
  for (size_t i = 0; i < CY_COUNT(other); i++)
    assert_false(cy_java_is(&s.java, &other[i]));
  cy_java_clear(&s.java);
}

static void cut_anywhere_it_is_refused(void **state)
{
  state_of s = {0};
  for (size_t len = 0; len < JAVA_WROTE.len; len++)
    assert_non_null(try_read(&s, cy_span_of(java_wrote, len)));
  cy_java_clear(&s.java);
}

/* Streams made by hand. */

static void put_class(cy_buf *b, const char *name, uint8_t flags, uint16_t fields)
{
  cy_buf_u8(b, 0x72);
  put_utf(b, name);
  cy_buf_u64(b, 1);
  cy_buf_u8(b, flags);
  cy_buf_u16(b, fields);
}

static void put_start(cy_buf *b)
{
  *b = CY_BUF_STORE;
  cy_buf_u32(b, 0xaced0005);
}

static void refused(cy_buf *b, const char *reason, const char *class_name)
{
  state_of s = {0};
  fine(cy_buf_check(b));
  const char *got = try_read(&s, cy_buf_get(b));
  if (!got || strcmp(got, reason) != 0)
    fail_msg("\"%s\" instead of \"%s\"", got ? got : "read", reason);
  cy_span name = cy_java_reading(&s.java);
  if (!cy_span_equal(name, cy_span_str(class_name)))
    fail_msg("%.*s instead of %s", (int)name.len, (const char *)name.data, class_name);
  cy_java_clear(&s.java);
}

/* The shape of what attackers send: a map with its own format, an object in it, a proxy, an array. */
static void put_gadget(cy_buf *b)
{
  put_start(b);
  cy_buf_u8(b, 0x73);
  put_class(b, "java.util.HashMap", 3, 2);
  cy_buf_u8(b, 'F');
  put_utf(b, "loadFactor");
  cy_buf_u8(b, 'I');
  put_utf(b, "threshold");
  cy_buf_span(b, CY_SPAN("xp"));
  cy_buf_u64(b, 0x3f400000000c);
  cy_buf_span(b, CY_SPAN("w\x08\0\0\0\x10\0\0\0\1"));
  cy_buf_u8(b, 0x73);
  put_class(b, "java.net.URL", 3, 0);
  cy_buf_span(b, CY_SPAN("xpx"));
  cy_buf_span(b, CY_SPAN("s}\0\0\0\1")); /* a proxy */
  put_utf(b, "java.util.Map");
  cy_buf_span(b, CY_SPAN("xp"));
  cy_buf_span(b, CY_SPAN("vr\0\1X")); /* a class as a value */
  cy_buf_u64(b, 0);
  cy_buf_span(b, CY_SPAN("\2\0\0xp"));
  cy_buf_span(b, CY_SPAN("ur\0\2[J"));
  cy_buf_u64(b, 0);
  cy_buf_span(b, CY_SPAN("\2\0\0xp\0\0\0\1"));
  cy_buf_u64(b, 7);
  cy_buf_span(b, CY_SPAN("z\0\0\0\2ab"));
  cy_buf_u8(b, 'x');
}

static void a_gadget_is_only_named(void **state)
{
  CY_CLEAN(cy_buf) b;
  state_of s = {0};
  put_gadget(&b);
  const char *reason = try_read(&s, cy_buf_get(&b));
  if (reason)
    fail_msg("%s at %zu", reason, s.parse.offset);
  assert_true(cy_span_equal(cy_java_class(&s.java), CY_SPAN("java.util.HashMap")));
  assert_false(cy_java_is(&s.java, &spec));
  for (size_t len = 0; len < b.len; len++)
    assert_non_null(try_read(&s, cy_span_of(b.data, len)));
  cy_java_clear(&s.java);
}

static void nesting_ends(void **state)
{
  CY_CLEAN(cy_buf) b;
  put_start(&b);
  for (int i = 0; i < 100; i++) {
    cy_buf_u8(&b, 0x73);
    put_class(&b, "Outer", 2, 1);
    cy_buf_u8(&b, 'L');
    put_utf(&b, "inner");
    cy_buf_u8(&b, 0x74);
    put_utf(&b, "LOuter;");
    cy_buf_span(&b, CY_SPAN("xp"));
  }
  refused(&b, "more than 16 values are inside each other", "Outer");
}

/* 200 classes, each above the one before: A1, A2 extends A1 by reference, and so on. */
static void towers_of_classes_end(void **state)
{
  CY_CLEAN(cy_buf) b;
  put_start(&b);
  cy_buf_u8(&b, 0x73);
  put_class(&b, "java.util.Vector", 3, 0);
  cy_buf_span(&b, CY_SPAN("xp"));
  put_class(&b, "A", 2, 0);
  cy_buf_span(&b, CY_SPAN("xp"));
  for (uint32_t i = 0; i < 200; i++) {
    put_class(&b, "A", 2, 0);
    cy_buf_span(&b, CY_SPAN("xq"));
    cy_buf_u32(&b, 0x7e0000 + 2 + i);
  }
  refused(&b, "more than 16 classes stand above each other", "A");
}

static void circles_are_refused(void **state)
{
  CY_CLEAN(cy_buf) b;
  put_start(&b);
  cy_buf_u8(&b, 0x73);
  put_class(&b, "Ring", 2, 0);
  cy_buf_span(&b, CY_SPAN("xq\0\x7e\0\0")); /* it extends itself */
  refused(&b, "a class is above itself", "Ring");
  CY_CLEAN(cy_buf) c;
  put_start(&c);
  cy_buf_u8(&c, 0x73);
  put_class(&c, "Ring", 2, 0);
  cy_buf_put(
    &c, "sq\0\x7e\0\0", 6); /* an object of a class that is not described yet, in its description */
  refused(&c, "an object has no class", "Ring");
}

/* An object whose field is itself: no harm, since nobody follows it. */
static void an_object_may_hold_itself(void **state)
{
  CY_CLEAN(cy_buf) b;
  state_of s = {0};
  put_start(&b);
  cy_buf_u8(&b, 0x73);
  put_class(&b, "Self", 2, 1);
  cy_buf_u8(&b, 'L');
  put_utf(&b, "self");
  cy_buf_u8(&b, 0x74);
  put_utf(&b, "LSelf;");
  cy_buf_span(&b, CY_SPAN("xpq\0\x7e\0\2"));
  assert_null(try_read(&s, cy_buf_get(&b)));
  assert_int_equal(cy_java_get(&s.java, "self")->kind, CY_JAVA_OBJECT);
  cy_java_clear(&s.java);
}

static void giant_lengths_are_refused(void **state)
{
  static const uint32_t counts[] = {0x7fffffff, 0xffffffff, 0x80000000, 1000};
  static const struct {
    const char *name, *reason;
  } arrays[] = {{"[B", "an array is longer than what is left of the file"},
    {"[J", "an array is longer than what is left of the file"},
    {"[Lx;", "it ends in the middle of a value"}, {"B", "an array is of a type that there is not"},
    {"[", "an array is of a type that there is not"}};
  for (size_t a = 0; a < CY_COUNT(arrays); a++)
    for (size_t i = 0; i < CY_COUNT(counts); i++) {
      CY_CLEAN(cy_buf) b;
      put_start(&b);
      cy_buf_u8(&b, 0x73);
      put_class(&b, "java.util.Vector", 3, 0);
      cy_buf_span(&b, CY_SPAN("xpu"));
      put_class(&b, arrays[a].name, 2, 0);
      cy_buf_span(&b, CY_SPAN("xp"));
      cy_buf_u32(&b, counts[i]);
      cy_buf_span(&b, CY_SPAN("ppp"));
      refused(&b, arrays[a].reason, arrays[a].name);
    }
}

static void many_objects_end(void **state)
{
  CY_CLEAN(cy_buf) b;
  put_start(&b);
  cy_buf_u8(&b, 0x73);
  put_class(&b, "java.util.Vector", 3, 0);
  cy_buf_span(&b, CY_SPAN("xp"));
  for (int i = 0; i < 3000; i++)
    cy_buf_span(&b, CY_SPAN("t\0\1s"));
  refused(&b, "it has more than 2000 objects", "java.util.Vector");
  CY_CLEAN(cy_buf) c;
  put_start(&c);
  cy_buf_u8(&c, 0x73);
  put_class(&c, "Wide", 2, 0xffff);
  for (int i = 0; i < 3000; i++)
    cy_buf_span(&c, CY_SPAN("I\0\1i"));
  refused(&c, "its classes have more than 2000 fields", "Wide");
}

static void what_does_not_belong_is_refused(void **state)
{
  static const struct {
    cy_span body;
    const char *reason;
  } cases[] = {
    {CY_SPAN("t\0\1s"), "there is no object in it"},
    {CY_SPAN("p"), "there is no object in it"},
    {CY_SPAN("{"), "there is no object in it"},
    {CY_SPAN("y"), "there is no object in it"},
    {CY_SPAN("sp"), "an object has no class"},
    {CY_SPAN("ss"), "a class is not described"},
    {CY_SPAN("sq\0\x7e\0\0"), "it refers back to an object that was not there"},
    {CY_SPAN("sq\0\0\0\0"), "it refers back to an object that was not there"},
    {CY_SPAN("sr\0\1Z\0\0\0\0\0\0\0\0\2\0\1Q\0\1q"), "a field is of a type that there is not"},
    {CY_SPAN("sr\0\1Z\0\0\0\0\0\0\0\0\2\0\1\0\0\1q"), "a field is of a type that there is not"},
    {CY_SPAN("sr\0\1Z\0\0\0\0\0\0\0\0\2\0\1L\0\1qp"), "a string is missing"},
    {CY_SPAN("sr\0\1Z\0\0\0\0\0\0\0\0\2\0\1L\0\1qq\0\x7e\0\0"), "a string is missing"},
    {CY_SPAN("sr\0\1Z\0\0\0\0\0\0\0\0\2\0\1L\0\1qt\0\1Lxpw\0"), "a value is missing"},
    {CY_SPAN("sr\0\1Z\0\0\0\0\0\0\0\0\4\0\0xp"), "its content has a form that only its own class can read"},
    {CY_SPAN("sr\0\1Z\0\0\0\0\0\0\0\0\2\0\0y"), "it has a part of a kind that does not belong here"},
    {CY_SPAN("sr\0\1Z\0\0\0\0\0\0\0\0\2\0\0|"), "it has a part of a kind that does not belong here"},
    {CY_SPAN("s}\0\0\0\x65"), "a proxy has more than 100 interfaces"},
    {CY_SPAN("sr\0\1Z\0\0\0\0\0\0\0\0\2\0\0xp."), "there are bytes left over"},
  };
  for (size_t i = 0; i < CY_COUNT(cases); i++) {
    CY_CLEAN(cy_buf) b;
    state_of s = {0};
    put_start(&b);
    cy_buf_span(&b, cases[i].body);
    const char *got = try_read(&s, cy_buf_get(&b));
    if (!got || strcmp(got, cases[i].reason) != 0)
      fail_msg("case %zu: \"%s\" instead of \"%s\"", i, got ? got : "read", cases[i].reason);
    cy_java_clear(&s.java);
  }
}

static void values_of_an_annotation_are_not_fields(void **state)
{
  CY_CLEAN(cy_buf) b;
  state_of s = {0};
  put_start(&b);
  cy_buf_u8(&b, 0x73);
  put_class(&b, "Z", 2, 1);
  cy_buf_u8(&b, 'I');
  put_utf(&b, "i");
  cy_buf_span(&b, CY_SPAN("sr\0\1Y\0\0\0\0\0\0\0\0\2\0\1I\0\1ixp\0\0\0\7")); /* beside the description */
  cy_buf_span(&b, CY_SPAN("xp\0\0\0\5"));
  const char *reason = try_read(&s, cy_buf_get(&b));
  if (reason)
    fail_msg("%s at %zu", reason, s.parse.offset);
  assert_true(cy_span_equal(cy_java_get(&s.java, "i")->bytes, CY_SPAN("\0\0\0\5")));
  cy_java_clear(&s.java);
}

static cy_err *read_stream(void *bytes)
{
  cy_java java = {0};
  cy_parse parse = {.reason = NULL};
  cy_cur cur = cy_cur_begin(&parse, cy_buf_get(bytes));
  cy_err *err = cy_java_read(&java, &cur);
  cy_java_clear(&java);
  return err;
}

static void memory_runs_out(void **state)
{
  CY_CLEAN(cy_buf) b;
  put_gadget(&b);
  memory_ends_anywhere(read_stream, &b, 3);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(writes_what_java_writes),
    cmocka_unit_test(reads_fields),
    cmocka_unit_test(a_layout_is_exact),
    cmocka_unit_test(cut_anywhere_it_is_refused),
    cmocka_unit_test(a_gadget_is_only_named),
    cmocka_unit_test(nesting_ends),
    cmocka_unit_test(towers_of_classes_end),
    cmocka_unit_test(circles_are_refused),
    cmocka_unit_test(an_object_may_hold_itself),
    cmocka_unit_test(giant_lengths_are_refused),
    cmocka_unit_test(many_objects_end),
    cmocka_unit_test(what_does_not_belong_is_refused),
    cmocka_unit_test(values_of_an_annotation_are_not_fields),
    cmocka_unit_test(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
