/* What becomes of each bag of a PKCS#12 file that is written again. */
#include <stdio.h>

#include "base/mem.h"
#include "crypto/lib.h"
#include "store/codes.h"
#include "store/fmt_pkcs12_write.h"

void cy_p12_writer_clear(cy_p12_writer *w)
{
  cy_map_clear(&w->used_ids);
  cy_map_clear(&w->certs);
  cy_arena_clear(&w->arena);
  cy_free(w->adds);
}

static cy_err *add(cy_p12_writer *w, cy_entry *entry, cy_p12_kind kind, size_t cert)
{
  if (!cy_grow(&w->adds, &w->add_cap, w->add_count + 1, sizeof *w->adds))
    return cy_err_no_memory();
  w->adds[w->add_count++] = (cy_p12_addition){entry, kind, cert};
  return NULL;
}

bool cy_p12_adds(const cy_p12_writer *w, bool keys)
{
  for (size_t i = 0; i < w->add_count; i++)
    if ((w->adds[i].kind == CY_P12_SHROUDED) == keys)
      return true;
  return false;
}

/* Bags of entries are dropped unless their entry asks for them; the others belong to nobody and stay. */
static void reset_actions(cy_p12 *p12)
{
  for (size_t i = 0; i < p12->bag_count; i++) {
    cy_p12_bag *bag = &p12->bags[i];
    bag->action = bag->item != CY_P12_NONE || bag->in_chain ? CY_P12_DROP : CY_P12_KEEP;
    bag->entry = NULL;
  }
}

/* A link of an identity's chain; the bag may be an entry of its own that was deleted. */
static void keep_link(cy_p12_bag *bag, size_t item)
{
  if (bag->item == item || bag->item == CY_P12_NONE)
    bag->action = CY_P12_KEEP;
  else if (bag->action == CY_P12_DROP)
    bag->action = CY_P12_STRIP;
}

static void anew(cy_p12_bag *bag, cy_entry *entry)
{
  bag->action = CY_P12_ANEW;
  bag->entry = entry;
}

static void keep_entry(cy_p12 *p12, const cy_entry *entry)
{
  const cy_p12_item *item = &p12->items[entry->part];
  if (item->key != CY_P12_NONE)
    p12->bags[item->key].action = CY_P12_KEEP;
  for (size_t i = 0; i < item->count; i++)
    keep_link(&p12->bags[p12->links[item->first + i]], entry->part);
}

/* Certificates of a changed entry: the leaf in its old place, those of the chain that are the same. */
static cy_err *change_certs(cy_p12_writer *w, cy_entry *entry, const cy_p12_item *item)
{
  for (size_t i = 0; i < entry->cert_count; i++) {
    cy_p12_bag *bag = i < item->count ? &w->p12->bags[w->p12->links[item->first + i]] : NULL;
    bool is_cert = bag && bag->kind == CY_P12_CERT;
    if (is_cert && i == 0)
      anew(bag, entry);
    else if (is_cert && cy_span_equal(bag->value, entry->certs[i].der))
      keep_link(bag, entry->part);
    else
      CY_TRY(add(w, entry, CY_P12_CERT, i));
  }
  return NULL;
}

static cy_err *change_entry(cy_p12_writer *w, cy_entry *entry)
{
  const cy_p12_item *item = &w->p12->items[entry->part];
  cy_p12_bag *first = item->count ? &w->p12->bags[w->p12->links[item->first]] : NULL;
  cy_p12_kind kind = entry->kind == CY_ENTRY_CRL ? CY_P12_CRL : CY_P12_SECRET;
  if (entry->has_key && item->key != CY_P12_NONE)
    anew(&w->p12->bags[item->key], entry);
  else if (entry->has_key)
    CY_TRY(add(w, entry, CY_P12_SHROUDED, 0));
  if (entry->kind != CY_ENTRY_CRL && entry->kind != CY_ENTRY_SECRET)
    return change_certs(w, entry, item);
  if (!first || first->kind != kind)
    return add(w, entry, kind, 0);
  anew(first, entry);
  return NULL;
}

