/* Keys and certificates that belong together, wherever the two are ("receive"). */
#include "base/mem.h"
#include "store/codes.h"
#include "store/copy_internal.h"

cy_err *cy_copy_spki(cy_entry *entry, cy_span *spki)
{
  const cy_cert *cert = NULL;
  *spki = entry->has_key ? entry->key.spki : CY_SPAN_NONE;
  if (!entry->cert_count)
    return NULL;
  CY_TRY(cy_copy_forgive(cy_entry_cert(entry, 0, &cert)));
  *spki = cert ? cy_cert_get(cert)->spki : CY_SPAN_NONE;
  return NULL;
}

/* The public half of a key that had to be opened. */
static cy_err *computed_spki(cy_copy *copy, const cy_secret *pkcs8, cy_span *spki)
{
  CY_CLEAN(cy_buf) bytes = CY_BUF_TEXT;
  CY_TRY(cy_pkcs8_public(&bytes, cy_secret_get(pkcs8)));
  *spki = cy_arena_copy(&copy->arena, cy_buf_get(&bytes));
  return spki->data ? NULL : cy_err_no_memory();
}

static cy_err *source_key_spki(cy_copy *copy, cy_copy_item *item)
{
  const cy_copy_source *source = &copy->sources[item->source];
  const cy_secret *pkcs8;
  cy_span *spki = &item->entry.key.spki;
  if (spki->len)
    return NULL;
  if (item->from->key.reference) {
    CY_CLEAN(cy_buf) bytes = CY_BUF_TEXT;
    CY_TRY(cy_key_spki(item->from->key.reference, &bytes));
    *spki = cy_arena_copy(&copy->arena, cy_buf_get(&bytes));
    return spki->data ? NULL : cy_err_no_memory();
  }
  CY_TRY(cy_place_key(source->place, item->from, source->ask, &pkcs8));
  return computed_spki(copy, pkcs8, spki);
}

/* Of a key in the target: nobody is asked for its sake. */
static cy_err *target_key_spki(cy_copy *copy, cy_entry *entry, cy_span *spki)
{
  const cy_secret *pkcs8 = NULL;
  if (!entry->key.spki.len)
    CY_TRY(cy_copy_forgive(cy_place_key(copy->target, entry, NULL, &pkcs8)));
  if (pkcs8)
    CY_TRY(cy_copy_forgive(computed_spki(copy, pkcs8, &entry->key.spki)));
  *spki = entry->key.spki;
  return NULL;
}

static bool is_free_cert(const cy_copy_item *item)
{
  return cy_copy_is_live(item) && !item->there && cy_copy_is_cert(&item->entry);
}

static cy_err *index_certs(cy_copy *copy, cy_map *by_spki)
{
  for (size_t i = copy->item_count; i-- > 0;) { /* backwards: the first of several stays */
    if (!is_free_cert(&copy->items[i]))
      continue;
    cy_span spki;
    CY_TRY(cy_copy_spki(&copy->items[i].entry, &spki));
    if (spki.len && !cy_map_put(by_spki, spki, i))
      return cy_err_no_memory();
  }
  return NULL;
}

static cy_err *join_sources(cy_copy *copy, cy_copy_item *key, cy_copy_item *cert)
{
  key->entry.kind = CY_ENTRY_IDENTITY;
  key->entry.pairing_assumed = false;
  CY_TRY(cy_copy_add_cert(copy, &key->entry, cert->entry.certs[0]));
  if (!key->entry.label)
    key->entry.label = cert->entry.label;
  key->note = "joined with its certificate";
  if (cert->entry.kind == CY_ENTRY_TRUSTED && cert->entry.label && !copy->options.trust)
    return NULL; /* trusted in its own right: stays an entry as well */
  cert->outcome = CY_COPY_JOINED;
  cert->note = "went with its private key";
  return NULL;
}

/* Pairs the keys among the sources with certificates among them. */
static cy_err *pair_sources(cy_copy *copy, cy_map *by_spki)
{
  for (size_t i = 0; i < copy->item_count; i++) {
    cy_copy_item *key = &copy->items[i];
    if (key->entry.kind != CY_ENTRY_KEY || !cy_copy_is_live(key))
      continue;
    CY_TRY(source_key_spki(copy, key));
    size_t at = cy_map_get(by_spki, key->entry.key.spki);
    if (at != CY_MAP_NONE && is_free_cert(&copy->items[at]))
      CY_TRY(join_sources(copy, key, &copy->items[at]));
  }
  return NULL;
}

/* The target's own entries by public key: lone keys and identities in one table, certificates in
 * the other. */
