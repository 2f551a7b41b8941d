/* Rules on extensions as such, on policies, and on places to fetch from. */
#include "base/der.h"
#include "base/text.h"
#include "x509/codes.h"
#include "x509/lint_rule.h"

static void add_for(cy_lint *lint, cy_finding_id id, const cy_ext *ext)
{
  if (!ext)
    return;
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) dotted = CY_BUF_TEXT;
  cy_oid_put_words(&words, ext->id);
  cy_oid_format(&dotted, ext->id);
  cy_finding *f = cy_finding_add(lint->list, id, lint->address, "the extension %s", cy_buf_cstr(&words));
  cy_finding_evidence(lint->list, f, "oid", "%s", cy_buf_cstr(&dotted));
}

void cy_lint_ext_duplicate(cy_lint *lint)
{
  add_for(lint, CY_F_CERT_EXT_DUPLICATE, lint->duplicate);
}

void cy_lint_ext_unknown_critical(cy_lint *lint)
{
  add_for(lint, CY_F_CERT_EXT_UNKNOWN_CRITICAL, lint->unknown_critical);
}

void cy_lint_ext_wrongly_critical(cy_lint *lint)
{
  add_for(lint, CY_F_CERT_EXT_WRONGLY_CRITICAL, lint->wrongly_critical);
}

void cy_lint_ext_netscape(cy_lint *lint)
{
  add_for(lint, CY_F_CERT_EXT_NETSCAPE, lint->netscape);
}

void cy_lint_precertificate(cy_lint *lint)
{
  add_for(lint, CY_F_CERT_PRECERTIFICATE, lint->poison);
}

void cy_lint_ext_malformed(cy_lint *lint)
{
  if (lint->v->exts_malformed)
    CY_LINT_ADD(lint, CERT_EXT_MALFORMED,
      "one of basicConstraints, keyUsage, extendedKeyUsage and the key identifiers is not what it should "
      "be");
}

/* Policies. */

void cy_lint_policy_duplicate(cy_lint *lint)
{
  enum { SEEN = 32 };
  cy_span seen[SEEN];
  size_t count = 0;
  cy_parse parse = {.lenient = true};
  if (!lint->policies)
    return;
  cy_cur cur = cy_cur_begin(&parse, lint->policies->value);
  cy_cur list = cy_der_enter(&cur, CY_DER_SEQUENCE);
  while (cy_cur_more(&list)) {
    cy_cur policy = cy_cur_over(&list, cy_der_take(&list, CY_DER_SEQUENCE));
    cy_span id = cy_der_take(&policy, CY_DER_OID);
    for (size_t i = 0; i < count; i++) {
      if (!cy_span_equal(seen[i], id))
        continue;
      CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
      cy_oid_put_words(&words, id);
      CY_LINT_ADD(lint, CERT_POLICY_DUPLICATE, "the policy %s", cy_buf_cstr(&words));
      return;
    }
    if (count < SEEN)
      seen[count++] = id;
  }
}

void cy_lint_policy_mapping_any(cy_lint *lint)
{
  cy_parse parse = {.lenient = true};
  if (!lint->mappings)
    return;
  cy_cur cur = cy_cur_begin(&parse, lint->mappings->value);
  cy_cur list = cy_der_enter(&cur, CY_DER_SEQUENCE);
  while (cy_cur_more(&list)) {
    cy_cur pair = cy_cur_over(&list, cy_der_take(&list, CY_DER_SEQUENCE));
    cy_oid from = cy_oid_find(cy_der_take(&pair, CY_DER_OID)),
           to = cy_oid_find(cy_der_take(&pair, CY_DER_OID));
    if (from != CY_OID_ANY_POLICY && to != CY_OID_ANY_POLICY)
      continue;
    CY_LINT_ADD(
      lint, CERT_POLICY_MAPPING_ANY, "any policy is mapped %s", from == CY_OID_ANY_POLICY ? "away" : "to");
    return;
  }
}

void cy_lint_policy_constraints_empty(cy_lint *lint)
{
  cy_parse parse = {.lenient = true};
  if (!lint->constraints)
    return;
  cy_cur cur = cy_cur_begin(&parse, lint->constraints->value);
  cy_cur seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  if (cy_cur_ok(&seq) && !cy_cur_more(&seq))
    CY_LINT_ADD(lint, CERT_POLICY_CONSTRAINTS_EMPTY, "policyConstraints without a field");
}

