/* The smallest changes with which two ends would agree. */
#include "base/mem.h"
#include "tls/mend_internal.h"

static void pair_clear(cy_mend_pair *pair)
{
  for (int e = 0; e < 2; e++) {
    cy_tls_terms_free(pair->terms[e]);
    cy_tls_side_free(pair->sides[e]);
  }
  *pair = (cy_mend_pair){0};
}

static cy_err *predict(cy_mend_pair *pair, cy_tls_verdicts *verdicts)
{
  for (int e = 0; e < 2; e++) {
    cy_tls_terms_free(pair->terms[e]);
    CY_TRY(cy_tls_terms_new(&pair->terms[e], pair->sides[e], (cy_tls_role)e));
  }
  return cy_tls_predict(&pair->outcome, pair->terms[CY_TLS_CLIENT], pair->terms[CY_TLS_SERVER], verdicts);
}

static cy_err *pair_of(cy_mend_pair *pair, const cy_mend_pair *from, const cy_tls_change *change)
{
  *pair = (cy_mend_pair){0};
  for (int e = 0; e < 2; e++)
    CY_TRY(cy_tls_side_copy(&pair->sides[e], from->sides[e]));
  return cy_tls_change_apply(pair->sides[change->end], from->terms[change->end], change);
}

/* A search: who may be changed, how many changes, and at what price at most. */
typedef struct {
  bool may[2];
  size_t depth;
  unsigned limit; /* of a single change's price */
  cy_tls_verdicts *verdicts;
  cy_tls_mend *found;
  cy_tls_mends *out; /* its `partial` is the furthest that was reached */
  cy_tls_mend path;
  size_t work; /* predictions that are left */
} search;

/* Gets this path further than all before it? Fewer changes come first, so that they stay. */
static void note_partial(search *s, const cy_tls_outcome *outcome)
{
  if (outcome->step <= s->out->next_step || s->path.price >= CY_TLS_PRICE_WEAK)
    return;
  s->out->partial = s->path;
  s->out->next = outcome->cause;
  s->out->next_step = outcome->step;
}

static cy_err *look(search *s, const cy_mend_pair *pair);

/* Libraries look at application protocols at different moments, so that they may come later than suites. */
static bool gets_further(const cy_tls_outcome *now, const cy_tls_outcome *before)
{
  return now->step >= before->step || now->step == CY_TLS_STEP_PROTOCOL;
}

/* Tries one change; goes deeper when it gets past the step that failed. */
static cy_err *try_change(search *s, const cy_mend_pair *from, const cy_tls_change *change)
{
  cy_mend_pair pair;
  cy_err *err = pair_of(&pair, from, change);
  if (!err)
    err = predict(&pair, s->verdicts);
  if (err) {
    pair_clear(&pair);
    return err;
  }
  s->work -= s->work > 0;
  s->path.changes[s->path.count++] = *change;
  s->path.price += cy_tls_change_price(change);
  if (pair.outcome.agrees)
    *s->found = s->path;
  else
    note_partial(s, &pair.outcome);
  if (!pair.outcome.agrees && s->path.count < s->depth && pair.outcome.cause != from->outcome.cause &&
      gets_further(&pair.outcome, &from->outcome))
    err = look(s, &pair);
  s->path.count--;
  s->path.price -= cy_tls_change_price(change);
  pair_clear(&pair);
  return err;
}

static cy_err *look_at(search *s, const cy_mend_pair *pair, cy_tls_role end)
{
  cy_mend_list *list = cy_calloc(1, sizeof *list);
  cy_err *err = list ? NULL : cy_err_no_memory();
  if (list)
    cy_mend_candidates(list, pair, end, s->depth == 1);
  for (size_t i = 0; list && i < list->count && !err && s->found->count == 0 && s->work > 0; i++)
    if (cy_tls_change_price(&list->items[i]) < s->limit)
      err = try_change(s, pair, &list->items[i]);
  cy_free(list);
  return err;
}

static cy_err *look(search *s, const cy_mend_pair *pair)
{
  for (int e = 0; e < 2 && s->found->count == 0; e++)
    if (s->may[e])
      CY_TRY(look_at(s, pair, (cy_tls_role)e));
  return NULL;
}

/* The smallest number of changes with which these ends can be mended; found->count 0: none. */
static cy_err *deepen(cy_tls_mend *found, cy_tls_mends *out, const cy_mend_pair *pair, const bool may[2],
  size_t most, unsigned limit, cy_tls_verdicts *verdicts)
{
  *found = (cy_tls_mend){0};
  for (size_t depth = 1; depth <= most && found->count == 0; depth++) {
    search s = {.may = {may[0], may[1]},
      .depth = depth,
      .limit = limit,
      .verdicts = verdicts,
      .found = found,
      .out = out,
      .work = 4000};
    CY_TRY(look(&s, pair));
  }
  return NULL;
}

