/* CMS key databases: writing. Slots that nobody touched are copied as they were. */
#include "base/der.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/codes.h"
#include "crypto/lib.h"
#include "store/codes.h"
#include "store/fmt_kdb.h"
#include "x509/cert.h"

/* What one writing needs all the way down. */
typedef struct {
  cy_doc *doc;
  cy_kdb *kdb; /* NULL for a new store */
  const cy_write_how *how;
  cy_ask *ask;
  const cy_secret *password;
  const cy_secret *old_password; /* set when the store's password is being changed */
  cy_entry **by_part;            /* of each part, NULL: none */
  bool has_default;              /* an entry that was there before has the mark */

  /* Of the file that is being written: */
  size_t file;
  cy_kdb_kind kind;
  unsigned version;
  uint32_t slot_size, count, next_id;
  cy_buf *out;
} writing;

static cy_err *cannot_hold(const writing *w, const char *label, const char *what, const char *hint)
{
  cy_err *err = cy_err_new(CY_E_STORE_CANNOT_HOLD, "%s: the entry %s %s", w->doc->place,
    label && *label ? label : "without a label", what);
  return cy_err_hint(err, "%s", hint);
}

static bool holds_cert(const cy_entry *entry)
{
  return entry->kind == CY_ENTRY_IDENTITY || entry->kind == CY_ENTRY_TRUSTED ||
         entry->kind == CY_ENTRY_CERTIFICATE;
}

/* A request that became an identity goes from its file into the main one. */
static bool is_moved(const writing *w, const cy_entry *entry)
{
  return w->kdb && w->kdb->parts && !entry->added && holds_cert(entry) &&
         w->kdb->files[w->kdb->parts[entry->part].file].kind != CY_KDB_KEYS;
}

static const cy_kdb_part *part_of(const writing *w, const cy_entry *entry)
{
  return w->kdb && !entry->added ? &w->kdb->parts[entry->part] : NULL;
}

/* The parts of a record. */

/* New and moved entries do not take the mark away from the one that has it. */
static uint8_t flags_of(const writing *w, const cy_entry *entry)
{
  const cy_kdb_part *part = part_of(w, entry);
  uint8_t flags = part ? part->flags & (uint8_t) ~(CY_KDB_TRUSTED | CY_KDB_DEFAULT) : 0;
  bool yields = (entry->added || is_moved(w, entry)) && w->has_default;
  if (!entry->distrusted)
    flags |= CY_KDB_TRUSTED;
  if (entry->is_default && !yields)
    flags |= CY_KDB_DEFAULT;
  return flags;
}

static void put_flags(cy_buf *out, uint8_t flags)
{
  uint8_t bits[2] = {0, flags};
  while (flags && !(flags >> bits[0] & 1))
    bits[0]++;
  cy_der_put(out, CY_DER_BIT_STRING, cy_span_of(bits, flags ? 2 : 1));
}

static bool is_same_label(cy_span raw, const char *label)
{
  CY_CLEAN(cy_buf) utf8 = CY_BUF_TEXT;
  if (cy_utf8_valid(raw))
    return cy_span_equal(raw, cy_span_str(label));
  cy_text_from_latin1(&utf8, raw);
  return cy_span_equal(cy_buf_get(&utf8), cy_span_str(label));
}

static cy_err *label_of(const writing *w, const cy_entry *entry, cy_span *label)
{
  const cy_kdb_part *part = part_of(w, entry);
  *label = cy_span_str(entry->label);
  if (!entry->label || !*entry->label) {
    if (part && !part->label.len)
      return NULL;
    return cannot_hold(w, entry->label, "needs one here", "Name it at the target: STORE#label.");
  }
  if (!cy_utf8_valid(*label))
    return cannot_hold(w, entry->label, "has a label that is not UTF-8", "Name it anew: STORE#label.");
  if (part && is_same_label(part->label, entry->label))
    *label = part->label;
  return NULL;
}

