/* Extensions of TLS, of transparency logs, of qualified certificates, and of single vendors. */
#include "x509/ext_show.h"

/* Features ::= SEQUENCE OF INTEGER: TLS extensions that the server promises (RFC 7633). */
void cy_ext_tls_feature(cy_ext_show *show, cy_cur *cur)
{
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  cy_ext_list(show, "features");
  while (cy_cur_more(&seq)) {
    uint64_t feature = cy_der_uint(&seq);
    if (!cy_cur_ok(&seq))
      break;
    cy_out_int(show->out, NULL, NULL, (int64_t)(feature & INT64_MAX));
    if (feature == 5)
      cy_ext_line(show, "the server must staple an OCSP answer (status_request)");
    else if (feature == 17)
      cy_ext_line(show, "the server must staple OCSP answers (status_request_v2)");
    else
      cy_ext_line(show, "TLS extension %llu", (unsigned long long)feature);
  }
  cy_ext_list_end(show);
  cy_der_leave(&seq);
}

/* SerializedSCT: version 1, log id 32, time in milliseconds 8, extensions, signature. */
static void sct(cy_ext_show *show, cy_cur *list)
{
  cy_cur one = cy_cur_over(list, cy_cur_take(list, cy_cur_u16(list)));
  uint8_t version = cy_cur_u8(&one);
  cy_span log = cy_cur_take(&one, 32);
  cy_time time = (cy_time)(cy_cur_u64(&one) / 1000);
  if (!cy_cur_ok(list) || time > cy_time_from_civil(9999, 1, 1, 0, 0, 0)) {
    cy_cur_fail(list, "a timestamp that is no timestamp");
    return;
  }
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_time_format_rfc3339(&words, time);
  cy_buf_str(&words, " log ");
  cy_buf_hex(&words, cy_span_of(log.data, 8));
  cy_buf_str(&words, "...");
  cy_ext_open(show, NULL);
  cy_out_int(show->out, "version", NULL, version + 1);
  cy_out_bytes(show->out, "log_id", log);
  cy_out_time(show->out, "time", NULL, time);
  cy_ext_line_buf(show, &words);
  cy_ext_close(show);
}

void cy_ext_scts(cy_ext_show *show, cy_cur *cur)
{
  cy_cur octets = cy_cur_over(cur, cy_der_take(cur, CY_DER_OCTET_STRING));
  cy_cur list = cy_cur_over(&octets, cy_cur_take(&octets, cy_cur_u16(&octets)));
  cy_cur_end(&octets);
  cy_ext_list(show, "scts");
  while (cy_cur_more(&list))
    sct(show, &list);
  cy_ext_list_end(show);
}

void cy_ext_key_period(cy_ext_show *show, cy_cur *cur)
{
  static const char *const keys[] = {"not_before", "not_after"};
  static const char *const words[] = {"from", "until"};
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  for (unsigned i = 0; i < 2; i++) {
    cy_span text;
    cy_time t;
    if (!cy_der_take_if(&seq, (uint8_t)CY_DER_CONTEXT(i), &text))
      continue;
    if (!cy_time_parse_asn1(&t, text, true, NULL)) {
      cy_cur_fail(&seq, "a time that is no time");
      break;
    }
    CY_CLEAN(cy_buf) line = CY_BUF_TEXT;
    cy_buf_printf(&line, "%s ", words[i]);
    cy_time_format_rfc3339(&line, t);
    cy_out_time(show->out, keys[i], NULL, t);
    cy_ext_line_buf(show, &line);
  }
  cy_der_leave(&seq);
}

void cy_ext_ns_type(cy_ext_show *show, cy_cur *cur)
{
  static const char *const types[] = {"TLS client", "TLS server", "S/MIME", "object signing", "reserved",
    "TLS CA",
    "S/MIME CA", "object signing CA"};
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  unsigned unused;
  cy_span bits = cy_der_bits(cur, &unused);
  cy_ext_list(show, "types");
  for (size_t i = 0; bits.len && i < CY_COUNT(types); i++) {
    if (!(bits.data[0] & 0x80 >> i))
      continue;
    cy_buf_printf(&words, "%s%s", words.len ? ", " : "", types[i]);
    cy_out_str(show->out, NULL, NULL, types[i]);
  }
  cy_ext_list_end(show);
  cy_ext_line_buf(show, &words);
}

