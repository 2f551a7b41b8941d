/* BCFKS: the ASN.1 of the file. */
#include "base/der.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/codes.h"
#include "store/fmt_bcfks.h"

enum { MAX_ENTRIES = 1000000, MAX_CHAIN = 1000 };

/* Behind the outer SEQUENCE of ObjectStoreData: version, algorithm, time. */
static bool is_data_in_clear(cy_cur cur)
{
  cy_der_uint(&cur);
  cy_cur algid = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_der_take(&algid, CY_DER_OID);
  return cy_cur_ok(&cur) && cy_der_peek(&cur) == CY_DER_GENERALIZED_TIME;
}

static bool is_encrypted(cy_cur cur)
{
  cy_cur algid = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_oid oid = cy_oid_find(cy_der_take(&algid, CY_DER_OID));
  return cy_cur_ok(&cur) && oid == CY_OID_PBES2 && cy_cur_more(&cur) && *cur.p == CY_DER_OCTET_STRING;
}

bool cy_bcfks_detect_head(cy_span head)
{
  cy_parse parse = {.lenient = true}, other = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, head);
  bool outer = cy_der_skip_head(&cur), inner = cy_der_skip_head(&cur);
  if (!outer || !inner)
    return false;
  cy_cur again = cy_cur_begin(&other, cy_span_of(cur.p, cy_cur_left(&cur)));
  return is_encrypted(cur) || is_data_in_clear(again);
}

bool cy_bcfks_looks_like_data(cy_span first)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, first);
  if (!cy_der_skip_head(&cur))
    return false;
  cy_der_uint(&cur);
  return cy_cur_ok(&cur) && (!cy_cur_more(&cur) || *cur.p == CY_DER_SEQUENCE);
}

static void read_store(cy_bcfks *own, cy_cur *cur)
{
  cy_cur store = cy_der_enter(cur, CY_DER_SEQUENCE);
  if (cy_der_peek(&store) == CY_DER_INTEGER) {
    cy_cur_rest(&store);
    return;
  }
  own->algid = cy_der_take_whole(&store, CY_DER_SEQUENCE);
  own->sealed = cy_der_take(&store, CY_DER_OCTET_STRING);
  cy_der_leave(&store);
}

/* The certificates are those of the signer and who issued his; [0] is explicit, with a SEQUENCE inside. */
static void read_signature(cy_bcfks *own, cy_cur *outer)
{
  cy_cur check = cy_der_enter(outer, CY_DER_SEQUENCE), tagged;
  own->is_signed = true;
  own->sig_algid = cy_der_take_whole(&check, CY_DER_SEQUENCE);
  if (cy_der_enter_if(&check, CY_DER_CONTEXT_CONSTRUCTED(0), &tagged)) {
    cy_cur list = cy_der_enter(&tagged, CY_DER_SEQUENCE);
    if (cy_cur_more(&list))
      own->signer = cy_der_take_whole(&list, CY_DER_SEQUENCE);
    cy_cur_rest(&list);
    cy_der_leave(&list);
    cy_der_leave(&tagged);
  }
  own->signature = cy_der_bits(&check, NULL);
  cy_der_leave(&check);
}

static void read_check(cy_bcfks *own, cy_cur *cur)
{
  cy_cur outer;
  if (cy_der_enter_if(cur, CY_DER_CONTEXT_CONSTRUCTED(0), &outer)) {
    read_signature(own, &outer);
    cy_der_leave(&outer);
    return;
  }
  cy_cur check = cy_der_enter(cur, CY_DER_SEQUENCE);
  own->mac_algid = cy_der_take_whole(&check, CY_DER_SEQUENCE);
  own->kdf = cy_der_take_whole(&check, CY_DER_SEQUENCE);
  own->mac = cy_der_take(&check, CY_DER_OCTET_STRING);
  cy_der_leave(&check);
}

cy_err *cy_bcfks_read(cy_bcfks *own, cy_span bytes)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, bytes);
  cy_cur all = cy_der_enter(&cur, CY_DER_SEQUENCE);
  const uint8_t *start = all.p;
  read_store(own, &all);
  own->store = cy_span_of(start, (size_t)(all.p - start));
  read_check(own, &all);
  cy_der_leave(&all);
  cy_cur_end(&cur);
  return cy_parse_check_as(&parse, CY_E_STORE_DAMAGED, "the BCFKS keystore");
}

/* Entries. */

static cy_err *read_label(cy_doc *doc, cy_entry *entry, cy_cur *cur)
{
  cy_span label = cy_der_take(cur, CY_DER_UTF8_STRING);
  if (!cy_utf8_valid(label) || (label.len && memchr(label.data, 0, label.len)))
    cy_cur_fail(cur, "a label is not text");
  entry->label = cy_arena_str(&doc->arena, label);
  CY_TRY_ALLOC(entry->label);
  return NULL;
}

