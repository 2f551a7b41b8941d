/* Ini files of queue managers: any text gives items and ends. */
#include "conf/stanza.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  CY_CLEAN(cy_stanzas) in;
  cy_stanza_item item;
  bool more = true;
  cy_err *err = cy_stanzas_over(&in, "fuzz", cy_span_of(data, size));
  for (size_t last = 0; !err && more;) {
    err = cy_stanzas_next(&in, &item, &more);
    if (!err && more && item.line <= last)
      abort();
    last = item.line;
  }
  cy_err_free(err);
  return 0;
}
