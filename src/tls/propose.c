/* The strongest settings with which all sides work. */
#include "tls/propose.h"

#include "base/mem.h"

#define OLD (CY_TLS_BIT(CY_TLS10) | CY_TLS_BIT(CY_TLS11))

/* From the strictest on. */
static const struct {
  const char *name;
  unsigned versions;
  cy_suite_grade worst; /* of suites that are still offered */
  bool weak;
} strengths[CY_TLS_STRENGTHS] = {
  {"TLS 1.3 alone", CY_TLS_BIT(CY_TLS13), CY_SUITE_GOOD, false},
  {"TLS 1.2 and 1.3, good suites only", CY_TLS_BIT(CY_TLS12) | CY_TLS_BIT(CY_TLS13), CY_SUITE_GOOD, false},
  {"TLS 1.2 and 1.3, good and dated suites", CY_TLS_BIT(CY_TLS12) | CY_TLS_BIT(CY_TLS13), CY_SUITE_DATED,
    false},
  {"TLS 1.2 and 1.3, weak suites too", CY_TLS_BIT(CY_TLS12) | CY_TLS_BIT(CY_TLS13), CY_SUITE_WEAK, true},
  {"TLS 1.0 to 1.3, good and dated suites", OLD | CY_TLS_BIT(CY_TLS12) | CY_TLS_BIT(CY_TLS13),
    CY_SUITE_DATED, true},
  {"TLS 1.0 to 1.3, weak suites too", OLD | CY_TLS_BIT(CY_TLS12) | CY_TLS_BIT(CY_TLS13), CY_SUITE_WEAK,
    true},
};

const char *cy_tls_strength_name(size_t strength)
{
  return strengths[strength].name;
}

bool cy_tls_strength_is_weak(size_t strength)
{
  return strengths[strength].weak;
}

static bool suite_is_fine(uint16_t code, size_t strength)
{
  const char *why;
  const cy_suite *suite = cy_suite_get(code);
  return suite && cy_suite_judge(suite, &why) <= strengths[strength].worst;
}

static bool group_is_fine(uint16_t code, size_t strength)
{
  const char *why;
  const cy_tls_group *group = cy_tls_group_get(code);
  return group && (cy_tls_group_is_good(group, &why) || strengths[strength].weak);
}

static bool scheme_is_fine(uint16_t code, size_t strength)
{
  const char *why;
  const cy_scheme *scheme = cy_scheme_get(code);
  return scheme && (cy_scheme_is_good(scheme, &why) || strengths[strength].weak);
}

/* Of the library's own list, in its order, what is fine. */
static cy_err *choose(
  cy_codes *list, cy_code_row from, bool (*is_fine)(uint16_t code, size_t strength), size_t strength)
{
  cy_codes_clear(list);
  list->set = true;
  for (size_t i = 0; i < from.count; i++)
    if (is_fine(from.codes[i], strength))
      CY_TRY(cy_codes_add(list, from.codes[i]));
  return NULL;
}

static cy_err *strengthen(cy_tls_side *side, cy_tls_role role, size_t strength)
{
  const cy_tls_dialect *d = side->dialect ? side->dialect : cy_tls_dialect_find("openssl");
  unsigned versions = strengths[strength].versions & d->known_versions;
  if (side->clear)
    return NULL;
  side->versions = versions ? versions : d->known_versions;
  if (side->demand_versions || side->demand_suites.set)
    side->demand_versions = side->versions;
  cy_codes_clear(&side->demand_suites);
  cy_codes_clear(&side->shares);
  cy_codes_clear(&side->cert_schemes);
  cy_codes_clear(&side->client_schemes);
  CY_TRY(choose(&side->suites, d->suites, suite_is_fine, strength));
  CY_TRY(choose(&side->suites13, d->suites13, suite_is_fine, strength));
  CY_TRY(choose(&side->groups, d->groups, group_is_fine, strength));
  CY_TRY(choose(&side->schemes, role == CY_TLS_SERVER ? d->server_schemes : d->client_schemes,
    scheme_is_fine, strength));
  if (role == CY_TLS_SERVER)
    side->own_order = CY_YES;
  return NULL;
}

static cy_err *copy_all(cy_tls_sides *out, const cy_tls_sides *sides, cy_tls_role role, size_t strength)
{
  for (size_t i = 0; i < sides->count; i++) {
    cy_tls_side *copy;
    CY_TRY(cy_tls_side_copy(&copy, sides->items[i]));
    CY_TRY(cy_tls_sides_add(out, copy));
    CY_TRY(strengthen(copy, role, strength));
  }
  return NULL;
}

void cy_tls_proposal_clear(cy_tls_proposal *proposal)
{
  cy_tls_table_free(proposal->table);
  cy_tls_sides_clear(&proposal->ends[CY_TLS_CLIENT]);
  cy_tls_sides_clear(&proposal->ends[CY_TLS_SERVER]);
  *proposal = (cy_tls_proposal){0};
}

static cy_err *try_strength(
  cy_tls_proposal *out, const cy_tls_sides *clients, const cy_tls_sides *servers, size_t strength)
{
  *out = (cy_tls_proposal){.strength = strength};
  CY_TRY(copy_all(&out->ends[CY_TLS_CLIENT], clients, CY_TLS_CLIENT, strength));
  CY_TRY(copy_all(&out->ends[CY_TLS_SERVER], servers, CY_TLS_SERVER, strength));
  CY_TRY(cy_tls_table_new(&out->table, &out->ends[CY_TLS_CLIENT], &out->ends[CY_TLS_SERVER]));
  out->agreeing = cy_tls_table_agreeing(out->table);
  return NULL;
}

/* The first with which all pairs connect; else the first with which most do, and what is weak only when it
 * helps. */
cy_err *cy_tls_propose(cy_tls_proposal *out, const cy_tls_sides *clients, const cy_tls_sides *servers)
{
  size_t all = clients->count * servers->count;
  *out = (cy_tls_proposal){0};
  for (size_t i = 0; i < CY_TLS_STRENGTHS && (i == 0 || out->agreeing < all); i++) {
    cy_tls_proposal now;
    cy_err *err = try_strength(&now, clients, servers, i);
    if (err || (i > 0 && now.agreeing <= out->agreeing)) {
      cy_tls_proposal_clear(&now);
      CY_TRY(err);
      continue;
    }
    cy_tls_proposal_clear(out);
    *out = now;
  }
  return NULL;
}

cy_err *cy_tls_propose_without(size_t *strength, const cy_tls_sides *clients, const cy_tls_sides *servers,
  cy_tls_role role, size_t which)
{
  const cy_tls_sides *from = role == CY_TLS_CLIENT ? clients : servers;
  cy_tls_sides less = {.items = cy_calloc(from->count + 1, sizeof(cy_tls_side *))};
  cy_tls_proposal proposal = {0};
  CY_TRY_ALLOC(less.items);
  for (size_t i = 0; i < from->count; i++)
    if (i != which)
      less.items[less.count++] = from->items[i];
  *strength = CY_TLS_STRENGTHS;
  cy_err *err = NULL;
  if (less.count) {
    err = cy_tls_propose(
      &proposal, role == CY_TLS_CLIENT ? &less : clients, role == CY_TLS_SERVER ? &less : servers);
    *strength = proposal.strength;
  }
  cy_tls_proposal_clear(&proposal);
  cy_free(less.items);
  return err;
}
