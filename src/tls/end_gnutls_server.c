/* GnuTLS 3.7 as a server: version, suite, group, certificate, scheme; then the client's certificate. */
#include "tls/end_gnutls.h"

/* A server of TLS 1.3 alone goes on to look for suites, and finds none. */
static bool no_version(cy_tls_run *run, bool listed)
{
  bool only13 = !listed && run->hello->legacy == CY_TLS12 && run->server->versions == CY_TLS_BIT(CY_TLS13);
  return cy_tls_fail(run, CY_TLS_CAUSE_VERSION_NONE, CY_TLS_SERVER,
    only13 ? CY_ALERT_HANDSHAKE_FAILURE : CY_ALERT_PROTOCOL_VERSION, CY_TLS_MSG_CLIENT_HELLO);
}

/* A client's version that is below the highest must itself be switched on: no step down over a hole. */
static uint16_t legacy_version(const cy_tls_run *run)
{
  uint16_t asked = run->hello->legacy, best = cy_tls_highest(run->server->versions);
  if (asked < best)
    return run->server->versions & CY_TLS_BIT(asked) ? asked : 0;
  return cy_tls_highest(run->server->versions & ~CY_TLS_BIT(CY_TLS13));
}

bool cy_gnutls_choose_version(cy_tls_run *run)
{
  const cy_tls_hello *hello = run->hello;
  /* Without TLS 1.3 of its own it does not know the extension. */
  bool listed = hello->listed && run->server->versions & CY_TLS_BIT(CY_TLS13);
  uint16_t version = listed ? cy_tls_highest(hello->listed & run->server->versions) : legacy_version(run);
  if (!version)
    return no_version(run, listed);
  run->out->version = version;
  cy_tls_hit(run, listed ? CY_TLS_RULE_VERSION_EXTENSION : CY_TLS_RULE_VERSION_LEGACY);
  run->sentinel = version < CY_TLS13 && run->server->versions & CY_TLS_BIT(CY_TLS13);
  return true;
}

/* The first group of one kind, by the order that decides. */
typedef struct {
  int curve, field, best;
  bool fields_named; /* by the client: then only those will do */
} groups;

static groups shared_groups(const cy_tls_run *run)
{
  const cy_row_list *own = &run->server->groups, *theirs = &run->hello->groups;
  const cy_row_list *first = run->server->own_order ? own : theirs;
  const cy_row_list *second = run->server->own_order ? theirs : own;
  groups out = {-1, -1, -1, false};
  /* RFC 8422 4: a client that names no groups takes any; so the library takes this one. */
  if (!run->hello->has_groups)
    out.curve = cy_group_row(0x0017);
  for (size_t i = 0; i < theirs->count; i++)
    out.fields_named |= cy_tls_groups[theirs->rows[i]].kind == CY_GROUP_FFDHE;
  for (size_t i = 0; i < first->count; i++) {
    int row = first->rows[i];
    int *kind = cy_tls_groups[row].kind == CY_GROUP_FFDHE ? &out.field : &out.curve;
    if (!cy_row_list_has(second, (unsigned)row))
      continue;
    if (*kind < 0)
      *kind = row;
    if (out.best < 0)
      out.best = row;
  }
  return out;
}

static bool has_group(const cy_tls_run *run, const cy_suite *suite, const groups *shared)
{
  if (suite->kx == CY_KX_ECDHE)
    return shared->curve >= 0;
  if (suite->kx == CY_KX_DHE)
    return shared->field >= 0 || (!shared->fields_named && run->server->dh != CY_TLS_DH_NONE);
  return true;
}

static bool fits(cy_tls_run *run, const cy_tls_facts *facts, const cy_suite *suite, int *scheme)
{
  *scheme = -1;
  if (!facts->usable ||
      (cy_tls_is13(run) ? !cy_gnutls_may_sign(facts) : !cy_gnutls_key_serves(facts, suite)))
    return false;
  if (suite->kx == CY_KX_RSA || run->out->version < CY_TLS12)
    return true;
  *scheme =
    cy_tls_first_scheme(run, &run->hello->schemes, &run->server->schemes, facts, cy_gnutls_key_makes);
  return *scheme >= 0;
}

/* Of those that fit, one with the name that the client asks for comes first. */
static bool take_certificate_of(cy_tls_run *run, const cy_suite *suite, const char *name)
{
  for (size_t i = 0; i < run->server->identity_count; i++) {
    int scheme;
    if ((name && !cy_gnutls_has_name(&run->server->identities[i], name)) ||
        !fits(run, &run->server->identities[i], suite, &scheme))
      continue;
    run->out->server_identity = (int)i;
    run->out->server_scheme = scheme;
    return true;
  }
  return false;
}

