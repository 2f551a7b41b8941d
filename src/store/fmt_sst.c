/* Serialized certificate stores of Windows (.sst): recognised and named, so that people know what they
 * have. */
#include "store/format.h"

#include "crypto/codes.h"
#include "store/codes.h"

/* Version 0, then "CERT". */
static int detect(cy_span head, const char *name)
{
  return head.len >= 8 && memcmp(head.data, "\0\0\0\0CERT", 8) == 0 ? 99 : 0;
}

static cy_err *parse(cy_doc *doc, cy_ask *ask)
{
  return cy_err_hint(cy_err_new(CY_E_CRYPTO_UNSUPPORTED, "serialized stores of Windows are not read"),
    "In Windows, open it with certmgr.msc and export its certificates as PKCS#7 (.p7b), which is read.");
}

static cy_err *serialise(cy_doc *doc, const cy_write_how *how, cy_ask *ask, cy_buf *out)
{
  return cy_err_new(CY_E_STORE_READ_ONLY, "serialized stores of Windows are not written");
}

const cy_format cy_format_sst = {
  .id = "sst",
  .prefixes = "",
  .title = "Windows serialized store",
  .suffixes = "sst",
  .detect = detect,
  .parse = parse,
  .serialise = serialise,
};
