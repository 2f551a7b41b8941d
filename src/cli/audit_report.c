#include "cli/audit_report.h"

#include <sys/stat.h>

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

cy_err *cy_audit_report_begin(cy_audit_report *report, cy_run *run, cy_audit_options *options)
{
  const char *file;
  report->run = run;
  cy_baseline_init(&report->baseline);
  CY_TRY(take_new_baseline(report));
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

void cy_audit_report_findings(cy_audit_report *report, const cy_findings *findings)
{
  for (size_t i = 0; report->new_baseline && i < findings->count; i++) {
    const cy_finding *f = findings->items[i];
    if (f->severity < report->min || is_about_baseline(f))
      continue;
    cy_baseline_put(&report->new_text, f, report->until, report->reason);
    report->written++;
  }
}

static cy_err *write_file(const char *path, cy_buf *text)
{
  CY_AUTO(cy_image) *image = NULL;
  CY_TRY(cy_buf_check(text));
  CY_TRY(cy_image_open(&image, path, CY_OPEN_CREATE));
  cy_image_set(&image->parts[0], text, false);
  return cy_image_commit(image, NULL, NULL);
}

cy_err *cy_audit_report_end(cy_audit_report *report)
{
  if (!report->new_baseline)
    return NULL;
  CY_TRY(write_file(report->new_baseline, &report->new_text));
  cy_out_note(report->run->out, "%s accepts %llu finding%s until %s", report->new_baseline,
    (unsigned long long)report->written, report->written == 1 ? "" : "s", report->until);
  return NULL;
}

void cy_audit_report_clear(cy_audit_report *report)
{
  cy_baseline_clear(&report->baseline);
  cy_since_free(report->since);
  cy_buf_clear(&report->new_text);
}
