/* Reading a hashed folder: its files, its links, and which of them OpenSSL finds. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/der.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/pem.h"
#include "base/text.h"
#include "store/codes.h"
#include "store/live_dir.h"
#include "x509/name.h"

/* More than anybody numbers; a name beyond is a file like others. */
enum { NUMBER_DIGITS = 6, CERT_FILE_BYTES = 16 << 20 };

bool cy_dir_link_parse(cy_dir_link *out, const char *name)
{
  *out = (cy_dir_link){.file = CY_DIR_NONE, .of_file = CY_DIR_NONE};
  if (strspn(name, "0123456789abcdef") != 8 || name[8] != '.')
    return false;
  for (int i = 0; i < 8; i++)
    out->hash = out->hash << 4 | (uint32_t)(name[i] <= '9' ? name[i] - '0' : name[i] - 'a' + 10);
  out->crl = name[9] == 'r';
  const char *digits = name + 9 + out->crl;
  size_t len = strspn(digits, "0123456789");
  if (!len || len > NUMBER_DIGITS || digits[len] || (digits[0] == '0' && len > 1))
    return false;
  for (; *digits; digits++)
    out->number = out->number * 10 + (unsigned)(*digits - '0');
  return true;
}

void cy_dir_link_format(char name[32], const cy_dir_link *link)
{
  snprintf(name, 32, "%08x.%s%u", (unsigned)link->hash, link->crl ? "r" : "", link->number);
}

bool cy_dir_is_crl(const cy_dir_object *object)
{
  return object->entry.kind == CY_ENTRY_CRL;
}

/* Names. */

typedef struct {
  char **items;
  size_t count, cap;
} names;

