/* The encodings from before PKCS#8. What converts must be PKCS#8 afterwards. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "crypto/key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_span input = cy_span_of(data, size);
  cy_key_encoding detected = CY_ENCODING_PKCS8, again;
  bool any = cy_key_encoding_detect(&detected, input);
  for (cy_key_encoding e = CY_ENCODING_PKCS8; e <= CY_ENCODING_DSA; e++) {
    CY_AUTO(cy_secret) *pkcs8 = NULL;
    cy_err *err = cy_pkcs8_from(&pkcs8, e, input);
    if (!err && !any)
      abort();
    if (!err && (!cy_key_encoding_detect(&again, cy_secret_get(pkcs8)) || again != CY_ENCODING_PKCS8))
      abort();
    cy_err_free(err);
  }
  return 0;
}
