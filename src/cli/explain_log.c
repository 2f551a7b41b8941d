/* Logs of other products: what is in them, what it means together, and what to check. */
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/explain.h"
#include "product/log.h"
#include "tls/reader.h"

enum { SHOWN_CASES = 12, SHOWN_CAUSES = 5, SHOWN_UNKNOWN = 8 };

static cy_err *feed(void *log, cy_span part)
{
  return cy_log_feed(log, part);
}

static cy_err *read_log(cy_log *log, const char *path)
{
  bool input = strcmp(path, "-") == 0;
  CY_TRY(cy_log_begin(log, input ? "standard input" : path));
  if (input)
    CY_TRY(cy_fd_each(STDIN_FILENO, "standard input", feed, log));
  else
    CY_TRY(cy_file_each(path, feed, log));
  return cy_log_end(log);
}

static const char *way_of(const cy_log_item *item)
{
  return item->received == item->sent ? NULL : item->received ? "received" : "sent";
}

static void put_item(cy_out *out, const cy_log_item *item, bool pasted)
{
  const cy_message *m = item->message;
  const char *way = way_of(item);
  char label[200], line[40];
  cy_out_open(out, NULL, "");
  cy_out_str(out, "id", NULL, cy_explain_message_id(m));
  cy_out_str(out, "title", NULL, m->meaning);
  cy_out_str(out, "way", NULL, way);
  cy_out_int(out, "line", NULL, (int64_t)item->line);
  cy_out_str(out, "text", NULL, item->sample);
  cy_out_str(out, "certainty", NULL, m->certainty);
  snprintf(line, sizeof line, " (line %zu)", item->line);
  snprintf(label, sizeof label, "%s%s%s%s: ", cy_explain_message_id(m), way ? " " : "", way ? way : "",
    pasted ? "" : line);
  cy_out_labelled(out, label, m->meaning);
  cy_out_close(out);
}

static void put_together(cy_out *out, const cy_log_verdict *v, const cy_log_verdict *without)
{
  cy_out_list(out, "together", "");
  for (size_t i = 0; i < v->set_count; i++) {
    const cy_message_set *set = v->sets[i];
    bool known = false;
    for (size_t k = 0; without && k < without->set_count; k++)
      known = known || without->sets[k] == set;
    if (known)
      continue;
    cy_out_open(out, NULL, "");
    cy_out_str(out, "id", NULL, set->id);
    cy_out_str(out, "title", NULL, set->meaning);
    cy_out_str(out, "certainty", NULL, set->certainty);
    cy_out_labelled(out, "Together: ", set->meaning);
    cy_out_close(out);
  }
  cy_out_list_end(out);
}

static void put_refused(cy_out *out, const cy_log_verdict *v)
{
  cy_out_str(out, "refused", NULL, v->refused == CY_END_EITHER ? NULL : cy_message_end_name(v->refused));
  cy_out_str(out, "refused_relative", NULL, cy_message_refused_name(v->relative));
  if (v->refused != CY_END_EITHER)
    cy_out_line(out, "It was the %s that refused or failed.", cy_message_end_name(v->refused));
  else if (v->relative == CY_REFUSED_HERE)
    cy_out_line(out, "The end that wrote this refused or failed, not the other one.");
  else if (v->relative == CY_REFUSED_THERE)
    cy_out_line(out, "The other end refused or failed, not the one that wrote this; its log may say why.");
}

static void put_cause(cy_out *out, const cy_log_cause *found, size_t number)
{
  const cy_cause *cause = found->cause;
  cy_out_open(out, NULL, "");
  cy_out_str(out, "id", NULL, cause->id);
  cy_out_int(out, "weight", NULL, found->weight);
  cy_out_str(out, "title", NULL, cause->title);
  cy_out_str(out, "check", NULL, cause->check);
  cy_out_str(out, "fix", NULL, cause->fix);
  if (number <= SHOWN_CAUSES) {
    cy_out_line(out, "  %zu. %s", number, cause->id);
    cy_out_labelled(out, "     ", cause->title);
    cy_out_labelled(out, "     check: ", cause->check);
    cy_out_labelled(out, "     mend:  ", cause->fix);
  }
  cy_out_close(out);
}

