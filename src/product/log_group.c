#include "product/log_group.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"

enum {
  FAR_LINES = 60, /* further apart two messages of one connection do not stand, when times agree */
  NEAR_LINES =
    80, /* when the log has no times: so long is what a test client writes, or a stack of calls */
  KEYED_LINES = 2000,
  SAME_SECONDS = 2,
  DAY = 24 * 60 * 60,
};

static void clear_case(cy_log_case *one)
{
  for (size_t i = 0; i < one->item_count; i++)
    cy_free(one->items[i].sample);
  *one = (cy_log_case){0};
}

void cy_log_groups_clear(log_groups *all)
{
  for (size_t i = 0; i < LOG_OPEN; i++)
    clear_case(&all->groups[i].found);
  for (size_t i = 0; i < all->case_count; i++)
    clear_case(&all->cases[i]);
  cy_free(all->cases);
  cy_map_clear(&all->index);
  *all = (log_groups){0};
}

/* What counts only near another message is taken out when that did not come. */
static bool is_confirmed(const log_group *g, size_t item)
{
  if (!g->near[item][0])
    return true;
  for (size_t i = 0; i < g->found.item_count; i++)
    if (!g->near[i][0] && cy_text_starts(g->found.items[i].message->code, g->near[item]))
      return true;
  return false;
}

static void drop_unconfirmed(log_group *g)
{
  bool confirmed[CY_LOG_ITEMS];
  size_t kept = 0, count = g->found.item_count;
  for (size_t i = 0; i < count; i++)
    confirmed[i] = is_confirmed(g, i);
  for (size_t i = 0; i < count; i++) {
    if (confirmed[i])
      g->found.items[kept++] = g->found.items[i];
    else
      cy_free(g->found.items[i].sample);
  }
  g->found.item_count = kept;
}

static int compare_ids(const void *a, const void *b)
{
  uint16_t x = *(const uint16_t *)a, y = *(const uint16_t *)b;
  return (x > y) - (x < y);
}

/* Equal groups have equal signatures: which messages, and which way they went. */
static size_t sign(uint16_t ids[CY_LOG_ITEMS], const cy_log_case *one)
{
  for (size_t i = 0; i < one->item_count; i++) {
    const cy_log_item *item = &one->items[i];
    ids[i] =
      (uint16_t)((size_t)(item->message - cy_messages) * 4 + (size_t)item->received * 2 + item->sent);
  }
  qsort(ids, one->item_count, sizeof *ids, compare_ids);
  return one->item_count * sizeof *ids;
}

static cy_err *add_case(log_groups *all, cy_log_case *one, cy_span signature)
{
  if (all->case_count >= CY_LOG_CASES) {
    all->other_cases++;
    clear_case(one);
    return NULL;
  }
  if (!cy_grow(&all->cases, &all->case_cap, all->case_count + 1, sizeof *all->cases) ||
      !cy_map_put(&all->index, signature, all->case_count))
    return cy_err_no_memory();
  one->count = 1;
  all->cases[all->case_count++] = *one;
  *one = (cy_log_case){0};
  return NULL;
}

/* Groups are not closed in the order in which they begin. */
static void merge(cy_log_case *one, cy_log_case *again)
{
  size_t count = one->count + 1;
  if (one->file == again->file && again->first_line < one->first_line) {
    cy_log_case first = *again;
    *again = *one;
    *one = first;
  }
  if (one->file != again->file || again->final_line > one->final_line) {
    one->final_line = again->final_line;
    memcpy(one->last_time, again->last_time, sizeof one->last_time);
  }
  one->count = count;
  clear_case(again);
}

/* What is said of every healthy connection, too: alone it is no case. */
static bool is_harmless(const cy_message *m)
{
  return strcmp(m->family->id, "clue") == 0 ||
         (m->end == CY_END_EITHER && m->refused == CY_REFUSED_UNKNOWN && !m->cause_count);
}

static bool is_worth_telling(const cy_log_case *one)
{
  for (size_t i = 0; i < one->item_count; i++)
    if (!is_harmless(one->items[i].message))
      return true;
  return false;
}

static cy_err *close_group(log_groups *all, log_group *g)
{
  uint16_t ids[CY_LOG_ITEMS];
  g->open = false;
  drop_unconfirmed(g);
  if (!is_worth_telling(&g->found)) {
    clear_case(&g->found);
    return NULL;
  }
  cy_span signature = cy_span_of(ids, sign(ids, &g->found));
  size_t known = cy_map_get(&all->index, signature);
  if (known == CY_MAP_NONE)
    return add_case(all, &g->found, signature);
  merge(&all->cases[known], &g->found);
  return NULL;
}

cy_err *cy_log_groups_close(log_groups *all)
{
  for (size_t i = 0; i < LOG_OPEN; i++)
    if (all->groups[i].open)
      CY_TRY(close_group(all, &all->groups[i]));
  return NULL;
}

