/* Revocation lists: every entry that is read must be found again. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "x509/crl_scope.h"

enum { LOOKUPS = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_crl *crl = NULL;
  cy_crl_entry entry, again;
  cy_err *err = cy_crl_parse(&crl, cy_span_of(data, size));
  if (err) {
    cy_err_free(err);
    return 0;
  }
  const cy_crl_view *v = cy_crl_get(crl);
  cy_cert_view cert = {.issuer = v->issuer};
  cy_dist_point point = {.full = v->point_full, .relative = v->point_relative, .reasons = CY_REASONS_ALL};
  for (size_t i = 0; i < v->entry_count && i < LOOKUPS; i++) {
    entry = cy_crl_entry_get(crl, i);
    if (!cy_crl_find(crl, entry.issuer, entry.serial, &again) || !cy_span_equal(again.serial, entry.serial))
      abort();
  }
  if (cy_crl_scope(v, &cert, &point) & ~CY_REASONS_ALL)
    abort();
  cy_crl_free(crl);
  return 0;
}
