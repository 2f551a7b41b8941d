/* A pull reader: what comes next depends on the level and on what was there before. */
#include "base/json_read.h"

#include "base/text.h"

bool cy_json_cut(const cy_json_in *in)
{
  return in->at >= in->text.len;
}

cy_json_in cy_json_read(cy_span text)
{
  return (cy_json_in){.text = text};
}

/* Whatever was to come next: where nothing comes any more, that is what is wrong. */
static bool fail(cy_json_in *in, const char *wrong)
{
  if (!in->wrong)
    in->wrong = cy_json_cut(in) ? "the text ends in the middle" : wrong;
  return false;
}

static int peek(const cy_json_in *in)
{
  return in->at < in->text.len ? in->text.data[in->at] : -1;
}

static void skip_blanks(cy_json_in *in)
{
  for (int c = peek(in); c == ' ' || c == '\t' || c == '\n' || c == '\r'; c = peek(in))
    in->at++;
}

static bool take(cy_json_in *in, int c)
{
  if (peek(in) != c)
    return false;
  in->at++;
  return true;
}

/* Strings. */

static int hex_digit(int c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The number behind \u; false: not four digits. */
static bool hex4(cy_span text, size_t at, uint32_t *value)
{
  *value = 0;
  if (at > text.len || text.len - at < 4)
    return false;
  for (size_t i = at; i < at + 4; i++) {
    int digit = hex_digit(text.data[i]);
    if (digit < 0)
      return false;
    *value = *value << 4 | (uint32_t)digit;
  }
  return true;
}

/* A code point behind \u at `at`, with its second half where it needs one; 0 length: wrong. */
static size_t code_point(cy_span text, size_t at, uint32_t *value)
{
  uint32_t low;
  if (!hex4(text, at, value))
    return 0;
  if (*value < 0xd800 || *value > 0xdfff)
    return 4;
  bool pair = *value < 0xdc00 && text.len - at >= 10 && text.data[at + 4] == '\\' &&
              text.data[at + 5] == 'u' && hex4(text, at + 6, &low) && low >= 0xdc00 && low <= 0xdfff;
  if (!pair)
    return 0;
  *value = 0x10000 + ((*value - 0xd800) << 10) + (low - 0xdc00);
  return 10;
}

static bool read_escape(cy_json_in *in)
{
  uint32_t value;
  int c = peek(in);
  in->at++;
  if (c == 'u') {
    size_t len = code_point(in->text, in->at, &value);
    if (!len && !memchr(in->text.data + in->at, '"', in->text.len - in->at))
      in->at = in->text.len;
    in->at += len;
    return len > 0;
  }
  return c > 0 && strchr("\"\\/bfnrt", c) != NULL;
}

static bool read_string(cy_json_in *in, cy_span *out)
{
  if (!take(in, '"'))
    return fail(in, "a string was expected");
  size_t start = in->at;
  for (;;) {
    int c = peek(in);
    if (c < ' ')
      return fail(in, "a control character in a string");
    in->at++;
    if (c == '"')
      break;
    if (c == '\\' && !read_escape(in))
      return fail(in, "an escape in a string is wrong");
  }
  *out = cy_span_of(in->text.data + start, in->at - 1 - start);
  return cy_utf8_valid(*out) || fail(in, "a string is not UTF-8");
}

void cy_json_unquote(cy_buf *out, cy_span quoted)
{
  static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
  for (size_t i = 0; i < quoted.len; i++) {
    uint32_t value;
    if (quoted.data[i] != '\\' || i + 1 == quoted.len) {
      cy_buf_u8(out, quoted.data[i]);
      continue;
    }
    char c = (char)quoted.data[++i];
    const char *known = c ? strchr(from, c) : NULL;
    if (c == 'u') {
      i += code_point(quoted, i + 1, &value);
      cy_utf8_put(out, value);
    } else {
      cy_buf_u8(out, (uint8_t)(known ? to[known - from] : c));
    }
  }
}

bool cy_json_is(cy_span quoted, const char *word)
{
  if (cy_span_equal(quoted, cy_span_str(word)))
    return true;
  if (!quoted.len || !memchr(quoted.data, '\\', quoted.len))
    return false;
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  cy_json_unquote(&text, quoted);
  return cy_span_equal(cy_buf_get(&text), cy_span_str(word));
}

/* Numbers and words. */

static bool digits(cy_json_in *in)
{
  size_t start = in->at;
  for (int c = peek(in); c >= '0' && c <= '9'; c = peek(in))
    in->at++;
  return in->at > start;
}

static bool read_number(cy_json_in *in, cy_span *out)
{
  size_t start = in->at;
  take(in, '-');
  bool good = take(in, '0') || digits(in);
  if (good && take(in, '.'))
    good = digits(in);
  if (good && (take(in, 'e') || take(in, 'E'))) {
    if (!take(in, '+'))
      take(in, '-');
    good = digits(in);
  }
  *out = cy_span_of(in->text.data + start, in->at - start);
  return good || fail(in, "a number is wrong");
}

static bool read_word(cy_json_in *in, const char *word)
{
  size_t len = strlen(word);
  size_t left = in->text.len - in->at < len ? in->text.len - in->at : len;
  if (memcmp(in->text.data + in->at, word, left) != 0)
    return fail(in, "a value was expected");
  if (left < len) {
    in->at = in->text.len;
    return fail(in, "a value was expected");
  }
  in->at += len;
  return true;
}

/* Levels. */

static bool in_list(const cy_json_in *in)
{
  return in->lists >> (in->depth - 1) & 1;
}

static bool open(cy_json_in *in, bool list)
{
  in->at++;
  if (in->depth >= CY_MAX_DEPTH)
    return fail(in, "it is nested too deep");
  in->depth++;
  uint32_t bit = (uint32_t)1 << (in->depth - 1);
  in->lists = list ? in->lists | bit : in->lists & ~bit;
  in->filled &= ~bit;
  return true;
}

static bool read_value(cy_json_in *in, cy_json_item *item)
{
  switch (peek(in)) {
  case '{':
    item->kind = CY_JSON_OBJECT;
    return open(in, false);
  case '[':
    item->kind = CY_JSON_LIST;
    return open(in, true);
  case '"':
    item->kind = CY_JSON_STRING;
    return read_string(in, &item->value);
  case 't':
    item->kind = CY_JSON_TRUE;
    return read_word(in, "true");
  case 'f':
    item->kind = CY_JSON_FALSE;
    return read_word(in, "false");
  case 'n':
    item->kind = CY_JSON_NULL;
    return read_word(in, "null");
  default:
    item->kind = CY_JSON_NUMBER;
    return peek(in) == '-' || (peek(in) >= '0' && peek(in) <= '9') ? read_number(in, &item->value)
                                                                   : fail(in, "a value was expected");
  }
}

/* The comma before an element and, in an object, its key. */
static bool read_before(cy_json_in *in, cy_json_item *item)
{
  uint32_t bit = (uint32_t)1 << (in->depth - 1);
  if (in->filled & bit && !take(in, ','))
    return fail(in, "a comma was expected");
  in->filled |= bit;
  skip_blanks(in);
  if (in_list(in))
    return true;
  if (!read_string(in, &item->key))
    return false;
  skip_blanks(in);
  if (!take(in, ':'))
    return fail(in, "a colon was expected");
  skip_blanks(in);
  return true;
}

static bool read_end(cy_json_in *in)
{
  skip_blanks(in);
  if (in->at < in->text.len)
    return fail(in, "something stands after the document");
  return false;
}

bool cy_json_next(cy_json_in *in, cy_json_item *item)
{
  *item = (cy_json_item){0};
  if (in->wrong)
    return false;
  if (in->done)
    return read_end(in);
  skip_blanks(in);
  if (in->depth && peek(in) == (in_list(in) ? ']' : '}')) {
    in->at++;
    item->kind = CY_JSON_CLOSE;
    in->depth--;
  } else if ((in->depth && !read_before(in, item)) || !read_value(in, item)) {
    return false;
  }
  in->done = in->depth == 0;
  return true;
}
