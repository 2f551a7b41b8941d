/* Serialised Java objects: reading. */
#include "store/java_serial.h"

#include "base/mem.h"

enum {
  MAGIC = 0xaced,
  VERSION = 5,
  TC_NULL = 0x70,
  TC_REFERENCE = 0x71,
  TC_CLASSDESC = 0x72,
  TC_OBJECT = 0x73,
  TC_STRING = 0x74,
  TC_ARRAY = 0x75,
  TC_CLASS = 0x76,
  TC_BLOCKDATA = 0x77,
  TC_ENDBLOCKDATA = 0x78,
  TC_BLOCKDATALONG = 0x7a,
  TC_PROXYCLASSDESC = 0x7d,
  TC_ENUM = 0x7e,

  SC_WRITE_METHOD = 1,
  SC_SERIALIZABLE = CY_JAVA_SERIALIZABLE,
  SC_EXTERNALIZABLE = 4,
  SC_BLOCK_DATA = 8,
  SC_ENUM = CY_JAVA_IS_ENUM,

  DEPTH_MAX = 16,
  SUPERS_MAX = 16,
  HANDLES_MAX = 2000,
  FIELDS_MAX = 2000,
  INTERFACES_MAX = 100,
};

#define FIRST_HANDLE 0x7e0000u
#define NONE         SIZE_MAX

struct cy_java_desc {
  cy_span name;
  uint64_t uid;
  uint8_t flags;
  bool proxy;
  bool complete; /* what stands above it is known */
  size_t first_field, field_count;
  size_t super; /* index, NONE */
  unsigned supers;
};

struct cy_java_field {
  char type; /* B C D F I J S Z, L and [ */
  cy_span name;
  cy_span class_name;  /* of L and [ */
  cy_java_value value; /* in the outermost object */
};

/* One reading; kept apart from its result. */
typedef struct {
  cy_java *java;
  cy_cur *cur;
} reader;

static cy_err *read_content(reader *r, cy_java_value *value);

void cy_java_clear(cy_java *java)
{
  cy_free(java->handles);
  cy_free(java->descs);
  cy_free(java->fields);
  *java = (cy_java){0};
}

/* Handles: everything that later parts of the stream can refer to has a number. */

static cy_err *add_handle(reader *r, const cy_java_value *value, size_t *handle)
{
  cy_java *j = r->java;
  *handle = j->handle_count;
  if (j->handle_count >= HANDLES_MAX)
    cy_cur_fail(r->cur, "it has more than 2000 objects");
  if (!cy_cur_ok(r->cur))
    return NULL;
  if (!cy_grow(&j->handles, &j->handle_cap, j->handle_count + 1, sizeof *j->handles))
    return cy_err_no_memory();
  j->handles[j->handle_count++] = *value;
  return NULL;
}

static void read_reference(reader *r, cy_java_value *value)
{
  uint32_t number = cy_cur_u32(r->cur) - FIRST_HANDLE;
  if (!cy_cur_ok(r->cur))
    return;
  if (number < r->java->handle_count)
    *value = r->java->handles[number];
  else
    cy_cur_fail(r->cur, "it refers back to an object that was not there");
}

static cy_err *read_string(reader *r, cy_java_value *value)
{
  size_t handle;
  *value = (cy_java_value){CY_JAVA_STRING, cy_cur_take(r->cur, cy_cur_u16(r->cur)), NONE};
  return add_handle(r, value, &handle);
}

/* A string where nothing else can be: new or known. */
static cy_err *read_type_name(reader *r, cy_span *name)
{
  cy_java_value value = {.kind = CY_JAVA_NULL};
  uint8_t code = cy_cur_u8(r->cur);
  if (code == TC_STRING)
    CY_TRY(read_string(r, &value));
  else if (code == TC_REFERENCE)
    read_reference(r, &value);
  if (value.kind != CY_JAVA_STRING)
    cy_cur_fail(r->cur, "a string is missing");
  *name = value.bytes;
  return NULL;
}

