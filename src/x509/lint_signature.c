/* Rules on signature, serial number, version and encoding. */
#include "base/der.h"
#include "x509/lint_rule.h"

/* A root's own signature protects nothing: who trusts the root trusts its bytes. */
void cy_lint_signature_md5(cy_lint *lint)
{
  cy_oid alg = lint->v->sig_alg;
  if (alg != CY_OID_MD5_RSA && alg != CY_OID_MD2_RSA && alg != CY_OID_MD4_RSA)
    return;
  cy_finding *f = CY_LINT_ADD(lint, CERT_SIGNATURE_MD5, "signed as %s", cy_oid_words(alg));
  if (!lint->v->self_issued)
    return;
  cy_finding_set_severity(f, CY_NOTICE);
  cy_finding_set_why(lint->list, f,
    "It is a root's signature on itself, which nobody needs to check; but it tells how old the root is.");
}

void cy_lint_signature_sha1(cy_lint *lint)
{
  cy_oid alg = lint->v->sig_alg;
  if (alg ==
    CY_OID_SHA1_RSA || alg == CY_OID_SHA1_RSA_OIW || alg == CY_OID_SHA1_DSA || alg == CY_OID_SHA1_ECDSA)
    CY_LINT_ADD(lint, CERT_SIGNATURE_SHA1, "signed as %s", cy_oid_words(alg));
}

void cy_lint_algorithm_mismatch(cy_lint *lint)
{
  const cy_cert_view *v = lint->v;
  if (cy_span_equal(v->inner_algid, v->algid))
    return;
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, v->inner_algid);
  cy_cur alg = cy_der_enter(&cur, CY_DER_SEQUENCE);
  CY_CLEAN(cy_buf) inner = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) outer = CY_BUF_TEXT;
  cy_oid_put_words(&inner, cy_der_take(&alg, CY_DER_OID));
  cy_oid_put_words(&outer, v->sig_oid);
  CY_LINT_ADD(lint, CERT_ALGORITHM_MISMATCH, "inside the signed part it is %s, outside %s%s",
    cy_buf_cstr(&inner),
    cy_buf_cstr(&outer), cy_span_equal(cy_buf_get(&inner),
      cy_buf_get(&outer)) ? " with other parameters" : "");
}

typedef enum { PARAMS_NULL, PARAMS_ABSENT, PARAMS_OTHER } params;

static params wanted_params(cy_oid alg)
{
  switch (alg) {
  case CY_OID_RSA:
  case CY_OID_MD5_RSA:
  case CY_OID_SHA1_RSA:
  case CY_OID_SHA224_RSA:
  case CY_OID_SHA256_RSA:
  case CY_OID_SHA384_RSA:
  case CY_OID_SHA512_RSA:
    return PARAMS_NULL;
  case CY_OID_SHA1_ECDSA:
  case CY_OID_SHA224_ECDSA:
  case CY_OID_SHA256_ECDSA:
  case CY_OID_SHA384_ECDSA:
  case CY_OID_SHA512_ECDSA:
  case CY_OID_ED25519:
  case CY_OID_ED448:
  case CY_OID_X25519:
  case CY_OID_X448:
    return PARAMS_ABSENT;
  default:
    return PARAMS_OTHER;
  }
}

static bool params_fit(cy_oid alg, cy_span given)
{
  params wanted = wanted_params(alg);
  if (wanted == PARAMS_NULL)
    return given.len == 2 && given.data[0] == CY_DER_NULL && given.data[1] == 0;
  return wanted == PARAMS_OTHER || given.len == 0;
}

void cy_lint_algorithm_parameters(cy_lint *lint)
{
  const cy_cert_view *v = lint->v;
  bool signature = params_fit(v->sig_alg, v->sig_params);
  bool key = v->key_error || params_fit(v->key.algorithm, v->key.params);
  if (signature && key)
    return;
  cy_oid alg = signature ? v->key.algorithm : v->sig_alg;
  CY_LINT_ADD(lint, CERT_ALGORITHM_PARAMETERS, "the parameters of the %s algorithm %s should be %s",
    signature ? "key's" : "signature's", cy_oid_words(alg),
      wanted_params(alg) == PARAMS_NULL ? "NULL" : "absent");
}

/* RSASSA-PSS-params ::= SEQUENCE { hash [0], mgf [1], saltLength [2], trailer [3] }, all with defaults */
typedef struct {
  cy_oid hash;
  cy_oid mgf_hash;
  uint64_t trailer;
} pss;

