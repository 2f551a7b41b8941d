/* Joining what the workers noted, and finding who signed what. */
#include "audit/inventory.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

enum { SIGNATURES_TRIED = 20000 };

void cy_inventory_init(cy_inventory *inv)
{
  *inv = (cy_inventory){.seed = cy_hash_seed(), .tries = SIGNATURES_TRIED};
}

void cy_inventory_clear(cy_inventory *inv)
{
  cy_arena_clear(&inv->arena);
  cy_free(inv->units);
  cy_free(inv->certs);
  cy_free(inv->keys);
  cy_free(inv->places);
  cy_free(inv->by_sha256.slots);
  cy_free(inv->by_key.slots);
  cy_free(inv->cas_by_id);
  cy_free(inv->cas_by_name);
  *inv = (cy_inventory){0};
}

/* Tables. */

typedef bool same(const cy_inventory *inv, uint32_t number, const void *key);
typedef uint64_t hash_at(const cy_inventory *inv, uint32_t number);

static uint64_t sha256_hash(const cy_inventory *inv, const uint8_t sha256[32])
{
  uint64_t word;
  memcpy(&word, sha256, sizeof word);
  return (word ^ inv->seed) * 0x9e3779b97f4a7c15u;
}

static uint64_t cert_hash(const cy_inventory *inv, uint32_t number)
{
  return sha256_hash(inv, inv->certs[number].note.sha256);
}

static bool same_cert(const cy_inventory *inv, uint32_t number, const void *key)
{
  return memcmp(inv->certs[number].note.sha256, key, 32) == 0;
}

static uint64_t key_hash(const cy_inventory *inv, uint32_t number)
{
  return inv->keys[number].key;
}

static bool same_key(const cy_inventory *inv, uint32_t number, const void *key)
{
  return inv->keys[number].key == *(const uint64_t *)key;
}

static size_t slot_of(uint64_t hash, size_t cap)
{
  return (size_t)(hash ^ hash >> 32) & (cap - 1);
}

/* The slot of `key`, or the free one where it would be. */
static uint32_t *find(
  const cy_inventory *inv, const cy_inv_table *table, uint64_t hash, same *is, const void *key)
{
  for (size_t i = slot_of(hash, table->cap);; i = (i + 1) & (table->cap - 1))
    if (!table->slots[i] || is(inv, table->slots[i] - 1, key))
      return &table->slots[i];
}

/* Room for one more. */
static bool table_grow(const cy_inventory *inv, cy_inv_table *table, size_t count, hash_at *hash)
{
  if ((count + 1) * 4 < table->cap * 3)
    return true;
  size_t cap = table->cap ? table->cap * 2 : 1024;
  uint32_t *slots = cy_calloc(cap, sizeof *slots);
  if (!slots)
    return false;
  for (size_t n = 0; n < count; n++) {
    size_t i = slot_of(hash(inv, (uint32_t)n), cap);
    while (slots[i])
      i = (i + 1) & (cap - 1);
    slots[i] = (uint32_t)n + 1;
  }
  cy_free(table->slots);
  *table = (cy_inv_table){slots, cap};
  return true;
}

/* Adding. */

static const char *keep(cy_inventory *inv, const char *text)
{
  return cy_arena_str(&inv->arena, cy_span_str(text));
}

static cy_err *add_place(cy_inventory *inv, uint32_t *first, uint32_t *last, uint32_t *count,
  const cy_inv_place *place, const char *address)
{
  if (inv->place_count >= CY_INVENTORY_PLACES) {
    inv->full = true;
    return NULL;
  }
  if (!cy_grow(&inv->places, &inv->place_cap, inv->place_count + 1, sizeof *inv->places))
    return cy_err_no_memory();
  uint32_t at = (uint32_t)inv->place_count++;
  inv->places[at] = *place;
  inv->places[at].next = CY_INV_NONE;
  /* Certificates of one chain share their entry's address. */
  const cy_inv_place *before = at && inv->places[at - 1].unit == place->unit ? &inv->places[at - 1] : NULL;
  if (!address)
    inv->places[at].address = inv->units[place->unit].path;
  else if (before && strcmp(before->address, address) == 0)
    inv->places[at].address = before->address;
  else
    inv->places[at].address = keep(inv, address);
  CY_TRY_ALLOC(inv->places[at].address);
  if ((*count)++)
    inv->places[*last].next = at;
  else
    *first = at;
  *last = at;
  return NULL;
}

