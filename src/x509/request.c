#include "x509/request.h"

#include "base/der.h"
#include "x509/codes.h"
#include "x509/extension.h"

/* Attribute ::= SEQUENCE { type OID, values SET OF ANY } */
static void read_attribute(cy_cur *cur, cy_request_view *v)
{
  cy_cur attribute = cy_der_enter(cur, CY_DER_SEQUENCE);
  cy_oid type = cy_oid_find(cy_der_take(&attribute, CY_DER_OID));
  cy_cur values = cy_der_enter(&attribute, CY_DER_SET);
  if (type == CY_OID_EXTENSION_REQUEST || type == CY_OID_MS_EXTENSION_REQUEST) {
    while (cy_cur_more(&values))
      cy_exts_read(&values, v->exts, &v->ext_count);
  } else {
    v->has_challenge_password = v->has_challenge_password || type == CY_OID_CHALLENGE_PASSWORD;
    v->other_attributes += type != CY_OID_CHALLENGE_PASSWORD;
    cy_cur_rest(&values);
  }
  cy_der_leave(&values);
  cy_der_leave(&attribute);
}

/* CertificationRequestInfo ::= SEQUENCE { version, subject, subjectPKInfo, attributes [0] }; the
 * attributes must be there, but some products leave them out when there are none. */
static void read_info(cy_cur *request, cy_request_view *v)
{
  cy_cur attributes, over = cy_cur_over(request, v->info);
  cy_cur info = cy_der_enter(&over, CY_DER_SEQUENCE);
  uint64_t version = cy_der_uint(&info);
  v->version = version < 16 ? (int)version + 1 : 99;
  v->subject = cy_der_take_whole(&info, CY_DER_SEQUENCE);
  v->spki = cy_der_take_whole(&info, CY_DER_SEQUENCE);
  if (cy_der_enter_if(&info, CY_DER_CONTEXT_CONSTRUCTED(0), &attributes)) {
    while (cy_cur_more(&attributes))
      read_attribute(&attributes, v);
    cy_der_leave(&attributes);
  }
  cy_der_leave(&info);
}

static void read_algorithm(cy_cur *request, cy_request_view *v)
{
  v->algid = cy_der_take_whole(request, CY_DER_SEQUENCE);
  cy_cur over = cy_cur_over(request, v->algid);
  cy_cur alg = cy_der_enter(&over, CY_DER_SEQUENCE);
  v->sig_oid = cy_der_take(&alg, CY_DER_OID);
  v->sig_alg = cy_oid_find(v->sig_oid);
  cy_cur_rest(&alg);
  cy_der_leave(&alg);
}

cy_err *cy_request_view_parse(cy_request_view *view, cy_span der)
{
  cy_parse parse = {.lenient = true};
  *view = (cy_request_view){.der = der};
  cy_cur cur = cy_cur_begin(&parse, der);
  cy_cur request = cy_der_enter(&cur, CY_DER_SEQUENCE);
  view->info = cy_der_take_whole(&request, CY_DER_SEQUENCE);
  read_info(&request, view);
  read_algorithm(&request, view);
  view->signature = cy_der_bits(&request, NULL);
  cy_der_leave(&request);
  cy_cur_end(&cur);
  CY_TRY(cy_parse_check_as(&parse, CY_E_X509_REQUEST_MALFORMED, "certificate request"));
  view->not_der = parse.not_der;
  cy_err *err = cy_key_info_parse(&view->key, view->spki);
  view->key_error = cy_err_code_get(err);
  cy_err_free(err);
  return NULL;
}

const cy_ext *cy_request_ext(const cy_request_view *view, cy_oid oid)
{
  for (size_t i = 0; i < view->ext_count; i++)
    if (view->exts[i].oid == oid)
      return &view->exts[i];
  return NULL;
}

cy_err *cy_request_signed(bool *good, const cy_request_view *view)
{
  return cy_signature_check(good, view->spki, view->algid, view->info, view->signature);
}

/* An algorithm that can not be checked here is no reason not to show the rest. */
static void show_signature(cy_out *out, const cy_request_view *view)
{
  CY_CLEAN(cy_buf) id = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  bool good = false;
  CY_AUTO(cy_err) *err = cy_request_signed(&good, view);
  cy_oid_put_short(&id, view->sig_oid);
  cy_oid_put_words(&words, view->sig_oid);
  cy_buf_str(&words, err ? ", which can not be checked here" : good ? ", by the key in it" : ", WRONG");
  cy_out_text(out, "signature_algorithm", NULL, cy_buf_get(&id));
  cy_out_str(out, "signature", NULL, err ? "unknown" : good ? "good" : "bad");
  cy_out_style(out, err ? CY_STYLE_WARN : good ? CY_STYLE_GOOD : CY_STYLE_BAD);
  cy_out_text(out, NULL, "Signature", cy_buf_get(&words));
}

cy_err *cy_request_show(cy_out *out, const cy_request_view *view, const cy_cert_show_options *options)
{
  cy_digest sha256;
  cy_name_show(out, "subject", "Subject", view->subject, options);
  CY_TRY(cy_key_info_show(out, &view->key));
  show_signature(out, view);
  CY_TRY(cy_digest_of(&sha256, CY_SHA256, view->der));
  cy_out_hex(out, "sha256", "SHA-256", cy_digest_get(&sha256));
  cy_out_int(out, "version", view->version == 1 ? NULL : "Version", view->version);
  cy_out_bool(out, "challenge_password", NULL, view->has_challenge_password);
  if (view->has_challenge_password)
    cy_out_str(out, NULL, "Challenge password", "yes, readable by everybody who has the request");
  cy_out_int(out, "other_attributes", view->other_attributes ? "Other attributes" : NULL,
    view->other_attributes);
  if (!options->no_extensions)
    cy_extensions_show(out, NULL, view->exts, view->ext_count);
  return NULL;
}
