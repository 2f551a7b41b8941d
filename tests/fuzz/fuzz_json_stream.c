/* JSON an event at a time: takes what the reader of whole documents takes, and gives the same kinds. */
#include "base/charset.h"
#include "conf/json_stream.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

/* 0: not taken; else a sum over the kinds. */
static size_t by_stream(cy_span text)
{
  CY_CLEAN(cy_json_stream) in;
  cy_json_event event;
  bool more = true;
  size_t sum = 1;
  cy_err *err = cy_json_stream_over(&in, "fuzz", text);
  while (!err && more) {
    err = cy_json_stream_next(&in, &event, &more);
    if (!err && more)
      sum = sum * 31 + (size_t)event.kind;
  }
  sum = err ? 0 : sum;
  cy_err_free(err);
  return sum;
}

static size_t by_document(cy_span text)
{
  cy_json_in in = cy_json_read(text);
  cy_json_item item;
  size_t sum = 1;
  while (cy_json_next(&in, &item))
    sum = sum * 31 + (size_t)item.kind;
  return in.wrong ? 0 : sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_span text = cy_span_of(data, size);
  bool marked =
    cy_charset_guess(text) != CY_CHARSET_BYTES || (size >= 2 && (data[0] == 0xef || data[0] >= 0xfe));
  /* Text in another encoding is converted, and long numbers and strings are refused here only. */
  if (!marked && size < 60 && by_stream(text) != by_document(text))
    abort();
  by_stream(text);
  return 0;
}
