/* The lines of a saved listing, however it was saved. */
#include "base/charset.h"
#include "base/text.h"
#include "store/fmt_racf.h"

bool cy_racf_text(cy_buf *utf8, cy_span bytes)
{
  size_t blanks = 0, high = 0, ascii = 0, look = bytes.len < 4096 ? bytes.len : 4096;
  cy_charset_stream stream;
  if (look && cy_charset_begin(&stream, bytes)) {
    cy_charset_feed(&stream, utf8, bytes);
    return true;
  }
  for (size_t i = 0; i < look; i++) {
    blanks += bytes.data[i] == 0x40;
    high += bytes.data[i] >= 0x80;
    ascii += bytes.data[i] == ' ' || bytes.data[i] == '\n';
  }
  if (look && memchr(bytes.data, 0, look))
    return false;
  if (high + blanks > look / 2 && blanks > ascii)
    cy_text_from_cp1047(utf8, bytes);
  else if (cy_utf8_valid(bytes))
    cy_buf_span(utf8, bytes);
  else
    cy_text_from_latin1(utf8, bytes);
  return true;
}

cy_racf_lines cy_racf_begin(cy_span text)
{
  return (cy_racf_lines){.text = text};
}

static bool is_blank(uint8_t c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\f';
}

static cy_span trim(cy_span s)
{
  while (s.len && is_blank(s.data[0]))
    s = cy_span_of(s.data + 1, s.len - 1);
  while (s.len && is_blank(s.data[s.len - 1]))
    s.len--;
  return s;
}

/* Column 1 of a printed line: new page, lines to skip, print over. What it stands in front of is indented
 * or a word; a number or a serial goes on with digits. */
static cy_span without_control(cy_span line)
{
  if (line.len > 1 && strchr("01-+", line.data[0]) &&
      (is_blank(line.data[1]) || (line.data[1] >= 'A' && line.data[1] <= 'Z') || line.data[1] == '>'))
    return cy_span_of(line.data + 1, line.len - 1);
  return line;
}

bool cy_racf_next(cy_racf_lines *lines)
{
  while (lines->at < lines->text.len) {
    const uint8_t *start = lines->text.data + lines->at;
    size_t left = lines->text.len - lines->at, len = 0;
    /* A next-line character of EBCDIC comes out as U+0085. */
    while (
      len < left && start[len] != '\n' && !(start[len] == 0xc2 && len + 1 < left && start[len + 1] == 0x85))
      len++;
    lines->at += len + (len < left) + (len < left && start[len] == 0xc2);
    lines->line = trim(without_control(cy_span_of(start, len)));
    if (lines->line.len)
      return lines->more = true;
  }
  lines->line = CY_SPAN_NONE;
  return lines->more = false;
}

bool cy_racf_key(cy_span line, const char *word, cy_span *rest)
{
  size_t len = strlen(word);
  if (line.len < len || !cy_ascii_equal_nocase(cy_span_of(line.data, len), cy_span_of(word, len)))
    return false;
  *rest = trim(cy_span_of(line.data + len, line.len - len));
  return true;
}

/* Users are up to 8 of these. */
static cy_span user_of(cy_span rest)
{
  size_t len = 0;
  while (len < rest.len && len < 8 && rest.data[len] != ':' && !is_blank(rest.data[len]))
    len++;
  return cy_span_of(rest.data, len);
}

bool cy_racf_heading(cy_span line, cy_buf *owner, bool *ring)
{
  cy_span rest, user;
  *ring = cy_racf_key(line, "Digital ring information for ", &rest);
  if (!*ring && !cy_racf_key(line, "Digital certificate information for ", &rest))
    return false;
  cy_buf_reset(owner);
  if (cy_racf_key(rest, "user ", &user)) {
    user = user_of(user);
    cy_buf_str(owner, "ID(");
    cy_text_put_safe(owner, user);
    cy_buf_str(owner, ")");
    return user.len > 0;
  }
  user = user_of(rest);
  cy_text_put_safe(owner, user);
  return cy_ascii_equal_nocase(user, CY_SPAN("CERTAUTH")) || cy_ascii_equal_nocase(user, CY_SPAN("SITE")) ||
         cy_ascii_equal_nocase(user, CY_SPAN("MULTIID"));
}

bool cy_racf_is_listing(cy_span text)
{
  CY_CLEAN(cy_buf) owner = CY_BUF_TEXT;
  cy_racf_lines lines = cy_racf_begin(text);
  const char *first = NULL; /* what the first entry of the list begins with */
  bool ring;
  cy_span rest;
  while (cy_racf_next(&lines)) {
    if (cy_racf_heading(lines.line, &owner, &ring))
      first = ring ? "Ring:" : "Label:";
    else if (first && cy_racf_key(lines.line, first, &rest))
      return true;
  }
  return false;
}