/* Descriptions of classes. */

static cy_err *read_desc(reader *r, size_t *desc);

static cy_err *read_field(reader *r)
{
  cy_java *j = r->java;
  cy_java_field field = {.type = (char)cy_cur_u8(r->cur)};
  field.name = cy_cur_take(r->cur, cy_cur_u16(r->cur));
  if (cy_cur_ok(r->cur) && (!field.type || !strchr("BCDFIJSZL[", field.type)))
    cy_cur_fail(r->cur, "a field is of a type that there is not");
  if (field.type == 'L' || field.type == '[')
    CY_TRY(read_type_name(r, &field.class_name));
  if (j->field_count >= FIELDS_MAX)
    cy_cur_fail(r->cur, "its classes have more than 2000 fields");
  if (!cy_cur_ok(r->cur))
    return NULL;
  if (!cy_grow(&j->fields, &j->field_cap, j->field_count + 1, sizeof *j->fields))
    return cy_err_no_memory();
  j->fields[j->field_count++] = field;
  return NULL;
}

/* What a class or object adds by code of its own: anything, up to an end mark. */
static cy_err *read_annotation(reader *r)
{
  cy_java_value ignored;
  while (cy_cur_more(r->cur)) {
    if (*r->cur->p == TC_ENDBLOCKDATA) {
      cy_cur_u8(r->cur);
      return NULL;
    }
    CY_TRY(read_content(r, &ignored));
  }
  cy_cur_fail(r->cur, "it ends in the middle of a value");
  return NULL;
}

static cy_err *read_class_info(reader *r, cy_java_desc *desc)
{
  desc->name = cy_cur_take(r->cur, cy_cur_u16(r->cur));
  desc->uid = cy_cur_u64(r->cur);
  if (cy_cur_ok(r->cur))
    r->java->reading = desc->name;
  return NULL;
}

static cy_err *read_class_body(reader *r, size_t index)
{
  cy_java *j = r->java;
  uint8_t flags = cy_cur_u8(r->cur);
  uint16_t count = cy_cur_u16(r->cur);
  size_t first = j->field_count;
  for (unsigned i = 0; i < count && cy_cur_ok(r->cur); i++)
    CY_TRY(read_field(r));
  j->descs[index].flags = flags;
  j->descs[index].first_field = first;
  j->descs[index].field_count = j->field_count - first;
  return NULL;
}

/* A class made at run time: nothing but the names of interfaces. */
static void read_proxy_body(reader *r, size_t index)
{
  uint32_t count = cy_cur_u32(r->cur);
  r->java->descs[index].flags = SC_SERIALIZABLE;
  if (count > INTERFACES_MAX)
    cy_cur_fail(r->cur, "a proxy has more than 100 interfaces");
  for (uint32_t i = 0; i < count && cy_cur_ok(r->cur); i++) {
    cy_span name = cy_cur_take(r->cur, cy_cur_u16(r->cur));
    if (i == 0 && cy_cur_ok(r->cur))
      r->java->descs[index].name = r->java->reading = name;
  }
}

static cy_err *read_super(reader *r, size_t index)
{
  size_t super;
  CY_TRY(read_desc(r, &super));
  if (!cy_cur_ok(r->cur))
    return NULL;
  cy_java_desc *desc = &r->java->descs[index];
  if (super != NONE && !r->java->descs[super].complete)
    cy_cur_fail(r->cur, "a class is above itself");
  desc->super = super;
  desc->supers = super == NONE ? 0 : r->java->descs[super].supers + 1;
  if (desc->supers > SUPERS_MAX)
    cy_cur_fail(r->cur, "more than 16 classes stand above each other");
  desc->complete = true;
  return NULL;
}