static cy_pbe_choice seal_choice(const writing *w)
{
  uint32_t wanted = w->how->pbe.iterations;
  return (cy_pbe_choice){.scheme = CY_OID_PBES2,
    .cipher = CY_OID_AES256_CBC,
    .prf = CY_OID_HMAC_SHA384,
    .iterations = wanted > CY_KDB_ITERATIONS ? wanted : CY_KDB_ITERATIONS,
    .key_length = true};
}

/* What a box holds, sealed as it was, under the new password. */
static cy_err *seal_again(const writing *w, cy_buf *out, cy_span sealed)
{
  CY_AUTO(cy_secret) *plain = NULL;
  CY_CLEAN(cy_buf) algid = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) cipher = CY_BUF_STORE;
  const cy_pbe_choice choice = seal_choice(w);
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, sealed);
  cy_cur box = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_span old_algid = cy_der_take_whole(&box, CY_DER_SEQUENCE);
  cy_span old_cipher = cy_der_take(&box, CY_DER_OCTET_STRING);
  CY_TRY_AS(cy_parse_check(&parse, "a sealed key"), CY_E_KEY_MALFORMED, "the private key is damaged");
  CY_TRY(cy_pbe_decrypt(&plain, old_algid, w->old_password, old_cipher));
  CY_TRY(cy_pbe_encrypt(&algid, &cipher, &choice, w->password, cy_secret_get(plain)));
  size_t at = cy_der_begin(out);
  cy_buf_span(out, cy_buf_get(&algid));
  cy_der_put(out, CY_DER_OCTET_STRING, cy_buf_get(&cipher));
  cy_der_end(out, at, CY_DER_SEQUENCE);
  return cy_buf_check(out);
}

static bool from_file(const writing *w, cy_span span)
{
  for (size_t i = 0; w->kdb && span.len && i < w->kdb->file_count; i++) {
    cy_span bytes = w->kdb->files[i].bytes;
    if (span.data >= bytes.data && span.data < bytes.data + bytes.len)
      return true;
  }
  return false;
}

static cy_err *put_sealed(const writing *w, cy_buf *out, cy_span sealed)
{
  if (w->old_password)
    return seal_again(w, out, sealed);
  cy_buf_span(out, sealed);
  return NULL;
}

static cy_err *put_key(const writing *w, cy_entry *entry, cy_buf *out)
{
  const cy_secret *pkcs8;
  const cy_pbe_choice choice = seal_choice(w);
  if (from_file(w, entry->key.sealed))
    return put_sealed(w, out, entry->key.sealed);
  CY_TRY(cy_doc_key(w->doc, entry, w->ask, &pkcs8));
  return cy_pkcs8_seal(out, &choice, w->password, cy_secret_get(pkcs8));
}

/* What stands in the record, with its tag. */
static cy_err *put_what(const writing *w, cy_entry *entry, cy_buf *out)
{
  const cy_kdb_part *part = part_of(w, entry);
  size_t at = cy_der_begin(out);
  if (entry->has_key) {
    size_t pair = cy_der_begin(out);
    cy_buf_span(out, holds_cert(entry) ? entry->certs[0].der : entry->der);
    CY_TRY_AS(put_key(w, entry, out), CY_E_STORE_STEP, "cannot seal the private key %s", entry->label);
    cy_der_end(out, pair, CY_DER_SEQUENCE);
    cy_der_end(out, at, holds_cert(entry) ? CY_KDB_TAG_IDENTITY : CY_KDB_TAG_REQUEST);
  } else if (holds_cert(entry)) {
    cy_buf_span(out, entry->certs[0].der);
    cy_der_end(out, at, CY_KDB_TAG_CERT);
  } else {
    if (entry->kind == CY_ENTRY_SECRET)
      CY_TRY(put_sealed(w, out, part->sealed));
    else
      cy_buf_span(out, part->inner);
    cy_der_end(out, at, part->tag);
  }
  return cy_buf_check(out);
}

