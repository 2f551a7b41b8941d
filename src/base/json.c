#include "base/json.h"

#include "base/text.h"

cy_json cy_json_begin(cy_buf *buf, bool pretty)
{
  return (cy_json){.buf = buf, .pretty = pretty};
}

static void put_string(cy_buf *buf, cy_span text)
{
  cy_buf_u8(buf, '"');
  size_t plain = 0;
  const uint8_t *start = text.data;
  while (text.len) {
    uint8_t b = text.data[0];
    if (b >= 0x20 && b < 0x7f && b != '"' && b != '\\') {
      plain++;
      text.data++;
      text.len--;
      continue;
    }
    cy_buf_put(buf, start, plain);
    cy_span at = text;
    uint32_t c;
    if (!cy_utf8_next(&text, &c))
      cy_buf_printf(buf, "\\u%04x", b);
    else if (c == '"' || c == '\\')
      cy_buf_printf(buf, "\\%c", (char)c);
    else if (c == '\n')
      cy_buf_str(buf, "\\n");
    else if (c < 0x20 || c == 0x7f)
      cy_buf_printf(buf, "\\u%04x", (unsigned)c);
    else
      cy_buf_put(buf, at.data, at.len - text.len);
    start = text.data;
    plain = 0;
  }
  cy_buf_put(buf, start, plain);
  cy_buf_u8(buf, '"');
}

static void new_line(cy_json *json)
{
  if (!json->pretty)
    return;
  cy_buf_u8(json->buf, '\n');
  cy_buf_fill(json->buf, ' ', (size_t)json->depth * 2);
}

static void before(cy_json *json, const char *key)
{
  uint64_t bit = (uint64_t)1 << (json->depth & 63);
  if (json->filled & bit)
    cy_buf_u8(json->buf, ',');
  json->filled |= bit;
  if (json->depth)
    new_line(json);
  if (!key)
    return;
  put_string(json->buf, cy_span_str(key));
  cy_buf_str(json->buf, json->pretty ? ": " : ":");
}

void cy_json_open(cy_json *json, const char *key, char bracket)
{
  before(json, key);
  cy_buf_u8(json->buf, (uint8_t)bracket);
  json->depth++;
  json->filled &= ~((uint64_t)1 << (json->depth & 63));
}

void cy_json_close(cy_json *json, char bracket)
{
  if (json->depth == 0)
    return;
  bool any = json->filled & ((uint64_t)1 << (json->depth & 63));
  json->depth--;
  if (any)
    new_line(json);
  cy_buf_u8(json->buf, (uint8_t)bracket);
}

void cy_json_text(cy_json *json, const char *key, cy_span utf8)
{
  before(json, key);
  put_string(json->buf, utf8);
}

void cy_json_str(cy_json *json, const char *key, const char *value)
{
  if (value)
    cy_json_text(json, key, cy_span_str(value));
  else
    cy_json_null(json, key);
}

void cy_json_int(cy_json *json, const char *key, int64_t value)
{
  before(json, key);
  cy_buf_printf(json->buf, "%lld", (long long)value);
}

void cy_json_bool(cy_json *json, const char *key, bool value)
{
  before(json, key);
  cy_buf_str(json->buf, value ? "true" : "false");
}

void cy_json_null(cy_json *json, const char *key)
{
  before(json, key);
  cy_buf_str(json->buf, "null");
}

void cy_json_time(cy_json *json, const char *key, cy_time t)
{
  if (t == CY_TIME_NONE) {
    cy_json_null(json, key);
    return;
  }
  before(json, key);
  cy_buf_u8(json->buf, '"');
  cy_time_format_rfc3339(json->buf, t);
  cy_buf_u8(json->buf, '"');
}

void cy_json_hex(cy_json *json, const char *key, cy_span bytes)
{
  before(json, key);
  cy_buf_u8(json->buf, '"');
  cy_buf_hex(json->buf, bytes);
  cy_buf_u8(json->buf, '"');
}
