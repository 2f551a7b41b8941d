/* What opens is a key whose halves belong together; what is sealed stays closed without its passphrase. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "crypto/openssh.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
  CY_AUTO(cy_secret) *pkcs8 = NULL;
  cy_openssh key;
  cy_ssh_key public;
  cy_err *err = cy_openssh_parse(&key, cy_span_of(data, size));
  if (!err)
    err = cy_ssh_public(&public, key.public_blob);
  if (!err)
    err = cy_ssh_spki(&spki, &public);
  if (!err && !key.encrypted) {
    err = cy_openssh_open(&pkcs8, &key, NULL);
    if (!err && (!pkcs8 || !pkcs8->len))
      abort();
  }
  cy_err_free(err);
  return 0;
}
