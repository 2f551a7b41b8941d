/* Changing places: collected in memory, written by one commit. */
#include "base/mem.h"
#include "store/codes.h"
#include "store/place_internal.h"

static void clear_change(cy_place_change *change)
{
  cy_entry_clear(&change->entry);
  cy_entry_clear(&change->old);
  change->what = CHANGE_NONE;
}

void cy_place_forget_changes(cy_place *place)
{
  for (size_t i = 0; i < place->change_count; i++)
    clear_change(&place->changes[i]);
  place->change_count = 0;
}

static cy_err *fill_change(
  cy_place *place, cy_place_change *change, const cy_entry *entry, const cy_entry *old)
{
  CY_TRY(cy_entry_copy(&change->entry, entry, &place->doc->arena));
  if (!old)
    return NULL;
  change->entry.part = old->part;
  CY_TRY(cy_entry_copy(&change->old, old, &place->doc->arena));
  change->old.part = old->part;
  return NULL;
}

/* For a live place; nothing else to do for files. `old` is the document's own entry when there is one. */
static cy_err *queue(
  cy_place *place, int what, const cy_entry *of, const cy_entry *entry, const cy_entry *old)
{
  if (!place->live)
    return NULL;
  if (!cy_grow(&place->changes, &place->change_cap, place->change_count + 1, sizeof *place->changes))
    return cy_err_no_memory();
  cy_place_change *change = &place->changes[place->change_count];
  *change = (cy_place_change){.of = of};
  cy_err *err = fill_change(place, change, entry, old);
  if (err) {
    clear_change(change);
    return err;
  }
  change->what = what;
  place->change_count++;
  return NULL;
}

/* What was put in and is not there yet is not taken out again, but never put. */
static bool take_back(cy_place *place, const cy_entry *entry)
{
  if (!place->live || !entry->added)
    return false;
  for (size_t i = place->change_count; i-- > 0;)
    if (place->changes[i].what == CHANGE_PUT && place->changes[i].of == entry) {
      clear_change(&place->changes[i]);
      return true;
    }
  return false;
}

static unsigned cap_of(cy_entry_kind kind)
{
  static const unsigned caps[] = {[CY_ENTRY_IDENTITY] = CY_CAN_KEYS,
    [CY_ENTRY_CERTIFICATE] = CY_CAN_CERTS | CY_CAN_TRUST,
    [CY_ENTRY_TRUSTED] = CY_CAN_CERTS | CY_CAN_TRUST,
    [CY_ENTRY_KEY] = CY_CAN_LONE_KEYS,
    [CY_ENTRY_REQUEST] = CY_CAN_REQUESTS,
    [CY_ENTRY_CRL] = CY_CAN_CRLS,
    [CY_ENTRY_SECRET] = CY_CAN_SECRETS};
  return caps[kind];
}

static cy_err *check_kind(cy_place *place, const cy_entry *entry)
{
  unsigned caps = cy_place_caps(place);
  if (!(caps & CY_CAN_WRITE))
    return cy_err_new(CY_E_STORE_READ_ONLY, "%s (%s) can only be read", place->path, cy_place_title(place));
  if (!(caps & cap_of(entry->kind)))
    return cy_err_new(CY_E_STORE_CANNOT_HOLD, "%s can not hold a %s", cy_place_title(place),
      cy_entry_kind_name(entry->kind));
  return NULL;
}

static cy_err *check_fits(cy_place *place)
{
  if ((cy_place_caps(place) & CY_ONE_ENTRY) && cy_place_count(place) > 0)
    return cy_err_new(
      CY_E_STORE_CANNOT_HOLD, "%s holds one object, and there is one", cy_place_title(place));
  return NULL;
}

/* Keeps the place in the order, and the label when the new entry has none. The new entry may
 * borrow from the old one. */
static cy_err *replace_in_place(cy_place *place, cy_entry *old, const cy_entry *entry)
{
  cy_entry copy;
  bool renamed = entry->label && (!old->label || strcmp(entry->label, old->label) != 0);
  CY_TRY(cy_entry_copy(&copy, entry, &place->doc->arena));
  copy.position = old->position;
  copy.part = old->part;
  copy.added = old->added;
  copy.changed = !old->added;
  copy.keep_key = entry->keep_key;
  copy.keep_certs = entry->keep_certs;
  copy.label = copy.label ? copy.label : old->label;
  cy_entry_clear(old);
  *old = copy;
  place->doc->dirty = true;
  return renamed && place->doc->label_map_ready ? cy_doc_label_added(place->doc, old) : NULL;
}

