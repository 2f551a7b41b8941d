/*
 * What an earlier report had already.
 *
 * Purpose:   read a report of `causey audit --json` line by line, and tell which findings are new and how
 *            many are gone.
 * Ownership: cy_since_free.
 * Errors:    audit.report-malformed with the line; io.*.
 * Threads:   one owner.
 *
 * Of each finding eight bytes are kept, so that reports of 100 MB can be read.
 */
#ifndef CY_AUDIT_SINCE_H
#define CY_AUDIT_SINCE_H

#include "base/finding.h"

typedef struct cy_since cy_since;

cy_err *cy_since_load(cy_since **out, const char *path) CY_MUST_USE;
void cy_since_free(cy_since *since);
CY_AUTO_DEFINE(cy_since)
/* One line of a report, without its end. */
cy_err *cy_since_line(cy_since *since, cy_span line) CY_MUST_USE;
cy_err *cy_since_new(cy_since **out) CY_MUST_USE;
/* After the last line. */
cy_err *cy_since_end(const cy_since *since) CY_MUST_USE;
/* Was this one in the report? It counts as found again. */
bool cy_since_has(cy_since *since, uint64_t fingerprint);
/* How many of the report were not found again. */
uint64_t cy_since_gone(const cy_since *since);

#endif
