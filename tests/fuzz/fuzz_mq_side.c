/* Definitions of queue managers as sides: any text is read or refused. The first byte chooses the reader.
 */
#include "tls/reader.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const char *const readers[] = {
    "mqsc", "ccdt", "mqdisplay", "jndi", "jmsadmin", "mqenv", "mqclient", "qmini"};
  CY_CLEAN(cy_tls_sides) sides = {0};
  const cy_tls_read_how how = {.root = "/nowhere"};
  if (size < 2)
    return 0;
  const cy_tls_reader *reader = cy_tls_reader_find(readers[data[0] % CY_COUNT(readers)]);
  cy_err *err = cy_tls_sides_parse(&sides, reader, "/nowhere/fuzz", cy_span_of(data + 1, size - 1), &how);
  for (size_t i = 0; !err && i < sides.count; i++)
    if (!sides.items[i]->role_known || !sides.items[i]->name)
      abort();
  cy_err_free(err);
  return 0;
}
