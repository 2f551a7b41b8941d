/* Readers when memory ends: each allocation in turn fails, over every seed of every reader; nothing is
 * lost, and nothing half read is taken for whole. */
#include "tests/lib/errors.h"
#include "tests/lib/temp.h"

#include <dirent.h>

#include "base/file.h"
#include "tls/reader.h"

typedef struct {
  const char *reader, *corpus, *name; /* what the file is called, where that counts */
} target;

static const target targets[] = {{"json", "tls_json", "side.json"}, {"nginx", "tls_nginx", "nginx.conf"},
  {"gnutls", "tls_read_gnutls", "config"}, {"java", "tls_read_java", "options"},
  {"openssl", "tls_openssl", "openssl.cnf"}, {"httpd", "tls_httpd", "httpd.conf"},
  {"haproxy", "tls_haproxy", "haproxy.cfg"}, {"postgresql", "tls_postgresql", "postgresql.conf"},
  {"stunnel", "tls_stunnel", "stunnel.conf"}, {"openldap", "tls_read_openldap", "config"},
  {"slapd", "tls_read_slapd", "slapd.conf"}, {"liberty", "tls_read_liberty", "server.xml"},
  {"gskit", "tls_read_gskit", "env"}, {"curl", "tls_read_curl", "get.sh"},
  {"rabbitmq", "tls_read_rabbitmq", "rabbitmq"}, {"libpq", "tls_read_libpq", "connect"}};

typedef struct {
  const cy_tls_reader *reader;
  const char *path;
  cy_buf text;
} seed;

static const char *variable(void *arg, const char *name)
{
  (void)arg;
  return strcmp(name, "PGSSLMODE") == 0 ? "prefer" : NULL;
}

static cy_err *read_seed(const void *arg, cy_tls_sides *sides)
{
  const seed *s = arg;
  const cy_tls_read_how how = {.root = "/nonexistent", .home = "/nonexistent", .env = variable};
  return cy_tls_sides_parse(sides, s->reader, s->path, cy_buf_get(&s->text), &how);
}

/* What was understood, but for the wording of findings. */
static void describe(cy_buf *out, const cy_tls_sides *sides)
{
  for (size_t i = 0; i < sides->count; i++) {
    const cy_tls_side *s = sides->items[i];
    cy_buf_printf(out, "%s %s %s %x %zu %zu %zu %zu %d %d %d %d %zu %d\n", s->name,
      s->label ? s->label : "", s->host ? s->host : "", s->versions, s->suites.count, s->suites13.count,
      s->groups.count, s->schemes.count, (int)s->peer, (int)s->own_order, s->clear, s->clear_fallback,
      s->identity_count, s->identity_wrong);
    for (size_t k = 0; k < s->setting_count; k++)
      cy_buf_printf(out, "%s=%s %d\n", s->settings[k].key, s->settings[k].value, s->settings[k].in_force);
    for (size_t k = 0; k < s->findings.count; k++)
      cy_buf_printf(out, "%d\n", (int)s->findings.items[k]->id);
  }
}

typedef cy_err *work(const void *arg, cy_tls_sides *sides);

/* One reading; false: it ended in an error. */
static bool attempt(work *read, const void *arg, cy_buf *out)
{
  CY_CLEAN(cy_tls_sides) sides = {0};
  cy_err *err = read(arg, &sides);
  cy_mem_hook(NULL, NULL);
  bool good = !err;
  cy_err_free(err);
  if (good)
    describe(out, &sides);
  return good;
}

/* Each allocation in turn fails: that is an error, or it was for a text only and all the rest is as it was.
 * Leaks and crashes are the sanitizer's to find. */
static void memory_ends(work *read, const void *arg, long least)
{
  CY_CLEAN(cy_buf) want = CY_BUF_STORE;
  assert_true(attempt(read, arg, &want));
  for (long n = 1; n < 20000; n++) {
    CY_CLEAN(cy_buf) got = CY_BUF_STORE;
    long left = n;
    cy_mem_hook(deny_one, &left);
    bool good = attempt(read, arg, &got);
    if (good && strcmp(cy_buf_cstr(&got), cy_buf_cstr(&want)) != 0)
      fail_msg(
        "allocation %ld failed, and was not noticed:\n%s\n%s", n, cy_buf_cstr(&got), cy_buf_cstr(&want));
    if (left > 0) {
      assert_true(good && n > least);
      return;
    }
  }
  fail_msg("it allocates without end");
}

static bool is_wrong(const seed *s)
{
  CY_CLEAN(cy_buf) got = CY_BUF_STORE;
  return !attempt(read_seed, s, &got);
}

static void read_corpus(const target *t)
{
  char folder[400], path[200], file[700];
  size_t seeds = 0;
  snprintf(path, sizeof path, "tests/corpus/%s", t->corpus);
  test_path(folder, sizeof folder, path);
  snprintf(path, sizeof path, "/nonexistent/%s", t->name);
  DIR *dir = opendir(folder);
  assert_non_null(dir);
  for (struct dirent *e; (e = readdir(dir));) {
    seed s = {cy_tls_reader_find(t->reader), path, CY_BUF_STORE};
    if (e->d_name[0] == '.')
      continue;
    snprintf(file, sizeof file, "%s/%s", folder, e->d_name);
    fine(cy_file_read(&s.text, file, (size_t)1 << 20, NULL));
    if (!is_wrong(&s)) {
      print_message("# %s: %s\n", t->reader, e->d_name);
      memory_ends(read_seed, &s, 5);
      seeds++;
    }
    cy_buf_clear(&s.text);
  }
  closedir(dir);
  assert_true(seeds > 0);
}

static void test_seeds(void **state)
{
  for (size_t i = 0; i < CY_COUNT(targets); i++)
    read_corpus(&targets[i]);
}

/* The same through files, folders and addresses, with a certificate and a key that are there. */

static void write_file(const char *folder, const char *name, const char *text)
{
  char path[2 * TEST_PATH];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  assert_true(fputs(text, f) >= 0);
  assert_int_equal(fclose(f), 0);
}

static cy_err *load_address(const void *arg, cy_tls_sides *sides)
{
  const cy_tls_read_how how = {.home = "/nonexistent"};
  return cy_tls_sides_load(sides, arg, &how);
}

static void test_folder(void **state)
{
  char folder[TEST_PATH], address[2 * TEST_PATH];
  assert_true(test_folder_make(folder, "readers"));
  write_file(folder, "nginx.conf", "events {\n}\nhttp {\n include one.conf;\n}\n");
  write_file(folder, "one.conf", "server {\n listen 443 ssl;\n ssl_certificate a.pem;\n}\n");
  write_file(folder, "a.pem", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");
  write_file(folder, ".curlrc", "tlsv1.2\ncacert = a.pem\n");
  write_file(folder, "rabbitmq.conf", "listeners.ssl.1 = 5671\nssl_options.certfile = a.pem\n");
  memory_ends(load_address, folder, 50);
  snprintf(address, sizeof address, "nginx:%s/nginx.conf#@1", folder);
  memory_ends(load_address, address, 20);
  assert_int_equal(test_folder_remove(folder), 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_seeds), cmocka_unit_test(test_folder)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
