#include "conf/json_stream.h"

#include "base/text.h"
#include "conf/codes.h"

enum { STRING_BYTES = 64 << 10, NUMBER_BYTES = 64, END = -1 };

static void begin(cy_json_stream *in)
{
  *in = (cy_json_stream){.line = 1, .key = CY_BUF(STRING_BYTES + 8), .value = CY_BUF(STRING_BYTES + 8)};
}

cy_err *cy_json_stream_open(cy_json_stream *in, const char *path)
{
  begin(in);
  return cy_lines_open(&in->lines, path);
}

cy_err *cy_json_stream_over(cy_json_stream *in, const char *name, cy_span text)
{
  begin(in);
  return cy_lines_over(&in->lines, name, text);
}

void cy_json_stream_clear(cy_json_stream *in)
{
  cy_lines_clear(&in->lines);
  cy_buf_clear(&in->key);
  cy_buf_clear(&in->value);
  *in = (cy_json_stream){.lines = {.fd = -1}};
}

static cy_err *wrong(const cy_json_stream *in, const char *what)
{
  return cy_err_new(CY_E_CONF_JSON, "%s:%zu: %s", in->lines.name, in->line, what);
}

/* The next byte stays; END behind the last one. */
static cy_err *peek(cy_json_stream *in, int *c)
{
  if (!in->part.len)
    CY_TRY(cy_lines_part(&in->lines, &in->part));
  *c = in->part.len ? in->part.data[0] : END;
  return NULL;
}

static void step(cy_json_stream *in)
{
  in->part = cy_span_of(in->part.data + 1, in->part.len - 1);
}

static cy_err *skip_blanks(cy_json_stream *in, int *c)
{
  for (;;) {
    CY_TRY(peek(in, c));
    if (*c != ' ' && *c != '\t' && *c != '\r' && *c != '\n')
      return NULL;
    in->line += *c == '\n';
    step(in);
  }
}

static cy_err *hex4(cy_json_stream *in, uint32_t *code)
{
  *code = 0;
  for (int i = 0; i < 4; i++) {
    int c;
    CY_TRY(peek(in, &c));
    int low = c | 0x20;
    if (c >= '0' && c <= '9')
      *code = *code << 4 | (uint32_t)(c - '0');
    else if (low >= 'a' && low <= 'f')
      *code = *code << 4 | (uint32_t)(low - 'a' + 10);
    else
      return wrong(in, "\\u needs four hexadecimal digits");
    step(in);
  }
  return NULL;
}

static cy_err *read_unicode(cy_json_stream *in, cy_buf *to)
{
  uint32_t code, low;
  int c;
  CY_TRY(hex4(in, &code));
  if (code >= 0xdc00 && code < 0xe000)
    return wrong(in, "half of a surrogate pair");
  if (code >= 0xd800 && code < 0xdc00) {
    CY_TRY(peek(in, &c));
    if (c != '\\')
      return wrong(in, "half of a surrogate pair");
    step(in);
    CY_TRY(peek(in, &c));
    if (c != 'u')
      return wrong(in, "half of a surrogate pair");
    step(in);
    CY_TRY(hex4(in, &low));
    if (low < 0xdc00 || low >= 0xe000)
      return wrong(in, "half of a surrogate pair");
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  }
  cy_utf8_put(to, code);
  return NULL;
}

static cy_err *read_escape(cy_json_stream *in, cy_buf *to)
{
  static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
  int c;
  CY_TRY(peek(in, &c));
  if (c != END)
    step(in);
  if (c == 'u')
    return read_unicode(in, to);
  const char *at = c > 0 ? strchr(letters, c) : NULL;
  if (!at)
    return wrong(in, "there is no such escape with \\");
  cy_buf_u8(to, (uint8_t)meant[at - letters]);
  return NULL;
}

/* What stands plainly, up to a quote, a backslash or the end of the part. */
static cy_err *take_plain(cy_json_stream *in, cy_buf *to)
{
  size_t n = 0;
  while (
    n < in->part.len && in->part.data[n] >= 0x20 && in->part.data[n] != '"' && in->part.data[n] != '\\')
    n++;
  if (to->len + n > STRING_BYTES)
    return wrong(in, "a string has more than 65536 bytes");
  cy_buf_put(to, in->part.data, n);
  in->part = cy_span_of(in->part.data + n, in->part.len - n);
  return NULL;
}

/* Behind the opening quote. */
static cy_err *read_string(cy_json_stream *in, cy_buf *to)
{
  size_t line = in->line;
  cy_buf_reset(to);
  for (;;) {
    int c;
    CY_TRY(peek(in, &c));
    if (c == END || c == '\n')
      return cy_err_new(CY_E_CONF_JSON, "%s:%zu: this string is not closed", in->lines.name, line);
    if (c < 0x20)
      return wrong(in, "a control character in a string");
    if (c == '"' || c == '\\')
      step(in);
    if (c == '"')
      break;
    CY_TRY(c == '\\' ? read_escape(in, to) : take_plain(in, to));
  }
  CY_TRY(cy_buf_check(to));
  if (!cy_utf8_valid(cy_buf_get(to)))
    return wrong(in, "a string is not UTF-8");
  return NULL;
}

