/* What a certificate may be used for: key usage and extended key usage. */
#include "x509/path.h"

static bool is_openssl(const cy_path_check *check)
{
  return check->profile == CY_PROFILE_OPENSSL || check->profile == CY_PROFILE_OPENSSL_STRICT;
}

static const char *const usage_names[] = {"digitalSignature", "nonRepudiation", "keyEncipherment",
  "dataEncipherment", "keyAgreement", "keyCertSign", "cRLSign", "encipherOnly", "decipherOnly"};

static const char *const eku_names[] = {"serverAuth", "clientAuth", "codeSigning", "emailProtection",
  "timeStamping", "OCSPSigning", "anyExtendedKeyUsage", "others", "SGC"};

static void put_bits(cy_buf *buf, unsigned bits, const char *const *names, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (bits & (1u << i))
      cy_buf_printf(buf, "%s%s", buf->len ? ", " : "", names[i]);
  if (!buf->len)
    cy_buf_str(buf, "nothing");
}

/* What each purpose asks for. Of `usage` one bit will do. */
static const struct {
  unsigned eku;
  unsigned usage;
  unsigned usage_openssl;
} needs[CY_PURPOSES] = {
  [CY_PURPOSE_SERVER] = {CY_EKU_SERVER, CY_KU_DIGITAL_SIGNATURE,
    CY_KU_DIGITAL_SIGNATURE | CY_KU_KEY_ENCIPHERMENT | CY_KU_KEY_AGREEMENT},
  [CY_PURPOSE_CLIENT] = {CY_EKU_CLIENT, CY_KU_DIGITAL_SIGNATURE,
    CY_KU_DIGITAL_SIGNATURE | CY_KU_KEY_AGREEMENT},
  [CY_PURPOSE_EMAIL] = {CY_EKU_EMAIL,
    CY_KU_DIGITAL_SIGNATURE | CY_KU_NON_REPUDIATION | CY_KU_KEY_ENCIPHERMENT,
    CY_KU_DIGITAL_SIGNATURE | CY_KU_NON_REPUDIATION | CY_KU_KEY_ENCIPHERMENT},
  [CY_PURPOSE_CODE] = {CY_EKU_CODE, CY_KU_DIGITAL_SIGNATURE, CY_KU_DIGITAL_SIGNATURE},
  [CY_PURPOSE_TIME] = {CY_EKU_TIME, CY_KU_DIGITAL_SIGNATURE | CY_KU_NON_REPUDIATION,
    CY_KU_DIGITAL_SIGNATURE | CY_KU_NON_REPUDIATION},
};

static void unfit_eku(cy_path_check *check, size_t depth, const char *why)
{
  const cy_cert_view *v = cy_path_view(check, depth);
  cy_purpose purpose = check->request->purpose;
  CY_CLEAN(cy_buf) has = CY_BUF_TEXT;
  put_bits(&has, v->ext_key_usage, eku_names, CY_COUNT(eku_names));
  if (depth)
    cy_path_break(check, CY_RULE_EKU_CA, depth, "may not vouch for %s: its extended key usage is %s%s",
      cy_purpose_words(purpose), cy_buf_cstr(&has), why);
  else
    cy_path_break(check, CY_RULE_EKU, depth, "is not for %s: its extended key usage is %s%s",
      cy_purpose_words(purpose), cy_buf_cstr(&has), why);
}

static void unfit_usage(cy_path_check *check, unsigned wanted, const char *why)
{
  const cy_cert_view *v = cy_path_view(check, 0);
  CY_CLEAN(cy_buf) has = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) want = CY_BUF_TEXT;
  put_bits(&has, v->key_usage, usage_names, CY_COUNT(usage_names));
  put_bits(&want, wanted, usage_names, CY_COUNT(usage_names));
  cy_path_break(check, CY_RULE_KEY_USAGE, 0,
    "is not for %s: its key usage is %s, and one of %s is needed%s",
    cy_purpose_words(check->request->purpose), cy_buf_cstr(&has), cy_buf_cstr(&want), why);
}

