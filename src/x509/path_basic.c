/* Dates, CAs, path lengths, critical extensions, the name that was asked for. */
#include "x509/host.h"
#include "x509/name.h"
#include "x509/path.h"

static bool is_openssl(const cy_path_check *check)
{
  return check->profile == CY_PROFILE_OPENSSL || check->profile == CY_PROFILE_OPENSSL_STRICT;
}

/* Java takes name and key of what is in its trust store, and does not look at the rest. */
static bool only_name_and_key(const cy_path_check *check, size_t depth)
{
  return check->profile == CY_PROFILE_JAVA && cy_path_is_anchor(check, depth) && depth > 0;
}

static void expired(cy_path_check *check, size_t depth, cy_rule rule)
{
  const cy_cert_view *v = cy_path_view(check, depth);
  CY_CLEAN(cy_buf) when = CY_BUF_TEXT;
  cy_time_format_rfc3339(&when, v->not_after);
  cy_path_break(check, rule, depth, "expired at %s, %lld days before the moment that is looked at",
    cy_buf_cstr(&when), (long long)cy_time_days(v->not_after, check->at));
}

static void not_yet(cy_path_check *check, size_t depth)
{
  const cy_cert_view *v = cy_path_view(check, depth);
  CY_CLEAN(cy_buf) when = CY_BUF_TEXT;
  int64_t minutes = (v->not_before - check->at + 59) / 60;
  cy_time_format_rfc3339(&when, v->not_before);
  cy_path_break(check, CY_RULE_NOT_YET, depth,
    "is valid only from %s, %lld h %lld min after the moment that is looked at", cy_buf_cstr(&when),
    (long long)(minutes / 60), (long long)(minutes % 60));
  if (minutes <= INT64_C(14) * 60)
    cy_path_fix(check,
      "Less than 14 hours: most likely a clock or a time zone is wrong. Compare `date -u` on this "
      "machine and at the CA; else wait.");
}

void cy_path_check_dates(cy_path_check *check)
{
  for (size_t i = 0; check->at != CY_TIME_NONE && i < check->count; i++) {
    const cy_cert_view *v = cy_path_view(check, i);
    if (v->not_after < check->at ||
        (is_openssl(check) && v->not_after == check->at)) /* it counts to the second before */
      expired(check, i, i > 0 && cy_path_is_anchor(check, i) ? CY_RULE_ANCHOR_EXPIRED : CY_RULE_EXPIRED);
    if (v->not_before > check->at && !only_name_and_key(check, i))
      not_yet(check, i);
  }
}

/* A certificate without basicConstraints: who takes it as a CA all the same? Only at the top. */
static bool ca_without_constraints(const cy_path_check *check, size_t depth)
{
  const cy_cert_view *v = cy_path_view(check, depth);
  bool old = v->version < 3;
  if (depth + 1 < check->count || check->profile == CY_PROFILE_OPENSSL_STRICT)
    return false;
  if (check->profile == CY_PROFILE_OPENSSL)
    return (old && v->self_issued) || (v->has_key_usage && v->key_usage & CY_KU_CERT_SIGN);
  return old && cy_path_is_anchor(check, depth);
}

static void must_be_ca(cy_path_check *check, size_t depth)
{
  const cy_cert_view *v = cy_path_view(check, depth);
  CY_CLEAN(cy_buf) child = CY_BUF_TEXT;
  if (depth)
    cy_path_put_name(&child, cy_path_view(check, depth - 1));
  else
    cy_buf_str(&child, "others");
  if (v->has_basic_constraints ? !v->is_ca : !ca_without_constraints(check, depth))
    cy_path_break(check, CY_RULE_NOT_CA, depth, "is no CA (%s), yet it is to vouch for %s",
      v->has_basic_constraints ? "basicConstraints says CA:FALSE" : "it has no basicConstraints",
      cy_buf_cstr(&child));
  else if (v->has_key_usage && !(v->key_usage & CY_KU_CERT_SIGN))
    cy_path_break(check, CY_RULE_NO_CERT_SIGN, depth,
      "has a key usage without keyCertSign, yet it is to vouch for %s", cy_buf_cstr(&child));
}

static void check_lengths(cy_path_check *check)
{
  int64_t below = 0; /* intermediates that are not self-issued, so far */
  for (size_t i = 1; i < check->count; i++) {
    const cy_cert_view *v = cy_path_view(check, i);
    if (v->path_len >= 0 && below > v->path_len && !only_name_and_key(check, i))
      cy_path_break(check, CY_RULE_PATH_LENGTH, i,
        "allows %lld further CAs below itself, and there are %lld", (long long)v->path_len,
        (long long)below);
    if (!v->self_issued && i + 1 < check->count)
      below++;
  }
  if (check->request->limit_depth && below > check->request->max_depth)
    cy_path_break(check, CY_RULE_TOO_DEEP, 0, "has %lld intermediates above it, and at most %u are allowed",
      (long long)below, check->request->max_depth);
}

