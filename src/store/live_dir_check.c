/* What is wrong with a hashed folder, and the command that mends it. */
#include "base/text.h"
#include "store/check_internal.h"
#include "store/codes.h"
#include "store/live_dir.h"

typedef struct {
  const cy_dir *dir;
  const char *place;
  cy_findings *list;
  cy_buf subject;
  cy_buf text; /* the fix */
} checker;

static void put_path(const checker *c, cy_buf *buf, const char *name)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  cy_buf_printf(&path, "%s/%s", c->dir->path, name);
  cy_text_put_shell(buf, cy_buf_cstr(&path));
}

/* The file itself is what a finding is about, not the entry in it. */
static const char *subject_of(checker *c, const char *name)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  cy_buf_printf(&path, "%s/%s", c->dir->path, name);
  cy_buf_reset(&c->subject);
  cy_address_format(&c->subject, cy_buf_cstr(&path), NULL);
  return cy_buf_cstr(&c->subject);
}

static void put_rehash(const checker *c, cy_buf *buf)
{
  cy_buf_str(buf, "openssl rehash ");
  cy_text_put_shell(buf, c->dir->path);
}

static const char *bare_name(const checker *c, cy_buf *buf, const cy_dir_object *object)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  bool found;
  cy_err *err = cy_dir_subject(&object->entry, &name, &found);
  c->list->failed = c->list->failed || (err && cy_err_is(err, CY_E_NO_MEMORY));
  cy_err_free(err);
  return cy_check_name(buf, cy_buf_get(&name));
}

static void put_evidence(const checker *c, cy_finding *f, const cy_dir_object *object)
{
  const cy_entry *e = &object->entry;
  cy_check_evidence_cert(c->list, f, "sha256", e->cert_count ? e->certs[0].der : e->der);
}

/* Links. */

static void dangling(checker *c, const cy_dir_link *link)
{
  char name[32];
  cy_dir_link_format(name, link);
  cy_finding *f = cy_finding_add(c->list, CY_F_FOLDER_LINK_DANGLING, subject_of(c, name),
    "the link %s leads to %s, and there is no such file", name, link->target ? link->target : "nothing");
  cy_finding_evidence(c->list, f, "link", "%s", name);
  cy_buf_reset(&c->text);
  put_rehash(c, &c->text);
  cy_finding_set_fix(c->list, f,
    "Bring the file back, or take the link away by numbering the folder anew: %s", cy_buf_cstr(&c->text));
}

/* Does the number fit something in the file? */
static bool fits(const cy_dir *dir, const cy_dir_link *link)
{
  const cy_dir_file *file = &dir->files[link->file];
  for (size_t i = file->first; i < file->first + file->count; i++) {
    const cy_dir_object *object = &dir->objects[i];
    if (object->has_hash && link->crl == cy_dir_is_crl(object) &&
        (link->hash == object->hash || link->hash == object->old_hash))
      return true;
  }
  return false;
}

/* The number under which an object could be linked next. */
static void next_free(const cy_dir *dir, const cy_dir_object *object, char name[32])
{
  cy_dir_link link = {.hash = object->hash, .crl = cy_dir_is_crl(object)};
  while (cy_dir_link_at(dir, link.hash, link.crl, link.number) != CY_DIR_NONE)
    link.number++;
  cy_dir_link_format(name, &link);
}

