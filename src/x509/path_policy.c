/*
 * Certificate policies (RFC 5280 6.1.2 to 6.1.5).
 *
 * The standard describes a tree, which a few certificates can blow up beyond any memory. What counts
 * is kept here as a graph: for each certificate one node a policy, with edges to the policies of the
 * level above that were mapped to it. A node without such edges stands below anyPolicy.
 */
#include "base/der.h"
#include "base/map.h"
#include "base/mem.h"
#include "x509/path.h"

typedef struct {
  cy_span policy; /* content of the OID */
  size_t edges;   /* how many lead up */
  bool mapped;    /* to other policies: it does not go down under its own name */
  bool dead;
  bool reached;
} node;

typedef struct {
  size_t child;
  size_t parent; /* in the level above */
} edge;

typedef struct {
  node *nodes;
  size_t count;
  size_t cap;
  edge *edges;
  size_t edge_count;
  size_t edge_cap;
  cy_map by_policy;
  size_t alive;
  bool has_any;
} level;

typedef struct {
  cy_span *items;
  size_t count;
  size_t cap;
  bool any;
  bool twice; /* one of them is there twice, which Java lets pass */
  bool malformed;
} policies;

typedef struct {
  cy_span from;
  cy_span to;
} mapping;

typedef struct {
  mapping *items;
  size_t count;
  size_t cap;
  bool malformed;
} mappings;

typedef struct {
  cy_path_check *check;
  level *levels;
  size_t count;
  size_t explicit_policy; /* the three counters of 6.1.2 (d) to (f) */
  size_t inhibit_any;
  size_t policy_mapping;
} walk;

static void level_clear(level *l)
{
  cy_free(l->nodes);
  cy_free(l->edges);
  cy_map_clear(&l->by_policy);
}

static bool is_empty(const level *l)
{
  return !l->alive && !l->has_any;
}

/* CY_MAP_NONE when there is none that lives. */
static size_t find(const level *l, cy_span policy)
{
  size_t i = cy_map_get(&l->by_policy, policy);
  return i != CY_MAP_NONE && l->nodes[i].dead ? CY_MAP_NONE : i;
}

static void kill_node(level *l, size_t i)
{
  l->alive -= !l->nodes[i].dead;
  l->nodes[i].dead = true;
}

static cy_err *add_node(level *l, cy_span policy, size_t *out)
{
  if (!cy_grow(&l->nodes, &l->cap, l->count + 1, sizeof(node)))
    return cy_err_no_memory();
  *out = l->count++;
  l->nodes[*out] = (node){.policy = policy};
  l->alive++;
  return cy_map_put(&l->by_policy, policy, *out) ? NULL : cy_err_no_memory();
}

static cy_err *add_edge(level *l, cy_span policy, size_t parent)
{
  size_t child = find(l, policy);
  if (child == CY_MAP_NONE)
    CY_TRY(add_node(l, policy, &child));
  if (!cy_grow(&l->edges, &l->edge_cap, l->edge_count + 1, sizeof(edge)))
    return cy_err_no_memory();
  l->edges[l->edge_count++] = (edge){child, parent};
  l->nodes[child].edges++;
  return NULL;
}

/* Reading the extensions */

static cy_err *add_policy(policies *p, cy_map *seen, cy_span policy)
{
  if (cy_map_get(seen, policy) != CY_MAP_NONE)
    p->twice = true;
  if (cy_oid_find(policy) == CY_OID_ANY_POLICY)
    p->any = true;
  else if (!cy_grow(&p->items, &p->cap, p->count + 1, sizeof(cy_span)))
    return cy_err_no_memory();
  else
    p->items[p->count++] = policy;
  return cy_map_put(seen, policy, 1) ? NULL : cy_err_no_memory();
}

static cy_err *read_policies(policies *p, const cy_ext *ext)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, ext->value);
  cy_cur list = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_map seen;
  cy_err *err = NULL;
  cy_map_init(&seen, false);
  while (!err && cy_cur_more(&list)) {
    cy_cur info = cy_der_enter(&list, CY_DER_SEQUENCE);
    cy_span policy = cy_der_take(&info, CY_DER_OID);
    if (cy_cur_more(&info))
      cy_der_take(&info, CY_DER_SEQUENCE);
    cy_der_leave(&info);
    if (cy_cur_ok(&list))
      err = add_policy(p, &seen, policy);
  }
  cy_der_leave(&list);
  cy_cur_end(&cur);
  cy_map_clear(&seen);
  p->malformed = p->malformed || !cy_cur_ok(&cur) || (!p->count && !p->any);
  return err;
}

