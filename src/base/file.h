/*
 * Files: reading with a limit, paths.
 *
 * Purpose:   what every reader of files needs. Writing stores safely is store/image.h's work.
 * Ownership: results belong to the caller.
 * Errors:    io.* with the path in the text; a path that is no regular file is io.wrong-kind.
 * Threads:   safe.
 */
#ifndef CY_BASE_FILE_H
#define CY_BASE_FILE_H

#include <sys/stat.h>

#include "base/buf.h"

/* Appends the whole file; at most `max` bytes. *st (may be NULL) is what was opened. Never blocks
 * on a pipe or a device: those are refused. */
cy_err *cy_file_read(cy_buf *out, const char *path, size_t max, struct stat *st) CY_MUST_USE;
cy_err *cy_file_read_at(
  cy_buf *out, int dirfd, const char *name, const char *path, size_t max, struct stat *st) CY_MUST_USE;
/* What somebody named for just this, which may be a pipe: `--password-file <(pass show web)`. Waits for the
 * other end. */
cy_err *cy_file_read_given(cy_buf *out, const char *path, size_t max) CY_MUST_USE;
/* All that comes from a descriptor. */
cy_err *cy_fd_read(cy_buf *out, int fd, const char *what, size_t max) CY_MUST_USE;
/* All that comes from a descriptor, or stands in a file (which may be a pipe), of any length, part by part.
 */
typedef cy_err *cy_bytes_taker(void *arg, cy_span part);
cy_err *cy_fd_each(int fd, const char *what, cy_bytes_taker *take, void *arg) CY_MUST_USE;
cy_err *cy_file_each(const char *path, cy_bytes_taker *take, void *arg) CY_MUST_USE;
cy_err *cy_fd_write(int fd, cy_span data, const char *what) CY_MUST_USE;

/* The part after the last '/'. */
const char *cy_path_name(const char *path);
/* The folder part, "." when there is none. */
char *cy_path_folder(const char *path) CY_MUST_USE;
/* The suffix without its dot, "" when there is none. */
const char *cy_path_suffix(const char *path);
/* A leading ~ or ~/ stands for `home`. */
char *cy_path_expand(const char *path, const char *home) CY_MUST_USE;

#endif
