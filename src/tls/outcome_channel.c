/* Outcomes of predictions: what queue managers compare when the handshake is over, in words. */
#include "product/message.h"
#include "tls/channel.h"
#include "tls/outcome_show.h"

static void put_name(cy_buf *buf, const cy_tls_shown *s, const cy_tls_terms *shower)
{
  cy_dn_subject subject, issuer;
  const char *whose = cy_tls_role_name(shower->role);
  if (!cy_tls_channel_subject(&subject, &issuer, s->outcome, shower)) {
    cy_buf_printf(buf, "\nThe %s shows no certificate", whose);
    return;
  }
  cy_buf_printf(buf, "\nThe %s's certificate: ", whose);
  cy_dn_subject_format(buf, &subject);
  cy_buf_str(buf, "\nIts issuer: ");
  cy_dn_subject_format(buf, &issuer);
}

static void put_filters(cy_buf *buf, const cy_tls_terms *judge)
{
  const char *role = cy_tls_role_name(judge->role);
  if (judge->side->peer_filter)
    cy_buf_printf(buf, "The %s asks for the name: %s", role, judge->side->peer_filter);
  if (judge->side->issuer_filter)
    cy_buf_printf(buf, "%sThe %s asks for the issuer: %s", judge->side->peer_filter ? "\n" : "", role,
      judge->side->issuer_filter);
}

static void against_name(cy_buf *buf, const cy_tls_shown *s)
{
  bool by_client = s->outcome->end == CY_TLS_CLIENT;
  const cy_tls_terms *judge = by_client ? s->client : s->server,
                     *shower = by_client ? s->server : s->client;
  cy_dn_subject subject, issuer;
  CY_CLEAN(cy_buf) why = CY_BUF_TEXT;
  put_filters(buf, judge);
  put_name(buf, s, shower);
  if (!cy_tls_channel_subject(&subject, &issuer, s->outcome, shower))
    return;
  if (!judge->peer_filter || cy_dn_filter_match(judge->peer_filter, &subject, &why))
    if (judge->issuer_filter && !cy_dn_filter_match(judge->issuer_filter, &issuer, &why))
      cy_buf_str(buf, "\nOf the issuer's name:");
  cy_buf_printf(buf, "\nThe first difference: %s", cy_buf_cstr(&why));
  cy_buf_printf(buf, "\nEither change the filter (below), or give the %s a certificate of that name",
    cy_tls_role_name(shower->role));
}

static void against_invalid(cy_buf *buf, const cy_tls_shown *s)
{
  const cy_tls_terms *judge = s->outcome->end == CY_TLS_CLIENT ? s->client : s->server;
  const char *texts[] = {judge->side->peer_filter, judge->side->issuer_filter};
  put_filters(buf, judge);
  for (size_t i = 0; i < CY_COUNT(texts); i++) {
    CY_AUTO(cy_dn_filter) *filter = NULL;
    cy_err *err = texts[i] ? cy_dn_filter_parse(&filter, texts[i]) : NULL;
    if (err)
      cy_buf_printf(buf, "\n%s\n%s", cy_err_text(err), cy_err_fix(err));
    cy_err_free(err);
  }
}

static void against_unnamed(cy_buf *buf, const cy_tls_shown *s)
{
  const cy_tls_side *server = s->server->side;
  const char *first = server->identity_count ? server->identities[0]->label : NULL;
  const char *second = server->identity_count > 1 ? server->identities[1]->label : NULL;
  cy_buf_printf(buf, "Certificate of channel %s: %s", server->channel ? server->channel : "?",
    first ? first : "its own");
  cy_buf_printf(buf, "\nShown to this client: %s", second ? second : "the queue manager's, if it has one");
  cy_buf_str(buf,
    "\nA client says the channel's name with OutboundSNI=CHANNEL (the default of clients in C); "
    "with HOSTNAME, and in Java, it does not");
}

/* The command that would let this certificate in. */
static void put_rule(cy_buf *buf, const cy_tls_shown *s)
{
  cy_dn_subject subject, issuer;
  const cy_tls_side *server = s->server->side;
  const char *channel = server->channel ? server->channel : "CHANNEL";
  if (cy_tls_channel_subject(&subject, &issuer, s->outcome, s->client)) {
    cy_buf_printf(buf,
      "\nThe record that would let this certificate in: SET CHLAUTH('%s') TYPE(SSLPEERMAP) SSLPEER('",
      channel);
    cy_dn_filter_suggest(buf, &subject);
    cy_buf_str(buf, "') SSLCERTI('");
    cy_dn_filter_suggest(buf, &issuer);
    cy_buf_str(buf, "') USERSRC(MAP) MCAUSER('USER') ACTION(ADD)");
  } else {
    cy_buf_printf(buf,
      "\nThe record that would let this address in: SET CHLAUTH('%s') TYPE(ADDRESSMAP) ADDRESS('%s') "
      "USERSRC(MAP) MCAUSER('USER') ACTION(ADD)",
      channel, s->client->side->address ? s->client->side->address : "ADDRESS");
  }
}

