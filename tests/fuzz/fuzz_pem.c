/* The parts of a text make up the whole text, also where blocks are broken; and the walk ends. */
#include "base/pem.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

static void look_into(const cy_pem_block *block)
{
  CY_CLEAN(cy_buf) der = CY_BUF_STORE;
  cy_pem_header(block, "DEK-Info");
  cy_err_free(cy_pem_decode(&der, block));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_span text = cy_span_of(data, size);
  cy_pem pem = cy_pem_begin(text);
  size_t at = 0;
  cy_pem_looks_like(text);
  for (bool found = true; found;) {
    cy_pem_block block;
    cy_err *err = cy_pem_next(&pem, &block, &found);
    if (found && !err)
      look_into(&block);
    bool good = !err;
    cy_err_free(err);
    if (block.before.len && block.before.data != data + at)
      abort();
    at += block.before.len;
    if (found && (block.whole.data != data + at || block.whole.len == 0))
      abort();
    at += block.whole.len;
    if (found && good && block.body.data + block.body.len > block.whole.data + block.whole.len)
      abort();
  }
  if (at != size)
    abort();
  return 0;
}
