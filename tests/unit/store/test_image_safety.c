/* causey-test: any-user */
#include "tests/unit/store/image_util.h"

#include <sys/resource.h>

#include "base/fault.h"
#include "store/codes.h"

/* A run that is killed. */

#ifdef CY_FAULT_INJECTION
typedef struct {
  const char *point;
  bool replaced; /* the new content is there afterwards */
  bool left;     /* a leftover is, too */
} crash;

static const crash crashes[] = {
  {"image.created", false, true},
  {"image.written", false, true},
  {"image.synced", false, true},
  {"image.renamed", true, false},
};

static int die_at(void *arg)
{
  const crash *c = arg;
  cy_fault_begin(c->point, NULL);
  return code_is(write_text("f", CY_OPEN_WRITE, "new"), CY_OK);
}

static void killed_anywhere_leaves_old_or_new(void **state)
{
  for (size_t i = 0; i < CY_COUNT(crashes); i++) {
    put_file("f", "old");
    assert_int_equal(chmod(at("f"), 0640), 0);
    assert_int_equal(in_child(die_at, (void *)&crashes[i], false), -SIGKILL);
    has_text("f", crashes[i].replaced ? "new" : "old");
    assert_int_equal(stat_of("f").st_mode & 07777, 0640);
    assert_int_equal(leftovers(), crashes[i].left);
    fine(write_text("f", CY_OPEN_UPDATE, "next"));
    has_text("f", "next");
    assert_int_equal(leftovers(), 0);
  }
}

static void killed_while_making_leaves_nothing_or_new(void **state)
{
  for (size_t i = 0; i < CY_COUNT(crashes); i++) {
    (void)unlink(at("f"));
    assert_int_equal(in_child(die_at, (void *)&crashes[i], false), -SIGKILL);
    if (crashes[i].replaced)
      has_text("f", "new");
    else
      has_no("f");
    fine(write_text("f", CY_OPEN_WRITE, "next"));
    has_text("f", "next");
    assert_int_equal(leftovers(), 0);
  }
}

static int die_with_sibling(void *arg)
{
  CY_AUTO(cy_image) *image = NULL;
  cy_image_part *sibling;
  cy_fault_begin("image.renamed", NULL);
  fine(cy_image_open(&image, at("k.kdb"), CY_OPEN_UPDATE));
  set_text(&image->parts[0], "new", false);
  fine(cy_image_sibling(image, "sth", true, &sibling));
  set_text(sibling, "new", false);
  fine(cy_image_commit(image, NULL, NULL));
  return 0;
}

static void siblings_go_first(void **state)
{
  put_file("k.kdb", "old");
  put_file("k.sth", "old");
  assert_int_equal(in_child(die_with_sibling, NULL, false), -SIGKILL);
  has_text("k.sth", "new");
  has_text("k.kdb", "old");
}
#endif

/* A leftover whose writer lives is none; nor is a file that only looks like one. */
static void cleans_only_what_is_dead(void **state)
{
  static const char live[] = ".f.causey-0123456789abcdef", dead[] = ".f.causey-fedcba9876543210";
  static const char *const others[] = {".g.causey-0123456789abcdef", ".f.causey-0123456789abcde",
    ".f.causey-0123456789abcdef0", ".f.causey-0123456789abcdeX"};
  CY_AUTO(cy_image) *writer = NULL;
  put_file(live, "");
  put_file(dead, "");
  put_file("f", "old");
  for (size_t i = 0; i < CY_COUNT(others); i++)
    put_file(others[i], "");
  fine(cy_image_open(&writer, at(live), CY_OPEN_UPDATE)); /* locks it */
  fine(write_text("f", CY_OPEN_UPDATE, "new"));
  has_no(dead);
  has_text(live, "");
  for (size_t i = 0; i < CY_COUNT(others); i++)
    has_text(others[i], "");
}

/* Others meanwhile. */