static cy_err *read_new_desc(reader *r, bool proxy, size_t *out)
{
  cy_java *j = r->java;
  size_t index = j->desc_count, handle;
  cy_java_desc desc = {.proxy = proxy, .super = NONE};
  if (!proxy)
    CY_TRY(read_class_info(r, &desc));
  cy_java_value value = {CY_JAVA_DESC, CY_SPAN_NONE, index};
  CY_TRY(add_handle(r, &value, &handle));
  if (!cy_cur_ok(r->cur))
    return NULL;
  if (!cy_grow(&j->descs, &j->desc_cap, index + 1, sizeof *j->descs))
    return cy_err_no_memory();
  j->descs[j->desc_count++] = desc;
  *out = index;
  if (proxy)
    read_proxy_body(r, index);
  else
    CY_TRY(read_class_body(r, index));
  CY_TRY(read_annotation(r));
  return read_super(r, index);
}

static void enter(reader *r)
{
  if (++r->java->depth > DEPTH_MAX)
    cy_cur_fail(r->cur, "more than 16 values are inside each other");
}

/* NONE: null. */
static cy_err *read_desc(reader *r, size_t *desc)
{
  cy_java_value value = {.kind = CY_JAVA_NULL};
  cy_err *err = NULL;
  uint8_t code = cy_cur_u8(r->cur);
  *desc = NONE;
  enter(r);
  if (!cy_cur_ok(r->cur) || code == TC_NULL)
    ;
  else if (code == TC_CLASSDESC || code == TC_PROXYCLASSDESC)
    err = read_new_desc(r, code == TC_PROXYCLASSDESC, desc);
  else if (code == TC_REFERENCE)
    read_reference(r, &value);
  else
    cy_cur_fail(r->cur, "a class is not described");
  r->java->depth--;
  if (code == TC_REFERENCE && value.kind == CY_JAVA_DESC)
    *desc = value.desc;
  else if (code == TC_REFERENCE)
    cy_cur_fail(r->cur, "a class is not described");
  return err;
}

/* The description of something that is there: not null, and complete. */
static cy_err *read_own_desc(reader *r, size_t *desc)
{
  CY_TRY(read_desc(r, desc));
  if (cy_cur_ok(r->cur) && (*desc == NONE || !r->java->descs[*desc].complete))
    cy_cur_fail(r->cur, "an object has no class");
  return NULL;
}

/* Values. */

static size_t primitive_size(char type)
{
  switch (type) {
  case 'B':
  case 'Z':
    return 1;
  case 'C':
  case 'S':
    return 2;
  case 'F':
  case 'I':
    return 4;
  case 'D':
  case 'J':
    return 8;
  default:
    return 0;
  }
}

/* A field or an element: data that only a class itself understands is neither. */
static cy_err *read_value(reader *r, cy_java_value *value)
{
  if (cy_cur_more(r->cur) && (*r->cur->p == TC_BLOCKDATA || *r->cur->p == TC_BLOCKDATALONG))
    cy_cur_fail(r->cur, "a value is missing");
  return read_content(r, value);
}

static cy_err *read_values(reader *r, size_t desc, bool outermost)
{
  size_t first = r->java->descs[desc].first_field, count = r->java->descs[desc].field_count;
  for (size_t i = first; i < first + count && cy_cur_ok(r->cur); i++) {
    cy_java_value value = {.kind = CY_JAVA_PRIMITIVE, .desc = NONE};
    size_t size = primitive_size(r->java->fields[i].type);
    if (size)
      value.bytes = cy_cur_take(r->cur, size);
    else
      CY_TRY(read_value(r, &value));
    if (outermost)
      r->java->fields[i].value = value;
  }
  return NULL;
}

static cy_err *read_class_data(reader *r, size_t desc, bool outermost)
{
  uint8_t flags = r->java->descs[desc].flags;
  if (flags & SC_EXTERNALIZABLE) {
    if (!(flags & SC_BLOCK_DATA))
      cy_cur_fail(r->cur, "its content has a form that only its own class can read");
    return cy_cur_ok(r->cur) ? read_annotation(r) : NULL;
  }
  if (!(flags & SC_SERIALIZABLE))
    return NULL;
  CY_TRY(read_values(r, desc, outermost));
  return flags & SC_WRITE_METHOD && cy_cur_ok(r->cur) ? read_annotation(r) : NULL;
}

