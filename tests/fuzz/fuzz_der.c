/* Values are read as what their tags say; whatever is read as DER must be written as the same bytes. */
#include "base/der.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

static void read_typed(cy_span whole)
{
  cy_parse parse = {0};
  cy_cur cur = cy_cur_begin(&parse, whole);
  CY_CLEAN(cy_buf) b = CY_BUF_STORE;
  unsigned unused;
  cy_cur inner;
  cy_span content;
  switch (cy_der_peek(&cur)) {
  case CY_DER_BOOLEAN:
    cy_der_bool(&cur);
    break;
  case CY_DER_INTEGER:
    cy_der_put_unsigned(&b, cy_der_unsigned(&cur));
    break;
  case CY_DER_ENUMERATED:
    cy_der_uint(&cur);
    break;
  case CY_DER_BIT_STRING:
    cy_der_bits(&cur, &unused);
    break;
  case CY_DER_OID:
    cy_oid_format(&b, cy_der_take(&cur, CY_DER_OID));
    break;
  case CY_DER_UTC_TIME:
  case CY_DER_GENERALIZED_TIME:
    cy_der_time(&cur);
    break;
  default:
    cy_der_enter_if(&cur, CY_DER_SEQUENCE, &inner);
    cy_der_take_if(&cur, CY_DER_OCTET_STRING, &content);
  }
  cy_err_free(cy_parse_check(&parse, "value"));
}

static void walk(cy_cur *cur, cy_buf *copy)
{
  while (cy_cur_more(cur)) {
    uint8_t tag = cy_der_peek(cur);
    size_t at = cy_der_begin(copy);
    if (tag & 0x20) {
      cy_cur inner = cy_der_enter(cur, tag);
      walk(&inner, copy);
      cy_der_leave(&inner);
      cy_der_end(copy, at, tag);
    } else {
      cy_der value = cy_der_next(cur);
      if (!cy_cur_ok(cur))
        return;
      read_typed(value.whole);
      cy_der_put(copy, value.tag, value.content);
    }
  }
}

static void walk_all(cy_span input, bool lenient)
{
  CY_CLEAN(cy_buf) copy = CY_BUF_STORE;
  cy_parse parse = {.lenient = lenient};
  cy_cur cur = cy_cur_begin(&parse, input);
  walk(&cur, &copy);
  cy_err *err = cy_parse_check(&parse, "input");
  if (!err && !parse.not_der && !cy_span_equal(cy_buf_get(&copy), input))
    abort();
  cy_err_free(err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  walk_all(cy_span_of(data, size), false);
  walk_all(cy_span_of(data, size), true);
  return 0;
}
