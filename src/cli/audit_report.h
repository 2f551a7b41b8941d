/*
 * What an audit reads and writes beside its findings: baselines, earlier reports, files for others.
 *
 * Purpose:   the options --baseline, --since and --write-baseline, from the words of the command line to
 * the files. Ownership: a cy_audit_report owns what it read (cy_audit_report_clear). Errors: usage.wrong,
 * conf.malformed, audit.*, io.*. Threads:   the main thread.
 */
#ifndef CY_CLI_AUDIT_REPORT_H
#define CY_CLI_AUDIT_REPORT_H

#include "audit/audit.h"
#include "cli/command.h"

typedef struct {
  cy_run *run;
  cy_severity min; /* what a new baseline begins with */
  cy_baseline baseline;
  cy_since *since;
  const char *new_baseline, *until, *reason;
  cy_buf new_text;
  uint64_t written; /* findings in the new baseline */
} cy_audit_report;

/* Reads what the options name, before anything is audited. */
cy_err *cy_audit_report_begin(cy_audit_report *report, cy_run *run, cy_audit_options *options) CY_MUST_USE;
void cy_audit_report_findings(cy_audit_report *report, const cy_findings *findings);
/* Writes the files. */
cy_err *cy_audit_report_end(cy_audit_report *report) CY_MUST_USE;
void cy_audit_report_clear(cy_audit_report *report);

#endif
