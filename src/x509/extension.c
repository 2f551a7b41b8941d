/* Extensions in words: the table of types, and the simple ones. */
#include "x509/extension.h"

#include <stdio.h>

#include "x509/ext_show.h"
#include "x509/name.h"

enum { HEX_SHOWN = 32 };

void cy_ext_line_buf(cy_ext_show *show, const cy_buf *text)
{
  cy_out_text(show->out, NULL, show->title, cy_buf_get(text));
  show->title = "";
  show->has_line = true;
}

void cy_ext_line(cy_ext_show *show, const char *format, ...)
{
  char text[512];
  va_list args;
  va_start(args, format);
  int len = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (len < 0)
    return;
  cy_out_str(show->out, NULL, show->title, text);
  show->title = "";
  show->has_line = true;
}

static bool for_programs(const cy_ext_show *show)
{
  return cy_out_options_get(show->out)->format == CY_OUT_JSON;
}

void cy_ext_open(cy_ext_show *show, const char *key)
{
  if (for_programs(show))
    cy_out_open(show->out, key, NULL);
}

void cy_ext_close(cy_ext_show *show)
{
  if (for_programs(show))
    cy_out_close(show->out);
}

void cy_ext_list(cy_ext_show *show, const char *key)
{
  if (for_programs(show))
    cy_out_list(show->out, key, NULL);
}

void cy_ext_list_end(cy_ext_show *show)
{
  if (for_programs(show))
    cy_out_list_end(show->out);
}

void cy_ext_json_oid(cy_ext_show *show, const char *key, cy_span oid)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  cy_oid_put_short(&text, oid);
  cy_out_text(show->out, key, NULL, cy_buf_get(&text));
}

void cy_ext_string(cy_buf *utf8, cy_der value)
{
  cy_name_attr attr = {.tag = value.tag, .value = value.content};
  cy_name_value(utf8, &attr);
}

static const struct {
  const char *id;
  const char *words;
} usages[] = {
  {"digitalSignature", "digital signature"}, {"nonRepudiation", "non-repudiation"},
  {"keyEncipherment", "key encipherment"},   {"dataEncipherment", "data encipherment"},
  {"keyAgreement", "key agreement"},         {"keyCertSign", "certificate signing"},
  {"cRLSign", "CRL signing"},                {"encipherOnly", "encipher only"},
  {"decipherOnly", "decipher only"},
};

void cy_key_usage_format(cy_buf *buf, unsigned key_usage)
{
  const char *before = "";
  for (size_t i = 0; i < CY_COUNT(usages); i++) {
    if (!(key_usage & 1u << i))
      continue;
    cy_buf_str(buf, before);
    cy_buf_str(buf, usages[i].words);
    before = ", ";
  }
  if (!*before)
    cy_buf_str(buf, "none");
}

static unsigned read_bits(cy_cur *cur)
{
  unsigned unused, set = 0;
  cy_span bits = cy_der_bits(cur, &unused);
  for (size_t i = 0; i < bits.len * 8 && i < 16; i++)
    if (bits.data[i / 8] & 0x80 >> i % 8)
      set |= 1u << i;
  return set;
}

static void show_key_usage(cy_ext_show *show, cy_cur *cur)
{
  unsigned set = read_bits(cur);
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_ext_list(show, "usages");
  for (size_t i = 0; i < CY_COUNT(usages); i++)
    if (set & 1u << i)
      cy_out_str(show->out, NULL, NULL, usages[i].id);
  cy_ext_list_end(show);
  cy_key_usage_format(&words, set);
  cy_ext_line_buf(show, &words);
}

void cy_ext_key_usage_format(cy_buf *buf, cy_span value)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, value);
  cy_cur seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  const char *before = "";
  while (cy_cur_more(&seq)) {
    cy_span oid = cy_der_take(&seq, CY_DER_OID);
    if (!cy_cur_ok(&seq))
      break;
    cy_buf_str(buf, before);
    cy_oid_put_words(buf, oid);
    before = ", ";
  }
}

static void show_ext_key_usage(cy_ext_show *show, cy_cur *cur)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_ext_key_usage_format(&words, show->ext->value);
  cy_ext_line_buf(show, &words);
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  cy_ext_list(show, "purposes");
  while (cy_cur_more(&seq))
    cy_ext_json_oid(show, NULL, cy_der_take(&seq, CY_DER_OID));
  cy_ext_list_end(show);
  cy_der_leave(&seq);
}

static void show_basic_constraints(cy_ext_show *show, cy_cur *cur)
{
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  bool ca = cy_der_peek(&seq) == CY_DER_BOOLEAN && cy_der_bool(&seq);
  bool limited = cy_cur_more(&seq);
  uint64_t len = limited ? cy_der_uint(&seq) : 0;
  cy_der_leave(&seq);
  cy_out_bool(show->out, "ca", NULL, ca);
  if (limited && cy_cur_ok(cur)) {
    cy_out_int(show->out, "path_length", NULL, (int64_t)(len & INT64_MAX));
    cy_ext_line(show, "%s, path length %llu%s", ca ? "a CA" : "not a CA", (unsigned long long)len,
      len ? "" : " (no further CA below it)");
  } else {
    cy_out_str(show->out, "path_length", NULL, NULL);
    cy_ext_line(show, "%s", ca ? "a CA" : "not a CA");
  }
}

void cy_ext_octets(cy_ext_show *show, cy_cur *cur)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_span id = cy_der_take(cur, CY_DER_OCTET_STRING);
  cy_out_bytes(show->out, "key_id", id);
  cy_buf_hex_colons(&words, id);
  cy_ext_line_buf(show, &words);
}

