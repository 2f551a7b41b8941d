/* causey-test: any-user */
#include "tests/lib/temp.h"

#include <sys/xattr.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/rights.h"

static const uint32_t staff[] = {50}, both[] = {50, 60}, none[] = {0};
static const cy_who anna = {1000, staff, 1}, bob = {1001, both, 2}, carl = {1002, none, 0},
                    root = {0, none, 0};

static cy_rights rights(uint32_t mode, uint32_t uid, uint32_t gid)
{
  struct stat st = {.st_mode = mode, .st_uid = uid, .st_gid = gid};
  return cy_rights_of_stat(&st);
}

static void modes(void **state)
{
  (void)state;
  cy_rights r = rights(S_IFREG | 0640, 1000, 50);
  assert_true(cy_rights_ask(&r, &anna, CY_MAY_READ).yes);
  assert_true(cy_rights_ask(&r, &anna, CY_MAY_WRITE).yes);
  assert_true(cy_rights_ask(&r, &bob, CY_MAY_READ).yes);
  assert_false(cy_rights_ask(&r, &bob, CY_MAY_WRITE).yes);
  assert_int_equal(cy_rights_ask(&r, &bob, CY_MAY_WRITE).by, CY_BY_GROUP);
  assert_false(cy_rights_ask(&r, &carl, CY_MAY_READ).yes);
  assert_int_equal(cy_rights_ask(&r, &carl, CY_MAY_READ).by, CY_BY_OTHERS);
  assert_true(cy_rights_ask(&r, &root, CY_MAY_WRITE).yes);
  assert_false(cy_rights_ask(&r, &root, CY_MAY_EXECUTE).yes);
  assert_false(cy_rights_ask(&r, &cy_who_anybody, CY_MAY_READ).yes);
}

/* The owner has the owner's rights, and those in the group the group's, also where others have more. */
static void nearest_line_counts(void **state)
{
  (void)state;
  cy_rights r = rights(S_IFREG | 0047, 1000, 50);
  assert_false(cy_rights_ask(&r, &anna, CY_MAY_READ).yes);
  assert_int_equal(cy_rights_ask(&r, &anna, CY_MAY_READ).by, CY_BY_OWNER);
  assert_true(cy_rights_ask(&r, &bob, CY_MAY_READ).yes);
  assert_false(cy_rights_ask(&r, &bob, CY_MAY_WRITE).yes);
  assert_true(cy_rights_ask(&r, &carl, CY_MAY_WRITE).yes);
}

static void put_le(cy_buf *buf, uint32_t value, int bytes)
{
  for (int i = 0; i < bytes; i++)
    cy_buf_u8(buf, (uint8_t)(value >> (8 * i)));
}

static void put_entry(cy_buf *buf, uint32_t tag, uint32_t perms, uint32_t id)
{
  put_le(buf, tag, 2);
  put_le(buf, perms, 2);
  put_le(buf, id, 4);
}

static void lists(void **state)
{
  (void)state;
  CY_CLEAN(cy_buf) list = CY_BUF_TEXT;
  cy_acl_entry entries[CY_ACL_ENTRIES];
  cy_rights r = rights(S_IFREG | 0640, 7, 60);
  put_le(&list, 2, 4);
  put_entry(&list, 1, 6, UINT32_MAX);
  put_entry(&list, 2, 6, 1002);       /* carl rw */
  put_entry(&list, 4, 0, UINT32_MAX); /* the owning group nothing */
  put_entry(&list, 8, 4, 50);         /* staff r */
  put_entry(&list, 16, 4, UINT32_MAX);
  put_entry(&list, 32, 0, UINT32_MAX);
  assert_true(cy_rights_add_acl(&r, cy_buf_get(&list), entries));
  assert_true(cy_rights_ask(&r, &carl, CY_MAY_READ).yes);
  cy_rights_answer no = cy_rights_ask(&r, &carl, CY_MAY_WRITE);
  assert_false(no.yes);
  assert_true(no.masked);
  assert_int_equal(no.by, CY_BY_USER_ENTRY);
  assert_true(cy_rights_ask(&r, &anna, CY_MAY_READ).yes);
  cy_rights_answer bobs = cy_rights_ask(&r, &bob, CY_MAY_READ); /* in both groups: one is enough */
  assert_true(bobs.yes);
  assert_int_equal(bobs.by, CY_BY_GROUP_ENTRY);
  assert_int_equal(bobs.id, 50);
  const uint32_t sixty[] = {60};
  assert_false(cy_rights_ask(&r, &(cy_who){1003, sixty, 1}, CY_MAY_READ).yes);

  cy_rights kept = rights(S_IFREG | 0640, 7, 60);
  for (size_t cut = 0; cut < list.len; cut++) {
    cy_rights now = kept;
    bool whole = cut >= 4 && (cut - 4) % 8 == 0;
    assert_int_equal(cy_rights_add_acl(&now, cy_span_of(list.data, cut), entries), whole);
    assert_int_equal(now.acl_count > 0, whole && cut >= 20);
  }
  put_entry(&list, 99, 7, 1);
  assert_false(cy_rights_add_acl(&kept, cy_buf_get(&list), entries));
  assert_int_equal(kept.acl_count, 0);
}

