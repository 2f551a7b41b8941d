/* Baselines that people wrote, and lines of reports: taken or refused, and asked about one finding. */
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

#include "audit/baseline.h"
#include "audit/since.h"
#include "store/codes.h"

static void ask_baseline(const uint8_t *data, size_t size)
{
  CY_CLEAN(cy_baseline) baseline;
  CY_CLEAN(cy_findings) list = {0};
  cy_baseline_init(&baseline);
  CY_AUTO(cy_err) *err = cy_baseline_parse(&baseline, "fuzz", cy_span_of(data, size));
  cy_finding *f = cy_finding_add(&list, CY_F_KEY_NO_PASSPHRASE, "/srv/app/one.key", "seen");
  if (!err)
    cy_baseline_accepts(&baseline, f, 0);
  if (!err)
    err = cy_baseline_check(&list, &baseline, 0);
  if (list.count > 1 + baseline.count)
    abort();
}

static void ask_report(const uint8_t *data, size_t size)
{
  CY_AUTO(cy_since) *since = NULL;
  CY_AUTO(cy_err) *err = cy_since_new(&since);
  for (size_t at = 0; !err && at < size;) {
    const uint8_t *nl = memchr(data + at, '\n', size - at);
    size_t end = nl ? (size_t)(nl - data) : size;
    err = cy_since_line(since, cy_span_of(data + at, end - at));
    at = end + 1;
  }
  if (!err)
    err = cy_since_end(since);
  if (!err && cy_since_has(since, 1) && cy_since_gone(since) > size)
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  ask_baseline(data, size);
  ask_report(data, size);
  return 0;
}