static int by_text(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static cy_err *add_name(cy_dir *dir, names *list, const char *name)
{
  if (!cy_grow(&list->items, &list->cap, list->count + 1, sizeof(char *)))
    return cy_err_no_memory();
  list->items[list->count] = cy_arena_str(&dir->arena, cy_span_str(name));
  CY_TRY_ALLOC(list->items[list->count]);
  list->count++;
  return NULL;
}

/* Hidden ones are what editors and killed runs leave. */
static cy_err *read_names(cy_dir *dir, names *list)
{
  cy_err *err = NULL;
  int fd = openat(dir->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *stream = fd < 0 ? NULL : fdopendir(fd);
  if (!stream) {
    err = cy_err_errno(errno, "cannot list %s", dir->path);
    if (fd >= 0)
      close(fd);
    return err;
  }
  errno = 0;
  for (struct dirent *e; !err && (e = readdir(stream)); errno = 0)
    if (e->d_name[0] != '.')
      err = add_name(dir, list, e->d_name);
  if (!err && errno)
    err = cy_err_errno(errno, "cannot list %s", dir->path);
  closedir(stream);
  if (list->count)
    qsort(list->items, list->count, sizeof(char *), by_text);
  return err;
}

bool cy_dir_is_hashed(const char *path)
{
  DIR *stream = opendir(path);
  cy_dir_link link;
  bool found = false;
  for (struct dirent *e; stream && !found && (e = readdir(stream));)
    found = cy_dir_link_parse(&link, e->d_name);
  if (stream)
    closedir(stream);
  return found;
}

/* Files. */

static cy_err *issuer_of_crl(const cy_entry *entry, cy_buf *name)
{
  cy_parse parse = {.lenient = true};
  cy_span version;
  cy_cur cur = cy_cur_begin(&parse, entry->der);
  cy_cur outer = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_cur tbs = cy_der_enter(&outer, CY_DER_SEQUENCE);
  cy_der_take_if(&tbs, CY_DER_INTEGER, &version);
  cy_der_take(&tbs, CY_DER_SEQUENCE);
  cy_buf_span(name, cy_der_take_whole(&tbs, CY_DER_SEQUENCE));
  CY_TRY(cy_parse_check(&parse, "CRL"));
  return cy_buf_check(name);
}

cy_err *cy_dir_subject(const cy_entry *entry, cy_buf *name, bool *found)
{
  cy_cert_view view;
  *found = entry->kind == CY_ENTRY_CRL || entry->cert_count > 0;
  if (entry->kind == CY_ENTRY_CRL)
    return issuer_of_crl(entry, name);
  if (!*found)
    return NULL;
  CY_TRY(cy_cert_view_parse(&view, entry->certs[0].der));
  cy_buf_span(name, view.subject);
  return cy_buf_check(name);
}

/* What OpenSSL can not read has no number; that it can not be found says the check. */
static cy_err *set_hashes(cy_dir_object *object)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  cy_err *err = cy_dir_subject(&object->entry, &name, &object->has_hash);
  if (!err && object->has_hash)
    err = cy_name_hash(&object->hash, cy_buf_get(&name));
  if (!err && object->has_hash)
    err = cy_name_hash_old(&object->old_hash, cy_buf_get(&name));
  if (!err || cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  cy_err_free(err);
  object->has_hash = false;
  return NULL;
}

static cy_span content_of(const cy_entry *entry)
{
  return entry->cert_count ? entry->certs[0].der : entry->der;
}

static cy_err *add_object(cy_dir *dir, size_t file, const cy_entry *entry)
{
  if (!cy_grow(&dir->objects, &dir->object_cap, dir->object_count + 1, sizeof *dir->objects))
    return cy_err_no_memory();
  cy_dir_object *object = &dir->objects[dir->object_count];
  *object = (cy_dir_object){.file = file};
  CY_TRY(cy_entry_copy(&object->entry, entry, &dir->arena));
  size_t at = dir->object_count++;
  dir->files[file].count++;
  object->entry.part = at;
  cy_span content = content_of(&object->entry);
  if (content.len && cy_map_get(&dir->by_der, content) == CY_MAP_NONE &&
      !cy_map_put(&dir->by_der, content, at))
    return cy_err_no_memory();
  return set_hashes(object);
}

static cy_err *set_trouble(cy_dir *dir, cy_dir_file *file, cy_err *err)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  const cy_err *deepest = err;
  if (cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  while (cy_err_cause(deepest))
    deepest = cy_err_cause(deepest);
  cy_text_put_safe(&text, cy_span_str(cy_err_text(deepest)));
  cy_err_free(err);
  file->trouble = cy_arena_str(&dir->arena, cy_buf_get(&text));
  return file->trouble ? NULL : cy_err_no_memory();
}

static cy_err *add_file(cy_dir *dir, const char *name, size_t *index)
{
  struct stat st;
  if (!cy_grow(&dir->files, &dir->file_cap, dir->file_count + 1, sizeof *dir->files))
    return cy_err_no_memory();
  *index = dir->file_count++;
  cy_dir_file *file = &dir->files[*index];
  *file = (cy_dir_file){.name = cy_arena_str(&dir->arena, cy_span_str(name)), .first = dir->object_count};
  CY_TRY_ALLOC(file->name);
  file->is_link = fstatat(dir->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
  return NULL;
}

/* Only what OpenSSL reads there: PEM, and DER. */
static const cy_format *format_of(cy_span bytes, const char *name)
{
  cy_span head = cy_span_of(bytes.data, bytes.len < CY_DETECT_BYTES ? bytes.len : CY_DETECT_BYTES);
  const cy_format *format = bytes.len ? cy_format_detect(head, name) : NULL;
  return format && (strcmp(format->id, "pem") == 0 || strcmp(format->id, "der") == 0) ? format : NULL;
}

static cy_err *add_entries(cy_dir *dir, const char *name, cy_doc *doc, size_t *index)
{
  CY_TRY(add_file(dir, name, index));
  dir->files[*index].is_der = strcmp(doc->format->id, "der") == 0;
  for (size_t i = 0; i < doc->entry_count; i++)
    CY_TRY(add_object(dir, *index, doc->entries[i]));
  return NULL;
}

static cy_err *add_trouble(cy_dir *dir, const char *name, cy_err *trouble, size_t *index)
{
  cy_err *err = add_file(dir, name, index);
  if (err) {
    cy_err_free(trouble);
    return err;
  }
  return set_trouble(dir, &dir->files[*index], trouble);
}

/* A text that is about certificates, as a README may be, is no damaged certificate. */
static bool is_prose(cy_span bytes)
{
  return cy_pem_looks_like(bytes) && (bytes.len < 10 || memcmp(bytes.data, "-----BEGIN", 10) != 0);
}

static cy_err *parse_file(cy_dir *dir, const char *name, cy_buf *bytes, bool named, size_t *index)
{
  cy_image *image;
  CY_AUTO(cy_doc) *doc = NULL;
  const cy_format *format = format_of(cy_buf_get(bytes), name);
  if (!format)
    return named
             ? add_trouble(dir, name,
                 cy_err_new(CY_E_STORE_NOT_RECOGNISED, "it holds neither a certificate nor a CRL"), index)
             : NULL;
  bool prose = is_prose(cy_buf_get(bytes));
  CY_TRY(cy_image_from(&image, name, bytes));
  cy_err *err = cy_doc_open(&doc, image, format, NULL);
  if (!err)
    return doc->entry_count ? add_entries(dir, name, doc, index) : NULL;
  if (!named && (prose || cy_err_is(err, CY_E_STORE_NOT_RECOGNISED))) {
    cy_err_free(err);
    return NULL;
  }
  return add_trouble(dir, name, err, index);
}

/* *index is CY_DIR_NONE for a file that is none of ours. `named`: a link name says that it is one. */
static cy_err *load_file(cy_dir *dir, const char *name, bool named, size_t *index)
{
  CY_CLEAN(cy_buf) bytes = CY_BUF_SECRET(CY_MAX_STORE_BYTES);
  struct stat st;
  *index = CY_DIR_NONE;
  cy_err *err = cy_file_read_at(&bytes, dir->fd, name, name, CERT_FILE_BYTES, &st);
  if (err && !named && cy_err_is(err, CY_E_TOO_LARGE)) {
    cy_err_free(err);
    return NULL;
  }
  return err ? add_trouble(dir, name, err, index) : parse_file(dir, name, &bytes, named, index);
}

/* Device and inode: several names of one file are one. */
static cy_span inode_key(uint64_t key[2], const struct stat *st)
{
  key[0] = (uint64_t)st->st_dev;
  key[1] = (uint64_t)st->st_ino;
  return cy_span_of(key, 2 * sizeof *key);
}

static cy_err *take_file(cy_dir *dir, const char *name)
{
  struct stat st;
  uint64_t key[2];
  size_t index;
  if (fstatat(dir->fd, name, &st, 0) != 0 || !S_ISREG(st.st_mode))
    return NULL; /* a folder, or a link to nothing: what leads through it says so */
  if (cy_map_get(&dir->by_inode, inode_key(key, &st)) != CY_MAP_NONE)
    return NULL;
  CY_TRY(load_file(dir, name, false, &index));
  if (index != CY_DIR_NONE && !cy_map_put(&dir->by_inode, inode_key(key, &st), index))
    return cy_err_no_memory();
  return NULL;
}

/* Links. */

typedef struct {
  uint32_t hash;
  uint32_t number;
  uint32_t crl;
} link_key;

size_t cy_dir_link_at(const cy_dir *dir, uint32_t hash, bool crl, unsigned number)
{
  link_key key = {hash, number, crl};
  size_t at = cy_map_get(&dir->by_number, cy_span_of(&key, sizeof key));
  if (at == CY_MAP_NONE || dir->links[at].gone || dir->links[at].number != number)
    return CY_DIR_NONE; /* it has moved */
  return at;
}

cy_err *cy_dir_number_link(cy_dir *dir, size_t at)
{
  const cy_dir_link *link = &dir->links[at];
  link_key key = {link->hash, link->number, link->crl};
  return cy_map_put(&dir->by_number, cy_span_of(&key, sizeof key), at) ? NULL : cy_err_no_memory();
}

cy_err *cy_dir_note_link(cy_dir *dir, const cy_dir_link *link)
{
  if (!cy_grow(&dir->links, &dir->link_cap, dir->link_count + 1, sizeof *dir->links))
    return cy_err_no_memory();
  size_t at = dir->link_count++;
  dir->links[at] = *link;
  return cy_dir_number_link(dir, at);
}

static cy_err *read_target(cy_dir *dir, const char *name, char **target)
{
  char text[4096];
  ssize_t n = readlinkat(dir->fd, name, text, sizeof text);
  *target = NULL;
  if (n < 0)
    return NULL;
  *target = cy_arena_str(&dir->arena, cy_span_of(text, (size_t)n));
  return *target ? NULL : cy_err_no_memory();
}

/* A copy under the number of what a file beside it holds is a link to it in all but name. */
static cy_err *merge_copy(cy_dir *dir, size_t *file)
{
  const cy_dir_file *f = &dir->files[*file];
  if (f->count != 1 || f->trouble)
    return NULL;
  size_t same = cy_map_get(&dir->by_der, content_of(&dir->objects[f->first].entry));
  if (same == CY_MAP_NONE || same == f->first || dir->files[dir->objects[same].file].count != 1)
    return NULL;
  cy_entry_clear(&dir->objects[f->first].entry);
  dir->object_count--;
  dir->file_count--; /* it was the last of both */
  *file = dir->objects[same].file;
  return NULL;
}

static cy_err *find_target(cy_dir *dir, const char *name, cy_dir_link *link)
{
  struct stat st;
  uint64_t key[2];
  if (fstatat(dir->fd, name, &st, 0) != 0)
    return NULL;
  size_t known = cy_map_get(&dir->by_inode, inode_key(key, &st));
  if (known != CY_MAP_NONE) {
    link->file = known;
    return NULL;
  }
  CY_TRY(load_file(dir, name, true, &link->file));
  if (link->file != CY_DIR_NONE)
    CY_TRY(merge_copy(dir, &link->file));
  if (link->file != CY_DIR_NONE && !cy_map_put(&dir->by_inode, inode_key(key, &st), link->file))
    return cy_err_no_memory();
  return NULL;
}

static cy_err *take_link(cy_dir *dir, const char *name)
{
  cy_dir_link link;
  cy_dir_link_parse(&link, name);
  CY_TRY(read_target(dir, name, &link.target));
  CY_TRY(find_target(dir, name, &link));
  return cy_dir_note_link(dir, &link);
}

/* What OpenSSL finds. */

bool cy_dir_leads_on(const cy_dir *dir, size_t at)
{
  return at != CY_DIR_NONE && dir->links[at].file != CY_DIR_NONE &&
         !dir->files[dir->links[at].file].trouble && !dir->files[dir->links[at].file].is_der;
}

static void mark_reached(cy_dir *dir)
{
  for (size_t i = 0; i < dir->link_count; i++) {
    const cy_dir_link *link = &dir->links[i];
    size_t at = link->number == 0 ? i : CY_DIR_NONE;
    for (unsigned n = 0; cy_dir_leads_on(dir, at); n++) {
      dir->links[at].reached = true;
      at = cy_dir_link_at(dir, link->hash, link->crl, n + 1);
    }
  }
}

static void judge_object(const cy_dir *dir, cy_dir_object *object)
{
  const cy_dir_file *file = &dir->files[object->file];
  for (size_t i = dir->file_links[object->file]; i != CY_DIR_NONE; i = dir->links[i].of_file) {
    const cy_dir_link *link = &dir->links[i];
    if (file->trouble || file->is_der || !object->has_hash || link->crl != cy_dir_is_crl(object))
      continue;
    if (link->hash == object->hash && link->reached)
      object->linked = true;
    else if (link->hash == object->hash)
      object->cut_off = true;
    else if (link->hash == object->old_hash)
      object->old_linked = true;
  }
}

static cy_err *judge(cy_dir *dir)
{
  dir->file_links = cy_arena_alloc(&dir->arena, (dir->file_count + 1) * sizeof *dir->file_links);
  CY_TRY_ALLOC(dir->file_links);
  for (size_t i = 0; i < dir->file_count; i++)
    dir->file_links[i] = CY_DIR_NONE;
  mark_reached(dir);
  for (size_t i = 0; i < dir->link_count; i++) {
    cy_dir_link *link = &dir->links[i];
    if (link->file == CY_DIR_NONE)
      continue;
    link->of_file = dir->file_links[link->file];
    dir->file_links[link->file] = i;
  }
  for (size_t i = 0; i < dir->object_count; i++)
    judge_object(dir, &dir->objects[i]);
  return NULL;
}

/* Labels: the file's name without its suffix where no other file has that, too. */

static size_t stem_len(const char *name)
{
  static const char *const suffixes[] = {"pem", "crt", "cer", "der", "crl"};
  const char *suffix = cy_path_suffix(name);
  for (size_t i = 0; i < CY_COUNT(suffixes); i++)
    if (strcmp(suffix, suffixes[i]) == 0)
      return strlen(name) - strlen(suffix) - 1;
  return strlen(name);
}

static cy_err *set_label(cy_dir *dir, const cy_map *stems, cy_dir_object *object, size_t nth)
{
  CY_CLEAN(cy_buf) label = CY_BUF_TEXT;
  const char *name = dir->files[object->file].name;
  cy_span stem = cy_span_of(name, stem_len(name));
  bool unique = cy_map_get(stems, stem) == object->file;
  cy_text_put_safe(&label, unique ? stem : cy_span_str(name));
  if (nth)
    cy_buf_printf(&label, ":%zu", nth + 1);
  object->entry.label = cy_arena_str(&dir->arena, cy_buf_get(&label));
  CY_TRY_ALLOC(object->entry.label);
  return cy_buf_check(&label);
}

static cy_err *set_labels(cy_dir *dir)
{
  cy_map stems;
  cy_err *err = NULL;
  cy_map_init(&stems, false);
  for (size_t i = 0; !err && i < dir->file_count; i++) {
    cy_span stem = cy_span_of(dir->files[i].name, stem_len(dir->files[i].name));
    bool twice = cy_map_get(&stems, stem) != CY_MAP_NONE;
    if (!cy_map_put(&stems, stem, twice ? CY_DIR_NONE - 1 : i))
      err = cy_err_no_memory();
  }
  for (size_t i = 0; !err && i < dir->object_count; i++)
    err = set_label(dir, &stems, &dir->objects[i], i - dir->files[dir->objects[i].file].first);
  cy_map_clear(&stems);
  return err;
}

/* A bundle beside the links repeats what they lead to: only what it has more is shown. */
static void choose_shown(cy_dir *dir)
{
  for (size_t i = 0; i < dir->object_count; i++) {
    cy_dir_object *object = &dir->objects[i];
    cy_span content = content_of(&object->entry);
    bool many = dir->files[object->file].count > 1;
    object->shown = true;
    if (object->linked || !many || !content.len || object->entry.has_key)
      continue;
    size_t same = cy_map_get(&dir->by_der, content);
    object->shown = same == CY_MAP_NONE || !dir->objects[same].linked;
  }
}

/* Where the same bytes stand several times, the one that is linked is found. */
static cy_err *prefer_linked(cy_dir *dir)
{
  for (size_t i = 0; i < dir->object_count; i++) {
    cy_span content = content_of(&dir->objects[i].entry);
    if (dir->objects[i].linked && content.len && !cy_map_put(&dir->by_der, content, i))
      return cy_err_no_memory();
  }
  return NULL;
}

static cy_err *take_names(cy_dir *dir, const names *list)
{
  cy_dir_link link;
  for (size_t i = 0; i < list->count; i++)
    if (!cy_dir_link_parse(&link, list->items[i]))
      CY_TRY(take_file(dir, list->items[i]));
  for (size_t i = 0; i < list->count; i++)
    if (cy_dir_link_parse(&link, list->items[i]))
      CY_TRY(take_link(dir, list->items[i]));
  return NULL;
}

cy_err *cy_dir_scan(cy_dir *dir)
{
  names list = {0};
  cy_err *err = read_names(dir, &list);
  if (!err)
    err = take_names(dir, &list);
  cy_free(list.items);
  CY_TRY(err);
  CY_TRY(judge(dir));
  CY_TRY(prefer_linked(dir));
  choose_shown(dir);
  return set_labels(dir);
}
