/*
 * Comparing stores by what is in them.
 *
 * Purpose:   what `diff` says: what is in one store and not in the other, what was renewed, and what
 *            is the same but for its private key, chain, trust or label.
 * Ownership: a diff borrows the places and their entries, which must stay open; it owns its texts.
 * Errors:    memory; store.label-missing for a selector that fits nothing. A key that does not open is
 *            compared as it is sealed, which is said.
 * Threads:   one owner.
 *
 * Rules:
 * - Certificates are the same when their DER is, private keys when their public keys are; requests and
 *   CRLs by their DER, secret keys in clear where they open. Labels decide only between several copies.
 * - Of what is left over, a certificate with the same key, else with the same subject, is the other's
 *   renewal.
 * - What a kind of store can not hold is no difference: labels, chains and marks of trust count only
 *   where both sides can have them. A certificate in a chain is there, though it is no entry.
 * - Entries that a saved listing describes without their certificate are matched by issuer and serial.
 */
#ifndef CY_STORE_DIFF_H
#define CY_STORE_DIFF_H

#include "store/place.h"

typedef struct {
  cy_place *place;
  const cy_selector *selector;
  cy_ask *ask; /* for keys whose public half is not known */
} cy_diff_side;

typedef enum {
  CY_DIFF_ONLY_FIRST,
  CY_DIFF_ONLY_SECOND,
  CY_DIFF_RENEWED,
  CY_DIFF_KEY,   /* one has the private key, the other only the certificate */
  CY_DIFF_CHAIN, /* the same certificate with another chain */
  CY_DIFF_TRUST, /* trusted in one of them */
  CY_DIFF_LABEL, /* the same under another name, or a further copy in one of them */
  CY_DIFF_KINDS
} cy_diff_kind;

const char *cy_diff_kind_name(cy_diff_kind kind); /* "only-first", "renewed" */

typedef struct {
  cy_diff_kind kind;
  cy_entry *first, *second; /* NULL: none */
  int newer;                /* RENEWED: 1 or 2, 0 when they begin and end at the same time */
  bool same_key;            /* RENEWED */
  const char *note;         /* for people; NULL */
} cy_diff_item;

typedef struct cy_diff cy_diff;

cy_err *cy_diff_make(cy_diff **out, const cy_diff_side *first, const cy_diff_side *second) CY_MUST_USE;
void cy_diff_free(cy_diff *diff);
CY_AUTO_DEFINE(cy_diff)

/* In the order of the first store, then what only the second has. */
const cy_diff_item *cy_diff_items(const cy_diff *diff, size_t *count);
size_t cy_diff_count(const cy_diff *diff, cy_diff_kind kind);
/* How many entries both have. */
size_t cy_diff_common(const cy_diff *diff);
/* The items as findings (diff.*), each about the store that lacks something. */
cy_err *cy_diff_findings(const cy_diff *diff, cy_findings *list) CY_MUST_USE;

#endif
