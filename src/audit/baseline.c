/* Reading baselines, and looking findings up in them. */
#include "audit/baseline.h"

#include "audit/codes.h"
#include "base/file.h"
#include "base/mem.h"
#include "conf/codes.h"
#include "conf/conf.h"

enum { BASELINE_BYTES = 64 << 20 };

static const char *const keys[] = {"subject", "evidence", "fingerprint", "reason", "until", NULL};

void cy_baseline_init(cy_baseline *baseline)
{
  *baseline = (cy_baseline){0};
  cy_map_init(&baseline->by_print, true);
}

void cy_baseline_clear(cy_baseline *baseline)
{
  for (size_t i = 0; i < baseline->count; i++) {
    cy_free(baseline->rules[i].subject);
    cy_free(baseline->rules[i].evidence);
    cy_free(baseline->rules[i].reason);
    cy_free(baseline->rules[i].where);
  }
  cy_free(baseline->rules);
  cy_map_clear(&baseline->by_print);
  *baseline = (cy_baseline){0};
}

/* Patterns. */

bool cy_glob_fits(const char *pattern, const char *text)
{
  const char *star = NULL, *resume = NULL;
  while (*text) {
    bool literal = *pattern == '\\' && pattern[1];
    if (*pattern == '*' && !literal) {
      star = ++pattern;
      resume = text;
    } else if ((!literal && *pattern == '?') || (*pattern && pattern[literal] == *text)) {
      pattern += literal ? 2 : 1;
      text++;
    } else if (star) {
      pattern = star;
      text = ++resume;
    } else {
      return false;
    }
  }
  while (*pattern == '*')
    pattern++;
  return !*pattern;
}

/* Reading. */

static cy_err *copy(char **to, cy_span value)
{
  cy_free(*to);
  *to = cy_strndup((const char *)value.data, value.len);
  return *to ? NULL : cy_err_no_memory();
}

