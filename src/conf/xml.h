/*
 * XML, as far as configuration files have it.
 *
 * Purpose:   a tree of elements with attributes, text and lines, of files such as server.xml. References to
 *            characters and the five named entities are resolved, CDATA is text, comments and processing
 * instructions are passed over. A DTD is refused, so there are no other entities and nothing outside is
 * read. Ownership: the document owns all; elements are borrowed until it is freed. Errors: conf.malformed
 * with file and line. Threads:   one owner. Source:    XML 1.0 (fifth edition). Names are taken as they
 * stand, prefixes included.
 */
#ifndef CY_CONF_XML_H
#define CY_CONF_XML_H

#include "base/buf.h"

typedef struct {
  char *name;
  char *value;
  size_t line;
} cy_xml_attribute;

typedef struct cy_xml_element cy_xml_element;
struct cy_xml_element {
  char *name;
  size_t line;
  cy_xml_attribute *attributes;
  size_t attribute_count, attribute_cap;
  char *text; /* all of its text, joined, without blanks at both ends; NULL: none */
  cy_xml_element **children;
  size_t child_count, child_cap;
};

typedef struct {
  cy_xml_element *root;
} cy_xml;

cy_err *cy_xml_parse(cy_xml *out, const char *file, cy_span text) CY_MUST_USE;
void cy_xml_clear(cy_xml *xml);
/* NULL when there is none. Names as they stand, or in any case of letters with `fold`. */
const cy_xml_attribute *cy_xml_attribute_find(const cy_xml_element *element, const char *name, bool fold);

#endif
