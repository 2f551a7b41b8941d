/* Reports as JSON Lines: a header, stores and findings, a summary. */
#include "audit/since.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/codes.h"
#include "base/json_read.h"
#include "base/map.h"
#include "base/mem.h"

enum { CHUNK = 64 << 10, LINE_MAX_BYTES = 8 << 20 };

struct cy_since {
  cy_map prints; /* fingerprint: number in `seen` */
  bool *seen;
  size_t count, cap, again;
  size_t line;
  bool headed, summed;
};

cy_err *cy_since_new(cy_since **out)
{
  *out = cy_malloc(sizeof **out);
  CY_TRY_ALLOC(*out);
  cy_map_init(&(*out)->prints, true);
  return NULL;
}

void cy_since_free(cy_since *since)
{
  if (!since)
    return;
  cy_map_clear(&since->prints);
  cy_free(since->seen);
  cy_free(since);
}

static cy_err *wrong(const cy_since *since, const char *what)
{
  return cy_err_new(CY_E_AUDIT_REPORT, "line %zu: %s", since->line, what);
}

/* As they are written: in lower case. */
static int digit_of(uint8_t c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static cy_err *add(cy_since *since, cy_span hex)
{
  uint64_t print = 0;
  for (size_t i = 0; i < hex.len && i < 16; i++) {
    int digit = digit_of(hex.data[i]);
    if (digit < 0)
      return wrong(since, "a fingerprint is no number");
    print = print << 4 | (uint64_t)digit;
  }
  if (hex.len != 16)
    return wrong(since, "a fingerprint has not 16 digits");
  cy_span key = cy_span_of(&print, sizeof print);
  if (cy_map_get(&since->prints, key) != CY_MAP_NONE)
    return NULL;
  if (!cy_grow(&since->seen, &since->cap, since->count + 1, sizeof *since->seen) ||
      !cy_map_put(&since->prints, key, since->count))
    return cy_err_no_memory();
  since->seen[since->count++] = false;
  return NULL;
}

/* What a line of a report says of itself. */
typedef struct {
  cy_span schema, type, fingerprint;
  bool since;
} facts;

static void note_item(facts *of, const cy_json_item *item, unsigned depth)
{
  if (depth == 2 && item->kind == CY_JSON_OBJECT && cy_json_is(item->key, "since"))
    of->since = true;
  if (depth != 1 || item->kind != CY_JSON_STRING)
    return;
  if (cy_json_is(item->key, "schema"))
    of->schema = item->value;
  else if (cy_json_is(item->key, "type"))
    of->type = item->value;
  else if (cy_json_is(item->key, "fingerprint"))
    of->fingerprint = item->value;
}

static cy_err *read_facts(cy_since *since, cy_span line, facts *of)
{
  cy_json_in in = cy_json_read(line);
  cy_json_item item;
  bool object = false;
  while (cy_json_next(&in, &item)) {
    object = object || (in.depth == 1 && item.kind == CY_JSON_OBJECT);
    note_item(of, &item, in.depth);
  }
  if (in.wrong)
    return wrong(since, in.wrong);
  return object ? NULL : wrong(since, "it is no JSON object");
}

static cy_err *read_header(cy_since *since, const facts *of)
{
  static const char family[] = "causey.audit/";
  if (cy_json_is(of->schema, "causey.audit/1")) {
    since->headed = true;
    return NULL;
  }
  if (of->schema.len > sizeof family - 1 && memcmp(of->schema.data, family, sizeof family - 1) == 0)
    return wrong(since, "the report was written by another version of Causey");
  return wrong(since,
    of->schema.len ? "it is another document than an audit's" : "it is no report of causey audit --json");
}

cy_err *cy_since_line(cy_since *since, cy_span line)
{
  facts of = {0};
  since->line++;
  if (since->summed)
    return wrong(since, "something stands after the summary");
  cy_err *err = read_facts(since, line, &of);
  if (err && !since->headed)
    return cy_err_wrap(err, CY_E_AUDIT_REPORT, "it is no report of causey audit --json");
  CY_TRY(err);
  if (!since->headed)
    return read_header(since, &of);
  if (of.since)
    return wrong(since, "the report was itself made with --since: it holds only what was new then");
  since->summed = cy_json_is(of.type, "summary");
  return cy_json_is(of.type, "finding") ? add(since, of.fingerprint) : NULL;
}

cy_err *cy_since_end(const cy_since *since)
{
  if (!since->headed)
    return cy_err_new(CY_E_AUDIT_REPORT, "it is empty");
  return since->summed ? NULL
                       : cy_err_new(CY_E_AUDIT_REPORT,
                           "it was cut short: there is no summary after line %zu", since->line);
}

/* The lines of what was read; what is left of the last one stays. */
static cy_err *take_lines(cy_since *since, cy_buf *text)
{
  size_t at = 0;
  for (const uint8_t *nl; (nl = memchr(text->data + at, '\n', text->len - at)) != NULL;) {
    size_t end = (size_t)(nl - text->data);
    CY_TRY(cy_since_line(since, cy_span_of(text->data + at, end - at)));
    at = end + 1;
  }
  memmove(text->data, text->data + at, text->len - at);
  text->len -= at;
  return text->len > LINE_MAX_BYTES ? wrong(since, "a line is too long") : NULL;
}

static cy_err *read_all(cy_since *since, int fd)
{
  CY_CLEAN(cy_buf) text = CY_BUF(LINE_MAX_BYTES + 2 * CHUNK);
  for (;;) {
    uint8_t *to = cy_buf_reserve(&text, CHUNK);
    if (!to)
      return cy_buf_check(&text);
    ssize_t n = read(fd, to, CHUNK);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return cy_err_errno(errno, "cannot read it");
    if (n == 0)
      break;
    text.len += (size_t)n;
    CY_TRY(take_lines(since, &text));
  }
  if (text.len)
    CY_TRY(cy_since_line(since, cy_buf_get(&text)));
  return cy_since_end(since);
}

cy_err *cy_since_load(cy_since **out, const char *path)
{
  struct stat st;
  *out = NULL;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    return cy_err_errno(errno, "cannot open the report %s", path);
  cy_err *err = NULL;
  if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
    err = cy_err_new(CY_E_IO_KIND, "%s is no regular file", path);
  if (!err)
    err = cy_since_new(out);
  if (!err && *out)
    err = read_all(*out, fd);
  close(fd);
  if (!err)
    return NULL;
  cy_since_free(*out);
  *out = NULL;
  return cy_err_wrap(err, cy_err_code_get(err), "cannot use %s as an earlier report", path);
}

bool cy_since_has(cy_since *since, uint64_t fingerprint)
{
  size_t at = cy_map_get(&since->prints, cy_span_of(&fingerprint, sizeof fingerprint));
  if (at == CY_MAP_NONE)
    return false;
  since->again += !since->seen[at];
  since->seen[at] = true;
  return true;
}

uint64_t cy_since_gone(const cy_since *since)
{
  return since->count - since->again;
}
