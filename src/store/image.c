#include "store/image.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/codes.h"
#include "store/image_internal.h"

/* Each time that another writer was first the name stands for a new file, to be opened anew. */
enum { OPEN_TRIES = 1000, LOCK_WAIT_MS = 3000, LOCK_POLL_MS = 10 };
/* Opening must neither wait for a pipe's other end nor take a terminal. */
enum { READ_FLAGS = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC };

bool cy_image_same_file(const struct stat *a, const struct stat *b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* The bytes may hold keys in clear, so they are wiped. */
static cy_err *new_image(cy_image **out, const char *path)
{
  cy_image *image = cy_malloc(sizeof *image);
  *out = image;
  CY_TRY_ALLOC(image);
  image->dirfd = image->lock_fd = -1;
  image->path = cy_strdup(path);
  image->parts[0].bytes = image->parts[0].next = CY_BUF_SECRET(CY_MAX_STORE_BYTES);
  image->part_count = 1;
  image->is_stream = strcmp(path, "-") == 0;
  CY_TRY_ALLOC(image->path);
  return NULL;
}

void cy_image_free(cy_image *image)
{
  if (!image)
    return;
  for (size_t i = 0; i < image->part_count; i++) {
    cy_free(image->parts[i].name);
    cy_buf_clear(&image->parts[i].bytes);
    cy_buf_clear(&image->parts[i].next);
  }
  if (image->lock_fd >= 0)
    close(image->lock_fd);
  if (image->dirfd >= 0)
    close(image->dirfd);
  cy_free(image->path);
  cy_free(image->folder);
  cy_free(image);
}

/* Opening. */

static cy_err *wrong_kind(const char *path, mode_t mode)
{
  const char *what = S_ISDIR(mode) ? "a folder" : "a pipe, socket or device";
  cy_err *err = cy_err_new(CY_E_IO_KIND, "%s is %s, not a file", path, what);
  return S_ISFIFO(mode) ? cy_err_hint(err, "Give it on standard input, with - as the name.") : err;
}

/* Sets folder and name, links resolved; *there says whether there is such a file. */
static cy_err *resolve(cy_image *image, bool *there)
{
  char full[PATH_MAX];
  struct stat st;
  *there = realpath(image->path, full);
  if (*there) {
    image->folder = cy_path_folder(full);
    image->parts[0].name = cy_strdup(cy_path_name(full));
  } else if (errno != ENOENT) {
    return cy_err_errno(errno, "cannot open %s", image->path);
  } else if (lstat(image->path, &st) == 0 && S_ISLNK(st.st_mode)) {
    return cy_err_new(CY_E_IO_MISSING, "%s is a symbolic link to a file that is not there", image->path);
  } else {
    CY_AUTO_STR char *folder = cy_path_folder(image->path);
    CY_TRY_ALLOC(folder);
    image->parts[0].name = cy_strdup(cy_path_name(image->path));
    if (!realpath(folder, full))
      return cy_err_errno(errno, "cannot open the folder of %s", image->path);
    image->folder = cy_strdup(full);
  }
  CY_TRY_ALLOC(image->folder);
  CY_TRY_ALLOC(image->parts[0].name);
  return NULL;
}

/* A folder that may be passed through but not listed does as well, but for fsync. */
static cy_err *open_folder(cy_image *image)
{
  image->dirfd = open(image->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (image->dirfd < 0 && errno == EACCES)
    image->dirfd = open(image->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  return image->dirfd < 0 ? cy_err_errno(errno, "cannot open the folder of %s", image->path) : NULL;
}

/* Waits a little for others; file systems without locks are used without. */
static cy_err *lock_file(int fd, const char *path, int *waited)
{
  for (;; *waited += LOCK_POLL_MS) {
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
      return NULL;
    if (errno == EOPNOTSUPP || errno == ENOLCK || errno == EBADF || errno == EINVAL)
      return NULL;
    if (errno != EWOULDBLOCK && errno != EINTR)
      return cy_err_errno(errno, "cannot lock %s", path);
    if (*waited >= LOCK_WAIT_MS)
      return cy_err_new(CY_E_STORE_LOCKED, "%s is being changed by another process", path);
    struct timespec pause = {0, LOCK_POLL_MS * 1000000L};
    nanosleep(&pause, NULL);
  }
}

/* Reads what fstat promised: a file that becomes longer meanwhile is noticed when it is written. */
static cy_err *read_part(cy_image_part *part, int fd, const char *path)
{
  if (fstat(fd, &part->st) != 0)
    return cy_err_errno(errno, "cannot look at %s", path);
  if (!S_ISREG(part->st.st_mode))
    return wrong_kind(path, part->st.st_mode);
  if ((uint64_t)part->st.st_size > CY_MAX_STORE_BYTES)
    return cy_err_new(CY_E_TOO_LARGE, "%s has %lld bytes; the limit is %zu", path,
      (long long)part->st.st_size, CY_MAX_STORE_BYTES);
  for (size_t left = (size_t)part->st.st_size; left;) {
    uint8_t *to = cy_buf_reserve(&part->bytes, left);
    if (!to)
      return cy_buf_check(&part->bytes);
    ssize_t n = read(fd, to, left);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return cy_err_errno(errno, "cannot read %s", path);
    if (n == 0)
      break;
    part->bytes.len += (size_t)n;
    left -= (size_t)n;
  }
  part->exists = true;
  return NULL;
}

/* One attempt after another to open a file. */
typedef struct {
  cy_open_mode mode;
  int waited;
  bool moved; /* the name stands for another file by now, so all must be done again */
} attempt;

static cy_err *lock_and_read(cy_image *image, int fd, attempt *try)
{
  cy_image_part *main_part = &image->parts[0];
  struct stat opened, named;
  if (fstat(fd, &opened) == 0 && !S_ISREG(opened.st_mode))
    return wrong_kind(image->path, opened.st_mode);
  if (try->mode != CY_OPEN_READ) {
    CY_TRY(lock_file(fd, image->path, &try->waited));
    try->moved = fstatat(image->dirfd, main_part->name, &named, AT_SYMLINK_NOFOLLOW) != 0 ||
                 !cy_image_same_file(&opened, &named);
    if (try->moved)
      return NULL;
  }
  return read_part(main_part, fd, image->path);
}

static cy_err *open_existing(cy_image *image, attempt *try)
{
  CY_TRY(open_folder(image));
  int fd = openat(image->dirfd, image->parts[0].name, READ_FLAGS | O_NOFOLLOW);
  if (fd < 0 && (errno == ELOOP || errno == ENOENT)) {
    try->moved = true;
    return NULL;
  }
  if (fd < 0)
    return errno == ENXIO ? wrong_kind(image->path, S_IFSOCK)
                          : cy_err_errno(errno, "cannot open %s", image->path);
  cy_err *err = lock_and_read(image, fd, try);
  if (err || try->moved || try->mode == CY_OPEN_READ)
    close(fd);
  else
    image->lock_fd = fd;
  return err;
}

static void start_again(cy_image *image)
{
  if (image->dirfd >= 0)
    close(image->dirfd);
  image->dirfd = -1;
  cy_free(image->folder);
  cy_free(image->parts[0].name);
  image->folder = image->parts[0].name = NULL;
}

static cy_err *already_there(const char *path)
{
  return cy_err_new(CY_E_STORE_EXISTS, "%s is there already", path);
}

static cy_err *open_once(cy_image *image, attempt *try)
{
  bool there;
  struct stat st;
  if (try->mode == CY_OPEN_CREATE && lstat(image->path, &st) == 0)
    return already_there(image->path);
  CY_TRY(resolve(image, &there));
  if (there)
    return try->mode == CY_OPEN_CREATE ? already_there(image->path) : open_existing(image, try);
  if (try->mode == CY_OPEN_READ || try->mode == CY_OPEN_UPDATE)
    return cy_err_errno(ENOENT, "cannot open %s", image->path);
  if (!*image->parts[0].name)
    return cy_err_errno(EISDIR, "cannot make %s", image->path);
  return open_folder(image);
}

static cy_err *open_file(cy_image *image, cy_open_mode mode)
{
  attempt try = {.mode = mode};
  for (int i = 0; i < OPEN_TRIES; i++) {
    try.moved = false;
    cy_err *err = open_once(image, &try);
    if (err || !try.moved)
      return err;
    start_again(image);
  }
  return cy_err_new(CY_E_STORE_CHANGED, "%s was replaced each time that it was opened", image->path);
}

static cy_err *open_stream(cy_image *image, cy_open_mode mode)
{
  if (mode == CY_OPEN_WRITE || mode == CY_OPEN_CREATE)
    return NULL;
  CY_TRY(cy_fd_read(&image->parts[0].bytes, STDIN_FILENO, "standard input", CY_MAX_STORE_BYTES));
  image->parts[0].exists = true;
  return NULL;
}

cy_err *cy_image_open(cy_image **out, const char *path, cy_open_mode mode)
{
  cy_image *image;
  cy_err *err = new_image(&image, path);
  if (!err)
    err = image->is_stream ? open_stream(image, mode) : open_file(image, mode);
  if (err) {
    cy_image_free(image);
    image = NULL;
  }
  *out = image;
  return err;
}

cy_err *cy_image_from(cy_image **out, const char *path, cy_buf *bytes)
{
  cy_image *image;
  cy_err *err = new_image(&image, path);
  if (err) {
    cy_buf_clear(bytes);
    cy_image_free(image);
    image = NULL;
  } else {
    image->parts[0].bytes = *bytes;
    image->parts[0].exists = true;
    *bytes = (cy_buf){.max = bytes->max};
  }
  *out = image;
  return err;
}

static cy_err *keep_folder(cy_image *image, int folder_fd, const char *name)
{
  bool whole_path = folder_fd == AT_FDCWD;
  image->folder = cy_path_folder(image->path);
  image->parts[0].name = cy_strdup(whole_path ? cy_path_name(name) : name);
  if (!image->folder || !image->parts[0].name)
    return cy_err_no_memory();
  if (whole_path)
    return open_folder(image);
  image->dirfd = fcntl(folder_fd, F_DUPFD_CLOEXEC, 0);
  return image->dirfd < 0 ? cy_err_errno(errno, "cannot keep the folder of %s open", image->path) : NULL;
}

cy_err *cy_image_from_at(cy_image **out, const char *path, cy_buf *bytes, int folder_fd, const char *name)
{
  CY_TRY(cy_image_from(out, path, bytes));
  (*out)->in_memory = true;
  cy_err *err = keep_folder(*out, folder_fd, name);
  if (err) {
    cy_image_free(*out);
    *out = NULL;
  }
  return err;
}

cy_span cy_image_bytes(const cy_image *image)
{
  return cy_buf_get(&image->parts[0].bytes);
}

/* Siblings. */

static char *sibling_name(const char *name, const char *suffix)
{
  CY_CLEAN(cy_buf) buf = CY_BUF_TEXT;
  const char *old = cy_path_suffix(name);
  size_t stem = *old ? strlen(name) - strlen(old) - 1 : strlen(name);
  cy_buf_put(&buf, name, stem);
  cy_buf_u8(&buf, '.');
  cy_buf_str(&buf, suffix);
  return cy_buf_take_str(&buf);
}

static cy_err *read_sibling(cy_image *image, cy_image_part *part)
{
  if (image->dirfd < 0)
    return NULL;
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  cy_buf_printf(&path, "%s/%s", image->folder, part->name);
  CY_TRY(cy_buf_check(&path));
  int fd = openat(image->dirfd, part->name, READ_FLAGS);
  if (fd < 0)
    return errno == ENOENT ? NULL : cy_err_errno(errno, "cannot open %s", cy_buf_cstr(&path));
  cy_err *err = read_part(part, fd, cy_buf_cstr(&path));
  close(fd);
  return err;
}

static void drop_part(cy_image *image, cy_image_part *part)
{
  cy_free(part->name);
  cy_buf_clear(&part->bytes);
  *part = (cy_image_part){0};
  image->part_count--;
}

cy_err *cy_image_sibling(cy_image *image, const char *suffix, bool create, cy_image_part **out)
{
  *out = NULL;
  if (image->is_stream || !image->parts[0].name)
    return create ? cy_err_new(CY_E_STORE_READ_ONLY, "%s has no files beside it", image->path) : NULL;
  CY_AUTO_STR char *name = sibling_name(image->parts[0].name, suffix);
  CY_TRY_ALLOC(name);
  for (size_t i = 0; i < image->part_count; i++)
    if (strcmp(image->parts[i].name, name) == 0) {
      *out = &image->parts[i];
      return NULL;
    }
  if (image->part_count == CY_IMAGE_PARTS)
    return cy_err_new(CY_E_BUG, "too many files beside %s", image->path);
  cy_image_part *part = &image->parts[image->part_count++];
  *part = (cy_image_part){.name = name, .bytes = CY_BUF_SECRET(CY_MAX_STORE_BYTES)};
  name = NULL;
  cy_err *err = read_sibling(image, part);
  if (err || (!part->exists && !create))
    drop_part(image, part);
  else
    *out = part;
  return err;
}

bool cy_image_has_sibling(const cy_image *image, const char *suffix)
{
  struct stat st;
  if (image->is_stream || image->dirfd < 0 || !image->parts[0].name)
    return false;
  CY_AUTO_STR char *name = sibling_name(image->parts[0].name, suffix);
  return name && strcmp(name, image->parts[0].name) != 0 && fstatat(image->dirfd, name, &st, 0) == 0;
}

void cy_image_remove(cy_image_part *part)
{
  cy_buf_clear(&part->next);
  part->has_next = false;
  part->remove = part->exists;
}

void cy_image_set(cy_image_part *part, cy_buf *bytes, bool secret)
{
  cy_buf_clear(&part->next);
  part->next = *bytes;
  *bytes = (cy_buf){.max = bytes->max};
  part->has_next = true;
  part->remove = false;
  part->secret = secret;
}