/* Places to fetch from: how many URIs of which kind an extension has. */

typedef struct {
  unsigned http, https, ldap, other;
  cy_span first_https;
} places;

static bool starts(cy_span uri, const char *scheme)
{
  size_t len = strlen(scheme);
  return uri.len >= len && cy_ascii_equal_nocase(cy_span_of(uri.data, len), cy_span_of(scheme, len));
}

static void count_place(places *p, const cy_general_name *name)
{
  if (name->kind != CY_GN_URI)
    return;
  if (starts(name->value, "http://")) {
    p->http++;
  } else if (starts(name->value, "https://")) {
    p->https++;
    p->first_https = name->value;
  } else if (starts(name->value, "ldap:") || starts(name->value, "ldaps:")) {
    p->ldap++;
  } else {
    p->other++;
  }
}

/* DistributionPoint ::= SEQUENCE { [0] { [0] GeneralNames | [1] relative name } ... } */
static places read_points(const cy_ext *ext)
{
  places p = {0};
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, ext->value);
  cy_cur list = cy_der_enter(&cur, CY_DER_SEQUENCE);
  while (cy_cur_more(&list)) {
    cy_cur name, full, point = cy_cur_over(&list, cy_der_take(&list, CY_DER_SEQUENCE));
    cy_general_name general;
    if (!cy_der_enter_if(&point, CY_DER_CONTEXT_CONSTRUCTED(0), &name) ||
        !cy_der_enter_if(&name, CY_DER_CONTEXT_CONSTRUCTED(0), &full))
      continue;
    while (cy_cur_more(&full) && cy_gn_read(&full, &general))
      count_place(&p, &general);
  }
  return p;
}

static places read_access(const cy_ext *ext)
{
  places p = {0};
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, ext->value);
  cy_cur list = cy_der_enter(&cur, CY_DER_SEQUENCE);
  while (cy_cur_more(&list)) {
    cy_cur one = cy_cur_over(&list, cy_der_take(&list, CY_DER_SEQUENCE));
    cy_general_name name;
    cy_der_take(&one, CY_DER_OID);
    if (cy_gn_read(&one, &name))
      count_place(&p, &name);
  }
  return p;
}

static unsigned total(const places *p)
{
  return p->http + p->https + p->ldap + p->other;
}

void cy_lint_cdp_unusable(cy_lint *lint)
{
  if (!lint->cdp)
    return;
  places p = read_points(lint->cdp);
  if (!total(&p))
    CY_LINT_ADD(lint, CERT_CDP_UNUSABLE, "cRLDistributionPoints without a URI");
}

void cy_lint_cdp_ldap(cy_lint *lint)
{
  if (!lint->cdp)
    return;
  places p = read_points(lint->cdp);
  if (p.ldap && p.ldap == total(&p))
    CY_LINT_ADD(lint, CERT_CDP_LDAP, "cRLDistributionPoints with ldap only");
}

void cy_lint_aia_unusable(cy_lint *lint)
{
  if (!lint->aia)
    return;
  places p = read_access(lint->aia);
  if (!total(&p))
    CY_LINT_ADD(lint, CERT_AIA_UNUSABLE, "authorityInfoAccess without a URI");
}

/* The first https place where there is none with http; *http says that there is one. */
static cy_span first_https(const cy_ext *ext, places (*read)(const cy_ext *ext), bool *http)
{
  if (!ext)
    return CY_SPAN_NONE;
  places found = read(ext);
  *http = *http || found.http;
  return found.https ? found.first_https : CY_SPAN_NONE;
}

void cy_lint_fetch_https(cy_lint *lint)
{
  bool http = false;
  cy_span points = first_https(lint->cdp, read_points, &http);
  cy_span access = first_https(lint->aia, read_access, &http);
  cy_span uri = points.len ? points : access;
  if (uri.len && !http)
    CY_LINT_ADD(
      lint, CERT_FETCH_HTTPS, "%.*s", (int)(uri.len < 200 ? uri.len : 200), (const char *)uri.data);
}
