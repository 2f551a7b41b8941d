/* causey-test: any-user */
#include "tests/lib/temp.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "audit/walk.h"
#include "base/mem.h"

static char root[TEST_PATH];

static void put(const char *name)
{
  char path[256];
  snprintf(path, sizeof path, "%s/%s", root, name);
  int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  assert_true(fd >= 0);
  close(fd);
}

static void folder(const char *name)
{
  char path[256];
  snprintf(path, sizeof path, "%s/%s", root, name);
  assert_int_equal(mkdir(path, 0700), 0);
}

static int make_tree(void **state)
{
  (void)state;
  assert_true(test_folder_make(root, "walk"));
  folder("b");
  folder("b/deep");
  folder("b-c");
  folder("empty");
  put("a");
  put("b/1");
  put("b/deep/2");
  put("b-c/3");
  put("b.d");
  for (int i = 0; i < 100; i++) {
    char name[32];
    snprintf(name, sizeof name, "empty/%03d", i);
    put(name);
  }
  return 0;
}

static int remove_tree(void **state)
{
  (void)state;
  return test_folder_remove(root);
}

/* The paths below `from`, without the root, joined by blanks; the first `max` of them. */
static void paths_of(char *text, size_t size, cy_walk *walk, size_t max, size_t *count)
{
  text[0] = 0;
  for (*count = 0;;) {
    cy_batch batch = {0};
    assert_null(cy_walk_next(walk, &batch));
    size_t files = batch.count;
    assert_true(files <= CY_BATCH_FILES);
    for (size_t i = 0; i < files; i++) {
      CY_AUTO_STR char *path = cy_walk_file_path(&batch.files[i]);
      if ((*count)++ < max)
        snprintf(text + strlen(text), size - strlen(text), "%s ", path + strlen(root));
      struct stat st; /* each can be opened in its folder, also when the walk has gone on */
      assert_int_equal(fstatat(batch.files[i].folder->fd, batch.files[i].name, &st, 0), 0);
    }
    cy_batch_clear(&batch);
    if (!files)
      return;
  }
}

static void goes_by_path(void **state)
{
  (void)state;
  const char *operands[] = {root};
  char text[1024];
  size_t count;
  CY_AUTO(cy_walk) *walk = NULL;
  assert_null(cy_walk_new(&walk, operands, 1, &(cy_walk_options){0}));
  paths_of(text, sizeof text, walk, 6, &count);
  assert_string_equal(text, "/a /b-c/3 /b.d /b/1 /b/deep/2 /empty/000 ");
  assert_int_equal(count, 105);
  assert_int_equal(cy_walk_folders(walk), 5);
}

static void visits_a_folder_once(void **state)
{
  (void)state;
  char inner[TEST_PATH + 4], slashes[TEST_PATH + 4], text[64];
  size_t count;
  snprintf(inner, sizeof inner, "%s/b", root);
  snprintf(slashes, sizeof slashes, "%s///", root);
  const char *operands[] = {inner, root, slashes};
  CY_AUTO(cy_walk) *walk = NULL;
  assert_null(cy_walk_new(&walk, operands, 3, &(cy_walk_options){0}));
  paths_of(text, sizeof text, walk, 0, &count);
  assert_int_equal(count, 105);
}

static void stops_when_told(void **state)
{
  (void)state;
  static const volatile sig_atomic_t stop = 1;
  const char *operands[] = {root};
  cy_batch batch = {0};
  CY_AUTO(cy_walk) *walk = NULL;
  assert_null(cy_walk_new(&walk, operands, 1, &(cy_walk_options){.stop = &stop}));
  assert_null(cy_walk_next(walk, &batch));
  assert_int_equal(batch.count, 0);
  cy_batch_clear(&batch);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(goes_by_path), cmocka_unit_test(visits_a_folder_once),
    cmocka_unit_test(stops_when_told)};
  return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
