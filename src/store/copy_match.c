/* What the entries are to be called in the target, and what is there already. */
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/secret_key.h"
#include "store/codes.h"
#include "store/copy_internal.h"
#include "store/label.h"
#include "x509/name.h"

typedef struct {
  cy_copy *copy;
  cy_map there;              /* the target's entries by content */
  cy_map coming;             /* unlabelled items by content */
  cy_labels labels;          /* of items, by their index */
  const cy_copy_item *named; /* the only one that options.label is for; NULL: it is for all */
  size_t conflicts;
  char *conflict; /* of the first; arena */
} matching;

/* What two entries have in common when they are the same thing. */
static cy_span content_of(const cy_entry *entry)
{
  if (entry->cert_count)
    return entry->certs[0].der;
  return entry->has_key ? entry->key.spki : entry->der;
}

static bool labels_count(const matching *m)
{
  return cy_place_caps(m->copy->target) & CY_CAN_LABELS;
}

/* Comparing. */

typedef enum { SAME, COMPLETES, DIFFERS } relation;

/* The first certificates of both are the same. */
static relation compare_chains(const cy_entry *coming, const cy_entry *there)
{
  size_t common = coming->cert_count < there->cert_count ? coming->cert_count : there->cert_count;
  for (size_t i = 1; i < common; i++)
    if (!cy_span_equal(coming->certs[i].der, there->certs[i].der))
      return DIFFERS;
  return coming->cert_count > common ? COMPLETES : SAME;
}

/* Sealed, the same key looks different each time. */
static bool same_secret(const cy_secret *a, const cy_secret *b)
{
  cy_secret_key one, other;
  cy_err *err = cy_secret_key_parse(&one, cy_secret_get(a));
  if (!err)
    err = cy_secret_key_parse(&other, cy_secret_get(b));
  bool same = !err && cy_span_equal(one.oid, other.oid) && cy_span_equal(one.name, other.name) &&
              cy_secret_equal(one.key, other.key);
  cy_err_free(err);
  return same;
}

static relation compare(const matching *m, const cy_entry *coming, const cy_entry *there)
{
  cy_span a = content_of(coming), b = content_of(there);
  if (coming->kind == CY_ENTRY_SECRET && coming->key.plain)
    return there->key.plain && same_secret(coming->key.plain, there->key.plain) ? SAME : DIFFERS;
  if (a.len == 0 || !cy_span_equal(a, b))
    return DIFFERS;
  if (coming->has_key != there->has_key)
    return coming->has_key ? COMPLETES : SAME;
  if (coming->has_key)
    return compare_chains(coming, there);
  bool tells = coming->distrusted || coming->kind == CY_ENTRY_TRUSTED;
  if ((cy_place_caps(m->copy->target) & CY_CAN_DISTRUST) && tells &&
      coming->distrusted != there->distrusted)
    return DIFFERS;
  bool marks = cy_place_caps(m->copy->target) & CY_CAN_TRUST;
  return marks && coming->kind == CY_ENTRY_TRUSTED && there->kind == CY_ENTRY_CERTIFICATE ? COMPLETES
                                                                                          : SAME;
}

static cy_err *conflict(matching *m, cy_copy_item *item, const cy_entry *there)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  if (m->conflicts++)
    return NULL;
  if (item->entry.label)
    cy_buf_str(&name, item->entry.label);
  else
    CY_TRY(cy_entry_name(&item->entry, &name));
  m->conflict = cy_arena_str(&m->copy->arena, cy_buf_get(&name));
  return m->conflict ? NULL : cy_err_no_memory();
}

/* The target's secret key under that label, to be compared; one that does not open is another one. */
static cy_err *open_there(const matching *m, const cy_copy_item *item, cy_entry *there)
{
  const cy_secret *pkcs8;
  if (!cy_copy_opens(item->from) || !cy_copy_opens(there))
    return NULL;
  return cy_copy_forgive(cy_place_key(m->copy->target, there, NULL, &pkcs8));
}