static bool take_certificate(cy_tls_run *run, const cy_suite *suite)
{
  const char *name = run->server->dialect->picks_by_name ? run->hello->name : NULL;
  return (name && take_certificate_of(run, suite, name)) || take_certificate_of(run, suite, NULL);
}

static bool choose(cy_tls_run *run, const groups *shared)
{
  const cy_suite_list *own = &run->server->suites, *theirs = &run->hello->suites;
  const cy_suite_list *first = run->server->own_order ? own : theirs;
  const cy_suite_list *second = run->server->own_order ? theirs : own;
  uint16_t version = run->out->version;
  bool common = false;
  for (size_t i = 0; i < first->count; i++) {
    const cy_suite *suite = &cy_suites[first->rows[i]];
    if (version < suite->min || version > suite->max || !cy_suite_list_has(second, first->rows[i]))
      continue;
    common = true;
    if (!has_group(run, suite, shared) || !take_certificate(run, suite))
      continue;
    run->out->suite = first->rows[i];
    cy_tls_hit(
      run, run->server->own_order ? CY_TLS_RULE_SUITE_SERVER_ORDER : CY_TLS_RULE_SUITE_CLIENT_ORDER);
    return true;
  }
  /* It took a version that the client does not list: that there is no suite for it is no wonder. */
  if (!common && run->hello->listed && !(run->hello->listed & CY_TLS_BIT(version))) {
    run->out->step = CY_TLS_STEP_VERSION;
    return cy_tls_fail(
      run, CY_TLS_CAUSE_VERSION_NONE, CY_TLS_SERVER, CY_ALERT_HANDSHAKE_FAILURE, CY_TLS_MSG_CLIENT_HELLO);
  }
  return cy_tls_fail(run, common ? CY_TLS_CAUSE_SUITE_UNFIT : CY_TLS_CAUSE_SUITE_NONE, CY_TLS_SERVER,
    CY_ALERT_HANDSHAKE_FAILURE, CY_TLS_MSG_CLIENT_HELLO);
}

/* In TLS 1.3 the preferred group in common decides, and a share is asked for when there is none. */
static bool choose_group13(cy_tls_run *run, const groups *shared)
{
  if (shared->best < 0)
    return cy_tls_fail(
      run, CY_TLS_CAUSE_GROUP_NONE, CY_TLS_SERVER, CY_ALERT_HANDSHAKE_FAILURE, CY_TLS_MSG_CLIENT_HELLO);
  run->out->group = shared->best;
  run->out->retried = !cy_row_list_has(&run->hello->shares, (unsigned)shared->best);
  cy_tls_hit(run, run->out->retried ? CY_TLS_RULE_GROUP_RETRY : CY_TLS_RULE_GROUP_FIRST_SHARE);
  return true;
}

/* Parameters of its own are those of its first group of fields; 0: it has none. */
static unsigned own_bits(const cy_tls_terms *server)
{
  for (size_t i = 0; i < server->groups.count; i++) {
    const cy_tls_group *group = &cy_tls_groups[server->groups.rows[i]];
    if (group->kind == CY_GROUP_FFDHE)
      return server->dh == CY_TLS_DH_BITS ? server->side->dh_bits : cy_gnutls_field_bits(group);
  }
  return 0;
}

static bool choose_group12(cy_tls_run *run, const groups *shared)
{
  const cy_suite *suite = cy_tls_run_suite(run);
  if (suite->kx == CY_KX_ECDHE) {
    run->out->group = shared->curve;
    cy_tls_hit(
      run, run->server->own_order ? CY_TLS_RULE_GROUP_SERVER_ORDER : CY_TLS_RULE_GROUP_CLIENT_ORDER);
  } else if (suite->kx == CY_KX_DHE) {
    run->out->dh_bits =
      shared->field >= 0 ? cy_gnutls_field_bits(&cy_tls_groups[shared->field]) : own_bits(run->server);
    cy_tls_hit(run, CY_TLS_RULE_GROUP_DH);
    if (!run->out->dh_bits)
      return cy_tls_fail(
        run, CY_TLS_CAUSE_GROUP_NONE, CY_TLS_SERVER, CY_ALERT_INTERNAL_ERROR, CY_TLS_MSG_CLIENT_HELLO);
  } else {
    cy_tls_hit(run, CY_TLS_RULE_GROUP_NONE_NEEDED);
  }
  return true;
}

