/*
 * What an audit reads and writes beside its findings: baselines, earlier reports, files for others.
 *
 * Purpose:   the options --baseline, --since, --write-baseline, --metrics and --html, from the words of
 *            the command line to the files.
 * Ownership: a cy_audit_report owns what it read (cy_audit_report_clear).
 * Errors:    usage.wrong, conf.malformed, audit.*, io.*.
 * Threads:   the main thread.
 */
#ifndef CY_CLI_AUDIT_REPORT_H
#define CY_CLI_AUDIT_REPORT_H

#include "audit/html.h"
#include "audit/metrics.h"
#include "cli/command.h"

typedef struct {
  cy_run *run;
  cy_severity min; /* what a new baseline begins with */
  cy_baseline baseline;
  cy_since *since;
  const char *new_baseline, *until, *reason;
  cy_buf new_text;
  uint64_t written;                     /* findings in the new baseline */
  const char *metrics_path, *html_path; /* NULL: not asked for */
  bool instead;                         /* one of them goes to standard output: no findings there */
  cy_buf metrics;
  cy_html html;
  uint64_t begun_ms;
} cy_audit_report;

/* Reads what the options name, before anything is audited. */
cy_err *cy_audit_report_begin(cy_audit_report *report, cy_run *run, cy_audit_options *options) CY_MUST_USE;
void cy_audit_report_store(cy_audit_report *report, const cy_audit_store *store);
cy_err *cy_audit_report_across(
  cy_audit_report *report, const cy_findings *findings, const cy_inventory *inventory) CY_MUST_USE;
/* Writes the files. */
cy_err *cy_audit_report_end(
  cy_audit_report *report, const cy_audit_summary *sum, const cy_audit_options *options) CY_MUST_USE;
void cy_audit_report_clear(cy_audit_report *report);

#endif
