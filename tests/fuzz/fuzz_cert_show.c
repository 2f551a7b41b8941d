/* Certificates: whatever can be parsed can be held against all rules and shown, as text and as JSON. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "x509/extension.h"
#include "x509/lint.h"

static cy_err *swallow(void *arg, const void *data, size_t len)
{
  (void)arg;
  (void)data;
  (void)len;
  return NULL;
}

static void show(const cy_cert_view *view, cy_out_format format)
{
  CY_AUTO(cy_out) *out = NULL;
  cy_out_options options = {.format = format};
  cy_sink sink = {swallow, NULL};
  if (cy_out_new(&out, &options, sink, sink))
    abort();
  cy_out_document(out, "fuzz/1", 0);
  cy_extensions_show(out, view, view->exts, view->ext_count);
  CY_AUTO(cy_err) *failed = cy_out_finish(out);
  if (failed)
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_cert_view view;
  CY_CLEAN(cy_findings) list = {0};
  CY_AUTO(cy_err) *err = cy_cert_view_parse(&view, cy_span_of(data, size));
  if (err)
    return 0;
  cy_lint_context ctx = {.now = 1780272000, .warn_days = 30, .min_rsa_bits = 3072, .issuer = &view,
    .role = CY_LINT_ROLE_SERVER, .host = "mq1.example"};
  CY_AUTO(cy_err) *failed = cy_lint_cert(&list, &view, "fuzz", &ctx);
  if (failed)
    abort();
  show(&view, CY_OUT_TEXT);
  show(&view, CY_OUT_JSON);
  return 0;
}
