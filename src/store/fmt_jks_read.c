/* Java keystores (JKS, JCEKS): reading, and what can be wrong with their aliases. */
#include "store/fmt_jks.h"

#include "base/cursor.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/jks_protect.h"
#include "store/address.h"
#include "store/codes.h"
#include "store/java_data.h"

/* Far beyond what anybody has; a hostile file must not make us take gigabytes for its entries. */
enum { MAX_ENTRIES = 1000000, MAX_CHAIN = 1000 };

int cy_jks_detect(cy_span head, uint32_t magic)
{
  cy_parse parse = {0};
  cy_cur cur = cy_cur_begin(&parse, head);
  return cy_cur_u32(&cur) == magic ? 100 : 0;
}

static void own_free(void *arg)
{
  cy_jks_own *own = arg;
  cy_free(own->parts);
  cy_secret_free(own->opened_with);
  if (own->java)
    cy_java_clear(own->java);
  cy_free(own->java);
  cy_free(own);
}

/* Integrity. */

cy_err *cy_jks_digest(cy_digest *out, const cy_secret *password, cy_span content)
{
  CY_AUTO(cy_secret) *utf16 = NULL;
  CY_TRY(cy_jks_password(&utf16, password));
  const cy_span parts[] = {cy_secret_get(utf16), CY_SPAN("Mighty Aphrodite"), content};
  return cy_digest_parts(out, CY_SHA1, parts, CY_COUNT(parts));
}

/* How many of the first keys there are, and how many of them this password opens. */
static cy_err *try_keys(const cy_doc *doc, const cy_secret *password, size_t *keys, size_t *opened)
{
  const cy_jks_own *own = doc->own;
  *keys = *opened = 0;
  for (size_t i = 0; i < doc->entry_count && *keys < own->flavour->keys_tried; i++) {
    CY_AUTO(cy_secret) *pkcs8 = NULL;
    const cy_keybox *box = &doc->entries[i]->key;
    if (!box->ops)
      continue;
    CY_AUTO(cy_err) *err = box->ops->open(box, password, &pkcs8);
    if (cy_err_is(err, CY_E_NO_MEMORY))
      return cy_err_no_memory();
    ++*keys;
    *opened += !err;
  }
  return NULL;
}

/* The digest alone can not tell a wrong password from a damaged file; the keys sometimes can. */
static cy_err *does_not_fit(const cy_doc *doc, const cy_secret *password)
{
  size_t keys, opened;
  CY_TRY(try_keys(doc, password, &keys, &opened));
  return cy_doc_misfit(doc, keys, opened);
}

cy_err *cy_jks_check_password(cy_doc *doc, const cy_secret *password)
{
  cy_jks_own *own = doc->own;
  cy_digest digest;
  CY_TRY(cy_jks_digest(&digest, password, own->content));
  if (!cy_span_equal(cy_digest_get(&digest), own->digest))
    return does_not_fit(doc, password);
  cy_secret_free(own->opened_with);
  own->opened_with = NULL;
  return cy_secret_copy(&own->opened_with, cy_secret_get(password));
}

static cy_err *check_password(cy_doc *doc, const cy_secret *password, void *arg)
{
  return cy_jks_check_password(doc, password);
}

/* Structure. */

/* In version 1 all certificates are X.509 and nothing says so. */
static cy_span read_cert(cy_cur *cur, uint32_t version, cy_span *type)
{
  *type = version == 1 ? CY_SPAN("X.509") : cy_java_data_utf(cur);
  cy_span der = cy_cur_take(cur, cy_cur_u32(cur));
  if (der.len == 0)
    cy_cur_fail(cur, "a certificate is empty");
  return der;
}

