/* A bundle that can be read is written back as it was; without its first entry it can be read again. */
#include <stdlib.h>

#include "base/mem.h"
#include "store/place.h"
#include "tests/fuzz/fuzz.h"

extern const cy_format cy_format_pem;

static cy_place *open_text(cy_span text)
{
  cy_buf copy = CY_BUF_STORE;
  cy_image *image = NULL;
  cy_place *place = NULL;
  cy_buf_span(&copy, text);
  cy_err *err = cy_image_from(&image, "fuzz.pem", &copy);
  if (!err)
    err = cy_place_from_image(&place, image, &cy_format_pem, NULL);
  cy_err_free(err);
  return place;
}

static void write_text(cy_buf *out, cy_place *place)
{
  cy_write_how how = cy_write_default;
  how.plain_keys = true;
  cy_err *err = cy_format_pem.serialise(cy_place_doc(place), &how, NULL, out);
  if (err)
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  CY_CLEAN(cy_buf) same = CY_BUF_STORE;
  CY_CLEAN(cy_buf) less = CY_BUF_STORE;
  cy_span text = cy_span_of(data, size);
  size_t iter = 0;
  CY_AUTO(cy_place) *place = open_text(text);
  if (!place)
    return 0;
  write_text(&same, place);
  if (!cy_span_equal(cy_buf_get(&same), text))
    abort();
  size_t count = cy_place_count(place);
  cy_entry *first = cy_place_next(place, &iter);
  if (!first || count < 2 || cy_place_doc(place)->read_only) /* a block with a signature, say */
    return 0;
  cy_err_free(cy_place_remove(place, first));
  write_text(&less, place);
  CY_AUTO(cy_place) *again = open_text(cy_buf_get(&less));
  /* A block of PKCS#7 is split into one for each, and what was mended may get longer. */
  if (!again || cy_place_count(again) == 0 || less.len > 2 * size + 1024)
    abort();
  return 0;
}
