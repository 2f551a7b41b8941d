/*
 * Files of environment variables.
 *
 * Purpose:   what profiles, unit files, container files and jobs set: each variable with file and line,
 *            nothing of it run.
 * Ownership: a variable is borrowed until the next one.
 * Errors:    io.* and conf.no-text; lines that set nothing are passed over.
 * Threads:   one owner.
 * Source:    POSIX shell (assignments, export), csh (setenv), Windows (set A=b), systemd.exec
 *            (Environment=, EnvironmentFile), z/OS: STDENV, CEEOPTS with ENVAR("A=b"), BPXPRMxx's _BPXK.
 *
 * What a shell would put in is not: a value with $ in it comes as it is written, and `open` says so.
 */
#ifndef CY_CONF_ENV_H
#define CY_CONF_ENV_H

#include "conf/lines.h"

typedef struct {
  cy_span name;
  cy_span value; /* without quotes */
  size_t line;
  bool open;    /* holds a variable or a command that is not known here */
  bool removed; /* unset NAME */
} cy_env_item;

typedef struct {
  cy_lines lines;
  cy_buf line; /* that is being read: one may set several */
  size_t at;
  cy_buf value;
  bool exporting;
} cy_env;

cy_err *cy_env_open(cy_env *in, const char *path) CY_MUST_USE;
cy_err *cy_env_over(cy_env *in, const char *name, cy_span text) CY_MUST_USE;
cy_err *cy_env_next(cy_env *in, cy_env_item *item, bool *more) CY_MUST_USE;
void cy_env_clear(cy_env *in);

#endif
