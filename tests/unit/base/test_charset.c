#include "tests/lib/unit.h"

#include "base/charset.h"

static void becomes(const void *bytes, size_t len, const char *want)
{
  CY_CLEAN(cy_buf) utf8 = CY_BUF_TEXT;
  cy_span text = cy_charset_text(&utf8, cy_span_of(bytes, len));
  assert_int_equal(text.len, strlen(want));
  assert_memory_equal(text.data, want, text.len);
}

static void test_whole(void **state)
{
  static const uint8_t little[] = {0xff, 0xfe, 'a', 0, 0x3d, 0xd8, 0x00, 0xde, 'b', 0};
  static const uint8_t big[] = {0xfe, 0xff, 0, 'a', 0xd8, 0x3d, 0xde, 0x00, 0, 'b'};
  static const uint8_t halves[] = {0xfe, 0xff, 0xd8, 0x3d, 0, 'x', 0xde, 0x00};
  static const uint8_t unmarked[] = {'l', 0, 'i', 0, 's', 0, 't', 0, 'e', 0, 'n', 0};
  static const uint8_t ebcdic[] = {
    0xd3, 0xc9, 0xe2, 0xe3, 0xc5, 0xd5, 0x40, 0xf1, 0x15, 0xc1, 0x7e, 0xc2, 0x25};
  (void)state;
  becomes("plain text", 10, "plain text");
  becomes(little, sizeof little,
    "a\xf0\x9f\x98\x80"
    "b");
  becomes(big, sizeof big,
    "a\xf0\x9f\x98\x80"
    "b");
  becomes(halves, sizeof halves, "\xef\xbf\xbdx\xef\xbf\xbd");
  becomes(unmarked, sizeof unmarked, "listen");
  becomes(ebcdic, sizeof ebcdic, "LISTEN 1\nA=B\n");
}

/* Keystores and the like are no texts. */
static void test_binary(void **state)
{
  uint8_t der[64], zeros[64] = {0};
  (void)state;
  for (size_t i = 0; i < sizeof der; i++)
    der[i] = (uint8_t)(i * 37 + 11);
  memcpy(der, "\x30\x82\x04\x00\x02\x01\x03", 7);
  assert_int_equal(cy_charset_guess(cy_span_of(der, sizeof der)), CY_CHARSET_BYTES);
  assert_int_equal(cy_charset_guess(cy_span_of(zeros, sizeof zeros)), CY_CHARSET_BYTES);
  assert_int_equal(cy_charset_guess(cy_span_of("\xfe\xed\xfe\xed", 4)), CY_CHARSET_BYTES);
  assert_int_equal(cy_charset_guess(CY_SPAN_NONE), CY_CHARSET_BYTES);
}

/* However it is cut, the same comes out; records of 80 octets are lines. */
static void test_pieces(void **state)
{
  uint8_t cards[240];
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  (void)state;
  memset(cards, 0x40, sizeof cards);
  for (size_t i = 0; i < 3; i++)
    memcpy(cards + i * 80, "\xc1\xc2\xc3", 3);
  cy_charset_text(&whole, cy_span_of(cards, sizeof cards));
  assert_int_equal(whole.len, 3 * 81);
  for (size_t cut = 1; cut < sizeof cards; cut += 7) {
    CY_CLEAN(cy_buf) parts = CY_BUF_TEXT;
    cy_charset_stream stream;
    assert_true(cy_charset_begin(&stream, cy_span_of(cards, sizeof cards)));
    for (size_t at = 0; at < sizeof cards; at += cut) {
      size_t len = sizeof cards - at < cut ? sizeof cards - at : cut;
      cy_charset_feed(&stream, &parts, cy_span_of(cards + at, len));
    }
    assert_int_equal(parts.len, whole.len);
    assert_memory_equal(parts.data, whole.data, whole.len);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_whole), cmocka_unit_test(test_binary), cmocka_unit_test(test_pieces)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
