/* A time that was read lies in the years 0000 to 9999, and is read again from what it is written as. */
#include "base/time.h"

#include <stdlib.h>

#include "base/mem.h"
#include "tests/fuzz/fuzz.h"

static void check(cy_time t)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT, asn1 = CY_BUF_TEXT;
  cy_time again = 0;
  bool strict = false;
  if (t < CY_TIME_MIN || t > CY_TIME_MAX)
    abort();
  cy_time_format_rfc3339(&text, t);
  if (!cy_time_parse(&again, cy_buf_cstr(&text)) || again != t)
    abort();
  cy_time_format_asn1(&asn1, t, true);
  if (!cy_time_parse_asn1(&again, cy_buf_get(&asn1), true, &strict) || again != t || !strict)
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_time t;
  char *text = cy_strndup((const char *)data, size);
  if (text && cy_time_parse(&t, text))
    check(t);
  cy_free(text);
  for (int generalized = 0; generalized < 2; generalized++)
    if (cy_time_parse_asn1(&t, cy_span_of(data, size), generalized, NULL))
      check(t);
  return 0;
}
