#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "store/fmt_kdb.h"

extern const cy_format cy_format_kdb;

static cy_err *password(cy_ask *self, const cy_ask_want *want, cy_secret **answer)
{
  (void)self;
  return want->attempt ? NULL : cy_secret_copy(answer, CY_SPAN("changeit"));
}

static cy_ask with_password = {.ask = password};

/* What could be read can be written, and without a change it is the same. */
static void write_again(cy_doc *doc, cy_span bytes)
{
  CY_CLEAN(cy_buf) out = CY_BUF_STORE;
  cy_err *err = cy_kdb_serialise(doc, &cy_write_default, &with_password, &out);
  if (!err && !cy_span_equal(cy_buf_get(&out), bytes))
    abort();
  cy_err_free(err);
}

static void look(cy_doc *doc)
{
  CY_CLEAN(cy_findings) findings = {0};
  for (size_t i = 0; i < doc->entry_count; i++) {
    const cy_cert *cert;
    for (size_t k = 0; k < doc->entries[i]->cert_count; k++)
      cy_err_free(cy_entry_cert(doc->entries[i], k, &cert));
  }
  cy_err_free(doc->format->check(doc, &findings));
}

/* Everything is encoded anew, and read again. */
static void change_all(cy_doc *doc)
{
  CY_CLEAN(cy_buf) out = CY_BUF_STORE;
  CY_AUTO(cy_doc) *again = NULL;
  cy_image *image;
  for (size_t i = 0; i < doc->entry_count; i++)
    doc->entries[i]->changed = true;
  cy_err *err = cy_kdb_serialise(doc, &cy_write_default, &with_password, &out);
  if (err) {
    cy_err_free(err);
    return;
  }
  err = cy_image_from(&image, "again.kdb", &out);
  if (!err)
    err = cy_doc_open(&again, image, &cy_format_kdb, &with_password);
  if (err || again->entry_count != doc->entry_count)
    abort();
}

static void try_one(cy_span data, cy_ask *ask)
{
  CY_AUTO(cy_doc) *doc = NULL;
  cy_buf bytes = CY_BUF_STORE;
  cy_image *image;
  cy_buf_span(&bytes, data);
  cy_err *err = cy_image_from(&image, "fuzz.kdb", &bytes);
  if (!err)
    err = cy_doc_open(&doc, image, &cy_format_kdb, ask);
  cy_err_free(err);
  if (!doc)
    return;
  look(doc);
  write_again(doc, data);
  change_all(doc);
}

/* With MACs that fit, so that the rest is reached, too. */
static void try_mended(cy_span data)
{
  CY_CLEAN(cy_buf) mended = CY_BUF_STORE;
  CY_AUTO(cy_secret) *pw = NULL;
  size_t size = data.len > CY_KDB_HEAD ? cy_kdb_mac_size(data.data[2]) : 0, slots = CY_KDB_HEAD + 2 * size;
  cy_digest first, second;
  if (!size || data.len < slots)
    return;
  cy_buf_span(&mended, data);
  cy_err *err = cy_secret_copy(&pw, CY_SPAN("changeit"));
  const cy_span head = cy_span_of(mended.data, CY_KDB_HEAD);
  const cy_span parts[] = {
    cy_span_of(mended.data, CY_KDB_HEAD + size), cy_span_of(mended.data + slots, mended.len - slots)};
  if (!err)
    err = cy_kdb_mac(&first, mended.data[2], pw, &head, 1);
  if (!err) {
    memcpy(mended.data + CY_KDB_HEAD, first.bytes, size);
    err = cy_kdb_mac(&second, mended.data[2], pw, parts, CY_COUNT(parts));
  }
  if (!err)
    memcpy(mended.data + CY_KDB_HEAD + size, second.bytes, size);
  cy_err_free(err);
  try_one(cy_buf_get(&mended), &with_password);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_span input = cy_span_of(data, size);
  cy_kdb_detect(input);
  try_one(input, NULL);
  try_mended(input);
  return 0;
}
