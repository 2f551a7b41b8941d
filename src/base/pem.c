#include "base/pem.h"

#include "base/base64.h"
#include "base/text.h"

static const char begin_mark[] = "-----BEGIN ";
static const char end_mark[] = "-----END ";
static const char tail_mark[] = "-----";

/* Of the byte order mark that some editors put before the first line. */
static size_t mark_length(cy_span text)
{
  return text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

cy_pem cy_pem_begin(cy_span text)
{
  return (cy_pem){text.data ? text : CY_SPAN(""), 0, 1};
}

static cy_span from(const cy_pem *pem, size_t at, size_t until)
{
  return cy_span_of(pem->text.data + at, until - at);
}

/* The end of the line that starts at `at`, its LF, CR LF or CR included. */
static size_t line_end(const cy_pem *pem, size_t at)
{
  const uint8_t *start = pem->text.data + at;
  size_t left = pem->text.len - at;
  const uint8_t *lf = left ? memchr(start, '\n', left) : NULL;
  size_t len = lf ? (size_t)(lf - start) + 1 : left;
  const uint8_t *cr = len ? memchr(start, '\r', len) : NULL;
  if (cr && cr + 1 != lf)
    len = (size_t)(cr - start) + 1;
  return at + len;
}

static bool is_space(uint8_t c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static cy_span trimmed(cy_span line)
{
  while (line.len && is_space(line.data[line.len - 1]))
    line.len--;
  return line;
}

/* The label of a BEGIN or END line, empty when it is neither. */
static cy_span label_of(cy_span line, const char *mark)
{
  size_t marks = strlen(mark), tails = sizeof tail_mark - 1;
  line = trimmed(line);
  if (line.len < marks + tails || memcmp(line.data, mark, marks) != 0 ||
      memcmp(line.data + line.len - tails, tail_mark, tails) != 0)
    return CY_SPAN_NONE;
  return cy_span_of(line.data + marks, line.len - marks - tails);
}

/* Headers end at an empty line; without one before the END line there are none. */
static size_t headers_end(const cy_pem *pem, size_t body)
{
  size_t next = line_end(pem, body);
  if (!memchr(pem->text.data + body, ':', next - body))
    return body;
  for (size_t at = body; at < pem->text.len && pem->text.data[at] != '-'; at = next) {
    next = line_end(pem, at);
    if (trimmed(from(pem, at, next)).len == 0)
      return next;
  }
  return body;
}

static bool find_begin(cy_pem *pem, cy_pem_block *block)
{
  size_t start = pem->at;
  if (start == 0)
    pem->at = mark_length(pem->text);
  while (pem->at < pem->text.len) {
    size_t next = line_end(pem, pem->at);
    cy_span line = from(pem, pem->at, next);
    cy_span label = line.data[0] == '-' ? label_of(line, begin_mark) : CY_SPAN_NONE;
    if (label.len) {
      block->label = label;
      block->line = pem->line;
      block->before = from(pem, start, pem->at);
      return true;
    }
    pem->at = next;
    pem->line++;
  }
  block->before = from(pem, start, pem->at);
  return false;
}

/* Goes on to the line after the block, or to the line that can not be a part of it. */
static bool find_end(cy_pem *pem, cy_pem_block *block, size_t at)
{
  size_t begin = pem->at;
  bool ended = false;
  block->body = from(pem, at, at);
  while (at < pem->text.len && !ended) {
    size_t next = line_end(pem, at);
    cy_span line = from(pem, at, next);
    ended = line.data[0] == '-' && cy_span_equal(label_of(line, end_mark), block->label);
    if (line.data[0] == '-' && !ended)
      break;
    if (!ended)
      block->body.len += line.len;
    at = next;
  }
  block->whole = from(pem, begin, at);
  for (; pem->at < at; pem->line++)
    pem->at = line_end(pem, pem->at);
  return ended;
}

cy_err *cy_pem_next(cy_pem *pem, cy_pem_block *block, bool *found)
{
  *block = (cy_pem_block){0};
  *found = find_begin(pem, block);
  if (!*found)
    return NULL;
  size_t headers = line_end(pem, pem->at), body = headers_end(pem, headers);
  block->headers = from(pem, headers, body);
  if (find_end(pem, block, body))
    return NULL;
  return cy_err_new(CY_E_MALFORMED, "line %zu: -----BEGIN %.*s----- has no END line", block->line,
    (int)(block->label.len > 64 ? 64 : block->label.len), (const char *)block->label.data);
}

cy_err *cy_pem_decode(cy_buf *der, const cy_pem_block *block)
{
  CY_TRY_AS(
    cy_base64_decode(der, block->body), CY_E_BASE64, "the block that begins in line %zu", block->line);
  return NULL;
}

cy_span cy_pem_header(const cy_pem_block *block, const char *name)
{
  cy_pem lines = cy_pem_begin(block->headers);
  size_t len = strlen(name);
  for (size_t at = 0; at < block->headers.len;) {
    size_t next = line_end(&lines, at);
    cy_span line = trimmed(from(&lines, at, next));
    if (line.len > len && line.data[len] == ':' &&
        cy_ascii_equal_nocase(cy_span_of(line.data, len), cy_span_str(name))) {
      cy_span value = cy_span_of(line.data + len + 1, line.len - len - 1);
      while (value.len && (value.data[0] == ' ' || value.data[0] == '\t')) {
        value.data++;
        value.len--;
      }
      return value;
    }
    at = next;
  }
  return CY_SPAN_NONE;
}

void cy_pem_encode(cy_buf *text, const char *label, cy_span der)
{
  cy_buf_printf(text, "-----BEGIN %s-----\n", label);
  cy_base64_encode(text, der, 64);
  cy_buf_printf(text, "-----END %s-----\n", label);
}

bool cy_pem_looks_like(cy_span head)
{
  size_t len = head.len < CY_DETECT_BYTES ? head.len : CY_DETECT_BYTES;
  size_t at = mark_length(head), marks = sizeof begin_mark - 1;
  while (at + marks <= len) {
    const uint8_t *p = memmem(head.data + at, len - at, begin_mark, marks);
    if (!p)
      return false;
    if (p == head.data + mark_length(head) || p[-1] == '\n' || p[-1] == '\r')
      return true;
    at = (size_t)(p - head.data) + 1;
  }
  return false;
}
