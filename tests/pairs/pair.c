/* Random pairs of ends. */
#include "pairs/pair.h"

#include <stdio.h>
#include <stdlib.h>

#include "tls/dialect.h"

uint64_t pair_next(uint64_t *random) /* xorshift64* */
{
  *random ^= *random >> 12;
  *random ^= *random << 25;
  *random ^= *random >> 27;
  return *random * UINT64_C(2685821657736338717) >> 16;
}

bool pair_chance(uint64_t *random, unsigned percent)
{
  return pair_next(random) % 100 < percent;
}

/* Some of a row of codes, in random order. */
void pair_pick(end_recipe *end, end_list list, cy_code_row from, unsigned most, uint64_t *random)
{
  unsigned want = 1 + (unsigned)(pair_next(random) % most);
  end->count[list] = 0;
  for (unsigned tries = 0; tries < 4 * want && end->count[list] < want; tries++) {
    uint16_t code = from.codes[pair_next(random) % from.count];
    bool doubled = list == END_SUITES && cy_suite_get(code)->min == CY_TLS13;
    for (unsigned i = 0; i < end->count[list]; i++)
      doubled |= end->list[list][i] == code;
    if (!doubled)
      end->list[list][end->count[list]++] = code;
  }
}

static const cy_code_row suites13 = {(const uint16_t[]){0x1301, 0x1302, 0x1303, 0x1304, 0x1305}, 5};
static const cy_code_row usual_groups = {
  (const uint16_t[]){0x001D, 0x0017, 0x0018, 0x0019, 0x001E, 0x0100}, 6};

static void random_lists(end_recipe *end, bool server, uint64_t *random)
{
  const cy_tls_dialect *d = cy_tls_dialect_find("openssl-3.0");
  if (pair_chance(random, 35))
    pair_pick(end, END_SUITES, pair_chance(random, 70) ? d->suites : d->known_suites,
      pair_chance(random, 50) ? 4 : 20, random);
  if (pair_chance(random, 25))
    pair_pick(end, END_SUITES13, suites13, 4, random);
  if (pair_chance(random, 40))
    pair_pick(end, END_GROUPS, pair_chance(random, 80) ? usual_groups : d->known_groups, 4, random);
  if (pair_chance(random, 25))
    pair_pick(end, END_SCHEMES, d->known_schemes.count ? d->known_schemes : d->client_schemes,
      pair_chance(random, 30) ? 3 : 16, random);
  if (pair_chance(random, server ? 20 : 10))
    pair_pick(end, END_CLIENT_SCHEMES, d->client_schemes, 6, random);
}

static unsigned random_versions(uint64_t *random)
{
  static const unsigned usual[] = {0x18, 0x10, 0x08, 0x1e, 0x0e, 0x06, 0x02, 0x04, 0x1c};
  if (pair_chance(random, 60))
    return 0;
  return pair_chance(random, 90) ? usual[pair_next(random) % CY_COUNT(usual)]
                                 : (unsigned)pair_next(random) % 16 << 1;
}

/* Leaves with keys that most libraries take, by any of their issuers (pool.c). */
static unsigned good_leaf(uint64_t *random)
{
  static const unsigned kinds[] = {1, 1, 2, 3, 4, 9, 9, 10, 11, 14, 15};
  return 3 * kinds[pair_next(random) % CY_COUNT(kinds)] + (unsigned)(pair_next(random) % 3);
}

static void random_end(end_recipe *end, const pool *p, bool server, uint64_t *random)
{
  *end = (end_recipe){.library = end->library};
  memset(end->count, PAIR_NOT_SET, sizeof end->count);
  if (end->library == CY_TLS_GNUTLS)
    gnutls_random(end, server, random);
  else if (end->library == CY_TLS_JSSE)
    jsse_random(end, random);
  else
    random_lists(end, server, random);
  if (end->library != CY_TLS_JSSE)
    end->number[END_VERSIONS] = random_versions(random);
  end->number[END_LEVEL] = pair_chance(random, 60) ? 0 : 1 + (unsigned)(pair_next(random) % 4);
  end->number[END_ORDER] = server ? pair_chance(random, 40) : pair_chance(random, 5);
  end->number[END_CHACHA] = pair_chance(random, 10);
  end->number[END_DH] = pair_chance(random, 20) ? CY_TLS_DH_NONE : 0;
  end->number[END_CHAIN] = pair_chance(random, 60) ? 0 : 1 + (unsigned)(pair_next(random) % 3);
  end->number[END_TRUST] = pair_chance(random, 80) ? 0 : 1 + (unsigned)(pair_next(random) % 511);
  end->number[END_HOST] = !server && pair_chance(random, 30);
  if (server)
    end->number[END_PEER] =
      pair_chance(random, 50) ? 0 : CY_TLS_PEER_UNCHECKED + (unsigned)(pair_next(random) % 3);
  else
    end->number[END_PEER] = pair_chance(random, 20) ? CY_TLS_PEER_IGNORED : 0;
  for (int i = END_IDENTITY; i <= END_IDENTITY3; i++)
    if (pair_chance(random, i == END_IDENTITY ? (server ? 97 : 60) : 25))
      end->number[i] =
        1 + (pair_chance(random, 60) ? good_leaf(random) : (unsigned)(pair_next(random) % p->leaf_count));
}

