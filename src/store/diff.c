/* Comparing stores: the differences, and what is said of them. */
#include "store/diff.h"

#include "base/mem.h"
#include "base/text.h"
#include "store/codes.h"
#include "store/diff_internal.h"

static const char *const names[] = {
  "only-first", "only-second", "renewed", "key", "chain", "trust", "label"};

const char *cy_diff_kind_name(cy_diff_kind kind)
{
  return names[kind];
}

static cy_diff_item *add(cy_diff *diff, cy_diff_kind kind, cy_entry *first, cy_entry *second)
{
  static cy_diff_item nobody;
  if (!cy_grow(&diff->items, &diff->item_cap, diff->item_count + 1, sizeof *diff->items))
    return &nobody; /* the count of failed allocations tells */
  diff->items[diff->item_count] = (cy_diff_item){.kind = kind, .first = first, .second = second};
  return &diff->items[diff->item_count++];
}

/* What two that are the same thing differ in. */

static bool has_key(const cy_entry *entry)
{
  return entry && (entry->has_key || (entry->facts && entry->facts->has_key));
}

/* The note of an item, with a store's path in it. */
static const char *text(cy_diff *diff, const char *before, int side, const char *behind)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_buf_printf(&words, "%s%s%s", before, cy_place_path(diff->side[side].given.place), behind);
  return cy_arena_str(&diff->arena, cy_buf_get(&words));
}

/* Only a root is missing at the end, which peers have of their own or not at all. */
static bool lacks_root(cy_entry *longer, size_t common)
{
  const cy_cert *last = NULL;
  cy_err_free(longer->cert_count == common + 1 ? cy_entry_cert(longer, common, &last) : NULL);
  return last && cy_cert_get(last)->self_issued;
}

static const char *compare_chains(cy_diff *diff, cy_entry *a, cy_entry *b)
{
  size_t common = a->cert_count < b->cert_count ? a->cert_count : b->cert_count;
  for (size_t i = 1; i < common; i++)
    if (!cy_span_equal(a->certs[i].der, b->certs[i].der))
      return "other certificates in the chain";
  if (a->cert_count == b->cert_count)
    return NULL;
  bool root = lacks_root(a->cert_count > common ? a : b, common);
  return text(diff,
    root ? "the root, which need not be sent, is not in the chain of " : "the chain is shorter in ",
    a->cert_count > common, "");
}

static bool same_label(const cy_diff *diff, const char *a, const char *b)
{
  unsigned caps = cy_place_caps(diff->side[0].given.place) | cy_place_caps(diff->side[1].given.place);
  CY_CLEAN(cy_buf) x = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) y = CY_BUF_TEXT;
  if (!a || !b)
    return !a && !b;
  if (strcmp(a, b) == 0)
    return true;
  return caps & CY_FOLDS_LABELS && cy_text_fold(&x, cy_span_str(a)) && cy_text_fold(&y, cy_span_str(b)) &&
         cy_span_equal(cy_buf_get(&x), cy_buf_get(&y));
}

static void compare_marks(cy_diff *diff, cy_entry *a, cy_entry *b)
{
  bool certs = !a->has_key && !b->has_key, first = a->kind == CY_ENTRY_TRUSTED;
  if (certs && cy_diff_both(diff, CY_CAN_TRUST) && first != (b->kind == CY_ENTRY_TRUSTED))
    add(diff, CY_DIFF_TRUST, a, b)->note = text(diff, "trusted only in ", !first, "");
  else if (cy_diff_both(diff, CY_CAN_DISTRUST) && a->distrusted != b->distrusted)
    add(diff, CY_DIFF_TRUST, a, b)->note = text(diff, "marked as not to be trusted in ", b->distrusted, "");
}

static void compare(cy_diff *diff, cy_entry *a, cy_entry *b)
{
  const char *chain = NULL;
  if (has_key(a) != has_key(b))
    add(diff, CY_DIFF_KEY, a, b)->note = text(diff, "the private key is only in ", has_key(b), "");
  if (a->has_key && b->has_key && a->cert_count && b->cert_count && cy_diff_both(diff, CY_CAN_CHAINS))
    chain = compare_chains(diff, a, b);
  if (chain)
    add(diff, CY_DIFF_CHAIN, a, b)->note = chain;
  compare_marks(diff, a, b);
  if (cy_diff_both(diff, CY_CAN_LABELS) && !same_label(diff, a->label, b->label))
    add(diff, CY_DIFF_LABEL, a, b);
}

/* Renewals. */

