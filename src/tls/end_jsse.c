/* JSSE of Java 17: what it makes of its parameters, and its ClientHello. Source: what it does when it is
 * asked (tests/pairs). */
#include "tls/end_jsse.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static void stop(cy_tls_terms *terms, cy_tls_cause cause)
{
  terms->stop = (cy_tls_stop){(int)cause, CY_TLS_NO_ALERT};
}

cy_key_type cy_jsse_kind(cy_key_type type)
{
  return type == CY_KEY_ED448 ? CY_KEY_ED25519 : type;
}

bool cy_jsse_uses_key(const cy_tls_terms *terms, const cy_tls_facts *facts)
{
  if (facts->type != CY_KEY_EC)
    return true;
  for (size_t i = 0; i < terms->dialect->known_groups.count && facts->group >= 0; i++)
    if (terms->dialect->known_groups.codes[i] == cy_tls_groups[facts->group].code)
      return true;
  return false;
}

/* A certificate without its key is none that a key manager has. Keys on any curve load. */
static void drop_unusable(cy_tls_terms *terms)
{
  size_t kept = 0;
  for (size_t i = 0; i < terms->identity_count; i++)
    if (terms->identities[i].usable)
      terms->identities[kept++] = terms->identities[i];
  terms->identity_count = kept;
}

/* The key manager keeps its keys in a HashMap by alias (in small letters), and takes the first that fits as
 * that hands them out. false: the alias is more than ASCII, whose letters are not counted here. */
static bool bucket_of(const char *alias, size_t keys, uint32_t *bucket)
{
  uint32_t hash = 0, room = 16;
  while (keys > (size_t)room / 4 * 3)
    room *= 2;
  for (const char *at = alias; *at; at++) {
    if ((unsigned char)*at >= 0x80)
      return false;
    hash = hash * 31 + (unsigned char)cy_ascii_lower(*at);
  }
  *bucket = (hash ^ hash >> 16) & (room - 1);
  return true;
}

static void order_by_alias(cy_tls_terms *terms)
{
  uint32_t buckets[CY_TLS_IDENTITIES];
  if (terms->side->identity_count > CY_TLS_IDENTITIES)
    return;
  for (size_t i = 0; i < terms->identity_count; i++) {
    const char *label = terms->identities[i].identity->label;
    if (!label || !bucket_of(label, terms->identity_count, &buckets[i]))
      return;
  }
  for (size_t i = 1; i < terms->identity_count; i++)
    for (size_t k = i; k > 0 && buckets[k] < buckets[k - 1]; k--) {
      cy_tls_facts facts = terms->identities[k];
      uint32_t bucket = buckets[k];
      terms->identities[k] = terms->identities[k - 1];
      buckets[k] = buckets[k - 1];
      terms->identities[k - 1] = facts;
      buckets[k - 1] = bucket;
    }
}

static bool fits(const cy_suite *suite, unsigned versions)
{
  for (unsigned v = suite->min; v <= suite->max && v <= CY_TLS13; v++)
    if (versions & CY_TLS_BIT(v))
      return true;
  return false;
}

/* A version without a suite is as if it were switched off, and the other way round. */
static void strike_versions(cy_tls_terms *terms)
{
  unsigned active = 0;
  cy_suite_list all = terms->suites;
  terms->suites = (cy_suite_list){0};
  for (size_t i = 0; i < all.count; i++) {
    const cy_suite *suite = &cy_suites[all.rows[i]];
    for (unsigned v = suite->min; v <= suite->max && v <= CY_TLS13; v++)
      active |= terms->versions & CY_TLS_BIT(v);
    if (fits(suite, terms->versions))
      cy_suite_list_add(&terms->suites, all.rows[i]);
  }
  terms->versions = active;
}

/* Schemes that no version left can use are not named. */
static void strike_schemes(cy_row_list *list, unsigned versions)
{
  cy_row_list all = *list;
  *list = (cy_row_list){0};
  for (size_t i = 0; i < all.count; i++)
    if (cy_schemes[all.rows[i]].max >= cy_tls_lowest(versions))
      cy_row_list_add(list, all.rows[i]);
}

/* SHA-1 is disabled for handshakes only; on certificates it is taken. */
static void allow_sha1_certs(cy_tls_terms *terms)
{
  static const uint16_t codes[] = {0x0203, 0x0201, 0x0202};
  if (terms->side->cert_schemes.set || terms->side->schemes.set)
    return;
  for (size_t i = 0; i < CY_COUNT(codes); i++)
    cy_row_list_add(&terms->cert_schemes, (unsigned)cy_scheme_row(codes[i]));
}

static bool needs_group(const cy_tls_terms *terms, const cy_tls_group *group)
{
  cy_kx kx = group->kind == CY_GROUP_FFDHE ? CY_KX_DHE : CY_KX_ECDHE;
  for (size_t i = 0; i < terms->suites.count; i++) {
    const cy_suite *suite = &cy_suites[terms->suites.rows[i]];
    if (suite->kx == CY_KX_ANY || suite->kx == kx)
      return true;
  }
  return false;
}

/* One share of each kind of group, as long as there are to be more. */
static void offer_shares(cy_tls_terms *terms)
{
  unsigned kinds = 0;
  cy_row_list *shares = &terms->hello.shares;
  for (size_t i = 0; i < terms->groups.count && shares->count < terms->dialect->shares; i++) {
    const cy_tls_group *group = &cy_tls_groups[terms->groups.rows[i]];
    unsigned kind = group->kind == CY_GROUP_FFDHE                    ? 4
                    : group->code == 0x001D || group->code == 0x001E ? 2
                                                                     : 1;
    if (kinds & kind)
      continue;
    kinds |= kind;
    cy_row_list_add(shares, terms->groups.rows[i]);
  }
}