static cy_err *queue_replacement(cy_place *place, cy_entry *old, const cy_entry *entry)
{
  cy_entry labelled = *entry;
  labelled.label = entry->label ? entry->label : old->label;
  return take_back(place, old) ? queue(place, CHANGE_PUT, old, &labelled, NULL)
                               : queue(place, CHANGE_REPLACE, old, &labelled, old);
}

cy_err *cy_place_replace(cy_place *place, cy_entry *old, const cy_entry *entry)
{
  CY_TRY(check_kind(place, entry));
  CY_TRY(queue_replacement(place, old, entry));
  return replace_in_place(place, old, entry);
}

static cy_err *add(cy_place *place, const cy_entry *entry)
{
  cy_entry *copy;
  bool map_ready = place->doc->label_map_ready;
  CY_TRY(cy_doc_append(place->doc, &copy));
  size_t position = copy->position;
  copy->deleted = true; /* until it is whole */
  CY_TRY(queue(place, CHANGE_PUT, copy, entry, NULL));
  cy_err *err = cy_entry_copy(copy, entry, &place->doc->arena);
  copy->position = position;
  copy->added = true;
  copy->deleted = err != NULL;
  CY_TRY(err);
  place->doc->dirty = true;
  return map_ready ? cy_doc_label_added(place->doc, copy) : NULL;
}

cy_err *cy_place_put(cy_place *place, const cy_entry *entry, bool replace)
{
  cy_entry *there = NULL;
  CY_TRY(check_kind(place, entry));
  if (entry->label)
    CY_TRY(cy_doc_find_label(place->doc, entry->label, &there));
  if (there && replace)
    return cy_place_replace(place, there, entry);
  if (there && (cy_place_caps(place) & CY_CAN_LABELS))
    return cy_err_new(CY_E_STORE_LABEL_TAKEN, "%s has an entry %s already", place->path, entry->label);
  CY_TRY(check_fits(place));
  return add(place, entry);
}

static cy_err *check_writable(cy_place *place)
{
  if (cy_place_caps(place) & CY_CAN_WRITE)
    return NULL;
  return cy_err_new(CY_E_STORE_READ_ONLY, "%s (%s) can only be read", place->path, cy_place_title(place));
}

cy_err *cy_place_remove(cy_place *place, cy_entry *entry)
{
  CY_TRY(check_writable(place));
  if (!take_back(place, entry))
    CY_TRY(queue(place, CHANGE_REMOVE, entry, entry, entry));
  entry->deleted = true;
  place->doc->dirty = true;
  return NULL;
}

static cy_err *check_rename(cy_place *place, const cy_entry *entry, const char *label)
{
  cy_entry *there;
  CY_TRY(check_writable(place));
  if (!(cy_place_caps(place) & CY_CAN_LABELS))
    return cy_err_new(CY_E_STORE_CANNOT_HOLD, "%s has no labels", cy_place_title(place));
  if (place->live && !place->live->rename && !entry->added && entry->key.reference)
    return cy_err_new(CY_E_STORE_CANNOT_HOLD, "%s can not give a private key another label", place->path);
  CY_TRY(cy_doc_find_label(place->doc, label, &there));
  if (there && there != entry)
    return cy_err_new(CY_E_STORE_LABEL_TAKEN, "%s has an entry %s already", place->path, label);
  return NULL;
}

cy_err *cy_place_rename(cy_place *place, cy_entry *entry, const char *label)
{
  CY_TRY(check_rename(place, entry, label));
  cy_entry renamed = *entry;
  renamed.label = cy_arena_str(&place->doc->arena, cy_span_str(label));
  CY_TRY_ALLOC(renamed.label);
  if (take_back(place, entry))
    CY_TRY(queue(place, CHANGE_PUT, entry, &renamed, NULL));
  else
    CY_TRY(queue(place, CHANGE_RENAME, entry, &renamed, entry));
  entry->label = renamed.label;
  entry->changed = !entry->added;
  place->doc->dirty = true;
  return place->doc->label_map_ready ? cy_doc_label_added(place->doc, entry) : NULL;
}

