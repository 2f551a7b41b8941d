/*
 * Random pairs of ends: each is predicted, and then the handshake is really held.
 *
 *     tls_pairs [-n PAIRS] [-s SEED] [-c LIBRARY] [-S LIBRARY] [-m EVERY [-f MENDS]] [-v]
 *
 * LIBRARY: openssl, gnutls or jsse; of the client (-c), of the server (-S); -L LIBRARY: whether it is here.
 *
 * With -m the changes that would mend a pair are tried for every so-many-th, and held against every single
 * change there is; with -f so many of those with three changes against every two. Says in TAP whether all
 * agreed; a pair that does not is shrunk to its smallest form and printed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "crypto/lib.h"
#include "pairs/pair.h"
#include "pairs/smallest.h"
#include "tls/mend.h"
#include "tls/syntax.h"

typedef struct {
  const pool *p;
  cy_tls_verdicts verdicts;
  unsigned long agreed, connected, disagreed, unsteady;
  unsigned long mended, not_mended, mends_failed, sized, sized_pairs, too_large;
  unsigned long force; /* how many mends of three changes are held against all pairs of changes */
  bool loud;
} checker;

static void must(cy_err *err)
{
  if (!err)
    return;
  fprintf(stderr, "pairs: %s\n", cy_err_text(err));
  abort();
}

static unsigned code_or_zero(int row, unsigned code)
{
  return row < 0 ? 0 : code;
}

/* A prediction in the words of what can be seen. */
static void expect(
  seen *out, const pool *p, const cy_tls_outcome *o, const cy_tls_terms *client, const cy_tls_terms *server)
{
  *out = (seen){.agrees = o->agrees,
    .started = o->step != CY_TLS_STEP_START || o->alert >= 0,
    .alerter = -1,
    .alert = o->agrees ? -1 : o->alert,
    .version = o->version,
    .asked = o->asked,
    .retried = o->retried,
    .dh_bits = o->dh_bits,
    .server_leaf = -1,
    .client_leaf = -1};
  if (out->alert >= 0)
    out->alerter = (int)o->alerter;
  out->suite = code_or_zero(o->suite, o->suite < 0 ? 0 : cy_suites[o->suite].code);
  out->group = code_or_zero(o->group, o->group < 0 ? 0 : cy_tls_groups[o->group].code);
  out->server_scheme = o->server_scheme < 0 ? 0 : cy_schemes[o->server_scheme].code;
  out->client_scheme = o->client_scheme < 0 ? 0 : cy_schemes[o->client_scheme].code;
  if (o->server_identity >= 0)
    out->server_leaf = pair_leaf(p, server->identities[o->server_identity].identity);
  snprintf(out->alpn, sizeof out->alpn, "%s", o->protocol ? o->protocol : "");
  if (o->client_identity >= 0)
    out->client_leaf = pair_leaf(p, client->identities[o->client_identity].identity);
}

/* What must be the same: everything when they agree; else who alerts, and how. */
static const char *difference(const seen *a, const seen *b)
{
  if (a->started != b->started)
    return "started";
  if (!a->started)
    return NULL;
  if (a->agrees != b->agrees)
    return "outcome";
  if (!a->agrees)
    return a->alert != b->alert ? "alert" : a->alerter != b->alerter ? "alerter" : NULL;
  return a->version != b->version               ? "version"
         : a->suite != b->suite                 ? "suite"
         : a->group != b->group                 ? "group"
         : a->dh_bits != b->dh_bits             ? "dh_bits"
         : a->server_scheme != b->server_scheme ? "server's scheme"
         : a->client_scheme != b->client_scheme ? "client's scheme"
         : a->asked != b->asked                 ? "asked"
         : a->retried != b->retried             ? "retried"
         : a->server_leaf != b->server_leaf     ? "server's certificate"
         : a->client_leaf != b->client_leaf     ? "client's certificate"
         : strcmp(a->alpn, b->alpn) != 0        ? "protocol"
                                                : NULL;
}

static void print_seen(const char *who, const seen *s)
{
  printf("# %-9s %s%s version %04x suite %04x group %04x dh %u schemes %04x/%04x asked %d retried %d "
         "leaves %d/%d alpn %s alert "
         "%d by %d %s|%s\n",
    who, s->started ? "" : "not started ", s->agrees ? "agrees" : "fails", s->version, s->suite, s->group,
    s->dh_bits, s->server_scheme, s->client_scheme, s->asked, s->retried, s->server_leaf, s->client_leaf,
    s->alpn, s->alert, s->alerter, s->error[0], s->error[1]);
}

