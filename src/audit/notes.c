/* Records of certificates and keys, made while their file is open. */
#include "audit/notes.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/text.h"
#include "x509/name.h"

enum { DER_MAX = 16 << 10 }; /* of one certificate whose bytes are kept */

void cy_noter_begin(cy_noter *noter, uint64_t seed)
{
  *noter = (cy_noter){.seed = seed, .name = CY_BUF_STORE, .issuer = CY_BUF_STORE};
}

void cy_noter_end(cy_noter *noter)
{
  cy_buf_clear(&noter->name);
  cy_buf_clear(&noter->issuer);
}

void cy_notes_clear(cy_notes *notes)
{
  cy_free(notes->certs);
  cy_free(notes->keys);
  cy_buf_clear(&notes->texts);
  *notes = (cy_notes){0};
}

const char *cy_note_str(const cy_notes *notes, cy_note_text text)
{
  return text ? (const char *)notes->texts.data + text : NULL;
}

/* Texts. */

static cy_note_text put_bytes(cy_notes *notes, cy_span bytes)
{
  if (!notes->texts.max)
    notes->texts = CY_BUF(UINT32_MAX);
  if (!notes->texts.len)
    cy_buf_u8(&notes->texts, 0);
  cy_note_text at = (cy_note_text)notes->texts.len;
  cy_buf_span(&notes->texts, bytes);
  cy_buf_u8(&notes->texts, 0);
  return at;
}

static cy_note_text put_text(cy_notes *notes, const char *text)
{
  return text ? put_bytes(notes, cy_span_str(text)) : 0;
}

static bool is_plain(cy_span text)
{
  for (size_t i = 0; i < text.len; i++)
    if (text.data[i] < ' ' || text.data[i] > '~')
      return false;
  return true;
}

/* The beginning of a long text, whole characters of it. */
static cy_note_text put_short(cy_notes *notes, cy_span utf8)
{
  if (utf8.len <= CY_NOTE_TEXT)
    return put_bytes(notes, utf8);
  size_t len = CY_NOTE_TEXT;
  while (len > CY_NOTE_TEXT - 4 && (utf8.data[len] & 0xc0) == 0x80)
    len--;
  cy_note_text at = put_bytes(notes, cy_span_of(utf8.data, len));
  notes->texts.len -= notes->texts.len > 0;
  cy_buf_str(&notes->texts, "...");
  cy_buf_u8(&notes->texts, 0);
  return at;
}

/* Safe to show: control and bidirectional characters are escaped. */
static cy_note_text put_title(cy_notes *notes, cy_span utf8)
{
  CY_CLEAN(cy_buf) safe = CY_BUF_TEXT;
  if (is_plain(utf8))
    return put_short(notes, utf8);
  cy_text_put_safe(&safe, utf8);
  if (safe.failed)
    cy_buf_fail(&notes->texts, CY_BUF_NO_MEMORY);
  return put_short(notes, cy_buf_get(&safe));
}

/* Hashes. 0 is left for "none". */

static uint64_t hash(uint64_t seed, cy_span bytes)
{
  uint64_t h = cy_hash(seed, bytes);
  return h ? h : 1;
}

static uint64_t key_hash(uint64_t seed, const cy_key_info *info)
{
  cy_span point = info->bit_string;
  if (info->modulus.len)
    return hash(cy_hash(seed, info->modulus), info->exponent);
  if (info->type != CY_KEY_EC || point.len < 2)
    return hash(seed + info->type, point);
  size_t half = point.data[0] == 4 ? (point.len - 1) / 2 : point.len - 1;
  return hash(cy_hash(seed, info->params), cy_span_of(point.data + 1, half));
}

static uint64_t name_hash(cy_noter *noter, cy_span name)
{
  cy_buf_reset(&noter->name);
  cy_name_canonical(&noter->name, name);
  return hash(noter->seed, cy_buf_get(&noter->name));
}

/* Most certificates of a tree have the issuer of the one before. */
static uint64_t issuer_hash(cy_noter *noter, cy_span name)
{
  if (noter->issuer_hash && cy_span_equal(name, cy_buf_get(&noter->issuer)))
    return noter->issuer_hash;
  cy_buf_reset(&noter->issuer);
  cy_buf_span(&noter->issuer, name);
  noter->issuer_hash = name_hash(noter, name);
  return noter->issuer_hash;
}

