/* One file: read once, recognised by its first bytes; single certificates are looked at in place. */
#include "audit/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "audit/access_check.h"
#include "audit/codes.h"
#include "audit/ends.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/pem_mend.h"
#include "store/object.h"
#include "x509/name.h"

enum { BIG_FILE = 8 << 20 };

void cy_scan_result_clear(cy_scan_result *result)
{
  cy_findings_clear(&result->store.findings);
  cy_audit_ends_clear(&result->store.nearest);
  cy_notes_clear(&result->store.notes);
  cy_free(result->path);
  cy_free(result->stash);
  cy_err_free(result->err);
  *result = (cy_scan_result){0};
}

void cy_scan_begin(cy_scan *scan, cy_scan_shared *shared)
{
  *scan = (cy_scan){.shared = shared,
    .bytes = CY_BUF_SECRET(CY_MAX_STORE_BYTES + CY_DETECT_BYTES),
    .der = CY_BUF_STORE,
    .address = CY_BUF_TEXT};
  cy_access_init(&scan->access, &shared->access);
  cy_noter_begin(&scan->noter, shared->seed);
}

void cy_scan_end(cy_scan *scan)
{
  cy_buf_clear(&scan->bytes);
  cy_buf_clear(&scan->der);
  cy_buf_clear(&scan->address);
  cy_access_clear(&scan->access);
  cy_noter_end(&scan->noter);
}

cy_check_context cy_scan_context(const cy_audit_options *options, const struct stat *st)
{
  return (cy_check_context){.now = options->now, .warn_days = options->warn_days, .st = st};
}

static cy_err *put_end(cy_audit_ends *ends, const cy_cert_view *view, const char *address)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  cy_name_format(&name, view->subject, CY_NAMES_RFC4514);
  char *subject = cy_buf_take_str(&name), *copy = cy_strdup(address);
  if (!subject || !copy) {
    cy_free(subject);
    cy_free(copy);
    return cy_err_no_memory();
  }
  cy_audit_ends_add(ends, view->not_after, copy, subject);
  return NULL;
}

cy_err *cy_scan_count_cert(
  cy_scan_result *result, const cy_cert_view *view, const char *address, cy_time now)
{
  cy_audit_store *store = &result->store;
  cy_end_bucket bucket = cy_end_bucket_of(view->not_after, now);
  store->certificates++;
  store->ends[bucket]++;
  if (store->first_end == CY_TIME_NONE || view->not_after < store->first_end)
    store->first_end = view->not_after;
  bool near = bucket != CY_END_EXPIRED && bucket != CY_END_LATER;
  return near && cy_audit_ends_wants(&store->nearest, view->not_after)
           ? put_end(&store->nearest, view, address)
           : NULL;
}

/* Single certificates. */

static bool has_text(cy_span in, cy_span word)
{
  return in.len && memmem(in.data, in.len, word.data, word.len) != NULL;
}

/* true when the file is one PEM block, a certificate, with nothing in front that a label could be
 * taken from; its DER is then in scan->der. */
static bool is_single_pem(cy_scan *scan)
{
  cy_pem pem = cy_pem_begin(cy_buf_get(&scan->bytes));
  cy_pem_block block, next;
  CY_CLEAN(cy_buf) clean = CY_BUF_SECRET(CY_DETECT_BYTES * 4);
  bool found = false, more = false, mended;
  unsigned changes;
  cy_err *err = cy_pem_mend(&clean, &changes, &mended, cy_buf_get(&scan->bytes));
  if (!err && !changes)
    err = cy_pem_next(&pem, &block, &found);
  if (!err && found)
    err = cy_pem_next(&pem, &next, &more);
  if (!err && found && !more && cy_object_of_block(&block) == CY_OBJECT_CERT &&
      !has_text(block.before, CY_SPAN("friendlyName"))) {
    cy_buf_reset(&scan->der);
    err = cy_pem_decode(&scan->der, &block);
  } else {
    found = false;
  }
  bool single = found && !err;
  cy_err_free(err); /* the long way says it better */
  return single;
}

static bool single_cert(cy_scan *scan, const cy_format *format, cy_cert_view *view)
{
  cy_span der = cy_buf_get(&scan->bytes);
  if (scan->shared->no_shortcut || der.len > CY_DETECT_BYTES)
    return false;
  if (strcmp(format->id, "pem") == 0) {
    if (!is_single_pem(scan))
      return false;
    der = cy_buf_get(&scan->der);
  } else if (strcmp(format->id, "der") != 0 || cy_object_detect(der) != CY_OBJECT_CERT) {
    return false;
  }
  cy_err *err = cy_cert_view_parse(view, der);
  bool good = !err;
  cy_err_free(err);
  return good;
}

