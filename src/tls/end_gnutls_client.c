/* GnuTLS 3.7 as a client: what it makes of the server's answer, and the certificate that it brings. */
#include "tls/end_gnutls.h"

bool cy_gnutls_accept_hello(cy_tls_run *run)
{
  const cy_tls_hello *hello = run->hello;
  uint16_t version = run->out->version;
  if (!(hello->expected & CY_TLS_BIT(version)))
    return cy_tls_fail(
      run, CY_TLS_CAUSE_VERSION_NONE, CY_TLS_CLIENT, CY_ALERT_PROTOCOL_VERSION, CY_TLS_MSG_SERVER_HELLO);
  if (run->sentinel && hello->best == CY_TLS13 && version < CY_TLS13)
    return cy_tls_fail(run, CY_TLS_CAUSE_VERSION_FALLBACK, CY_TLS_CLIENT, CY_ALERT_ILLEGAL_PARAMETER,
      CY_TLS_MSG_SERVER_HELLO);
  return true;
}

/* A program that has the library verify (gnutls_session_set_verify_cert): whatever breaks is one alert. In
 * TLS 1.3 it verifies when the other end has proved that it has the key. */
static bool judge(cy_tls_run *run)
{
  cy_tls_message after = cy_tls_is13(run) ? CY_TLS_MSG_CERTIFICATE_VERIFY : CY_TLS_MSG_SERVER_CERTIFICATE;
  const cy_tls_verdict **verdict = &run->out->server_verdict;
  if (run->client->peer == CY_TLS_PEER_IGNORED) {
    cy_tls_hit(run, CY_TLS_RULE_SERVER_UNCHECKED);
    return true;
  }
  run->err =
    cy_tls_verdict_get(verdict, run->verdicts, run->client, run->server, run->out->server_identity);
  if (run->err)
    return false;
  if (!(*verdict)->holds)
    return cy_tls_fail(run, CY_TLS_CAUSE_SERVER_CHAIN, CY_TLS_CLIENT, CY_ALERT_BAD_CERTIFICATE, after);
  cy_tls_hit(run, CY_TLS_RULE_SERVER_TRUSTED);
  return true;
}

bool cy_gnutls_accept_server(cy_tls_run *run)
{
  if (run->out->server_identity < 0)
    return true;
  const cy_tls_facts *facts = &run->server->identities[run->out->server_identity];
  const cy_suite *suite = cy_tls_run_suite(run);
  bool tls13 = cy_tls_is13(run);
  if (!cy_gnutls_knows_key(run->client, facts))
    return cy_tls_fail(run, CY_TLS_CAUSE_CURVE, CY_TLS_CLIENT, CY_ALERT_BAD_CERTIFICATE,
      tls13 ? CY_TLS_MSG_CERTIFICATE_VERIFY : CY_TLS_MSG_SERVER_CERTIFICATE);
  if (!tls13 && !cy_gnutls_key_is(facts, suite))
    return cy_tls_fail(run, CY_TLS_CAUSE_SERVER_USAGE, CY_TLS_CLIENT, CY_ALERT_BAD_CERTIFICATE,
      CY_TLS_MSG_SERVER_CERTIFICATE);
  if (tls13 ? !cy_gnutls_may_sign(facts) : !cy_gnutls_key_serves(facts, suite))
    return cy_tls_fail(run, CY_TLS_CAUSE_SERVER_USAGE, CY_TLS_CLIENT, CY_ALERT_INTERNAL_ERROR,
      tls13 ? CY_TLS_MSG_CERTIFICATE_VERIFY : CY_TLS_MSG_SERVER_KEY_EXCHANGE);
  if (run->out->dh_bits && run->out->dh_bits < 1008)
    return cy_tls_fail(run, CY_TLS_CAUSE_DH_WEAK, CY_TLS_CLIENT, CY_ALERT_INSUFFICIENT_SECURITY,
      CY_TLS_MSG_SERVER_KEY_EXCHANGE);
  /* A server is free to choose when the hello has no groups. */
  if (!tls13 && run->out->group >= 0 && !cy_row_list_has(&run->client->groups, (unsigned)run->out->group))
    return cy_tls_fail(run, CY_TLS_CAUSE_GROUP_NONE, CY_TLS_CLIENT, CY_ALERT_HANDSHAKE_FAILURE,
      CY_TLS_MSG_SERVER_KEY_EXCHANGE);
  return judge(run);
}