/* Certificates. */

static bool may_sign(const cy_cert_view *v)
{
  return v->is_ca || v->version < 3 || (v->has_key_usage && v->key_usage & CY_KU_CERT_SIGN);
}

/* What its children call it: what it says itself, else what most CAs would compute. */
static cy_err *note_key_id(cy_note_cert *note, const cy_noter *noter, const cy_cert_view *v)
{
  cy_digest id;
  if (v->subject_key_id.len) {
    note->key_id = hash(noter->seed, v->subject_key_id);
    return NULL;
  }
  if (!note->may_sign || v->key_error)
    return NULL;
  CY_TRY(cy_key_id(&id, &v->key));
  note->key_id = hash(noter->seed, cy_digest_get(&id));
  return NULL;
}

static cy_err *note_digests(cy_note_cert *note, const cy_noter *noter, const cy_cert_view *v)
{
  cy_digest digest;
  CY_TRY(cy_cert_fingerprint(&digest, v->der));
  memcpy(note->sha256, digest.bytes, sizeof note->sha256);
  if (!v->key_error)
    note->key = key_hash(noter->seed, &v->key);
  if (v->authority_key_id.len)
    note->authority_id = hash(noter->seed, v->authority_key_id);
  return note_key_id(note, noter, v);
}

static void note_names(cy_note_cert *note, cy_noter *noter, const cy_cert_view *v)
{
  const cy_ext *alt = cy_cert_ext(v, CY_OID_SUBJECT_ALT_NAME);
  note->subject = name_hash(noter, v->subject);
  note->issuer = v->self_issued ? note->subject : issuer_hash(noter, v->issuer);
  note->names = hash(cy_hash(noter->seed, v->subject), alt ? alt->value : CY_SPAN_NONE);
}

static void note_facts(cy_note_cert *note, const cy_cert_view *v)
{
  note->not_before = v->not_before;
  note->not_after = v->not_after;
  note->bits = v->key.bits > UINT16_MAX ? UINT16_MAX : (uint16_t)v->key.bits;
  note->key_type = (uint8_t)v->key.type;
  note->digest = cy_cert_signature_digest(v);
  note->is_ca = v->is_ca;
  note->self_issued = v->self_issued;
}

static void note_where(cy_notes *notes, cy_note_cert *note, const cy_note_where *where, cy_span title)
{
  note->title = put_title(notes, title);
  note->label = put_text(notes, where->label);
  note->address = put_text(notes, where->address);
  note->position = (uint32_t)where->position;
  note->index = (uint32_t)where->index;
  note->with_key = where->with_key;
}

/* NULL: no memory. */
static cy_note_cert *new_cert(cy_notes *notes)
{
  if (!cy_grow(&notes->certs, &notes->cert_cap, notes->cert_count + 1, sizeof *notes->certs))
    return NULL;
  cy_note_cert *note = &notes->certs[notes->cert_count++];
  *note = (cy_note_cert){.digest = CY_OID_UNKNOWN};
  return note;
}

cy_err *cy_note_cert_add(
  cy_notes *notes, cy_noter *noter, const cy_cert_view *view, const cy_note_where *where)
{
  cy_note_cert *note = new_cert(notes);
  CY_TRY_ALLOC(note);
  note->may_sign = may_sign(view);
  note_facts(note, view);
  note_names(note, noter, view);
  CY_TRY(note_digests(note, noter, view));
  cy_buf_reset(&noter->name);
  cy_name_format(&noter->name, view->subject, CY_NAMES_RFC4514);
  note_where(notes, note, where, cy_buf_get(&noter->name));
  if ((note->may_sign || !note->authority_id) && view->der.len <= DER_MAX) {
    note->der = put_bytes(notes, view->der);
    note->der_len = (uint32_t)view->der.len;
  }
  CY_TRY(cy_buf_check(&noter->name));
  return cy_buf_check(&notes->texts);
}

/* Listings say dates and names, and have no bytes. */
static cy_err *note_listed(cy_notes *notes, const cy_entry_facts *facts, const cy_note_where *where)
{
  if (facts->not_after == CY_TIME_NONE)
    return NULL;
  cy_note_cert *note = new_cert(notes);
  CY_TRY_ALLOC(note);
  note->listed = true;
  note->not_before = facts->not_before;
  note->not_after = facts->not_after;
  note->key_type = (uint8_t)facts->key_type;
  note->bits = (uint16_t)facts->key_bits;
  note_where(notes, note, where, cy_span_str(facts->subject));
  return cy_buf_check(&notes->texts);
}

