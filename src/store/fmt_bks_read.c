/* Bouncy Castle's list of entries, the same in BKS and UBER. */
#include "base/mem.h"
#include "base/text.h"
#include "store/fmt_bks.h"
#include "store/java_data.h"

/* Far beyond what anybody has; a hostile file must not make us take gigabytes for its entries. */
enum { MAX_ENTRIES = 1000000, MAX_CHAIN = 1000, MAX_SALT = 1024, LOOKED_INTO = 64 };

/* The years 1970 to 2200: what a list's dates are like when it is one. */
static const uint64_t last_likely_ms = UINT64_C(7258118400000);

static void own_free(void *arg)
{
  cy_bks_own *own = arg;
  cy_buf_clear(&own->plain);
  cy_free(own);
}

cy_err *cy_bks_own_new(cy_doc *doc, cy_bks_own **own)
{
  *own = cy_malloc(sizeof **own);
  CY_TRY_ALLOC(*own);
  (*own)->plain = CY_BUF_SECRET(CY_MAX_STORE_BYTES);
  doc->own = *own;
  doc->own_free = own_free;
  return NULL;
}

void cy_bks_read_head(cy_bks_own *own, cy_cur *cur)
{
  own->version = cy_cur_u32(cur);
  uint32_t salt = cy_cur_u32(cur);
  if (own->version > 2)
    cy_cur_fail(cur, "its version is not 0, 1 or 2");
  if (salt == 0 || salt > MAX_SALT)
    cy_cur_fail(cur, "its salt is empty or longer than 1024 octets");
  own->salt = cy_cur_take(cur, salt);
  own->iterations = cy_cur_u32(cur);
}

/* What of a text is there must be text; the last characters may be cut off. */
static bool is_text(cy_span modified)
{
  CY_CLEAN(cy_buf) utf8 = CY_BUF_TEXT;
  for (size_t cut = 0; cut < 3 && cut <= modified.len; cut++) {
    cy_buf_reset(&utf8);
    if (cy_text_from_modified_utf8(&utf8, cy_span_of(modified.data, modified.len - cut)))
      return true;
  }
  return false;
}

static bool is_likely_certificate(cy_cur *cur)
{
  cy_span type = cy_java_data_utf(cur);
  return !cy_cur_ok(cur) || (type.len > 0 && type.len < 32 && is_text(type));
}

bool cy_bks_looks_like_entries(cy_span list)
{
  cy_parse parse = {0};
  cy_cur cur = cy_cur_begin(&parse, list);
  uint8_t type = cy_cur_u8(&cur);
  size_t alias_len = cy_cur_u16(&cur);
  if (type < CY_BKS_CERT || type > CY_BKS_SEALED || !cy_cur_ok(&cur))
    return false;
  cy_span alias = cy_cur_take(&cur, alias_len < cy_cur_left(&cur) ? alias_len : cy_cur_left(&cur));
  uint64_t ms = cy_cur_u64(&cur);
  uint32_t chain = cy_cur_u32(&cur);
  if (!is_text(alias) || !cy_cur_ok(&cur) || ms > last_likely_ms || chain > MAX_CHAIN)
    return false;
  return (chain == 0 && type != CY_BKS_CERT) || is_likely_certificate(&cur);
}

/* The type says X.509 in all stores that were ever seen. */
static cy_span read_cert(cy_cur *cur)
{
  cy_java_data_utf(cur);
  cy_span der = cy_cur_take(cur, cy_cur_u32(cur));
  if (der.len == 0)
    cy_cur_fail(cur, "a certificate is empty");
  return der;
}

/* The chain; an entry that is a certificate has that in front, although it stands behind. */
static cy_err *read_certs(cy_doc *doc, cy_entry *entry, uint8_t type, cy_cur *cur)
{
  uint32_t chain = cy_cur_u32(cur);
  size_t first = type == CY_BKS_CERT;
  if (chain > MAX_CHAIN)
    cy_cur_fail(cur, "a chain is longer than 1000 certificates");
  if (!cy_cur_ok(cur))
    return NULL;
  CY_TRY(cy_doc_certs(doc, entry, first + chain));
  for (uint32_t i = 0; i < chain; i++)
    entry->certs[first + i].der = read_cert(cur);
  if (first)
    entry->certs[0].der = read_cert(cur);
  return NULL;
}

static cy_err *note_algorithm(cy_doc *doc, cy_entry *entry, const cy_bks_key *key)
{
  if (key->algorithm.len == 0 || key->algorithm.len > 100 || !cy_utf8_valid(key->algorithm))
    return NULL;
  entry->algorithm = cy_arena_str(&doc->arena, key->algorithm);
  return entry->algorithm ? NULL : cy_err_no_memory();
}

