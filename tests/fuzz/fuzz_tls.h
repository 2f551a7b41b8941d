/* Purpose: what the fuzz targets of readers of TLS configurations share.
 * Ownership: all is freed.
 * Errors: aborts when what must hold does not.
 * Threads: one.
 *
 * No file that an input names exists: what it says is what counts. */
#ifndef TESTS_FUZZ_FUZZ_TLS_H
#define TESTS_FUZZ_FUZZ_TLS_H

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

#include "tls/reader.h"

static inline int fuzz_tls(const char *reader, const char *path, const uint8_t *data, size_t size)
{
  CY_CLEAN(cy_tls_sides) sides = {0};
  const cy_tls_read_how how = {.root = "/nonexistent"};
  cy_err *err = cy_tls_sides_parse(&sides, cy_tls_reader_find(reader), path, cy_span_of(data, size), &how);
  for (size_t i = 0; i < sides.count; i++) {
    const cy_tls_side *side = sides.items[i];
    if (!side->name || side->versions & ~(unsigned)CY_TLS_ALL_VERSIONS)
      abort();
    for (size_t k = 0; k < side->setting_count; k++)
      if (!side->settings[k].key || !side->settings[k].value || !side->settings[k].file)
        abort();
  }
  if (err && sides.count)
    abort();
  cy_err_free(err);
  return 0;
}

#endif
