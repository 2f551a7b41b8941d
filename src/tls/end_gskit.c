/* GSKit and System SSL (z/OS): a queue manager, the z/OS LDAP server and their clients.
 *
 * Source: z/OS Cryptographic Services System SSL Programming (environment variables, return codes 402, 416,
 * 434, 466, 467), IBM MQ documentation (CipherSpecs, MinimumRSAKeySize), and RFC 5246 where these are
 * silent. It was not tried against the product: an alert whose number no source gives is said to be
 * unknown. */
#include "tls/end.h"

static bool in_versions(const cy_suite *suite, uint16_t version)
{
  return suite->min <= version && version <= suite->max;
}

/* System SSL has no key shares of its own: they are set, and a server takes no others. */
static bool wants_shares(const cy_tls_terms *terms)
{
  return !terms->dialect->shares || terms->side->shares.set;
}

/* TLS 1.3 lacks what nobody set: as far as known it is then never agreed on. */
static void strike_13(cy_tls_terms *terms)
{
  bool suites = false;
  for (size_t i = 0; i < terms->suites.count; i++)
    suites |= cy_suites[terms->suites.rows[i]].min == CY_TLS13;
  if (!suites || (wants_shares(terms) && !terms->shares.count))
    terms->versions &= ~CY_TLS_BIT(CY_TLS13);
}

static void prepare(cy_tls_terms *terms)
{
  cy_tls_hello *hello = &terms->hello;
  if (!terms->dialect->shares)
    strike_13(terms);
  uint16_t high = cy_tls_highest(terms->versions);
  terms->asked = terms->client_schemes;
  if (!terms->versions) {
    terms->stop = (cy_tls_stop){CY_TLS_CAUSE_SIDE_NO_VERSION, CY_TLS_NO_ALERT};
    return;
  }
  if (terms->suites.count == 0) {
    terms->stop = (cy_tls_stop){CY_TLS_CAUSE_SIDE_NO_SUITE, CY_TLS_NO_ALERT};
    return;
  }
  hello->legacy = high > CY_TLS12 ? CY_TLS12 : high;
  hello->listed = high == CY_TLS13 ? terms->versions : 0;
  hello->expected = terms->versions;
  hello->best = high;
  for (size_t i = 0; i < terms->suites.count; i++)
    if (cy_suites[terms->suites.rows[i]].min <= high)
      cy_suite_list_add(&hello->suites, terms->suites.rows[i]);
  hello->has_groups = true;
  hello->groups = terms->groups;
  hello->shares = terms->shares;
  for (size_t i = 0; i < terms->groups.count && hello->shares.count < terms->dialect->shares; i++)
    if (!terms->side->shares.set)
      cy_row_list_add(&hello->shares, terms->groups.rows[i]);
  hello->has_schemes = high >= CY_TLS12;
  hello->schemes = terms->schemes;
  hello->has_cert_schemes = terms->side->cert_schemes.set;
  hello->cert_schemes = terms->cert_schemes;
}

/* One certificate: the label that was configured, else the default one. */
static int first_usable(const cy_tls_terms *terms, size_t from)
{
  for (size_t i = from; i < terms->identity_count; i++)
    if (terms->identities[i].usable)
      return (int)i;
  return -1;
}

/* Of a channel with a certificate of its own only who says the channel's name sees that. */
static int shown_by_server(const cy_tls_run *run)
{
  bool unnamed = cy_tls_channel_unnamed(run->client, run->server);
  return first_usable(run->server, unnamed ? 1 : 0);
}

static unsigned versions_of(const cy_tls_run *run)
{
  const cy_tls_hello *hello = run->hello;
  unsigned theirs = hello->listed ? hello->listed : (CY_TLS_BIT(hello->legacy) << 1) - 1;
  return theirs & run->server->versions;
}

static bool choose_version(cy_tls_run *run)
{
  unsigned common = versions_of(run);
  if (!common)
    return cy_tls_fail(
      run, CY_TLS_CAUSE_VERSION_NONE, CY_TLS_SERVER, CY_ALERT_PROTOCOL_VERSION, CY_TLS_MSG_CLIENT_HELLO);
  run->out->version = cy_tls_highest(common);
  cy_tls_hit(run, run->hello->listed ? CY_TLS_RULE_VERSION_EXTENSION : CY_TLS_RULE_VERSION_LEGACY);
  return true;
}

