/* Writing PKCS#12: safes that nothing happened to are copied, the others sealed anew. */
#include "base/mem.h"
#include "crypto/codes.h"
#include "crypto/lib.h"
#include "store/codes.h"
#include "store/fmt_pkcs12_write.h"

enum { MAC_SALT_LEN = 20, MAC_ITERATIONS = 10000 };

static void put_oid(cy_buf *out, cy_oid oid)
{
  cy_der_put(out, CY_DER_OID, cy_oid_content(oid));
}

/* Keys. */

static cy_err *seal(cy_p12_writer *w, cy_span pkcs8, cy_buf *sealed)
{
  return cy_pkcs8_seal(sealed, &w->choice, w->password, pkcs8);
}

/* The same key under the new password. One that the old password does not open has its own, and keeps it.
 */
cy_err *cy_p12_reseal(cy_p12_writer *w, cy_span old, cy_buf *sealed)
{
  CY_AUTO(cy_secret) *plain = NULL;
  cy_err *err = cy_p12_unseal_key(&plain, old, w->p12->password);
  if (!err)
    return seal(w, cy_secret_get(plain), sealed);
  if (!cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD))
    return err;
  cy_err_free(err);
  cy_buf_span(sealed, old);
  return cy_buf_check(sealed);
}

/* The value of a key's bag as it is to be, and whether it is sealed. */
static cy_err *key_value(
  cy_p12_writer *w, const cy_p12_bag *bag, cy_entry *entry, cy_buf *value, cy_oid *kind)
{
  const cy_secret *pkcs8;
  bool same = bag && (!entry || (!entry->key.reference && cy_span_equal(entry->key.sealed, bag->value)));
  *kind = CY_OID_SHROUDED_KEY_BAG;
  if (!same) {
    CY_TRY(cy_doc_key(w->doc, entry, w->ask, &pkcs8));
    return seal(w, cy_secret_get(pkcs8), value);
  }
  if (w->reseal)
    return bag->kind == CY_P12_KEY ? seal(w, bag->value, value) : cy_p12_reseal(w, bag->value, value);
  if (bag->kind == CY_P12_KEY)
    *kind = CY_OID_KEY_BAG;
  cy_buf_span(value, bag->value);
  return cy_buf_check(value);
}

/* Bags. */

static cy_p12_attrs attrs_of(const cy_p12_writer *w, const cy_entry *entry)
{
  return (cy_p12_attrs){.label = entry->label, .id = w->ids[entry->position - 1]};
}

static cy_err *put_key(cy_p12_writer *w, cy_buf *out, const cy_p12_bag *bag, cy_entry *entry)
{
  CY_CLEAN(cy_buf) value = CY_BUF_SECRET(CY_MAX_STORE_BYTES);
  cy_p12_attrs attrs = attrs_of(w, entry);
  cy_oid kind;
  attrs.more = entry;
  CY_TRY(key_value(w, bag, entry, &value, &kind));
  cy_p12_put_bag(out, kind, cy_buf_get(&value), &attrs);
  return NULL;
}

static cy_err *put_cert(cy_p12_writer *w, cy_buf *out, const cy_p12_bag *bag, cy_entry *entry, size_t index)
{
  CY_CLEAN(cy_buf) value = CY_BUF_STORE;
  cy_p12_attrs attrs = {0};
  if (index == 0) {
    attrs = attrs_of(w, entry);
    attrs.trusted = entry->kind == CY_ENTRY_TRUSTED;
    attrs.trusted |= w->how->for_java && entry->kind == CY_ENTRY_CERTIFICATE;
    attrs.more = entry->has_key ? NULL : entry;
    if (entry->has_key && bag && cy_span_equal(bag->value, entry->certs[0].der))
      attrs.keep = bag->attrs;
  }
  cy_p12_put_typed(&value, CY_OID_X509_CERT_BAG, entry->certs[index].der);
  CY_TRY(cy_buf_check(&value));
  cy_p12_put_bag(out, CY_OID_CERT_BAG, cy_buf_get(&value), &attrs);
  return NULL;
}