static void hold_against_fewer(checker *c, const pair_recipe *pair, const cy_tls_side *client,
  const cy_tls_side *server, const cy_tls_mend *mend)
{
  bool also_pairs = mend->count > 2 && c->sized_pairs < c->force;
  if (mend->count < 2)
    return;
  c->sized++;
  c->sized_pairs += also_pairs;
  if (mend_is_smallest(c->p, &c->verdicts, client, server, mend, also_pairs))
    return;
  if (c->too_large++ < 4)
    pair_print(pair, c->p);
}

/* What a changed side of GnuTLS is set up with: the priority string that is offered to people. */
static void rewrite(cy_tls_side *side)
{
  CY_CLEAN(cy_buf) priority = CY_BUF_TEXT;
  if (side->dialect->library != CY_TLS_GNUTLS)
    return;
  cy_tls_syntax_priority(&priority, side);
  must(cy_tls_side_note(side, CY_TLS_FIELD_SUITES, "priority", cy_buf_cstr(&priority), "mend", 0));
}

/* The changes that are offered must connect for real. */
static void try_mends(checker *c, const pair_recipe *pair)
{
  CY_AUTO(cy_tls_side) *client = pair_side(c->p, &pair->end[0], CY_TLS_CLIENT);
  CY_AUTO(cy_tls_side) *server = pair_side(c->p, &pair->end[1], CY_TLS_SERVER);
  cy_tls_mends mends;
  must(cy_tls_mend_find(&mends, client, server, &c->verdicts));
  c->not_mended += mends.count == 0;
  for (size_t i = 0; i < mends.count; i++) {
    hold_against_fewer(c, pair, client, server, &mends.items[i]);
    CY_AUTO(cy_tls_side) *new_client = NULL;
    CY_AUTO(cy_tls_side) *new_server = NULL;
    seen real;
    must(cy_tls_side_copy(&new_client, client));
    must(cy_tls_side_copy(&new_server, server));
    must(cy_tls_mend_apply(&mends.items[i], new_client, new_server));
    rewrite(new_client);
    rewrite(new_server);
    real_handshake(&real, c->p, new_client, new_server);
    c->mended++;
    if (real.agrees)
      continue;
    c->mends_failed++;
    if (c->mends_failed > 4)
      continue;
    CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
    for (size_t k = 0; k < mends.items[i].count; k++) {
      const cy_tls_change *change = &mends.items[i].changes[k];
      cy_buf_printf(&words, "%s%s: ", k ? "; " : "", cy_tls_role_name(change->end));
      cy_tls_change_format(&words, change, change->end == CY_TLS_CLIENT ? client : server);
    }
    printf("# a change that does not mend: %s\n", cy_buf_cstr(&words));
    pair_print(pair, c->p);
    print_seen("real", &real);
  }
}

static const char *compare(checker *c, const pair_recipe *pair, bool print)
{
  CY_AUTO(cy_tls_side) *client = pair_side(c->p, &pair->end[0], CY_TLS_CLIENT);
  CY_AUTO(cy_tls_side) *server = pair_side(c->p, &pair->end[1], CY_TLS_SERVER);
  CY_AUTO(cy_tls_terms) *client_terms = NULL;
  CY_AUTO(cy_tls_terms) *server_terms = NULL;
  cy_tls_outcome outcome;
  seen real, ours;
  cy_tls_verdicts_clear(&c->verdicts);
  cy_tls_verdicts_init(&c->verdicts);
  must(cy_tls_terms_new(&client_terms, client, CY_TLS_CLIENT));
  must(cy_tls_terms_new(&server_terms, server, CY_TLS_SERVER));
  must(cy_tls_predict(&outcome, client_terms, server_terms, &c->verdicts));
  expect(&ours, c->p, &outcome, client_terms, server_terms);
  real_handshake(&real, c->p, client, server);
  const char *where = difference(&ours, &real);
  c->connected += real.agrees;
  if (print) {
    print_seen("predicted", &ours);
    printf("#           %s: %s\n", cy_tls_step_name(outcome.step), cy_tls_cause_get(outcome.cause)->id);
    print_seen("real", &real);
  }
  return where;
}

