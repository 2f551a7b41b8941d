#include "base/mem.h"

#include <stdatomic.h>
#include <stdlib.h>

static cy_mem_deny *deny_hook;
static void *deny_arg;
static atomic_size_t failures;

void cy_mem_hook(cy_mem_deny *deny, void *arg)
{
  deny_hook = deny;
  deny_arg = arg;
}

static bool denied(size_t size)
{
  return deny_hook && deny_hook(size, deny_arg);
}

static void *noted(void *block)
{
  if (!block)
    atomic_fetch_add(&failures, 1);
  return block;
}

size_t cy_mem_failures(void)
{
  return atomic_load(&failures);
}

void *cy_malloc(size_t size)
{
  return cy_calloc(1, size);
}

void *cy_calloc(size_t count, size_t size)
{
  if (size && count > SIZE_MAX / size)
    return NULL;
  return noted(denied(count * size) ? NULL : calloc(count ? count : 1, size ? size : 1));
}

void *cy_realloc(void *block, size_t size)
{
  return noted(denied(size) ? NULL : realloc(block, size ? size : 1));
}

char *cy_strndup(const char *s, size_t len)
{
  char *copy = len < SIZE_MAX ? cy_malloc(len + 1) : NULL;
  if (copy && len)
    memcpy(copy, s, len);
  return copy;
}

char *cy_strdup(const char *s)
{
  return cy_strndup(s, strlen(s));
}

void *cy_memdup(const void *data, size_t len)
{
  return cy_strndup(data, len);
}

void cy_free(void *block)
{
  free(block);
}

bool cy_grow(void *array_pointer, size_t *capacity, size_t need, size_t element_size)
{
  if (need <= *capacity)
    return true;
  size_t want = *capacity ? *capacity : 8;
  while (want < need) {
    if (want > SIZE_MAX / 2 / element_size)
      return false;
    want *= 2;
  }
  /* Copied in and out: the array is a T **, which may not be read as a void **. */
  void *block;
  memcpy(&block, array_pointer, sizeof block);
  block = cy_realloc(block, want * element_size);
  if (!block)
    return false;
  memset((char *)block + *capacity * element_size, 0, (want - *capacity) * element_size);
  memcpy(array_pointer, &block, sizeof block);
  *capacity = want;
  return true;
}

void cy_wipe(void *data, size_t len)
{
  if (len)
    explicit_bzero(data, len);
}
