/* Java keystores (JKS, JCEKS): writing. Entries that nobody touched are copied as they were. */
#include "base/mem.h"
#include "base/text.h"
#include "store/codes.h"
#include "store/fmt_jks.h"

/* What one writing needs all the way down. */
typedef struct {
  cy_doc *doc;
  cy_jks_own *own; /* NULL for a new store */
  const cy_jks_flavour *flavour;
  const cy_write_how *how;
  cy_ask *ask;
  const cy_secret *password;
  const cy_secret *old_password; /* set when the store's password is being changed */
  uint32_t version;
  uint32_t count;
  cy_buf *out;
} writing;

static bool from_file(const writing *w, cy_span span)
{
  return w->own && span.data >= w->own->content.data &&
         span.data < w->own->content.data + w->own->content.len;
}

static const cy_jks_part *part_of(const writing *w, const cy_entry *entry)
{
  return w->own && !entry->added ? &w->own->parts[entry->part] : NULL;
}

static cy_err *cannot_hold(const writing *w, const char *label, const char *what, const char *hint)
{
  cy_err *err = cy_err_new(CY_E_STORE_CANNOT_HOLD, "%s: the entry %s %s", w->doc->place,
    label && *label ? label : "without a label", what);
  return cy_err_hint(err, "%s", hint);
}

/* Java looks aliases up in lower case, so in any other case they would not be found. */
static cy_err *put_alias(writing *w, const char *label)
{
  CY_CLEAN(cy_buf) folded = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) alias = CY_BUF_TEXT;
  if (!label || !*label)
    return cannot_hold(w, label, "needs one here", "Name it at the target: STORE#label.");
  if (!cy_text_fold(&folded, cy_span_str(label)) || !cy_text_to_modified_utf8(&alias, cy_buf_get(&folded)))
    return cannot_hold(w, label, "has a label that is not UTF-8", "Name it anew: STORE#label.");
  CY_TRY(cy_buf_check(&folded));
  CY_TRY(cy_buf_check(&alias));
  if (alias.len > UINT16_MAX)
    return cannot_hold(w, "of the very long label", "does not fit: an alias has at most 65535 octets",
      "Give it a shorter label: STORE#label.");
  cy_buf_u16(w->out, (uint16_t)alias.len);
  cy_buf_span(w->out, cy_buf_get(&alias));
  return NULL;
}

static void put_block(writing *w, cy_span bytes)
{
  cy_buf_u32(w->out, (uint32_t)bytes.len);
  cy_buf_span(w->out, bytes);
}

static void put_cert(writing *w, cy_span type, cy_span der)
{
  if (w->version > 1) {
    cy_buf_u16(w->out, (uint16_t)type.len);
    cy_buf_span(w->out, type);
  }
  put_block(w, der);
}

static void put_certs(writing *w, const cy_entry *entry)
{
  const cy_jks_part *part = part_of(w, entry);
  for (size_t i = 0; i < entry->cert_count; i++) {
    cy_span der = entry->certs[i].der;
    put_cert(w, part && part->types && from_file(w, der) ? part->types[i] : CY_SPAN("X.509"), der);
  }
}

/* Private keys have a length in front; secret keys are streams that end by themselves. */
static void put_box(writing *w, const cy_entry *entry, cy_span bytes)
{
  if (entry->has_key)
    put_block(w, bytes);
  else
    cy_buf_span(w->out, bytes);
}

static cy_err *seal(writing *w, const cy_entry *entry, cy_span pkcs8, const cy_secret *password)
{
  CY_CLEAN(cy_buf) sealed = CY_BUF_STORE;
  cy_err *err = entry->has_key ? w->flavour->seal_key(&sealed, pkcs8, password, w->how)
                               : w->flavour->seal_secret(&sealed, pkcs8, password, w->how);
  CY_TRY_AS(
    err, CY_E_STORE_STEP, "cannot seal the %s key %s", entry->has_key ? "private" : "secret", entry->label);
  put_box(w, entry, cy_buf_get(&sealed));
  return cy_buf_check(&sealed);
}

/* A key that stays sealed. When the store's password changes, keys that had the old one go with it;
 * those with one of their own keep that. */
