#include "x509/cert.h"

#include <stdatomic.h>

#include "base/der.h"
#include "base/mem.h"
#include "x509/codes.h"
#include "x509/name.h"

struct cy_cert {
  atomic_uint refs;
  cy_cert_view view;
  uint8_t der[];
};

static void read_algorithm(cy_cur *cur, cy_cert_view *v)
{
  cy_span whole = cy_der_take_whole(cur, CY_DER_SEQUENCE);
  cy_cur over = cy_cur_over(cur, whole);
  cy_cur alg = cy_der_enter(&over, CY_DER_SEQUENCE);
  v->algid = whole;
  v->sig_oid = cy_der_take(&alg, CY_DER_OID);
  v->sig_params = cy_cur_rest(&alg);
  v->sig_alg = cy_oid_find(v->sig_oid);
  cy_der_leave(&alg);
}

/* Validity ::= SEQUENCE { notBefore Time, notAfter Time } */
static cy_time read_time(cy_cur *cur, bool *strict)
{
  cy_der value = cy_der_next(cur);
  cy_time t = 0;
  bool form = true, generalized = value.tag == CY_DER_GENERALIZED_TIME;
  if (!cy_cur_ok(cur))
    return 0;
  bool is_time = generalized || value.tag == CY_DER_UTC_TIME;
  if (!is_time || !cy_time_parse_asn1(&t, value.content, generalized, &form))
    cy_cur_fail(cur, "a date that is no date");
  bool should_be_utc = t < 2524608000; /* 2050-01-01 */
  *strict = *strict && form && generalized != should_be_utc;
  return t;
}

static void read_validity(cy_cur *cur, cy_cert_view *v)
{
  cy_cur validity = cy_der_enter(cur, CY_DER_SEQUENCE);
  v->times_strict = true;
  v->not_before = read_time(&validity, &v->times_strict);
  v->not_after = read_time(&validity, &v->times_strict);
  cy_der_leave(&validity);
}

/* Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue OCTET STRING } */
static void read_extension(cy_cur *cur, cy_ext *exts, size_t *count)
{
  cy_cur ext = cy_der_enter(cur, CY_DER_SEQUENCE);
  if (*count >= CY_CERT_EXTENSIONS)
    cy_cur_fail(&ext, "more extensions than anybody needs");
  if (!cy_cur_ok(&ext))
    return;
  cy_ext *e = &exts[(*count)++];
  e->id = cy_der_take(&ext, CY_DER_OID);
  e->oid = cy_oid_find(e->id);
  if (cy_der_peek(&ext) == CY_DER_BOOLEAN)
    e->critical = cy_der_bool(&ext);
  e->value = cy_der_take(&ext, CY_DER_OCTET_STRING);
  cy_der_leave(&ext);
}

void cy_exts_read(cy_cur *cur, cy_ext exts[CY_CERT_EXTENSIONS], size_t *count)
{
  cy_cur list = cy_der_enter(cur, CY_DER_SEQUENCE);
  while (cy_cur_more(&list))
    read_extension(&list, exts, count);
  cy_der_leave(&list);
}

static void read_extensions(cy_cur *tbs, cy_cert_view *v)
{
  cy_cur tagged;
  if (!cy_der_enter_if(tbs, CY_DER_CONTEXT_CONSTRUCTED(3), &tagged))
    return;
  cy_exts_read(&tagged, v->exts, &v->ext_count);
  cy_der_leave(&tagged);
}

static void read_tbs(cy_cur *cert, cy_cert_view *v)
{
  cy_cur tagged;
  cy_span unique_id;
  cy_cur over = cy_cur_over(cert, v->tbs);
  cy_cur tbs = cy_der_enter(&over, CY_DER_SEQUENCE);
  v->version = 1;
  if (cy_der_enter_if(&tbs, CY_DER_CONTEXT_CONSTRUCTED(0), &tagged)) {
    uint64_t version = cy_der_uint(&tagged);
    v->version = version < 16 ? (int)version + 1 : 99;
    cy_der_leave(&tagged);
  }
  v->serial = cy_der_take(&tbs, CY_DER_INTEGER);
  v->inner_algid = cy_der_take_whole(&tbs, CY_DER_SEQUENCE);
  v->issuer = cy_der_take_whole(&tbs, CY_DER_SEQUENCE);
  read_validity(&tbs, v);
  v->subject = cy_der_take_whole(&tbs, CY_DER_SEQUENCE);
  v->spki = cy_der_take_whole(&tbs, CY_DER_SEQUENCE);
  cy_der_take_if(&tbs, CY_DER_CONTEXT(1), &unique_id);
  cy_der_take_if(&tbs, CY_DER_CONTEXT(2), &unique_id);
  read_extensions(&tbs, v);
  cy_der_leave(&tbs);
}