static size_t count_certs(cy_cur list)
{
  size_t count = 0;
  while (cy_cur_more(&list) && count <= MAX_CHAIN) {
    cy_der_next(&list);
    count++;
  }
  return count;
}

static cy_err *read_chain(cy_doc *doc, cy_entry *entry, cy_cur *cur)
{
  cy_cur list = cy_der_enter(cur, CY_DER_SEQUENCE);
  size_t count = count_certs(list);
  if (count > MAX_CHAIN)
    cy_cur_fail(cur, "a chain is longer than 1000 certificates");
  if (!cy_cur_ok(cur))
    return NULL;
  CY_TRY(cy_doc_certs(doc, entry, count));
  for (size_t i = 0; i < count; i++)
    entry->certs[i].der = cy_der_take_whole(&list, CY_DER_SEQUENCE);
  cy_der_leave(&list);
  return NULL;
}

static cy_err *read_private(cy_doc *doc, cy_entry *entry, cy_cur *cur)
{
  cy_cur data = cy_der_enter(cur, CY_DER_SEQUENCE);
  entry->key = (cy_keybox){.ops = &cy_bcfks_private_ops, .encrypted = true, .own_password = true};
  entry->key.sealed = cy_der_take_whole(&data, CY_DER_SEQUENCE);
  entry->has_key = true;
  CY_TRY(read_chain(doc, entry, &data));
  cy_der_leave(&data);
  entry->kind = entry->cert_count ? CY_ENTRY_IDENTITY : CY_ENTRY_KEY;
  entry->pairing_assumed = entry->cert_count > 0;
  return NULL;
}

static cy_err *read_content(cy_doc *doc, cy_entry *entry, uint64_t type, cy_cur *cur)
{
  switch (type) {
  case CY_BCFKS_TYPE_CERT:
    entry->kind = CY_ENTRY_TRUSTED;
    CY_TRY(cy_doc_certs(doc, entry, 1));
    entry->certs[0].der = cy_der_take_whole(cur, CY_DER_SEQUENCE);
    return NULL;
  case CY_BCFKS_TYPE_PRIVATE:
  case CY_BCFKS_TYPE_PROTECTED_PRIVATE:
    return read_private(doc, entry, cur);
  case CY_BCFKS_TYPE_SECRET:
  case CY_BCFKS_TYPE_PROTECTED_SECRET:
    entry->kind = CY_ENTRY_SECRET;
    entry->key = (cy_keybox){.ops = &cy_bcfks_secret_ops, .encrypted = true, .own_password = true};
    entry->key.sealed = cy_der_take_whole(cur, CY_DER_SEQUENCE);
    return NULL;
  default:
    cy_cur_fail(cur, "an entry is of a type that there is not");
    return NULL;
  }
}

/* The date is that of the last change, which is what Bouncy Castle tells as the entry's. */
static cy_err *read_entry(cy_doc *doc, cy_cur *list)
{
  cy_entry *entry;
  cy_span comment;
  CY_TRY(cy_doc_append(doc, &entry));
  entry->part = doc->entry_count - 1;
  cy_cur object = cy_der_enter(list, CY_DER_SEQUENCE);
  uint64_t type = cy_der_uint(&object);
  CY_TRY(read_label(doc, entry, &object));
  cy_der_time(&object);
  entry->date = cy_der_time(&object);
  cy_span data = cy_der_take(&object, CY_DER_OCTET_STRING);
  cy_der_take_if(&object, CY_DER_UTF8_STRING, &comment);
  cy_der_leave(&object);
  cy_cur content = cy_cur_over(list, data);
  CY_TRY(read_content(doc, entry, type, &content));
  cy_cur_end(&content);
  return NULL;
}

cy_err *cy_bcfks_read_entries(cy_doc *doc, cy_bcfks *own, cy_span bytes)
{
  cy_parse parse = {.lenient = true};
  cy_span comment;
  cy_cur cur = cy_cur_begin(&parse, bytes);
  cy_cur data = cy_der_enter(&cur, CY_DER_SEQUENCE);
  own->version = cy_der_uint(&data);
  cy_span algid = cy_der_take_whole(&data, CY_DER_SEQUENCE);
  if (!cy_span_equal(algid, own->is_signed ? own->sig_algid : own->mac_algid))
    cy_cur_fail(&data, "its integrity check is by another algorithm than was meant");
  own->created = cy_der_time(&data);
  own->changed = cy_der_time(&data);
  cy_cur list = cy_der_enter(&data, CY_DER_SEQUENCE);
  while (cy_cur_more(&list)) {
    if (doc->entry_count >= MAX_ENTRIES)
      cy_cur_fail(&list, "it has more than a million entries");
    CY_TRY(read_entry(doc, &list));
  }
  cy_der_leave(&list);
  cy_der_take_if(&data, CY_DER_UTF8_STRING, &comment);
  cy_der_leave(&data);
  cy_cur_end(&cur);
  return cy_parse_check_as(&parse, CY_E_STORE_DAMAGED, "the list in the BCFKS keystore");
}
