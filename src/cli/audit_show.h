/*
 * How an audit looks.
 *
 * Purpose:   stores with their findings one after another, and the summary, for people and programs.
 * Ownership: nothing is kept.
 * Errors:    the output's.
 * Threads:   the main thread.
 */
#ifndef CY_CLI_AUDIT_SHOW_H
#define CY_CLI_AUDIT_SHOW_H

#include "audit/audit.h"
#include "base/out.h"

typedef struct {
  cy_out *out;
  cy_severity min; /* for people */
  cy_time now;
  const char *user; /* whose rights were asked for; NULL: nobody's */
  uint64_t hidden;  /* findings below `min` that were not shown */
} cy_audit_show;

void cy_audit_show_store(cy_audit_show *show, const cy_audit_store *store);
void cy_audit_show_across(cy_audit_show *show, const cy_findings *findings);
void cy_audit_show_summary(
  cy_audit_show *show, const cy_audit_summary *sum, const cy_audit_options *options);

#endif