/* The extensions that everybody asks for; each is read by itself, so that a broken one does not
 * hide the certificate. */

static void basic_constraints(cy_cur *cur, cy_cert_view *v)
{
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  v->has_basic_constraints = true;
  if (cy_der_peek(&seq) == CY_DER_BOOLEAN)
    v->is_ca = cy_der_bool(&seq);
  if (cy_cur_more(&seq)) {
    uint64_t len = cy_der_uint(&seq);
    v->path_len = len > INT32_MAX ? INT32_MAX : (int64_t)len;
  }
  cy_der_leave(&seq);
}

static void key_usage(cy_cur *cur, cy_cert_view *v)
{
  unsigned unused;
  cy_span bits = cy_der_bits(cur, &unused);
  v->has_key_usage = true;
  for (size_t i = 0; i < bits.len && i < 2; i++)
    for (unsigned b = 0; b < 8; b++)
      if (bits.data[i] & (0x80 >> b))
        v->key_usage |= 1u << (i * 8 + b);
}

static unsigned purpose_bit(cy_oid oid)
{
  switch (oid) {
  case CY_OID_SERVER_AUTH:
    return CY_EKU_SERVER;
  case CY_OID_CLIENT_AUTH:
    return CY_EKU_CLIENT;
  case CY_OID_CODE_SIGNING:
    return CY_EKU_CODE;
  case CY_OID_EMAIL_PROTECTION:
    return CY_EKU_EMAIL;
  case CY_OID_TIME_STAMPING:
    return CY_EKU_TIME;
  case CY_OID_OCSP_SIGNING:
    return CY_EKU_OCSP;
  case CY_OID_ANY_EXT_KEY_USAGE:
    return CY_EKU_ANY;
  case CY_OID_MS_SGC:
  case CY_OID_NS_SGC:
    return CY_EKU_SGC;
  default:
    return CY_EKU_OTHER;
  }
}

static void ext_key_usage(cy_cur *cur, cy_cert_view *v)
{
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  v->has_ext_key_usage = true;
  while (cy_cur_more(&seq))
    v->ext_key_usage |= purpose_bit(cy_oid_find(cy_der_take(&seq, CY_DER_OID)));
  cy_der_leave(&seq);
}

static void subject_key_id(cy_cur *cur, cy_cert_view *v)
{
  v->subject_key_id = cy_der_take(cur, CY_DER_OCTET_STRING);
}

static void authority_key_id(cy_cur *cur, cy_cert_view *v)
{
  cy_cur seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  cy_der_take_if(&seq, CY_DER_CONTEXT(0), &v->authority_key_id);
  cy_der_take_if(&seq, CY_DER_CONTEXT_CONSTRUCTED(1), &v->authority_issuer);
  cy_der_take_if(&seq, CY_DER_CONTEXT(2), &v->authority_serial);
  cy_der_leave(&seq);
}

static const struct {
  cy_oid oid;
  void (*read)(cy_cur *cur, cy_cert_view *v);
} decoders[] = {
  {CY_OID_BASIC_CONSTRAINTS, basic_constraints},
  {CY_OID_KEY_USAGE, key_usage},
  {CY_OID_EXT_KEY_USAGE, ext_key_usage},
  {CY_OID_SUBJECT_KEY_ID, subject_key_id},
  {CY_OID_AUTHORITY_KEY_ID, authority_key_id},
};

static void decode_extensions(cy_cert_view *v)
{
  for (size_t i = 0; i < v->ext_count; i++) {
    for (size_t d = 0; d < CY_COUNT(decoders); d++) {
      if (v->exts[i].oid != decoders[d].oid)
        continue;
      cy_parse parse = {.lenient = true};
      cy_cur cur = cy_cur_begin(&parse, v->exts[i].value);
      decoders[d].read(&cur, v);
      cy_cur_end(&cur);
      v->exts_malformed = v->exts_malformed || !cy_cur_ok(&cur);
    }
  }
}

