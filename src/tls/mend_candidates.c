/* The changes that could help, for each cause. */
#include <stdlib.h>

#include "tls/mend_internal.h"

typedef struct {
  cy_mend_list *list;
  const cy_mend_pair *pair;
  const cy_tls_terms *own, *other;
  cy_tls_role end;
} chooser;

static void add(const chooser *c, cy_tls_change_kind kind, uint16_t code, int value, cy_cert *cert)
{
  if (c->list->count < CY_MEND_CANDIDATES)
    c->list->items[c->list->count++] =
      (cy_tls_change){.kind = kind, .end = c->end, .code = code, .value = value, .cert = cert};
}

static bool knows(cy_code_row known, uint16_t code)
{
  for (size_t i = 0; i < known.count; i++)
    if (known.codes[i] == code)
      return true;
  return known.count == 0;
}

static void try_versions(const chooser *c)
{
  for (unsigned v = CY_TLS13; v >= CY_TLS10; v--) {
    bool known = c->own->dialect->known_versions & CY_TLS_BIT(v);
    if (known && !(c->own->versions & CY_TLS_BIT(v)))
      add(c, CY_CHANGE_VERSION_ADD, (uint16_t)v, 0, NULL);
    if (c->own->versions & CY_TLS_BIT(v))
      add(c, CY_CHANGE_VERSION_REMOVE, (uint16_t)v, 0, NULL);
  }
}

/* Only what the other end has can help. */
static void try_suites(const chooser *c)
{
  for (size_t i = 0; i < c->other->suites.count; i++) {
    unsigned row = c->other->suites.rows[i];
    uint16_t code = cy_suites[row].code;
    if (!knows(c->own->dialect->known_suites, code))
      continue;
    if (!cy_suite_list_has(&c->own->suites, row))
      add(c, CY_CHANGE_SUITE_ADD, code, 0, NULL);
    add(c, CY_CHANGE_SUITE_FIRST, code, 0, NULL);
  }
}

static void try_groups(const chooser *c)
{
  for (size_t i = 0; i < c->other->groups.count; i++) {
    uint16_t code = cy_tls_groups[c->other->groups.rows[i]].code;
    if (!cy_row_list_has(&c->own->groups, c->other->groups.rows[i]) &&
        knows(c->own->dialect->known_groups, code))
      add(c, CY_CHANGE_GROUP_ADD, code, 0, NULL);
  }
}

static void try_scheme_list(const chooser *c, const cy_row_list *own, cy_tls_change_kind kind)
{
  for (unsigned row = 0; row < cy_scheme_count; row++)
    if (!cy_row_list_has(own, row) && knows(c->own->dialect->known_schemes, cy_schemes[row].code))
      add(c, kind, cy_schemes[row].code, 0, NULL);
}

static void try_schemes(const chooser *c)
{
  try_scheme_list(c, &c->own->schemes, CY_CHANGE_SCHEME_ADD);
  if (c->own->side->cert_schemes.set)
    try_scheme_list(c, &c->own->cert_schemes, CY_CHANGE_CERT_SCHEME_ADD);
  if (c->own->side->client_schemes.set)
    try_scheme_list(c, &c->own->client_schemes, CY_CHANGE_CLIENT_SCHEME_ADD);
}

static void try_levels(const chooser *c)
{
  for (int level = c->own->level - 1; level >= 0 && c->own->dialect->library == CY_TLS_OPENSSL; level--)
    add(c, CY_CHANGE_LEVEL, 0, level, NULL);
}

/* Whoever may stand above a certificate that this end does not believe. */
static void try_anchors(const chooser *c, const cy_certs *certs, size_t from)
{
  for (size_t i = from; i < certs->count && i < 64; i++)
    if (cy_cert_get(certs->items[i])->is_ca)
      add(c, CY_CHANGE_TRUST_ADD, 0, 0, certs->items[i]);
}

/* A server that trusts a CA names it, too, so that a client need not hold its certificate back. */
static void try_trust(const chooser *c)
{
  const cy_tls_outcome *out = &c->pair->outcome;
  int shown = c->end == CY_TLS_CLIENT ? out->server_identity : out->client_identity;
  bool held_back =
    shown < 0 && c->end == CY_TLS_SERVER && cy_tls_outcome_hit(out, CY_TLS_RULE_CLIENT_NO_CA);
  if (shown < 0 && !held_back)
    return;
  for (size_t i = 0; held_back && i < c->other->identity_count; i++)
    if (c->other->identities[i].usable)
      try_anchors(c, &c->other->identities[i].identity->chain, 0);
  if (shown >= 0)
    try_anchors(c, &c->other->identities[shown].identity->chain, 0);
  if (c->other->side->trust)
    try_anchors(c, &c->other->side->trust->anchors, 0);
}