static cy_err *new_cert(cy_inventory *inv, const cy_notes *notes, const cy_note_cert *note)
{
  if (!cy_grow(&inv->certs, &inv->cert_cap, inv->cert_count + 1, sizeof *inv->certs))
    return cy_err_no_memory();
  cy_inv_cert *cert = &inv->certs[inv->cert_count];
  *cert = (cy_inv_cert){
    .note = *note, .issuer = CY_INV_NONE, .title = keep(inv, cy_note_str(notes, note->title))};
  CY_TRY_ALLOC(cert->title);
  if (note->der && inv->der_bytes + note->der_len <= CY_INVENTORY_DER) {
    cert->der = cy_arena_copy(&inv->arena, cy_span_of(notes->texts.data + note->der, note->der_len)).data;
    CY_TRY_ALLOC(cert->der);
    inv->der_bytes += note->der_len;
  }
  inv->cert_count++;
  return NULL;
}

static cy_err *add_cert(cy_inventory *inv, uint32_t unit, const cy_notes *notes, const cy_note_cert *note)
{
  cy_inv_table *table = &inv->by_sha256;
  if (!table_grow(inv, table, inv->cert_count, cert_hash))
    return cy_err_no_memory();
  uint32_t *slot = find(inv, table, sha256_hash(inv, note->sha256), same_cert, note->sha256);
  if (!*slot && inv->cert_count >= CY_INVENTORY_MAX) {
    inv->full = true;
    return NULL;
  }
  if (!*slot) {
    CY_TRY(new_cert(inv, notes, note));
    *slot = (uint32_t)inv->cert_count;
  }
  cy_inv_cert *cert = &inv->certs[*slot - 1];
  cy_inv_place place = {
    .unit = unit, .thing = *slot - 1, .position = note->position, .with_key = note->with_key};
  return add_place(
    inv, &cert->first, &cert->last, &cert->places, &place, cy_note_str(notes, note->address));
}

static cy_err *add_key(cy_inventory *inv, uint32_t unit, const cy_notes *notes, const cy_note_key *note)
{
  cy_inv_table *table = &inv->by_key;
  if (!table_grow(inv, table, inv->key_count, key_hash))
    return cy_err_no_memory();
  uint32_t *slot = find(inv, table, note->key, same_key, &note->key);
  if (!*slot && inv->key_count >= CY_INVENTORY_MAX) {
    inv->full = true;
    return NULL;
  }
  if (!*slot) {
    if (!cy_grow(&inv->keys, &inv->key_cap, inv->key_count + 1, sizeof *inv->keys))
      return cy_err_no_memory();
    cy_inv_key *key = &inv->keys[inv->key_count];
    *key = (cy_inv_key){.key = note->key, .title = keep(inv, cy_note_str(notes, note->title))};
    CY_TRY_ALLOC(key->title);
    memcpy(key->sha256, note->sha256, sizeof key->sha256);
    memcpy(key->key_id, note->key_id, sizeof key->key_id);
    *slot = (uint32_t)++inv->key_count;
  }
  cy_inv_key *key = &inv->keys[*slot - 1];
  cy_inv_place place = {
    .unit = unit, .thing = *slot - 1, .is_key = true, .in_clear = note->in_clear, .assumed = note->assumed};
  return add_place(inv, &key->first, &key->last, &key->places, &place, cy_note_str(notes, note->address));
}

