#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "store/stash.h"

static void again(unsigned version, const cy_secret *password)
{
  CY_CLEAN(cy_buf) bytes = CY_BUF_SECRET(1000);
  CY_AUTO(cy_secret) *same = NULL;
  unsigned found = 0;
  cy_err *err = cy_stash_encode(&bytes, version, password);
  if (err) { /* the empty one */
    if (password->len)
      abort();
    cy_err_free(err);
    return;
  }
  err = cy_stash_decode(&same, &found, cy_buf_get(&bytes));
  if (err || found != version || !cy_span_equal(cy_secret_get(same), cy_secret_get(password)))
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  CY_AUTO(cy_secret) *password = NULL;
  unsigned version = 0;
  cy_err *err = cy_stash_decode(&password, &version, cy_span_of(data, size));
  if (!err != (version != 0) || !err != (password != NULL))
    abort();
  if (!err)
    again(version, password);
  cy_err_free(err);
  return 0;
}