static cy_err *put_other(cy_p12_writer *w, cy_buf *out, const cy_p12_bag *bag, cy_entry *entry)
{
  CY_CLEAN(cy_buf) value = CY_BUF_SECRET(CY_MAX_STORE_BYTES);
  cy_p12_attrs attrs = attrs_of(w, entry);
  bool crl = entry->kind == CY_ENTRY_CRL;
  attrs.more = entry;
  if (crl)
    cy_p12_put_typed(&value, CY_OID_X509_CRL_BAG, entry->der);
  else
    CY_TRY(cy_p12_put_secret(w, bag, entry, &value));
  CY_TRY(cy_buf_check(&value));
  cy_p12_put_bag(out, crl ? CY_OID_CRL_BAG : CY_OID_SECRET_BAG, cy_buf_get(&value), &attrs);
  return NULL;
}

static cy_err *put_anew(cy_p12_writer *w, cy_buf *out, const cy_p12_bag *bag)
{
  if (bag->kind == CY_P12_KEY || bag->kind == CY_P12_SHROUDED)
    return put_key(w, out, bag, bag->entry);
  if (bag->kind == CY_P12_CERT)
    return put_cert(w, out, bag, bag->entry, 0);
  return put_other(w, out, bag, bag->entry);
}

/* The same bag around another value. */
static void put_again(cy_buf *out, cy_oid kind, cy_span value, cy_span attrs)
{
  size_t at = cy_der_begin(out);
  put_oid(out, kind);
  cy_der_put(out, CY_DER_CONTEXT_CONSTRUCTED(0), value);
  if (attrs.data)
    cy_der_put(out, CY_DER_SET, attrs);
  cy_der_end(out, at, CY_DER_SEQUENCE);
}

static cy_err *put_resealed(cy_p12_writer *w, cy_buf *out, const cy_p12_bag *bag)
{
  CY_CLEAN(cy_buf) value = CY_BUF_SECRET(CY_MAX_STORE_BYTES);
  cy_oid kind = CY_OID_SECRET_BAG;
  if (bag->kind == CY_P12_SECRET)
    CY_TRY(cy_p12_old_secret(w, bag->value, &value));
  else
    CY_TRY(key_value(w, bag, NULL, &value, &kind));
  put_again(out, kind, cy_buf_get(&value), bag->attrs);
  return NULL;
}

static cy_err *put_stripped(cy_buf *out, const cy_p12_bag *bag)
{
  CY_CLEAN(cy_buf) value = CY_BUF_STORE;
  cy_p12_put_typed(&value, CY_OID_X509_CERT_BAG, bag->value);
  CY_TRY(cy_buf_check(&value));
  put_again(out, CY_OID_CERT_BAG, cy_buf_get(&value), CY_SPAN_NONE);
  return NULL;
}

static cy_err *put_bags(cy_p12_writer *w, cy_buf *out, size_t first, size_t end);

static cy_err *put_nested(cy_p12_writer *w, cy_buf *out, size_t index)
{
  const cy_p12_bag *bag = &w->p12->bags[index];
  CY_CLEAN(cy_buf) list = CY_BUF_SECRET(CY_MAX_STORE_BYTES);
  CY_TRY(put_bags(w, &list, index + 1, bag->end));
  cy_der_end(&list, 0, CY_DER_SEQUENCE);
  CY_TRY(cy_buf_check(&list));
  put_again(out, CY_OID_SAFE_CONTENTS_BAG, cy_buf_get(&list), bag->attrs);
  return NULL;
}

static cy_err *put_bag(cy_p12_writer *w, cy_buf *out, size_t index)
{
  const cy_p12_bag *bag = &w->p12->bags[index];
  bool sealed = bag->kind == CY_P12_KEY || bag->kind == CY_P12_SHROUDED || bag->kind == CY_P12_SECRET;
  if (bag->kind == CY_P12_NESTED)
    return put_nested(w, out, index);
  if (bag->action == CY_P12_ANEW)
    return put_anew(w, out, bag);
  if (bag->action == CY_P12_STRIP)
    return put_stripped(out, bag);
  if (bag->action == CY_P12_KEEP && w->reseal && sealed)
    return put_resealed(w, out, bag);
  if (bag->action == CY_P12_KEEP)
    cy_buf_span(out, bag->whole);
  return NULL;
}

static cy_err *put_bags(cy_p12_writer *w, cy_buf *out, size_t first, size_t end)
{
  for (size_t i = first; i < end; i = w->p12->bags[i].end)
    CY_TRY(put_bag(w, out, i));
  return cy_buf_check(out);
}

