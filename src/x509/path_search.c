/* Going up from the target, issuer by issuer, until a trusted certificate or a dead end. */
#include <stdlib.h>

#include "base/mem.h"
#include "x509/name.h"
#include "x509/path.h"

enum { MAX_CERTS = 40, DEFAULT_PATHS = 64 };

typedef struct {
  cy_verification *out;
  cy_path_graph *graph;
  const cy_verify_request *request;
  size_t stack[MAX_CERTS];
  size_t depth;
  size_t max_paths;
  size_t attempts; /* that OpenSSL would count as its only one */
  bool done;
} search;

typedef struct {
  size_t node;
  int score;
  bool other_key; /* its key identifier is not the one that is asked for */
} candidate;

typedef struct {
  candidate *items;
  size_t count;
  size_t cap;
  size_t looped; /* that would come a second time */
} candidates;

static const cy_path_node *top(const search *s)
{
  return &s->graph->nodes[s->stack[s->depth - 1]];
}

/* Reports */

static cy_err *new_path(search *s, cy_path *path)
{
  *path = (cy_path){0};
  for (size_t i = 0; i < s->depth; i++)
    CY_TRY(cy_certs_add(&path->certs, s->graph->nodes[s->stack[i]].cert));
  return NULL;
}

/* Keeps the path, or drops it when there are enough; a path that holds is always kept. */
static cy_err *keep(search *s, cy_path *path)
{
  cy_verification *out = s->out;
  if (out->count >= s->max_paths && !path->holds) {
    out->exhausted = true;
    cy_path_clear(path);
    return NULL;
  }
  if (!cy_grow(&out->paths, &out->cap, out->count + 1, sizeof(cy_path))) {
    cy_path_clear(path);
    return cy_err_no_memory();
  }
  if (path->holds && !out->ok) {
    out->ok = true;
    out->holds = out->count;
  }
  out->paths[out->count++] = *path;
  return NULL;
}

static cy_err *dead_end(search *s, cy_rule rule, size_t depth, const char *what, const char *fix)
{
  cy_path path;
  s->attempts += rule != CY_RULE_KEY_ID;
  if (s->out->count >= s->max_paths) {
    s->out->exhausted = true;
    return NULL;
  }
  cy_err *err = new_path(s, &path);
  if (!err)
    err = cy_path_dead_end(s->request, &path, rule, depth, what, fix);
  if (err) {
    cy_path_clear(&path);
    return err;
  }
  return keep(s, &path);
}

/* An edge that does not hold: the path is reported with the issuer on top. */
static cy_err *bad_edge(search *s, size_t issuer, cy_rule rule)
{
  CY_CLEAN(cy_buf) what = CY_BUF_TEXT;
  if (s->depth >= MAX_CERTS)
    return NULL;
  s->stack[s->depth++] = issuer;
  const cy_cert_view *v = top(s)->view;
  switch (rule) {
  case CY_RULE_SIGNATURE:
    cy_buf_str(&what, "names this issuer, but its signature was not made by that key: ");
    break;
  case CY_RULE_KEY_ID:
    cy_buf_str(&what, "names this issuer, but asks for another key than its: ");
    break;
  default:
    cy_buf_str(&what, "is signed in a way that can not be checked; issuer: ");
  }
  cy_path_put_name(&what, v);
  cy_err *err = dead_end(s, rule, s->depth - 2, cy_buf_cstr(&what), NULL);
  s->depth--;
  return err;
}

/* Candidates */

static bool on_stack(const search *s, size_t node)
{
  const cy_path_node *n = &s->graph->nodes[node];
  for (size_t i = 0; i < s->depth; i++) {
    const cy_path_node *other = &s->graph->nodes[s->stack[i]];
    bool same_name = n->subject_len == other->subject_len &&
                     memcmp(n->subject_key, other->subject_key, n->subject_len) == 0;
    if (s->stack[i] == node || (same_name && cy_span_equal(n->view->spki, other->view->spki)))
      return true;
  }
  return false;
}

static bool is_current(const cy_cert_view *v, cy_time at)
{
  return at == CY_TIME_NONE || (v->not_before <= at && at <= v->not_after);
}

static bool is_openssl(const search *s)
{
  return s->out->profile == CY_PROFILE_OPENSSL || s->out->profile == CY_PROFILE_OPENSSL_STRICT;
}

