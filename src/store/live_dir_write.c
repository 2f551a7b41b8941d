/* Changing a hashed folder: files first, then links; links first, then files. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/mem.h"
#include "base/pem.h"
#include "base/text.h"
#include "store/codes.h"
#include "store/live_dir.h"
#include "x509/name.h"

enum { LABEL_BYTES = 200 };

/* Labels. */

static bool is_plain(uint8_t c)
{
  return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         c == '.' || c == '_' || c == '-' || c == '+';
}

/* What begins so is hidden, or looks like an option. */
static bool is_bad_start(uint8_t c)
{
  return c == '.' || c == '-';
}

void cy_dir_fit_label(cy_buf *fits, const char *label)
{
  static const char *const suffixes[] = {".pem", ".crt", ".cer", ".der", ".crl"};
  size_t start = fits->len, len = strlen(label);
  cy_dir_link link;
  for (size_t i = 0; i < CY_COUNT(suffixes); i++)
    if (len > 4 && cy_text_ends(label, suffixes[i]) && len == strlen(label))
      len -= 4;
  while (len > LABEL_BYTES || (len < strlen(label) && len && ((uint8_t)label[len] & 0xc0) == 0x80))
    len--;
  bool number = cy_dir_link_parse(&link, label);
  for (size_t i = 0; i < len; i++) {
    uint8_t c = (uint8_t)label[i];
    bool good = is_plain(c) && !(i == 0 && is_bad_start(c)) && !(number && c == '.');
    cy_buf_u8(fits, good ? c : '_');
  }
  if (fits->len == start)
    cy_buf_str(fits, "entry");
}

/* Files. */

static cy_err *hash_of(const cy_entry *entry, uint32_t *hash)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  bool found;
  CY_TRY(cy_dir_subject(entry, &name, &found));
  return cy_name_hash(hash, cy_buf_get(&name));
}

static cy_err *make_folder(cy_dir *dir)
{
  if (dir->fd >= 0)
    return NULL;
  if (mkdir(dir->path, 0755) != 0 && errno != EEXIST) {
    cy_err *err = cy_err_errno(errno, "cannot make the folder %s", dir->path);
    return errno == ENOENT ? cy_err_hint(err, "Make the folder above it first: mkdir -p.") : err;
  }
  CY_TRY(cy_dir_open_folder(dir));
  return cy_dir_lock(dir);
}

static char *path_of(const cy_dir *dir, const char *name)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  cy_buf_printf(&path, "%s/%s", dir->path, name);
  return cy_buf_take_str(&path);
}

/* Everybody may read it: a trust folder that some programs can not read fails in odd ways. */
static cy_err *write_file(cy_dir *dir, const char *name, const cy_entry *entry, cy_open_mode mode)
{
  CY_AUTO(cy_image) *image = NULL;
  CY_AUTO_STR char *path = path_of(dir, name);
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  CY_TRY_ALLOC(path);
  cy_pem_encode(&text, entry->kind == CY_ENTRY_CRL ? "X509 CRL" : "CERTIFICATE",
    entry->kind == CY_ENTRY_CRL ? entry->der : entry->certs[0].der);
  CY_TRY(cy_buf_check(&text));
  cy_err *err = cy_image_open(&image, path, mode);
  if (err && cy_err_is(err, CY_E_STORE_EXISTS))
    err = cy_err_hint(err, "Give it another label (dir:%s#LABEL), or remove that file.", dir->path);
  CY_TRY(err);
  cy_image_set(&image->parts[0], &text, false);
  CY_TRY(cy_image_commit(image, NULL, NULL));
  if (mode == CY_OPEN_CREATE && fchmodat(dir->fd, name, 0644, 0) != 0)
    return cy_err_errno(errno, "cannot let everybody read %s", path);
  return NULL;
}

/* EINVAL: a file system without fsync of folders. */
static cy_err *sync_folder(const cy_dir *dir)
{
  if (fsync(dir->fd) != 0 && errno != EINVAL)
    return cy_err_errno(errno, "cannot bring %s to disk (it is changed all the same)", dir->path);
  return NULL;
}

/* Links. */

static bool is_dangling(const cy_dir *dir, const char *name)
{
  struct stat st;
  return fstatat(dir->fd, name, &st, 0) != 0 && errno == ENOENT;
}

