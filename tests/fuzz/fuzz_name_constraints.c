/* Name constraints: the input is the extension, and behind it the names of a SAN (GeneralNames). Work is
 * counted, and what is excluded outright is never fine. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "base/der.h"
#include "x509/name_constraints.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, cy_span_of(data, size));
  cy_span first = cy_der_next(&cur).whole;
  cy_name_constraints constraints;
  cy_general_name name;
  cy_gn_iter iter;
  uint64_t work = 0;
  cy_err *err = cy_name_constraints_parse(&constraints, first);
  if (err) {
    cy_err_free(err);
    return 0;
  }
  cy_gn_begin(&iter, cy_cur_rest(&cur));
  while (cy_gn_next(&iter, &name)) {
    const cy_general_name *subtree = NULL;
    cy_nc_verdict verdict = cy_name_constraints_check(&constraints, &name, CY_NC_WILDCARDS, &work, &subtree);
    if ((verdict == CY_NC_EXCLUDED) != (subtree != NULL))
      abort();
  }
  for (size_t i = 0; i < constraints.excluded.count && i < 64; i++) {
    const cy_general_name *base = &constraints.excluded.items[i];
    if (base->kind != CY_GN_DNS && base->kind != CY_GN_DIRECTORY)
      continue;
    if (cy_name_constraints_check(&constraints, base, 0, &work, NULL) == CY_NC_FINE)
      abort();
  }
  cy_name_constraints_clear(&constraints);
  return 0;
}
