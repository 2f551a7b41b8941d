/* OpenSSL 3.0: what it strikes out before it begins, and versions. Source: its manual (SSL_CONF_cmd(3),
 * SSL_CTX_set_security_level(3), SSL_CTX_set_min_proto_version(3)) and what libssl does when it is asked
 * (tests/tls/pairs). */
#include "tls/end_openssl.h"

/* Security levels. */

static const unsigned level_bits[] = {0, 80, 112, 128, 192, 256};

unsigned cy_openssl_level_bits(const cy_tls_terms *terms)
{
  int level = terms->level;
  return level_bits[level < 0 ? 0 : level > 5 ? 5 : level];
}

static bool suite_is_allowed(const cy_tls_terms *terms, const cy_suite *suite)
{
  unsigned bits = cy_openssl_level_bits(terms);
  bool forward = suite->kx == CY_KX_DHE || suite->kx == CY_KX_ECDHE || suite->kx == CY_KX_ANY;
  if (terms->level <= 0)
    return true;
  if (suite->bits < bits || suite->needs == CY_SUITE_NEEDS_ANON || strcmp(suite->mac, "MD5") == 0)
    return false;
  if (bits > 160 && strcmp(suite->mac, "SHA1") == 0)
    return false;
  return forward || terms->level < 3;
}

/* OpenSSL counts strength in the steps of NIST's table, and finite fields more kindly than RFC 7919. */
static unsigned group_bits(const cy_tls_group *group)
{
  static const unsigned steps[] = {256, 192, 128, 112, 80};
  if (group->code == 0x0100)
    return 112;
  if (group->kind == CY_GROUP_FFDHE)
    return group->code == 0x0104 ? 192 : 128;
  if (group->code == 0x001E)
    return 224;
  for (size_t i = 0; i < CY_COUNT(steps); i++)
    if (group->strength >= steps[i])
      return steps[i];
  return group->strength;
}

static bool group_is_allowed(const cy_tls_terms *terms, const cy_tls_group *group)
{
  return terms->level <= 0 || group_bits(group) >= cy_openssl_level_bits(terms);
}

/* RFC 7919's groups are for TLS 1.3 only here. */
bool cy_openssl_group_fits(const cy_tls_group *group, uint16_t low, uint16_t high)
{
  uint16_t min = group->kind == CY_GROUP_FFDHE ? CY_TLS13 : group->min;
  return low <= group->max && high >= min;
}

bool cy_openssl_scheme_is_weak_hash(const cy_scheme *scheme)
{
  return scheme->hash && (strcmp(scheme->hash, "SHA1") == 0 || strcmp(scheme->hash, "SHA224") == 0 ||
                           strcmp(scheme->hash, "MD5") == 0);
}

static unsigned scheme_bits(const cy_scheme *scheme)
{
  if (!scheme->hash)
    return scheme->key == CY_KEY_ED448 ? 224 : 128;
  if (strcmp(scheme->hash, "SHA1") == 0)
    return 64;
  if (strcmp(scheme->hash, "MD5") == 0)
    return 39;
  return (unsigned)strtoul(scheme->hash + 3, NULL, 10) / 2;
}

bool cy_openssl_signs_legacy(const cy_tls_terms *terms)
{
  return terms->level <= 0;
}

static bool scheme_is_allowed(const cy_tls_terms *terms, const cy_scheme *scheme)
{
  return terms->level <= 0 || scheme_bits(scheme) >= cy_openssl_level_bits(terms);
}

/* Strikes out what the level forbids. */
static void strike(cy_tls_terms *terms)
{
  cy_suite_list suites = terms->suites;
  cy_row_list *lists[] = {&terms->schemes, &terms->client_schemes, &terms->cert_schemes};
  cy_row_list groups = terms->groups;
  terms->suites = (cy_suite_list){0};
  for (size_t i = 0; i < suites.count; i++)
    if (suite_is_allowed(terms, &cy_suites[suites.rows[i]]))
      cy_suite_list_add(&terms->suites, suites.rows[i]);
  terms->groups = (cy_row_list){0};
  for (size_t i = 0; i < groups.count; i++)
    if (group_is_allowed(terms, &cy_tls_groups[groups.rows[i]]))
      cy_row_list_add(&terms->groups, groups.rows[i]);
  for (size_t k = 0; k < CY_COUNT(lists); k++) {
    cy_row_list all = *lists[k];
    *lists[k] = (cy_row_list){0};
    for (size_t i = 0; i < all.count; i++)
      if (scheme_is_allowed(terms, &cy_schemes[all.rows[i]]))
        cy_row_list_add(lists[k], all.rows[i]);
  }
  for (unsigned v = CY_SSL3; v < CY_TLS12; v++)
    if (terms->level >= 2 + (int)(v - CY_SSL3))
      terms->versions &= ~CY_TLS_BIT(v);
}