static void wrong_hash(checker *c, const cy_dir_link *link)
{
  CY_CLEAN(cy_buf) who = CY_BUF_TEXT;
  const cy_dir_file *file = &c->dir->files[link->file];
  const cy_dir_object *object = &c->dir->objects[file->first];
  char name[32], good[32];
  cy_dir_link_format(name, link);
  next_free(c->dir, object, good);
  cy_finding *f = cy_finding_add(c->list, CY_F_FOLDER_LINK_WRONG, subject_of(c, name),
    "the link %s leads to %s, which holds %s: its number is %08x%s", name, file->name,
    bare_name(c, &who, object), (unsigned)object->hash,
    object->linked ? ", under which it is linked as well" : ", so OpenSSL does not find it");
  cy_finding_evidence(c->list, f, "link", "%s", name);
  put_evidence(c, f, object);
  if (object->linked)
    cy_finding_set_severity(f, CY_NOTICE);
  cy_buf_reset(&c->text);
  if (!object->linked) {
    cy_buf_str(&c->text, "mv ");
    put_path(c, &c->text, name);
    cy_buf_u8(&c->text, ' ');
    put_path(c, &c->text, good);
  } else {
    cy_buf_str(&c->text, "rm ");
    put_path(c, &c->text, name);
  }
  cy_buf_str(&c->text, "; or number the folder anew: ");
  put_rehash(c, &c->text);
  cy_finding_set_fix(c->list, f, "%s", cy_buf_cstr(&c->text));
}

static bool is_wrong(const cy_dir *dir, const cy_dir_link *link)
{
  if (link->file == CY_DIR_NONE || dir->files[link->file].trouble || dir->files[link->file].is_der)
    return false;
  return dir->files[link->file].count && dir->objects[dir->files[link->file].first].has_hash &&
         !fits(dir, link);
}

/* Objects. */

static bool is_ca(const cy_dir_object *object)
{
  cy_cert_view view;
  cy_err *err = object->entry.cert_count ? cy_cert_view_parse(&view, object->entry.certs[0].der) : NULL;
  bool ca = object->entry.cert_count && !err && view.is_ca;
  cy_err_free(err);
  return ca || cy_dir_is_crl(object);
}

static void fix_by_link(checker *c, cy_finding *f, const cy_dir_file *file, const char *link)
{
  cy_buf_reset(&c->text);
  cy_buf_str(&c->text, "ln -s ");
  cy_text_put_shell(&c->text, file->name);
  cy_buf_u8(&c->text, ' ');
  put_path(c, &c->text, link);
  cy_buf_str(&c->text, "; or for all files: ");
  put_rehash(c, &c->text);
  cy_finding_set_fix(c->list, f, "%s", cy_buf_cstr(&c->text));
}

static void link_missing(checker *c, const cy_dir_object *object)
{
  CY_CLEAN(cy_buf) who = CY_BUF_TEXT;
  const cy_dir_file *file = &c->dir->files[object->file];
  char name[32];
  next_free(c->dir, object, name);
  cy_finding *f = cy_finding_add(c->list, CY_F_FOLDER_LINK_MISSING, subject_of(c, file->name),
    "no link %s leads to %s (%s)", name, file->name, bare_name(c, &who, object));
  put_evidence(c, f, object);
  cy_finding_evidence(c->list, f, "wanted_link", "%s", name);
  if (!is_ca(object))
    cy_finding_set_severity(f, CY_NOTICE);
  fix_by_link(c, f, file, name);
}

static void old_links(checker *c, const cy_dir_object *object)
{
  CY_CLEAN(cy_buf) who = CY_BUF_TEXT;
  const cy_dir_file *file = &c->dir->files[object->file];
  char name[32];
  next_free(c->dir, object, name);
  cy_finding *f = cy_finding_add(c->list, CY_F_FOLDER_OLD_LINKS, subject_of(c, file->name),
    "%s (%s) is linked by the old number %08x alone; today's is %08x", file->name,
    bare_name(c, &who, object), (unsigned)object->old_hash, (unsigned)object->hash);
  put_evidence(c, f, object);
  fix_by_link(c, f, file, name);
}

