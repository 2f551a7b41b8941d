#include "tls/wire_certificate.h"

#include "tls/notation.h"
#include "tls/wire_reader.h"

static size_t read24(const uint8_t *p)
{
  return (size_t)p[0] << 16 | (size_t)p[1] << 8 | p[2];
}

/* What was checked when the message was parsed is only walked here. */
bool cy_wire_certificate_next(cy_wire_certificate *left, cy_wire_certificate_entry *entry)
{
  enum { LENGTH = 3 };
  *entry = (cy_wire_certificate_entry){0};
  if (left->list.len < LENGTH || left->list.len - LENGTH < read24(left->list.data))
    return false;
  entry->der = cy_span_of(left->list.data + LENGTH, read24(left->list.data));
  cy_span rest = {entry->der.data + entry->der.len, left->list.len - LENGTH - entry->der.len};
  if (left->tls13) {
    entry->extensions.there = true;
    if (!cy_wire_next16(&rest, &entry->extensions.block))
      return false;
    cy_wire_extensions each = entry->extensions;
    cy_wire_extension ext;
    while (cy_wire_extension_next(&each, &ext))
      entry->extensions.count++;
  }
  left->list = rest;
  return true;
}

cy_err *cy_wire_certificate_parse(cy_wire_certificate *out, cy_span body, uint16_t version)
{
  cy_wire_reader r;
  cy_cur cur = cy_wire_begin(&r, "Certificate", body);
  cy_wire_extensions exts;
  *out = (cy_wire_certificate){.tls13 = version >= CY_TLS13};
  if (out->tls13)
    out->context = cy_wire_vec(&r, &cur, "certificate_request_context", 1, 0);
  out->list = cy_wire_vec(&r, &cur, "certificate_list", 3, 0);
  cy_cur list = cy_cur_over(&cur, out->list);
  for (; cy_cur_more(&list); out->count++) {
    cy_wire_vec(&r, &list, "cert_data", 3, 1);
    if (out->tls13)
      cy_wire_extensions_read(&r, &list, &exts);
  }
  cy_wire_end_of(&r, &cur, "");
  return cy_wire_check(&r);
}

static void read_authorities(cy_wire_reader *r, cy_cur *cur, cy_wire_certificate_request *out)
{
  out->authorities = cy_wire_vec(r, cur, "certificate_authorities", 2, 0);
  out->authority_count = cy_wire_vec_count(r, cur, "DistinguishedName", out->authorities, 2, 1);
}

static void read_request_extension(
  cy_wire_reader *r, cy_cur *body, uint16_t type, cy_wire_certificate_request *out)
{
  switch (type) {
  case CY_EXT_SIGNATURE_ALGORITHMS:
    out->schemes = cy_wire_list16(r, body, "supported_signature_algorithms", 2, 2);
    break;
  case CY_EXT_SIGNATURE_ALGORITHMS_CERT:
    out->schemes_cert = cy_wire_list16(r, body, "supported_signature_algorithms", 2, 2);
    break;
  case CY_EXT_CERTIFICATE_AUTHORITIES:
    read_authorities(r, body, out);
    break;
  default:
    cy_cur_rest(body);
  }
}

static void read_request13(cy_wire_reader *r, cy_cur *cur, cy_wire_certificate_request *out)
{
  cy_wire_extension ext;
  out->context = cy_wire_vec(r, cur, "certificate_request_context", 1, 0);
  cy_wire_extensions_read(r, cur, &out->extensions);
  cy_wire_extensions left = out->extensions;
  while (cy_cur_ok(cur) && cy_wire_extension_next(&left, &ext)) {
    cy_cur body = cy_cur_over(cur, ext.body);
    cy_wire_enter(r, ext.type);
    read_request_extension(r, &body, ext.type, out);
    cy_wire_end_of(r, &body, "extension_data");
    cy_wire_leave(r);
  }
}

cy_err *cy_wire_certificate_request_parse(cy_wire_certificate_request *out, cy_span body, uint16_t version)
{
  cy_wire_reader r;
  cy_cur cur = cy_wire_begin(&r, "CertificateRequest", body);
  *out = (cy_wire_certificate_request){0};
  if (version >= CY_TLS13) {
    read_request13(&r, &cur, out);
  } else {
    out->types = cy_wire_vec(&r, &cur, "certificate_types", 1, 1);
    if (version >= CY_TLS12)
      out->schemes = cy_wire_list16(&r, &cur, "supported_signature_algorithms", 2, 2);
    read_authorities(&r, &cur, out);
  }
  cy_wire_end_of(&r, &cur, "");
  return cy_wire_check(&r);
}

const char *cy_wire_certificate_type_name(uint8_t type)
{
  static const struct {
    uint8_t type;
    const char *name;
  } names[] = {{1, "rsa_sign"}, {2, "dss_sign"}, {3, "rsa_fixed_dh"}, {4, "dss_fixed_dh"},
    {5, "rsa_ephemeral_dh"}, {6, "dss_ephemeral_dh"}, {20, "fortezza_dms"}, {64, "ecdsa_sign"},
    {65, "rsa_fixed_ecdh"}, {66, "ecdsa_fixed_ecdh"}, {67, "gost_sign256"}, {68, "gost_sign512"}};
  for (size_t i = 0; i < CY_COUNT(names); i++)
    if (names[i].type == type)
      return names[i].name;
  return NULL;
}

cy_err *cy_wire_certificate_verify_parse(cy_wire_certificate_verify *out, cy_span body, uint16_t version)
{
  cy_wire_reader r;
  cy_cur cur = cy_wire_begin(&r, "CertificateVerify", body);
  *out = (cy_wire_certificate_verify){0};
  if (version >= CY_TLS12)
    out->scheme = cy_wire_u16(&r, &cur, "algorithm");
  out->signature = cy_wire_vec(&r, &cur, "signature", 2, 0);
  cy_wire_end_of(&r, &cur, "");
  return cy_wire_check(&r);
}

cy_err *cy_wire_certificate_status_parse(cy_wire_certificate_status *out, cy_span body)
{
  enum { OCSP = 1 };
  cy_wire_reader r;
  cy_cur cur = cy_wire_begin(&r, "CertificateStatus", body);
  *out = (cy_wire_certificate_status){0};
  out->type = cy_wire_u8(&r, &cur, "status_type");
  out->response = out->type == OCSP ? cy_wire_vec(&r, &cur, "response", 3, 1) : cy_cur_rest(&cur);
  cy_wire_end_of(&r, &cur, "");
  return cy_wire_check(&r);
}

cy_err *cy_wire_compressed_certificate_parse(cy_wire_compressed_certificate *out, cy_span body)
{
  cy_wire_reader r;
  cy_cur cur = cy_wire_begin(&r, "CompressedCertificate", body);
  *out = (cy_wire_compressed_certificate){0};
  out->algorithm = cy_wire_u16(&r, &cur, "algorithm");
  out->plain_length = cy_wire_u24(&r, &cur, "uncompressed_length");
  out->packed = cy_wire_vec(&r, &cur, "compressed_certificate_message", 3, 1);
  cy_wire_end_of(&r, &cur, "");
  return cy_wire_check(&r);
}

const char *cy_wire_compression_name(uint16_t algorithm)
{
  static const char *const names[] = {NULL, "zlib", "brotli", "zstd"};
  return algorithm < CY_COUNT(names) ? names[algorithm] : NULL;
}
