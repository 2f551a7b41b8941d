/* PKCS#12: secret keys as Java has them: an EncryptedPrivateKeyInfo in an OCTET STRING in a SecretBag. */
#include "crypto/secret_key.h"
#include "store/codes.h"
#include "store/fmt_pkcs12_write.h"

bool cy_p12_is_secret_bag(cy_span der)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, der);
  cy_cur bag = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_der_take(&bag, CY_DER_OID);
  cy_der_take(&bag, CY_DER_CONTEXT_CONSTRUCTED(0));
  cy_der_leave(&bag);
  cy_cur_end(&cur);
  return cy_cur_ok(&cur);
}

/* PKCS#12 says what a secret key is for by an OID only. */
static const char *unfit_key(const cy_secret *pkcs8)
{
  cy_secret_key key;
  cy_err *err = cy_secret_key_parse(&key, cy_secret_get(pkcs8));
  bool named = !err && key.oid.len;
  cy_err_free(err);
  return named ? NULL
               : "PKCS#12 names algorithms by object identifiers, and there is none for that of this key";
}

const char *cy_p12_unfit(const cy_entry *entry)
{
  if (entry->kind != CY_ENTRY_SECRET)
    return NULL;
  if (entry->key.plain)
    return unfit_key(entry->key.plain);
  return entry->key.ops || entry->key.reference || cy_p12_is_secret_bag(entry->der)
           ? NULL
           : "a secret in a form that only its own store knows";
}

static cy_err *put_sealed(cy_buf *value, const cy_buf *sealed)
{
  CY_TRY(cy_buf_check(sealed));
  cy_p12_put_typed(value, CY_OID_SHROUDED_KEY_BAG, cy_buf_get(sealed));
  return cy_buf_check(value);
}

cy_err *cy_p12_old_secret(cy_p12_writer *w, cy_span old, cy_buf *value)
{
  CY_CLEAN(cy_buf) sealed = CY_BUF_STORE;
  cy_span box;
  if (!w->reseal || !cy_p12_secret_box(old, &box)) {
    cy_buf_span(value, old);
    return cy_buf_check(value);
  }
  CY_TRY(cy_p12_reseal(w, box, &sealed));
  return put_sealed(value, &sealed);
}

static cy_err *cannot_hold(const cy_entry *entry, const char *why)
{
  return cy_err_new(
    CY_E_STORE_CANNOT_HOLD, "the secret %s: %s", entry->label ? entry->label : "without a label", why);
}

cy_err *cy_p12_put_secret(cy_p12_writer *w, const cy_p12_bag *bag, cy_entry *entry, cy_buf *value)
{
  CY_CLEAN(cy_buf) sealed = CY_BUF_STORE;
  const cy_secret *pkcs8;
  cy_span box;
  bool same = bag && bag->kind == CY_P12_SECRET && cy_p12_secret_box(bag->value, &box) &&
              !entry->key.reference && cy_span_equal(box, entry->key.sealed);
  const char *why = cy_p12_unfit(entry);
  if (same)
    return cy_p12_old_secret(w, bag->value, value);
  if (why)
    return cannot_hold(entry, why);
  if (!entry->key.ops && !entry->key.plain && !entry->key.reference)
    return cy_p12_old_secret(w, entry->der, value);
  CY_TRY(cy_doc_key(w->doc, entry, w->ask, &pkcs8));
  why = unfit_key(pkcs8);
  if (why)
    return cannot_hold(entry, why);
  CY_TRY(cy_pkcs8_seal(&sealed, &w->choice, w->password, cy_secret_get(pkcs8)));
  return put_sealed(value, &sealed);
}
