/* Single objects: what is recognised can be opened as a DER file or is refused with advice. */
#include <stdlib.h>

#include "base/mem.h"
#include "store/object.h"
#include "store/place.h"
#include "tests/fuzz/fuzz.h"

extern const cy_format cy_format_der;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_span input = cy_span_of(data, size);
  cy_object object = cy_object_detect(input);
  cy_object_detect_head(input);
  cy_buf copy = CY_BUF_STORE;
  cy_image *image = NULL;
  cy_place *place = NULL;
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  size_t iter = 0;
  cy_buf_span(&copy, input);
  cy_err *err = cy_image_from(&image, "fuzz.der", &copy);
  if (!err)
    err = cy_place_from_image(&place, image, &cy_format_der, NULL);
  if (!err && object == CY_OBJECT_NONE)
    abort();
  if (err && !*cy_err_fix(err))
    abort();
  cy_err_free(err);
  if (!place)
    return 0;
  cy_entry *entry = cy_place_next(place, &iter);
  cy_pbe_info info;
  if (!entry)
    abort();
  cy_err_free(cy_entry_name(entry, &name));
  if (entry->has_key && entry->key.encrypted)
    cy_err_free(cy_keybox_pbe(&entry->key, &info));
  cy_place_close(place);
  return 0;
}
