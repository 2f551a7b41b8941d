/* What messages mean together: combinations, the end that refused, causes by the weight of all that was
 * seen. */
#include "base/text.h"
#include "product/log.h"

enum {
  PRESENT = 1,
  RECEIVED = 2,
  SENT = 4,
  MOST_MESSAGES = 2048, /* make-messages keeps to it */
  MOST_CAUSES = 256,
  OF_MESSAGE = 12, /* weight of a message's likeliest cause; the second has half of it, the third a third */
  OF_SET = 60,
};

typedef struct {
  uint8_t seen[MOST_MESSAGES];
  unsigned weight[MOST_CAUSES];
  int votes[3];    /* for each cy_message_end */
  int relative[3]; /* for each cy_message_refused */
} evidence;

static void add_causes(evidence *e, const uint16_t *causes, size_t count, unsigned weight)
{
  for (size_t i = 0; i < count; i++)
    e->weight[causes[i]] += weight / (unsigned)(i + 1);
}

/* The end whose log this is, as far as its messages tell. */
static cy_message_end speaker(const cy_log_case *one)
{
  int client = 0, server = 0;
  for (size_t i = 0; i < one->item_count; i++) {
    client += one->items[i].message->end == CY_END_CLIENT;
    server += one->items[i].message->end == CY_END_SERVER;
  }
  return client == server ? CY_END_EITHER : client > server ? CY_END_CLIENT : CY_END_SERVER;
}

static cy_message_end other_end(cy_message_end end)
{
  return end == CY_END_CLIENT ? CY_END_SERVER : end == CY_END_SERVER ? CY_END_CLIENT : CY_END_EITHER;
}

static void vote(evidence *e, const cy_log_item *item, cy_message_end log_end)
{
  const cy_message *m = item->message;
  cy_message_end said_by = m->end == CY_END_EITHER ? log_end : m->end;
  cy_message_refused who = item->received == item->sent ? m->refused
                           : item->received             ? CY_REFUSED_THERE
                                                        : CY_REFUSED_HERE;
  /* An alert is the verdict itself; what a verifier grumbled before may have been waved through. */
  int votes = item->received != item->sent ? 3 : 1;
  e->relative[who] += votes;
  if (who != CY_REFUSED_UNKNOWN)
    e->votes[who == CY_REFUSED_HERE ? said_by : other_end(said_by)] += votes;
}

static void add_case(evidence *e, const cy_log_case *one)
{
  cy_message_end log_end = speaker(one);
  for (size_t i = 0; i < one->item_count; i++) {
    const cy_log_item *item = &one->items[i];
    size_t index = (size_t)(item->message - cy_messages);
    if (!e->seen[index])
      add_causes(e, item->message->causes, item->message->cause_count, OF_MESSAGE);
    e->seen[index] |= (uint8_t)(PRESENT | (item->received ? RECEIVED : 0) | (item->sent ? SENT : 0));
    vote(e, item, log_end);
  }
}

static bool need_is_met(const evidence *e, const cy_message_need *need)
{
  static const uint8_t flags[] = {PRESENT, RECEIVED, SENT};
  return e->seen[need->message] & flags[need->way];
}

static bool set_is_met(const evidence *e, const cy_message_set *set)
{
  for (size_t i = 0; i < set->need_count;) {
    bool met = need_is_met(e, &set->needs[i++]);
    for (; i < set->need_count && set->needs[i].instead; i++)
      met = met || need_is_met(e, &set->needs[i]);
    if (!met)
      return false;
  }
  return true;
}

/* The likeliest causes, in their order; of equal ones the one that the table has first. */
static void rank(cy_log_verdict *out, evidence *e)
{
  while (out->cause_count < CY_LOG_CAUSES) {
    size_t best = 0;
    for (size_t i = 1; i < cy_cause_count; i++)
      if (e->weight[i] > e->weight[best])
        best = i;
    if (!e->weight[best])
      return;
    out->causes[out->cause_count++] = (cy_log_cause){&cy_causes[best], e->weight[best]};
    e->weight[best] = 0;
  }
}

static void judge(cy_log_verdict *out, evidence *e)
{
  for (size_t i = 0; i < cy_message_set_count && out->set_count < CY_LOG_SETS; i++) {
    const cy_message_set *set = &cy_message_sets[i];
    if (!set_is_met(e, set))
      continue;
    out->sets[out->set_count++] = set;
    add_causes(e, set->causes, set->cause_count, OF_SET);
  }
  int client = e->votes[CY_END_CLIENT], server = e->votes[CY_END_SERVER];
  out->refused = client == server ? CY_END_EITHER : client > server ? CY_END_CLIENT : CY_END_SERVER;
  int here = e->relative[CY_REFUSED_HERE], there = e->relative[CY_REFUSED_THERE];
  out->relative = here == there ? CY_REFUSED_UNKNOWN : here > there ? CY_REFUSED_HERE : CY_REFUSED_THERE;
  rank(out, e);
}

void cy_log_judge(cy_log_verdict *out, const cy_log_case *one)
{
  evidence e = {0};
  *out = (cy_log_verdict){0};
  add_case(&e, one);
  judge(out, &e);
}

void cy_log_judge_all(cy_log_verdict *out, const cy_log_report *report)
{
  evidence e = {0};
  *out = (cy_log_verdict){0};
  for (size_t i = 0; i < report->case_count; i++)
    add_case(&e, &report->cases[i]);
  judge(out, &e);
}
