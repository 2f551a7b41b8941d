#include "base/fault.h"

#ifdef CY_FAULT_INJECTION

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/mem.h"

static const char *crash_point;
static atomic_long allocations_left;

static bool deny(size_t size, void *arg)
{
  return atomic_fetch_sub(&allocations_left, 1) == 1;
}

void cy_fault_begin(const char *crash_at, const char *fail_alloc)
{
  crash_point = crash_at;
  if (!fail_alloc)
    return;
  atomic_store(&allocations_left, strtol(fail_alloc, NULL, 10));
  cy_mem_hook(deny, NULL);
}

void cy_fault_point(const char *name)
{
  if (crash_point && strcmp(crash_point, name) == 0)
    raise(SIGKILL);
}

#endif