static cy_err *read_mappings(mappings *m, const cy_ext *ext)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, ext->value);
  cy_cur list = cy_der_enter(&cur, CY_DER_SEQUENCE);
  while (cy_cur_more(&list)) {
    mapping one;
    cy_cur pair = cy_der_enter(&list, CY_DER_SEQUENCE);
    one.from = cy_der_take(&pair, CY_DER_OID);
    one.to = cy_der_take(&pair, CY_DER_OID);
    cy_der_leave(&pair);
    if (!cy_cur_ok(&list))
      break;
    if (!cy_grow(&m->items, &m->cap, m->count + 1, sizeof(mapping)))
      return cy_err_no_memory();
    m->items[m->count++] = one;
    m->malformed = m->malformed || cy_oid_find(one.from) == CY_OID_ANY_POLICY ||
                   cy_oid_find(one.to) == CY_OID_ANY_POLICY;
  }
  cy_der_leave(&list);
  cy_cur_end(&cur);
  m->malformed = m->malformed || !cy_cur_ok(&cur) || !m->count;
  return NULL;
}

static bool small_number(cy_span content, size_t *out)
{
  if (!content.len || content.data[0] & 0x80)
    return false;
  *out = content.len == 1 ? content.data[0] : SIZE_MAX;
  return true;
}

/* Steps */

static void malformed(walk *w, size_t depth, const char *which)
{
  cy_path_break(w->check, CY_RULE_POLICY_SYNTAX, depth, "has %s that can not be applied", which);
}

/* 6.1.3 (d) and (e). */
static cy_err *apply_policies(level *l, const policies *p, bool any_allowed)
{
  bool had_any = l->has_any;
  if (!p->any || !any_allowed) {
    for (size_t i = 0; i < l->count; i++)
      l->nodes[i].reached = false;
    for (size_t i = 0; i < p->count; i++) {
      size_t n = find(l, p->items[i]);
      if (n != CY_MAP_NONE)
        l->nodes[n].reached = true;
    }
    for (size_t i = 0; i < l->count; i++)
      if (!l->nodes[i].reached)
        kill_node(l, i);
    l->has_any = false;
  }
  for (size_t i = 0; had_any && i < p->count; i++) {
    size_t n = find(l, p->items[i]);
    if (n == CY_MAP_NONE)
      CY_TRY(add_node(l, p->items[i], &n));
  }
  return NULL;
}

static cy_err *certificate_policies(walk *w, size_t depth)
{
  const cy_cert_view *v = cy_path_view(w->check, depth);
  const cy_ext *ext = cy_cert_ext(v, CY_OID_CERTIFICATE_POLICIES);
  level *l = &w->levels[w->count - 1];
  policies p = {0};
  if (!ext) {
    for (size_t i = 0; i < l->count; i++)
      kill_node(l, i);
    l->has_any = false;
    return NULL;
  }
  cy_err *err = read_policies(&p, ext);
  if (!err && (p.malformed || (p.twice && w->check->profile != CY_PROFILE_JAVA)))
    malformed(w, depth, "certificate policies");
  cy_path_work(w->check->graph, p.count * 4);
  if (!err)
    err = apply_policies(l, &p, w->inhibit_any > 0 || (depth > 0 && v->self_issued));
  cy_free(p.items);
  return err;
}

/* 6.1.4 (b): the policies that are mapped, or gone when mapping is inhibited. */
static cy_err *mark_mapped(level *l, const mappings *m, bool allowed)
{
  for (size_t i = 0; i < m->count; i++) {
    size_t n = find(l, m->items[i].from);
    if (!allowed && n != CY_MAP_NONE)
      kill_node(l, n);
    if (!allowed)
      continue;
    if (n == CY_MAP_NONE && l->has_any)
      CY_TRY(add_node(l, m->items[i].from, &n));
    if (n != CY_MAP_NONE)
      l->nodes[n].mapped = true;
  }
  return NULL;
}

