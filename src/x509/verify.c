#include "x509/verify.h"

#include "base/mem.h"
#include "x509/codes.h"
#include "x509/path.h"

#define DEFAULT_WORK 4000000u

void cy_verification_free(cy_verification *v)
{
  if (!v)
    return;
  for (size_t i = 0; i < v->count; i++)
    cy_path_clear(&v->paths[i]);
  cy_free(v->paths);
  cy_free(v);
}

/* Each profile may spend the whole allowance: what others spent does not count against it. */
static cy_err *run(cy_verification **out, cy_path_graph *graph, const cy_verify_request *request)
{
  uint64_t work = graph->work;
  size_t signatures = graph->signature_count;
  cy_verification *v = cy_calloc(1, sizeof *v);
  CY_TRY_ALLOC(v);
  graph->max_work = work + (request->max_work ? request->max_work : DEFAULT_WORK);
  cy_err *err = cy_path_search(v, graph, request, graph->target);
  if (err) {
    cy_verification_free(v);
    return err;
  }
  v->work = graph->work - work;
  v->signatures = graph->signature_count - signatures;
  *out = v;
  return NULL;
}

static cy_verify_request at_some_time(const cy_verify_request *request)
{
  cy_verify_request r = *request;
  if (r.at == 0)
    r.at = cy_time_now();
  return r;
}

cy_err *cy_verify(cy_verification **out, const cy_verify_request *request)
{
  cy_path_graph graph = {0};
  cy_verify_request r = at_some_time(request);
  *out = NULL;
  cy_err *err = cy_path_graph_fill(&graph, &r);
  if (!err)
    err = run(out, &graph, &r);
  cy_path_graph_clear(&graph);
  return err;
}

cy_err *cy_verify_all_profiles(cy_verification *out[CY_PROFILES], const cy_verify_request *request)
{
  cy_path_graph graph = {0};
  cy_verify_request r = at_some_time(request);
  for (int i = 0; i < CY_PROFILES; i++)
    out[i] = NULL;
  cy_err *err = cy_path_graph_fill(&graph, &r);
  for (int i = 0; !err && i < CY_PROFILES; i++) {
    r.profile = (cy_profile)i;
    err = run(&out[i], &graph, &r);
  }
  cy_path_graph_clear(&graph);
  for (int i = 0; err && i < CY_PROFILES; i++) {
    cy_verification_free(out[i]);
    out[i] = NULL;
  }
  return err;
}

static size_t fatal_count(const cy_path *path)
{
  size_t n = 0;
  for (size_t i = 0; i < path->issue_count; i++)
    n += path->issues[i].fatal;
  return n;
}

static bool says_more(const cy_path *a, const cy_path *b)
{
  if (a->anchored != b->anchored)
    return a->anchored;
  if (fatal_count(a) != fatal_count(b))
    return fatal_count(a) < fatal_count(b);
  return a->certs.count > b->certs.count;
}

const cy_path *cy_verification_best(const cy_verification *v)
{
  const cy_path *best = NULL;
  if (v->ok)
    return &v->paths[v->holds];
  for (size_t i = 0; i < v->count; i++)
    if (!best || says_more(&v->paths[i], best))
      best = &v->paths[i];
  return best;
}

void cy_verification_findings(cy_findings *list, const cy_verification *v, const char *subject)
{
  const cy_path *path = cy_verification_best(v);
  for (size_t i = 0; path && i < path->issue_count; i++) {
    const cy_path_issue *issue = &path->issues[i];
    const cy_rule_info *rule = cy_rule_get(issue->rule);
    cy_finding *f = cy_finding_add(list, rule->finding, subject, "%s", issue->what);
    if (!issue->fatal)
      cy_finding_set_severity(f, CY_NOTICE);
    if (issue->fix)
      cy_finding_set_fix(list, f, "%s", issue->fix);
    cy_finding_evidence(list, f, "depth", "%zu", issue->depth);
    cy_finding_evidence(list, f, "profile", "%s", cy_profile_id(v->profile));
    if (rule->openssl)
      cy_finding_evidence(list, f, "openssl_error", "%d", rule->openssl);
  }
}

cy_err *cy_verification_error(const cy_verification *v)
{
  const cy_path *path = cy_verification_best(v);
  const cy_path_issue *issue = path ? cy_path_first(path) : NULL;
  if (v->ok || !issue)
    return NULL;
  cy_err *cause = cy_err_new(CY_E_X509_PATH_BROKEN, "%s (%s, %s)", issue->what, cy_rule_id(issue->rule),
    cy_path_issue_info(issue)->citation);
  return cy_err_hint(cause, "%s", cy_path_issue_fix(issue));
}
