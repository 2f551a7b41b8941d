/* GnuTLS 3.7: what it makes of its priorities, and its ClientHello. Source: its manual (priority strings)
 * and what it does when it is asked (tests/pairs). */
#include "tls/end_gnutls.h"

#include <stdlib.h>
#include <string.h>

#include "x509/general_name.h"
#include "x509/name.h"

static void stop(cy_tls_terms *terms, cy_tls_cause cause)
{
  terms->stop = (cy_tls_stop){(int)cause, CY_TLS_NO_ALERT};
}

/* Keys on other curves do not load, and the program does not start. */
bool cy_gnutls_knows_key(const cy_tls_terms *terms, const cy_tls_facts *facts)
{
  if (facts->type != CY_KEY_EC)
    return true;
  for (size_t i = 0; i < terms->dialect->known_groups.count && facts->group >= 0; i++)
    if (terms->dialect->known_groups.codes[i] == cy_tls_groups[facts->group].code)
      return true;
  return false;
}

static bool loads(const cy_tls_terms *terms)
{
  for (size_t i = 0; i < terms->identity_count; i++)
    if (terms->identities[i].usable && !cy_gnutls_knows_key(terms, &terms->identities[i]))
      return false;
  return true;
}

/* A certificate without its key can not be loaded, so it is as if it were not there. */
static void drop_unusable(cy_tls_terms *terms)
{
  size_t kept = 0;
  for (size_t i = 0; i < terms->identity_count; i++)
    if (terms->identities[i].usable)
      terms->identities[kept++] = terms->identities[i];
  terms->identity_count = kept;
}

/* A server tries RSA-PSS keys before RSA keys. */
static void sort_identities(cy_tls_terms *terms)
{
  for (size_t i = 0; i < terms->identity_count && terms->role == CY_TLS_SERVER; i++) {
    cy_tls_facts facts = terms->identities[i];
    size_t at = 0;
    if (facts.type != CY_KEY_RSA_PSS)
      continue;
    while (at < i && terms->identities[at].type != CY_KEY_RSA)
      at++;
    memmove(&terms->identities[at + 1], &terms->identities[at], (i - at) * sizeof facts);
    terms->identities[at] = facts;
  }
}

/* Groups of curves before those of fields when the first suite that needs either is ECDHE, else the other
 * way round; without suites of one kind its groups are kept for TLS 1.3 only. */
static void add_groups(cy_tls_terms *terms, const cy_row_list *all, bool fields)
{
  for (size_t i = 0; i < all->count; i++)
    if ((cy_tls_groups[all->rows[i]].kind == CY_GROUP_FFDHE) == fields)
      cy_row_list_add(&terms->groups, all->rows[i]);
}

static void sort_groups(cy_tls_terms *terms)
{
  cy_row_list all = terms->groups;
  bool kx[2] = {false, false}, only13 = terms->versions == CY_TLS_BIT(CY_TLS13);
  terms->groups = (cy_row_list){0};
  for (size_t i = 0; i < terms->suites.count && !only13; i++) {
    const cy_suite *suite = &cy_suites[terms->suites.rows[i]];
    bool fields = suite->kx == CY_KX_DHE;
    if ((suite->kx != CY_KX_ECDHE && !fields) || kx[fields])
      continue;
    kx[fields] = true;
    add_groups(terms, &all, fields);
  }
  for (size_t i = 0; i < all.count && terms->versions & CY_TLS_BIT(CY_TLS13); i++)
    add_groups(terms, &all, cy_tls_groups[all.rows[i]].kind == CY_GROUP_FFDHE);
}

/* With certificates of which none may sign there is no TLS 1.3. */
static bool signs13(const cy_tls_terms *terms)
{
  for (size_t i = 0; i < terms->identity_count; i++)
    if (cy_gnutls_may_sign(&terms->identities[i]))
      return true;
  return terms->identity_count == 0;
}