/* Suites. */

static bool key_fits(cy_key_type key, cy_suite_needs needs)
{
  return needs == CY_SUITE_NEEDS_ANY || (needs == CY_SUITE_NEEDS_RSA && key == CY_KEY_RSA) ||
         (needs == CY_SUITE_NEEDS_EC &&
           (key == CY_KEY_EC || key == CY_KEY_ED25519 || key == CY_KEY_ED448)) ||
         (needs == CY_SUITE_NEEDS_DSA && key == CY_KEY_DSA);
}

/* In TLS 1.3 those that the server has key shares for. */
static const cy_row_list *own_groups(const cy_tls_run *run)
{
  bool shares = cy_tls_is13(run) && wants_shares(run->server);
  return shares ? &run->server->shares : &run->server->groups;
}

static int common_group(const cy_tls_run *run)
{
  const cy_row_list *theirs = &run->hello->groups, *own = own_groups(run);
  for (size_t i = 0; i < theirs->count; i++)
    if (cy_row_list_has(own, theirs->rows[i]) && cy_tls_groups[theirs->rows[i]].min <= run->out->version)
      return theirs->rows[i];
  return -1;
}

static bool choose_suite(cy_tls_run *run)
{
  const cy_suite_list *own = &run->server->suites, *theirs = &run->hello->suites;
  const cy_suite_list *first = run->server->own_order ? own : theirs;
  const cy_suite_list *second = run->server->own_order ? theirs : own;
  int shown = shown_by_server(run), group = common_group(run);
  bool common = false;
  for (size_t i = 0; i < first->count; i++) {
    const cy_suite *suite = &cy_suites[first->rows[i]];
    if (!in_versions(suite, run->out->version) || !cy_suite_list_has(second, first->rows[i]))
      continue;
    common = true;
    if (shown < 0 || !key_fits(run->server->identities[shown].type, suite->needs) ||
        (suite->kx == CY_KX_ECDHE && group < 0))
      continue;
    run->out->suite = first->rows[i];
    run->out->server_identity = shown;
    cy_tls_hit(
      run, run->server->own_order ? CY_TLS_RULE_SUITE_SERVER_ORDER : CY_TLS_RULE_SUITE_CLIENT_ORDER);
    return true;
  }
  return cy_tls_fail(run, common ? CY_TLS_CAUSE_SUITE_UNFIT : CY_TLS_CAUSE_SUITE_NONE, CY_TLS_SERVER,
    CY_ALERT_HANDSHAKE_FAILURE, CY_TLS_MSG_CLIENT_HELLO);
}

static bool choose_group(cy_tls_run *run)
{
  const cy_suite *suite = cy_tls_run_suite(run);
  if (cy_tls_is13(run)) {
    for (size_t i = 0; i < run->hello->shares.count; i++)
      if (cy_row_list_has(own_groups(run), run->hello->shares.rows[i])) {
        run->out->group = run->hello->shares.rows[i];
        cy_tls_hit(run, CY_TLS_RULE_GROUP_FIRST_SHARE);
        return true;
      }
    run->out->group = common_group(run);
    run->out->retried = run->out->group >= 0;
    if (!run->out->retried)
      return cy_tls_fail(
        run, CY_TLS_CAUSE_GROUP_NONE, CY_TLS_SERVER, CY_ALERT_HANDSHAKE_FAILURE, CY_TLS_MSG_CLIENT_HELLO);
    cy_tls_hit(run, CY_TLS_RULE_GROUP_RETRY);
  } else if (suite->kx == CY_KX_ECDHE) {
    run->out->group = common_group(run);
    cy_tls_hit(run, CY_TLS_RULE_GROUP_CLIENT_ORDER);
  } else {
    if (suite->kx == CY_KX_DHE)
      run->out->dh_bits = run->server->side->dh_bits ? run->server->side->dh_bits : 2048;
    cy_tls_hit(run, suite->kx == CY_KX_DHE ? CY_TLS_RULE_GROUP_DH : CY_TLS_RULE_GROUP_NONE_NEEDED);
  }
  return true;
}

