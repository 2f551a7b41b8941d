/* Purpose: told to the analysers before each file: what makes an error never gives NULL. They look
 *   at one file at a time, and else believe that a failed call may report success.
 * Ownership: none.
 * Errors: none.
 * Threads: any. */
#ifndef CAUSEY_ANALYZER_H
#define CAUSEY_ANALYZER_H

#include "base/err.h"
#include "crypto/lib.h"

#define NEVER_NULL(call)              \
  __extension__({                     \
    cy_err *never_null_ = (call);     \
    if (!never_null_)                 \
      __builtin_unreachable();        \
    never_null_;                      \
  })
#define cy_err_new(...) NEVER_NULL(cy_err_new(__VA_ARGS__))
#define cy_err_newv(...) NEVER_NULL(cy_err_newv(__VA_ARGS__))
#define cy_err_wrap(...) NEVER_NULL(cy_err_wrap(__VA_ARGS__))
#define cy_err_errno(...) NEVER_NULL(cy_err_errno(__VA_ARGS__))
#define cy_err_no_memory(...) NEVER_NULL(cy_err_no_memory(__VA_ARGS__))
#define cy_err_openssl(...) NEVER_NULL(cy_err_openssl(__VA_ARGS__))

#endif
