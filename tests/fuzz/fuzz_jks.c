#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "store/fmt_jks.h"

extern const cy_format cy_format_jks;

static cy_err *password(cy_ask *self, const cy_ask_want *want, cy_secret **answer)
{
  return want->attempt ? NULL : cy_secret_copy(answer, CY_SPAN("changeit"));
}

static cy_ask with_password = {password};

/* What could be read can be written, and without a change it is the same. */
static void write_again(cy_doc *doc, cy_span bytes)
{
  CY_CLEAN(cy_buf) out = CY_BUF_STORE;
  cy_err *err = doc->format->serialise(doc, &cy_write_default, &with_password, &out);
  if (!err && !cy_span_equal(cy_buf_get(&out), bytes))
    abort();
  cy_err_free(err);
}

static void look(cy_doc *doc)
{
  CY_CLEAN(cy_findings) findings = {0};
  for (size_t i = 0; i < doc->entry_count; i++) {
    cy_entry *entry = doc->entries[i];
    const cy_secret *pkcs8;
    const cy_cert *cert;
    for (size_t k = 0; k < entry->cert_count; k++)
      cy_err_free(cy_entry_cert(entry, k, &cert));
    if (entry->has_key)
      cy_err_free(cy_doc_key(doc, entry, &with_password, &pkcs8));
  }
  cy_err_free(doc->format->check(doc, &findings));
}

/* Everything is encoded anew, and read again. */
static void rename_all(cy_doc *doc)
{
  CY_CLEAN(cy_buf) out = CY_BUF_STORE;
  CY_AUTO(cy_doc) *again = NULL;
  cy_image *image;
  for (size_t i = 0; i < doc->entry_count; i++)
    doc->entries[i]->changed = true;
  cy_err *err = doc->format->serialise(doc, &cy_write_default, &with_password, &out);
  if (!err)
    err = cy_image_from(&image, "again.jks", &out);
  else {
    cy_err_free(err);
    return;
  }
  if (!err)
    err = cy_doc_open(&again, image, &cy_format_jks, &with_password);
  if (err || again->entry_count != doc->entry_count)
    abort();
}

static void try_one(cy_span data, cy_ask *ask)
{
  CY_AUTO(cy_doc) *doc = NULL;
  cy_buf bytes = CY_BUF_STORE;
  cy_image *image;
  cy_buf_span(&bytes, data);
  cy_err *err = cy_image_from(&image, "fuzz.jks", &bytes);
  if (!err)
    err = cy_doc_open(&doc, image, &cy_format_jks, ask);
  cy_err_free(err);
  if (!doc)
    return;
  write_again(doc, data);
  look(doc);
  rename_all(doc);
}

/* With an integrity value that fits, so that the rest is reached, too. */
static void try_mended(cy_span data)
{
  CY_CLEAN(cy_buf) mended = CY_BUF_STORE;
  CY_AUTO(cy_secret) *pw = NULL;
  cy_digest digest;
  if (data.len < CY_JKS_DIGEST)
    return;
  cy_buf_put(&mended, data.data, data.len - CY_JKS_DIGEST);
  cy_err *err = cy_secret_copy(&pw, CY_SPAN("changeit"));
  if (!err)
    err = cy_jks_digest(&digest, pw, cy_buf_get(&mended));
  if (!err)
    cy_buf_span(&mended, cy_digest_get(&digest));
  cy_err_free(err);
  try_one(cy_buf_get(&mended), &with_password);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_span input = cy_span_of(data, size);
  try_one(input, NULL);
  try_one(input, &with_password);
  try_mended(input);
  return 0;
}
