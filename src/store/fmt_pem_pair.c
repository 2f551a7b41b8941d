/* Which certificates belong to which private key in a bundle. */
#include "base/mem.h"
#include "store/fmt_pem.h"
#include "x509/name.h"

typedef struct {
  cy_doc *doc;
  cy_pem_own *own;
  cy_map by_spki;    /* certificate entries by public key */
  cy_map by_subject; /* and by canonical subject: the first of each */
} pairing;

static cy_err *subject_key(cy_entry *entry, bool issuer, cy_buf *key)
{
  const cy_cert *cert;
  cy_buf_reset(key);
  CY_TRY(cy_entry_cert(entry, 0, &cert));
  cy_name_canonical(key, issuer ? cy_cert_get(cert)->issuer : cy_cert_get(cert)->subject);
  return cy_buf_check(key);
}

static cy_err *index_certs(pairing *p)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  const cy_cert *cert;
  for (size_t i = p->doc->entry_count; i-- > 0;) {
    cy_entry *entry = p->doc->entries[i];
    if (entry->kind != CY_ENTRY_CERTIFICATE && entry->kind != CY_ENTRY_TRUSTED)
      continue;
    cy_err *err = cy_entry_cert(entry, 0, &cert);
    if (err) { /* a broken certificate is nobody's pair; it is listed with its error */
      cy_err_free(err);
      continue;
    }
    CY_TRY(subject_key(entry, false, &key));
    if (!cy_map_put(&p->by_spki, cy_cert_get(cert)->spki, i) ||
        !cy_map_put(&p->by_subject, cy_buf_get(&key), i))
      return cy_err_no_memory();
  }
  return NULL;
}

static bool is_free_cert(cy_entry *entry, bool *ca)
{
  const cy_cert *cert;
  if (entry->kind != CY_ENTRY_CERTIFICATE || entry->deleted)
    return false;
  cy_err *err = cy_entry_cert(entry, 0, &cert);
  if (err) {
    cy_err_free(err);
    return false;
  }
  *ca = cy_cert_get(cert)->is_ca;
  return true;
}

/* The nearest certificate on one side of the key, up to the next key: an end entity if there is
 * one, else whatever stands there. */
static cy_entry *beside(pairing *p, size_t key, int step, bool end_entity)
{
  bool ca;
  for (size_t i = key + (size_t)step; i < p->doc->entry_count; i += (size_t)step) {
    cy_entry *entry = p->doc->entries[i];
    if (entry->has_key)
      return NULL;
    if (is_free_cert(entry, &ca) && !(end_entity && ca))
      return entry;
  }
  return NULL;
}

/* openssl pkcs12 writes the same localKeyID in front of both. */
static cy_entry *same_id(pairing *p, const cy_entry *key)
{
  bool ca;
  for (size_t i = 0; key->id.len && i < p->doc->entry_count; i++)
    if (cy_span_equal(p->doc->entries[i]->id, key->id) && is_free_cert(p->doc->entries[i], &ca))
      return p->doc->entries[i];
  return NULL;
}

/* For a key that keeps its public half to itself. */
static cy_entry *assumed_cert(pairing *p, size_t key)
{
  cy_entry *found = same_id(p, p->doc->entries[key]);
  for (int end_entity = 1; end_entity >= 0 && !found; end_entity--) {
    found = beside(p, key, -1, end_entity);
    found = found ? found : beside(p, key, 1, end_entity);
  }
  return found;
}

/* The certificates that lead on from `leaf`, in order; each is used up. */
static cy_err *collect_chain(pairing *p, cy_entry *leaf, cy_entry **chain, size_t max, size_t *count)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  const cy_cert *cert;
  cy_entry *at = leaf;
  for (*count = 0; *count < max;) {
    CY_TRY(cy_entry_cert(at, 0, &cert));
    if (cy_cert_get(cert)->self_issued)
      return NULL;
    CY_TRY(subject_key(at, true, &key));
    size_t index = cy_map_get(&p->by_subject, cy_buf_get(&key));
    cy_entry *next = index == CY_MAP_NONE ? NULL : p->doc->entries[index];
    if (!next || next == leaf || next->has_key || next->deleted || next->label ||
        next->kind != CY_ENTRY_CERTIFICATE)
      return NULL;
    next->deleted = true; /* no entry of its own any more */
    chain[(*count)++] = next;
    at = next;
  }
  return NULL;
}

static void adopt(pairing *p, cy_entry *from, cy_entry *to)
{
  for (size_t i = 0; i < p->own->count; i++)
    if (p->own->parts[i].entry == from)
      p->own->parts[i].entry = to;
}

/* The identity takes the place of whichever of the two stood first. */
static cy_err *join(pairing *p, cy_entry *key, cy_entry *leaf)
{
  enum { CHAIN = 16 };
  cy_entry *chain[CHAIN];
  size_t count;
  leaf->deleted = true;
  CY_TRY(collect_chain(p, leaf, chain, CHAIN, &count));
  CY_TRY(cy_doc_certs(p->doc, key, count + 1));
  key->certs[0] = leaf->certs[0];
  leaf->cert_count = 0;
  adopt(p, leaf, key);
  for (size_t i = 0; i < count; i++) {
    key->certs[i + 1] = chain[i]->certs[0];
    chain[i]->cert_count = 0;
    adopt(p, chain[i], key);
  }
  key->kind = CY_ENTRY_IDENTITY;
  key->label = key->label ? key->label : leaf->label;
  return NULL;
}

static cy_err *pair_keys(pairing *p)
{
  for (size_t i = 0; i < p->doc->entry_count; i++) {
    cy_entry *key = p->doc->entries[i];
    if (key->kind != CY_ENTRY_KEY)
      continue;
    size_t at = key->key.spki.len ? cy_map_get(&p->by_spki, key->key.spki) : CY_MAP_NONE;
    cy_entry *leaf = at == CY_MAP_NONE ? NULL : p->doc->entries[at];
    if (!leaf && !key->key.spki.len) {
      leaf = assumed_cert(p, i);
      key->pairing_assumed = leaf != NULL;
    }
    if (leaf && !leaf->deleted)
      CY_TRY(join(p, key, leaf));
  }
  return NULL;
}

/* Entries that went into identities leave the list; positions are counted anew. */
static void compact(cy_doc *doc)
{
  size_t kept = 0;
  for (size_t i = 0; i < doc->entry_count; i++) {
    cy_entry *entry = doc->entries[i];
    if (entry->deleted) {
      cy_entry_clear(entry);
      continue;
    }
    doc->entries[kept++] = entry;
    entry->position = kept;
  }
  doc->entry_count = kept;
}

cy_err *cy_pem_pair(cy_doc *doc, cy_pem_own *own)
{
  bool any = false;
  for (size_t i = 0; i < doc->entry_count && !any; i++)
    any = doc->entries[i]->kind == CY_ENTRY_KEY;
  if (!any)
    return NULL;
  pairing p = {.doc = doc, .own = own};
  cy_map_init(&p.by_spki, false);
  cy_map_init(&p.by_subject, true);
  cy_err *err = index_certs(&p);
  if (!err)
    err = pair_keys(&p);
  cy_map_clear(&p.by_spki);
  cy_map_clear(&p.by_subject);
  compact(doc);
  return err;
}
