/* XML: elements are where their lines say, and none is deeper than the limit. */
#include "conf/xml.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

static void check(const cy_xml_element *element, size_t lines, unsigned depth)
{
  if (depth > CY_MAX_DEPTH || !element->line || element->line > lines || !element->name[0])
    abort();
  for (size_t i = 0; i < element->attribute_count; i++)
    if (cy_xml_attribute_find(element, element->attributes[i].name, false) != &element->attributes[i])
      abort();
  for (size_t i = 0; i < element->child_count; i++)
    check(element->children[i], lines, depth + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cy_xml xml;
  CY_AUTO(cy_err) *err = cy_xml_parse(&xml, "fuzz", cy_span_of(data, size));
  size_t lines = 1;
  if (err)
    return 0;
  for (size_t i = 0; i < size; i++)
    lines += data[i] == '\n';
  check(xml.root, lines, 1);
  cy_xml_clear(&xml);
  return 0;
}
