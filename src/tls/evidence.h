/*
 * Who still uses what: connections that took place, held against a plan.
 *
 * Purpose:   a connection that was seen (tls/used.h) is matched with the clients and servers of a table,
 * and judged: it is what their configuration comes to, or older than that, or somebody's who is not among
 * them. Configuration that looks fine and is not in force shows here before it breaks. Ownership: borrows
 * from the table and from the sides that carry what was used. Errors:    memory. Threads:   one owner.
 * Source:    IBM MQ documentation, DISPLAY CHSTATUS (SECPROT, SSLCIPH, SSLPEER); trap C08.
 *
 * What makes two the same: the name of a channel; the certificate that was shown; at a server also the host
 * or label; at a client also its address as the label, and the subject of its certificate as the other end
 * displays it.
 */
#ifndef CY_TLS_EVIDENCE_H
#define CY_TLS_EVIDENCE_H

#include "tls/table.h"
#include "tls/used.h"

typedef enum {
  CY_TLS_SEEN_NEW,       /* it used what is wanted, or something newer */
  CY_TLS_SEEN_EXPECTED,  /* it used what its ends' configuration comes to today */
  CY_TLS_SEEN_OLDER,     /* its ends' configuration would have agreed on something else */
  CY_TLS_SEEN_STRANGER,  /* its server is there, its client is not */
  CY_TLS_SEEN_ELSEWHERE, /* its server is not there */
  CY_TLS_SEEN_CLEAR,     /* it used no TLS */
  CY_TLS_SEEN_NOTHING,   /* no version was agreed on, or none is shown */
} cy_tls_seen_kind;
const char *cy_tls_seen_kind_name(cy_tls_seen_kind kind); /* "older" */

typedef struct {
  const cy_tls_used *used;
  cy_tls_seen_kind kind;
  size_t client, server; /* sides of the table; SIZE_MAX: none fits */
  uint16_t predicted;    /* version that their configuration comes to; 0: they would not agree */
} cy_tls_evidence;

typedef struct {
  cy_tls_evidence *items;
  size_t count, cap;
} cy_tls_evidences;

/* What all these sides were seen to use, each connection once; `version` is what is to be migrated to. */
cy_err *cy_tls_evidence_weigh(
  cy_tls_evidences *out, const cy_tls_table *table, const cy_tls_sides *seen, uint16_t version) CY_MUST_USE;
void cy_tls_evidences_clear(cy_tls_evidences *list);

/* The sides that come of a trace or display go to `seen`. */
cy_err *cy_tls_evidence_split(cy_tls_sides *sides, cy_tls_sides *seen) CY_MUST_USE;
/* What is to be looked into before a step is taken: tls.seen-older, tls.seen-stranger. */
cy_err *cy_tls_evidence_find(cy_findings *out, const cy_tls_evidences *list, const cy_tls_table *table)
  CY_MUST_USE;

#endif
