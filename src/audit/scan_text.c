/* A file that is no store, or one of PEM: what its text gives away. */
#include <fcntl.h>
#include <unistd.h>

#include "audit/access_check.h"
#include "audit/codes.h"
#include "audit/scan.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/place.h"

/* Texts up to TEXT_BYTES are read whole; of longer ones, which are logs, the first and the last PART_BYTES.
 */
/* Nobody writes configurations and scripts longer than CONF_BYTES: beyond, only traces are looked for. */
enum { TEXT_BYTES = 4 << 20, PART_BYTES = 1 << 20, CONF_BYTES = 512 << 10 };

static cy_err *enter(cy_scan *scan, const struct stat *st, cy_audience *readers, bool *known)
{
  CY_TRY(cy_access_enter(&scan->access, scan->file->folder->path, scan->file->name, st, known));
  if (!*known)
    return NULL;
  cy_err *err = cy_access_readers(&scan->access, readers);
  cy_access_leave(&scan->access);
  return err;
}

static bool tells(const cy_secret_hits *hits)
{
  for (size_t i = 0; i < hits->count; i++) {
    cy_text_role role = hits->items[i].rule->role;
    if (role == CY_TEXT_PASSWORD || role == CY_TEXT_PIN || role == CY_TEXT_SO_PIN || role == CY_TEXT_TRACE)
      return true;
  }
  return false;
}

static bool names_files(const cy_secret_hits *hits)
{
  for (size_t i = 0; i < hits->count; i++) {
    cy_text_role role = hits->items[i].rule->role;
    if (role >= CY_TEXT_PASSWORD_FILE && role <= CY_TEXT_LABEL)
      return true;
  }
  return false;
}

/* What a configuration names, and what it sets. */
static cy_err *check_config(
  cy_scan *scan, unsigned kind, const cy_tls_reader *reader, cy_span text, cy_scan_result *result)
{
  bool names = names_files(&scan->hits);
  if (!names && !reader)
    return NULL;
  CY_TRY(cy_scan_set_path(scan, result));
  CY_AUTO_STR char *folder = cy_path_folder(result->path);
  CY_TRY_ALLOC(folder);
  cy_config_place place = {.list = &result->store.findings,
    .path = result->path,
    .folder = folder,
    .root = scan->shared->access.root,
    .kind = kind,
    .guesses = &scan->shared->guesses};
  if (names)
    CY_TRY(cy_config_check(&place, &scan->hits));
  return reader ? cy_config_check_tls(&place, &scan->shared->readers, reader, text) : NULL;
}

static cy_err *report(cy_scan *scan, const struct stat *st, cy_span text, cy_scan_result *result)
{
  CY_CLEAN(cy_audience) readers = CY_AUDIENCE_NONE;
  bool alone = cy_secret_is_password_file(scan->file->name, text.len), known = false;
  if (!scan->shared->access.accounts || (!alone && !tells(&scan->hits)))
    return NULL;
  CY_TRY(enter(scan, st, &readers, &known));
  if (!known)
    return NULL;
  CY_TRY(cy_scan_set_path(scan, result));
  cy_secret_place place = {.list = &result->store.findings,
    .path = result->path,
    .folder_fd = scan->file->folder->fd,
    .root = scan->shared->access.root,
    .readers = &readers};
  CY_TRY(cy_secret_report(&place, &scan->hits));
  return alone ? cy_secret_try_file(&place, scan->file->name, text) : NULL;
}

/* Files that are no text: what stands in them is named, not looked for. */

static uint32_t number(cy_span in, size_t at, bool big)
{
  uint32_t n = 0;
  for (size_t i = 0; i < 4; i++)
    n = n << 8 | in.data[at + (big ? i : 3 - i)];
  return n;
}

/* A block with the keys of TLS connections, in front of the packets that they open. */
static bool has_embedded_keys(cy_span head)
{
  enum { SECTION = 0x0a0d0d0a, SECRETS = 10, TLS_KEYS = 0x544c534b };
  if (head.len < 12 || number(head, 0, true) != SECTION)
    return false;
  bool big = number(head, 8, true) == 0x1a2b3c4d;
  for (size_t at = 0; head.len - at >= 12;) {
    uint32_t type = number(head, at, big), len = number(head, at + 4, big);
    if (type == SECRETS && number(head, at + 8, big) == TLS_KEYS)
      return true;
    if (len < 12 || len > head.len - at)
      return false;
    at += len;
  }
  return false;
}

static bool is_core(cy_span head)
{
  static const uint8_t elf[] = {0x7f, 'E', 'L', 'F'};
  return head.len > 18 && memcmp(head.data, elf, sizeof elf) == 0 &&
         (head.data[16] == 4 || head.data[17] == 4);
}

static cy_err *look_at_binary(cy_scan *scan, const struct stat *st, cy_scan_result *result)
{
  CY_CLEAN(cy_audience) readers = CY_AUDIENCE_NONE;
  cy_span head = cy_buf_get(&scan->bytes);
  bool keys = has_embedded_keys(head), known = false;
  if ((!keys && !is_core(head)) || !scan->shared->access.accounts)
    return NULL;
  CY_TRY(enter(scan, st, &readers, &known));
  if (!known || !readers.people)
    return NULL;
  CY_TRY(cy_scan_set_path(scan, result));
  cy_finding *f = cy_finding_add(&result->store.findings, CY_F_TRACE_READABLE, result->path,
    "%s can read %s", cy_buf_cstr(&readers.who),
    keys ? "this capture, which has the keys of its TLS connections in it: all that was sent over them"
         : "this core dump: the memory of a program, with the keys and passwords that it had at the time");
  cy_finding_set_severity(f, keys && readers.everyone ? CY_ERROR_SEVERITY : CY_WARNING);
  cy_finding_evidence(&result->store.findings, f, "what", "%s", keys ? "capture" : "core dump");
  result->kind = CY_SCAN_TEXT;
  return NULL;
}

