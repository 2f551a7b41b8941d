/* Rules on the distinguished names. */
#include "base/der.h"
#include "base/text.h"
#include "x509/codes.h"
#include "x509/lint_rule.h"

static void trouble(cy_lint *lint, cy_lint_name_trouble kind, const cy_name_attr *attr)
{
  if (!(lint->name_troubles & 1u << kind))
    lint->name_first[kind] = *attr;
  lint->name_troubles |= 1u << kind;
}

/* RFC 5280 appendix A.1, in characters; 0: no bound that matters. */
static size_t upper_bound(cy_oid type)
{
  switch (type) {
  case CY_OID_CN:
  case CY_OID_O:
  case CY_OID_OU:
  case CY_OID_TITLE:
  case CY_OID_SERIAL_NUMBER:
    return 64;
  case CY_OID_L:
  case CY_OID_ST:
  case CY_OID_PSEUDONYM:
    return 128;
  case CY_OID_EMAIL:
    return 255;
  default:
    return 32768;
  }
}

static size_t characters(const cy_name_attr *attr)
{
  size_t count = 0;
  if (attr->tag == CY_DER_BMP_STRING)
    return attr->value.len / 2;
  if (attr->tag == CY_DER_UNIVERSAL_STRING)
    return attr->value.len / 4;
  if (attr->tag != CY_DER_UTF8_STRING)
    return attr->value.len;
  for (size_t i = 0; i < attr->value.len; i++)
    count += (attr->value.data[i] & 0xc0) != 0x80;
  return count;
}

static bool printable(uint8_t c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         (c && strchr(" '()+,-./:=?", c));
}

static void check_bytes(cy_lint *lint, const cy_name_attr *attr)
{
  cy_span v = attr->value;
  bool high = false;
  if (attr->tag == CY_DER_BMP_STRING || attr->tag == CY_DER_UNIVERSAL_STRING)
    return;
  for (size_t i = 0; i < v.len; i++) {
    high = high || v.data[i] & 0x80;
    if (v.data[i] < 0x20 || v.data[i] == 0x7f)
      trouble(lint, CY_LINT_NAME_CONTROL, attr);
    else if (attr->tag == CY_DER_PRINTABLE_STRING && !printable(v.data[i]))
      trouble(lint, CY_LINT_NAME_PRINTABLE, attr);
  }
  if (high && attr->tag == CY_DER_UTF8_STRING && !cy_utf8_valid(v))
    trouble(lint, CY_LINT_NAME_UTF8, attr);
  if (v.len && (v.data[0] == ' ' || v.data[v.len - 1] == ' '))
    trouble(lint, CY_LINT_NAME_BLANK, attr);
}

static bool is_placeholder(cy_span v)
{
  static const cy_span defaults[] = {CY_SPAN("Internet Widgits Pty Ltd"), CY_SPAN("Some-State"),
    CY_SPAN("Default Company Ltd"), CY_SPAN("Default City"), CY_SPAN("Unknown")};
  for (size_t i = 0; i < CY_COUNT(defaults); i++)
    if (cy_span_equal(v, defaults[i]))
      return true;
  return false;
}

static void check_attribute(cy_lint *lint, const cy_name_attr *attr)
{
  cy_span v = attr->value;
  bool old =
    attr->tag == CY_DER_T61_STRING || attr->tag == CY_DER_BMP_STRING || attr->tag == CY_DER_UNIVERSAL_STRING;
  if (old)
    trouble(lint, CY_LINT_NAME_OLD_STRING, attr);
  if (v.len == 0)
    trouble(lint, CY_LINT_NAME_EMPTY, attr);
  if (v.len > 64 && characters(attr) > upper_bound(attr->type))
    trouble(lint, CY_LINT_NAME_LONG, attr);
  check_bytes(lint, attr);
  if (is_placeholder(v))
    trouble(lint, CY_LINT_NAME_PLACEHOLDER, attr);
  if (attr->type == CY_OID_C) {
    bool capitals =
      v.len == 2 && v.data[0] >= 'A' && v.data[0] <= 'Z' && v.data[1] >= 'A' && v.data[1] <= 'Z';
    if (!capitals && v.len)
      trouble(lint, CY_LINT_NAME_COUNTRY, attr);
  }
}

void cy_lint_scan_subject(cy_lint *lint)
{
  cy_name_iter iter = cy_name_each(lint->v->subject);
  cy_name_attr attr;
  while (cy_name_next(&iter, &attr)) {
    lint->attributes++;
    if (attr.type == CY_OID_CN) {
      lint->common_names++;
      lint->common_name = attr;
    }
    lint->subject_email = lint->subject_email || attr.type == CY_OID_EMAIL;
    check_attribute(lint, &attr);
  }
}

/* "CN=value", with what can not be shown escaped by the output. */
static void put_attr(cy_buf *buf, const cy_name_attr *attr)
{
  cy_oid_put_short(buf, attr->oid);
  cy_buf_str(buf, "=");
  cy_name_value(buf, attr);
}

