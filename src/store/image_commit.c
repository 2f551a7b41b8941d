#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/codes.h"
#include "store/image_internal.h"

/* The new file while it is being written: ".NAME.causey-16HEX". */
typedef struct {
  int fd;
  char name[256];
} fresh;

enum { NAME_KEPT = 200, NAME_TRIES = 8 };

static cy_err *failed(const cy_image *image, const cy_image_part *part, int errnum, const char *what)
{
  return cy_err_errno(errnum, "cannot %s %s/%s", what, image->folder, part->name);
}

static void fresh_prefix(char *out, size_t size, const char *name)
{
  snprintf(out, size, ".%.*s.causey-", NAME_KEPT, name);
}

static cy_err *random_name(char *out, size_t size, const char *name)
{
  uint64_t r;
  char prefix[232];
  if (getrandom(&r, sizeof r, 0) != (ssize_t)sizeof r)
    return cy_err_errno(errno, "cannot get random bytes");
  fresh_prefix(prefix, sizeof prefix, name);
  snprintf(out, size, "%s%016llx", prefix, (unsigned long long)r);
  return NULL;
}

static cy_err *folder_refuses(const cy_image *image, const cy_image_part *part, int errnum)
{
  cy_err *err = failed(image, part, errnum, "make a file beside");
  if (errnum != EACCES && errnum != EPERM && errnum != EROFS)
    return err;
  return cy_err_hint(err,
    "A store is replaced by a new file, so the right to write in the folder %s is needed.", image->folder);
}

