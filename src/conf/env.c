#include "conf/env.h"

#include "base/text.h"

static void begin(cy_env *in)
{
  *in = (cy_env){.line = CY_BUF(CY_LINE_BYTES), .value = CY_BUF(CY_LINE_BYTES)};
}

cy_err *cy_env_open(cy_env *in, const char *path)
{
  begin(in);
  return cy_lines_open(&in->lines, path);
}

cy_err *cy_env_over(cy_env *in, const char *name, cy_span text)
{
  begin(in);
  return cy_lines_over(&in->lines, name, text);
}

void cy_env_clear(cy_env *in)
{
  cy_lines_clear(&in->lines);
  cy_buf_clear(&in->line);
  cy_buf_clear(&in->value);
}

static int byte_at(const cy_env *in, size_t at)
{
  return at < in->line.len ? in->line.data[at] : -1;
}

static bool is_name(int c)
{
  int low = c | 0x20;
  return c > 0 && ((low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') || c == '_');
}

static void skip_blanks(cy_env *in)
{
  while (strchr(" \t;&", byte_at(in, in->at) > 0 ? byte_at(in, in->at) : 'x'))
    in->at++;
}

static cy_span take_name(cy_env *in)
{
  size_t from = in->at;
  while (is_name(byte_at(in, in->at)))
    in->at++;
  return cy_span_of(in->line.data + from, in->at - from);
}

static void put_backslash(cy_env *in, bool double_quoted)
{
  int next = byte_at(in, in->at + 1);
  if (next < 0 || (double_quoted && !strchr("\"\\$`", next)))
    cy_buf_u8(&in->value, '\\');
  else
    cy_buf_u8(&in->value, (uint8_t)byte_at(in, ++in->at));
  in->at++;
}

/* A shell's word: quotes of both kinds, and backslashes. */
static void take_word(cy_env *in, cy_env_item *item)
{
  int quote = 0;
  for (int c; (c = byte_at(in, in->at)) >= 0;) {
    if (!quote && strchr(" \t;&|", c))
      break;
    if (c == '\\' && quote != '\'') {
      put_backslash(in, quote == '"');
      continue;
    }
    in->at++;
    if ((c == '"' || c == '\'') && (!quote || quote == c)) {
      quote = quote ? 0 : c;
      continue;
    }
    item->open = item->open || (quote != '\'' && (c == '$' || c == '`'));
    cy_buf_u8(&in->value, (uint8_t)c);
  }
}

/* STDENV and Windows: all up to the end of the line. */
static void take_line(cy_env *in)
{
  cy_span rest = cy_line_trim(cy_span_of(in->line.data + in->at, in->line.len - in->at));
  if (rest.len >= 2 && rest.data[0] == '"' && rest.data[rest.len - 1] == '"')
    rest = cy_span_of(rest.data + 1, rest.len - 2);
  cy_buf_span(&in->value, rest);
  in->at = in->line.len;
}

static bool word_is(cy_span word, const char *name)
{
  return cy_ascii_equal_nocase(word, cy_span_str(name));
}

/* ENVAR("A=b") and ENVAR("A=b","C=d"): as if they stood alone; Environment="A=b" likewise. */
static bool is_wrapper(cy_span word)
{
  return word_is(word, "ENVAR") || word_is(word, "Environment");
}

/* The word in quotes that begins here becomes the rest of the line. */
static void unwrap(cy_env *in)
{
  if (byte_at(in, in->at) == '=')
    in->at++;
  for (size_t i = in->at; i < in->line.len; i++)
    if (strchr("()\",", in->line.data[i]))
      in->line.data[i] = ' ';
}

/* Tries to read an assignment where we are. */
static bool take_assignment(cy_env *in, cy_env_item *item, bool whole_line)
{
  size_t from = in->at;
  item->name = take_name(in);
  item->open = false;
  cy_buf_reset(&in->value);
  if (!item->name.len || byte_at(in, in->at) != '=' || is_wrapper(item->name) ||
      (item->name.data[0] >= '0' && item->name.data[0] <= '9')) {
    in->at = from;
    return false;
  }
  in->at++;
  if (whole_line)
    take_line(in);
  else
    take_word(in, item);
  item->value = cy_buf_get(&in->value);
  return true;
}

static void drop_line(cy_env *in)
{
  in->at = in->line.len;
}

/* What a line begins with. false: it sets nothing here. */
static bool take_item(cy_env *in, cy_env_item *item)
{
  skip_blanks(in);
  if (byte_at(in, in->at) < 0 || byte_at(in, in->at) == '#')
    return drop_line(in), false;
  if (byte_at(in, in->at) == '-' && byte_at(in, in->at + 1) == ' ') /* a list in YAML */
    in->at += 2;
  if (take_assignment(in, item, false))
    return true;
  size_t from = in->at;
  cy_span word = take_name(in);
  if (in->exporting && word.len)
    return false; /* export A: of the same line */
  in->exporting =
    word_is(word, "export") || word_is(word, "declare") || word_is(word, "typeset") || word_is(word, "env");
  if (in->exporting) {
    while (byte_at(in, in->at) == ' ' && byte_at(in, in->at + 1) == '-')
      for (in->at++; byte_at(in, in->at) > ' ';)
        in->at++;
    return false;
  }
  if (is_wrapper(word))
    return unwrap(in), false;
  skip_blanks(in);
  if (word_is(word, "set") && take_assignment(in, item, true))
    return true;
  if (word_is(word, "setenv") || word_is(word, "unset")) {
    item->name = take_name(in);
    skip_blanks(in);
    cy_buf_reset(&in->value);
    item->removed = word_is(word, "unset");
    if (!item->removed)
      take_word(in, item);
    item->value = cy_buf_get(&in->value);
    return item->name.len > 0;
  }
  /* Some other command: only what stands behind a ; can set anything. */
  in->at = from;
  while (byte_at(in, in->at) >= 0 && byte_at(in, in->at) != ';')
    in->at++;
  return false;
}

/* A line that ends with \ goes on (shells, and z/OS's STDENV). */
static cy_err *next_line(cy_env *in, bool *more)
{
  cy_span line;
  bool again = true;
  cy_buf_reset(&in->line);
  in->at = 0;
  in->exporting = false;
  for (*more = true; again;) {
    CY_TRY(cy_lines_next(&in->lines, &line, &again));
    if (!again)
      break;
    again = line.len && line.data[line.len - 1] == '\\' && in->line.len + line.len < CY_LINE_BYTES / 2;
    cy_buf_put(&in->line, line.data, line.len - again);
    if (!again)
      return cy_buf_check(&in->line);
  }
  *more = in->line.len > 0;
  return cy_buf_check(&in->line);
}

cy_err *cy_env_next(cy_env *in, cy_env_item *item, bool *more)
{
  for (;;) {
    *item = (cy_env_item){0};
    while (in->at < in->line.len) {
      if (take_item(in, item)) {
        item->line = in->lines.line;
        *more = true;
        return cy_buf_check(&in->value);
      }
    }
    CY_TRY(next_line(in, more));
    if (!*more)
      return NULL;
  }
}