static bool same_moment(const log_time *a, const log_time *b)
{
  if (a->seconds < 0 || b->seconds < 0)
    return true;
  long apart = labs(a->seconds - b->seconds);
  return apart <= SAME_SECONDS || DAY - apart <= SAME_SECONDS;
}

/* The first message of a group comes again in a later entry of the log: another connection. Numbers that
 * count only near a message stand in the heading of every entry. */
static bool begins_again(const log_group *g, const cy_message_hit *hit, const log_place *place)
{
  size_t first = 0;
  while (first < g->found.item_count && g->near[first][0])
    first++;
  return !g->key[0] && first < g->found.item_count && g->found.items[first].message == hit->message &&
         place->time.line != g->time.line;
}

static bool fits(const log_group *g, const cy_message_hit *hit, const log_place *place)
{
  if (!g->open)
    return false;
  size_t apart = place->line - g->found.last_line;
  if (place->key[0] && g->key[0])
    return strcmp(place->key, g->key) == 0 && apart <= KEYED_LINES;
  bool timed = g->time.seconds >= 0 && place->time.seconds >= 0;
  return same_moment(&g->time, &place->time) && apart <= (timed ? FAR_LINES : NEAR_LINES) &&
         !begins_again(g, hit, place);
}

/* The group that a message belongs to: the latest that fits, one of the same connection before all others.
 */
static log_group *find_group(log_groups *all, const cy_message_hit *hit, const log_place *place)
{
  log_group *best = NULL;
  for (size_t i = 0; i < LOG_OPEN; i++) {
    log_group *g = &all->groups[i];
    if (!fits(g, hit, place))
      continue;
    if (place->key[0] && g->key[0])
      return g;
    if (!best || g->found.last_line > best->found.last_line)
      best = g;
  }
  return best;
}

static cy_err *open_group(log_groups *all, log_group **out, const log_place *place)
{
  log_group *oldest = &all->groups[0];
  for (size_t i = 0; i < LOG_OPEN; i++) {
    log_group *g = &all->groups[i];
    if (!g->open || (oldest->open && g->found.last_line < oldest->found.last_line))
      oldest = g;
  }
  if (oldest->open)
    CY_TRY(close_group(all, oldest));
  *oldest = (log_group){.open = true, .time = place->time};
  oldest->found.file = all->file;
  oldest->found.first_line = place->line;
  memcpy(oldest->found.first_time, place->time.text, sizeof oldest->found.first_time);
  *out = oldest;
  return NULL;
}

static cy_err *add_item(log_group *g, const cy_message_hit *hit, const log_place *place)
{
  cy_log_case *one = &g->found;
  size_t i = 0;
  while (i < one->item_count && one->items[i].message != hit->message)
    i++;
  if (i == CY_LOG_ITEMS)
    return NULL;
  cy_log_item *item = &one->items[i];
  if (i == one->item_count) {
    size_t len = place->text.len < CY_LOG_SAMPLE ? place->text.len : CY_LOG_SAMPLE;
    size_t from = hit->start > len / 2 && place->text.len > CY_LOG_SAMPLE ? hit->start - len / 2 : 0;
    if (from + len > place->text.len)
      from = place->text.len - len;
    *item = (cy_log_item){.message = hit->message, .line = place->line};
    item->sample = cy_strndup((const char *)place->text.data + from, len);
    if (!item->sample)
      return cy_err_no_memory();
    g->near[i] = hit->near;
    one->item_count++;
  }
  item->received = item->received || hit->way == CY_MESSAGE_RECEIVED;
  item->sent = item->sent || hit->way == CY_MESSAGE_SENT;
  if (!hit->near[0])
    g->near[i] = "";
  return NULL;
}

static void note_unknown(log_groups *all, const cy_message_hit *hit, const log_place *place)
{
  char code[sizeof all->unknown[0].code] = "";
  size_t len = hit->end - hit->start, i = 0;
  memcpy(code, place->text.data + hit->start, len < sizeof code ? len : sizeof code - 1);
  while (i < all->unknown_count && strcmp(all->unknown[i].code, code) != 0)
    i++;
  if (i == LOG_UNKNOWN)
    return;
  if (i == all->unknown_count)
    memcpy(all->unknown[all->unknown_count++].code, code, sizeof code);
  all->unknown[i].count++;
}

cy_err *cy_log_groups_add(log_groups *all, const cy_message_hit *hit, const log_place *place)
{
  if (!hit->message) {
    note_unknown(all, hit, place);
    return NULL;
  }
  log_group *g = find_group(all, hit, place);
  if (!g)
    CY_TRY(open_group(all, &g, place));
  if (place->key[0])
    memcpy(g->key, place->key, sizeof g->key);
  if (place->time.seconds >= 0)
    memcpy(g->found.last_time, place->time.text, sizeof g->found.last_time);
  g->time.seconds = place->time.seconds >= 0 ? place->time.seconds : g->time.seconds;
  g->found.last_line = g->found.final_line = place->line;
  return add_item(g, hit, place);
}
