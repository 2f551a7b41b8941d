/* Erlang's terms: what is read has lines that never go back, and no more text than was there. */
#include "conf/erlang.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

static size_t texts_of(const cy_erlang_term *term, size_t *line)
{
  size_t total = 0;
  for (; term; term = term->next) {
    if (term->line < *line)
      abort();
    *line = term->line;
    total += strlen(term->text) + texts_of(term->first, line);
  }
  return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_erlang terms;
  CY_AUTO(cy_err) *err = cy_erlang_parse(&terms, "fuzz", cy_span_of(data, size));
  size_t line = 1;
  if (!err && texts_of(terms.first, &line) > 3 * size)
    abort();
  cy_erlang_clear(&terms);
  return 0;
}