static cy_err *go_down(const level *from, level *to, const mappings *m, bool allowed)
{
  cy_map_init(&to->by_policy, false);
  to->has_any = from->has_any;
  for (size_t i = 0; i < from->count; i++)
    if (!from->nodes[i].dead && !from->nodes[i].mapped)
      CY_TRY(add_edge(to, from->nodes[i].policy, i));
  for (size_t i = 0; allowed && i < m->count; i++) {
    size_t parent = find(from, m->items[i].from);
    if (parent != CY_MAP_NONE)
      CY_TRY(add_edge(to, m->items[i].to, parent));
  }
  return NULL;
}

static cy_err *policy_mappings(walk *w, size_t depth)
{
  const cy_ext *ext = cy_cert_ext(cy_path_view(w->check, depth), CY_OID_POLICY_MAPPINGS);
  level *l = &w->levels[w->count - 1];
  mappings m = {0};
  cy_err *err = ext ? read_mappings(&m, ext) : NULL;
  if (!err && m.malformed)
    malformed(w, depth, "policy mappings");
  cy_path_work(w->check->graph, m.count * 4 + l->count);
  if (!err)
    err = mark_mapped(l, &m, w->policy_mapping > 0);
  if (!err)
    err = go_down(l, &w->levels[w->count++], &m, w->policy_mapping > 0);
  cy_free(m.items);
  return err;
}

static void lower(size_t *counter, size_t limit)
{
  if (limit < *counter)
    *counter = limit;
}

static void count_down(size_t *counter)
{
  if (*counter)
    --*counter;
}

/* PolicyConstraints ::= SEQUENCE { requireExplicitPolicy [0], inhibitPolicyMapping [1] } */
static void policy_constraints(walk *w, size_t depth, bool leaf)
{
  const cy_ext *ext = cy_cert_ext(cy_path_view(w->check, depth), CY_OID_POLICY_CONSTRAINTS);
  if (!ext)
    return;
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, ext->value);
  cy_cur seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_span content;
  size_t n;
  bool good = cy_cur_more(&seq);
  if (cy_der_take_if(&seq, CY_DER_CONTEXT(0), &content)) {
    good = good && small_number(content, &n);
    if (good && (!leaf || n == 0))
      lower(&w->explicit_policy, n);
  }
  if (cy_der_take_if(&seq, CY_DER_CONTEXT(1), &content)) {
    good = good && small_number(content, &n);
    if (good)
      lower(&w->policy_mapping, n);
  }
  cy_der_leave(&seq);
  cy_cur_end(&cur);
  if (!good || !cy_cur_ok(&cur))
    malformed(w, depth, "policy constraints");
}

static void inhibit_any_policy(walk *w, size_t depth)
{
  const cy_ext *ext = cy_cert_ext(cy_path_view(w->check, depth), CY_OID_INHIBIT_ANY_POLICY);
  if (!ext)
    return;
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, ext->value);
  cy_span content = cy_der_take(&cur, CY_DER_INTEGER);
  size_t n;
  cy_cur_end(&cur);
  if (cy_cur_ok(&cur) && small_number(content, &n))
    lower(&w->inhibit_any, n);
  else
    malformed(w, depth, "inhibitAnyPolicy");
}

static void unacceptable(walk *w, size_t depth, const char *why)
{
  cy_path_break(w->check, CY_RULE_POLICY, depth, "%s", why);
}

/* 6.1.3, 6.1.4 for one certificate; *stop: no policy is left, and one is needed. */
static cy_err *step(walk *w, size_t depth, bool *stop)
{
  bool counts = !cy_path_view(w->check, depth)->self_issued;
  CY_TRY(certificate_policies(w, depth));
  *stop = w->explicit_policy == 0 && is_empty(&w->levels[w->count - 1]);
  if (*stop)
    unacceptable(w, depth, "carries no policy that all certificates above it have, and one is demanded");
  if (depth == 0 || *stop)
    return NULL;
  CY_TRY(policy_mappings(w, depth));
  if (counts) {
    count_down(&w->explicit_policy);
    count_down(&w->policy_mapping);
    count_down(&w->inhibit_any);
  }
  policy_constraints(w, depth, false);
  inhibit_any_policy(w, depth);
  return NULL;
}

