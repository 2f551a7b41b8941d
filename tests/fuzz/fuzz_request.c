/* Certificate requests: parsed, and shown as text and as JSON. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "x509/extension.h"
#include "x509/request.h"

static cy_err *swallow(void *arg, const void *data, size_t len)
{
  (void)arg;
  (void)data;
  (void)len;
  return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_request_view view;
  CY_AUTO(cy_err) *err = cy_request_view_parse(&view, cy_span_of(data, size));
  if (err)
    return 0;
  for (int format = CY_OUT_TEXT; format <= CY_OUT_JSON; format++) {
    CY_AUTO(cy_out) *out = NULL;
    cy_out_options options = {.format = (cy_out_format)format};
    cy_cert_show_options how = {.all_names = true};
    cy_sink sink = {swallow, NULL};
    if (cy_out_new(&out, &options, sink, sink))
      abort();
    cy_out_document(out, "fuzz/1", 0);
    cy_name_show(out, "subject", "Subject", view.subject, &how);
    cy_extensions_show(out, NULL, view.exts, view.ext_count);
    CY_AUTO(cy_err) *failed = cy_out_finish(out);
    if (failed)
      abort();
  }
  return 0;
}
