/*
 * The parts of `explain` that are about other products: their codes, their logs, and the causes of both.
 *
 * Purpose:   wiring between src/product and the output.
 * Ownership: nothing is owned.
 * Errors:    usage.wrong for a code that is not known, with the nearest; io.* for logs.
 * Threads:   the main thread.
 */
#ifndef CY_CLI_EXPLAIN_H
#define CY_CLI_EXPLAIN_H

#include "base/text.h"
#include "cli/command.h"
#include "product/message.h"

/* A cause, a family, a code ("gsk:434", "AMQ9633E", "2397"): false when it is none of them. */
bool cy_explain_message(cy_out *out, const char *word);
/* Tries all names that it takes. */
void cy_explain_message_nearest(cy_nearest *near);
/* "FAMILY:WORD" of a family that is known, but no such code: the nearest code is in the hint. NULL: another
 * word. */
cy_err *cy_explain_no_such_code(const char *word);
/* Rows for the list of all there is. */
void cy_explain_message_list(
  cy_out *out, void (*row)(cy_out *out, const char *what, const char *id, const char *title));
/* "AMQ9633E", "gsk:434": as short as it can be asked for. The text is good until the next call. */
const char *cy_explain_message_id(const cy_message *message);

/* Logs, "-" is standard input. */
cy_err *cy_explain_logs(cy_run *run, const char *const *paths, size_t count) CY_MUST_USE;
/* What was pasted as an argument; *found: whether there was anything in it. */
cy_err *cy_explain_text(cy_run *run, cy_span text, bool *found) CY_MUST_USE;

/* With --client and --server: predicts, and says which cause holds. */
cy_err *cy_explain_tested(cy_run *run) CY_MUST_USE;

#endif
