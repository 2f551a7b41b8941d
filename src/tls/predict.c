/* A handshake, played between two ends on their terms. */
#include "tls/predict.h"

#include "tls/end.h"

static const char *const step_names[CY_TLS_STEPS] = {"start", "version", "protocol", "suite", "group",
  "certificate", "server_proof", "ask", "client_certificate", "client_proof", "after"};

const char *cy_tls_step_name(cy_tls_step step)
{
  return step_names[step];
}

static const cy_tls_cause_info causes[CY_TLS_CAUSES] = {
#define CY_TLS_CAUSE(code, id, title, why) {id, title, why},
#include "tls/causes.def"
#undef CY_TLS_CAUSE
};

const cy_tls_cause_info *cy_tls_cause_get(cy_tls_cause cause)
{
  return &causes[cause];
}

static const cy_tls_rule_info rules[CY_TLS_RULES] = {
#define CY_TLS_RULE(code, id, step, text, source) {id, CY_TLS_STEP_##step, text, source},
#include "tls/steps.def"
#undef CY_TLS_RULE
};

const cy_tls_rule_info *cy_tls_rule_get(cy_tls_rule rule)
{
  return &rules[rule];
}

const char *cy_tls_message_name(cy_tls_message message)
{
  static const char *const names[] = {"nothing", "ClientHello", "ServerHello", "HelloRetryRequest",
    "the server's Certificate", "ServerKeyExchange", "CertificateRequest", "ServerHelloDone",
    "the client's Certificate", "CertificateVerify", "Finished"};
  return names[message];
}

uint16_t cy_tls_highest(unsigned versions)
{
  for (unsigned v = CY_TLS13; v >= CY_SSL3; v--)
    if (versions & CY_TLS_BIT(v))
      return (uint16_t)v;
  return 0;
}

uint16_t cy_tls_lowest(unsigned versions)
{
  for (unsigned v = CY_SSL3; v <= CY_TLS13; v++)
    if (versions & CY_TLS_BIT(v))
      return (uint16_t)v;
  return 0;
}

const cy_tls_end *cy_tls_end_of(const cy_tls_dialect *dialect)
{
  static const cy_tls_end *const ends[CY_TLS_LIBRARIES] = {[CY_TLS_OPENSSL] = &cy_tls_end_openssl,
    [CY_TLS_GNUTLS] = &cy_tls_end_gnutls,
    [CY_TLS_JSSE] = &cy_tls_end_jsse,
    [CY_TLS_GSKIT] = &cy_tls_end_gskit,
    [CY_TLS_ERLANG] = &cy_tls_end_erlang};
  const cy_tls_end *end = dialect ? ends[dialect->library] : NULL;
  return end ? end : &cy_tls_end_openssl;
}

bool cy_tls_fail(cy_tls_run *run, cy_tls_cause cause, cy_tls_role alerter, int alert, cy_tls_message after)
{
  cy_tls_outcome *out = run->out;
  out->cause = cause;
  out->alerter = out->end = alerter;
  out->alert = alert;
  out->after = after;
  return false;
}

void cy_tls_hit(cy_tls_run *run, cy_tls_rule rule)
{
  /* A chain that nobody could judge has not held. */
  if (rule == CY_TLS_RULE_SERVER_TRUSTED && run->client->side->trust_unknown)
    rule = CY_TLS_RULE_SERVER_NOT_JUDGED;
  else if (rule == CY_TLS_RULE_CLIENT_TRUSTED && run->server->side->trust_unknown)
    rule = CY_TLS_RULE_CLIENT_NOT_JUDGED;
  if (run->out->hit_count < CY_TLS_HITS)
    run->out->hits[run->out->hit_count++] = rule;
}

bool cy_tls_outcome_hit(const cy_tls_outcome *outcome, cy_tls_rule rule)
{
  for (size_t i = 0; i < outcome->hit_count; i++)
    if (outcome->hits[i] == rule)
      return true;
  return false;
}

/* An end that can not begin. A client says so before its hello, a server when the hello has come. */
static bool begins(cy_tls_run *run, const cy_tls_terms *terms)
{
  const cy_tls_stop *stop = &terms->stop;
  if (!stop->cause)
    return true;
  return cy_tls_fail(run, (cy_tls_cause)stop->cause, terms->role, stop->alert,
    terms->role == CY_TLS_SERVER && stop->alert != CY_TLS_NO_ALERT ? CY_TLS_MSG_CLIENT_HELLO
                                                                   : CY_TLS_MSG_NONE);
}

