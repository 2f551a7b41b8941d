/* Which record wins for a partner, and what comes of it. What is not known leaves several ways. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "identity/chlauth.h"
#include "identity/chlauth_internal.h"

typedef struct {
  const cy_chlauth_record *record;
  cy_fits fits;
} candidate;

typedef struct {
  const cy_chlauth *records;
  const cy_chlauth_peer *peer;
  cy_chlauth_decision *out;
  candidate *items;
  size_t count, cap;
} decider;

static cy_fits worse(cy_fits a, cy_fits b)
{
  return a < b ? a : b;
}

static cy_fits fits_name(const char *pattern, const char *name, bool generic)
{
  if (generic && strcmp(pattern, "*") == 0)
    return CY_FITS_YES;
  if (!name)
    return CY_FITS_MAYBE;
  bool same = generic ? cy_generic_match(pattern, name) : strcmp(pattern, name) == 0;
  return same ? CY_FITS_YES : CY_FITS_NO;
}

static bool fits_certificate(const cy_chlauth_record *r, const cy_chlauth_peer *peer)
{
  const cy_dn_subject issuer = {.name = peer->issuer};
  return peer->shows_certificate &&
         (!r->peer_filter || cy_dn_filter_match(r->peer_filter, &peer->subject, NULL)) &&
         (!r->issuer_filter || cy_dn_filter_match(r->issuer_filter, &issuer, NULL));
}

static cy_fits fits(const cy_chlauth_record *r, const cy_chlauth_peer *peer)
{
  cy_fits answer = CY_FITS_YES;
  if (r->gone || r->unusable || !cy_generic_match(r->profile, peer->channel))
    return CY_FITS_NO;
  if (r->type == CY_CHLAUTH_SSLPEERMAP && !fits_certificate(r, peer))
    return CY_FITS_NO;
  if (r->type == CY_CHLAUTH_USERMAP)
    answer = peer->program ? fits_name(r->who, peer->user, false) : CY_FITS_NO;
  if (r->type == CY_CHLAUTH_QMGRMAP)
    answer = peer->program ? CY_FITS_NO : fits_name(r->who, peer->qmgr, true);
  if (r->address)
    answer = worse(answer, cy_address_pattern_fits(&r->pattern, r->address, peer->address));
  return answer;
}

/* What would have to be known. */
static void note_unknown(decider *d, const cy_chlauth_record *r)
{
  d->out->address_matters |=
    r->address && cy_address_pattern_fits(&r->pattern, r->address, d->peer->address) == CY_FITS_MAYBE;
  d->out->user_matters |= r->type == CY_CHLAUTH_USERMAP && !d->peer->user;
  d->out->qmgr_matters |= r->type == CY_CHLAUTH_QMGRMAP && !d->peer->qmgr;
}

static cy_err *consider(decider *d, const cy_chlauth_record *record)
{
  if (record->type < CY_CHLAUTH_SSLPEERMAP)
    return NULL;
  cy_fits answer = fits(record, d->peer);
  if (answer == CY_FITS_NO)
    return NULL;
  if (!cy_grow(&d->items, &d->cap, d->count + 1, sizeof *d->items))
    return cy_err_no_memory();
  d->items[d->count++] = (candidate){record, answer};
  return NULL;
}

static int by_rank(const void *a, const void *b)
{
  const candidate *x = a, *y = b;
  int order = cy_chlauth_compare(x->record, y->record);
  return order ? order : x->record < y->record ? -1 : x->record > y->record;
}

static cy_err *gather(decider *d)
{
  const cy_chlauth *all = d->records;
  for (int type = CY_CHLAUTH_SSLPEERMAP; type < CY_CHLAUTH_TYPES; type++)
    for (size_t at = cy_chlauth_first(all, d->peer->channel, (cy_chlauth_type)type); at != CY_MAP_NONE;
         at = all->records[at].next)
      CY_TRY(consider(d, &all->records[at]));
  for (size_t i = 0; i < all->generic_count; i++)
    CY_TRY(consider(d, &all->records[all->generic[i]]));
  if (d->count)
    qsort(d->items, d->count, sizeof *d->items, by_rank);
  return NULL;
}

/* Users. */

static bool is_admin(const char *user)
{
  static const char *const names[] = {"mqm", "MUSR_MQADMIN", "QMQM", "QMQMADM"};
  for (size_t i = 0; i < CY_COUNT(names); i++)
    if (cy_ascii_equal_nocase(cy_span_str(user), cy_span_str(names[i])))
      return true;
  return false;
}

/* Of several lists the one whose profile is most specific counts. */
static const cy_chlauth_record *best_list(const cy_chlauth *all, const char *channel, cy_chlauth_type type)
{
  const cy_chlauth_record *best = NULL;
  for (size_t at = cy_chlauth_first(all, channel, type); at != CY_MAP_NONE; at = all->records[at].next)
    if (!all->records[at].gone)
      return &all->records[at];
  for (size_t i = 0; i < all->generic_count; i++) {
    const cy_chlauth_record *r = &all->records[all->generic[i]];
    if (r->type == type && !r->gone && cy_generic_match(r->profile, channel) &&
        (!best || cy_generic_compare(r->profile, best->profile) < 0))
      best = r;
  }
  return best;
}

