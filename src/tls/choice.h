/*
 * Choice: which of a client's certificates is shown, where several would do (trap C23).
 *
 * Purpose:   each of them alone against what the server asks, beside what the library takes of them all.
 * Ownership: a choice borrows from the client's side.
 * Errors:    memory, what prediction reports.
 * Threads:   one owner.
 * Source:    RFC 8446 4.4.2.3; each library's file tls/end_<library>_client.c for its order.
 */
#ifndef CY_TLS_CHOICE_H
#define CY_TLS_CHOICE_H

#include "base/out.h"
#include "tls/outcome_show.h"

typedef struct {
  size_t identity; /* index into the side's identities */
  bool taken;      /* the server accepts it */
} cy_tls_candidate;

typedef struct {
  cy_tls_candidate items[CY_TLS_IDENTITIES]; /* those that fit what the server asks */
  size_t count;
  int shown; /* index of `items`; -1: none of them, or a person is asked */
} cy_tls_choice;

/* Empty where the server does not ask. */
cy_err *cy_tls_choice_find(cy_tls_choice *out, const cy_tls_side *client, const cy_tls_terms *server,
  const cy_tls_shown *shown, cy_tls_verdicts *verdicts) CY_MUST_USE;
/* Finding tls.several-certificates-fit, when there are two or more. */
void cy_tls_choice_tell(cy_findings *list, const cy_tls_choice *choice, const cy_tls_shown *shown);
/* Finding tls.client-issuer-not-named (trap C07), when the client held its certificate back for that. */
void cy_tls_unnamed_tell(cy_findings *list, const cy_tls_shown *shown);
/* Key "several" of an object that is open, when there are two or more. */
void cy_tls_choice_show(cy_out *out, const cy_tls_choice *choice, const cy_tls_shown *shown);

#endif
