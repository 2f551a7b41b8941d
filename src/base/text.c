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
    uint8_t three[] = {(uint8_t)(0xe0 | unit >> 12), (uint8_t)(0x80 | (unit >> 6 & 0x3f)), (uint8_t)(0x80 | (unit & 0x3f))};
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

size_t cy_text_width(cy_span utf8)
{
  size_t width = 0;
  uint32_t c;
  while (utf8.len) {
    if (!cy_utf8_next(&utf8, &c)) {
      width++;
      continue;
    }
    bool combining = (c >= 0x300 && c < 0x370) || (c >= 0x20d0 && c < 0x2100);
    bool wide = (c >= 0x1100 && c < 0x1160) || (c >= 0x2e80 && c < 0xa4d0) || (c >= 0xac00 && c < 0xd7a4) ||
                (c >= 0xf900 && c < 0xfb00) || (c >= 0xfe30 && c < 0xfe70) || (c >= 0xff00 && c < 0xff61) ||
                (c >= 0x1f300 && c < 0x1fb00);
    width += combining ? 0 : wide ? 2 : 1;
  }
  return width;
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

/* Latin-1, Latin Extended-A, Greek and Cyrillic: what labels are made of. */
static uint32_t fold(uint32_t c)
{
  if (c >= 'A' && c <= 'Z')
    return c + 32;
  if ((c >= 0xc0 && c <= 0xde && c != 0xd7) || (c >= 0x391 && c <= 0x3a9 && c != 0x3a2) || (c >= 0x410 && c <= 0x42f))
    return c + 32;
  if (c >= 0x400 && c <= 0x40f)
    return c + 80;
  bool even_upper = (c >= 0x100 && c <= 0x137 && c != 0x130) || (c >= 0x14a && c <= 0x177);
  bool odd_upper = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e);
  if (even_upper)
    return c | 1;
  if (odd_upper)
    return c + (c & 1);
  return c == 0x178 ? 0xff : c;
}

bool cy_text_fold(cy_buf *buf, cy_span utf8)
{
  uint32_t c;
  while (utf8.len) {
    if (!cy_utf8_next(&utf8, &c))
      return false;
    cy_utf8_put(buf, fold(c));
  }
  return true;
}

/* Optimal string alignment over three rows. */
unsigned cy_text_distance(const char *a, const char *b, unsigned limit)
{
  enum { MAX = 128 };
  unsigned rows[3][MAX + 1];
  size_t la = strlen(a), lb = strlen(b);
  size_t gap = la > lb ? la - lb : lb - la;
  if (la > MAX || lb > MAX || gap > limit)
    return limit + 1;
  for (size_t j = 0; j <= lb; j++)
    rows[0][j] = (unsigned)j;
  for (size_t i = 1; i <= la; i++) {
    unsigned *now = rows[i % 3], *before = rows[(i + 2) % 3], *two_before = rows[(i + 1) % 3];
    now[0] = (unsigned)i;
    for (size_t j = 1; j <= lb; j++) {
      unsigned best = before[j - 1] + (a[i - 1] != b[j - 1]);
      best = before[j] + 1 < best ? before[j] + 1 : best;
      best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped && two_before[j - 2] + 1 < best)
        best = two_before[j - 2] + 1;
      now[j] = best;
    }
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
  char a[129], b[129];
  lower_copy(a, sizeof a, near->word);
  lower_copy(b, sizeof b, candidate);
  unsigned limit = 1 + (unsigned)strlen(a) / 3;
  unsigned d = cy_text_distance(a, b, limit);
  bool extends = strlen(a) >= 2 && (cy_text_starts(b, a) || (strlen(b) >= 3 && cy_text_starts(a, b)));
  if (d > limit && extends)
    d = limit;
  if (d <= limit && d < near->best_distance) {
    near->best = candidate;
    near->best_distance = d;
  }
}
