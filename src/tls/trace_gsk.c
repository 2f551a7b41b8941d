/* System SSL: what gsktrace formats, and the component trace of GSKSRVR as IPCS shows it in full. By IBM's
 * "System SSL Programming" (Event trace records) and what people show; not tried: there is none here. */
#include "base/mem.h"
#include "tls/trace_dump.h"
#include "tls/trace_readers.h"

typedef struct {
  cy_trace t;
  bool error;   /* what follows belongs to an error */
  bool message; /* of the component trace: the header's next line is detail */
} gsk;

static const char *const levels[] = {"ENTRY ", "EXIT ", "ERROR ", "INFO "};
enum { LEVEL_ERROR = 2, LEVELS = 4 };

static bool is_word(uint8_t c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* "... ERROR read_v3_certificate(): TEXT": the level, and what stands behind it; -1: another line. */
static int level_of(cy_span line, cy_span *text)
{
  for (int i = 0; i < LEVELS; i++) {
    cy_span rest;
    size_t n = 0;
    if (!cy_trace_has(line, levels[i], &rest))
      continue;
    while (n < rest.len && is_word(rest.data[n]))
      n++;
    if (n == 0 || rest.len < n + 3 || memcmp(rest.data + n, "():", 3) != 0)
      continue;
    *text = cy_trace_trim(cy_span_of(rest.data + n + 3, rest.len - n - 3));
    return i;
  }
  return -1;
}

/* "C01 MESSAGE 00000004 20:43:45.522449 SSL_ERROR" */
static bool is_header(cy_span line, bool *error)
{
  cy_span rest;
  if (!cy_trace_has(line, " MESSAGE ", &rest) && !cy_trace_has(line, " DUMP ", &rest))
    return false;
  *error = cy_trace_has(rest, "SSL_ERROR", NULL);
  return cy_trace_has(rest, " SSL_", NULL);
}

/* "Job TCP341 Process 00020032 Thread 00000002 gsk_read_v3_record" */
static bool is_job(cy_span line, cy_span *thread)
{
  cy_span rest;
  if (!cy_trace_starts(line, "Job ", &rest) || !cy_trace_has(rest, "Process ", &rest) ||
      !cy_trace_has(rest, "Thread ", &rest))
    return false;
  *thread = cy_trace_word(rest, " ", NULL);
  return true;
}

static unsigned detect(cy_span head)
{
  cy_trace t = cy_trace_begin(NULL, "", "", head);
  size_t lines = 0;
  bool error;
  cy_span text;
  if (cy_trace_has(head, "COMP(GSKSRVR)", NULL))
    return 95;
  while (lines < 3 && cy_trace_next(&t)) {
    bool own = cy_trace_has(t.line, "gsk_", NULL) || cy_trace_has(t.line, "cms_", NULL) ||
               cy_trace_has(t.line, "_v3_", NULL) || cy_trace_has(t.line, "gsktrace", NULL);
    lines += own && (level_of(t.line, &text) >= 0 || is_job(t.line, &text));
    lines += is_header(t.line, &error);
  }
  return lines >= 3 ? 85 : lines ? 60 : 0;
}

static void ensure(gsk *g)
{
  if (g->t.seen)
    return;
  cy_trace_open(&g->t, CY_TLS_SERVER);
  if (g->t.seen)
    g->t.seen->role_known = false;
}

/* The connection that this thread has at hand. */
static void find_thread(gsk *g, cy_span thread)
{
  enum { LOOK_BACK = 64 };
  cy_tls_seens *all = g->t.out;
  if (g->t.seen && g->t.seen->thread && cy_trace_is(thread, g->t.seen->thread))
    return;
  g->t.seen = NULL;
  for (size_t i = all->count; i > 0 && all->count - i < LOOK_BACK && !g->t.seen; i--)
    if (all->items[i - 1]->thread && cy_trace_is(thread, all->items[i - 1]->thread))
      g->t.seen = all->items[i - 1];
  ensure(g);
  if (!g->t.seen || g->t.seen->thread)
    return;
  g->t.seen->thread = cy_strndup((const char *)thread.data, thread.len);
  g->t.no_memory |= !g->t.seen->thread;
}

/* "... cipher 0x0035": the suite that was chosen. Who judges a client's certificate is a server. */
static void read_text(gsk *g, cy_span text)
{
  cy_span rest;
  ensure(g);
  if (!g->t.seen)
    return;
  if (cy_trace_has(text, " cipher 0x", &rest) && rest.len >= 4)
    cy_trace_suite(&g->t, &g->t.seen->suite, cy_span_of(rest.data, 4));
  if (cy_trace_starts(text, "Client certificate", NULL)) {
    g->t.seen->role = CY_TLS_SERVER;
    g->t.seen->role_known = true;
  }
  if (g->error)
    cy_trace_error(&g->t, "gsk", CY_SPAN_NONE, text);
}

static void read_line(gsk *g)
{
  cy_span text, line = g->t.line;
  bool error;
  int level = level_of(line, &text);
  if (level >= 0) {
    g->error = level == LEVEL_ERROR;
    g->message = false;
    read_text(g, text);
    g->error = false;
  } else if (is_header(line, &error)) {
    g->error = error;
    g->message = false;
  } else if (is_job(line, &text)) {
    find_thread(g, text);
    g->message = true;
  } else if (g->message && cy_trace_trim(line).len > 0) {
    read_text(g, cy_trace_trim(line));
  }
}

static cy_err *read(cy_tls_seens *out, const char *file, cy_span text)
{
  gsk g = {.t = cy_trace_begin(out, "System SSL", file, text)};
  cy_dump dump;
  cy_dump_init(&dump, true);
  while (cy_trace_next(&g.t))
    if (!cy_dump_take(&dump, &g.t))
      read_line(&g);
  cy_dump_end(&dump, &g.t);
  cy_dump_clear(&dump);
  return cy_trace_end(&g.t);
}

const cy_tls_trace cy_trace_gsk = {"gsk", "trace of System SSL", detect, read};
