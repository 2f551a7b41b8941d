#include "cli/audit_show.h"

static const char *plural(uint64_t n)
{
  return n == 1 ? "" : "s";
}

static unsigned long long ull(uint64_t n)
{
  return (unsigned long long)n;
}

/* Stores. */

static void store_record(cy_out *out, const cy_audit_store *s)
{
  cy_out_record(out, "store");
  cy_out_str(out, "path", NULL, s->path);
  cy_out_str(out, "kind", NULL, s->kind);
  cy_out_bool(out, "opened", NULL, s->opened);
  cy_out_int(out, "entries", NULL, (int64_t)s->entries);
  cy_out_int(out, "certificates", NULL, (int64_t)s->certificates);
  cy_out_int(out, "keys", NULL, (int64_t)s->keys);
  cy_out_int(out, "unprotected_keys", NULL, (int64_t)s->clear_keys);
  cy_out_time(out, "first_end", NULL, s->first_end);
  cy_out_int(out, "findings", NULL, (int64_t)s->findings.count);
  if (s->user_asked) {
    cy_out_bool(out, "user_reads", NULL, s->user_reads);
    cy_out_bool(out, "user_writes", NULL, s->user_writes);
  }
  cy_out_record_end(out);
}

static void store_heading(cy_out *out, const cy_audit_store *s)
{
  if (!s->kind)
    cy_out_heading(out, "%s", s->path);
  else if (!s->opened)
    cy_out_heading(out, "%s  %s, not opened", s->path, s->title);
  else
    cy_out_heading(
      out, "%s  %s, %llu entr%s", s->path, s->title, ull(s->entries), s->entries == 1 ? "y" : "ies");
}

/* Findings of one kind in one store, for people: so many, then how many more there are. */
enum { LIKE_THIS = 20 };

typedef struct {
  cy_audit_show *show;
  const cy_audit_store *store; /* NULL: across files */
  bool headed;
  uint32_t shown[CY_F_COUNT];
} shower;

static void heading(shower *s)
{
  if (s->headed)
    return;
  s->headed = true;
  if (s->store)
    store_heading(s->show->out, s->store);
  else
    cy_out_heading(s->show->out, "Across files");
}

static void show_text(shower *s, const cy_finding *f)
{
  if (f->severity < s->show->min) {
    s->show->hidden++;
    return;
  }
  if (s->shown[f->id]++ >= LIKE_THIS)
    return;
  heading(s);
  cy_out_finding(s->show->out, f);
}

static void show_findings(cy_audit_show *show, const cy_audit_store *store, const cy_findings *findings)
{
  cy_out *out = show->out;
  shower s = {.show = show, .store = store};
  if (cy_out_options_get(out)->format == CY_OUT_JSON) {
    for (size_t i = 0; i < findings->count; i++)
      cy_out_finding(out, findings->items[i]);
    return;
  }
  for (size_t i = 0; i < findings->count; i++)
    show_text(&s, findings->items[i]);
  for (int i = 0; i < CY_F_COUNT; i++)
    if (s.shown[i] > LIKE_THIS)
      cy_out_line(out, "and %u more like this: %s (--json has them all)", s.shown[i] - LIKE_THIS,
        cy_finding_info_get((cy_finding_id)i)->id);
}

void cy_audit_show_store(cy_audit_show *show, const cy_audit_store *store)
{
  if (cy_out_options_get(show->out)->format == CY_OUT_JSON && store->kind)
    store_record(show->out, store);
  show_findings(show, store, &store->findings);
}

void cy_audit_show_across(cy_audit_show *show, const cy_findings *findings)
{
  show_findings(show, NULL, findings);
}

/* The summary for programs. */