static void against_blocked(cy_buf *buf, const cy_tls_shown *s)
{
  cy_chlauth_decision decision;
  const cy_chlauth *records = s->server->side->chlauth;
  bool by_record = false;
  put_name(buf, s, s->client);
  cy_err *err = cy_tls_channel_decide(&decision, s->outcome, s->client, s->server);
  for (size_t i = 0; !err && i < decision.count; i++) {
    cy_buf_str(buf, "\n");
    cy_chlauth_way_format(buf, records, &decision.ways[i]);
    by_record |= decision.ways[i].result == CY_CHLAUTH_NO_ACCESS;
  }
  cy_err_free(err);
  if (by_record)
    put_rule(buf, s);
}

bool cy_tls_outcome_against_channel(cy_buf *buf, const cy_tls_shown *s)
{
  size_t before = buf->len;
  switch (s->outcome->cause) {
  case CY_TLS_CAUSE_PEER_NAME:
    against_name(buf, s);
    break;
  case CY_TLS_CAUSE_PEER_NAME_INVALID:
    against_invalid(buf, s);
    break;
  case CY_TLS_CAUSE_CHANNEL_UNNAMED:
    against_unnamed(buf, s);
    break;
  case CY_TLS_CAUSE_CHANNEL_BLOCKED:
    against_blocked(buf, s);
    break;
  default:
    return false;
  }
  if (buf->len > before && buf->data[before] == '\n')
    buf->data[before] = ' ';
  return true;
}

/* Who the channel runs as. */

static const char *unknown_words(const cy_chlauth_decision *d)
{
  if (d->address_matters)
    return d->user_matters   ? "the client's address and user (--client-address, --client-user)"
           : d->qmgr_matters ? "the partner's address and name (--client-address)"
                             : "the client's address (--client-address)";
  return d->user_matters   ? "the client's user (--client-user)"
         : d->qmgr_matters ? "the partner's name"
                           : "what is not known";
}

void cy_tls_outcome_user(cy_buf *buf, const cy_tls_shown *s)
{
  cy_chlauth_decision decision;
  if (!s->server->side->chlauth)
    return;
  cy_err *err = cy_tls_channel_decide(&decision, s->outcome, s->client, s->server);
  const cy_chlauth_way *way = &decision.ways[0];
  if (!err && decision.count == 1 && way->result != CY_CHLAUTH_RUNS)
    cy_buf_str(buf, "refused");
  else if (!err && decision.count == 1)
    cy_buf_str(buf, way->user ? way->user : "the partner's user");
  else if (!err && decision.checked)
    cy_buf_str(buf, "depends");
  cy_err_free(err);
}

static void put_record(cy_out *out, const char *key, const cy_chlauth *records, const cy_chlauth_record *r)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  if (r)
    cy_chlauth_record_format(&words, records, r);
  cy_out_str(out, key, NULL, r ? cy_buf_cstr(&words) : NULL);
}

static void put_way(cy_out *out, const cy_chlauth *records, const cy_chlauth_way *way, const char *before)
{
  static const char *const results[] = {"runs", "blocked_address", "no_access", "blocked_user"};
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_chlauth_way_format(&words, records, way);
  cy_out_open(out, NULL, "");
  cy_out_str(out, "result", NULL, results[way->result]);
  cy_out_str(out, "user", NULL, way->user);
  cy_out_bool(out, "flowed", NULL, way->flowed);
  cy_out_bool(out, "warned", NULL, way->warned);
  cy_out_bool(out, "unless_administrator", NULL, way->unless_admin);
  put_record(out, "record", records, way->record);
  put_record(out, "blocker", records, way->blocker);
  cy_out_labelled(out, before, cy_buf_cstr(&words));
  cy_out_close(out);
}

static void put_unknown(cy_out *out, const cy_chlauth_decision *d)
{
  cy_out_list(out, "unknown", "");
  if (d->address_matters)
    cy_out_str(out, NULL, NULL, "address");
  if (d->user_matters)
    cy_out_str(out, NULL, NULL, "user");
  if (d->qmgr_matters)
    cy_out_str(out, NULL, NULL, "qmgr");
  cy_out_list_end(out);
}

void cy_tls_outcome_show_channel(cy_out *out, const cy_tls_shown *s)
{
  cy_chlauth_decision decision;
  const cy_tls_outcome *o = s->outcome;
  const cy_chlauth *records = s->server->side->chlauth;
  bool reached = o->agrees || o->cause == CY_TLS_CAUSE_CHANNEL_BLOCKED;
  if (!records || !reached || o->clear)
    return;
  cy_err *err = cy_tls_channel_decide(&decision, o, s->client, s->server);
  if (err) {
    cy_err_free(err);
    return;
  }
  cy_out_open(out, "channel_authentication", "");
  cy_out_bool(out, "checked", NULL, decision.checked);
  if (!decision.checked)
    cy_out_line(out, "  Channel authentication is switched off: no record is looked at.");
  else if (decision.count > 1)
    cy_out_line(out,
      "  Whom the channel runs as depends on %s; the first of these that fits:", unknown_words(&decision));
  else
    cy_out_line(out, "  Whom the channel runs as, as far as known of the order of records:");
  put_unknown(out, &decision);
  cy_out_list(out, "ways", "");
  for (size_t i = 0; i < decision.count; i++)
    put_way(out, records, &decision.ways[i], decision.count > 1 ? "    - " : "    ");
  if (decision.more)
    cy_out_line(out, "    and %zu more before the last one", decision.more);
  cy_out_list_end(out);
  cy_out_close(out);
}