cy_err *cy_inventory_add(cy_inventory *inv, const char *path, const char *kind, const cy_notes *notes)
{
  if (!notes->cert_count && !notes->key_count)
    return NULL;
  if (!cy_grow(&inv->units, &inv->unit_cap, inv->unit_count + 1, sizeof *inv->units))
    return cy_err_no_memory();
  uint32_t unit = (uint32_t)inv->unit_count++;
  inv->units[unit] =
    (cy_inv_unit){keep(inv, path), kind, (uint32_t)inv->place_count, 0, (uint32_t)notes->cert_count};
  CY_TRY_ALLOC(inv->units[unit].path);
  for (size_t i = 0; i < notes->cert_count; i++)
    if (!notes->certs[i].listed)
      CY_TRY(add_cert(inv, unit, notes, &notes->certs[i]));
  for (size_t i = 0; i < notes->key_count; i++)
    CY_TRY(add_key(inv, unit, notes, &notes->keys[i]));
  inv->units[unit].places = (uint32_t)inv->place_count - inv->units[unit].first;
  return NULL;
}

/* Who signed what. */

static int three_way(uint64_t a, uint64_t b)
{
  return a < b ? -1 : a > b;
}

static int by_name(const void *left, const void *right, void *arg)
{
  const cy_inventory *inv = arg;
  uint32_t x = *(const uint32_t *)left, y = *(const uint32_t *)right;
  int order = three_way(inv->certs[x].note.subject, inv->certs[y].note.subject);
  return order ? order : three_way(x, y);
}

static int by_id(const void *left, const void *right, void *arg)
{
  const cy_inventory *inv = arg;
  const cy_note_cert *x = &inv->certs[*(const uint32_t *)left].note;
  const cy_note_cert *y = &inv->certs[*(const uint32_t *)right].note;
  int order = three_way(x->subject, y->subject);
  if (!order)
    order = three_way(x->key_id, y->key_id);
  return order ? order : three_way(*(const uint32_t *)left, *(const uint32_t *)right);
}

bool cy_inv_cert_is_root(const cy_inv_cert *cert)
{
  const cy_note_cert *n = &cert->note;
  return n->self_issued && (!n->authority_id || n->authority_id == n->key_id);
}

/* The first of a sorted list that is not before (subject, id). */
static size_t lower(const cy_inventory *inv, const uint32_t *list, uint64_t subject, uint64_t id)
{
  size_t low = 0, high = inv->ca_count;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    const cy_note_cert *n = &inv->certs[list[mid]].note;
    if (n->subject < subject || (n->subject == subject && list == inv->cas_by_id && n->key_id < id))
      low = mid + 1;
    else
      high = mid;
  }
  return low;
}