/* Private until all is in it; only a new file without secrets gets what the umask leaves. */
static cy_err *create_fresh(const cy_image *image, const cy_image_part *part, fresh *f)
{
  mode_t mode = part->exists || part->secret ? 0600 : 0666;
  for (int i = 0; i < NAME_TRIES; i++) {
    CY_TRY(random_name(f->name, sizeof f->name, part->name));
    f->fd = openat(image->dirfd, f->name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (f->fd >= 0 || errno != EEXIST)
      break;
  }
  if (f->fd < 0)
    return folder_refuses(image, part, errno);
  /* Says that its writer lives; it becomes the lock of the store when it takes its place. */
  (void)flock(f->fd, LOCK_EX | LOCK_NB);
  CY_CRASH_POINT("image.created");
  return NULL;
}

static void copy_acl(int from, int to)
{
  uint8_t acl[4096];
  ssize_t n = fgetxattr(from, "system.posix_acl_access", acl, sizeof acl);
  if (n > 0)
    (void)fsetxattr(to, "system.posix_acl_access", acl, (size_t)n, 0);
}

/* Owner, group and mode of the old file. Where we may not give it the old group, another group
 * must not get what that one had. */
static cy_err *take_over(const cy_image *image, const cy_image_part *part, int old, int fd)
{
  struct stat was, now;
  if (fstat(old, &was) != 0 || fstat(fd, &now) != 0)
    return failed(image, part, errno, "look at");
  mode_t mode = was.st_mode & 07777;
  if (was.st_uid != now.st_uid || was.st_gid != now.st_gid) {
    if (fchown(fd, was.st_uid, was.st_gid) != 0 && fchown(fd, (uid_t)-1, was.st_gid) != 0)
      mode = (mode & ~(mode_t)06070) | ((mode & 07) << 3 & mode);
  }
  if (fchmod(fd, mode) != 0)
    return failed(image, part, errno, "set the mode of");
  copy_acl(old, fd);
  return NULL;
}

static cy_err *changed(const cy_image *image, const cy_image_part *part)
{
  return cy_err_new(
    CY_E_STORE_CHANGED, "%s/%s is no longer the file that was read", image->folder, part->name);
}

/* Opens what is to be replaced, and makes sure that it is what was read. */
static cy_err *open_old(const cy_image *image, const cy_image_part *part, int *fd)
{
  struct stat st;
  if (fstatat(image->dirfd, part->name, &st, AT_SYMLINK_NOFOLLOW) != 0)
    return errno == ENOENT ? changed(image, part) : failed(image, part, errno, "look at");
  if (S_ISLNK(st.st_mode) && part != &image->parts[0])
    return cy_err_new(
      CY_E_IO_KIND, "%s/%s is a symbolic link; it would be lost", image->folder, part->name);
  if (!cy_image_same_file(&st, &part->st) || st.st_size != part->st.st_size ||
      st.st_mtim.tv_sec != part->st.st_mtim.tv_sec || st.st_mtim.tv_nsec != part->st.st_mtim.tv_nsec)
    return changed(image, part);
  *fd = openat(image->dirfd, part->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  return *fd < 0 ? failed(image, part, errno, "open") : NULL;
}

static cy_err *write_fresh(const cy_image *image, const cy_image_part *part, const fresh *f)
{
  CY_TRY(cy_fd_write(f->fd, cy_buf_get(&part->next), image->path));
  CY_CRASH_POINT("image.written");
  if (part->exists) {
    int old = -1;
    CY_TRY(open_old(image, part, &old));
    cy_err *err = take_over(image, part, old, f->fd);
    close(old);
    CY_TRY(err);
  }
  if (fsync(f->fd) != 0)
    return failed(image, part, errno, "write");
  CY_CRASH_POINT("image.synced");
  return NULL;
}

/* For file systems that cannot rename without replacing. */
static int link_new(int dirfd, const char *from, const char *to)
{
  if (linkat(dirfd, from, dirfd, to, 0) != 0)
    return -1;
  return unlinkat(dirfd, from, 0);
}

static cy_err *cannot_replace(const cy_image *image, const cy_image_part *part, int errnum)
{
  cy_err *err = failed(image, part, errnum, "replace");
  if (errnum != EBUSY)
    return err;
  return cy_err_hint(err, "A file that is mounted by itself, as into a container, can not be replaced: "
                          "mount its folder instead.");
}

static cy_err *rename_fresh(const cy_image *image, const cy_image_part *part, const fresh *f)
{
  if (part->exists) {
    int old = -1;
    CY_TRY(open_old(image, part, &old)); /* once more, as late as can be */
    close(old);
    if (renameat(image->dirfd, f->name, image->dirfd, part->name) != 0)
      return cannot_replace(image, part, errno);
  } else {
    int r = renameat2(image->dirfd, f->name, image->dirfd, part->name, RENAME_NOREPLACE);
    if (r != 0 && (errno == EINVAL || errno == ENOSYS))
      r = link_new(image->dirfd, f->name, part->name);
    if (r != 0 && errno == EEXIST)
      return cy_err_new(
        CY_E_STORE_EXISTS, "%s/%s has been made by somebody else meanwhile", image->folder, part->name);
    if (r != 0)
      return failed(image, part, errno, "make");
  }
  CY_CRASH_POINT("image.renamed");
  return NULL;
}

/* EBADF: the folder may be passed through only; EINVAL: a file system without fsync of folders. */
static cy_err *sync_folder(const cy_image *image, const cy_image_part *part)
{
  if (fsync(image->dirfd) != 0 && errno != EBADF && errno != EINVAL)
    return failed(image, part, errno, "bring to disk (it is replaced all the same)");
  return NULL;
}

/* From now on the new file is what was read. The lock goes over to it. */
static cy_err *settle(cy_image *image, cy_image_part *part, fresh *f)
{
  if (fstat(f->fd, &part->st) != 0)
    return failed(image, part, errno, "look at");
  part->exists = part->written = true;
  part->has_next = false;
  if (part == &image->parts[0]) {
    if (image->lock_fd >= 0)
      close(image->lock_fd);
    image->lock_fd = f->fd;
    f->fd = -1;
  }
  return sync_folder(image, part);
}

static cy_err *commit_part(cy_image *image, cy_image_part *part)
{
  fresh f = {.fd = -1};
  bool renamed = false;
  cy_err *err = create_fresh(image, part, &f);
  if (!err)
    err = write_fresh(image, part, &f);
  if (!err) {
    err = rename_fresh(image, part, &f);
    renamed = !err;
  }
  if (!err)
    err = settle(image, part, &f);
  else if (f.fd >= 0 && !renamed)
    (void)unlinkat(image->dirfd, f.name, 0);
  if (f.fd >= 0)
    close(f.fd);
  return err;
}

/* What a killed run left: nobody holds its lock. */
static void clean_one(int dirfd, const char *name)
{
  int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  struct stat st;
  if (fd < 0)
    return;
  if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && flock(fd, LOCK_EX | LOCK_NB) == 0)
    (void)unlinkat(dirfd, name, 0);
  close(fd);
}

static bool is_leftover(const char *name, const char *prefix)
{
  size_t n = strlen(prefix);
  return strncmp(name, prefix, n) == 0 && strspn(name + n, "0123456789abcdef") == 16 && !name[n + 16];
}

/* Its failures do not matter: the work is done. */
static void clean_leftovers(const cy_image *image, const cy_image_part *part)
{
  char prefix[232];
  fresh_prefix(prefix, sizeof prefix, part->name);
  int fd = openat(image->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = fd < 0 ? NULL : fdopendir(fd);
  if (!dir) {
    if (fd >= 0)
      close(fd);
    return;
  }
  for (struct dirent *entry; (entry = readdir(dir));)
    if (is_leftover(entry->d_name, prefix))
      clean_one(image->dirfd, entry->d_name);
  closedir(dir);
}

static cy_err *remove_part(cy_image *image, cy_image_part *part)
{
  int old = -1;
  CY_TRY(open_old(image, part, &old));
  close(old);
  if (unlinkat(image->dirfd, part->name, 0) != 0)
    return failed(image, part, errno, "remove");
  CY_CRASH_POINT("image.removed");
  part->exists = part->remove = false;
  part->written = true;
  return sync_folder(image, part);
}

static bool needs_writing(const cy_image_part *part)
{
  if (!part->has_next)
    return false;
  return !part->exists || part->written ||
         !cy_span_equal(cy_buf_get(&part->bytes), cy_buf_get(&part->next));
}

static cy_err *commit_stream(cy_image *image, cy_err *(*stream)(void *arg, cy_span bytes), void *arg)
{
  cy_image_part *part = &image->parts[0];
  if (!part->has_next)
    return NULL;
  if (!stream)
    return cy_err_new(CY_E_BUG, "nobody takes what goes to standard output");
  return stream(arg, cy_buf_get(&part->next));
}

/* Siblings, the main file, siblings that come after it. */
static int turn_of(const cy_image *image, const cy_image_part *part)
{
  return part == &image->parts[0] ? 1 : part->last ? 2 : 0;
}

static cy_err *settle_part(cy_image *image, cy_image_part *part)
{
  if (part->remove)
    return remove_part(image, part);
  if (!needs_writing(part))
    return NULL;
  CY_TRY(commit_part(image, part));
  clean_leftovers(image, part);
  return NULL;
}

cy_err *cy_image_commit(cy_image *image, cy_err *(*stream)(void *arg, cy_span bytes), void *arg)
{
  for (size_t i = 0; i < image->part_count; i++)
    CY_TRY(cy_buf_check(&image->parts[i].next));
  if (image->is_stream)
    return commit_stream(image, stream, arg);
  if (image->dirfd < 0 || image->in_memory)
    return cy_err_new(
      CY_E_STORE_READ_ONLY, "%s was read into memory: there is no file to replace", image->path);
  for (int turn = 0; turn < 3; turn++)
    for (size_t i = 0; i < image->part_count; i++)
      if (turn_of(image, &image->parts[i]) == turn)
        CY_TRY(settle_part(image, &image->parts[i]));
  return NULL;
}
