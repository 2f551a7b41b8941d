/* Java processes that hold ends of JSSE. */
#include "pairs/java_vm.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/encoder.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "tls/dialect.h"

extern char **environ;

enum { VMS = 5, ARGS = 14 };

struct java_vm {
  pid_t pid;   /* 0: none */
  int in, out; /* the process's standard input and output */
  char *key;   /* its properties, a line each */
  unsigned used;
};
static java_vm vms[VMS];
static unsigned clock_now;

static void need(bool ok, const char *what)
{
  if (ok)
    return;
  fprintf(stderr, "pairs: Java: %s failed\n", what);
  exit(2);
}

static void write_all(java_vm *vm, const void *data, size_t len)
{
  for (size_t at = 0; at < len;) {
    ssize_t n = write(vm->in, (const char *)data + at, len - at);
    need(n > 0 || errno == EINTR, "write");
    at += n > 0 ? (size_t)n : 0;
  }
}

static void read_all(java_vm *vm, void *data, size_t len)
{
  for (size_t at = 0; at < len;) {
    ssize_t n = read(vm->out, (char *)data + at, len - at);
    need(n > 0 || (n < 0 && errno == EINTR), "read");
    at += n > 0 ? (size_t)n : 0;
  }
}

void java_vm_ask(java_vm *vm, cy_buf *answer, char what, const void *data, size_t len)
{
  uint8_t size[4];
  CY_CLEAN(cy_buf) request = CY_BUF_TEXT;
  len++;
  for (int shift = 24; shift >= 0; shift -= 8)
    cy_buf_u8(&request, (uint8_t)(len >> shift));
  cy_buf_u8(&request, (uint8_t)what);
  cy_buf_put(&request, data, len - 1);
  write_all(vm, request.data, request.len);
  read_all(vm, size, sizeof size);
  size_t back = (size_t)size[0] << 24 | (size_t)size[1] << 16 | (size_t)size[2] << 8 | size[3];
  unsigned char *bytes = cy_malloc(back + 1);
  need(bytes != NULL, "memory");
  read_all(vm, bytes, back);
  cy_buf_put(answer, bytes, back);
  cy_free(bytes);
}

static void tell(java_vm *vm, char what, const void *data, size_t len)
{
  CY_CLEAN(cy_buf) answer = CY_BUF_TEXT;
  java_vm_ask(vm, &answer, what, data, len);
}

static void tell_key(java_vm *vm, EVP_PKEY *key)
{
  unsigned char *der = NULL;
  size_t size = 0;
  OSSL_ENCODER_CTX *encoder =
    OSSL_ENCODER_CTX_new_for_pkey(key, EVP_PKEY_KEYPAIR, "DER", "PrivateKeyInfo", NULL);
  need(encoder && OSSL_ENCODER_to_data(encoder, &der, &size), "a key");
  tell(vm, 'k', der, size);
  OPENSSL_free(der);
  OSSL_ENCODER_CTX_free(encoder);
}

static void stop(java_vm *vm)
{
  if (!vm->pid)
    return;
  close(vm->in);
  close(vm->out);
  waitpid(vm->pid, NULL, 0);
  cy_free(vm->key);
  *vm = (java_vm){0};
}

static void stop_all(void)
{
  for (size_t i = 0; i < VMS; i++)
    stop(&vms[i]);
}

/* Properties. */

static void put_names(cy_buf *key, const char *property, const cy_codes *codes, bool groups)
{
  if (!codes->set)
    return;
  cy_buf_printf(key, "-D%s=", property);
  for (size_t i = 0; i < codes->count; i++) {
    const char *name = groups ? cy_tls_group_get(codes->codes[i])->names[CY_NOTATION_JAVA]
                              : cy_scheme_get(codes->codes[i])->names[CY_NOTATION_JAVA];
    cy_buf_printf(key, "%s%s", i ? "," : "", name ? name : "unknown");
  }
  cy_buf_str(key, "\n");
}

static bool has(cy_code_row row, uint16_t code)
{
  for (size_t i = 0; i < row.count; i++)
    if (row.codes[i] == code)
      return true;
  return false;
}

/* Whether the side has what java.security strikes out by default. */
static bool has_old_suites(const cy_tls_side *side)
{
  for (size_t i = 0; i < side->suites.count; i++)
    if (!has(side->dialect->suites, side->suites.codes[i]))
      return true;
  return false;
}

static bool has_sha1(const cy_tls_side *side)
{
  for (size_t i = 0; i < side->schemes.count; i++)
    if (!has(side->dialect->client_schemes, side->schemes.codes[i]))
      return true;
  return false;
}

static bool is_disabled(const cy_tls_side *side)
{
  return side->versions & ~side->dialect->client_versions || has_old_suites(side) || has_sha1(side);
}