/* Versions. A hole between the versions that are switched on leaves only the run below it. */
unsigned cy_openssl_run(unsigned versions)
{
  unsigned run = 0;
  for (unsigned v = CY_SSL3; v <= CY_TLS13; v++) {
    if (versions & CY_TLS_BIT(v))
      run |= CY_TLS_BIT(v);
    else if (run)
      break;
  }
  return run;
}

/* Every certificate that is sent must be as strong as the level asks, or it can not be loaded. */
static bool cert_is_weak(const cy_tls_terms *terms, const cy_cert_view *view)
{
  unsigned bits = cy_openssl_level_bits(terms), digest = cy_openssl_signature_bits(view);
  if (cy_key_info_strength(&view->key) < bits)
    return true;
  return !cy_openssl_self_signed(view) && digest < bits;
}

/* The issuer of a certificate among those that this end trusts; NULL: none. */
static const cy_cert_view *issuer_of(const cy_tls_trust *trust, const cy_cert_view *view)
{
  for (size_t i = 0; i < trust->anchors.count; i++) {
    const cy_cert_view *issuer = cy_cert_get(trust->anchors.items[i]);
    bool named = cy_span_equal(issuer->subject, view->issuer);
    if (named && (!view->authority_key_id.len || !issuer->subject_key_id.len ||
                   cy_span_equal(view->authority_key_id, issuer->subject_key_id)))
      return issuer;
  }
  return NULL;
}

/* A certificate that is configured alone is sent with what its own trust store knows of its chain. */
static bool completed_is_weak(const cy_tls_terms *terms, const cy_tls_identity *identity)
{
  const cy_tls_trust *trust = terms->side->trust;
  if (terms->level <= 0 || terms->side->auto_chain_off || identity->chain.count != 1 || !trust)
    return false;
  const cy_cert_view *view = cy_cert_get(identity->chain.items[0]);
  for (int depth = 0; depth < CY_MAX_DEPTH && view && !cy_openssl_self_signed(view); depth++) {
    view = issuer_of(trust, view);
    if (view && cert_is_weak(terms, view))
      return true;
  }
  return false;
}

static bool loads(const cy_tls_terms *terms)
{
  for (size_t i = 0; i < terms->side->identity_count && terms->level > 0; i++) {
    const cy_certs *chain = &terms->side->identities[i]->chain;
    for (size_t k = 0; k < chain->count; k++)
      if (cert_is_weak(terms, cy_cert_get(chain->items[k])))
        return false;
  }
  return true;
}

/* Certificates: one slot for each kind of key; the last that was configured stays. */
static int slot_of(cy_key_type type)
{
  static const cy_key_type slots[] = {
    CY_KEY_RSA, CY_KEY_RSA_PSS, CY_KEY_DSA, CY_KEY_EC, CY_KEY_ED25519, CY_KEY_ED448};
  for (size_t i = 0; i < CY_COUNT(slots); i++)
    if (slots[i] == type)
      return (int)i;
  return -1;
}

static void fill_slots(cy_tls_terms *terms)
{
  cy_tls_facts slots[CY_OPENSSL_SLOTS] = {0};
  int current = -1;
  for (size_t i = 0; i < terms->identity_count; i++) {
    int slot = slot_of(terms->identities[i].type);
    if (slot < 0 || !terms->identities[i].usable)
      continue;
    slots[slot] = terms->identities[i];
    slots[slot].chain_weak = completed_is_weak(terms, slots[slot].identity);
    current = slot;
  }
  memcpy(terms->identities, slots, sizeof slots);
  terms->identity_count = CY_OPENSSL_SLOTS;
  terms->current = current;
}

static bool stop(cy_tls_terms *terms, cy_tls_cause cause, int alert)
{
  terms->stop = (cy_tls_stop){(int)cause, alert};
  return false;
}

static bool has_suite_for(const cy_suite_list *suites, uint16_t version)
{
  for (size_t i = 0; i < suites->count; i++)
    if (cy_suites[suites->rows[i]].min <= version && version <= cy_suites[suites->rows[i]].max)
      return true;
  return false;
}

/* The kinds of signature for which a scheme is left: suites of others are not offered. */
static bool signs_suite(const cy_row_list *schemes, const cy_suite *suite)
{
  for (size_t i = 0; i < schemes->count; i++)
    if (cy_openssl_key_fits(cy_schemes[schemes->rows[i]].key, suite->needs))
      return true;
  return suite->needs == CY_SUITE_NEEDS_ANON || suite->needs == CY_SUITE_NEEDS_ANY;
}

/* The ClientHello. */

static void offer_suites(cy_tls_terms *terms, uint16_t low, uint16_t high)
{
  for (size_t i = 0; i < terms->suites.count; i++) {
    const cy_suite *suite = &cy_suites[terms->suites.rows[i]];
    if (suite->min <= high && suite->max >= low && signs_suite(&terms->schemes, suite))
      cy_suite_list_add(&terms->hello.suites, terms->suites.rows[i]);
  }
}

