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
  cy_tls_mend path;
  size_t work; /* predictions that are left */
} search;

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
  else if (s->path.count < s->depth && pair.outcome.cause != from->outcome.cause &&
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
static cy_err *deepen(cy_tls_mend *found, const cy_mend_pair *pair, const bool may[2], size_t most,
  unsigned limit, cy_tls_verdicts *verdicts)
{
  *found = (cy_tls_mend){0};
  for (size_t depth = 1; depth <= most && found->count == 0; depth++) {
    search s = {.may = {may[0], may[1]},
      .depth = depth,
      .limit = limit,
      .verdicts = verdicts,
      .found = found,
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

static cy_err *find_below(
  cy_tls_mends *out, const cy_mend_pair *pair, unsigned limit, cy_tls_verdicts *verdicts)
{
  static const bool who[][2] = {{true, false}, {false, true}, {true, true}};
  size_t least = CY_TLS_MEND_CHANGES + 1;
  for (size_t i = 0; i < CY_COUNT(who); i++) {
    cy_tls_mend mend;
    bool both = who[i][0] && who[i][1];
    CY_TRY(deepen(&mend, pair, who[i], both ? least - 1 : CY_TLS_MEND_CHANGES, limit, verdicts));
    if (mend.count && mend.count < least)
      least = mend.count;
    keep(out, &mend);
  }
  return NULL;
}

cy_err *cy_tls_mend_find(
  cy_tls_mends *out, const cy_tls_side *client, const cy_tls_side *server, cy_tls_verdicts *verdicts)
{
  cy_mend_pair pair = {0};
  out->count = 0;
  cy_err *err = cy_tls_side_copy(&pair.sides[CY_TLS_CLIENT], client);
  if (!err)
    err = cy_tls_side_copy(&pair.sides[CY_TLS_SERVER], server);
  if (!err)
    err = predict(&pair, verdicts);
  if (!err && !pair.outcome.agrees)
    err = find_below(out, &pair, CY_TLS_PRICE_WEAK, verdicts);
  if (!err && !pair.outcome.agrees && out->count == 0)
    err = find_below(out, &pair, ~0u, verdicts);
  pair_clear(&pair);
  return err;
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
