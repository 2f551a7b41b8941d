/* Which bags make up an entry: keys with their certificates and chains. */
#include "base/mem.h"
#include "store/fmt_pkcs12.h"
#include "x509/name.h"

enum {
  CHAIN_MAX = 32,
  LOOK_MAX = 16, /* certificates of one name that are compared */
  OPEN_MAX = 64, /* keys that are opened to find their certificate */
};
#define OPEN_COST 1000000u /* iterations that this may cost altogether */

/* Bags by some value: the first in a map, the others linked, in the order of the file. */
typedef struct {
  cy_map heads;
  size_t *next;
} bag_index;

static void bag_index_clear(bag_index *index)
{
  cy_map_clear(&index->heads);
  cy_free(index->next);
  index->next = NULL;
}

static cy_err *bag_index_init(bag_index *index, const cy_p12 *p12, bool copy_keys)
{
  cy_map_init(&index->heads, copy_keys);
  index->next = cy_calloc(p12->bag_count + 1, sizeof *index->next);
  CY_TRY_ALLOC(index->next);
  return NULL;
}

/* Called for the last bag first. */
static cy_err *bag_index_add(bag_index *index, cy_span key, size_t bag)
{
  index->next[bag] = cy_map_get(&index->heads, key);
  return cy_map_put(&index->heads, key, bag) ? NULL : cy_err_no_memory();
}

typedef enum { BY_ID, BY_NAME, BY_KEY, BY_SUBJECT, INDEXES } index_kind;

typedef struct {
  cy_p12 *p12;
  bag_index by[INDEXES];
  unsigned opened;
  uint64_t cost;
} pairing;

static void pairing_clear(pairing *p)
{
  for (int i = 0; i < INDEXES; i++)
    bag_index_clear(&p->by[i]);
}

/* The parts of a certificate that pairing needs, without the cost of a whole view. */
typedef struct {
  cy_span issuer;
  cy_span subject;
  cy_span spki;
} cert_parts;

static bool parts_of(cert_parts *out, cy_span der)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, der);
  cy_cur cert = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_cur tbs = cy_der_enter(&cert, CY_DER_SEQUENCE);
  cy_span version;
  cy_der_take_if(&tbs, CY_DER_CONTEXT_CONSTRUCTED(0), &version);
  cy_der_take(&tbs, CY_DER_INTEGER);
  cy_der_take(&tbs, CY_DER_SEQUENCE);
  out->issuer = cy_der_take_whole(&tbs, CY_DER_SEQUENCE);
  cy_der_take(&tbs, CY_DER_SEQUENCE);
  out->subject = cy_der_take_whole(&tbs, CY_DER_SEQUENCE);
  out->spki = cy_der_take_whole(&tbs, CY_DER_SEQUENCE);
  return cy_cur_ok(&cur);
}

static bool is_key(const cy_p12_bag *bag)
{
  return bag->kind == CY_P12_KEY || bag->kind == CY_P12_SHROUDED;
}

/* Leaves: by localKeyId. */

/* The first certificate under `key` that no other key has; the index forgets those before it. */
static cy_err *take_leaf(pairing *p, index_kind kind, cy_span key, size_t *leaf)
{
  bag_index *index = &p->by[kind];
  *leaf = cy_map_get(&index->heads, key);
  if (*leaf == CY_P12_NONE)
    return NULL;
  while (*leaf != CY_P12_NONE && p->p12->bags[*leaf].item != CY_P12_NONE)
    *leaf = index->next[*leaf];
  return cy_map_put(&index->heads, key, *leaf) ? NULL : cy_err_no_memory();
}

static void join(pairing *p, size_t key, size_t leaf)
{
  p->p12->bags[key].leaf = leaf;
  p->p12->bags[leaf].item = key; /* taken; becomes the item's number later */
}

static cy_err *pair_by_id(pairing *p)
{
  cy_p12 *p12 = p->p12;
  CY_TRY(bag_index_init(&p->by[BY_ID], p12, false));
  for (size_t i = p12->bag_count; i-- > 0;)
    if (p12->bags[i].kind == CY_P12_CERT && p12->bags[i].id.len)
      CY_TRY(bag_index_add(&p->by[BY_ID], p12->bags[i].id, i));
  for (size_t i = 0; i < p12->bag_count; i++) {
    size_t leaf = CY_P12_NONE;
    if (is_key(&p12->bags[i]) && p12->bags[i].id.len)
      CY_TRY(take_leaf(p, BY_ID, p12->bags[i].id, &leaf));
    if (leaf != CY_P12_NONE)
      join(p, i, leaf);
  }
  return NULL;
}

/* By public key, where the key opens at a bearable cost. */

