/* OpenSSL 3.0 as a server: version, suite, group, certificate, scheme; then the client's certificate. */
#include "tls/end_openssl.h"

/* Versions (SSL_CTX_set_min_proto_version(3)). */

static bool knows_curve(const cy_tls_terms *server, int group)
{
  for (size_t i = 0; i < server->schemes.count; i++) {
    const cy_scheme *scheme = &cy_schemes[server->schemes.rows[i]];
    if (group >= 0 && cy_scheme_curve(scheme) == cy_tls_groups[group].code)
      return true;
  }
  return false;
}

/* TLS 1.3 is left out when no certificate could be used there. */
static bool is_capable(const cy_tls_terms *server)
{
  for (size_t i = 0; i < server->identity_count; i++) {
    const cy_tls_facts *facts = &server->identities[i];
    if (facts->usable && facts->type != CY_KEY_DSA &&
        (facts->type != CY_KEY_EC || knows_curve(server, facts->group)))
      return true;
  }
  return false;
}

static unsigned up_to(uint16_t version)
{
  return (CY_TLS_BIT(version) << 1) - 1;
}

bool cy_openssl_choose_version(cy_tls_run *run)
{
  const cy_tls_hello *hello = run->hello;
  bool capable = is_capable(run->server);
  unsigned own = run->server->versions;
  unsigned usable = capable ? own : own & ~CY_TLS_BIT(CY_TLS13);
  unsigned common = usable & (hello->listed ? hello->listed : up_to(hello->legacy));
  if (!common)
    return cy_tls_fail(
      run, CY_TLS_CAUSE_VERSION_NONE, CY_TLS_SERVER, CY_ALERT_PROTOCOL_VERSION, CY_TLS_MSG_CLIENT_HELLO);
  if (usable != own && hello->listed & CY_TLS_BIT(CY_TLS13))
    cy_tls_hit(run, CY_TLS_RULE_VERSION_NOT_CAPABLE);
  uint16_t version = run->out->version = cy_tls_highest(common);
  cy_tls_hit(run, hello->listed ? CY_TLS_RULE_VERSION_EXTENSION : CY_TLS_RULE_VERSION_LEGACY);
  /* RFC 8446 4.1.3; without TLS 1.2 of its own a server keeps quiet about older ones. */
  if (version == CY_TLS12)
    run->sentinel = usable & CY_TLS_BIT(CY_TLS13);
  else if (version < CY_TLS12)
    run->sentinel = usable & CY_TLS_BIT(CY_TLS12);
  return true;
}

/* Schemes. */

typedef struct {
  const uint8_t *rows; /* in the order that decides */
  size_t count;
  uint64_t allowed;
} shared_schemes;

static shared_schemes shared_of(const cy_tls_run *run)
{
  const cy_row_list *own = &run->server->schemes, *theirs = &run->hello->schemes;
  const cy_row_list *first = run->server->own_order ? own : theirs;
  return (shared_schemes){first->rows, first->count, own->set & theirs->set};
}

/* RSA-PSS needs a modulus of twice the digest and two octets. */
static bool is_large_enough(const cy_scheme *scheme, const cy_tls_facts *facts)
{
  bool pss = (scheme->code >> 8) == 8 && (scheme->key == CY_KEY_RSA || scheme->key == CY_KEY_RSA_PSS);
  return !pss || facts->bits / 8 >= 2 * strtoul(scheme->hash + 3, NULL, 10) / 8 + 2;
}

static int slot_of_scheme(const cy_tls_terms *terms, const cy_scheme *scheme)
{
  for (size_t i = 0; i < terms->identity_count; i++)
    if (terms->identities[i].usable && terms->identities[i].type == scheme->key)
      return (int)i;
  return -1;
}

