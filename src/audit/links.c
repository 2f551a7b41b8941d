#include "audit/links.h"

typedef struct {
  uint64_t dev, ino;
} id;

static id id_of(const struct stat *st)
{
  return (id){(uint64_t)st->st_dev, (uint64_t)st->st_ino};
}

void cy_links_init(cy_links *links)
{
  pthread_mutex_init(&links->lock, NULL);
  cy_map_init(&links->owners, true);
}

void cy_links_clear(cy_links *links)
{
  cy_map_clear(&links->owners);
  pthread_mutex_destroy(&links->lock);
}

cy_err *cy_links_claim(cy_links *links, const struct stat *st, size_t number, bool *mine)
{
  id key = id_of(st);
  bool kept = true;
  pthread_mutex_lock(&links->lock);
  size_t owner = cy_map_get(&links->owners, cy_span_of(&key, sizeof key));
  *mine = owner == CY_MAP_NONE || owner >= number;
  if (*mine)
    kept = cy_map_put(&links->owners, cy_span_of(&key, sizeof key), number);
  pthread_mutex_unlock(&links->lock);
  return kept ? NULL : cy_err_no_memory();
}

bool cy_links_owns(cy_links *links, const struct stat *st, size_t number)
{
  id key = id_of(st);
  pthread_mutex_lock(&links->lock);
  bool owns = cy_map_get(&links->owners, cy_span_of(&key, sizeof key)) == number;
  pthread_mutex_unlock(&links->lock);
  return owns;
}