static void put_causes(cy_out *out, const cy_log_verdict *v)
{
  if (v->cause_count) {
    cy_out_line(out, "%s", "");
    cy_out_line(out, "Likely causes, the likeliest first:");
  }
  cy_out_list(out, "causes", "");
  for (size_t i = 0; i < v->cause_count; i++)
    put_cause(out, &v->causes[i], i + 1);
  cy_out_list_end(out);
}

static void put_title(cy_out *out, const cy_log_case *one, size_t number, bool files)
{
  char times[48] = "", where[120] = "", when[60] = "";
  if (one->count > 1)
    snprintf(times, sizeof times, "%zu times, first ", one->count);
  if (one->last_line > one->first_line)
    snprintf(where, sizeof where, "lines %zu to %zu", one->first_line, one->last_line);
  else
    snprintf(where, sizeof where, "line %zu", one->first_line);
  if (one->first_time[0])
    snprintf(when, sizeof when, ", %s", one->first_time);
  cy_out_heading(
    out, "%zu. %sin %s%s%s%s", number, times, where, files ? " of " : "", files ? one->file : "", when);
  if (one->count > 1)
    cy_out_line(out, "The last time in line %zu%s%s.", one->final_line, one->last_time[0] ? ", " : "",
      one->last_time);
}

static void put_case_fields(cy_out *out, const cy_log_case *one)
{
  cy_out_str(out, "file", NULL, one->file);
  cy_out_int(out, "count", NULL, (int64_t)one->count);
  cy_out_int(out, "first_line", NULL, (int64_t)one->first_line);
  cy_out_int(out, "last_line", NULL, (int64_t)one->last_line);
  cy_out_int(out, "final_line", NULL, (int64_t)one->final_line);
  cy_out_str(out, "first_time", NULL, one->first_time[0] ? one->first_time : NULL);
  cy_out_str(out, "last_time", NULL, one->last_time[0] ? one->last_time : NULL);
}

static void put_case(cy_out *out, const cy_log_case *one, size_t number, bool pasted, bool files)
{
  cy_log_verdict verdict;
  cy_log_judge(&verdict, one);
  cy_out_open(out, NULL, "");
  put_case_fields(out, one);
  if (!pasted)
    put_title(out, one, number, files);
  cy_out_list(out, "messages", "");
  for (size_t i = 0; i < one->item_count; i++)
    put_item(out, &one->items[i], pasted);
  cy_out_list_end(out);
  put_together(out, &verdict, NULL);
  put_refused(out, &verdict);
  put_causes(out, &verdict);
  cy_out_close(out);
}

/* What no single place in the logs shows: the server's log and the client's, given together. */
static void put_overall(cy_out *out, const cy_log_report *report)
{
  cy_log_verdict all, sum = {0}, one;
  cy_log_judge_all(&all, report);
  for (size_t i = 0; i < report->case_count; i++) {
    cy_log_judge(&one, &report->cases[i]);
    for (size_t k = 0; k < one.set_count && sum.set_count < CY_LOG_SETS; k++)
      sum.sets[sum.set_count++] = one.sets[k];
  }
  bool more = false;
  for (size_t i = 0; i < all.set_count; i++) {
    bool known = false;
    for (size_t k = 0; k < sum.set_count; k++)
      known = known || sum.sets[k] == all.sets[i];
    more = more || !known;
  }
  cy_out_open(out, "overall", "");
  if (more)
    cy_out_heading(out, "All of it together");
  put_together(out, &all, &sum);
  if (more) {
    put_refused(out, &all);
    put_causes(out, &all);
  }
  cy_out_close(out);
}

static void put_unknown(cy_out *out, const cy_log_report *report)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  cy_out_list(out, "unknown_codes", NULL);
  for (size_t i = 0; i < report->unknown_count; i++) {
    const cy_log_unknown *u = &report->unknown[i];
    cy_out_open(out, NULL, "");
    cy_out_str(out, "code", NULL, u->code);
    cy_out_int(out, "count", NULL, (int64_t)u->count);
    cy_out_close(out);
    if (i < SHOWN_UNKNOWN)
      cy_buf_printf(&text, "%s%s (%zu)", i ? ", " : "", u->code, u->count);
  }
  cy_out_list_end(out);
  if (report->unknown_count > SHOWN_UNKNOWN)
    cy_buf_printf(&text, " and %zu others", report->unknown_count - SHOWN_UNKNOWN);
  if (report->unknown_count) {
    cy_out_line(out, "%s", "");
    cy_out_labelled(out, "Also there, but not known here: ", cy_buf_cstr(&text));
  }
}

