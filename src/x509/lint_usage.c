/* Rules on what a key may be used for. */
#include "x509/codes.h"
#include "x509/extension.h"
#include "x509/lint_rule.h"

static const struct {
  unsigned purpose;
  cy_lint_role role;
  const char *words;
} purposes[] = {
  {CY_EKU_SERVER, CY_LINT_ROLE_SERVER, "TLS server"},
  {CY_EKU_CLIENT, CY_LINT_ROLE_CLIENT, "TLS client"},
  {CY_EKU_EMAIL, CY_LINT_ROLE_EMAIL, "mail"},
  {CY_EKU_CODE, CY_LINT_ROLE_CODE, "code signing"},
  {CY_EKU_TIME, CY_LINT_ROLE_NONE, "time stamping"},
  {CY_EKU_OCSP, CY_LINT_ROLE_NONE, "OCSP signing"},
};

static bool all_purposes(const cy_cert_view *v)
{
  return !v->has_ext_key_usage || v->ext_key_usage & CY_EKU_ANY;
}

void cy_cert_roles_format(cy_buf *buf, const cy_cert_view *view)
{
  const char *before = "";
  if (view->is_ca) {
    cy_buf_str(buf, "CA");
    return;
  }
  if (all_purposes(view)) {
    cy_buf_str(buf, "any");
    return;
  }
  for (size_t i = 0; i < CY_COUNT(purposes); i++) {
    if (!(view->ext_key_usage & purposes[i].purpose))
      continue;
    cy_buf_printf(buf, "%s%s", before, purposes[i].words);
    before = ", ";
  }
  if (!*before)
    cy_buf_str(buf, "none of the usual ones");
}

void cy_lint_role_refused(cy_lint *lint)
{
  const cy_cert_view *v = lint->v;
  cy_lint_role role = lint->ctx->role;
  const char *wanted = NULL;
  bool fits = role == CY_LINT_ROLE_NONE || (role == CY_LINT_ROLE_CA && v->is_ca);
  for (size_t i = 0; i < CY_COUNT(purposes); i++) {
    if (purposes[i].role != role || role == CY_LINT_ROLE_NONE)
      continue;
    wanted = purposes[i].words;
    fits = all_purposes(v) || v->ext_key_usage & purposes[i].purpose;
  }
  if (fits)
    return;
  CY_CLEAN(cy_buf) roles = CY_BUF_TEXT;
  cy_cert_roles_format(&roles, v);
  cy_finding *f = CY_LINT_ADD(lint, CERT_ROLE_REFUSED, "wanted as %s; it can be: %s", wanted ? wanted : "CA",
    cy_buf_cstr(&roles));
  cy_finding_evidence(lint->list, f, "role", "%s", wanted ? wanted : "CA");
}

void cy_lint_ku_empty(cy_lint *lint)
{
  if (lint->ku && lint->v->has_key_usage && !lint->v->key_usage && !lint->v->exts_malformed)
    CY_LINT_ADD(lint, CERT_KU_EMPTY, "keyUsage without any bit");
}

/* The usages that keys of one type can not serve. */
static unsigned impossible(cy_key_type type)
{
  const unsigned agree = CY_KU_KEY_AGREEMENT | CY_KU_ENCIPHER_ONLY | CY_KU_DECIPHER_ONLY;
  const unsigned encipher = CY_KU_KEY_ENCIPHERMENT | CY_KU_DATA_ENCIPHERMENT;
  const unsigned sign = CY_KU_DIGITAL_SIGNATURE | CY_KU_NON_REPUDIATION | CY_KU_CERT_SIGN | CY_KU_CRL_SIGN;
  switch (type) {
  case CY_KEY_RSA:
    return agree;
  case CY_KEY_RSA_PSS:
  case CY_KEY_DSA:
  case CY_KEY_ED25519:
  case CY_KEY_ED448:
  case CY_KEY_ML_DSA:
    return agree | encipher;
  case CY_KEY_EC:
    return encipher;
  case CY_KEY_X25519:
  case CY_KEY_X448:
  case CY_KEY_DH:
    return sign | encipher;
  default:
    return 0;
  }
}

