/* JSSE's trust manager of the kind PKIX: which alert a refused chain becomes. */
#include "tls/end_jsse.h"

/* A chain that leads up to an anchor as it was sent is checked as it is, and what is wrong has its alert.
 * Any other is built anew, which fails without a reason. */
static bool as_sent(const cy_tls_identity *identity, const cy_tls_trust *trust)
{
  const cy_certs *chain = &identity->chain;
  for (size_t i = 0; i < chain->count && trust; i++) {
    const cy_cert_view *cert = cy_cert_get(chain->items[i]);
    if (i && !cy_span_equal(cert->subject, cy_cert_get(chain->items[i - 1])->issuer))
      return false;
    for (size_t k = 0; k < trust->anchors.count; k++)
      if (cy_cert_equal(chain->items[i], trust->anchors.items[k]))
        return true;
  }
  const cy_cert_view *last = chain->count ? cy_cert_get(chain->items[chain->count - 1]) : NULL;
  for (size_t k = 0; last && trust && k < trust->anchors.count; k++)
    if (cy_span_equal(last->issuer, cy_cert_get(trust->anchors.items[k])->subject))
      return true;
  return false;
}

/* How far up the chain the topmost signature stands by a scheme that the judge does not take in this
 * version; -1: there is none. */
static int refused_signature(const cy_tls_run *run, const cy_tls_terms *judge, const cy_certs *chain)
{
  for (size_t i = chain->count; i-- > 0;) {
    const cy_cert_view *cert = cy_cert_get(chain->items[i]);
    int row = cy_tls_signature_scheme(cert);
    bool anchor = cy_span_equal(cert->subject, cert->issuer);
    for (size_t k = 0; judge->side->trust && k < judge->side->trust->anchors.count; k++)
      anchor |= cy_cert_equal(chain->items[i], judge->side->trust->anchors.items[k]);
    if (!anchor && row >= 0 &&
        (!cy_row_list_has(&judge->cert_schemes, (unsigned)row) || cy_schemes[row].max < run->out->version))
      return (int)i;
  }
  return -1;
}

/* The checks of names and usages come after those of the chain, which begin at its upper end. */
static int depth_of(const cy_tls_verdict *verdict)
{
  switch (verdict->rule) {
  case CY_RULE_KEY_USAGE:
  case CY_RULE_EKU:
  case CY_RULE_HOST:
  case CY_RULE_IP:
    return -1;
  default:
    return (int)verdict->depth;
  }
}

static int alert_of(const cy_tls_verdict *verdict)
{
  switch (verdict->rule) {
  case CY_RULE_EXPIRED:
    return CY_ALERT_CERTIFICATE_EXPIRED;
  case CY_RULE_NOT_YET:
  case CY_RULE_SIGNATURE:
    return CY_ALERT_BAD_CERTIFICATE;
  case CY_RULE_KEY_WEAK:
  case CY_RULE_HASH_WEAK:
    return CY_ALERT_UNSUPPORTED_CERTIFICATE;
  case CY_RULE_REVOKED:
    return CY_ALERT_CERTIFICATE_REVOKED;
  default:
    return CY_ALERT_CERTIFICATE_UNKNOWN;
  }
}

static bool judge_chain(cy_tls_run *run, const cy_tls_terms *judge, const cy_tls_identity *identity,
  const cy_tls_verdict *verdict)
{
  bool client = judge->role == CY_TLS_CLIENT, sent = as_sent(identity, judge->side->trust);
  cy_tls_message after = client ? CY_TLS_MSG_SERVER_CERTIFICATE : CY_TLS_MSG_CLIENT_CERTIFICATE;
  /* A server gives no reason. */
  int alert = sent && client ? alert_of(verdict) : CY_ALERT_CERTIFICATE_UNKNOWN;
  /* Before TLS 1.2 nobody names schemes. */
  int refused =
    sent && run->out->version >= CY_TLS12 ? refused_signature(run, judge, &identity->chain) : -1;
  if (refused >= 0 && (verdict->holds || refused >= depth_of(verdict)))
    return cy_tls_fail(run, client ? CY_TLS_CAUSE_SERVER_CHAIN_SCHEME : CY_TLS_CAUSE_CLIENT_CHAIN_SCHEME,
      judge->role, client ? CY_ALERT_UNSUPPORTED_CERTIFICATE : CY_ALERT_CERTIFICATE_UNKNOWN, after);
  if (verdict->holds)
    return true;
  return cy_tls_fail(
    run, client ? CY_TLS_CAUSE_SERVER_CHAIN : CY_TLS_CAUSE_CLIENT_CHAIN, judge->role, alert, after);
}

static bool believe(cy_tls_run *run, const cy_tls_terms *judge, const cy_tls_terms *shower, int shown)
{
  bool client = judge->role == CY_TLS_CLIENT;
  const cy_tls_facts *facts = &shower->identities[shown];
  const cy_tls_verdict **verdict = client ? &run->out->server_verdict : &run->out->client_verdict;
  cy_tls_message after = client ? CY_TLS_MSG_SERVER_CERTIFICATE : CY_TLS_MSG_CLIENT_CERTIFICATE;
  if (judge->peer == (client ? CY_TLS_PEER_IGNORED : CY_TLS_PEER_UNCHECKED)) {
    cy_tls_hit(run, client ? CY_TLS_RULE_SERVER_UNCHECKED : CY_TLS_RULE_CLIENT_UNCHECKED);
    return true;
  }
  run->err = cy_tls_verdict_get(verdict, run->verdicts, judge, shower, shown);
  if (run->err)
    return false;
  if (!judge_chain(run, judge, facts->identity, *verdict))
    return false;
  unsigned usage =
    client && cy_tls_run_suite(run)->kx == CY_KX_RSA ? CY_KU_KEY_ENCIPHERMENT : CY_KU_DIGITAL_SIGNATURE;
  if (!(facts->usage & usage))
    return cy_tls_fail(run, client ? CY_TLS_CAUSE_SERVER_USAGE : CY_TLS_CAUSE_CLIENT_USAGE, judge->role,
      CY_ALERT_CERTIFICATE_UNKNOWN, after);
  cy_tls_hit(run, client ? CY_TLS_RULE_SERVER_TRUSTED : CY_TLS_RULE_CLIENT_TRUSTED);
  return true;
}

/* Keys on curves that Java no longer has are read, but verify nothing. */
bool cy_jsse_judge(cy_tls_run *run, const cy_tls_terms *judge, const cy_tls_terms *shower, int shown)
{
  bool client = judge->role == CY_TLS_CLIENT;
  if (!believe(run, judge, shower, shown))
    return false;
  if (cy_jsse_uses_key(judge, &shower->identities[shown]))
    return true;
  return cy_tls_fail(run, CY_TLS_CAUSE_CURVE, judge->role, CY_ALERT_HANDSHAKE_FAILURE,
    client ? CY_TLS_MSG_SERVER_KEY_EXCHANGE : CY_TLS_MSG_CERTIFICATE_VERIFY);
}