/* The list of Java 17 without what this side has. */
static void put_disabled(cy_buf *key, const cy_tls_side *side)
{
  static const char *const versions[] = {"SSLv3", "TLSv1", "TLSv1.1"};
  cy_buf_str(key, "=jdk.tls.disabledAlgorithms=MD5withRSA, DH keySize < 1024, EC keySize < 224");
  for (size_t v = 0; v < CY_COUNT(versions); v++)
    if (!(side->versions >> v & 1))
      cy_buf_printf(key, ", %s", versions[v]);
  if (!has_old_suites(side))
    cy_buf_str(key, ", RC4, DES, 3DES_EDE_CBC, anon, NULL, ECDH, TLS_RSA_*");
  if (!has_sha1(side))
    cy_buf_str(key, ", rsa_pkcs1_sha1 usage HandshakeSignature, ecdsa_sha1 usage HandshakeSignature, "
                    "dsa_sha1 usage HandshakeSignature");
  cy_buf_str(key, "\n");
}

static char *key_of(const cy_tls_side *side, bool logs)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  put_names(&key, "jdk.tls.namedGroups", &side->groups, true);
  put_names(&key,
    side->role == CY_TLS_SERVER ? "jdk.tls.server.SignatureSchemes" : "jdk.tls.client.SignatureSchemes",
    &side->schemes, false);
  if (is_disabled(side))
    put_disabled(&key, side);
  if (logs)
    cy_buf_str(&key, "-Djavax.net.debug=ssl:handshake\n");
  return cy_buf_take_str(&key);
}

/* A line that begins with "=" goes into a file that is put over java.security. */
static void put_security(cy_buf *arg, char path[256], const char *line)
{
  const char *folder = getenv("TMPDIR");
  snprintf(path, 256, "%s/pairs-security.XXXXXX", folder ? folder : "/tmp");
  int fd = mkstemp(path);
  need(fd >= 0 && write(fd, line, strlen(line)) == (ssize_t)strlen(line), "a file");
  close(fd);
  cy_buf_printf(arg, "-Djava.security.properties=%s", path);
}

static void launch(java_vm *vm, const char *const argv[])
{
  int up[2], down[2];
  posix_spawn_file_actions_t actions;
  need(pipe2(up, O_CLOEXEC) == 0 && pipe2(down, O_CLOEXEC) == 0, "pipe");
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, up[0], 0);
  posix_spawn_file_actions_adddup2(&actions, down[1], 1);
  need(posix_spawnp(&vm->pid, "java", &actions, NULL, (char *const *)argv, environ) == 0, "start");
  posix_spawn_file_actions_destroy(&actions);
  close(up[0]);
  close(down[1]);
  vm->in = up[1];
  vm->out = down[0];
}

static void start(java_vm *vm, const pool *p)
{
  const char *argv[ARGS] = {"java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto",
    "-Dkeystore.pkcs12.keyPbeIterationCount=1"};
  char path[256] = "", *lines = cy_strdup(vm->key), *rest = NULL;
  CY_CLEAN(cy_buf) security = CY_BUF_TEXT;
  size_t argc = 5;
  need(lines != NULL, "memory");
  for (char *line = strtok_r(lines, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
    if (*line == '=')
      put_security(&security, path, line + 1);
    else
      argv[argc++] = line;
  }
  if (security.len)
    argv[argc++] = cy_buf_cstr(&security);
  argv[argc++] = PAIRS_JSSE;
  launch(vm, argv);
  for (size_t i = 0; i < p->leaf_count + p->ca_count; i++) {
    cy_span der = cy_cert_der(i < p->leaf_count ? p->leaves[i].cert : p->cas[i - p->leaf_count].cert);
    tell(vm, 'c', der.data, der.len);
  }
  for (size_t i = 0; i < p->leaf_count; i++)
    tell_key(vm, p->leaves[i].key);
  if (*path)
    unlink(path);
  cy_free(lines);
}

java_vm *java_vm_for(const pool *p, const cy_tls_side *side, bool logs)
{
  java_vm *oldest = &vms[0];
  char *key = key_of(side, logs);
  need(key != NULL, "memory");
  if (!clock_now++) {
    signal(SIGPIPE, SIG_IGN);
    atexit(stop_all);
  }
  for (size_t i = 0; i < VMS; i++) {
    if (vms[i].pid && strcmp(vms[i].key, key) == 0) {
      cy_free(key);
      vms[i].used = clock_now;
      return &vms[i];
    }
    if (vms[i].used < oldest->used)
      oldest = &vms[i];
  }
  stop(oldest);
  oldest->key = key;
  oldest->used = clock_now;
  start(oldest, p);
  return oldest;
}
