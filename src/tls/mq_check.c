/* What shows in a whole file only: which entry of a channel table wins, tasks, what was not refreshed. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/mq.h"

/* The entries of one queue manager name. */
typedef struct {
  size_t first;  /* of weight 0, that comes first; SIZE_MAX: none */
  size_t clear;  /* one without TLS; SIZE_MAX: none */
  size_t secure; /* one with TLS */
  unsigned long weights, clear_weights;
} entries;

typedef struct {
  cy_mq *mq;
  entries *items;
  size_t count, cap;
  cy_map by_name;
} table;

static bool has_tls(const cy_mq_channel *channel)
{
  return *cy_mq_get(&channel->attrs[CY_MQ_SSLCIPH]) != 0;
}

static bool is_entry(const cy_mq_channel *channel)
{
  return !channel->gone && cy_mq_is(&channel->attrs[CY_MQ_CHLTYPE], "CLNTCONN") &&
         !cy_mq_channel_is_template(channel);
}

static cy_err *entries_of(table *t, const char *name, entries **out)
{
  size_t at = cy_map_get(&t->by_name, cy_span_str(name));
  if (at == CY_MAP_NONE) {
    at = t->count;
    if (!cy_grow(&t->items, &t->cap, at + 1, sizeof *t->items) ||
        !cy_map_put(&t->by_name, cy_span_str(name), at))
      return cy_err_no_memory();
    t->items[t->count++] = (entries){.first = SIZE_MAX, .clear = SIZE_MAX, .secure = SIZE_MAX};
  }
  *out = &t->items[at];
  return NULL;
}

static cy_err *add_entry(table *t, size_t index)
{
  const cy_mq_channel *channel = &t->mq->channels[index];
  unsigned long weight = strtoul(cy_mq_get(&channel->attrs[CY_MQ_CLNTWGHT]), NULL, 10);
  entries *e;
  CY_TRY(entries_of(t, cy_mq_get(&channel->attrs[CY_MQ_QMNAME]), &e));
  bool tls = has_tls(channel);
  if (tls && e->secure == SIZE_MAX)
    e->secure = index;
  if (!tls && e->clear == SIZE_MAX)
    e->clear = index;
  e->weights += weight;
  e->clear_weights += tls ? 0 : weight;
  if (!weight && (e->first == SIZE_MAX || strcmp(channel->name, t->mq->channels[e->first].name) < 0))
    e->first = index;
  return NULL;
}

static cy_err *judge(cy_mq *mq, const entries *e)
{
  bool sure = e->first != SIZE_MAX;
  if (e->secure == SIZE_MAX || e->clear == SIZE_MAX || (sure && has_tls(&mq->channels[e->first])))
    return NULL;
  const cy_mq_channel *taken = &mq->channels[sure ? e->first : e->clear], *meant = &mq->channels[e->secure];
  const char *name = cy_mq_get(&taken->attrs[CY_MQ_QMNAME]);
  CY_CLEAN(cy_buf) why = CY_BUF_TEXT;
  if (sure)
    cy_buf_str(&why, "is taken first (weight 0, first by name)");
  else
    cy_buf_printf(&why, "is taken by chance (%lu of %lu by weight)", e->clear_weights, e->weights);
  cy_finding *f = cy_tls_read_noticed(&mq->findings, CY_F_MQ_ENTRY_CLEAR, mq->file, taken->line,
    "for queue manager '%s' entry %s %s, and has no CipherSpec; %s (line %u) has %s", name, taken->name,
    cy_buf_cstr(&why), meant->name, meant->line, cy_mq_get(&meant->attrs[CY_MQ_SSLCIPH]));
  cy_finding_set_fix(&mq->findings, f,
    "Give %s the CipherSpec, too, or take it out: DELETE CHANNEL(%s) CHLTABLE(CLNTTAB).", taken->name,
    taken->name);
  return cy_findings_check(&mq->findings);
}

