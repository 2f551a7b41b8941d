/*
 * Certificate revocation lists: immutable DER with a view and an index.
 *
 * Purpose:   read a list once and look serials up in it without scanning, however long it is.
 * Ownership: reference-counted atomically (cy_crl_ref, cy_crl_free). Spans of the view live as
 *            long as the list.
 * Errors:    x509.crl-malformed with offset and reason.
 * Threads:   immutable after parsing, so shared freely.
 * Source:    RFC 5280 section 5; 5.2.5 (scope), 5.3.3 (indirect lists).
 */
#ifndef CY_X509_CRL_H
#define CY_X509_CRL_H

#include "x509/cert.h"

/* Reasons as RFC 5280 5.3.1 numbers them. */
typedef enum {
  CY_REASON_UNSPECIFIED = 0,
  CY_REASON_KEY_COMPROMISE = 1,
  CY_REASON_CA_COMPROMISE = 2,
  CY_REASON_AFFILIATION_CHANGED = 3,
  CY_REASON_SUPERSEDED = 4,
  CY_REASON_CESSATION = 5,
  CY_REASON_HOLD = 6,
  CY_REASON_REMOVE = 8,
  CY_REASON_PRIVILEGE_WITHDRAWN = 9,
  CY_REASON_AA_COMPROMISE = 10,
} cy_reason;

const char *cy_reason_words(cy_reason reason); /* "key compromise" */

/* Sets of reasons as bit strings have them (RFC 5280 4.2.1.13): bit n is reason n, bit 0 unused. */
#define CY_REASONS_ALL 0x1feu

enum { CY_CRL_EXTENSIONS = 32 };

typedef struct {
  cy_span serial; /* content octets of the INTEGER */
  cy_time date;
  cy_time invalid_since; /* CY_TIME_NONE: not given */
  cy_reason reason;
  cy_span issuer; /* Name of the certificate's issuer: the list's own unless it is indirect */
} cy_crl_entry;

typedef struct {
  cy_span der;
  cy_span tbs;
  int version;
  cy_span inner_algid;
  cy_span algid;
  cy_oid sig_alg;
  cy_span signature;
  cy_span issuer; /* Name, whole */
  cy_time this_update;
  cy_time next_update; /* CY_TIME_NONE: not given */
  size_t entry_count;
  cy_ext exts[CY_CRL_EXTENSIONS];
  size_t ext_count;
  bool not_der;
  bool exts_malformed;
  bool unknown_critical;       /* an extension of the list that is critical and not understood */
  bool unknown_critical_entry; /* likewise of an entry: it may change what the entry means */

  cy_span number;     /* content octets, empty when absent */
  cy_span delta_base; /* content octets; not empty: a delta */
  bool is_delta;
  cy_span authority_key_id;
  bool has_idp;
  bool only_users;
  bool only_cas;
  bool only_attributes;
  bool indirect;
  bool has_reasons;
  unsigned reasons;
  cy_span point_full;     /* GeneralNames content of distributionPoint.fullName */
  cy_span point_relative; /* RelativeDistinguishedName content of nameRelativeToCRLIssuer */
} cy_crl_view;

typedef struct cy_crl cy_crl;

/* Copies `der`, which must be one list and nothing else. */
cy_err *cy_crl_parse(cy_crl **out, cy_span der) CY_MUST_USE;
cy_crl *cy_crl_ref(cy_crl *crl);
void cy_crl_free(cy_crl *crl);
CY_AUTO_DEFINE(cy_crl)
const cy_crl_view *cy_crl_get(const cy_crl *crl);
/* Entry number i, in the list's order. */
cy_crl_entry cy_crl_entry_get(const cy_crl *crl, size_t i);
/* The last entry for that serial (content octets) of that issuer's certificate; false: none. */
bool cy_crl_find(const cy_crl *crl, cy_span issuer, cy_span serial, cy_crl_entry *out);

typedef struct {
  cy_crl **items;
  size_t count;
  size_t cap;
} cy_crls;

/* Adds a reference of its own. */
cy_err *cy_crls_add(cy_crls *list, cy_crl *crl) CY_MUST_USE;
void cy_crls_clear(cy_crls *list);

#endif
