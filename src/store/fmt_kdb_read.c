/* CMS key databases: reading. */
#include "base/der.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/codes.h"
#include "store/fmt_kdb.h"
#include "store/object.h"
#include "x509/request.h"

/* Far beyond what anybody has; a hostile file must not make us take gigabytes for its entries. */
enum { MAX_RECORDS = 1000000, SLOT_TYPE = 1, MAGIC_AT = 8, MAGIC = 8 };

static const struct {
  const char *magic; /* 8 octets with its zero */
  uint8_t octet;     /* after the version */
  const char *suffix;
  const char *words;
} kinds[] = {
  [CY_KDB_KEYS] = {"X509KEY", 2, "kdb", "the key database"},
  [CY_KDB_REQUESTS] = {"X509KYP", 1, "rdb", "the request database"},
  [CY_KDB_CRLS] = {"X509CRL", 1, "crl", "the CRL database"},
};

size_t cy_kdb_mac_size(unsigned version)
{
  return version == 3 ? 16 : version == 4 ? 20 : version == 6 ? 48 : 0;
}

bool cy_kdb_detect(cy_span head)
{
  if (head.len <= MAGIC_AT || head.data[0] != 0x37 || head.data[1] != 0x48)
    return false;
  size_t have = head.len < MAGIC_AT + MAGIC ? head.len - MAGIC_AT : MAGIC;
  for (size_t i = 0; i < CY_COUNT(kinds); i++)
    if (memcmp(head.data + MAGIC_AT, kinds[i].magic, have) == 0)
      return true;
  return false;
}

void cy_kdb_free(void *arg)
{
  cy_kdb *kdb = arg;
  cy_free(kdb->parts);
  cy_secret_free(kdb->opened_with);
  cy_free(kdb);
}

/* The head. */

static void read_kind(cy_cur *cur, cy_kdb_file *file, uint8_t octet, cy_span magic)
{
  for (size_t i = 0; i < CY_COUNT(kinds); i++)
    if (cy_span_equal(magic, cy_span_of(kinds[i].magic, MAGIC))) {
      file->kind = (cy_kdb_kind)i;
      if (kinds[i].octet != octet)
        cy_cur_fail(cur, "its head does not say the same kind twice");
      return;
    }
  cy_cur_fail(cur, "it is neither a key nor a request nor a CRL database");
}

static void read_head(cy_cur *cur, cy_kdb_file *file)
{
  if (cy_cur_u16(cur) != 0x3748)
    cy_cur_fail(cur, "it does not begin as a CMS key database does (37 48)");
  file->version = cy_cur_u8(cur);
  size_t mac = cy_kdb_mac_size(file->version);
  if (!mac)
    cy_cur_fail(cur, "its version is none of 3, 4 and 6");
  uint8_t octet = cy_cur_u8(cur);
  cy_cur_take(cur, 4);
  read_kind(cur, file, octet, cy_cur_take(cur, MAGIC));
  file->slot_size = cy_cur_u32(cur);
  file->count = cy_cur_u32(cur);
  cy_cur_take(cur, CY_KDB_SALT);
  file->verifier = cy_cur_take(cur, mac);
  file->integrity = cy_cur_take(cur, mac);
  if (file->count > MAX_RECORDS)
    cy_cur_fail(cur, "it claims to have more than a million records");
  if (file->count && (uint64_t)file->slot_size * file->count != cy_cur_left(cur))
    cy_cur_fail(cur, "its length is not that of the records that it claims to have");
  file->slots = cy_cur_rest(cur);
  if (!file->count && file->slots.len)
    cy_cur_fail(cur, "something follows although it claims to have no records");
}

/* A record. */

/* The named bits; no octet is none set. */
static uint8_t read_flags(cy_cur *record)
{
  cy_span bits = cy_der_take(record, CY_DER_BIT_STRING);
  if (!bits.len || bits.data[0] > 7 || (bits.len == 1 && bits.data[0]))
    cy_cur_fail(record, "the flags of a record are no bits");
  return cy_cur_ok(record) && bits.len > 1 ? bits.data[1] : 0;
}

/* Two values, the second of which seals a key. */
static void read_pair(cy_cur *what, cy_kdb_part *part)
{
  cy_cur pair = cy_der_enter(what, CY_DER_SEQUENCE);
  part->cert = cy_der_take_whole(&pair, CY_DER_SEQUENCE);
  part->sealed = cy_der_take_whole(&pair, CY_DER_SEQUENCE);
  cy_der_leave(&pair);
}

/* CRLs have files of their own. */
static cy_kdb_what what_of(cy_kdb_kind kind, uint8_t tag, cy_span inner)
{
  static const cy_kdb_what whats[] = {CY_KDB_REQUEST, CY_KDB_CERT, CY_KDB_IDENTITY, CY_KDB_SECRET};
  if (kind == CY_KDB_CRLS)
    return cy_object_detect(inner) == CY_OBJECT_CRL ? CY_KDB_CRL : CY_KDB_OTHER;
  return tag <= CY_KDB_TAG_SECRET ? whats[tag - CY_KDB_TAG_REQUEST] : CY_KDB_OTHER;
}

