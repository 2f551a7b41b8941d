#include "x509/stand_in.h"

#include <arpa/inet.h>

#include "base/der.h"
#include "base/oid.h"

/* Octets that nobody takes for another certificate's: drawn from what is told of this one. */
static cy_err *put_drawn(cy_buf *buf, const cy_cert_outline *o, size_t len)
{
  for (uint8_t round = 0; len; round++) {
    cy_digest digest;
    const cy_span parts[] = {CY_SPAN("stand-in"), o->issuer, o->subject, o->serial, cy_span_of(&round, 1)};
    CY_TRY(cy_digest_parts(&digest, CY_SHA256, parts, CY_COUNT(parts)));
    size_t part = digest.len < len ? digest.len : len;
    cy_buf_put(buf, digest.bytes, part);
    len -= part;
  }
  return NULL;
}

/* A number of exactly so many bits. */
static cy_err *put_number(cy_buf *buf, const cy_cert_outline *o, unsigned bits)
{
  CY_CLEAN(cy_buf) number = CY_BUF_TEXT;
  size_t len = (bits + 7) / 8;
  unsigned top = (bits - 1) % 8;
  CY_TRY(put_drawn(&number, o, len));
  CY_TRY(cy_buf_check(&number));
  number.data[0] = (uint8_t)((number.data[0] & ((1u << top) - 1)) | 1u << top);
  number.data[len - 1] |= 1;
  cy_der_put_unsigned(buf, cy_buf_get(&number));
  return NULL;
}

enum { MAX_BITS = 16384, EC_POINT = 4 };

static unsigned limited(unsigned bits)
{
  return bits < 8 ? 8 : bits > MAX_BITS ? MAX_BITS : bits;
}

static void put_bits(cy_buf *buf, const cy_buf *content)
{
  size_t at = cy_der_begin(buf);
  cy_buf_u8(buf, 0);
  cy_buf_span(buf, cy_buf_get(content));
  cy_der_end(buf, at, CY_DER_BIT_STRING);
}

static cy_err *put_rsa(cy_buf *buf, const cy_cert_outline *o)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  size_t at = cy_der_begin(buf), inner = cy_der_begin(&key);
  cy_der_put_oid(buf, "1.2.840.113549.1.1.1");
  cy_der_put_null(buf);
  cy_der_end(buf, at, CY_DER_SEQUENCE);
  CY_TRY(put_number(&key, o, limited(o->key_bits)));
  cy_der_put_uint(&key, 65537);
  cy_der_end(&key, inner, CY_DER_SEQUENCE);
  put_bits(buf, &key);
  return cy_buf_check(&key);
}

static cy_err *put_dsa(cy_buf *buf, const cy_cert_outline *o)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  size_t at = cy_der_begin(buf);
  cy_der_put_oid(buf, "1.2.840.10040.4.1");
  size_t params = cy_der_begin(buf);
  CY_TRY(put_number(buf, o, limited(o->key_bits)));
  CY_TRY(put_number(buf, o, o->key_bits > 1024 ? 256 : 160));
  CY_TRY(put_number(buf, o, limited(o->key_bits) - 1));
  cy_der_end(buf, params, CY_DER_SEQUENCE);
  cy_der_end(buf, at, CY_DER_SEQUENCE);
  CY_TRY(put_number(&key, o, limited(o->key_bits) - 1));
  put_bits(buf, &key);
  return cy_buf_check(&key);
}

