#include "product/log.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "product/log_group.h"
#include "product/log_text.h"

enum {
  LINE = 64 << 10, /* a longer line is read in pieces of this size */
  OVERLAP = 256,   /* that go back so far, since a message may lie across */
  HITS = 64,
  TIME_LINES = 40, /* so far a moment in the log counts for what follows */
};

struct cy_log {
  const cy_message_matcher *matcher;
  log_groups groups;
  log_time time;
  size_t line;    /* number of the current one in its file */
  size_t overlap; /* bytes of the current piece that were looked at before */
  cy_buf rest;    /* the beginning of a line whose end is still to come */
  log_decoder decoder;
  cy_buf decoded;
  char **names;
  size_t name_count, name_cap;
  cy_log_report report;
};

void cy_log_free(cy_log *log)
{
  if (!log)
    return;
  cy_log_groups_clear(&log->groups);
  cy_buf_clear(&log->rest);
  cy_buf_clear(&log->decoded);
  cy_log_decoder_clear(&log->decoder);
  for (size_t i = 0; i < log->name_count; i++)
    cy_free(log->names[i]);
  cy_free(log->names);
  cy_free(log);
}

cy_err *cy_log_new(cy_log **out, const cy_message_matcher *matcher)
{
  *out = NULL;
  CY_AUTO(cy_log) *log = cy_calloc(1, sizeof *log);
  CY_TRY_ALLOC(log);
  cy_map_init(&log->groups.index, true);
  log->rest = CY_BUF(LINE + OVERLAP);
  log->decoded = CY_BUF((size_t)16 << 20);
  log->matcher = matcher;
  *out = log;
  log = NULL;
  return NULL;
}

cy_err *cy_log_begin(cy_log *log, const char *name)
{
  if (!cy_grow(&log->names, &log->name_cap, log->name_count + 1, sizeof *log->names))
    return cy_err_no_memory();
  char *copy = cy_strdup(name);
  CY_TRY_ALLOC(copy);
  log->names[log->name_count++] = copy;
  log->groups.file = copy;
  log->line = 1;
  log->overlap = 0;
  log->time = (log_time){.seconds = -1};
  cy_buf_reset(&log->rest);
  cy_log_decoder_clear(&log->decoder);
  log->report.files++;
  return NULL;
}

static cy_err *take_hits(cy_log *log, const cy_message_hit *hits, size_t count, cy_span line)
{
  log_place place = {.line = log->line, .text = line, .time = log->time};
  cy_log_find_key(place.key, line);
  if (!cy_log_find_time(&place.time, line, log->line) && log->line - log->time.line > TIME_LINES)
    place.time = (log_time){.seconds = -1};
  for (size_t i = 0; i < count; i++)
    if (hits[i].end > log->overlap)
      CY_TRY(cy_log_groups_add(&log->groups, &hits[i], &place));
  return NULL;
}

static cy_err *take_line(cy_log *log, cy_span line)
{
  cy_message_hit hits[HITS];
  if (line.len && line.data[line.len - 1] == '\r')
    line.len--;
  size_t count = cy_message_match(log->matcher, hits, HITS, line);
  if (line.len > 8 && (isdigit(line.data[0]) || line.data[0] == '['))
    (void)cy_log_find_time(&log->time, line, log->line);
  return count ? take_hits(log, hits, count, line) : NULL;
}

/* A piece of a line that is too long: its end is looked at again with the next piece. */
static cy_err *take_piece(cy_log *log)
{
  CY_TRY(take_line(log, cy_buf_get(&log->rest)));
  memmove(log->rest.data, log->rest.data + log->rest.len - OVERLAP, OVERLAP);
  log->rest.len = log->overlap = OVERLAP;
  return NULL;
}

/* Adds to the line whose end is still to come. */
static cy_err *keep_rest(cy_log *log, cy_span part)
{
  while (part.len) {
    if (log->rest.len == LINE)
      CY_TRY(take_piece(log));
    size_t room = LINE - log->rest.len, len = part.len < room ? part.len : room;
    cy_buf_put(&log->rest, part.data, len);
    CY_TRY(cy_buf_check(&log->rest));
    part = cy_span_of(part.data + len, part.len - len);
  }
  return NULL;
}

static cy_err *end_line(cy_log *log, cy_span line)
{
  if (log->rest.len || line.len > LINE) {
    CY_TRY(keep_rest(log, line));
    CY_TRY(take_line(log, cy_buf_get(&log->rest)));
    cy_buf_reset(&log->rest);
  } else {
    CY_TRY(take_line(log, line));
  }
  log->overlap = 0;
  log->line++;
  log->report.lines++;
  return NULL;
}

static cy_err *take_text(cy_log *log, cy_span text)
{
  while (text.len) {
    const uint8_t *end = memchr(text.data, '\n', text.len);
    if (!end)
      return keep_rest(log, text);
    size_t len = (size_t)(end - text.data);
    CY_TRY(end_line(log, cy_span_of(text.data, len)));
    text = cy_span_of(end + 1, text.len - len - 1);
  }
  return NULL;
}

static cy_err *decode(cy_log *log, cy_span bytes, bool last)
{
  enum { CHUNK = 256 << 10 };
  do {
    cy_span part = cy_span_of(bytes.data, bytes.len < CHUNK ? bytes.len : CHUNK);
    if (part.len)
      bytes = cy_span_of(bytes.data + part.len, bytes.len - part.len);
    cy_buf_reset(&log->decoded);
    cy_span text = CY_SPAN_NONE;
    CY_TRY(cy_log_decode(&log->decoder, &text, &log->decoded, part, last && !bytes.len));
    CY_TRY(take_text(log, text));
  } while (bytes.len);
  return NULL;
}

cy_err *cy_log_feed(cy_log *log, cy_span bytes)
{
  log->report.bytes += bytes.len;
  return bytes.len ? decode(log, bytes, false) : NULL;
}

cy_err *cy_log_end(cy_log *log)
{
  CY_TRY(decode(log, CY_SPAN_NONE, true));
  if (log->rest.len)
    CY_TRY(end_line(log, CY_SPAN_NONE));
  return cy_log_groups_close(&log->groups);
}

static int compare_cases(const void *a, const void *b)
{
  const cy_log_case *x = a, *y = b;
  if (x->count != y->count)
    return x->count < y->count ? 1 : -1;
  return (x->first_line > y->first_line) - (x->first_line < y->first_line);
}

static int compare_unknown(const void *a, const void *b)
{
  const cy_log_unknown *x = a, *y = b;
  return x->count != y->count ? (x->count < y->count ? 1 : -1) : strcmp(x->code, y->code);
}

const cy_log_report *cy_log_finish(cy_log *log)
{
  log_groups *g = &log->groups;
  if (g->case_count)
    qsort(g->cases, g->case_count, sizeof *g->cases, compare_cases);
  qsort(g->unknown, g->unknown_count, sizeof *g->unknown, compare_unknown);
  log->report.cases = g->cases;
  log->report.case_count = g->case_count;
  log->report.other_cases = g->other_cases;
  log->report.unknown = g->unknown;
  log->report.unknown_count = g->unknown_count;
  return &log->report;
}
