/* Revocation by lists that were given (RFC 5280 6.3). */
#include "base/mem.h"
#include "base/text.h"
#include "x509/crl_scope.h"
#include "x509/name.h"
#include "x509/path.h"

enum { MAX_NESTED = 3 }; /* lists whose signers need lists whose signers ... */

/* What is known about one certificate so far. */
typedef struct {
  cy_path_check *check;
  size_t depth;
  const cy_cert_view *cert;
  unsigned reasons; /* that some list answered for */
  bool revoked;
  cy_crl_entry entry;
  const cy_crl_view *by;
  cy_rule why; /* the most telling reason why a list did not count */
  cy_buf text;
} inquiry;

/* Rules from the least to the most telling. */
static int telling(cy_rule rule)
{
  static const cy_rule order[] = {CY_RULE_CRL_MISSING, CY_RULE_CRL_SCOPE, CY_RULE_CRL_NUMBER,
    CY_RULE_CRL_MALFORMED, CY_RULE_CRL_NOT_YET, CY_RULE_CRL_EXPIRED, CY_RULE_CRL_CRITICAL,
    CY_RULE_CRL_ISSUER, CY_RULE_CRL_SIGNATURE};
  for (size_t i = 0; i < CY_COUNT(order); i++)
    if (order[i] == rule)
      return (int)i;
  return -1;
}

/* Notes why a list does not count; always false. */
static bool useless(inquiry *q, cy_rule rule, const cy_crl_view *crl, const char *why)
{
  if (telling(rule) <= telling(q->why))
    return false;
  q->why = rule;
  cy_buf_reset(&q->text);
  cy_buf_str(&q->text, "the list of ");
  cy_name_format(&q->text, crl->issuer, CY_NAMES_RFC4514);
  cy_buf_str(&q->text, " of ");
  cy_time_format_date(&q->text, crl->this_update);
  cy_buf_printf(&q->text, " %s", why);
  return false;
}

static bool is_current(inquiry *q, const cy_crl_view *crl)
{
  cy_time at = q->check->at;
  CY_CLEAN(cy_buf) why = CY_BUF_TEXT;
  if (at == CY_TIME_NONE)
    return true;
  if (crl->this_update > at)
    return useless(q, CY_RULE_CRL_NOT_YET, crl, "lies in the future");
  if (crl->next_update == CY_TIME_NONE || crl->next_update >= at)
    return true;
  cy_buf_str(&why, "should have been followed by another at ");
  cy_time_format_rfc3339(&why, crl->next_update);
  return useless(q, CY_RULE_CRL_EXPIRED, crl, cy_buf_cstr(&why));
}

static bool is_understood(inquiry *q, const cy_crl_view *crl)
{
  if (crl->unknown_critical || crl->unknown_critical_entry)
    return useless(q, CY_RULE_CRL_CRITICAL, crl, "has a critical extension that is not known here");
  if (crl->exts_malformed)
    return useless(q, CY_RULE_CRL_MALFORMED, crl, "has an extension that can not be read");
  if (!crl->number.len && crl->version > 1 && cy_rule_applies(CY_RULE_CRL_NUMBER, q->check->profile))
    return useless(q, CY_RULE_CRL_NUMBER, crl, "has no number");
  return true;
}

/* The signer of a list */

static cy_verify_request signer_request(const cy_verify_request *r)
{
  cy_verify_request s = *r;
  s.purpose = CY_PURPOSE_ANY;
  s.host = s.email = NULL;
  s.policy_count = 0;
  s.explicit_policy = s.inhibit_any = s.inhibit_mapping = s.policy_check = false;
  s.all_paths = true;
  s.max_paths = 8;
  return s;
}

/* Does a path from this node hold, to the very anchor of the path that is judged? */
static cy_err *leads_to_anchor(inquiry *q, size_t node, bool *good)
{
  cy_path_check *check = q->check;
  cy_path_graph *graph = check->graph;
  const cy_cert_view *anchor = cy_path_view(check, check->count - 1);
  cy_verify_request request = signer_request(check->request);
  cy_verification *v = cy_calloc(1, sizeof *v);
  CY_TRY_ALLOC(v);
  *good = false;
  graph->nested++;
  graph->nodes[node].as_signer = true;
  cy_err *err = graph->nested > MAX_NESTED ? NULL : cy_path_search(v, graph, &request, node);
  graph->nodes[node].as_signer = false;
  graph->nested--;
  for (size_t i = 0; !err && i < v->count; i++) {
    const cy_certs *certs = &v->paths[i].certs;
    if (v->paths[i].holds && cy_cert_get(certs->items[certs->count - 1]) == anchor)
      *good = true;
  }
  cy_verification_free(v);
  return err;
}

static bool on_path_above(const inquiry *q, const cy_cert_view *view)
{
  for (size_t i = q->depth + 1; i < q->check->count; i++)
    if (cy_path_view(q->check, i) == view)
      return true;
  return false;
}

