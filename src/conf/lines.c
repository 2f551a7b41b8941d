#include "conf/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "conf/codes.h"

cy_err *cy_lines_over(cy_lines *in, const char *name, cy_span text)
{
  *in = (cy_lines){.fd = -1, .rest = text, .ended = true, .block = CY_BUF(CY_LINES_BLOCK)};
  in->name = cy_strdup(name);
  CY_TRY_ALLOC(in->name);
  return NULL;
}

cy_err *cy_lines_open(cy_lines *in, const char *path)
{
  struct stat st;
  CY_TRY(cy_lines_over(in, path, CY_SPAN_NONE));
  in->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (in->fd < 0)
    return cy_err_errno(errno, "cannot open %s", path);
  if (fstat(in->fd, &st) != 0)
    return cy_err_errno(errno, "cannot look at %s", path);
  if (!S_ISREG(st.st_mode))
    return cy_err_new(
      CY_E_IO_KIND, "%s is %s, not a file", path, S_ISDIR(st.st_mode) ? "a folder" : "a pipe or device");
  in->ended = false;
  if (!cy_buf_reserve(&in->block, CY_LINES_BLOCK))
    return cy_buf_check(&in->block);
  return NULL;
}

void cy_lines_clear(cy_lines *in)
{
  if (in->fd >= 0)
    close(in->fd);
  cy_free(in->name);
  cy_buf_clear(&in->block);
  cy_buf_clear(&in->raw);
  *in = (cy_lines){.fd = -1};
}

static cy_err *read_some(cy_lines *in, uint8_t *to, size_t room, size_t *got)
{
  ssize_t n;
  do
    n = read(in->fd, to, room);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    return cy_err_errno(errno, "cannot read %s", in->name);
  *got = (size_t)n;
  return NULL;
}

/* More of what is to be converted; nothing at the end. */
static cy_err *fill_source(cy_lines *in)
{
  size_t got = 0;
  if (in->source.len || in->fd < 0)
    return NULL;
  cy_buf_reset(&in->raw);
  uint8_t *room = cy_buf_reserve(&in->raw, CY_LINES_BLOCK / 4);
  CY_TRY(cy_buf_check(&in->raw));
  CY_TRY(read_some(in, room, CY_LINES_BLOCK / 4, &got));
  in->raw.len = got;
  in->source = cy_buf_get(&in->raw);
  return NULL;
}

static cy_err *convert_some(cy_lines *in)
{
  CY_TRY(fill_source(in));
  size_t room = (CY_LINES_BLOCK - in->block.len) / 3, len = in->source.len < room ? in->source.len : room;
  in->ended = !in->source.len;
  if (len) {
    cy_charset_feed(&in->charset, &in->block, cy_span_of(in->source.data, len));
    in->source = cy_span_of(in->source.data + len, in->source.len - len);
  }
  return cy_buf_check(&in->block);
}

/* What is left moves to the start of the block, and the file fills the rest of it. */
static cy_err *fill(cy_lines *in)
{
  size_t got;
  if (in->rest.len && in->rest.data != in->block.data)
    memmove(in->block.data, in->rest.data, in->rest.len);
  in->block.len = in->rest.len;
  if (in->charset.charset != CY_CHARSET_BYTES) {
    CY_TRY(convert_some(in));
  } else {
    CY_TRY(read_some(in, in->block.data + in->block.len, CY_LINES_BLOCK - in->block.len, &got));
    in->block.len += got;
    in->ended = got == 0;
  }
  in->rest = cy_buf_get(&in->block);
  return NULL;
}

static cy_err *no_text(const cy_lines *in, const char *what)
{
  return cy_err_new(CY_E_CONF_NO_TEXT, "%s:%zu: %s", in->name, in->line + 1, what);
}

/* From here on the block holds UTF-8; what was read so far becomes its source. */
static cy_err *begin_converting(cy_lines *in)
{
  in->source = in->rest;
  in->raw = CY_BUF(CY_LINES_BLOCK);
  if (in->fd >= 0) {
    cy_buf_span(&in->raw, in->rest);
    CY_TRY(cy_buf_check(&in->raw));
    in->source = cy_buf_get(&in->raw);
  }
  in->rest = CY_SPAN_NONE;
  in->block.len = 0;
  in->ended = false;
  return NULL;
}

/* A mark at the start, and what the first bytes say about the encoding. */
static cy_err *begin(cy_lines *in)
{
  static const uint8_t utf8[] = {0xef, 0xbb, 0xbf};
  in->begun = true;
  while (!in->ended && in->rest.len < CY_CHARSET_HEAD)
    CY_TRY(fill(in));
  if (in->rest.len >= 3 && memcmp(in->rest.data, utf8, 3) == 0)
    in->rest = cy_span_of(in->rest.data + 3, in->rest.len - 3);
  else if (cy_charset_begin(&in->charset, in->rest))
    return begin_converting(in);
  return NULL;
}

cy_err *cy_lines_part(cy_lines *in, cy_span *part)
{
  if (!in->begun)
    CY_TRY(begin(in));
  if (!in->rest.len && !in->ended)
    CY_TRY(fill(in));
  *part = in->rest;
  in->rest = CY_SPAN_NONE;
  return NULL;
}

cy_err *cy_lines_next(cy_lines *in, cy_span *line, bool *more)
{
  if (!in->begun)
    CY_TRY(begin(in));
  const uint8_t *end;
  while (!(end = in->rest.len ? memchr(in->rest.data, '\n', in->rest.len) : NULL) && !in->ended &&
         in->rest.len <= CY_LINE_BYTES)
    CY_TRY(fill(in));
  *more = in->rest.len > 0;
  if (!*more)
    return NULL;
  size_t len = end ? (size_t)(end - in->rest.data) : in->rest.len;
  *line = cy_span_of(in->rest.data, len);
  if (memchr(line->data, 0, len < CY_LINE_BYTES ? len : CY_LINE_BYTES))
    return no_text(in, "there are NUL bytes: this is no text");
  if (len > CY_LINE_BYTES)
    return no_text(in, "this line has more than 65536 bytes");
  len += end != NULL;
  in->rest = cy_span_of(in->rest.data + len, in->rest.len - len);
  in->line++;
  if (line->len && line->data[line->len - 1] == '\r')
    line->len--;
  return NULL;
}

static bool is_blank(uint8_t c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

cy_span cy_line_trim(cy_span s)
{
  while (s.len && is_blank(s.data[0])) {
    s.data++;
    s.len--;
  }
  while (s.len && is_blank(s.data[s.len - 1]))
    s.len--;
  return s;
}