static cy_err *put_record(const writing *w, cy_entry *entry, uint32_t id, cy_span label, cy_buf *out)
{
  const cy_kdb_part *part = part_of(w, entry);
  size_t at = cy_der_begin(out);
  if (part && !is_moved(w, entry))
    cy_buf_span(out, part->number);
  else
    cy_der_put_uint(out, id);
  CY_TRY(put_what(w, entry, out));
  cy_der_put(out, CY_DER_VISIBLE_STRING, label);
  put_flags(out, flags_of(w, entry));
  cy_der_end(out, at, CY_DER_SEQUENCE);
  return cy_buf_check(out);
}

static cy_err *put_one_hash(cy_buf *out, cy_span part)
{
  cy_digest digest;
  CY_TRY(cy_digest_of(&digest, CY_SHA1, part));
  cy_buf_u32(out, (uint32_t)digest.len);
  cy_buf_span(out, cy_digest_get(&digest));
  return NULL;
}

cy_err *cy_kdb_put_hashes(cy_buf *out, cy_span cert)
{
  CY_CLEAN(cy_buf) issued = CY_BUF_STORE;
  cy_parse parse = {.lenient = true};
  cy_span version;
  cy_cur cur = cy_cur_begin(&parse, cert);
  cy_cur whole = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_cur peek = whole;
  cy_span tbs = cy_der_take_whole(&whole, CY_DER_SEQUENCE);
  cy_der_take(&whole, CY_DER_SEQUENCE);
  cy_span signature = cy_der_take_whole(&whole, CY_DER_BIT_STRING);
  cy_cur in = cy_der_enter(&peek, CY_DER_SEQUENCE);
  cy_der_take_if(&in, CY_DER_CONTEXT_CONSTRUCTED(0), &version);
  cy_span serial = cy_der_take_whole(&in, CY_DER_INTEGER);
  cy_der_take(&in, CY_DER_SEQUENCE);
  cy_span issuer = cy_der_take_whole(&in, CY_DER_SEQUENCE);
  cy_der_take(&in, CY_DER_SEQUENCE);
  cy_span subject = cy_der_take_whole(&in, CY_DER_SEQUENCE);
  cy_span spki = cy_der_take_whole(&in, CY_DER_SEQUENCE);
  CY_TRY(cy_parse_check(&parse, "a certificate"));
  size_t at = cy_der_begin(&issued);
  cy_buf_span(&issued, issuer);
  cy_buf_span(&issued, serial);
  cy_der_end(&issued, at, CY_DER_SEQUENCE);
  CY_TRY(cy_buf_check(&issued));
  const cy_span parts[CY_KDB_HASHES] = {signature, tbs, subject, spki, cy_buf_get(&issued)};
  for (size_t i = 0; i < CY_KDB_HASHES; i++)
    CY_TRY(put_one_hash(out, parts[i]));
  return cy_buf_check(out);
}

/* Parent and hashes: as they were for the same certificate. */
static cy_err *put_tail(const writing *w, const cy_entry *entry, cy_buf *out)
{
  const cy_kdb_part *part = part_of(w, entry);
  bool same = part && (!holds_cert(entry) || cy_span_equal(part->cert, entry->certs[0].der));
  if (same && !is_moved(w, entry)) {
    cy_span tail = part->hashes;
    while (tail.len > 4 && tail.data[tail.len - 1] == 0)
      tail.len--;
    cy_buf_span(out, tail);
    return NULL;
  }
  cy_buf_u32(out, 0);
  return holds_cert(entry) ? cy_kdb_put_hashes(out, entry->certs[0].der) : NULL;
}

static cy_err *too_long(const writing *w, const cy_entry *entry, size_t need)
{
  cy_err *err = cy_err_new(CY_E_STORE_CANNOT_HOLD,
    "%s: the entry %s needs %zu octets, and a record of this database has room for %u", w->doc->place,
    entry->label, need, (unsigned)w->slot_size);
  return cy_err_hint(err,
    "All records of a CMS key database have one size. Use PKCS#12 for it (causey cp ... NEW.p12; a queue "
    "manager takes that from 9.3 on), or a smaller key or certificate.");
}