static cy_image *open_and_set(const char *name)
{
  cy_image *image;
  fine(cy_image_open(&image, at(name), CY_OPEN_UPDATE));
  set_text(&image->parts[0], "ours", false);
  return image;
}

static void replaced_meanwhile(void **state)
{
  put_file("f", "old");
  CY_AUTO(cy_image) *image = open_and_set("f");
  put_file("g", "theirs");
  assert_int_equal(rename(at("g"), at("f")), 0);
  fails_with(cy_image_commit(image, NULL, NULL), CY_E_STORE_CHANGED);
  has_text("f", "theirs");
  assert_int_equal(leftovers(), 0);
}

static void changed_in_place_meanwhile(void **state)
{
  put_file("f", "old");
  CY_AUTO(cy_image) *image = open_and_set("f");
  put_file("f", "other");
  fails_with(cy_image_commit(image, NULL, NULL), CY_E_STORE_CHANGED);
  has_text("f", "other");
  assert_int_equal(leftovers(), 0);
}

static void removed_meanwhile(void **state)
{
  put_file("f", "old");
  CY_AUTO(cy_image) *image = open_and_set("f");
  assert_int_equal(unlink(at("f")), 0);
  fails_with(cy_image_commit(image, NULL, NULL), CY_E_STORE_CHANGED);
  has_no("f");
  assert_int_equal(leftovers(), 0);
}

static void a_link_put_in_its_place(void **state)
{
  put_file("f", "old");
  put_file("victim", "precious");
  CY_AUTO(cy_image) *image = open_and_set("f");
  assert_int_equal(unlink(at("f")), 0);
  assert_int_equal(symlink("victim", at("f")), 0);
  fails_with(cy_image_commit(image, NULL, NULL), CY_E_STORE_CHANGED);
  has_text("victim", "precious");
  assert_true(S_ISLNK(stat_of("f").st_mode));
  assert_int_equal(leftovers(), 0);
}

static void a_link_where_a_file_is_to_be_made(void **state)
{
  CY_AUTO(cy_image) *image = NULL;
  put_file("victim", "precious");
  fine(cy_image_open(&image, at("f"), CY_OPEN_WRITE));
  set_text(&image->parts[0], "ours", true);
  assert_int_equal(symlink("victim", at("f")), 0);
  fails_with(cy_image_commit(image, NULL, NULL), CY_E_STORE_EXISTS);
  has_text("victim", "precious");
  assert_int_equal(leftovers(), 0);
}

/* The folder was resolved when it was opened: no link that comes later leads elsewhere. */
static void a_link_in_place_of_the_folder(void **state)
{
  assert_int_equal(mkdir(at("d"), 0700), 0);
  assert_int_equal(mkdir(at("trap"), 0700), 0);
  put_file("d/f", "old");
  put_file("trap/f", "precious");
  CY_AUTO(cy_image) *image = open_and_set("d/f");
  assert_int_equal(rename(at("d"), at("moved")), 0);
  assert_int_equal(symlink("trap", at("d")), 0);
  fine(cy_image_commit(image, NULL, NULL));
  has_text("trap/f", "precious");
  has_text("moved/f", "ours");
}

static void two_make_the_same_file(void **state)
{
  static const cy_open_mode modes[] = {CY_OPEN_WRITE, CY_OPEN_CREATE};
  for (size_t i = 0; i < CY_COUNT(modes); i++) {
    CY_AUTO(cy_image) *first = NULL;
    CY_AUTO(cy_image) *second = NULL;
    (void)unlink(at("f"));
    fine(cy_image_open(&first, at("f"), modes[i]));
    fine(cy_image_open(&second, at("f"), modes[i]));
    set_text(&first->parts[0], "first", false);
    set_text(&second->parts[0], "second", false);
    fine(cy_image_commit(first, NULL, NULL));
    fails_with(cy_image_commit(second, NULL, NULL), CY_E_STORE_EXISTS);
    has_text("f", "first");
    assert_int_equal(leftovers(), 0);
  }
}

