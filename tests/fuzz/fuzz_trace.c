/* Traces: each reader takes any text, and keeps lines within it. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "tls/reader.h"
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

/* As sides: each knows which end it is, and whom it trusts or that nobody knows. */
static void check_sides(cy_span text)
{
  CY_CLEAN(cy_tls_sides) sides = {0};
  const cy_tls_read_how how = {.root = "/nowhere"};
  cy_err *err = cy_tls_sides_parse(&sides, cy_tls_reader_find("trace"), "/nowhere/fuzz", text, &how);
  for (size_t i = 0; !err && i < sides.count; i++)
    if (!sides.items[i]->used || !sides.items[i]->role_known || !sides.items[i]->trust_unknown)
      abort();
  cy_err_free(err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_span text = cy_span_of(data, size);
  if (cy_tls_trace_detect(text))
    check_sides(text);
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