static cy_err *add_entry(cy_p12_writer *w, cy_entry *entry)
{
  if (entry->kind == CY_ENTRY_REQUEST)
    return cy_err_new(CY_E_STORE_CANNOT_HOLD, "PKCS#12 has no place for a request");
  if (entry->has_key)
    CY_TRY(add(w, entry, CY_P12_SHROUDED, 0));
  if (entry->kind == CY_ENTRY_CRL || entry->kind == CY_ENTRY_SECRET)
    CY_TRY(add(w, entry, entry->kind == CY_ENTRY_CRL ? CY_P12_CRL : CY_P12_SECRET, 0));
  for (size_t i = 0; i < entry->cert_count; i++)
    CY_TRY(add(w, entry, CY_P12_CERT, i));
  return NULL;
}

static cy_err *plan_entries(cy_p12_writer *w)
{
  reset_actions(w->p12);
  for (size_t i = 0; i < w->doc->entry_count; i++) {
    cy_entry *entry = w->doc->entries[i];
    if (entry->deleted)
      continue;
    if (entry->added)
      CY_TRY(add_entry(w, entry));
    else if (entry->changed)
      CY_TRY(change_entry(w, entry));
    else
      keep_entry(w->p12, entry);
  }
  return NULL;
}

/* A certificate of a chain is in the file once, whoever needs it. */

static cy_err *put_cert(cy_p12_writer *w, cy_span der)
{
  return cy_map_put(&w->certs, der, 1) ? NULL : cy_err_no_memory();
}

static cy_err *note_certs(cy_p12_writer *w)
{
  for (size_t i = 0; i < w->p12->bag_count; i++) {
    const cy_p12_bag *bag = &w->p12->bags[i];
    if (bag->kind == CY_P12_CERT && bag->action != CY_P12_DROP)
      CY_TRY(put_cert(w, bag->action == CY_P12_ANEW ? bag->entry->certs[0].der : bag->value));
  }
  for (size_t i = 0; i < w->add_count; i++)
    if (w->adds[i].kind == CY_P12_CERT && w->adds[i].cert == 0)
      CY_TRY(put_cert(w, w->adds[i].entry->certs[0].der));
  return NULL;
}

static cy_err *drop_doubles(cy_p12_writer *w)
{
  size_t kept = 0;
  CY_TRY(note_certs(w));
  for (size_t i = 0; i < w->add_count; i++) {
    cy_p12_addition *a = &w->adds[i];
    if (a->kind == CY_P12_CERT && a->cert > 0) {
      cy_span der = a->entry->certs[a->cert].der;
      if (cy_map_get(&w->certs, der) != CY_MAP_NONE)
        continue;
      CY_TRY(put_cert(w, der));
    }
    w->adds[kept++] = *a;
  }
  w->add_count = kept;
  return NULL;
}

/* Identifiers. */

static bool is_free(const cy_p12_writer *w, cy_span id)
{
  return id.len && cy_map_get(&w->used_ids, id) == CY_MAP_NONE;
}

static cy_err *use_id(cy_p12_writer *w, size_t entry, cy_span id)
{
  w->ids[entry] = cy_arena_copy(&w->arena, id);
  if (!w->ids[entry].data || !cy_map_put(&w->used_ids, w->ids[entry], entry))
    return cy_err_no_memory();
  return NULL;
}

/* Java keeps an entry's date in it. Two of one second differ in the milliseconds. */
static bool time_id(cy_p12_writer *w, const cy_entry *entry, char *text, size_t size)
{
  if (entry->date == CY_TIME_NONE || entry->date < 0)
    return false;
  long long ms = (long long)entry->date * 1000;
  snprintf(text, size, "Time %lld", ms);
  if (!is_free(w, cy_span_str(text)))
    snprintf(text, size, "Time %lld", ms + 1 + (long long)(w->serial++ % 999));
  return is_free(w, cy_span_str(text));
}

/* SHA-1 of the certificate, as OpenSSL has it; of the public key when there is none. */
static cy_err *hash_id(cy_p12_writer *w, cy_entry *entry, cy_digest *id)
{
  CY_CLEAN(cy_buf) spki = CY_BUF_STORE;
  const cy_secret *pkcs8;
  cy_key_info info;
  if (entry->cert_count)
    return cy_digest_of(id, CY_SHA1, entry->certs[0].der);
  if (entry->kind == CY_ENTRY_SECRET) { /* any will do, but one there must be for Java */
    id->len = 20;
    return cy_random(id->bytes, id->len);
  }
  CY_TRY(cy_doc_key(w->doc, entry, w->ask, &pkcs8));
  CY_TRY(cy_pkcs8_public(&spki, cy_secret_get(pkcs8)));
  CY_TRY(cy_key_info_parse(&info, cy_buf_get(&spki)));
  return cy_key_id(id, &info);
}

