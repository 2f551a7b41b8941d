/* Saved listings of RACDCERT: whatever the text, entries have owners and stay within what a listing can
 * say. */
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

#include "store/check.h"

extern const cy_format cy_format_racf;

static void look(cy_place *place)
{
  cy_check_context ctx = {.now = 1800000000, .warn_days = 30, .min_rsa = 2048};
  cy_findings list = {0};
  size_t iter = 0;
  for (cy_entry *e; (e = cy_place_next(place, &iter));)
    if (!e->facts || !e->label || !e->facts->owner || (e->facts->connection && !e->facts->ring) ||
        e->has_key)
      abort();
  cy_place_set_zone(place, 90);
  cy_err_free(cy_place_check(&list, place, &ctx));
  cy_findings_clear(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_buf bytes = CY_BUF_STORE;
  cy_image *image;
  CY_AUTO(cy_place) *place = NULL;
  cy_format_racf.detect(cy_span_of(data, size), "x");
  cy_buf_put(&bytes, data, size);
  if (cy_image_from(&image, "x", &bytes))
    return 0;
  cy_err *err = cy_place_from_image(&place, image, &cy_format_racf, NULL);
  if (!err)
    look(place);
  cy_err_free(err);
  return 0;
}