static void put_ends_json(cy_out *out, const cy_audit_summary *sum)
{
  cy_out_open(out, "ends", NULL);
  for (int i = 0; i < CY_END_BUCKETS; i++)
    cy_out_int(out, cy_end_bucket_id((cy_end_bucket)i), NULL, (int64_t)sum->ends[i]);
  cy_out_close(out);
  cy_out_list(out, "next", NULL);
  for (size_t i = 0; i < sum->nearest.count; i++) {
    const cy_audit_end *end = &sum->nearest.items[i];
    cy_out_open(out, NULL, NULL);
    cy_out_time(out, "not_after", NULL, end->not_after);
    cy_out_str(out, "address", NULL, end->address);
    cy_out_str(out, "subject", NULL, end->subject);
    cy_out_int(out, "count", NULL, (int64_t)end->count);
    cy_out_close(out);
  }
  cy_out_list_end(out);
}

static void put_findings_json(cy_out *out, const cy_audit_summary *sum)
{
  cy_out_open(out, "severities", NULL);
  for (int i = 0; i <= CY_CRITICAL; i++)
    cy_out_int(out, cy_severity_name((cy_severity)i), NULL, (int64_t)sum->severities[i]);
  cy_out_close(out);
  cy_out_open(out, "findings", NULL);
  for (int i = 0; i < CY_F_COUNT; i++)
    if (sum->by_id[i])
      cy_out_int(out, cy_finding_info_get((cy_finding_id)i)->id, NULL, (int64_t)sum->by_id[i]);
  cy_out_close(out);
}

static void put_plan_json(cy_out *out, const cy_plan_totals *totals, const cy_plan *plan)
{
  cy_out_list(out, "plan", NULL);
  for (int i = 0; i < CY_PLAN_RULES; i++) {
    CY_CLEAN(cy_buf) word = CY_BUF_TEXT;
    if (!plan->asked[i])
      continue;
    cy_plan_rule_format(&word, plan, (cy_plan_rule)i);
    cy_out_open(out, NULL, NULL);
    cy_out_str(out, "rule", NULL, cy_buf_cstr(&word));
    cy_out_int(out, "certificates", NULL, (int64_t)totals->own[i]);
    cy_out_int(out, "through_their_ca", NULL, (int64_t)totals->through[i]);
    cy_out_int(out, "entries", NULL, (int64_t)totals->places[i]);
    cy_out_close(out);
  }
  cy_out_list_end(out);
}

static void summary_record(cy_out *out, const cy_audit_summary *sum, const cy_audit_options *options)
{
  static const char *const skips[] = {
    "links", "special_files", "other_file_systems", "unreadable", "too_deep"};
  cy_out_record(out, "summary");
  cy_out_bool(out, "complete", NULL, !sum->interrupted);
  cy_out_int(out, "files", NULL, (int64_t)sum->files);
  cy_out_int(out, "folders", NULL, (int64_t)sum->folders);
  cy_out_int(out, "stores", NULL, (int64_t)sum->stores);
  cy_out_int(out, "opened", NULL, (int64_t)sum->opened);
  cy_out_int(out, "entries", NULL, (int64_t)sum->entries);
  cy_out_int(out, "certificates", NULL, (int64_t)sum->certificates);
  cy_out_int(out, "keys", NULL, (int64_t)sum->keys);
  cy_out_int(out, "unprotected_keys", NULL, (int64_t)sum->clear_keys);
  cy_out_int(out, "distinct_certificates", NULL, (int64_t)sum->distinct_certificates);
  cy_out_int(out, "distinct_keys", NULL, (int64_t)sum->distinct_keys);
  cy_out_int(out, "other_names", NULL, (int64_t)sum->other_names);
  cy_out_open(out, "skipped", NULL);
  for (int i = 0; i < CY_SKIP_COUNT; i++)
    cy_out_int(out, skips[i], NULL, (int64_t)sum->skipped[i]);
  cy_out_close(out);
  put_ends_json(out, sum);
  put_findings_json(out, sum);
  if (sum->user_asked) {
    cy_out_int(out, "user_reads", NULL, (int64_t)sum->user_reads);
    cy_out_int(out, "user_writes", NULL, (int64_t)sum->user_writes);
  }
  if (options->plan.any)
    put_plan_json(out, &sum->plan, &options->plan);
  if (options->baseline)
    cy_out_int(out, "accepted", NULL, (int64_t)sum->accepted);
  if (options->since) {
    cy_out_open(out, "since", NULL);
    cy_out_int(out, "known", NULL, (int64_t)sum->known);
    cy_out_int(out, "gone", NULL, (int64_t)sum->gone);
    cy_out_close(out);
  }
  cy_out_record_end(out);
}

