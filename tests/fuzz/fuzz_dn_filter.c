/* Filters of names: any text is read or refused. What was read is as specific as itself, and the filter
 * that is suggested for a name matches it. Behind a line end stands the DER of a name to hold it against.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "identity/dn_filter.h"
#include "x509/name.h"

static void check_suggestion(const cy_dn_subject *who)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  CY_AUTO(cy_dn_filter) *filter = NULL;
  cy_dn_filter_suggest(&text, who);
  cy_err *err = cy_dn_filter_parse(&filter, cy_buf_cstr(&text));
  cy_err_free(err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  char text[1200] = {0};
  const uint8_t *end = memchr(data, '\n', size);
  size_t len = end ? (size_t)(end - data) : size;
  cy_span rest = end ? cy_span_of(end + 1, size - len - 1) : CY_SPAN_NONE;
  cy_dn_subject who = {.name = rest, .serial = cy_span_of(data, size < 8 ? size : 8)};
  CY_AUTO(cy_dn_filter) *filter = NULL;
  CY_CLEAN(cy_buf) why = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  memcpy(text, data, len < sizeof text ? len : sizeof text - 1);
  cy_err *err = cy_dn_filter_parse(&filter, text);
  if (!err && cy_dn_filter_compare(filter, filter) != 0)
    abort();
  if (!err && !cy_dn_filter_match(filter, &who, &why) && !why.len)
    abort();
  cy_err_free(err);
  check_suggestion(&who);
  err = cy_name_parse(&der, text);
  cy_err_free(err);
  who.name = cy_buf_get(&der);
  check_suggestion(&who);
  return 0;
}
