/*
 * Commands to a queue manager, as they stand in files and in saved displays of it.
 *
 * Purpose:   MQSC scripts of any size, one command at a time: continuation with + and -, comments, quotes,
 *            several commands on a line; and what DISPLAY printed, in the same form.
 * Ownership: a command and its spans are borrowed until the next one is read.
 * Errors:    io.* and conf.no-text. A command that is wrong is no error: `wrong` says what and where, and
 * the next one can be read, as the queue manager does it. Threads:   one owner. Source:    IBM MQ
 * documentation, "Building command scripts", "Rules for MQSC commands", "The MQSC commands" (read
 * 2026-11-21); dmpmqcfg puts comment lines between continued ones.
 */
#ifndef CY_CONF_MQSC_H
#define CY_CONF_MQSC_H

#include "conf/lines.h"

enum { CY_MQSC_BYTES = 64 << 10, CY_MQSC_PARAMS = 1024 };

typedef struct {
  cy_span name;    /* in capital letters */
  cy_span value;   /* what it means: without quotes, two quotes as one, and in capitals when it had none */
  cy_span written; /* the value as it was written, without quotes */
  bool has_value;  /* REPLACE has none */
  bool quoted;
  bool folded;         /* it had no quotes, and small letters in it became capitals */
  size_t line, column; /* of its name, from 1 */
} cy_mqsc_param;

typedef struct {
  cy_span verb; /* DEFINE, ALTER, DELETE, DISPLAY ... in full; of a display its message: AMQ8414I */
  cy_mqsc_param *params; /* the first is the object: CHANNEL(NAME), QMGR */
  size_t count;
  size_t line;       /* where it begins */
  const char *wrong; /* NULL: nothing; a literal */
  size_t wrong_line, wrong_column;
} cy_mqsc_command;

/* Where a piece of the joined text came from. */
typedef struct {
  size_t offset, line, column;
} cy_mqsc_piece;

typedef struct {
  cy_lines lines;
  cy_buf text;    /* of the command, put together */
  cy_buf decoded; /* names and values */
  cy_buf kept;    /* what stood behind a ; */
  size_t kept_column;
  cy_mqsc_piece *pieces;
  size_t piece_count, piece_cap;
  cy_mqsc_param *params;
  size_t param_cap;
  char message[16]; /* of a display, read ahead */
  bool shows;       /* saved displays, not commands */
  bool ended;       /* END was there */
} cy_mqsc;

cy_err *cy_mqsc_open(cy_mqsc *in, const char *path) CY_MUST_USE;
cy_err *cy_mqsc_over(cy_mqsc *in, const char *name, cy_span text) CY_MUST_USE;
/* *more false: the end. */
cy_err *cy_mqsc_next(cy_mqsc *in, cy_mqsc_command *command, bool *more) CY_MUST_USE;
/* The same for what DISPLAY printed (AMQ8414I and so on, CSQM4xxI): open first, and read all with this. */
cy_err *cy_mqsc_next_shown(cy_mqsc *in, cy_mqsc_command *command, bool *more) CY_MUST_USE;
void cy_mqsc_clear(cy_mqsc *in);

/* The parameter of that name; NULL: it has none. */
const cy_mqsc_param *cy_mqsc_find(const cy_mqsc_command *command, const char *name);
bool cy_mqsc_is(cy_span word, const char *name);

#endif
