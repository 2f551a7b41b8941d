/* Documents: what passwords do to them, where several formats say the same. */
#include "crypto/codes.h"
#include "store/address.h"
#include "store/codes.h"
#include "store/format.h"

cy_err *cy_doc_unlock_or_list(
  cy_doc *doc, cy_ask *ask, cy_err *(*open)(cy_doc *doc, const cy_secret *password, void *arg), void *arg)
{
  cy_err *err = cy_doc_unlock(doc, ask, open, arg);
  doc->mac_unchecked = cy_err_code_get(err) == CY_E_STORE_PASSWORD_NEEDED;
  if (!doc->mac_unchecked)
    return err;
  cy_err_free(err);
  return NULL;
}

static cy_err *damaged(const cy_doc *doc)
{
  cy_err *err = cy_err_new(CY_E_STORE_DAMAGED,
    "the password opens the keys in %s, but the integrity value does not fit: the file was damaged or "
    "changed after it was written",
    doc->place);
  return cy_err_hint(err,
    "Get the file again from a backup. If the store's password is another one than its keys', give that "
    "one. Without a password it can be listed unchecked.");
}

static cy_err *password_of_a_key(const cy_doc *doc)
{
  cy_err *err = cy_err_new(
    CY_E_CRYPTO_WRONG_PASSWORD, "this is the password of a key in %s, not the store's", doc->place);
  return cy_err_hint(err, "Give the store's own password; the key's is asked for when it is needed.");
}

static cy_err *wrong_or_damaged(const cy_doc *doc)
{
  cy_err *err = cy_err_new(CY_E_CRYPTO_WRONG_PASSWORD,
    "the integrity value of %s does not fit this password: the password is wrong, or the file is damaged "
    "(the format can not tell which)",
    doc->place);
  return cy_err_hint(err, "Try the password again. If it is certainly right, get the file again from a "
                          "backup; without a password it can be listed unchecked.");
}

cy_err *cy_doc_misfit(const cy_doc *doc, size_t keys, size_t opened)
{
  if (opened == 0)
    return wrong_or_damaged(doc);
  return opened == keys ? damaged(doc) : password_of_a_key(doc);
}

cy_err *cy_doc_key_unprotected(
  const cy_doc *doc, const cy_entry *entry, cy_findings *findings, const char *so, cy_severity severity)
{
  CY_CLEAN(cy_buf) subject = CY_BUF_TEXT;
  cy_address_format(&subject, doc->place, entry->label);
  CY_TRY(cy_buf_check(&subject));
  cy_finding *f = cy_finding_add(findings, CY_F_KEY_NO_PASSPHRASE, cy_buf_cstr(&subject),
    "the private key is sealed under the empty password, which %s", so);
  cy_finding_set_severity(f, severity);
  cy_finding_set_fix(findings, f,
    "Write it anew under a password: causey cp %s NEW.p12 (the key's password is the empty one).",
    cy_buf_cstr(&subject));
  cy_finding_evidence(findings, f, "label", "%s", entry->label);
  return NULL;
}