static const char *curve_of(const cy_cert_outline *o)
{
  static const struct {
    unsigned bits;
    bool brainpool;
    const char *oid;
  } curves[] = {{192, false, "1.2.840.10045.3.1.1"}, {224, false, "1.3.132.0.33"},
    {256, false, "1.2.840.10045.3.1.7"}, {384, false, "1.3.132.0.34"}, {521, false, "1.3.132.0.35"},
    {160, true, "1.3.36.3.3.2.8.1.1.1"}, {192, true, "1.3.36.3.3.2.8.1.1.3"},
    {224, true, "1.3.36.3.3.2.8.1.1.5"}, {256, true, "1.3.36.3.3.2.8.1.1.7"},
    {320, true, "1.3.36.3.3.2.8.1.1.9"}, {384, true, "1.3.36.3.3.2.8.1.1.11"},
    {512, true, "1.3.36.3.3.2.8.1.1.13"}};
  for (size_t i = 0; i < CY_COUNT(curves); i++)
    if (curves[i].bits == o->key_bits && curves[i].brainpool == o->brainpool)
      return curves[i].oid;
  return NULL;
}

static cy_err *put_ec(cy_buf *buf, const cy_cert_outline *o)
{
  CY_CLEAN(cy_buf) point = CY_BUF_TEXT;
  const char *curve = curve_of(o);
  size_t at = cy_der_begin(buf);
  cy_der_put_oid(buf, "1.2.840.10045.2.1");
  if (curve)
    cy_der_put_oid(buf, curve);
  else
    cy_der_put_null(buf);
  cy_der_end(buf, at, CY_DER_SEQUENCE);
  cy_buf_u8(&point, EC_POINT);
  CY_TRY(put_drawn(&point, o, (size_t)(limited(o->key_bits) + 7) / 8 * 2));
  put_bits(buf, &point);
  return cy_buf_check(&point);
}

/* An algorithm that there is not. */
static cy_err *put_unknown(cy_buf *buf, const cy_cert_outline *o)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  size_t at = cy_der_begin(buf);
  cy_der_put_oid(buf, "2.999.1");
  cy_der_end(buf, at, CY_DER_SEQUENCE);
  CY_TRY(put_drawn(&key, o, 16));
  put_bits(buf, &key);
  return cy_buf_check(&key);
}

static cy_err *put_key(cy_buf *buf, const cy_cert_outline *o)
{
  size_t at = cy_der_begin(buf);
  cy_err *err = o->key_type == CY_KEY_RSA   ? put_rsa(buf, o)
                : o->key_type == CY_KEY_DSA ? put_dsa(buf, o)
                : o->key_type == CY_KEY_EC  ? put_ec(buf, o)
                                            : put_unknown(buf, o);
  cy_der_end(buf, at, CY_DER_SEQUENCE);
  return err;
}

static bool has_null(cy_oid signature)
{
  static const cy_oid with[] = {CY_OID_MD5_RSA, CY_OID_SHA1_RSA, CY_OID_SHA224_RSA, CY_OID_SHA256_RSA,
    CY_OID_SHA384_RSA, CY_OID_SHA512_RSA};
  for (size_t i = 0; i < CY_COUNT(with); i++)
    if (with[i] == signature)
      return true;
  return false;
}

static void put_algorithm(cy_buf *buf, cy_oid signature)
{
  size_t at = cy_der_begin(buf);
  if (signature == CY_OID_UNKNOWN)
    cy_der_put_oid(buf, "2.999.2");
  else
    cy_der_put(buf, CY_DER_OID, cy_oid_content(signature));
  if (has_null(signature))
    cy_der_put_null(buf);
  cy_der_end(buf, at, CY_DER_SEQUENCE);
}

static void put_extension(cy_buf *buf, cy_oid id, bool critical, const cy_buf *value)
{
  size_t at = cy_der_begin(buf);
  cy_der_put(buf, CY_DER_OID, cy_oid_content(id));
  if (critical)
    cy_der_put_bool(buf, true);
  cy_der_put(buf, CY_DER_OCTET_STRING, cy_buf_get(value));
  cy_der_end(buf, at, CY_DER_SEQUENCE);
}