static cy_err *read_object(reader *r, cy_java_value *value)
{
  size_t chain[SUPERS_MAX + 1], count = 0, desc, handle;
  CY_TRY(read_own_desc(r, &desc));
  *value = (cy_java_value){CY_JAVA_OBJECT, CY_SPAN_NONE, desc};
  CY_TRY(add_handle(r, value, &handle));
  if (!cy_cur_ok(r->cur))
    return NULL;
  bool outermost = r->java->depth == 1;
  for (size_t at = desc; at != NONE; at = r->java->descs[at].super)
    chain[count++] = at;
  while (count-- > 0 && cy_cur_ok(r->cur))
    CY_TRY(read_class_data(r, chain[count], outermost));
  return NULL;
}

static cy_err *read_elements(reader *r, char type, uint32_t count)
{
  size_t size = primitive_size(type);
  cy_java_value ignored;
  if (size && count > cy_cur_left(r->cur) / size)
    cy_cur_fail(r->cur, "an array is longer than what is left of the file");
  if (size) {
    cy_cur_take(r->cur, count * size);
    return NULL;
  }
  if (type != 'L' && type != '[')
    cy_cur_fail(r->cur, "an array is of a type that there is not");
  for (uint32_t i = 0; i < count && cy_cur_ok(r->cur); i++)
    CY_TRY(read_value(r, &ignored));
  return NULL;
}

static cy_err *read_array(reader *r, cy_java_value *value)
{
  size_t desc, handle;
  CY_TRY(read_own_desc(r, &desc));
  *value = (cy_java_value){CY_JAVA_ARRAY, CY_SPAN_NONE, desc};
  CY_TRY(add_handle(r, value, &handle));
  if (!cy_cur_ok(r->cur))
    return NULL;
  cy_span name = r->java->descs[desc].name;
  char type = name.len > 1 && name.data[0] == '[' ? (char)name.data[1] : 0;
  uint32_t count = cy_cur_u32(r->cur);
  const uint8_t *start = r->cur->p;
  CY_TRY(read_elements(r, type, count));
  if (!cy_cur_ok(r->cur) || name.len != 2 || type != 'B')
    return NULL;
  value->kind = CY_JAVA_BYTES;
  value->bytes = cy_span_of(start, count);
  r->java->handles[handle] = *value;
  return NULL;
}

static cy_err *read_enum(reader *r, cy_java_value *value)
{
  size_t desc, handle;
  CY_TRY(read_own_desc(r, &desc));
  *value = (cy_java_value){CY_JAVA_ENUM, CY_SPAN_NONE, desc};
  CY_TRY(add_handle(r, value, &handle));
  CY_TRY(read_type_name(r, &value->bytes));
  if (cy_cur_ok(r->cur))
    r->java->handles[handle] = *value;
  return NULL;
}

static cy_err *read_class_value(reader *r, cy_java_value *value)
{
  size_t desc, handle;
  CY_TRY(read_own_desc(r, &desc));
  *value = (cy_java_value){CY_JAVA_CLASS, CY_SPAN_NONE, desc};
  return add_handle(r, value, &handle);
}

