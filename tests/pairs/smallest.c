/* Whether a mend is the smallest: every change that there is, and not only those that mending thinks of, is
 * tried by force. */
#include "pairs/smallest.h"

#include <stdio.h>
#include <stdlib.h>

#include "tls/dialect.h"

enum { SINGLES = 2048 };

typedef struct {
  const pool *p;
  cy_tls_verdicts *verdicts;
  const cy_tls_side *sides[2];
  const cy_tls_mend *mend;
  cy_tls_change singles[SINGLES];
  size_t count;
} trial;

static void must(cy_err *err)
{
  if (!err)
    return;
  fprintf(stderr, "pairs: %s\n", cy_err_text(err));
  abort();
}

static void add(trial *t, cy_tls_change change)
{
  bool weak = t->mend->price >= CY_TLS_PRICE_WEAK;
  if (t->count == SINGLES)
    abort();
  if (weak || cy_tls_change_price(&change) < CY_TLS_PRICE_WEAK)
    t->singles[t->count++] = change;
}

static void add_codes(trial *t, cy_tls_role end, cy_tls_change_kind kind, cy_code_row row)
{
  for (size_t i = 0; i < row.count; i++)
    add(t, (cy_tls_change){.kind = kind, .end = end, .code = row.codes[i]});
}

static void add_lists(trial *t, cy_tls_role end, const cy_tls_dialect *d)
{
  static const cy_tls_change_kind suites[] = {CY_CHANGE_SUITE_ADD, CY_CHANGE_SUITE_FIRST},
                                  schemes[] = {CY_CHANGE_SCHEME_ADD, CY_CHANGE_CLIENT_SCHEME_ADD,
                                    CY_CHANGE_CERT_SCHEME_ADD};
  for (uint16_t v = CY_TLS10; v <= CY_TLS13; v++) {
    if (d->known_versions & CY_TLS_BIT(v))
      add(t, (cy_tls_change){.kind = CY_CHANGE_VERSION_ADD, .end = end, .code = v});
    add(t, (cy_tls_change){.kind = CY_CHANGE_VERSION_REMOVE, .end = end, .code = v});
  }
  for (size_t i = 0; i < CY_COUNT(suites); i++)
    add_codes(t, end, suites[i], d->known_suites);
  add_codes(t, end, CY_CHANGE_GROUP_ADD, d->known_groups);
  for (size_t i = 0; i < CY_COUNT(schemes); i++)
    add_codes(t, end, schemes[i], d->known_schemes);
}

static void add_rest(trial *t, cy_tls_role end)
{
  const cy_tls_side *side = t->sides[end], *other = t->sides[1 - end];
  for (int level = 0; level < side->security_level && side->dialect->levels; level++)
    add(t, (cy_tls_change){.kind = CY_CHANGE_LEVEL, .end = end, .value = level});
  for (size_t i = 0; i < t->p->ca_count; i++) {
    add(t, (cy_tls_change){.kind = CY_CHANGE_TRUST_ADD, .end = end, .cert = t->p->cas[i].cert});
    for (size_t k = 0; k < side->identity_count; k++)
      add(t, (cy_tls_change){
               .kind = CY_CHANGE_CHAIN_ADD, .end = end, .value = (int)k, .cert = t->p->cas[i].cert});
  }
  if (end == CY_TLS_SERVER)
    add(t, (cy_tls_change){.kind = CY_CHANGE_DH, .end = end});
  if (end == CY_TLS_SERVER && side->peer == CY_TLS_PEER_REQUIRED)
    add(t, (cy_tls_change){.kind = CY_CHANGE_PEER, .end = end, .value = CY_TLS_PEER_OPTIONAL});
  for (size_t i = 0; i < other->alpn.count && side->alpn.count; i++) {
    cy_tls_change change = {.kind = CY_CHANGE_ALPN_ADD, .end = end};
    snprintf(change.protocol, sizeof change.protocol, "%s", other->alpn.items[i]);
    add(t, change);
  }
}

/* Whether the two agree after these changes. */
static bool agree_after(trial *t, const cy_tls_change *changes, size_t count)
{
  CY_AUTO(cy_tls_side) *client = NULL;
  CY_AUTO(cy_tls_side) *server = NULL;
  CY_AUTO(cy_tls_terms) *client_terms = NULL;
  CY_AUTO(cy_tls_terms) *server_terms = NULL;
  cy_tls_outcome outcome;
  cy_tls_mend mend = {.count = count};
  memcpy(mend.changes, changes, count * sizeof *changes);
  must(cy_tls_side_copy(&client, t->sides[0]));
  must(cy_tls_side_copy(&server, t->sides[1]));
  must(cy_tls_mend_apply(&mend, client, server));
  must(cy_tls_terms_new(&client_terms, client, CY_TLS_CLIENT));
  must(cy_tls_terms_new(&server_terms, server, CY_TLS_SERVER));
  must(cy_tls_predict(&outcome, client_terms, server_terms, t->verdicts));
  return outcome.agrees;
}

static void say(const trial *t, const cy_tls_change *changes, size_t count)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  for (size_t k = 0; k < count; k++) {
    cy_buf_printf(&words, "%s%s: ", k ? "; " : "", cy_tls_role_name(changes[k].end));
    cy_tls_change_format(&words, &changes[k], t->sides[changes[k].end]);
  }
  printf("# fewer changes do: %s\n", cy_buf_cstr(&words));
}

static bool pairs_do(trial *t)
{
  for (size_t i = 0; i < t->count; i++)
    for (size_t k = 0; k < t->count; k++) {
      cy_tls_change two[2] = {t->singles[i], t->singles[k]};
      if (i != k && agree_after(t, two, 2)) {
        say(t, two, 2);
        return true;
      }
    }
  return false;
}

bool mend_is_smallest(const pool *p, cy_tls_verdicts *verdicts, const cy_tls_side *client,
  const cy_tls_side *server, const cy_tls_mend *mend, bool also_pairs)
{
  bool ends[2] = {false, false}, smallest = true;
  trial *t = calloc(1, sizeof *t);
  if (!t)
    abort();
  t->p = p;
  t->verdicts = verdicts;
  t->sides[0] = client;
  t->sides[1] = server;
  t->mend = mend;
  for (size_t i = 0; i < mend->count; i++)
    ends[mend->changes[i].end] = true;
  for (int e = 0; e < 2; e++) {
    if (!ends[e])
      continue;
    add_lists(t, (cy_tls_role)e, t->sides[e]->dialect);
    add_rest(t, (cy_tls_role)e);
  }
  for (size_t i = 0; i < t->count && mend->count > 1 && smallest; i++)
    if (agree_after(t, &t->singles[i], 1)) {
      say(t, &t->singles[i], 1);
      smallest = false;
    }
  if (smallest && mend->count > 2 && also_pairs)
    smallest = !pairs_do(t);
  free(t);
  return smallest;
}
