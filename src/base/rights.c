#include "base/rights.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/xattr.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/mem.h"

enum { ACL_VERSION = 2 };

const cy_who cy_who_anybody = {.uid = CY_ID_NONE};

cy_who cy_who_of(const cy_account *account)
{
  return (cy_who){account->uid, account->gids, account->gid_count};
}

cy_rights cy_rights_of_stat(const struct stat *st)
{
  return (cy_rights){
    .mode = st->st_mode, .uid = st->st_uid, .gid = st->st_gid, .group_perms = (st->st_mode >> 3) & 7};
}

/* The list: little-endian in every machine's files. */

static uint32_t u16_le(cy_cur *cur)
{
  uint32_t low = cy_cur_u8(cur);
  return low | (uint32_t)cy_cur_u8(cur) << 8;
}

static uint32_t u32_le(cy_cur *cur)
{
  uint32_t low = u16_le(cur);
  return low | u16_le(cur) << 16;
}

enum { TAG_USER_OBJ = 1, TAG_USER = 2, TAG_GROUP_OBJ = 4, TAG_GROUP = 8, TAG_MASK = 16, TAG_OTHER = 32 };

/* false: no tag of a list, or too many. */
static bool take_entry(cy_rights *to, cy_acl_entry *entries, uint32_t tag, uint32_t perms, uint32_t id)
{
  cy_acl_tag kind = tag == TAG_USER ? CY_ACL_USER : tag == TAG_GROUP ? CY_ACL_GROUP : CY_ACL_MASK;
  if (tag == TAG_USER_OBJ || tag == TAG_OTHER)
    return true;
  if (tag == TAG_GROUP_OBJ) {
    to->group_perms = perms & 7;
    return true;
  }
  if ((tag != TAG_USER && tag != TAG_GROUP && tag != TAG_MASK) || to->acl_count >= CY_ACL_ENTRIES)
    return false;
  entries[to->acl_count++] = (cy_acl_entry){kind, perms & 7, kind == CY_ACL_MASK ? CY_ID_NONE : id};
  return true;
}

bool cy_rights_add_acl(cy_rights *rights, cy_span xattr, cy_acl_entry *entries)
{
  cy_parse parse = {0};
  cy_cur cur = cy_cur_begin(&parse, xattr);
  cy_rights with = *rights;
  with.acl_count = 0;
  if (u32_le(&cur) != ACL_VERSION)
    return false;
  while (cy_cur_more(&cur)) {
    uint32_t tag = u16_le(&cur), perms = u16_le(&cur), id = u32_le(&cur);
    if (cy_cur_ok(&cur) && !take_entry(&with, entries, tag, perms, id))
      return false;
  }
  if (!cy_cur_ok(&cur))
    return false;
  with.acl = entries;
  *rights = with;
  return true;
}

/* Asking. */

static bool is_in(const cy_who *who, uint32_t gid)
{
  for (size_t i = 0; i < who->gid_count; i++)
    if (who->gids[i] == gid)
      return true;
  return false;
}

static unsigned mask_of(const cy_rights *r)
{
  for (size_t i = 0; i < r->acl_count; i++)
    if (r->acl[i].tag == CY_ACL_MASK)
      return r->acl[i].perms;
  return 7;
}

static cy_rights_answer judged(unsigned perms, unsigned mask, unsigned may, cy_rights_by by, uint32_t id)
{
  return (cy_rights_answer){
    .yes = perms & mask & may, .by = by, .id = id, .masked = (perms & may) && !(mask & may)};
}

static bool ask_users(const cy_rights *r, const cy_who *who, unsigned may, cy_rights_answer *answer)
{
  if (who->uid == r->uid) {
    *answer = judged((r->mode >> 6) & 7, 7, may, CY_BY_OWNER, r->uid);
    return true;
  }
  for (size_t i = 0; i < r->acl_count; i++)
    if (r->acl[i].tag == CY_ACL_USER && r->acl[i].id == who->uid) {
      *answer = judged(r->acl[i].perms, mask_of(r), may, CY_BY_USER_ENTRY, who->uid);
      return true;
    }
  return false;
}

/* One group that allows it is enough; one that matches shuts out "others". */
static bool ask_groups(const cy_rights *r, const cy_who *who, unsigned may, cy_rights_answer *answer)
{
  bool matched = is_in(who, r->gid);
  if (matched)
    *answer = judged(r->group_perms, mask_of(r), may, CY_BY_GROUP, r->gid);
  for (size_t i = 0; i < r->acl_count && !(matched && answer->yes); i++) {
    if (r->acl[i].tag != CY_ACL_GROUP || !is_in(who, r->acl[i].id))
      continue;
    cy_rights_answer one = judged(r->acl[i].perms, mask_of(r), may, CY_BY_GROUP_ENTRY, r->acl[i].id);
    if (!matched || one.yes || (one.masked && !answer->masked))
      *answer = one;
    matched = true;
  }
  return matched;
}