/* Over a link that leads to nothing, in one step. */
static int replace_link(const cy_dir *dir, const char *target, const char *name)
{
  char temp[64];
  snprintf(temp, sizeof temp, ".%s.causey-link", name);
  (void)unlinkat(dir->fd, temp, 0);
  if (symlinkat(target, dir->fd, temp) != 0)
    return -1;
  return renameat(dir->fd, temp, dir->fd, name);
}

/* The first number that is free, or taken by nothing that could be found. */
static cy_err *add_link(cy_dir *dir, const char *target, uint32_t hash, bool crl)
{
  cy_dir_link link = {.hash = hash, .crl = crl, .file = CY_DIR_NONE, .of_file = CY_DIR_NONE};
  for (char name[32];; link.number++) {
    cy_dir_link_format(name, &link);
    int r = symlinkat(target, dir->fd, name);
    if (r != 0 && errno == EEXIST && is_dangling(dir, name))
      r = replace_link(dir, target, name);
    else if (r != 0 && errno == EEXIST)
      continue;
    if (r != 0)
      return cy_err_errno(errno, "cannot make the link %s/%s to %s", dir->path, name, target);
    CY_CRASH_POINT("dir.linked");
    CY_TRY(cy_dir_note_link(dir, &link));
    return sync_folder(dir);
  }
}

/* A file that is called by a number has its name changed with it. */
static cy_err *renumber(cy_dir *dir, size_t at, unsigned number)
{
  cy_dir_link *link = &dir->links[at];
  cy_dir_file *file = link->file == CY_DIR_NONE ? NULL : &dir->files[link->file];
  char old[32], name[32];
  cy_dir_link_format(old, link);
  link->number = number;
  cy_dir_link_format(name, link);
  if (file && strcmp(file->name, old) == 0) {
    file->name = cy_arena_str(&dir->arena, cy_span_str(name));
    CY_TRY_ALLOC(file->name);
  }
  return cy_dir_number_link(dir, at);
}

/* The last of the numbers takes its place, so that none is ever missing in between. */
static cy_err *drop_link(cy_dir *dir, size_t at)
{
  cy_dir_link *link = &dir->links[at];
  size_t last = at, next;
  char name[32], last_name[32];
  while ((next = cy_dir_link_at(dir, link->hash, link->crl, dir->links[last].number + 1)) != CY_DIR_NONE)
    last = next;
  cy_dir_link_format(name, link);
  cy_dir_link_format(last_name, &dir->links[last]);
  if (last != at && renameat(dir->fd, last_name, dir->fd, name) != 0)
    return cy_err_errno(errno, "cannot rename %s/%s to %s", dir->path, last_name, name);
  if (unlinkat(dir->fd, last_name, 0) != 0 && errno != ENOENT)
    return cy_err_errno(errno, "cannot remove %s/%s", dir->path, last_name);
  CY_CRASH_POINT("dir.unlinked");
  link->gone = true;
  return last == at ? NULL : renumber(dir, last, link->number);
}

/* `but`: the number that its new content has. */
static cy_err *drop_links(cy_dir *dir, size_t file, const uint32_t *but, bool crl)
{
  for (size_t i = dir->file_links[file]; i != CY_DIR_NONE; i = dir->links[i].of_file)
    if (!dir->links[i].gone && !(but && dir->links[i].hash == *but && dir->links[i].crl == crl))
      CY_TRY(drop_link(dir, i));
  return NULL;
}

/* A file that has no name but its number went with that. */
static cy_err *drop_file(cy_dir *dir, size_t index)
{
  cy_dir_file *file = &dir->files[index];
  cy_dir_link number;
  CY_TRY(drop_links(dir, index, NULL, false));
  file->gone = true;
  if (!cy_dir_link_parse(&number, file->name) && unlinkat(dir->fd, file->name, 0) != 0)
    return errno == ENOENT
             ? cy_err_new(CY_E_STORE_VANISHED, "%s/%s is no longer there", dir->path, file->name)
             : cy_err_errno(errno, "cannot remove %s/%s", dir->path, file->name);
  return sync_folder(dir);
}