/* As they are written: in lower case. */
static int digit_of(uint8_t c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static cy_err *read_print(const cy_conf *conf, const cy_conf_item *item, cy_baseline_rule *rule)
{
  rule->fingerprint = 0;
  for (size_t i = 0; i < item->value.len; i++) {
    int digit = digit_of(item->value.data[i]);
    if (digit < 0 || item->value.len != 16)
      return cy_conf_error(conf, item, "a fingerprint has 16 digits, 0-9 and a-f", item->value, NULL);
    rule->fingerprint = rule->fingerprint << 4 | (uint64_t)digit;
  }
  rule->has_fingerprint = item->value.len > 0;
  return NULL;
}

static cy_err *read_until(const cy_conf *conf, const cy_conf_item *item, cy_baseline_rule *rule)
{
  CY_AUTO_STR char *word = NULL;
  CY_TRY(copy(&word, item->value));
  if (!cy_time_parse(&rule->until, word))
    return cy_conf_error(conf, item, "no day such as 2027-01-31", item->value, NULL);
  if (item->value.len == 10)
    rule->until += CY_DAY - 1;
  return NULL;
}

static cy_err *read_key(const cy_conf *conf, const cy_conf_item *item, cy_baseline_rule *rule)
{
  if (cy_span_equal(item->key, CY_SPAN("subject")))
    return copy(&rule->subject, item->value);
  if (cy_span_equal(item->key, CY_SPAN("evidence")))
    return copy(&rule->evidence, item->value);
  if (cy_span_equal(item->key, CY_SPAN("reason")))
    return copy(&rule->reason, item->value);
  if (cy_span_equal(item->key, CY_SPAN("fingerprint")))
    return read_print(conf, item, rule);
  if (cy_span_equal(item->key, CY_SPAN("until")))
    return read_until(conf, item, rule);
  return cy_conf_error(conf, item, "a baseline has no such key", item->key, keys);
}

static cy_err *unknown_id(const cy_conf *conf, const cy_conf_item *item)
{
  const char *ids[CY_F_COUNT + 1] = {0};
  size_t count = 0;
  for (cy_finding_id i = cy_finding_next(0); i != CY_F_COUNT; i = cy_finding_next(i))
    ids[count++] = cy_finding_info_get(i)->id;
  return cy_conf_error(conf, item, "there is no finding of that id", item->name, ids);
}

static cy_err *open_rule(cy_baseline *b, const cy_conf *conf, const char *file, const cy_conf_item *item)
{
  static const char *const sections[] = {"accept", NULL};
  CY_AUTO_STR char *id = NULL;
  if (!cy_span_equal(item->section, CY_SPAN("accept")))
    return cy_conf_error(conf, item, "a baseline has no such section", item->section, sections);
  CY_TRY(copy(&id, item->name));
  cy_finding_id found = cy_finding_find(id);
  if (found == CY_F_COUNT)
    return unknown_id(conf, item);
  if (!cy_grow(&b->rules, &b->cap, b->count + 1, sizeof *b->rules))
    return cy_err_no_memory();
  CY_CLEAN(cy_buf) where = CY_BUF_TEXT;
  cy_buf_printf(&where, "%s:%zu", file, item->line);
  cy_baseline_rule *rule = &b->rules[b->count];
  *rule = (cy_baseline_rule){.id = found, .until = CY_TIME_NONE, .next = CY_MAP_NONE};
  rule->where = cy_buf_take_str(&where);
  CY_TRY_ALLOC(rule->where);
  b->count++;
  return NULL;
}

static cy_err *lacks(const cy_baseline_rule *rule, const char *what, const char *hint)
{
  cy_err *err = cy_err_new(CY_E_CONF_MALFORMED, "%s: the section [accept \"%s\"] has no %s", rule->where,
    cy_finding_info_get(rule->id)->id, what);
  return cy_err_hint(err, "%s", hint);
}

static cy_err *close_rule(const cy_baseline_rule *rule)
{
  if (!rule->reason || !*rule->reason)
    return lacks(rule, "reason", "Say why it is accepted: reason = ...");
  if (rule->until == CY_TIME_NONE)
    return lacks(rule, "until", "Say until when: until = 2027-01-31");
  if (!rule->subject && !rule->evidence && !rule->has_fingerprint)
    return lacks(
      rule, "subject, evidence or fingerprint", "Say which one: subject = /path/of/file (with * and ?).");
  return NULL;
}

/* Rules with a fingerprint are found by it, the others by their id. */
static cy_err *index_rule(cy_baseline *b, size_t at)
{
  cy_baseline_rule *rule = &b->rules[at];
  cy_span key = cy_span_of(&rule->fingerprint, sizeof rule->fingerprint);
  if (!rule->has_fingerprint) {
    rule->next = b->loose[rule->id] ? b->loose[rule->id] - 1 : CY_MAP_NONE;
    b->loose[rule->id] = at + 1;
    return NULL;
  }
  rule->next = cy_map_get(&b->by_print, key);
  return cy_map_put(&b->by_print, key, at) ? NULL : cy_err_no_memory();
}

cy_err *cy_baseline_parse(cy_baseline *baseline, const char *name, cy_span text)
{
  CY_AUTO(cy_conf) *conf = NULL;
  const cy_conf_item *item;
  size_t iter = 0, from = baseline->count;
  CY_TRY(cy_conf_parse(&conf, name, text));
  while ((item = cy_conf_next(conf, &iter))) {
    if (!item->key.len)
      CY_TRY(open_rule(baseline, conf, name, item));
    else if (baseline->count == from)
      return cy_conf_error(conf, item, "this stands before the first [accept \"ID\"]", item->key, NULL);
    else
      CY_TRY(read_key(conf, item, &baseline->rules[baseline->count - 1]));
  }
  for (size_t i = from; i < baseline->count; i++) {
    CY_TRY(close_rule(&baseline->rules[i]));
    CY_TRY(index_rule(baseline, i));
  }
  return NULL;
}

cy_err *cy_baseline_load(cy_baseline *baseline, const char *path)
{
  CY_CLEAN(cy_buf) text = CY_BUF(BASELINE_BYTES + 1);
  CY_TRY(cy_file_read(&text, path, BASELINE_BYTES, NULL));
  return cy_baseline_parse(baseline, path, cy_buf_get(&text));
}

/* Looking up. */

static bool fits(const cy_baseline_rule *rule, const cy_finding *f)
{
  if (rule->id != f->id)
    return false;
  if (rule->evidence && (!f->evidence_count || strcmp(rule->evidence, f->evidence[0].value) != 0))
    return false;
  return !rule->subject || cy_glob_fits(rule->subject, f->subject) ||
         (f->place && cy_glob_fits(rule->subject, f->place));
}

static bool accepted(cy_baseline *b, size_t from, const cy_finding *f, cy_time now)
{
  bool yes = false;
  for (size_t i = from; i != CY_MAP_NONE; i = b->rules[i].next) {
    if (!fits(&b->rules[i], f))
      continue;
    b->rules[i].matched++;
    yes = yes || b->rules[i].until >= now;
  }
  return yes;
}

bool cy_baseline_accepts(cy_baseline *baseline, const cy_finding *f, cy_time now)
{
  uint64_t print = cy_finding_fingerprint(f);
  size_t exact = cy_map_get(&baseline->by_print, cy_span_of(&print, sizeof print));
  size_t loose = baseline->loose[f->id] ? baseline->loose[f->id] - 1 : CY_MAP_NONE;
  bool yes = accepted(baseline, exact, f, now);
  return accepted(baseline, loose, f, now) || yes;
}

static void say(cy_findings *list, const cy_baseline_rule *rule, bool over)
{
  CY_CLEAN(cy_buf) day = CY_BUF_TEXT;
  const char *id = cy_finding_info_get(rule->id)->id;
  cy_time_format_date(&day, rule->until);
  cy_finding *f =
    over ? cy_finding_add(list, CY_F_BASELINE_EXPIRED, rule->where,
             "%s was accepted until %s (\"%s\"); %llu finding%s counted again", id, cy_buf_cstr(&day),
             rule->reason, (unsigned long long)rule->matched, rule->matched == 1 ? " is" : "s are")
         : cy_finding_add(list, CY_F_BASELINE_UNUSED, rule->where,
             "%s of %s is accepted (\"%s\"), and was not found", id,
             rule->subject    ? rule->subject
             : rule->evidence ? rule->evidence
                              : "one fingerprint",
             rule->reason);
  cy_finding_evidence(list, f, "accepts", "%s %s %016llx", id, rule->subject ? rule->subject : "",
    (unsigned long long)rule->fingerprint);
  cy_finding_evidence(list, f, "until", "%s", cy_buf_cstr(&day));
  cy_finding_evidence(list, f, "reason", "%s", rule->reason);
}

cy_err *cy_baseline_check(cy_findings *list, const cy_baseline *baseline, cy_time now)
{
  for (size_t i = 0; i < baseline->count; i++) {
    const cy_baseline_rule *rule = &baseline->rules[i];
    if (!rule->matched || rule->until < now)
      say(list, rule, rule->matched > 0);
  }
  return cy_findings_check(list);
}