static cy_err *put_slot(writing *w, cy_entry *entry)
{
  CY_CLEAN(cy_buf) record = CY_BUF_STORE;
  CY_CLEAN(cy_buf) tail = CY_BUF_TEXT;
  const cy_kdb_part *part = part_of(w, entry);
  cy_span label;
  uint32_t id = part && !is_moved(w, entry) ? part->id : w->next_id++;
  CY_TRY(label_of(w, entry, &label));
  CY_TRY(put_record(w, entry, id, label, &record));
  CY_TRY(put_tail(w, entry, &tail));
  CY_TRY(cy_buf_check(&tail));
  size_t need = 16 + record.len + label.len + tail.len;
  if (need > w->slot_size)
    return too_long(w, entry, need);
  cy_buf_u32(w->out, 1);
  cy_buf_u32(w->out, id);
  cy_buf_u32(w->out, (uint32_t)record.len);
  cy_buf_span(w->out, cy_buf_get(&record));
  cy_buf_u32(w->out, (uint32_t)label.len);
  cy_buf_span(w->out, label);
  cy_buf_span(w->out, cy_buf_get(&tail));
  cy_buf_fill(w->out, 0, w->slot_size - need);
  w->count++;
  return cy_buf_check(w->out);
}

/* A file. */

static bool is_sealed(const cy_kdb_part *part)
{
  return part->sealed.len != 0;
}

static cy_err *put_part(writing *w, size_t index)
{
  const cy_kdb_part *part = &w->kdb->parts[index];
  cy_entry *entry = w->by_part[index];
  if (entry && (entry->deleted || (is_moved(w, entry) && w->kind != CY_KDB_KEYS)))
    return NULL;
  if (entry && (entry->changed || (w->old_password && is_sealed(part))))
    return put_slot(w, entry);
  cy_buf_span(w->out, part->slot);
  w->count++;
  return NULL;
}

static cy_err *check_new(const writing *w, const cy_entry *entry)
{
  if (w->kind != CY_KDB_KEYS)
    return cannot_hold(w, entry->label, "does not go into a file of requests or CRLs",
      "Put it into the key database (.kdb) of that name.");
  if (!holds_cert(entry) || entry->cert_count < 1)
    return cannot_hold(w, entry->label, "is neither a private key with its certificate nor a certificate",
      "CMS key databases hold these two; put it into a PEM file.");
  return NULL;
}

static cy_err *put_new(writing *w)
{
  for (size_t i = 0; i < w->doc->entry_count; i++) {
    cy_entry *entry = w->doc->entries[i];
    if (entry->deleted || !(entry->added || is_moved(w, entry)))
      continue;
    CY_TRY(check_new(w, entry));
    CY_TRY(put_slot(w, entry));
  }
  return NULL;
}

/* 23 octets that are not zero, and one that is. */
static cy_err *put_salt(const writing *w, const cy_kdb_file *file, cy_buf *out)
{
  uint8_t salt[CY_KDB_SALT];
  if (file && !w->old_password) {
    cy_buf_put(out, file->bytes.data + CY_KDB_HEAD - CY_KDB_SALT, CY_KDB_SALT);
    return NULL;
  }
  CY_TRY(cy_random(salt, sizeof salt));
  for (size_t i = 0; i < sizeof salt; i++)
    while (salt[i] == 0)
      CY_TRY(cy_random(salt + i, 1));
  salt[sizeof salt - 1] = 0;
  cy_buf_put(out, salt, sizeof salt);
  return NULL;
}

/* All before the slots, whose MACs come when these are there. */
static cy_err *put_head(const writing *w, const cy_kdb_file *file)
{
  cy_buf_u16(w->out, 0x3748);
  cy_buf_u8(w->out, (uint8_t)w->version);
  if (file) {
    cy_buf_put(w->out, file->bytes.data + 3, 13);
  } else {
    cy_buf_u8(w->out, 2);
    cy_buf_u32(w->out, 0);
    cy_buf_put(w->out, "X509KEY", 8);
  }
  cy_buf_u32(w->out, w->slot_size);
  cy_buf_u32(w->out, 0);
  CY_TRY(put_salt(w, file, w->out));
  cy_buf_fill(w->out, 0, 2 * cy_kdb_mac_size(w->version));
  return cy_buf_check(w->out);
}

