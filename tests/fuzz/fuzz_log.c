/* Logs: any bytes, in parts of any size. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "product/log.h"

static cy_message_matcher *matcher; /* for the whole run: it takes longer to make than to use */

/* Where a part ends must not matter to what is found. */
static size_t cases_of(const uint8_t *data, size_t size, size_t step)
{
  CY_AUTO(cy_log) *log = NULL;
  cy_log_verdict verdict;
  if (cy_log_new(&log, matcher) || cy_log_begin(log, "log"))
    abort();
  for (size_t at = 0; at < size; at += step)
    if (cy_log_feed(log, cy_span_of(data + at, size - at < step ? size - at : step)))
      abort();
  if (cy_log_end(log))
    abort();
  const cy_log_report *report = cy_log_finish(log);
  for (size_t i = 0; i < report->case_count; i++) {
    const cy_log_case *one = &report->cases[i];
    cy_log_judge(&verdict, one);
    if (!one->item_count || one->first_line > one->last_line || one->last_line > report->lines + 1)
      abort();
  }
  cy_log_judge_all(&verdict, report);
  return report->case_count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (!matcher && cy_message_matcher_new(&matcher))
    abort();
  if (cases_of(data, size, size + 1) != cases_of(data, size, 1 + size % 61))
    abort();
  return 0;
}
