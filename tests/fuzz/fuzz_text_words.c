/* Whatever the text: each hit lies within it, on a line that it has, and no secret is a variable. */
#include "audit/text.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

static cy_span whole;

static bool inside(cy_span part)
{
  return !part.len || (part.data >= whole.data && part.data + part.len <= whole.data + whole.len);
}

static void check(void *arg, const cy_text_hit *hit)
{
  (void)arg;
  if (!inside(hit->value) || !inside(hit->word) || !inside(hit->from) || hit->line < 1 ||
      hit->line > whole.len + 1)
    abort();
  if (hit->rule->role == CY_TEXT_PASSWORD && !hit->obscured && memchr(hit->value.data, '$', hit->value.len))
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const char *const names[] = {"a.sh", "a.xml", "a.conf", "a.mqsc", "a.yml"};
  static cy_text_finder finder;
  static bool made;
  if (!made && cy_text_finder_init(&finder))
    abort();
  made = true;
  whole = cy_span_of(data, size);
  for (size_t i = 0; i < CY_COUNT(names); i++)
    cy_text_find(&finder, whole, cy_text_kind(names[i], whole) | (1u << (i % 4)), check, NULL);
  return 0;
}