static cy_err *public_of(pairing *p, const cy_p12_bag *bag, cy_buf *spki)
{
  CY_AUTO(cy_secret) *plain = NULL;
  cy_pbe_info info;
  if (bag->kind == CY_P12_KEY)
    return cy_pkcs8_public(spki, bag->value);
  CY_TRY(cy_p12_sealed_info(&info, bag->value));
  p->cost += info.iterations;
  if (!p->p12->opened || p->cost > OPEN_COST || ++p->opened > OPEN_MAX)
    return NULL;
  CY_TRY(cy_p12_unseal_key(&plain, bag->value, p->p12->password));
  return cy_pkcs8_public(spki, cy_secret_get(plain));
}

static cy_err *index_public_keys(pairing *p)
{
  cy_p12 *p12 = p->p12;
  if (p->by[BY_KEY].next)
    return NULL;
  CY_TRY(bag_index_init(&p->by[BY_KEY], p12, false));
  for (size_t i = p12->bag_count; i-- > 0;) {
    cert_parts parts;
    if (p12->bags[i].kind == CY_P12_CERT && parts_of(&parts, p12->bags[i].value))
      CY_TRY(bag_index_add(&p->by[BY_KEY], parts.spki, i));
  }
  return NULL;
}

static cy_err *leaf_by_key(pairing *p, size_t key, size_t *leaf)
{
  CY_CLEAN(cy_buf) spki = CY_BUF_STORE;
  /* A key that does not open, or whose kind is not known, is paired by what stands beside it. */
  cy_err *err = public_of(p, &p->p12->bags[key], &spki);
  if (err && cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  cy_err_free(err);
  if (err || spki.len == 0)
    return NULL;
  CY_TRY(index_public_keys(p));
  return take_leaf(p, BY_KEY, cy_buf_get(&spki), leaf);
}

/* By friendlyName, among those that have no localKeyId. */
static cy_err *leaf_by_name(pairing *p, size_t key, size_t *leaf)
{
  cy_p12 *p12 = p->p12;
  cy_p12_bag *bag = &p12->bags[key];
  if (bag->id.len || !bag->name.len)
    return NULL;
  if (!p->by[BY_NAME].next) {
    CY_TRY(bag_index_init(&p->by[BY_NAME], p12, false));
    for (size_t i = p12->bag_count; i-- > 0;)
      if (p12->bags[i].kind == CY_P12_CERT && p12->bags[i].name.len && !p12->bags[i].id.len)
        CY_TRY(bag_index_add(&p->by[BY_NAME], p12->bags[i].name, i));
  }
  bag->assumed = true;
  return take_leaf(p, BY_NAME, bag->name, leaf);
}

/* One key and one certificate, and nothing that says otherwise. */
static size_t only_cert(const cy_p12 *p12)
{
  size_t keys = 0, certs = 0, cert = CY_P12_NONE;
  for (size_t i = 0; i < p12->bag_count; i++) {
    const cy_p12_bag *bag = &p12->bags[i];
    keys += is_key(bag);
    certs += bag->kind == CY_P12_CERT;
    if (bag->kind == CY_P12_CERT && !bag->trusted && !bag->id.len)
      cert = i;
  }
  return keys == 1 && certs == 1 ? cert : CY_P12_NONE;
}

static bool has_free_cert(const cy_p12 *p12)
{
  for (size_t i = 0; i < p12->bag_count; i++)
    if (p12->bags[i].kind == CY_P12_CERT && p12->bags[i].item == CY_P12_NONE)
      return true;
  return false;
}

static cy_err *pair_others(pairing *p)
{
  cy_p12 *p12 = p->p12;
  if (!has_free_cert(p12))
    return NULL;
  for (size_t i = 0; i < p12->bag_count; i++) {
    cy_p12_bag *bag = &p12->bags[i];
    size_t leaf = CY_P12_NONE;
    if (!is_key(bag) || bag->leaf != CY_P12_NONE)
      continue;
    CY_TRY(leaf_by_key(p, i, &leaf));
    if (leaf == CY_P12_NONE)
      CY_TRY(leaf_by_name(p, i, &leaf));
    if (leaf == CY_P12_NONE && !bag->id.len && (leaf = only_cert(p12)) != CY_P12_NONE)
      bag->assumed = true;
    if (leaf != CY_P12_NONE)
      join(p, i, leaf);
  }
  return NULL;
}

/* Chains. */

static bool is_anonymous(const cy_p12_bag *bag)
{
  return !bag->name.len && !bag->trusted && bag->item == CY_P12_NONE;
}

static cy_err *index_subjects(pairing *p)
{
  cy_p12 *p12 = p->p12;
  CY_CLEAN(cy_buf) canonical = CY_BUF_STORE;
  CY_TRY(bag_index_init(&p->by[BY_SUBJECT], p12, true));
  for (size_t i = p12->bag_count; i-- > 0;) {
    cert_parts parts;
    if (p12->bags[i].kind != CY_P12_CERT || !parts_of(&parts, p12->bags[i].value))
      continue;
    cy_buf_reset(&canonical);
    cy_name_canonical(&canonical, parts.subject);
    CY_TRY(cy_buf_check(&canonical));
    CY_TRY(bag_index_add(&p->by[BY_SUBJECT], cy_buf_get(&canonical), i));
  }
  return NULL;
}

/* 0: another key issued it; else the better the more. */
static unsigned score(const cy_p12_bag *candidate, cy_span authority_key_id)
{
  cy_cert_view view;
  cy_err *err = cy_cert_view_parse(&view, candidate->value);
  if (err) {
    cy_err_free(err);
    return 0;
  }
  bool both = authority_key_id.len && view.subject_key_id.len;
  if (both && !cy_span_equal(authority_key_id, view.subject_key_id))
    return 0;
  return 1 + (both ? 2 : 0) + (is_anonymous(candidate) ? 1 : 0);
}

static cy_err *issuer_of(pairing *p, size_t bag, size_t *issuer)
{
  CY_CLEAN(cy_buf) canonical = CY_BUF_STORE;
  cy_cert_view view;
  unsigned best = 0, looked = 0;
  *issuer = CY_P12_NONE;
  cy_err *err = cy_cert_view_parse(&view, p->p12->bags[bag].value);
  if (err || view.self_issued) {
    cy_err_free(err);
    return NULL;
  }
  cy_name_canonical(&canonical, view.issuer);
  CY_TRY(cy_buf_check(&canonical));
  size_t at = cy_map_get(&p->by[BY_SUBJECT].heads, cy_buf_get(&canonical));
  for (; at != CY_P12_NONE && looked < LOOK_MAX; at = p->by[BY_SUBJECT].next[at], looked++) {
    unsigned s = at == bag ? 0 : score(&p->p12->bags[at], view.authority_key_id);
    if (s > best) {
      best = s;
      *issuer = at;
    }
  }
  return NULL;
}

static cy_err *add_link(cy_p12 *p12, size_t bag)
{
  if (!cy_grow(&p12->links, &p12->link_cap, p12->link_count + 1, sizeof *p12->links))
    return cy_err_no_memory();
  p12->links[p12->link_count++] = bag;
  p12->items[p12->item_count - 1].count++;
  return NULL;
}

static bool is_linked(const cy_p12 *p12, const cy_p12_item *item, size_t bag)
{
  for (size_t i = item->first; i < p12->link_count; i++)
    if (p12->links[i] == bag)
      return true;
  return false;
}

static cy_err *follow(pairing *p, size_t leaf)
{
  cy_p12 *p12 = p->p12;
  const cy_p12_item item = p12->items[p12->item_count - 1];
  for (size_t at = leaf, n = 0; n < CHAIN_MAX; n++) {
    CY_TRY(issuer_of(p, at, &at));
    if (at == CY_P12_NONE || is_linked(p12, &item, at))
      break;
    p12->bags[at].in_chain = true;
    CY_TRY(add_link(p12, at));
  }
  return NULL;
}

static cy_err *add_item(cy_p12 *p12, size_t key)
{
  if (!cy_grow(&p12->items, &p12->item_cap, p12->item_count + 1, sizeof *p12->items))
    return cy_err_no_memory();
  p12->items[p12->item_count++] = (cy_p12_item){key, p12->link_count, 0};
  return NULL;
}

static cy_err *add_identities(pairing *p)
{
  cy_p12 *p12 = p->p12;
  bool indexed = false;
  for (size_t i = 0; i < p12->bag_count; i++) {
    if (!is_key(&p12->bags[i]))
      continue;
    CY_TRY(add_item(p12, i));
    size_t leaf = p12->bags[i].leaf;
    p12->bags[i].item = p12->item_count - 1;
    if (leaf == CY_P12_NONE)
      continue;
    if (!indexed)
      CY_TRY(index_subjects(p));
    indexed = true;
    p12->bags[leaf].item = p12->item_count - 1;
    CY_TRY(add_link(p12, leaf));
    CY_TRY(follow(p, leaf));
  }
  return NULL;
}

static cy_err *add_others(cy_p12 *p12)
{
  for (size_t i = 0; i < p12->bag_count; i++) {
    cy_p12_bag *bag = &p12->bags[i];
    bool cert =
      bag->kind == CY_P12_CERT && bag->item == CY_P12_NONE && !(bag->in_chain && is_anonymous(bag));
    if (!cert && bag->kind != CY_P12_CRL && bag->kind != CY_P12_SECRET)
      continue;
    CY_TRY(add_item(p12, CY_P12_NONE));
    bag->item = p12->item_count - 1;
    CY_TRY(add_link(p12, i));
  }
  return NULL;
}

static cy_err *pair_all(pairing *p)
{
  CY_TRY(pair_by_id(p));
  CY_TRY(pair_others(p));
  CY_TRY(add_identities(p));
  return add_others(p->p12);
}

cy_err *cy_p12_pair(cy_p12 *p12)
{
  pairing p = {.p12 = p12};
  cy_err *err = pair_all(&p);
  pairing_clear(&p);
  return err;
}
