/* causey-test: any-user */
#include "tests/unit/store/image_util.h"

#include "store/codes.h"

#include <sys/xattr.h>

static void reads_the_file(void **state)
{
  CY_AUTO(cy_image) *image = NULL;
  put_file("a", "content");
  fine(cy_image_open(&image, at("a"), CY_OPEN_READ));
  assert_true(cy_span_equal(cy_image_bytes(image), CY_SPAN("content")));
  assert_string_equal(image->parts[0].name, "a");
  assert_int_equal(image->parts[0].st.st_size, 7);
  assert_true(image->parts[0].exists);
  fine(cy_image_commit(image, NULL, NULL)); /* nothing was set */
  has_text("a", "content");
}

static void each_mode_wants_its_own(void **state)
{
  cy_image *image;
  put_file("there", "x");
  assert_int_equal(symlink("nowhere", at("dangling")), 0);
  fails_with(cy_image_open(&image, at("missing"), CY_OPEN_READ), CY_E_IO_MISSING);
  fails_with(cy_image_open(&image, at("missing"), CY_OPEN_UPDATE), CY_E_IO_MISSING);
  fails_with(cy_image_open(&image, at("no/folder"), CY_OPEN_WRITE), CY_E_IO_MISSING);
  fails_with(cy_image_open(&image, at("there/x"), CY_OPEN_WRITE), CY_E_IO_MISSING);
  fails_with(cy_image_open(&image, "", CY_OPEN_WRITE), CY_E_IO_KIND);
  fails_with(cy_image_open(&image, at("there"), CY_OPEN_CREATE), CY_E_STORE_EXISTS);
  fails_with(cy_image_open(&image, at("dangling"), CY_OPEN_CREATE), CY_E_STORE_EXISTS);
  for (cy_open_mode mode = CY_OPEN_READ; mode <= CY_OPEN_WRITE; mode++)
    fails_with(cy_image_open(&image, at("dangling"), mode), CY_E_IO_MISSING);
  assert_null(image);
}

static void takes_only_files(void **state)
{
  cy_image *image;
  assert_int_equal(mkfifo(at("pipe"), 0600), 0);
  assert_int_equal(symlink("pipe", at("link")), 0);
  for (cy_open_mode mode = CY_OPEN_READ; mode <= CY_OPEN_WRITE; mode++) {
    fails_with(cy_image_open(&image, folder, mode), CY_E_IO_KIND);
    fails_with(cy_image_open(&image, at("pipe"), mode), CY_E_IO_KIND);
    fails_with(cy_image_open(&image, at("link"), mode), CY_E_IO_KIND);
    fails_with(cy_image_open(&image, "/dev/null", mode), CY_E_IO_KIND);
  }
}

static void has_a_limit(void **state)
{
  CY_AUTO(cy_image) *image = NULL;
  put_file("huge", "");
  assert_int_equal(truncate(at("huge"), (off_t)CY_MAX_STORE_BYTES + 1), 0);
  fails_with(cy_image_open(&image, at("huge"), CY_OPEN_READ), CY_E_TOO_LARGE);
  assert_null(image);
}

static void makes_a_file(void **state)
{
  mode_t old = umask(027);
  CY_AUTO(cy_image) *open_one = NULL;
  CY_AUTO(cy_image) *closed_one = NULL;
  fine(cy_image_open(&open_one, at("certs"), CY_OPEN_WRITE));
  fine(cy_image_open(&closed_one, at("keys"), CY_OPEN_CREATE));
  assert_false(open_one->parts[0].exists);
  set_text(&open_one->parts[0], "c", false);
  set_text(&closed_one->parts[0], "k", true);
  has_no("certs");
  fine(cy_image_commit(open_one, NULL, NULL));
  fine(cy_image_commit(closed_one, NULL, NULL));
  umask(old);
  has_text("certs", "c");
  has_text("keys", "k");
  assert_int_equal(stat_of("certs").st_mode & 07777, 0640);
  assert_int_equal(stat_of("keys").st_mode & 07777, 0600);
  assert_int_equal(leftovers(), 0);
}

static void makes_a_file_of_a_long_name(void **state)
{
  char name[256] = {0};
  memset(name, 'n', 255);
  fine(write_text(name, CY_OPEN_WRITE, "x"));
  fine(write_text(name, CY_OPEN_UPDATE, "y"));
  has_text(name, "y");
  assert_int_equal(leftovers(), 0);
}

/* The name of a relative path, from a folder that one may be in. */
static void makes_a_file_here(void **state)
{
  CY_AUTO(cy_image) *image = NULL;
  assert_int_equal(chdir(folder), 0);
  fine(cy_image_open(&image, "here", CY_OPEN_WRITE));
  set_text(&image->parts[0], "x", false);
  fine(cy_image_commit(image, NULL, NULL));
  has_text("here", "x");
  assert_int_equal(chdir("/"), 0);
}

