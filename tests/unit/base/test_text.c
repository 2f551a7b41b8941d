#include "base/text.h"

#include "tests/unit/base/alloc.h"

typedef bool converter(cy_buf *to, cy_span from);

typedef struct {
  converter *convert;
  cy_span from, to;
  bool valid;
} row;

#define S(literal) CY_SPAN(literal)

static void utf8(void **state)
{
  static const struct {
    cy_span text;
    bool valid;
  } rows[] = {
    {S(""), true},
    {S("a\x7f"), true},
    {S("\xc2\x80\xdf\xbf"), true},
    {S("\xe0\xa0\x80\xef\xbf\xbf"), true},
    {S("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"), true},
    {S("\xed\x9f\xbf\xee\x80\x80"), true},
    {S("\x80"), false},
    {S("\xc0\x80"), false},
    {S("\xc1\xbf"), false},
    {S("\xe0\x9f\xbf"), false},
    {S("\xf0\x8f\xbf\xbf"), false},
    {S("\xf4\x90\x80\x80"), false},
    {S("\xf5\x80\x80\x80"), false},
    {S("\xed\xa0\x80"), false},
    {S("\xed\xbf\xbf"), false},
    {S("\xff"), false},
    {S("\xc2"), false},
    {S("\xe2\x82"), false},
    {S("\xf0\x9f\x98"), false},
    {S("\xc2\x41"), false},
    {S("\xe2\x41\x82"), false},
  };
  for (size_t i = 0; i < CY_COUNT(rows); i++)
    if (cy_utf8_valid(rows[i].text) != rows[i].valid)
      fail_msg("row %zu", i);
}

static void every_code_point_round_trips(void **state)
{
  CY_CLEAN(cy_buf) b = CY_BUF_TEXT;
  for (uint32_t c = 0; c <= 0x110000; c++) {
    uint32_t back = 0;
    cy_buf_reset(&b);
    cy_utf8_put(&b, c);
    cy_span text = cy_buf_get(&b);
    assert_true(cy_utf8_next(&text, &back) && text.len == 0);
    bool real = c < 0xd800 || (c > 0xdfff && c < 0x110000);
    assert_int_equal(back, real ? c : 0xfffd);
  }
}

static void invalid_bytes_are_skipped_one_by_one(void **state)
{
  cy_span text = S("\xff\xe2\x82x");
  uint32_t c;
  assert_false(cy_utf8_next(&text, &c));
  assert_false(cy_utf8_next(&text, &c));
  assert_false(cy_utf8_next(&text, &c));
  assert_true(cy_utf8_next(&text, &c) && c == 'x');
  assert_false(cy_utf8_next(&text, &c));
}