/* The place of an identity in its side. */
static int place_of(const cy_tls_side *side, const cy_tls_identity *identity)
{
  for (size_t i = 0; i < side->identity_count; i++)
    if (side->identities[i] == identity)
      return (int)i;
  return -1;
}

static void try_links(const chooser *c, const cy_certs *certs, int place)
{
  for (size_t i = 0; i < certs->count && i < 64; i++) {
    const cy_cert_view *view = cy_cert_get(certs->items[i]);
    if (view->is_ca && !view->self_issued)
      add(c, CY_CHANGE_CHAIN_ADD, 0, place, certs->items[i]);
  }
}

static void try_chain(const chooser *c)
{
  const cy_tls_outcome *out = &c->pair->outcome;
  int shown = c->end == CY_TLS_SERVER ? out->server_identity : out->client_identity;
  const cy_tls_trust *trust = c->own->side->trust;
  int place = shown < 0 ? -1 : place_of(c->own->side, c->own->identities[shown].identity);
  if (place < 0 || !trust)
    return;
  try_links(c, &trust->anchors, place);
  try_links(c, &trust->others, place);
}

static void try_peer(const chooser *c)
{
  if (c->end == CY_TLS_SERVER && c->own->peer == CY_TLS_PEER_REQUIRED)
    add(c, CY_CHANGE_PEER, 0, CY_TLS_PEER_OPTIONAL, NULL);
}

static void try_demand(const chooser *c)
{
  const cy_tls_side *own = c->own->side, *other = c->other->side;
  if (own->demand_versions || own->demand_suites.set)
    add(c, CY_CHANGE_DEMAND, 0, (int)(CY_TLS_BIT(CY_TLS12) | CY_TLS_BIT(CY_TLS13)), NULL);
  for (size_t i = 0; i < other->demand_suites.count; i++)
    add(c, CY_CHANGE_SUITE_ONLY, other->demand_suites.codes[i], 0, NULL);
}

static void try_peer_name(const chooser *c)
{
  const cy_tls_outcome *out = &c->pair->outcome;
  const cy_tls_side *own = c->own->side;
  int shown = c->end == CY_TLS_CLIENT ? out->server_identity : out->client_identity;
  const cy_tls_identity *identity = shown < 0 ? NULL : c->other->identities[shown].identity;
  if ((own->peer_filter || own->issuer_filter) && identity && identity->chain.count)
    add(c, CY_CHANGE_PEER_NAME, 0, 0, identity->chain.items[0]);
}

/* Java's clients have no way to say it before their version 9.3, as far as known. */
static void try_channel_name(const chooser *c)
{
  const cy_tls_side *own = c->own->side;
  if (c->end == CY_TLS_CLIENT && own->names_channel == CY_NO && c->own->dialect->library == CY_TLS_GSKIT)
    add(c, CY_CHANGE_NAMES_CHANNEL, 0, 0, NULL);
  if (c->end == CY_TLS_SERVER && own->own_label && own->identity_count > 1)
    add(c, CY_CHANGE_LABEL_OFF, 0, 0, NULL);
}

static void try_tls(const chooser *c)
{
  if (c->own->side->clear && !c->other->side->clear)
    add(c, CY_CHANGE_TLS_ON, 0, 0, NULL);
}

static void try_dh(const chooser *c)
{
  if (c->end == CY_TLS_SERVER && c->own->dh != CY_TLS_DH_AUTO)
    add(c, CY_CHANGE_DH, 0, 0, NULL);
}

/* Protocols that the other end has. */
static void try_protocols(const chooser *c)
{
  const cy_tls_protocols *own = &c->own->side->alpn, *other = &c->other->side->alpn;
  for (size_t i = 0; i < other->count && own->count; i++) {
    if (strlen(other->items[i]) >= sizeof c->list->items[0].protocol ||
        cy_tls_protocols_have(own, other->items[i]) || c->list->count >= CY_MEND_CANDIDATES)
      continue;
    add(c, CY_CHANGE_ALPN_ADD, 0, 0, NULL);
    char *to = c->list->items[c->list->count - 1].protocol;
    memcpy(to, other->items[i], strlen(other->items[i]) + 1);
  }
}

/* Which of these may help against which cause. */
enum {
  TRY_VERSIONS = 1 << 0,
  TRY_SUITES = 1 << 1,
  TRY_GROUPS = 1 << 2,
  TRY_SCHEMES = 1 << 3,
  TRY_LEVELS = 1 << 4,
  TRY_TRUST = 1 << 5,
  TRY_CHAIN = 1 << 6,
  TRY_PEER = 1 << 7,
  TRY_DEMAND = 1 << 8,
  TRY_DH = 1 << 9,
  TRY_PEER_NAME = 1 << 10,
  TRY_CHANNEL_NAME = 1 << 11,
  TRY_PROTOCOLS = 1 << 12,
  TRY_TLS = 1 << 13,
};