static void check_user(const decider *d, cy_chlauth_way *way)
{
  const cy_chlauth_record *r = best_list(d->records, d->peer->channel, CY_CHLAUTH_BLOCKUSER);
  const char *list = r ? r->list : "";
  cy_span item;
  bool blocked = false;
  while (!blocked && cy_chlauth_list_next(&list, &item)) {
    bool admins = cy_span_equal(item, CY_SPAN("*MQADMIN"));
    way->unless_admin |= admins && (!way->user || !is_admin(way->user));
    blocked = way->user && (admins ? is_admin(way->user) : cy_span_equal(item, cy_span_str(way->user)));
  }
  if (!r || !(blocked || way->unless_admin))
    return;
  way->blocker = r;
  way->unless_admin &= !blocked && !r->warn;
  way->warned |= blocked && r->warn;
  if (blocked && !r->warn)
    way->result = CY_CHLAUTH_BAD_USER;
}

static cy_chlauth_way way_of(const decider *d, const cy_chlauth_record *record)
{
  cy_chlauth_way way = {.record = record};
  const char *own = d->peer->mcauser && *d->peer->mcauser ? d->peer->mcauser : NULL;
  bool refuses = record && record->source == CY_CHLAUTH_NOACCESS;
  if (refuses && !record->warn) {
    way.result = CY_CHLAUTH_NO_ACCESS;
    return way;
  }
  way.warned = refuses;
  if (record && record->source == CY_CHLAUTH_MAP) {
    way.user = record->mcauser;
  } else {
    way.user = own ? own : d->peer->user;
    way.flowed = !own;
  }
  check_user(d, &way);
  return way;
}

static bool same_way(const cy_chlauth_way *a, const cy_chlauth_way *b)
{
  return a->record == b->record && a->result == b->result && a->blocker == b->blocker;
}

static void add_way(decider *d, cy_chlauth_way way)
{
  cy_chlauth_decision *out = d->out;
  if (out->count && same_way(&out->ways[out->count - 1], &way))
    return;
  if (out->count == CY_CHLAUTH_WAYS) {
    out->ways[CY_CHLAUTH_WAYS - 1] = way; /* the one for all others is kept */
    out->more++;
    return;
  }
  out->ways[out->count++] = way;
}

/* BLOCKADDR: before anything else is known. true: it is settled. */
static bool check_address(decider *d)
{
  const cy_chlauth_record *r = best_list(d->records, "*", CY_CHLAUTH_BLOCKADDR);
  const char *list = r ? r->list : "";
  cy_span item;
  cy_fits worst = CY_FITS_NO;
  while (cy_chlauth_list_next(&list, &item)) {
    char text[128];
    cy_address_pattern pattern;
    if (item.len >= sizeof text)
      continue;
    memcpy(text, item.data, item.len);
    text[item.len] = 0;
    cy_err *err = cy_address_pattern_parse(&pattern, text);
    cy_fits answer = err ? CY_FITS_NO : cy_address_pattern_fits(&pattern, text, d->peer->address);
    cy_err_free(err);
    worst = answer > worst ? answer : worst;
  }
  if (!r || worst == CY_FITS_NO || r->warn)
    return false;
  d->out->address_matters |= worst == CY_FITS_MAYBE;
  add_way(d, (cy_chlauth_way){.result = CY_CHLAUTH_BAD_ADDRESS, .blocker = r});
  return worst == CY_FITS_YES;
}

/* Down the list of those that may win, up to the first that is sure to. */
static void settle(decider *d)
{
  for (size_t i = 0; i < d->count; i++) {
    add_way(d, way_of(d, d->items[i].record));
    if (d->items[i].fits == CY_FITS_YES)
      return;
    note_unknown(d, d->items[i].record);
  }
  add_way(d, way_of(d, NULL));
}

cy_err *cy_chlauth_decide(cy_chlauth_decision *out, const cy_chlauth *records, const cy_chlauth_peer *peer)
{
  decider d = {.records = records, .peer = peer, .out = out};
  *out = (cy_chlauth_decision){.checked = !records->disabled};
  if (!out->checked)
    return NULL;
  size_t failures = cy_mem_failures(); /* of buffers whose failure nobody asks for */
  if (check_address(&d))
    return NULL;
  cy_err *err = gather(&d);
  if (!err)
    settle(&d);
  cy_free(d.items);
  return err || failures == cy_mem_failures() ? err : cy_err_no_memory();
}

bool cy_chlauth_refuses(const cy_chlauth_decision *decision)
{
  for (size_t i = 0; i < decision->count; i++)
    if (decision->ways[i].result == CY_CHLAUTH_RUNS)
      return false;
  return decision->checked && decision->count > 0 && decision->more == 0;
}