static const cy_cert_view *view_of(const cy_entry *entry)
{
  return entry && entry->cert_count && entry->certs[0].cert ? cy_cert_get(entry->certs[0].cert) : NULL;
}

static int newer(const cy_entry *a, const cy_entry *b)
{
  const cy_cert_view *x = view_of(a), *y = view_of(b);
  if (!x || !y)
    return 0;
  if (x->not_before != y->not_before)
    return x->not_before > y->not_before ? 1 : 2;
  return x->not_after == y->not_after ? 0 : x->not_after > y->not_after ? 1 : 2;
}

static void renewed(cy_diff *diff, const cy_thing *a, const cy_thing *b)
{
  cy_diff_item *item = add(diff, CY_DIFF_RENEWED, a->entry, b->entry);
  item->newer = newer(a->entry, b->entry);
  item->same_key = a->spki.len && cy_span_equal(a->spki, b->spki);
  compare(diff, a->entry, b->entry);
}

/* What is left over. */

static void left_over(cy_diff *diff, int side, const cy_thing *thing)
{
  cy_entry *first = side ? NULL : thing->entry, *second = side ? thing->entry : NULL;
  if (thing->untrusted) {
    add(diff, CY_DIFF_TRUST, first, second)->note =
      text(diff, "not trusted in ", 1 - side, thing->elsewhere ? ", where it is only in a chain" : "");
  } else if (thing->twin) {
    if (cy_diff_both(diff, CY_CAN_LABELS))
      add(diff, CY_DIFF_LABEL, first, second)->note = "a further copy of what both have";
  } else if (thing->elsewhere) {
    return;
  } else {
    cy_diff_item *item = add(diff, side ? CY_DIFF_ONLY_SECOND : CY_DIFF_ONLY_FIRST, first, second);
    item->note = thing->sealed ? "could not be opened, so it was compared as it is sealed" : NULL;
  }
}

static cy_err *list_all(cy_diff *diff)
{
  const cy_diff_list *a = &diff->side[0], *b = &diff->side[1];
  size_t failures = cy_mem_failures();
  for (size_t i = 0; i < a->count; i++) {
    const cy_thing *thing = &a->things[i];
    if (thing->other != CY_DIFF_NONE)
      compare(diff, thing->entry, b->things[thing->other].entry);
    else if (thing->renewal != CY_DIFF_NONE)
      renewed(diff, thing, &b->things[thing->renewal]);
    else
      left_over(diff, 0, thing);
  }
  for (size_t i = 0; i < b->count; i++)
    if (b->things[i].other == CY_DIFF_NONE && b->things[i].renewal == CY_DIFF_NONE)
      left_over(diff, 1, &b->things[i]);
  return cy_mem_failures() == failures ? NULL : cy_err_no_memory();
}

static cy_err *make(cy_diff *diff)
{
  CY_TRY(cy_diff_collect(diff, 0));
  CY_TRY(cy_diff_collect(diff, 1));
  CY_TRY(cy_diff_match(diff));
  return list_all(diff);
}

cy_err *cy_diff_make(cy_diff **out, const cy_diff_side *first, const cy_diff_side *second)
{
  cy_diff *diff = cy_malloc(sizeof *diff);
  *out = diff;
  CY_TRY_ALLOC(diff);
  diff->side[0].given = *first;
  diff->side[1].given = *second;
  cy_map_init(&diff->side[0].chains, false);
  cy_map_init(&diff->side[1].chains, false);
  cy_err *err = make(diff);
  if (err) {
    cy_diff_free(diff);
    *out = NULL;
  }
  return err;
}

void cy_diff_free(cy_diff *diff)
{
  if (!diff)
    return;
  for (int i = 0; i < 2; i++) {
    cy_free(diff->side[i].things);
    cy_map_clear(&diff->side[i].chains);
  }
  cy_free(diff->items);
  cy_arena_clear(&diff->arena);
  cy_free(diff);
}

const cy_diff_item *cy_diff_items(const cy_diff *diff, size_t *count)
{
  *count = diff->item_count;
  return diff->items;
}

size_t cy_diff_count(const cy_diff *diff, cy_diff_kind kind)
{
  size_t count = 0;
  for (size_t i = 0; i < diff->item_count; i++)
    count += diff->items[i].kind == kind;
  return count;
}

size_t cy_diff_common(const cy_diff *diff)
{
  size_t count = 0;
  for (size_t i = 0; i < diff->side[0].count; i++)
    count += diff->side[0].things[i].other != CY_DIFF_NONE;
  return count;
}

/* Findings. */

