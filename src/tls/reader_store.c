/* Stores that configurations name: each is opened once, identities and trust are shared between sides. */
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/codes.h"
#include "store/codes.h"
#include "store/label.h"
#include "store/object.h"
#include "tls/codes.h"
#include "tls/reader_internal.h"
#include "tls/reader_ring.h"

struct cy_tls_store {
  char *path;
  cy_place *place;
  cy_err *trouble; /* why there is no place */
  unsigned round;  /* of the reading that tried last */
  cy_tls_trust *trust;
  cy_tls_identity **identities;
  cy_entry **entries; /* what they were made of; NULL: the file as it stands, with the key of key_path */
  char **key_paths;
  size_t identity_count, identity_cap, entry_cap, key_cap;
};

static void store_clear(cy_tls_store *store)
{
  for (size_t i = 0; i < store->identity_count; i++) {
    cy_tls_identity_free(store->identities[i]);
    cy_free(store->key_paths[i]);
  }
  cy_free(store->identities);
  cy_free(store->entries);
  cy_free(store->key_paths);
  cy_tls_trust_free(store->trust);
  cy_place_close(store->place);
  cy_err_free(store->trouble);
  cy_free(store->path);
}

void cy_tls_stores_init(cy_tls_stores *stores)
{
  *stores = (cy_tls_stores){0};
  cy_map_init(&stores->by_path, true);
}

void cy_tls_stores_clear(cy_tls_stores *stores)
{
  for (size_t i = 0; i < stores->count; i++)
    store_clear(&stores->items[i]);
  cy_free(stores->items);
  cy_map_clear(&stores->by_path);
  *stores = (cy_tls_stores){0};
}

cy_place *cy_tls_store_place(cy_tls_store *store)
{
  return store->place;
}

/* Opening. */

static cy_err *add_store(cy_tls_reading *reading, const char *path, cy_tls_store **store)
{
  cy_tls_stores *stores = reading->stores;
  char *copy = cy_strdup(path);
  if (!copy || !cy_grow(&stores->items, &stores->cap, stores->count + 1, sizeof **store) ||
      !cy_map_put(&stores->by_path, cy_span_str(path), stores->count)) {
    cy_free(copy);
    return cy_err_no_memory();
  }
  *store = &stores->items[stores->count++];
  **store = (cy_tls_store){.path = copy, .round = stores->round};
  return NULL;
}

/* Who has another password, or none, may fare otherwise. */
static bool is_locked(const cy_err *err)
{
  return err && (cy_err_is(err, CY_E_STORE_PASSWORD_NEEDED) || cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD));
}

/* The path is no address: a # in it is a #. A folder is one of hashed names, linked or not. */
static cy_err *open_place(const cy_tls_reading *reading, const char *path, cy_place **place)
{
  struct stat st;
  const cy_place_how how = {.mode = CY_OPEN_READ, .ask = reading->how->ask};
  cy_address address = {.path = (char *)(uintptr_t)path};
  if (stat(path, &st) == 0 && S_ISDIR(st.st_mode) && !cy_live_of_folder(path))
    address.kind = (char *)(uintptr_t) "dir";
  return cy_place_open(place, &address, &how);
}

