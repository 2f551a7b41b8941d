/* Environment files: any text gives variables with names and ends. */
#include "conf/env.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  CY_CLEAN(cy_env) in;
  cy_env_item item;
  bool more = true;
  cy_err *err = cy_env_over(&in, "fuzz", cy_span_of(data, size));
  for (size_t n = 0; !err && more; n++) {
    err = cy_env_next(&in, &item, &more);
    if (!err && more && (!item.name.len || !item.line || n > size))
      abort();
  }
  cy_err_free(err);
  return 0;
}
