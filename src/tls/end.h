/*
 * Inside of prediction: one library's state machines, and a handshake under way.
 *
 * Purpose:   what predict.c and the files end_<library>.c share; nobody else includes it. An end sees its
 *            own terms and what the other end sent, no more.
 * Ownership: a run borrows everything.
 * Errors:    a step that fails is noted with cy_tls_fail and answers false; run->err is for memory.
 * Threads:   a run has one owner.
 * Source:    RFC 8446, RFC 5246.
 */
#ifndef CY_TLS_END_H
#define CY_TLS_END_H

#include "tls/predict.h"

typedef struct {
  const cy_tls_terms *client, *server;
  const cy_tls_hello *hello;
  cy_tls_outcome *out;
  cy_tls_verdicts *verdicts;
  unsigned asked_keys; /* kinds of key that the request names (bits of cy_key_type), 0: it names none */
  bool short_salt[2];  /* this end's RSA-PSS signature has less salt than TLS asks for */
  bool sentinel;       /* the ServerHello says that the server could have done better */
  cy_err *err;
} cy_tls_run;

typedef struct {
  /* Strikes out what the library does not do, fills the hello, and says whether it can begin at all. */
  void (*prepare)(cy_tls_terms *terms);
  bool (*choose_version)(cy_tls_run *run); /* server */
  bool (*choose_suite)(cy_tls_run *run);   /* server: suite, group, certificate, scheme */
  bool (*accept_hello)(cy_tls_run *run);   /* client: version and suite of the ServerHello */
  bool (*accept_server)(cy_tls_run *run);  /* client: certificate, parameters, signature */
  bool (*ask)(cy_tls_run *run);            /* server */
  bool (*bring)(cy_tls_run *run);          /* client: its certificate, if any fits */
  bool (*accept_client)(cy_tls_run *run);  /* server */
} cy_tls_end;

extern const cy_tls_end cy_tls_end_openssl;
extern const cy_tls_end cy_tls_end_gskit;
extern const cy_tls_end cy_tls_end_gnutls;
extern const cy_tls_end cy_tls_end_jsse;
extern const cy_tls_end cy_tls_end_erlang;

const cy_tls_end *cy_tls_end_of(const cy_tls_dialect *dialect);

/* Notes why it failed; answers false. */
bool cy_tls_fail(cy_tls_run *run, cy_tls_cause cause, cy_tls_role alerter, int alert, cy_tls_message after);
/* Notes what decided a step. */
void cy_tls_hit(cy_tls_run *run, cy_tls_rule rule);

/* The application protocol (ALPN). Libraries do this at different moments. */
bool cy_tls_choose_protocol(cy_tls_run *run);

/* The schemes that the server asks of the client in the version that was chosen. */
const cy_row_list *cy_tls_asked(const cy_tls_run *run);

/* The first scheme of `order` that is also in `others` and that the key makes; -1: none. What several
 * libraries do when they look for a certificate or a signature; which key makes what is their own. */
typedef bool (*cy_tls_scheme_fits)(
  const cy_tls_run *run, const cy_scheme *scheme, const cy_tls_facts *facts);
int cy_tls_first_scheme(const cy_tls_run *run, const cy_row_list *order, const cy_row_list *others,
  const cy_tls_facts *facts, cy_tls_scheme_fits fits);

/* Whether this CA is the issuer of any certificate of the chain, by name. */
bool cy_tls_chain_is_of(const cy_tls_identity *identity, const cy_cert *ca);

/* What a queue manager and its clients compare when the handshake is over (end_channel.c): the certificate
 * that was shown, filters of names, channel authentication records. */
bool cy_tls_channel_opens(cy_tls_run *run);
/* The client does not say the name of a channel that has a certificate of its own. */
bool cy_tls_channel_unnamed(const cy_tls_terms *client, const cy_tls_terms *server);

/* Alerts (RFC 8446 6.2). */
enum {
  CY_ALERT_UNEXPECTED_MESSAGE = 10,
  CY_ALERT_HANDSHAKE_FAILURE = 40,
  CY_ALERT_BAD_CERTIFICATE = 42,
  CY_ALERT_UNSUPPORTED_CERTIFICATE = 43,
  CY_ALERT_CERTIFICATE_REVOKED = 44,
  CY_ALERT_CERTIFICATE_EXPIRED = 45,
  CY_ALERT_CERTIFICATE_UNKNOWN = 46,
  CY_ALERT_ILLEGAL_PARAMETER = 47,
  CY_ALERT_UNKNOWN_CA = 48,
  CY_ALERT_DECODE_ERROR = 50,
  CY_ALERT_DECRYPT_ERROR = 51,
  CY_ALERT_PROTOCOL_VERSION = 70,
  CY_ALERT_INSUFFICIENT_SECURITY = 71,
  CY_ALERT_INTERNAL_ERROR = 80,
  CY_ALERT_UNRECOGNIZED_NAME = 112,
  CY_ALERT_CERTIFICATE_REQUIRED = 116,
  CY_ALERT_NO_APPLICATION_PROTOCOL = 120,
};

/* Shared by several libraries. */
static inline bool cy_tls_is13(const cy_tls_run *run)
{
  return run->out->version == CY_TLS13;
}
/* Once the suite was chosen. */
static inline const cy_suite *cy_tls_run_suite(const cy_tls_run *run)
{
  return &cy_suites[run->out->suite];
}
/* Highest and lowest version of a set; 0: the set is empty. */
uint16_t cy_tls_highest(unsigned versions);
uint16_t cy_tls_lowest(unsigned versions);

#endif
