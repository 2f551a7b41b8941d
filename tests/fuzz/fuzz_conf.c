/* Files that people write: what was read keeps its bytes, and a value that is set is read back. */
#include "conf/conf.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  CY_AUTO(cy_conf) *conf = NULL;
  CY_AUTO(cy_err) *err = cy_conf_parse(&conf, "fuzz", cy_span_of(data, size));
  size_t iter = 0;
  if (err)
    return 0;
  if (!cy_span_equal(cy_conf_text(conf), cy_span_of(data, size)))
    abort();
  const cy_conf_item *item = cy_conf_next(conf, &iter);
  while (item && !item->key.len)
    item = cy_conf_next(conf, &iter);
  if (!item)
    return 0;
  CY_AUTO(cy_err) *set = cy_conf_set(conf, item, " new \" value ");
  if (set)
    abort();
  return 0;
}