static const char *const protocols[] = {"h2", "http/1.1", "mqtt", "x-own"};

/* What was added later draws its chances from a row of its own, so that old seeds still mean the same
 * pairs. */
static void random_rest(end_recipe *end, bool server, uint64_t *random)
{
  static const uint16_t numbers[] = {0, 1, 2, 3};
  if (end->number[END_HOST] || (!server && pair_chance(random, 15)))
    end->number[END_HOST] = 1 + (unsigned)(pair_next(random) % 3);
  if (server && pair_chance(random, 30))
    end->number[END_CA_NAMES] = 1 + (unsigned)(pair_next(random) % (pair_chance(random, 60) ? 2 : 510));
  if (pair_chance(random, 30))
    pair_pick(end, END_PROTOCOLS, (cy_code_row){numbers, CY_COUNT(numbers)}, 3, random);
  if (server && pair_chance(random, 30))
    end->number[END_ALPN] = 1 + (unsigned)(pair_next(random) % 2);
}

enum { SAME_PROCESS = 50 };

void pair_random(pair_recipe *pair, const pool *p, uint64_t *random, uint64_t seed, unsigned long number)
{
  uint64_t rest, process = (seed << 20 | number / SAME_PROCESS) * UINT64_C(0x9E3779B97F4A7C15) + 3;
  random_end(&pair->end[CY_TLS_CLIENT], p, false, random);
  random_end(&pair->end[CY_TLS_SERVER], p, true, random);
  rest = *random ^ UINT64_C(0xD1B54A32D192ED03);
  for (int e = 0; e < 2; e++) {
    random_rest(&pair->end[e], e == CY_TLS_SERVER, &rest);
    if (pair->end[e].library == CY_TLS_JSSE)
      jsse_process(&pair->end[e], &process);
  }
}

static void must(cy_err *err)
{
  if (!err)
    return;
  fprintf(stderr, "pairs: %s\n", cy_err_text(err));
  abort();
}

static void add_identity(cy_tls_side *side, const pool *p, unsigned leaf, unsigned how)
{
  char place[16], label[32];
  const pool_cert *c = &p->leaves[leaf];
  CY_AUTO(cy_tls_identity) *identity = NULL;
  snprintf(place, sizeof place, "%u", leaf);
  snprintf(label, sizeof label, "%u-%zu", leaf, side->identity_count); /* as Java is given it */
  must(cy_tls_identity_new(&identity, label, place));
  must(cy_certs_add(&identity->chain, c->cert));
  for (int ca = c->issuer; (how == 0 || how == 2) && ca >= 0; ca = p->cas[ca].issuer)
    if (p->cas[ca].issuer >= 0 || how == 2)
      must(cy_certs_add(&identity->chain, p->cas[ca].cert));
  must(cy_tls_side_add_identity(side, identity));
}

int pair_leaf(const pool *p, const cy_tls_identity *identity)
{
  (void)p;
  return identity ? atoi(identity->place) : -1;
}

static void add_trust(cy_tls_side *side, const pool *p, unsigned set)
{
  CY_AUTO(cy_tls_trust) *trust = NULL;
  must(cy_tls_trust_new(&trust, "pool"));
  for (size_t i = 0; i < p->ca_count; i++)
    if (set ? set >> i & 1 : p->cas[i].issuer < 0)
      must(cy_certs_add(&trust->anchors, p->cas[i].cert));
  cy_tls_side_set_trust(side, trust);
}

/* libssl is given any list of names, GnuTLS and JSSE send those that they trust, or none. */
static void add_ca_names(cy_tls_side *side, const pool *p, unsigned how)
{
  bool openssl = side->dialect->library == CY_TLS_OPENSSL;
  if (!how || (!openssl && how > 1) || (side->dialect->library == CY_TLS_JSSE))
    return;
  side->ca_names = how == 1   ? CY_TLS_CA_NAMES_NONE
                   : how == 2 ? CY_TLS_CA_NAMES_TRUST
                              : CY_TLS_CA_NAMES_LIST;
  for (size_t i = 0; how > 2 && i < p->ca_count; i++)
    if ((how - 2) >> i & 1)
      must(cy_certs_add(&side->ca_list, p->cas[i].cert));
}

