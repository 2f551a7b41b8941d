/*
 * What if: settings as people say them on the command line, made on copies of sides.
 *
 * Purpose:   "server.versions=1.3", "min-rsa=2048", "server.certificate=new.pem": any key of the own form,
 *            for one end or both.
 * Ownership: the list owns the values that it read.
 * Errors:    usage for what is no key, or no value of it, with the nearest right word.
 * Threads:   one owner.
 * Source:    docs/schema/tls_side-1.json.
 */
#ifndef CY_TLS_WHAT_IF_H
#define CY_TLS_WHAT_IF_H

#include "tls/reader.h"

typedef struct {
  const char *text;   /* borrowed: as it was written */
  const char *value;  /* part of it */
  char *key;          /* "versions" */
  bool ends[2];       /* by role */
  cy_tls_side *given; /* what was read of it */
} cy_tls_what_if;

typedef struct {
  cy_tls_what_if *items;
  size_t count, cap;
} cy_tls_what_ifs;

/* Files are read as `how` says. */
cy_err *cy_tls_what_if_add(cy_tls_what_ifs *list, const char *text, const cy_tls_read_how *how) CY_MUST_USE;
void cy_tls_what_ifs_clear(cy_tls_what_ifs *list);
/* Copies of the sides, with all of it made. */
cy_err *cy_tls_what_ifs_apply(
  cy_tls_sides *out, const cy_tls_what_ifs *list, const cy_tls_sides *sides, cy_tls_role role) CY_MUST_USE;

#endif
