/* Names: as text in any notation, and as DER. What was read must be a name, and the text of OpenSSL's
 * notation, which keeps order and escapes, must be read as the same name again. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "x509/name.h"

static void check_text(const uint8_t *data, size_t size)
{
  char text[1024] = {0};
  memcpy(text, data, size < sizeof text ? size : sizeof text - 1);
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) again = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) written = CY_BUF_TEXT;
  CY_AUTO(cy_err) *err = cy_name_parse(&der, text);
  if (err)
    return;
  cy_name_format(&written, cy_buf_get(&der), CY_NAMES_OPENSSL);
  CY_AUTO(cy_err) *second = cy_name_parse(&again, cy_buf_cstr(&written));
  if (second || !cy_name_equal(cy_buf_get(&der), cy_buf_get(&again)))
    abort();
}

static void check_der(cy_span der)
{
  CY_CLEAN(cy_buf) one = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) two = CY_BUF_TEXT;
  cy_span half = cy_span_of(der.data, der.len / 2), rest = cy_span_of(der.data + half.len,
    der.len - half.len);
  for (int i = 0; i < CY_NAMES_COUNT; i++)
    cy_name_format(&one, der, (cy_names)i);
  cy_buf_reset(&one);
  cy_name_canonical(&one, half);
  cy_name_canonical(&two, rest);
  bool same = cy_span_equal(half, rest) || cy_span_equal(cy_buf_get(&one), cy_buf_get(&two));
  if (!one.failed && !two.failed && same != cy_name_equal(half, rest))
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  check_text(data, size);
  if (size)
    check_der(cy_span_of(data, size));
  return 0;
}
