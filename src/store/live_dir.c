/* dir: a hashed folder as a place. */
#include "store/live_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/codes.h"

enum { LOCK_WAIT_MS = 3000, LOCK_POLL_MS = 10 };

/* Waits a little for others; file systems without locks are used without. */
cy_err *cy_dir_lock(cy_dir *dir)
{
  for (int waited = 0;; waited += LOCK_POLL_MS) {
    if (flock(dir->fd, LOCK_EX | LOCK_NB) == 0 || (errno != EWOULDBLOCK && errno != EINTR))
      return NULL;
    if (waited >= LOCK_WAIT_MS)
      return cy_err_new(CY_E_STORE_LOCKED, "%s is being changed by another process", dir->path);
    struct timespec pause = {0, LOCK_POLL_MS * 1000000L};
    nanosleep(&pause, NULL);
  }
}

cy_err *cy_dir_open_folder(cy_dir *dir)
{
  dir->fd = open(dir->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dir->fd >= 0)
    return NULL;
  cy_err *err = cy_err_errno(errno, "cannot open the folder %s", dir->path);
  return errno == ENOTDIR ? cy_err_hint(err, "dir: takes a folder; leave dir: away for a file.") : err;
}

static cy_err *open_dir(void **self, const cy_address *address, cy_open_mode mode, cy_ask *ask)
{
  cy_dir *dir = cy_malloc(sizeof *dir);
  struct stat st;
  CY_TRY_ALLOC(dir);
  *self = dir;
  dir->fd = -1;
  cy_map_init(&dir->by_inode, true);
  cy_map_init(&dir->by_der, false);
  cy_map_init(&dir->by_number, true);
  if (!*address->path)
    return cy_err_hint(cy_err_new(CY_E_ADDRESS_BAD, "no folder is named"), "Write dir:FOLDER.");
  dir->path = cy_strdup(address->path);
  CY_TRY_ALLOC(dir->path);
  bool there = stat(dir->path, &st) == 0 || errno != ENOENT;
  if (there && mode == CY_OPEN_CREATE)
    return cy_err_new(CY_E_STORE_EXISTS, "%s is there already", dir->path);
  if (!there && (mode == CY_OPEN_WRITE || mode == CY_OPEN_CREATE))
    return NULL; /* made with the first entry */
  CY_TRY(cy_dir_open_folder(dir));
  if (mode != CY_OPEN_READ)
    CY_TRY(cy_dir_lock(dir));
  return cy_dir_scan(dir);
}

static cy_err *each(void *self, cy_entry_visit *visit, void *arg)
{
  const cy_dir *dir = self;
  for (size_t i = 0; i < dir->object_count; i++) {
    const cy_dir_object *object = &dir->objects[i];
    cy_entry entry = object->entry;
    if (!object->shown)
      continue;
    if (object->linked && entry.kind == CY_ENTRY_CERTIFICATE)
      entry.kind = CY_ENTRY_TRUSTED;
    CY_TRY(visit(arg, &entry));
  }
  return NULL;
}

static void close_dir(void *self)
{
  cy_dir *dir = self;
  for (size_t i = 0; i < dir->object_count; i++)
    cy_entry_clear(&dir->objects[i].entry);
  if (dir->fd >= 0)
    close(dir->fd);
  cy_free(dir->files);
  cy_free(dir->links);
  cy_free(dir->objects);
  cy_map_clear(&dir->by_inode);
  cy_map_clear(&dir->by_der);
  cy_map_clear(&dir->by_number);
  cy_arena_clear(&dir->arena);
  cy_free(dir->path);
  cy_free(dir);
}

static cy_err *describe(void *self, cy_out *out)
{
  const cy_dir *dir = self;
  int64_t linked = 0, others = 0;
  for (size_t i = 0; i < dir->object_count; i++) {
    linked += dir->objects[i].linked;
    others += dir->objects[i].shown && !dir->objects[i].linked;
  }
  cy_out_int(out, "linked", "Linked", linked);
  cy_out_int(out, "not_linked", "Not linked", others);
  return NULL;
}

const cy_live cy_live_dir = {
  .id = "dir",
  .title = "hashed folder",
  .caps = CY_CAN_CERTS | CY_CAN_TRUST | CY_CAN_CRLS | CY_CAN_LABELS | CY_NEEDS_LABELS | CY_CAN_WRITE |
          CY_NOT_ATOMIC | CY_TRUSTS_ALL | CY_ONE_OF_EACH,
  .open = open_dir,
  .each = each,
  .put = cy_dir_put,
  .remove = cy_dir_remove,
  .close = close_dir,
  .check = cy_dir_check,
  .describe = describe,
  .marks = cy_dir_marks,
  .fit_label = cy_dir_fit_label,
  .is_folder = cy_dir_is_hashed,
};
