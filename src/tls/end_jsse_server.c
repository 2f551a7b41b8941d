/* JSSE of Java 17 as a server: version, suite, group, certificate, scheme; then the client's certificate.
 */
#include "tls/end_jsse.h"

bool cy_jsse_choose_version(cy_tls_run *run)
{
  const cy_tls_hello *hello = run->hello;
  unsigned theirs = hello->listed ? hello->listed : (CY_TLS_BIT(hello->legacy) << 1) - 1;
  uint16_t version = cy_tls_highest(theirs & run->server->versions);
  if (!hello->suites.count)
    return cy_tls_fail(
      run, CY_TLS_CAUSE_SUITE_NONE, CY_TLS_SERVER, CY_ALERT_ILLEGAL_PARAMETER, CY_TLS_MSG_CLIENT_HELLO);
  if (!version)
    return cy_tls_fail(
      run, CY_TLS_CAUSE_VERSION_NONE, CY_TLS_SERVER, CY_ALERT_PROTOCOL_VERSION, CY_TLS_MSG_CLIENT_HELLO);
  run->out->version = version;
  cy_tls_hit(run, hello->listed ? CY_TLS_RULE_VERSION_EXTENSION : CY_TLS_RULE_VERSION_LEGACY);
  run->sentinel = version < CY_TLS13 && run->server->versions & CY_TLS_BIT(CY_TLS13);
  return true;
}

/* The first group in common of this kind by the client's order; -1: none. */
static int shared_group(const cy_tls_run *run, bool fields)
{
  const cy_row_list *own = &run->server->groups, *theirs = &run->hello->groups;
  const cy_row_list *order = run->hello->has_groups ? theirs : own;
  for (size_t i = 0; i < order->count; i++)
    if (cy_row_list_has(own, order->rows[i]) &&
        (cy_tls_groups[order->rows[i]].kind == CY_GROUP_FFDHE) == fields)
      return order->rows[i];
  return -1;
}

/* The key manager knows one certificate of each kind: the first. In TLS 1.2 its curve must be the client's,
 * and no other one is tried. */
static int identity_of(const cy_tls_run *run, cy_key_type kind)
{
  const cy_tls_terms *server = run->server;
  for (size_t i = 0; i < server->identity_count; i++) {
    const cy_tls_facts *facts = &server->identities[i];
    if (cy_jsse_kind(facts->type) != kind)
      continue;
    if (kind == CY_KEY_EC && !cy_tls_is13(run) &&
        (!cy_row_list_has(&server->groups, (unsigned)facts->group) ||
          (run->hello->has_groups && !cy_row_list_has(&run->hello->groups, (unsigned)facts->group))))
      return -1;
    return (int)i;
  }
  return -1;
}

static int identity_for(const cy_tls_run *run, const cy_suite *suite)
{
  int which = -1;
  switch (suite->needs) {
  case CY_SUITE_NEEDS_RSA:
    which = identity_of(run, CY_KEY_RSA);
    if (which >= 0 || suite->kx == CY_KX_RSA || run->out->version < CY_TLS12)
      return which;
    return identity_of(run, CY_KEY_RSA_PSS);
  case CY_SUITE_NEEDS_EC:
    which = identity_of(run, CY_KEY_EC);
    return which < 0 ? identity_of(run, CY_KEY_ED25519) : which;
  case CY_SUITE_NEEDS_DSA:
    return identity_of(run, CY_KEY_DSA);
  default:
    return -1;
  }
}

/* A suite is taken when there is a certificate and a group for it; whether the certificate's key can sign
 * is seen afterwards. */
static bool take_suite(cy_tls_run *run, unsigned row)
{
  const cy_suite *suite = &cy_suites[row];
  if (!cy_tls_is13(run)) {
    int which = identity_for(run, suite);
    int group = suite->kx == CY_KX_ECDHE ? shared_group(run, false) : -1;
    if (which < 0 || (suite->kx == CY_KX_ECDHE && group < 0))
      return false;
    run->out->server_identity = which;
    run->out->group = group;
  }
  run->out->suite = (int)row;
  return true;
}

