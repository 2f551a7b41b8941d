/* Purpose: what C unit tests say of errors: none, or this one; and that a lack of memory is one.
 * Ownership: errors that are given are freed.
 * Errors: asserts.
 * Threads: one. */
#ifndef TESTS_LIB_ERRORS_H
#define TESTS_LIB_ERRORS_H

#include "tests/lib/unit.h"

#include "base/err.h"
#include "base/mem.h"

static inline void fine(cy_err *err)
{
  if (err) {
    const cy_err *root = err;
    while (cy_err_cause(root))
      root = cy_err_cause(root);
    fail_msg(
      "%s: %s (%s)", cy_err_info_get(cy_err_code_get(root))->id, cy_err_text(err), cy_err_text(root));
  }
}

/* It has this code in its chain, says something and gives advice. */
static inline void fails_with(cy_err *err, cy_err_code code)
{
  if (!err)
    fail_msg("no error, %s expected", cy_err_info_get(code)->id);
  if (!cy_err_is(err, code)) {
    print_message("# expected %s\n", cy_err_info_get(code)->id);
    fine(err);
  }
  assert_true(strlen(cy_err_text(err)) > 0 && strlen(cy_err_fix(err)) > 0);
  cy_err_free(err);
}

/* Some link of the chain says this. */
static inline bool mentions(const cy_err *err, const char *text)
{
  for (; err; err = cy_err_cause(err))
    if (strstr(cy_err_text(err), text))
      return true;
  return false;
}

static inline bool deny_one(size_t size, void *left)
{
  (void)size;
  return --*(long *)left == 0;
}

/* Each allocation of `work` in turn fails: system.no-memory every time, until it is done; there are more
 * than `least`. Leaks and crashes are the sanitizer's to find. */
static inline void memory_ends_anywhere(cy_err *(*work)(void *arg), void *arg, long least)
{
  for (long n = 1; n < 20000; n++) {
    long left = n;
    cy_mem_hook(deny_one, &left);
    cy_err *err = work(arg);
    cy_mem_hook(NULL, NULL);
    if (left > 0) {
      fine(err);
      assert_true(n > least);
      return;
    }
    if (!err)
      fail_msg("that allocation %ld failed was not noticed", n);
    fails_with(err, CY_E_NO_MEMORY);
  }
  fail_msg("it allocates without end");
}

#endif
