/* Crash points and failing allocations exist only in builds that ask for them. */
#include "base/fault.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/base/alloc.h"

static void a_named_point_ends_the_process(void **state)
{
#ifdef CY_FAULT_INJECTION
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    cy_fault_begin("after-write", NULL);
    CY_CRASH_POINT("before-write");
    CY_CRASH_POINT("after-write");
    _exit(0);
  }
  int status = 0;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFSIGNALED(status));
  assert_int_equal(WTERMSIG(status), SIGKILL);
#else
  CY_CRASH_POINT("after-write");
  skip();
#endif
}

static void the_nth_allocation_fails(void **state)
{
#ifdef CY_FAULT_INJECTION
  cy_fault_begin(NULL, "3");
  for (int i = 1; i <= 5; i++) {
    void *block = cy_malloc(1);
    assert_int_equal(block == NULL, i == 3);
    cy_free(block);
  }
  cy_mem_hook(NULL, NULL);
#else
  skip();
#endif
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_named_point_ends_the_process), cmocka_unit_test(the_nth_allocation_fails)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