typedef struct {
  const cy_diff *diff;
  const cy_diff_item *item;
  cy_findings *list;
  const char *path[2];
  const char *name;    /* what it is about */
  const char *address; /* of the entry in the store that has it */
} saying;

static cy_err *digest_of(const saying *s, cy_finding *f)
{
  const cy_entry *entry = s->item->first ? s->item->first : s->item->second;
  cy_span content = entry->cert_count ? entry->certs[0].der : entry->der.len ? entry->der : entry->key.spki;
  CY_CLEAN(cy_buf) hex = CY_BUF_TEXT;
  cy_digest digest;
  if (!content.len)
    return NULL;
  CY_TRY(cy_digest_of(&digest, CY_SHA256, content));
  cy_buf_hex(&hex, cy_digest_get(&digest));
  cy_finding_evidence(s->list, f, "sha256", "%s", cy_buf_cstr(&hex));
  return NULL;
}

/* `lacks` is the store that does not have it. */
static cy_finding *missing(const saying *s, int lacks)
{
  const cy_entry *entry = lacks ? s->item->first : s->item->second;
  cy_finding *f =
    cy_finding_add(s->list, CY_F_DIFF_ENTRY_MISSING, s->path[lacks], "%s %s is in %s and not here",
      entry ? cy_entry_kind_name(entry->kind) : "entry", s->name, s->path[1 - lacks]);
  cy_finding_set_fix(s->list, f, "If it belongs here: causey cp %s %s", s->address, s->path[lacks]);
  return f;
}

static cy_finding *renewal(const saying *s)
{
  CY_CLEAN(cy_buf) dates = CY_BUF_TEXT;
  const cy_diff_item *item = s->item;
  int old = item->newer == 2 ? 0 : 1;
  const cy_cert_view *is = view_of(old ? item->second : item->first);
  const cy_cert_view *other = view_of(old ? item->first : item->second);
  if (is && other) {
    cy_buf_str(&dates, ": until ");
    cy_time_format_date(&dates, is->not_after);
    cy_buf_printf(&dates, " here, in %s until ", s->path[1 - old]);
    cy_time_format_date(&dates, other->not_after);
  }
  return cy_finding_add(s->list, CY_F_DIFF_RENEWED, s->path[old],
    "%s has another certificate of %s, with %s key%s%s", s->path[1 - old], s->name,
    item->same_key ? "the same" : "another", item->newer ? ", a newer one" : "", cy_buf_cstr(&dates));
}

static cy_finding *say(const saying *s)
{
  const char *note = s->item->note ? s->item->note : "";
  switch (s->item->kind) {
  case CY_DIFF_ONLY_FIRST:
    return missing(s, 1);
  case CY_DIFF_ONLY_SECOND:
    return missing(s, 0);
  case CY_DIFF_RENEWED:
    return renewal(s);
  case CY_DIFF_KEY:
    return cy_finding_add(
      s->list, CY_F_DIFF_KEY, s->path[has_key(s->item->first)], "%s: %s", s->name, note);
  case CY_DIFF_CHAIN:
    return cy_finding_add(s->list, CY_F_DIFF_CHAIN, s->path[1], "%s: %s", s->name, note);
  case CY_DIFF_TRUST:
    return cy_finding_add(s->list, CY_F_DIFF_TRUST, s->path[1], "%s: %s", s->name, note);
  default:
    return cy_finding_add(s->list, CY_F_DIFF_LABEL, s->path[1], "%s has another label in %s%s%s", s->name,
      s->path[0], *note ? ": " : "", note);
  }
}

cy_err *cy_diff_findings(const cy_diff *diff, cy_findings *list)
{
  for (size_t i = 0; i < diff->item_count; i++) {
    const cy_diff_item *item = &diff->items[i];
    cy_place *place = diff->side[item->first ? 0 : 1].given.place;
    cy_entry *entry = item->first ? item->first : item->second;
    CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) address = CY_BUF_TEXT;
    cy_err *err = cy_entry_name(entry, &name);
    if (err && cy_err_is(err, CY_E_NO_MEMORY))
      return err;
    cy_err_free(err);
    CY_TRY(cy_place_entry_address(place, entry, &address));
    saying s = {diff, item, list,
      {cy_place_path(diff->side[0].given.place), cy_place_path(diff->side[1].given.place)},
      name.len ? cy_buf_cstr(&name) : "without a name", cy_buf_cstr(&address)};
    CY_TRY(digest_of(&s, say(&s)));
  }
  return cy_findings_check(list);
}