/* A program that its own library does not let start comes before one that says so on the wire. */
static bool both_begin(cy_tls_run *run)
{
  const cy_tls_terms *first = run->client, *second = run->server;
  if (second->stop.cause && second->stop.alert == CY_TLS_NO_ALERT) {
    first = run->server;
    second = run->client;
  }
  return begins(run, first) && begins(run, second);
}

static bool meets_demand(cy_tls_run *run, const cy_tls_terms *terms)
{
  const cy_tls_side *side = terms->side;
  if (side->demand_versions && !(side->demand_versions & CY_TLS_BIT(run->out->version)))
    return cy_tls_fail(run, CY_TLS_CAUSE_DEMAND_VERSION, terms->role, CY_TLS_NO_ALERT, CY_TLS_MSG_FINISHED);
  if (side->demand_suites.set && !cy_codes_has(&side->demand_suites, cy_tls_run_suite(run)->code))
    return cy_tls_fail(run, CY_TLS_CAUSE_DEMAND_SUITE, terms->role, CY_TLS_NO_ALERT, CY_TLS_MSG_FINISHED);
  if (side->demand_versions || side->demand_suites.set)
    cy_tls_hit(run, CY_TLS_RULE_DEMAND_MET);
  return true;
}

static bool after(cy_tls_run *run, const cy_tls_end *server, const cy_tls_end *client)
{
  (void)server;
  (void)client;
  return meets_demand(run, run->server) && meets_demand(run, run->client) && cy_tls_channel_opens(run);
}

/* The steps in the order of the wire: a server has written its whole flight, the request for a certificate
 * included, before the client reads it. */
static bool play(cy_tls_run *run)
{
  const cy_tls_end *client = cy_tls_end_of(run->client->dialect),
                   *server = cy_tls_end_of(run->server->dialect);
  cy_tls_outcome *out = run->out;
  out->step = CY_TLS_STEP_START;
  if (!both_begin(run))
    return false;
  out->step = CY_TLS_STEP_VERSION;
  if (run->server->side->refuses_name)
    return cy_tls_fail(
      run, CY_TLS_CAUSE_NAME_UNKNOWN, CY_TLS_SERVER, CY_ALERT_UNRECOGNIZED_NAME, CY_TLS_MSG_CLIENT_HELLO);
  if (!server->choose_version(run))
    return false;
  out->step = CY_TLS_STEP_SUITE;
  if (!server->choose_suite(run))
    return false;
  out->step = CY_TLS_STEP_ASK;
  if (!server->ask(run))
    return false;
  out->step = CY_TLS_STEP_VERSION;
  if (!client->accept_hello(run))
    return false;
  out->step = CY_TLS_STEP_SERVER_PROOF;
  if (!client->accept_server(run))
    return false;
  out->step = CY_TLS_STEP_CLIENT_CERTIFICATE;
  if (out->asked && !client->bring(run))
    return false;
  out->step = CY_TLS_STEP_CLIENT_PROOF;
  if (out->asked && !server->accept_client(run))
    return false;
  out->step = CY_TLS_STEP_AFTER;
  return after(run, server, client);
}

static bool clear_text(cy_tls_outcome *out, const cy_tls_side *client, const cy_tls_side *server)
{
  if (!client->clear && !server->clear)
    return false;
  out->clear = out->agrees = client->clear && server->clear;
  out->cause = out->agrees ? CY_TLS_CAUSE_NONE : CY_TLS_CAUSE_SIDE_CLEAR;
  out->end = client->clear ? CY_TLS_CLIENT : CY_TLS_SERVER;
  return true;
}

cy_err *cy_tls_predict(
  cy_tls_outcome *out, const cy_tls_terms *client, const cy_tls_terms *server, cy_tls_verdicts *verdicts)
{
  *out = (cy_tls_outcome){.alert = CY_TLS_NO_ALERT,
    .suite = -1,
    .group = -1,
    .server_identity = -1,
    .client_identity = -1,
    .server_scheme = -1,
    .client_scheme = -1};
  cy_tls_run run = {
    .client = client, .server = server, .hello = &client->hello, .out = out, .verdicts = verdicts};
  if (!clear_text(out, client->side, server->side))
    out->agrees = play(&run);
  return run.err;
}
