#include "cli/audit_report.h"

#include <sys/stat.h>
#include <time.h>

#include "audit/codes.h"
#include "base/mem.h"

static cy_err *take_new_baseline(cy_audit_report *r)
{
  const cy_args *args = r->run->args;
  cy_time day;
  struct stat st;
  r->new_baseline = cy_args_value(args, CY_OPT_WRITE_BASELINE);
  r->until = cy_args_value(args, CY_OPT_UNTIL);
  r->reason = cy_args_value(args, CY_OPT_REASON);
  if (!r->new_baseline)
    return r->until || r->reason
             ? cy_err_new(CY_E_USAGE, "--until and --reason are of use with --write-baseline only")
             : NULL;
  if (!r->until || !r->reason || !*r->reason)
    return cy_err_hint(cy_err_new(CY_E_USAGE, "--write-baseline needs --until and --reason"),
      "Say until when it is accepted, and why: --until 2027-01-31 --reason 'known, ticket 4711'.");
  if (!cy_time_parse(&day, r->until) || strlen(r->until) != 10)
    return cy_err_hint(cy_err_new(CY_E_USAGE, "--until %s is no day", r->until), "Write 2027-01-31.");
  if (day + CY_DAY <= r->run->now)
    return cy_err_new(CY_E_USAGE, "--until %s is over already", r->until);
  if (strpbrk(r->reason, "\r\n"))
    return cy_err_new(CY_E_USAGE, "--reason must be one line");
  if (lstat(r->new_baseline, &st) == 0)
    return cy_err_new(CY_E_AUDIT_BASELINE_THERE, "%s is there already", r->new_baseline);
  r->new_text = CY_BUF_STORE;
  cy_baseline_begin(&r->new_text, r->run->now);
  return NULL;
}

static uint64_t clock_ms(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool is_output(const char *path)
{
  return path && strcmp(path, "-") == 0;
}

static cy_err *take_files(cy_audit_report *r, const cy_audit_options *options)
{
  const cy_args *args = r->run->args;
  r->metrics_path = cy_args_value(args, CY_OPT_METRICS);
  r->html_path = cy_args_value(args, CY_OPT_HTML);
  r->instead = is_output(r->metrics_path) || is_output(r->html_path);
  if (r->instead && (args->given[CY_OPT_JSON] || (is_output(r->metrics_path) && is_output(r->html_path))))
    return cy_err_hint(cy_err_new(CY_E_USAGE, "standard output can take one of metrics, page and JSON"),
      "Write the others into files.");
  r->metrics = CY_BUF_STORE;
  cy_metrics_begin(&r->metrics);
  cy_html_init(&r->html, r->run->now, options->warn_days);
  return NULL;
}

cy_err *cy_audit_report_begin(cy_audit_report *report, cy_run *run, cy_audit_options *options)
{
  const char *file;
  report->run = run;
  cy_baseline_init(&report->baseline);
  report->begun_ms = clock_ms();
  CY_TRY(take_new_baseline(report));
  CY_TRY(take_files(report, options));
  for (size_t i = 0; (file = cy_args_nth(run->args, CY_OPT_BASELINE, i)); i++) {
    CY_TRY(cy_baseline_load(&report->baseline, file));
    options->baseline = &report->baseline;
  }
  file = cy_args_value(run->args, CY_OPT_SINCE);
  if (file)
    CY_TRY(cy_since_load(&report->since, file));
  options->since = report->since;
  return NULL;
}

/* What is said about the baseline itself can not be accepted by one. */
static bool is_about_baseline(const cy_finding *f)
{
  return f->id == CY_F_BASELINE_EXPIRED || f->id == CY_F_BASELINE_UNUSED;
}

static void put_baseline(cy_audit_report *report, const cy_findings *findings)
{
  for (size_t i = 0; report->new_baseline && i < findings->count; i++) {
    const cy_finding *f = findings->items[i];
    if (f->severity < report->min || is_about_baseline(f))
      continue;
    cy_baseline_put(&report->new_text, f, report->until, report->reason);
    report->written++;
  }
}

void cy_audit_report_store(cy_audit_report *report, const cy_audit_store *store)
{
  put_baseline(report, &store->findings);
  if (report->metrics_path)
    cy_metrics_store(&report->metrics, store);
  if (report->html_path)
    cy_html_store(&report->html, store);
}

cy_err *cy_audit_report_across(
  cy_audit_report *report, const cy_findings *findings, const cy_inventory *inventory)
{
  put_baseline(report, findings);
  if (!report->html_path)
    return NULL;
  cy_html_findings(&report->html, findings);
  return cy_html_inventory(&report->html, inventory);
}

/* Replaced as a whole, so that a reader never sees half of it. */
static cy_err *write_file(cy_out *out, const char *path, cy_buf *text, cy_open_mode mode)
{
  CY_AUTO(cy_image) *image = NULL;
  CY_TRY(cy_buf_check(text));
  if (is_output(path)) {
    cy_out_raw(out, cy_buf_get(text));
    return NULL;
  }
  CY_TRY(cy_image_open(&image, path, mode));
  cy_image_set(&image->parts[0], text, false);
  return cy_image_commit(image, NULL, NULL);
}

static cy_err *write_baseline(cy_audit_report *report)
{
  if (!report->new_baseline)
    return NULL;
  CY_TRY(write_file(report->run->out, report->new_baseline, &report->new_text, CY_OPEN_CREATE));
  cy_out_note(report->run->out, "%s accepts %llu finding%s until %s", report->new_baseline,
    (unsigned long long)report->written, report->written == 1 ? "" : "s", report->until);
  return NULL;
}

cy_err *cy_audit_report_end(
  cy_audit_report *report, const cy_audit_summary *sum, const cy_audit_options *options)
{
  CY_CLEAN(cy_buf) page = CY_BUF_STORE;
  cy_out *out = report->run->out;
  if (!sum->interrupted)
    CY_TRY(write_baseline(report));
  if (report->metrics_path) {
    cy_metrics_end(&report->metrics, sum, clock_ms() - report->begun_ms, cy_time_now());
    CY_TRY(write_file(out, report->metrics_path, &report->metrics, CY_OPEN_WRITE));
  }
  if (!report->html_path)
    return NULL;
  CY_TRY(cy_html_write(&report->html, &page, sum, options->paths, options->path_count));
  return write_file(out, report->html_path, &page, CY_OPEN_WRITE);
}

void cy_audit_report_clear(cy_audit_report *report)
{
  cy_baseline_clear(&report->baseline);
  cy_since_free(report->since);
  cy_buf_clear(&report->new_text);
  cy_buf_clear(&report->metrics);
  cy_html_clear(&report->html);
}