static cy_err *put_macs(const writing *w)
{
  uint8_t *bytes = w->out->data;
  size_t size = cy_kdb_mac_size(w->version), slots = CY_KDB_HEAD + 2 * size;
  const cy_span head = cy_span_of(bytes, CY_KDB_HEAD);
  const cy_span parts[] = {
    cy_span_of(bytes, CY_KDB_HEAD + size), cy_span_of(bytes + slots, w->out->len - slots)};
  cy_digest mac;
  for (size_t i = 0; i < 4; i++)
    bytes[20 + i] = (uint8_t)(w->count >> (24 - 8 * i));
  CY_TRY(cy_kdb_mac(&mac, w->version, w->password, &head, 1));
  memcpy(bytes + CY_KDB_HEAD, mac.bytes, size);
  CY_TRY(cy_kdb_mac(&mac, w->version, w->password, parts, CY_COUNT(parts)));
  memcpy(bytes + CY_KDB_HEAD + size, mac.bytes, size);
  return NULL;
}

static uint32_t next_id(const writing *w)
{
  uint32_t highest = 0;
  const cy_kdb_file *file = w->kdb ? &w->kdb->files[w->file] : NULL;
  for (size_t i = file ? file->first : 0; file && i < file->end; i++)
    if (w->kdb->parts[i].id > highest)
      highest = w->kdb->parts[i].id;
  return highest + 1;
}

/* How the integrity value of version 3 is made over records is not known. */
static cy_err *no_version_3(const writing *w)
{
  if (w->file)
    return cy_err_hint(cy_err_new(CY_E_STORE_READ_ONLY,
                         "%s, beside %s, is of version 3 with records, which can be read, not written",
                         w->kdb->files[w->file].image->name, w->doc->place),
      "Copy what is in it into a PEM file and move it away, then do this again.");
  cy_err *err = cy_err_new(CY_E_STORE_READ_ONLY,
    "%s is a CMS key database of version 3 with records, which can be read, not written", w->doc->place);
  return cy_err_hint(err, "Copy what is in it into a new one: causey cp %s NEW.kdb", w->doc->place);
}

/* The entries of one file, or those that come into it. */
static bool is_touched(const writing *w, size_t index)
{
  for (size_t i = 0; i < w->doc->entry_count; i++) {
    const cy_entry *entry = w->doc->entries[i];
    if (entry->added ? index == 0 && !entry->deleted
                     : (entry->changed || entry->deleted) &&
                         (w->kdb->parts[entry->part].file == index || (index == 0 && is_moved(w, entry))))
      return true;
  }
  return false;
}

static cy_err *write_file(writing *w, size_t index, cy_buf *out)
{
  const cy_kdb_file *file = w->kdb ? &w->kdb->files[index] : NULL;
  w->file = index;
  w->out = out;
  w->kind = file ? file->kind : CY_KDB_KEYS;
  w->version = file ? file->version : 6;
  w->slot_size = file ? file->slot_size : CY_KDB_SLOT;
  w->count = 0;
  w->next_id = next_id(w);
  if (file && file->version == 3 && file->count)
    return no_version_3(w);
  if (w->version == 3 && is_touched(w, index))
    w->version = 6;
  size_t start = out->len;
  CY_TRY(put_head(w, file));
  for (size_t i = file ? file->first : 0; file && i < file->end; i++)
    CY_TRY(put_part(w, i));
  if (index == 0)
    CY_TRY(put_new(w));
  CY_TRY(cy_buf_check(out));
  return start ? cy_err_new(CY_E_BUG, "a key database is not written behind other bytes") : put_macs(w);
}

/* What is to be done. */