/* A path out of parts: modes and owners, the file last. */
static cy_way path_of(cy_way_part *parts, size_t count)
{
  return (cy_way){parts, count, count};
}

static void paths(void **state)
{
  (void)state;
  char top[] = "/", keys[] = "/keys", file[] = "/keys/a";
  cy_way_denial why;
  cy_way_part parts[] = {{top, rights(S_IFDIR | 0755, 0, 0), false},
    {keys, rights(S_IFDIR | 0750, 1000, 60), false}, {file, rights(S_IFREG | 0644, 1000, 50), false}};
  cy_way path = path_of(parts, 3);
  assert_true(cy_way_may(&path, &anna, CY_MAY_READ, &why));
  assert_true(cy_way_may(&path, &bob, CY_MAY_READ, &why));
  assert_false(cy_way_may(&path, &carl, CY_MAY_READ, &why));
  assert_int_equal(why.part, 1);
  assert_int_equal(why.may, CY_MAY_EXECUTE);
  assert_false(cy_way_may(&path, &cy_who_anybody, CY_MAY_READ, NULL));
  parts[1].rights.mode = S_IFDIR | 0711;
  parts[2].rights = rights(S_IFREG | 0600, 1000, 50);
  assert_false(cy_way_may(&path, &carl, CY_MAY_READ, &why));
  assert_int_equal(why.part, 2);
  assert_int_equal(why.may, CY_MAY_READ);
}

static void replacing(void **state)
{
  (void)state;
  char top[] = "/", tmp[] = "/tmp", file[] = "/tmp/a";
  cy_way_part parts[] = {{top, rights(S_IFDIR | 0755, 0, 0), false},
    {tmp, rights(S_IFDIR | 0777, 0, 0), false}, {file, rights(S_IFREG | 0644, 1000, 50), false}};
  cy_way path = path_of(parts, 3);
  assert_int_equal(cy_way_may_replace(&path, &carl), 1);
  parts[1].rights.mode = S_IFDIR | S_ISVTX | 0777;
  assert_true(cy_way_may_replace(&path, &carl) == SIZE_MAX);
  assert_int_equal(cy_way_may_replace(&path, &anna), 1);
  assert_int_equal(cy_way_may_replace(&path, &root), 0);
  parts[0].rights.mode = S_IFDIR | 0700;
  parts[1].rights.mode = S_IFDIR | 0777;
  assert_true(cy_way_may_replace(&path, &carl) == SIZE_MAX);
}

static void loading(void **state)
{
  (void)state;
  char folder[TEST_PATH], name[TEST_PATH + 8], link[TEST_PATH + 8], missing[TEST_PATH + 8];
  cy_way path;
  assert_true(test_folder_make(folder, "rights"));
  snprintf(name, sizeof name, "%s/key", folder);
  snprintf(link, sizeof link, "%s/link", folder);
  snprintf(missing, sizeof missing, "%s/none", folder);
  FILE *f = fopen(name, "w");
  assert_non_null(f);
  fclose(f);
  assert_int_equal(chmod(name, 0640), 0);
  assert_int_equal(symlink("key", link), 0);
  assert_null(cy_way_load(&path, link, NULL));
  size_t slashes = 0;
  for (const char *c = name; *c; c++)
    slashes += *c == '/';
  assert_int_equal(path.count, slashes + 1); /* "/", and all below it */
  assert_string_equal(path.parts[0].path, "/");
  const cy_way_part *last = &path.parts[path.count - 1];
  assert_string_equal(last->path, name);
  assert_int_equal(last->rights.mode & 07777, 0640);
  assert_int_equal(last->rights.uid, getuid());
  cy_way_clear(&path);
  assert_null(cy_way_load(&path, name, folder));
  assert_int_equal(path.count, 2);
  assert_string_equal(path.parts[0].path, folder);
  cy_way_clear(&path);
  assert_null(cy_way_load(&path, "/", NULL));
  assert_int_equal(path.count, 1);
  cy_way_clear(&path);
  cy_err *err = cy_way_load(&path, missing, NULL);
  assert_true(cy_err_is(err, CY_E_IO_MISSING));
  cy_err_free(err);
  CY_CLEAN(cy_buf) list = CY_BUF_TEXT;
  put_le(&list, 2, 4);
  put_entry(&list, 1, 6, UINT32_MAX);
  put_entry(&list, 2, 4, 1002);
  put_entry(&list, 4, 0, UINT32_MAX);
  put_entry(&list, 16, 4, UINT32_MAX);
  put_entry(&list, 32, 0, UINT32_MAX);
  if (setxattr(name, "system.posix_acl_access", list.data, list.len, 0) == 0) {
    assert_null(cy_way_load(&path, name, folder));
    assert_true(path.parts[1].listed);
    assert_true(cy_rights_ask(&path.parts[1].rights, &carl, CY_MAY_READ).yes);
    assert_false(cy_rights_ask(&path.parts[1].rights, &anna, CY_MAY_READ).yes);
    cy_way_clear(&path);
  }
  unlink(link);
  unlink(name);
  rmdir(folder);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(modes), cmocka_unit_test(nearest_line_counts),
    cmocka_unit_test(lists), cmocka_unit_test(paths), cmocka_unit_test(replacing),
    cmocka_unit_test(loading)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
