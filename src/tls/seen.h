/*
 * What a connection really used, as a trace or display shows it.
 *
 * Purpose:   the plain facts of one connection, each with the line that it stands in, whatever product
 *            wrote them down: compared with a prediction, and evidence of who still uses what.
 * Ownership: a list owns its connections, a connection its texts, certificates and lists.
 * Errors:    memory only.
 * Threads:   one owner.
 * Source:    the readers in tls/trace_*.c name theirs.
 *
 * What a trace does not say is not set: line 0, text NULL, an empty list. Secrets that stand in traces
 * (session keys, tickets, PINs) are never kept.
 */
#ifndef CY_TLS_SEEN_H
#define CY_TLS_SEEN_H

#include "tls/side.h"

typedef struct {
  uint16_t code; /* number of a version, suite, group or scheme */
  size_t line;   /* 0: not seen */
} cy_seen_code;

typedef struct {
  char *text;
  size_t line;
} cy_seen_text;

typedef struct {
  cy_codes codes; /* in the trace's order */
  size_t line;    /* of the first */
} cy_seen_codes;

typedef struct {
  cy_seen_text *items;
  size_t count, cap;
} cy_seen_texts;

typedef struct {
  cy_seen_text subject, issuer; /* in the trace's own notation */
  cy_cert *cert;                /* when the trace holds it in full */
  size_t line;
} cy_seen_cert;

typedef struct {
  cy_seen_cert *items; /* the end's own first */
  size_t count, cap;
  size_t line; /* where the message stands; set with count 0: it showed none */
} cy_seen_certs;

typedef struct {
  bool sent;     /* by the end whose trace it is; else received */
  uint8_t level; /* 1 warning, 2 fatal; 0: not said */
  uint8_t number;
  size_t line;
} cy_seen_alert;

/* A code or message of a product. */
typedef struct {
  const char *family; /* "openssl", "openssl-verify", "java", "gnutls", "curl" */
  char *code;         /* "0A000410"; NULL: it has none */
  char *text;
  size_t line;
} cy_seen_error;

typedef struct {
  const char *product; /* "openssl s_client": constant */
  char *file;
  size_t line;      /* where it begins */
  char *thread;     /* that the trace names, when it mixes connections; NULL */
  cy_tls_role role; /* the end whose trace it is */
  bool role_known;
  cy_seen_text host;       /* connected to, or asked for (SNI) */
  cy_seen_text repository; /* key store of this end */
  cy_seen_text label;      /* of the certificate that this end chose there */
  cy_seen_text trust;      /* trust store, CA file */
  cy_seen_text channel;    /* of a queue manager */
  cy_seen_text cipher;     /* the CipherSpec that the channel was defined with */
  cy_seen_text config;     /* configuration file that this end read */
  cy_seen_text table;      /* channel table that this end read */

  /* What the client offered. */
  cy_seen_codes versions, suites, groups, schemes;
  cy_seen_codes shares;       /* groups that it sent key shares for */
  cy_seen_codes cert_schemes; /* signature_algorithms_cert */
  /* What was agreed. */
  cy_seen_code version, suite, group;
  cy_seen_code server_scheme, client_scheme; /* that each signed with */
  /* Certificates that the server and the client showed. */
  cy_seen_certs server, client;
  /* What the server asked of the client. */
  size_t asked_line; /* 0: a request was not seen */
  cy_seen_codes asked_schemes;
  cy_seen_texts asked_names; /* CAs */

  cy_seen_alert *alerts;
  size_t alert_count, alert_cap;
  cy_seen_error *errors;
  size_t error_count, error_cap;
} cy_tls_seen;

typedef struct {
  cy_tls_seen **items;
  size_t count, cap;
} cy_tls_seens;

/* Adds one; *out is borrowed. */
cy_err *cy_tls_seens_add(
  cy_tls_seens *list, cy_tls_seen **out, const char *product, const char *file, size_t line) CY_MUST_USE;
void cy_tls_seens_clear(cy_tls_seens *list);

#endif
