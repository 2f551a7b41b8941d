/* Records: the same events whether the bytes come at once or in pieces. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "tls/wire_record.h"

/* A sum over all events, and how they ended. All bytes are one end's: pieces do not keep an order between
 * two. */
static uint64_t run(cy_span input, size_t piece, cy_wire_end from)
{
  cy_wire wire;
  cy_wire_event e;
  uint64_t sum = 0;
  cy_wire_init(&wire);
  for (size_t at = 0; at < input.len; at += piece) {
    bool found = true;
    cy_wire_give(&wire, from, cy_span_of(input.data + at, input.len - at < piece ? input.len - at : piece));
    while (found) {
      cy_err *err = cy_wire_next(&wire, &e, &found);
      if (err && found)
        abort();
      if (err)
        sum = sum * 31 + cy_err_code_get(err);
      cy_err_free(err);
      if (found) {
        sum = sum * 31 + e.kind * 7u + e.record * 3 + e.offset + e.body.len * 11;
        for (size_t i = 0; i < e.whole.len; i++)
          sum = sum * 31 + e.whole.data[i];
      }
    }
  }
  cy_err *end = cy_wire_finish(&wire, from);
  sum = sum * 31 + (end ? cy_err_code_get(end) : 0);
  cy_err_free(end);
  cy_wire_clear(&wire);
  return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const size_t pieces[] = {1, 2, 5, 63};
  for (int from = 0; from < 2; from++) {
    uint64_t whole = run(cy_span_of(data, size), size + 1, from);
    for (size_t i = 0; i < CY_COUNT(pieces); i++)
      if (run(cy_span_of(data, size), pieces[i], from) != whole)
        abort();
  }
  return 0;
}
