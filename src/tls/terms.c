/* What one end offers and accepts. */
#include "tls/terms.h"

#include "base/mem.h"
#include "identity/codes.h"
#include "tls/end.h"
#include "x509/name.h"

static int row_of(const void *table, size_t count, size_t size, uint16_t code)
{
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    uint16_t there = *(const uint16_t *)((const uint8_t *)table + middle * size);
    if (there == code)
      return (int)middle;
    if (there < code)
      low = middle + 1;
    else
      high = middle;
  }
  return -1;
}

/* The tables are in the order of their codes, which stand first in each row. */
int cy_suite_row(uint16_t code)
{
  return row_of(cy_suites, cy_suite_count, sizeof *cy_suites, code);
}

int cy_group_row(uint16_t code)
{
  return row_of(cy_tls_groups, cy_tls_group_count, sizeof *cy_tls_groups, code);
}

int cy_scheme_row(uint16_t code)
{
  return row_of(cy_schemes, cy_scheme_count, sizeof *cy_schemes, code);
}

uint16_t cy_scheme_curve(const cy_scheme *scheme)
{
  static const uint16_t bound[][2] = {{0x0403, 0x0017}, {0x0503, 0x0018}, {0x0603, 0x0019},
    {0x081A, 0x001A}, {0x081B, 0x001B}, {0x081C, 0x001C}};
  for (size_t i = 0; i < CY_COUNT(bound); i++)
    if (bound[i][0] == scheme->code)
      return bound[i][1];
  return 0;
}

void cy_suite_list_add(cy_suite_list *list, unsigned row)
{
  if (row >= CY_TLS_SUITES || cy_suite_list_has(list, row))
    return;
  list->rows[list->count++] = (uint16_t)row;
  list->set[row / 64] |= UINT64_C(1) << (row % 64);
}

void cy_row_list_add(cy_row_list *list, unsigned row)
{
  if (row >= CY_TLS_GROUPS || cy_row_list_has(list, row))
    return;
  list->rows[list->count++] = (uint8_t)row;
  list->set |= UINT64_C(1) << row;
}

/* What was set, else the default; of that, what the library knows at all. */
static cy_code_row chosen(const cy_codes *set, cy_code_row fallback)
{
  return set->set ? (cy_code_row){set->codes, set->count} : fallback;
}

static bool knows(cy_code_row known, uint16_t code)
{
  for (size_t i = 0; i < known.count; i++)
    if (known.codes[i] == code)
      return true;
  return known.count == 0;
}

static void fill_suites(cy_suite_list *list, cy_code_row codes, cy_code_row known)
{
  for (size_t i = 0; i < codes.count; i++) {
    int row = cy_suite_row(codes.codes[i]);
    if (row >= 0 && knows(known, codes.codes[i]))
      cy_suite_list_add(list, (unsigned)row);
  }
}

static void fill_rows(
  cy_row_list *list, cy_code_row codes, cy_code_row known, int (*row_of_code)(uint16_t code))
{
  for (size_t i = 0; i < codes.count; i++) {
    int row = row_of_code(codes.codes[i]);
    if (row >= 0 && knows(known, codes.codes[i]))
      cy_row_list_add(list, (unsigned)row);
  }
}

static void fill_lists(cy_tls_terms *terms)
{
  const cy_tls_side *side = terms->side;
  const cy_tls_dialect *d = terms->dialect;
  cy_code_row schemes = terms->role == CY_TLS_SERVER ? d->server_schemes : d->client_schemes;
  fill_suites(&terms->suites, chosen(&side->suites13, d->suites13), d->known_suites);
  fill_suites(&terms->suites, chosen(&side->suites, d->suites), d->known_suites);
  fill_rows(&terms->groups, chosen(&side->groups, d->groups), d->known_groups, cy_group_row);
  fill_rows(&terms->shares, chosen(&side->shares, (cy_code_row){0}), d->known_groups, cy_group_row);
  fill_rows(&terms->schemes, chosen(&side->schemes, schemes), d->known_schemes, cy_scheme_row);
  schemes = chosen(&side->schemes, schemes);
  fill_rows(&terms->cert_schemes, chosen(&side->cert_schemes, schemes), d->known_schemes, cy_scheme_row);
  fill_rows(
    &terms->client_schemes, chosen(&side->client_schemes, schemes), d->known_schemes, cy_scheme_row);
}

static bool tri(cy_tri set, bool fallback)
{
  return set == CY_UNSET ? fallback : set == CY_YES;
}

static cy_tls_peer peer_of(const cy_tls_side *side, cy_tls_role role)
{
  if (side->peer != CY_TLS_PEER_UNSET)
    return side->peer;
  return role == CY_TLS_CLIENT ? CY_TLS_PEER_REQUIRED : CY_TLS_PEER_IGNORED;
}

/* Certificates. */

/* The group whose name the curve has. */
static int group_of_curve(cy_oid curve)
{
  const cy_tls_group *group = NULL;
  if (curve != CY_OID_UNKNOWN)
    group = cy_tls_group_find(cy_oid_short(curve));
  if (!group && curve != CY_OID_UNKNOWN)
    group = cy_tls_group_find(cy_oid_words(curve));
  return group ? (int)(group - cy_tls_groups) : -1;
}

