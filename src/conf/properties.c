#include "conf/properties.h"

#include "base/mem.h"
#include "base/text.h"
#include "conf/codes.h"

enum { MAX_BYTES = 16 << 20 };

typedef struct {
  const char *file;
  cy_span rest;
  size_t line;    /* of the next natural line */
  cy_buf logical; /* one line, put together of those that go on; escapes are still in it */
  cy_buf key, value;
} reader;

static bool is_blank(uint8_t c)
{
  return c == ' ' || c == '\t' || c == '\f';
}

/* A natural line ends with \n, \r or \r\n. */
static cy_span natural_line(reader *in)
{
  size_t len = 0;
  while (len < in->rest.len && in->rest.data[len] != '\n' && in->rest.data[len] != '\r')
    len++;
  cy_span line = cy_span_of(in->rest.data, len);
  if (len < in->rest.len)
    len += in->rest.data[len] == '\r' && len + 1 < in->rest.len && in->rest.data[len + 1] == '\n' ? 2 : 1;
  in->rest = cy_span_of(in->rest.data + len, in->rest.len - len);
  in->line++;
  while (line.len && is_blank(line.data[0]))
    line = cy_span_of(line.data + 1, line.len - 1);
  return line;
}

static bool goes_on(cy_span line)
{
  size_t slashes = 0;
  while (slashes < line.len && line.data[line.len - 1 - slashes] == '\\')
    slashes++;
  return slashes & 1;
}

/* The next line that says something; *line is where it begins. false at the end. */
static bool logical_line(reader *in, size_t *line)
{
  cy_span part = CY_SPAN_NONE;
  cy_buf_reset(&in->logical);
  while (in->rest.len) {
    part = natural_line(in);
    if (part.len && part.data[0] != '#' && part.data[0] != '!')
      break;
    part = CY_SPAN_NONE;
  }
  *line = in->line;
  while (goes_on(part)) {
    cy_buf_put(&in->logical, part.data, part.len - 1);
    part = in->rest.len ? natural_line(in) : CY_SPAN_NONE;
  }
  cy_buf_span(&in->logical, part);
  return in->logical.len || *line < in->line || part.len;
}

static int hex_digit(uint8_t c)
{
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

/* \uXXXX at the start of `at`; -1 when it is none. */
static int utf16_unit(cy_span at)
{
  int unit = 0;
  if (at.len < 6 || at.data[0] != '\\' || at.data[1] != 'u')
    return -1;
  for (int i = 2; i < 6; i++) {
    int digit = hex_digit(at.data[i]);
    if (digit < 0)
      return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

/* One character of a \u, two of them for a pair of surrogates. How many bytes were taken; 0: malformed. */
static size_t unescape_unicode(cy_buf *out, cy_span at)
{
  int first = utf16_unit(at);
  if (first < 0)
    return 0;
  int second = first >= 0xd800 && first < 0xdc00 && at.len >= 12
                 ? utf16_unit(cy_span_of(at.data + 6, at.len - 6))
                 : -1;
  bool pair = second >= 0xdc00 && second < 0xe000;
  cy_utf8_put(out,
    pair ? 0x10000 + (((uint32_t)first - 0xd800) << 10) + ((uint32_t)second - 0xdc00) : (uint32_t)first);
  return pair ? 12 : 6;
}

static cy_err *unescape(const reader *in, cy_buf *out, cy_span text, size_t line)
{
  cy_buf_reset(out);
  for (size_t i = 0; i < text.len;) {
    uint8_t c = text.data[i];
    if (c != '\\' || i + 1 == text.len) {
      cy_utf8_put(out, c); /* Latin-1 */
      i++;
    } else if (text.data[i + 1] == 'u') {
      size_t taken = unescape_unicode(out, cy_span_of(text.data + i, text.len - i));
      if (taken == 0)
        return cy_err_new(
          CY_E_CONF_MALFORMED, "%s:%zu: \\u without four hexadecimal digits", in->file, line);
      i += taken;
    } else {
      static const char from[] = "tnrf", to[] = "\t\n\r\f";
      const char *known = strchr(from, text.data[i + 1]);
      cy_utf8_put(out, known && *known ? (uint8_t)to[known - from] : text.data[i + 1]);
      i += 2;
    }
  }
  return NULL;
}

/* Where the key ends: at the first =, : or blank that no \ protects. *value is where the value begins. */
static size_t key_length(cy_span line, size_t *value)
{
  size_t end = 0;
  while (end < line.len && line.data[end] != '=' && line.data[end] != ':' && !is_blank(line.data[end]))
    end += line.data[end] == '\\' && end + 1 < line.len ? 2 : 1;
  *value = end;
  while (*value < line.len && is_blank(line.data[*value]))
    ++*value;
  if (*value < line.len && (line.data[*value] == '=' || line.data[*value] == ':'))
    ++*value;
  while (*value < line.len && is_blank(line.data[*value]))
    ++*value;
  return end;
}

static cy_err *add(cy_properties *out, reader *in, size_t line)
{
  CY_TRY(cy_buf_check(&in->key));
  CY_TRY(cy_buf_check(&in->value));
  if (!cy_grow(&out->items, &out->cap, out->count + 1, sizeof *out->items))
    return cy_err_no_memory();
  cy_property *item = &out->items[out->count];
  *item = (cy_property){cy_strdup(cy_buf_cstr(&in->key)), cy_strdup(cy_buf_cstr(&in->value)), line};
  out->count++;
  return item->key && item->value ? NULL : cy_err_no_memory();
}

static cy_err *read_all(cy_properties *out, reader *in)
{
  size_t line;
  while (logical_line(in, &line)) {
    size_t value;
    CY_TRY(cy_buf_check(&in->logical));
    cy_span text = cy_buf_get(&in->logical);
    size_t key = key_length(text, &value);
    CY_TRY(unescape(in, &in->key, cy_span_of(text.data, key), line));
    CY_TRY(unescape(in, &in->value, cy_span_of(text.data + value, text.len - value), line));
    CY_TRY(add(out, in, line));
  }
  return NULL;
}

cy_err *cy_properties_parse(cy_properties *out, const char *file, cy_span text)
{
  reader in = {.file = file, .rest = text};
  *out = (cy_properties){0};
  if (text.len > MAX_BYTES)
    return cy_err_new(
      CY_E_CONF_MALFORMED, "%s: %zu bytes; properties files above 16 MB are not read", file, text.len);
  in.logical = in.key = in.value = CY_BUF((size_t)4 * MAX_BYTES);
  cy_err *err = read_all(out, &in);
  cy_buf_clear(&in.logical);
  cy_buf_clear(&in.key);
  cy_buf_clear(&in.value);
  if (err)
    cy_properties_clear(out);
  return err;
}

const cy_property *cy_properties_find(const cy_properties *properties, const char *key)
{
  for (size_t i = properties->count; i-- > 0;)
    if (strcmp(properties->items[i].key, key) == 0)
      return &properties->items[i];
  return NULL;
}

void cy_properties_clear(cy_properties *properties)
{
  for (size_t i = 0; i < properties->count; i++) {
    cy_free(properties->items[i].key);
    cy_free(properties->items[i].value);
  }
  cy_free(properties->items);
  *properties = (cy_properties){0};
}