bool cy_openssl_scheme_fits13(const cy_scheme *scheme, const cy_tls_facts *facts)
{
  if (scheme->key == CY_KEY_DSA || cy_openssl_scheme_is_weak_hash(scheme) || scheme->certs_only)
    return false;
  uint16_t curve = cy_scheme_curve(scheme);
  if (curve && (facts->group < 0 || cy_tls_groups[facts->group].code != curve))
    return false;
  return is_large_enough(scheme, facts);
}

bool cy_openssl_scheme_fits12(const cy_scheme *scheme, const cy_tls_facts *facts)
{
  return is_large_enough(scheme, facts);
}

/* Up to TLS 1.2 an EC key must lie on one of the client's curves, if it names any. */
static bool lies_on_offered(const cy_tls_run *run, const cy_tls_facts *facts)
{
  const cy_row_list *groups = &run->hello->groups;
  if (facts->type != CY_KEY_EC || groups->count == 0)
    return true;
  return facts->group >= 0 && cy_row_list_has(groups, (unsigned)facts->group);
}

static bool fits_suite(const cy_tls_run *run, const cy_scheme *scheme, const cy_tls_facts *facts)
{
  const cy_suite *suite = cy_tls_run_suite(run);
  if (cy_tls_is13(run))
    return true;
  return cy_openssl_key_fits(scheme->key, suite->needs) && lies_on_offered(run, facts) &&
         !(suite->kx == CY_KX_RSA && scheme->key == CY_KEY_RSA_PSS);
}

static bool choose_scheme(cy_tls_run *run, bool (*fits)(const cy_scheme *, const cy_tls_facts *))
{
  shared_schemes shared = shared_of(run);
  for (size_t i = 0; i < shared.count; i++) {
    const cy_scheme *scheme = &cy_schemes[shared.rows[i]];
    int slot = shared.allowed >> shared.rows[i] & 1 ? slot_of_scheme(run->server, scheme) : -1;
    if (slot < 0 || !fits(scheme, &run->server->identities[slot]) ||
        (run->hello->has_cert_schemes &&
          !cy_openssl_signed_by(&run->server->identities[slot], &run->hello->cert_schemes)))
      continue;
    if (!fits_suite(run, scheme, &run->server->identities[slot]))
      continue;
    run->out->server_identity = slot;
    run->out->server_scheme = shared.rows[i];
    return true;
  }
  return cy_tls_fail(
    run, CY_TLS_CAUSE_SCHEME_UNFIT, CY_TLS_SERVER, CY_ALERT_HANDSHAKE_FAILURE, CY_TLS_MSG_CLIENT_HELLO);
}

/* Which slots a suite up to TLS 1.2 may use: RSA always, the rest as schemes and the client's curves allow.
 */

static bool signs(const cy_tls_run *run, cy_key_type type)
{
  shared_schemes shared = shared_of(run);
  if (run->out->version < CY_TLS12)
    return true;
  for (size_t i = 0; i < shared.count; i++)
    if (shared.allowed >> shared.rows[i] & 1 && cy_schemes[shared.rows[i]].key == type)
      return true;
  return false;
}

static bool has_ec(const cy_tls_run *run, const cy_tls_facts *facts)
{
  return lies_on_offered(run, facts) && facts->usage & CY_KU_DIGITAL_SIGNATURE && signs(run, CY_KEY_EC);
}

static bool has_key_for(const cy_tls_run *run, const cy_suite *suite)
{
  bool tls12 = run->out->version == CY_TLS12;
  for (size_t i = 0; i < run->server->identity_count; i++) {
    const cy_tls_facts *facts = &run->server->identities[i];
    if (!facts->usable || !cy_openssl_key_fits(facts->type, suite->needs))
      continue;
    if (facts->type == CY_KEY_RSA || facts->type == CY_KEY_DSA)
      return true;
    if (facts->type == CY_KEY_EC ? has_ec(run, facts) : tls12 && signs(run, facts->type))
      if (suite->kx != CY_KX_RSA)
        return true;
  }
  return suite->needs == CY_SUITE_NEEDS_ANON || suite->needs == CY_SUITE_NEEDS_ANY;
}