int cy_tls_signature_scheme(const cy_cert_view *view)
{
  static const struct {
    cy_oid algorithm;
    uint16_t code;
  } schemes[] = {{CY_OID_SHA256_RSA, 0x0401}, {CY_OID_SHA384_RSA, 0x0501}, {CY_OID_SHA512_RSA, 0x0601},
    {CY_OID_SHA1_RSA, 0x0201}, {CY_OID_SHA1_RSA_OIW, 0x0201}, {CY_OID_SHA224_RSA, 0x0301},
    {CY_OID_MD5_RSA, 0x0101}, {CY_OID_SHA256_ECDSA, 0x0403}, {CY_OID_SHA384_ECDSA, 0x0503},
    {CY_OID_SHA512_ECDSA, 0x0603}, {CY_OID_SHA1_ECDSA, 0x0203}, {CY_OID_SHA224_ECDSA, 0x0303},
    {CY_OID_SHA1_DSA, 0x0202}, {CY_OID_SHA224_DSA, 0x0302}, {CY_OID_SHA256_DSA, 0x0402},
    {CY_OID_SHA384_DSA, 0x0502}, {CY_OID_SHA512_DSA, 0x0602}, {CY_OID_ED25519, 0x0807},
    {CY_OID_ED448, 0x0808}};
  for (size_t i = 0; i < CY_COUNT(schemes); i++)
    if (schemes[i].algorithm == view->sig_alg)
      return cy_scheme_row(schemes[i].code);
  return -1;
}

const cy_cert_view *cy_tls_trusted_issuer(const cy_tls_trust *trust, const cy_cert_view *view)
{
  for (size_t i = 0; trust && !view->self_issued && i < trust->anchors.count; i++) {
    const cy_cert_view *anchor = cy_cert_get(trust->anchors.items[i]);
    if (cy_name_equal(anchor->subject, view->issuer))
      return anchor;
  }
  return NULL;
}

static void read_facts(cy_tls_facts *facts, cy_tls_identity *identity)
{
  *facts = (cy_tls_facts){.identity = identity, .group = -1, .signature = -1, .usage = ~0u};
  if (identity->chain.count == 0)
    return;
  facts->leaf = cy_cert_get(identity->chain.items[0]);
  const cy_key_info *key = &facts->leaf->key;
  facts->type = key->type;
  facts->bits = key->bits;
  facts->strength = cy_key_info_strength(key);
  if (key->type == CY_KEY_EC)
    facts->group = group_of_curve(key->curve);
  if (facts->leaf->has_key_usage)
    facts->usage = facts->leaf->key_usage;
  facts->signature = cy_tls_signature_scheme(facts->leaf);
  facts->usable = identity->key == CY_TLS_KEY_THERE || identity->key == CY_TLS_KEY_LOCKED;
}

static void fill_identities(cy_tls_terms *terms)
{
  const cy_tls_side *side = terms->side;
  terms->current = -1;
  for (size_t i = 0; i < side->identity_count && i < CY_TLS_IDENTITIES; i++) {
    read_facts(&terms->identities[i], side->identities[i]);
    terms->identity_count = i + 1;
    terms->current = (int)i;
  }
}

static cy_err *read_filter(cy_tls_terms *terms, cy_dn_filter **filter, const char *text)
{
  cy_err *err = text ? cy_dn_filter_parse(filter, text) : NULL;
  if (!err || !cy_err_is(err, CY_E_IDENTITY_FILTER))
    return err;
  terms->filter_wrong = true;
  cy_err_free(err);
  return NULL;
}

/* Addresses are not asked for by name (RFC 6066 3). */
static bool asks_for_name(const cy_tls_side *side)
{
  const char *host = side->host;
  return host && *host && !strchr(host, ':') && strspn(host, "0123456789.") != strlen(host);
}

cy_err *cy_tls_terms_new(cy_tls_terms **out, const cy_tls_side *side, cy_tls_role role)
{
  cy_tls_terms *terms = cy_calloc(1, sizeof *terms);
  *out = terms;
  if (!terms)
    return cy_err_no_memory();
  const cy_tls_dialect *d = side->dialect ? side->dialect : cy_tls_dialect_find("openssl");
  terms->side = side;
  terms->dialect = d;
  terms->role = role;
  terms->versions = role == CY_TLS_SERVER ? d->server_versions : d->client_versions;
  if (side->versions)
    terms->versions = side->versions;
  terms->versions &= d->known_versions;
  terms->level = side->security_level >= 0 ? side->security_level : d->security_level;
  terms->own_order = tri(side->own_order, d->own_order);
  terms->chacha_first = tri(side->chacha_first, false);
  terms->heed_ca_names = tri(side->heed_ca_names, d->heed_ca_names);
  terms->check_host = tri(side->check_host, d->check_host);
  terms->alpn_needed = tri(side->alpn_needed, d->alpn_needed);
  terms->hello.protocols = side->alpn.count ? &side->alpn : NULL;
  terms->hello.name = asks_for_name(side) ? side->host : NULL;
  terms->peer = peer_of(side, role);
  terms->dh = side->dh == CY_TLS_DH_UNSET ? CY_TLS_DH_AUTO : side->dh;
  fill_lists(terms);
  fill_identities(terms);
  cy_err *err = read_filter(terms, &terms->peer_filter, side->peer_filter);
  if (!err)
    err = read_filter(terms, &terms->issuer_filter, side->issuer_filter);
  if (err) {
    cy_tls_terms_free(terms);
    *out = NULL;
    return err;
  }
  cy_tls_end_of(d)->prepare(terms);
  return NULL;
}

void cy_tls_terms_free(cy_tls_terms *terms)
{
  if (!terms)
    return;
  cy_dn_filter_free(terms->peer_filter);
  cy_dn_filter_free(terms->issuer_filter);
  cy_free(terms);
}