cy_err *cy_tls_store_open(cy_tls_reading *reading, const char *path, cy_tls_store **store)
{
  size_t at = cy_map_get(&reading->stores->by_path, cy_span_str(path));
  if (at == CY_MAP_NONE) {
    CY_TRY(add_store(reading, path, store));
  } else {
    *store = &reading->stores->items[at];
    if (!is_locked((*store)->trouble) || (*store)->round == reading->stores->round)
      return NULL;
    (*store)->round = reading->stores->round;
    cy_err_free((*store)->trouble);
    (*store)->trouble = NULL;
  }
  cy_err *err = open_place(reading, path, &(*store)->place);
  if (err && cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  (*store)->trouble = err;
  return NULL;
}

cy_err *cy_tls_store_adopt(cy_tls_reading *reading, const char *path, cy_place *place, cy_tls_store **store)
{
  cy_err *err = add_store(reading, path, store);
  if (err)
    cy_place_close(place);
  else
    (*store)->place = place;
  return err;
}

/* Trust. */

static cy_err *add_cert(cy_certs *list, cy_entry *entry, size_t index)
{
  const cy_cert *cert;
  cy_err *err = cy_entry_cert(entry, index, &cert);
  if (!err)
    return cy_certs_add(list, entry->certs[index].cert);
  if (cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  cy_err_free(err); /* one that can not be read can not be trusted */
  return NULL;
}

static cy_err *add_crl(cy_tls_trust *trust, cy_span der)
{
  cy_crl *crl;
  cy_err *err = cy_crl_parse(&crl, der);
  if (!err) {
    err = cy_crls_add(&trust->crls, crl);
    cy_crl_free(crl);
    return err;
  }
  if (cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  cy_err_free(err);
  return NULL;
}

/* Where the store itself says what it trusts, only that; else every certificate of a file that was named
 * as trust. */
static cy_err *fill_trust(cy_tls_trust *trust, cy_place *place)
{
  size_t iter = 0;
  bool says = cy_place_caps(place) & CY_CAN_TRUST && !(cy_place_caps(place) & CY_CAN_CERTS);
  for (cy_entry *e; (e = cy_place_next(place, &iter));) {
    if (e->kind == CY_ENTRY_CRL)
      CY_TRY(add_crl(trust, e->der));
    if (e->distrusted)
      continue;
    bool anchor = e->kind == CY_ENTRY_TRUSTED || (e->kind == CY_ENTRY_CERTIFICATE && !says);
    for (size_t i = 0; i < e->cert_count; i++)
      CY_TRY(add_cert(anchor ? &trust->anchors : &trust->others, e, i));
  }
  return NULL;
}

cy_err *cy_tls_store_trust(cy_tls_store *store, cy_tls_trust **trust)
{
  CY_AUTO(cy_tls_trust) *fresh = NULL;
  *trust = store->trust;
  if (*trust)
    return NULL;
  CY_TRY(cy_tls_trust_new(&fresh, store->path));
  CY_TRY(fill_trust(fresh, store->place));
  *trust = store->trust = fresh;
  fresh = NULL;
  return NULL;
}

static cy_err *join_certs(cy_certs *to, const cy_certs *from)
{
  for (size_t i = 0; i < from->count; i++)
    CY_TRY(cy_certs_add(to, from->items[i]));
  return NULL;
}

static cy_err *join_trust(cy_tls_trust *to, const cy_tls_trust *from)
{
  CY_TRY(join_certs(&to->anchors, &from->anchors));
  CY_TRY(join_certs(&to->others, &from->others));
  for (size_t i = 0; i < from->crls.count; i++)
    CY_TRY(cy_crls_add(&to->crls, from->crls.items[i]));
  return NULL;
}

/* What a side has may be shared with others: a sum is a new one. */
cy_err *cy_tls_side_join_trust(cy_tls_side *side, cy_tls_trust *trust)
{
  CY_AUTO(cy_tls_trust) *sum = NULL;
  CY_CLEAN(cy_buf) place = CY_BUF_TEXT;
  if (!side->trust || side->trust == trust) {
    cy_tls_side_set_trust(side, trust);
    return NULL;
  }
  cy_buf_printf(&place, "%s, %s", side->trust->place, trust->place);
  CY_TRY(cy_buf_check(&place));
  CY_TRY(cy_tls_trust_new(&sum, cy_buf_cstr(&place)));
  CY_TRY(join_trust(sum, side->trust));
  CY_TRY(join_trust(sum, trust));
  cy_tls_side_set_trust(side, sum);
  return NULL;
}

/* Told as it is: what the store said, and its advice. */
static void in_trouble(cy_tls_side *side, cy_finding_id id, const char *place, const cy_err *err)
{
  const cy_err *deepest = err;
  while (cy_err_cause(deepest))
    deepest = cy_err_cause(deepest);
  if (is_locked(err) || cy_err_is(err, CY_E_IO_DENIED))
    id = CY_F_TLS_STORE_CLOSED;
  cy_finding *f = cy_tls_read_finding(side, id, side->source ? side->source : place, 0, "%s%s%s",
    cy_err_text(err), deepest == err ? "" : ": ", deepest == err ? "" : cy_err_text(deepest));
  cy_finding_set_fix(&side->findings, f, "%s", cy_err_fix(err));
}

/* Tokens and engines are named by what is no path. */
static bool is_elsewhere(const char *path)
{
  return cy_text_starts(path, "pkcs11:") || cy_text_starts(path, "engine:") ||
         cy_text_starts(path, "store:") || cy_text_starts(path, "data:");
}

static void not_looked_at(cy_tls_side *side, const char *path)
{
  cy_tls_read_finding(side, CY_F_TLS_NOT_READ, side->source ? side->source : path, 0,
    "%s is not looked into, so what it holds is not known", path);
}

cy_err *cy_tls_read_trust(cy_tls_reading *reading, cy_tls_side *side, const char *from, const char *path)
{
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  cy_tls_store *store;
  cy_tls_trust *trust;
  if (cy_tls_is_ring(path))
    return cy_tls_ring_trust(reading, side, from, path);
  if (is_elsewhere(path)) {
    not_looked_at(side, path);
    return NULL;
  }
  CY_TRY(cy_tls_read_path(reading, from, path, &whole));
  CY_TRY(cy_tls_store_open(reading, cy_buf_cstr(&whole), &store));
  if (!store->place) {
    in_trouble(side, CY_F_TLS_TRUST_MISSING, store->path, store->trouble);
    return cy_findings_check(&side->findings);
  }
  CY_TRY(cy_tls_store_trust(store, &trust));
  if (trust->anchors.count == 0)
    cy_tls_read_finding(side, CY_F_TLS_TRUST_MISSING, side->source ? side->source : store->path, 0,
      "%s holds no certificate that could be trusted", store->path);
  CY_TRY(cy_tls_side_join_trust(side, trust));
  return cy_findings_check(&side->findings);
}

cy_err *cy_tls_read_system_trust(cy_tls_reading *reading, cy_tls_side *side)
{
  cy_tls_store *store;
  cy_tls_trust *trust;
  cy_place *place;
  size_t at = cy_map_get(&reading->stores->by_path, CY_SPAN("system:"));
  const cy_place_how how = {.mode = CY_OPEN_READ};
  cy_address address = {.kind = (char *)(uintptr_t) "system",
    .path = (char *)(uintptr_t)(reading->how->root ? reading->how->root : "")};
  if (at != CY_MAP_NONE) {
    store = &reading->stores->items[at];
  } else {
    cy_err *err = cy_place_open(&place, &address, &how);
    if (err && cy_err_is(err, CY_E_NO_MEMORY))
      return err;
    cy_err *none = cy_tls_store_adopt(reading, "system:", place, &store);
    if (none) {
      cy_err_free(err);
      return none;
    }
    store->trouble = err;
  }
  if (!store->place) {
    in_trouble(side, CY_F_TLS_TRUST_MISSING, "system:", store->trouble);
    return cy_findings_check(&side->findings);
  }
  CY_TRY(cy_tls_store_trust(store, &trust));
  return cy_tls_side_join_trust(side, trust);
}

/* Identities. */

/* Keys of one pair have the same public half; its bits alone where only the algorithm's name differs. */
static bool same_key(cy_span spki, const cy_cert_view *leaf)
{
  cy_key_info info;
  if (cy_span_equal(spki, leaf->spki))
    return true;
  cy_err *err = cy_key_info_parse(&info, spki);
  bool same = !err && info.bit_string.len && cy_span_equal(info.bit_string, leaf->key.bit_string);
  cy_err_free(err);
  return same;
}

/* A key that can be compared without being opened is not opened. */
static cy_err *key_state(
  cy_tls_reading *reading, cy_place *place, cy_entry *entry, const cy_cert *leaf, cy_tls_key_state *state)
{
  CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
  const cy_secret *pkcs8 = NULL;
  *state = CY_TLS_KEY_THERE;
  if (entry->key.encrypted && !entry->key.plain) {
    cy_err *err = cy_place_key(place, entry, reading->how->ask, &pkcs8);
    if (err && cy_err_is(err, CY_E_NO_MEMORY))
      return err;
    if (err || !pkcs8)
      *state = CY_TLS_KEY_LOCKED;
    cy_err_free(err);
  }
  CY_TRY(cy_keybox_public(&entry->key, &spki));
  if (spki.len && !same_key(cy_buf_get(&spki), cy_cert_get(leaf)))
    *state = CY_TLS_KEY_OTHERS;
  return NULL;
}

static cy_err *keep_identity(
  cy_tls_store *store, cy_entry *entry, const char *key_path, cy_tls_identity *identity)
{
  size_t n = store->identity_count;
  char *copy = key_path ? cy_strdup(key_path) : NULL;
  if ((key_path && !copy) ||
      !cy_grow(&store->identities, &store->identity_cap, n + 1, sizeof(cy_tls_identity *)) ||
      !cy_grow(&store->entries, &store->entry_cap, n + 1, sizeof(cy_entry *)) ||
      !cy_grow(&store->key_paths, &store->key_cap, n + 1, sizeof *store->key_paths)) {
    cy_free(copy);
    return cy_err_no_memory();
  }
  store->identities[n] = cy_tls_identity_ref(identity);
  store->entries[n] = entry;
  store->key_paths[n] = copy;
  store->identity_count++;
  return NULL;
}

static cy_tls_identity *kept_identity(
  const cy_tls_store *store, const cy_entry *entry, const char *key_path)
{
  for (size_t i = 0; i < store->identity_count; i++)
    if (store->entries[i] == entry && (!key_path) == (!store->key_paths[i]) &&
        (!key_path || strcmp(key_path, store->key_paths[i]) == 0))
      return store->identities[i];
  return NULL;
}

cy_err *cy_tls_store_identity(
  cy_tls_reading *reading, cy_tls_store *store, cy_entry *entry, cy_tls_identity **identity)
{
  CY_AUTO(cy_tls_identity) *fresh = NULL;
  CY_CLEAN(cy_buf) place = CY_BUF_TEXT;
  *identity = kept_identity(store, entry, NULL);
  if (*identity)
    return NULL;
  CY_TRY(cy_place_entry_address(store->place, entry, &place));
  CY_TRY(cy_tls_identity_new(&fresh, entry->label, cy_buf_cstr(&place)));
  for (size_t i = 0; i < entry->cert_count; i++)
    CY_TRY(add_cert(&fresh->chain, entry, i));
  fresh->key = CY_TLS_KEY_MISSING;
  if (entry->has_key && fresh->chain.count)
    CY_TRY(key_state(reading, store->place, entry, fresh->chain.items[0], &fresh->key));
  CY_TRY(keep_identity(store, entry, NULL, fresh));
  *identity = fresh; /* the store has a reference, too */
  return NULL;
}

/* PEM as OpenSSL takes it: the first certificate is the leaf, the others are sent as they stand. */
static cy_err *add_pem_chain(cy_tls_identity *identity, cy_span text)
{
  cy_pem pem = cy_pem_begin(text);
  cy_pem_block block;
  bool found;
  for (;;) {
    CY_CLEAN(cy_buf) der = CY_BUF_STORE;
    cy_cert *cert = NULL;
    cy_err *err = cy_pem_next(&pem, &block, &found);
    if (!err && !found)
      return NULL;
    if (!err && cy_object_of_block(&block) != CY_OBJECT_CERT)
      continue;
    if (!err)
      err = cy_pem_decode(&der, &block);
    if (!err)
      err = cy_cert_parse(&cert, cy_buf_get(&der));
    if (!err) {
      err = cy_certs_add(&identity->chain, cert);
      cy_cert_free(cert);
    }
    CY_TRY(err);
  }
}

/* The first key of a file. */
static cy_entry *key_of(cy_place *place)
{
  size_t iter = 0;
  for (cy_entry *e; (e = cy_place_next(place, &iter));)
    if (e->has_key)
      return e;
  return NULL;
}

typedef struct {
  cy_tls_reading *reading;
  cy_tls_side *side;
  cy_tls_store *certs;
  bool told; /* why there is no key */
} seeker;

static void seeking_failed(const seeker *s, cy_finding_id id, const cy_err *err)
{
  s->side->identity_wrong = true;
  in_trouble(s->side, id, s->certs->path, err);
}

static const char *source_of(const seeker *s)
{
  return s->side->source ? s->side->source : s->certs->path;
}

/* What is said once for each side that names it. */
static void tell_state(const seeker *s, const cy_tls_identity *identity, const char *key_path)
{
  const char *key = key_path ? key_path : identity->place;
  switch (identity->key) {
  case CY_TLS_KEY_OTHERS:
    s->side->identity_wrong = true;
    cy_tls_read_finding(s->side, CY_F_TLS_KEY_OTHERS, source_of(s), 0,
      "the private key in %s is not that of the certificate in %s", key, identity->place);
    break;
  case CY_TLS_KEY_MISSING:
    s->side->identity_wrong = true;
    if (s->told)
      break;
    cy_tls_read_finding(s->side, CY_F_TLS_KEY_MISSING, source_of(s), 0,
      "there is no private key in %s for the certificate in %s", key, identity->place);
    break;
  case CY_TLS_KEY_LOCKED:
    cy_tls_read_finding(
      s->side, CY_F_TLS_KEY_LOCKED, source_of(s), 0, "the private key in %s could not be opened", key);
    break;
  case CY_TLS_KEY_THERE:
    break;
  }
}

static cy_err *use(const seeker *s, cy_tls_identity *identity, const char *key_path)
{
  tell_state(s, identity, key_path);
  CY_TRY(cy_tls_side_add_identity(s->side, identity));
  return cy_findings_check(&s->side->findings);
}

/* The key in `key` (NULL: in the certificate's own file). */
static cy_err *find_key(seeker *s, cy_tls_identity *identity, const char *key)
{
  cy_tls_store *store = s->certs;
  identity->key = CY_TLS_KEY_MISSING;
  if (key) {
    CY_TRY(cy_tls_store_open(s->reading, key, &store));
    if (!store->place) {
      in_trouble(s->side, CY_F_TLS_KEY_MISSING, key, store->trouble);
      s->told = true;
      return NULL;
    }
  }
  cy_entry *entry = key_of(store->place);
  return entry ? key_state(s->reading, store->place, entry, identity->chain.items[0], &identity->key)
               : NULL;
}

static cy_err *use_pem(seeker *s, const char *key)
{
  CY_AUTO(cy_tls_identity) *fresh = NULL;
  cy_doc *doc = cy_place_doc(s->certs->place);
  cy_tls_identity *identity = kept_identity(s->certs, NULL, key ? key : "");
  if (identity)
    return use(s, identity, key);
  size_t index = (size_t)(s->certs - s->reading->stores->items);
  CY_TRY(cy_tls_identity_new(&fresh, NULL, s->certs->path));
  cy_err *err = add_pem_chain(fresh, cy_image_bytes(doc->image));
  if (err && cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  if (err || !fresh->chain.count) {
    cy_err *none =
      cy_err_wrap(err, CY_E_TLS_STEP, "%s holds no certificate that can be read", s->certs->path);
    seeking_failed(s, CY_F_TLS_IDENTITY_MISSING, none);
    cy_err_free(none);
    return cy_findings_check(&s->side->findings);
  }
  CY_TRY(find_key(s, fresh, key));
  /* Another store may have been opened, and the list of them moved. */
  CY_TRY(keep_identity(&s->reading->stores->items[index], NULL, key ? key : "", fresh));
  const seeker now = {s->reading, s->side, &s->reading->stores->items[index], s->told};
  return use(&now, fresh, key);
}

static cy_err *use_label(const seeker *s, const char *label)
{
  cy_entry *entry;
  cy_tls_identity *identity;
  const cy_selector selector = {.kind = CY_SELECT_LABEL, .text = (char *)(uintptr_t)label};
  cy_err *err = cy_place_find(s->certs->place, &selector, &entry);
  if (err && cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  if (err) {
    seeking_failed(s, CY_F_TLS_IDENTITY_MISSING, err);
    cy_err_free(err);
    return cy_findings_check(&s->side->findings);
  }
  CY_TRY(cy_tls_store_identity(s->reading, s->certs, entry, &identity));
  if (identity->chain.count)
    return use(s, identity, NULL);
  s->side->identity_wrong = true;
  cy_tls_read_finding(s->side, CY_F_TLS_IDENTITY_MISSING, source_of(s), 0,
    "%s is a %s, of which no certificate can be read", identity->place, cy_entry_kind_name(entry->kind));
  return cy_findings_check(&s->side->findings);
}

static cy_err *use_default(const seeker *s)
{
  size_t iter = 0, used = 0;
  cy_entry *marked = NULL;
  for (cy_entry *e; !marked && (e = cy_place_next(s->certs->place, &iter));)
    marked = e->is_default && e->has_key && e->cert_count ? e : NULL;
  iter = 0;
  for (cy_entry *e; (e = cy_place_next(s->certs->place, &iter));) {
    cy_tls_identity *identity;
    if (!e->has_key || !e->cert_count || (marked && e != marked))
      continue;
    CY_TRY(cy_tls_store_identity(s->reading, s->certs, e, &identity));
    CY_TRY(use(s, identity, NULL));
    used++;
  }
  if (!used) {
    s->side->identity_wrong = true;
    cy_tls_read_finding(s->side, CY_F_TLS_IDENTITY_MISSING, source_of(s), 0,
      "%s holds no certificate with a private key", s->certs->path);
  }
  return cy_findings_check(&s->side->findings);
}

static bool is_pem(cy_place *place)
{
  cy_doc *doc = cy_place_doc(place);
  return doc && doc->image && strcmp(cy_place_kind(place), "pem") == 0;
}

cy_err *cy_tls_read_identity(cy_tls_reading *reading, cy_tls_side *side, const char *from,
  const char *certificate, const char *key, const char *label)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) key_path = CY_BUF_TEXT;
  seeker s = {.reading = reading, .side = side};
  if (cy_tls_is_ring(certificate))
    return cy_tls_ring_identity(reading, side, from, certificate, label);
  if (is_elsewhere(certificate)) {
    not_looked_at(side, certificate);
    side->identity_wrong = true;
    return NULL;
  }
  CY_TRY(cy_tls_read_path(reading, from, certificate, &path));
  CY_TRY(cy_tls_store_open(reading, cy_buf_cstr(&path), &s.certs));
  if (!s.certs->place) {
    seeking_failed(&s, CY_F_TLS_IDENTITY_MISSING, s.certs->trouble);
    return cy_findings_check(&side->findings);
  }
  if (label)
    return use_label(&s, label);
  if (!is_pem(s.certs->place))
    return use_default(&s);
  if (key)
    CY_TRY(cy_tls_read_path(reading, from, key, &key_path));
  return use_pem(&s, key ? cy_buf_cstr(&key_path) : NULL);
}
