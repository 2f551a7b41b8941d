#include "store/label.h"

#include "base/text.h"

void cy_labels_init(cy_labels *labels, cy_doc *doc)
{
  labels->doc = doc;
  cy_map_init(&labels->coming, true);
  cy_map_init(&labels->numbers, true);
}

void cy_labels_clear(cy_labels *labels)
{
  cy_map_clear(&labels->coming);
  cy_map_clear(&labels->numbers);
}

/* As the store compares them. */
static cy_err *key_of(const cy_labels *labels, const char *label, cy_buf *key)
{
  cy_buf_reset(key);
  bool folds = labels->doc->format->caps & CY_FOLDS_LABELS;
  if (!folds || !cy_text_fold(key, cy_span_str(label))) {
    CY_TRY(cy_buf_check(key));
    cy_buf_reset(key);
    cy_buf_str(key, label);
  }
  return cy_buf_check(key);
}

cy_err *cy_labels_find(const cy_labels *labels, const char *label, size_t *value)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  CY_TRY(key_of(labels, label, &key));
  *value = cy_map_get(&labels->coming, cy_buf_get(&key));
  return NULL;
}

cy_err *cy_labels_note(cy_labels *labels, const char *label, size_t value)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  CY_TRY(key_of(labels, label, &key));
  return cy_map_put(&labels->coming, cy_buf_get(&key), value) ? NULL : cy_err_no_memory();
}

static cy_err *is_free(const cy_labels *labels, const char *label, bool *yes)
{
  cy_entry *there;
  size_t value;
  CY_TRY(cy_labels_find(labels, label, &value));
  CY_TRY(cy_doc_find_label(labels->doc, label, &there));
  *yes = !there && value == CY_MAP_NONE;
  return NULL;
}

/* Counts on from the last, so that many equal names cost no more. */
cy_err *cy_labels_unique(cy_labels *labels, const char *base, cy_arena *arena, char **label)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  CY_TRY(key_of(labels, base, &key));
  size_t last = cy_map_get(&labels->numbers, cy_buf_get(&key));
  bool yes = false;
  for (size_t n = last == CY_MAP_NONE ? 1 : last + 1; !yes; n++) {
    cy_buf_reset(&text);
    cy_buf_str(&text, base);
    if (n > 1)
      cy_buf_printf(&text, "-%zu", n);
    CY_TRY(cy_buf_check(&text));
    CY_TRY(is_free(labels, cy_buf_cstr(&text), &yes));
    if (yes && !cy_map_put(&labels->numbers, cy_buf_get(&key), n))
      return cy_err_no_memory();
  }
  *label = cy_arena_str(arena, cy_buf_get(&text));
  return *label ? NULL : cy_err_no_memory();
}
