/* A private key as PKCS#8: taken in, its public half computed, and used once. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "crypto/key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const cy_sign_how how = {CY_SHA256, false};
  CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) signature = CY_BUF_TEXT;
  CY_AUTO(cy_key) *key = NULL;
  cy_span input = cy_span_of(data, size);
  cy_key_info info;
  cy_err *err = cy_pkcs8_public(&spki, input);
  if (!err)
    cy_err_free(cy_key_info_parse(&info, cy_buf_get(&spki)));
  cy_err_free(err);
  err = cy_key_from_pkcs8(&key, input);
  if (!err != (key != NULL))
    abort();
  if (!err)
    cy_err_free(cy_key_sign(key, &how, CY_SPAN("x"), &signature));
  cy_err_free(err);
  return 0;
}
