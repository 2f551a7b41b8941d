/*
 * Allocation, with one hook for tests that let it fail.
 *
 * Purpose:   every heap block of Causey's own comes from here, zeroed.
 * Ownership: the caller frees with cy_free; cy_free(NULL) does nothing.
 * Errors:    NULL when memory ran out or the hook refused; the caller returns cy_err_no_memory().
 * Threads:   safe; the hook is set before threads start.
 */
#ifndef CY_BASE_MEM_H
#define CY_BASE_MEM_H

#include "base/common.h"

void *cy_malloc(size_t size) CY_MUST_USE;
void *cy_calloc(size_t count, size_t size) CY_MUST_USE;
/* Bytes beyond the old size are not zeroed. On NULL the old block is still there. */
void *cy_realloc(void *block, size_t size) CY_MUST_USE;
char *cy_strdup(const char *s) CY_MUST_USE;
char *cy_strndup(const char *s, size_t len) CY_MUST_USE;
void *cy_memdup(const void *data, size_t len) CY_MUST_USE;
void cy_free(void *block);

/* How many allocations failed so far. What is shown is put together in buffers whose failure not everybody
 * asks for: who is about to write, or says that all went well, looks here. */
size_t cy_mem_failures(void);

/* Makes room for `need` elements in *array, doubling. false: no memory, nothing changed. */
bool cy_grow(void *array_pointer, size_t *capacity, size_t need, size_t element_size) CY_MUST_USE;

/* Returns true to let one allocation of `size` bytes fail. NULL removes the hook. */
typedef bool cy_mem_deny(size_t size, void *arg);
void cy_mem_hook(cy_mem_deny *deny, void *arg);

static inline void cy_str_auto(char **s)
{
  cy_free(*s);
}
/* CY_AUTO_STR char *s = NULL; */
#define CY_AUTO_STR __attribute__((cleanup(cy_str_auto)))

/* Overwrites memory in a way that the compiler keeps. */
void cy_wipe(void *data, size_t len);

#endif
