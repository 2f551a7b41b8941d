/* A real end of JSSE: one Java process for all pairs, spoken to through two pipes. */
#include <errno.h>
#include <openssl/encoder.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "pairs/real.h"

extern char **environ;

static struct {
  pid_t pid;
  int in, out; /* the process's standard input and output */
} java = {.pid = -1};

typedef struct {
  real_end end;
} jsse_one;

static void need(bool ok, const char *what)
{
  if (ok)
    return;
  fprintf(stderr, "pairs: Java: %s failed\n", what);
  exit(2);
}

static void write_all(const void *data, size_t len)
{
  for (size_t at = 0; at < len;) {
    ssize_t n = write(java.in, (const char *)data + at, len - at);
    need(n > 0 || errno == EINTR, "write");
    at += n > 0 ? (size_t)n : 0;
  }
}

static void read_all(void *data, size_t len)
{
  for (size_t at = 0; at < len;) {
    ssize_t n = read(java.out, (char *)data + at, len - at);
    need(n > 0 || (n < 0 && errno == EINTR), "read");
    at += n > 0 ? (size_t)n : 0;
  }
}

/* Sends a request and takes its answer. */
static void ask(cy_buf *answer, char what, const void *data, size_t len)
{
  uint8_t size[4];
  CY_CLEAN(cy_buf) request = CY_BUF_TEXT;
  len++;
  for (int shift = 24; shift >= 0; shift -= 8)
    cy_buf_u8(&request, (uint8_t)(len >> shift));
  cy_buf_u8(&request, (uint8_t)what);
  cy_buf_put(&request, data, len - 1);
  write_all(request.data, request.len);
  read_all(size, sizeof size);
  size_t back = (size_t)size[0] << 24 | (size_t)size[1] << 16 | (size_t)size[2] << 8 | size[3];
  unsigned char *bytes = cy_malloc(back + 1);
  need(bytes != NULL, "memory");
  read_all(bytes, back);
  cy_buf_put(answer, bytes, back);
  cy_free(bytes);
}

static void tell(char what, const void *data, size_t len)
{
  CY_CLEAN(cy_buf) answer = CY_BUF_TEXT;
  ask(&answer, what, data, len);
}

static void tell_key(EVP_PKEY *key)
{
  unsigned char *der = NULL;
  size_t size = 0;
  OSSL_ENCODER_CTX *encoder =
    OSSL_ENCODER_CTX_new_for_pkey(key, EVP_PKEY_KEYPAIR, "DER", "PrivateKeyInfo", NULL);
  need(encoder && OSSL_ENCODER_to_data(encoder, &der, &size), "a key");
  tell('k', der, size);
  OPENSSL_free(der);
  OSSL_ENCODER_CTX_free(encoder);
}

static void stop(void)
{
  if (java.pid < 0)
    return;
  close(java.in);
  close(java.out);
  waitpid(java.pid, NULL, 0);
  java.pid = -1;
}

static void start(const pool *p)
{
  static const char *const argv[] = {
    "java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", PAIRS_JSSE, NULL};
  int up[2], down[2];
  posix_spawn_file_actions_t actions;
  need(pipe(up) == 0 && pipe(down) == 0, "pipe");
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, up[0], 0);
  posix_spawn_file_actions_adddup2(&actions, down[1], 1);
  for (int i = 0; i < 2; i++) {
    posix_spawn_file_actions_addclose(&actions, up[i]);
    posix_spawn_file_actions_addclose(&actions, down[i]);
  }
  signal(SIGPIPE, SIG_IGN);
  need(posix_spawnp(&java.pid, "java", &actions, NULL, (char *const *)argv, environ) == 0, "start");
  posix_spawn_file_actions_destroy(&actions);
  close(up[0]);
  close(down[1]);
  java.in = up[1];
  java.out = down[0];
  atexit(stop);
  for (size_t i = 0; i < p->leaf_count + p->ca_count; i++) {
    cy_span der = cy_cert_der(i < p->leaf_count ? p->leaves[i].cert : p->cas[i - p->leaf_count].cert);
    tell('c', der.data, der.len);
  }
  for (size_t i = 0; i < p->leaf_count; i++)
    tell_key(p->leaves[i].key);
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
    cy_buf_printf(out, "%s%d", i ? "," : "", pair_leaf(p, identity));
    for (size_t k = 0; k < identity->chain.count; k++)
      cy_buf_printf(out, ":%u", number_of(p, identity->chain.items[k]));
  }
  cy_buf_str(out, side->identity_count ? " " : "- ");
}

static void describe(cy_buf *out, const pool *p, const cy_tls_side *side)
{
  bool host = side->check_host == CY_YES && side->host;
  cy_buf_printf(out, "%d ", side->role);
  put_versions(out, side->versions);
  put_suites(out, side);
  cy_buf_printf(
    out, "%s %s %s ", side->own_order == CY_NO ? "peer" : "own", peer_word(side), host ? side->host : "-");
  put_identities(out, p, side);
  for (size_t i = 0; side->trust && i < side->trust->anchors.count; i++)
    cy_buf_printf(out, "%s%u", i ? "," : "", number_of(p, side->trust->anchors.items[i]));
  if (!side->trust || !side->trust->anchors.count)
    cy_buf_str(out, "-");
}

static void note(seen *out, int role, const uint8_t *error, size_t len)
{
  if (!out->error[role][0])
    snprintf(out->error[role], sizeof out->error[role], "%.*s", (int)len, (const char *)error);
}

static bool jsse_turn(real_end *end, wire *in, wire *out)
{
  CY_CLEAN(cy_buf) request = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) answer = CY_BUF_TEXT;
  cy_buf_u8(&request, (uint8_t)end->role);
  cy_buf_put(&request, in->bytes.data + in->at, in->bytes.len - in->at);
  in->at = in->bytes.len;
  ask(&answer, 't', request.data, request.len);
  need(answer.len >= 3 && answer.len >= 3u + answer.data[2], "an answer");
  end->done |= answer.data[0];
  if (answer.data[2])
    note(end->out, end->role, answer.data + 3, answer.data[2]);
  size_t head = 3u + answer.data[2];
  cy_buf_put(&out->bytes, answer.data + head, answer.len - head);
  return answer.data[1];
}

static void jsse_close(real_end *end)
{
  cy_free(end);
}

bool jsse_here(void)
{
  return system("command -v javac >/dev/null 2>&1") == 0; /* NOLINT: a constant */
}

real_end *jsse_end(seen *out, const pool *p, const cy_tls_side *side, bool watches)
{
  CY_CLEAN(cy_buf) request = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) answer = CY_BUF_TEXT;
  (void)watches;
  if (java.pid < 0)
    start(p);
  describe(&request, p, side);
  ask(&answer, 'o', request.data, request.len);
  if (answer.len) {
    note(out, side->role, answer.data, answer.len);
    return NULL;
  }
  jsse_one *one = cy_calloc(1, sizeof *one);
  need(one != NULL, "memory");
  one->end = (real_end){.p = p, .out = out, .role = side->role, .turn = jsse_turn, .close = jsse_close};
  return &one->end;
}
