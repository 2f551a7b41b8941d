/* Erlang's notation of terms, read by descent. */
#include "conf/erlang.h"

#include "base/text.h"
#include "conf/codes.h"

typedef struct {
  cy_erlang *out;
  const char *file;
  cy_span text;
  size_t at, line;
  unsigned depth;
} input;

static int peek_at(const input *in, size_t more)
{
  return in->at + more < in->text.len ? in->text.data[in->at + more] : -1;
}

static int peek(const input *in)
{
  return peek_at(in, 0);
}

static int take(input *in)
{
  int c = peek(in);
  in->at += c >= 0;
  in->line += c == '\n';
  return c;
}

static bool take_word(input *in, const char *word)
{
  size_t len = strlen(word);
  if (in->text.len - in->at < len || memcmp(in->text.data + in->at, word, len) != 0)
    return false;
  in->at += len;
  return true;
}

static cy_err *wrong(const input *in, const char *what)
{
  const char *why = in->at >= in->text.len ? "the file ends in the middle of a term" : what;
  return cy_err_hint(cy_err_new(CY_E_CONF_MALFORMED, "%s:%zu: %s", in->file, in->line, why),
    "Erlang's terms are [lists], {tuples}, atoms, numbers and \"strings\", with commas between and a full "
    "stop "
    "at the end.");
}

/* Blanks, and comments from % to the end of the line. */
static void skip_blanks(input *in)
{
  for (int c = peek(in); c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '%';
       c = peek(in)) {
    if (c == '%')
      while (peek(in) >= 0 && peek(in) != '\n')
        take(in);
    else
      take(in);
  }
}

static bool is_letter(int c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '@';
}

static bool is_digit(int c)
{
  return c >= '0' && c <= '9';
}

/* Texts. */

static unsigned hex_value(int c)
{
  int low = c | 0x20;
  return is_digit(c) ? (unsigned)(c - '0') : low >= 'a' && low <= 'f' ? (unsigned)(low - 'a' + 10) : 16;
}

/* \x41, \x{1f600}; false: it is none. */
static bool take_hex(input *in, uint32_t *value)
{
  bool braces = peek(in) == '{';
  size_t count = 0;
  *value = 0;
  in->at += braces;
  for (unsigned digit; (braces ? count < 6 : count < 2) && (digit = hex_value(peek(in))) < 16; count++) {
    *value = *value << 4 | digit;
    in->at++;
  }
  bool good = count && (braces ? peek(in) == '}' : count == 2);
  in->at += good && braces;
  return good;
}

static bool take_escape(input *in, uint32_t *value)
{
  static const char names[] = "bdefnrstv", means[] = "\b\x7f\x1b\f\n\r \t\v";
  int c = take(in);
  const char *known = c > 0 ? strchr(names, c) : NULL;
  *value = known ? (uint32_t)(unsigned char)means[known - names] : (uint32_t)c;
  if (c == 'x')
    return take_hex(in, value);
  if (c == '^') {
    *value = (uint32_t)take(in) & 0x1f;
    return in->at < in->text.len;
  }
  for (int i = 0; c >= '0' && c <= '7' && (i == 0 || (i < 3 && peek(in) >= '0' && peek(in) <= '7')); i++)
    *value = i ? *value << 3 | (uint32_t)(take(in) - '0') : (uint32_t)(c - '0');
  return c >= 0;
}

/* Up to the quote; texts beside one another are one. */
static cy_err *take_quoted(input *in, int quote, cy_buf *text)
{
  for (;;) {
    int c = take(in);
    uint32_t value;
    if (c < 0)
      return wrong(in, "");
    if (c == quote)
      return NULL;
    if (c == 0)
      return wrong(in, "a zero octet: this is no text");
    if (c != '\\') {
      cy_buf_u8(text, (uint8_t)c);
      continue;
    }
    if (!take_escape(in, &value) || !value)
      return wrong(in, "an escape that is none");
    cy_utf8_put(text, value);
  }
}

static cy_err *take_string(input *in, cy_buf *text)
{
  while (peek(in) == '"') {
    take(in);
    CY_TRY(take_quoted(in, '"', text));
    skip_blanks(in);
  }
  return NULL;
}

/* <<"text">>, <<"text"/utf8>>, <<1,2,3>>: what is no text stays empty. */
static cy_err *take_binary(input *in, cy_buf *text)
{
  skip_blanks(in);
  if (peek(in) == '"')
    CY_TRY(take_string(in, text));
  while (peek(in) >= 0 && !take_word(in, ">>"))
    take(in);
  return in->at >= in->text.len ? wrong(in, "") : NULL;
}

/* Digits of any base (16#ff), floats. */
static void take_number(input *in, cy_buf *text)
{
  if (peek(in) == '-' || peek(in) == '+')
    cy_buf_u8(text, (uint8_t)take(in));
  while (is_letter(peek(in)) || peek(in) == '#' || (peek(in) == '.' && is_digit(peek_at(in, 1))) ||
         ((peek(in) == '-' || peek(in) == '+') && (peek_at(in, (size_t)-1) | 0x20) == 'e'))
    cy_buf_u8(text, (uint8_t)take(in));
}

/* Terms. */

static cy_err *take_term(input *in, cy_erlang_term **out);

static cy_err *new_term(input *in, cy_erlang_term **out)
{
  cy_erlang_term *term = cy_arena_alloc(&in->out->arena, sizeof *term);
  CY_TRY_ALLOC(term);
  *term = (cy_erlang_term){.kind = CY_ERLANG_ATOM, .text = "", .line = in->line};
  *out = term;
  return NULL;
}

