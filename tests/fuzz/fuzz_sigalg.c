/* The AlgorithmIdentifier of a signature, and DEK-Info, which is as short a text. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "crypto/key.h"

/* An Ed25519 key: it fits none of the algorithms with parameters, so that nothing is computed. */
static const uint8_t spki[] = {
  0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  CY_AUTO(cy_secret) *der = NULL;
  cy_span input = cy_span_of(data, size);
  bool good = true;
  cy_err_free(cy_signature_check(&good, cy_span_of(spki, sizeof spki), input, CY_SPAN("x"), CY_SPAN("y")));
  if (good)
    abort();
  cy_err_free(cy_pem_key_decrypt(&der, input, NULL, CY_SPAN("0123456789abcdef")));
  return 0;
}