static candidate rate(const search *s, const cy_cert_view *child, size_t node)
{
  const cy_path_node *n = &s->graph->nodes[node];
  candidate c = {.node = node};
  bool both = child->authority_key_id.len && n->view->subject_key_id.len;
  bool same = both && cy_span_equal(child->authority_key_id, n->view->subject_key_id);
  c.other_key = both && !same;
  c.score = (n->trusted ? 8 : 0) + (same ? 16 : 0) - (c.other_key ? 16 : 0);
  c.score += is_current(n->view, s->request->at) ? 4 : 0;
  c.score += n->view->self_issued ? 0 : 1;
  if (is_openssl(s)) /* the trust store first, then what is valid today */
    c.score =
      (c.other_key ? -16 : 0) + (n->trusted ? 8 : 0) + (is_current(n->view, s->request->at) ? 4 : 0);
  return c;
}

static int better_first(const void *a, const void *b)
{
  const candidate *x = a, *y = b;
  if (x->score != y->score)
    return x->score > y->score ? -1 : 1;
  return x->node < y->node ? -1 : x->node > y->node;
}

static cy_err *find_issuers(search *s, candidates *list)
{
  const cy_cert_view *child = top(s)->view;
  size_t i;
  CY_TRY(cy_path_graph_by_name(s->graph, child->issuer, &i));
  for (; i != CY_MAP_NONE; i = s->graph->nodes[i].next) {
    cy_path_work(s->graph, CY_WORK_STEP);
    if (on_stack(s, i)) {
      list->looped++;
      continue;
    }
    if (!cy_grow(&list->items, &list->cap, list->count + 1, sizeof(candidate)))
      return cy_err_no_memory();
    list->items[list->count++] = rate(s, child, i);
  }
  if (list->count > 1)
    qsort(list->items, list->count, sizeof(candidate), better_first);
  return NULL;
}

/* Dead ends */

/* Somebody with the key that is asked for but another name: worth a word. */
static void put_hint(const search *s, cy_buf *buf)
{
  cy_span id = top(s)->view->authority_key_id;
  for (size_t i = 0; id.len && i < s->graph->count; i++) {
    const cy_cert_view *v = s->graph->nodes[i].view;
    if (v == top(s)->view || !cy_span_equal(v->subject_key_id, id))
      continue;
    cy_buf_str(buf, "; the key identifier that it asks for is that of ");
    cy_path_put_name(buf, v);
    cy_buf_str(buf, ", whose name differs");
    return;
  }
}

static cy_err *no_issuer(search *s)
{
  const cy_cert_view *v = top(s)->view;
  CY_CLEAN(cy_buf) what = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) fix = CY_BUF_TEXT;
  cy_buf_str(&what, "was issued by ");
  cy_name_format(&what, v->issuer, CY_NAMES_RFC4514);
  cy_buf_str(&what, ", and that certificate is neither trusted nor among those given");
  if (v->authority_key_id.len) {
    cy_buf_str(&what, " (key identifier ");
    cy_buf_hex_colons(&what, v->authority_key_id);
    cy_buf_str(&what, ")");
  }
  put_hint(s, &what);
  cy_buf_str(&fix, "Add the certificate of ");
  cy_name_format(&fix, v->issuer, CY_NAMES_RFC4514);
  cy_buf_str(&fix, " to the trust store if it is a root that you trust; if it is an intermediate, have the "
                   "server send it, or give it beside the target.");
  return dead_end(s, CY_RULE_NO_ISSUER, s->depth - 1, cy_buf_cstr(&what), cy_buf_cstr(&fix));
}

static cy_err *self_signed(search *s)
{
  if (s->depth == 1)
    return dead_end(
      s, CY_RULE_SELF_SIGNED_LEAF, 0, "is self-signed and is not in the trust store itself", NULL);
  return dead_end(s, CY_RULE_SELF_SIGNED, s->depth - 1,
    "is self-signed, came along with the chain, and is not in the trust store", NULL);
}

static cy_err *nowhere_to_go(search *s, size_t looped)
{
  cy_sig sig = CY_SIG_BAD;
  size_t node = s->stack[s->depth - 1];
  if (s->out->count >= s->max_paths) { /* no more to be told */
    s->out->exhausted = true;
    s->attempts++;
    return NULL;
  }
  if (top(s)->trusted)
    return dead_end(s, CY_RULE_ANCHOR_PARTIAL, s->depth - 1,
      "is trusted but not self-signed, and its own issuer is not trusted", NULL);
  if (top(s)->view->self_issued)
    CY_TRY(cy_path_graph_signed(s->graph, node, node, &sig));
  if (sig == CY_SIG_GOOD)
    return self_signed(s);
  if (looped > (top(s)->view->self_issued ? 1 : 0))
    return dead_end(
      s, CY_RULE_LOOP, s->depth - 1, "leads back to a certificate that is on the path already", NULL);
  return no_issuer(s);
}

