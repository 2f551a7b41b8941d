#include "tls/wire_exchange.h"

#include "tls/wire_reader.h"

enum { EXPLICIT_PRIME = 1, EXPLICIT_CHAR2 = 2, NAMED_CURVE = 3 };

static unsigned bits_of(cy_span magnitude)
{
  while (magnitude.len > 0 && magnitude.data[0] == 0)
    magnitude = cy_span_of(magnitude.data + 1, magnitude.len - 1);
  if (magnitude.len == 0)
    return 0;
  unsigned bits = (unsigned)magnitude.len * 8;
  for (uint8_t top = magnitude.data[0]; !(top & 0x80); top = (uint8_t)(top << 1))
    bits--;
  return bits;
}

static void read_ecdhe(cy_wire_reader *r, cy_cur *cur, cy_wire_server_exchange *out)
{
  out->curve_type = cy_wire_u8(r, cur, "curve_type");
  if (out->curve_type == EXPLICIT_PRIME || out->curve_type == EXPLICIT_CHAR2) {
    out->rest = cy_cur_rest(cur);
    return;
  }
  if (out->curve_type != NAMED_CURVE)
    cy_wire_fail(r, cur, "curve_type", "it is neither a named group nor a curve spelt out");
  out->group = cy_wire_u16(r, cur, "namedcurve");
  out->key = cy_wire_vec(r, cur, "public", 1, 1);
}

static void read_dhe(cy_wire_reader *r, cy_cur *cur, cy_wire_server_exchange *out)
{
  out->prime = cy_wire_vec(r, cur, "dh_p", 2, 1);
  out->generator = cy_wire_vec(r, cur, "dh_g", 2, 1);
  out->key = cy_wire_vec(r, cur, "dh_Ys", 2, 1);
  out->prime_bits = bits_of(out->prime);
}

static void read_srp(cy_wire_reader *r, cy_cur *cur, cy_wire_server_exchange *out)
{
  out->prime = cy_wire_vec(r, cur, "srp_N", 2, 1);
  out->generator = cy_wire_vec(r, cur, "srp_g", 2, 1);
  out->salt = cy_wire_vec(r, cur, "srp_s", 1, 1);
  out->key = cy_wire_vec(r, cur, "srp_B", 2, 1);
  out->prime_bits = bits_of(out->prime);
}

/* The short RSA key of export suites. */
static void read_export(cy_wire_reader *r, cy_cur *cur, cy_wire_server_exchange *out)
{
  out->modulus = cy_wire_vec(r, cur, "rsa_modulus", 2, 1);
  out->exponent = cy_wire_vec(r, cur, "rsa_exponent", 2, 1);
  out->prime_bits = bits_of(out->modulus);
}

static bool has_hint(cy_kx kx)
{
  return kx == CY_KX_PSK || kx == CY_KX_DHE_PSK || kx == CY_KX_RSA_PSK || kx == CY_KX_ECDHE_PSK;
}

static void read_params(cy_wire_reader *r, cy_cur *cur, cy_wire_server_exchange *out)
{
  if (has_hint(out->kx))
    out->hint = cy_wire_vec(r, cur, "psk_identity_hint", 2, 0);
  switch (out->kx) {
  case CY_KX_ECDHE:
  case CY_KX_ECDHE_PSK:
    read_ecdhe(r, cur, out);
    break;
  case CY_KX_DHE:
  case CY_KX_DHE_PSK:
    read_dhe(r, cur, out);
    break;
  case CY_KX_SRP:
    read_srp(r, cur, out);
    break;
  case CY_KX_RSA:
    read_export(r, cur, out);
    break;
  case CY_KX_PSK:
  case CY_KX_RSA_PSK:
    break;
  default:
    out->rest = cy_cur_rest(cur);
  }
}

static bool is_signed(const cy_suite *suite)
{
  return suite->needs == CY_SUITE_NEEDS_RSA || suite->needs == CY_SUITE_NEEDS_EC ||
         suite->needs == CY_SUITE_NEEDS_DSA;
}

cy_err *cy_wire_server_exchange_parse(
  cy_wire_server_exchange *out, cy_span body, uint16_t version, const cy_suite *suite)
{
  cy_wire_reader r;
  cy_cur cur = cy_wire_begin(&r, "ServerKeyExchange", body), start = cur;
  *out = (cy_wire_server_exchange){.kx = suite ? suite->kx : CY_KX_NONE};
  read_params(&r, &cur, out);
  if (cy_cur_ok(&cur))
    out->params = cy_span_of(start.p, (size_t)(cur.p - start.p));
  if (suite && is_signed(suite) && !has_hint(out->kx) && !out->rest.data) {
    if (version >= CY_TLS12)
      out->scheme = cy_wire_u16(&r, &cur, "algorithm");
    out->signature = cy_wire_vec(&r, &cur, "signature", 2, 0);
  }
  cy_wire_end_of(&r, &cur, "");
  return cy_wire_check(&r);
}

static void read_sealed(cy_wire_reader *r, cy_cur *cur, uint16_t version, cy_wire_client_exchange *out)
{
  /* SSL 3 has no length before it. */
  out->sealed =
    version > CY_SSL3 ? cy_wire_vec(r, cur, "encrypted_premaster_secret", 2, 1) : cy_cur_rest(cur);
}

static void read_secret(cy_wire_reader *r, cy_cur *cur, uint16_t version, cy_wire_client_exchange *out)
{
  switch (out->kx) {
  case CY_KX_RSA:
  case CY_KX_RSA_PSK:
    read_sealed(r, cur, version, out);
    break;
  case CY_KX_DHE:
  case CY_KX_DHE_PSK:
  case CY_KX_DH:
    if (cy_cur_more(cur))
      out->key = cy_wire_vec(r, cur, "dh_Yc", 2, 1);
    break;
  case CY_KX_ECDHE:
  case CY_KX_ECDHE_PSK:
  case CY_KX_ECDH:
    if (cy_cur_more(cur))
      out->key = cy_wire_vec(r, cur, "ecdh_Yc", 1, 1);
    break;
  case CY_KX_SRP:
    out->key = cy_wire_vec(r, cur, "srp_A", 2, 1);
    break;
  case CY_KX_PSK:
    break;
  default:
    out->rest = cy_cur_rest(cur);
  }
}

cy_err *cy_wire_client_exchange_parse(
  cy_wire_client_exchange *out, cy_span body, uint16_t version, const cy_suite *suite)
{
  cy_wire_reader r;
  cy_cur cur = cy_wire_begin(&r, "ClientKeyExchange", body);
  *out = (cy_wire_client_exchange){.kx = suite ? suite->kx : CY_KX_NONE};
  if (has_hint(out->kx))
    out->identity = cy_wire_vec(&r, &cur, "psk_identity", 2, 0);
  read_secret(&r, &cur, version, out);
  cy_wire_end_of(&r, &cur, "");
  return cy_wire_check(&r);
}