/* The first group in the order that decides; up to TLS 1.2 curves only. */
static int shared_group(const cy_tls_run *run)
{
  const cy_row_list *own = &run->server->groups, *theirs = &run->hello->groups;
  const cy_row_list *first = run->server->own_order ? own : theirs;
  const cy_row_list *second = run->server->own_order ? theirs : own;
  uint16_t version = run->out->version;
  for (size_t i = 0; i < first->count; i++)
    if (cy_row_list_has(second, first->rows[i]) &&
        cy_openssl_group_fits(&cy_tls_groups[first->rows[i]], version, version))
      return first->rows[i];
  return -1;
}

static bool can_use(const cy_tls_run *run, const cy_suite *suite, int group)
{
  if (cy_tls_is13(run))
    return true;
  if (suite->kx == CY_KX_ECDHE && group < 0)
    return false;
  if (suite->kx == CY_KX_DHE && run->server->dh == CY_TLS_DH_NONE)
    return false;
  return has_key_for(run, suite);
}

typedef struct {
  bool common, fits; /* for the version: any in common; one that the certificates fit */
} suite_hits;

static void walk_suites(cy_tls_run *run, bool chacha_only, bool chacha_not, suite_hits *hits)
{
  const cy_suite_list *own = &run->server->suites, *theirs = &run->hello->suites;
  const cy_suite_list *first = run->server->own_order ? own : theirs;
  const cy_suite_list *second = run->server->own_order ? theirs : own;
  int group = shared_group(run);
  uint16_t version = run->out->version;
  for (size_t i = 0; i < first->count && run->out->suite < 0; i++) {
    const cy_suite *suite = &cy_suites[first->rows[i]];
    bool chacha = strncmp(suite->cipher, "CHACHA", 6) == 0;
    if (version < suite->min || version > suite->max || !cy_suite_list_has(second, first->rows[i]))
      continue;
    if ((chacha_only && !chacha) || (chacha_not && chacha))
      continue;
    hits->common = true;
    if (can_use(run, suite, group))
      run->out->suite = first->rows[i];
  }
}

static bool choose_suite(cy_tls_run *run)
{
  suite_hits hits = {0};
  const cy_suite_list *theirs = &run->hello->suites;
  bool chacha = run->server->own_order && run->server->chacha_first && theirs->count &&
                strncmp(cy_suites[theirs->rows[0]].cipher, "CHACHA", 6) == 0;
  if (chacha) {
    walk_suites(run, true, false, &hits);
    if (run->out->suite >= 0)
      cy_tls_hit(run, CY_TLS_RULE_SUITE_CHACHA);
  }
  if (run->out->suite < 0)
    walk_suites(run, false, chacha, &hits);
  if (run->out->suite >= 0) {
    if (!chacha)
      cy_tls_hit(
        run, run->server->own_order ? CY_TLS_RULE_SUITE_SERVER_ORDER : CY_TLS_RULE_SUITE_CLIENT_ORDER);
    return true;
  }
  return cy_tls_fail(run, hits.common ? CY_TLS_CAUSE_SUITE_UNFIT : CY_TLS_CAUSE_SUITE_NONE, CY_TLS_SERVER,
    CY_ALERT_HANDSHAKE_FAILURE, CY_TLS_MSG_CLIENT_HELLO);
}

/* Groups. */

static bool choose_group13(cy_tls_run *run)
{
  const cy_row_list *own = &run->server->groups, *theirs = &run->hello->groups;
  for (size_t i = 0; i < run->hello->shares.count; i++)
    if (cy_row_list_has(own, run->hello->shares.rows[i]) &&
        cy_openssl_group_fits(&cy_tls_groups[run->hello->shares.rows[i]], CY_TLS13, CY_TLS13)) {
      run->out->group = run->hello->shares.rows[i];
      cy_tls_hit(run, CY_TLS_RULE_GROUP_FIRST_SHARE);
      return true;
    }
  for (size_t i = 0; i < own->count; i++)
    if (cy_row_list_has(theirs, own->rows[i]) &&
        cy_openssl_group_fits(&cy_tls_groups[own->rows[i]], CY_TLS13, CY_TLS13)) {
      run->out->group = own->rows[i];
      run->out->retried = true;
      cy_tls_hit(run, CY_TLS_RULE_GROUP_RETRY);
      return true;
    }
  return cy_tls_fail(
    run, CY_TLS_CAUSE_GROUP_NONE, CY_TLS_SERVER, CY_ALERT_HANDSHAKE_FAILURE, CY_TLS_MSG_CLIENT_HELLO);
}

