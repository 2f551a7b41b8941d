#include "base/map.h"

#include <sys/random.h>

#include "base/mem.h"

struct cy_map_slot {
  const uint8_t *key;
  size_t len;
  size_t value;
  uint64_t hash;
  bool used;
};

uint64_t cy_hash_seed(void)
{
  static const char anywhere; /* its address differs from run to run */
  uint64_t seed;
  if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed)
    seed = (uint64_t)(uintptr_t)&anywhere;
  return seed;
}

void cy_map_init(cy_map *map, bool copy_keys)
{
  *map = (cy_map){.copy_keys = copy_keys, .seed = cy_hash_seed()};
}

/* Multiply and fold, eight bytes a step. */
uint64_t cy_hash(uint64_t seed, cy_span key)
{
  uint64_t h = seed ^ key.len;
  for (size_t i = 0; i < key.len; i += 8) {
    uint64_t word = 0;
    memcpy(&word, key.data + i, key.len - i < 8 ? key.len - i : 8);
    unsigned __int128 product = (unsigned __int128)(h ^ word ^ 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u;
    h = (uint64_t)product ^ (uint64_t)(product >> 64);
  }
  return h ^ h >> 32;
}

static struct cy_map_slot *slot_for(struct cy_map_slot *slots, size_t cap, cy_span key, uint64_t hash)
{
  for (size_t i = hash & (cap - 1);; i = (i + 1) & (cap - 1)) {
    struct cy_map_slot *s = &slots[i];
    if (!s->used || (s->hash == hash && cy_span_equal(cy_span_of(s->key, s->len), key)))
      return s;
  }
}

static bool grow(cy_map *map)
{
  size_t cap = map->cap ? map->cap * 2 : 16;
  struct cy_map_slot *slots = cy_calloc(cap, sizeof *slots);
  if (!slots)
    return false;
  for (size_t i = 0; i < map->cap; i++)
    if (map->slots[i].used)
      *slot_for(slots, cap, cy_span_of(map->slots[i].key, map->slots[i].len), map->slots[i].hash) =
        map->slots[i];
  cy_free(map->slots);
  map->slots = slots;
  map->cap = cap;
  return true;
}

bool cy_map_put(cy_map *map, cy_span key, size_t value)
{
  if (map->count * 4 >= map->cap * 3 && !grow(map))
    return false;
  uint64_t hash = cy_hash(map->seed, key);
  struct cy_map_slot *s = slot_for(map->slots, map->cap, key, hash);
  if (!s->used) {
    const uint8_t *kept = map->copy_keys ? cy_memdup(key.data, key.len) : key.data;
    if (map->copy_keys && !kept)
      return false;
    *s = (struct cy_map_slot){kept, key.len, 0, hash, true};
    map->count++;
  }
  s->value = value;
  return true;
}

size_t cy_map_get(const cy_map *map, cy_span key)
{
  if (!map->cap)
    return CY_MAP_NONE;
  const struct cy_map_slot *s = slot_for(map->slots, map->cap, key, cy_hash(map->seed, key));
  return s->used ? s->value : CY_MAP_NONE;
}

void cy_map_clear(cy_map *map)
{
  for (size_t i = 0; map->copy_keys && i < map->cap; i++)
    if (map->slots[i].used)
      cy_free((void *)(uintptr_t)map->slots[i].key);
  cy_free(map->slots);
  *map = (cy_map){.copy_keys = map->copy_keys, .seed = map->seed};
}