static bool send(cy_tls_run *run, size_t which)
{
  const cy_tls_facts *facts = &run->client->identities[which];
  /* DSA keys of today have a q that SHA-1 does not fill. */
  if (run->out->version < CY_TLS12 && facts->type == CY_KEY_DSA)
    return cy_tls_fail(run, CY_TLS_CAUSE_SCHEME_LEGACY_KEY, CY_TLS_CLIENT, CY_ALERT_HANDSHAKE_FAILURE,
      CY_TLS_MSG_SERVER_HELLO_DONE);
  if (run->out->version < CY_TLS12 && !cy_gnutls_signs_legacy(facts))
    return cy_tls_fail(
      run, CY_TLS_CAUSE_CLIENT_UNFIT, CY_TLS_CLIENT, CY_ALERT_INTERNAL_ERROR, CY_TLS_MSG_SERVER_HELLO_DONE);
  if (run->out->version >= CY_TLS12) {
    run->out->client_scheme =
      cy_tls_first_scheme(run, cy_tls_asked(run), &run->client->schemes, facts, cy_gnutls_key_makes);
    if (run->out->client_scheme < 0) {
      cy_tls_hit(run, CY_TLS_RULE_CLIENT_NO_SCHEME);
      return cy_tls_is13(run) || cy_tls_fail(run, CY_TLS_CAUSE_CLIENT_UNFIT, CY_TLS_CLIENT,
                                   CY_ALERT_HANDSHAKE_FAILURE, CY_TLS_MSG_SERVER_HELLO_DONE);
    }
  }
  bool large = cy_gnutls_large_enough(facts, run->out->client_scheme);
  if (!large && cy_tls_is13(run))
    return cy_tls_fail(
      run, CY_TLS_CAUSE_CLIENT_UNFIT, CY_TLS_CLIENT, CY_ALERT_INTERNAL_ERROR, CY_TLS_MSG_FINISHED);
  run->short_salt[CY_TLS_CLIENT] = !large;
  run->out->client_identity = (int)which;
  cy_tls_hit(run, CY_TLS_RULE_CLIENT_SENDS);
  return true;
}

/* What a scheme asks for. In TLS 1.3 those of RSA-PSS stand for keys of RSA-PSS alone, also when they are
 * meant for RSA keys, and DSA is not known; before, most servers ask for Edwards curves as for ECDSA. */
static cy_key_type kind_of(const cy_tls_run *run, const cy_scheme *scheme)
{
  if (cy_tls_is13(run))
    return scheme->code >= 0x0804 && scheme->code <= 0x0806 ? CY_KEY_RSA_PSS
           : scheme->key == CY_KEY_DSA                      ? CY_KEY_UNKNOWN
                                                            : scheme->key;
  bool edwards = scheme->key == CY_KEY_ED25519 || scheme->key == CY_KEY_ED448;
  return edwards && !run->server->dialect->edwards_unasked ? CY_KEY_EC : scheme->key;
}

/* Up to TLS 1.2 the kinds of key that the request names by numbers of its own, which are few. */
static bool is_asked_for(const cy_tls_run *run, const cy_tls_facts *facts)
{
  if (!cy_tls_is13(run) && !cy_gnutls_signs_legacy(facts))
    return false;
  if (run->out->version < CY_TLS12)
    return true;
  const cy_row_list *asked = cy_tls_asked(run);
  for (size_t i = 0; i < asked->count; i++)
    if (kind_of(run, &cy_schemes[asked->rows[i]]) == facts->type)
      return true;
  return false;
}

/* The first of its certificates that is of the first CA named for which there is one; -1: none. */
static int named_identity(const cy_tls_run *run)
{
  const cy_tls_terms *client = run->client;
  const cy_certs *names = cy_tls_names(run->server);
  for (size_t n = 0; names && n < names->count; n++)
    for (size_t i = 0; i < client->identity_count; i++)
      if (client->identities[i].usable && cy_gnutls_may_sign(&client->identities[i]) &&
          is_asked_for(run, &client->identities[i]) &&
          cy_tls_chain_is_of(client->identities[i].identity, names->items[n]))
        return (int)i;
  return -1;
}

bool cy_gnutls_bring(cy_tls_run *run)
{
  const cy_tls_terms *client = run->client;
  if (!client->identity_count) {
    cy_tls_hit(run, CY_TLS_RULE_CLIENT_HAS_NONE);
    return true;
  }
  /* Without names it can not choose between several. */
  if (client->identity_count == 1 && (!cy_tls_names_cas(run->server) || !client->heed_ca_names)) {
    if (!cy_gnutls_may_sign(&client->identities[0]))
      return cy_tls_fail(run, CY_TLS_CAUSE_CLIENT_UNFIT, CY_TLS_CLIENT, CY_ALERT_INTERNAL_ERROR,
        cy_tls_is13(run) ? CY_TLS_MSG_CERTIFICATE_REQUEST : CY_TLS_MSG_SERVER_HELLO_DONE);
    return send(run, 0);
  }
  int which = named_identity(run);
  if (which >= 0)
    return send(run, (size_t)which);
  cy_tls_hit(run, CY_TLS_RULE_CLIENT_NO_CA);
  return true;
}
