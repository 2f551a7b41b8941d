/*
 * Dialects: what a library or product does that the standard leaves open, or does otherwise.
 *
 * Purpose:   defaults (versions, suites, groups, schemes) and habits of each library, as dated data with
 *            its source; prediction asks the dialect and never a product's name.
 * Ownership: constant (data/tls-dialects.tsv, compiled in).
 * Errors:    none: what is not there is NULL.
 * Threads:   constant.
 * Source:    each row's own.
 */
#ifndef CY_TLS_DIALECT_H
#define CY_TLS_DIALECT_H

#include "tls/side.h"
#include "x509/verify.h"

/* The library whose state machine decides; each is one file tls/end_<library>.c. */
typedef enum {
  CY_TLS_OPENSSL,
  CY_TLS_GNUTLS,
  CY_TLS_JSSE,
  CY_TLS_NSS,   /* browsers, too */
  CY_TLS_GSKIT, /* GSKit and System SSL */
  CY_TLS_ERLANG,
  CY_TLS_LIBRARIES
} cy_tls_library;

typedef struct {
  const uint16_t *codes;
  size_t count;
} cy_code_row;

/* When a library comes upon an error of verification (OpenSSL's numbers; -1: all that are not named). */
typedef struct {
  int error;
  unsigned turn;
} cy_error_turn;

struct cy_tls_dialect {
  const char *id;    /* "openssl-3.0" */
  const char *title; /* "OpenSSL 3.0" */
  cy_tls_library library;
  cy_profile profile;                        /* how it validates chains */
  unsigned client_versions, server_versions; /* by default */
  unsigned known_versions;                   /* that can be switched on at all */
  cy_code_row suites, suites13;              /* by default, in order */
  cy_code_row known_suites;
  cy_code_row groups;
  cy_code_row known_groups;
  cy_code_row client_schemes, server_schemes; /* by default */
  cy_code_row known_schemes;
  size_t shares; /* how many of the groups get a key share */
  int security_level;
  bool own_order;           /* servers choose by their own order */
  bool heed_ca_names;       /* clients send a certificate only when one of the names asked for fits */
  bool ca_names_from_trust; /* servers name the CAs that they trust */
  bool check_host;
  bool alpn_needed;     /* servers refuse a client with none of their protocols (or most programs do) */
  bool alpn_by_client;  /* servers go by the client's order of protocols */
  bool picks_by_name;   /* servers prefer the certificate with the name that the client asks for */
  bool edwards_unasked; /* servers up to TLS 1.2 do not ask for ECDSA when they have Edwards curves only */
  bool completes_chain; /* sends a certificate that is configured alone with what it trusts above it */
  bool checks_purpose;  /* of certificates, when it verifies a chain */
  bool partial_chain;   /* an intermediate CA among those trusted ends a chain */
  bool levels;          /* has security levels, which certificates must meet, too */
  bool leaf_first;      /* looks at the strength of the leaf's key before it builds a chain */
  const cy_error_turn *turns; /* NULL: it says what verification says first */
  size_t turn_count;
  bool root_signature; /* the signature on a root must be of a scheme in the list, too */
  const char *source, *date, *certainty;
};

extern const cy_tls_dialect cy_tls_dialects[];
extern const size_t cy_tls_dialect_count;
/* NULL when there is none; "openssl" is the newest of the family. */
const cy_tls_dialect *cy_tls_dialect_find(const char *id);

#endif
