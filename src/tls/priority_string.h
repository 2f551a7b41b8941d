/*
 * GnuTLS's priority strings.
 *
 * Purpose:   "NORMAL:-VERS-ALL:+VERS-TLS1.2" as versions, suites, groups and signatures, as GnuTLS 3.7
 * makes of it. Ownership: the result owns its lists and texts until it is cleared. Errors:    memory; what
 * GnuTLS refuses is a value: `wrong`. Threads:   one owner. Source:    GnuTLS manual, "Priority strings";
 * held against gnutls-cli 3.7.9 --priority X -l with random strings (tests/tls/gnutls.t).
 */
#ifndef CY_TLS_PRIORITY_STRING_H
#define CY_TLS_PRIORITY_STRING_H

#include "tls/side.h"

typedef struct {
  unsigned versions; /* set of CY_TLS_BIT */
  cy_codes suites, suites13, groups, schemes;
  bool own_order;   /* %SERVER_PRECEDENCE */
  unsigned min_rsa; /* of the verification profile; 0: none */
  bool psk;
  char *wrong;      /* the word at which GnuTLS stops; NULL: all is well */
  const char *near; /* the nearest right one, or NULL */
  bool empty;       /* refused because nothing could be agreed on */
} cy_priority;

/* What @NAME stands for, or NULL. */
typedef const char *cy_priority_named(void *arg, const char *name);

cy_err *cy_priority_parse(cy_priority *out, const char *text, cy_priority_named *named, void *arg)
  CY_MUST_USE;
void cy_priority_clear(cy_priority *priority);
/* Whether a text looks like one: begins with a keyword or @. */
bool cy_priority_is(const char *text);

#endif
