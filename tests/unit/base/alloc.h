/* Purpose: let the Nth allocation fail, for every N, until a piece of work succeeds.
 * Ownership: nothing is owned; the hook is removed again.
 * Errors: a work that never succeeds is a failed test.
 * Threads: one. */
#ifndef TESTS_UNIT_BASE_ALLOC_H
#define TESTS_UNIT_BASE_ALLOC_H

#include "base/mem.h"
#include "tests/lib/unit.h"

static bool deny_nth(size_t size, void *left)
{
  return --*(long *)left == 0;
}

/* `work` answers true when it succeeded. Leaks and crashes are the sanitizer's to find. */
static inline void fail_each_allocation(bool (*work)(void))
{
  for (long n = 1; n < 10000; n++) {
    long left = n;
    cy_mem_hook(deny_nth, &left);
    bool done = work();
    cy_mem_hook(NULL, NULL);
    if (left > 0) {
      assert_true(done);
      assert_true(n > 1);
      return;
    }
  }
  fail_msg("it allocates without end");
}

/* Fails the test with the text of an error. */
#define assert_no_error(call)                                                                                \
  do {                                                                                                       \
    cy_err *error_ = (call);                                                                                 \
    if (error_)                                                                                              \
      fail_msg("%s: %s", #call, cy_err_text(error_));                                                        \
  } while (0)

/* Frees the error after looking at the code of its outermost link. */
#define assert_error(call, code)                                                                             \
  do {                                                                                                       \
    cy_err *error_ = (call);                                                                                 \
    assert_int_equal(cy_err_code_get(error_), code);                                                         \
    cy_err_free(error_);                                                                                     \
  } while (0)

#endif