/* Simpler by one thing at a time, as long as the two still disagree. */
static bool shrink_once(checker *c, pair_recipe *pair)
{
  for (int e = 0; e < 2; e++) {
    for (size_t i = 0; i < END_NUMBERS; i++) {
      pair_recipe try = *pair;
      if (!try.end[e].number[i])
        continue;
      try.end[e].number[i] = 0;
      if (compare(c, &try, false)) {
        *pair = try;
        return true;
      }
    }
    for (size_t k = 0; k < END_LISTS; k++) {
      pair_recipe try = *pair;
      if (try.end[e].count[k] == PAIR_NOT_SET)
        continue;
      try.end[e].count[k] = PAIR_NOT_SET;
      if (compare(c, &try, false)) {
        *pair = try;
        return true;
      }
      for (unsigned i = 0; i < pair->end[e].count[k] && pair->end[e].count[k] > 1; i++) {
        try = *pair;
        memmove(&try.end[e].list[k][i], &try.end[e].list[k][i + 1],
          (try.end[e].count[k] - i - 1) * sizeof try.end[e].list[k][0]);
        try.end[e].count[k]--;
        if (compare(c, &try, false)) {
          *pair = try;
          return true;
        }
      }
    }
  }
  return false;
}

static void report(checker *c, pair_recipe *pair, uint64_t seed, unsigned long number)
{
  c->disagreed++;
  if (c->disagreed > 8)
    return;
  while (shrink_once(c, pair))
    ;
  const char *where = compare(c, pair, false);
  printf("# seed %llu, pair %lu disagrees in: %s\n", (unsigned long long)seed, number, where ? where : "?");
  pair_print(pair, c->p);
  compare(c, pair, true);
}

/* Java 17 pads the numbers of finite fields in another way than others, so that one of some hundred
 * handshakes with such a group fails by chance. */
static void unsteady(
  checker *c, const pair_recipe *pair, uint64_t seed, unsigned long number, const char *where)
{
  c->unsteady++;
  printf("# seed %llu, pair %lu differs once in %s, and agrees twice when it is tried again\n",
    (unsigned long long)seed, number, where);
  pair_print(pair, c->p);
}

static cy_tls_library library(const char *name)
{
  static const char *const names[] = {"openssl", "gnutls", "jsse"};
  for (size_t i = 0; i < CY_COUNT(names); i++)
    if (strcmp(names[i], name) == 0)
      return (cy_tls_library)i;
  fprintf(stderr, "pairs: no library %s\n", name);
  exit(2);
}

int main(int argc, char **argv)
{
  pair_recipe pair = {0};
  unsigned long pairs = 3000, mends = 0;
  uint64_t seed = 1;
  checker c = {0};
  pool p = {0};
  for (int o; (o = getopt(argc, argv, "n:s:c:S:L:m:f:v")) != -1;) {
    if (o == 'n')
      pairs = strtoul(optarg, NULL, 10);
    else if (o == 's')
      seed = strtoull(optarg, NULL, 10);
    else if (o == 'm')
      mends = strtoul(optarg, NULL, 10);
    else if (o == 'f')
      c.force = strtoul(optarg, NULL, 10);
    else if (o == 'L')
      return real_has(library(optarg)) ? 0 : 1;
    else if (o == 'c')
      pair.end[CY_TLS_CLIENT].library = library(optarg);
    else if (o == 'S')
      pair.end[CY_TLS_SERVER].library = library(optarg);
    else if (o == 'v')
      c.loud = true;
    else
      return 2;
  }
  pool_fill(&p);
  c.p = &p;
  cy_tls_verdicts_init(&c.verdicts);
  uint64_t random = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
  for (unsigned long i = 0; i < pairs; i++) {
    pair_random(&pair, &p, &random, seed, i);
    if (c.loud) {
      printf("# %lu\n", i);
      fflush(stdout);
    }
    pair_recipe shrunk = pair;
    const char *where = compare(&c, &pair, false);
    if (where && !compare(&c, &pair, false) && !compare(&c, &pair, false))
      unsteady(&c, &pair, seed, i, where);
    else if (where)
      report(&c, &shrunk, seed, i);
    else
      c.agreed++;
    if (mends && i % mends == 0)
      try_mends(&c, &pair);
  }
  if (c.unsteady)
    printf("# %lu pairs come out differently by chance\n", c.unsteady);
  printf("# %lu pairs, %lu agreed, %lu connected\n", pairs, c.agreed, c.connected);
  printf("# %lu changes tried, %lu pairs without any\n", c.mended, c.not_mended);
  printf(
    "# %lu of them of several settings: no fewer do (%lu against all pairs)\n", c.sized, c.sized_pairs);
  printf("1..3\n%s - predictions and what really happens agree on every pair\n",
    c.disagreed ? "not ok 1" : "ok 1");
  printf("%s - every change that is offered connects\n", c.mends_failed ? "not ok 2" : "ok 2");
  printf("%s - no fewer changes than those that are offered would do\n", c.too_large ? "not ok 3" : "ok 3");
  cy_tls_verdicts_clear(&c.verdicts);
  pool_free(&p);
  cy_lib_end();
  return c.disagreed || c.mends_failed || c.too_large ? 1 : 0;
}