void cy_ext_text(cy_ext_show *show, cy_cur *cur)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  cy_der value = cy_der_next(cur);
  if (!cy_cur_ok(cur))
    return;
  cy_ext_string(&text, value);
  cy_out_text(show->out, "text", NULL, cy_buf_get(&text));
  cy_ext_line_buf(show, &text);
}

/* CertificateTemplate ::= SEQUENCE { templateID OID, majorVersion, minorVersion INTEGER } */
void cy_ext_ms_template(cy_ext_show *show, cy_cur *cur)
{
  CY_CLEAN(cy_buf) id = CY_BUF_TEXT;
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  cy_oid_format(&id, cy_der_take(&seq, CY_DER_OID));
  uint64_t major = cy_cur_more(&seq) ? cy_der_uint(&seq) : 0;
  uint64_t minor = cy_cur_more(&seq) ? cy_der_uint(&seq) : 0;
  cy_der_leave(&seq);
  cy_out_text(show->out, "template", NULL, cy_buf_get(&id));
  cy_out_int(show->out, "major_version", NULL, (int64_t)(major & INT64_MAX));
  cy_out_int(show->out, "minor_version", NULL, (int64_t)(minor & INT64_MAX));
  cy_ext_line(show, "template %s, version %llu.%llu", cy_buf_cstr(&id), (unsigned long long)major,
    (unsigned long long)minor);
}

/* Low 16 bits: the CA's certificate, high 16 bits: its key. */
void cy_ext_ms_ca_version(cy_ext_show *show, cy_cur *cur)
{
  uint64_t v = cy_der_uint(cur);
  cy_out_int(show->out, "certificate_index", NULL, (int64_t)(v & 0xffff));
  cy_out_int(show->out, "key_index", NULL, (int64_t)(v >> 16 & 0xffff));
  cy_ext_line(show, "certificate %u of the CA, key %u", (unsigned)(v & 0xffff), (unsigned)(v >> 16 & 0xffff));
}

static void qc_types(cy_cur *info, cy_buf *words)
{
  cy_cur list = cy_der_enter(info, CY_DER_SEQUENCE);
  const char *before = ": ";
  while (cy_cur_more(&list)) {
    cy_buf_str(words, before);
    cy_oid_put_words(words, cy_der_take(&list, CY_DER_OID));
    before = ", ";
  }
  cy_der_leave(&list);
}

/* QcEuPDS ::= SEQUENCE OF SEQUENCE { url IA5String, language PrintableString } */
static void qc_disclosures(cy_cur *info, cy_buf *words)
{
  cy_cur list = cy_der_enter(info, CY_DER_SEQUENCE);
  while (cy_cur_more(&list)) {
    cy_cur one = cy_der_enter(&list, CY_DER_SEQUENCE);
    cy_buf_str(words, " ");
    cy_ext_string(words, cy_der_next(&one));
    cy_buf_str(words, " (");
    cy_ext_string(words, cy_der_next(&one));
    cy_buf_str(words, ")");
    cy_der_leave(&one);
  }
  cy_der_leave(&list);
}

static void qc_detail(cy_cur *info, cy_span id, cy_buf *words)
{
  switch (cy_oid_find(id)) {
  case CY_OID_QC_TYPE:
    qc_types(info, words);
    break;
  case CY_OID_QC_PDS:
    qc_disclosures(info, words);
    break;
  case CY_OID_QC_RETENTION:
    cy_buf_printf(words, ": %llu years after it ended", (unsigned long long)cy_der_uint(info));
    break;
  default:
    cy_cur_rest(info);
  }
}

void cy_ext_qc_statements(cy_ext_show *show, cy_cur *cur)
{
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  cy_ext_list(show, "statements");
  while (cy_cur_more(&seq)) {
    CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
    cy_cur one = cy_der_enter(&seq, CY_DER_SEQUENCE);
    cy_span id = cy_der_take(&one, CY_DER_OID);
    cy_oid_put_words(&words, id);
    if (cy_cur_more(&one))
      qc_detail(&one, id, &words);
    cy_der_leave(&one);
    if (!cy_cur_ok(&seq))
      break;
    cy_ext_open(show, NULL);
    cy_ext_json_oid(show, "id", id);
    cy_out_text(show->out, "words", NULL, cy_buf_get(&words));
    cy_ext_line_buf(show, &words);
    cy_ext_close(show);
  }
  cy_ext_list_end(show);
  cy_der_leave(&seq);
}
