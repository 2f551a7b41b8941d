/* Keeping trusted certificates in step: the bundle, the plan and its execution. */
#include "store/sync.h"

#include "base/mem.h"
#include "store/codes.h"
#include "store/place_internal.h"
#include "store/sync_internal.h"
#include "x509/name.h"

static const char *const names[CY_SYNC_KINDS] = {"add", "replace", "mark", "retire", "keep"};

const char *cy_sync_name(cy_sync_what what)
{
  return names[what];
}

/* The bundle. */

static cy_err *add_published(cy_bundle *bundle, cy_entry *entry)
{
  const cy_cert *cert;
  if (cy_map_get(&bundle->by_der, entry->certs[0].der) != CY_MAP_NONE)
    return NULL;
  CY_TRY(cy_entry_cert(entry, 0, &cert));
  if (!cy_grow(&bundle->entries, &bundle->cap, bundle->count + 1, sizeof(cy_entry *)) ||
      !cy_map_put(&bundle->by_der, entry->certs[0].der, bundle->count))
    return cy_err_no_memory();
  bundle->entries[bundle->count++] = entry;
  return NULL;
}

typedef struct {
  cy_bundle *bundle;
  bool marked_only;
  bool any_marked;
} publishing;

static cy_err *publish(void *arg, cy_place *place, cy_entry *entry)
{
  publishing *p = arg;
  (void)place;
  bool marked = entry->kind == CY_ENTRY_TRUSTED && !entry->distrusted;
  p->any_marked = p->any_marked || marked;
  if (entry->has_key || !entry->cert_count || entry->distrusted || (p->marked_only && !marked))
    return NULL;
  return p->bundle ? add_published(p->bundle, entry) : NULL;
}

static cy_err *fill(cy_bundle *bundle, const cy_selector *selector)
{
  cy_place *place = bundle->place;
  publishing look = {0}, take = {.bundle = bundle};
  if (cy_place_caps(place) & CY_CAN_TRUST)
    CY_TRY(cy_place_select(place, selector, publish, &look));
  take.marked_only = look.any_marked;
  CY_TRY(cy_place_select(place, selector, publish, &take));
  if (bundle->count)
    return NULL;
  return cy_err_new(CY_E_SYNC_EMPTY, "%s has no certificate that could be trusted", cy_place_path(place));
}

cy_err *cy_bundle_make(cy_bundle **out, cy_place *place, const cy_selector *selector)
{
  cy_bundle *bundle = cy_malloc(sizeof *bundle);
  *out = bundle;
  CY_TRY_ALLOC(bundle);
  bundle->place = place;
  cy_map_init(&bundle->by_der, false);
  cy_err *err = fill(bundle, selector);
  if (err) {
    cy_bundle_free(bundle);
    *out = NULL;
  }
  return err;
}

void cy_bundle_free(cy_bundle *bundle)
{
  if (!bundle)
    return;
  cy_free(bundle->entries);
  cy_map_clear(&bundle->by_der);
  cy_free(bundle);
}

size_t cy_bundle_count(const cy_bundle *bundle)
{
  return bundle->count;
}

/* The plan. */

static const cy_cert_view *published(const cy_sync *sync, size_t i)
{
  return cy_cert_get(sync->bundle->entries[i]->certs[0].cert);
}

static cy_err *add_item(
  cy_sync *sync, cy_sync_what what, const cy_held *held, cy_entry *from, const char *note)
{
  CY_CLEAN(cy_buf) subject = CY_BUF_TEXT;
  const cy_cert_view *old = held ? held->view : NULL;
  const cy_cert_view *view = from ? cy_cert_get(from->certs[0].cert) : old;
  if (view)
    cy_name_short(&subject, view->subject);
  const char *text = cy_arena_str(&sync->arena, cy_buf_get(&subject));
  if (!text || !cy_grow(&sync->items, &sync->item_cap, sync->item_count + 1, sizeof *sync->items))
    return cy_err_no_memory();
  sync->items[sync->item_count++] = (cy_sync_item){.what = what,
    .from = from,
    .there = held ? held->entry : NULL,
    .label = held ? held->entry->label : NULL,
    .subject = text,
    .note = note,
    .until = view ? view->not_after : CY_TIME_NONE,
    .before = what == CY_SYNC_REPLACE && old ? old->not_after : CY_TIME_NONE};
  return NULL;
}