static cy_err *set_text(input *in, cy_erlang_term *term, cy_buf *text)
{
  CY_TRY(cy_buf_check(text));
  term->text = cy_arena_str(&in->out->arena, cy_buf_get(text));
  CY_TRY_ALLOC(term->text);
  return NULL;
}

/* What stands between two parts: a comma, in a map => after each key. *done: the closing bracket came. */
static cy_err *take_between(input *in, const char *close, bool key, bool *done)
{
  skip_blanks(in);
  *done = !key && take_word(in, close);
  if (*done)
    return NULL;
  if (key ? take_word(in, "=>") || take_word(in, ":=") : peek(in) == ',') {
    in->at += !key;
    return NULL;
  }
  return wrong(in, key ? "=> is missing behind a key" : "a comma or a closing bracket is missing");
}

static cy_err *take_parts(input *in, cy_erlang_term *whole, const char *close)
{
  const cy_erlang_term **end = &whole->first;
  bool done, key = whole->kind == CY_ERLANG_MAP;
  if (++in->depth > CY_MAX_DEPTH)
    return wrong(in, "terms inside of terms, too deep");
  skip_blanks(in);
  done = take_word(in, close);
  while (!done) {
    cy_erlang_term *part;
    CY_TRY(take_term(in, &part));
    *end = part;
    end = &part->next;
    CY_TRY(take_between(in, close, key, &done));
    key = whole->kind == CY_ERLANG_MAP && !key;
  }
  in->depth--;
  return NULL;
}

static cy_err *take_text(input *in, cy_erlang_term *term)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  int c = peek(in);
  if (term->kind == CY_ERLANG_BINARY) {
    CY_TRY(take_binary(in, &text));
  } else if (term->kind == CY_ERLANG_STRING) {
    CY_TRY(take_string(in, &text));
  } else if (c == '\'') {
    take(in);
    CY_TRY(take_quoted(in, '\'', &text));
  } else if (c == '$') {
    uint32_t value;
    take(in);
    c = take(in);
    value = (uint32_t)c;
    if (c < 0 || (c == '\\' && !take_escape(in, &value)))
      return wrong(in, "$ without a character");
    cy_buf_printf(&text, "%u", value);
  } else if (term->kind == CY_ERLANG_NUMBER) {
    take_number(in, &text);
  } else {
    while (is_letter(peek(in)))
      cy_buf_u8(&text, (uint8_t)take(in));
  }
  return set_text(in, term, &text);
}

static cy_err *take_term(input *in, cy_erlang_term **out)
{
  static const struct {
    const char *open, *close;
    cy_erlang_kind kind;
  } brackets[] = {{"[", "]", CY_ERLANG_LIST}, {"{", "}", CY_ERLANG_TUPLE}, {"#{", "}", CY_ERLANG_MAP}};
  skip_blanks(in);
  CY_TRY(new_term(in, out));
  for (size_t i = 0; i < CY_COUNT(brackets); i++)
    if (take_word(in, brackets[i].open)) {
      (*out)->kind = brackets[i].kind;
      return take_parts(in, *out, brackets[i].close);
    }
  int c = peek(in);
  bool sign = (c == '-' || c == '+') && is_digit(peek_at(in, 1));
  (*out)->kind = take_word(in, "<<")               ? CY_ERLANG_BINARY
                 : c == '"'                        ? CY_ERLANG_STRING
                 : is_digit(c) || sign || c == '$' ? CY_ERLANG_NUMBER
                                                   : CY_ERLANG_ATOM;
  if ((*out)->kind == CY_ERLANG_ATOM && c != '\'' && (c < 'a' || c > 'z'))
    return wrong(in, "this begins no term");
  return take_text(in, *out);
}

static cy_err *take_all(input *in)
{
  const cy_erlang_term **end = &in->out->first;
  for (;;) {
    cy_erlang_term *term;
    skip_blanks(in);
    if (in->at >= in->text.len)
      return NULL;
    CY_TRY(take_term(in, &term));
    *end = term;
    end = &term->next;
    skip_blanks(in);
    if (take(in) != '.')
      return wrong(in, "a full stop is missing behind a term");
  }
}

cy_err *cy_erlang_parse(cy_erlang *out, const char *file, cy_span text)
{
  *out = (cy_erlang){0};
  input in = {.out = out, .file = file, .text = text, .line = 1};
  cy_err *err = take_all(&in);
  if (err)
    cy_erlang_clear(out);
  return err;
}

void cy_erlang_clear(cy_erlang *terms)
{
  cy_arena_clear(&terms->arena);
  *terms = (cy_erlang){0};
}

const cy_erlang_term *cy_erlang_get(
  const cy_erlang_term *list, const char *key, const cy_erlang_term **bare)
{
  *bare = NULL;
  if (list && list->kind == CY_ERLANG_MAP) {
    for (const cy_erlang_term *k = list->first; k && k->next; k = k->next->next)
      if (strcmp(k->text, key) == 0)
        return k->next;
    return NULL;
  }
  for (const cy_erlang_term *t = list && list->kind == CY_ERLANG_LIST ? list->first : NULL; t;
       t = t->next) {
    if (t->kind == CY_ERLANG_ATOM && strcmp(t->text, key) == 0) {
      *bare = t;
      return NULL;
    }
    if (t->kind == CY_ERLANG_TUPLE && t->first && t->first->next && strcmp(t->first->text, key) == 0)
      return t->first->next;
  }
  return NULL;
}