static void read_what(cy_cur *record, cy_kdb_kind kind, cy_kdb_part *part)
{
  part->tag = cy_der_peek(record);
  if ((part->tag & 0xe0) != CY_KDB_TAG_REQUEST) {
    cy_cur_fail(record, "a record holds nothing");
    return;
  }
  cy_cur what = cy_der_enter(record, part->tag), all = what;
  part->inner = cy_cur_rest(&all);
  if (!cy_cur_ok(record))
    return;
  part->what = what_of(kind, part->tag, part->inner);
  if (part->what == CY_KDB_IDENTITY || part->what == CY_KDB_REQUEST)
    read_pair(&what, part);
  else if (part->what == CY_KDB_CERT)
    part->cert = cy_der_take_whole(&what, CY_DER_SEQUENCE);
  else if (part->what == CY_KDB_SECRET)
    part->sealed = cy_der_take_whole(&what, CY_DER_SEQUENCE);
  else
    cy_cur_rest(&what);
  cy_der_leave(&what);
}

static void read_record(cy_cur *slot, cy_span der, cy_kdb_kind kind, cy_kdb_part *part)
{
  cy_cur cur = cy_cur_over(slot, der);
  cy_cur record = cy_der_enter(&cur, CY_DER_SEQUENCE);
  part->number = cy_der_take_whole(&record, CY_DER_INTEGER);
  read_what(&record, kind, part);
  part->label = cy_der_take(&record, CY_DER_VISIBLE_STRING);
  part->flags = read_flags(&record);
  cy_der_leave(&record);
  cy_cur_end(&cur);
}

/* Other tools count the label's zero in its length. */
static bool same_label(cy_span in_slot, cy_span in_record)
{
  if (in_slot.len == in_record.len + 1 && in_slot.data[in_slot.len - 1] == 0)
    in_slot.len--;
  return cy_span_equal(in_slot, in_record);
}

/* A slot of another kind is kept, and nothing is said of it. */
static void read_slot(cy_cur *cur, const cy_kdb_file *file, cy_kdb_part *part)
{
  part->slot = cy_cur_take(cur, file->slot_size);
  cy_cur slot = cy_cur_over(cur, part->slot);
  uint32_t type = cy_cur_u32(&slot);
  part->id = cy_cur_u32(&slot);
  if (type != SLOT_TYPE)
    return;
  cy_span der = cy_cur_take(&slot, cy_cur_u32(&slot));
  cy_span label = cy_cur_take(&slot, cy_cur_u32(&slot));
  part->hashes = cy_cur_rest(&slot);
  read_record(&slot, der, file->kind, part);
  if (cy_cur_ok(&slot) && !same_label(label, part->label))
    cy_cur_fail(&slot, "a record has two labels");
}

/* Entries. */

static cy_err *set_label(cy_doc *doc, cy_entry *entry, cy_cur *cur, cy_span label)
{
  CY_CLEAN(cy_buf) utf8 = CY_BUF_TEXT;
  if (label.len && memchr(label.data, 0, label.len))
    cy_cur_fail(cur, "a label has a zero in it");
  if (!label.len || !cy_cur_ok(cur))
    return NULL;
  if (cy_utf8_valid(label))
    cy_buf_span(&utf8, label);
  else
    cy_text_from_latin1(&utf8, label);
  CY_TRY(cy_buf_check(&utf8));
  entry->label = cy_arena_str(&doc->arena, cy_buf_get(&utf8));
  CY_TRY_ALLOC(entry->label);
  return NULL;
}

static cy_err *set_cert(cy_doc *doc, cy_entry *entry, const cy_kdb_part *part)
{
  CY_TRY(cy_doc_certs(doc, entry, 1));
  entry->certs[0].der = part->cert;
  entry->kind = part->flags & CY_KDB_TRUSTED ? CY_ENTRY_TRUSTED : CY_ENTRY_CERTIFICATE;
  return NULL;
}

/* A key has the store's password. */
static cy_err *set_key(cy_entry *entry, const cy_kdb_part *part)
{
  CY_TRY(cy_object_key(&entry->key, CY_OBJECT_ENCRYPTED_KEY, part->sealed, CY_SPAN_NONE));
  entry->key.own_password = false;
  entry->has_key = true;
  return NULL;
}

static cy_err *set_identity(cy_doc *doc, cy_entry *entry, const cy_kdb_part *part)
{
  CY_TRY(set_cert(doc, entry, part));
  entry->kind = CY_ENTRY_IDENTITY;
  entry->pairing_assumed = true;
  return set_key(entry, part);
}

