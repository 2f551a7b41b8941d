/* What is converted must stay as it is when it is converted again. */
#include "base/der.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  CY_CLEAN(cy_buf) der = CY_BUF_STORE, again = CY_BUF_STORE;
  size_t consumed = 0, length = 0;
  cy_ber_is_indefinite(cy_span_of(data, size));
  cy_err *err = cy_ber_to_der(&der, cy_span_of(data, size), &consumed);
  if (!err) {
    err = cy_ber_to_der(&again, cy_buf_get(&der), &length);
    if (err || consumed > size || length != der.len || !cy_span_equal(cy_buf_get(&der), cy_buf_get(&again)))
      abort();
    if (cy_ber_is_indefinite(cy_buf_get(&der)))
      abort();
  }
  cy_err_free(err);
  return 0;
}
