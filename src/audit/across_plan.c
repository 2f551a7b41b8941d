/* What a plan would stop: certificates that break a rule, and those under a CA that does. */
#include "audit/across.h"
#include "audit/codes.h"
#include "base/mem.h"
#include "x509/codes.h"

enum { DEPTH = 32 };

typedef enum { NOT_JUDGED, BEING_JUDGED, SOUND, FALLS } state;

typedef struct {
  uint8_t state;
  uint8_t rule;     /* that `through` breaks */
  uint32_t through; /* itself, or the CA in its chain */
} verdict;

typedef struct {
  cy_findings *list;
  cy_inventory *inv;
  const cy_across *how;
  verdict *verdicts;
} planner;

static cy_err *judge(planner *p, uint32_t at, unsigned depth);

/* It falls with its issuers when all of those that are known fall. */
static cy_err *judge_issuers(planner *p, uint32_t at, unsigned depth)
{
  cy_inv_issuers issuers;
  verdict *v = &p->verdicts[at];
  bool all = true, any = false;
  CY_TRY(cy_inventory_issuers(p->inv, at, &issuers));
  for (size_t i = 0; i < issuers.count && all; i++) {
    const verdict *up = &p->verdicts[issuers.certs[i]];
    CY_TRY(judge(p, issuers.certs[i], depth + 1));
    if (up->state == BEING_JUDGED)
      continue; /* two CAs that signed each other */
    all = up->state == FALLS;
    if (all && !any) {
      v->rule = up->rule;
      v->through = up->through;
    }
    any = true;
  }
  v->state = any && all ? FALLS : SOUND;
  return NULL;
}

static cy_err *judge(planner *p, uint32_t at, unsigned depth)
{
  verdict *v = &p->verdicts[at];
  const cy_inv_cert *cert = &p->inv->certs[at];
  if (v->state != NOT_JUDGED)
    return NULL;
  cy_plan_rule rule = cy_plan_broken(p->how->plan, &cert->note, cy_inv_cert_is_root(cert), p->how->now);
  if (rule != CY_PLAN_RULES || depth >= DEPTH) {
    *v = (verdict){rule != CY_PLAN_RULES ? FALLS : SOUND, (uint8_t)rule, at};
    return NULL;
  }
  v->state = BEING_JUDGED;
  return judge_issuers(p, at, depth);
}

static void put_more(cy_buf *buf, const cy_inv_cert *cert)
{
  if (cert->places > 1)
    cy_buf_printf(
      buf, "; the same certificate is in %u more place%s", cert->places - 1, cert->places == 2 ? "" : "s");
}

static void put_facts(planner *p, cy_finding *f, const cy_inv_cert *cert, const char *rule)
{
  cy_across_evidence(p->list, f, "sha256", cert->note.sha256);
  cy_finding_evidence(p->list, f, "name", "%s", cert->title);
  cy_finding_evidence(p->list, f, "rule", "%s", rule);
  cy_finding_evidence(p->list, f, "places", "%u", cert->places);
}

static cy_err *say_own(planner *p, const cy_inv_cert *cert, cy_plan_rule rule)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) word = CY_BUF_TEXT;
  cy_plan_rule_format(&word, p->how->plan, rule);
  cy_buf_printf(&text, "%s would stop working: it has ", cert->title);
  cy_plan_broken_words(&text, rule, &cert->note, p->how->now);
  cy_buf_str(&text, "; planned: ");
  cy_plan_rule_words(&text, p->how->plan, rule);
  put_more(&text, cert);
  cy_finding *f =
    cy_finding_add(p->list, rule == CY_PLAN_MIN_RSA ? CY_F_CERT_KEY_BELOW_PLAN : CY_F_PLAN_REFUSES,
      cy_inventory_address(p->inv, cert), "%s", cy_buf_cstr(&text));
  put_facts(p, f, cert, cy_buf_cstr(&word));
  CY_TRY(cy_buf_check(&word));
  return cy_buf_check(&text);
}

static cy_err *say_through(planner *p, const cy_inv_cert *cert, const cy_inv_cert *ca, cy_plan_rule rule)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) word = CY_BUF_TEXT;
  cy_plan_rule_format(&word, p->how->plan, rule);
  cy_buf_printf(&text, "%s would stop working through the CA %s (%s), which has ", cert->title, ca->title,
    cy_inventory_address(p->inv, ca));
  cy_plan_broken_words(&text, rule, &ca->note, p->how->now);
  cy_buf_str(&text, "; planned: ");
  cy_plan_rule_words(&text, p->how->plan, rule);
  put_more(&text, cert);
  cy_finding *f =
    cy_finding_add(p->list, rule == CY_PLAN_MIN_RSA ? CY_F_CERT_ISSUER_BELOW_PLAN : CY_F_PLAN_REFUSES_CA,
      cy_inventory_address(p->inv, cert), "%s", cy_buf_cstr(&text));
  put_facts(p, f, cert, cy_buf_cstr(&word));
  cy_across_evidence(p->list, f, "through_sha256", ca->note.sha256);
  cy_finding_evidence(p->list, f, "through_name", "%s", ca->title);
  cy_finding_evidence(p->list, f, "through_bits", "%u", ca->note.bits);
  cy_finding_evidence(p->list, f, "through_address", "%s", cy_inventory_address(p->inv, ca));
  CY_TRY(cy_buf_check(&word));
  return cy_buf_check(&text);
}

/* What has ended does not work anyhow. */
static cy_err *look(planner *p, uint32_t at)
{
  const cy_inv_cert *cert = &p->inv->certs[at];
  cy_plan_totals *t = p->how->totals;
  if (cert->note.not_after < p->how->now)
    return NULL;
  t->looked_at++;
  CY_TRY(judge(p, at, 0));
  const verdict *v = &p->verdicts[at];
  if (v->state != FALLS)
    return NULL;
  t->places[v->rule] += cert->places;
  if (v->through == at) {
    t->own[v->rule]++;
    return say_own(p, cert, (cy_plan_rule)v->rule);
  }
  t->through[v->rule]++;
  return say_through(p, cert, &p->inv->certs[v->through], (cy_plan_rule)v->rule);
}

cy_err *cy_across_plan(cy_findings *list, cy_inventory *inv, const cy_across *how)
{
  cy_err *err = NULL;
  planner p = {
    .list = list, .inv = inv, .how = how, .verdicts = cy_calloc(inv->cert_count + 1, sizeof(verdict))};
  CY_TRY_ALLOC(p.verdicts);
  for (size_t i = 0; !err && i < inv->cert_count; i++)
    err = look(&p, (uint32_t)i);
  cy_free(p.verdicts);
  return err;
}