/* Whether the key makes this signature in the agreed version. */
static bool scheme_fits(const cy_tls_run *run, const cy_scheme *scheme, const cy_tls_facts *facts)
{
  uint16_t curve = cy_scheme_curve(scheme);
  if (scheme->key != facts->type || scheme->max < run->out->version || scheme->min > run->out->version)
    return false;
  if (!cy_tls_is13(run))
    return true;
  return !scheme->certs_only &&
         (!curve || (facts->group >= 0 && cy_tls_groups[facts->group].code == curve));
}

/* The first pair in the list of who proves himself that the other end has, too; -1: none. */
static int scheme_of(
  const cy_tls_run *run, const cy_row_list *own, const cy_row_list *theirs, const cy_tls_facts *facts)
{
  return cy_tls_first_scheme(run, own, theirs, facts, scheme_fits);
}

static bool choose_scheme(cy_tls_run *run)
{
  const cy_tls_facts *facts = &run->server->identities[run->out->server_identity];
  if (run->server->side->own_label && run->client->side->names_channel != CY_UNSET)
    cy_tls_hit(run,
      run->client->side->names_channel == CY_YES ? CY_TLS_RULE_CHANNEL_NAMED : CY_TLS_RULE_CHANNEL_UNNAMED);
  cy_tls_hit(run, cy_tls_is13(run) ? CY_TLS_RULE_CERT_BY_SCHEME : CY_TLS_RULE_CERT_BY_SUITE);
  if (run->out->version < CY_TLS12 || !run->hello->has_schemes || cy_tls_run_suite(run)->kx == CY_KX_RSA) {
    if (run->out->version < CY_TLS12)
      cy_tls_hit(run, CY_TLS_RULE_SCHEME_LEGACY);
    return true;
  }
  run->out->server_scheme = scheme_of(run, &run->server->schemes, &run->hello->schemes, facts);
  if (run->out->server_scheme >= 0) {
    cy_tls_hit(run, CY_TLS_RULE_SCHEME_SERVER);
    return true;
  }
  return cy_tls_fail(
    run, CY_TLS_CAUSE_SCHEME_UNFIT, CY_TLS_SERVER, CY_ALERT_HANDSHAKE_FAILURE, CY_TLS_MSG_CLIENT_HELLO);
}

static bool choose(cy_tls_run *run)
{
  return choose_suite(run) && choose_group(run) && choose_scheme(run);
}

/* Up to TLS 1.2 the suite decides which kinds of key are asked for: with RSA key exchange RSA and DSA only.
 */
static bool ask(cy_tls_run *run)
{
  const cy_suite *suite = cy_tls_run_suite(run);
  run->out->asked = run->server->peer != CY_TLS_PEER_IGNORED;
  if (run->out->asked && !cy_tls_is13(run)) {
    run->asked_keys = 1u << CY_KEY_RSA | 1u << CY_KEY_DSA;
    if (suite->kx == CY_KX_ECDHE || suite->kx == CY_KX_ECDH)
      run->asked_keys |= 1u << CY_KEY_EC | 1u << CY_KEY_ED25519 | 1u << CY_KEY_ED448;
  }
  cy_tls_hit(run, run->out->asked ? CY_TLS_RULE_CLIENT_ASKED : CY_TLS_RULE_CLIENT_NOT_ASKED);
  return true;
}

static bool is_signed_otherwise(const cy_tls_terms *judge, const cy_cert_view *view)
{
  int scheme = cy_tls_signature_scheme(view);
  bool counts = !view->self_issued || judge->dialect->root_signature;
  return counts && scheme >= 0 && !cy_row_list_has(&judge->cert_schemes, (unsigned)scheme);
}

/* Every signature in the chain must be of a pair that this end has; whether its root's counts, which comes
 * out of the judge's own store where it is not sent, is a matter of the dialect. */
static const cy_cert_view *signed_otherwise(const cy_tls_terms *judge, const cy_tls_identity *identity)
{
  const cy_cert_view *view = NULL;
  for (size_t i = 0; i < identity->chain.count; i++) {
    view = cy_cert_get(identity->chain.items[i]);
    if (is_signed_otherwise(judge, view))
      return view;
  }
  if (!judge->dialect->root_signature)
    return NULL;
  view = view ? cy_tls_trusted_issuer(judge->side->trust, view) : NULL;
  return view && is_signed_otherwise(judge, view) ? view : NULL;
}