static cy_err *read_coded(reader *r, uint8_t code, cy_java_value *value)
{
  switch (code) {
  case TC_NULL:
    return NULL;
  case TC_REFERENCE:
    read_reference(r, value);
    return NULL;
  case TC_OBJECT:
    return read_object(r, value);
  case TC_STRING:
    return read_string(r, value);
  case TC_ARRAY:
    return read_array(r, value);
  case TC_ENUM:
    return read_enum(r, value);
  case TC_CLASS:
    return read_class_value(r, value);
  case TC_CLASSDESC:
  case TC_PROXYCLASSDESC:
    value->kind = CY_JAVA_DESC;
    return read_new_desc(r, code == TC_PROXYCLASSDESC, &value->desc);
  case TC_BLOCKDATA:
    cy_cur_take(r->cur, cy_cur_u8(r->cur));
    return NULL;
  case TC_BLOCKDATALONG:
    cy_cur_take(r->cur, cy_cur_u32(r->cur));
    return NULL;
  default:
    cy_cur_fail(r->cur, "it has a part of a kind that does not belong here");
    return NULL;
  }
}

static cy_err *read_content(reader *r, cy_java_value *value)
{
  uint8_t code = cy_cur_u8(r->cur);
  *value = (cy_java_value){.kind = CY_JAVA_NULL, .desc = NONE};
  enter(r);
  cy_err *err = cy_cur_ok(r->cur) ? read_coded(r, code, value) : NULL;
  r->java->depth--;
  return err;
}

cy_err *cy_java_read(cy_java *java, cy_cur *cur)
{
  reader r = {java, cur};
  java->handle_count = java->desc_count = java->field_count = 0;
  java->root = (cy_java_value){.kind = CY_JAVA_NULL, .desc = NONE};
  java->reading = CY_SPAN_NONE;
  java->depth = 0;
  uint32_t magic = cy_cur_u16(cur), version = cy_cur_u16(cur);
  if (magic != MAGIC || version != VERSION)
    cy_cur_fail(cur, "it does not begin as a Java object does");
  if (cy_cur_left(cur) && *cur->p != TC_OBJECT)
    cy_cur_fail(cur, "there is no object in it");
  return read_content(&r, &java->root);
}

/* What was read. */

cy_span cy_java_class(const cy_java *java)
{
  return java->root.kind == CY_JAVA_OBJECT && java->root.desc < java->desc_count
           ? java->descs[java->root.desc].name
           : CY_SPAN_NONE;
}

cy_span cy_java_reading(const cy_java *java)
{
  return java->reading;
}

static bool is_field(const cy_java_field *field, const char *type, const char *name)
{
  return field->type == type[0] && cy_span_equal(field->name, cy_span_str(name)) &&
         cy_span_equal(field->class_name, cy_span_str(type));
}

static bool is_desc(const cy_java *java, size_t index, const cy_java_layout *layout)
{
  for (; layout && index != NONE; layout = layout->super, index = java->descs[index].super) {
    const cy_java_desc *desc = &java->descs[index];
    if (desc->proxy || desc->uid != layout->uid || desc->flags != layout->flags ||
        desc->field_count != layout->field_count || !cy_span_equal(desc->name, cy_span_str(layout->name)))
      return false;
    for (size_t i = 0; i < layout->field_count; i++)
      if (!is_field(&java->fields[desc->first_field + i], layout->fields[i].type, layout->fields[i].name))
        return false;
  }
  return !layout && index == NONE;
}

bool cy_java_value_is(const cy_java *java, const cy_java_value *value, const cy_java_layout *layout)
{
  return value->desc < java->desc_count && is_desc(java, value->desc, layout);
}

bool cy_java_is(const cy_java *java, const cy_java_layout *layout)
{
  return java->root.kind == CY_JAVA_OBJECT && cy_java_value_is(java, &java->root, layout);
}

const cy_java_value *cy_java_get(const cy_java *java, const char *field)
{
  size_t at = java->root.kind == CY_JAVA_OBJECT ? java->root.desc : NONE;
  for (; at != NONE; at = java->descs[at].super) {
    const cy_java_desc *desc = &java->descs[at];
    for (size_t i = desc->first_field; i < desc->first_field + desc->field_count; i++)
      if (cy_span_equal(java->fields[i].name, cy_span_str(field)))
        return &java->fields[i].value;
  }
  return NULL;
}