/* Certificates in chains of identities are there for programs that know no marks. */
static cy_err *see_chains(cy_sync *sync)
{
  size_t iter = 0;
  if (cy_place_caps(sync->store) & CY_CAN_TRUST)
    return NULL;
  for (cy_entry *e; (e = cy_place_next(sync->store, &iter));)
    for (size_t i = 0; e->has_key && i < e->cert_count; i++) {
      size_t at = cy_map_get(&sync->bundle->by_der, e->certs[i].der);
      if (at == CY_MAP_NONE || sync->seen[at])
        continue;
      sync->seen[at] = true;
      sync->same++;
    }
  return NULL;
}

static cy_err *see_same(cy_sync *sync)
{
  for (size_t i = 0; i < sync->held_count; i++) {
    cy_held *held = &sync->held[i];
    size_t at = cy_map_get(&sync->bundle->by_der, held->entry->certs[0].der);
    if (at == CY_MAP_NONE)
      continue;
    bool marks = cy_place_caps(sync->store) & CY_CAN_TRUST;
    held->done = true;
    if (marks && (held->entry->kind != CY_ENTRY_TRUSTED || held->entry->distrusted))
      CY_TRY(add_item(sync, CY_SYNC_MARK, held, sync->bundle->entries[at], "becomes trusted"));
    else
      sync->same += !sync->seen[at];
    sync->seen[at] = true;
  }
  return NULL;
}

/* Renewals: by subject and key, then by subject alone. */

static cy_err *name_key(const cy_cert_view *view, bool with_key, cy_buf *key)
{
  cy_buf_reset(key);
  if (with_key) {
    cy_buf_u32(key, (uint32_t)view->spki.len);
    cy_buf_span(key, view->spki);
  }
  cy_name_canonical(key, view->subject);
  return cy_buf_check(key);
}

static bool may_be_replaced(const cy_held *held, bool same_key)
{
  return held->counts && held->view && !held->done && (!held->stays || (held->in_chain && same_key));
}

static cy_err *index_old(cy_sync *sync, bool with_key, cy_map *heads)
{
  CY_CLEAN(cy_buf) key = CY_BUF_STORE;
  for (size_t i = sync->held_count; i-- > 0;) {
    if (!may_be_replaced(&sync->held[i], with_key))
      continue;
    CY_TRY(name_key(sync->held[i].view, with_key, &key));
    sync->held[i].next = cy_map_get(heads, cy_buf_get(&key));
    if (!cy_map_put(heads, cy_buf_get(&key), i))
      return cy_err_no_memory();
  }
  return NULL;
}

static cy_err *replace_old(cy_sync *sync, bool with_key, cy_map *heads)
{
  CY_CLEAN(cy_buf) key = CY_BUF_STORE;
  for (size_t i = 0; i < sync->bundle->count; i++) {
    const cy_cert_view *view = published(sync, i);
    if (sync->seen[i] || cy_name_is_empty(view->subject))
      continue;
    CY_TRY(name_key(view, with_key, &key));
    size_t at = cy_map_get(heads, cy_buf_get(&key));
    if (at == CY_MAP_NONE || (!with_key && sync->held[at].view->not_before >= view->not_before))
      continue;
    cy_held *held = &sync->held[at];
    if (!cy_map_put(heads, cy_buf_get(&key), held->next))
      return cy_err_no_memory();
    held->done = sync->seen[i] = true;
    CY_TRY(add_item(sync, CY_SYNC_REPLACE, held, sync->bundle->entries[i],
      with_key ? "renewed, the same key" : "renewed, another key"));
  }
  return NULL;
}

static cy_err *find_renewed(cy_sync *sync, bool with_key)
{
  cy_map heads;
  cy_map_init(&heads, true);
  cy_err *err = index_old(sync, with_key, &heads);
  if (!err)
    err = replace_old(sync, with_key, &heads);
  cy_map_clear(&heads);
  return err;
}

/* What is missing. */

static cy_err *make_label(cy_sync *sync, cy_entry *from, const char **label)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  char *made;
  CY_TRY(cy_entry_name(from, &name));
  if (!name.len)
    cy_buf_str(&name, "ca");
  CY_TRY(cy_labels_unique(&sync->labels, cy_buf_cstr(&name), &sync->arena, &made));
  *label = made;
  return cy_labels_note(&sync->labels, made, 0);
}

static cy_err *add_missing(cy_sync *sync)
{
  for (size_t i = 0; i < sync->bundle->count; i++) {
    cy_entry *from = sync->bundle->entries[i];
    if (sync->seen[i])
      continue;
    CY_TRY(add_item(sync, CY_SYNC_ADD, NULL, from, NULL));
    if (cy_place_caps(sync->store) & CY_CAN_LABELS)
      CY_TRY(make_label(sync, from, &sync->items[sync->item_count - 1].label));
  }
  return NULL;
}

