/* A key in clear that opens has its MAC; what is sealed stays closed without its passphrase. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "crypto/ppk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
  CY_AUTO(cy_secret) *pkcs8 = NULL;
  cy_ssh_key public;
  cy_ppk ppk;
  cy_span text = cy_span_of(data, size);
  cy_err *err = cy_ppk_parse(&ppk, text);
  if (err) {
    cy_err_free(err);
    return 0;
  }
  if (!cy_ppk_detect(text))
    abort();
  err = cy_ssh_public(&public, cy_buf_get(&ppk.public_blob));
  if (!err)
    err = cy_ssh_spki(&spki, &public);
  if (!err && !(ppk.encrypted && ppk.version == 3)) /* not to pay for Argon2 */
    err = cy_ppk_open(&pkcs8, &ppk, NULL);
  if (!err && ppk.encrypted && pkcs8)
    abort();
  cy_err_free(err);
  cy_ppk_clear(&ppk);
  return 0;
}