static cy_err *choose_password(writing *w)
{
  cy_doc *doc = w->doc;
  CY_TRY(cy_doc_write_password(doc, w->ask, &w->password));
  if (!w->password || !w->password->len)
    return cy_err_new(CY_E_STORE_PASSWORD_NEEDED, "%s is not written without a password", doc->place);
  if (!w->kdb)
    return NULL;
  if (!w->kdb->opened_with) {
    CY_TRY(cy_kdb_open(doc, w->kdb, w->password));
    doc->mac_unchecked = false;
  }
  if (!cy_secret_equal(cy_secret_get(w->password), cy_secret_get(w->kdb->opened_with)))
    w->old_password = w->kdb->opened_with;
  return NULL;
}

static cy_err *index_entries(writing *w)
{
  if (!w->kdb)
    return NULL;
  w->by_part = cy_calloc(w->kdb->count + 1, sizeof(cy_entry *));
  CY_TRY_ALLOC(w->by_part);
  for (size_t i = 0; i < w->doc->entry_count; i++) {
    cy_entry *entry = w->doc->entries[i];
    if (entry->added)
      continue;
    w->by_part[entry->part] = entry;
    w->has_default = w->has_default || (entry->is_default && !entry->deleted && !is_moved(w, entry));
  }
  return NULL;
}

static bool gives_away(const writing *w, size_t index)
{
  for (size_t i = 0; i < w->doc->entry_count; i++) {
    const cy_entry *entry = w->doc->entries[i];
    if (!entry->added && is_moved(w, entry) && w->kdb->parts[entry->part].file == index)
      return true;
  }
  return false;
}

static cy_err *sibling_stays(const writing *w, const cy_kdb_file *file)
{
  const char *why = file->other_password ? "has another password" : "is damaged";
  cy_err *err =
    cy_err_new(CY_E_STORE_DAMAGED, "%s, which stands beside %s, %s", file->image->name, w->doc->place, why);
  return cy_err_hint(err, "Nothing in it can be changed; move it away, or get it again from a backup.");
}

/* A sibling that does not belong to the database, by password or by damage, is left alone: it stays as it
 * is when the password changes. */
static cy_err *write_sibling(writing *w, size_t index)
{
  cy_kdb_file *file = &w->kdb->files[index];
  bool touched = is_touched(w, index), whole = !file->unreadable && !file->other_password && !file->damaged;
  if (!touched && (!w->old_password || !whole))
    return NULL;
  if (!whole)
    return sibling_stays(w, file);
  cy_buf out = CY_BUF_SECRET(CY_MAX_STORE_BYTES);
  cy_err *err = write_file(w, index, &out);
  w->out = NULL;
  if (err) {
    cy_buf_clear(&out);
    return err;
  }
  cy_image_set(file->image, &out, true);
  /* A request that becomes an identity is in both files rather than in none. */
  file->image->last = gives_away(w, index);
  return NULL;
}

static cy_err *write_all(writing *w, cy_buf *out)
{
  for (size_t i = 1; w->kdb && i < w->kdb->file_count; i++)
    CY_TRY(write_sibling(w, i));
  if (!w->kdb || w->old_password || is_touched(w, 0))
    return write_file(w, 0, out);
  cy_buf_span(out, w->kdb->files[0].bytes);
  return cy_buf_check(out);
}

static cy_err *no_requests(const writing *w)
{
  cy_err *err = cy_err_new(CY_E_STORE_CANNOT_HOLD,
    "%s would be a database of requests (.rdb), which Causey reads and does not make", w->doc->place);
  return cy_err_hint(err, "A key database has the suffix .kdb; a request and its key go into a PEM file.");
}

cy_err *cy_kdb_serialise(cy_doc *doc, const cy_write_how *how, cy_ask *ask, cy_buf *out)
{
  writing w = {.doc = doc, .kdb = doc->own, .how = how, .ask = ask};
  if (!w.kdb && strcmp(cy_path_suffix(doc->place), "rdb") == 0)
    return no_requests(&w);
  CY_TRY(choose_password(&w));
  cy_err *err = index_entries(&w);
  if (!err)
    err = write_all(&w, out);
  cy_free(w.by_part);
  return err;
}
