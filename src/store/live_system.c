/*
 * system: the machine's trust store, or that of a saved tree (system:ROOT); read only.
 *
 * The bundle that the distribution's own tools write is what counts, since it is what programs read. What
 * waits beside it to be taken in, or is to be distrusted and is still in it, is said.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/check_internal.h"
#include "store/codes.h"
#include "store/live.h"

/* In the order in which they are looked for: where two exist, one is a link to the other. */
static const struct {
  const char *path;
  const char *who;
} bundles[] = {
  {"etc/ssl/certs/ca-certificates.crt", "Debian, Ubuntu, Alpine, Arch"},
  {"etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "Fedora, RHEL"},
  {"etc/ssl/ca-bundle.pem", "SUSE"},
  {"var/lib/ca-certificates/ca-bundle.pem", "SUSE"},
  {"etc/pki/tls/certs/ca-bundle.crt", "RHEL up to 6"},
  {"etc/ssl/cert.pem", "Alpine, BSD"},
};

/* Folders of CAs that the administrator added or banned, and what brings them into force. */
static const struct {
  const char *path;
  const char *command;
  bool blocked;
} sources[] = {
  {"usr/local/share/ca-certificates", "update-ca-certificates", false},
  {"etc/pki/ca-trust/source/anchors", "update-ca-trust", false},
  {"etc/pki/trust/anchors", "update-ca-certificates", false},
  {"etc/ca-certificates/trust-source/anchors", "update-ca-trust", false},
  {"etc/pki/ca-trust/source/blocklist", "update-ca-trust", true},
  {"etc/pki/ca-trust/source/blacklist", "update-ca-trust", true},
  {"usr/share/pki/ca-trust-source/blocklist", "update-ca-trust", true},
  {"etc/pki/trust/blocklist", "update-ca-certificates", true},
  {"etc/ca-certificates/trust-source/blocklist", "update-ca-trust", true},
};

typedef struct {
  char *root; /* "/" or what was given */
  int fd;
  size_t bundle; /* index */
  char *source;  /* its path */
  cy_doc *doc;
  cy_map by_der;
} machine;

/* Links of a saved tree lead into that tree, not to this machine's files. */
static int open_in(const machine *m, const char *path, int flags)
{
  struct open_how how = {.flags = (uint64_t)(flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  how.resolve = RESOLVE_IN_ROOT;
  long fd = syscall(SYS_openat2, m->fd, path, &how, sizeof how);
  if (fd < 0 && (errno == ENOSYS || errno == EPERM))
    fd = openat(m->fd, path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (m->root[1] ? O_NOFOLLOW : 0));
  return (int)fd;
}

static char *path_of(const machine *m, const char *path)
{
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  size_t len = strlen(m->root);
  while (len && m->root[len - 1] == '/')
    len--;
  cy_buf_put(&whole, m->root, len);
  cy_buf_printf(&whole, "/%s", path);
  return cy_buf_take_str(&whole);
}

static cy_err *read_doc(const machine *m, int fd, const char *path, cy_doc **doc)
{
  CY_CLEAN(cy_buf) bytes = CY_BUF_STORE;
  cy_image *image;
  CY_TRY(cy_fd_read(&bytes, fd, path, CY_MAX_STORE_BYTES));
  CY_TRY(cy_image_from(&image, path, &bytes));
  return cy_doc_open(doc, image, NULL, NULL);
}

static cy_err *index_bundle(machine *m)
{
  for (size_t i = 0; i < m->doc->entry_count; i++)
    if (m->doc->entries[i]->cert_count && !cy_map_put(&m->by_der, m->doc->entries[i]->certs[0].der, i))
      return cy_err_no_memory();
  return NULL;
}

static cy_err *no_bundle(const machine *m)
{
  CY_CLEAN(cy_buf) looked = CY_BUF_TEXT;
  for (size_t i = 0; i < CY_COUNT(bundles); i++)
    cy_buf_printf(&looked, "%s/%s", i ? ", " : "", bundles[i].path);
  return cy_err_hint(
    cy_err_new(CY_E_IO_MISSING, "no trust store of a kind that Causey knows is below %s", m->root),
    "Looked for %s. Install the package ca-certificates, or name the file itself.", cy_buf_cstr(&looked));
}

static cy_err *find_bundle(machine *m)
{
  for (m->bundle = 0; m->bundle < CY_COUNT(bundles); m->bundle++) {
    int fd = open_in(m, bundles[m->bundle].path, O_RDONLY);
    if (fd < 0 && errno != ENOENT && errno != ENOTDIR && errno != ELOOP)
      return cy_err_errno(errno, "cannot open %s below %s", bundles[m->bundle].path, m->root);
    if (fd < 0)
      continue;
    m->source = path_of(m, bundles[m->bundle].path);
    cy_err *err = m->source ? read_doc(m, fd, m->source, &m->doc) : cy_err_no_memory();
    close(fd);
    return err ? err : index_bundle(m);
  }
  return no_bundle(m);
}

static cy_err *read_only(void)
{
  return cy_err_hint(
    cy_err_new(CY_E_STORE_READ_ONLY, "the machine's trust store is written by its own tools only"),
    "Debian, Ubuntu, Alpine: causey cp CA.pem /usr/local/share/ca-certificates/NAME.crt, then "
    "update-ca-certificates. Fedora, RHEL: /etc/pki/ca-trust/source/anchors/NAME.pem, then "
    "update-ca-trust. SUSE: "
    "/etc/pki/trust/anchors/NAME.pem, then update-ca-certificates.");
}

static cy_err *open_system(void **self, const cy_address *address, cy_open_mode mode, cy_ask *ask)
{
  machine *m = cy_malloc(sizeof *m);
  CY_TRY_ALLOC(m);
  *self = m;
  m->fd = -1;
  cy_map_init(&m->by_der, false);
  if (mode != CY_OPEN_READ)
    return read_only();
  m->root = cy_strdup(*address->path ? address->path : "/");
  CY_TRY_ALLOC(m->root);
  m->fd = open(m->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (m->fd < 0)
    return cy_err_errno(errno, "cannot open the folder %s", m->root);
  return find_bundle(m);
}

static cy_err *each(void *self, cy_entry_visit *visit, void *arg)
{
  const machine *m = self;
  for (size_t i = 0; i < m->doc->entry_count; i++) {
    cy_entry entry = *m->doc->entries[i];
    if (entry.kind == CY_ENTRY_CERTIFICATE)
      entry.kind = CY_ENTRY_TRUSTED;
    CY_TRY(visit(arg, &entry));
  }
  return NULL;
}

static void close_system(void *self)
{
  machine *m = self;
  cy_map_clear(&m->by_der);
  cy_doc_free(m->doc);
  if (m->fd >= 0)
    close(m->fd);
  cy_free(m->root);
  cy_free(m->source);
  cy_free(m);
}

static cy_err *describe(void *self, cy_out *out)
{
  const machine *m = self;
  cy_out_str(out, "source", "Read from", m->source);
  cy_out_str(out, "distribution", "As on", bundles[m->bundle].who);
  return NULL;
}

/* What waits beside the bundle. */

typedef struct {
  const machine *m;
  cy_findings *list;
  size_t source;
} looker;

static void note(looker *l, const char *path, cy_entry *entry, bool in_bundle)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) subject = CY_BUF_TEXT;
  bool blocked = sources[l->source].blocked;
  if (blocked != in_bundle)
    return;
  cy_err *err = cy_entry_name(entry, &name);
  cy_err_free(err);
  cy_address_format(&subject, path, NULL);
  cy_finding *f = cy_finding_add(l->list, blocked ? CY_F_SYSTEM_BLOCKED : CY_F_SYSTEM_NOT_IN_FORCE,
    cy_buf_cstr(&subject), blocked ? "%s is to be distrusted, and is still in %s" : "%s is not in %s",
    cy_buf_cstr(&name), l->m->source);
  cy_check_evidence_cert(l->list, f, "sha256", entry->certs[0].der);
  cy_finding_set_fix(l->list, f, "Bring it into force: %s (as root).", sources[l->source].command);
}

/* Files that are none of ours, or can not be read, are the business of the distribution's tool. */
static cy_err *look_at_file(looker *l, const char *path)
{
  CY_AUTO(cy_doc) *doc = NULL;
  CY_AUTO_STR char *whole = path_of(l->m, path);
  CY_TRY_ALLOC(whole);
  int fd = open_in(l->m, path, O_RDONLY);
  if (fd < 0)
    return NULL;
  cy_err *err = read_doc(l->m, fd, whole, &doc);
  close(fd);
  if (err && cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  cy_err_free(err);
  for (size_t i = 0; doc && i < doc->entry_count; i++)
    if (doc->entries[i]->cert_count)
      note(
        l, whole, doc->entries[i], cy_map_get(&l->m->by_der, doc->entries[i]->certs[0].der) != CY_MAP_NONE);
  return NULL;
}

/* update-ca-certificates takes .crt alone. */
static bool is_taken(const looker *l, const char *name)
{
  bool crt_only = strcmp(sources[l->source].path, "usr/local/share/ca-certificates") == 0;
  return name[0] != '.' && (!crt_only || cy_text_ends(name, ".crt"));
}

static cy_err *look_at_source(looker *l)
{
  cy_err *err = NULL;
  int fd = open_in(l->m, sources[l->source].path, O_RDONLY | O_DIRECTORY);
  DIR *stream = fd < 0 ? NULL : fdopendir(fd);
  if (!stream) {
    if (fd >= 0)
      close(fd);
    return NULL;
  }
  for (struct dirent *e; !err && (e = readdir(stream));) {
    CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
    cy_buf_printf(&path, "%s/%s", sources[l->source].path, e->d_name);
    err = cy_buf_check(&path);
    if (!err && is_taken(l, e->d_name))
      err = look_at_file(l, cy_buf_cstr(&path));
  }
  closedir(stream);
  return err;
}

static cy_err *check(void *self, const char *place, cy_findings *list)
{
  looker l = {.m = self, .list = list};
  for (; l.source < CY_COUNT(sources); l.source++)
    CY_TRY(look_at_source(&l));
  return NULL;
}

const cy_live cy_live_system = {
  .id = "system",
  .title = "the machine's trust store",
  .caps = CY_CAN_CERTS | CY_CAN_TRUST,
  .open = open_system,
  .each = each,
  .close = close_system,
  .check = check,
  .describe = describe,
};