/* And for people. */

static void put_skipped(cy_out *out, const cy_audit_summary *sum)
{
  static const struct {
    cy_skip why;
    const char *one, *many;
  } rows[] = {
    {CY_SKIP_UNREADABLE, "not readable", "not readable"},
    {CY_SKIP_FILESYSTEM, "other file system", "other file systems"},
    {CY_SKIP_SPECIAL, "pipe, socket or device", "pipes, sockets and devices"},
    {CY_SKIP_LINK, "link", "links"},
    {CY_SKIP_TOO_DEEP, "folder too deep", "folders too deep"},
  };
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    uint64_t n = sum->skipped[rows[i].why];
    if (n)
      cy_buf_printf(&text, "%s%llu %s", text.len ? ", " : "", ull(n), n == 1 ? rows[i].one : rows[i].many);
  }
  if (sum->other_names)
    cy_buf_printf(&text, "%s%llu further name%s of the same files", text.len ? ", " : "",
      ull(sum->other_names), plural(sum->other_names));
  if (text.len)
    cy_out_str(out, NULL, "Left out", cy_buf_cstr(&text));
}

static void put_ends(cy_out *out, const cy_audit_summary *sum)
{
  cy_out_style(out, sum->ends[CY_END_EXPIRED] ? CY_STYLE_BAD : CY_STYLE_PLAIN);
  cy_out_strf(out, NULL, "Certificates",
    "%llu: %llu expired; %llu end within 7 days, %llu within 30, %llu within 90", ull(sum->certificates),
    ull(sum->ends[CY_END_EXPIRED]), ull(sum->ends[CY_END_7_DAYS]), ull(sum->ends[CY_END_30_DAYS]),
    ull(sum->ends[CY_END_90_DAYS]));
  cy_out_style(out, sum->clear_keys ? CY_STYLE_WARN : CY_STYLE_PLAIN);
  cy_out_strf(out, NULL, "Private keys", "%llu, %llu of them without a passphrase", ull(sum->keys),
    ull(sum->clear_keys));
}

static void put_findings(const cy_audit_show *show, const cy_audit_summary *sum)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  for (int i = CY_CRITICAL; i >= 0; i--)
    if (sum->severities[i])
      cy_buf_printf(&text, "%s%llu %s", text.len ? ", " : "", ull(sum->severities[i]),
        cy_severity_name((cy_severity)i));
  if (text.len && show->hidden)
    cy_buf_printf(&text, " (%llu below %s not shown; --min-severity info shows all)", ull(show->hidden),
      cy_severity_name(show->min));
  cy_out_str(show->out, NULL, "Findings", text.len ? cy_buf_cstr(&text) : "none");
}

static void put_next(const cy_audit_show *show, const cy_audit_summary *sum)
{
  static const cy_column columns[] = {{"days", "days", true, 0}, {"until", "until", false, 0},
    {"subject", "subject", false, 40}, {"address", "where", false, 48}};
  cy_out *out = show->out;
  if (!sum->nearest.count)
    return;
  cy_out_table(out, NULL, "Ending next", columns, CY_COUNT(columns));
  for (size_t i = 0; i < sum->nearest.count; i++) {
    const cy_audit_end *end = &sum->nearest.items[i];
    cy_out_row(out);
    cy_out_int(out, "days", NULL, cy_time_days(show->now, end->not_after));
    cy_out_date(out, "until", NULL, end->not_after);
    cy_out_str(out, "subject", NULL, end->subject);
    if (end->count > 1)
      cy_out_strf(out, "address", NULL, "%s and %llu more", end->address, ull(end->count - 1));
    else
      cy_out_str(out, "address", NULL, end->address);
    cy_out_row_end(out);
  }
  cy_out_table_end(out);
}

