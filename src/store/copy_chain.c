/* Chains of the identities that are copied: issuers from everywhere in sight. */
#include "base/mem.h"
#include "store/copy_internal.h"
#include "x509/name.h"

enum { LONGEST_CHAIN = 16 };

/* A certificate that may be somebody's issuer. */
typedef struct {
  cy_entry_cert_slot slot;
  const cy_cert_view *view;
  size_t item; /* that it is, or CY_MAP_NONE */
  size_t next; /* of the same subject, or CY_MAP_NONE */
} candidate;

typedef struct {
  cy_copy *copy;
  candidate *items;
  size_t count, cap;
  cy_map by_subject;
} pool;

static cy_err *add_candidate(pool *p, cy_entry *entry, size_t index, size_t item)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  const cy_cert *cert = NULL;
  CY_TRY(cy_copy_forgive(cy_entry_cert(entry, index, &cert)));
  if (!cert)
    return NULL; /* nobody's issuer */
  if (!cy_grow(&p->items, &p->cap, p->count + 1, sizeof *p->items))
    return cy_err_no_memory();
  cy_name_canonical(&key, cy_cert_get(cert)->subject);
  CY_TRY(cy_buf_check(&key));
  size_t same = cy_map_get(&p->by_subject, cy_buf_get(&key));
  p->items[p->count] = (candidate){entry->certs[index], cy_cert_get(cert), item, same};
  return cy_map_put(&p->by_subject, cy_buf_get(&key), p->count++) ? NULL : cy_err_no_memory();
}

/* What was looked at last is tried first: the target, other entries of the sources, and then
 * what is copied itself. */
static cy_err *fill_from(pool *p, cy_place *place)
{
  size_t iter = 0;
  for (cy_entry *e; (e = cy_place_next(place, &iter));)
    for (size_t i = 0; i < e->cert_count; i++)
      CY_TRY(add_candidate(p, e, i, CY_MAP_NONE));
  return NULL;
}

static cy_err *fill(pool *p)
{
  cy_copy *copy = p->copy;
  CY_TRY(fill_from(p, copy->target));
  for (size_t i = 0; i < copy->source_count; i++)
    if (copy->sources[i].selector->kind != CY_SELECT_ALL)
      CY_TRY(fill_from(p, copy->sources[i].place));
  for (size_t i = copy->item_count; i-- > 0;)
    if (cy_copy_is_live(&copy->items[i]))
      for (size_t n = 0; n < copy->items[i].entry.cert_count; n++)
        CY_TRY(add_candidate(p, &copy->items[i].entry, n, i));
  return NULL;
}

/* An entry that is nothing but somebody's issuer: without a label and without a word on trust. */
static bool is_loose(const pool *p, const candidate *c)
{
  if (c->item == CY_MAP_NONE)
    return false;
  const cy_copy_item *item = &p->copy->items[c->item];
  const cy_entry *from = item->from;
  return cy_copy_is_cert(&item->entry) && from->kind == CY_ENTRY_CERTIFICATE && !from->label &&
         !item->there;
}

/* By name and by trying the signature; *found = NULL when it is nowhere. */
static cy_err *find_issuer(pool *p, const cy_cert_view *view, candidate **found)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  *found = NULL;
  cy_name_canonical(&key, view->issuer);
  CY_TRY(cy_buf_check(&key));
  for (size_t at = cy_map_get(&p->by_subject, cy_buf_get(&key)); at != CY_MAP_NONE;
       at = p->items[at].next) {
    bool good = false;
    /* An algorithm that we have not got is no proof. */
    CY_TRY(cy_copy_forgive(cy_cert_signed_by(&good, view, p->items[at].view)));
    if (!good)
      continue;
    *found = &p->items[at];
    if (is_loose(p, *found))
      return NULL;
  }
  return NULL;
}

static bool in_chain(const cy_entry *entry, const candidate *c)
{
  for (size_t i = 0; i < entry->cert_count; i++)
    if (cy_span_equal(entry->certs[i].der, c->slot.der))
      return true;
  return false;
}

/* A root is wanted in a chain only when it was given for that: trusting is the other side's. */
static bool is_wanted(const pool *p, const cy_entry *entry, const candidate *c)
{
  return c && !in_chain(entry, c) && (!c->view->self_issued || is_loose(p, c));
}

/* NULL when it can not be read. */
static cy_err *last_cert(cy_entry *entry, const cy_cert **last)
{
  *last = NULL;
  return cy_copy_forgive(cy_entry_cert(entry, entry->cert_count - 1, last));
}

static cy_err *complete(pool *p, cy_copy_item *item)
{
  const cy_cert *last;
  candidate *issuer;
  cy_entry *entry = &item->entry;
  size_t before = entry->cert_count;
  while (entry->cert_count < LONGEST_CHAIN) {
    CY_TRY(last_cert(entry, &last));
    if (!last || cy_cert_get(last)->self_issued)
      break;
    CY_TRY(find_issuer(p, cy_cert_get(last), &issuer));
    if (!is_wanted(p, entry, issuer))
      break;
    CY_TRY(cy_copy_add_cert(p->copy, entry, issuer->slot));
    if (is_loose(p, issuer)) {
      p->copy->items[issuer->item].outcome = CY_COPY_JOINED;
      p->copy->items[issuer->item].note = "went into a chain";
    }
  }
  if (entry->cert_count == before)
    return NULL;
  item->note =
    cy_copy_text(p->copy, "%s%schain completed with %zu certificate%s", item->note ? item->note : "",
      item->note ? "; " : "", entry->cert_count - before, entry->cert_count - before > 1 ? "s" : "");
  return item->note ? NULL : cy_err_no_memory();
}

static cy_err *is_incomplete(cy_copy_item *item, bool *incomplete)
{
  const cy_cert *last;
  *incomplete = false;
  if (item->entry.kind != CY_ENTRY_IDENTITY || !cy_copy_is_live(item))
    return NULL;
  CY_TRY(last_cert(&item->entry, &last));
  *incomplete = last && !cy_cert_get(last)->self_issued;
  return NULL;
}

static cy_err *complete_all(pool *p)
{
  bool filled = false, incomplete;
  for (size_t i = 0; i < p->copy->item_count; i++) {
    CY_TRY(is_incomplete(&p->copy->items[i], &incomplete));
    if (!incomplete)
      continue;
    if (!filled)
      CY_TRY(fill(p));
    filled = true;
    CY_TRY(complete(p, &p->copy->items[i]));
  }
  return NULL;
}

cy_err *cy_copy_chains(cy_copy *copy)
{
  pool p = {.copy = copy};
  if (!(cy_place_caps(copy->target) & CY_CAN_CHAINS))
    return NULL;
  cy_map_init(&p.by_subject, true);
  cy_err *err = complete_all(&p);
  cy_free(p.items);
  cy_map_clear(&p.by_subject);
  return err;
}
