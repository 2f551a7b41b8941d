#include "base/err.h"

#include <errno.h>
#include <stdio.h>

#include "base/mem.h"

struct cy_err {
  cy_err_code code;
  char *text;
  char *hint;
  cy_err *cause;
};

static cy_err out_of_memory = {CY_E_NO_MEMORY, NULL, NULL, NULL};

#define CY_ERROR(code, id, exit_class, title, fix) {id, exit_class, title, fix},
#include "errors_rows.inc"
#undef CY_ERROR

static const cy_err_info *row_of(cy_err_code code)
{
  int module = code / CY_CODES_ROOM, row = code % CY_CODES_ROOM;
  if (code < 0 || module >= (int)CY_COUNT(modules) || row >= modules[module].count)
    return NULL;
  return &modules[module].rows[row];
}

const cy_err_info *cy_err_info_get(cy_err_code code)
{
  static const cy_err_info fine = {"ok", CY_EXIT_OK, "Nothing is wrong.", ""};
  const cy_err_info *info = row_of(code);
  if (info)
    return info;
  return code == CY_OK ? &fine : row_of(CY_E_BUG);
}

cy_err_code cy_err_code_next(cy_err_code code)
{
  for (code++; code < CY_E_COUNT; code++)
    if (row_of(code))
      return code;
  return CY_E_COUNT;
}

cy_err_code cy_err_code_find(const char *id)
{
  for (cy_err_code i = cy_err_code_next(CY_OK); i < CY_E_COUNT; i = cy_err_code_next(i))
    if (row_of(i) && strcmp(row_of(i)->id, id) == 0)
      return i;
  return CY_OK;
}

cy_err *cy_err_no_memory(void)
{
  return &out_of_memory;
}

CY_PRINTF(1, 0)
static char *format_text(const char *format, va_list args)
{
  va_list again;
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, format, again);
  va_end(again);
  char *text = len < 0 ? NULL : cy_malloc((size_t)len + 1);
  if (text)
    vsnprintf(text, (size_t)len + 1, format, args);
  return text;
}

cy_err *cy_err_newv(cy_err_code code, const char *format, va_list args)
{
  cy_err *err = cy_malloc(sizeof *err);
  if (!err)
    return &out_of_memory;
  err->code = code;
  err->text = format_text(format, args);
  if (!err->text) {
    cy_free(err);
    return &out_of_memory;
  }
  return err;
}

cy_err *cy_err_new(cy_err_code code, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  cy_err *err = cy_err_newv(code, format, args);
  va_end(args);
  return err;
}

cy_err *cy_err_wrap(cy_err *cause, cy_err_code code, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  cy_err *err = cy_err_newv(code, format, args);
  va_end(args);
  if (err == &out_of_memory)
    cy_err_free(cause);
  else
    err->cause = cause;
  return err;
}

static cy_err_code code_of_errno(int errnum)
{
  switch (errnum) {
  case ENOENT:
  case ENOTDIR:
    return CY_E_IO_MISSING;
  case EACCES:
  case EPERM:
  case EROFS:
    return CY_E_IO_DENIED;
  case ENOSPC:
  case EDQUOT:
  case EFBIG:
    return CY_E_IO_FULL;
  case EISDIR:
    return CY_E_IO_KIND;
  case ENOMEM:
    return CY_E_NO_MEMORY;
  default:
    return CY_E_IO;
  }
}

cy_err *cy_err_errno(int errnum, const char *format, ...)
{
  char reason[128];
  va_list args;
  va_start(args, format);
  cy_err *err = cy_err_newv(code_of_errno(errnum), format, args);
  va_end(args);
  if (err == &out_of_memory)
    return err;
  char *text = err->text;
  const char *why = strerror_r(errnum, reason, sizeof reason);
  size_t size = strlen(text) + strlen(why) + 3;
  err->text = cy_malloc(size);
  if (!err->text) {
    err->text = text;
    return err;
  }
  snprintf(err->text, size, "%s: %s", text, why);
  cy_free(text);
  return err;
}

cy_err *cy_err_hint(cy_err *err, const char *format, ...)
{
  if (!err || err == &out_of_memory)
    return err;
  va_list args;
  va_start(args, format);
  char *hint = format_text(format, args); /* which may quote the one before */
  va_end(args);
  cy_free(err->hint);
  err->hint = hint;
  return err;
}

void cy_err_free(cy_err *err)
{
  while (err && err != &out_of_memory) {
    cy_err *cause = err->cause;
    cy_free(err->text);
    cy_free(err->hint);
    cy_free(err);
    err = cause;
  }
}

cy_err_code cy_err_code_get(const cy_err *err)
{
  return err ? err->code : CY_OK;
}

const char *cy_err_text(const cy_err *err)
{
  return err->text ? err->text : cy_err_info_get(err->code)->title;
}

const char *cy_err_fix(const cy_err *err)
{
  const cy_err *deepest = err;
  for (const cy_err *e = err; e; e = e->cause) {
    if (e->hint)
      return e->hint;
    deepest = e;
  }
  return cy_err_info_get(deepest->code)->fix;
}

const cy_err *cy_err_cause(const cy_err *err)
{
  return err->cause;
}

bool cy_err_is(const cy_err *err, cy_err_code code)
{
  for (; err; err = err->cause)
    if (err->code == code)
      return true;
  return false;
}

cy_exit cy_err_exit(const cy_err *err)
{
  if (!err)
    return CY_EXIT_OK;
  while (err->cause)
    err = err->cause;
  return cy_err_info_get(err->code)->exit_code;
}

cy_exit cy_exit_worse(cy_exit a, cy_exit b)
{
  return a > b ? a : b;
}
