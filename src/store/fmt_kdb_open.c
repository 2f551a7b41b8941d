/* CMS key databases: proving them with a password, which tells a wrong one from a damaged file. */
#include "store/fmt_kdb.h"

#include "crypto/codes.h"
#include "store/codes.h"

cy_err *cy_kdb_mac(
  cy_digest *out, unsigned version, const cy_secret *password, const cy_span *parts, size_t count)
{
  cy_span all[3], key = password ? cy_secret_get(password) : CY_SPAN_NONE;
  if (version != 3)
    return cy_hmac_parts(out, version == 4 ? CY_SHA1 : CY_SHA384, key, parts, count);
  for (size_t i = 0; i < count; i++)
    all[i] = parts[i];
  all[count] = key;
  return cy_digest_parts(out, CY_MD5, all, count + 1);
}

static cy_err *verifier_fits(bool *fits, const cy_kdb_file *file, const cy_secret *password)
{
  const cy_span head = cy_span_of(file->bytes.data, CY_KDB_HEAD);
  cy_digest mac;
  CY_TRY(cy_kdb_mac(&mac, file->version, password, &head, 1));
  *fits = cy_secret_equal(cy_digest_get(&mac), file->verifier);
  return NULL;
}

/* How version 3 makes this value over records is not known. */
static bool has_integrity(const cy_kdb_file *file)
{
  return file->version != 3 || file->count == 0;
}

static cy_err *integrity_fits(bool *fits, const cy_kdb_file *file, const cy_secret *password)
{
  const cy_span parts[] = {cy_span_of(file->bytes.data, CY_KDB_HEAD + file->verifier.len), file->slots};
  cy_digest mac;
  *fits = true;
  if (!has_integrity(file))
    return NULL;
  CY_TRY(cy_kdb_mac(&mac, file->version, password, parts, CY_COUNT(parts)));
  *fits = cy_secret_equal(cy_digest_get(&mac), file->integrity);
  return NULL;
}

static cy_err *wrong_password(const cy_doc *doc)
{
  cy_err *err = cy_err_new(
    CY_E_CRYPTO_WRONG_PASSWORD, "the password is not the one of %s: its verifier does not fit", doc->place);
  return cy_err_hint(err,
    "The file itself may well be whole. Try another password; without one it can be listed unchecked.");
}

static cy_err *damaged(const cy_doc *doc)
{
  cy_err *err = cy_err_new(CY_E_STORE_DAMAGED,
    "the password is right, but the integrity value of %s does not fit: the file was changed or damaged "
    "after it was written",
    doc->place);
  return cy_err_hint(
    err, "Get the file again from a backup. Without a password it can be listed unchecked.");
}

/* A sibling has a password and an integrity value of its own, which should be the same one. */
static cy_err *open_sibling(cy_kdb_file *file, const cy_secret *password)
{
  bool fits, whole;
  if (file->unreadable)
    return NULL;
  CY_TRY(verifier_fits(&fits, file, password));
  CY_TRY(integrity_fits(&whole, file, password));
  file->other_password = !fits;
  file->damaged = fits && !whole;
  return NULL;
}

cy_err *cy_kdb_open(cy_doc *doc, cy_kdb *kdb, const cy_secret *password)
{
  bool fits;
  CY_TRY(verifier_fits(&fits, &kdb->files[0], password));
  if (!fits)
    return wrong_password(doc);
  CY_TRY(integrity_fits(&fits, &kdb->files[0], password));
  if (!fits)
    return damaged(doc);
  kdb->integrity_unknown = !has_integrity(&kdb->files[0]);
  for (size_t i = 1; i < kdb->file_count; i++)
    CY_TRY(open_sibling(&kdb->files[i], password));
  cy_secret_free(kdb->opened_with);
  kdb->opened_with = NULL;
  return cy_secret_copy(&kdb->opened_with, cy_secret_get(password));
}