static unsigned modulus_strength(unsigned bits)
{
  static const struct {
    unsigned bits, strength;
  } steps[] = {
    {15360, 256}, {8192, 200}, {7680, 192}, {6144, 176}, {4096, 152}, {3072, 128}, {2048, 112}, {1024, 80}};
  for (size_t i = 0; i < CY_COUNT(steps); i++)
    if (bits >= steps[i].bits)
      return steps[i].strength;
  return 0;
}

unsigned cy_openssl_dh_strength(unsigned bits)
{
  return modulus_strength(bits);
}

/* SSL_CTX_set_dh_auto(3): as strong as the certificate's key, and no weaker than the level. */
static unsigned dh_bits(const cy_tls_run *run)
{
  const cy_suite *suite = cy_tls_run_suite(run);
  unsigned strength = suite->bits == 256 ? 128 : 80, level = cy_openssl_level_bits(run->server);
  if (run->server->dh == CY_TLS_DH_BITS)
    return run->server->side->dh_bits;
  if (run->out->server_identity >= 0) {
    const cy_tls_facts *facts = &run->server->identities[run->out->server_identity];
    strength = facts->type == CY_KEY_EC ? facts->strength : modulus_strength(facts->bits);
  }
  if (strength < level)
    strength = level;
  return strength >= 192   ? 8192
         : strength >= 152 ? 4096
         : strength >= 128 ? 3072
         : strength >= 112 ? 2048
                           : 1024;
}

static bool choose_group12(cy_tls_run *run)
{
  const cy_suite *suite = cy_tls_run_suite(run);
  if (suite->kx == CY_KX_ECDHE) {
    run->out->group = shared_group(run);
    cy_tls_hit(
      run, run->server->own_order ? CY_TLS_RULE_GROUP_SERVER_ORDER : CY_TLS_RULE_GROUP_CLIENT_ORDER);
  } else if (suite->kx == CY_KX_DHE) {
    unsigned bits = run->out->dh_bits = dh_bits(run), level = cy_openssl_level_bits(run->server);
    cy_tls_hit(run, CY_TLS_RULE_GROUP_DH);
    if (modulus_strength(bits) < (level ? level : 80))
      return cy_tls_fail(
        run, CY_TLS_CAUSE_DH_WEAK, CY_TLS_SERVER, CY_ALERT_HANDSHAKE_FAILURE, CY_TLS_MSG_CLIENT_HELLO);
  } else {
    cy_tls_hit(run, CY_TLS_RULE_GROUP_NONE_NEEDED);
  }
  return true;
}

/* Before TLS 1.2 the suite alone names the certificate. */
static bool choose_legacy(cy_tls_run *run)
{
  const cy_suite *suite = cy_tls_run_suite(run);
  for (size_t i = 0; i < run->server->identity_count; i++)
    if (run->server->identities[i].usable && run->out->server_identity < 0 &&
        cy_openssl_key_fits(run->server->identities[i].type, suite->needs))
      run->out->server_identity = (int)i;
  cy_tls_hit(run, CY_TLS_RULE_CERT_BY_SUITE);
  cy_tls_hit(run, CY_TLS_RULE_SCHEME_LEGACY);
  if (!cy_openssl_signs_legacy(run->server))
    return cy_tls_fail(
      run, CY_TLS_CAUSE_SCHEME_LEGACY, CY_TLS_SERVER, CY_ALERT_INTERNAL_ERROR, CY_TLS_MSG_CLIENT_HELLO);
  return true;
}