static void put_summary(cy_out *out, const cy_log_report *report)
{
  size_t times = 0;
  for (size_t i = 0; i < report->case_count; i++)
    times += report->cases[i].count;
  cy_out_str(out, "what", NULL, "log");
  cy_out_int(out, "files", NULL, (int64_t)report->files);
  cy_out_int(out, "lines", NULL, (int64_t)report->lines);
  cy_out_int(out, "bytes", NULL, (int64_t)report->bytes);
  cy_out_int(out, "other_cases", NULL, (int64_t)report->other_cases);
  if (!report->case_count)
    cy_out_line(out, "Nothing that is known here in %llu lines.", (unsigned long long)report->lines);
  else
    cy_out_line(out, "%zu different %s in %llu lines, %zu in all, the most frequent first.",
      report->case_count, report->case_count == 1 ? "failure" : "failures",
      (unsigned long long)report->lines, times);
}

static void show(cy_out *out, const cy_log_report *report, bool pasted)
{
  if (!pasted)
    put_summary(out, report);
  else
    cy_out_str(out, "what", NULL, "log");
  cy_out_list(out, "cases", "");
  for (size_t i = 0; i < report->case_count; i++) {
    if (i < SHOWN_CASES || cy_out_options_get(out)->format == CY_OUT_JSON)
      put_case(out, &report->cases[i], i + 1, pasted, report->files > 1);
  }
  cy_out_list_end(out);
  if (report->case_count > SHOWN_CASES)
    cy_out_line(out, "%zu further kinds are in --json only.", report->case_count - SHOWN_CASES);
  put_overall(out, report);
  put_unknown(out, report);
}

/* A log that is a trace says more than its codes. */
static cy_err *put_trace(cy_out *out, const char *path)
{
  CY_CLEAN(cy_buf) command = CY_BUF_TEXT;
  const cy_tls_reader *reader;
  CY_TRY(cy_tls_reader_detect_file(&reader, path));
  if (!reader || strcmp(reader->id, "trace") != 0)
    return NULL;
  cy_buf_str(&command, "causey tls side ");
  cy_text_put_shell(&command, path);
  cy_out_open(out, NULL, "");
  cy_out_str(out, "file", NULL, path);
  cy_out_text(out, "command", NULL, cy_buf_get(&command));
  cy_out_line(out, "%s", "");
  cy_out_line(out, "%s is a trace of connections; what they used: %s", path, cy_buf_cstr(&command));
  cy_out_line(out, "Beside the other end's configuration: causey tls check, with the trace as one end.");
  cy_out_close(out);
  return cy_buf_check(&command);
}

static cy_err *put_traces(cy_out *out, const char *const *paths, size_t count)
{
  cy_out_list(out, "traces", "");
  for (size_t i = 0; i < count; i++)
    if (strcmp(paths[i], "-") != 0)
      CY_TRY(put_trace(out, paths[i]));
  cy_out_list_end(out);
  return NULL;
}

cy_err *cy_explain_logs(cy_run *run, const char *const *paths, size_t count)
{
  CY_AUTO(cy_message_matcher) *matcher = NULL;
  CY_AUTO(cy_log) *log = NULL;
  CY_TRY(cy_message_matcher_new(&matcher));
  CY_TRY(cy_log_new(&log, matcher));
  for (size_t i = 0; i < count; i++)
    CY_TRY(read_log(log, paths[i]));
  show(run->out, cy_log_finish(log), false);
  return put_traces(run->out, paths, count);
}

cy_err *cy_explain_text(cy_run *run, cy_span text, bool *found)
{
  CY_AUTO(cy_message_matcher) *matcher = NULL;
  CY_AUTO(cy_log) *log = NULL;
  CY_TRY(cy_message_matcher_new(&matcher));
  CY_TRY(cy_log_new(&log, matcher));
  CY_TRY(cy_log_begin(log, "the argument"));
  CY_TRY(cy_log_feed(log, text));
  CY_TRY(cy_log_end(log));
  const cy_log_report *report = cy_log_finish(log);
  *found = report->case_count > 0;
  if (*found)
    show(run->out, report, true);
  return NULL;
}
