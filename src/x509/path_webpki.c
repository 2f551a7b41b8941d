/* The CA/Browser Forum's rules for servers, where they go beyond RFC 5280. */
#include <arpa/inet.h>

#include "base/text.h"
#include "x509/host.h"
#include "x509/name.h"
#include "x509/path.h"

static bool looks_like_address(cy_span text, uint8_t octets[16], size_t *len)
{
  char copy[64];
  if (!text.len || text.len >= sizeof copy)
    return false;
  memcpy(copy, text.data, text.len);
  copy[text.len] = 0;
  return strlen(copy) == text.len && cy_host_is_ip(copy, octets, len);
}

static bool is_wide_wildcard(cy_span name)
{
  return name.len > 2 && name.data[0] == '*' && name.data[1] == '.' &&
         !memchr(name.data + 2, '.', name.len - 2);
}

/* The common name as it must stand: the entry itself, addresses in their standard form. */
static bool repeats(cy_span cn, const cy_general_name *name)
{
  char text[INET6_ADDRSTRLEN];
  if (name->kind == CY_GN_DNS)
    return cy_span_equal(cn, name->value);
  if (name->kind != CY_GN_IP || (name->value.len != 4 && name->value.len != 16))
    return false;
  return inet_ntop(name->value.len == 4 ? AF_INET : AF_INET6, name->value.data, text, sizeof text) &&
         cy_span_equal(cn, cy_span_str(text));
}

static void check_dns(cy_path_check *check, cy_span dns)
{
  uint8_t octets[16];
  size_t len;
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  cy_text_put_safe(&text, dns);
  if (looks_like_address(dns, octets, &len))
    cy_path_break(check, CY_RULE_SAN_IP_IN_DNS, 0, "has the address %s in a DNS entry", cy_buf_cstr(&text));
  if (is_wide_wildcard(dns))
    cy_path_break(
      check, CY_RULE_SAN_PUBLIC_WILDCARD, 0, "is for %s, a whole top-level domain", cy_buf_cstr(&text));
}

static void check_names(cy_path_check *check, const cy_cert_view *v)
{
  const cy_ext *san = cy_cert_ext(v, CY_OID_SUBJECT_ALT_NAME);
  CY_CLEAN(cy_buf) cn = CY_BUF_TEXT;
  bool has_cn = cy_name_find(&cn, v->subject, CY_OID_CN), found = false, any = false;
  cy_gn_iter iter;
  cy_general_name name;
  if (!san)
    return;
  cy_gn_begin(&iter, san->value);
  while (cy_gn_next(&iter, &name)) {
    if (name.kind == CY_GN_DNS)
      check_dns(check, name.value);
    any = any || name.kind == CY_GN_DNS || name.kind == CY_GN_IP;
    found = found || repeats(cy_buf_get(&cn), &name);
  }
  if (has_cn && any && !found)
    cy_path_break(
      check, CY_RULE_CN_NOT_IN_SAN, 0, "has a common name that none of its alternative names repeats");
}

static bool is_browser_key(const cy_key_info *key)
{
  if (key->type == CY_KEY_RSA)
    return true;
  return key->type == CY_KEY_EC &&
         (key->curve == CY_OID_P256 || key->curve == CY_OID_P384 || key->curve == CY_OID_P521);
}

static void check_leaf(cy_path_check *check, const cy_cert_view *v)
{
  const cy_ext *eku = cy_cert_ext(v, CY_OID_EXT_KEY_USAGE);
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  if (v->ext_key_usage & CY_EKU_ANY)
    cy_path_break(check, CY_RULE_EKU_ANY, 0, "has anyExtendedKeyUsage");
  if (eku && eku->critical)
    cy_path_break(check, CY_RULE_EKU_CRITICAL, 0, "has a critical extended key usage");
  cy_key_info_format(&words, &v->key);
  if (!is_browser_key(&v->key))
    cy_path_break(check, CY_RULE_CURVE, 0, "has a key of the kind %s", cy_buf_cstr(&words));
  check_names(check, v);
}

static void check_root(cy_path_check *check, const cy_cert_view *v)
{
  size_t depth = check->count - 1;
  if (v->has_ext_key_usage)
    cy_path_break(check, CY_RULE_EKU_ROOT, depth, "is a root with extended key usage");
  if (v->authority_issuer.len || v->authority_serial.len)
    cy_path_break(check, CY_RULE_AKI_ROOT_FIELDS, depth,
      "is a root whose authority key identifier names an issuer or a serial number");
}

void cy_path_check_webpki(cy_path_check *check)
{
  if (check->request->purpose != CY_PURPOSE_SERVER)
    return;
  if (!cy_path_view(check, 0)->is_ca) /* the rules are those for subscribers */
    check_leaf(check, cy_path_view(check, 0));
  if (check->count > 1 && cy_path_view(check, check->count - 1)->self_issued)
    check_root(check, cy_path_view(check, check->count - 1));
}