static cy_err *look_at_cert(cy_scan *scan, const cy_format *format, const cy_cert_view *view,
  const struct stat *st, cy_scan_result *result)
{
  const cy_audit_options *options = scan->shared->options;
  cy_check_context ctx = cy_scan_context(options, st);
  cy_buf_reset(&scan->address);
  cy_address_format(&scan->address, result->path, NULL);
  CY_TRY(cy_buf_check(&scan->address));
  result->store.opened = true;
  result->store.entries = 1;
  CY_TRY(cy_scan_count_cert(result, view, cy_buf_cstr(&scan->address), options->now));
  cy_note_where where = {.address = cy_buf_cstr(&scan->address), .position = 1};
  if (strcmp(where.address, result->path) == 0)
    where.address = NULL;
  CY_TRY(cy_note_cert_add(&result->store.notes, &scan->noter, view, &where));
  CY_TRY(cy_cert_check(&result->store.findings, cy_buf_cstr(&scan->address), view, NULL, &ctx));
  return cy_name_check(&result->store.findings, result->path, format);
}

/* Reading. */

cy_err *cy_scan_read_more(cy_buf *buf, int fd, size_t want)
{
  while (want) {
    uint8_t *to = cy_buf_reserve(buf, want);
    if (!to)
      return cy_buf_check(buf);
    ssize_t n = read(fd, to, want);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return cy_err_errno(errno, "cannot read it");
    if (n == 0)
      return NULL;
    buf->len += (size_t)n;
    want -= (size_t)n;
  }
  return NULL;
}

