/* One path from the target to its anchor, judged as a whole. */
#include "base/mem.h"
#include "x509/path.h"

static cy_err *begin(cy_path_check *check, const cy_verify_request *request, cy_path *path)
{
  *check = (cy_path_check){.request = request,
    .path = path,
    .count = path->certs.count,
    .profile = request->profile,
    .at = request->at};
  check->views = cy_calloc(check->count ? check->count : 1, sizeof(cy_cert_view *));
  CY_TRY_ALLOC(check->views);
  for (size_t i = 0; i < check->count; i++)
    check->views[i] = cy_cert_get(path->certs.items[i]);
  return NULL;
}

static cy_err *end(cy_path_check *check, cy_err *err)
{
  cy_free(check->views);
  if (!err && check->no_memory)
    err = cy_err_no_memory();
  return err;
}

cy_err *cy_path_dead_end(const cy_verify_request *request, cy_path *path, cy_rule rule, size_t depth,
  const char *what, const char *fix)
{
  cy_path_check check;
  CY_TRY(begin(&check, request, path));
  cy_path_break(&check, rule, depth, "%s", what);
  if (!check.noted) /* a dead end is one in every profile */
    cy_path_warn(&check, rule, depth, "%s", what);
  if (path->issue_count)
    path->issues[path->issue_count - 1].fatal = true;
  if (fix)
    cy_path_fix(&check, "%s", fix);
  return end(&check, NULL);
}

static cy_err *judge(cy_path_check *check)
{
  if (check->profile == CY_PROFILE_JAVA && check->count == 1) {
    /* What stands in its trust store itself is trusted by Java, whatever it says. */
    cy_path_check_host(check);
    return NULL;
  }
  cy_path_check_dates(check);
  cy_path_check_extensions(check);
  cy_path_check_ca(check);
  cy_path_check_purpose(check);
  cy_path_check_strength(check);
  CY_TRY(cy_path_check_names(check));
  CY_TRY(cy_path_check_policies(check));
  cy_path_check_form(check);
  cy_path_check_webpki(check);
  cy_path_check_host(check);
  return cy_path_check_revocation(check);
}

cy_err *cy_path_judge(cy_path_graph *graph, const cy_verify_request *request, cy_path *path, bool late)
{
  cy_path_check check;
  CY_TRY(begin(&check, request, path));
  check.graph = graph;
  cy_path_work(graph, CY_WORK_JUDGE * check.count);
  if (late)
    cy_path_break(&check, CY_RULE_NOT_TRIED, 0,
      "has this path, too, but OpenSSL builds one path only, and that one broke");
  CY_TRY(end(&check, judge(&check)));
  path->holds = !cy_path_first(path);
  return NULL;
}