static cy_err *note_certs(
  cy_notes *notes, cy_noter *noter, const cy_entry *entry, const cy_note_where *entry_where)
{
  cy_note_where where = *entry_where;
  cy_cert_view view;
  for (size_t i = 0; i < entry->cert_count; i++) {
    const cy_entry_cert_slot *slot = &entry->certs[i];
    cy_err *err = cy_cert_view_parse(&view, slot->cert ? cy_cert_der(slot->cert) : slot->der);
    where.index = i;
    where.with_key = entry->has_key;
    if (!err)
      CY_TRY(cy_note_cert_add(notes, noter, &view, &where));
    cy_err_free(err); /* that it can not be read, a finding says */
  }
  return entry->cert_count == 0 && entry->facts ? note_listed(notes, entry->facts, &where) : NULL;
}

/* Keys. */

/* The public half: the key's own, else that of the certificate that the store puts with it. Empty: not
 * known; in PEM files what stands beside a sealed key may be anybody's. */
static cy_err *public_half(const cy_place *place, const cy_entry *entry, cy_buf *spki, bool *assumed)
{
  cy_cert_view view;
  *assumed = false;
  CY_TRY(cy_keybox_public(&entry->key, spki));
  if (spki->len || !entry->cert_count ||
      (entry->pairing_assumed && strcmp(cy_place_kind(place), "pem") == 0))
    return NULL;
  const cy_entry_cert_slot *slot = &entry->certs[0];
  cy_err *err = cy_cert_view_parse(&view, slot->cert ? cy_cert_der(slot->cert) : slot->der);
  if (!err)
    cy_buf_span(spki, view.spki);
  cy_err_free(err);
  *assumed = true;
  return cy_buf_check(spki);
}

static cy_err *add_key(cy_notes *notes, const cy_noter *noter, cy_span spki, cy_note_key *key)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_key_info info;
  cy_digest digest;
  cy_err *err = cy_key_info_parse(&info, spki);
  if (err) {
    bool fatal = cy_err_is(err, CY_E_NO_MEMORY);
    if (!fatal)
      cy_err_free(err); /* nothing can be compared */
    return fatal ? err : NULL;
  }
  if (!cy_grow(&notes->keys, &notes->key_cap, notes->key_count + 1, sizeof *notes->keys))
    return cy_err_no_memory();
  CY_TRY(cy_digest_of(&digest, CY_SHA256, spki));
  memcpy(key->sha256, digest.bytes, sizeof key->sha256);
  CY_TRY(cy_key_id(&digest, &info));
  memcpy(key->key_id, digest.bytes, sizeof key->key_id);
  key->key = key_hash(noter->seed, &info);
  cy_key_info_format(&words, &info);
  key->title = put_title(notes, cy_buf_get(&words));
  notes->keys[notes->key_count++] = *key;
  return cy_buf_check(&notes->texts);
}

static cy_err *note_key(
  cy_notes *notes, const cy_noter *noter, const cy_place *place, const cy_entry *entry, const char *address)
{
  CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
  cy_note_key key = {.in_clear = cy_entry_in_clear(place, entry)};
  if (!entry->has_key)
    return NULL;
  CY_TRY(public_half(place, entry, &spki, &key.assumed));
  if (!spki.len)
    return NULL;
  key.address = put_text(notes, address);
  return add_key(notes, noter, cy_buf_get(&spki), &key);
}

cy_err *cy_notes_place(cy_notes *notes, cy_noter *noter, cy_place *place)
{
  CY_CLEAN(cy_buf) address = CY_BUF_TEXT;
  size_t iter = 0;
  for (cy_entry *e; (e = cy_place_next(place, &iter));) {
    cy_buf_reset(&address);
    CY_TRY(cy_place_entry_address(place, e, &address));
    cy_note_where where = {.address = cy_buf_cstr(&address), .label = e->label, .position = e->position};
    CY_TRY(note_certs(notes, noter, e, &where));
    CY_TRY(note_key(notes, noter, place, e, where.address));
  }
  return NULL;
}