static cy_err *put_sealed(writing *w, const cy_entry *entry)
{
  CY_AUTO(cy_secret) *pkcs8 = NULL;
  cy_err *err = w->old_password ? entry->key.ops->open(&entry->key, w->old_password, &pkcs8) : NULL;
  if (cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  cy_err_free(err);
  if (pkcs8)
    return seal(w, entry, cy_secret_get(pkcs8), w->password);
  put_box(w, entry, entry->key.sealed);
  return NULL;
}

/* Under its own password when it has one, else the store's. */
static cy_err *put_key(writing *w, cy_entry *entry)
{
  const cy_secret *pkcs8;
  if (!entry->key.plain && entry->key.sealed.len && from_file(w, entry->key.sealed))
    return put_sealed(w, entry);
  CY_TRY(cy_doc_key(w->doc, entry, w->ask, &pkcs8));
  return seal(w, entry, cy_secret_get(pkcs8), entry->key.password ? entry->key.password : w->password);
}

/* An object that is no key stays what it is, where it is. */
static cy_err *put_secret(writing *w, cy_entry *entry)
{
  if (entry->key.ops || entry->key.plain)
    return put_key(w, entry);
  if (!from_file(w, entry->der))
    return cannot_hold(w, entry->label, "is a secret in a form that only its own store knows",
      "Leave it out: name the entries that are to be copied.");
  cy_buf_span(w->out, entry->der);
  return NULL;
}

/* The date of an entry that only was renamed or sealed anew stays, to the millisecond. */
static uint64_t date_of(const writing *w, const cy_entry *entry)
{
  const cy_jks_part *part = part_of(w, entry);
  bool kept = entry->cert_count ? from_file(w, entry->certs[0].der)
                                : from_file(w, entry->key.sealed) || from_file(w, entry->der);
  if (part && kept)
    return part->ms;
  if (entry->added && entry->date != CY_TIME_NONE) /* copied from a store that knew it */
    return (uint64_t)entry->date * 1000;
  cy_time now = w->how->now == CY_TIME_NONE ? cy_time_now() : w->how->now;
  return (uint64_t)now * 1000;
}

static cy_err *check_entry(writing *w, const cy_entry *entry)
{
  bool is_cert = entry->kind == CY_ENTRY_CERTIFICATE || entry->kind == CY_ENTRY_TRUSTED;
  bool is_secret = entry->kind == CY_ENTRY_SECRET && w->flavour->seal_secret;
  if (!entry->has_key && !is_secret && (!is_cert || entry->cert_count != 1))
    return cannot_hold(w, entry->label, "is neither a key with its certificates nor one certificate",
      "Java keystores hold nothing else; put it into a PEM file.");
  if (entry->has_key && entry->cert_count == 0 && entry->added)
    return cannot_hold(w, entry->label, "is a private key without a certificate, which Java does not take",
      "Bring the certificate with it: causey cp KEY CERTIFICATE STORE.");
  return NULL;
}

static uint32_t tag_of(const cy_entry *entry)
{
  if (entry->has_key)
    return CY_JKS_KEY;
  return entry->kind == CY_ENTRY_SECRET ? CY_JKS_SECRET : CY_JKS_CERT;
}

static cy_err *put_entry(writing *w, cy_entry *entry)
{
  CY_TRY(check_entry(w, entry));
  cy_buf_u32(w->out, tag_of(entry));
  CY_TRY(put_alias(w, entry->label));
  cy_buf_u64(w->out, date_of(w, entry));
  if (entry->kind == CY_ENTRY_SECRET)
    return put_secret(w, entry);
  if (entry->has_key) {
    CY_TRY(put_key(w, entry));
    cy_buf_u32(w->out, (uint32_t)entry->cert_count);
  }
  put_certs(w, entry);
  return NULL;
}

/* An entry as it was, but for the key's seal. */
static cy_err *put_moved_key(writing *w, const cy_entry *entry, const cy_jks_part *part)
{
  const uint8_t *box = entry->key.sealed.data - (entry->has_key ? 4 : 0),
                *rest = entry->key.sealed.data + entry->key.sealed.len;
  cy_buf_put(w->out, part->whole.data, (size_t)(box - part->whole.data));
  CY_TRY(put_sealed(w, entry));
  cy_buf_put(w->out, rest, (size_t)(part->whole.data + part->whole.len - rest));
  return NULL;
}

static cy_err *put_one(writing *w, cy_entry *entry)
{
  const cy_jks_part *part = part_of(w, entry);
  if (entry->deleted)
    return NULL;
  w->count++;
  if (!part || entry->changed)
    return put_entry(w, entry);
  if (entry->key.ops && w->old_password)
    return put_moved_key(w, entry, part);
  cy_buf_span(w->out, part->whole);
  return NULL;
}

/* The store's password, and whether it is a new one. A file that was listed unchecked is checked now:
 * what is written gets a good digest, which must not make good what was damaged. */
static cy_err *choose_password(writing *w)
{
  cy_doc *doc = w->doc;
  CY_TRY(cy_doc_write_password(doc, w->ask, &w->password));
  if (!w->password)
    return cy_err_new(CY_E_STORE_PASSWORD_NEEDED, "%s is not written without a password", doc->place);
  if (!w->own)
    return NULL;
  if (!w->own->opened_with) {
    CY_TRY(cy_jks_check_password(doc, w->password));
    doc->mac_unchecked = false;
  }
  if (!cy_secret_equal(cy_secret_get(w->password), cy_secret_get(w->own->opened_with)))
    w->old_password = w->own->opened_with;
  return NULL;
}

static void set_count(cy_buf *out, size_t at, uint32_t count)
{
  for (size_t i = 0; !out->failed && i < 4; i++)
    out->data[at + i] = (uint8_t)(count >> (24 - 8 * i));
}

cy_err *cy_jks_serialise(
  cy_doc *doc, const cy_jks_flavour *flavour, const cy_write_how *how, cy_ask *ask, cy_buf *out)
{
  writing w = {.doc = doc, .own = doc->own, .flavour = flavour, .how = how, .ask = ask, .out = out};
  cy_digest digest;
  size_t start = out->len;
  CY_TRY(choose_password(&w));
  w.version = w.own ? w.own->version : 2;
  cy_buf_u32(out, flavour->magic);
  cy_buf_u32(out, w.version);
  cy_buf_u32(out, 0);
  for (size_t i = 0; i < doc->entry_count; i++)
    CY_TRY(put_one(&w, doc->entries[i]));
  set_count(out, start + 8, w.count);
  CY_TRY(cy_buf_check(out));
  CY_TRY(cy_jks_digest(&digest, w.password, cy_span_of(out->data + start, out->len - start)));
  cy_buf_span(out, cy_digest_get(&digest));
  return cy_buf_check(out);
}
