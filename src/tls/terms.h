/*
 * Terms: what one end offers and accepts, worked out of its side once and used for many predictions.
 *
 * Purpose:   lists become rows of the tables and sets of bits, defaults are filled in, certificates become
 *            the few facts that a handshake asks of them.
 * Ownership: terms borrow from their side, which must outlive them; filters of names are their own.
 * Errors:    memory only.
 * Threads:   immutable once made, so shared freely.
 * Source:    tls/dialect.h for the defaults; RFC 8446 4.2.3 for which key can make which signature.
 */
#ifndef CY_TLS_TERMS_H
#define CY_TLS_TERMS_H

#include "tls/dialect.h"
#include "tls/group.h"
#include "tls/scheme.h"
#include "tls/suite.h"

enum { CY_TLS_SUITES = 384, CY_TLS_GROUPS = 64, CY_TLS_SCHEMES = 32, CY_TLS_IDENTITIES = 24 };

/* Rows of cy_suites, in order of preference, and the same as a set. */
typedef struct {
  uint16_t rows[CY_TLS_SUITES];
  uint16_t count;
  uint64_t set[CY_TLS_SUITES / 64];
} cy_suite_list;

/* Rows of cy_tls_groups or cy_schemes. */
typedef struct {
  uint8_t rows[CY_TLS_GROUPS];
  uint8_t count;
  uint64_t set;
} cy_row_list;

static inline bool cy_suite_list_has(const cy_suite_list *list, unsigned row)
{
  return list->set[row / 64] >> (row % 64) & 1;
}
static inline bool cy_row_list_has(const cy_row_list *list, unsigned row)
{
  return list->set >> row & 1;
}
void cy_suite_list_add(cy_suite_list *list, unsigned row);
void cy_row_list_add(cy_row_list *list, unsigned row);

/* What a handshake asks of a certificate. */
typedef struct {
  cy_tls_identity *identity;
  const cy_cert_view *leaf;
  cy_key_type type;
  unsigned bits;
  unsigned strength; /* in bits, as NIST counts */
  int group;         /* row of the curve of an EC key; -1: none */
  unsigned usage;    /* keyUsage; all bits when the certificate does not say */
  bool usable;       /* there is a certificate and its key */
  bool chain_weak;   /* OpenSSL: the chain that it completes is too weak for its own level */
  int signature;     /* row of the scheme of its own signature, the PKCS#1 one for RSA; -1: unknown */
} cy_tls_facts;

/* What a ClientHello says. */
typedef struct {
  uint16_t legacy;   /* the version of its fixed part */
  unsigned listed;   /* set of versions in supported_versions; 0: it has no such extension */
  unsigned expected; /* set of versions that the client then takes */
  uint16_t best;     /* its highest version, for RFC 8446 4.1.3 */
  cy_suite_list suites;
  bool has_groups;
  cy_row_list groups, shares;
  bool has_schemes;
  cy_row_list schemes;
  bool has_cert_schemes;
  cy_row_list cert_schemes;
  const cy_tls_protocols *protocols; /* ALPN; NULL: not there */
  const char *name;                  /* of the server that it asks for (SNI); NULL: none */
} cy_tls_hello;

/* Causes and alerts of predict.h, which are known before anything is sent. */
typedef struct {
  int cause; /* a cy_tls_cause, 0: it can begin */
  int alert; /* -1: none, since the program does not even start */
} cy_tls_stop;

typedef struct {
  const cy_tls_side *side;
  const cy_tls_dialect *dialect;
  cy_tls_role role;
  unsigned versions;    /* that are switched on */
  cy_suite_list suites; /* TLS 1.3's first */
  cy_row_list groups, shares, schemes, cert_schemes, client_schemes;
  int level; /* OpenSSL's security level */
  bool own_order, chacha_first, heed_ca_names, check_host, alpn_needed;
  cy_tls_peer peer;
  cy_tls_dh dh;
  cy_tls_facts identities[CY_TLS_IDENTITIES]; /* those that the library keeps, in its own order of slots */
  size_t identity_count;
  int current; /* the one that was configured last, -1: none */
  cy_dn_filter *peer_filter, *issuer_filter; /* owned; NULL: any name */
  bool filter_wrong;                         /* one is set that can not be understood */
  cy_tls_stop stop;
  cy_tls_hello hello; /* of a client */
  cy_row_list asked;  /* schemes that a server asks of clients */
  bool has_asked13;   /* in TLS 1.3 it asks for fewer */
  cy_row_list asked13;
  bool has_asked_certs; /* in TLS 1.3 it also says by which ones their certificates may be signed */
  cy_row_list asked_certs;
} cy_tls_terms;

cy_err *cy_tls_terms_new(cy_tls_terms **out, const cy_tls_side *side, cy_tls_role role) CY_MUST_USE;
void cy_tls_terms_free(cy_tls_terms *terms);
CY_AUTO_DEFINE(cy_tls_terms)

/* The row of a code in its table, -1: there is none. */
int cy_suite_row(uint16_t code);
int cy_group_row(uint16_t code);
int cy_scheme_row(uint16_t code);
/* The scheme that a certificate's own signature counts as (RFC 8446 4.2.3; RSA's are the PKCS#1 ones), -1:
 * unknown. */
int cy_tls_signature_scheme(const cy_cert_view *view);
/* The trusted certificate that issued this one, by name; NULL: there is none, or it issued itself. */
const cy_cert_view *cy_tls_trusted_issuer(const cy_tls_trust *trust, const cy_cert_view *view);
/* The group of the curve that TLS 1.3 binds a scheme to, 0: none. */
uint16_t cy_scheme_curve(const cy_scheme *scheme);

#endif
