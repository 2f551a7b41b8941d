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

/* Certificates that a key without a known public half may belong to: the first end entity, else
 * the first of all, that no other key has. */
static cy_entry *assumed_cert(pairing *p)
{
  cy_entry *first = NULL;
  const cy_cert *cert;
  for (size_t i = 0; i < p->doc->entry_count; i++) {
    cy_entry *entry = p->doc->entries[i];
    if (entry->kind != CY_ENTRY_CERTIFICATE || entry->deleted || entry->has_key)
      continue;
    cy_err *err = cy_entry_cert(entry, 0, &cert);
    bool broken = err != NULL;
    cy_err_free(err);
    if (broken)
      continue;
    if (!cy_cert_get(cert)->is_ca)
      return entry;
    first = first ? first : entry;
  }
  return first;
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
      leaf = assumed_cert(p);
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
