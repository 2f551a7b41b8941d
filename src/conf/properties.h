/*
 * Java's properties files.
 *
 * Purpose:   java.security, jndi.properties and their like, as java.util.Properties reads them: escapes,
 * lines that go on, Latin-1, each key with the line on which it begins. What stands twice is kept twice;
 *            the last one holds.
 * Ownership: the properties own their texts; items are borrowed until they are freed.
 * Errors:    conf.malformed with file and line for what makes Java refuse the file: a \u without four
 * hexadecimal digits. Threads:   one owner. Source:    java.util.Properties.load, Java SE 17.
 */
#ifndef CY_CONF_PROPERTIES_H
#define CY_CONF_PROPERTIES_H

#include "base/buf.h"

typedef struct {
  char *key; /* UTF-8 */
  char *value;
  size_t line; /* from 1 */
} cy_property;

typedef struct {
  cy_property *items;
  size_t count, cap;
} cy_properties;

/* `file` is what messages call it. */
cy_err *cy_properties_parse(cy_properties *out, const char *file, cy_span text) CY_MUST_USE;
/* The last one of that name: the one that holds; NULL when there is none. */
const cy_property *cy_properties_find(const cy_properties *properties, const char *key);
void cy_properties_clear(cy_properties *properties);

#endif
