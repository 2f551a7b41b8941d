/* Walking folders: a stack of sorted lists of names. */
#include "audit/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/map.h"
#include "base/buf.h"
#include "base/mem.h"

/* Each level of the way down holds a descriptor; nobody nests stores deeper. */
enum { DEPTH_MAX = 200 };

typedef struct {
  size_t name; /* offset in the level's names */
  unsigned char type;
} item;

typedef struct {
  cy_folder *folder;
  char *names;
  size_t names_len, names_cap;
  item *items;
  size_t count, cap, at;
} level;

struct cy_walk {
  cy_walk_options options;
  char **operands;
  size_t operand_count, operand_at;
  cy_folder *here; /* for operands: relative to the current folder */
  level *levels;
  size_t depth, level_cap;
  cy_map seen; /* folders, by device and inode */
  uint64_t folders;
};

static void folder_release(cy_folder *folder)
{
  if (!folder || atomic_fetch_sub(&folder->refs, 1) != 1)
    return;
  if (folder->fd >= 0)
    close(folder->fd);
  cy_free(folder);
}

/* Takes the descriptor. */
static cy_folder *folder_new(int fd, dev_t dev, const char *path)
{
  size_t len = strlen(path);
  cy_folder *folder = cy_malloc(sizeof *folder + len + 1);
  if (!folder) {
    if (fd >= 0)
      close(fd);
    return NULL;
  }
  atomic_init(&folder->refs, 1);
  folder->fd = fd;
  folder->dev = dev;
  memcpy(folder->path, path, len + 1);
  return folder;
}

static char *joined(const char *folder, const char *name)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  size_t len = strlen(folder);
  cy_buf_str(&path, folder);
  if (len && folder[len - 1] != '/')
    cy_buf_u8(&path, '/');
  cy_buf_str(&path, name);
  return cy_buf_take_str(&path);
}

char *cy_walk_file_path(const cy_walk_file *file)
{
  return joined(file->folder->path, file->name);
}

void cy_batch_clear(cy_batch *batch)
{
  for (size_t i = 0; i < batch->count; i++)
    folder_release(batch->files[i].folder);
  cy_free(batch->names);
  *batch = (cy_batch){0};
}

/* Reading one folder. */

static void level_clear(level *l)
{
  folder_release(l->folder);
  cy_free(l->names);
  cy_free(l->items);
  *l = (level){0};
}

static bool add_name(char **names, size_t *len, size_t *cap, const char *name, size_t *offset)
{
  size_t size = strlen(name) + 1;
  if (!cy_grow(names, cap, *len + size, 1))
    return false;
  memcpy(*names + *len, name, size);
  *offset = *len;
  *len += size;
  return true;
}

/* As whole paths sort: a folder's name counts with the slash that follows it. */
static int by_path(const void *left, const void *right, void *names)
{
  const item *a = left, *b = right;
  const unsigned char *p = (unsigned char *)names + a->name, *q = (unsigned char *)names + b->name;
  while (*p && *p == *q) {
    p++;
    q++;
  }
  int x = *p ? *p : a->type == DT_DIR ? '/' : 0;
  int y = *q ? *q : b->type == DT_DIR ? '/' : 0;
  return x - y;
}

