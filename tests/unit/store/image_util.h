/* Purpose: what the tests of images share: a folder, files in it, children.
 * Ownership: paths are written to static storage.
 * Errors: asserts.
 * Threads: one. */
#ifndef TESTS_UNIT_STORE_IMAGE_UTIL_H
#define TESTS_UNIT_STORE_IMAGE_UTIL_H

#include "tests/lib/errors.h"
#include "tests/lib/temp.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/image.h"

enum { NOBODY = 65534 };

static char folder[TEST_PATH];

/* The path of `name` in the folder; good until eight more were asked for. */
static inline const char *at(const char *name)
{
  static char paths[8][300];
  static unsigned next;
  char *path = paths[next++ % 8];
  snprintf(path, sizeof paths[0], "%s/%s", folder, name);
  return path;
}

static inline void put_file(const char *name, const char *text)
{
  FILE *f = fopen(at(name), "w");
  assert_non_null(f);
  assert_true(fputs(text, f) >= 0);
  assert_int_equal(fclose(f), 0);
}

static inline void has_text(const char *name, const char *want)
{
  char text[200] = {0};
  FILE *f = fopen(at(name), "r");
  assert_non_null(f);
  size_t n = fread(text, 1, sizeof text - 1, f);
  fclose(f);
  text[n] = 0;
  assert_string_equal(text, want);
}

static inline struct stat stat_of(const char *name)
{
  struct stat st;
  assert_int_equal(lstat(at(name), &st), 0);
  return st;
}

static inline void has_no(const char *name)
{
  struct stat st;
  assert_int_equal(lstat(at(name), &st), -1);
}

/* How many files in the folder were left by writers. */
static inline int leftovers(void)
{
  int n = 0;
  DIR *dir = opendir(folder);
  assert_non_null(dir);
  for (struct dirent *e; (e = readdir(dir));)
    n += strstr(e->d_name, ".causey-") != NULL;
  closedir(dir);
  return n;
}

static inline void set_text(cy_image_part *part, const char *text, bool secret)
{
  cy_buf buf = CY_BUF_STORE;
  cy_buf_str(&buf, text);
  cy_image_set(part, &buf, secret);
}

/* Opens, sets and commits; what came out. */
static inline cy_err *write_text(const char *name, cy_open_mode mode, const char *text)
{
  CY_AUTO(cy_image) *image = NULL;
  CY_TRY(cy_image_open(&image, at(name), mode));
  set_text(&image->parts[0], text, true);
  return cy_image_commit(image, NULL, NULL);
}

/* Runs `work` in a child, as nobody when asked for and possible; its exit status, or -signal. */
static inline int in_child(int (*work)(void *arg), void *arg, bool as_nobody)
{
  int status;
  fflush(NULL);
  pid_t pid = fork();
  assert_true(pid >= 0);
  if (pid == 0) {
    if (as_nobody && geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
      _exit(90);
    _exit(work(arg));
  }
  assert_int_equal(waitpid(pid, &status, 0), pid);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* For children: 0 when the error has this code (CY_OK: there is none). */
static inline int code_is(cy_err *err, cy_err_code code)
{
  bool good = code == CY_OK ? !err : cy_err_is(err, code);
  if (!good)
    print_message("# %s\n", err ? cy_err_text(err) : "no error");
  cy_err_free(err);
  return good ? 0 : 1;
}

static inline int make_folder(void **state)
{
  (void)state;
  return test_folder_make(folder, "image") && chmod(folder, 0755) == 0 ? 0 : -1;
}

static inline int remove_folder(void **state)
{
  (void)state;
  return test_folder_remove(folder);
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

#endif
