#include "conf/mqsc.h"

#include "base/mem.h"
#include "base/text.h"
#include "conf/mqsc_param.h"

static void begin(cy_mqsc *in)
{
  in->text = in->kept = CY_BUF(CY_MQSC_BYTES + CY_LINE_BYTES);
  in->decoded = CY_BUF((size_t)1 << 20);
}

cy_err *cy_mqsc_open(cy_mqsc *in, const char *path)
{
  *in = (cy_mqsc){0};
  begin(in);
  return cy_lines_open(&in->lines, path);
}

cy_err *cy_mqsc_over(cy_mqsc *in, const char *name, cy_span text)
{
  *in = (cy_mqsc){0};
  begin(in);
  return cy_lines_over(&in->lines, name, text);
}

void cy_mqsc_clear(cy_mqsc *in)
{
  cy_lines_clear(&in->lines);
  cy_buf_clear(&in->text);
  cy_buf_clear(&in->decoded);
  cy_buf_clear(&in->kept);
  cy_free(in->pieces);
  cy_free(in->params);
  *in = (cy_mqsc){.lines = {.fd = -1}};
}

static void restart(cy_mqsc *in)
{
  cy_buf_reset(&in->text);
  in->piece_count = 0;
}

/* The command ends at a ; outside of quotes. What is behind it waits. */
static cy_err *cut_at_end(cy_mqsc *in, cy_span part, size_t column, bool *quoted, cy_span *used, bool *ends)
{
  size_t i = 0;
  for (; i < part.len && (*quoted || part.data[i] != ';'); i++)
    if (part.data[i] == '\'')
      *quoted = !*quoted;
  *ends = i < part.len;
  *used = cy_span_of(part.data, i);
  if (*ends) {
    /* `part` may itself be what was kept. */
    CY_AUTO_STR char *rest = cy_strndup((const char *)part.data + i + 1, part.len - i - 1);
    CY_TRY_ALLOC(rest);
    size_t len = part.len - i - 1;
    CY_TRY(cy_mqsc_add_piece(in, *used, in->lines.line, column));
    cy_buf_reset(&in->kept);
    cy_buf_put(&in->kept, rest, len);
    in->kept_column = column + i + 1;
  } else {
    CY_TRY(cy_mqsc_add_piece(in, *used, in->lines.line, column));
  }
  return NULL;
}

/* CSQINP members have records of 80 columns, of which the last eight are numbers and no part of a command:
 * seen by the digits there, or known by the text having been in EBCDIC. */
static cy_span without_numbers(const cy_mqsc *in, cy_span line)
{
  enum { CODE = 72, RECORD = 80 };
  bool digits = line.len == RECORD, host = in->lines.charset.charset == CY_CHARSET_EBCDIC;
  for (size_t i = CODE; digits && i < RECORD; i++)
    digits = line.data[i] >= '0' && line.data[i] <= '9';
  return line.len > CODE && line.len <= RECORD && (digits || host) ? cy_span_of(line.data, CODE) : line;
}

/* A line of its own, or what stood behind a ; on the last one. */
static cy_err *next_part(cy_mqsc *in, cy_span *part, size_t *column, bool *more)
{
  *column = 1;
  if (in->kept.len) {
    *part = cy_buf_get(&in->kept);
    *column = in->kept_column;
    in->kept.len = 0;
    *more = true;
    return NULL;
  }
  CY_TRY(cy_lines_next(&in->lines, part, more));
  if (*more)
    *part = without_numbers(in, *part);
  return NULL;
}

static bool is_comment(cy_span part, size_t column, bool between)
{
  if (column == 1 && part.len && part.data[0] == '*')
    return true;
  cy_span text = cy_line_trim(part);
  return between && text.len && text.data[0] == '*';
}

typedef struct {
  char mark; /* + or -, by which the last line goes on; 0: it does not */
  bool quoted;
  bool too_long;
} joint;

