/* Serialised Java objects: writing flat ones, octet for octet as Java does. */
#include "store/java_serial.h"

enum {
  TC_NULL = 0x70,
  TC_REFERENCE,
  TC_CLASSDESC,
  TC_OBJECT,
  TC_STRING,
  TC_ARRAY,
  TC_END = 0x78,
  TYPES = 8
};

#define FIRST_HANDLE   0x7e0000u
#define BYTE_ARRAY_UID 0xacf317f8060854e0u

typedef struct {
  cy_buf *buf;
  uint32_t next;
  struct {
    const char *type;
    uint32_t handle;
  } types[TYPES]; /* written already */
  size_t type_count;
  uint32_t byte_array; /* handle of its class, 0 before */
} writer;

static void put_utf(cy_buf *buf, cy_span text)
{
  if (text.len > UINT16_MAX)
    cy_buf_fail(buf, CY_BUF_WRONG);
  cy_buf_u16(buf, (uint16_t)text.len);
  cy_buf_span(buf, text);
}

static void put_reference(writer *w, uint32_t handle)
{
  cy_buf_u8(w->buf, TC_REFERENCE);
  cy_buf_u32(w->buf, handle);
}

/* Names of types are strings that Java shares. */
static void put_type(writer *w, const char *type)
{
  for (size_t i = 0; i < w->type_count; i++)
    if (strcmp(w->types[i].type, type) == 0) {
      put_reference(w, w->types[i].handle);
      return;
    }
  if (w->type_count < TYPES) {
    w->types[w->type_count].type = type;
    w->types[w->type_count++].handle = w->next;
  }
  w->next++;
  cy_buf_u8(w->buf, TC_STRING);
  put_utf(w->buf, cy_span_str(type));
}

static void put_desc(writer *w, const cy_java_layout *layout)
{
  for (; layout; layout = layout->super) {
    cy_buf_u8(w->buf, TC_CLASSDESC);
    put_utf(w->buf, cy_span_str(layout->name));
    cy_buf_u64(w->buf, layout->uid);
    w->next++;
    cy_buf_u8(w->buf, layout->flags);
    cy_buf_u16(w->buf, (uint16_t)layout->field_count);
    for (size_t i = 0; i < layout->field_count; i++) {
      cy_buf_u8(w->buf, (uint8_t)layout->fields[i].type[0]);
      put_utf(w->buf, cy_span_str(layout->fields[i].name));
      put_type(w, layout->fields[i].type);
    }
    cy_buf_u8(w->buf, TC_END);
  }
  cy_buf_u8(w->buf, TC_NULL);
}

static void put_bytes(writer *w, cy_span bytes)
{
  cy_buf_u8(w->buf, TC_ARRAY);
  if (w->byte_array) {
    put_reference(w, w->byte_array);
  } else {
    w->byte_array = w->next;
    put_desc(w, &(cy_java_layout){.name = "[B", .uid = BYTE_ARRAY_UID, .flags = CY_JAVA_SERIALIZABLE});
  }
  w->next++;
  if (bytes.len > INT32_MAX)
    cy_buf_fail(w->buf, CY_BUF_WRONG);
  cy_buf_u32(w->buf, (uint32_t)bytes.len);
  cy_buf_span(w->buf, bytes);
}

/* Those of the class above come first. */
static const cy_span *put_values(writer *w, const cy_java_layout *layout, const cy_span *values)
{
  if (layout->super)
    values = put_values(w, layout->super, values);
  for (size_t i = 0; i < layout->field_count; i++, values++) {
    if (layout->fields[i].type[0] == '[') {
      put_bytes(w, *values);
      continue;
    }
    cy_buf_u8(w->buf, TC_STRING);
    put_utf(w->buf, *values);
    w->next++;
  }
  return values;
}

void cy_java_put(cy_buf *buf, const cy_java_layout *layout, const cy_span *values)
{
  writer w = {.buf = buf, .next = FIRST_HANDLE};
  cy_buf_u16(buf, 0xaced);
  cy_buf_u16(buf, 5);
  cy_buf_u8(buf, TC_OBJECT);
  put_desc(&w, layout);
  w.next++;
  put_values(&w, layout, values);
}
