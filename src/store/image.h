/*
 * Images: the files behind a store, read once and replaced safely.
 *
 * Purpose:   file I/O, locks and atomic replacement, once for all byte formats. An image is the
 *            main file with named siblings (.kdb with .rdb, .crl, .sth).
 * Ownership: the image owns the bytes; spans of them live until cy_image_free, also after a commit.
 * Errors:    io.* with the path; store.changed-meanwhile when somebody else replaced the file
 *            between reading and writing; store.locked when it is being changed.
 * Threads:   one owner.
 *
 * Replacing: write beside, fsync, rename, fsync the folder; mode and owner are kept, new files
 * with secrets are 0600. At any moment the old file or the new one is there. Symbolic links are
 * resolved first: the file behind the link is replaced, the link stays; the replacement itself
 * never follows one (openat with O_EXCL and renameat in the resolved folder). A file with several
 * hard links is replaced under this name only: the other names keep the old content.
 * Group and owner are kept where the system allows; where the old group can not be kept, the new
 * group gets no more than everybody. A mode that is too open for what is in the file is kept, too:
 * that is audit's to report. While it is written the new file is called .NAME.causey-16HEX and is
 * locked; what a killed run left is unlocked, and the next commit to NAME removes it.
 * Locks are advisory (flock on the file itself) and bind only programs that take them; a program
 * that does not is noticed by inode, size and time of change, last looked at before the rename.
 * Crash points (base/fault.h): image.created, image.written, image.synced, image.renamed,
 * image.removed.
 */
#ifndef CY_STORE_IMAGE_H
#define CY_STORE_IMAGE_H

#include <sys/stat.h>

#include "base/buf.h"

typedef enum {
  CY_OPEN_READ,   /* must be there */
  CY_OPEN_UPDATE, /* must be there; locked until freed */
  CY_OPEN_WRITE,  /* updated when it is there, else to be created */
  CY_OPEN_CREATE, /* must not be there yet */
} cy_open_mode;

typedef struct {
  char *name;   /* file name in the folder */
  cy_buf bytes; /* as read */
  cy_buf next;  /* as it is to be */
  bool exists;
  bool has_next;
  bool written;   /* a commit replaced the file: `bytes` are no longer its content */
  bool secret;    /* new file: 0600 instead of 0644 */
  bool last;      /* written after the main file instead of before it */
  bool remove;    /* to be removed */
  struct stat st; /* when it exists */
} cy_image_part;

enum { CY_IMAGE_PARTS = 8 };

typedef struct {
  char *path;   /* as given, for messages; "-" for standard input and output */
  char *folder; /* resolved */
  cy_image_part parts[CY_IMAGE_PARTS];
  size_t part_count; /* part 0 is the main file */
  int dirfd;
  int lock_fd;
  bool is_stream; /* "-" */
  bool in_memory; /* never to be written */
} cy_image;

cy_err *cy_image_open(cy_image **out, const char *path, cy_open_mode mode) CY_MUST_USE;
/* Bytes that are in memory already; commit fails but for streams. `bytes` is taken. */
cy_err *cy_image_from(cy_image **out, const char *path, cy_buf *bytes) CY_MUST_USE;
/* The same, of a file that was read from an open folder (or AT_FDCWD and a path for a name): its
 * siblings can be read, too. Never written. */
cy_err *cy_image_from_at(cy_image **out, const char *path, cy_buf *bytes, int folder_fd, const char *name)
  CY_MUST_USE;
void cy_image_free(cy_image *image);
CY_AUTO_DEFINE(cy_image)

/* The main file's bytes. */
cy_span cy_image_bytes(const cy_image *image);
/* A sibling of the main file with another suffix ("sth"); read on first need. *part = NULL when
 * there is no such file and `create` is false. */
cy_err *cy_image_sibling(cy_image *image, const char *suffix, bool create, cy_image_part **part)
  CY_MUST_USE;
/* true when there is such a file; it is not read. */
bool cy_image_has_sibling(const cy_image *image, const char *suffix);
/* Sets what a part is to be; takes the bytes. */
void cy_image_set(cy_image_part *part, cy_buf *bytes, bool secret);
/* A sibling that is to go. */
void cy_image_remove(cy_image_part *part);
/* Writes all parts that were set and differ, siblings first, then the main file, then siblings that are to
 * be `last`; of what is removed likewise. For a stream the main part's bytes are handed to `stream`
 * instead. */
cy_err *cy_image_commit(cy_image *image, cy_err *(*stream)(void *arg, cy_span bytes), void *arg)
  CY_MUST_USE;

#endif