static cy_err *index_target(cy_copy *copy, cy_map *keys, cy_map *certs)
{
  cy_doc *doc = copy->target->doc;
  for (size_t i = doc->entry_count; i-- > 0;) {
    cy_entry *entry = doc->entries[i];
    if (entry->deleted || !(entry->has_key || cy_copy_is_cert(entry)))
      continue;
    cy_span spki;
    CY_TRY(entry->kind == CY_ENTRY_KEY ? target_key_spki(copy, entry, &spki) : cy_copy_spki(entry, &spki));
    if (spki.len && !cy_map_put(entry->has_key ? keys : certs, spki, i))
      return cy_err_no_memory();
  }
  return NULL;
}

/* A key comes to a certificate that waits for it in the target. */
static cy_err *bring_key(cy_copy *copy, cy_copy_item *key, cy_entry *there)
{
  key->entry.kind = CY_ENTRY_IDENTITY;
  CY_TRY(cy_copy_add_cert(copy, &key->entry, there->certs[0]));
  key->there = there;
  key->outcome = CY_COPY_UPDATED;
  key->note = "joined with the certificate that is there";
  return NULL;
}

/* A certificate comes to its key, or renews the one that the key has. */
static cy_err *bring_cert(cy_copy *copy, cy_copy_item *item, cy_entry *there)
{
  bool renews = there->cert_count > 0;
  char *label = item->entry.label;
  if (renews && cy_span_equal(there->certs[0].der, item->entry.certs[0].der))
    return NULL; /* the same: cy_copy_match says so */
  if (renews && (item->entry.kind == CY_ENTRY_TRUSTED || copy->options.label ||
                  (label && there->label && strcmp(label, there->label) != 0)))
    return NULL; /* meant as an entry of its own */
  if (renews && !copy->options.replace)
    return cy_err_hint(
      cy_err_new(CY_E_STORE_LABEL_TAKEN, "the private key %s in %s has another certificate already",
        there->label ? there->label : "of this certificate", cy_place_path(copy->target)),
      "--replace puts the new certificate in its place; DST#label adds it beside.");
  cy_entry_cert_slot leaf = item->entry.certs[0];
  item->entry = *there;
  item->entry.kind = CY_ENTRY_IDENTITY;
  item->entry.cert_count = 0;
  item->entry.der = CY_SPAN_NONE; /* a request has been answered */
  item->entry.keep_key = true;
  item->there = there;
  item->outcome = renews ? CY_COPY_REPLACED : CY_COPY_UPDATED;
  item->note =
    renews ? "in place of the key's old certificate" : "joined with its private key, which is there";
  return cy_copy_add_cert(copy, &item->entry, leaf);
}

static cy_err *pair_with_target(cy_copy *copy, const cy_map *keys, const cy_map *certs)
{
  cy_doc *doc = copy->target->doc;
  bool list = cy_copy_is_list(copy->target);
  for (size_t i = 0; i < copy->item_count; i++) {
    cy_copy_item *item = &copy->items[i];
    bool cert = is_free_cert(item);
    if (!cy_copy_is_live(item) || (!cert && item->entry.kind != CY_ENTRY_KEY))
      continue;
    cy_span spki;
    CY_TRY(cy_copy_spki(&item->entry, &spki));
    size_t at = spki.len ? cy_map_get(cert ? keys : certs, spki) : CY_MAP_NONE;
    if (at == CY_MAP_NONE)
      continue;
    cy_entry *there = doc->entries[at];
    if (list && (!cert || !there->cert_count))
      continue; /* standing in one file is enough */
    CY_TRY(cert ? bring_cert(copy, item, there) : bring_key(copy, item, there));
  }
  return NULL;
}

static bool any_key(const cy_copy *copy, bool *any_cert)
{
  bool key = false;
  *any_cert = false;
  for (size_t i = 0; i < copy->item_count; i++) {
    key = key || copy->items[i].entry.kind == CY_ENTRY_KEY;
    *any_cert = *any_cert || cy_copy_is_cert(&copy->items[i].entry);
  }
  return key;
}

static bool target_has_keys(cy_copy *copy)
{
  size_t iter = 0;
  for (cy_entry *e; (e = cy_place_next(copy->target, &iter));)
    if (e->has_key)
      return true;
  return false;
}

cy_err *cy_copy_join(cy_copy *copy)
{
  bool certs_come, keys_come = any_key(copy, &certs_come);
  cy_map by_spki, keys, certs;
  cy_map_init(&by_spki, false);
  cy_map_init(&keys, false);
  cy_map_init(&certs, false);
  cy_err *err = NULL;
  if (keys_come) {
    err = index_certs(copy, &by_spki);
    if (!err)
      err = pair_sources(copy, &by_spki);
  }
  if (!err && ((keys_come && cy_place_count(copy->target)) || (certs_come && target_has_keys(copy)))) {
    err = index_target(copy, &keys, &certs);
    if (!err)
      err = pair_with_target(copy, &keys, &certs);
  }
  cy_map_clear(&by_spki);
  cy_map_clear(&keys);
  cy_map_clear(&certs);
  return err;
}
