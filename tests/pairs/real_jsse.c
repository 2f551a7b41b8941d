/* A real end of JSSE, in a Java process (java_vm.h). Of two of them the server's watches: records in the
 * clear as they go by, and what TLS 1.3 seals by the library's debug log. */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "pairs/java_vm.h"
#include "pairs/real.h"
#include "tls/trace.h"
#include "tls/wire_alert.h"

typedef struct {
  real_end end;
  java_vm *vm;
  bool watches;
  wire_watch watch;
} jsse_one;

static void need(bool ok, const char *what)
{
  if (ok)
    return;
  fprintf(stderr, "pairs: Java: %s failed\n", what);
  exit(2);
}

/* The number under which the process knows it. */
static unsigned number_of(const pool *p, const cy_cert *cert)
{
  for (size_t i = 0; i < p->leaf_count; i++)
    if (cy_cert_equal(p->leaves[i].cert, cert))
      return (unsigned)i;
  for (size_t i = 0; i < p->ca_count; i++)
    if (cy_cert_equal(p->cas[i].cert, cert))
      return (unsigned)(p->leaf_count + i);
  need(false, "a certificate that is not of the pool");
  return 0;
}

static void put_versions(cy_buf *out, unsigned versions)
{
  static const char *const names[] = {"SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"};
  const char *between = "";
  for (size_t v = 0; v < CY_COUNT(names); v++)
    if (versions >> v & 1) {
      cy_buf_printf(out, "%s%s", between, names[v]);
      between = ",";
    }
  cy_buf_str(out, versions ? " " : "- ");
}

static void put_list(cy_buf *out, cy_code_row row, const char **between)
{
  for (size_t i = 0; i < row.count; i++) {
    const cy_suite *suite = cy_suite_get(row.codes[i]);
    cy_buf_printf(out, "%s%s", *between, suite->names[CY_NOTATION_IANA]);
    *between = ",";
  }
}

static cy_code_row chosen(const cy_codes *set, cy_code_row fallback)
{
  return set->set ? (cy_code_row){set->codes, set->count} : fallback;
}

static void put_suites(cy_buf *out, const cy_tls_side *side)
{
  const char *between = "";
  if (side->suites.set || side->suites13.set) {
    put_list(out, chosen(&side->suites13, side->dialect->suites13), &between);
    put_list(out, chosen(&side->suites, side->dialect->suites), &between);
  }
  cy_buf_str(out, *between ? " " : "- ");
}

static const char *peer_word(const cy_tls_side *side)
{
  static const char *const words[] = {[CY_TLS_PEER_UNSET] = "none",
    [CY_TLS_PEER_IGNORED] = "none",
    [CY_TLS_PEER_UNCHECKED] = "want-all",
    [CY_TLS_PEER_OPTIONAL] = "want",
    [CY_TLS_PEER_REQUIRED] = "need"};
  if (side->role == CY_TLS_SERVER)
    return words[side->peer];
  return side->peer == CY_TLS_PEER_IGNORED ? "all" : "none";
}

static void put_identities(cy_buf *out, const pool *p, const cy_tls_side *side)
{
  for (size_t i = 0; i < side->identity_count; i++) {
    const cy_tls_identity *identity = side->identities[i];
    cy_buf_printf(out, "%s%s:%d", i ? "," : "", identity->label, pair_leaf(p, identity));
    for (size_t k = 0; k < identity->chain.count; k++)
      cy_buf_printf(out, ":%u", number_of(p, identity->chain.items[k]));
  }
  cy_buf_str(out, side->identity_count ? " " : "- ");
}

static void put_protocols(cy_buf *out, const cy_tls_side *side)
{
  for (size_t i = 0; i < side->alpn.count; i++)
    cy_buf_printf(out, "%s%s", i ? "," : "", side->alpn.items[i]);
  cy_buf_str(out, side->alpn.count ? " " : "- ");
}

static void describe(cy_buf *out, const pool *p, const cy_tls_side *side)
{
  cy_buf_printf(out, "%d ", side->role);
  put_versions(out, side->versions);
  put_suites(out, side);
  cy_buf_printf(out, "%s %s %s ", side->own_order == CY_NO ? "peer" : "own", peer_word(side),
    side->host ? side->host : "-");
  put_identities(out, p, side);
  for (size_t i = 0; side->trust && i < side->trust->anchors.count; i++)
    cy_buf_printf(out, "%s%u", i ? "," : "", number_of(p, side->trust->anchors.items[i]));
  cy_buf_str(out, side->trust && side->trust->anchors.count ? " " : "- ");
  put_protocols(out, side);
  cy_buf_str(out, side->check_host == CY_YES && side->host ? "check" : "-");
}

static void note(seen *out, int role, const uint8_t *error, size_t len)
{
  if (!out->error[role][0])
    snprintf(out->error[role], sizeof out->error[role], "%.*s", (int)len, (const char *)error);
}

