/* Purpose: a fuzz target of one reader of configurations, READER: the text is parsed as a file of that
 * kind, below a root in which there is nothing, so no store is opened. Ownership: none. Errors: abort()
 * when sides come with an error. Threads: one. */
#ifndef TESTS_FUZZ_TLS_READER_H
#define TESTS_FUZZ_TLS_READER_H

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"
#include "tls/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  const cy_tls_read_how how = {.root = "/nonexistent", .home = "/nonexistent"};
  cy_tls_sides sides = {0};
  cy_err *err = cy_tls_sides_parse(
    &sides, cy_tls_reader_find(READER), "/nonexistent/file", cy_span_of(data, size), &how);
  for (size_t i = 0; i < sides.count; i++)
    if (!sides.items[i]->name || !sides.items[i]->source)
      abort();
  cy_tls_sides_clear(&sides);
  cy_err_free(err);
  return 0;
}

#endif