static cy_err *of_several(const cy_dir *dir, const cy_dir_object *object)
{
  const cy_dir_file *file = &dir->files[object->file];
  size_t nth = (size_t)(object - dir->objects) - file->first + 1;
  cy_err *err = cy_err_new(
    CY_E_STORE_CANNOT_HOLD, "%s/%s has %zu entries, and this is one", dir->path, file->name, file->count);
  return cy_err_hint(err, "Change the file itself: causey rm %s/%s#@%zu.", dir->path, file->name, nth);
}

cy_err *cy_dir_remove(void *self, const cy_entry *entry)
{
  cy_dir *dir = self;
  const cy_dir_object *object = &dir->objects[entry->part];
  if (dir->files[object->file].count > 1)
    return of_several(dir, object);
  return drop_file(dir, object->file);
}

/* Putting. */

static char *name_of(const cy_entry *entry)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  cy_dir_fit_label(&name, entry->label ? entry->label : "");
  cy_buf_str(&name, entry->kind == CY_ENTRY_CRL ? ".crl" : ".pem");
  return cy_buf_take_str(&name);
}

static cy_err *put_new(cy_dir *dir, const cy_entry *entry)
{
  uint32_t hash;
  CY_AUTO_STR char *name = name_of(entry);
  CY_TRY_ALLOC(name);
  CY_TRY(hash_of(entry, &hash));
  CY_TRY(make_folder(dir));
  CY_TRY(write_file(dir, name, entry, CY_OPEN_CREATE));
  return add_link(dir, name, hash, entry->kind == CY_ENTRY_CRL);
}

static bool same_content(const cy_entry *a, const cy_entry *b)
{
  cy_span x = a->cert_count ? a->certs[0].der : a->der, y = b->cert_count ? b->certs[0].der : b->der;
  return a->kind != CY_ENTRY_CRL ? b->kind != CY_ENTRY_CRL && cy_span_equal(x, y)
                                 : b->kind == CY_ENTRY_CRL && cy_span_equal(x, y);
}

/* The same file with another content: the new link before the old ones go. */
static cy_err *overwrite(cy_dir *dir, size_t index, const cy_entry *entry)
{
  cy_dir_file *file = &dir->files[index];
  const cy_dir_object *old = &dir->objects[file->first];
  uint32_t hash;
  bool crl = entry->kind == CY_ENTRY_CRL;
  CY_TRY(hash_of(entry, &hash));
  CY_TRY(write_file(dir, file->name, entry, CY_OPEN_UPDATE));
  if (!old->linked || old->hash != hash || cy_dir_is_crl(old) != crl)
    CY_TRY(add_link(dir, file->name, hash, crl));
  CY_TRY(drop_links(dir, index, &hash, crl));
  return sync_folder(dir);
}

/* In place of another entry. What is the same and only not linked gets its link. */
static cy_err *put_again(cy_dir *dir, const cy_entry *entry)
{
  const cy_dir_object *old = &dir->objects[entry->part];
  cy_dir_file *file = &dir->files[old->file];
  CY_AUTO_STR char *name = name_of(entry);
  CY_TRY_ALLOC(name);
  cy_dir_link number;
  bool same = same_content(entry, &old->entry);
  if (same && old->linked)
    return NULL;
  if (same && !file->is_der && !cy_dir_link_parse(&number, file->name)) {
    CY_TRY(file->count > 1 ? NULL : drop_links(dir, old->file, NULL, false));
    return add_link(dir, file->name, old->hash, cy_dir_is_crl(old));
  }
  if (file->count > 1)
    return of_several(dir, old);
  if (strcmp(name, file->name) == 0 && !file->is_link)
    return overwrite(dir, old->file, entry);
  if (strcmp(name, file->name) == 0)
    return cy_err_hint(
      cy_err_new(CY_E_STORE_CANNOT_HOLD, "%s/%s is a link to another folder", dir->path, file->name),
      "Remove it first, which removes the link alone: causey rm dir:%s#%s.", dir->path, entry->label);
  size_t index = old->file;
  CY_TRY(put_new(dir, entry));
  return drop_file(dir, index);
}

cy_err *cy_dir_put(void *self, const cy_entry *entry, bool replace)
{
  return replace ? put_again(self, entry) : put_new(self, entry);
}