static bool judge(cy_tls_run *run, const cy_tls_terms *judge, const cy_tls_terms *shower, int shown,
  const cy_tls_verdict **verdict)
{
  bool server = judge->role == CY_TLS_SERVER;
  cy_tls_message after = server ? CY_TLS_MSG_CLIENT_CERTIFICATE : CY_TLS_MSG_SERVER_CERTIFICATE;
  if (run->out->version >= CY_TLS12 && signed_otherwise(judge, shower->identities[shown].identity))
    return cy_tls_fail(run, server ? CY_TLS_CAUSE_CLIENT_CHAIN_SCHEME : CY_TLS_CAUSE_SERVER_CHAIN_SCHEME,
      judge->role, CY_TLS_ALERT_UNKNOWN, after);
  run->err = cy_tls_verdict_get(verdict, run->verdicts, judge, shower, shown);
  if (run->err)
    return false;
  if (!(*verdict)->holds)
    return cy_tls_fail(run, server ? CY_TLS_CAUSE_CLIENT_CHAIN : CY_TLS_CAUSE_SERVER_CHAIN, judge->role,
      CY_TLS_ALERT_UNKNOWN, after);
  cy_tls_hit(run, server ? CY_TLS_RULE_CLIENT_TRUSTED : CY_TLS_RULE_SERVER_TRUSTED);
  return true;
}

static bool accept_client(cy_tls_run *run)
{
  int shown = run->out->client_identity;
  if (shown < 0 && run->server->peer != CY_TLS_PEER_REQUIRED)
    return true;
  if (shown < 0)
    return cy_tls_fail(run, CY_TLS_CAUSE_CLIENT_NONE_SENT, CY_TLS_SERVER,
      cy_tls_is13(run) ? CY_ALERT_CERTIFICATE_REQUIRED : CY_ALERT_HANDSHAKE_FAILURE,
      CY_TLS_MSG_CLIENT_CERTIFICATE);
  /* Return code 434; the alert was seen. */
  if (run->asked_keys && !(run->asked_keys >> run->client->identities[shown].type & 1))
    return cy_tls_fail(run, CY_TLS_CAUSE_CLIENT_KEY_TYPE, CY_TLS_SERVER, CY_ALERT_INTERNAL_ERROR,
      CY_TLS_MSG_CLIENT_CERTIFICATE);
  return judge(run, run->server, run->client, shown, &run->out->client_verdict);
}

static bool accept_hello(cy_tls_run *run)
{
  if (run->hello->expected & CY_TLS_BIT(run->out->version))
    return true;
  return cy_tls_fail(
    run, CY_TLS_CAUSE_VERSION_NONE, CY_TLS_CLIENT, CY_ALERT_PROTOCOL_VERSION, CY_TLS_MSG_SERVER_HELLO);
}

static bool accept_server(cy_tls_run *run)
{
  if (run->client->peer == CY_TLS_PEER_IGNORED || run->out->server_identity < 0) {
    cy_tls_hit(run, CY_TLS_RULE_SERVER_UNCHECKED);
    return true;
  }
  return judge(run, run->client, run->server, run->out->server_identity, &run->out->server_verdict);
}

static bool bring(cy_tls_run *run)
{
  const cy_tls_terms *client = run->client;
  int shown = first_usable(client, 0);
  const cy_tls_facts *facts = shown < 0 ? NULL : &client->identities[shown];
  bool legacy = run->out->version < CY_TLS12;
  int scheme = facts && !legacy ? scheme_of(run, &client->schemes, &run->server->asked, facts) : -1;
  if (!facts)
    cy_tls_hit(run, CY_TLS_RULE_CLIENT_HAS_NONE);
  else if ((!legacy && scheme < 0) || (run->asked_keys && !(run->asked_keys >> facts->type & 1)))
    cy_tls_hit(run, CY_TLS_RULE_CLIENT_NO_SCHEME);
  else {
    run->out->client_identity = shown;
    run->out->client_scheme = scheme;
    cy_tls_hit(run, CY_TLS_RULE_CLIENT_SENDS);
  }
  return true;
}

const cy_tls_end cy_tls_end_gskit = {.prepare = prepare,
  .choose_version = choose_version,
  .choose_suite = choose,
  .accept_hello = accept_hello,
  .accept_server = accept_server,
  .ask = ask,
  .bring = bring,
  .accept_client = accept_client};