/* What can not be tried is not taken for signed. */
static cy_err *signed_by(cy_inventory *inv, const cy_inv_cert *cert, const cy_inv_cert *by, bool *good)
{
  cy_cert_view a, b;
  *good = false;
  if (!cert->der || !by->der || !inv->tries)
    return NULL;
  inv->tries--;
  cy_err *err = cy_cert_view_parse(&a, cy_span_of(cert->der, cert->note.der_len));
  if (!err)
    err = cy_cert_view_parse(&b, cy_span_of(by->der, by->note.der_len));
  if (!err)
    err = cy_cert_signed_by(good, &a, &b);
  if (!err || cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  cy_err_free(err); /* an algorithm that is not known */
  *good = false;
  return NULL;
}

static cy_err *add_if_signed(cy_inventory *inv, uint32_t cert, uint32_t by, cy_inv_issuers *out)
{
  bool good;
  if (by == cert)
    return NULL;
  CY_TRY(signed_by(inv, &inv->certs[cert], &inv->certs[by], &good));
  if (good)
    out->certs[out->count++] = by;
  return NULL;
}

static cy_err *issuers_sought(cy_inventory *inv, uint32_t cert, cy_inv_issuers *out)
{
  const cy_inv_cert *c = &inv->certs[cert];
  uint64_t name = c->note.issuer, id = c->note.authority_id;
  const uint32_t *list = id ? inv->cas_by_id : inv->cas_by_name;
  size_t end = lower(inv, list, name, id) + CY_INV_ISSUERS;
  for (size_t i = end - CY_INV_ISSUERS; i < inv->ca_count && i < end; i++) {
    const cy_note_cert *n = &inv->certs[list[i]].note;
    if (n->subject != name || (id && n->key_id != id))
      break;
    if (!id)
      CY_TRY(add_if_signed(inv, cert, list[i], out));
    else if (list[i] != cert)
      out->certs[out->count++] = list[i];
  }
  return NULL;
}

/* Which one signed it was tried once: all of that name and key may have. */
static void issuers_known(const cy_inventory *inv, uint32_t cert, cy_inv_issuers *out)
{
  uint32_t known = inv->certs[cert].issuer;
  if (known == CY_INV_NONE)
    return;
  const cy_note_cert *by = &inv->certs[known].note;
  for (size_t i = lower(inv, inv->cas_by_name, by->subject, 0); i < inv->ca_count; i++) {
    const cy_note_cert *n = &inv->certs[inv->cas_by_name[i]].note;
    if (n->subject != by->subject || out->count == CY_INV_ISSUERS)
      return;
    if (n->key == by->key && inv->cas_by_name[i] != cert)
      out->certs[out->count++] = inv->cas_by_name[i];
  }
}

cy_err *cy_inventory_issuers(cy_inventory *inv, uint32_t cert, cy_inv_issuers *out)
{
  const cy_inv_cert *c = &inv->certs[cert];
  *out = (cy_inv_issuers){0};
  if (cy_inv_cert_is_root(c))
    return NULL;
  if (!inv->linked || c->note.authority_id)
    return issuers_sought(inv, cert, out);
  issuers_known(inv, cert, out);
  return NULL;
}

static cy_err *link_one(cy_inventory *inv, uint32_t at)
{
  cy_inv_issuers issuers;
  CY_TRY(cy_inventory_issuers(inv, at, &issuers));
  if (!issuers.count)
    return NULL;
  inv->certs[at].issuer = issuers.certs[0];
  inv->certs[issuers.certs[0]].children++;
  for (size_t i = 0; i < issuers.count; i++)
    inv->certs[issuers.certs[i]].latest_child = at;
  return NULL;
}

cy_err *cy_inventory_link(cy_inventory *inv)
{
  inv->cas_by_id = cy_calloc(inv->cert_count + 1, sizeof *inv->cas_by_id);
  CY_TRY_ALLOC(inv->cas_by_id);
  for (size_t i = 0; i < inv->cert_count; i++)
    if (inv->certs[i].note.may_sign)
      inv->cas_by_id[inv->ca_count++] = (uint32_t)i;
  inv->cas_by_name = cy_memdup(inv->cas_by_id, (inv->ca_count + 1) * sizeof *inv->cas_by_id);
  CY_TRY_ALLOC(inv->cas_by_name);
  qsort_r(inv->cas_by_id, inv->ca_count, sizeof *inv->cas_by_id, by_id, inv);
  qsort_r(inv->cas_by_name, inv->ca_count, sizeof *inv->cas_by_name, by_name, inv);
  for (size_t i = 0; i < inv->cert_count; i++)
    inv->certs[i].latest_child = CY_INV_NONE;
  for (size_t i = 0; inv->ca_count && i < inv->cert_count; i++)
    CY_TRY(link_one(inv, (uint32_t)i));
  inv->linked = true;
  return NULL;
}

bool cy_inventory_shares_unit(const cy_inventory *inv, const cy_inv_cert *a, const cy_inv_cert *b)
{
  unsigned looked = 0;
  for (uint32_t i = a->first; i != CY_INV_NONE; i = inv->places[i].next)
    for (uint32_t j = b->first; j != CY_INV_NONE && looked < 4096; j = inv->places[j].next, looked++)
      if (inv->places[i].unit == inv->places[j].unit)
        return true;
  return false;
}

const char *cy_inventory_address(const cy_inventory *inv, const cy_inv_cert *cert)
{
  return cert->places ? inv->places[cert->first].address : "";
}
