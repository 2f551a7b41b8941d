/* Which certificates belong to which private key in a bundle.
 *
 * Keys whose public half is known choose first, by it; then their chains are taken, and of what is left
 * the keys that keep their public half to themselves get what stands beside them. A CA certificate that
 * is there once may be in the chain of many; where it is there several times each takes one.
 */
#include "base/mem.h"
#include "store/fmt_pem.h"
#include "x509/name.h"

enum {
  LONGEST_CHAIN = 16,
  NAMESAKES = 64, /* of one issuer, that are looked at */
};

typedef struct {
  cy_doc *doc;
  cy_pem_own *own;
  cy_map by_spki;    /* certificate entries by public key: the first of each */
  cy_map by_subject; /* and by canonical subject: the first of each */
  cy_map by_id;      /* and by localKeyID */
  size_t *namesake;  /* the next with this subject, CY_MAP_NONE at the end */
} pairing;

static cy_err *name_key(cy_span name, cy_buf *key)
{
  cy_buf_reset(key);
  cy_name_canonical(key, name);
  return cy_buf_check(key);
}

/* *view = NULL for what is no certificate, or a broken one: that is nobody's pair, and is listed with its
 * error. */
static cy_err *cert_of(cy_entry *entry, const cy_cert_view **view)
{
  const cy_cert *cert;
  *view = NULL;
  if (entry->kind != CY_ENTRY_CERTIFICATE && entry->kind != CY_ENTRY_TRUSTED)
    return NULL;
  cy_err *err = cy_entry_cert(entry, 0, &cert);
  if (!err)
    *view = cy_cert_get(cert);
  else if (!cy_err_is(err, CY_E_NO_MEMORY)) {
    cy_err_free(err);
    err = NULL;
  }
  return err;
}

static cy_err *index_cert(pairing *p, size_t i, cy_buf *key)
{
  const cy_cert_view *view;
  cy_entry *entry = p->doc->entries[i];
  CY_TRY(cert_of(entry, &view));
  if (!view)
    return NULL;
  CY_TRY(name_key(view->subject, key));
  p->namesake[i] = cy_map_get(&p->by_subject, cy_buf_get(key));
  bool put = cy_map_put(&p->by_spki, view->spki, i) && cy_map_put(&p->by_subject, cy_buf_get(key), i) &&
             (!entry->id.len || cy_map_put(&p->by_id, entry->id, i));
  return put ? NULL : cy_err_no_memory();
}

static cy_err *index_certs(pairing *p)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  p->namesake = cy_calloc(p->doc->entry_count, sizeof *p->namesake);
  CY_TRY_ALLOC(p->namesake);
  for (size_t i = p->doc->entry_count; i-- > 0;) /* backwards: the first of each stays */
    CY_TRY(index_cert(p, i, &key));
  return NULL;
}

static cy_err *is_free_cert(cy_entry *entry, bool *yes, bool *ca)
{
  const cy_cert_view *view = NULL;
  *yes = false;
  if (entry->kind != CY_ENTRY_CERTIFICATE || entry->deleted)
    return NULL;
  CY_TRY(cert_of(entry, &view));
  *yes = view != NULL;
  *ca = view && view->is_ca;
  return NULL;
}

/* The nearest certificate on one side of the key, up to the next key: an end entity if there is
 * one, else whatever stands there. */
static cy_err *beside(pairing *p, size_t key, int step, bool end_entity, cy_entry **found)
{
  bool yes, ca;
  for (size_t i = key + (size_t)step; i < p->doc->entry_count && !*found; i += (size_t)step) {
    cy_entry *entry = p->doc->entries[i];
    if (entry->has_key)
      return NULL;
    CY_TRY(is_free_cert(entry, &yes, &ca));
    if (yes && !(end_entity && ca))
      *found = entry;
  }
  return NULL;
}

/* openssl pkcs12 writes the same localKeyID in front of both. */
static cy_err *same_id(pairing *p, const cy_entry *key, cy_entry **found)
{
  bool yes, ca;
  size_t at = key->id.len ? cy_map_get(&p->by_id, key->id) : CY_MAP_NONE;
  if (at == CY_MAP_NONE)
    return NULL;
  CY_TRY(is_free_cert(p->doc->entries[at], &yes, &ca));
  if (yes)
    *found = p->doc->entries[at];
  return NULL;
}

/* For a key that keeps its public half to itself. */
static cy_err *assumed_cert(pairing *p, size_t key, cy_entry **found)
{
  *found = NULL;
  CY_TRY(same_id(p, p->doc->entries[key], found));
  for (int end_entity = 1; end_entity >= 0 && !*found; end_entity--) {
    CY_TRY(beside(p, key, -1, end_entity, found));
    CY_TRY(beside(p, key, 1, end_entity, found));
  }
  return NULL;
}

/* Chains. */

/* Names alone do not say it where two CAs, or two keys of one, have the same. */
static bool is_issuer(const cy_cert_view *cert, const cy_cert_view *issuer, bool only_one)
{
  bool good, ids = cert->authority_key_id.len && issuer->subject_key_id.len;
  if (ids && cy_span_equal(cert->authority_key_id, issuer->subject_key_id))
    return true;
  if (!ids && only_one)
    return true;
  cy_err *err = cy_cert_signed_by(&good, cert, issuer);
  cy_err_free(err); /* an algorithm that we have not got is no proof */
  return !err && good;
}

/* Of several copies of a certificate the first is given away as long as there is another one. */
static size_t take_copy(const pairing *p, size_t at)
{
  cy_entry *const *entries = p->doc->entries;
  for (size_t next; entries[at]->deleted && (next = p->namesake[at]) != CY_MAP_NONE; at = next)
    if (!cy_span_equal(entries[at]->certs[0].der, entries[next]->certs[0].der))
      break;
  return at;
}

