#include "base/text.h"

/* Length of the sequence that a lead byte announces, 0 when it can not lead. */
static unsigned sequence_length(uint8_t lead)
{
  if (lead < 0x80)
    return 1;
  if (lead >= 0xc2 && lead < 0xe0)
    return 2;
  if (lead >= 0xe0 && lead < 0xf0)
    return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

static bool decode(cy_span text, uint32_t *code_point, unsigned *len)
{
  static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  unsigned n = sequence_length(text.data[0]);
  if (n == 0 || text.len < n)
    return false;
  uint32_t c = n == 1 ? text.data[0] : text.data[0] & (0x7fu >> n);
  for (unsigned i = 1; i < n; i++) {
    if ((text.data[i] & 0xc0) != 0x80)
      return false;
    c = c << 6 | (text.data[i] & 0x3f);
  }
  if (c < smallest[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
    return false;
  *code_point = c;
  *len = n;
  return true;
}

bool cy_utf8_next(cy_span *text, uint32_t *code_point)
{
  unsigned len = 1;
  if (text->len == 0)
    return false;
  bool valid = decode(*text, code_point, &len);
  text->data += len;
  text->len -= len;
  return valid;
}

bool cy_utf8_valid(cy_span text)
{
  uint32_t c;
  while (text.len)
    if (!cy_utf8_next(&text, &c))
      return false;
  return true;
}

void cy_utf8_put(cy_buf *buf, uint32_t c)
{
  if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
    c = 0xfffd;
  if (c < 0x80) {
    cy_buf_u8(buf, (uint8_t)c);
    return;
  }
  unsigned more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
  cy_buf_u8(buf, (uint8_t)(lead[more] | c >> (6 * more)));
  while (more--)
    cy_buf_u8(buf, (uint8_t)(0x80 | (c >> (6 * more) & 0x3f)));
}

void cy_text_from_latin1(cy_buf *utf8, cy_span latin1)
{
  for (size_t i = 0; i < latin1.len; i++)
    cy_utf8_put(utf8, latin1.data[i]);
}

static uint32_t unit_at(cy_span s, size_t at)
{
  return (uint32_t)s.data[at] << 8 | s.data[at + 1];
}

bool cy_text_from_utf16be(cy_buf *utf8, cy_span s)
{
  for (size_t i = 0; i + 1 < s.len; i += 2) {
    uint32_t c = unit_at(s, i);
    if (c >= 0xd800 && c < 0xe000) {
      uint32_t low = i + 3 < s.len ? unit_at(s, i + 2) : 0;
      if (c >= 0xdc00 || low < 0xdc00 || low >= 0xe000)
        return false;
      c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
      i += 2;
    }
    cy_utf8_put(utf8, c);
  }
  return s.len % 2 == 0;
}

bool cy_text_from_utf32be(cy_buf *utf8, cy_span s)
{
  for (size_t i = 0; i + 3 < s.len; i += 4) {
    uint32_t c = unit_at(s, i) << 16 | unit_at(s, i + 2);
    if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
      return false;
    cy_utf8_put(utf8, c);
  }
  return s.len % 4 == 0;
}

static void put_units(cy_buf *buf, uint32_t c, void (*put)(cy_buf *, uint16_t))
{
  if (c < 0x10000) {
    put(buf, (uint16_t)c);
    return;
  }
  put(buf, (uint16_t)(0xd800 + ((c - 0x10000) >> 10)));
  put(buf, (uint16_t)(0xdc00 + ((c - 0x10000) & 0x3ff)));
}

bool cy_text_to_utf16be(cy_buf *utf16, cy_span utf8)
{
  uint32_t c;
  while (utf8.len) {
    if (!cy_utf8_next(&utf8, &c))
      return false;
    put_units(utf16, c, cy_buf_u16);
  }
  return true;
}

/* Surrogates are encoded one by one, and NUL as two bytes. */
static void put_modified_unit(cy_buf *buf, uint16_t unit)
{
  if (unit == 0)
    cy_buf_put(buf, "\xc0\x80", 2);
  else if (unit >= 0xd800 && unit < 0xe000) {
    uint8_t three[] = {
      (uint8_t)(0xe0 | unit >> 12), (uint8_t)(0x80 | (unit >> 6 & 0x3f)), (uint8_t)(0x80 | (unit & 0x3f))};
    cy_buf_put(buf, three, 3);
  } else
    cy_utf8_put(buf, unit);
}

bool cy_text_to_modified_utf8(cy_buf *modified, cy_span utf8)
{
  uint32_t c;
  while (utf8.len) {
    if (!cy_utf8_next(&utf8, &c))
      return false;
    put_units(modified, c, put_modified_unit);
  }
  return true;
}

bool cy_text_from_modified_utf8(cy_buf *utf8, cy_span s)
{
  uint32_t high = 0;
  for (size_t i = 0; i < s.len;) {
    uint8_t b = s.data[i];
    unsigned n = b < 0x80 ? 1 : (b & 0xe0) == 0xc0 ? 2 : (b & 0xf0) == 0xe0 ? 3 : 0;
    if (n == 0 || i + n > s.len)
      return false;
    uint32_t c = n == 1 ? b : b & (0xffu >> (n + 1));
    for (unsigned k = 1; k < n; k++) {
      if ((s.data[i + k] & 0xc0) != 0x80)
        return false;
      c = c << 6 | (s.data[i + k] & 0x3f);
    }
    i += n;
    bool is_low = c >= 0xdc00 && c < 0xe000;
    if ((high != 0) != is_low)
      return false;
    if (c >= 0xd800 && c < 0xdc00) {
      high = c;
      continue;
    }
    cy_utf8_put(utf8, high ? 0x10000 + ((high - 0xd800) << 10) + (c - 0xdc00) : c);
    high = 0;
  }
  return high == 0;
}

static bool is_dangerous(uint32_t c)
{
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
         (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

void cy_text_put_safe(cy_buf *buf, cy_span text)
{
  while (text.len) {
    uint32_t c;
    cy_span at = text;
    if (!cy_utf8_next(&text, &c))
      cy_buf_printf(buf, "\\x%02x", at.data[0]);
    else if (!is_dangerous(c))
      cy_buf_put(buf, at.data, at.len - text.len);
    else if (c < 0x80)
      cy_buf_printf(buf, "\\x%02x", (unsigned)c);
    else
      cy_buf_printf(buf, "\\u{%x}", (unsigned)c);
  }
}

void cy_text_put_shell(cy_buf *buf, const char *word)
{
  bool plain =
    *word && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./@%+=:,-") ==
               strlen(word);
  if (plain) {
    cy_buf_str(buf, word);
    return;
  }
  cy_buf_u8(buf, '\'');
  for (; *word; word++)
    cy_buf_str(buf, *word == '\'' ? "'\\''" : (char[]){*word, 0});
  cy_buf_u8(buf, '\'');
}

/* First and last code points of a class. */
typedef uint32_t range[2];

static bool in_ranges(uint32_t c, const range *ranges, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (c >= ranges[i][0] && c <= ranges[i][1])
      return true;
  return false;
}

static unsigned columns_of(uint32_t c)
{
  static const range combining[] = {{0x300, 0x36f}, {0x483, 0x489}, {0x591, 0x5bd}, {0x610, 0x61a},
    {0x64b, 0x65f}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f},
    {0xfe20, 0xfe2f}, {0xe0100, 0xe01ef}};
  static const range wide[] = {{0x1100, 0x115f}, {0x2e80, 0xa4cf}, {0xa960, 0xa97f}, {0xac00, 0xd7a3},
    {0xf900, 0xfaff}, {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1faff},
    {0x20000, 0x3fffd}};
  if (c < 0x300)
    return 1;
  if (in_ranges(c, combining, CY_COUNT(combining)))
    return 0;
  return in_ranges(c, wide, CY_COUNT(wide)) ? 2 : 1;
}

static unsigned next_columns(cy_span *utf8)
{
  uint32_t c;
  return cy_utf8_next(utf8, &c) ? columns_of(c) : 1;
}

size_t cy_text_width(cy_span utf8)
{
  size_t width = 0;
  while (utf8.len)
    width += next_columns(&utf8);
  return width;
}

cy_span cy_text_head(cy_span utf8, size_t columns)
{
  cy_span rest = utf8;
  size_t used = 0;
  while (rest.len) {
    cy_span after = rest;
    used += next_columns(&after);
    if (used > columns)
      break;
    rest = after;
  }
  return cy_span_of(utf8.data, utf8.len - rest.len);
}

cy_span cy_text_tail(cy_span utf8, size_t columns)
{
  size_t left = cy_text_width(utf8);
  while (utf8.len) {
    cy_span after = utf8;
    unsigned first = next_columns(&after);
    if (first && left <= columns)
      break;
    left -= first;
    utf8 = after;
  }
  return utf8;
}

char cy_ascii_lower(char c)
{
  return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool cy_ascii_equal_nocase(cy_span a, cy_span b)
{
  if (a.len != b.len)
    return false;
  for (size_t i = 0; i < a.len; i++)
    if (cy_ascii_lower((char)a.data[i]) != cy_ascii_lower((char)b.data[i]))
      return false;
  return true;
}

bool cy_text_starts(const char *text, const char *prefix)
{
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool cy_text_ends(const char *text, const char *suffix)
{
  size_t a = strlen(text), b = strlen(suffix);
  return a >= b && strcmp(text + a - b, suffix) == 0;
}

/* Latin, Greek and Cyrillic: what labels are made of. */
static uint32_t fold(uint32_t c)
{
  static const range plus_32[] = {
    {'A', 'Z'}, {0xc0, 0xd6}, {0xd8, 0xde}, {0x391, 0x3a1}, {0x3a3, 0x3ab}, {0x410, 0x42f}};
  static const range even_upper[] = {{0x100, 0x137}, {0x14a, 0x177}, {0x218, 0x21f}, {0x460, 0x481},
    {0x48a, 0x4bf}, {0x4d0, 0x52f}, {0x1e00, 0x1e95}, {0x1ea0, 0x1eff}};
  static const range odd_upper[] = {{0x139, 0x148}, {0x179, 0x17e}, {0x4c1, 0x4ce}};
  static const range single[] = {{0x178, 0xff}, {0x386, 0x3ac}, {0x388, 0x3ad}, {0x389, 0x3ae},
    {0x38a, 0x3af}, {0x38c, 0x3cc}, {0x38e, 0x3cd}, {0x38f, 0x3ce}, {0x4c0, 0x4cf}, {0x1e9e, 0xdf}};
  for (size_t i = 0; c >= 0x80 && i < CY_COUNT(single); i++)
    if (single[i][0] == c)
      return single[i][1];
  if (in_ranges(c, plus_32, CY_COUNT(plus_32)))
    return c + 32;
  if (c >= 0x400 && c <= 0x40f)
    return c + 80;
  if (in_ranges(c, even_upper, CY_COUNT(even_upper)))
    return c | 1;
  return in_ranges(c, odd_upper, CY_COUNT(odd_upper)) ? c + (c & 1) : c;
}

bool cy_text_fold(cy_buf *buf, cy_span utf8)
{
  uint32_t c;
  while (utf8.len) {
    if (!cy_utf8_next(&utf8, &c))
      return false;
    if (c == 0x130)
      cy_buf_str(buf, "i\xcc\x87"); /* the dot stays */
    else
      cy_utf8_put(buf, fold(c));
  }
  return true;
}

/* Letters that one word has and the other has not: each costs a step, so it is no less than this. */
static size_t least_distance(const char *a, const char *b)
{
  int counts[64] = {0};
  size_t more = 0, less = 0;
  for (; *a; a++)
    counts[(unsigned char)*a % 64]++;
  for (; *b; b++)
    counts[(unsigned char)*b % 64]--;
  for (size_t i = 0; i < CY_COUNT(counts); i++)
    if (counts[i] > 0)
      more += (size_t)counts[i];
    else
      less += (size_t)-counts[i];
  return more > less ? more : less;
}

/* Optimal string alignment over three rows; it ends when two rows are over the limit. */
unsigned cy_text_distance(const char *a, const char *b, unsigned limit)
{
  enum { MAX = 128 };
  unsigned rows[3][MAX + 1];
  unsigned least_before = 0;
  size_t la = strlen(a), lb = strlen(b);
  if (la > MAX || lb > MAX || least_distance(a, b) > limit)
    return limit + 1;
  for (size_t j = 0; j <= lb; j++)
    rows[0][j] = (unsigned)j;
  for (size_t i = 1; i <= la; i++) {
    unsigned *now = rows[i % 3], *before = rows[(i + 2) % 3], *two_before = rows[(i + 1) % 3];
    unsigned least = now[0] = (unsigned)i;
    for (size_t j = 1; j <= lb; j++) {
      unsigned best = before[j - 1] + (a[i - 1] != b[j - 1]);
      best = before[j] + 1 < best ? before[j] + 1 : best;
      best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped && two_before[j - 2] + 1 < best)
        best = two_before[j - 2] + 1;
      now[j] = best;
      least = best < least ? best : least;
    }
    if (least > limit && least_before > limit)
      return limit + 1;
    least_before = least;
  }
  unsigned distance = rows[la % 3][lb];
  return distance > limit ? limit + 1 : distance;
}

static void lower_copy(char *to, size_t size, const char *from)
{
  size_t i = 0;
  for (; from[i] && i + 1 < size; i++)
    to[i] = cy_ascii_lower(from[i]);
  to[i] = 0;
}

void cy_nearest_try(cy_nearest *near, const char *candidate)
{
  char a[129] = "", b[129] = "";
  lower_copy(a, sizeof a, near->word);
  lower_copy(b, sizeof b, candidate);
  unsigned limit = 1 + (unsigned)strlen(a) / 3;
  unsigned needed = near->best_distance <= limit ? near->best_distance - 1 : limit;
  unsigned d = near->best_distance ? cy_text_distance(a, b, needed) : limit + 1;
  d = d > needed ? limit + 1 : d;
  bool extends = strlen(a) >= 2 && (cy_text_starts(b, a) || (strlen(b) >= 3 && cy_text_starts(a, b)));
  if (d > limit && extends)
    d = limit;
  if (d <= limit && d < near->best_distance) {
    near->best = candidate;
    near->best_distance = d;
  }
}
