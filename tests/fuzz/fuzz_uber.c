#include "tests/fuzz/fuzz.h"

#include "tests/unit/store/uber_seal.h"

extern const cy_format cy_format_uber;

enum { COUNT_AT = 28, AFFORDED = 16 };

static cy_err *password(cy_ask *self, const cy_ask_want *want, cy_secret **answer)
{
  return want->attempt ? NULL : cy_secret_copy(answer, CY_SPAN("pw"));
}

static cy_ask with_password = {password, 1};

static void try_one(cy_span data)
{
  CY_AUTO(cy_doc) *doc = NULL;
  cy_buf bytes = CY_BUF_STORE;
  cy_image *image;
  cy_buf_span(&bytes, data);
  cy_err *err = cy_image_from(&image, "fuzz.uber", &bytes);
  if (!err)
    err = cy_doc_open(&doc, image, &cy_format_uber, &with_password);
  cy_err_free(err);
}

/* The input is a list in clear, as in BKS: it is enciphered here, so that what is inside is reached. */
static void try_sealed(cy_span list)
{
  CY_CLEAN(cy_buf) sealed = CY_BUF_STORE;
  CY_AUTO(cy_secret) *pw = NULL;
  cy_err *err = cy_secret_copy(&pw, CY_SPAN("pw"));
  if (!err)
    err = uber_seal(&sealed, list, pw, false);
  if (!err)
    try_one(cy_buf_get(&sealed));
  cy_err_free(err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_span input = cy_span_of(data, size);
  cy_format_uber.detect(input, "fuzz.uber");
  bool cheap = size > COUNT_AT + 4 && !data[COUNT_AT] && !data[COUNT_AT + 1] && !data[COUNT_AT + 2] &&
               data[COUNT_AT + 3] <= AFFORDED;
  if (!cheap)
    return 0;
  try_one(input);
  try_sealed(input);
  return 0;
}
