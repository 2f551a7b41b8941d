/*
 * AT-TLS policies: what read_attls.c (statements and references) and attls.c (settings) share.
 *
 * Purpose:   the statements that make up one rule, and the side that comes of them.
 * Ownership: the tree owns the nodes; the side is the caller's.
 * Errors:    memory; what is wrong in a policy is a finding.
 * Threads:   one owner.
 * Source:    z/OS Communications Server: IP Configuration Reference.
 */
#ifndef CY_TLS_ATTLS_H
#define CY_TLS_ATTLS_H

#include "tls/reader_tree.h"

typedef struct {
  cy_tls_reading *reading;
  const char *path;
  cy_tls_tree tree;
  cy_findings left; /* of the file as a whole: they go to the first side */
  cy_tls_side *side;
  /* The statements of one rule; NULL: there is none. */
  const cy_tls_node *environment, *connection, *group, *keyring, *ciphers, *signatures;
  const cy_tls_node *advanced[2]; /* the connection's, the environment's */
  bool asks;                      /* ServerWithClientAuth */
} cy_attls;

/* All that the statements say, into a->side. */
cy_err *cy_attls_read(cy_attls *a) CY_MUST_USE;
/* Words that no statement has, with the nearest right one. */
cy_err *cy_attls_check_words(cy_attls *a) CY_MUST_USE;

#endif