/* Without older versions, key exchanges are dropped and their suites with them. */
static void strike_suites(cy_tls_terms *terms)
{
  cy_suite_list all = terms->suites;
  if (terms->versions != CY_TLS_BIT(CY_TLS13))
    return;
  terms->suites = (cy_suite_list){0};
  for (size_t i = 0; i < all.count; i++)
    if (cy_suites[all.rows[i]].max == CY_TLS13)
      cy_suite_list_add(&terms->suites, all.rows[i]);
}

/* TLS 1.3 is given up without groups, and above a hole. */
static void strike_versions(cy_tls_terms *terms)
{
  unsigned old = CY_TLS_BIT(CY_TLS10) | CY_TLS_BIT(CY_TLS11), tls13 = CY_TLS_BIT(CY_TLS13);
  bool signs = false;
  for (size_t i = 0; i < terms->schemes.count; i++)
    signs |= terms->versions != tls13 || cy_schemes[terms->schemes.rows[i]].max == CY_TLS13;
  if (!signs)
    terms->versions &= old;
  strike_suites(terms);
  sort_groups(terms);
  if (!terms->groups.count || !signs13(terms))
    terms->versions &= ~tls13;
  if (!(terms->versions & CY_TLS_BIT(CY_TLS12)) && terms->versions & old)
    terms->versions &= ~tls13;
}

static void offer_suites(cy_tls_terms *terms, uint16_t low, uint16_t high)
{
  for (size_t i = 0; i < terms->suites.count; i++) {
    const cy_suite *suite = &cy_suites[terms->suites.rows[i]];
    if (suite->min <= high && suite->max >= low)
      cy_suite_list_add(&terms->hello.suites, terms->suites.rows[i]);
  }
}

/* At most two shares, of different kinds of group: Weierstrass curves, Montgomery curves, fields. */
static int share_kind(const cy_tls_group *group)
{
  return group->kind == CY_GROUP_FFDHE ? 0 : group->code == 0x001D || group->code == 0x001E ? 1 : 2;
}

static void offer_shares(cy_tls_terms *terms)
{
  unsigned kinds = 0;
  cy_row_list *shares = &terms->hello.shares;
  for (size_t i = 0; i < terms->groups.count && shares->count < terms->dialect->shares; i++) {
    unsigned kind = 1u << share_kind(&cy_tls_groups[terms->groups.rows[i]]);
    if (kinds & kind)
      continue;
    kinds |= kind;
    cy_row_list_add(shares, terms->groups.rows[i]);
  }
}

static void prepare_client(cy_tls_terms *terms)
{
  cy_tls_hello *hello = &terms->hello;
  uint16_t high = cy_tls_highest(terms->versions), low = cy_tls_lowest(terms->versions);
  hello->expected = terms->versions;
  hello->best = high;
  hello->legacy = high > CY_TLS12 ? CY_TLS12 : high;
  hello->listed = high == CY_TLS13 ? hello->expected : 0;
  offer_suites(terms, low, high);
  hello->groups = terms->groups;
  hello->has_groups = hello->groups.count > 0;
  if (high == CY_TLS13)
    offer_shares(terms);
  hello->has_schemes = high >= CY_TLS12;
  if (hello->has_schemes)
    hello->schemes = terms->schemes;
}

static void prepare(cy_tls_terms *terms)
{
  drop_unusable(terms);
  strike_versions(terms);
  sort_identities(terms);
  terms->asked = terms->client_schemes;
  if (!loads(terms))
    stop(terms, CY_TLS_CAUSE_SIDE_IDENTITY_REFUSED);
  else if (!terms->versions && terms->identity_count && !signs13(terms))
    terms->stop = (cy_tls_stop){CY_TLS_CAUSE_SIDE_NO_VERSION, CY_ALERT_HANDSHAKE_FAILURE};
  else if (!terms->versions)
    stop(terms, CY_TLS_CAUSE_SIDE_NO_VERSION);
  else if (!terms->suites.count)
    stop(terms, CY_TLS_CAUSE_SIDE_NO_SUITE);
  else if (terms->role == CY_TLS_CLIENT)
    prepare_client(terms);
}

