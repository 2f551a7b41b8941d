/*
 * Prediction: what a handshake between two ends will come to.
 *
 * Purpose:   plays both ends' state machines on their terms: version, suite, group, certificates, schemes,
 *            trust; or the step that fails, who sends which alert after which message, and why. Pure: no
 *            sockets, no files; chains are verified once for each certificate and trust store.
 * Ownership: an outcome borrows from terms and verdicts.
 * Errors:    memory, or what verification of chains reports. That two ends do not agree is an outcome.
 * Threads:   predictions may run side by side on shared terms with verdicts of their own.
 * Source:    RFC 8446, RFC 5246, RFC 8422; each library's file tls/end_<library>.c names its own.
 */
#ifndef CY_TLS_PREDICT_H
#define CY_TLS_PREDICT_H

#include "tls/terms.h"
#include "tls/verdict.h"

typedef enum {
  CY_TLS_STEP_START, /* one end can not even begin */
  CY_TLS_STEP_VERSION,
  CY_TLS_STEP_PROTOCOL, /* ALPN */
  CY_TLS_STEP_SUITE,
  CY_TLS_STEP_GROUP,
  CY_TLS_STEP_CERTIFICATE,  /* which one the server shows, and by which scheme it proves it */
  CY_TLS_STEP_SERVER_PROOF, /* the client judges it */
  CY_TLS_STEP_ASK,          /* whether the server asks the client */
  CY_TLS_STEP_CLIENT_CERTIFICATE,
  CY_TLS_STEP_CLIENT_PROOF,
  CY_TLS_STEP_AFTER, /* what a product compares when the handshake is over */
  CY_TLS_STEPS
} cy_tls_step;
const char *cy_tls_step_name(cy_tls_step step); /* "version" */

typedef enum {
#define CY_TLS_CAUSE(code, id, title, why) CY_TLS_CAUSE_##code,
#include "tls/causes.def"
#undef CY_TLS_CAUSE
  CY_TLS_CAUSES
} cy_tls_cause;

typedef struct {
  const char *id;    /* "suite.none-in-common" */
  const char *title; /* a sentence */
  const char *why;
} cy_tls_cause_info;
const cy_tls_cause_info *cy_tls_cause_get(cy_tls_cause cause);

typedef enum {
#define CY_TLS_RULE(code, id, step, text, source) CY_TLS_RULE_##code,
#include "tls/steps.def"
#undef CY_TLS_RULE
  CY_TLS_RULES
} cy_tls_rule;

typedef struct {
  const char *id;
  cy_tls_step step;
  const char *text;
  const char *source;
} cy_tls_rule_info;
const cy_tls_rule_info *cy_tls_rule_get(cy_tls_rule rule);

/* Messages, for "after which". */
typedef enum {
  CY_TLS_MSG_NONE,
  CY_TLS_MSG_CLIENT_HELLO,
  CY_TLS_MSG_SERVER_HELLO,
  CY_TLS_MSG_HELLO_RETRY,
  CY_TLS_MSG_SERVER_CERTIFICATE,
  CY_TLS_MSG_SERVER_KEY_EXCHANGE,
  CY_TLS_MSG_CERTIFICATE_REQUEST,
  CY_TLS_MSG_SERVER_HELLO_DONE,
  CY_TLS_MSG_CLIENT_CERTIFICATE,
  CY_TLS_MSG_CERTIFICATE_VERIFY,
  CY_TLS_MSG_FINISHED,
} cy_tls_message;
const char *cy_tls_message_name(cy_tls_message message); /* "ClientHello" */

enum { CY_TLS_HITS = 20, CY_TLS_NO_ALERT = -1, CY_TLS_ALERT_UNKNOWN = -2 };

typedef struct {
  bool agrees;
  bool clear;       /* agrees, but without TLS */
  cy_tls_step step; /* where it fails */
  cy_tls_cause cause;
  cy_tls_role end; /* which end's setting stands in the way, or which can not begin */
  cy_tls_role alerter;
  int alert; /* CY_TLS_NO_ALERT: none is sent; CY_TLS_ALERT_UNKNOWN: no source says which */
  cy_tls_message after;

  uint16_t version;                     /* 0: none was agreed on */
  int suite, group;                     /* rows, -1: none */
  unsigned dh_bits;                     /* of a finite-field exchange up to TLS 1.2 */
  bool retried;                         /* by a HelloRetryRequest */
  int server_identity, client_identity; /* index into the terms' identities, -1: none */
  int server_scheme, client_scheme;     /* rows, -1: none, or fixed before TLS 1.2 */
  const char *protocol;                 /* ALPN, borrowed from the server's side; NULL: none */
  bool asked;                           /* the client was asked for a certificate */
  const cy_tls_verdict *server_verdict, *client_verdict; /* NULL: nobody looked */
  cy_tls_rule hits[CY_TLS_HITS];                         /* what decided each step, in order */
  size_t hit_count;
} cy_tls_outcome;

/* Whether this decided a step. */
bool cy_tls_outcome_hit(const cy_tls_outcome *outcome, cy_tls_rule rule);

/* The CAs that this server names when it asks for a certificate; NULL: none. */
const cy_certs *cy_tls_names(const cy_tls_terms *server);
bool cy_tls_names_cas(const cy_tls_terms *server);

cy_err *cy_tls_predict(cy_tls_outcome *out, const cy_tls_terms *client, const cy_tls_terms *server,
  cy_tls_verdicts *verdicts) CY_MUST_USE;

#endif
