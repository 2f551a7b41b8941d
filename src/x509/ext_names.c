/* Extensions that hold general names. */
#include "x509/ext_show.h"
#include "x509/name.h"

void cy_ext_name(cy_ext_show *show, const char *words, const cy_general_name *name)
{
  CY_CLEAN(cy_buf) value = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) line = CY_BUF_TEXT;
  cy_gn_format(&value, name);
  cy_out_str(show->out, "kind", NULL, cy_gn_kind_id(name->kind));
  cy_out_text(show->out, "value", NULL, cy_buf_get(&value));
  cy_buf_printf(&line, "%s%s ", words, cy_gn_kind_words(name->kind));
  cy_buf_span(&line, cy_buf_get(&value));
  cy_ext_line_buf(show, &line);
}

void cy_ext_names(cy_ext_show *show, cy_cur *list, const char *key, const char *words)
{
  cy_general_name name;
  cy_ext_list(show, key);
  while (cy_cur_more(list) && cy_gn_read(list, &name)) {
    cy_ext_open(show, NULL);
    cy_ext_name(show, words, &name);
    cy_ext_close(show);
  }
  cy_ext_list_end(show);
}

void cy_ext_alt_name(cy_ext_show *show, cy_cur *cur)
{
  cy_cur names = cy_der_enter(cur, CY_DER_SEQUENCE);
  cy_ext_names(show, &names, "names", "");
  cy_der_leave(&names);
}

void cy_ext_authority_key(cy_ext_show *show, cy_cur *cur)
{
  cy_span id, serial;
  cy_cur issuer, seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  if (cy_der_take_if(&seq, CY_DER_CONTEXT(0), &id)) {
    CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
    cy_buf_hex_colons(&words, id);
    cy_out_bytes(show->out, "key_id", id);
    cy_ext_line_buf(show, &words);
  }
  if (cy_der_enter_if(&seq, CY_DER_CONTEXT_CONSTRUCTED(1), &issuer)) {
    cy_ext_names(show, &issuer, "issuer", "issuer ");
    cy_der_leave(&issuer);
  }
  if (cy_der_take_if(&seq, CY_DER_CONTEXT(2), &serial)) {
    CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
    cy_cert_serial_format(&words, serial);
    cy_out_text(show->out, "serial", NULL, cy_buf_get(&words));
    cy_ext_line(show, "serial %s", cy_buf_cstr(&words));
  }
  cy_der_leave(&seq);
}

/* GeneralSubtree ::= SEQUENCE { base GeneralName, minimum [0] DEFAULT 0, maximum [1] OPTIONAL } */
static void subtree(cy_ext_show *show, cy_cur *list, const char *words)
{
  cy_general_name name;
  cy_span limit;
  cy_cur tree = cy_der_enter(list, CY_DER_SEQUENCE);
  if (!cy_gn_read(&tree, &name))
    return;
  cy_ext_open(show, NULL);
  cy_ext_name(show, words, &name);
  if (cy_der_take_if(&tree, CY_DER_CONTEXT(0), &limit))
    cy_out_bytes(show->out, "minimum", limit);
  if (cy_der_take_if(&tree, CY_DER_CONTEXT(1), &limit))
    cy_out_bytes(show->out, "maximum", limit);
  cy_ext_close(show);
  cy_der_leave(&tree);
}

void cy_ext_name_constraints(cy_ext_show *show, cy_cur *cur)
{
  static const char *const keys[] = {"permitted", "excluded"};
  static const char *const words[] = {"permitted ", "excluded "};
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  for (unsigned i = 0; i < 2; i++) {
    cy_cur trees;
    if (!cy_der_enter_if(&seq, (uint8_t)CY_DER_CONTEXT_CONSTRUCTED(i), &trees))
      continue;
    cy_ext_list(show, keys[i]);
    while (cy_cur_more(&trees))
      subtree(show, &trees, words[i]);
    cy_ext_list_end(show);
    cy_der_leave(&trees);
  }
  cy_der_leave(&seq);
}

/* ReasonFlags: the bits that a CRL covers. */
static void point_reasons(cy_ext_show *show, cy_span content)
{
  static const char *const names[] = {"unused", "keyCompromise", "cACompromise", "affiliationChanged",
    "superseded",
    "cessationOfOperation", "certificateHold", "privilegeWithdrawn", "aACompromise"};
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_buf_str(&words, "only for");
  cy_ext_list(show, "reasons");
  for (size_t i = 0; i < CY_COUNT(names) && i / 8 + 1 < content.len; i++) {
    if (!(content.data[1 + i / 8] & 0x80 >> i % 8))
      continue;
    cy_buf_printf(&words, " %s", names[i]);
    cy_out_str(show->out, NULL, NULL, names[i]);
  }
  cy_ext_list_end(show);
  cy_ext_line_buf(show, &words);
}

/* DistributionPointName ::= CHOICE { fullName [0], nameRelativeToCRLIssuer [1] } */
static void point_name(cy_ext_show *show, cy_cur *name)
{
  cy_cur full;
  cy_span relative;
  if (cy_der_enter_if(name, CY_DER_CONTEXT_CONSTRUCTED(0), &full)) {
    cy_ext_names(show, &full, "names", "");
    cy_der_leave(&full);
  } else if (cy_der_take_if(name, CY_DER_CONTEXT_CONSTRUCTED(1), &relative)) {
    cy_out_bytes(show->out, "relative_name", relative);
    cy_ext_line(show, "a name relative to the issuer of the CRL");
  }
}

static void crl_point(cy_ext_show *show, cy_cur *list)
{
  cy_cur name, issuer, point = cy_der_enter(list, CY_DER_SEQUENCE);
  cy_span reasons;
  cy_ext_open(show, NULL);
  if (cy_der_enter_if(&point, CY_DER_CONTEXT_CONSTRUCTED(0), &name)) {
    point_name(show, &name);
    cy_der_leave(&name);
  }
  if (cy_der_take_if(&point, CY_DER_CONTEXT(1), &reasons))
    point_reasons(show, reasons);
  if (cy_der_enter_if(&point, CY_DER_CONTEXT_CONSTRUCTED(2), &issuer)) {
    cy_ext_names(show, &issuer, "crl_issuer", "issued by ");
    cy_der_leave(&issuer);
  }
  cy_ext_close(show);
  cy_der_leave(&point);
}

void cy_ext_crl_points(cy_ext_show *show, cy_cur *cur)
{
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  cy_ext_list(show, "points");
  while (cy_cur_more(&seq))
    crl_point(show, &seq);
  cy_ext_list_end(show);
  cy_der_leave(&seq);
}

/* AccessDescription ::= SEQUENCE { accessMethod OID, accessLocation GeneralName } */
static void access_description(cy_ext_show *show, cy_cur *list)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_general_name name;
  cy_cur seq = cy_der_enter(list, CY_DER_SEQUENCE);
  cy_span method = cy_der_take(&seq, CY_DER_OID);
  if (!cy_gn_read(&seq, &name))
    return;
  cy_ext_open(show, NULL);
  cy_ext_json_oid(show, "method", method);
  cy_oid_put_words(&words, method);
  cy_buf_str(&words, ": ");
  cy_ext_name(show, cy_buf_cstr(&words), &name);
  cy_ext_close(show);
  cy_der_leave(&seq);
}

void cy_ext_access(cy_ext_show *show, cy_cur *cur)
{
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  cy_ext_list(show, "access");
  while (cy_cur_more(&seq))
    access_description(show, &seq);
  cy_ext_list_end(show);
  cy_der_leave(&seq);
}