/* What becomes of an item that meets `there`. */
static cy_err *meet(matching *m, cy_copy_item *item, cy_entry *there)
{
  CY_TRY(open_there(m, item, there));
  item->there = there;
  switch (compare(m, &item->entry, there)) {
  case SAME:
    item->outcome = CY_COPY_SKIPPED;
    item->note =
      there->has_key && !item->entry.has_key ? "it is there, with its private key" : "it is there already";
    return NULL;
  case COMPLETES:
    item->outcome = CY_COPY_UPDATED;
    if (!item->note)
      item->note =
        item->entry.kind == CY_ENTRY_TRUSTED ? "marked as trusted" : "what was there is completed";
    return NULL;
  case DIFFERS:
    item->outcome = CY_COPY_REPLACED;
    return m->copy->options.replace ? NULL : conflict(m, item, there);
  }
  return NULL;
}

/* Labels. */

/* The file's name without its suffix. */
static void put_stem(cy_buf *name, const char *path)
{
  const char *file = cy_path_name(path), *suffix = cy_path_suffix(file);
  size_t len = strlen(file) - (*suffix ? strlen(suffix) + 1 : 0);
  cy_buf_put(name, file, len);
  if (!len || strcmp(file, "-") == 0) {
    cy_buf_reset(name);
    cy_buf_str(name, "entry");
  }
}

static cy_err *make_label(matching *m, cy_copy_item *item)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) lower = CY_BUF_TEXT;
  /* A certificate that can not be read is called after its file. */
  CY_TRY(cy_copy_forgive(cy_entry_name(&item->entry, &name)));
  if (!name.len)
    put_stem(&name, cy_place_path(m->copy->sources[item->source].place));
  bool folded = m->copy->options.lower_labels && cy_text_fold(&lower, cy_buf_get(&name));
  CY_TRY(cy_buf_check(&lower));
  CY_CLEAN(cy_buf) fits = CY_BUF_TEXT;
  CY_TRY(cy_place_fit_label(m->copy->target, cy_buf_cstr(folded ? &lower : &name), &fits));
  CY_TRY(cy_labels_unique(&m->labels, cy_buf_cstr(&fits), &m->copy->arena, &item->entry.label));
  item->named = true;
  return NULL;
}

static cy_err *lower_label(matching *m, cy_copy_item *item)
{
  CY_CLEAN(cy_buf) lower = CY_BUF_TEXT;
  if (!item->entry.label)
    return NULL;
  bool text = cy_text_fold(&lower, cy_span_str(item->entry.label));
  CY_TRY(cy_buf_check(&lower));
  if (!text || strcmp(cy_buf_cstr(&lower), item->entry.label) == 0)
    return NULL;
  item->entry.label = cy_arena_str(&m->copy->arena, cy_buf_get(&lower));
  item->named = true;
  return item->entry.label ? NULL : cy_err_no_memory();
}

static bool wants_label(const matching *m, const cy_copy_item *item)
{
  unsigned source = cy_place_caps(m->copy->sources[item->source].place);
  return cy_place_caps(m->copy->target) & CY_NEEDS_LABELS || m->copy->options.label_all ||
         !(source & CY_CAN_LABELS);
}

/* Some places have rules for what a label looks like. */
static cy_err *fit_label(matching *m, cy_copy_item *item)
{
  CY_CLEAN(cy_buf) fits = CY_BUF_TEXT;
  if (!item->entry.label)
    return NULL;
  CY_TRY(cy_place_fit_label(m->copy->target, item->entry.label, &fits));
  if (strcmp(cy_buf_cstr(&fits), item->entry.label) == 0)
    return NULL;
  item->entry.label = cy_arena_str(&m->copy->arena, cy_buf_get(&fits));
  item->named = true;
  return item->entry.label ? NULL : cy_err_no_memory();
}

/* Items. */

static cy_entry *by_content(const matching *m, const cy_entry *entry)
{
  cy_span content = content_of(entry);
  size_t at = content.len ? cy_map_get(&m->there, content) : CY_MAP_NONE;
  return at == CY_MAP_NONE ? NULL : m->copy->target->doc->entries[at];
}

static bool is_same(const matching *m, const cy_entry *a, const cy_entry *b)
{
  return a->has_key == b->has_key && compare(m, a, b) == SAME;
}

