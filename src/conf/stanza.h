/*
 * The ini files of queue managers and their clients: stanzas.
 *
 * Purpose:   qm.ini, mqs.ini and mqclient.ini, one key after the other with stanza and line.
 * Ownership: an item is borrowed until the next one.
 * Errors:    io.* and conf.no-text; a line that is neither is an item with `wrong`.
 * Threads:   one owner.
 * Source:    IBM MQ documentation, "Changing configuration information in .ini files" (read 2026-11-21):
 *            `Name:` opens a stanza, `key=value` lines follow, # or ; begins a comment.
 */
#ifndef CY_CONF_STANZA_H
#define CY_CONF_STANZA_H

#include "conf/lines.h"

typedef struct {
  cy_span stanza; /* "" before the first */
  cy_span key;    /* empty: the line that opens the stanza */
  cy_span value;
  size_t line;
  const char *wrong; /* a literal; `value` is then the whole line */
} cy_stanza_item;

typedef struct {
  cy_lines lines;
  cy_buf stanza;
} cy_stanzas;

cy_err *cy_stanzas_open(cy_stanzas *in, const char *path) CY_MUST_USE;
cy_err *cy_stanzas_over(cy_stanzas *in, const char *name, cy_span text) CY_MUST_USE;
cy_err *cy_stanzas_next(cy_stanzas *in, cy_stanza_item *item, bool *more) CY_MUST_USE;
void cy_stanzas_clear(cy_stanzas *in);

#endif