/* Takes the mark at the end of a line away. */
static cy_span take_mark(cy_span part, char *mark)
{
  cy_span text = part;
  while (text.len && strchr(" \t\r", text.data[text.len - 1]))
    text.len--;
  *mark = 0;
  if (!text.len || (text.data[text.len - 1] != '+' && text.data[text.len - 1] != '-'))
    return part;
  *mark = (char)text.data[text.len - 1];
  text.len--;
  return text;
}

static cy_span from_first_letter(cy_span part, size_t *column)
{
  while (part.len && (part.data[0] == ' ' || part.data[0] == '\t')) {
    part.data++;
    part.len--;
    (*column)++;
  }
  return part;
}

/* Adds one line to the command; *done when it ends here. */
static cy_err *join(cy_mqsc *in, joint *j, cy_span part, size_t column, bool *done)
{
  cy_span used;
  bool ends;
  if (j->mark == '+')
    part = from_first_letter(part, &column);
  cy_span text = take_mark(part, &j->mark);
  if (in->text.len + text.len > CY_MQSC_BYTES) {
    j->too_long = true;
    *done = !j->mark;
    return NULL;
  }
  CY_TRY(cut_at_end(in, text, column, &j->quoted, &used, &ends));
  if (ends && j->mark) { /* the mark belongs to what is behind the ; */
    char mark[2] = {j->mark, 0};
    cy_buf_str(&in->kept, mark);
  }
  *done = ends || !j->mark;
  return NULL;
}

static cy_err *gather(cy_mqsc *in, cy_mqsc_command *command, joint *j, bool *more)
{
  bool done = false;
  restart(in);
  while (!done) {
    cy_span part;
    size_t column;
    CY_TRY(next_part(in, &part, &column, more));
    if (!*more)
      break;
    bool between = !in->piece_count && !j->too_long;
    if (is_comment(part, column, between) || (between && !cy_line_trim(part).len))
      continue;
    if (between)
      command->line = in->lines.line;
    CY_TRY(join(in, j, part, column, &done));
  }
  *more = in->piece_count > 0 || j->too_long;
  return NULL;
}

cy_err *cy_mqsc_next(cy_mqsc *in, cy_mqsc_command *command, bool *more)
{
  *more = false;
  while (!in->ended) {
    joint j = {0};
    *command = (cy_mqsc_command){0};
    CY_TRY(gather(in, command, &j, more));
    if (!*more)
      return NULL;
    if (j.too_long) {
      command->wrong = "this command has more than 65536 bytes";
      command->wrong_line = command->line;
      command->wrong_column = 1;
      return NULL;
    }
    CY_TRY(cy_buf_check(&in->text));
    CY_TRY(cy_buf_check(&in->kept));
    if (!cy_line_trim(cy_buf_get(&in->text)).len)
      continue; /* ;; */
    CY_TRY(cy_mqsc_split(in, command));
    in->ended = cy_mqsc_is(command->verb, "END") && !command->count;
    if (!in->ended)
      return NULL;
  }
  *more = false;
  return NULL;
}

/* Displays. */

/* AMQ8414I or AMQ8414, CSQM415I: a message that begins what is shown. */
static bool message_of(cy_span line, char id[16])
{
  size_t len = 0;
  while (len < line.len && len < 15 && line.data[len] > ' ' && line.data[len] != ':')
    len++;
  bool mq = len >= 7 && len <= 10 && memcmp(line.data, "AMQ", 3) == 0;
  bool zos = len == 8 && memcmp(line.data, "CSQM4", 5) == 0 && line.data[7] == 'I';
  for (size_t i = 3; mq && i < 7; i++)
    mq = line.data[i] >= '0' && line.data[i] <= '9';
  if (!mq && !zos)
    return false;
  memcpy(id, line.data, len);
  id[len] = 0;
  return true;
}