/* Where the counting ends before `object`, and what stands there. */
static void gap(checker *c, const cy_dir_object *object)
{
  CY_CLEAN(cy_buf) who = CY_BUF_TEXT;
  const cy_dir_file *file = &c->dir->files[object->file];
  cy_dir_link stop = {.hash = object->hash, .crl = cy_dir_is_crl(object)};
  size_t at, mine = c->dir->file_links[object->file];
  char missing[32], name[32];
  while (cy_dir_leads_on(c->dir, at = cy_dir_link_at(c->dir, stop.hash, stop.crl, stop.number)))
    stop.number++;
  while (c->dir->links[mine].hash != object->hash || c->dir->links[mine].crl != stop.crl)
    mine = c->dir->links[mine].of_file;
  cy_dir_link_format(missing, &stop);
  cy_dir_link_format(name, &c->dir->links[mine]);
  cy_finding *f = cy_finding_add(c->list, CY_F_FOLDER_LINK_GAP, subject_of(c, name),
    "%s (%s, %s) is not seen: OpenSSL stops at %s, which %s", name, file->name, bare_name(c, &who, object),
    missing, at == CY_DIR_NONE ? "is missing" : "can not be read");
  put_evidence(c, f, object);
  cy_finding_evidence(c->list, f, "stops_at", "%s", missing);
  cy_buf_reset(&c->text);
  cy_buf_str(&c->text, "mv ");
  put_path(c, &c->text, name);
  cy_buf_u8(&c->text, ' ');
  put_path(c, &c->text, missing);
  cy_buf_str(&c->text, "; or number the folder anew: ");
  put_rehash(c, &c->text);
  cy_finding_set_fix(c->list, f, "%s", cy_buf_cstr(&c->text));
}

static void not_pem(checker *c, const cy_dir_object *object)
{
  CY_CLEAN(cy_buf) who = CY_BUF_TEXT;
  const cy_dir_file *file = &c->dir->files[object->file];
  cy_finding *f = cy_finding_add(c->list, CY_F_FOLDER_NOT_PEM, subject_of(c, file->name),
    "%s (%s) is DER; OpenSSL reads PEM only in such a folder", file->name, bare_name(c, &who, object));
  put_evidence(c, f, object);
  cy_buf_reset(&c->text);
  cy_buf_str(&c->text, "causey cp ");
  put_path(c, &c->text, file->name);
  cy_buf_u8(&c->text, ' ');
  cy_text_put_shell(&c->text, c->place);
  cy_finding_set_fix(
    c->list, f, "Put it there as PEM, with its link, in place of this file: %s", cy_buf_cstr(&c->text));
}

static bool has_wrong_link(const cy_dir *dir, size_t file)
{
  for (size_t i = dir->file_links[file]; i != CY_DIR_NONE; i = dir->links[i].of_file)
    if (is_wrong(dir, &dir->links[i]))
      return true;
  return false;
}

static bool is_elsewhere(const cy_dir *dir, const cy_dir_object *object)
{
  const cy_entry *e = &object->entry;
  size_t same = cy_map_get(&dir->by_der, e->cert_count ? e->certs[0].der : e->der);
  return same != CY_MAP_NONE && dir->objects[same].linked;
}

/* What keeps OpenSSL from finding it; CY_F_COUNT: nothing, or something that a link is blamed for. */
static cy_finding_id trouble_of(const cy_dir *dir, const cy_dir_object *object)
{
  const cy_dir_file *file = &dir->files[object->file];
  if (object->entry.has_key)
    return CY_F_FOLDER_PRIVATE_KEY;
  if (object->linked || !object->has_hash || is_elsewhere(dir, object))
    return CY_F_COUNT;
  if (file->is_der)
    return CY_F_FOLDER_NOT_PEM;
  if (object->cut_off)
    return CY_F_FOLDER_LINK_GAP;
  if (file->count > 1)
    return CY_F_FOLDER_SEVERAL;
  if (object->old_linked)
    return CY_F_FOLDER_OLD_LINKS;
  return has_wrong_link(dir, object->file) ? CY_F_FOLDER_LINK_WRONG : CY_F_FOLDER_LINK_MISSING;
}

static void check_object(checker *c, const cy_dir_object *object)
{
  switch (trouble_of(c->dir, object)) {
  case CY_F_FOLDER_NOT_PEM:
    not_pem(c, object);
    break;
  case CY_F_FOLDER_LINK_GAP:
    gap(c, object);
    break;
  case CY_F_FOLDER_OLD_LINKS:
    old_links(c, object);
    break;
  case CY_F_FOLDER_LINK_MISSING:
    link_missing(c, object);
    break;
  default: /* said of the link, or of the file */
    break;
  }
}