static void put_is_ca(cy_buf *buf)
{
  CY_CLEAN(cy_buf) value = CY_BUF_TEXT;
  size_t at = cy_der_begin(&value);
  cy_der_put_bool(&value, true);
  cy_der_end(&value, at, CY_DER_SEQUENCE);
  put_extension(buf, CY_OID_BASIC_CONSTRAINTS, true, &value);
}

static void put_address(cy_buf *buf, const char *text)
{
  uint8_t octets[16];
  if (inet_pton(AF_INET, text, octets) == 1)
    cy_der_put(buf, CY_DER_CONTEXT(7), cy_span_of(octets, 4));
  else if (inet_pton(AF_INET6, text, octets) == 1)
    cy_der_put(buf, CY_DER_CONTEXT(7), cy_span_of(octets, 16));
}

static void put_names(cy_buf *buf, const cy_cert_outline *o)
{
  CY_CLEAN(cy_buf) value = CY_BUF_TEXT;
  size_t at = cy_der_begin(&value);
  for (size_t i = 0; i < o->domain_count; i++)
    cy_der_put(&value, CY_DER_CONTEXT(2), cy_span_str(o->domains[i]));
  for (size_t i = 0; i < o->address_count; i++)
    put_address(&value, o->addresses[i]);
  cy_der_end(&value, at, CY_DER_SEQUENCE);
  if (!value.failed)
    put_extension(buf, CY_OID_SUBJECT_ALT_NAME, false, &value);
  else
    cy_buf_fail(buf, value.failed);
}

static void put_extensions(cy_buf *buf, const cy_cert_outline *o)
{
  bool names = o->domain_count || o->address_count;
  if (!o->is_ca && !names)
    return;
  size_t outer = cy_der_begin(buf), at = cy_der_begin(buf);
  if (o->is_ca)
    put_is_ca(buf);
  if (names)
    put_names(buf, o);
  cy_der_end(buf, at, CY_DER_SEQUENCE);
  cy_der_end(buf, outer, CY_DER_CONTEXT_CONSTRUCTED(3));
}

static cy_err *put_tbs(cy_buf *buf, const cy_cert_outline *o)
{
  const cy_time first = cy_time_from_civil(1970, 1, 1, 0, 0, 0);
  const cy_time last = cy_time_from_civil(9999, 12, 31, 23, 59, 59);
  size_t at = cy_der_begin(buf), version = cy_der_begin(buf);
  cy_der_put_uint(buf, 2);
  cy_der_end(buf, version, CY_DER_CONTEXT_CONSTRUCTED(0));
  cy_der_put_unsigned(buf, o->serial);
  put_algorithm(buf, o->signature);
  cy_buf_span(buf, o->issuer);
  size_t validity = cy_der_begin(buf);
  cy_der_put_time(buf, o->not_before == CY_TIME_NONE ? first : o->not_before);
  cy_der_put_time(buf, o->not_after == CY_TIME_NONE ? last : o->not_after);
  cy_der_end(buf, validity, CY_DER_SEQUENCE);
  cy_buf_span(buf, o->subject);
  CY_TRY(put_key(buf, o));
  put_extensions(buf, o);
  cy_der_end(buf, at, CY_DER_SEQUENCE);
  return NULL;
}

cy_err *cy_cert_stand_in_new(cy_cert **out, const cy_cert_outline *outline)
{
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  size_t at = cy_der_begin(&der);
  *out = NULL;
  CY_TRY(put_tbs(&der, outline));
  put_algorithm(&der, outline->signature);
  cy_der_put(&der, CY_DER_BIT_STRING, cy_span_of("\0", 2));
  cy_der_end(&der, at, CY_DER_SEQUENCE);
  CY_TRY(cy_buf_check(&der));
  return cy_cert_stand_in_parse(out, cy_buf_get(&der));
}

cy_err *cy_cert_stand_in_parse(cy_cert **out, cy_span der)
{
  CY_TRY(cy_cert_parse(out, der));
  cy_cert_mark_stand_in(*out);
  return NULL;
}