static cy_err *read_certs(cy_doc *doc, cy_entry *entry, cy_jks_part *part, cy_cur *cur, uint32_t count)
{
  cy_jks_own *own = doc->own;
  cy_span *types = NULL;
  if (count > MAX_CHAIN)
    cy_cur_fail(cur, "a chain is longer than 1000 certificates");
  if (!cy_cur_ok(cur))
    return NULL;
  CY_TRY(cy_doc_certs(doc, entry, count));
  for (uint32_t i = 0; i < count; i++) {
    cy_span type;
    entry->certs[i].der = read_cert(cur, own->version, &type);
    if (!types && !cy_span_equal(type, CY_SPAN("X.509")) && cy_cur_ok(cur)) {
      types = cy_arena_alloc(&doc->arena, count * sizeof *types);
      CY_TRY_ALLOC(types);
      for (uint32_t k = 0; k < i; k++)
        types[k] = CY_SPAN("X.509");
    }
    if (types)
      types[i] = type;
  }
  part->types = types;
  return NULL;
}

static cy_err *read_key(cy_doc *doc, cy_entry *entry, cy_jks_part *part, cy_cur *cur)
{
  const cy_jks_own *own = doc->own;
  entry->has_key = true;
  entry->key = (cy_keybox){.ops = own->flavour->key_ops, .encrypted = true, .own_password = true};
  entry->key.sealed = cy_cur_take(cur, cy_cur_u32(cur));
  uint32_t chain = cy_cur_u32(cur);
  entry->kind = chain ? CY_ENTRY_IDENTITY : CY_ENTRY_KEY;
  entry->pairing_assumed = chain > 0;
  return read_certs(doc, entry, part, cur, chain);
}

static cy_err *read_entry(cy_doc *doc, cy_cur *cur)
{
  cy_jks_own *own = doc->own;
  cy_entry *entry;
  const uint8_t *start = cur->p;
  if (!cy_grow(&own->parts, &own->cap, own->count + 1, sizeof *own->parts))
    return cy_err_no_memory();
  cy_jks_part *part = &own->parts[own->count];
  uint32_t tag = cy_cur_u32(cur);
  CY_TRY(cy_doc_append(doc, &entry));
  CY_TRY(cy_java_data_alias(doc, entry, cur));
  const uint8_t *body = cur->p;
  part->ms = cy_cur_u64(cur);
  entry->date = cy_java_data_time(part->ms);
  entry->kind = CY_ENTRY_TRUSTED;
  entry->part = own->count++;
  if (tag == CY_JKS_KEY)
    CY_TRY(read_key(doc, entry, part, cur));
  else if (tag == CY_JKS_CERT)
    CY_TRY(read_certs(doc, entry, part, cur, 1));
  else if (tag == CY_JKS_SECRET && own->flavour->read_secret)
    CY_TRY(own->flavour->read_secret(doc, entry, cur));
  else
    cy_cur_fail(cur, "an entry is neither a key nor a certificate");
  part->whole = cy_span_of(start, (size_t)(cur->p - start));
  part->body = cy_span_of(body, (size_t)(cur->p - body));
  return NULL;
}

static cy_err *read_all(cy_doc *doc, cy_cur *cur)
{
  cy_jks_own *own = doc->own;
  cy_span all = cy_image_bytes(doc->image);
  uint32_t magic = cy_cur_u32(cur);
  own->version = cy_cur_u32(cur);
  uint32_t count = cy_cur_u32(cur);
  if (magic != own->flavour->magic)
    cy_cur_fail(cur, own->flavour->magic_words);
  if (own->version != 1 && own->version != 2)
    cy_cur_fail(cur, "its version is neither 1 nor 2");
  if (count > MAX_ENTRIES)
    cy_cur_fail(cur, "it claims to have more than a million entries");
  for (uint32_t i = 0; i < count && cy_cur_ok(cur); i++)
    CY_TRY(read_entry(doc, cur));
  own->content = cy_span_of(all.data, (size_t)(cur->p - all.data));
  own->digest = cy_cur_take(cur, CY_JKS_DIGEST);
  cy_cur_end(cur);
  return NULL;
}