/* Files. */

static void several(checker *c, const cy_dir_file *file)
{
  CY_CLEAN(cy_buf) who = CY_BUF_TEXT;
  size_t unseen = 0;
  const cy_dir_object *first = NULL;
  for (size_t i = file->first; i < file->first + file->count; i++) {
    if (trouble_of(c->dir, &c->dir->objects[i]) != CY_F_FOLDER_SEVERAL)
      continue;
    first = first ? first : &c->dir->objects[i];
    unseen++;
  }
  if (!first)
    return;
  cy_finding *f = cy_finding_add(c->list, CY_F_FOLDER_SEVERAL, subject_of(c, file->name),
    "%s holds %zu certificates or CRLs, of which %zu can not be found, such as %s", file->name, file->count,
    unseen, bare_name(c, &who, first));
  put_evidence(c, f, first);
  cy_finding_evidence(c->list, f, "not_found", "%zu", unseen);
  cy_buf_reset(&c->text);
  cy_buf_str(&c->text, "mv ");
  put_path(c, &c->text, file->name);
  cy_buf_str(&c->text, " /tmp && causey cp /tmp/");
  cy_text_put_shell(&c->text, file->name);
  cy_buf_u8(&c->text, ' ');
  cy_text_put_shell(&c->text, c->place);
  cy_finding_set_fix(c->list, f, "Let each have a file and a link of its own: %s", cy_buf_cstr(&c->text));
}

static void private_key(checker *c, const cy_dir_file *file)
{
  bool any = false;
  for (size_t i = file->first; i < file->first + file->count; i++)
    any = any || c->dir->objects[i].entry.has_key;
  if (!any)
    return;
  cy_finding *f = cy_finding_add(c->list, CY_F_FOLDER_PRIVATE_KEY, subject_of(c, file->name),
    "%s holds a private key, in a folder of certificates to be trusted", file->name);
  cy_finding_evidence(c->list, f, "file", "%s", file->name);
}

static void unusable(checker *c, const cy_dir_file *file)
{
  cy_finding *f = cy_finding_add(c->list, CY_F_FOLDER_FILE_UNUSABLE, subject_of(c, file->name),
    "%s can not be used: %s", file->name, file->trouble);
  cy_finding_evidence(c->list, f, "file", "%s", file->name);
}

cy_err *cy_dir_check(void *self, const char *place, cy_findings *list)
{
  const cy_dir *dir = self;
  checker c = {dir, place, list, CY_BUF_TEXT, CY_BUF_TEXT};
  for (size_t i = 0; i < dir->link_count; i++) {
    if (dir->links[i].file == CY_DIR_NONE)
      dangling(&c, &dir->links[i]);
    else if (is_wrong(dir, &dir->links[i]))
      wrong_hash(&c, &dir->links[i]);
  }
  for (size_t i = 0; i < dir->file_count; i++) {
    if (dir->files[i].trouble)
      unusable(&c, &dir->files[i]);
    several(&c, &dir->files[i]);
    private_key(&c, &dir->files[i]);
  }
  for (size_t i = 0; i < dir->object_count; i++)
    check_object(&c, &dir->objects[i]);
  cy_err *err = cy_buf_check(&c.text);
  if (!err)
    err = cy_buf_check(&c.subject);
  cy_buf_clear(&c.text);
  cy_buf_clear(&c.subject);
  return err;
}

size_t cy_dir_marks(void *self, const cy_entry *entry, cy_finding_id *ids, size_t max)
{
  const cy_dir *dir = self;
  if (entry->added || !max || entry->part >= dir->object_count)
    return 0;
  cy_finding_id id = trouble_of(dir, &dir->objects[entry->part]);
  if (id == CY_F_COUNT)
    return 0;
  ids[0] = id;
  return 1;
}
