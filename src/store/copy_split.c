/* Chains for targets that hold one certificate to an entry. */
#include "store/copy_internal.h"

static bool is_wanted(const cy_copy *copy)
{
  unsigned caps = cy_place_caps(copy->target);
  return (caps & (CY_CAN_CERTS | CY_CAN_TRUST)) && !(caps & (CY_CAN_CHAINS | CY_ONE_ENTRY));
}

static bool note(cy_map *seen, const cy_entry *entry)
{
  return !entry->cert_count || cy_map_put(seen, entry->certs[0].der, 0);
}

/* The first certificates of what is there and of what comes: those need no entry once more. */
static bool note_all(cy_copy *copy, cy_map *seen)
{
  size_t iter = 0;
  for (cy_entry *e; (e = cy_place_next(copy->target, &iter));)
    if (!note(seen, e))
      return false;
  for (size_t i = 0; i < copy->item_count; i++)
    if (cy_copy_is_live(&copy->items[i]) && !note(seen, &copy->items[i].entry))
      return false;
  return true;
}

static cy_err *add_issuer(cy_copy *copy, size_t of, size_t index, cy_map *seen)
{
  cy_copy_item *item;
  cy_entry_cert_slot *slot = &copy->items[of].entry.certs[index];
  if (cy_map_get(seen, slot->der) != CY_MAP_NONE)
    return NULL;
  if (!cy_map_put(seen, slot->der, 0))
    return cy_err_no_memory();
  CY_TRY(cy_copy_add_item(copy, copy->items[of].source, copy->items[of].from, &item));
  item->entry = (cy_entry){.kind = CY_ENTRY_CERTIFICATE,
    .certs = slot,
    .cert_count = 1,
    .date = CY_TIME_NONE,
    .position = item->from->position};
  item->of_chain = true;
  item->note = cy_copy_text(copy, "of the chain of %s; it is trusted there",
    item->from->label ? item->from->label : "a private key");
  return item->note ? NULL : cy_err_no_memory();
}

static cy_err *split(cy_copy *copy, cy_map *seen)
{
  size_t count = copy->item_count;
  if (!note_all(copy, seen))
    return cy_err_no_memory();
  for (size_t i = 0; i < count; i++) {
    if (copy->items[i].entry.kind != CY_ENTRY_IDENTITY || !cy_copy_is_live(&copy->items[i]))
      continue;
    for (size_t n = 1; n < copy->items[i].entry.cert_count; n++)
      CY_TRY(add_issuer(copy, i, n, seen));
    copy->items[i].entry.cert_count = 1;
  }
  return NULL;
}

cy_err *cy_copy_split(cy_copy *copy)
{
  cy_map seen;
  if (!is_wanted(copy))
    return NULL;
  cy_map_init(&seen, false);
  cy_err *err = split(copy, &seen);
  cy_map_clear(&seen);
  return err;
}
