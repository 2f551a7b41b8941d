/* JSSE of Java 17 as a client: what it makes of the server's answer, and the certificate that it brings. */
#include "tls/end_jsse.h"

bool cy_jsse_accept_hello(cy_tls_run *run)
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

bool cy_jsse_accept_server(cy_tls_run *run)
{
  if (run->out->server_identity < 0)
    return true;
  if (!cy_jsse_judge(run, run->client, run->server, run->out->server_identity))
    return false;
  if (run->out->dh_bits && run->out->dh_bits < 1024)
    return cy_tls_fail(run, CY_TLS_CAUSE_DH_WEAK, CY_TLS_CLIENT, CY_ALERT_INSUFFICIENT_SECURITY,
      CY_TLS_MSG_SERVER_KEY_EXCHANGE);
  return true;
}

/* Of this kind, and below one of the CAs that the server names. */
static int identity_of(const cy_tls_run *run, cy_key_type kind)
{
  const cy_tls_terms *client = run->client;
  const cy_certs *names = cy_tls_names(run->server);
  bool any = !names || !names->count || !client->heed_ca_names;
  for (size_t i = 0; i < client->identity_count; i++) {
    bool named = any;
    for (size_t n = 0; !any && n < names->count; n++)
      named |= cy_tls_chain_is_of(client->identities[i].identity, names->items[n]);
    if (named && cy_jsse_kind(client->identities[i].type) == kind)
      return (int)i;
  }
  return -1;
}

/* The kinds of key are tried in the order in which the server's schemes name them first. */
static int chosen(const cy_tls_run *run)
{
  const cy_row_list *asked = cy_tls_asked(run), *own = &run->client->schemes, *certs = asked;
  if (cy_tls_is13(run) && run->server->has_asked_certs)
    certs = &run->server->asked_certs;
  for (size_t i = 0; i < certs->count; i++) {
    cy_key_type kind = cy_jsse_kind(cy_schemes[certs->rows[i]].key);
    if (!cy_jsse_certifies_in(run->client, certs->rows[i], run->out->version) ||
        !cy_jsse_kind_signs(asked, own, kind, run->out->version))
      continue;
    int which = identity_of(run, kind);
    if (which >= 0)
      return which;
  }
  return -1;
}

/* Up to TLS 1.2 it gives up when no scheme is known; TLS 1.3 does not let it. */
static bool knows_any(const cy_tls_run *run)
{
  for (size_t i = 0; i < run->server->asked.count; i++)
    if (cy_row_list_has(&run->client->schemes, run->server->asked.rows[i]))
      return true;
  return false;
}

bool cy_jsse_bring(cy_tls_run *run)
{
  cy_tls_message after = cy_tls_is13(run) ? CY_TLS_MSG_FINISHED : CY_TLS_MSG_SERVER_HELLO_DONE;
  if (!knows_any(run))
    return cy_tls_fail(run, CY_TLS_CAUSE_CLIENT_UNFIT, CY_TLS_CLIENT, CY_ALERT_HANDSHAKE_FAILURE,
      CY_TLS_MSG_CERTIFICATE_REQUEST);
  int which = chosen(run);
  if (which < 0) {
    cy_tls_hit(run, !run->client->identity_count    ? CY_TLS_RULE_CLIENT_HAS_NONE
                    : cy_tls_names_cas(run->server) ? CY_TLS_RULE_CLIENT_NO_CA
                                                    : CY_TLS_RULE_CLIENT_NO_SCHEME);
    return true;
  }
  run->out->client_identity = which;
  run->out->client_scheme =
    cy_jsse_scheme(run, cy_tls_asked(run), run->client, &run->client->identities[which]);
  cy_tls_hit(run, CY_TLS_RULE_CLIENT_SENDS);
  if (run->out->client_scheme >= 0)
    return true;
  /* The certificate is under way already, and the server looks at it first. */
  if (!cy_tls_end_of(run->server->dialect)->accept_client(run) &&
      (run->err || run->out->after == CY_TLS_MSG_CLIENT_CERTIFICATE))
    return false;
  return cy_tls_fail(run, CY_TLS_CAUSE_CLIENT_UNFIT, CY_TLS_CLIENT, CY_ALERT_INTERNAL_ERROR, after);
}
