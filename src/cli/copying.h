/*
 * What cp and mv have in common.
 *
 * Purpose:   open sources and target, plan, commit, and say what was done.
 * Ownership: a cy_copying owns its places, addresses and askers; clear it whatever happened.
 * Errors:    those of store/copy.h; usage.wrong.
 * Threads:   the main thread.
 */
#ifndef CY_CLI_COPYING_H
#define CY_CLI_COPYING_H

#include "cli/command.h"
#include "store/copy.h"

typedef struct {
  cy_run *run;
  size_t count;
  cy_address *addresses; /* of the sources */
  cy_place **places;
  cy_copy_source *sources;
  cy_address to;
  cy_place *target;
  cy_run_ask from_ask, to_ask;
  cy_copy_options options;
  cy_write_how how;
  const struct cy_product *product; /* --for; NULL: none */
  cy_copy *copy;
} cy_copying;

/* Opens everything and makes the plan. Sources are opened to be changed when `update`. */
cy_err *cy_copying_begin(cy_copying *c, cy_run *run, const char *const *sources, size_t count,
  const char *target, bool update) CY_MUST_USE;
/* Puts everything into the target and writes it. */
cy_err *cy_copying_commit(cy_copying *c) CY_MUST_USE;
/* Entries, losses and findings: the fields of causey.cp/1 and causey.mv/1 after the document is begun. */
cy_err *cy_copying_report(cy_copying *c) CY_MUST_USE;
/* false when an earlier source is the same place. */
bool cy_copying_is_first(const cy_copying *c, size_t source);
void cy_copying_clear(cy_copying *c);

/* A label as the place's file will have it: Java's keystores have lower case only. */
cy_err *cy_label_as_written(cy_place *place, const char *label, cy_buf *written) CY_MUST_USE;
/* true when both name the same file. */
bool cy_same_file(const char *a, const char *b);

#endif
