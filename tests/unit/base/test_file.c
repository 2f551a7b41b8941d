#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/temp.h"
#include "tests/unit/base/alloc.h"

static char folder[TEST_PATH];

static int setup(void **state)
{
  return test_folder_make(folder, "file") ? chdir(folder) : -1;
}

static int teardown(void **state)
{
  static const char *const files[] = {"file", "empty", "pipe", "link", "loop"};
  for (size_t i = 0; i < CY_COUNT(files); i++)
    unlink(files[i]);
  return chdir("/") == 0 ? rmdir(folder) : -1;
}

static void put(const char *path, cy_span bytes)
{
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  assert_no_error(cy_fd_write(fd, bytes, path));
  close(fd);
}

static void whole_files(void **state)
{
  CY_CLEAN(cy_buf) b = CY_BUF(8);
  struct stat st;
  put("file", CY_SPAN("12345678"));
  put("empty", CY_SPAN(""));
  assert_no_error(cy_file_read(&b, "file", 8, &st));
  assert_string_equal(cy_buf_cstr(&b), "12345678");
  assert_int_equal(st.st_size, 8);
  assert_no_error(cy_file_read(&b, "empty", 0, NULL));
  assert_int_equal(b.len, 8);
  cy_buf_reset(&b);
  assert_error(cy_file_read(&b, "file", 7, NULL), CY_E_TOO_LARGE);
  assert_int_equal(symlink("file", "link"), 0);
  assert_no_error(cy_file_read(&b, "link", 8, NULL));
}

static void files_that_say_they_are_empty(void **state)
{
  CY_CLEAN(cy_buf) b = CY_BUF_TEXT;
  if (access("/proc/self/status", R_OK) != 0)
    skip();
  assert_no_error(cy_file_read(&b, "/proc/self/status", 1 << 20, NULL));
  assert_true(b.len > 100);
  cy_buf_reset(&b);
  assert_error(cy_file_read(&b, "/proc/self/status", 10, NULL), CY_E_TOO_LARGE);
}

static void what_is_no_file(void **state)
{
  CY_CLEAN(cy_buf) b = CY_BUF_TEXT;
  assert_int_equal(mkfifo("pipe", 0600), 0);
  assert_int_equal(symlink("loop", "loop"), 0);
  assert_error(cy_file_read(&b, "pipe", 8, NULL), CY_E_IO_KIND); /* and does not wait */
  assert_error(cy_file_read(&b, ".", 8, NULL), CY_E_IO_KIND);
  assert_error(cy_file_read(&b, "/dev/null", 8, NULL), CY_E_IO_KIND);
  assert_error(cy_file_read(&b, "missing", 8, NULL), CY_E_IO_MISSING);
  assert_error(cy_file_read(&b, "loop", 8, NULL), CY_E_IO);
  assert_error(cy_file_read(&b, "", 8, NULL), CY_E_IO_MISSING);
}

/* A limit at, below and above what comes; the ceiling of the buffer is as low. */
static void descriptors(void **state)
{
  static const size_t limits[] = {0, 4, 5, 6};
  for (size_t i = 0; i < CY_COUNT(limits); i++) {
    CY_CLEAN(cy_buf) b = CY_BUF(limits[i]);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_no_error(cy_fd_write(ends[1], CY_SPAN("12345"), "pipe"));
    close(ends[1]);
    assert_error(cy_fd_read(&b, ends[0], "pipe", limits[i]), limits[i] < 5 ? CY_E_TOO_LARGE : CY_OK);
    assert_int_equal(b.len, limits[i] < 5 ? limits[i] : 5);
    close(ends[0]);
  }
  CY_CLEAN(cy_buf) b = CY_BUF_TEXT;
  assert_error(cy_fd_read(&b, -1, "nothing", 5), CY_E_IO);
  assert_error(cy_fd_write(-1, CY_SPAN("x"), "nothing"), CY_E_IO);
  assert_no_error(cy_fd_write(-1, CY_SPAN(""), "nothing"));
}

/* Somebody else may have set a descriptor not to block: we wait all the same. */
static void descriptors_that_do_not_block(void **state)
{
  enum { BYTES = 1 << 20 };
  int ends[2];
  CY_CLEAN(cy_buf) b = CY_BUF_STORE, data = CY_BUF_STORE;
  cy_buf_fill(&data, 'x', BYTES);
  assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    close(ends[0]);
    _exit(cy_fd_write(ends[1], cy_buf_get(&data), "pipe") != NULL);
  }
  close(ends[1]);
  assert_no_error(cy_fd_read(&b, ends[0], "pipe", BYTES));
  close(ends[0]);
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
  assert_int_equal(b.len, BYTES);
}

static void a_full_disk(void **state)
{
  int fd = open("/dev/full", O_WRONLY);
  if (fd < 0)
    skip();
  assert_error(cy_fd_write(fd, CY_SPAN("x"), "/dev/full"), CY_E_IO_FULL);
  close(fd);
}

static void paths(void **state)
{
  static const struct {
    const char *path, *name, *folder, *suffix, *expanded;
  } rows[] = {
    {"a.pem", "a.pem", ".", "pem", "a.pem"},
    {"/a", "a", "/", "", "/a"},
    {"/x.y/a", "a", "/x.y", "", "/x.y/a"},
    {"d/.hidden", ".hidden", "d", "", "d/.hidden"},
    {"d/a.tar.gz", "a.tar.gz", "d", "gz", "d/a.tar.gz"},
    {"d/", "", "d", "", "d/"},
    {"~/a.", "a.", "~", "", "/h/a."},
    {"~", "~", ".", "", "/h"},
    {"~x/a", "a", "~x", "", "~x/a"},
    {"", "", ".", "", ""},
  };
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    CY_AUTO_STR char *dir = cy_path_folder(rows[i].path);
    CY_AUTO_STR char *expanded = cy_path_expand(rows[i].path, "/h");
    CY_AUTO_STR char *plain = cy_path_expand(rows[i].path, NULL);
    assert_string_equal(cy_path_name(rows[i].path), rows[i].name);
    assert_string_equal(cy_path_suffix(rows[i].path), rows[i].suffix);
    assert_string_equal(dir, rows[i].folder);
    assert_string_equal(expanded, rows[i].expanded);
    assert_string_equal(plain, rows[i].path);
  }
}

static bool read_one(void)
{
  CY_CLEAN(cy_buf) b = CY_BUF_TEXT;
  cy_err *err = cy_file_read(&b, "file", 100, NULL);
  bool done = !err;
  cy_err_free(err);
  err = cy_file_read(&b, "missing", 100, NULL);
  bool told = cy_err_is(err, CY_E_IO_MISSING) && strstr(cy_err_text(err), "No such file");
  cy_err_free(err);
  CY_AUTO_STR char *path = cy_path_expand("~/x", "/h");
  return done && told && path;
}

static void failing_memory(void **state)
{
  fail_each_allocation(read_one);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(whole_files),
    cmocka_unit_test(files_that_say_they_are_empty),
    cmocka_unit_test(what_is_no_file),
    cmocka_unit_test(descriptors),
    cmocka_unit_test(descriptors_that_do_not_block),
    cmocka_unit_test(a_full_disk),
    cmocka_unit_test(paths),
    cmocka_unit_test(failing_memory),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
