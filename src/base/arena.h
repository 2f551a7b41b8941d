/*
 * An arena: many small pieces with one life.
 *
 * Purpose:   what a parsed store is made of (labels, identifiers, decoded DER) lives and dies
 *            with it.
 * Ownership: pieces belong to the arena until cy_arena_clear. Not for secrets.
 * Errors:    NULL or an empty span when memory ran out.
 * Threads:   one owner.
 */
#ifndef CY_BASE_ARENA_H
#define CY_BASE_ARENA_H

#include "base/common.h"

typedef struct {
  struct cy_arena_block *blocks;
} cy_arena;

void *cy_arena_alloc(cy_arena *arena, size_t size) CY_MUST_USE; /* zeroed */
/* data NULL only when memory ran out (an empty copy is not NULL). */
cy_span cy_arena_copy(cy_arena *arena, cy_span bytes) CY_MUST_USE;
char *cy_arena_str(cy_arena *arena, cy_span text) CY_MUST_USE;
void cy_arena_clear(cy_arena *arena);

#endif
