#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "tls/cipher_string.h"
#include "tls/suite.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  CY_CLEAN(cy_cipher_string) string = {.level = -1};
  cy_err *err = cy_cipher_string_read(&string, cy_span_of(data, size));
  for (size_t i = 0; i < string.suites.count; i++)
    if (!cy_suite_get(string.suites.codes[i]))
      abort();
  if (string.level < -1 || string.level > 5 || (!string.refused && !string.suites.count))
    abort();
  cy_err_free(err);
  return 0;
}
