/* What decodes must encode to a text that decodes to the same. */
#include "base/base64.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  CY_CLEAN(cy_buf) bytes = CY_BUF_STORE, text = CY_BUF_STORE, again = CY_BUF_STORE;
  cy_err *err = cy_base64_decode(&bytes, cy_span_of(data, size));
  if (!err) {
    cy_base64_encode(&text, cy_buf_get(&bytes), size % 2 ? 64 : 0);
    err = cy_base64_decode(&again, cy_buf_get(&text));
    if (err || !cy_span_equal(cy_buf_get(&bytes), cy_buf_get(&again)))
      abort();
  }
  cy_err_free(err);
  return 0;
}