static void keeps_mode_and_owner(void **state)
{
  static const mode_t modes[] = {0600, 0644, 0640, 0400, 0666, 0750};
  for (size_t i = 0; i < CY_COUNT(modes); i++) {
    put_file("f", "old");
    if (geteuid() == 0)
      assert_int_equal(chown(at("f"), NOBODY, 12345), 0);
    assert_int_equal(chmod(at("f"), modes[i]), 0);
    struct stat was = stat_of("f");
    fine(write_text("f", CY_OPEN_UPDATE, "new"));
    struct stat now = stat_of("f");
    has_text("f", "new");
    assert_int_equal(now.st_mode, was.st_mode);
    assert_int_equal(now.st_uid, was.st_uid);
    assert_int_equal(now.st_gid, was.st_gid);
    assert_int_not_equal(now.st_ino, was.st_ino);
    assert_int_equal(unlink(at("f")), 0);
  }
}

static void keeps_the_access_list(void **state)
{
  /* Version 2; user::rw-, user:1234:r--, group::r--, mask::r--, other::--- (little-endian). */
  static const uint8_t acl[] = {2, 0, 0, 0, 1, 0, 6, 0, 255, 255, 255, 255, 2, 0, 4, 0, 0xd2, 4, 0, 0,
    4, 0, 4, 0, 255, 255, 255, 255, 16, 0, 4, 0, 255, 255, 255, 255, 32, 0, 0, 0, 255, 255, 255, 255};
  uint8_t now[sizeof acl + 1];
  put_file("f", "old");
  if (setxattr(at("f"), "system.posix_acl_access", acl, sizeof acl, 0) != 0) {
    print_message("# no access lists here\n");
    return;
  }
  fine(write_text("f", CY_OPEN_UPDATE, "new"));
  has_text("f", "new");
  assert_int_equal(getxattr(at("f"), "system.posix_acl_access", now, sizeof now), sizeof acl);
  assert_memory_equal(now, acl, sizeof acl);
}

static void writes_only_what_differs(void **state)
{
  CY_AUTO(cy_image) *image = NULL;
  put_file("f", "same");
  ino_t was = stat_of("f").st_ino;
  fine(cy_image_open(&image, at("f"), CY_OPEN_UPDATE));
  set_text(&image->parts[0], "same", false);
  fine(cy_image_commit(image, NULL, NULL));
  assert_true(stat_of("f").st_ino == was);
}

/* The bytes that were read live on, and going back to them is a change. */
static void commits_again_and_again(void **state)
{
  CY_AUTO(cy_image) *image = NULL;
  static const char *const texts[] = {"two", "three", "one", "one", "two"};
  put_file("f", "one");
  fine(cy_image_open(&image, at("f"), CY_OPEN_UPDATE));
  cy_span bytes = cy_image_bytes(image);
  for (size_t i = 0; i < CY_COUNT(texts); i++) {
    set_text(&image->parts[0], texts[i], false);
    fine(cy_image_commit(image, NULL, NULL));
    has_text("f", texts[i]);
  }
  assert_true(cy_span_equal(bytes, CY_SPAN("one")));
}

static void follows_a_link_and_leaves_it(void **state)
{
  CY_AUTO(cy_image) *image = NULL;
  assert_int_equal(mkdir(at("real"), 0700), 0);
  put_file("real/f", "old");
  assert_int_equal(symlink("real/f", at("link")), 0);
  assert_int_equal(symlink("link", at("link2")), 0);
  fine(cy_image_open(&image, at("link2"), CY_OPEN_UPDATE));
  assert_string_equal(image->parts[0].name, "f");
  assert_true(strlen(image->folder) > 5 && !strcmp(image->folder + strlen(image->folder) - 5, "/real"));
  set_text(&image->parts[0], "new", false);
  fine(cy_image_commit(image, NULL, NULL));
  assert_true(S_ISLNK(stat_of("link").st_mode) && S_ISLNK(stat_of("link2").st_mode));
  has_text("real/f", "new");
}

static void another_hard_link_keeps_the_old(void **state)
{
  put_file("f", "old");
  assert_int_equal(link(at("f"), at("g")), 0);
  fine(write_text("f", CY_OPEN_UPDATE, "new"));
  has_text("f", "new");
  has_text("g", "old");
}

/* Siblings. */

