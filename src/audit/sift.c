/* One spelling for every path, and what is left out. */
#include "audit/sift.h"

#include <limits.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"

cy_err *cy_sieve_init(cy_sieve *sieve, const char *const *paths, size_t count)
{
  *sieve = (cy_sieve){.roots = cy_calloc(count + 1, sizeof *sieve->roots)};
  CY_TRY_ALLOC(sieve->roots);
  for (size_t i = 0; i < count; i++) {
    char real[PATH_MAX];
    cy_sieve_root *root = &sieve->roots[sieve->root_count];
    size_t len = strlen(paths[i]);
    sieve->root_count++;
    while (len > 1 && paths[i][len - 1] == '/')
      len--;
    root->spelled = cy_strndup(paths[i], len);
    CY_TRY_ALLOC(root->spelled);
    root->resolved = realpath(paths[i], real) ? cy_strdup(real) : cy_strdup(root->spelled);
    CY_TRY_ALLOC(root->resolved);
  }
  return NULL;
}

void cy_sieve_clear(cy_sieve *sieve)
{
  for (size_t i = 0; i < sieve->root_count; i++) {
    cy_free(sieve->roots[i].spelled);
    cy_free(sieve->roots[i].resolved);
  }
  cy_free(sieve->roots);
  *sieve = (cy_sieve){0};
}

/* What follows the name of an operand; NULL: the text is not below it. */
static const char *below(const cy_sieve_root *root, const char *text)
{
  size_t len = strlen(root->spelled);
  if (!text || !cy_text_starts(text, root->spelled))
    return NULL;
  bool slash = len && root->spelled[len - 1] == '/';
  return slash ? text + len - 1 : text[len] == '/' || text[len] == '#' || !text[len] ? text + len : NULL;
}

static const cy_sieve_root *root_of(const cy_sieve *sieve, const char *text)
{
  const cy_sieve_root *best = NULL;
  for (size_t i = 0; i < sieve->root_count; i++)
    if (below(&sieve->roots[i], text) && (!best || strlen(sieve->roots[i].spelled) > strlen(best->spelled)))
      best = &sieve->roots[i];
  return best;
}

static void set_place(const cy_sieve *sieve, cy_findings *list, cy_finding *f)
{
  const cy_sieve_root *root = root_of(sieve, f->subject);
  const char *rest = root ? below(root, f->subject) : NULL;
  if (!rest || strcmp(root->spelled, root->resolved) == 0)
    return;
  size_t len = strlen(root->resolved);
  bool slash = len && root->resolved[len - 1] == '/' && *rest == '/';
  CY_CLEAN(cy_buf) place = CY_BUF_TEXT;
  cy_buf_put(&place, root->resolved, len - slash);
  cy_buf_str(&place, rest);
  char *text = cy_buf_take_str(&place);
  list->failed = list->failed || !text;
  if (text)
    cy_finding_set_place(f, text);
}

static bool left_out(cy_sieve *sieve, const cy_finding *f)
{
  bool known = sieve->since && cy_since_has(sieve->since, cy_finding_fingerprint(f));
  if (sieve->baseline && cy_baseline_accepts(sieve->baseline, f, sieve->now)) {
    sieve->accepted++;
    return true;
  }
  sieve->known += known;
  return known;
}

void cy_sieve_sift(cy_sieve *sieve, cy_findings *list)
{
  size_t kept = 0;
  for (size_t i = 0; i < list->count; i++) {
    cy_finding *f = list->items[i];
    set_place(sieve, list, f);
    if (left_out(sieve, f))
      cy_finding_free(f);
    else
      list->items[kept++] = f;
  }
  list->count = kept;
}
