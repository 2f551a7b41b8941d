#include "base/base64.h"

enum { SPACE = 64, PAD = 65, WRONG = 255 };

/* clang-format off */
static const uint8_t values[256] = {
#define W WRONG
  W, W, W, W, W, W, W, W, W, SPACE, SPACE, SPACE, SPACE, SPACE, W, W,
  W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
  SPACE, W, W, W, W, W, W, W, W, W, W, 62, W, W, W, 63,
  52, 53, 54, 55, 56, 57, 58, 59, 60, 61, W, W, W, PAD, W, W,
  W, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
  15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, W, W, W, W, W,
  W, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
  41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, W, W, W, W, W,
  W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
  W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
  W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
  W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
  W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
  W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
  W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
  W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
#undef W
};
/* clang-format on */

/* Whole groups of four without white space: nearly all of a PEM block. */
static size_t decode_fast(uint8_t *to, cy_span text, size_t *at)
{
  size_t n = 0, i = *at;
  for (; i + 4 <= text.len; i += 4) {
    uint8_t a = values[text.data[i]], b = values[text.data[i + 1]];
    uint8_t c = values[text.data[i + 2]], d = values[text.data[i + 3]];
    if ((a | b | c | d) & 0xc0)
      break;
    uint32_t v = (uint32_t)a << 18 | (uint32_t)b << 12 | (uint32_t)c << 6 | d;
    to[n++] = (uint8_t)(v >> 16);
    to[n++] = (uint8_t)(v >> 8);
    to[n++] = (uint8_t)v;
  }
  *at = i;
  return n;
}

typedef struct {
  uint32_t bits;
  unsigned count; /* characters of the group so far */
  unsigned pads;
} group;

/* One character; returns how many bytes it completed, or -1 when it is wrong. */
static int step(group *g, uint8_t value, uint8_t *to)
{
  if (value == SPACE)
    return 0;
  if (value == WRONG || (value != PAD && g->pads) || (value == PAD && g->count < 2))
    return -1;
  g->pads += value == PAD;
  g->bits = g->bits << 6 | (value == PAD ? 0 : value);
  if (++g->count < 4)
    return 0;
  int n = 3 - (int)g->pads;
  for (int i = 0; i < n; i++)
    to[i] = (uint8_t)(g->bits >> (16 - 8 * i));
  /* Padding ends the text: `pads` stays, so that what follows is refused. */
  g->count = 0;
  g->bits = 0;
  return n;
}

cy_err *cy_base64_decode(cy_buf *bytes, cy_span text)
{
  uint8_t *to = cy_buf_reserve(bytes, text.len / 4 * 3 + 3);
  if (!to)
    return cy_buf_check(bytes);
  size_t n = 0, at = 0;
  group g = {0};
  while (at < text.len) {
    if (g.count == 0 && !g.pads)
      n += decode_fast(to + n, text, &at);
    if (at >= text.len)
      break;
    int done = step(&g, values[text.data[at]], to + n);
    if (done < 0)
      return cy_err_new(CY_E_BASE64, "at character %zu, 0x%02x is no Base64", at, text.data[at]);
    n += (size_t)done;
    at++;
  }
  if (g.count)
    return cy_err_new(CY_E_BASE64, "it ends in the middle of a group of four characters");
  bytes->len += n;
  return NULL;
}

void cy_base64_encode(cy_buf *text, cy_span bytes, size_t line)
{
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  size_t column = 0;
  for (size_t i = 0; i < bytes.len; i += 3) {
    size_t n = bytes.len - i < 3 ? bytes.len - i : 3;
    uint32_t v = (uint32_t)bytes.data[i] << 16;
    v |= n > 1 ? (uint32_t)bytes.data[i + 1] << 8 : 0;
    v |= n > 2 ? bytes.data[i + 2] : 0;
    char four[4] = {alphabet[v >> 18], alphabet[v >> 12 & 63], n > 1 ? alphabet[v >> 6 & 63] : '=',
      n > 2 ? alphabet[v & 63] : '='};
    cy_buf_put(text, four, 4);
    column += 4;
    if (line && column >= line) {
      cy_buf_u8(text, '\n');
      column = 0;
    }
  }
  if (line && column)
    cy_buf_u8(text, '\n');
}