static void keep(cy_tls_mends *out, const cy_tls_mend *mend)
{
  size_t at = out->count;
  if (mend->count == 0 || out->count == CY_TLS_MENDS)
    return;
  while (at > 0 && (out->items[at - 1].count > mend->count ||
                     (out->items[at - 1].count == mend->count && out->items[at - 1].price > mend->price)))
    at--;
  memmove(&out->items[at + 1], &out->items[at], (out->count - at) * sizeof *out->items);
  out->items[at] = *mend;
  out->count++;
}

/* Whether one of these is a single change at that end of that setting. */
static bool has_way(const cy_tls_mends *mends, cy_tls_role end, cy_tls_field field)
{
  for (size_t i = 0; i < mends->count; i++)
    if (mends->items[i].count == 1 && mends->items[i].changes[0].end == end &&
        cy_tls_change_field(&mends->items[i].changes[0]) == field)
      return true;
  return false;
}

/* What this change would come to, tried alone. */
static cy_err *add_way(
  cy_tls_mends *out, const cy_mend_pair *pair, const cy_tls_change *change, cy_tls_verdicts *verdicts)
{
  cy_mend_pair changed;
  cy_err *err = pair_of(&changed, pair, change);
  if (!err)
    err = predict(&changed, verdicts);
  if (!err && changed.outcome.agrees)
    keep(out, &(cy_tls_mend){.changes = {*change}, .count = 1, .price = cy_tls_change_price(change)});
  pair_clear(&changed);
  return err;
}

/* Other settings that do it as well as the one that was found for this end. */
static cy_err *find_ways(
  cy_tls_mends *out, const cy_mend_pair *pair, cy_tls_role end, cy_tls_verdicts *verdicts)
{
  cy_mend_list *list = cy_calloc(1, sizeof *list);
  cy_err *err = list ? NULL : cy_err_no_memory();
  size_t most = out->count + CY_TLS_MEND_WAYS - 1;
  if (list)
    cy_mend_candidates(list, pair, end, true);
  for (size_t i = 0; list && i < list->count && !err && out->count < most; i++) {
    const cy_tls_change *change = &list->items[i];
    if (cy_tls_change_price(change) < CY_TLS_PRICE_WEAK && !has_way(out, end, cy_tls_change_field(change)))
      err = add_way(out, pair, change, verdicts);
  }
  cy_free(list);
  return err;
}

static cy_err *find_below(
  cy_tls_mends *out, const cy_mend_pair *pair, unsigned limit, bool ways, cy_tls_verdicts *verdicts)
{
  static const bool who[][2] = {{true, false}, {false, true}, {true, true}};
  size_t least = CY_TLS_MEND_CHANGES + 1;
  for (size_t i = 0; i < CY_COUNT(who); i++) {
    cy_tls_mend mend;
    bool both = who[i][0] && who[i][1];
    CY_TRY(deepen(&mend, out, pair, who[i], both ? least - 1 : CY_TLS_MEND_CHANGES, limit, verdicts));
    if (mend.count && mend.count < least)
      least = mend.count;
    keep(out, &mend);
    if (ways && mend.count == 1 && mend.price < CY_TLS_PRICE_WEAK)
      CY_TRY(find_ways(out, pair, mend.changes[0].end, verdicts));
  }
  return NULL;
}

static cy_err *find(cy_tls_mends *out, const cy_tls_side *client, const cy_tls_side *server, bool ways,
  cy_tls_verdicts *verdicts)
{
  cy_mend_pair pair = {0};
  *out = (cy_tls_mends){0};
  cy_err *err = cy_tls_side_copy(&pair.sides[CY_TLS_CLIENT], client);
  if (!err)
    err = cy_tls_side_copy(&pair.sides[CY_TLS_SERVER], server);
  if (!err)
    err = predict(&pair, verdicts);
  out->next_step = pair.outcome.step;
  if (!err && !pair.outcome.agrees)
    err = find_below(out, &pair, CY_TLS_PRICE_WEAK, ways, verdicts);
  if (!err && !pair.outcome.agrees && out->count == 0)
    err = find_below(out, &pair, ~0u, false, verdicts);
  pair_clear(&pair);
  return err;
}

cy_err *cy_tls_mend_find(
  cy_tls_mends *out, const cy_tls_side *client, const cy_tls_side *server, cy_tls_verdicts *verdicts)
{
  return find(out, client, server, false, verdicts);
}

cy_err *cy_tls_mend_find_ways(
  cy_tls_mends *out, const cy_tls_side *client, const cy_tls_side *server, cy_tls_verdicts *verdicts)
{
  return find(out, client, server, true, verdicts);
}

cy_err *cy_tls_mend_apply(const cy_tls_mend *mend, cy_tls_side *client, cy_tls_side *server)
{
  for (size_t i = 0; i < mend->count; i++) {
    const cy_tls_change *change = &mend->changes[i];
    cy_tls_side *side = change->end == CY_TLS_CLIENT ? client : server;
    CY_AUTO(cy_tls_terms) *terms = NULL;
    CY_TRY(cy_tls_terms_new(&terms, side, change->end));
    CY_TRY(cy_tls_change_apply(side, terms, change));
  }
  return NULL;
}