static void show_null(cy_ext_show *show, cy_cur *cur)
{
  cy_der_take(cur, CY_DER_NULL);
  cy_ext_line(show, "yes");
}

static const struct {
  cy_oid oid;
  cy_ext_shower *show;
} showers[] = {
  {CY_OID_SUBJECT_ALT_NAME, cy_ext_alt_name},
  {CY_OID_ISSUER_ALT_NAME, cy_ext_alt_name},
  {CY_OID_KEY_USAGE, show_key_usage},
  {CY_OID_EXT_KEY_USAGE, show_ext_key_usage},
  {CY_OID_BASIC_CONSTRAINTS, show_basic_constraints},
  {CY_OID_SUBJECT_KEY_ID, cy_ext_octets},
  {CY_OID_AUTHORITY_KEY_ID, cy_ext_authority_key},
  {CY_OID_NAME_CONSTRAINTS, cy_ext_name_constraints},
  {CY_OID_CRL_DISTRIBUTION_POINTS, cy_ext_crl_points},
  {CY_OID_FRESHEST_CRL, cy_ext_crl_points},
  {CY_OID_AUTHORITY_INFO_ACCESS, cy_ext_access},
  {CY_OID_SUBJECT_INFO_ACCESS, cy_ext_access},
  {CY_OID_CERTIFICATE_POLICIES, cy_ext_policies},
  {CY_OID_POLICY_MAPPINGS, cy_ext_policy_mappings},
  {CY_OID_POLICY_CONSTRAINTS, cy_ext_policy_constraints},
  {CY_OID_INHIBIT_ANY_POLICY, cy_ext_inhibit_any},
  {CY_OID_TLS_FEATURE, cy_ext_tls_feature},
  {CY_OID_CT_SCTS, cy_ext_scts},
  {CY_OID_CT_POISON, show_null},
  {CY_OID_OCSP_NO_CHECK, show_null},
  {CY_OID_PRIVATE_KEY_PERIOD, cy_ext_key_period},
  {CY_OID_NS_CERT_TYPE, cy_ext_ns_type},
  {CY_OID_NS_COMMENT, cy_ext_text},
  {CY_OID_NS_BASE_URL, cy_ext_text},
  {CY_OID_NS_REVOCATION_URL, cy_ext_text},
  {CY_OID_NS_CA_REVOCATION_URL, cy_ext_text},
  {CY_OID_NS_RENEWAL_URL, cy_ext_text},
  {CY_OID_NS_CA_POLICY_URL, cy_ext_text},
  {CY_OID_NS_SERVER_NAME, cy_ext_text},
  {CY_OID_MS_TEMPLATE_NAME, cy_ext_text},
  {CY_OID_MS_CERT_TEMPLATE, cy_ext_ms_template},
  {CY_OID_MS_CA_VERSION, cy_ext_ms_ca_version},
  {CY_OID_MS_APPLICATION_POLICIES, cy_ext_ms_policies},
  {CY_OID_MS_PREVIOUS_CA_HASH, cy_ext_octets},
  {CY_OID_QC_STATEMENTS, cy_ext_qc_statements},
};

static cy_ext_shower *shower_of(cy_oid oid)
{
  for (size_t i = 0; i < CY_COUNT(showers); i++)
    if (showers[i].oid == oid)
      return showers[i].show;
  return NULL;
}

/* The bytes, cut for people. */
static void show_raw(cy_ext_show *show)
{
  cy_span value = show->ext->value;
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_buf_hex_colons(&words, cy_span_of(value.data, value.len < HEX_SHOWN ? value.len : HEX_SHOWN));
  if (value.len > HEX_SHOWN)
    cy_buf_printf(&words, "... (%zu bytes)", value.len);
  cy_ext_line_buf(show, &words);
  cy_out_bytes(show->out, "value", value);
}

static void show_value(cy_ext_show *show)
{
  cy_ext_shower *shower = shower_of(show->ext->oid);
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, show->ext->value);
  if (!shower) {
    show_raw(show);
    return;
  }
  shower(show, &cur);
  cy_cur_end(&cur);
  if (!cy_cur_ok(&cur)) {
    cy_out_style(show->out, CY_STYLE_BAD);
    cy_ext_line(show, "malformed: at byte %zu of it, %s", parse.offset, parse.reason);
    cy_out_str(show->out, "malformed", NULL, parse.reason);
    show_raw(show);
  } else if (!show->has_line) {
    cy_ext_line(show, "empty");
  }
}

void cy_extension_show(cy_out *out, const cy_cert_view *cert, const cy_ext *ext)
{
  CY_CLEAN(cy_buf) title = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) dotted = CY_BUF_TEXT;
  cy_oid_put_words(&title, ext->id);
  if (ext->critical)
    cy_buf_str(&title, ", critical");
  cy_oid_format(&dotted, ext->id);
  cy_ext_show show = {.out = out, .cert = cert, .ext = ext, .title = cy_buf_cstr(&title)};
  cy_ext_open(&show, NULL);
  cy_out_text(out, "oid", NULL, cy_buf_get(&dotted));
  cy_out_str(out, "name", NULL, ext->oid == CY_OID_UNKNOWN ? NULL : cy_oid_short(ext->oid));
  cy_out_bool(out, "critical", NULL, ext->critical);
  show_value(&show);
  cy_ext_close(&show);
}

void cy_extensions_show(cy_out *out, const cy_cert_view *cert, const cy_ext *exts, size_t count)
{
  cy_out_list(out, "extensions", count ? "Extensions" : NULL);
  for (size_t i = 0; i < count; i++)
    cy_extension_show(out, cert, &exts[i]);
  cy_out_list_end(out);
}