static cy_err *put_additions(cy_p12_writer *w, cy_buf *out, bool keys)
{
  for (size_t i = 0; i < w->add_count; i++) {
    const cy_p12_addition *a = &w->adds[i];
    if ((a->kind == CY_P12_SHROUDED) != keys)
      continue;
    if (keys)
      CY_TRY(put_key(w, out, NULL, a->entry));
    else if (a->kind == CY_P12_CERT)
      CY_TRY(put_cert(w, out, NULL, a->entry, a->cert));
    else
      CY_TRY(put_other(w, out, NULL, a->entry));
  }
  return cy_buf_check(out);
}

/* Safes. */

static void put_data(cy_buf *out, cy_span content)
{
  size_t at = cy_der_begin(out);
  put_oid(out, CY_OID_P7_DATA);
  size_t wrap = cy_der_begin(out);
  cy_der_put(out, CY_DER_OCTET_STRING, content);
  cy_der_end(out, wrap, CY_DER_CONTEXT_CONSTRUCTED(0));
  cy_der_end(out, at, CY_DER_SEQUENCE);
}

static cy_err *put_encrypted(cy_p12_writer *w, cy_buf *out, const cy_pbe_choice *choice, cy_span content)
{
  CY_CLEAN(cy_buf) algid = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) sealed = CY_BUF_STORE;
  CY_TRY(cy_pbe_encrypt(&algid, &sealed, choice, w->password, content));
  size_t at = cy_der_begin(out);
  put_oid(out, CY_OID_P7_ENCRYPTED);
  size_t wrap = cy_der_begin(out);
  size_t data = cy_der_begin(out);
  cy_der_put_uint(out, 0);
  size_t info = cy_der_begin(out);
  put_oid(out, CY_OID_P7_DATA);
  cy_buf_span(out, cy_buf_get(&algid));
  cy_der_put(out, CY_DER_CONTEXT(0), cy_buf_get(&sealed));
  cy_der_end(out, info, CY_DER_SEQUENCE);
  cy_der_end(out, data, CY_DER_SEQUENCE);
  cy_der_end(out, wrap, CY_DER_CONTEXT_CONSTRUCTED(0));
  cy_der_end(out, at, CY_DER_SEQUENCE);
  return cy_buf_check(out);
}

/* As it was sealed, when that is still good enough. */
static cy_pbe_choice choice_for(const cy_p12_writer *w, const cy_p12_safe *safe)
{
  cy_pbe_info info;
  cy_err *err = w->reseal ? NULL : cy_pbe_describe(&info, safe->algid);
  bool aes = !w->reseal && !err && info.scheme == CY_OID_PBES2 && info.kdf == CY_OID_PBKDF2 &&
             (info.cipher == CY_OID_AES128_CBC || info.cipher == CY_OID_AES192_CBC ||
               info.cipher == CY_OID_AES256_CBC);
  cy_err_free(err);
  if (!aes || cy_p12_digest(info.prf) == CY_DIGESTS)
    return w->choice;
  return (cy_pbe_choice){CY_OID_PBES2, info.cipher, info.prf, (uint32_t)info.iterations};
}

static bool is_touched(const cy_p12_writer *w, size_t index)
{
  const cy_p12_safe *safe = &w->p12->safes[index];
  if (w->reseal || (index == w->certs_safe && cy_p12_adds(w, false)) ||
      (index == w->keys_safe && cy_p12_adds(w, true)))
    return true;
  for (size_t i = safe->first; i < safe->end; i++)
    if (w->p12->bags[i].action != CY_P12_KEEP)
      return true;
  return false;
}

static cy_err *put_content(
  cy_p12_writer *w, cy_buf *out, bool encrypted, const cy_pbe_choice *choice, cy_buf *content)
{
  if (content->len == 0)
    return NULL;
  cy_der_end(content, 0, CY_DER_SEQUENCE);
  CY_TRY(cy_buf_check(content));
  if (encrypted)
    return put_encrypted(w, out, choice, cy_buf_get(content));
  put_data(out, cy_buf_get(content));
  return NULL;
}

