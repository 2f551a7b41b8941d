/*
 * Errors: chains of causes, each with a stable code.
 *
 * Purpose:   say which step failed, why, and what to do next. The outermost link is the step
 *            that the user asked for; each cause below is nearer to the root.
 * Ownership: a cy_err * belongs to whoever received it: hand it on, wrap it (the new link takes
 *            it) or free it. cy_err_free(NULL) is fine.
 * Errors:    when there is no memory for an error, the static out-of-memory error is returned;
 *            freeing it does nothing, so callers need not care.
 * Threads:   an error belongs to one thread at a time.
 *
 * Not found, would-block and end of file are values, never errors. A module's codes are the rows of
 * <module>/errors.def, numbered by "<module>/codes.h": who uses a code includes that (base's is here).
 */
#ifndef CY_BASE_ERR_H
#define CY_BASE_ERR_H

#include <stdarg.h>

#include "base/codes.h"
#include "base/common.h"
#include "rooms.inc"

/* CY_OK or a CY_E_... Not one enum of all: each new row would compile everything anew. */
typedef int cy_err_code;
enum { CY_OK = 0 };

/* Exit codes of the program (docs/architecture.md, "Exit codes"). */
typedef enum {
  CY_EXIT_OK = 0,
  CY_EXIT_FINDINGS = 1,
  CY_EXIT_USAGE = 2,
  CY_EXIT_BAD_INPUT = 3,
  CY_EXIT_REFUSED = 4,
  CY_EXIT_IO = 5,
  CY_EXIT_CRYPTO = 6,
  CY_EXIT_BUG = 70,
} cy_exit;

/* A row of the table of errors. */
typedef struct {
  const char *id;    /* "store.label-missing": stable, for programs and for `explain` */
  cy_exit exit_code; /* what the program ends with when this is the outermost link */
  const char *title; /* what it means, in general */
  const char *fix;   /* what to do next, in general */
} cy_err_info;

const cy_err_info *cy_err_info_get(cy_err_code code);
/* Numbers have gaps. The next that is an error's, CY_E_COUNT behind the last; the first follows CY_OK. */
cy_err_code cy_err_code_next(cy_err_code code);
/* The code with that id, or CY_OK when there is none. */
cy_err_code cy_err_code_find(const char *id);

typedef struct cy_err cy_err;

cy_err *cy_err_new(cy_err_code code, const char *format, ...) CY_PRINTF(2, 3) CY_MUST_USE CY_NEVER_NULL;
cy_err *cy_err_newv(cy_err_code code, const char *format, va_list args) CY_PRINTF(2, 0)
  CY_MUST_USE CY_NEVER_NULL;
/* Puts a link above `cause`, which it takes. A NULL cause is allowed. */
cy_err *cy_err_wrap(cy_err *cause, cy_err_code code, const char *format, ...) CY_PRINTF(3, 4)
  CY_MUST_USE CY_NEVER_NULL;
/* For a failed system call: adds the text of `errnum`, and a code by its kind (io.*). */
cy_err *cy_err_errno(int errnum, const char *format, ...) CY_PRINTF(2, 3) CY_MUST_USE CY_NEVER_NULL;
cy_err *cy_err_no_memory(void) CY_MUST_USE CY_NEVER_NULL;
/* Sets the advice of this occurrence, in place of the table's general one. Returns err. */
cy_err *cy_err_hint(cy_err *err, const char *format, ...) CY_PRINTF(2, 3) CY_MUST_USE;
void cy_err_free(cy_err *err);
CY_AUTO_DEFINE(cy_err)

cy_err_code cy_err_code_get(const cy_err *err);
const char *cy_err_text(const cy_err *err);
/* This occurrence's advice, else that of the nearest link that has one, else the table's. */
const char *cy_err_fix(const cy_err *err);
const cy_err *cy_err_cause(const cy_err *err);
/* true when the chain has a link with this code. */
bool cy_err_is(const cy_err *err, cy_err_code code);
/* The exit code of the most specific link: the deepest one that is not merely a step. */
cy_exit cy_err_exit(const cy_err *err);
/* The worse of two exit codes, in the order 70, 6, 5, 4, 3, 2, 1, 0. */
cy_exit cy_exit_worse(cy_exit a, cy_exit b);

#define CY_TRY(call)                                                                                       \
  do {                                                                                                     \
    cy_err *try_err_ = (call);                                                                             \
    if (try_err_)                                                                                          \
      return try_err_;                                                                                     \
  } while (0)

/* CY_TRY_AS(call, CODE, "while doing x"): adds a link that names the step. */
#define CY_TRY_AS(call, ...)                                                                               \
  do {                                                                                                     \
    cy_err *try_err_ = (call);                                                                             \
    if (try_err_)                                                                                          \
      return cy_err_wrap(try_err_, __VA_ARGS__);                                                           \
  } while (0)

/* Returns the no-memory error when `pointer` is NULL. */
#define CY_TRY_ALLOC(pointer)                                                                              \
  do {                                                                                                     \
    if (!(pointer))                                                                                        \
      return cy_err_no_memory();                                                                           \
  } while (0)

#endif
