#include "tests/fuzz/fuzz.h"

#include "tests/unit/store/bcfks_seal.h"

extern const cy_format cy_format_bcfks;

enum { AFFORDED = 16 };

static cy_err *password(cy_ask *self, const cy_ask_want *want, cy_secret **answer)
{
  return want->attempt ? NULL : cy_secret_copy(answer, CY_SPAN("pw"));
}

static cy_ask with_password = {password, 1};

/* Is it done at once? What costs time is tried in the unit tests. */
static bool is_quick_algid(cy_span algid)
{
  cy_pbe_info info;
  CY_AUTO(cy_err) *err = cy_pbe_describe(&info, algid);
  return err || (info.kdf == CY_OID_PBKDF2 && info.iterations <= AFFORDED);
}

static bool is_quick(cy_span data)
{
  cy_bcfks own = {0};
  cy_pbe_info info;
  cy_oid mac;
  CY_AUTO(cy_err) *err = cy_bcfks_read(&own, data);
  if (err || (own.algid.len && !is_quick_algid(own.algid)))
    return err != NULL;
  if (own.is_signed)
    return true;
  CY_AUTO(cy_err) *other = cy_bcfks_mac_describe(&info, &mac, own.mac_algid, own.kdf);
  return other || (info.kdf == CY_OID_PBKDF2 && info.iterations <= AFFORDED);
}

static void look(cy_doc *doc)
{
  for (size_t i = 0; i < doc->entry_count && i < 8; i++) {
    cy_entry *entry = doc->entries[i];
    const cy_secret *pkcs8;
    const cy_cert *cert;
    uint64_t cost = cy_bcfks_key_cost(&entry->key);
    for (size_t k = 0; k < entry->cert_count; k++)
      cy_err_free(cy_entry_cert(entry, k, &cert));
    if (cost > 0 && cost <= AFFORDED)
      cy_err_free(cy_doc_key(doc, entry, &with_password, &pkcs8));
  }
}

static void try_one(cy_span data, cy_ask *ask)
{
  CY_AUTO(cy_doc) *doc = NULL;
  cy_buf bytes = CY_BUF_STORE;
  cy_image *image;
  cy_buf_span(&bytes, data);
  cy_err *err = cy_image_from(&image, "fuzz.bcfks", &bytes);
  if (!err)
    err = cy_doc_open(&doc, image, &cy_format_bcfks, ask);
  cy_err_free(err);
  if (doc)
    look(doc);
}

/* What is inside, with an integrity value that fits. */
static void try_mended(cy_span store)
{
  CY_CLEAN(cy_buf) mended = CY_BUF_STORE;
  cy_err *err = bcfks_put_store(&mended, store, "pw");
  if (!err)
    try_one(cy_buf_get(&mended), &with_password);
  cy_err_free(err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_span input = cy_span_of(data, size);
  cy_bcfks own = {0};
  cy_format_bcfks.detect(input, "fuzz.bcfks");
  if (!is_quick(input))
    return 0;
  try_one(input, &with_password);
  cy_err_free(cy_bcfks_read(&own, input));
  if (own.store.len)
    try_mended(own.store);
  return 0;
}