static void read_key(cy_cert_view *v)
{
  cy_err *err = cy_key_info_parse(&v->key, v->spki);
  v->key_error = cy_err_code_get(err);
  cy_err_free(err);
}

cy_err *cy_cert_view_parse(cy_cert_view *view, cy_span der)
{
  cy_parse parse = {.lenient = true};
  *view = (cy_cert_view){.der = der, .path_len = -1};
  cy_cur cur = cy_cur_begin(&parse, der);
  cy_cur cert = cy_der_enter(&cur, CY_DER_SEQUENCE);
  view->tbs = cy_der_take_whole(&cert, CY_DER_SEQUENCE);
  read_tbs(&cert, view);
  read_algorithm(&cert, view);
  view->signature = cy_der_bits(&cert, NULL);
  cy_der_leave(&cert);
  cy_cur_end(&cur);
  CY_TRY(cy_parse_check_as(&parse, CY_E_X509_CERT_MALFORMED, "certificate"));
  view->not_der = parse.not_der;
  view->self_issued = cy_name_equal(view->issuer, view->subject);
  read_key(view);
  decode_extensions(view);
  return NULL;
}

cy_err *cy_cert_parse(cy_cert **out, cy_span der)
{
  *out = NULL;
  cy_cert *cert = cy_malloc(sizeof *cert + der.len);
  CY_TRY_ALLOC(cert);
  atomic_init(&cert->refs, 1);
  if (der.len)
    memcpy(cert->der, der.data, der.len);
  cy_err *err = cy_cert_view_parse(&cert->view, cy_span_of(cert->der, der.len));
  if (err) {
    cy_free(cert);
    return err;
  }
  *out = cert;
  return NULL;
}

void cy_cert_mark_stand_in(cy_cert *cert)
{
  cert->view.stand_in = true;
}

cy_cert *cy_cert_ref(cy_cert *cert)
{
  if (cert)
    atomic_fetch_add(&cert->refs, 1);
  return cert;
}

void cy_cert_free(cy_cert *cert)
{
  if (cert && atomic_fetch_sub(&cert->refs, 1) == 1)
    cy_free(cert);
}

const cy_cert_view *cy_cert_get(const cy_cert *cert)
{
  return &cert->view;
}

cy_span cy_cert_der(const cy_cert *cert)
{
  return cert->view.der;
}

const cy_ext *cy_cert_ext(const cy_cert_view *view, cy_oid oid)
{
  for (size_t i = 0; i < view->ext_count; i++)
    if (view->exts[i].oid == oid)
      return &view->exts[i];
  return NULL;
}

cy_err *cy_cert_fingerprint(cy_digest *out, cy_span der)
{
  return cy_digest_of(out, CY_SHA256, der);
}

bool cy_cert_equal(const cy_cert *a, const cy_cert *b)
{
  return cy_span_equal(a->view.der, b->view.der);
}

void cy_cert_serial_format(cy_buf *buf, cy_span serial)
{
  if (serial.len && serial.data[0] & 0x80)
    cy_buf_str(buf, "-");
  while (serial.len > 1 && serial.data[0] == 0) {
    serial.data++;
    serial.len--;
  }
  cy_buf_hex(buf, serial);
}

cy_err *cy_cert_signed_by(bool *good, const cy_cert_view *cert, const cy_cert_view *issuer)
{
  return cy_signature_check(good, issuer->spki, cert->algid, cert->tbs, cert->signature);
}

cy_err *cy_certs_add(cy_certs *list, cy_cert *cert)
{
  if (!cy_grow(&list->items, &list->cap, list->count + 1, sizeof(cy_cert *)))
    return cy_err_no_memory();
  list->items[list->count++] = cy_cert_ref(cert);
  return NULL;
}

void cy_certs_clear(cy_certs *list)
{
  for (size_t i = 0; i < list->count; i++)
    cy_cert_free(list->items[i]);
  cy_free(list->items);
  *list = (cy_certs){0};
}
