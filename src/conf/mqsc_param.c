#include "conf/mqsc_param.h"

#include "base/mem.h"
#include "base/text.h"

typedef struct {
  cy_mqsc *in;
  cy_mqsc_command *command;
  const uint8_t *start, *p, *end;
  size_t piece; /* that p stands in: looked for forwards only */
} walk;

cy_err *cy_mqsc_add_piece(cy_mqsc *in, cy_span part, size_t line, size_t column)
{
  if (!cy_grow(&in->pieces, &in->piece_cap, in->piece_count + 1, sizeof *in->pieces))
    return cy_err_no_memory();
  in->pieces[in->piece_count++] = (cy_mqsc_piece){in->text.len, line, column};
  cy_buf_span(&in->text, part);
  return NULL;
}

static void locate(walk *w, const uint8_t *at, size_t *line, size_t *column)
{
  const cy_mqsc *in = w->in;
  size_t offset = (size_t)(at - w->start), piece = w->piece;
  while (piece + 1 < in->piece_count && in->pieces[piece + 1].offset <= offset)
    piece++;
  *line = in->pieces[piece].line;
  *column = in->pieces[piece].column + offset - in->pieces[piece].offset;
  w->piece = piece;
}

static void fail(walk *w, const uint8_t *at, const char *what)
{
  if (w->command->wrong)
    return;
  w->command->wrong = what;
  locate(w, at, &w->command->wrong_line, &w->command->wrong_column);
  w->p = w->end;
}

static bool is_separator(uint8_t c)
{
  return c == ' ' || c == ',' || c == '\t';
}

static void skip(walk *w, bool commas)
{
  while (w->p < w->end && is_separator(*w->p) && (commas || *w->p != ','))
    w->p++;
}

/* Room was made for all that the text can become, so nothing moves. */
static cy_span put(cy_buf *to, cy_span text, bool capitals)
{
  uint8_t *at = cy_buf_reserve(to, text.len);
  if (!at)
    return CY_SPAN_NONE;
  for (size_t i = 0; i < text.len; i++) {
    uint8_t c = text.data[i];
    at[i] = capitals && c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
  }
  to->len += text.len;
  return cy_span_of(at, text.len);
}

static cy_span take_word(walk *w)
{
  const uint8_t *from = w->p;
  while (w->p < w->end && !is_separator(*w->p) && *w->p != '(' && *w->p != ')' && *w->p != '\'')
    w->p++;
  return cy_span_of(from, (size_t)(w->p - from));
}

/* One piece in quotes, appended; false: its end is missing. */
static bool read_quoted(walk *w, cy_buf *to)
{
  const uint8_t *open = w->p++;
  for (;;) {
    const uint8_t *close = memchr(w->p, '\'', (size_t)(w->end - w->p));
    if (!close) {
      fail(w, open, "this quote is not closed");
      return false;
    }
    put(to, cy_span_of(w->p, (size_t)(close - w->p)), false);
    w->p = close + 1;
    if (w->p == w->end || *w->p != '\'')
      return true;
    put(to, CY_SPAN("'"), false);
    w->p++;
  }
}

/* 'a' or 'a','b': the second comes out as a,b. */
static void read_list(walk *w, cy_mqsc_param *param)
{
  cy_buf *to = &w->in->decoded;
  size_t from = to->len;
  bool first = true;
  while (w->p < w->end && *w->p == '\'') {
    if (!first)
      put(to, CY_SPAN(","), false);
    first = false;
    if (!read_quoted(w, to))
      return;
    skip(w, true);
  }
  param->value = param->written = cy_span_of(to->data + from, to->len - from);
  param->quoted = true;
  if (w->p == w->end || *w->p != ')')
    fail(w, w->p < w->end ? w->p : w->end - 1, "after a value in quotes ) is missing");
  else
    w->p++;
}

