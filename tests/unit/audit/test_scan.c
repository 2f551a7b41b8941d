/* causey-test: any-user
 * A single certificate is looked at in place; the long way through a document must say the same. */
#include "tests/lib/temp.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "audit/scan.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/pem.h"

static char folder_path[TEST_PATH];

static void write_file(const char *path, cy_span bytes)
{
  int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, bytes.data, bytes.len), (ssize_t)bytes.len);
  close(fd);
}

static void scan(cy_scan_result *result, const char *path, bool no_shortcut)
{
  cy_audit_options options = {.now = cy_time_from_civil(2026, 1, 1, 0, 0, 0), .warn_days = 100000};
  cy_scan_shared shared = {.options = &options, .no_shortcut = no_shortcut};
  cy_scan scanner;
  const char *const paths[] = {path};
  cy_walk *walk = NULL;
  cy_batch batch = {0};
  cy_links_init(&shared.links);
  pthread_mutex_init(&shared.big_file, NULL);
  assert_null(cy_walk_new(&walk, paths, 1, &(cy_walk_options){0}));
  assert_null(cy_walk_next(walk, &batch));
  assert_int_equal(batch.count, 1);
  cy_scan_begin(&scanner, &shared);
  cy_scan_file(&scanner, &batch.files[0], 0, result);
  cy_scan_end(&scanner);
  cy_batch_clear(&batch);
  cy_walk_free(walk);
  cy_links_clear(&shared.links);
  pthread_mutex_destroy(&shared.big_file);
  assert_null(result->err);
  cy_findings_sort(&result->store.findings);
}

static void same_finding(const cy_finding *a, const cy_finding *b)
{
  assert_int_equal(a->id, b->id);
  assert_int_equal(a->severity, b->severity);
  assert_string_equal(a->subject, b->subject);
  assert_string_equal(a->what, b->what);
  assert_int_equal(a->evidence_count, b->evidence_count);
  assert_true(cy_finding_fingerprint(a) == cy_finding_fingerprint(b));
}

static size_t same_both_ways(const char *path)
{
  cy_scan_result quick, slow;
  scan(&quick, path, false);
  scan(&slow, path, true);
  assert_int_equal(quick.kind, slow.kind);
  assert_int_equal(quick.store.opened, slow.store.opened);
  assert_int_equal(quick.store.entries, slow.store.entries);
  assert_int_equal(quick.store.certificates, slow.store.certificates);
  assert_true(quick.store.first_end == slow.store.first_end);
  assert_int_equal(quick.store.nearest.count, slow.store.nearest.count);
  assert_memory_equal(quick.store.ends, slow.store.ends, sizeof quick.store.ends);
  assert_int_equal(quick.store.findings.count, slow.store.findings.count);
  size_t count = quick.store.findings.count;
  for (size_t i = 0; i < count; i++)
    same_finding(quick.store.findings.items[i], slow.store.findings.items[i]);
  cy_scan_result_clear(&quick);
  cy_scan_result_clear(&slow);
  return count;
}

static size_t each_variant(cy_span pem)
{
  char path[TEST_PATH + 16];
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  cy_pem reader = cy_pem_begin(pem);
  cy_pem_block block;
  bool found;
  snprintf(path, sizeof path, "%s/c#1.crt", folder_path);
  write_file(path, pem);
  size_t count = same_both_ways(path);
  cy_buf_str(&text, "Bag Attributes\n    friendlyName: x\n");
  cy_buf_span(&text, pem);
  write_file(path, cy_buf_get(&text));
  same_both_ways(path);
  write_file(path, cy_span_of(pem.data, pem.len / 2));
  same_both_ways(path);
  assert_null(cy_pem_next(&reader, &block, &found));
  assert_null(cy_pem_decode(&der, &block));
  write_file(path, cy_buf_get(&der));
  assert_int_equal(same_both_ways(path), count);
  cy_buf_u8(&der, 0); /* something behind it */
  write_file(path, cy_buf_get(&der));
  same_both_ways(path);
  return count;
}

/* What the machine trusts: real certificates of many makes. */
static void says_the_same_both_ways(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) bundle = CY_BUF_STORE;
  cy_pem_block block;
  bool found = true;
  size_t findings = 0, count = 0;
  assert_null(cy_file_read(&bundle, "/etc/ssl/certs/ca-certificates.crt", (size_t)8 << 20, NULL));
  cy_pem reader = cy_pem_begin(cy_buf_get(&bundle));
  while (count < 40) {
    assert_null(cy_pem_next(&reader, &block, &found));
    if (!found)
      break;
    findings += each_variant(block.whole);
    count++;
  }
  assert_true(count > 10);
  assert_true(findings > 0); /* --min-rsa 8192 alone gives some */
}

static int make_folder(void **state)
{
  (void)state;
  return test_folder_make(folder_path, "scan") ? 0 : -1;
}

static int remove_folder(void **state)
{
  (void)state;
  return test_folder_remove(folder_path);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(says_the_same_both_ways)};
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
