/* Traces: each reader takes any text, and keeps lines within it. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "tls/trace.h"

static void check_lines(const cy_tls_seens *list, size_t size)
{
  for (size_t i = 0; i < list->count; i++) {
    const cy_tls_seen *s = list->items[i];
    if (!s->line || s->line > size + 1 || s->suite.line > size + 1 || s->host.line > size + 1)
      abort();
    for (size_t n = 0; n < s->server.count; n++)
      if (!s->server.items[n].line)
        abort();
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_span text = cy_span_of(data, size);
  cy_tls_trace_detect(text);
  for (size_t i = 0; i < cy_tls_trace_count; i++) {
    cy_tls_seens list = {0};
    cy_err *err = cy_tls_traces[i]->read(&list, "fuzz", text);
    if (!err)
      check_lines(&list, size);
    cy_err_free(err);
    cy_tls_seens_clear(&list);
  }
  return 0;
}