cy_err *cy_jks_parse(cy_doc *doc, cy_ask *ask, const cy_jks_flavour *flavour)
{
  cy_parse parse = {0};
  cy_jks_own *own = cy_malloc(sizeof *own);
  CY_TRY_ALLOC(own);
  own->flavour = flavour;
  doc->own = own;
  doc->own_free = own_free;
  cy_cur cur = cy_cur_begin(&parse, cy_image_bytes(doc->image));
  CY_TRY(read_all(doc, &cur));
  CY_TRY(cy_parse_check_as(&parse, CY_E_STORE_DAMAGED, flavour->name));
  return cy_doc_unlock_or_list(doc, ask, check_password, NULL);
}

/* Findings. */

/* `twin` is an earlier entry of the same alias, or NULL. */
static cy_err *alias_findings(
  cy_doc *doc, const cy_entry *entry, bool folds, const cy_entry *twin, cy_findings *findings)
{
  CY_CLEAN(cy_buf) subject = CY_BUF_TEXT;
  if (!folds && !twin)
    return NULL;
  cy_address_format(&subject, doc->place, entry->label);
  CY_TRY(cy_buf_check(&subject));
  if (folds) {
    cy_finding *f = cy_finding_add(findings, CY_F_JKS_ALIAS_CASE, cy_buf_cstr(&subject),
      "The alias %s is not in lower case.", entry->label);
    cy_finding_evidence(findings, f, "alias", "%s", entry->label);
  }
  if (twin) {
    cy_finding *f = cy_finding_add(findings, CY_F_JKS_ALIAS_TWICE, cy_buf_cstr(&subject),
      "The entries %zu and %zu have the alias %s.", twin->position, entry->position, entry->label);
    cy_finding_evidence(findings, f, "position", "%zu", entry->position);
  }
  return NULL;
}

/* Java keeps entries in a table by alias as it stands in the file, and looks them up folded. */
cy_err *cy_jks_check(cy_doc *doc, cy_findings *findings)
{
  CY_CLEAN(cy_map) seen;
  cy_map_init(&seen, false);
  CY_CLEAN(cy_buf) folded = CY_BUF_TEXT;
  for (size_t i = 0; i < doc->entry_count; i++) {
    const cy_entry *entry = doc->entries[i];
    cy_span label = cy_span_str(entry->label);
    if (entry->deleted || !entry->label)
      continue;
    cy_buf_reset(&folded);
    if (!cy_text_fold(&folded, label))
      cy_buf_span(&folded, label);
    CY_TRY(cy_buf_check(&folded));
    size_t twin = cy_map_get(&seen, label);
    CY_TRY(alias_findings(doc, entry, !cy_span_equal(cy_buf_get(&folded), label),
      twin == CY_MAP_NONE ? NULL : doc->entries[twin], findings));
    if (!cy_map_put(&seen, label, i))
      return cy_err_no_memory();
  }
  return cy_findings_check(findings);
}

bool cy_jks_has_keys(const cy_doc *doc)
{
  for (size_t i = 0; i < doc->entry_count; i++)
    if (doc->entries[i]->has_key && !doc->entries[i]->deleted)
      return true;
  return false;
}

void cy_jks_describe(const cy_doc *doc, cy_out *out)
{
  const cy_jks_own *own = doc->own;
  cy_out_int(out, "version", "Version", own ? own->version : 2);
  cy_out_bool(out, "integrity_checked", "Integrity checked", !doc->mac_unchecked);
  cy_out_str(out, "integrity", "Integrity", "SHA-1 over password and content");
}

void cy_jks_losses(const cy_entry *entry, cy_lose *lose, void *arg)
{
  CY_CLEAN(cy_buf) folded = CY_BUF_TEXT;
  if (entry->label && cy_text_fold(&folded, cy_span_str(entry->label)) &&
      strcmp(cy_buf_cstr(&folded), entry->label) != 0)
    lose(arg, "label-case", "capital letters of the label (Java finds aliases in lower case only)");
}