static bool uses_ec(const cy_tls_hello *hello)
{
  for (size_t i = 0; i < hello->suites.count; i++) {
    const cy_suite *suite = &cy_suites[hello->suites.rows[i]];
    if (suite->kx == CY_KX_ECDHE || suite->needs == CY_SUITE_NEEDS_EC || suite->kx == CY_KX_ANY)
      return true;
  }
  return false;
}

static bool offer_groups(cy_tls_terms *terms, uint16_t low, uint16_t high)
{
  cy_tls_hello *hello = &terms->hello;
  bool curve = false, new_one = false;
  for (size_t i = 0; i < terms->groups.count; i++) {
    const cy_tls_group *group = &cy_tls_groups[terms->groups.rows[i]];
    if (!cy_openssl_group_fits(group, low, high))
      continue;
    cy_row_list_add(&hello->groups, terms->groups.rows[i]);
    curve |= group->kind == CY_GROUP_EC;
    new_one |= group->max >= CY_TLS13;
  }
  hello->has_groups = high == CY_TLS13 || (uses_ec(hello) && curve);
  if (!hello->has_groups)
    hello->groups = (cy_row_list){0};
  if (high < CY_TLS13)
    return true;
  if (!new_one)
    return stop(terms, CY_TLS_CAUSE_SIDE_NO_GROUP, CY_ALERT_INTERNAL_ERROR);
  for (size_t i = 0; i < hello->groups.count && hello->shares.count == 0; i++)
    if (cy_openssl_group_fits(&cy_tls_groups[hello->groups.rows[i]], CY_TLS13, CY_TLS13))
      cy_row_list_add(&hello->shares, hello->groups.rows[i]);
  return true;
}

static bool offer_schemes(cy_tls_terms *terms, uint16_t low, uint16_t high)
{
  cy_tls_hello *hello = &terms->hello;
  hello->has_schemes = high >= CY_TLS12;
  for (size_t i = 0; i < terms->schemes.count && hello->has_schemes; i++) {
    const cy_scheme *scheme = &cy_schemes[terms->schemes.rows[i]];
    if (low == CY_TLS13 && (scheme->key == CY_KEY_DSA || cy_openssl_scheme_is_weak_hash(scheme)))
      continue;
    cy_row_list_add(&hello->schemes, terms->schemes.rows[i]);
  }
  return !hello->has_schemes || hello->schemes.count ||
         stop(terms, CY_TLS_CAUSE_SIDE_NO_SCHEME, CY_ALERT_INTERNAL_ERROR);
}

static void prepare_client(cy_tls_terms *terms)
{
  cy_tls_hello *hello = &terms->hello;
  hello->expected = cy_openssl_run(terms->versions);
  uint16_t high = cy_tls_highest(hello->expected), low = cy_tls_lowest(hello->expected);
  hello->best = high;
  hello->legacy = high > CY_TLS12 ? CY_TLS12 : high;
  hello->listed = high == CY_TLS13 ? hello->expected : 0;
  offer_suites(terms, low, high);
  if (!has_suite_for(&hello->suites, high))
    stop(terms, CY_TLS_CAUSE_SIDE_NO_SUITE, CY_ALERT_INTERNAL_ERROR);
  else if (offer_groups(terms, low, high))
    offer_schemes(terms, low, high);
}

/* A server looks for suites of its highest version without regard to the level. */
static void prepare_server(cy_tls_terms *terms, const cy_suite_list *configured)
{
  uint16_t high = cy_tls_highest(cy_openssl_run(terms->versions));
  terms->asked = terms->client_schemes;
  if (!has_suite_for(configured, high))
    stop(terms, CY_TLS_CAUSE_SIDE_NO_SUITE, CY_ALERT_HANDSHAKE_FAILURE);
}

static void prepare(cy_tls_terms *terms)
{
  bool fits = loads(terms);
  cy_suite_list configured = terms->suites;
  strike(terms);
  fill_slots(terms);
  if (!fits)
    stop(terms, CY_TLS_CAUSE_SIDE_IDENTITY_REFUSED, CY_TLS_NO_ALERT);
  else if (!terms->versions)
    stop(terms, CY_TLS_CAUSE_SIDE_NO_VERSION, CY_ALERT_PROTOCOL_VERSION);
  else if (terms->role == CY_TLS_CLIENT)
    prepare_client(terms);
  else
    prepare_server(terms, &configured);
}

const cy_tls_end cy_tls_end_openssl = {.prepare = prepare,
  .choose_version = cy_openssl_choose_version,
  .choose_suite = cy_openssl_choose_suite,
  .accept_hello = cy_openssl_accept_hello,
  .accept_server = cy_openssl_accept_server,
  .ask = cy_openssl_ask,
  .bring = cy_openssl_bring,
  .accept_client = cy_openssl_accept_client};