static void a_lock_keeps_writers_out_and_readers_in(void **state)
{
  cy_image *other;
  CY_AUTO(cy_image) *reader = NULL;
  put_file("f", "old");
  CY_AUTO(cy_image) *image = open_and_set("f");
  fine(cy_image_open(&reader, at("f"), CY_OPEN_READ));
  fails_with(cy_image_open(&other, at("f"), CY_OPEN_UPDATE), CY_E_STORE_LOCKED);
  fine(cy_image_commit(image, NULL, NULL));
  /* The lock went over to the new file. */
  fails_with(cy_image_open(&other, at("f"), CY_OPEN_WRITE), CY_E_STORE_LOCKED);
  assert_null(other);
}

enum { WRITERS = 4, ROUNDS = 25 };

/* Adds one to the number in the file, again when the lock did not come in time. */
static int add_some(void *arg)
{
  for (int i = 0; i < ROUNDS;) {
    CY_AUTO(cy_image) *image = NULL;
    char text[20];
    CY_AUTO(cy_err) *err = cy_image_open(&image, at("n"), CY_OPEN_UPDATE);
    if (cy_err_is(err, CY_E_STORE_LOCKED))
      continue;
    if (err)
      return 1;
    cy_span was = cy_image_bytes(image);
    snprintf(text, sizeof text, "%.*s", (int)was.len, (const char *)was.data);
    snprintf(text, sizeof text, "%ld", strtol(text, NULL, 10) + 1);
    set_text(&image->parts[0], text, false);
    if (code_is(cy_image_commit(image, NULL, NULL), CY_OK))
      return 2;
    i++;
  }
  return 0;
}

static void writers_take_turns(void **state)
{
  pid_t pids[WRITERS];
  char want[20];
  put_file("n", "0");
  fflush(NULL);
  for (int i = 0; i < WRITERS; i++) {
    pids[i] = fork();
    if (pids[i] == 0)
      _exit(add_some(NULL));
  }
  for (int i = 0; i < WRITERS; i++) {
    int status = -1;
    assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
    assert_int_equal(status, 0);
  }
  snprintf(want, sizeof want, "%d", WRITERS * ROUNDS);
  has_text("n", want);
  assert_int_equal(leftovers(), 0);
}

/* What the system refuses. */

static int write_beyond_the_limit(void *arg)
{
  struct rlimit limit = {100, 100};
  char text[1000] = {0};
  memset(text, 'x', sizeof text - 1);
  signal(SIGXFSZ, SIG_IGN);
  if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
    return 90;
  return code_is(write_text("f", CY_OPEN_WRITE, text), CY_E_IO_FULL);
}

static void no_room_leaves_the_old_file(void **state)
{
  put_file("f", "old");
  assert_int_equal(in_child(write_beyond_the_limit, NULL, false), 0);
  has_text("f", "old");
  assert_int_equal(unlink(at("f")), 0);
  assert_int_equal(in_child(write_beyond_the_limit, NULL, false), 0);
  has_no("f");
  assert_int_equal(leftovers(), 0);
}

static int try_denied(void *arg)
{
  cy_image *image;
  cy_err *denied = write_text("d/f", CY_OPEN_UPDATE, "new");
  if (!denied || !strstr(cy_err_fix(denied), "right to write in the folder"))
    return 1;
  int r = code_is(denied, CY_E_IO_DENIED);
  r |= code_is(write_text("d/new", CY_OPEN_WRITE, "new"), CY_E_IO_DENIED);
  r |= code_is(cy_image_open(&image, at("secret"), CY_OPEN_READ), CY_E_IO_DENIED);
  r |= code_is(cy_image_open(&image, at("closed/f"), CY_OPEN_READ), CY_E_IO_DENIED);
  return r;
}