static bool jsse_turn(real_end *end, wire *in, wire *out)
{
  jsse_one *one = (jsse_one *)end;
  CY_CLEAN(cy_buf) request = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) answer = CY_BUF_TEXT;
  cy_buf_u8(&request, (uint8_t)end->role);
  cy_buf_put(&request, in->bytes.data + in->at, in->bytes.len - in->at);
  if (one->watches)
    wire_watch_see(&one->watch, end, 1 - end->role, in->bytes.data + in->at, in->bytes.len - in->at);
  in->at = in->bytes.len;
  java_vm_ask(one->vm, &answer, 't', request.data, request.len);
  need(answer.len >= 3 && answer.len >= 3u + answer.data[2], "an answer");
  end->done |= answer.data[0];
  if (answer.data[2])
    note(end->out, end->role, answer.data + 3, answer.data[2]);
  size_t head = 3u + answer.data[2];
  cy_buf_put(&out->bytes, answer.data + head, answer.len - head);
  wire_watch_see(&one->watch, end, end->role, answer.data + head, answer.len - head);
  return answer.data[1];
}

/* "Fatal (HANDSHAKE_FAILURE): ..." is an alert that the server sends. */
static void see_own_alert(seen *out, const cy_seen_error *error)
{
  if (!error->code || strcmp(error->family, "java") != 0)
    return;
  for (unsigned number = 1; number < 256; number++) {
    const cy_wire_alert *alert = cy_wire_alert_get((uint8_t)number);
    if (alert && strcasecmp(alert->name, error->code) == 0)
      see_alert(out, CY_TLS_SERVER, number);
  }
}

/* What only the ends know: a trace of the server. */
static void read_trace(seen *out, cy_span text)
{
  cy_tls_seens seens = {0};
  cy_err *err = cy_tls_trace_read(&seens, "log", text);
  cy_err_free(err);
  if (seens.count) {
    const cy_tls_seen *trace = seens.items[seens.count - 1];
    out->asked = trace->asked_line != 0;
    out->server_scheme = trace->server_scheme.code;
    out->client_scheme = trace->client_scheme.code;
    for (size_t i = 0; i < trace->alert_count; i++)
      if (trace->alerts[i].number)
        see_alert(out, trace->alerts[i].sent ? CY_TLS_SERVER : CY_TLS_CLIENT, trace->alerts[i].number);
    for (size_t i = 0; i < trace->error_count; i++)
      see_own_alert(out, &trace->errors[i]);
  }
  cy_tls_seens_clear(&seens);
}

/* What an end says of itself: "(handshake_failure) text". */
static int own_alert(const char *error)
{
  const char *close = strchr(error, ')');
  if (*error != '(' || !close || strstr(error, "Received fatal alert"))
    return -1;
  for (unsigned number = 1; number < 256; number++) {
    const cy_wire_alert *alert = cy_wire_alert_get((uint8_t)number);
    if (alert && strlen(alert->name) == (size_t)(close - error - 1) &&
        strncmp(alert->name, error + 1, strlen(alert->name)) == 0)
      return (int)number;
  }
  return -1;
}

/* When one end notices that it can not sign, its certificate is under way already, and the other one looks
 * at that first. */
static void both_alert(seen *out)
{
  if (out->agrees)
    return;
  int alerts[2] = {own_alert(out->error[0]), own_alert(out->error[1])};
  for (int e = 0; e < 2; e++)
    if (alerts[0] >= 0 && alerts[1] >= 0 && strstr(out->error[e], "No supported ")) {
      out->alerter = 1 - e;
      out->alert = alerts[1 - e];
    }
}

static void jsse_close(real_end *end)
{
  jsse_one *one = (jsse_one *)end;
  if (one->watches) {
    CY_CLEAN(cy_buf) answer = CY_BUF_TEXT;
    uint8_t role = (uint8_t)end->role;
    int own = -1, peer = -1;
    java_vm_ask(one->vm, &answer, 'w', &role, 1);
    need(sscanf(cy_buf_cstr(&answer), "%d %d %15s", &own, &peer, end->out->alpn) == 3, "a watch");
    if (strcmp(end->out->alpn, "-") == 0)
      end->out->alpn[0] = 0;
    end->out->server_leaf = own;
    end->out->client_leaf = peer;
    both_alert(end->out);
    if (end->out->version == CY_TLS13 || !end->out->version)
      read_trace(end->out, cy_buf_get(&answer));
  }
  if (end->out->said[end->role])
    see_alert(end->out, end->role, (unsigned)end->out->said[end->role]);
  wire_watch_clear(&one->watch);
  cy_free(one);
}

bool jsse_here(void)
{
  return system("command -v javac >/dev/null 2>&1") == 0; /* NOLINT: a constant */
}

real_end *jsse_end(seen *out, const pool *p, const cy_tls_side *side, bool watches)
{
  CY_CLEAN(cy_buf) request = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) answer = CY_BUF_TEXT;
  java_vm *vm = java_vm_for(p, side, watches);
  describe(&request, p, side);
  java_vm_ask(vm, &answer, 'o', request.data, request.len);
  if (answer.len) {
    note(out, side->role, answer.data, answer.len);
    return NULL;
  }
  jsse_one *one = cy_calloc(1, sizeof *one);
  need(one != NULL, "memory");
  one->end = (real_end){.p = p, .out = out, .role = side->role, .turn = jsse_turn, .close = jsse_close};
  one->vm = vm;
  one->watches = watches;
  one->watch = WIRE_WATCH;
  one->watch.alerts_only = !watches;
  return &one->end;
}
