/*
 * The parts of copying: shared by copy*.c only.
 *
 * Purpose:   the plan, and the steps that make it.
 * Ownership: see cy_copy in store/copy.h; texts live in the plan's arena.
 * Errors:    as in store/copy.h.
 * Threads:   one owner.
 */
#ifndef CY_STORE_COPY_INTERNAL_H
#define CY_STORE_COPY_INTERNAL_H

#include "store/copy.h"
#include "store/place_internal.h"

struct cy_copy {
  cy_place *target;
  const cy_copy_source *sources;
  size_t source_count;
  cy_copy_options options;
  cy_arena arena;
  cy_copy_item *items;
  size_t item_count, item_cap;
  cy_copy_loss *losses;
  size_t loss_count, loss_cap;
};

/* Part of the target, or to be so: neither joined nor skipped nor left out. */
static inline bool cy_copy_is_live(const cy_copy_item *item)
{
  return item->outcome <= CY_COPY_UPDATED;
}

static inline bool cy_copy_is_cert(const cy_entry *entry)
{
  return entry->kind == CY_ENTRY_CERTIFICATE || entry->kind == CY_ENTRY_TRUSTED;
}

/* A secret key that can be taken out of its store. */
static inline bool cy_copy_opens(const cy_entry *entry)
{
  return entry->kind == CY_ENTRY_SECRET && (entry->key.ops || entry->key.plain || entry->key.reference);
}

/* A plain sequence of objects (PEM, DER): no labels, no password but the keys'; what belongs
 * together is found when it is read. */
static inline bool cy_copy_is_list(cy_place *place)
{
  return !(cy_place_caps(place) & (CY_CAN_LABELS | CY_NEEDS_PASSWORD)) &&
         (cy_place_caps(place) & CY_CAN_KEY_PASSWORDS);
}

/* One more item, of `from` as it is; the items may move. */
cy_err *cy_copy_add_item(cy_copy *copy, size_t source, cy_entry *from, cy_copy_item **item) CY_MUST_USE;
/* Texts of the plan; NULL only when memory ran out. */
const char *cy_copy_text(cy_copy *copy, const char *format, ...) CY_PRINTF(2, 3);
cy_err *cy_copy_lose(cy_copy *copy, const cy_copy_item *item, const char *what, const char *text)
  CY_MUST_USE;
/* Puts one more certificate at the end of the entry's, in an array of the plan's own. */
cy_err *cy_copy_add_cert(cy_copy *copy, cy_entry *entry, cy_entry_cert_slot slot) CY_MUST_USE;

cy_err *cy_copy_join(cy_copy *copy) CY_MUST_USE;        /* keys with certificates (copy_join.c) */
cy_err *cy_copy_chains(cy_copy *copy) CY_MUST_USE;      /* issuers of identities (copy_chain.c) */
cy_err *cy_copy_split(cy_copy *copy) CY_MUST_USE;       /* chains into entries (copy_split.c) */
cy_err *cy_copy_match(cy_copy *copy) CY_MUST_USE;       /* labels, what is there already (copy_match.c) */
cy_err *cy_copy_fit(cy_copy *copy) CY_MUST_USE;         /* what the target can not hold (copy_loss.c) */
cy_err *cy_copy_find_losses(cy_copy *copy) CY_MUST_USE; /* and what it can not keep of the rest */
/* Once secret keys are open: which of them the target can not hold. */
cy_err *cy_copy_fit_secrets(cy_copy *copy) CY_MUST_USE;
/* The public key of an entry: of its certificate, or of its private key when that is known; empty
 * when it is not, as when the certificate can not be read. */
cy_err *cy_copy_spki(cy_entry *entry, cy_span *spki) CY_MUST_USE;
/* For what can not be read and is copied all the same: only a lack of memory is left of an error. */
cy_err *cy_copy_forgive(cy_err *err) CY_MUST_USE;

#endif
