#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "store/fmt_jceks.h"

extern const cy_format cy_format_jceks;

enum { COST_MAX = 500 };

static const cy_write_how cheap = {
  .pbe = {CY_OID_JCEKS_KEY_PROTECTOR, CY_OID_UNKNOWN, CY_OID_UNKNOWN, 1}, .now = 1700000000};

static cy_err *password(cy_ask *self, const cy_ask_want *want, cy_secret **answer)
{
  (void)self;
  return want->attempt ? NULL : cy_secret_copy(answer, CY_SPAN("12345678"));
}

static cy_ask with_password = {password};

static cy_doc *open_bytes(cy_span bytes, cy_ask *ask)
{
  cy_doc *doc = NULL;
  cy_image *image;
  cy_buf copy = CY_BUF_STORE;
  cy_buf_span(&copy, bytes);
  cy_err *err = cy_image_from(&image, "fuzz.jceks", &copy);
  cy_buf_clear(&copy);
  if (!err)
    err = cy_doc_open(&doc, image, &cy_format_jceks, ask);
  cy_err_free(err);
  return err ? NULL : doc;
}

/* Iterations are work that the input asks for: what asks for much is left out. */
static bool is_cheap(const cy_doc *doc)
{
  uint64_t cost = 0;
  for (size_t i = 0; i < doc->entry_count; i++) {
    const cy_entry *entry = doc->entries[i];
    cy_pbe_info info = {.iterations = 0};
    if (!entry->key.ops)
      continue;
    cy_err_free(
      entry->has_key ? cy_keybox_pbe(&entry->key, &info) : cy_jceks_secret_info(&info, entry->key.sealed));
    cost += info.iterations < COST_MAX ? info.iterations : COST_MAX + 1;
  }
  return cost <= COST_MAX;
}

static void look(cy_doc *doc)
{
  CY_CLEAN(cy_findings) findings = {0};
  for (size_t i = 0; i < doc->entry_count; i++) {
    const cy_secret *pkcs8;
    if (doc->entries[i]->key.ops)
      cy_err_free(cy_doc_key(doc, doc->entries[i], &with_password, &pkcs8));
  }
  cy_err_free(doc->format->check(doc, &findings));
}

/* Without a change it is the same; encoded anew it has as many entries. */
static void write_again(cy_doc *doc, cy_span bytes)
{
  CY_CLEAN(cy_buf) same = CY_BUF_STORE;
  CY_CLEAN(cy_buf) anew = CY_BUF_STORE;
  cy_err *err = doc->format->serialise(doc, &cheap, &with_password, &same);
  if (!err && !cy_span_equal(cy_buf_get(&same), bytes))
    abort();
  cy_err_free(err);
  look(doc);
  for (size_t i = 0; i < doc->entry_count; i++)
    doc->entries[i]->changed = true;
  err = doc->format->serialise(doc, &cheap, &with_password, &anew);
  cy_doc *again = err ? NULL : open_bytes(cy_buf_get(&anew), NULL);
  if (!err && (!again || again->entry_count != doc->entry_count))
    abort();
  cy_doc_free(again);
  cy_err_free(err);
}

/* The same with an integrity value that fits. */
static void try_mended(cy_span data)
{
  CY_CLEAN(cy_buf) mended = CY_BUF_STORE;
  CY_AUTO(cy_secret) *pw = NULL;
  cy_digest digest;
  if (data.len < CY_JKS_DIGEST)
    return;
  cy_buf_put(&mended, data.data, data.len - CY_JKS_DIGEST);
  cy_err *err = cy_secret_copy(&pw, CY_SPAN("12345678"));
  if (!err)
    err = cy_jks_digest(&digest, pw, cy_buf_get(&mended));
  if (!err)
    cy_buf_span(&mended, cy_digest_get(&digest));
  cy_err_free(err);
  cy_doc *doc = open_bytes(cy_buf_get(&mended), &with_password);
  if (doc)
    write_again(doc, cy_buf_get(&mended));
  cy_doc_free(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_span bytes = cy_span_of(data, size);
  cy_doc *doc = open_bytes(bytes, NULL);
  bool cheap_enough = doc && is_cheap(doc);
  cy_doc_free(doc);
  if (!cheap_enough)
    return 0;
  cy_doc_free(open_bytes(bytes, &with_password)); /* tries keys to tell damage */
  try_mended(bytes);
  return 0;
}
