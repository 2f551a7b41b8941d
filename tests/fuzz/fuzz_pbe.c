/* An EncryptedPrivateKeyInfo: described, and opened when that is cheap. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "base/der.h"
#include "crypto/key.h"
#include "crypto/pbe_plan.h"

static bool is_cheap(const cy_pbe_plan *plan)
{
  if (plan->info.iterations > 200)
    return false;
  return plan->info.kdf != CY_OID_SCRYPT || (plan->scrypt_r < 16 && plan->scrypt_p < 16);
}

static cy_span algid_of(cy_span encrypted)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, encrypted);
  cy_cur seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  return cy_der_take_whole(&seq, CY_DER_SEQUENCE);
}

static void describe(cy_span algid)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_pbe_info info;
  cy_oid mac;
  cy_err *err = cy_pbe_describe(&info, algid);
  if (!err)
    cy_pbe_format(&words, &info);
  cy_err_free(err);
  cy_err_free(cy_pbmac1_describe(&info, &mac, algid));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_span input = cy_span_of(data, size);
  CY_AUTO(cy_secret) *plain = NULL;
  cy_pbe_plan plan;
  cy_key_encoding encoding;
  describe(input);
  describe(algid_of(input));
  cy_err *err = cy_pbe_plan_parse(&plan, algid_of(input));
  bool cheap = !err && is_cheap(&plan);
  cy_err_free(err);
  if (!cheap)
    return 0;
  err = cy_pkcs8_unseal(&plain, input, NULL);
  if (!err && !plain)
    abort();
  if (!err)
    cy_key_encoding_detect(&encoding, cy_secret_get(plain));
  cy_err_free(err);
  return 0;
}
