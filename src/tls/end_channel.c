/* What queue managers and their clients compare when the handshake is over. */
#include "tls/channel.h"
#include "tls/end.h"

bool cy_tls_channel_unnamed(const cy_tls_terms *client, const cy_tls_terms *server)
{
  return server->side->own_label && client->side->names_channel == CY_NO;
}

/* The name was said in the first message, or not: the channel learns of it when the connection stands. */
static bool is_named(cy_tls_run *run)
{
  if (!cy_tls_channel_unnamed(run->client, run->server))
    return true;
  return cy_tls_fail(
    run, CY_TLS_CAUSE_CHANNEL_UNNAMED, CY_TLS_SERVER, CY_TLS_NO_ALERT, CY_TLS_MSG_FINISHED);
}

bool cy_tls_channel_subject(
  cy_dn_subject *subject, cy_dn_subject *issuer, const cy_tls_outcome *o, const cy_tls_terms *shower)
{
  int shown = shower->role == CY_TLS_SERVER ? o->server_identity : o->client_identity;
  const cy_cert_view *leaf = shown < 0 ? NULL : shower->identities[shown].leaf;
  *subject = *issuer = (cy_dn_subject){0};
  if (!leaf)
    return false;
  *subject = (cy_dn_subject){leaf->subject, leaf->serial};
  *issuer = (cy_dn_subject){.name = leaf->issuer};
  return true;
}

static bool has_name(cy_tls_run *run, const cy_tls_terms *judge, const cy_tls_terms *shower)
{
  cy_dn_subject subject, issuer;
  if (judge->filter_wrong)
    return cy_tls_fail(
      run, CY_TLS_CAUSE_PEER_NAME_INVALID, judge->role, CY_TLS_NO_ALERT, CY_TLS_MSG_FINISHED);
  if (!judge->peer_filter && !judge->issuer_filter)
    return true;
  bool shows = cy_tls_channel_subject(&subject, &issuer, run->out, shower);
  if (!shows && judge->role == CY_TLS_SERVER)
    return cy_tls_fail(
      run, CY_TLS_CAUSE_CLIENT_NONE_SENT, judge->role, CY_TLS_NO_ALERT, CY_TLS_MSG_FINISHED);
  if (!shows || (judge->peer_filter && !cy_dn_filter_match(judge->peer_filter, &subject, NULL)) ||
      (judge->issuer_filter && !cy_dn_filter_match(judge->issuer_filter, &issuer, NULL)))
    return cy_tls_fail(run, CY_TLS_CAUSE_PEER_NAME, judge->role, CY_TLS_NO_ALERT, CY_TLS_MSG_FINISHED);
  cy_tls_hit(run, CY_TLS_RULE_PEER_NAME);
  return true;
}

cy_err *cy_tls_channel_decide(cy_chlauth_decision *out, const cy_tls_outcome *outcome,
  const cy_tls_terms *client, const cy_tls_terms *server)
{
  const cy_tls_side *side = server->side, *other = client->side;
  cy_dn_subject subject, issuer;
  bool shows = cy_tls_channel_subject(&subject, &issuer, outcome, client);
  const cy_chlauth_peer peer = {.channel = side->channel ? side->channel : "",
    .program = side->program,
    .shows_certificate = shows,
    .subject = subject,
    .issuer = issuer.name,
    .address = other->address,
    .user = other->user,
    .qmgr = other->qmgr,
    .mcauser = side->mcauser};
  return cy_chlauth_decide(out, side->chlauth, &peer);
}

static bool is_let_in(cy_tls_run *run)
{
  cy_chlauth_decision decision;
  if (!run->server->side->chlauth)
    return true;
  run->err = cy_tls_channel_decide(&decision, run->out, run->client, run->server);
  if (run->err)
    return false;
  cy_tls_hit(run, decision.checked ? CY_TLS_RULE_CHLAUTH : CY_TLS_RULE_CHLAUTH_OFF);
  if (!cy_chlauth_refuses(&decision))
    return true;
  return cy_tls_fail(
    run, CY_TLS_CAUSE_CHANNEL_BLOCKED, CY_TLS_SERVER, CY_TLS_NO_ALERT, CY_TLS_MSG_FINISHED);
}

bool cy_tls_channel_opens(cy_tls_run *run)
{
  return is_named(run) && has_name(run, run->client, run->server) &&
         has_name(run, run->server, run->client) && is_let_in(run);
}