static void put_by_id(cy_out *out, const cy_audit_summary *sum, cy_severity min)
{
  static const cy_column columns[] = {
    {"count", "", true, 0}, {"id", "", false, 0}, {"title", "", false, 80}};
  cy_out_table(out, NULL, "Found", columns, CY_COUNT(columns));
  for (int i = 0; i < CY_F_COUNT; i++) {
    const cy_finding_info *info = cy_finding_info_get((cy_finding_id)i);
    if (!sum->by_id[i] || info->severity < min)
      continue;
    cy_out_row(out);
    cy_out_int(out, "count", NULL, (int64_t)sum->by_id[i]);
    cy_out_str(out, "id", NULL, info->id);
    cy_out_str(out, "title", NULL, info->title);
    cy_out_row_end(out);
  }
  cy_out_table_end(out);
}

/* How many would stop, and why. */
static void put_plan(cy_out *out, const cy_plan_totals *totals, const cy_plan *plan)
{
  static const cy_column columns[] = {{"rule", "rule", false, 0}, {"own", "break it", true, 0},
    {"through", "fall with a CA", true, 0}, {"places", "entries", true, 0},
    {"words", "it asks for", false, 60}};
  cy_out_table(out, NULL, "What the plan would stop", columns, CY_COUNT(columns));
  for (int i = 0; i < CY_PLAN_RULES; i++) {
    CY_CLEAN(cy_buf) word = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
    if (!plan->asked[i])
      continue;
    cy_plan_rule_format(&word, plan, (cy_plan_rule)i);
    cy_plan_rule_words(&words, plan, (cy_plan_rule)i);
    cy_out_row(out);
    cy_out_str(out, "rule", NULL, cy_buf_cstr(&word));
    cy_out_int(out, "own", NULL, (int64_t)totals->own[i]);
    cy_out_int(out, "through", NULL, (int64_t)totals->through[i]);
    cy_out_int(out, "places", NULL, (int64_t)totals->places[i]);
    cy_out_str(out, "words", NULL, cy_buf_cstr(&words));
    cy_out_row_end(out);
  }
  cy_out_table_end(out);
}

/* What was left out, so that nobody takes it for not there. */
static void put_left_out(cy_out *out, const cy_audit_summary *sum, const cy_audit_options *options)
{
  if (options->baseline)
    cy_out_strf(
      out, NULL, "Accepted", "%llu finding%s, by the baseline", ull(sum->accepted), plural(sum->accepted));
  if (options->since)
    cy_out_strf(out, NULL, "Since then", "%llu finding%s of the earlier report still there, %llu gone",
      ull(sum->known), plural(sum->known), ull(sum->gone));
}

void cy_audit_show_summary(
  cy_audit_show *show, const cy_audit_summary *sum, const cy_audit_options *options)
{
  cy_out *out = show->out;
  if (cy_out_options_get(out)->format == CY_OUT_JSON) {
    summary_record(out, sum, options);
    return;
  }
  if (sum->severities[CY_CRITICAL] + sum->severities[CY_ERROR_SEVERITY] + sum->severities[CY_WARNING] +
      sum->severities[CY_NOTICE])
    put_by_id(out, sum, show->min);
  put_next(show, sum);
  if (options->plan.any)
    put_plan(out, &sum->plan, &options->plan);
  cy_out_open(out, NULL, sum->interrupted ? "Summary of what was done until the interruption" : "Summary");
  cy_out_strf(out, NULL, "Looked at",
    "%llu file%s in %llu folder%s; %llu of them hold certificates or keys", ull(sum->files),
    plural(sum->files), ull(sum->folders), plural(sum->folders), ull(sum->stores));
  if (sum->opened < sum->stores)
    cy_out_strf(out, NULL, "Not opened", "%llu (passwords can be given with --passwords FILE)",
      ull(sum->stores - sum->opened));
  if (sum->user_asked)
    cy_out_strf(out, NULL, "Account", "%s can read %llu of the %llu stores, and change %llu", show->user,
      ull(sum->user_reads), ull(sum->stores), ull(sum->user_writes));
  put_skipped(out, sum);
  put_ends(out, sum);
  put_findings(show, sum);
  put_left_out(out, sum, options);
  cy_out_close(out);
}
