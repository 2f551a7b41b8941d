#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/mem.h"

enum { READ_BYTES = 64 << 10, PART_BYTES = 1 << 20 };

/* true when the call is to be made again: after a signal, or once a descriptor that somebody set not
 * to block is ready. */
static bool is_again(int fd, short events)
{
  if (errno == EINTR)
    return true;
  if (errno != EAGAIN)
    return false;
  struct pollfd wait = {.fd = fd, .events = events};
  return poll(&wait, 1, -1) > 0 || errno == EINTR;
}

/* Appends at most `room` bytes; with no room it only looks whether there is one more. */
static cy_err *read_some(size_t *got, cy_buf *out, int fd, const char *what, size_t room)
{
  uint8_t probe;
  ssize_t n;
  uint8_t *to = room ? cy_buf_reserve(out, room) : &probe;
  if (!to)
    return cy_buf_check(out);
  do
    n = read(fd, to, room ? room : 1);
  while (n < 0 && is_again(fd, POLLIN));
  if (n < 0)
    return cy_err_errno(errno, "cannot read %s", what);
  *got = (size_t)n;
  if (room)
    out->len += *got;
  else
    cy_wipe(&probe, 1);
  return NULL;
}

cy_err *cy_fd_read(cy_buf *out, int fd, const char *what, size_t max)
{
  size_t left = max, got = 1;
  while (got) {
    /* No more than is allowed: the buffer's own ceiling may be just as low. */
    CY_TRY(read_some(&got, out, fd, what, left < READ_BYTES ? left : READ_BYTES));
    if (got > left)
      return cy_err_new(CY_E_TOO_LARGE, "%s is larger than %zu bytes", what, max);
    left -= got;
  }
  return NULL;
}

cy_err *cy_fd_each(int fd, const char *what, cy_bytes_taker *take, void *arg)
{
  CY_CLEAN(cy_buf) part = CY_BUF(PART_BYTES);
  size_t got = 1;
  while (got) {
    cy_buf_reset(&part);
    CY_TRY(read_some(&got, &part, fd, what, PART_BYTES));
    if (got)
      CY_TRY(take(arg, cy_buf_get(&part)));
  }
  return NULL;
}

cy_err *cy_file_each(const char *path, cy_bytes_taker *take, void *arg)
{
  struct stat st;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0)
    return cy_err_errno(errno, "cannot open %s", path);
  cy_err *err = NULL;
  if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
    err = cy_err_new(CY_E_IO_KIND, "%s is a folder, not a file", path);
  else
    err = cy_fd_each(fd, path, take, arg);
  close(fd);
  return err;
}

cy_err *cy_fd_write(int fd, cy_span data, const char *what)
{
  while (data.len) {
    ssize_t n = write(fd, data.data, data.len);
    if (n < 0 && is_again(fd, POLLOUT))
      continue;
    if (n < 0)
      return cy_err_errno(errno, "cannot write %s", what);
    data.data += n;
    data.len -= (size_t)n;
  }
  return NULL;
}

static cy_err *read_regular(cy_buf *out, int fd, const char *path, size_t max, struct stat *st)
{
  struct stat own;
  st = st ? st : &own;
  if (fstat(fd, st) != 0)
    return cy_err_errno(errno, "cannot look at %s", path);
  if (!S_ISREG(st->st_mode))
    return cy_err_new(
      CY_E_IO_KIND, "%s is %s, not a file", path, S_ISDIR(st->st_mode) ? "a folder" : "a pipe or device");
  if ((uint64_t)st->st_size > max)
    return cy_err_new(
      CY_E_TOO_LARGE, "%s has %lld bytes; the limit is %zu", path, (long long)st->st_size, max);
  if (st->st_size == 0)
    return cy_fd_read(out, fd, path, max); /* files of /proc say 0 and have more */
  /* At the end before that many bytes: it became shorter. */
  for (size_t left = (size_t)st->st_size, got = 1; left && got; left -= got)
    CY_TRY(read_some(&got, out, fd, path, left));
  return NULL;
}

cy_err *cy_file_read_at(
  cy_buf *out, int dirfd, const char *name, const char *path, size_t max, struct stat *st)
{
  int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    return cy_err_errno(errno, "cannot open %s", path);
  cy_err *err = read_regular(out, fd, path, max, st);
  close(fd);
  return err;
}

cy_err *cy_file_read(cy_buf *out, const char *path, size_t max, struct stat *st)
{
  return cy_file_read_at(out, AT_FDCWD, path, path, max, st);
}

cy_err *cy_file_read_given(cy_buf *out, const char *path, size_t max)
{
  struct stat st;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0)
    return cy_err_errno(errno, "cannot open %s", path);
  bool pipe = fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
  cy_err *err = pipe ? cy_fd_read(out, fd, path, max) : read_regular(out, fd, path, max, NULL);
  close(fd);
  return err;
}

const char *cy_path_name(const char *path)
{
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

char *cy_path_folder(const char *path)
{
  const char *slash = strrchr(path, '/');
  if (!slash)
    return cy_strdup(".");
  return slash == path ? cy_strdup("/") : cy_strndup(path, (size_t)(slash - path));
}

const char *cy_path_suffix(const char *path)
{
  const char *name = cy_path_name(path);
  const char *dot = strrchr(name, '.');
  return dot && dot != name ? dot + 1 : "";
}

char *cy_path_expand(const char *path, const char *home)
{
  CY_CLEAN(cy_buf) out = CY_BUF_TEXT;
  if (path[0] != '~' || (path[1] && path[1] != '/') || !home)
    return cy_strdup(path);
  cy_buf_str(&out, home);
  cy_buf_str(&out, path + 1);
  return cy_buf_take_str(&out);
}
