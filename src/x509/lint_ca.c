/* Rules on who may sign. */
#include "base/der.h"
#include "x509/extension.h"
#include "x509/lint_rule.h"

void cy_lint_sign_without_ca(cy_lint *lint)
{
  const cy_cert_view *v = lint->v;
  if (!(v->key_usage & CY_KU_CERT_SIGN))
    return;
  CY_LINT_ADD(lint, CERT_SIGN_WITHOUT_CA, "keyUsage has keyCertSign, but %s",
    v->has_basic_constraints ? "basicConstraints says CA:FALSE" : "there are no basicConstraints");
}

void cy_lint_ca_as_server(cy_lint *lint)
{
  const cy_cert_view *v = lint->v;
  bool host = lint->san_kinds[CY_GN_DNS] || lint->san_kinds[CY_GN_IP];
  if (host || lint->ctx->role == CY_LINT_ROLE_SERVER)
    CY_LINT_ADD(lint, CERT_CA_AS_SERVER, "%s%s", host ? "it is a CA with host names" : "it is a CA",
      v->self_issued ? ", and it signed itself" : "");
}

void cy_lint_ca_bc_not_critical(cy_lint *lint)
{
  if (lint->bc && !lint->bc->critical)
    CY_LINT_ADD(lint, CERT_CA_BC_NOT_CRITICAL, "basicConstraints = CA:TRUE without critical");
}

void cy_lint_ca_ku_missing(cy_lint *lint)
{
  if (!lint->ku)
    CY_LINT_ADD(lint, CERT_CA_KU_MISSING, "a CA without keyUsage");
}

void cy_lint_ca_ku_not_critical(cy_lint *lint)
{
  if (lint->ku && !lint->ku->critical)
    CY_LINT_ADD(lint, CERT_CA_KU_NOT_CRITICAL, "keyUsage of a CA without critical");
}

void cy_lint_ca_ku_no_sign(cy_lint *lint)
{
  const cy_cert_view *v = lint->v;
  if (!v->has_key_usage || !v->key_usage || v->key_usage & CY_KU_CERT_SIGN)
    return;
  CY_CLEAN(cy_buf) usages = CY_BUF_TEXT;
  cy_key_usage_format(&usages, v->key_usage);
  CY_LINT_ADD(lint, CERT_CA_KU_NO_SIGN, "CA:TRUE, but keyUsage allows only: %s", cy_buf_cstr(&usages));
}

void cy_lint_ca_ku_no_crl(cy_lint *lint)
{
  const cy_cert_view *v = lint->v;
  if (v->key_usage & CY_KU_CERT_SIGN && !(v->key_usage & CY_KU_CRL_SIGN))
    CY_LINT_ADD(lint, CERT_CA_KU_NO_CRL, "keyUsage has keyCertSign, but not cRLSign");
}

void cy_lint_ca_skid_missing(cy_lint *lint)
{
  if (!lint->ski)
    CY_LINT_ADD(lint, CERT_CA_SKID_MISSING, "a CA without subjectKeyIdentifier");
}

void cy_lint_akid_missing(cy_lint *lint)
{
  if (!lint->aki)
    CY_LINT_ADD(lint, CERT_AKID_MISSING, "no authorityKeyIdentifier");
}

void cy_lint_akid_no_key_id(cy_lint *lint)
{
  if (lint->aki && !lint->v->authority_key_id.len && !lint->v->exts_malformed)
    CY_LINT_ADD(lint, CERT_AKID_NO_KEY_ID, "authorityKeyIdentifier with %s",
      lint->v->authority_serial.len ? "issuer and serial only" : "nothing in it");
}

void cy_lint_akid_mismatch(cy_lint *lint)
{
  const cy_cert_view *v = lint->v, *issuer = lint->ctx->issuer;
  if (!issuer || !v->authority_key_id.len || !issuer->subject_key_id.len ||
      cy_span_equal(v->authority_key_id, issuer->subject_key_id))
    return;
  CY_CLEAN(cy_buf) ours = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) theirs = CY_BUF_TEXT;
  cy_buf_hex_colons(&ours, v->authority_key_id);
  cy_buf_hex_colons(&theirs, issuer->subject_key_id);
  CY_LINT_ADD(lint, CERT_AKID_MISMATCH, "it asks for the key %s, its CA calls itself %s", cy_buf_cstr(&ours),
    cy_buf_cstr(&theirs));
}

void cy_lint_pathlen_without_ca(cy_lint *lint)
{
  const cy_cert_view *v = lint->v;
  bool signs = !v->has_key_usage || v->key_usage & CY_KU_CERT_SIGN;
  if (v->path_len >= 0 && !(v->is_ca && signs))
    CY_LINT_ADD(lint, CERT_PATHLEN_WITHOUT_CA, "pathlen %lld %s", (long long)v->path_len,
      v->is_ca ? "without keyCertSign" : "without CA:TRUE");
}

/* Name constraints. */

void cy_lint_nc_in_leaf(cy_lint *lint)
{
  if (lint->nc)
    CY_LINT_ADD(lint, CERT_NC_IN_LEAF, "nameConstraints, but no CA");
}

void cy_lint_nc_not_critical(cy_lint *lint)
{
  if (lint->nc && !lint->nc->critical)
    CY_LINT_ADD(lint, CERT_NC_NOT_CRITICAL, "nameConstraints without critical");
}

static void check_subtrees(cy_cur *trees, const char **wrong)
{
  cy_general_name name;
  while (cy_cur_more(trees)) {
    cy_cur tree = cy_der_enter(trees, CY_DER_SEQUENCE);
    if (!cy_gn_read(&tree, &name))
      return;
    if (name.kind == CY_GN_IP && name.value.len != 8 && name.value.len != 32)
      *wrong = "an address without a mask";
    if (name.kind == CY_GN_DNS && name.value.len && name.value.data[0] == '*')
      *wrong = "a DNS subtree with a wildcard";
  }
}

void cy_lint_nc_broken(cy_lint *lint)
{
  cy_parse parse = {.lenient = true};
  const char *wrong = NULL;
  if (!lint->nc)
    return;
  cy_cur trees, cur = cy_cur_begin(&parse, lint->nc->value);
  cy_cur seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  if (cy_cur_ok(&seq) && !cy_cur_more(&seq))
    wrong = "neither permitted nor excluded subtrees";
  for (unsigned i = 0; i < 2; i++)
    if (cy_der_enter_if(&seq, (uint8_t)CY_DER_CONTEXT_CONSTRUCTED(i), &trees))
      check_subtrees(&trees, &wrong);
  cy_cur_end(&seq);
  if (!cy_cur_ok(&cur))
    wrong = parse.reason;
  if (wrong)
    CY_LINT_ADD(lint, CERT_NC_BROKEN, "nameConstraints: %s", wrong);
}