/* The end of a long log; which line it is, is not known. */
static cy_err *look_at_end(cy_scan *scan, int fd, const struct stat *st, unsigned kind)
{
  size_t from = scan->hits.count;
  cy_buf_reset(&scan->der);
  uint8_t *to = cy_buf_reserve(&scan->der, PART_BYTES);
  if (!to)
    return cy_buf_check(&scan->der);
  ssize_t n = pread(fd, to, PART_BYTES, st->st_size - PART_BYTES);
  if (n <= 0)
    return NULL;
  scan->der.len = (size_t)n;
  cy_text_find(&scan->shared->finder, cy_buf_get(&scan->der), kind, cy_secret_collect, &scan->hits);
  for (; from < scan->hits.count; from++)
    scan->hits.items[from].line = 0;
  return NULL;
}

/* The reader of settings of TLS that a text is for; NULL, mostly, when there is none. */
static cy_err *find_reader(
  cy_scan *scan, unsigned kind, cy_scan_result *result, const cy_tls_reader **reader)
{
  cy_span head = cy_buf_get(&scan->bytes);
  uint64_t of = cy_config_readers_of(&scan->shared->readers, scan->file->name, kind, head);
  *reader = NULL;
  if (!of)
    return NULL;
  CY_TRY(cy_scan_set_path(scan, result));
  *reader = cy_config_reader_pick(of, result->path, kind, head);
  return NULL;
}

cy_err *cy_scan_text(cy_scan *scan, int fd, const struct stat *st, cy_scan_result *result)
{
  const cy_tls_reader *reader;
  cy_span head = cy_buf_get(&scan->bytes);
  if (!scan->shared->finder.all.window) /* nobody wants it */
    return NULL;
  if (!cy_text_looks_like(head))
    return result->kind == CY_SCAN_NO_STORE ? look_at_binary(scan, st, result) : NULL;
  unsigned kind = cy_text_kind(scan->file->name, head);
  CY_TRY(find_reader(scan, kind, result, &reader));
  if (kind & CY_TEXT_IS_SOURCE && !reader)
    return NULL;
  if (st->st_size > CONF_BYTES) {
    reader = reader && reader->streams ? reader : NULL;
    kind = 0;
  }
  bool whole = (uint64_t)st->st_size <= TEXT_BYTES;
  size_t want = whole ? (size_t)st->st_size : PART_BYTES;
  if (want > head.len)
    CY_TRY(cy_scan_read_more(&scan->bytes, fd, want - head.len));
  head = cy_buf_get(&scan->bytes);
  scan->hits.count = scan->hits.more = 0;
  cy_text_find(&scan->shared->finder, head, kind, cy_secret_collect, &scan->hits);
  if (!whole)
    CY_TRY(look_at_end(scan, fd, st, kind));
  CY_TRY(report(scan, st, head, result));
  CY_TRY(check_config(scan, kind, reader, whole ? head : CY_SPAN_NONE, result));
  if (result->kind == CY_SCAN_NO_STORE && result->store.findings.count)
    result->kind = CY_SCAN_TEXT;
  return NULL;
}

cy_err *cy_scan_stash(cy_scan *scan, cy_scan_result *result)
{
  CY_CLEAN(cy_audience) readers = CY_AUDIENCE_NONE;
  CY_CLEAN(cy_buf) fix = CY_BUF_TEXT;
  cy_findings *list = &result->store.findings;
  const char *folder = scan->file->folder->path;
  bool known;
  CY_TRY(cy_access_enter(&scan->access, folder, *folder ? cy_path_name(result->stash) : result->stash,
    &result->stash_st, &known));
  if (!known)
    return NULL;
  cy_err *err = cy_access_readers(&scan->access, &readers);
  cy_access_leave(&scan->access);
  if (err || !readers.people)
    return err;
  cy_finding *f = cy_finding_add(list, CY_F_PASSWORD_BESIDE_STORE, result->stash,
    "this stash opens %s beside it, and %s can read it", result->path, cy_buf_cstr(&readers.who));
  cy_finding_set_severity(f, cy_secret_severity(&readers));
  cy_finding_set_why(list, f, "%s",
    "A stash is the password, written backwards as it were: whoever has both files has the keys in the "
    "store.");
  cy_finding_evidence(list, f, "store", "%s", result->path);
  cy_finding_evidence(list, f, "who", "%s", cy_buf_cstr(&readers.who));
  cy_finding_evidence(list, f, "mode", "%04o", (unsigned)result->stash_st.st_mode & 07777);
  cy_buf_str(&fix, readers.everyone ? "chmod o-rwx " : "chmod g-r ");
  cy_text_put_shell(&fix, result->stash);
  cy_finding_set_fix(list, f,
    "%s, then give the store another password and a new stash: causey passwd --stash STORE.",
    cy_buf_cstr(&fix));
  return cy_buf_check(&fix);
}
