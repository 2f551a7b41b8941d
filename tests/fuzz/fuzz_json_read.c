#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

#include "base/json_read.h"
#include "base/text.h"

/* The walk ends, levels are balanced, and what a string means is UTF-8. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_json_in in = cy_json_read(cy_span_of(data, size));
  cy_json_item item;
  size_t steps = 0, open = 0, closed = 0;
  while (cy_json_next(&in, &item)) {
    CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
    if (++steps > size)
      abort();
    open += item.kind == CY_JSON_OBJECT || item.kind == CY_JSON_LIST;
    closed += item.kind == CY_JSON_CLOSE;
    if (item.kind == CY_JSON_STRING)
      cy_json_unquote(&text, item.value);
    if (!text.failed && !cy_utf8_valid(cy_buf_get(&text)))
      abort();
  }
  if (closed > open || (!in.wrong && open != closed))
    abort();
  return 0;
}