static const row conversions[] = {
  {cy_text_from_utf16be, S("\x00x\x20\xac"), S("x€"), true},
  {cy_text_from_utf16be, S("\xd8\x3d\xde\x00"), S("😀"), true},
  {cy_text_from_utf16be, S(""), S(""), true},
  {cy_text_from_utf16be, S("\x00"), S(""), false},
  {cy_text_from_utf16be, S("\x00x\x00"), S("x"), false},
  {cy_text_from_utf16be, S("\xd8\x3d"), S(""), false},
  {cy_text_from_utf16be, S("\xd8\x3d\xde"), S(""), false},
  {cy_text_from_utf16be, S("\xd8\x3d\x00x"), S(""), false},
  {cy_text_from_utf16be, S("\xde\x00\xd8\x3d"), S(""), false},
  {cy_text_from_utf32be, S("\x00\x00\x00x\x00\x01\xf6\x00"), S("x😀"), true},
  {cy_text_from_utf32be, S("\x00\x11\x00\x00"), S(""), false},
  {cy_text_from_utf32be, S("\xff\xff\xff\xff"), S(""), false},
  {cy_text_from_utf32be, S("\x00\x00\xd8\x00"), S(""), false},
  {cy_text_from_utf32be, S("\x00\x00\x00"), S(""), false},
  {cy_text_to_utf16be, S("x€😀"), S("\x00x\x20\xac\xd8\x3d\xde\x00"), true},
  {cy_text_to_utf16be, S("\xff"), S(""), false},
  {cy_text_to_modified_utf8, S("a\0é€"), S("a\xc0\x80é€"), true},
  {cy_text_to_modified_utf8, S("😀"), S("\xed\xa0\xbd\xed\xb8\x80"), true},
  {cy_text_to_modified_utf8, S("\xed\xa0\xbd"), S(""), false},
  {cy_text_from_modified_utf8, S("a\xc0\x80é€"), S("a\0é€"), true},
  {cy_text_from_modified_utf8, S("\xed\xa0\xbd\xed\xb8\x80"), S("😀"), true},
  {cy_text_from_modified_utf8, S("\xed\xa0\xbd"), S(""), false},
  {cy_text_from_modified_utf8, S("\xed\xa0\xbdx"), S(""), false},
  {cy_text_from_modified_utf8, S("\xed\xb8\x80"), S(""), false},
  {cy_text_from_modified_utf8, S("\xf0\x9f\x98\x80"), S(""), false},
  {cy_text_from_modified_utf8, S("\xc3"), S(""), false},
  {cy_text_from_modified_utf8, S("\xe2\x82"), S(""), false},
  {cy_text_from_modified_utf8, S("\xc3x"), S(""), false},
  {cy_text_from_modified_utf8, S("\x80"), S(""), false},
  {cy_text_fold, S("ABCXYZ[@09"), S("abcxyz[@09"), true},
  {cy_text_fold, S("ÀÞ×ßÿŸĀĿŁŹĲĸẞẾ"), S("àþ×ßÿÿāŀłźĳĸßế"), true},
  {cy_text_fold, S("ΑΩΆΏ АЯЀЏҐ"), S("αωάώ аяѐџґ"), true},
  {cy_text_fold, S("İı"), S("i\xcc\x87ı"), true},
  {cy_text_fold, S("\xff"), S(""), false},
};

static void encodings(void **state)
{
  for (size_t i = 0; i < CY_COUNT(conversions); i++) {
    const row *r = &conversions[i];
    CY_CLEAN(cy_buf) to = CY_BUF_TEXT;
    uint8_t *exact = cy_realloc(cy_memdup(r->from.data, r->from.len), r->from.len);
    bool valid = r->convert(&to, cy_span_of(exact, r->from.len));
    cy_free(exact);
    if (valid != r->valid || (valid && !cy_span_equal(cy_buf_get(&to), r->to)))
      fail_msg("row %zu: %s", i, cy_buf_cstr(&to));
  }
  CY_CLEAN(cy_buf) latin = CY_BUF_TEXT;
  cy_text_from_latin1(&latin, S("a\x80\xe9\xff"));
  assert_string_equal(cy_buf_cstr(&latin), "a\xc2\x80éÿ");
}

static void what_is_shown(void **state)
{
  static const struct {
    cy_span text;
    const char *shown;
  } rows[] = {
    {S("plain é 漢 😀"), "plain é 漢 😀"},
    {S("a\0b\x1b[31m\r\n\x7f"), "a\\x00b\\x1b[31m\\x0d\\x0a\\x7f"},
    {S("\xff\xc3"), "\\xff\\xc3"},
    {S("\xc2\x9b"), "\\u{9b}"},
    {S("\u202e\u2066\u200f\u061c\ufeff"), "\\u{202e}\\u{2066}\\u{200f}\\u{61c}\\u{feff}"},
    {S("\U000e0041"), "\\u{e0041}"},
  };
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    CY_CLEAN(cy_buf) b = CY_BUF_TEXT;
    cy_text_put_safe(&b, rows[i].text);
    assert_string_equal(cy_buf_cstr(&b), rows[i].shown);
  }
}