static pss read_pss(cy_cur *cur)
{
  cy_cur tagged, alg, inner, seq = cy_der_enter(cur, CY_DER_SEQUENCE);
  pss p = {CY_OID_SHA1, CY_OID_SHA1, 1};
  if (cy_der_enter_if(&seq, CY_DER_CONTEXT_CONSTRUCTED(0), &tagged)) {
    alg = cy_der_enter(&tagged, CY_DER_SEQUENCE);
    p.hash = cy_oid_find(cy_der_take(&alg, CY_DER_OID));
  }
  if (cy_der_enter_if(&seq, CY_DER_CONTEXT_CONSTRUCTED(1), &tagged)) {
    alg = cy_der_enter(&tagged, CY_DER_SEQUENCE);
    cy_der_take(&alg, CY_DER_OID);
    inner = cy_der_enter(&alg, CY_DER_SEQUENCE);
    p.mgf_hash = cy_oid_find(cy_der_take(&inner, CY_DER_OID));
  }
  if (cy_der_enter_if(&seq, CY_DER_CONTEXT_CONSTRUCTED(2), &tagged))
    cy_der_uint(&tagged);
  if (cy_der_enter_if(&seq, CY_DER_CONTEXT_CONSTRUCTED(3), &tagged))
    p.trailer = cy_der_uint(&tagged);
  cy_der_leave(&seq);
  return p;
}

void cy_lint_pss_parameters(cy_lint *lint)
{
  const cy_cert_view *v = lint->v;
  if (v->sig_alg != CY_OID_RSA_PSS)
    return;
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, v->sig_params);
  pss p = read_pss(&cur);
  bool usual = p.hash == CY_OID_SHA256 || p.hash == CY_OID_SHA384 || p.hash == CY_OID_SHA512;
  if (!cy_cur_ok(&cur))
    CY_LINT_ADD(lint, CERT_PSS_PARAMETERS, "the RSA-PSS parameters can not be read");
  else if (!usual || p.hash != p.mgf_hash || p.trailer != 1)
    CY_LINT_ADD(lint, CERT_PSS_PARAMETERS, "RSA-PSS with %s, MGF1 with %s, trailer %llu",
      p.hash == CY_OID_UNKNOWN ? "another digest" : cy_oid_words(p.hash),
      p.mgf_hash == CY_OID_UNKNOWN ? "another digest" : cy_oid_words(p.mgf_hash),
        (unsigned long long)p.trailer);
}

/* Serial number. */

static void add_serial(cy_lint *lint, cy_finding *f)
{
  CY_CLEAN(cy_buf) serial = CY_BUF_TEXT;
  cy_cert_serial_format(&serial, lint->v->serial);
  cy_finding_evidence(lint->list, f, "serial", "%s", cy_buf_cstr(&serial));
}

void cy_lint_serial_negative(cy_lint *lint)
{
  cy_span serial = lint->v->serial;
  if (serial.len && serial.data[0] & 0x80)
    add_serial(lint, CY_LINT_ADD(lint, CERT_SERIAL_NEGATIVE, "the serial number is below zero"));
}

void cy_lint_serial_zero(cy_lint *lint)
{
  cy_span serial = lint->v->serial;
  for (size_t i = 0; i < serial.len; i++)
    if (serial.data[i])
      return;
  CY_LINT_ADD(lint, CERT_SERIAL_ZERO, "the serial number is 0");
}

void cy_lint_serial_long(cy_lint *lint)
{
  if (lint->v->serial.len > 20)
    add_serial(lint,
      CY_LINT_ADD(lint, CERT_SERIAL_LONG, "the serial number has %zu octets", lint->v->serial.len));
}

void cy_lint_serial_padded(cy_lint *lint)
{
  cy_span s = lint->v->serial;
  if (s.len < 2)
    return;
  bool zero = s.data[0] == 0 && !(s.data[1] & 0x80), ones = s.data[0] == 0xff && s.data[1] & 0x80;
  if (zero || ones)
    add_serial(lint, CY_LINT_ADD(lint, CERT_SERIAL_PADDED,
      "the serial number is encoded with more octets than needed"));
}

/* Version and encoding. */

void cy_lint_version_old(cy_lint *lint)
{
  const cy_cert_view *v = lint->v;
  if (v->version > 2 || v->ext_count)
    return;
  cy_finding *f = CY_LINT_ADD(lint, CERT_VERSION_OLD, "X.509 version %d", v->version);
  if (v->self_issued)
    cy_finding_set_severity(f, CY_NOTICE);
}

void cy_lint_version_unknown(cy_lint *lint)
{
  if (lint->v->version > 3)
    CY_LINT_ADD(lint, CERT_VERSION_UNKNOWN, "X.509 knows versions 1 to 3 only");
}

void cy_lint_version_extensions(cy_lint *lint)
{
  if (lint->v->version < 3 && lint->v->ext_count)
    CY_LINT_ADD(lint, CERT_VERSION_EXTENSIONS, "version %d with %zu extensions", lint->v->version,
      lint->v->ext_count);
}

void cy_lint_not_der(cy_lint *lint)
{
  if (lint->v->not_der)
    CY_LINT_ADD(lint, CERT_NOT_DER, "a length is not in its shortest form");
}
