#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/fmt_pkcs12.h"

extern const cy_format cy_format_pkcs12;

enum { COST_MAX = 2000 };

static cy_err *password(cy_ask *self, const cy_ask_want *want, cy_secret **answer)
{
  (void)self;
  return want->attempt ? NULL : cy_secret_copy(answer, CY_SPAN("secret"));
}

static cy_ask with_password = {password};

/* Iterations are work that the input asks for: what asks for much is left out. */
static bool is_cheap(cy_span bytes)
{
  cy_p12 *p12 = cy_malloc(sizeof *p12);
  if (!p12)
    return false;
  cy_err *err = cy_p12_read(p12, bytes);
  bool cheap = !err && cy_p12_cost(p12) <= COST_MAX;
  cy_err_free(err);
  cy_p12_free(p12);
  return cheap;
}

static cy_doc *open_bytes(cy_span bytes)
{
  cy_doc *doc = NULL;
  cy_image *image;
  cy_buf copy = CY_BUF_STORE;
  cy_buf_span(&copy, bytes);
  cy_err *err = cy_image_from(&image, "fuzz.p12", &copy);
  cy_buf_clear(&copy);
  if (!err)
    err = cy_doc_open(&doc, image, &cy_format_pkcs12, &with_password);
  cy_err_free(err);
  return err ? NULL : doc;
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
    if (entry->key.ops)
      cy_err_free(cy_doc_key(doc, entry, &with_password, &pkcs8));
  }
  cy_err_free(doc->format->check(doc, &findings));
}

/* What could be read can be written: without a change it is the same, and with one it is read again. */
static void write_again(cy_doc *doc, cy_span bytes)
{
  static const cy_write_how cheap = {.pbe = {CY_OID_PBES2, CY_OID_AES256_CBC, CY_OID_HMAC_SHA256, 1}};
  CY_CLEAN(cy_buf) same = CY_BUF_STORE;
  CY_CLEAN(cy_buf) other = CY_BUF_STORE;
  cy_err *err = cy_p12_serialise(doc, &cheap, &with_password, &same);
  if (err || !cy_span_equal(cy_buf_get(&same), bytes))
    abort();
  for (size_t i = 0; i < doc->entry_count; i++) {
    doc->entries[i]->deleted = i == 0;
    doc->entries[i]->changed = i > 0;
  }
  err = cy_p12_serialise(doc, &cheap, &with_password, &other);
  if (!err && is_cheap(cy_buf_get(&other))) {
    cy_doc *again = open_bytes(cy_buf_get(&other));
    if (!again || again->entry_count > doc->entry_count)
      abort();
    cy_doc_free(again);
  }
  cy_err_free(err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_span bytes = cy_span_of(data, size);
  if (!is_cheap(bytes))
    return 0;
  cy_doc *doc = open_bytes(bytes);
  if (doc && cy_p12_cost(doc->own) <= COST_MAX) {
    look(doc);
    write_again(doc, bytes);
  }
  cy_doc_free(doc);
  return 0;
}