static void columns(void **state)
{
  assert_int_equal(cy_text_width(S("abcé")), 4);
  assert_int_equal(cy_text_width(S("漢字😀")), 6);
  assert_int_equal(cy_text_width(S("e\u0301x")), 2);
  assert_int_equal(cy_text_width(S("\xff\xff")), 2);
  assert_true(cy_span_equal(cy_text_head(S("ab漢字"), 5), S("ab漢")));
  assert_true(cy_span_equal(cy_text_head(S("e\u0301x"), 1), S("e\u0301")));
  assert_true(cy_span_equal(cy_text_head(S("abc"), 9), S("abc")));
  assert_int_equal(cy_text_head(S("abc"), 0).len, 0);
  assert_true(cy_span_equal(cy_text_tail(S("漢字ab"), 3), S("ab")));
  assert_true(cy_span_equal(cy_text_tail(S("xe\u0301y"), 1), S("y")));
  assert_true(cy_span_equal(cy_text_tail(S("abc"), 9), S("abc")));
  assert_int_equal(cy_text_tail(S("abc"), 0).len, 0);
}

static void small_questions(void **state)
{
  assert_true(cy_ascii_equal_nocase(S("AbZ"), S("aBz")));
  assert_false(cy_ascii_equal_nocase(S("[@"), S("{`")));
  assert_false(cy_ascii_equal_nocase(S("a"), S("ab")));
  assert_true(cy_text_starts("abc", "ab") && cy_text_starts("abc", "") && !cy_text_starts("a", "ab"));
  assert_true(cy_text_ends("abc", "bc") && cy_text_ends("abc", "") && !cy_text_ends("c", "bc"));
}

static void distances(void **state)
{
  static const struct {
    const char *a, *b;
    unsigned limit, distance;
  } rows[] = {
    {"", "", 3, 0},
    {"abc", "abc", 0, 0},
    {"abc", "abd", 3, 1},
    {"abc", "acb", 3, 1},
    {"abc", "ab", 3, 1},
    {"abc", "xabc", 3, 1},
    {"ca", "abc", 5, 3},
    {"kitten", "sitting", 5, 3},
    {"abc", "xyz", 1, 2},
    {"abc", "abcdefgh", 2, 3},
    {"", "ab", 5, 2},
  };
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    assert_int_equal(cy_text_distance(rows[i].a, rows[i].b, rows[i].limit), rows[i].distance);
    assert_int_equal(cy_text_distance(rows[i].b, rows[i].a, rows[i].limit), rows[i].distance);
  }
  char longest[130];
  memset(longest, 'a', sizeof longest - 1);
  longest[129] = 0;
  assert_int_equal(cy_text_distance(longest, longest, 5), 6); /* too long to be compared */
  assert_int_equal(cy_text_distance(longest + 1, longest + 1, 5), 0);
}

static void the_nearest_word(void **state)
{
  static const char *const words[] = {"list", "show", "verify", "passwd", "password-file"};
  static const struct {
    const char *word, *best;
  } rows[] = {
    {"shwo", "show"},
    {"LIST", "list"},
    {"verfy", "verify"},
    {"passw", "passwd"},
    {"zzz", NULL},
    {"", NULL},
    {"password", "passwd"},
  };
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    cy_nearest near = CY_NEAREST(rows[i].word);
    for (size_t w = 0; w < CY_COUNT(words); w++)
      cy_nearest_try(&near, words[w]);
    if (!rows[i].best)
      assert_null(near.best);
    else
      assert_string_equal(near.best, rows[i].best);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(utf8),
    cmocka_unit_test(every_code_point_round_trips),
    cmocka_unit_test(invalid_bytes_are_skipped_one_by_one),
    cmocka_unit_test(encodings),
    cmocka_unit_test(what_is_shown),
    cmocka_unit_test(columns),
    cmocka_unit_test(small_questions),
    cmocka_unit_test(distances),
    cmocka_unit_test(the_nearest_word),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