static cy_err *judge_strangers(cy_sync *sync)
{
  for (size_t i = 0; i < sync->held_count; i++) {
    const cy_held *held = &sync->held[i];
    if (held->done)
      continue;
    const char *why = held->stays               ? held->stays
                      : held->entry->distrusted ? "it is not trusted"
                      : !held->counts           ? "it is not marked as trusted"
                      : sync->keep              ? "not in the bundle"
                                                : NULL;
    CY_TRY(add_item(sync, why ? CY_SYNC_KEEP : CY_SYNC_RETIRE, held, NULL, why));
  }
  return NULL;
}

static cy_err *make_plan(cy_sync *sync)
{
  if (!(cy_place_caps(sync->store) & CY_CAN_WRITE))
    return cy_err_new(CY_E_STORE_READ_ONLY, "%s (%s) can only be read", cy_place_path(sync->store),
      cy_place_title(sync->store));
  if (cy_place_caps(sync->store) & CY_ONE_ENTRY)
    return cy_err_hint(cy_err_new(CY_E_STORE_CANNOT_HOLD, "%s (%s) holds one object, not a set",
                         cy_place_path(sync->store), cy_place_title(sync->store)),
      "Make it a store that holds several (.pem, .p12), or copy with `causey cp --replace`.");
  sync->seen = cy_calloc(sync->bundle->count + 1, sizeof(bool));
  CY_TRY_ALLOC(sync->seen);
  CY_TRY(cy_sync_hold(sync));
  CY_TRY(cy_sync_protect(sync));
  CY_TRY(see_same(sync));
  CY_TRY(see_chains(sync));
  CY_TRY(find_renewed(sync, true));
  CY_TRY(find_renewed(sync, false));
  CY_TRY(add_missing(sync));
  return judge_strangers(sync);
}

cy_err *cy_sync_plan(cy_sync **out, const cy_bundle *bundle, cy_place *store, bool keep)
{
  cy_sync *sync = cy_malloc(sizeof *sync);
  *out = sync;
  CY_TRY_ALLOC(sync);
  sync->bundle = bundle;
  sync->store = store;
  sync->keep = keep;
  cy_labels_init(&sync->labels, store->doc);
  cy_err *err = make_plan(sync);
  if (err) {
    cy_sync_free(sync);
    *out = NULL;
  }
  return err;
}

void cy_sync_free(cy_sync *sync)
{
  if (!sync)
    return;
  cy_labels_clear(&sync->labels);
  cy_free(sync->seen);
  cy_free(sync->held);
  cy_free(sync->items);
  cy_arena_clear(&sync->arena);
  cy_free(sync);
}

const cy_sync_item *cy_sync_items(const cy_sync *sync, size_t *count)
{
  *count = sync->item_count;
  return sync->items;
}

size_t cy_sync_count(const cy_sync *sync, cy_sync_what what)
{
  size_t count = 0;
  for (size_t i = 0; i < sync->item_count; i++)
    count += sync->items[i].what == what;
  return count;
}

size_t cy_sync_same(const cy_sync *sync)
{
  return sync->same;
}

bool cy_sync_changes(const cy_sync *sync)
{
  return sync->item_count > cy_sync_count(sync, CY_SYNC_KEEP);
}

/* Execution. */

static cy_err *put(cy_sync *sync, const cy_sync_item *item)
{
  bool marks = cy_place_caps(sync->store) & CY_CAN_TRUST;
  cy_entry entry = {.kind = marks ? CY_ENTRY_TRUSTED : CY_ENTRY_CERTIFICATE,
    .label = (char *)(uintptr_t)item->label,
    .certs = item->from->certs,
    .cert_count = 1,
    .date = CY_TIME_NONE};
  if (!item->there)
    return cy_place_put(sync->store, &entry, false);
  if (item->what == CY_SYNC_MARK) {
    entry = *item->there;
    entry.kind = CY_ENTRY_TRUSTED;
    entry.distrusted = false;
  }
  return cy_place_replace(sync->store, item->there, &entry);
}

cy_err *cy_sync_apply(cy_sync *sync)
{
  for (size_t i = 0; i < sync->item_count; i++) {
    const cy_sync_item *item = &sync->items[i];
    if (item->what == CY_SYNC_RETIRE)
      CY_TRY(cy_place_remove(sync->store, item->there));
    else if (item->what != CY_SYNC_KEEP)
      CY_TRY(put(sync, item));
  }
  return NULL;
}