/* -?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)? */
static bool is_number(cy_span s)
{
  size_t i = s.len && s.data[0] == '-', from = i;
#define DIGITS() for (; i < s.len && s.data[i] >= '0' && s.data[i] <= '9'; i++)
  DIGITS();
  if (i == from || (s.data[from] == '0' && i - from > 1))
    return false;
  if (i < s.len && s.data[i] == '.') {
    from = ++i;
    DIGITS();
    if (i == from)
      return false;
  }
  if (i < s.len && (s.data[i] | 0x20) == 'e') {
    i++;
    i += i < s.len && (s.data[i] == '+' || s.data[i] == '-');
    from = i;
    DIGITS();
    if (i == from)
      return false;
  }
#undef DIGITS
  return i == s.len;
}

static bool is_word_byte(int c)
{
  int low = c | 0x20;
  return c != END && ((low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' ||
                       c == '.' || c == '_' || c == '\'');
}

static cy_err *read_word(cy_json_stream *in, cy_json_event *event)
{
  int c;
  cy_buf_reset(&in->value);
  CY_TRY(peek(in, &c));
  while (is_word_byte(c) && in->value.len < NUMBER_BYTES) {
    cy_buf_u8(&in->value, (uint8_t)c);
    step(in);
    CY_TRY(peek(in, &c));
  }
  event->value = cy_buf_get(&in->value);
  if (cy_span_equal(event->value, CY_SPAN("true")))
    event->kind = CY_JSON_TRUE;
  else if (cy_span_equal(event->value, CY_SPAN("false")))
    event->kind = CY_JSON_FALSE;
  else if (cy_span_equal(event->value, CY_SPAN("null")))
    event->kind = CY_JSON_NULL;
  else if (is_number(event->value))
    event->kind = CY_JSON_NUMBER;
  else if (c == END && !event->value.len)
    return wrong(in, "the file ends in the middle");
  else
    return wrong(in, c == '\'' || (event->value.len && memchr(event->value.data, '\'', event->value.len))
                       ? "JSON wants double quotes, not single ones"
                     : c == '/' || c == '#' ? "JSON has no comments"
                                            : "this is no value of JSON: strings stand in double quotes");
  return cy_buf_check(&in->value);
}

static cy_err *open_level(cy_json_stream *in, bool list)
{
  if (in->depth >= CY_MAX_DEPTH)
    return wrong(in, "nested more than 32 levels deep");
  uint32_t bit = 1u << in->depth++;
  in->lists = list ? in->lists | bit : in->lists & ~bit;
  in->filled &= ~bit;
  return NULL;
}

static cy_err *read_value(cy_json_stream *in, cy_json_event *event)
{
  int c;
  CY_TRY(skip_blanks(in, &c));
  event->line = in->line;
  event->value = CY_SPAN_NONE;
  if (c == '"') {
    step(in);
    CY_TRY(read_string(in, &in->value));
    event->kind = CY_JSON_STRING;
    event->value = cy_buf_get(&in->value);
    return NULL;
  }
  if (c != '{' && c != '[')
    return read_word(in, event);
  step(in);
  event->kind = c == '{' ? CY_JSON_OBJECT : CY_JSON_LIST;
  return open_level(in, c == '[');
}

static cy_err *read_key(cy_json_stream *in, int c, cy_json_event *event)
{
  if (c != '"')
    return wrong(in, c == '}'   ? "a comma too many before }"
                     : c == END ? "the file ends in the middle"
                                : "the name of a member in double quotes is missing here");
  step(in);
  CY_TRY(read_string(in, &in->key));
  event->key = cy_buf_get(&in->key);
  CY_TRY(skip_blanks(in, &c));
  if (c != ':')
    return wrong(in, "a colon is missing after the name of a member");
  step(in);
  return NULL;
}

static cy_err *close_level(cy_json_stream *in, cy_json_event *event)
{
  step(in);
  in->depth--;
  event->kind = CY_JSON_CLOSE;
  event->line = in->line;
  event->depth = in->depth;
  in->done = in->depth == 0;
  return NULL;
}

static cy_err *at_end(cy_json_stream *in, bool *more)
{
  int c;
  *more = false;
  CY_TRY(skip_blanks(in, &c));
  return c == END ? NULL : wrong(in, "something stands behind the end of the document");
}

cy_err *cy_json_stream_next(cy_json_stream *in, cy_json_event *event, bool *more)
{
  int c;
  *event = (cy_json_event){.depth = in->depth, .key = CY_SPAN("")};
  *more = true;
  if (in->done)
    return at_end(in, more);
  CY_TRY(skip_blanks(in, &c));
  if (!in->depth) {
    CY_TRY(read_value(in, event));
    in->done = in->depth == 0;
    return NULL;
  }
  uint32_t bit = 1u << (in->depth - 1);
  bool list = in->lists & bit, filled = in->filled & bit;
  if (c == (list ? ']' : '}'))
    return close_level(in, event);
  if (filled && c != ',')
    return wrong(in, c == END ? "the file ends in the middle" : "a comma is missing before this");
  if (filled) {
    step(in);
    CY_TRY(skip_blanks(in, &c));
  }
  in->filled |= bit;
  if (!list)
    CY_TRY(read_key(in, c, event));
  else if (c == ']')
    return wrong(in, "a comma too many before ]");
  return read_value(in, event);
}

cy_err *cy_json_stream_skip(cy_json_stream *in, const cy_json_event *event)
{
  unsigned depth = event->depth;
  bool more = event->kind == CY_JSON_OBJECT || event->kind == CY_JSON_LIST;
  while (more && in->depth > depth) {
    cy_json_event inner;
    CY_TRY(cy_json_stream_next(in, &inner, &more));
  }
  return NULL;
}