static unsigned ways_past(cy_tls_cause cause)
{
  switch (cause) {
  case CY_TLS_CAUSE_SIDE_CLEAR:
    return TRY_TLS;
  case CY_TLS_CAUSE_SIDE_NO_VERSION:
  case CY_TLS_CAUSE_VERSION_NONE:
  case CY_TLS_CAUSE_VERSION_FALLBACK:
    return TRY_VERSIONS | TRY_LEVELS;
  case CY_TLS_CAUSE_SIDE_NO_SUITE:
  case CY_TLS_CAUSE_SUITE_NONE:
  case CY_TLS_CAUSE_SUITE_UNFIT:
    return TRY_VERSIONS | TRY_SUITES | TRY_GROUPS | TRY_SCHEMES | TRY_DH | TRY_LEVELS;
  case CY_TLS_CAUSE_SIDE_NO_GROUP:
  case CY_TLS_CAUSE_GROUP_NONE:
  case CY_TLS_CAUSE_CURVE:
    return TRY_GROUPS | TRY_VERSIONS | TRY_SUITES | TRY_LEVELS;
  case CY_TLS_CAUSE_SIDE_NO_SCHEME:
  case CY_TLS_CAUSE_SCHEME_NONE:
  case CY_TLS_CAUSE_SCHEME_UNFIT:
  case CY_TLS_CAUSE_SERVER_SCHEME:
  case CY_TLS_CAUSE_CLIENT_SCHEME:
  case CY_TLS_CAUSE_ASK_NONE:
  case CY_TLS_CAUSE_SIGNATURE:
    return TRY_SCHEMES | TRY_VERSIONS | TRY_SUITES | TRY_LEVELS;
  case CY_TLS_CAUSE_SCHEME_LEGACY:
    return TRY_VERSIONS | TRY_LEVELS;
  case CY_TLS_CAUSE_DH_WEAK:
    return TRY_DH | TRY_SUITES | TRY_VERSIONS | TRY_LEVELS;
  case CY_TLS_CAUSE_SERVER_CHAIN:
  case CY_TLS_CAUSE_CLIENT_CHAIN:
    return TRY_TRUST | TRY_CHAIN | TRY_LEVELS;
  case CY_TLS_CAUSE_SERVER_CHAIN_SCHEME:
  case CY_TLS_CAUSE_CLIENT_CHAIN_SCHEME:
    return TRY_SCHEMES;
  case CY_TLS_CAUSE_CLIENT_KEY_TYPE:
    return TRY_SUITES | TRY_VERSIONS;
  case CY_TLS_CAUSE_CLIENT_NONE_SENT:
    return TRY_SUITES | TRY_SCHEMES | TRY_PEER | TRY_VERSIONS | TRY_TRUST;
  case CY_TLS_CAUSE_SIDE_IDENTITY_REFUSED:
  case CY_TLS_CAUSE_CHAIN_WEAK:
    return TRY_LEVELS;
  case CY_TLS_CAUSE_DEMAND_VERSION:
  case CY_TLS_CAUSE_DEMAND_SUITE:
    return TRY_DEMAND | TRY_VERSIONS | TRY_SUITES;
  case CY_TLS_CAUSE_PEER_NAME:
  case CY_TLS_CAUSE_PEER_NAME_INVALID:
    return TRY_PEER_NAME;
  case CY_TLS_CAUSE_CHANNEL_UNNAMED:
    return TRY_CHANNEL_NAME;
  case CY_TLS_CAUSE_ALPN_NONE:
    return TRY_PROTOCOLS;
  default:
    return 0;
  }
}

static int cheaper(const void *a, const void *b)
{
  unsigned left = cy_tls_change_price(a), right = cy_tls_change_price(b);
  return left < right ? -1 : left > right;
}

void cy_mend_candidates(cy_mend_list *list, const cy_mend_pair *pair, cy_tls_role end, bool all)
{
  chooser c = {list, pair, pair->terms[end], pair->terms[1 - end], end};
  unsigned ways = all ? ~0u : ways_past(pair->outcome.cause);
  static void (*const tries[])(const chooser *) = {try_versions, try_suites, try_groups, try_schemes,
    try_levels, try_trust, try_chain, try_peer, try_demand, try_dh, try_peer_name, try_channel_name,
    try_protocols, try_tls};
  list->count = 0;
  for (size_t i = 0; i < CY_COUNT(tries); i++)
    if (ways >> i & 1)
      tries[i](&c);
  qsort(list->items, list->count, sizeof *list->items, cheaper);
}