/* anyExtendedKeyUsage: OpenSSL and Firefox do not count it for TLS. */
static unsigned eku_that_do(const cy_path_check *check, bool leaf)
{
  cy_purpose purpose = check->request->purpose;
  unsigned wanted = needs[purpose].eku;
  bool tls = purpose == CY_PURPOSE_SERVER || purpose == CY_PURPOSE_CLIENT;
  if (is_openssl(check))
    return purpose == CY_PURPOSE_SERVER ? wanted | CY_EKU_SGC : wanted;
  if (check->profile == CY_PROFILE_BROWSER && leaf && tls)
    return wanted;
  return wanted | CY_EKU_ANY;
}

static void check_leaf(cy_path_check *check)
{
  const cy_cert_view *v = cy_path_view(check, 0);
  cy_purpose purpose = check->request->purpose;
  unsigned usage = is_openssl(check) || check->profile == CY_PROFILE_STRICT ? needs[purpose].usage_openssl
                                                                            : needs[purpose].usage;
  if (v->has_ext_key_usage && !(v->ext_key_usage & eku_that_do(check, true)))
    unfit_eku(check, 0, "");
  /* RFC 5280 does not forbid a CA to answer with its own certificate. */
  bool ca = check->profile == CY_PROFILE_STRICT && v->is_ca;
  if (v->has_key_usage && usage && !ca && !(v->key_usage & usage))
    unfit_usage(check, usage, "");
}

/* Purposes whose certificates must say so, and say nothing else. */

static bool is_critical(const cy_cert_view *v, cy_oid oid)
{
  const cy_ext *ext = cy_cert_ext(v, oid);
  return ext && ext->critical;
}

static void check_time_leaf(cy_path_check *check)
{
  const cy_cert_view *v = cy_path_view(check, 0);
  unsigned signs = CY_KU_DIGITAL_SIGNATURE | CY_KU_NON_REPUDIATION;
  if (v->ext_key_usage != CY_EKU_TIME)
    unfit_eku(check, 0, "; timeStamping must be there, and alone");
  else if (!is_critical(v, CY_OID_EXT_KEY_USAGE))
    unfit_eku(check, 0, "; it must be critical");
  if (v->has_key_usage && (v->key_usage & ~signs || !(v->key_usage & signs)))
    unfit_usage(check, signs, ", and nothing else");
}

static void check_code_leaf(cy_path_check *check)
{
  const cy_cert_view *v = cy_path_view(check, 0);
  bool signer = v->key_usage & (CY_KU_CERT_SIGN | CY_KU_CRL_SIGN);
  if (!(v->ext_key_usage & CY_EKU_CODE) || v->ext_key_usage & (CY_EKU_ANY | CY_EKU_SERVER))
    unfit_eku(check, 0, "; codeSigning must be there, and neither serverAuth nor any");
  if (!(v->key_usage & CY_KU_DIGITAL_SIGNATURE) || signer || !is_critical(v, CY_OID_KEY_USAGE))
    unfit_usage(check, CY_KU_DIGITAL_SIGNATURE, ", critical, and neither keyCertSign nor cRLSign");
}

/* Extended key usage of CAs narrows what they may vouch for; OpenSSL asks the root as well. */
static void check_issuers(cy_path_check *check)
{
  cy_purpose purpose = check->request->purpose;
  bool openssl = is_openssl(check);
  if (openssl && (purpose == CY_PURPOSE_CODE || purpose == CY_PURPOSE_TIME))
    return;
  for (size_t i = 1; i < check->count; i++) {
    const cy_cert_view *v = cy_path_view(check, i);
    bool asked = openssl || !cy_path_is_anchor(check, i);
    if (asked && v->has_ext_key_usage && !(v->ext_key_usage & eku_that_do(check, false)))
      unfit_eku(check, i, "");
  }
}

void cy_path_check_purpose(cy_path_check *check)
{
  cy_purpose purpose = check->request->purpose;
  if (purpose == CY_PURPOSE_ANY || purpose == CY_PURPOSE_CA)
    return;
  if (purpose == CY_PURPOSE_TIME)
    check_time_leaf(check);
  else if (purpose == CY_PURPOSE_CODE && is_openssl(check))
    check_code_leaf(check);
  else
    check_leaf(check);
  check_issuers(check);
}