/* An entry becomes what its key is. */
static cy_err *take_kind(cy_doc *doc, cy_entry *entry, const cy_bks_key *key)
{
  if (key->kind == CY_BKS_PRIVATE) {
    entry->kind = entry->cert_count ? CY_ENTRY_IDENTITY : CY_ENTRY_KEY;
    entry->has_key = true;
    return NULL;
  }
  entry->kind = CY_ENTRY_SECRET;
  if (key->kind == CY_BKS_SECRET)
    return note_algorithm(doc, entry, key);
  /* A public key alone is nothing that could be used elsewhere: it is kept as it stands. */
  entry->der = entry->key.sealed;
  entry->key = (cy_keybox){0};
  return NULL;
}

static cy_err *note_public_half(cy_doc *doc, cy_entry *entry, const cy_bks_key *key)
{
  CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
  cy_err *err = cy_pkcs8_public(&spki, key->bytes);
  if (err && !cy_err_is(err, CY_E_NO_MEMORY)) {
    cy_err_free(err); /* that of a kind which nobody here knows stays unknown */
    return NULL;
  }
  CY_TRY(err);
  entry->key.spki = cy_arena_copy(&doc->arena, cy_buf_get(&spki));
  return entry->key.spki.data ? NULL : cy_err_no_memory();
}

static cy_err *read_clear_key(cy_doc *doc, cy_entry *entry, cy_cur *cur)
{
  const cy_bks_own *own = doc->own;
  const uint8_t *start = cur->p;
  cy_bks_key key;
  cy_bks_read_key(&key, cur);
  if (!cy_cur_ok(cur))
    return NULL;
  entry->key = (cy_keybox){.ops = &cy_bks_clear_ops, .own_password = !own->encrypted};
  entry->key.sealed = cy_span_of(start, (size_t)(cur->p - start));
  CY_TRY(take_kind(doc, entry, &key));
  return key.kind == CY_BKS_PRIVATE ? note_public_half(doc, entry, &key) : NULL;
}

/* What is sealed is a private key when it has a chain, else it should be a secret one: Java refuses private
 * keys without a certificate. */
static void read_sealed(cy_entry *entry, cy_cur *cur)
{
  entry->key = (cy_keybox){.ops = &cy_bks_sealed_ops, .encrypted = true, .own_password = true};
  entry->key.sealed = cy_cur_take(cur, cy_cur_u32(cur));
  entry->has_key = entry->cert_count > 0;
  entry->kind = entry->has_key ? CY_ENTRY_IDENTITY : CY_ENTRY_SECRET;
  entry->pairing_assumed = entry->has_key;
}

static cy_err *read_entry(cy_doc *doc, cy_cur *cur, uint8_t type)
{
  cy_entry *entry;
  CY_TRY(cy_doc_append(doc, &entry));
  entry->part = doc->entry_count - 1;
  CY_TRY(cy_java_data_alias(doc, entry, cur));
  entry->date = cy_java_data_time(cy_cur_u64(cur));
  CY_TRY(read_certs(doc, entry, type, cur));
  switch (type) {
  case CY_BKS_CERT:
    entry->kind = CY_ENTRY_TRUSTED;
    break;
  case CY_BKS_KEY:
    return read_clear_key(doc, entry, cur);
  case CY_BKS_BYTES:
    entry->kind = CY_ENTRY_SECRET;
    entry->der = cy_cur_take(cur, cy_cur_u32(cur));
    break;
  case CY_BKS_SEALED:
    read_sealed(entry, cur);
    break;
  default:
    cy_cur_fail(cur, "an entry is of a type that there is not");
  }
  return NULL;
}

cy_err *cy_bks_read_entries(cy_doc *doc, cy_cur *cur)
{
  for (;;) {
    uint8_t type = cy_cur_u8(cur);
    if (type == CY_BKS_END || !cy_cur_ok(cur))
      return NULL;
    if (doc->entry_count >= MAX_ENTRIES)
      cy_cur_fail(cur, "it has more than a million entries");
    CY_TRY(read_entry(doc, cur, type));
  }
}

/* One sealed entry; what does not open under this password stays as it is. */
static cy_err *look_into(cy_doc *doc, cy_entry *entry)
{
  CY_AUTO(cy_secret) *encoded = NULL;
  cy_parse parse = {0};
  cy_bks_key key;
  cy_err *err = cy_bks_unseal(&encoded, entry->key.sealed, doc->password);
  if (err && !cy_err_is(err, CY_E_NO_MEMORY)) {
    cy_err_free(err);
    return NULL;
  }
  CY_TRY(err);
  cy_cur cur = cy_cur_begin(&parse, cy_secret_get(encoded));
  cy_bks_read_key(&key, &cur);
  return parse.reason ? NULL : take_kind(doc, entry, &key);
}

cy_err *cy_bks_look_into_secrets(cy_doc *doc)
{
  unsigned tries = 0;
  for (size_t i = 0; i < doc->entry_count && tries < LOOKED_INTO; i++) {
    cy_entry *entry = doc->entries[i];
    if (entry->kind != CY_ENTRY_SECRET || !entry->key.encrypted || !cy_bks_is_cheap(entry->key.sealed))
      continue;
    tries++;
    CY_TRY(look_into(doc, entry));
  }
  return NULL;
}