static cy_err *check_entries(cy_mq *mq)
{
  table t = {.mq = mq};
  cy_err *err = NULL;
  cy_map_init(&t.by_name, false);
  for (size_t i = 0; i < mq->channel_count && !err; i++)
    if (is_entry(&mq->channels[i]))
      err = add_entry(&t, i);
  for (size_t i = 0; i < t.count && !err; i++)
    err = judge(mq, &t.items[i]);
  cy_map_clear(&t.by_name);
  cy_free(t.items);
  return err;
}

static cy_err *check_tasks(cy_mq *mq, size_t with_tls)
{
  const cy_mq_value *tasks = &mq->attrs[CY_MQ_SSLTASKS];
  if (!tasks->value || !with_tls || strtoul(tasks->value, NULL, 10) >= 2)
    return NULL;
  cy_finding *f = cy_tls_read_noticed(&mq->findings, CY_F_MQ_SSLTASKS, mq->file, tasks->line,
    "SSLTASKS(%s), and %zu channel%s TLS", tasks->value, with_tls, with_tls == 1 ? " wants" : "s want");
  if (strtoul(tasks->value, NULL, 10) == 1)
    cy_finding_set_severity(f, CY_WARNING);
  return cy_findings_check(&mq->findings);
}

/* Entrances of one queue manager of which some are in clear. */
static cy_err *check_clear(cy_mq *mq)
{
  size_t secure = 0, clear = 0;
  const cy_mq_channel *first = NULL;
  for (size_t i = 0; i < mq->channel_count; i++) {
    const cy_mq_channel *c = &mq->channels[i];
    if (c->gone || !cy_mq_is(&c->attrs[CY_MQ_CHLTYPE], "SVRCONN") || cy_text_starts(c->name, "SYSTEM."))
      continue;
    secure += has_tls(c);
    clear += !has_tls(c);
    first = !has_tls(c) && !first ? c : first;
  }
  if (!secure || !first)
    return NULL;
  cy_finding *f = cy_tls_read_noticed(&mq->findings, CY_F_TLS_CLEAR_BESIDE, mq->file, first->line,
    "%zu of %zu server connections have no CipherSpec; the first is %s", clear, clear + secure,
    first->name);
  cy_finding_set_fix(&mq->findings, f,
    "ALTER CHANNEL(%s) CHLTYPE(SVRCONN) SSLCIPH(ANY_TLS12_OR_HIGHER), then STOP and "
    "START the channel; or DELETE CHANNEL(%s).",
    first->name, first->name);
  return cy_findings_check(&mq->findings);
}

/* What a dump or a display does not list is not there; of a display that lists none nothing is known. */
static cy_err *check_records(cy_mq *mq)
{
  if (mq->dump && !mq->chlauth->told && !mq->chlauth->disabled) {
    cy_chlauth_free(mq->chlauth);
    mq->chlauth = NULL;
    return NULL;
  }
  for (size_t i = 0; mq->dump && i < mq->chlauth->count; i++)
    mq->chlauth->records[i].gone |= !mq->chlauth->records[i].line;
  CY_TRY(cy_chlauth_check(mq->chlauth));
  cy_findings_move(&mq->findings, &mq->chlauth->findings);
  return NULL;
}

cy_err *cy_mq_check(cy_mq *mq)
{
  size_t with_tls = 0;
  for (size_t i = 0; i < mq->channel_count; i++)
    with_tls +=
      !mq->channels[i].gone && has_tls(&mq->channels[i]) && !cy_mq_channel_is_template(&mq->channels[i]);
  if (!mq->dump && mq->changed_line > mq->refreshed_line)
    cy_tls_read_noticed(&mq->findings, CY_F_MQ_REFRESH, mq->file, mq->changed_line,
      "the key repository or its label is set here, and no REFRESH SECURITY TYPE(SSL) follows");
  CY_TRY(check_records(mq));
  CY_TRY(check_tasks(mq, with_tls));
  CY_TRY(check_clear(mq));
  CY_TRY(check_entries(mq));
  return cy_findings_check(&mq->findings);
}