/* The new one first: should that fail, the old one is still there. */
static cy_err *put_then_remove(cy_place *place, const cy_place_change *change)
{
  CY_TRY(place->live->put(place->session, &change->entry, false));
  return place->live->remove(place->session, &change->old);
}

static bool same_label(const cy_entry *a, const cy_entry *b)
{
  return a->label == b->label || (a->label && b->label && strcmp(a->label, b->label) == 0);
}

static cy_err *do_change(cy_place *place, const cy_place_change *change)
{
  switch (change->what) {
  case CHANGE_NONE:
    return NULL;
  case CHANGE_PUT:
    return place->live->put(place->session, &change->entry, false);
  case CHANGE_REPLACE:
    return same_label(&change->entry, &change->old) ? place->live->put(place->session, &change->entry, true)
                                                    : put_then_remove(place, change);
  case CHANGE_RENAME:
    return place->live->rename ? place->live->rename(place->session, &change->old, change->entry.label)
                               : put_then_remove(place, change);
  case CHANGE_REMOVE:
    return place->live->remove(place->session, &change->entry);
  }
  return NULL;
}

/* Item by item: what can not be done is said, and the rest is done all the same. */
static cy_err *do_changes(cy_place *place, cy_commit_result *result, size_t *count)
{
  static const char *const verbs[] = {"", "put", "put", "rename", "delete"};
  *count = 0;
  for (size_t i = 0; i < place->change_count; i++) {
    const cy_place_change *change = &place->changes[i];
    if (change->what == CHANGE_NONE)
      continue;
    ++*count;
    cy_err *err = do_change(place, change);
    CY_TRY(cy_commit_result_add(result, verbs[change->what], change->entry.label, err));
  }
  return place->live->commit ? place->live->commit(place->session, result) : NULL;
}

/* Takes the first error out of the list when that is nobody else's. */
static cy_err *judge(cy_place *place, cy_commit_result *result, size_t first, size_t count, bool mine)
{
  size_t failed = 0;
  cy_err *cause = NULL;
  for (size_t i = first; i < result->count; i++) {
    failed += result->items[i].err != NULL;
    if (!mine || cause)
      continue;
    cause = result->items[i].err;
    result->items[i].err = NULL;
  }
  if (!failed)
    return NULL;
  if (failed >= count && cause)
    return cy_err_wrap(cause, CY_E_STORE_STEP, "nothing of %s was changed", place->path);
  return cy_err_wrap(
    cause, CY_E_STORE_PARTLY, "%zu of %zu changes of %s could not be made", failed, count, place->path);
}

static cy_err *commit_live(cy_place *place, cy_commit_result *given)
{
  cy_commit_result own = {0}, *result = given ? given : &own;
  size_t first = result->count, count;
  cy_err *err = do_changes(place, result, &count);
  if (!err)
    err = judge(place, result, first, count, !given);
  cy_commit_result_clear(&own);
  cy_place_forget_changes(place);
  place->doc->dirty = false;
  return err;
}

static bool has_secrets(cy_place *place)
{
  size_t iter = 0;
  for (cy_entry *e; (e = cy_place_next(place, &iter));)
    if (e->has_key || e->kind == CY_ENTRY_SECRET)
      return true;
  return false;
}

cy_err *cy_place_commit(cy_place *place, const cy_write_how *how, cy_ask *ask, cy_commit_result *result,
  cy_err *(*stream)(void *arg, cy_span bytes), void *arg)
{
  if (cy_mem_failures() != place->memory_failures)
    return cy_err_no_memory(); /* what is to be written may lack something */
  if (place->live)
    return commit_live(place, result);
  if (!place->doc->dirty && !place->is_new && place->doc->stash.want == CY_STASH_KEEP)
    return NULL;
  CY_TRY(cy_doc_set_stash(place->doc));
  if (!place->doc->dirty && !place->is_new)
    return cy_image_commit(place->doc->image, stream, arg);
  CY_CLEAN(cy_buf) bytes = CY_BUF_SECRET(CY_MAX_STORE_BYTES);
  CY_TRY_AS(place->doc->format->serialise(place->doc, how, ask, &bytes), CY_E_STORE_STEP,
    "cannot write %s as %s", place->path, cy_place_title(place));
  CY_TRY(cy_buf_check(&bytes));
  cy_image_set(&place->doc->image->parts[0], &bytes, has_secrets(place));
  return cy_image_commit(place->doc->image, stream, arg);
}