static cy_err *make_id(cy_p12_writer *w, size_t index)
{
  cy_entry *entry = w->doc->entries[index];
  char text[40];
  cy_digest id;
  if (is_free(w, entry->id))
    return use_id(w, index, entry->id);
  if (time_id(w, entry, text, sizeof text))
    return use_id(w, index, cy_span_str(text));
  cy_err *err = hash_id(w, entry, &id);
  if (err && cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  if (err) { /* a key of a kind that is not known: any identifier will do */
    cy_err_free(err);
    id.len = 20;
    CY_TRY(cy_random(id.bytes, id.len));
  }
  while (!is_free(w, cy_digest_get(&id))) {
    unsigned serial = w->serial++;
    const cy_span parts[] = {cy_digest_get(&id), cy_span_of(&serial, sizeof serial)};
    CY_TRY(cy_digest_parts(&id, CY_SHA1, parts, CY_COUNT(parts)));
  }
  return use_id(w, index, cy_digest_get(&id));
}

/* Those of keys first: a certificate must not be paired with a key by accident. */
static cy_err *make_ids(cy_p12_writer *w)
{
  const cy_doc *doc = w->doc;
  w->ids = cy_arena_alloc(&w->arena, (doc->entry_count + 1) * sizeof *w->ids);
  CY_TRY_ALLOC(w->ids);
  for (size_t i = 0; i < w->p12->bag_count; i++) {
    const cy_p12_bag *bag = &w->p12->bags[i];
    if (bag->action == CY_P12_KEEP && bag->id.len && !cy_map_put(&w->used_ids, bag->id, i))
      return cy_err_no_memory();
  }
  for (size_t i = 0; i < doc->entry_count; i++) {
    const cy_entry *entry = doc->entries[i];
    bool is_key = entry->has_key || entry->kind == CY_ENTRY_SECRET;
    if (is_key && !entry->deleted && (entry->added || entry->changed))
      CY_TRY(make_id(w, i));
  }
  for (size_t i = 0; i < doc->entry_count; i++) {
    const cy_entry *entry = doc->entries[i];
    bool is_key = entry->has_key || entry->kind == CY_ENTRY_SECRET;
    if (!is_key && !entry->deleted && (entry->added || entry->changed) && is_free(w, entry->id))
      CY_TRY(use_id(w, i, entry->id));
  }
  return NULL;
}

/* Where additions go: to those of their kind, so that the number of safes does not grow. */

static bool safe_has(const cy_p12 *p12, const cy_p12_safe *safe, bool keys)
{
  for (size_t i = safe->first; i < safe->end; i++) {
    cy_p12_kind kind = p12->bags[i].kind;
    if (keys ? kind == CY_P12_KEY || kind == CY_P12_SHROUDED : kind == CY_P12_CERT)
      return true;
  }
  return false;
}

static void choose_safes(cy_p12_writer *w)
{
  bool secrets = false;
  size_t clear_certs = CY_P12_NONE;
  for (size_t i = 0; i < w->add_count; i++)
    secrets = secrets || w->adds[i].kind == CY_P12_SECRET;
  w->certs_safe = w->keys_safe = CY_P12_NONE;
  for (size_t i = 0; i < w->p12->safe_count; i++) {
    const cy_p12_safe *safe = &w->p12->safes[i];
    if (safe->encrypted)
      w->certs_safe = i;
    else if (safe_has(w->p12, safe, false))
      clear_certs = i;
    if (safe_has(w->p12, safe, true))
      w->keys_safe = i;
  }
  if (w->certs_safe == CY_P12_NONE && !secrets)
    w->certs_safe = clear_certs;
}

cy_err *cy_p12_plan(cy_p12_writer *w)
{
  cy_map_init(&w->used_ids, false);
  cy_map_init(&w->certs, false);
  CY_TRY(plan_entries(w));
  CY_TRY(drop_doubles(w));
  CY_TRY(make_ids(w));
  choose_safes(w);
  return NULL;
}