static bool open_parenthesis(const cy_mqsc *in)
{
  int depth = 0;
  for (size_t i = 0; i < in->text.len; i++)
    depth += in->text.data[i] == '(' ? 1 : in->text.data[i] == ')' ? -1 : 0;
  return depth > 0;
}

/* What a message says besides: on z/OS the first attributes stand on its own line. */
static cy_span behind_message(cy_span line, const char *id)
{
  line = cy_span_of(line.data + strlen(id), line.len - strlen(id));
  const uint8_t *open = memchr(line.data, '(', line.len);
  if (!open)
    return CY_SPAN_NONE;
  while (open > line.data && open[-1] != ' ')
    open--;
  return cy_span_of(open, line.len - (size_t)(open - line.data));
}

/* NAME(VALUE) or a bare word; the commands that runmqsc repeats begin with a number. */
static bool is_attributes(cy_span line)
{
  cy_span text = cy_line_trim(line);
  size_t i = 0;
  if (!text.len || text.data[0] < 'A' || text.data[0] > 'Z' || cy_mqsc_is(text, "END"))
    return false;
  while (i < text.len &&
         ((text.data[i] >= 'A' && text.data[i] <= 'Z') || (text.data[i] >= '0' && text.data[i] <= '9')))
    i++;
  return i == text.len || text.data[i] == '(' || text.data[i] == ' ';
}

static cy_err *add_shown(cy_mqsc *in, cy_span line)
{
  bool inside = open_parenthesis(in);
  if (!inside && !is_attributes(line))
    return NULL;
  if (!inside) {
    CY_TRY(cy_mqsc_add_piece(in, CY_SPAN(" "), in->lines.line, 1));
    return cy_mqsc_add_piece(in, line, in->lines.line, 1);
  }
  /* A terminal cut the value off at its edge. */
  return cy_mqsc_add_piece(in, cy_line_trim(line), in->lines.line, 1);
}

static bool ends_shown(cy_span line)
{
  cy_span text = cy_line_trim(line);
  return text.len >= 4 && (memcmp(text.data, "END ", 4) == 0);
}

/* Lines up to the next message; its own stays behind as in->message. */
static cy_err *gather_shown(cy_mqsc *in, cy_mqsc_command *command, char now[16])
{
  restart(in);
  memcpy(now, in->message, 16);
  in->message[0] = 0;
  for (;;) {
    cy_span line;
    bool more;
    char id[16];
    if (in->kept.len) { /* the rest of a message's own line */
      CY_TRY(add_shown(in, cy_buf_get(&in->kept)));
      in->kept.len = 0;
    }
    CY_TRY(cy_lines_next(&in->lines, &line, &more));
    if (!more)
      return NULL;
    if (message_of(line, id)) {
      memcpy(in->message, id, 16);
      cy_buf_reset(&in->kept);
      cy_buf_span(&in->kept, behind_message(line, id));
      CY_TRY(cy_buf_check(&in->kept));
      if (now[0])
        return NULL;
      memcpy(now, id, 16);
      in->message[0] = 0;
      command->line = in->lines.line;
    } else if (now[0] && ends_shown(line)) {
      return NULL;
    } else if (now[0] && in->text.len + line.len < CY_MQSC_BYTES) {
      CY_TRY(add_shown(in, line));
    }
  }
}

cy_err *cy_mqsc_next_shown(cy_mqsc *in, cy_mqsc_command *command, bool *more)
{
  char now[16];
  in->shows = true;
  do {
    *command = (cy_mqsc_command){.line = in->lines.line};
    CY_TRY(gather_shown(in, command, now));
    *more = now[0] != 0;
  } while (*more && !in->piece_count);
  if (!*more)
    return NULL;
  CY_TRY(cy_mqsc_split(in, command));
  uint8_t *verb = cy_buf_reserve(&in->decoded, sizeof now);
  CY_TRY_ALLOC(verb);
  command->verb = cy_span_of(memcpy(verb, now, strlen(now)), strlen(now));
  return NULL;
}
