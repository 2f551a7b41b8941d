/*
 * Priority strings in the configurations of those who use GnuTLS.
 *
 * Purpose:   put one into force at a side, with findings where GnuTLS would refuse it.
 * Ownership: nothing is kept.
 * Errors:    memory.
 * Threads:   one owner.
 * Source:    tls/priority_string.h.
 */
#ifndef CY_TLS_READ_PRIORITY_H
#define CY_TLS_READ_PRIORITY_H

#include "tls/priority_string.h"
#include "tls/reader.h"

/* Notes the line, too. */
cy_err *cy_tls_read_priority(cy_tls_side *side, const char *key, const char *text, const char *file,
  size_t line, cy_priority_named *named, void *arg) CY_MUST_USE;

#endif