void cy_path_check_ca(cy_path_check *check)
{
  if (check->request->purpose == CY_PURPOSE_CA)
    must_be_ca(check, 0);
  for (size_t i = 1; i < check->count; i++)
    must_be_ca(check, i);
  check_lengths(check);
  if (check->count == 1 && !cy_path_view(check, 0)->is_ca)
    cy_path_break(check, CY_RULE_LEAF_ANCHOR, 0, "was made trusted itself, and it is no CA");
}

/* Extensions */

static bool is_known(const cy_path_check *check, cy_oid oid)
{
  switch (oid) {
  case CY_OID_BASIC_CONSTRAINTS:
  case CY_OID_KEY_USAGE:
  case CY_OID_EXT_KEY_USAGE:
  case CY_OID_SUBJECT_ALT_NAME:
  case CY_OID_NAME_CONSTRAINTS:
  case CY_OID_CERTIFICATE_POLICIES:
  case CY_OID_POLICY_MAPPINGS:
  case CY_OID_POLICY_CONSTRAINTS:
  case CY_OID_INHIBIT_ANY_POLICY:
  case CY_OID_CRL_DISTRIBUTION_POINTS:
    return true;
  case CY_OID_OCSP_NO_CHECK:
  case CY_OID_NS_CERT_TYPE:
    return is_openssl(check) || check->profile == CY_PROFILE_STRICT;
  case CY_OID_ISSUER_ALT_NAME:
  case CY_OID_SUBJECT_KEY_ID:
  case CY_OID_AUTHORITY_KEY_ID:
  case CY_OID_AUTHORITY_INFO_ACCESS:
  case CY_OID_FRESHEST_CRL:
    return !is_openssl(check);
  default:
    return false;
  }
}

/* id-pe-proxyCertInfo, 1.3.6.1.5.5.7.1.14 */
static bool is_proxy(const cy_ext *ext)
{
  return cy_span_equal(ext->id, CY_SPAN("\x2b\x06\x01\x05\x05\x07\x01\x0e"));
}

static void check_extension(cy_path_check *check, size_t depth, size_t n)
{
  const cy_cert_view *v = cy_path_view(check, depth);
  const cy_ext *ext = &v->exts[n];
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_oid_put_words(&words, ext->id);
  if (is_proxy(ext))
    cy_path_break(check, CY_RULE_PROXY, depth, "is a proxy certificate");
  else if (ext->critical && !is_known(check, ext->oid))
    cy_path_break(check, CY_RULE_UNKNOWN_CRITICAL, depth,
      "has the critical extension %s, which is not known here", cy_buf_cstr(&words));
  for (size_t i = 0; i < n; i++)
    if (cy_span_equal(v->exts[i].id, ext->id))
      cy_path_break(check, CY_RULE_EXT_TWICE, depth, "has the extension %s twice", cy_buf_cstr(&words));
}

void cy_path_check_extensions(cy_path_check *check)
{
  for (size_t i = 0; i < check->count; i++) {
    if (only_name_and_key(check, i))
      continue;
    for (size_t n = 0; n < cy_path_view(check, i)->ext_count; n++)
      check_extension(check, i, n);
    if (cy_path_view(check, i)->exts_malformed)
      cy_path_break(check, CY_RULE_EXT_MALFORMED, i,
        "has basic constraints, key usage, extended key usage or key identifiers that can not be read");
  }
}

/* Names */

static unsigned host_flags(cy_profile profile)
{
  switch (profile) {
  case CY_PROFILE_OPENSSL:
  case CY_PROFILE_OPENSSL_STRICT:
    return CY_HOST_CN | CY_HOST_PARTIAL_WILDCARD;
  case CY_PROFILE_JAVA:
    return CY_HOST_CN | CY_HOST_PARTIAL_WILDCARD | CY_HOST_ANY_LABEL;
  default:
    return 0;
  }
}

static void note_names(cy_path_check *check, cy_rule rule, const char *wanted, const cy_host_result *result)
{
  cy_path_break(check, rule, 0, "is not for %s: %s; its names: %s", wanted, result->text, result->names);
  cy_path_fix(
    check, "Request a certificate with %s; or use one of the names that it has.", result->request);
}

void cy_path_check_host(cy_path_check *check)
{
  cy_host_result result;
  const cy_verify_request *r = check->request;
  const cy_cert_view *v = cy_path_view(check, 0);
  uint8_t ip[16];
  size_t len;
  if (r->host) {
    cy_err *err = cy_host_check(&result, v, r->host, host_flags(check->profile));
    check->no_memory = check->no_memory || err;
    if (!err && result.why != CY_HOST_FITS)
      note_names(check, cy_host_is_ip(r->host, ip, &len) ? CY_RULE_IP : CY_RULE_HOST, r->host, &result);
    cy_host_result_clear(&result);
    cy_err_free(err);
  }
  if (r->email) {
    cy_err *err = cy_host_check_email(&result, v, r->email);
    check->no_memory = check->no_memory || err;
    if (!err && result.why != CY_HOST_FITS)
      note_names(check, CY_RULE_EMAIL, r->email, &result);
    cy_host_result_clear(&result);
    cy_err_free(err);
  }
}
