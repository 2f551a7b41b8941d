/* Java's properties: what is read has no byte that the text did not pay for, and finding gives the last
 * one. */
#include "conf/properties.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_properties properties;
  CY_AUTO(cy_err) *err = cy_properties_parse(&properties, "fuzz", cy_span_of(data, size));
  size_t total = 0;
  if (err)
    return 0;
  for (size_t i = 0; i < properties.count; i++) {
    const cy_property *found = cy_properties_find(&properties, properties.items[i].key);
    total += strlen(properties.items[i].key) + strlen(properties.items[i].value);
    if (!found || found < &properties.items[i] || found->line < properties.items[i].line)
      abort();
  }
  if (total > 2 * size)
    abort();
  cy_properties_clear(&properties);
  return 0;
}