static const char *const dialects[CY_TLS_LIBRARIES] = {"openssl-3.0", "gnutls-3.7", "jdk-17"};

cy_tls_side *pair_side(const pool *p, const end_recipe *end, cy_tls_role role)
{
  cy_tls_side *side = NULL;
  must(cy_tls_side_new(&side, cy_tls_role_name(role), role));
  side->dialect = cy_tls_dialect_find(dialects[end->library]);
  side->versions = end->number[END_VERSIONS];
  side->security_level = end->number[END_LEVEL] ? (int)end->number[END_LEVEL] - 1 : 1;
  side->own_order = end->number[END_ORDER] ? CY_YES : CY_NO;
  side->chacha_first = end->number[END_CHACHA] ? CY_YES : CY_NO;
  side->peer = (cy_tls_peer)end->number[END_PEER];
  side->dh = (cy_tls_dh)end->number[END_DH];
  if (end->number[END_HOST]) {
    side->check_host = end->number[END_HOST] == 3 ? CY_NO : CY_YES;
    must(cy_tls_side_set(&side->host, end->number[END_HOST] == 2 ? "other.example" : "mq1.example"));
  }
  add_ca_names(side, p, end->number[END_CA_NAMES]);
  if (end->library != CY_TLS_JSSE) /* which always refuses */
    side->alpn_needed = (cy_tri)end->number[END_ALPN];
  for (size_t i = 0; end->count[END_PROTOCOLS] != PAIR_NOT_SET && i < end->count[END_PROTOCOLS]; i++)
    must(cy_tls_protocols_add(&side->alpn, protocols[end->list[END_PROTOCOLS][i]]));
  cy_codes *lists[] = {
    &side->suites, &side->suites13, &side->groups, &side->schemes, &side->client_schemes};
  for (size_t k = 0; k <= END_CLIENT_SCHEMES; k++)
    for (size_t i = 0; end->count[k] != PAIR_NOT_SET && i < end->count[k]; i++)
      must(cy_codes_add(lists[k], end->list[k][i]));
  for (int i = END_IDENTITY; i <= END_IDENTITY3; i++)
    if (end->number[i])
      add_identity(side, p, end->number[i] - 1, end->number[END_CHAIN]);
  side->auto_chain_off = end->number[END_CHAIN] == 3;
  add_trust(side, p, end->number[END_TRUST]);
  if (end->library == CY_TLS_GNUTLS)
    gnutls_fill(side, end);
  return side;
}

static const char *code_name(end_list list, uint16_t code)
{
  if (list == END_PROTOCOLS)
    return protocols[code];
  if (list >= END_KX)
    return gnutls_part(list, code);
  if (list == END_SUITES || list == END_SUITES13)
    return cy_suite_get(code)->names[CY_NOTATION_IANA];
  if (list == END_GROUPS)
    return cy_tls_group_get(code)->names[CY_NOTATION_IANA];
  return cy_scheme_get(code)->names[CY_NOTATION_IANA];
}

void pair_print(const pair_recipe *pair, const pool *p)
{
  static const char *const numbers[] = {"versions", "level", "own_order", "chacha", "peer", "identity",
    "identity2", "identity3", "chain", "trust", "dh", "host", "ca_names", "alpn"};
  static const char *const lists[] = {
    "suites", "suites13", "groups", "schemes", "client_schemes", "kx", "ciphers", "macs", "protocols"};
  for (int e = 0; e < 2; e++) {
    const end_recipe *end = &pair->end[e];
    printf("# %s:", cy_tls_role_name((cy_tls_role)e));
    for (size_t i = 0; i < END_NUMBERS; i++) {
      if (!end->number[i])
        continue;
      if (i >= END_IDENTITY && i <= END_IDENTITY3)
        printf(" %s=%s/%s", numbers[i], p->leaves[end->number[i] - 1].name,
          p->leaves[end->number[i] - 1].issuer < 0 ? "self"
                                                   : p->cas[p->leaves[end->number[i] - 1].issuer].name);
      else
        printf(" %s=%u", numbers[i], i == END_LEVEL ? end->number[i] - 1 : end->number[i]);
    }
    for (size_t k = 0; k < END_LISTS; k++) {
      if (end->count[k] == PAIR_NOT_SET)
        continue;
      printf(" %s=[", lists[k]);
      for (size_t i = 0; i < end->count[k]; i++)
        printf("%s%s", i ? " " : "", code_name((end_list)k, end->list[k][i]));
      printf("]");
    }
    printf("\n");
  }
}
