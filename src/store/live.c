#include "store/live.h"

#include "base/mem.h"

enum { LIVE_KINDS = 16 };

#define CY_LIVE(name) extern const cy_live cy_live_##name;
#include "store/lives.def"
#undef CY_LIVE

/* The built-in ones, ended by NULL. */
static const cy_live *const built_in[] = {
#define CY_LIVE(name) &cy_live_##name,
#include "store/lives.def"
#undef CY_LIVE
  NULL};

static const cy_live *kinds[LIVE_KINDS];
static size_t kind_count;

const cy_live *cy_live_find(const char *id)
{
  for (size_t i = 0; built_in[i]; i++)
    if (strcmp(built_in[i]->id, id) == 0)
      return built_in[i];
  for (size_t i = 0; i < kind_count; i++)
    if (strcmp(kinds[i]->id, id) == 0)
      return kinds[i];
  return NULL;
}

const cy_live *cy_live_of_folder(const char *path)
{
  for (size_t i = 0; built_in[i]; i++)
    if (built_in[i]->is_folder && built_in[i]->is_folder(path))
      return built_in[i];
  return NULL;
}

void cy_live_nearest(cy_nearest *near)
{
  for (size_t i = 0; built_in[i]; i++)
    cy_nearest_try(near, built_in[i]->id);
  for (size_t i = 0; i < kind_count; i++)
    cy_nearest_try(near, kinds[i]->id);
}

cy_err *cy_live_register(const cy_live *live)
{
  if (cy_live_find(live->id))
    return NULL;
  if (kind_count == LIVE_KINDS)
    return cy_err_new(CY_E_BUG, "too many kinds of live places");
  kinds[kind_count++] = live;
  return NULL;
}

cy_err *cy_commit_result_add(cy_commit_result *result, const char *verb, const char *label, cy_err *err)
{
  if (!cy_grow(&result->items, &result->cap, result->count + 1, sizeof *result->items)) {
    cy_err_free(err);
    return cy_err_no_memory();
  }
  result->items[result->count++] = (cy_commit_item){verb, label, err};
  return NULL;
}

void cy_commit_result_clear(cy_commit_result *result)
{
  for (size_t i = 0; i < result->count; i++)
    cy_err_free(result->items[i].err);
  cy_free(result->items);
  *result = (cy_commit_result){0};
}
