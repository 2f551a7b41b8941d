#include "base/secret.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/mem.h"

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ADDRESS_SANITIZER 1
#endif
#endif

/*
 * The arena: slabs of locked pages, cut into blocks of a few sizes that are kept in free lists.
 * Large secrets have pages of their own. Slabs are never given back; there are few.
 */
enum { SLAB_BYTES = 64 << 10, CLASSES = 4 };
static const size_t class_bytes[CLASSES] = {64, 512, 4096, 16384};

typedef union block {
  union block *next;
  uint8_t bytes[1];
} block;

static block *free_blocks[CLASSES];
static pthread_mutex_t arena_lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool unlocked;

static void *map_pages(size_t bytes)
{
  void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED)
    return NULL;
  if (mlock(pages, bytes) != 0)
    atomic_store(&unlocked, true);
  madvise(pages, bytes, MADV_DONTDUMP);
  return pages;
}

static int class_for(size_t bytes)
{
  for (int c = 0; c < CLASSES; c++)
    if (bytes <= class_bytes[c])
      return c;
  return -1;
}

static bool refill(int c)
{
  uint8_t *slab = map_pages(SLAB_BYTES);
  if (!slab)
    return false;
  for (size_t at = 0; at + class_bytes[c] <= SLAB_BYTES; at += class_bytes[c]) {
    block *b = (block *)(void *)(slab + at);
    b->next = free_blocks[c];
    free_blocks[c] = b;
  }
  return true;
}

static uint8_t *arena_take(size_t bytes)
{
  int c = class_for(bytes);
  if (c < 0)
    return map_pages(bytes);
  pthread_mutex_lock(&arena_lock);
  block *b = free_blocks[c] || refill(c) ? free_blocks[c] : NULL;
  if (b)
    free_blocks[c] = b->next;
  pthread_mutex_unlock(&arena_lock);
  if (b)
    memset(b, 0, class_bytes[c]);
  return b ? b->bytes : NULL;
}

static void arena_give(uint8_t *bytes, size_t size)
{
  int c = class_for(size);
  cy_wipe(bytes, size);
  if (c < 0) {
    munmap(bytes, size);
    return;
  }
  block *b = (block *)(void *)bytes;
  pthread_mutex_lock(&arena_lock);
  b->next = free_blocks[c];
  free_blocks[c] = b;
  pthread_mutex_unlock(&arena_lock);
}

cy_err *cy_secret_new(cy_secret **out, size_t cap)
{
  *out = NULL;
  if (cap > CY_MAX_STORE_BYTES)
    return cy_err_new(CY_E_TOO_LARGE, "a secret of %zu bytes", cap);
  cy_secret *secret = cy_malloc(sizeof *secret);
  CY_TRY_ALLOC(secret);
  secret->data = arena_take(cap + 1);
  if (!secret->data) {
    cy_free(secret);
    return cy_err_no_memory();
  }
  secret->cap = cap;
  *out = secret;
  return NULL;
}

cy_err *cy_secret_copy(cy_secret **out, cy_span from)
{
  CY_TRY(cy_secret_new(out, from.len));
  if (from.len)
    memcpy((*out)->data, from.data, from.len);
  (*out)->len = from.len;
  return NULL;
}

void cy_secret_free(cy_secret *secret)
{
  if (!secret)
    return;
  arena_give(secret->data, secret->cap + 1);
  cy_free(secret);
}

cy_span cy_secret_get(const cy_secret *secret)
{
  return secret ? cy_span_of(secret->data, secret->len) : CY_SPAN_NONE;
}

bool cy_secret_equal(cy_span a, cy_span b)
{
  if (a.len != b.len)
    return false;
  volatile uint8_t difference = 0;
  for (size_t i = 0; i < a.len; i++)
    difference |= a.data[i] ^ b.data[i];
  return difference == 0;
}

bool cy_secret_unlocked(void)
{
  return atomic_load(&unlocked);
}

void cy_secret_harden_process(void)
{
  struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
#ifndef WITH_ADDRESS_SANITIZER /* its leak checker must be able to attach */
  prctl(PR_SET_DUMPABLE, 0);
#endif
}
