/*
 * Walking folders in a stable order.
 *
 * Purpose:   hand out the regular files below some paths, a batch at a time, in the byte order of
 *            their paths, whatever order the file system has.
 * Ownership: a batch owns its names and holds its folder open (cy_batch_clear); several batches
 *            share a folder.
 * Errors:    what can not be looked into is not an error but a note to `skipped`; memory only.
 * Threads:   the walk has one owner. Folders are counted atomically, so that the batches of one
 *            walk may be cleared by any thread.
 *
 * Never opened: links (but one that was named), pipes, sockets, devices; /proc, /sys and their
 * like; other file systems unless asked. A folder is walked once however often it is met. Memory
 * is that of the names in the folders on the way down.
 */
#ifndef CY_AUDIT_WALK_H
#define CY_AUDIT_WALK_H

#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "base/err.h"

/* An open folder with its path, shared by the batches of its files. */
typedef struct {
  atomic_uint refs;
  int fd;
  dev_t dev;
  char path[]; /* "" for what was named itself */
} cy_folder;

typedef struct {
  cy_folder *folder;
  const char *name; /* in the folder; a whole path when the folder's path is "" */
} cy_walk_file;

enum { CY_BATCH_FILES = 32 };

typedef struct {
  cy_walk_file files[CY_BATCH_FILES];
  size_t count;
  char *names; /* what `name` points into; grows while the batch is filled */
  size_t names_len, names_cap;
} cy_batch;

typedef enum {
  CY_SKIP_LINK,
  CY_SKIP_SPECIAL,    /* pipes, sockets, devices */
  CY_SKIP_FILESYSTEM, /* another one, or one that is no disk */
  CY_SKIP_UNREADABLE, /* `err` says why */
  CY_SKIP_TOO_DEEP,
  CY_SKIP_COUNT
} cy_skip;

typedef struct {
  bool cross_mounts;
  const volatile sig_atomic_t *stop; /* not 0: end early; may be NULL */
  /* Told of each thing that is left out, in order; err is taken. */
  void (*skipped)(void *arg, cy_skip why, const char *path, cy_err *err);
  void *arg;
} cy_walk_options;

typedef struct cy_walk cy_walk;

cy_err *cy_walk_new(cy_walk **out, const char *const *paths, size_t count, const cy_walk_options *options)
  CY_MUST_USE;
void cy_walk_free(cy_walk *walk);
CY_AUTO_DEFINE(cy_walk)
/* Fills an empty batch; count 0: the end. */
cy_err *cy_walk_next(cy_walk *walk, cy_batch *batch) CY_MUST_USE;
/* Folders walked so far. */
uint64_t cy_walk_folders(const cy_walk *walk);
void cy_batch_clear(cy_batch *batch);
/* The whole path of one of its files. */
char *cy_walk_file_path(const cy_walk_file *file) CY_MUST_USE;

#endif
