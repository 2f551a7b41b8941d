/* Changing places: collected in memory, written by one commit. */
#include "base/mem.h"
#include "store/place_internal.h"

static cy_err *queue(cy_place *place, int what, const cy_entry *entry)
{
  if (!place->live)
    return NULL;
  if (!cy_grow(&place->changes, &place->change_cap, place->change_count + 1, sizeof *place->changes))
    return cy_err_no_memory();
  cy_place_change *change = &place->changes[place->change_count];
  change->what = what;
  CY_TRY(cy_entry_copy(&change->entry, entry, &place->doc->arena));
  place->change_count++;
  return NULL;
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

static cy_err *check_fits(cy_place *place, const cy_entry *entry)
{
  CY_TRY(check_kind(place, entry));
  if ((cy_place_caps(place) & CY_ONE_ENTRY) && cy_place_count(place) > 0)
    return cy_err_new(
      CY_E_STORE_CANNOT_HOLD, "%s holds one object, and there is one", cy_place_title(place));
  return NULL;
}

static cy_err *mark_removed(cy_place *place, cy_entry *entry)
{
  entry->deleted = true;
  place->doc->dirty = true;
  place->doc->label_map_ready = false;
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
  copy.label = copy.label ? copy.label : old->label;
  cy_entry_clear(old);
  *old = copy;
  place->doc->dirty = true;
  if (renamed)
    place->doc->label_map_ready = false;
  return NULL;
}

cy_err *cy_place_replace(cy_place *place, cy_entry *old, const cy_entry *entry)
{
  CY_TRY(check_kind(place, entry));
  CY_TRY(queue(place, CHANGE_REPLACE, entry));
  return replace_in_place(place, old, entry);
}

cy_err *cy_place_put(cy_place *place, const cy_entry *entry, bool replace)
{
  cy_entry *there = NULL, *copy;
  if (entry->label)
    CY_TRY(cy_doc_find_label(place->doc, entry->label, &there));
  if (there && !replace && (cy_place_caps(place) & CY_CAN_LABELS))
    return cy_err_new(CY_E_STORE_LABEL_TAKEN, "%s has an entry %s already", place->path, entry->label);
  if (there && replace) {
    CY_TRY(queue(place, CHANGE_REPLACE, entry));
    return replace_in_place(place, there, entry);
  }
  CY_TRY(check_fits(place, entry));
  CY_TRY(queue(place, CHANGE_PUT, entry));
  bool map_ready = place->doc->label_map_ready;
  CY_TRY(cy_doc_append(place->doc, &copy));
  size_t position = copy->position;
  CY_TRY(cy_entry_copy(copy, entry, &place->doc->arena));
  copy->position = position;
  copy->added = true;
  place->doc->dirty = true;
  return map_ready ? cy_doc_label_added(place->doc, copy) : NULL;
}

cy_err *cy_place_remove(cy_place *place, cy_entry *entry)
{
  if (!(cy_place_caps(place) & CY_CAN_WRITE))
    return cy_err_new(CY_E_STORE_READ_ONLY, "%s (%s) can only be read", place->path, cy_place_title(place));
  CY_TRY(queue(place, CHANGE_REMOVE, entry));
  return mark_removed(place, entry);
}

cy_err *cy_place_rename(cy_place *place, cy_entry *entry, const char *label)
{
  cy_entry *there;
  if (!(cy_place_caps(place) & CY_CAN_LABELS))
    return cy_err_new(CY_E_STORE_CANNOT_HOLD, "%s has no labels", cy_place_title(place));
  CY_TRY(cy_doc_find_label(place->doc, label, &there));
  if (there && there != entry)
    return cy_err_new(CY_E_STORE_LABEL_TAKEN, "%s has an entry %s already", place->path, label);
  CY_TRY(queue(place, CHANGE_REMOVE, entry));
  entry->label = cy_arena_str(&place->doc->arena, cy_span_str(label));
  CY_TRY_ALLOC(entry->label);
  entry->changed = !entry->added;
  place->doc->dirty = true;
  place->doc->label_map_ready = false;
  return queue(place, CHANGE_PUT, entry);
}

static cy_err *do_change(cy_place *place, const cy_place_change *change)
{
  if (change->what == CHANGE_REMOVE)
    return place->live->remove(place->session, &change->entry);
  return place->live->put(place->session, &change->entry, change->what == CHANGE_REPLACE);
}

/* Item by item: what can not be done is said, and the rest is done all the same. */
static cy_err *commit_live(cy_place *place, cy_commit_result *result)
{
  size_t failed = 0;
  for (size_t i = 0; i < place->change_count; i++) {
    const cy_place_change *change = &place->changes[i];
    cy_err *err = do_change(place, change);
    failed += err != NULL;
    if (result)
      CY_TRY(cy_commit_result_add(
        result, change->what == CHANGE_REMOVE ? "delete" : "put", change->entry.label, err));
    else
      cy_err_free(err);
  }
  CY_TRY(place->live->commit(place->session, result));
  if (failed)
    return cy_err_new(CY_E_STORE_PARTLY, "%zu of %zu changes of %s could not be made", failed,
      place->change_count, place->path);
  return NULL;
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
  if (place->live)
    return commit_live(place, result);
  if (!place->doc->dirty && !place->is_new)
    return NULL;
  CY_CLEAN(cy_buf) bytes = CY_BUF_SECRET(CY_MAX_STORE_BYTES);
  CY_TRY_AS(place->doc->format->serialise(place->doc, how, ask, &bytes), CY_E_STORE_STEP,
    "cannot write %s as %s", place->path, cy_place_title(place));
  CY_TRY(cy_buf_check(&bytes));
  cy_image_set(&place->doc->image->parts[0], &bytes, has_secrets(place));
  return cy_image_commit(place->doc->image, stream, arg);
}