/* Climbing */

static cy_err *climb(search *s, size_t node);

static cy_err *try_issuer(search *s, const candidate *c, bool noisy, size_t *tried)
{
  cy_sig sig;
  size_t child = s->stack[s->depth - 1];
  if (c->other_key && cy_rule_applies(CY_RULE_KEY_ID, s->out->profile)) {
    if (!noisy)
      return NULL;
    ++*tried;
    return bad_edge(s, c->node, CY_RULE_KEY_ID);
  }
  CY_TRY(cy_path_graph_signed(s->graph, child, c->node, &sig));
  if (sig != CY_SIG_GOOD && c->other_key && !noisy)
    return NULL;
  ++*tried;
  switch (sig) {
  case CY_SIG_GOOD:
    return climb(s, c->node);
  case CY_SIG_UNSUPPORTED:
    return bad_edge(s, c->node, CY_RULE_SIGNATURE_UNSUPPORTED);
  case CY_SIG_KEY:
    return bad_edge(s, c->node, CY_RULE_ISSUER_KEY);
  default:
    return bad_edge(s, c->node, CY_RULE_SIGNATURE);
  }
}

static bool spent(search *s)
{
  if (cy_path_work(s->graph, 0))
    return false;
  s->out->exhausted = true;
  return true;
}

static cy_err *try_issuers(search *s)
{
  candidates list = {0};
  size_t tried = 0;
  cy_err *err = find_issuers(s, &list);
  for (size_t i = 0; !err && i < list.count && !s->done && !spent(s); i++)
    err = try_issuer(s, &list.items[i], list.count == 1, &tried);
  if (!err && !tried && list.count && !s->done && !spent(s))
    err = try_issuer(s, &list.items[0], true, &tried);
  if (!err && !list.count)
    err = nowhere_to_go(s, list.looped);
  cy_free(list.items);
  return err;
}

static bool key_fits_own_signature(const cy_cert_view *v)
{
  switch (v->key.type) {
  case CY_KEY_X25519:
  case CY_KEY_X448:
  case CY_KEY_DH:
    return false;
  case CY_KEY_ED25519:
    return v->sig_alg == CY_OID_ED25519;
  case CY_KEY_ED448:
    return v->sig_alg == CY_OID_ED448;
  default:
    return v->sig_alg != CY_OID_ED25519 && v->sig_alg != CY_OID_ED448;
  }
}

/* As OpenSSL judges it: by names, key identifiers and algorithm, without trying the signature. */
static bool looks_self_signed(const cy_cert_view *v)
{
  bool same_key = !v->authority_key_id.len || !v->subject_key_id.len ||
                  cy_span_equal(v->authority_key_id, v->subject_key_id);
  return v->self_issued && same_key && key_fits_own_signature(v);
}

static bool will_do_as_anchor(const search *s, const cy_path_node *node)
{
  if (!node->trusted)
    return false;
  return !is_openssl(s) || s->request->partial_chain || looks_self_signed(node->view);
}

static cy_err *judge(search *s)
{
  cy_path path;
  cy_err *err = new_path(s, &path);
  path.anchored = true;
  if (!err)
    err = cy_path_judge(s->graph, s->request, &path, s->attempts++ > 0);
  if (err) {
    cy_path_clear(&path);
    return err;
  }
  s->done = path.holds && !s->request->all_paths;
  return keep(s, &path);
}

static cy_err *climb(search *s, size_t node)
{
  cy_err *err;
  if (!cy_path_work(s->graph, CY_WORK_STEP)) {
    s->out->exhausted = true;
    return NULL;
  }
  if (s->depth >= MAX_CERTS)
    return dead_end(s, CY_RULE_TOO_DEEP, 0, "has more than 40 certificates above it", NULL);
  s->stack[s->depth++] = node;
  err = will_do_as_anchor(s, top(s)) ? judge(s) : try_issuers(s);
  s->depth--;
  return err;
}

cy_err *cy_path_search(
  cy_verification *out, cy_path_graph *graph, const cy_verify_request *request, size_t target)
{
  search s = {.out = out, .graph = graph, .request = request};
  s.max_paths = request->max_paths ? request->max_paths : DEFAULT_PATHS;
  out->profile = request->profile;
  out->holds = SIZE_MAX;
  CY_TRY(climb(&s, target));
  if (out->ok || (!spent(&s) && out->count))
    return NULL;
  s.stack[0] = target;
  s.depth = 1;
  return dead_end(&s, CY_RULE_BUDGET, 0, "has so many possible paths that the search was given up", NULL);
}
