/* Purpose: folders and files that a C unit test makes for itself, where TMPDIR says.
 * Ownership: paths are the caller's; what was made is the caller's to remove.
 * Errors: asserts.
 * Threads: any. */
#ifndef TESTS_LIB_TEMP_H
#define TESTS_LIB_TEMP_H

#include "tests/lib/unit.h"

#include <stdbool.h>
#include <unistd.h>

/* Room for the path of what a test makes for itself. */
enum { TEST_PATH = 200 };

/* TMPDIR, else /tmp, without links in its path; then a name that is not there yet. */
static inline char *test_temp_name(char path[TEST_PATH], const char *stem)
{
  const char *set = getenv("TMPDIR");
  char *real = realpath(set && *set ? set : "/tmp", NULL);
  int length = real ? snprintf(path, TEST_PATH, "%s/causey-%s.XXXXXX", real, stem) : -1;

  free(real);
  assert_true(length > 0 && length < TEST_PATH);
  return path;
}

/* Makes a folder of the test's own; false when that is not possible. */
static inline bool test_folder_make(char path[TEST_PATH], const char *stem)
{
  return mkdtemp(test_temp_name(path, stem)) != NULL;
}

/* Ends it with all that is in it; 0: it is gone. For teardowns. */
static inline int test_folder_remove(const char *path)
{
  char command[TEST_PATH + 16];

  snprintf(command, sizeof command, "rm -rf '%s'", path);
  return system(command);
}

/* Makes an empty file of the test's own and opens it. */
static inline int test_file_make(char path[TEST_PATH], const char *stem)
{
  int fd = mkstemp(test_temp_name(path, stem));

  assert_true(fd >= 0);
  return fd;
}

#endif