static cy_err *is_signer(inquiry *q, const cy_crl *crl, size_t node, bool *good)
{
  const cy_crl_view *v = cy_crl_get(crl);
  const cy_cert_view *signer = q->check->graph->nodes[node].view;
  bool other_key = v->authority_key_id.len && signer->subject_key_id.len &&
                   !cy_span_equal(v->authority_key_id, signer->subject_key_id);
  cy_sig sig;
  *good = false;
  if (other_key || !cy_path_work(q->check->graph, CY_WORK_STEP))
    return NULL;
  CY_TRY(cy_path_graph_crl_signed(q->check->graph, crl, signer, &sig));
  if (sig != CY_SIG_GOOD)
    return NULL;
  *good = !signer->has_key_usage || signer->key_usage & CY_KU_CRL_SIGN;
  if (!*good) {
    useless(q, CY_RULE_CRL_ISSUER, v, "is signed with a key whose key usage has no cRLSign");
    return NULL;
  }
  /* A signer whose own certificate is in its own list: whoever asked first is answered by the rest. */
  if (on_path_above(q, signer) || q->check->graph->nodes[node].as_signer)
    return NULL;
  CY_TRY(leads_to_anchor(q, node, good));
  if (!*good)
    useless(q, CY_RULE_CRL_ISSUER, v,
      "is signed by somebody whose own certificate does not hold under the same root");
  return NULL;
}

static cy_err *is_trusted(inquiry *q, const cy_crl *crl, bool *good)
{
  const cy_crl_view *v = cy_crl_get(crl);
  size_t node;
  *good = false;
  CY_TRY(cy_path_graph_by_name(q->check->graph, v->issuer, &node));
  for (; node != CY_MAP_NONE && !*good; node = q->check->graph->nodes[node].next)
    CY_TRY(is_signer(q, crl, node, good));
  if (!*good && telling(q->why) < telling(CY_RULE_CRL_ISSUER))
    useless(
      q, CY_RULE_CRL_SIGNATURE, v, "is signed by a key that is not here or not trusted, or was altered");
  return NULL;
}

/* Deltas */

static int compare_numbers(cy_span a, cy_span b)
{
  for (; a.len && !a.data[0]; a.len--)
    a.data++;
  for (; b.len && !b.data[0]; b.len--)
    b.data++;
  if (a.len != b.len)
    return a.len < b.len ? -1 : 1;
  return a.len ? memcmp(a.data, b.data, a.len) : 0;
}

static cy_span scope_of(const cy_crl_view *crl)
{
  for (size_t i = 0; i < crl->ext_count; i++)
    if (crl->exts[i].oid == CY_OID_ISSUING_DISTRIBUTION_POINT)
      return crl->exts[i].value;
  return CY_SPAN_NONE;
}

/* 6.3.3 (c) */
static bool completes(const cy_crl_view *delta, const cy_crl_view *base)
{
  return delta->is_delta && delta->number.len && base->number.len &&
         compare_numbers(base->number, delta->delta_base) >= 0 &&
         compare_numbers(delta->number, base->number) >= 0 &&
         cy_span_equal(delta->authority_key_id, base->authority_key_id) &&
         cy_span_equal(scope_of(delta), scope_of(base)) && cy_name_equal(delta->issuer, base->issuer);
}

static cy_err *find_delta(inquiry *q, const cy_crl_view *base, const cy_crl **out)
{
  const cy_crls *crls = q->check->request->crls;
  size_t i;
  *out = NULL;
  CY_TRY(cy_path_graph_crls_of(q->check->graph, base->issuer, &i));
  for (; i != CY_MAP_NONE; i = q->check->graph->crl_next[i]) {
    const cy_crl_view *v = cy_crl_get(crls->items[i]);
    bool good = false;
    if (!cy_path_work(q->check->graph, CY_WORK_STEP) || !completes(v, base) || !is_current(q, v) ||
        !is_understood(q, v))
      continue;
    CY_TRY(is_trusted(q, crls->items[i], &good));
    if (good && (!*out || compare_numbers(v->number, cy_crl_get(*out)->number) > 0))
      *out = crls->items[i];
  }
  return NULL;
}

/* Asking */

static void look_up(inquiry *q, const cy_crl *base, const cy_crl *delta)
{
  cy_crl_entry entry;
  const cy_crl *by = delta;
  bool found = delta && cy_crl_find(delta, q->cert->issuer, q->cert->serial, &entry);
  if (found && entry.reason == CY_REASON_REMOVE)
    return;
  if (!found) {
    by = base;
    found = cy_crl_find(base, q->cert->issuer, q->cert->serial, &entry);
  }
  if (!found || entry.reason == CY_REASON_REMOVE)
    return;
  q->revoked = true;
  q->entry = entry;
  q->by = cy_crl_get(by);
}