static void has_siblings(void **state)
{
  CY_AUTO(cy_image) *image = NULL;
  cy_image_part *rdb, *sth, *none, *again;
  put_file("k.kdb", "main");
  put_file("k.rdb", "requests");
  fine(cy_image_open(&image, at("k.kdb"), CY_OPEN_UPDATE));
  fine(cy_image_sibling(image, "rdb", false, &rdb));
  fine(cy_image_sibling(image, "crl", false, &none));
  fine(cy_image_sibling(image, "sth", true, &sth));
  fine(cy_image_sibling(image, "sth", false, &again));
  assert_null(none);
  assert_ptr_equal(again, sth);
  assert_true(cy_span_equal(cy_buf_get(&rdb->bytes), CY_SPAN("requests")));
  assert_false(sth->exists);
  set_text(rdb, "R", false);
  set_text(sth, "S", true);
  set_text(&image->parts[0], "M", true);
  fine(cy_image_commit(image, NULL, NULL));
  has_text("k.kdb", "M");
  has_text("k.rdb", "R");
  has_text("k.sth", "S");
  assert_int_equal(stat_of("k.sth").st_mode & 07777, 0600);
}

static void a_sibling_that_is_a_link_is_read_not_replaced(void **state)
{
  CY_AUTO(cy_image) *image = NULL;
  cy_image_part *part;
  put_file("k", "main");
  put_file("other", "stash");
  assert_int_equal(symlink("other", at("k.sth")), 0);
  fine(cy_image_open(&image, at("k"), CY_OPEN_UPDATE));
  fine(cy_image_sibling(image, "sth", false, &part));
  assert_true(cy_span_equal(cy_buf_get(&part->bytes), CY_SPAN("stash")));
  set_text(part, "new", true);
  fails_with(cy_image_commit(image, NULL, NULL), CY_E_IO_KIND);
  has_text("other", "stash");
  assert_true(S_ISLNK(stat_of("k.sth").st_mode));
  assert_int_equal(leftovers(), 0);
}

static void a_sibling_must_be_a_file(void **state)
{
  CY_AUTO(cy_image) *image = NULL;
  cy_image_part *part;
  put_file("k.kdb", "main");
  assert_int_equal(mkfifo(at("k.sth"), 0600), 0);
  fine(cy_image_open(&image, at("k.kdb"), CY_OPEN_READ));
  fails_with(cy_image_sibling(image, "sth", false, &part), CY_E_IO_KIND);
  assert_null(part);
  assert_int_equal(image->part_count, 1);
}

/* Without a file. */

static cy_err *collect(void *arg, cy_span bytes)
{
  cy_buf_span(arg, bytes);
  return NULL;
}

static int filter(void *arg)
{
  CY_AUTO(cy_image) *image = NULL;
  CY_CLEAN(cy_buf) got = CY_BUF_TEXT;
  int fd = open(at("in"), O_RDONLY);
  if (fd < 0 || dup2(fd, STDIN_FILENO) != STDIN_FILENO)
    return 1;
  if (code_is(cy_image_open(&image, "-", CY_OPEN_UPDATE), CY_OK) ||
      !cy_span_equal(cy_image_bytes(image), CY_SPAN("piped")))
    return 2;
  set_text(&image->parts[0], "out", false);
  if (code_is(cy_image_commit(image, collect, &got), CY_OK) ||
      !cy_span_equal(cy_buf_get(&got), CY_SPAN("out")))
    return 3;
  return code_is(cy_image_commit(image, NULL, NULL), CY_E_BUG);
}

static void standard_streams(void **state)
{
  CY_AUTO(cy_image) *image = NULL;
  cy_image_part *part;
  put_file("in", "piped");
  assert_int_equal(in_child(filter, NULL, false), 0);
  fine(cy_image_open(&image, "-", CY_OPEN_WRITE)); /* does not read */
  assert_true(image->is_stream && !image->parts[0].exists);
  fine(cy_image_sibling(image, "sth", false, &part));
  assert_null(part);
}

static void bytes_in_memory_have_no_file(void **state)
{
  CY_AUTO(cy_image) *image = NULL;
  cy_buf bytes = CY_BUF_STORE;
  put_file("f", "on disk");
  cy_buf_str(&bytes, "in memory");
  fine(cy_image_from(&image, at("f"), &bytes));
  assert_null(bytes.data);
  assert_true(cy_span_equal(cy_image_bytes(image), CY_SPAN("in memory")));
  set_text(&image->parts[0], "new", false);
  fails_with(cy_image_commit(image, NULL, NULL), CY_E_STORE_READ_ONLY);
  has_text("f", "on disk");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    in_folder(reads_the_file),
    in_folder(each_mode_wants_its_own),
    in_folder(takes_only_files),
    in_folder(has_a_limit),
    in_folder(makes_a_file),
    in_folder(makes_a_file_of_a_long_name),
    in_folder(makes_a_file_here),
    in_folder(keeps_mode_and_owner),
    in_folder(keeps_the_access_list),
    in_folder(writes_only_what_differs),
    in_folder(commits_again_and_again),
    in_folder(follows_a_link_and_leaves_it),
    in_folder(another_hard_link_keeps_the_old),
    in_folder(has_siblings),
    in_folder(a_sibling_that_is_a_link_is_read_not_replaced),
    in_folder(a_sibling_must_be_a_file),
    in_folder(standard_streams),
    in_folder(bytes_in_memory_have_no_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
