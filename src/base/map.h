/*
 * A hash table from bytes to a number.
 *
 * Purpose:   look-ups that do not scan: labels, fingerprints, names, with 100 000 entries.
 * Ownership: keys are borrowed unless the map was made with copy_keys.
 * Errors:    cy_map_put answers false when memory ran out.
 * Threads:   one owner.
 *
 * The hash is seeded for each map, so that files can not be made to collide.
 */
#ifndef CY_BASE_MAP_H
#define CY_BASE_MAP_H

#include "base/common.h"

typedef struct {
  struct cy_map_slot *slots;
  size_t cap;
  size_t count;
  uint64_t seed;
  bool copy_keys;
} cy_map;

#define CY_MAP_NONE SIZE_MAX

void cy_map_init(cy_map *map, bool copy_keys);
/* Adds or overwrites. */
bool cy_map_put(cy_map *map, cy_span key, size_t value) CY_MUST_USE;
/* CY_MAP_NONE when it is not there. */
size_t cy_map_get(const cy_map *map, cy_span key);
void cy_map_clear(cy_map *map);

/* For tables of one's own: a seed that nobody can guess, and the hash under it. */
uint64_t cy_hash_seed(void);
uint64_t cy_hash(uint64_t seed, cy_span bytes);

#endif