static cy_err *ask(inquiry *q, const cy_crl *crl, const cy_dist_point *point)
{
  const cy_crl_view *v = cy_crl_get(crl);
  const cy_crl *delta;
  bool good;
  if (v->is_delta || q->revoked || !cy_path_work(q->check->graph, CY_WORK_STEP))
    return NULL;
  unsigned reasons = cy_crl_scope(v, q->cert, point);
  if (!reasons) {
    useless(q, CY_RULE_CRL_SCOPE, v, "is about other certificates");
    return NULL;
  }
  if (!(reasons & ~q->reasons) || !is_current(q, v) || !is_understood(q, v))
    return NULL;
  CY_TRY(is_trusted(q, crl, &good));
  if (!good)
    return NULL;
  CY_TRY(find_delta(q, v, &delta));
  look_up(q, crl, delta);
  q->reasons |= reasons;
  return NULL;
}

static cy_err *ask_lists_of(inquiry *q, cy_span issuer, const cy_dist_point *point)
{
  size_t i;
  CY_TRY(cy_path_graph_crls_of(q->check->graph, issuer, &i));
  for (; i != CY_MAP_NONE && q->reasons != CY_REASONS_ALL; i = q->check->graph->crl_next[i])
    CY_TRY(ask(q, q->check->request->crls->items[i], point));
  return NULL;
}

static cy_err *ask_at(inquiry *q, const cy_dist_point *point)
{
  cy_gn_iter iter;
  cy_general_name name;
  if (!point->issuer.len)
    return ask_lists_of(q, q->cert->issuer, point);
  cy_gn_begin_content(&iter, point->issuer);
  while (cy_gn_next(&iter, &name))
    if (name.kind == CY_GN_DIRECTORY)
      CY_TRY(ask_lists_of(q, name.value, point));
  return NULL;
}

/* 6.3.3, at the end: lists of the issuer that no distribution point names. */
static cy_err *ask_everywhere(inquiry *q)
{
  cy_dist_points points;
  cy_dist_point point, plain = {.reasons = CY_REASONS_ALL};
  cy_dist_points_begin(&points, q->cert);
  while (cy_dist_point_next(&points, &point) && q->reasons != CY_REASONS_ALL && !q->revoked)
    CY_TRY(ask_at(q, &point));
  if (q->reasons != CY_REASONS_ALL && !q->revoked)
    CY_TRY(ask_at(q, &plain));
  return NULL;
}

static void say_revoked(inquiry *q)
{
  CY_CLEAN(cy_buf) when = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) who = CY_BUF_TEXT;
  cy_time_format_rfc3339(&when, q->entry.date);
  cy_name_format(&who, q->by->issuer, CY_NAMES_RFC4514);
  cy_buf_str(&who, " of ");
  cy_time_format_date(&who, q->by->this_update);
  cy_path_break(q->check, CY_RULE_REVOKED, q->depth, "was revoked at %s (%s), says the list of %s",
    cy_buf_cstr(&when), cy_reason_words(q->entry.reason), cy_buf_cstr(&who));
}

/* No answer: who goes on all the same? Browsers do, others when nothing at hand is about it. */
static void say_unknown(inquiry *q)
{
  const cy_verify_request *r = q->check->request;
  bool beside = q->why == CY_RULE_CRL_MISSING || q->why == CY_RULE_CRL_SCOPE;
  bool hard = r->require_revocation || (!beside && q->check->profile != CY_PROFILE_BROWSER);
  const char *why = q->text.len ? cy_buf_cstr(&q->text) : "no list of its issuer is at hand";
  if (hard)
    cy_path_break(q->check, q->why, q->depth, "may be revoked or not: %s", why);
  else if (r->crls)
    cy_path_warn(q->check, q->why, q->depth, "may be revoked or not: %s", why);
}

static cy_err *inquire(cy_path_check *check, size_t depth)
{
  inquiry q = {.check = check,
    .depth = depth,
    .cert = cy_path_view(check, depth),
    .why = CY_RULE_CRL_MISSING,
    .text = CY_BUF_TEXT};
  cy_err *err = check->request->crls ? ask_everywhere(&q) : NULL;
  if (!err && q.revoked)
    say_revoked(&q);
  else if (!err && q.reasons != CY_REASONS_ALL)
    say_unknown(&q);
  cy_buf_clear(&q.text);
  return err;
}

cy_err *cy_path_check_revocation(cy_path_check *check)
{
  const cy_verify_request *r = check->request;
  if (!r->require_revocation && !r->crls)
    return NULL;
  if (cy_path_first(check->path)) /* broken anyway: no lists are asked */
    return NULL;
  for (size_t i = check->count - 1; i-- > 0;)
    CY_TRY(inquire(check, i));
  return NULL;
}