bool cy_gnutls_may_sign(const cy_tls_facts *facts)
{
  return facts->usage & CY_KU_DIGITAL_SIGNATURE;
}

bool cy_gnutls_signs_legacy(const cy_tls_facts *facts)
{
  return facts->type == CY_KEY_RSA || facts->type == CY_KEY_EC || facts->type == CY_KEY_DSA;
}

bool cy_gnutls_key_is(const cy_tls_facts *facts, const cy_suite *suite)
{
  bool rsa = facts->type == CY_KEY_RSA;
  switch (suite->needs) {
  case CY_SUITE_NEEDS_RSA:
    return rsa || (facts->type == CY_KEY_RSA_PSS && suite->kx != CY_KX_RSA);
  case CY_SUITE_NEEDS_EC:
    return facts->type == CY_KEY_EC || facts->type == CY_KEY_ED25519 || facts->type == CY_KEY_ED448;
  case CY_SUITE_NEEDS_DSA:
    return facts->type == CY_KEY_DSA;
  default:
    return false;
  }
}

bool cy_gnutls_key_serves(const cy_tls_facts *facts, const cy_suite *suite)
{
  unsigned usage = suite->kx == CY_KX_RSA ? CY_KU_KEY_ENCIPHERMENT : CY_KU_DIGITAL_SIGNATURE;
  return cy_gnutls_key_is(facts, suite) && facts->usage & usage;
}

bool cy_gnutls_key_makes(const cy_tls_run *run, const cy_scheme *scheme, const cy_tls_facts *facts)
{
  uint16_t curve = cy_scheme_curve(scheme);
  if (scheme->key != facts->type)
    return false;
  if (cy_tls_is13(run)) {
    if (scheme->certs_only || scheme->max < CY_TLS13)
      return false;
    if (curve && (facts->group < 0 || cy_tls_groups[facts->group].code != curve))
      return false;
  }
  return true;
}

static bool in_alt_names(cy_span names, const char *name, bool *any)
{
  cy_gn_iter iter;
  cy_general_name one;
  cy_gn_begin(&iter, names);
  while (cy_gn_next(&iter, &one)) {
    *any |= one.kind == CY_GN_DNS;
    if (one.kind == CY_GN_DNS && cy_span_equal(one.value, cy_span_str(name)))
      return true;
  }
  return false;
}

bool cy_gnutls_has_name(const cy_tls_facts *facts, const char *name)
{
  bool any = false;
  CY_CLEAN(cy_buf) common = CY_BUF_TEXT;
  if (!facts->leaf)
    return false;
  const cy_ext *ext = cy_cert_ext(facts->leaf, CY_OID_SUBJECT_ALT_NAME);
  if (ext && in_alt_names(ext->value, name, &any))
    return true;
  return !any && cy_name_find(&common, facts->leaf->subject, CY_OID_CN) &&
         strcmp(cy_buf_cstr(&common), name) == 0;
}

bool cy_gnutls_large_enough(const cy_tls_facts *facts, int row)
{
  const cy_scheme *scheme = row < 0 ? NULL : &cy_schemes[row];
  if (!scheme || (scheme->code >> 8) != 8 || (scheme->key != CY_KEY_RSA && scheme->key != CY_KEY_RSA_PSS))
    return true;
  return facts->bits / 8 >= 2 * strtoul(scheme->hash + 3, NULL, 10) / 8 + 2;
}

unsigned cy_gnutls_field_bits(const cy_tls_group *group)
{
  static const unsigned bits[] = {2048, 3072, 4096, 6144, 8192};
  return bits[group->code - 0x0100];
}

const cy_tls_end cy_tls_end_gnutls = {.prepare = prepare,
  .choose_version = cy_gnutls_choose_version,
  .choose_suite = cy_gnutls_choose_suite,
  .accept_hello = cy_gnutls_accept_hello,
  .accept_server = cy_gnutls_accept_server,
  .ask = cy_gnutls_ask,
  .bring = cy_gnutls_bring,
  .accept_client = cy_gnutls_accept_client};