/* Up to the parenthesis that closes it; there may be pairs inside: host(1414). */
static void read_plain(walk *w, cy_mqsc_param *param, const uint8_t *open)
{
  const uint8_t *from = w->p;
  unsigned depth = 0;
  for (; w->p < w->end && (depth || *w->p != ')'); w->p++)
    depth += *w->p == '(' ? 1u : *w->p == ')' ? -1u : 0u;
  if (w->p == w->end) {
    fail(w, open, "this ( is not closed");
    return;
  }
  param->written = cy_line_trim(cy_span_of(from, (size_t)(w->p - from)));
  w->p++;
  param->written = put(&w->in->decoded, param->written, false);
  param->value = param->written;
  if (w->in->shows)
    return;
  param->value = put(&w->in->decoded, param->written, true);
  param->folded = !cy_span_equal(param->value, param->written);
}

static void read_value(walk *w, cy_mqsc_param *param)
{
  const uint8_t *open = w->p++;
  param->has_value = true;
  skip(w, false);
  if (w->p < w->end && *w->p == '\'' && !w->in->shows)
    read_list(w, param);
  else
    read_plain(w, param, open);
}

static cy_err *read_param(walk *w)
{
  cy_mqsc *in = w->in;
  const uint8_t *at = w->p;
  cy_mqsc_param param = {0};
  locate(w, at, &param.line, &param.column);
  param.name = put(&in->decoded, take_word(w), true);
  if (!param.name.len) {
    fail(w, at,
      *at == ')'   ? "a ) too many"
      : *at == '(' ? "( without a name before it"
                   : "text in quotes that belongs to no attribute");
    return NULL;
  }
  const uint8_t *behind = w->p;
  skip(w, false);
  if (w->p < w->end && *w->p == '(')
    read_value(w, &param);
  else
    w->p = behind;
  if (w->command->count >= CY_MQSC_PARAMS) {
    fail(w, at, "there are more than 1024 words in one command");
    return NULL;
  }
  if (!cy_grow(&in->params, &in->param_cap, w->command->count + 1, sizeof *in->params))
    return cy_err_no_memory();
  in->params[w->command->count++] = param;
  return NULL;
}

static cy_span verb_in_full(cy_span verb)
{
  static const struct {
    const char *word, *full;
  } verbs[] = {{"DEF", "DEFINE"}, {"ALT", "ALTER"}, {"DIS", "DISPLAY"}, {"REF", "REFRESH"}};
  for (size_t i = 0; i < CY_COUNT(verbs); i++)
    if (cy_mqsc_is(verb, verbs[i].word))
      return cy_span_str(verbs[i].full);
  return verb;
}

cy_err *cy_mqsc_split(cy_mqsc *in, cy_mqsc_command *command)
{
  CY_TRY(cy_buf_check(&in->text));
  cy_span text = cy_buf_get(&in->text);
  walk w = {in, command, text.data, text.data, text.data + text.len, 0};
  cy_buf_reset(&in->decoded);
  if (!cy_buf_reserve(&in->decoded, 3 * text.len + 16))
    return cy_buf_check(&in->decoded);
  command->count = 0;
  skip(&w, true);
  if (!in->shows)
    command->verb = verb_in_full(put(&in->decoded, take_word(&w), true));
  if (!in->shows && !command->verb.len)
    fail(&w, w.p, "a command begins with a word such as DEFINE");
  for (skip(&w, true); w.p < w.end; skip(&w, true))
    CY_TRY(read_param(&w));
  command->params = in->params;
  return cy_buf_check(&in->decoded);
}

const cy_mqsc_param *cy_mqsc_find(const cy_mqsc_command *command, const char *name)
{
  for (size_t i = 0; i < command->count; i++)
    if (cy_mqsc_is(command->params[i].name, name))
      return &command->params[i];
  return NULL;
}

bool cy_mqsc_is(cy_span word, const char *name)
{
  return cy_span_equal(word, cy_span_str(name));
}
