#include "audit/ends.h"

#include "base/mem.h"

cy_end_bucket cy_end_bucket_of(cy_time not_after, cy_time now)
{
  if (not_after < now)
    return CY_END_EXPIRED;
  cy_time days = (not_after - now) / CY_DAY;
  return days < 7 ? CY_END_7_DAYS : days < 30 ? CY_END_30_DAYS : days < 90 ? CY_END_90_DAYS : CY_END_LATER;
}

const char *cy_end_bucket_id(cy_end_bucket bucket)
{
  static const char *const ids[] = {
    "expired", "within_7_days", "within_30_days", "within_90_days", "later"};
  return ids[bucket];
}

static void end_clear(cy_audit_end *end)
{
  cy_free(end->address);
  cy_free(end->subject);
  *end = (cy_audit_end){0};
}

bool cy_audit_ends_wants(const cy_audit_ends *ends, cy_time not_after)
{
  return ends->count < CY_AUDIT_NEAREST || not_after <= ends->items[ends->count - 1].not_after;
}

static int order(const cy_audit_end *a, const cy_audit_end *b)
{
  if (a->not_after != b->not_after)
    return a->not_after < b->not_after ? -1 : 1;
  return strcmp(a->subject, b->subject);
}

/* What falls out never comes back, since the list only gets sooner: the counts are exact. */
static void insert(cy_audit_ends *ends, cy_audit_end end)
{
  size_t at = ends->count;
  while (at > 0 && order(&end, &ends->items[at - 1]) < 0)
    at--;
  if (at > 0 && order(&end, &ends->items[at - 1]) == 0) {
    ends->items[at - 1].count += end.count;
    end_clear(&end);
    return;
  }
  if (at >= CY_AUDIT_NEAREST) {
    end_clear(&end);
    return;
  }
  if (ends->count == CY_AUDIT_NEAREST)
    end_clear(&ends->items[--ends->count]);
  memmove(&ends->items[at + 1], &ends->items[at], (ends->count - at) * sizeof end);
  ends->items[at] = end;
  ends->count++;
}

void cy_audit_ends_add(cy_audit_ends *ends, cy_time not_after, char *address, char *subject)
{
  insert(ends, (cy_audit_end){.not_after = not_after, .subject = subject, .address = address, .count = 1});
}

void cy_audit_ends_move(cy_audit_ends *ends, cy_audit_ends *from)
{
  for (size_t i = 0; i < from->count; i++)
    insert(ends, from->items[i]);
  from->count = 0;
}

void cy_audit_ends_clear(cy_audit_ends *ends)
{
  for (size_t i = 0; i < ends->count; i++)
    end_clear(&ends->items[i]);
  ends->count = 0;
}