static void prepare_client(cy_tls_terms *terms)
{
  cy_tls_hello *hello = &terms->hello;
  hello->best = cy_tls_highest(terms->versions);
  hello->expected = hello->listed = terms->versions;
  hello->legacy = hello->best > CY_TLS12 ? CY_TLS12 : hello->best;
  hello->suites = terms->suites;
  for (size_t i = 0; i < terms->groups.count; i++)
    if (needs_group(terms, &cy_tls_groups[terms->groups.rows[i]]))
      cy_row_list_add(&hello->groups, terms->groups.rows[i]);
  hello->has_groups = hello->groups.count > 0;
  if (hello->best == CY_TLS13)
    offer_shares(terms);
  hello->has_schemes = hello->best >= CY_TLS12;
  hello->schemes = terms->schemes;
  hello->has_cert_schemes = hello->has_schemes;
  hello->cert_schemes = terms->cert_schemes;
}

/* What TLS 1.3 takes for handshakes. */
static cy_row_list only13(const cy_row_list *all)
{
  cy_row_list list = {0};
  for (size_t i = 0; i < all->count; i++)
    if (cy_jsse_signs_in(&cy_schemes[all->rows[i]], CY_TLS13))
      cy_row_list_add(&list, all->rows[i]);
  return list;
}

static void prepare(cy_tls_terms *terms)
{
  bool versions = terms->versions != 0;
  drop_unusable(terms);
  order_by_alias(terms);
  strike_versions(terms);
  strike_schemes(&terms->schemes, terms->versions);
  strike_schemes(&terms->client_schemes, terms->versions);
  allow_sha1_certs(terms);
  strike_schemes(&terms->cert_schemes, terms->versions);
  terms->asked = terms->client_schemes;
  terms->has_asked13 = true;
  terms->asked13 = only13(&terms->client_schemes);
  terms->has_asked_certs = true;
  terms->asked_certs = terms->cert_schemes;
  strike_schemes(&terms->asked_certs, CY_TLS_BIT(CY_TLS13));
  if (!terms->versions)
    stop(terms, versions ? CY_TLS_CAUSE_SIDE_NO_SUITE : CY_TLS_CAUSE_SIDE_NO_VERSION);
  else if (terms->role == CY_TLS_CLIENT)
    prepare_client(terms);
}

bool cy_jsse_signs_in(const cy_scheme *scheme, uint16_t version)
{
  return version < CY_TLS13 ? scheme->min <= version : scheme->max >= CY_TLS13 && !scheme->certs_only;
}

bool cy_jsse_kind_signs(
  const cy_row_list *asked, const cy_row_list *own, cy_key_type kind, uint16_t version)
{
  for (size_t i = 0; i < asked->count; i++) {
    const cy_scheme *scheme = &cy_schemes[asked->rows[i]];
    if (cy_jsse_kind(scheme->key) == kind && cy_row_list_has(own, asked->rows[i]) &&
        cy_jsse_signs_in(scheme, version))
      return true;
  }
  return false;
}

/* RSA-PSS needs room for two digests and two octets. */
static bool large_enough(const cy_tls_facts *facts, const cy_scheme *scheme)
{
  if ((scheme->code >> 8) != 8 || (facts->type != CY_KEY_RSA && facts->type != CY_KEY_RSA_PSS))
    return true;
  return facts->bits >= 2 * strtoul(scheme->hash + 3, NULL, 10) + 16;
}

/* Schemes that TLS 1.3 binds to a curve are so in TLS 1.2, too; with the others the curve must be a group.
 */
static bool makes(
  const cy_tls_run *run, const cy_tls_terms *signer, const cy_scheme *scheme, const cy_tls_facts *facts)
{
  uint16_t curve = cy_scheme_curve(scheme);
  if (scheme->key != facts->type || !cy_jsse_signs_in(scheme, run->out->version) ||
      !large_enough(facts, scheme))
    return false;
  if (facts->type != CY_KEY_EC)
    return true;
  return facts->group >= 0 && (curve ? cy_tls_groups[facts->group].code == curve
                                     : cy_row_list_has(&signer->groups, (unsigned)facts->group));
}

static bool server_makes(const cy_tls_run *run, const cy_scheme *scheme, const cy_tls_facts *facts)
{
  return makes(run, run->server, scheme, facts);
}

static bool client_makes(const cy_tls_run *run, const cy_scheme *scheme, const cy_tls_facts *facts)
{
  return makes(run, run->client, scheme, facts);
}

int cy_jsse_scheme(
  const cy_tls_run *run, const cy_row_list *asked, const cy_tls_terms *signer, const cy_tls_facts *facts)
{
  return cy_tls_first_scheme(
    run, asked, &signer->schemes, facts, signer->role == CY_TLS_SERVER ? server_makes : client_makes);
}

const cy_tls_end cy_tls_end_jsse = {.prepare = prepare,
  .choose_version = cy_jsse_choose_version,
  .choose_suite = cy_jsse_choose_suite,
  .accept_hello = cy_jsse_accept_hello,
  .accept_server = cy_jsse_accept_server,
  .ask = cy_jsse_ask,
  .bring = cy_jsse_bring,
  .accept_client = cy_jsse_accept_client};