static bool has(const cy_lint *lint, cy_lint_name_trouble kind)
{
  return lint->name_troubles & 1u << kind;
}

static const char *string_type(uint8_t tag)
{
  return tag == CY_DER_T61_STRING ? "T61String" : tag == CY_DER_BMP_STRING ? "BMPString" : "UniversalString";
}

void cy_lint_name_string_old(cy_lint *lint)
{
  if (!has(lint, CY_LINT_NAME_OLD_STRING))
    return;
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  const cy_name_attr *attr = &lint->name_first[CY_LINT_NAME_OLD_STRING];
  put_attr(&text, attr);
  CY_LINT_ADD(lint, CERT_NAME_STRING_OLD, "%s is a %s", cy_buf_cstr(&text), string_type(attr->tag));
}

/* Rules that say only which part it is. */
static void add_part(cy_lint *lint, cy_finding_id id, cy_lint_name_trouble kind, const char *words)
{
  if (!has(lint, kind))
    return;
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  put_attr(&text, &lint->name_first[kind]);
  cy_finding_add(lint->list, id, lint->address, "%s%s", cy_buf_cstr(&text), words);
}

void cy_lint_name_printable(cy_lint *lint)
{
  add_part(lint, CY_F_CERT_NAME_PRINTABLE, CY_LINT_NAME_PRINTABLE, " is a PrintableString");
}

void cy_lint_name_utf8_broken(cy_lint *lint)
{
  add_part(lint, CY_F_CERT_NAME_UTF8_BROKEN, CY_LINT_NAME_UTF8, " is no UTF-8 (shown as if it were Latin-1)");
}

void cy_lint_name_control(cy_lint *lint)
{
  add_part(lint, CY_F_CERT_NAME_CONTROL, CY_LINT_NAME_CONTROL, "");
}

void cy_lint_name_country(cy_lint *lint)
{
  add_part(lint, CY_F_CERT_NAME_COUNTRY, CY_LINT_NAME_COUNTRY, "");
}

void cy_lint_name_part_empty(cy_lint *lint)
{
  add_part(lint, CY_F_CERT_NAME_PART_EMPTY, CY_LINT_NAME_EMPTY, " has no value");
}

void cy_lint_name_placeholder(cy_lint *lint)
{
  add_part(lint, CY_F_CERT_NAME_PLACEHOLDER, CY_LINT_NAME_PLACEHOLDER, "");
}

void cy_lint_name_blank(cy_lint *lint)
{
  if (!has(lint, CY_LINT_NAME_BLANK))
    return;
  CY_CLEAN(cy_buf) value = CY_BUF_TEXT;
  const cy_name_attr *attr = &lint->name_first[CY_LINT_NAME_BLANK];
  cy_name_value(&value, attr);
  CY_LINT_ADD(lint, CERT_NAME_BLANK, "%s is \"%s\"",
    attr->type == CY_OID_UNKNOWN ? "a part" : cy_oid_short(attr->type), cy_buf_cstr(&value));
}

void cy_lint_name_long(cy_lint *lint)
{
  if (!has(lint, CY_LINT_NAME_LONG))
    return;
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  const cy_name_attr *attr = &lint->name_first[CY_LINT_NAME_LONG];
  put_attr(&text, attr);
  CY_LINT_ADD(lint, CERT_NAME_LONG, "%.200s: %zu characters, the limit is %zu", cy_buf_cstr(&text),
    characters(attr),
    upper_bound(attr->type));
}

void cy_lint_name_cn_many(cy_lint *lint)
{
  if (lint->common_names < 2)
    return;
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  cy_name_format(&name, lint->v->subject, CY_NAMES_RFC4514);
  CY_LINT_ADD(lint, CERT_NAME_CN_MANY, "%u common names in %s", lint->common_names, cy_buf_cstr(&name));
}

/* Names that are missing. */

void cy_lint_issuer_empty(cy_lint *lint)
{
  if (cy_name_is_empty(lint->v->issuer))
    CY_LINT_ADD(lint, CERT_ISSUER_EMPTY, "the issuer is empty");
}

void cy_lint_ca_nameless(cy_lint *lint)
{
  if (lint->attributes == 0)
    CY_LINT_ADD(lint, CERT_CA_NAMELESS, "the subject of a CA is empty");
}

void cy_lint_nameless(cy_lint *lint)
{
  if (lint->attributes == 0 && !lint->san)
    CY_LINT_ADD(lint, CERT_NAMELESS, "neither a subject nor alternative names");
}

void cy_lint_san_not_critical(cy_lint *lint)
{
  if (lint->attributes == 0 && lint->san && !lint->san->critical)
    CY_LINT_ADD(lint, CERT_SAN_NOT_CRITICAL, "an empty subject with alternative names that are not critical");
}
