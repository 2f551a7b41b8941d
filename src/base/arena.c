#include "base/arena.h"

#include "base/mem.h"

enum { BLOCK_BYTES = 64 << 10, ALIGN = 16 };

struct cy_arena_block {
  struct cy_arena_block *next;
  size_t used;
  size_t size;
  _Alignas(ALIGN) uint8_t bytes[];
};

static struct cy_arena_block *block_new(size_t size)
{
  struct cy_arena_block *b = cy_malloc(sizeof *b + size);
  if (b)
    b->size = size;
  return b;
}

void *cy_arena_alloc(cy_arena *arena, size_t size)
{
  if (size > CY_MAX_STORE_BYTES)
    return NULL;
  size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
  struct cy_arena_block *b = arena->blocks;
  if (!b || b->size - b->used < size) {
    b = block_new(size > BLOCK_BYTES / 4 ? size : BLOCK_BYTES);
    if (!b)
      return NULL;
    /* A block made for one large piece goes behind, so that the open one stays open. */
    bool behind = b->size == size && arena->blocks;
    b->next = behind ? arena->blocks->next : arena->blocks;
    *(behind ? &arena->blocks->next : &arena->blocks) = b;
  }
  void *piece = b->bytes + b->used;
  b->used += size;
  return piece;
}

cy_span cy_arena_copy(cy_arena *arena, cy_span bytes)
{
  uint8_t *copy = cy_arena_alloc(arena, bytes.len ? bytes.len : 1);
  if (!copy)
    return CY_SPAN_NONE;
  if (bytes.len)
    memcpy(copy, bytes.data, bytes.len);
  return cy_span_of(copy, bytes.len);
}

char *cy_arena_str(cy_arena *arena, cy_span text)
{
  char *copy = cy_arena_alloc(arena, text.len + 1);
  if (copy && text.len)
    memcpy(copy, text.data, text.len);
  return copy;
}

void cy_arena_clear(cy_arena *arena)
{
  while (arena->blocks) {
    struct cy_arena_block *next = arena->blocks->next;
    cy_free(arena->blocks);
    arena->blocks = next;
  }
}