static cy_err *put_safe(cy_p12_writer *w, cy_buf *out, size_t index)
{
  const cy_p12_safe *safe = &w->p12->safes[index];
  CY_CLEAN(cy_buf) content = CY_BUF_SECRET(CY_MAX_STORE_BYTES);
  if (!is_touched(w, index)) {
    cy_buf_span(out, safe->whole);
    return NULL;
  }
  CY_TRY(put_bags(w, &content, safe->first, safe->end));
  if (index == w->certs_safe)
    CY_TRY(put_additions(w, &content, false));
  if (index == w->keys_safe)
    CY_TRY(put_additions(w, &content, true));
  cy_pbe_choice choice = choice_for(w, safe);
  return put_content(w, out, safe->encrypted, &choice, &content);
}

static cy_err *put_new_safe(cy_p12_writer *w, cy_buf *out, bool keys)
{
  CY_CLEAN(cy_buf) content = CY_BUF_SECRET(CY_MAX_STORE_BYTES);
  CY_TRY(put_additions(w, &content, keys));
  return put_content(w, out, !keys && w->has_password, &w->choice, &content);
}

static cy_err *put_safes(cy_p12_writer *w, cy_buf *out)
{
  for (size_t i = 0; i < w->p12->safe_count; i++)
    CY_TRY(put_safe(w, out, i));
  if (w->certs_safe == CY_P12_NONE)
    CY_TRY(put_new_safe(w, out, false));
  if (w->keys_safe == CY_P12_NONE)
    CY_TRY(put_new_safe(w, out, true));
  cy_der_end(out, 0, CY_DER_SEQUENCE);
  return cy_buf_check(out);
}

/* The MAC. */

static uint32_t mac_iterations(const cy_p12_writer *w)
{
  uint32_t wanted = w->how->pbe.iterations ? w->how->pbe.iterations : MAC_ITERATIONS;
  uint64_t had = w->p12->mac.iterations;
  return !w->reseal && had > wanted && had <= CY_MAX_KDF_ITERATIONS ? (uint32_t)had : wanted;
}

/* The digest that the file had, unless it is an old one. */
static cy_digest_alg mac_digest(const cy_p12_writer *w)
{
  cy_digest_alg had = w->p12->mac.digest;
  if (w->how->legacy)
    return CY_SHA1;
  return w->p12->mac.present && (had == CY_SHA384 || had == CY_SHA512) ? had : CY_SHA256;
}

static void put_mac_data(
  cy_buf *out, cy_span algid, const cy_digest *value, cy_span salt, uint32_t iterations)
{
  size_t data = cy_der_begin(out);
  size_t info = cy_der_begin(out);
  cy_buf_span(out, algid);
  cy_der_put(out, CY_DER_OCTET_STRING, cy_digest_get(value));
  cy_der_end(out, info, CY_DER_SEQUENCE);
  cy_der_put(out, CY_DER_OCTET_STRING, salt);
  cy_der_put_uint(out, iterations);
  cy_der_end(out, data, CY_DER_SEQUENCE);
}

static cy_err *put_mac(cy_p12_writer *w, cy_buf *out, cy_span content)
{
  static const cy_oid oids[CY_DIGESTS] = {[CY_SHA1] = CY_OID_SHA1,
    [CY_SHA256] = CY_OID_SHA256,
    [CY_SHA384] = CY_OID_SHA384,
    [CY_SHA512] = CY_OID_SHA512};
  CY_CLEAN(cy_buf) algid = CY_BUF_TEXT;
  uint8_t bytes[MAC_SALT_LEN];
  cy_span salt = cy_span_of(bytes, sizeof bytes);
  cy_digest value;
  uint32_t iterations = mac_iterations(w);
  cy_digest_alg alg = mac_digest(w);
  CY_TRY(cy_random(bytes, sizeof bytes));
  if (!w->how->legacy && (w->how->pbmac1 || w->p12->mac.pbmac1)) {
    CY_TRY(cy_pbmac1_algid(&algid, alg, iterations));
    CY_TRY(cy_pbmac1_compute(&value, cy_buf_get(&algid), w->password, content));
  } else {
    put_oid(&algid, oids[alg]);
    cy_der_put_null(&algid);
    cy_der_end(&algid, 0, CY_DER_SEQUENCE);
    CY_TRY(cy_pkcs12_mac(&value, alg, w->password, salt, iterations, content));
  }
  put_mac_data(out, cy_buf_get(&algid), &value, salt, iterations);
  return cy_buf_check(out);
}