static bool choose_certificate12(cy_tls_run *run)
{
  if (cy_tls_run_suite(run)->needs == CY_SUITE_NEEDS_ANON) {
    cy_tls_hit(run, CY_TLS_RULE_CERT_NONE);
    return true;
  }
  if (run->out->version < CY_TLS12)
    return choose_legacy(run);
  if (!choose_scheme(run, cy_openssl_scheme_fits12))
    return false;
  cy_tls_hit(run, CY_TLS_RULE_CERT_BY_SUITE);
  /* Sealed for the key: nothing is signed. */
  if (cy_tls_run_suite(run)->kx == CY_KX_RSA)
    run->out->server_scheme = -1;
  else
    cy_tls_hit(run, CY_TLS_RULE_SCHEME_SERVER);
  return true;
}

static bool has_shared_scheme(cy_tls_run *run)
{
  if (run->out->version < CY_TLS12 || !run->hello->has_schemes ||
      run->hello->schemes.set & run->server->schemes.set)
    return true;
  return cy_tls_fail(
    run, CY_TLS_CAUSE_SCHEME_NONE, CY_TLS_SERVER, CY_ALERT_HANDSHAKE_FAILURE, CY_TLS_MSG_CLIENT_HELLO);
}

static bool choose_scheme13(cy_tls_run *run)
{
  if (!choose_scheme(run, cy_openssl_scheme_fits13))
    return false;
  cy_tls_hit(run, CY_TLS_RULE_CERT_BY_SCHEME);
  cy_tls_hit(run, CY_TLS_RULE_SCHEME_SERVER);
  return true;
}

/* The chain that it completes from its own trust must be as strong as its level asks, too. */
static bool sends_chain(cy_tls_run *run)
{
  int shown = run->out->server_identity;
  if (shown < 0 || !run->server->identities[shown].chain_weak)
    return true;
  return cy_tls_fail(
    run, CY_TLS_CAUSE_CHAIN_WEAK, CY_TLS_SERVER, CY_ALERT_INTERNAL_ERROR, CY_TLS_MSG_SERVER_HELLO);
}

bool cy_openssl_choose_suite(cy_tls_run *run)
{
  /* libssl itself never sends such a hello. */
  if (!run->hello->suites.count)
    return cy_tls_fail(
      run, CY_TLS_CAUSE_SUITE_NONE, CY_TLS_SERVER, CY_ALERT_ILLEGAL_PARAMETER, CY_TLS_MSG_CLIENT_HELLO);
  if (cy_tls_is13(run))
    return choose_suite(run) && cy_tls_choose_protocol(run) && choose_group13(run) &&
           has_shared_scheme(run) && choose_scheme13(run) && sends_chain(run);
  return has_shared_scheme(run) && choose_suite(run) && choose_certificate12(run) &&
         cy_tls_choose_protocol(run) && sends_chain(run) && choose_group12(run);
}

bool cy_openssl_takes_curve(const cy_tls_run *run, const cy_tls_terms *judge, const cy_tls_facts *facts)
{
  if (run->out->version != CY_TLS12 || facts->type != CY_KEY_EC)
    return true;
  /* Of a server's groups a trace shows the one that was agreed on: the others are not known. */
  if (judge->role == CY_TLS_SERVER && judge->side->used)
    return true;
  if (facts->group < 0 || !cy_row_list_has(&judge->groups, (unsigned)facts->group))
    return false;
  return judge->role == CY_TLS_CLIENT || run->hello->groups.count == 0 ||
         cy_row_list_has(&run->hello->groups, (unsigned)facts->group);
}

/* The client's certificate. */

/* Against RFC 5246 7.4.4 a server that insists on a certificate asks for one with anonymous suites, too,
 * and clients take that for an error. */
