/* Purpose: BCFKS stores made by hand, with few iterations.
 * Ownership: buffers are the caller's.
 * Errors: in the buffers, or a cy_err, as everywhere.
 * Threads: one. */
#ifndef TESTS_UNIT_STORE_BCFKS_SEAL_H
#define TESTS_UNIT_STORE_BCFKS_SEAL_H

#include "base/der.h"
#include "base/text.h"
#include "crypto/pbe_plan.h"
#include "store/fmt_bcfks.h"

enum { BCFKS_ITERATIONS = 2 };

/* What is stretched: the password and the purpose, both as UTF-16 with an end. */
static inline cy_err *bcfks_password(cy_secret **out, const char *password, const char *purpose)
{
  CY_CLEAN(cy_buf) both = CY_BUF_TEXT;
  if (*password) {
    cy_text_to_utf16be(&both, cy_span_str(password));
    cy_buf_u16(&both, 0);
  }
  cy_text_to_utf16be(&both, cy_span_str(purpose));
  cy_buf_u16(&both, 0);
  CY_TRY(cy_buf_check(&both));
  return cy_secret_copy(out, cy_buf_get(&both));
}

/* SEQUENCE { AlgorithmIdentifier, OCTET STRING } */
static inline cy_err *bcfks_put_sealed(
  cy_buf *out, cy_span plain, const char *password, const char *purpose, uint32_t iterations)
{
  const cy_pbe_choice choice = {CY_OID_PBES2, CY_OID_AES256_GCM, CY_OID_HMAC_SHA512, iterations};
  CY_AUTO(cy_secret) *both = NULL;
  CY_CLEAN(cy_buf) algid = CY_BUF_STORE;
  CY_CLEAN(cy_buf) sealed = CY_BUF_STORE;
  CY_TRY(bcfks_password(&both, password, purpose));
  CY_TRY(cy_pbe_encrypt(&algid, &sealed, &choice, both, plain));
  size_t at = cy_der_begin(out);
  cy_buf_span(out, cy_buf_get(&algid));
  cy_der_put(out, CY_DER_OCTET_STRING, cy_buf_get(&sealed));
  cy_der_end(out, at, CY_DER_SEQUENCE);
  return cy_buf_check(out);
}

static inline void bcfks_put_algid(cy_buf *out, cy_oid oid)
{
  size_t at = cy_der_begin(out);
  cy_der_put(out, CY_DER_OID, cy_oid_content(oid));
  cy_der_put_null(out);
  cy_der_end(out, at, CY_DER_SEQUENCE);
}

static inline void bcfks_put_time(cy_buf *out)
{
  cy_der_put(out, CY_DER_GENERALIZED_TIME, CY_SPAN("20260101120000Z"));
}

/* ObjectData around its content. */
static inline void bcfks_put_object(cy_buf *out, uint64_t type, const char *label, cy_span content)
{
  size_t at = cy_der_begin(out);
  cy_der_put_uint(out, type);
  cy_der_put(out, CY_DER_UTF8_STRING, cy_span_str(label));
  bcfks_put_time(out);
  bcfks_put_time(out);
  cy_der_put(out, CY_DER_OCTET_STRING, content);
  cy_der_end(out, at, CY_DER_SEQUENCE);
}

/* ObjectStoreData around the objects. */
static inline void bcfks_put_data(cy_buf *out, cy_span objects)
{
  size_t at = cy_der_begin(out);
  cy_der_put_uint(out, 1);
  bcfks_put_algid(out, CY_OID_HMAC_SHA512);
  bcfks_put_time(out);
  bcfks_put_time(out);
  cy_der_put(out, CY_DER_SEQUENCE, objects);
  cy_der_end(out, at, CY_DER_SEQUENCE);
}

/* ObjectStore: `store` (in clear or sealed) with the HMAC of it. */
static inline cy_err *bcfks_put_store(cy_buf *out, cy_span store, const char *password)
{
  CY_AUTO(cy_secret) *pw = NULL;
  CY_CLEAN(cy_buf) mac_algid = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) kdf = CY_BUF_TEXT;
  cy_digest mac;
  bcfks_put_algid(&mac_algid, CY_OID_HMAC_SHA512);
  cy_pbkdf2_algid(&kdf, CY_SPAN("saltsalt"), BCFKS_ITERATIONS, 64, CY_OID_HMAC_SHA512);
  CY_TRY(cy_secret_copy(&pw, cy_span_str(password)));
  CY_TRY(cy_bcfks_mac(&mac, cy_buf_get(&mac_algid), cy_buf_get(&kdf), pw, store));
  size_t all = cy_der_begin(out);
  cy_buf_span(out, store);
  size_t check = cy_der_begin(out);
  cy_buf_span(out, cy_buf_get(&mac_algid));
  cy_buf_span(out, cy_buf_get(&kdf));
  cy_der_put(out, CY_DER_OCTET_STRING, cy_digest_get(&mac));
  cy_der_end(out, check, CY_DER_SEQUENCE);
  cy_der_end(out, all, CY_DER_SEQUENCE);
  return cy_buf_check(out);
}

#endif