cy_rights_answer cy_rights_ask(const cy_rights *r, const cy_who *who, unsigned may)
{
  cy_rights_answer answer;
  if (who->uid == 0) /* root enters and reads everything; to run a file, somebody must be allowed to */
    return (cy_rights_answer){
      .yes = may != CY_MAY_EXECUTE || S_ISDIR(r->mode) || r->mode & 0111, .by = CY_BY_ROOT};
  if (ask_users(r, who, may, &answer) || ask_groups(r, who, may, &answer))
    return answer;
  return judged(r->mode & 7, 7, may, CY_BY_OTHERS, CY_ID_NONE);
}

/* Paths. */

static void part_clear(cy_way_part *part)
{
  cy_free(part->path);
  cy_free(part->rights.acl);
}

void cy_way_pop(cy_way *path)
{
  if (path->count)
    part_clear(&path->parts[--path->count]);
}

void cy_way_clear(cy_way *path)
{
  while (path->count)
    cy_way_pop(path);
  cy_free(path->parts);
  *path = (cy_way){0};
}

/* A list that can not be read or understood counts as none: the mode alone is then the answer. Without
 * group bits nothing but the owner's line of a list has any effect. */
static cy_err *load_acl(cy_way_part *part)
{
  uint8_t bytes[4 + 8 * (CY_ACL_ENTRIES + 3)];
  ssize_t len =
    part->rights.mode & 0070 ? lgetxattr(part->path, "system.posix_acl_access", bytes, sizeof bytes) : 0;
  if (len <= 0)
    return NULL;
  cy_acl_entry *entries = cy_calloc(CY_ACL_ENTRIES, sizeof *entries);
  CY_TRY_ALLOC(entries);
  part->listed = cy_rights_add_acl(&part->rights, cy_span_of(bytes, (size_t)len), entries);
  if (!part->listed)
    cy_free(entries);
  return NULL;
}

static cy_err *push(cy_way *path, char *name, const struct stat *st)
{
  cy_way_part part = {.path = name, .rights = cy_rights_of_stat(st)};
  cy_err *err = name && cy_grow(&path->parts, &path->cap, path->count + 1, sizeof part)
                  ? load_acl(&part)
                  : cy_err_no_memory();
  if (err)
    part_clear(&part);
  else
    path->parts[path->count++] = part;
  return err;
}

cy_err *cy_way_push(cy_way *path, const char *part, const struct stat *st)
{
  return push(path, cy_strdup(part), st);
}

static cy_err *load_part(cy_way *path, const char *whole, size_t len)
{
  struct stat st;
  CY_AUTO_STR char *name = cy_strndup(whole, len);
  CY_TRY_ALLOC(name);
  if (lstat(name, &st) != 0)
    return cy_err_errno(errno, "cannot look at %s", name);
  char *taken = name;
  name = NULL;
  return push(path, taken, &st);
}

static cy_err *load_parts(cy_way *out, const char *whole, size_t from)
{
  CY_TRY(load_part(out, whole, from ? from : 1));
  for (size_t at = from; whole[at] == '/' && whole[at + 1];) {
    at += 1 + strcspn(whole + at + 1, "/");
    CY_TRY(load_part(out, whole, at));
  }
  return NULL;
}

cy_err *cy_way_load(cy_way *out, const char *path, const char *root)
{
  *out = (cy_way){0};
  char whole[PATH_MAX];
  if (!realpath(path, whole))
    return cy_err_errno(errno, "cannot look at %s", path);
  size_t from = root && strcmp(root, "/") != 0 ? strlen(root) : 0;
  bool below = from && strncmp(whole, root, from) == 0 && (whole[from] == '/' || !whole[from]);
  cy_err *err = load_parts(out, whole, below ? from : 0);
  if (err)
    cy_way_clear(out);
  return err;
}

static bool denied(
  const cy_way *path, size_t part, const cy_who *who, unsigned may, cy_way_denial *denial)
{
  cy_rights_answer answer = cy_rights_ask(&path->parts[part].rights, who, may);
  if (!answer.yes && denial)
    *denial = (cy_way_denial){part, may, answer};
  return !answer.yes;
}

bool cy_way_may(const cy_way *path, const cy_who *who, unsigned may, cy_way_denial *denial)
{
  if (!path->count)
    return false;
  for (size_t i = 0; i + 1 < path->count; i++)
    if (denied(path, i, who, CY_MAY_EXECUTE, denial))
      return false;
  return !denied(path, path->count - 1, who, may, denial);
}

static bool may_replace_in(const cy_way_part *folder, const cy_way_part *next, const cy_who *who)
{
  if (!cy_rights_ask(&folder->rights, who, CY_MAY_WRITE).yes)
    return false;
  return !(folder->rights.mode & S_ISVTX) || who->uid == 0 || who->uid == folder->rights.uid ||
         who->uid == next->rights.uid;
}

size_t cy_way_may_replace(const cy_way *path, const cy_who *who)
{
  for (size_t i = 0; i + 1 < path->count; i++) {
    if (!cy_rights_ask(&path->parts[i].rights, who, CY_MAY_EXECUTE).yes)
      return SIZE_MAX;
    if (may_replace_in(&path->parts[i], &path->parts[i + 1], who))
      return i;
  }
  return SIZE_MAX;
}
