/* Extensions about certificate policies. */
#include "x509/ext_show.h"

static void put_texts(cy_ext_show *show, const char *words, const cy_buf *text)
{
  CY_CLEAN(cy_buf) line = CY_BUF_TEXT;
  cy_buf_str(&line, words);
  cy_buf_span(&line, cy_buf_get(text));
  cy_ext_line_buf(show, &line);
}

/* UserNotice ::= SEQUENCE { noticeRef SEQUENCE { organization, numbers } OPTIONAL, explicitText OPTIONAL } */
static void notice(cy_ext_show *show, cy_cur *cur)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  cy_cur ref, seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  if (cy_der_enter_if(&seq, CY_DER_SEQUENCE, &ref)) {
    cy_ext_string(&text, cy_der_next(&ref));
    cy_buf_str(&text, cy_cur_left(&seq) ? ": " : "");
    cy_der_take(&ref, CY_DER_SEQUENCE);
    cy_der_leave(&ref);
  }
  if (cy_cur_more(&seq))
    cy_ext_string(&text, cy_der_next(&seq));
  cy_der_leave(&seq);
  cy_out_text(show->out, "notice", NULL, cy_buf_get(&text));
  put_texts(show, "  notice: ", &text);
}

/* PolicyQualifierInfo ::= SEQUENCE { policyQualifierId, qualifier ANY } */
static void qualifier(cy_ext_show *show, cy_cur *list)
{
  cy_cur seq = cy_der_enter(list, CY_DER_SEQUENCE);
  cy_span id = cy_der_take(&seq, CY_DER_OID);
  cy_oid oid = cy_oid_find(id);
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  cy_ext_open(show, NULL);
  cy_ext_json_oid(show, "id", id);
  if (oid == CY_OID_USER_NOTICE) {
    notice(show, &seq);
  } else if (oid == CY_OID_CPS) {
    cy_ext_string(&text, cy_der_next(&seq));
    cy_out_text(show->out, "uri", NULL, cy_buf_get(&text));
    put_texts(show, "  practice statement: ", &text);
  } else {
    cy_out_bytes(show->out, "value", cy_cur_rest(&seq));
  }
  cy_ext_close(show);
  cy_der_leave(&seq);
}

static void policy(cy_ext_show *show, cy_cur *list)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_cur qualifiers, seq = cy_der_enter(list, CY_DER_SEQUENCE);
  cy_span id = cy_der_take(&seq, CY_DER_OID);
  CY_CLEAN(cy_buf) dotted = CY_BUF_TEXT;
  cy_oid_format(&dotted, id);
  cy_oid_put_words(&words, id);
  if (cy_oid_find(id) != CY_OID_UNKNOWN)
    cy_buf_printf(&words, " (%s)", cy_buf_cstr(&dotted));
  cy_ext_open(show, NULL);
  cy_out_text(show->out, "oid", NULL, cy_buf_get(&dotted));
  cy_ext_line_buf(show, &words);
  if (cy_der_enter_if(&seq, CY_DER_SEQUENCE, &qualifiers)) {
    cy_ext_list(show, "qualifiers");
    while (cy_cur_more(&qualifiers))
      qualifier(show, &qualifiers);
    cy_ext_list_end(show);
    cy_der_leave(&qualifiers);
  }
  cy_ext_close(show);
  cy_der_leave(&seq);
}

/* Also Microsoft's application policies, which have the same form. */
void cy_ext_policies(cy_ext_show *show, cy_cur *cur)
{
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  cy_ext_list(show, "policies");
  while (cy_cur_more(&seq))
    policy(show, &seq);
  cy_ext_list_end(show);
  cy_der_leave(&seq);
}

void cy_ext_ms_policies(cy_ext_show *show, cy_cur *cur)
{
  cy_ext_policies(show, cur);
}

void cy_ext_policy_mappings(cy_ext_show *show, cy_cur *cur)
{
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  cy_ext_list(show, "mappings");
  while (cy_cur_more(&seq)) {
    CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
    cy_cur pair = cy_der_enter(&seq, CY_DER_SEQUENCE);
    cy_span issuer = cy_der_take(&pair, CY_DER_OID);
    cy_span subject = cy_der_take(&pair, CY_DER_OID);
    cy_der_leave(&pair);
    if (!cy_cur_ok(&seq))
      break;
    cy_oid_put_words(&words, issuer);
    cy_buf_str(&words, " of the issuer equals ");
    cy_oid_put_words(&words, subject);
    cy_ext_open(show, NULL);
    cy_ext_json_oid(show, "issuer_policy", issuer);
    cy_ext_json_oid(show, "subject_policy", subject);
    cy_ext_line_buf(show, &words);
    cy_ext_close(show);
  }
  cy_ext_list_end(show);
  cy_der_leave(&seq);
}

/* An implicitly tagged, small, non-negative INTEGER. */
static uint64_t small_number(cy_cur *cur, cy_span content)
{
  uint64_t v = 0;
  if (!content.len || content.len > 4 || content.data[0] & 0x80)
    cy_cur_fail(cur, "a count that is no sensible number");
  for (size_t i = 0; i < content.len && i < 4; i++)
    v = v << 8 | content.data[i];
  return v;
}

void cy_ext_policy_constraints(cy_ext_show *show, cy_cur *cur)
{
  static const char *const keys[] = {"require_explicit_policy", "inhibit_policy_mapping"};
  static const char *const words[] = {"an explicit policy is required", "policy mapping is inhibited"};
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  for (unsigned i = 0; i < 2; i++) {
    cy_span content;
    if (!cy_der_take_if(&seq, (uint8_t)CY_DER_CONTEXT(i), &content))
      continue;
    uint64_t skip = small_number(&seq, content);
    cy_out_int(show->out, keys[i], NULL, (int64_t)skip);
    cy_ext_line(show, "%s after %llu more certificates", words[i], (unsigned long long)skip);
  }
  cy_der_leave(&seq);
}

void cy_ext_inhibit_any(cy_ext_show *show, cy_cur *cur)
{
  uint64_t skip = cy_der_uint(cur);
  cy_out_int(show->out, "skip_certificates", NULL, (int64_t)(skip & INT64_MAX));
  cy_ext_line(show, "any policy counts no more after %llu more certificates", (unsigned long long)skip);
}
