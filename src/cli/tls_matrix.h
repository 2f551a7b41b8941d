/*
 * Many clients against many servers, for people and programs.
 *
 * Purpose:   the table of `tls check --clients --servers`, its failing cells explained once for each pair
 * of classes, and what a what-if changes in it. Ownership: borrows. Errors:    memory, and what prediction
 * reports. Threads:   the main thread. Source:    docs/schema/tls_matrix-1.json.
 */
#ifndef CY_CLI_TLS_MATRIX_H
#define CY_CLI_TLS_MATRIX_H

#include "cli/command.h"
#include "tls/table.h"
#include "tls/what_if.h"

/* The document of a whole table; `what` may be empty. */
cy_err *cy_run_tls_matrix(cy_run *run, const cy_tls_sides *clients, const cy_tls_sides *servers,
  const cy_tls_what_ifs *what) CY_MUST_USE;
/* What changes between two tables of the same sides: who no longer connects, who newly does. In an object
 * or document that is open: key "what_if". */
cy_err *cy_tls_show_changes(cy_run *run, const cy_tls_table *before, const cy_tls_table *after,
  const cy_tls_what_ifs *what) CY_MUST_USE;

#endif