bool cy_gnutls_choose_suite(cy_tls_run *run)
{
  groups shared = shared_groups(run);
  if (!run->hello->suites.count)
    return cy_tls_fail(
      run, CY_TLS_CAUSE_SUITE_NONE, CY_TLS_SERVER, CY_ALERT_DECODE_ERROR, CY_TLS_MSG_CLIENT_HELLO);
  if (!cy_tls_choose_protocol(run))
    return false;
  if (cy_tls_is13(run) && !choose_group13(run, &shared))
    return false;
  if (!choose(run, &shared))
    return false;
  if (!cy_tls_is13(run) && !choose_group12(run, &shared))
    return false;
  if (run->out->version < CY_TLS12 && cy_tls_run_suite(run)->kx != CY_KX_RSA &&
      !cy_gnutls_signs_legacy(&run->server->identities[run->out->server_identity]))
    return cy_tls_fail(run, CY_TLS_CAUSE_SCHEME_LEGACY_KEY, CY_TLS_SERVER, CY_ALERT_HANDSHAKE_FAILURE,
      CY_TLS_MSG_CLIENT_HELLO);
  bool large =
    cy_gnutls_large_enough(&run->server->identities[run->out->server_identity], run->out->server_scheme);
  run->short_salt[CY_TLS_SERVER] = !large && !cy_tls_is13(run);
  if (!large && cy_tls_is13(run))
    return cy_tls_fail(
      run, CY_TLS_CAUSE_SCHEME_UNFIT, CY_TLS_SERVER, CY_ALERT_INTERNAL_ERROR, CY_TLS_MSG_CLIENT_HELLO);
  cy_tls_hit(run, cy_tls_is13(run) ? CY_TLS_RULE_CERT_BY_SCHEME : CY_TLS_RULE_CERT_BY_SUITE);
  if (run->out->server_scheme >= 0)
    cy_tls_hit(run, CY_TLS_RULE_SCHEME_SERVER);
  else if (cy_tls_run_suite(run)->kx != CY_KX_RSA)
    cy_tls_hit(run, CY_TLS_RULE_SCHEME_LEGACY);
  return true;
}

bool cy_gnutls_ask(cy_tls_run *run)
{
  run->out->asked = run->server->peer != CY_TLS_PEER_IGNORED;
  cy_tls_hit(run, run->out->asked ? CY_TLS_RULE_CLIENT_ASKED : CY_TLS_RULE_CLIENT_NOT_ASKED);
  return true;
}

static bool judge(cy_tls_run *run)
{
  const cy_tls_verdict **verdict = &run->out->client_verdict;
  cy_tls_message after = cy_tls_is13(run) ? CY_TLS_MSG_CERTIFICATE_VERIFY : CY_TLS_MSG_CLIENT_CERTIFICATE;
  if (run->server->peer == CY_TLS_PEER_UNCHECKED) {
    cy_tls_hit(run, CY_TLS_RULE_CLIENT_UNCHECKED);
    return true;
  }
  run->err =
    cy_tls_verdict_get(verdict, run->verdicts, run->server, run->client, run->out->client_identity);
  if (run->err)
    return false;
  if (!(*verdict)->holds)
    return cy_tls_fail(run, CY_TLS_CAUSE_CLIENT_CHAIN, CY_TLS_SERVER, CY_ALERT_BAD_CERTIFICATE, after);
  cy_tls_hit(run, CY_TLS_RULE_CLIENT_TRUSTED);
  return true;
}

bool cy_gnutls_accept_client(cy_tls_run *run)
{
  int shown = run->out->client_identity;
  if (shown >= 0 && !cy_gnutls_knows_key(run->server, &run->client->identities[shown]))
    return cy_tls_fail(run, CY_TLS_CAUSE_CURVE, CY_TLS_SERVER, CY_ALERT_BAD_CERTIFICATE,
      cy_tls_is13(run) ? CY_TLS_MSG_CERTIFICATE_VERIFY : CY_TLS_MSG_CLIENT_CERTIFICATE);
  if (shown >= 0 && !cy_gnutls_may_sign(&run->client->identities[shown]))
    return cy_tls_fail(run, CY_TLS_CAUSE_CLIENT_USAGE, CY_TLS_SERVER, CY_ALERT_INTERNAL_ERROR,
      CY_TLS_MSG_CERTIFICATE_VERIFY);
  if (shown >= 0)
    return judge(run);
  /* The library's own check (gnutls_session_set_verify_cert) takes nothing for wrong. */
  if (run->server->peer == CY_TLS_PEER_OPTIONAL)
    return cy_tls_fail(run, CY_TLS_CAUSE_CLIENT_NONE_SENT, CY_TLS_SERVER, CY_ALERT_BAD_CERTIFICATE,
      CY_TLS_MSG_CLIENT_CERTIFICATE);
  if (run->server->peer != CY_TLS_PEER_REQUIRED)
    return true;
  return cy_tls_fail(run, CY_TLS_CAUSE_CLIENT_NONE_SENT, CY_TLS_SERVER,
    cy_tls_is13(run) ? CY_ALERT_CERTIFICATE_REQUIRED : CY_ALERT_DECODE_ERROR,
    CY_TLS_MSG_CLIENT_CERTIFICATE);
}