static cy_err *unreadable(cy_scan_result *result, cy_err *err)
{
  if (cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  result->kind = CY_SCAN_UNREADABLE;
  cy_finding_add(&result->store.findings, CY_F_AUDIT_NOT_READ, result->path, "%s", cy_err_text(err));
  cy_err_free(err);
  return NULL;
}

cy_err *cy_scan_set_path(cy_scan *scan, cy_scan_result *result)
{
  if (!result->path)
    result->path = cy_walk_file_path(scan->file);
  CY_TRY_ALLOC(result->path);
  result->store.path = result->path;
  return NULL;
}

static cy_err *too_large(cy_scan_result *result, const struct stat *st)
{
  cy_finding *f = cy_finding_add(&result->store.findings, CY_F_STORE_CANNOT_OPEN, result->path,
    "it has %lld bytes; Causey reads stores of up to %zu", (long long)st->st_size, CY_MAX_STORE_BYTES);
  cy_finding_set_severity(f, CY_NOTICE);
  cy_finding_set_fix(&result->store.findings, f, "%s", "If it really is a store, split it.");
  return NULL;
}

static cy_err *look_at_store(
  cy_scan *scan, const cy_format *format, const struct stat *st, cy_scan_result *result)
{
  cy_cert_view view;
  if (single_cert(scan, format, &view))
    return look_at_cert(scan, format, &view, st, result);
  return cy_scan_place(scan, format, st, result);
}

/* The rest of a file whose first 64 KB are those of a store. Only one big file is in memory at a time. */
static cy_err *look_at_rest(
  cy_scan *scan, int fd, const cy_format *format, const struct stat *st, cy_scan_result *result)
{
  size_t size = (size_t)st->st_size;
  if (size > CY_MAX_STORE_BYTES)
    return too_large(result, st);
  if (size <= scan->bytes.len)
    return look_at_store(scan, format, st, result);
  bool big = size > BIG_FILE;
  if (big)
    pthread_mutex_lock(&scan->shared->big_file);
  cy_err *err = cy_scan_read_more(&scan->bytes, fd, size - scan->bytes.len);
  err = err ? unreadable(result, err) : look_at_store(scan, format, st, result);
  if (big) {
    cy_buf_clear(&scan->bytes);
    pthread_mutex_unlock(&scan->shared->big_file);
  }
  return err;
}

/* A log may have certificates in it, too. */
static cy_err *look_at_text(cy_scan *scan, int fd, const struct stat *st, cy_scan_result *result)
{
  cy_err *err = scan->bytes.len ? cy_scan_text(scan, fd, st, result) : NULL;
  if (!cy_err_is(err, CY_E_IO))
    return err;
  CY_TRY(cy_scan_set_path(scan, result));
  return unreadable(result, err);
}

/* Who else can get at it. */
static cy_err *look_at_rights(cy_scan *scan, const struct stat *st, cy_scan_result *result)
{
  bool known;
  CY_TRY(cy_config_uses_note(&scan->shared->uses, st, &result->store.findings));
  if (!scan->shared->access.accounts)
    return NULL;
  CY_TRY(cy_access_enter(&scan->access, scan->file->folder->path, scan->file->name, st, &known));
  if (!known)
    return NULL;
  cy_err *err = cy_access_check(&scan->access, &result->store, result->sealed);
  cy_access_leave(&scan->access);
  return err || !result->stash ? err : cy_scan_stash(scan, result);
}

/* Requests and CRLs beside a key database are looked at together with it, unless they were named
 * themselves. */
static bool belongs_to_another(const cy_walk_file *file, const cy_format *format)
{
  const char *suffix = cy_path_suffix(file->name);
  char main_name[NAME_MAX + 1];
  struct stat st;
  bool beside = strcmp(suffix, "rdb") == 0 || strcmp(suffix, "crl") == 0;
  if (!beside || strcmp(format->id, "kdb") != 0 || !*file->folder->path || strlen(file->name) > NAME_MAX)
    return false;
  snprintf(main_name, sizeof main_name, "%.*skdb", (int)(suffix - file->name), file->name);
  return fstatat(file->folder->fd, main_name, &st, 0) == 0 && S_ISREG(st.st_mode);
}

static cy_err *look_at_bytes(
  cy_scan *scan, int fd, const cy_walk_file *file, const struct stat *st, cy_scan_result *result)
{
  cy_buf_reset(&scan->bytes);
  size_t head = (uint64_t)st->st_size < CY_DETECT_BYTES ? (size_t)st->st_size : CY_DETECT_BYTES;
  cy_err *err = cy_scan_read_more(&scan->bytes, fd, head);
  if (err) {
    CY_TRY(cy_scan_set_path(scan, result));
    return unreadable(result, err);
  }
  const cy_format *format = scan->bytes.len ? cy_format_detect(cy_buf_get(&scan->bytes), file->name) : NULL;
  if (!format || strcmp(format->id, "pem") == 0)
    CY_TRY(look_at_text(scan, fd, st, result));
  if (!format || belongs_to_another(file, format))
    return NULL;
  CY_TRY(cy_scan_set_path(scan, result));
  result->kind = CY_SCAN_STORE;
  result->store.kind = format->id;
  result->store.title = format->title;
  CY_TRY(look_at_rest(scan, fd, format, st, result));
  return result->kind == CY_SCAN_STORE ? look_at_rights(scan, st, result) : NULL;
}

/* Whether this file is ours to look at. */
static cy_err *admit(cy_scan *scan, const cy_walk_file *file, const struct stat *st, size_t number,
  cy_scan_result *result, bool *yes)
{
  const cy_folder *folder = file->folder;
  *yes = false;
  if (!S_ISREG(st->st_mode)) {
    result->kind = CY_SCAN_SPECIAL;
    return NULL;
  }
  if (folder->path[0] && st->st_dev != folder->dev && !scan->shared->options->cross_mounts) {
    result->kind = CY_SCAN_OTHER_FILESYSTEM;
    return NULL;
  }
  *yes = true;
  if (st->st_nlink < 2 && !scan->shared->claim_all)
    return NULL;
  CY_TRY(cy_links_claim(&scan->shared->links, st, number, yes));
  result->claimed = true;
  result->st = *st;
  if (!*yes)
    result->kind = CY_SCAN_OTHER_NAME;
  return NULL;
}

static cy_err *scan_open(
  cy_scan *scan, int fd, const cy_walk_file *file, size_t number, cy_scan_result *result)
{
  struct stat st;
  bool yes;
  if (fstat(fd, &st) != 0) {
    CY_TRY(cy_scan_set_path(scan, result));
    return unreadable(result, cy_err_errno(errno, "cannot look at it"));
  }
  CY_TRY(admit(scan, file, &st, number, result, &yes));
  return yes ? look_at_bytes(scan, fd, file, &st, result) : NULL;
}

/* What was named itself may be a link. */
static int open_file(const cy_walk_file *file)
{
  int link = file->folder->path[0] ? O_NOFOLLOW : 0;
  return openat(file->folder->fd, file->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | link);
}

void cy_scan_file(cy_scan *scan, const cy_walk_file *file, size_t number, cy_scan_result *result)
{
  *result = (cy_scan_result){.store.first_end = CY_TIME_NONE};
  scan->file = file;
  int fd = open_file(file);
  if (fd < 0) {
    int why = errno;
    result->err = cy_scan_set_path(scan, result);
    if (!result->err)
      result->err = unreadable(result, cy_err_errno(why, "cannot open it"));
    return;
  }
  result->err = scan_open(scan, fd, file, number, result);
  close(fd);
  if (!result->err)
    result->err = cy_findings_check(&result->store.findings);
}
