/* Purpose: what every C unit test includes first: cmocka, with the headers that it wants before it.
 * Ownership: nothing is owned.
 * Errors: none.
 * Threads: for the one thread of a test program. */
#ifndef TESTS_LIB_UNIT_H
#define TESTS_LIB_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Writes the path of a file of the source tree ("tests/fixtures/a.pem") to path. */
static inline const char *test_path(char *path, size_t size, const char *file)
{
  const char *root = getenv("CAUSEY_SRC");
  int length = snprintf(path, size, "%s/%s", root ? root : ".", file);

  assert_true(length > 0 && (size_t)length < size);
  return path;
}

#endif