/* 6.1.5 (g): is there a policy of the user's at the end of the path? */

static cy_err *user_policies(cy_map *set, const cy_verify_request *r, bool *any)
{
  *any = r->policy_count == 0;
  for (size_t i = 0; i < r->policy_count; i++) {
    CY_CLEAN(cy_buf) content = CY_BUF_TEXT;
    if (!cy_oid_parse(&content, r->policies[i]))
      return cy_err_new(CY_E_USAGE, "%s is not an object identifier with dots", r->policies[i]);
    *any = *any || cy_oid_find(cy_buf_get(&content)) == CY_OID_ANY_POLICY;
    if (!cy_map_put(set, cy_buf_get(&content), 1))
      return cy_err_no_memory();
  }
  return NULL;
}

/* Goes from the end upwards to the names under which the policies began. */
static bool some_reached(walk *w, const cy_map *users)
{
  level *last = &w->levels[w->count - 1];
  for (size_t i = 0; i < last->count; i++)
    last->nodes[i].reached = !last->nodes[i].dead;
  for (size_t at = w->count; at-- > 0;) {
    level *l = &w->levels[at];
    for (size_t i = 0; i < l->count; i++) {
      node *n = &l->nodes[i];
      if (n->reached && !n->edges && cy_map_get(users, n->policy) != CY_MAP_NONE)
        return true;
    }
    for (size_t i = 0; at > 0 && i < l->count; i++)
      l->nodes[i].mapped = l->nodes[i].reached; /* no longer needed for its own sake */
    level *above = at > 0 ? &w->levels[at - 1] : NULL;
    for (size_t i = 0; above && i < above->count; i++)
      above->nodes[i].reached = false;
    for (size_t i = 0; above && i < l->edge_count; i++)
      if (l->nodes[l->edges[i].child].mapped)
        above->nodes[l->edges[i].parent].reached = true;
  }
  return false;
}

static cy_err *wrap_up(walk *w)
{
  const level *last = &w->levels[w->count - 1];
  cy_map users;
  bool any;
  count_down(&w->explicit_policy);
  policy_constraints(w, 0, true);
  if (w->explicit_policy)
    return NULL;
  cy_map_init(&users, true);
  cy_err *err = user_policies(&users, w->check->request, &any);
  bool fine = !is_empty(last) && (any || last->has_any || some_reached(w, &users));
  cy_map_clear(&users);
  if (!err && !fine)
    unacceptable(w, 0, "was issued under none of the policies that are wanted");
  return err;
}

static bool is_asked_for(const cy_path_check *check)
{
  const cy_verify_request *r = check->request;
  bool openssl = check->profile == CY_PROFILE_OPENSSL || check->profile == CY_PROFILE_OPENSSL_STRICT;
  return !openssl || r->policy_check || r->policy_count || r->explicit_policy || r->inhibit_any ||
         r->inhibit_mapping;
}

static cy_err *run(walk *w)
{
  size_t depth = w->check->count;
  bool stop = false;
  depth -= w->check->path->anchored && depth > 1; /* the anchor is only a name and a key */
  w->explicit_policy = w->check->request->explicit_policy ? 0 : depth + 1;
  w->inhibit_any = w->check->request->inhibit_any ? 0 : depth + 1;
  w->policy_mapping = w->check->request->inhibit_mapping ? 0 : depth + 1;
  while (depth-- > 0 && !stop)
    CY_TRY(step(w, depth, &stop));
  return stop ? NULL : wrap_up(w);
}

cy_err *cy_path_check_policies(cy_path_check *check)
{
  walk w = {.check = check, .count = 1};
  if (!is_asked_for(check) || !check->count)
    return NULL;
  w.levels = cy_calloc(check->count + 1, sizeof(level));
  CY_TRY_ALLOC(w.levels);
  cy_map_init(&w.levels[0].by_policy, false);
  w.levels[0].has_any = true;
  cy_err *err = run(&w);
  for (size_t i = 0; i < w.count; i++)
    level_clear(&w.levels[i]);
  cy_free(w.levels);
  return err;
}