static unsigned char type_of(int dirfd, const struct dirent *entry)
{
  struct stat st;
  if (entry->d_type != DT_UNKNOWN)
    return entry->d_type;
  if (fstatat(dirfd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
    return DT_UNKNOWN;
  return (unsigned char)IFTODT(st.st_mode);
}

static cy_err *read_names(level *l, DIR *dir)
{
  const struct dirent *entry;
  for (errno = 0; (entry = readdir(dir)); errno = 0) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
      continue;
    if (!cy_grow(&l->items, &l->cap, l->count + 1, sizeof *l->items) ||
        !add_name(&l->names, &l->names_len, &l->names_cap, entry->d_name, &l->items[l->count].name))
      return cy_err_no_memory();
    l->items[l->count++].type = type_of(dirfd(dir), entry);
  }
  if (errno)
    return cy_err_errno(errno, "cannot list the folder %s", l->folder->path);
  if (l->count > 1)
    qsort_r(l->items, l->count, sizeof *l->items, by_path, l->names);
  return NULL;
}

/* The folder's own descriptor is for openat; the listing reads through a copy. */
static cy_err *list_folder(level *l)
{
  int copy = openat(l->folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = copy < 0 ? NULL : fdopendir(copy);
  if (!dir) {
    int why = errno;
    if (copy >= 0)
      close(copy);
    return cy_err_errno(why, "cannot list the folder %s", l->folder->path);
  }
  cy_err *err = read_names(l, dir);
  closedir(dir);
  return err;
}

static void skip(const cy_walk *walk, cy_skip why, const char *path, cy_err *err)
{
  if (walk->options.skipped)
    walk->options.skipped(walk->options.arg, why, path, err);
  else
    cy_err_free(err);
}

/* File systems that hold no files: reading them tells nothing and may have effects. */
static bool is_disk(int fd)
{
  static const unsigned long none[] = {PROC_SUPER_MAGIC, SYSFS_MAGIC, CGROUP_SUPER_MAGIC,
    CGROUP2_SUPER_MAGIC, DEBUGFS_MAGIC, TRACEFS_MAGIC, DEVPTS_SUPER_MAGIC, SECURITYFS_MAGIC, SELINUX_MAGIC,
    PSTOREFS_MAGIC, EFIVARFS_MAGIC, BPF_FS_MAGIC, BINFMTFS_MAGIC, NSFS_MAGIC};
  struct statfs fs;
  if (fstatfs(fd, &fs) != 0)
    return true;
  for (size_t i = 0; i < CY_COUNT(none); i++)
    if ((unsigned long)fs.f_type == none[i])
      return false;
  return true;
}

/* The first visit of a folder. */
static cy_err *note_seen(cy_walk *walk, const struct stat *st, bool *seen)
{
  uint64_t id[2] = {(uint64_t)st->st_dev, (uint64_t)st->st_ino};
  *seen = cy_map_get(&walk->seen, cy_span_of(id, sizeof id)) != CY_MAP_NONE;
  if (!*seen && !cy_map_put(&walk->seen, cy_span_of(id, sizeof id), 1))
    return cy_err_no_memory();
  return NULL;
}

/* true when the opened folder is to be walked; else it was closed and, where it matters, noted. */
static cy_err *admit(cy_walk *walk, int fd, const char *path, const struct stat *st, bool *yes)
{
  const level *parent = walk->depth ? &walk->levels[walk->depth - 1] : NULL;
  bool mount = parent && parent->folder->dev != st->st_dev;
  bool seen = false;
  *yes = false;
  if (walk->depth >= DEPTH_MAX)
    skip(walk, CY_SKIP_TOO_DEEP, path, NULL);
  else if ((mount && !walk->options.cross_mounts) || ((mount || !parent) && !is_disk(fd)))
    skip(walk, CY_SKIP_FILESYSTEM, path, NULL);
  else {
    CY_TRY(note_seen(walk, st, &seen));
    *yes = !seen;
  }
  return NULL;
}

static cy_err *push(cy_walk *walk, int fd, const char *path, const struct stat *st)
{
  if (!cy_grow(&walk->levels, &walk->level_cap, walk->depth + 1, sizeof *walk->levels)) {
    close(fd);
    return cy_err_no_memory();
  }
  level *l = &walk->levels[walk->depth];
  *l = (level){.folder = folder_new(fd, st->st_dev, path)};
  CY_TRY_ALLOC(l->folder);
  walk->depth++;
  walk->folders++;
  cy_err *err = list_folder(l);
  if (!err || cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  skip(walk, CY_SKIP_UNREADABLE, path, err);
  return NULL;
}

/* Goes down into a folder, or notes why not. `follow`: it was named itself and may be a link. */
static cy_err *enter(cy_walk *walk, int dirfd, const char *name, const char *path, bool follow)
{
  struct stat st;
  bool yes;
  int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW));
  if (fd < 0 || fstat(fd, &st) != 0) {
    int why = errno;
    if (fd >= 0)
      close(fd);
    skip(walk, CY_SKIP_UNREADABLE, path, cy_err_errno(why, "cannot open the folder %s", path));
    return NULL;
  }
  cy_err *err = admit(walk, fd, path, &st, &yes);
  if (!err && yes)
    return push(walk, fd, path, &st);
  close(fd);
  return err;
}

/* Filling a batch. */

/* Names move when their block grows: offsets until the batch is full. */
static cy_err *add_file(cy_batch *batch, cy_folder *folder, const char *name)
{
  size_t offset;
  if (!add_name(&batch->names, &batch->names_len, &batch->names_cap, name, &offset))
    return cy_err_no_memory();
  atomic_fetch_add(&folder->refs, 1);
  batch->files[batch->count++] = (cy_walk_file){folder, (const char *)(uintptr_t)offset};
  return NULL;
}

static void settle_names(cy_batch *batch)
{
  for (size_t i = 0; i < batch->count; i++)
    batch->files[i].name = batch->names + (uintptr_t)batch->files[i].name;
}

static cy_err *take_folder(cy_walk *walk, const level *l, const char *name)
{
  CY_AUTO_STR char *path = joined(l->folder->path, name);
  CY_TRY_ALLOC(path);
  return enter(walk, l->folder->fd, name, path, false);
}

static cy_err *take_other(cy_walk *walk, const level *l, const char *name, unsigned char type)
{
  CY_AUTO_STR char *path = joined(l->folder->path, name);
  CY_TRY_ALLOC(path);
  skip(walk, type == DT_LNK ? CY_SKIP_LINK : CY_SKIP_SPECIAL, path, NULL);
  return NULL;
}

static cy_err *take_item(cy_walk *walk, cy_batch *batch)
{
  level *l = &walk->levels[walk->depth - 1];
  if (l->at >= l->count) {
    walk->depth--;
    level_clear(l);
    return NULL;
  }
  const item *next = &l->items[l->at++];
  const char *name = l->names + next->name;
  if (next->type == DT_REG)
    return add_file(batch, l->folder, name);
  return next->type == DT_DIR ? take_folder(walk, l, name) : take_other(walk, l, name, next->type);
}

static cy_err *take_operand(cy_walk *walk, cy_batch *batch)
{
  struct stat st;
  const char *path = walk->operands[walk->operand_at++];
  if (stat(path, &st) != 0) {
    skip(walk, CY_SKIP_UNREADABLE, path, cy_err_errno(errno, "cannot look at %s", path));
    return NULL;
  }
  if (S_ISDIR(st.st_mode))
    return enter(walk, AT_FDCWD, path, path, true);
  if (S_ISREG(st.st_mode))
    return add_file(batch, walk->here, path);
  skip(walk, CY_SKIP_SPECIAL, path, NULL);
  return NULL;
}

cy_err *cy_walk_next(cy_walk *walk, cy_batch *batch)
{
  cy_err *err = NULL;
  while (!err && batch->count < CY_BATCH_FILES && !(walk->options.stop && *walk->options.stop)) {
    if (walk->depth)
      err = take_item(walk, batch);
    else if (walk->operand_at < walk->operand_count)
      err = take_operand(walk, batch);
    else
      break;
  }
  settle_names(batch);
  return err;
}

/* The walk as a whole. */

static int by_text(const void *left, const void *right)
{
  return strcmp(*(char *const *)left, *(char *const *)right);
}

/* "/etc/" and "/etc" give the same paths. */
static char *without_slashes(const char *path)
{
  size_t len = strlen(path);
  while (len > 1 && path[len - 1] == '/')
    len--;
  return cy_strndup(path, len);
}

static cy_err *copy_operands(cy_walk *walk, const char *const *paths, size_t count)
{
  walk->operands = cy_calloc(count + 1, sizeof *walk->operands);
  CY_TRY_ALLOC(walk->operands);
  for (; walk->operand_count < count; walk->operand_count++) {
    char *path = without_slashes(paths[walk->operand_count]);
    CY_TRY_ALLOC(path);
    walk->operands[walk->operand_count] = path;
  }
  if (count > 1)
    qsort(walk->operands, count, sizeof *walk->operands, by_text);
  return NULL;
}

cy_err *cy_walk_new(cy_walk **out, const char *const *paths, size_t count, const cy_walk_options *options)
{
  cy_walk *walk = cy_malloc(sizeof *walk);
  *out = walk;
  CY_TRY_ALLOC(walk);
  walk->options = *options;
  cy_map_init(&walk->seen, true);
  walk->here = folder_new(AT_FDCWD, 0, "");
  cy_err *err = walk->here ? copy_operands(walk, paths, count) : cy_err_no_memory();
  if (err) {
    cy_walk_free(walk);
    *out = NULL;
  }
  return err;
}

void cy_walk_free(cy_walk *walk)
{
  if (!walk)
    return;
  for (size_t i = 0; i < walk->depth; i++)
    level_clear(&walk->levels[i]);
  for (size_t i = 0; i < walk->operand_count; i++)
    cy_free(walk->operands[i]);
  cy_free(walk->operands);
  cy_free(walk->levels);
  folder_release(walk->here);
  cy_map_clear(&walk->seen);
  cy_free(walk);
}

uint64_t cy_walk_folders(const cy_walk *walk)
{
  return walk->folders;
}
