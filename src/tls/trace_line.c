#include "tls/trace_line.h"

#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"

cy_trace cy_trace_begin(cy_tls_seens *out, const char *product, const char *file, cy_span text)
{
  return (cy_trace){.out = out, .product = product, .file = file, .rest = text};
}

static cy_span from(cy_span text, size_t start)
{
  return cy_span_of(text.data + start, text.len - start);
}

bool cy_trace_next(cy_trace *t)
{
  if (t->rest.len == 0 || t->no_memory)
    return false;
  const uint8_t *end = memchr(t->rest.data, '\n', t->rest.len);
  size_t len = end ? (size_t)(end - t->rest.data) : t->rest.len;
  t->line = cy_span_of(t->rest.data, len);
  while (t->line.len > 0 && t->line.data[t->line.len - 1] == '\r')
    t->line.len--;
  t->rest = from(t->rest, end ? len + 1 : len);
  t->number++;
  return true;
}

cy_err *cy_trace_end(const cy_trace *t)
{
  return t->no_memory ? cy_err_no_memory() : NULL;
}

void cy_trace_open(cy_trace *t, cy_tls_role role)
{
  cy_err *err = cy_tls_seens_add(t->out, &t->seen, t->product, t->file, t->number);
  if (err) {
    t->no_memory = true;
    t->seen = NULL;
    cy_err_free(err);
    return;
  }
  t->seen->role = role;
  t->seen->role_known = true;
}

static bool is_blank(uint8_t c)
{
  return c == ' ' || c == '\t';
}

cy_span cy_trace_trim(cy_span text)
{
  while (text.len > 0 && is_blank(text.data[0]))
    text = from(text, 1);
  while (text.len > 0 && is_blank(text.data[text.len - 1]))
    text.len--;
  return text;
}

bool cy_trace_starts(cy_span line, const char *start, cy_span *rest)
{
  size_t len = strlen(start);
  line = cy_trace_trim(line);
  if (line.len < len || memcmp(line.data, start, len) != 0)
    return false;
  if (rest)
    *rest = cy_trace_trim(from(line, len));
  return true;
}

bool cy_trace_has(cy_span line, const char *part, cy_span *rest)
{
  size_t len = strlen(part);
  const uint8_t *at = line.len < len ? NULL : memmem(line.data, line.len, part, len);
  if (!at)
    return false;
  if (rest)
    *rest = cy_trace_trim(from(line, (size_t)(at - line.data) + len));
  return true;
}

cy_span cy_trace_word(cy_span text, const char *ends, cy_span *rest)
{
  size_t len = 0;
  while (len < text.len && !strchr(ends, text.data[len] ? text.data[len] : 1))
    len++;
  if (rest)
    *rest = len < text.len ? from(text, len + 1) : cy_span_of(text.data + len, 0);
  return cy_trace_trim(cy_span_of(text.data, len));
}

bool cy_trace_is(cy_span word, const char *text)
{
  return cy_span_equal(word, cy_span_str(text));
}

size_t cy_trace_number(cy_span text)
{
  size_t n = 0, digits = 0;
  for (; digits < text.len && digits < 9 && text.data[digits] >= '0' && text.data[digits] <= '9'; digits++)
    n = 10 * n + (size_t)(text.data[digits] - '0');
  return digits ? n : SIZE_MAX;
}
