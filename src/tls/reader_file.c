/* Files that readers open: their first bytes, their paths, and those that include others. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/charset.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/reader_internal.h"

enum { INCLUDE_DEPTH = 16, INCLUDED_FILES = 10000, NOT_OPEN = 0, OPEN = 1 };

/* Pipes and devices are refused when the whole is read; here they give nothing. */
cy_err *cy_tls_read_head(cy_buf *head, const char *path)
{
  struct stat st;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    return cy_err_errno(errno, "cannot open %s", path);
  uint8_t *room = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? cy_buf_reserve(head, CY_DETECT_BYTES) : NULL;
  ssize_t n = room ? read(fd, room, CY_DETECT_BYTES) : 0;
  int error = errno;
  close(fd);
  if (n < 0)
    return cy_err_errno(error, "cannot read %s", path);
  head->len += (size_t)n;
  return cy_buf_check(head);
}

/* A path has one spelling; where it can not be found out, that of whoever wrote it. */
static cy_span spelled(char real[PATH_MAX], const char *path)
{
  return cy_span_str(realpath(path, real) ? real : path);
}

static cy_err *mark(cy_tls_reading *reading, const char *path, size_t state)
{
  char real[PATH_MAX];
  return cy_map_put(&reading->files, spelled(real, path), state) ? NULL : cy_err_no_memory();
}

static size_t state_of(const cy_tls_reading *reading, const char *path)
{
  char real[PATH_MAX];
  return cy_map_get(&reading->files, spelled(real, path));
}

cy_err *cy_tls_read_begin(cy_tls_reading *reading, const char *path)
{
  return mark(reading, path, OPEN);
}

/* It is there already: nothing is allocated for it. */
void cy_tls_read_end(cy_tls_reading *reading, const char *path)
{
  cy_err *err = mark(reading, path, NOT_OPEN);
  cy_err_free(err);
}

bool cy_tls_read_was_seen(const cy_tls_reading *reading, const char *path)
{
  return state_of(reading, path) != CY_MAP_NONE;
}

cy_err *cy_tls_read_path(const cy_tls_reading *reading, const char *from, const char *path, cy_buf *whole)
{
  CY_AUTO_STR char *folder = from ? cy_path_folder(from) : NULL;
  if (from && !folder)
    return cy_err_no_memory();
  if (path[0] == '/' && reading->how->root)
    cy_buf_str(whole, reading->how->root);
  else if (path[0] != '/' && folder && strcmp(folder, ".") != 0)
    cy_buf_printf(whole, "%s/", folder);
  cy_buf_str(whole, path);
  return cy_buf_check(whole);
}

cy_err *cy_tls_read_text(cy_buf *text, const char *path)
{
  CY_CLEAN(cy_buf) bytes = CY_BUF_STORE;
  CY_TRY(cy_file_read(&bytes, path, CY_MAX_STORE_BYTES, NULL));
  cy_span utf8 = cy_charset_text(text, cy_buf_get(&bytes));
  if (utf8.data == bytes.data)
    cy_buf_span(text, utf8);
  return cy_buf_check(text);
}

cy_err *cy_tls_read_enter(cy_tls_reading *reading, cy_findings *findings, const char *path,
  const char *from, size_t line, cy_buf *text, bool *entered)
{
  *entered = false;
  if (state_of(reading, path) == OPEN) {
    cy_tls_read_noticed(findings, CY_F_TLS_INCLUDE_LOOP, from, line, "%s is being read already", path);
    return NULL;
  }
  if (reading->depth >= INCLUDE_DEPTH || reading->files.count >= INCLUDED_FILES) {
    cy_tls_read_noticed(findings, CY_F_TLS_INCLUDE_LOOP, from, line,
      "%s is not read: files include one another %u deep, or are more than %d", path, reading->depth,
      INCLUDED_FILES);
    return NULL;
  }
  cy_err *err = cy_tls_read_text(text, path);
  if (err && cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  if (err) {
    cy_tls_read_noticed(findings, CY_F_TLS_INCLUDE_MISSING, from, line, "%s", cy_err_text(err));
    cy_err_free(err);
    return NULL;
  }
  reading->depth++;
  *entered = true;
  return mark(reading, path, OPEN);
}

void cy_tls_read_leave(cy_tls_reading *reading, const char *path)
{
  cy_tls_read_end(reading, path);
  reading->depth--;
}

/* Findings of configurations. */

static CY_PRINTF(5, 0) cy_finding *noticed(
  cy_findings *list, cy_finding_id id, const char *file, size_t line, const char *format, va_list args)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) safe = CY_BUF_TEXT;
  cy_buf_vprintf(&text, format, args);
  cy_text_put_safe(&safe, cy_buf_get(&text));
  cy_finding *f = line ? cy_finding_add(list, id, file, "line %zu: %s", line, cy_buf_cstr(&safe))
                       : cy_finding_add(list, id, file, "%s", cy_buf_cstr(&safe));
  cy_finding_evidence(list, f, "seen", "%s", cy_buf_cstr(&safe));
  if (line)
    cy_finding_evidence(list, f, "line", "%zu", line);
  list->failed |= text.failed == CY_BUF_NO_MEMORY || safe.failed == CY_BUF_NO_MEMORY;
  return f;
}

cy_finding *cy_tls_read_noticed(
  cy_findings *list, cy_finding_id id, const char *file, size_t line, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  cy_finding *f = noticed(list, id, file, line, format, args);
  va_end(args);
  return f;
}

cy_finding *cy_tls_read_finding(
  cy_tls_side *side, cy_finding_id id, const char *file, size_t line, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  cy_finding *f = noticed(&side->findings, id, file, line, format, args);
  va_end(args);
  return f;
}