/* Another item has the label already: the same is copied once, anything else gets a number. */
static cy_err *meet_twin(matching *m, cy_copy_item *item)
{
  size_t at;
  CY_TRY(cy_labels_find(&m->labels, item->entry.label, &at));
  if (at == CY_MAP_NONE)
    return NULL;
  if (is_same(m, &item->entry, &m->copy->items[at].entry)) {
    item->outcome = CY_COPY_SKIPPED;
    item->note = "the same stands there twice";
    return NULL;
  }
  cy_entry *there = by_content(m, &item->entry);
  if (there && is_same(m, &item->entry, there))
    return meet(m, item, there);
  CY_TRY(cy_labels_unique(&m->labels, item->entry.label, &m->copy->arena, &item->entry.label));
  item->named = true;
  item->note = "another entry that is copied has that label, too";
  return NULL;
}

/* A certificate that stands twice among the sources goes once into a place without labels. What
 * has a key is never a twin: another entry with the same certificate has not got the key. */
static cy_err *skip_twin(matching *m, cy_copy_item *item)
{
  cy_span content = content_of(&item->entry);
  if (!content.len || item->entry.cert_count > 1 || item->entry.has_key)
    return NULL;
  if (cy_map_get(&m->coming, content) == CY_MAP_NONE)
    return cy_map_put(&m->coming, content, 0) ? NULL : cy_err_no_memory();
  item->outcome = CY_COPY_SKIPPED;
  item->note = "the same stands there twice";
  return NULL;
}

/* The entry under the label as it was before it was put into lower case, if it is the same thing. */
static cy_err *by_old_label(matching *m, const cy_copy_item *item, cy_entry **there)
{
  const char *old = item->from->label;
  *there = NULL;
  if (!item->named || !old || m->copy->options.label)
    return NULL;
  CY_TRY(cy_doc_find_label(m->copy->target->doc, old, there));
  if (*there && compare(m, &item->entry, *there) == DIFFERS)
    *there = NULL;
  return NULL;
}

/* In a place that has everything once, what is there keeps its label. */
static cy_err *match_content(matching *m, cy_copy_item *item)
{
  cy_entry *there = by_content(m, &item->entry);
  if (!there)
    return skip_twin(m, item);
  item->entry.label = there->label;
  return meet(m, item, there);
}

static cy_err *match_labelled(matching *m, cy_copy_item *item)
{
  cy_entry *there;
  if (cy_place_caps(m->copy->target) & CY_ONE_OF_EACH && !m->copy->options.label) {
    CY_TRY(match_content(m, item));
    if (item->there || item->outcome == CY_COPY_SKIPPED)
      return NULL;
  }
  CY_TRY(meet_twin(m, item));
  if (item->outcome == CY_COPY_SKIPPED)
    return NULL;
  CY_TRY(cy_doc_find_label(m->copy->target->doc, item->entry.label, &there));
  if (!there)
    CY_TRY(by_old_label(m, item, &there));
  if (!there) {
    there = by_content(m, &item->entry);
    there = there && !there->label ? there : NULL; /* it gets a name by that */
  }
  return there ? meet(m, item, there) : NULL;
}

static cy_err *match_unlabelled(matching *m, cy_copy_item *item)
{
  cy_entry *there = by_content(m, &item->entry);
  if (there)
    return meet(m, item, there);
  CY_TRY(skip_twin(m, item));
  if (item->outcome == CY_COPY_ADDED && labels_count(m) && wants_label(m, item))
    return make_label(m, item);
  return NULL;
}

static cy_err *match_item(matching *m, cy_copy_item *item)
{
  const cy_copy_options *options = &m->copy->options;
  bool told = options->label && !item->of_chain && (!m->named || m->named == item);
  if (told) {
    item->entry.label = cy_arena_str(&m->copy->arena, cy_span_str(options->label));
    CY_TRY_ALLOC(item->entry.label);
  }
  if (item->there) { /* joined with what is in the target: keeps its name unless told otherwise */
    item->entry.label = told ? item->entry.label : item->there->label;
    return NULL;
  }
  size_t first = 0;
  cy_entry *only =
    cy_place_caps(m->copy->target) & CY_ONE_ENTRY ? cy_place_next(m->copy->target, &first) : NULL;
  if (only)
    return meet(m, item, only);
  if (options->lower_labels)
    CY_TRY(lower_label(m, item));
  CY_TRY(fit_label(m, item));
  bool named = labels_count(m) && item->entry.label;
  CY_TRY(named ? match_labelled(m, item) : match_unlabelled(m, item));
  if (labels_count(m) && item->entry.label && (cy_copy_is_live(item) || item->there))
    return cy_labels_note(&m->labels, item->entry.label, (size_t)(item - m->copy->items));
  return NULL;
}