static cy_err *put_file(cy_p12_writer *w, cy_buf *out)
{
  CY_CLEAN(cy_buf) safes = CY_BUF_SECRET(CY_MAX_STORE_BYTES);
  bool mac = w->has_password && !w->how->no_mac && (w->is_new || w->reseal || w->p12->mac.present);
  CY_TRY(put_safes(w, &safes));
  size_t at = cy_der_begin(out);
  cy_der_put_uint(out, 3);
  put_data(out, cy_buf_get(&safes));
  if (mac)
    CY_TRY(put_mac(w, out, cy_buf_get(&safes)));
  cy_der_end(out, at, CY_DER_SEQUENCE);
  return cy_buf_check(out);
}

/* Passwords. */

static bool same_password(const cy_doc *doc, const cy_p12 *p12)
{
  return !doc->password_known ||
         cy_secret_equal(cy_secret_get(doc->password), cy_secret_get(p12->password));
}

static bool entries_changed(const cy_doc *doc)
{
  for (size_t i = 0; i < doc->entry_count; i++)
    if (doc->entries[i]->added || doc->entries[i]->changed || doc->entries[i]->deleted)
      return true;
  return false;
}

/* Has anything to be sealed? A file without any protection stays like that. */
static bool wants_password(const cy_p12_writer *w)
{
  const cy_p12 *p12 = w->p12;
  bool wants =
    w->is_new || w->reseal || p12->mac.present || cy_p12_has_encrypted(p12) || cy_p12_adds(w, true);
  for (size_t i = 0; i < w->add_count && !wants; i++)
    wants = w->adds[i].kind == CY_P12_SECRET;
  for (size_t i = 0; i < p12->bag_count && !wants; i++) {
    const cy_p12_bag *bag = &p12->bags[i];
    bool is_key = bag->kind == CY_P12_KEY || bag->kind == CY_P12_SHROUDED;
    if (bag->action != CY_P12_ANEW)
      continue;
    bool changed = is_key ? !cy_span_equal(bag->entry->key.sealed, bag->value)
                          : bag->kind == CY_P12_SECRET && !bag->entry->key.sealed.len;
    wants = changed;
  }
  return wants;
}

static cy_err *get_password(cy_p12_writer *w)
{
  const cy_secret *password = NULL;
  cy_p12 *p12 = w->p12;
  if (!wants_password(w))
    return NULL;
  CY_TRY(cy_doc_write_password(w->doc, w->ask, &password));
  if (!password && w->is_new && w->how->no_mac && !cy_p12_adds(w, true))
    return NULL; /* certificates in clear were asked for */
  if (!password)
    return cy_err_new(CY_E_STORE_PASSWORD_NEEDED, "PKCS#12 is sealed with a password, and none was given");
  if (p12->mac.present && !p12->opened) /* it was listed without one */
    CY_TRY(cy_p12_open(p12, password));
  w->has_password = true;
  w->password = password->len == 0 && p12->absent ? NULL : password;
  return NULL;
}

static cy_pbe_choice choice_of(const cy_write_how *how)
{
  cy_pbe_choice choice = how->pbe.iterations ? how->pbe : cy_pbe_default;
  if (how->legacy)
    choice.scheme = CY_OID_PBE12_3DES;
  return choice;
}

static cy_err *own_of(cy_doc *doc)
{
  if (doc->own)
    return NULL;
  doc->own = cy_malloc(sizeof(cy_p12));
  CY_TRY_ALLOC(doc->own);
  doc->own_free = cy_p12_free;
  return NULL;
}

cy_err *cy_p12_serialise(cy_doc *doc, const cy_write_how *how, cy_ask *ask, cy_buf *out)
{
  CY_TRY(own_of(doc));
  cy_p12 *p12 = doc->own;
  bool is_new = !p12->auth_safe.data, entries = entries_changed(doc);
  bool same = same_password(doc, p12);
  if (!is_new && !entries && !doc->dirty && same) {
    cy_buf_span(out, cy_image_bytes(doc->image));
    return cy_buf_check(out);
  }
  CY_CLEAN(cy_p12_writer)
  w = {.doc = doc,
    .p12 = p12,
    .how = how,
    .ask = ask,
    .is_new = is_new,
    .reseal = !is_new && (!same || !entries),
    .choice = choice_of(how)};
  CY_TRY(cy_p12_plan(&w));
  CY_TRY(get_password(&w));
  return put_file(&w, out);
}
