/* What a listing says of a certificate, as a certificate. */
#include "base/text.h"
#include "store/entry.h"
#include "x509/stand_in.h"

/* RACF's words for signatures. */
static cy_oid signature_of(const char *words)
{
  static const struct {
    const char *words;
    cy_oid oid;
  } rows[] = {{"md5RSA", CY_OID_MD5_RSA}, {"sha1RSA", CY_OID_SHA1_RSA}, {"sha224RSA", CY_OID_SHA224_RSA},
    {"sha256RSA", CY_OID_SHA256_RSA}, {"sha384RSA", CY_OID_SHA384_RSA}, {"sha512RSA", CY_OID_SHA512_RSA},
    {"sha1DSA", CY_OID_SHA1_DSA}, {"sha224DSA", CY_OID_SHA224_DSA}, {"sha256DSA", CY_OID_SHA256_DSA},
    {"sha1ECDSA", CY_OID_SHA1_ECDSA}, {"sha224ECDSA", CY_OID_SHA224_ECDSA},
    {"sha256ECDSA", CY_OID_SHA256_ECDSA}, {"sha384ECDSA", CY_OID_SHA384_ECDSA},
    {"sha512ECDSA", CY_OID_SHA512_ECDSA}};
  for (size_t i = 0; words && i < CY_COUNT(rows); i++)
    if (cy_ascii_equal_nocase(cy_span_str(words), cy_span_str(rows[i].words)))
      return rows[i].oid;
  return CY_OID_UNKNOWN;
}

cy_err *cy_facts_stand_in(cy_cert **out, const cy_entry_facts *facts)
{
  bool ca = facts->is_ca || (facts->owner && strcmp(facts->owner, "CERTAUTH") == 0);
  const cy_cert_outline outline = {.issuer = facts->issuer_name,
    .subject = facts->subject_name,
    .serial = facts->serial,
    .not_before = facts->not_before,
    .not_after = facts->not_after,
    .key_type = facts->key_type,
    .key_bits = facts->key_bits,
    .brainpool = facts->brainpool,
    .signature = signature_of(facts->signature),
    .is_ca = ca,
    .domains = facts->domains,
    .domain_count = facts->domain_count,
    .addresses = facts->addresses,
    .address_count = facts->address_count};
  *out = NULL;
  if (!facts->issuer_name.len || !facts->subject_name.len)
    return NULL;
  return cy_cert_stand_in_new(out, &outline);
}
