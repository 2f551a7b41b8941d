/* How a certificate must be written: what -x509_strict, the letter of RFC 5280 and DER ask for. */
#include "x509/general_name.h"
#include "x509/name.h"
#include "x509/path.h"

static bool is_critical(const cy_cert_view *v, cy_oid oid)
{
  const cy_ext *ext = cy_cert_ext(v, oid);
  return ext && ext->critical;
}

static void check_constraints(cy_path_check *check, size_t i, const cy_cert_view *v)
{
  bool signs = v->key_usage & CY_KU_CERT_SIGN;
  if (v->path_len >= 0 && !v->is_ca)
    cy_path_break(check, CY_RULE_PATHLEN_NOT_CA, i, "has a pathlen, but is no CA");
  if (v->path_len >= 0 && v->has_key_usage && !signs)
    cy_path_break(check, CY_RULE_PATHLEN_NO_SIGN, i, "has a pathlen, but no keyCertSign");
  if (v->is_ca && !is_critical(v, CY_OID_BASIC_CONSTRAINTS))
    cy_path_break(check, CY_RULE_BC_NOT_CRITICAL, i, "is a CA whose basicConstraints are not critical");
  if (v->is_ca && !v->has_key_usage)
    cy_path_break(check, CY_RULE_CA_NO_KEY_USAGE, i, "is a CA without key usage");
  if (v->is_ca && v->has_key_usage && !signs && i == 0)
    cy_path_break(check, CY_RULE_CA_NO_SIGN, i, "is a CA whose key usage has no keyCertSign");
  if (!v->is_ca && signs)
    cy_path_break(check, CY_RULE_SIGNER_NOT_CA, i, "has keyCertSign, but is no CA (%s)",
      v->has_basic_constraints ? "basicConstraints says CA:FALSE" : "it has no basicConstraints");
}

static bool san_is_empty(const cy_ext *san)
{
  cy_gn_iter iter;
  cy_general_name name;
  cy_gn_begin(&iter, san->value);
  return !cy_gn_next(&iter, &name) && cy_gn_ok(&iter);
}

static void check_names(cy_path_check *check, size_t i, const cy_cert_view *v)
{
  const cy_ext *san = cy_cert_ext(v, CY_OID_SUBJECT_ALT_NAME);
  bool empty = cy_name_is_empty(v->subject);
  if (cy_name_is_empty(v->issuer))
    cy_path_break(check, CY_RULE_ISSUER_EMPTY, i, "has an issuer without a name");
  if (empty && (v->is_ca || v->key_usage & CY_KU_CRL_SIGN || !san))
    cy_path_break(check, CY_RULE_SUBJECT_EMPTY, i, "has an empty subject and %s",
      san ? "is a CA or signs lists" : "no other name");
  if (san && san_is_empty(san))
    cy_path_break(check, CY_RULE_SAN_EMPTY, i, "has a subjectAltName without names");
  if (san && empty && !san->critical)
    cy_path_break(check, CY_RULE_SAN_NOT_CRITICAL, i,
      "has an empty subject, so its subjectAltName should be critical, which it is not");
}

static void check_key_ids(cy_path_check *check, size_t i, const cy_cert_view *v)
{
  bool last = i + 1 == check->count;
  if (is_critical(v, CY_OID_AUTHORITY_KEY_ID))
    cy_path_break(check, CY_RULE_AKI_CRITICAL, i, "has a critical authority key identifier");
  if (is_critical(v, CY_OID_SUBJECT_KEY_ID))
    cy_path_break(check, CY_RULE_SKI_CRITICAL, i, "has a critical subject key identifier");
  if (v->version < 3) {
    if (v->ext_count)
      cy_path_break(check, CY_RULE_VERSION, i, "has extensions, but is of version %d", v->version);
    return;
  }
  bool needs_aki = !last || (check->profile == CY_PROFILE_STRICT && !v->self_issued);
  if (needs_aki && !v->authority_key_id.len)
    cy_path_break(check, CY_RULE_AKI_MISSING, i, "has no authority key identifier");
  if (v->is_ca && !v->subject_key_id.len)
    cy_path_break(check, CY_RULE_SKI_MISSING, i, "is a CA without subject key identifier");
}

static bool serial_is_fine(cy_span serial)
{
  bool zero = true;
  for (size_t i = 0; i < serial.len; i++)
    zero = zero && !serial.data[i];
  bool padded = serial.len == 21 && serial.data[0] == 0;
  return serial.len && !zero && !(serial.data[0] & 0x80) && (serial.len <= 20 || padded);
}

static void check_encoding(cy_path_check *check, size_t i, const cy_cert_view *v)
{
  if (!cy_span_equal(v->inner_algid, v->algid))
    cy_path_break(
      check, CY_RULE_INNER_OUTER, i, "names one signature algorithm inside and another outside");
  if (!serial_is_fine(v->serial))
    cy_path_break(
      check, CY_RULE_SERIAL, i, "has a serial number that is negative, zero or above 20 octets");
  if (!v->times_strict)
    cy_path_break(check, CY_RULE_TIME_FORM, i, "has a date that is not in the prescribed form");
  if (v->not_der)
    cy_path_break(check, CY_RULE_NOT_DER, i, "is not encoded in DER: a length is longer than needed");
}

static void check_others(cy_path_check *check, size_t i, const cy_cert_view *v)
{
  const cy_ext *policy = cy_cert_ext(v, CY_OID_POLICY_CONSTRAINTS);
  bool web = check->request->purpose == CY_PURPOSE_SERVER; /* RFC 3280 did not demand it */
  if (policy && !policy->critical && web)
    cy_path_break(check, CY_RULE_POLICY_CRITICAL, i, "has policyConstraints that are not critical");
  if (!v->is_ca && cy_cert_ext(v, CY_OID_NAME_CONSTRAINTS))
    cy_path_break(check, CY_RULE_NC_LEAF, i, "has nameConstraints, but is no CA");
}

void cy_path_check_form(cy_path_check *check)
{
  /* OpenSSL leaves a trusted certificate that stands alone in peace. */
  bool alone = check->count == 1 && check->profile == CY_PROFILE_OPENSSL_STRICT;
  for (size_t i = 0; i < check->count; i++) {
    const cy_cert_view *v = cy_path_view(check, i);
    if (!alone) {
      check_constraints(check, i, v);
      check_names(check, i, v);
      check_key_ids(check, i, v);
    }
    check_encoding(check, i, v);
    check_others(check, i, v);
  }
}