static bool choose(cy_tls_run *run)
{
  const cy_suite_list *own = &run->server->suites, *theirs = &run->hello->suites;
  const cy_suite_list *first = run->server->own_order ? own : theirs;
  const cy_suite_list *second = run->server->own_order ? theirs : own;
  bool common = false;
  for (size_t i = 0; i < first->count; i++) {
    const cy_suite *suite = &cy_suites[first->rows[i]];
    if (run->out->version < suite->min || run->out->version > suite->max ||
        !cy_suite_list_has(second, first->rows[i]))
      continue;
    common = true;
    if (!take_suite(run, first->rows[i]))
      continue;
    cy_tls_hit(
      run, run->server->own_order ? CY_TLS_RULE_SUITE_SERVER_ORDER : CY_TLS_RULE_SUITE_CLIENT_ORDER);
    return true;
  }
  return cy_tls_fail(run, common ? CY_TLS_CAUSE_SUITE_UNFIT : CY_TLS_CAUSE_SUITE_NONE, CY_TLS_SERVER,
    CY_ALERT_HANDSHAKE_FAILURE, CY_TLS_MSG_CLIENT_HELLO);
}

/* The client's first share that it knows, else the client's first group that it knows. */
static bool choose_group13(cy_tls_run *run)
{
  const cy_row_list *shares = &run->hello->shares, *theirs = &run->hello->groups;
  run->out->group = -1;
  for (size_t i = 0; i < shares->count && run->out->group < 0; i++)
    if (cy_row_list_has(&run->server->groups, shares->rows[i]))
      run->out->group = shares->rows[i];
  run->out->retried = run->out->group < 0;
  for (size_t i = 0; i < theirs->count && run->out->group < 0; i++)
    if (cy_row_list_has(&run->server->groups, theirs->rows[i]))
      run->out->group = theirs->rows[i];
  if (run->out->group < 0)
    return cy_tls_fail(
      run, CY_TLS_CAUSE_GROUP_NONE, CY_TLS_SERVER, CY_ALERT_UNEXPECTED_MESSAGE, CY_TLS_MSG_CLIENT_HELLO);
  cy_tls_hit(run, run->out->retried ? CY_TLS_RULE_GROUP_RETRY : CY_TLS_RULE_GROUP_FIRST_SHARE);
  return true;
}

/* Kinds of key in the order in which the client's schemes name them, those for certificates included. */
static bool choose_certificate13(cy_tls_run *run)
{
  const cy_row_list *asked = &run->hello->schemes, *own = &run->server->schemes;
  const cy_row_list *certs = run->hello->has_cert_schemes ? &run->hello->cert_schemes : asked;
  for (size_t i = 0; i < certs->count && run->out->server_identity < 0; i++) {
    cy_key_type kind = cy_jsse_kind(cy_schemes[certs->rows[i]].key);
    if (cy_jsse_certifies_in(run->server, certs->rows[i], CY_TLS13) &&
        cy_jsse_kind_signs(asked, own, kind, CY_TLS13))
      run->out->server_identity = identity_of(run, kind);
  }
  if (run->out->server_identity >= 0)
    return true;
  return cy_tls_fail(
    run, CY_TLS_CAUSE_SCHEME_UNFIT, CY_TLS_SERVER, CY_ALERT_HANDSHAKE_FAILURE, CY_TLS_MSG_CLIENT_HELLO);
}

static unsigned field_bits(int row)
{
  static const unsigned bits[] = {2048, 3072, 4096, 6144, 8192};
  return row < 0 ? 2048 : bits[cy_tls_groups[row].code - 0x0100];
}

static void note_group12(cy_tls_run *run)
{
  cy_kx kx = cy_tls_run_suite(run)->kx;
  if (kx == CY_KX_DHE)
    run->out->dh_bits = field_bits(run->hello->has_groups ? shared_group(run, true) : -1);
  cy_tls_hit(run, kx == CY_KX_DHE   ? CY_TLS_RULE_GROUP_DH
                  : kx == CY_KX_RSA ? CY_TLS_RULE_GROUP_NONE_NEEDED
                                    : CY_TLS_RULE_GROUP_CLIENT_ORDER);
}

