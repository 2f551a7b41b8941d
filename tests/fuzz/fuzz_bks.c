#include "tests/fuzz/fuzz.h"

#include "store/fmt_bks.h"

extern const cy_format cy_format_bks;

enum { COUNT_AT = 28, AFFORDED = 16 };

static cy_err *password(cy_ask *self, const cy_ask_want *want, cy_secret **answer)
{
  return want->attempt ? NULL : cy_secret_copy(answer, CY_SPAN("pw"));
}

static cy_ask with_password = {password, 1};

/* Is it done at once? What costs time is tried in the unit tests. */
static bool is_quick(const cy_entry *entry)
{
  cy_bks_blob blob;
  if (entry->key.ops != &cy_bks_sealed_ops)
    return true;
  CY_AUTO(cy_err) *err = cy_bks_blob_parse(&blob, entry->key.sealed);
  return err || blob.iterations <= AFFORDED;
}

static void look(cy_doc *doc)
{
  CY_CLEAN(cy_findings) findings = {0};
  for (size_t i = 0; i < doc->entry_count && i < 8; i++) {
    cy_entry *entry = doc->entries[i];
    const cy_secret *pkcs8;
    const cy_cert *cert;
    for (size_t k = 0; k < entry->cert_count; k++)
      cy_err_free(cy_entry_cert(entry, k, &cert));
    if (entry->key.ops && is_quick(entry))
      cy_err_free(cy_doc_key(doc, entry, &with_password, &pkcs8));
  }
  cy_err_free(doc->format->check(doc, &findings));
}

static void try_one(cy_span data, cy_ask *ask)
{
  CY_AUTO(cy_doc) *doc = NULL;
  cy_buf bytes = CY_BUF_STORE;
  cy_image *image;
  cy_buf_span(&bytes, data);
  cy_err *err = cy_image_from(&image, "fuzz.bks", &bytes);
  if (!err)
    err = cy_doc_open(&doc, image, &cy_format_bks, ask);
  cy_err_free(err);
  if (doc)
    look(doc);
}

/* With an HMAC that fits, so that the rest is reached, too. */
static void try_mended(cy_span data)
{
  CY_CLEAN(cy_buf) mended = CY_BUF_STORE;
  CY_AUTO(cy_secret) *pw = NULL;
  cy_parse parse = {0};
  cy_bks_own own = {0};
  cy_digest mac;
  cy_buf_put(&mended, data.data, data.len - CY_BKS_DIGEST);
  cy_cur cur = cy_cur_begin(&parse, cy_buf_get(&mended));
  cy_bks_read_head(&own, &cur);
  own.content = cy_cur_rest(&cur);
  cy_err *err = cy_secret_copy(&pw, CY_SPAN("pw"));
  if (!err)
    err = cy_bks_mac(&mac, &own, pw);
  if (!err) {
    cy_buf_span(&mended, cy_digest_get(&mac));
    try_one(cy_buf_get(&mended), &with_password);
  }
  cy_err_free(err);
}

/* A count that would only cost time is made a small one: the costly ones are tried in the unit tests. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_span input = cy_span_of(data, size);
  cy_format_bks.detect(input, "fuzz.bks");
  try_one(input, NULL);
  bool cheap = size > COUNT_AT + 4 + CY_BKS_DIGEST && !data[COUNT_AT] && !data[COUNT_AT + 1] &&
               !data[COUNT_AT + 2] && data[COUNT_AT + 3] <= AFFORDED;
  if (cheap)
    try_mended(input);
  return 0;
}
