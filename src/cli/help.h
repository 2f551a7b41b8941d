/*
 * What is made from the table of commands besides the help itself.
 *
 * Purpose:   the manual page and the completion of three shells, so that none of them can differ
 *            from the program.
 * Ownership: text is appended to the caller's buffer.
 * Errors:    in the buffer.
 * Threads:   pure functions.
 * Source:    mdoc(7); the completion interfaces of bash, zsh and fish.
 */
#ifndef CY_CLI_HELP_H
#define CY_CLI_HELP_H

#include "cli/command.h"

void cy_help_man(cy_buf *page);
/* shell: "bash", "zsh" or "fish"; false for another word. */
bool cy_help_completion(cy_buf *script, const char *shell);

/* A topic of `explain`, as a document of its own; false when there is none of that name. */
bool cy_explain_topic(cy_out *out, const char *id);

#endif