/* A request stands with its key, whose public half it tells. */
static cy_err *set_request(cy_entry *entry, const cy_kdb_part *part)
{
  cy_request_view view;
  entry->kind = CY_ENTRY_REQUEST;
  entry->der = part->cert;
  CY_TRY(set_key(entry, part));
  cy_err *err = cy_request_view_parse(&view, part->cert);
  if (!err)
    entry->key.spki = view.spki;
  bool no_memory = cy_err_is(err, CY_E_NO_MEMORY);
  if (!no_memory)
    cy_err_free(err);
  return no_memory ? err : NULL;
}

static cy_err *fill_entry(cy_doc *doc, cy_entry *entry, const cy_kdb_part *part)
{
  bool is_cert = part->what == CY_KDB_CERT || part->what == CY_KDB_IDENTITY;
  entry->is_default = part->flags & CY_KDB_DEFAULT;
  entry->distrusted = is_cert && !(part->flags & CY_KDB_TRUSTED);
  switch (part->what) {
  case CY_KDB_REQUEST:
    return set_request(entry, part);
  case CY_KDB_CERT:
    return set_cert(doc, entry, part);
  case CY_KDB_IDENTITY:
    return set_identity(doc, entry, part);
  case CY_KDB_SECRET:
    entry->kind = CY_ENTRY_SECRET;
    entry->der = part->sealed;
    return NULL;
  default:
    entry->kind = CY_ENTRY_CRL;
    entry->der = part->inner;
    return NULL;
  }
}

static cy_err *read_part(cy_doc *doc, cy_kdb *kdb, size_t file_index, cy_cur *cur)
{
  cy_entry *entry;
  cy_kdb_file *file = &kdb->files[file_index];
  if (!cy_grow(&kdb->parts, &kdb->cap, kdb->count + 1, sizeof *kdb->parts))
    return cy_err_no_memory();
  cy_kdb_part *part = &kdb->parts[kdb->count];
  *part = (cy_kdb_part){.file = file_index};
  read_slot(cur, file, part);
  if (!cy_cur_ok(cur))
    return NULL;
  kdb->count++;
  if (part->what == CY_KDB_OTHER)
    return NULL;
  CY_TRY(cy_doc_append(doc, &entry));
  entry->part = kdb->count - 1;
  CY_TRY(set_label(doc, entry, cur, part->label));
  return fill_entry(doc, entry, part);
}

static cy_err *read_file(cy_doc *doc, cy_kdb *kdb, size_t index)
{
  cy_parse parse = {0};
  cy_kdb_file *file = &kdb->files[index];
  file->bytes = cy_buf_get(&file->image->bytes);
  file->first = kdb->count;
  cy_cur cur = cy_cur_begin(&parse, file->bytes);
  read_head(&cur, file);
  cy_cur slots = cy_cur_over(&cur, file->slots);
  for (uint32_t i = 0; i < file->count && cy_cur_ok(&slots); i++)
    CY_TRY(read_part(doc, kdb, index, &slots));
  file->end = kdb->count;
  return cy_parse_check_as(&parse, CY_E_STORE_DAMAGED, kinds[file->kind].words);
}

/* What was read of a file that turned out to be damaged. */
static void forget(cy_doc *doc, cy_kdb *kdb, cy_kdb_file *file, size_t entries)
{
  for (size_t i = entries; i < doc->entry_count; i++)
    cy_entry_clear(doc->entries[i]);
  doc->entry_count = entries;
  kdb->count = file->end = file->first;
  file->unreadable = true;
}

/* A damaged sibling keeps nobody from the main file; it is a finding. Other files may have its name: a CRL
 * in PEM is called .crl as well. */
static cy_err *read_sibling(cy_doc *doc, cy_kdb *kdb, cy_kdb_kind kind)
{
  cy_image_part *part = NULL;
  cy_err *err = cy_image_sibling(doc->image, kinds[kind].suffix, false, &part);
  if (err) {
    bool no_memory = cy_err_is(err, CY_E_NO_MEMORY);
    if (!no_memory)
      cy_err_free(err);
    return no_memory ? err : NULL;
  }
  if (!part || part == &doc->image->parts[0] || !cy_kdb_detect(cy_buf_get(&part->bytes)))
    return NULL;
  cy_kdb_file *file = &kdb->files[kdb->file_count++];
  size_t entries = doc->entry_count;
  *file = (cy_kdb_file){.image = part};
  err = read_file(doc, kdb, kdb->file_count - 1);
  if (!err && file->kind == kind)
    return NULL;
  if (cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  cy_err_free(err);
  forget(doc, kdb, file, entries);
  return NULL;
}

cy_err *cy_kdb_read(cy_doc *doc, cy_kdb *kdb)
{
  kdb->files[0] = (cy_kdb_file){.image = &doc->image->parts[0]};
  kdb->file_count = 1;
  CY_TRY(read_file(doc, kdb, 0));
  if (kdb->files[0].kind != CY_KDB_KEYS)
    return NULL;
  CY_TRY(read_sibling(doc, kdb, CY_KDB_REQUESTS));
  return read_sibling(doc, kdb, CY_KDB_CRLS);
}
