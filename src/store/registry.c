/* The table of formats: one row each in formats.def. */
#include "base/file.h"
#include "base/text.h"
#include "store/format.h"

#define CY_FORMAT(name) extern const cy_format cy_format_##name;
#include "store/formats.def"
#undef CY_FORMAT

const cy_format *const cy_formats[] = {
#define CY_FORMAT(name) &cy_format_##name,
#include "store/formats.def"
#undef CY_FORMAT
};
const size_t cy_format_count = CY_COUNT(cy_formats);

/* true when `word` is one of the blank-separated words. */
static bool has_word(const char *words, const char *word)
{
  size_t len = strlen(word);
  for (const char *at = words; len && *at; at += *at == ' ') {
    size_t n = strcspn(at, " ");
    if (cy_ascii_equal_nocase(cy_span_of(at, n), cy_span_of(word, len)))
      return true;
    at += n;
  }
  return false;
}

const cy_format *cy_format_find(const char *prefix)
{
  for (size_t i = 0; i < cy_format_count; i++)
    if (strcmp(cy_formats[i]->id, prefix) == 0 || has_word(cy_formats[i]->prefixes, prefix))
      return cy_formats[i];
  return NULL;
}

const cy_format *cy_format_by_suffix(const char *path)
{
  for (size_t i = 0; i < cy_format_count; i++)
    if (has_word(cy_formats[i]->suffixes, cy_path_suffix(path)))
      return cy_formats[i];
  return NULL;
}

const cy_format *cy_format_detect(cy_span head, const char *name)
{
  const cy_format *best = NULL;
  int best_score = 0;
  for (size_t i = 0; i < cy_format_count; i++) {
    int score = cy_formats[i]->detect(head, name);
    if (score > best_score) {
      best = cy_formats[i];
      best_score = score;
    }
  }
  return best;
}
