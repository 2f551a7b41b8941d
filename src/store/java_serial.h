/*
 * Serialised Java objects: reading with bounds, and writing flat ones.
 *
 * Purpose:   JCEKS keystores and secret keys in them are Java objects in Java's own stream format, without
 *            a length in front. This reads one object to its end and shows it as names and bytes. Nothing
 * is made of it: no class is looked up, no code belongs to any; what an object is for is decided by
 *            comparing it with the few layouts that are known (cy_java_is).
 * Ownership: everything read is spans of the input; cy_java_clear frees the tables, which are used again by
 *            the next cy_java_read.
 * Errors:    what is malformed or too large is noted in the cursor's parse, and cy_java_reading names
 *            the class that was being read then; only a lack of memory is returned.
 * Threads:   one owner.
 * Source:    Java Object Serialization Specification, chapter 6 (stream protocol, version 5).
 *
 * Bounds: 16 values inside each other, 16 classes above each other, 2000 handles, 2000 fields; strings
 * above 64 KB, exceptions and resets in the stream are refused. A back reference is a number that is
 * compared, never followed, so circles cost nothing.
 */
#ifndef CY_STORE_JAVA_SERIAL_H
#define CY_STORE_JAVA_SERIAL_H

#include "base/buf.h"
#include "base/cursor.h"

typedef enum {
  CY_JAVA_NULL,
  CY_JAVA_OBJECT,
  CY_JAVA_STRING,
  CY_JAVA_BYTES, /* byte[] */
  CY_JAVA_ARRAY, /* any other */
  CY_JAVA_ENUM,
  CY_JAVA_CLASS, /* a class as a value */
  CY_JAVA_DESC,  /* what a stream says of a class */
  CY_JAVA_PRIMITIVE,
} cy_java_kind;

typedef struct {
  cy_java_kind kind;
  cy_span bytes; /* of strings (modified UTF-8), byte[], the name of an enum's constant */
  size_t desc;   /* of what has a class: index of its description */
} cy_java_value;

/* A class whose objects are known: its fields are byte arrays, strings and objects, in the order of the
 * stream (by name). */
typedef struct cy_java_layout {
  const char *name;
  uint64_t uid;
  uint8_t flags;
  size_t field_count;
  struct {
    const char *type; /* "[B", "Ljava/lang/String;" */
    const char *name;
  } fields[4];
  const struct cy_java_layout *super;
} cy_java_layout;

enum { CY_JAVA_SERIALIZABLE = 2, CY_JAVA_IS_ENUM = 16 };

typedef struct cy_java_desc cy_java_desc;
typedef struct cy_java_field cy_java_field;

typedef struct {
  cy_java_value *handles;
  size_t handle_count, handle_cap;
  cy_java_desc *descs;
  size_t desc_count, desc_cap;
  cy_java_field *fields;
  size_t field_count, field_cap;
  cy_java_value root;
  cy_span reading; /* the class that was described last */
  unsigned depth;
} cy_java;

void cy_java_clear(cy_java *java);
/* One stream: its header and one object; the cursor is behind it then. */
cy_err *cy_java_read(cy_java *java, cy_cur *cur) CY_MUST_USE;
/* The name of the object's class, empty when it has none; of what was being read when it failed. */
cy_span cy_java_class(const cy_java *java);
cy_span cy_java_reading(const cy_java *java);
/* The object is of exactly this class: names, version numbers, fields and their types. */
bool cy_java_is(const cy_java *java, const cy_java_layout *layout);
/* The same of an enum constant's class. */
bool cy_java_value_is(const cy_java *java, const cy_java_value *value, const cy_java_layout *layout);
/* A field of the object; NULL when there is none of that name. */
const cy_java_value *cy_java_get(const cy_java *java, const char *field);

/* Appends a stream with an object of this class; values are in the order of the fields, those of the
 * topmost class first. Types are byte[] and String (modified UTF-8). */
void cy_java_put(cy_buf *buf, const cy_java_layout *layout, const cy_span *values);

#endif