static bool insists_anonymously(cy_tls_run *run)
{
  if (run->server->peer != CY_TLS_PEER_REQUIRED || cy_tls_run_suite(run)->needs != CY_SUITE_NEEDS_ANON)
    return false;
  run->out->asked = true;
  cy_tls_fail(run, CY_TLS_CAUSE_CLIENT_NONE_SENT, CY_TLS_CLIENT, CY_ALERT_UNEXPECTED_MESSAGE,
    CY_TLS_MSG_CERTIFICATE_REQUEST);
  run->out->end = CY_TLS_SERVER;
  return true;
}

bool cy_openssl_ask(cy_tls_run *run)
{
  const cy_suite *suite = cy_tls_run_suite(run);
  bool usable = run->out->version < CY_TLS12;
  if (insists_anonymously(run))
    return false;
  run->out->asked = run->server->peer != CY_TLS_PEER_IGNORED && suite->needs != CY_SUITE_NEEDS_ANON;
  cy_tls_hit(run, run->out->asked ? CY_TLS_RULE_CLIENT_ASKED : CY_TLS_RULE_CLIENT_NOT_ASKED);
  for (size_t i = 0; i < run->server->asked.count; i++) {
    const cy_scheme *scheme = &cy_schemes[run->server->asked.rows[i]];
    usable |= !cy_tls_is13(run) ||
              !(scheme->certs_only || scheme->key == CY_KEY_DSA || cy_openssl_scheme_is_weak_hash(scheme));
  }
  if (!run->out->asked || usable)
    return true;
  return cy_tls_fail(run, CY_TLS_CAUSE_ASK_NONE, CY_TLS_SERVER, CY_ALERT_INTERNAL_ERROR,
    cy_tls_is13(run) ? CY_TLS_MSG_SERVER_HELLO : CY_TLS_MSG_SERVER_KEY_EXCHANGE);
}

static bool judge(cy_tls_run *run)
{
  const cy_tls_terms *server = run->server;
  if (run->out->client_identity < 0) {
    if (server->peer != CY_TLS_PEER_REQUIRED)
      return true;
    return cy_tls_fail(run, CY_TLS_CAUSE_CLIENT_NONE_SENT, CY_TLS_SERVER,
      cy_tls_is13(run) ? CY_ALERT_CERTIFICATE_REQUIRED : CY_ALERT_HANDSHAKE_FAILURE,
      CY_TLS_MSG_CLIENT_CERTIFICATE);
  }
  if (server->peer == CY_TLS_PEER_UNCHECKED) {
    cy_tls_hit(run, CY_TLS_RULE_CLIENT_UNCHECKED);
    return true;
  }
  const cy_tls_verdict **verdict = &run->out->client_verdict;
  run->err = cy_tls_verdict_get(verdict, run->verdicts, server, run->client, run->out->client_identity);
  if (run->err)
    return false;
  if (!(*verdict)->holds)
    return cy_tls_fail(run, CY_TLS_CAUSE_CLIENT_CHAIN, CY_TLS_SERVER,
      cy_openssl_alert_of((*verdict)->openssl), CY_TLS_MSG_CLIENT_CERTIFICATE);
  cy_tls_hit(run, CY_TLS_RULE_CLIENT_TRUSTED);
  return true;
}

bool cy_openssl_accept_client(cy_tls_run *run)
{
  int shown = run->out->client_identity;
  if (!judge(run))
    return false;
  if (run->short_salt[CY_TLS_CLIENT])
    return cy_tls_fail(
      run, CY_TLS_CAUSE_SIGNATURE, CY_TLS_SERVER, CY_ALERT_DECRYPT_ERROR, CY_TLS_MSG_CERTIFICATE_VERIFY);
  if (shown < 0 || cy_openssl_takes_curve(run, run->server, &run->client->identities[shown]))
    return true;
  return cy_tls_fail(
    run, CY_TLS_CAUSE_CURVE, CY_TLS_SERVER, CY_ALERT_ILLEGAL_PARAMETER, CY_TLS_MSG_CERTIFICATE_VERIFY);
}
