/*
 * The parts of checking: shared by check*.c only.
 *
 * Purpose:   what is remembered of each certificate while a store is checked: no more than the
 *            checks compare, since stores have 100 000 of them.
 * Ownership: spans borrow from the entries.
 * Errors:    as in store/check.h.
 * Threads:   one owner.
 */
#ifndef CY_STORE_CHECK_INTERNAL_H
#define CY_STORE_CHECK_INTERNAL_H

#include "base/map.h"
#include "store/check.h"

typedef struct {
  cy_entry *entry;
  size_t index; /* in the entry's certificates */
  cy_span der;
  cy_span subject, issuer, spki;
  cy_span subject_key_id, authority_key_id;
  cy_time not_before, not_after;
  unsigned bits;
  bool rsa;
  bool is_ca;
  bool may_sign; /* no CA, but keyUsage or its age leaves it open */
  bool self_issued;
  bool repeated; /* the same bytes came earlier */
  bool ca_issuers_url;
  size_t next; /* of the same subject */
} cy_check_cert;

typedef struct {
  cy_findings *list;
  cy_place *place;
  const cy_check_context *ctx;
  cy_check_cert *certs; /* in the order of the store, chains after their leaf */
  size_t count, cap;
  cy_map by_subject; /* canonical subject: the last one's index, the others by `next` */
  cy_map by_der;
  cy_map key_spkis; /* public halves of the private keys */
  size_t keys;
  size_t sealed_keys; /* their public half is not known */
  unsigned tries;     /* signatures that may still be tried */
} cy_check;

enum { CY_CHECK_SAME_NAME = 32, CY_CHECK_CHAIN = 32, CY_CHECK_TRIES = 4000 };

typedef enum { CY_ISSUER_FOUND, CY_ISSUER_OTHER_KEY, CY_ISSUER_ABSENT } cy_issuer_state;

/* Who signed `cert`, among all certificates of the store: *issuer is its index, or of the one that
 * has only the name. By identifiers where both have them; else, and always when `prove`, by trying
 * the signature. */
cy_err *cy_check_issuer(
  cy_check *c, const cy_check_cert *cert, bool prove, size_t *issuer, cy_issuer_state *state) CY_MUST_USE;
/* A finding whose subject is the entry's address. */
cy_err *cy_check_subject(cy_check *c, cy_entry *entry, cy_buf *address) CY_MUST_USE;
void cy_check_evidence_cert(cy_findings *list, cy_finding *f, const char *key, cy_span der);
/* The short name of a certificate, safe for a text. */
const char *cy_check_name(cy_buf *buf, cy_span name);

cy_err *cy_check_keys(cy_check *c) CY_MUST_USE;
cy_err *cy_check_chains(cy_check *c) CY_MUST_USE;
cy_err *cy_check_cas(cy_check *c) CY_MUST_USE;
/* Entries that are a listing's (check_facts.c). */
cy_err *cy_check_facts(cy_check *c) CY_MUST_USE;
/* What its dates give; CY_F_COUNT: nothing. */
cy_finding_id cy_facts_date_trouble(const cy_entry_facts *facts, const cy_check_context *ctx);

#endif
