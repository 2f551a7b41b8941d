#include "x509/lint.h"

#include "x509/lint_rule.h"

static const struct {
  unsigned kinds;
  cy_lint_check *check;
} rules[] = {
#define CY_LINT_RULE(code, kinds, check) {kinds, cy_lint_##check},
#include "x509/lint_rules.def"
#undef CY_LINT_RULE
};

/* Where each extension goes that a rule asks for. */
static const cy_ext **slot_of(cy_lint *lint, cy_oid oid)
{
  switch (oid) {
  case CY_OID_SUBJECT_ALT_NAME:
    return &lint->san;
  case CY_OID_NAME_CONSTRAINTS:
    return &lint->nc;
  case CY_OID_AUTHORITY_KEY_ID:
    return &lint->aki;
  case CY_OID_SUBJECT_KEY_ID:
    return &lint->ski;
  case CY_OID_BASIC_CONSTRAINTS:
    return &lint->bc;
  case CY_OID_KEY_USAGE:
    return &lint->ku;
  case CY_OID_EXT_KEY_USAGE:
    return &lint->eku;
  case CY_OID_CRL_DISTRIBUTION_POINTS:
    return &lint->cdp;
  case CY_OID_AUTHORITY_INFO_ACCESS:
    return &lint->aia;
  case CY_OID_CERTIFICATE_POLICIES:
    return &lint->policies;
  case CY_OID_POLICY_MAPPINGS:
    return &lint->mappings;
  case CY_OID_POLICY_CONSTRAINTS:
    return &lint->constraints;
  case CY_OID_CT_POISON:
    return &lint->poison;
  default:
    return NULL;
  }
}

/* Those that at least OpenSSL and the browsers process. */
static bool known_when_critical(cy_oid oid)
{
  switch (oid) {
  case CY_OID_ISSUER_ALT_NAME:
  case CY_OID_INHIBIT_ANY_POLICY:
  case CY_OID_NS_CERT_TYPE:
  case CY_OID_IP_ADDRESS_BLOCKS:
  case CY_OID_AS_NUMBERS:
  case CY_OID_PROXY_CERT_INFO:
    return true;
  default:
    return false;
  }
}

static bool is_netscape(cy_oid oid)
{
  return oid == CY_OID_NS_CERT_TYPE || oid == CY_OID_NS_COMMENT || oid == CY_OID_NS_BASE_URL ||
         oid ==
           CY_OID_NS_REVOCATION_URL || oid == CY_OID_NS_CA_REVOCATION_URL || oid == CY_OID_NS_RENEWAL_URL ||
         oid == CY_OID_NS_CA_POLICY_URL || oid == CY_OID_NS_SERVER_NAME;
}

static bool must_not_be_critical(cy_oid oid)
{
  return oid ==
    CY_OID_AUTHORITY_KEY_ID || oid == CY_OID_SUBJECT_KEY_ID || oid == CY_OID_AUTHORITY_INFO_ACCESS ||
         oid == CY_OID_FRESHEST_CRL || oid == CY_OID_SUBJECT_INFO_ACCESS;
}

/* Of unknown OIDs there are few, so comparing each with those before it is cheap. */
static bool seen_before(const cy_cert_view *v, size_t at)
{
  for (size_t i = 0; i < at; i++)
    if (v->exts[i].oid == v->exts[at].oid && cy_span_equal(v->exts[i].id, v->exts[at].id))
      return true;
  return false;
}

static void scan_extensions(cy_lint *lint)
{
  const cy_cert_view *v = lint->v;
  for (size_t i = 0; i < v->ext_count; i++) {
    const cy_ext *ext = &v->exts[i];
    const cy_ext **slot = slot_of(lint, ext->oid);
    if (slot ? *slot != NULL : seen_before(v, i))
      lint->duplicate = ext;
    if (slot)
      *slot = ext;
    if (is_netscape(ext->oid))
      lint->netscape = ext;
    if (!ext->critical)
      continue;
    if (must_not_be_critical(ext->oid))
      lint->wrongly_critical = ext;
    else if (!slot && !known_when_critical(ext->oid))
      lint->unknown_critical = ext;
  }
}

static unsigned kinds_by_usage(const cy_lint *lint)
{
  const cy_cert_view *v = lint->v;
  bool host = lint->san_kinds[CY_GN_DNS] || lint->san_kinds[CY_GN_IP];
  unsigned kinds = 0;
  if (v->ext_key_usage & (CY_EKU_SERVER | CY_EKU_SGC) || (!v->has_ext_key_usage && host))
    kinds |= CY_LINT_SERVER;
  if (v->ext_key_usage & CY_EKU_CLIENT)
    kinds |= CY_LINT_CLIENT;
  if (v->ext_key_usage & CY_EKU_EMAIL)
    kinds |= CY_LINT_EMAIL;
  if (v->ext_key_usage & CY_EKU_CODE)
    kinds |= CY_LINT_CODE;
  return kinds;
}

static unsigned kinds_by_role(cy_lint_role role)
{
  static const unsigned kinds[] = {0, CY_LINT_SERVER, CY_LINT_CLIENT, CY_LINT_EMAIL, CY_LINT_CODE, 0};
  return kinds[role];
}

static unsigned kinds_of(const cy_lint *lint)
{
  const cy_cert_view *v = lint->v;
  unsigned kinds = CY_LINT_ANY | (v->self_issued ? CY_LINT_ROOT : CY_LINT_ISSUED);
  if (v->version == 3)
    kinds |= CY_LINT_V3;
  if (v->is_ca)
    kinds |= CY_LINT_CA;
  else
    kinds |= CY_LINT_LEAF | kinds_by_usage(lint) | kinds_by_role(lint->ctx->role);
  if (!v->key_error && (v->key.type == CY_KEY_RSA || v->key.type == CY_KEY_RSA_PSS))
    kinds |= CY_LINT_RSA;
  if (!v->key_error && v->key.type == CY_KEY_EC)
    kinds |= CY_LINT_EC;
  return kinds;
}

cy_err *cy_lint_cert(cy_findings *list, const cy_cert_view *view, const char *subject_address,
  const cy_lint_context *ctx)
{
  cy_lint lint = {.list = list, .address = subject_address, .v = view, .ctx = ctx};
  scan_extensions(&lint);
  cy_lint_scan_subject(&lint);
  cy_lint_scan_san(&lint);
  lint.kinds = kinds_of(&lint);
  for (size_t i = 0; i < CY_COUNT(rules); i++)
    if ((rules[i].kinds & lint.kinds) == rules[i].kinds)
      rules[i].check(&lint);
  return cy_findings_check(list);
}