static void rights_are_respected(void **state)
{
  assert_int_equal(mkdir(at("d"), 0755), 0);
  assert_int_equal(mkdir(at("closed"), 0700), 0);
  put_file("d/f", "old");
  put_file("secret", "x");
  put_file("closed/f", "x");
  assert_int_equal(chmod(at("d/f"), 0666), 0);
  assert_int_equal(chmod(at("d"), 0555), 0);
  assert_int_equal(chmod(at("secret"), 0), 0);
  assert_int_equal(chmod(at("closed"), 0), 0);
  assert_int_equal(in_child(try_denied, NULL, true), 0);
  assert_int_equal(chmod(at("d"), 0755), 0);
  assert_int_equal(chmod(at("closed"), 0700), 0);
  has_text("d/f", "old");
  has_no("d/new");
}

static int write_as_nobody(void *arg)
{
  return code_is(write_text("drop/f", CY_OPEN_UPDATE, "new"), CY_OK);
}

/* In a folder that one may enter and change, but not list. */
static void a_folder_that_can_not_be_listed(void **state)
{
  assert_int_equal(mkdir(at("drop"), 0755), 0);
  put_file("drop/f", "old");
  assert_int_equal(chmod(at("drop/f"), 0664), 0);
  assert_int_equal(chmod(at("drop"), 0333), 0);
  int got = in_child(write_as_nobody, NULL, true);
  assert_int_equal(chmod(at("drop"), 0755), 0);
  assert_int_equal(got, 0);
  has_text("drop/f", "new");
}

/* The old group can not be kept, so the new one gets no more than everybody. */
static void another_group_gets_no_more(void **state)
{
  if (geteuid() != 0)
    return; /* only root can make a file of a group that another can not keep */
  static const mode_t old[] = {0664, 0644, 0674}, now[] = {0644, 0644, 0644};
  for (size_t i = 0; i < CY_COUNT(old); i++) {
    assert_int_equal(mkdir(at("drop"), 0777), 0);
    assert_int_equal(chmod(at("drop"), 0777), 0);
    put_file("drop/f", "old");
    assert_int_equal(chmod(at("drop/f"), old[i]), 0);
    assert_int_equal(in_child(write_as_nobody, NULL, true), 0);
    assert_int_equal(stat_of("drop/f").st_uid, NOBODY);
    assert_int_equal(stat_of("drop/f").st_mode & 07777, now[i]);
    assert_int_equal(unlink(at("drop/f")), 0);
    assert_int_equal(rmdir(at("drop")), 0);
  }
}

static long allocations_left;
static bool deny(size_t size, void *arg)
{
  return --allocations_left == 0;
}

static void memory_runs_out(void **state)
{
  for (long n = 1; n < 100; n++) {
    put_file("f", "old");
    allocations_left = n;
    cy_mem_hook(deny, NULL);
    cy_err *err = write_text("f", CY_OPEN_WRITE, "new");
    cy_mem_hook(NULL, NULL);
    has_text("f", err ? "old" : "new");
    assert_int_equal(leftovers(), 0);
    if (!err) {
      assert_true(n > 4);
      return;
    }
    fails_with(err, CY_E_NO_MEMORY);
  }
  fail_msg("an allocation that fails is not noticed");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
#ifdef CY_FAULT_INJECTION
    in_folder(killed_anywhere_leaves_old_or_new),
    in_folder(killed_while_making_leaves_nothing_or_new),
    in_folder(siblings_go_first),
#endif
    in_folder(cleans_only_what_is_dead),
    in_folder(replaced_meanwhile),
    in_folder(changed_in_place_meanwhile),
    in_folder(removed_meanwhile),
    in_folder(a_link_put_in_its_place),
    in_folder(a_link_where_a_file_is_to_be_made),
    in_folder(a_link_in_place_of_the_folder),
    in_folder(two_make_the_same_file),
    in_folder(a_lock_keeps_writers_out_and_readers_in),
    in_folder(writers_take_turns),
    in_folder(no_room_leaves_the_old_file),
    in_folder(rights_are_respected),
    in_folder(a_folder_that_can_not_be_listed),
    in_folder(another_group_gets_no_more),
    in_folder(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
