/* Whatever comes in, mending ends, stays in bounds and does not let the text grow without need. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "base/pem_mend.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  CY_CLEAN(cy_buf) clean = CY_BUF_SECRET(CY_MAX_STORE_BYTES);
  CY_CLEAN(cy_buf) twice = CY_BUF_SECRET(CY_MAX_STORE_BYTES);
  cy_span text = cy_span_of(data, size);
  unsigned changes, more;
  bool mended, again;
  cy_err *err = cy_pem_mend(&clean, &changes, &mended, text);
  if (err || (!mended && clean.len))
    abort();
  (void)cy_pem_head(text, "a.yaml");
  (void)cy_pem_head_first(text);
  if (!mended)
    return 0;
  if (clean.len > 8 * size + 80)
    abort();
  err = cy_pem_mend(&twice, &more, &again, cy_buf_get(&clean));
  if (err)
    abort();
  bool other_encoding = more & (CY_PEM_UTF16 | CY_PEM_EBCDIC);
  if (again && !other_encoding && twice.len > 2 * clean.len)
    abort();
  return 0;
}