/* It notices when its certificate is under way already, and the client looks at that first. */
static bool can_not_sign(cy_tls_run *run)
{
  const cy_tls_end *client = cy_tls_end_of(run->client->dialect);
  run->out->dh_bits = 0;
  run->out->step = CY_TLS_STEP_SERVER_PROOF;
  if (!client->accept_hello(run))
    return false;
  if (!client->accept_server(run) && (run->err || run->out->after == CY_TLS_MSG_SERVER_CERTIFICATE))
    return false;
  run->out->step = CY_TLS_STEP_CERTIFICATE;
  return cy_tls_fail(
    run, CY_TLS_CAUSE_SCHEME_UNFIT, CY_TLS_SERVER, CY_ALERT_INTERNAL_ERROR, CY_TLS_MSG_CLIENT_HELLO);
}

/* Schemes of a client that names none are those of the time before they had names, with SHA-1. */
static bool sign(cy_tls_run *run)
{
  const cy_tls_facts *facts = &run->server->identities[run->out->server_identity];
  bool tls13 = cy_tls_is13(run);
  cy_tls_hit(run, tls13 ? CY_TLS_RULE_CERT_BY_SCHEME : CY_TLS_RULE_CERT_BY_SUITE);
  if (!tls13 && cy_tls_run_suite(run)->kx == CY_KX_RSA)
    return true;
  if (run->out->version < CY_TLS12) {
    cy_tls_hit(run, CY_TLS_RULE_SCHEME_LEGACY);
    return true;
  }
  run->out->server_scheme = cy_jsse_scheme(run, &run->hello->schemes, run->server, facts);
  if (run->out->server_scheme < 0)
    return can_not_sign(run);
  cy_tls_hit(run, CY_TLS_RULE_SCHEME_SERVER);
  return true;
}

/* Schemes of the client that it does not know are as if they were not there; without any it gives up. */
static bool has_common_scheme(cy_tls_run *run)
{
  if (run->out->version != CY_TLS12 || !run->hello->has_schemes)
    return true;
  for (size_t i = 0; i < run->hello->schemes.count; i++)
    if (cy_row_list_has(&run->server->schemes, run->hello->schemes.rows[i]) &&
        cy_jsse_signs_in(&cy_schemes[run->hello->schemes.rows[i]], CY_TLS12))
      return true;
  return cy_tls_fail(
    run, CY_TLS_CAUSE_SCHEME_NONE, CY_TLS_SERVER, CY_ALERT_HANDSHAKE_FAILURE, CY_TLS_MSG_CLIENT_HELLO);
}

bool cy_jsse_choose_suite(cy_tls_run *run)
{
  if (!cy_tls_choose_protocol(run) || !has_common_scheme(run) || !choose(run))
    return false;
  if (cy_tls_is13(run)) {
    if (!choose_group13(run) || !choose_certificate13(run))
      return false;
  } else {
    note_group12(run);
  }
  return sign(run);
}

bool cy_jsse_ask(cy_tls_run *run)
{
  run->out->asked = run->server->peer != CY_TLS_PEER_IGNORED;
  cy_tls_hit(run, run->out->asked ? CY_TLS_RULE_CLIENT_ASKED : CY_TLS_RULE_CLIENT_NOT_ASKED);
  return true;
}

bool cy_jsse_accept_client(cy_tls_run *run)
{
  if (run->out->client_identity >= 0)
    return cy_jsse_judge(run, run->server, run->client, run->out->client_identity);
  if (run->server->peer != CY_TLS_PEER_REQUIRED)
    return true;
  return cy_tls_fail(run, CY_TLS_CAUSE_CLIENT_NONE_SENT, CY_TLS_SERVER,
    cy_tls_is13(run) ? CY_ALERT_CERTIFICATE_REQUIRED : CY_ALERT_HANDSHAKE_FAILURE,
    CY_TLS_MSG_CLIENT_CERTIFICATE);
}