static cy_err *find_issuer(pairing *p, const cy_cert_view *cert, cy_buf *key, cy_entry **found)
{
  const cy_cert_view *view;
  size_t before = CY_MAP_NONE;
  *found = NULL;
  CY_TRY(name_key(cert->issuer, key));
  size_t at = cy_map_get(&p->by_subject, cy_buf_get(key));
  bool only_one = at != CY_MAP_NONE && p->namesake[at] == CY_MAP_NONE;
  for (int tried = 0; at != CY_MAP_NONE && tried < NAMESAKES; before = at, at = p->namesake[at], tried++) {
    at = take_copy(p, at);
    if (before != CY_MAP_NONE) /* what was skipped is skipped for good */
      p->namesake[before] = at;
    else if (!cy_map_put(&p->by_subject, cy_buf_get(key), at))
      return cy_err_no_memory();
    CY_TRY(cert_of(p->doc->entries[at], &view));
    bool candidate = view && p->doc->entries[at]->kind == CY_ENTRY_CERTIFICATE;
    if (candidate && is_issuer(cert, view, only_one)) {
      *found = p->doc->entries[at];
      return NULL;
    }
  }
  return NULL;
}

static void use(cy_pem_own *own, const cy_entry *from, cy_entry *by)
{
  cy_pem_part *part = &own->parts[from->part];
  if (part->entry == from) {
    part->entry = by;
    return;
  }
  own->uses[own->use_count++] = (cy_pem_use){by, part->also};
  part->also = own->use_count;
}

static bool is_in(cy_entry *const *chain, size_t count, const cy_entry *entry)
{
  for (size_t i = 0; i < count; i++)
    if (chain[i] == entry)
      return true;
  return false;
}

/* The certificates that lead on from chain[0], the leaf. */
static cy_err *collect_chain(pairing *p, cy_entry **chain, size_t *count)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  const cy_cert_view *view;
  cy_entry *next;
  for (*count = 1; *count < LONGEST_CHAIN; chain[(*count)++] = next) {
    CY_TRY(cert_of(chain[*count - 1], &view));
    if (!view || view->self_issued)
      return NULL;
    CY_TRY(find_issuer(p, view, &key, &next));
    if (!next || next->label || is_in(chain, *count, next))
      return NULL;
  }
  return NULL;
}

static cy_err *add_chain(pairing *p, cy_entry *key, cy_entry *leaf)
{
  cy_entry *chain[LONGEST_CHAIN] = {leaf};
  size_t count;
  CY_TRY(collect_chain(p, chain, &count));
  if (!cy_grow(&p->own->uses, &p->own->use_cap, p->own->use_count + count, sizeof *p->own->uses))
    return cy_err_no_memory();
  CY_TRY(cy_doc_certs(p->doc, key, count));
  for (size_t i = 0; i < count; i++) {
    chain[i]->deleted = true; /* no entry of its own any more */
    key->certs[i].der = chain[i]->certs[0].der;
    key->certs[i].cert = cy_cert_ref(chain[i]->certs[0].cert);
    use(p->own, chain[i], key);
  }
  key->kind = CY_ENTRY_IDENTITY;
  key->label = key->label ? key->label : leaf->label;
  key->id = key->id.len ? key->id : leaf->id;
  return NULL;
}

/* `leaves` has the certificate's entry for each key. */
static cy_err *add_chains(pairing *p, cy_entry *const *leaves)
{
  for (size_t i = 0; i < p->doc->entry_count; i++)
    if (leaves[i] && p->doc->entries[i]->kind == CY_ENTRY_KEY)
      CY_TRY(add_chain(p, p->doc->entries[i], leaves[i]));
  return NULL;
}

static void match_known(pairing *p, cy_entry **leaves)
{
  for (size_t i = 0; i < p->doc->entry_count; i++) {
    cy_span spki = p->doc->entries[i]->key.spki;
    size_t at = spki.len ? cy_map_get(&p->by_spki, spki) : CY_MAP_NONE;
    if (at == CY_MAP_NONE || p->doc->entries[at]->deleted)
      continue;
    leaves[i] = p->doc->entries[at];
    leaves[i]->deleted = true;
  }
}

static cy_err *match_assumed(pairing *p, cy_entry **leaves)
{
  for (size_t i = 0; i < p->doc->entry_count; i++) {
    cy_entry *key = p->doc->entries[i];
    if (key->kind != CY_ENTRY_KEY || key->key.spki.len)
      continue;
    CY_TRY(assumed_cert(p, i, &leaves[i]));
    key->pairing_assumed = leaves[i] != NULL;
    if (leaves[i])
      leaves[i]->deleted = true;
  }
  return NULL;
}

static cy_err *pair_all(pairing *p, cy_entry **leaves)
{
  CY_TRY(index_certs(p));
  match_known(p, leaves);
  CY_TRY(add_chains(p, leaves));
  CY_TRY(match_assumed(p, leaves));
  return add_chains(p, leaves);
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
    any = doc->entries[i]->has_key;
  if (!any)
    return NULL;
  pairing p = {.doc = doc, .own = own};
  cy_map_init(&p.by_spki, false);
  cy_map_init(&p.by_subject, true);
  cy_map_init(&p.by_id, false);
  cy_entry **leaves = cy_calloc(doc->entry_count, sizeof(cy_entry *));
  cy_err *err = leaves ? pair_all(&p, leaves) : cy_err_no_memory();
  cy_map_clear(&p.by_spki);
  cy_map_clear(&p.by_subject);
  cy_map_clear(&p.by_id);
  cy_free(p.namesake);
  cy_free(leaves);
  compact(doc);
  return err;
}
