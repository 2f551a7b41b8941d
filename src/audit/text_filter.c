/* Many words at once: the last two letters of a window say how far it can move (Wu and Manber). */
#include "audit/text.h"

/* Letters without case, and the few signs that anchors have; all others are one. */
static unsigned code_of(uint8_t c)
{
  static const uint8_t codes[256] = {
    ['-'] = 27,
    ['_'] = 28,
    ['.'] = 29,
    [' '] = 30,
    ['='] = 31,
    ['\t'] = 30,
#define LETTER(low, high, n) [low] = n, [high] = n
    LETTER('a', 'A', 1),
    LETTER('b', 'B', 2),
    LETTER('c', 'C', 3),
    LETTER('d', 'D', 4),
    LETTER('e', 'E', 5),
    LETTER('f', 'F', 6),
    LETTER('g', 'G', 7),
    LETTER('h', 'H', 8),
    LETTER('i', 'I', 9),
    LETTER('j', 'J', 10),
    LETTER('k', 'K', 11),
    LETTER('l', 'L', 12),
    LETTER('m', 'M', 13),
    LETTER('n', 'N', 14),
    LETTER('o', 'O', 15),
    LETTER('p', 'P', 16),
    LETTER('q', 'Q', 17),
    LETTER('r', 'R', 18),
    LETTER('s', 'S', 19),
    LETTER('t', 'T', 20),
    LETTER('u', 'U', 21),
    LETTER('v', 'V', 22),
    LETTER('w', 'W', 23),
    LETTER('x', 'X', 24),
    LETTER('y', 'Y', 25),
    LETTER('z', 'Z', 26),
#undef LETTER
  };
  return codes[c];
}

static unsigned bucket_of(const uint8_t *two)
{
  return code_of(two[0]) << 5 | code_of(two[1]);
}

void cy_text_filter_init(cy_text_filter *f, const char *const *anchors, size_t count)
{
  f->anchors = anchors;
  f->window = 255;
  for (size_t i = 0; i < count; i++)
    if (strlen(anchors[i]) < f->window)
      f->window = strlen(anchors[i]);
  memset(f->shift, (int)f->window - 1, sizeof f->shift);
  for (size_t i = 0; i < count; i++) {
    const uint8_t *word = (const uint8_t *)anchors[i];
    for (size_t at = 0; at + 2 <= f->window; at++) {
      unsigned bucket = bucket_of(word + at);
      size_t shift = f->window - 2 - at;
      if (shift < f->shift[bucket])
        f->shift[bucket] = (uint8_t)shift;
    }
    unsigned last = bucket_of(word + f->window - 2);
    f->next[i] = f->first[last];
    f->first[last] = (uint8_t)(i + 1);
  }
}

static bool stands_at(const char *anchor, cy_span text, size_t at, size_t *len)
{
  size_t n = 0;
  for (; anchor[n]; n++) {
    unsigned code = at + n < text.len ? code_of(text.data[at + n]) : 0;
    if (at + n >= text.len || code_of((uint8_t)anchor[n]) != code ||
        (!code && anchor[n] != (char)text.data[at + n]))
      return false;
  }
  *len = n;
  return true;
}

bool cy_text_filter_stands(const char *anchor, cy_span text, size_t at)
{
  size_t len;
  return stands_at(anchor, text, at, &len);
}

size_t cy_text_filter_next(const cy_text_filter *f, cy_span text, size_t from, size_t *len)
{
  for (size_t end = from + f->window; end <= text.len;) {
    unsigned bucket = bucket_of(text.data + end - 2);
    if (f->shift[bucket]) {
      end += f->shift[bucket];
      continue;
    }
    for (unsigned i = f->first[bucket]; i; i = f->next[i - 1])
      if (stands_at(f->anchors[i - 1], text, end - f->window, len))
        return end - f->window;
    end++;
  }
  return SIZE_MAX;
}