void cy_lint_ku_key_type(cy_lint *lint)
{
  const cy_cert_view *v = lint->v;
  unsigned wrong = v->key_usage & impossible(v->key.type);
  if (!wrong || v->key_error)
    return;
  CY_CLEAN(cy_buf) usages = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  cy_key_usage_format(&usages, wrong);
  cy_key_info_format(&key, &v->key);
  CY_LINT_ADD(lint, CERT_KU_KEY_TYPE, "an %s key can not do: %s", cy_buf_cstr(&key), cy_buf_cstr(&usages));
}

/* All but RSA keys, which can still decipher what a client of TLS 1.2 sends, are then of no use. */
void cy_lint_ku_server(cy_lint *lint)
{
  const cy_cert_view *v = lint->v;
  if (!v->key_usage || v->key_usage & CY_KU_DIGITAL_SIGNATURE)
    return;
  bool falls_back = v->key.type == CY_KEY_RSA && v->key_usage & CY_KU_KEY_ENCIPHERMENT;
  CY_CLEAN(cy_buf) usages = CY_BUF_TEXT;
  cy_key_usage_format(&usages, v->key_usage);
  cy_finding *f = CY_LINT_ADD(lint, CERT_KU_SERVER, "keyUsage allows only: %s", cy_buf_cstr(&usages));
  if (!falls_back)
    return;
  cy_finding_set_severity(f, CY_WARNING);
  cy_finding_set_why(lint->list, f,
    "Only TLS 1.2 suites with RSA key exchange (TLS_RSA_WITH_...) work with it; all with forward secrecy and "
    "all of TLS 1.3 need digitalSignature, and more and more clients offer nothing else.");
}

static void need_signature(cy_lint *lint, cy_finding_id id)
{
  const cy_cert_view *v = lint->v;
  if (!v->key_usage || v->key_usage & CY_KU_DIGITAL_SIGNATURE)
    return;
  CY_CLEAN(cy_buf) usages = CY_BUF_TEXT;
  cy_key_usage_format(&usages, v->key_usage);
  cy_finding_add(lint->list, id, lint->address, "keyUsage allows only: %s", cy_buf_cstr(&usages));
}

void cy_lint_ku_client(cy_lint *lint)
{
  need_signature(lint, CY_F_CERT_KU_CLIENT);
}

void cy_lint_ku_code(cy_lint *lint)
{
  need_signature(lint, CY_F_CERT_KU_CODE);
}

void cy_lint_ku_email(cy_lint *lint)
{
  const cy_cert_view *v = lint->v;
  const unsigned any =
    CY_KU_DIGITAL_SIGNATURE | CY_KU_NON_REPUDIATION | CY_KU_KEY_ENCIPHERMENT | CY_KU_KEY_AGREEMENT;
  if (!v->key_usage || v->key_usage & any)
    return;
  CY_CLEAN(cy_buf) usages = CY_BUF_TEXT;
  cy_key_usage_format(&usages, v->key_usage);
  CY_LINT_ADD(lint, CERT_KU_EMAIL, "keyUsage allows only: %s", cy_buf_cstr(&usages));
}

void cy_lint_eku_empty(cy_lint *lint)
{
  if (lint->eku && lint->v->has_ext_key_usage && !lint->v->ext_key_usage && !lint->v->exts_malformed)
    CY_LINT_ADD(lint, CERT_EKU_EMPTY, "extendedKeyUsage without any purpose");
}

void cy_lint_eku_any(cy_lint *lint)
{
  if (lint->v->ext_key_usage & CY_EKU_ANY)
    CY_LINT_ADD(lint, CERT_EKU_ANY, "extendedKeyUsage has anyExtendedKeyUsage%s",
      lint->eku && lint->eku->critical ? " and is critical" : "");
}

void cy_lint_eku_time_stamping(cy_lint *lint)
{
  const cy_cert_view *v = lint->v;
  if (!(v->ext_key_usage & CY_EKU_TIME))
    return;
  if (v->ext_key_usage != CY_EKU_TIME)
    CY_LINT_ADD(lint, CERT_EKU_TIME_STAMPING, "it has other purposes beside time stamping");
  else if (lint->eku && !lint->eku->critical)
    CY_LINT_ADD(lint, CERT_EKU_TIME_STAMPING, "extendedKeyUsage is not critical");
}