static cy_err *refuse(matching *m)
{
  const char *path = cy_place_path(m->copy->target);
  CY_CLEAN(cy_buf) more = CY_BUF_TEXT;
  if (m->conflicts > 1)
    cy_buf_printf(&more, " (and %zu more that are to be copied)", m->conflicts - 1);
  cy_err *err = cy_err_new(
    CY_E_STORE_LABEL_TAKEN, "%s has another entry %s already%s", path, m->conflict, cy_buf_cstr(&more));
  if (labels_count(m))
    return cy_err_hint(
      err, "--replace overwrites it; %s#LABEL keeps both. Nothing has been changed.", path);
  return cy_err_hint(err, "--replace overwrites it. Nothing has been changed.");
}

static cy_err *match_all(matching *m)
{
  for (size_t i = 0; i < m->copy->item_count; i++)
    if (cy_copy_is_live(&m->copy->items[i]))
      CY_TRY(match_item(m, &m->copy->items[i]));
  return m->conflicts ? refuse(m) : NULL;
}

static cy_err *index_target(matching *m)
{
  cy_doc *doc = m->copy->target->doc;
  for (size_t i = doc->entry_count; i-- > 0;) {
    cy_span content = content_of(doc->entries[i]);
    if (!doc->entries[i]->deleted && content.len && !cy_map_put(&m->there, content, i))
      return cy_err_no_memory();
  }
  return NULL;
}

/* A key comes with its CA's certificate where chains are entries of their own: the label is the key's. */
static const cy_copy_item *only_key(const cy_copy *copy)
{
  const cy_copy_item *found = NULL;
  for (size_t i = 0; i < copy->item_count; i++) {
    if (!cy_copy_is_live(&copy->items[i]) || !copy->items[i].entry.has_key)
      continue;
    if (found)
      return NULL;
    found = &copy->items[i];
  }
  return found;
}

static cy_err *check_label_option(cy_copy *copy, const cy_copy_item **named)
{
  *named = NULL;
  size_t live = cy_copy_count(copy, CY_COPY_ADDED) + cy_copy_count(copy, CY_COPY_UPDATED) +
                cy_copy_count(copy, CY_COPY_REPLACED);
  if (!copy->options.label)
    return NULL;
  for (size_t i = 0; i < copy->item_count; i++)
    live -= copy->items[i].of_chain;
  if (!(cy_place_caps(copy->target) & CY_CAN_LABELS))
    return cy_err_hint(
      cy_err_new(CY_E_STORE_CANNOT_HOLD, "%s has no labels, so nothing in it can be called %s",
        cy_place_title(copy->target), copy->options.label),
      "Leave #%s away.", copy->options.label);
  if (live > 1)
    *named = only_key(copy);
  if (live > 1 && !*named)
    return cy_err_hint(
      cy_err_new(CY_E_USAGE, "%zu entries can not all be called %s", live, copy->options.label),
      "Name one of them: SRC#LABEL; `causey ls SRC` shows them.");
  return NULL;
}

cy_err *cy_copy_match(cy_copy *copy)
{
  matching m = {.copy = copy};
  CY_TRY(check_label_option(copy, &m.named));
  cy_map_init(&m.there, false);
  cy_map_init(&m.coming, false);
  cy_labels_init(&m.labels, copy->target->doc);
  cy_err *err = index_target(&m);
  if (!err)
    err = match_all(&m);
  cy_map_clear(&m.there);
  cy_map_clear(&m.coming);
  cy_labels_clear(&m.labels);
  return err;
}
