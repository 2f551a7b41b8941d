/* What can be read is written, and read again as the same certificates and CRLs. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "store/pkcs7.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  CY_CLEAN(cy_pkcs7) p7 = {.items = NULL};
  CY_CLEAN(cy_pkcs7) again = {.items = NULL};
  CY_CLEAN(cy_buf) der = CY_BUF_STORE;
  cy_span bytes = cy_span_of(data, size);
  cy_pkcs7_kind kind = cy_pkcs7_detect(bytes);
  cy_err *err = cy_pkcs7_parse(&p7, bytes);
  if (err) {
    cy_err_free(err);
    return 0;
  }
  if (kind == CY_PKCS7_NONE)
    abort();
  cy_pkcs7_encode(&der, p7.items, p7.count);
  err = cy_pkcs7_parse(&again, cy_buf_get(&der));
  if (err || again.count != p7.count || again.is_signed || again.has_content ||
      cy_pkcs7_detect(cy_buf_get(&der)) != CY_PKCS7_BARE)
    abort();
  for (size_t i = 0; i < p7.count; i++)
    if (again.items[i].is_crl != p7.items[i].is_crl || !cy_span_equal(again.items[i].der, p7.items[i].der))
      abort();
  return 0;
}
