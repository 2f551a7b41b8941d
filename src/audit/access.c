#include "audit/access.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "audit/codes.h"
#include "base/mem.h"
#include "base/text.h"

/* Names shown of one group; members looked at in all. */
enum { NAMES_SHOWN = 4, MEMBERS_TRIED = 20000 };

/* What is shared. */

static cy_err *resolve_root(cy_access_shared *shared, const char *root)
{
  char whole[PATH_MAX];
  if (!root)
    return NULL;
  if (!realpath(root, whole))
    return cy_err_errno(errno, "cannot look at the root %s", root);
  struct stat st;
  if (stat(whole, &st) != 0 || !S_ISDIR(st.st_mode))
    return cy_err_new(CY_E_IO_KIND, "the root %s is not a folder", root);
  if (strcmp(whole, "/") == 0)
    return NULL;
  shared->root = cy_strdup(whole);
  return shared->root ? NULL : cy_err_no_memory();
}

static cy_err *no_account(const cy_access_shared *shared, const char *user)
{
  cy_nearest near = CY_NEAREST(user);
  for (size_t i = 0; i < cy_accounts_count(shared->accounts); i++)
    cy_nearest_try(&near, cy_accounts_at(shared->accounts, i)->name);
  cy_err *err = cy_err_new(CY_E_AUDIT_NO_ACCOUNT, "there is no account %s in %s/etc/passwd", user,
    shared->root ? shared->root : "");
  return near.best ? cy_err_hint(err, "Did you mean %s?", near.best) : err;
}

static cy_err *find_user(cy_access_shared *shared, const char *user)
{
  const cy_account *account = cy_accounts_find(shared->accounts, user);
  char *end = NULL;
  errno = 0;
  unsigned long uid = *user >= '0' && *user <= '9' ? strtoul(user, &end, 10) : 0;
  bool number = end && !*end && !errno && uid < CY_ID_NONE;
  if (!account && number)
    account = cy_accounts_by_uid(shared->accounts, (uint32_t)uid);
  if (!account && !number)
    return no_account(shared, user);
  shared->user = account ? account->name : user;
  shared->group = account ? account->gid : CY_ID_NONE;
  shared->who = account ? cy_who_of(account) : (cy_who){.uid = (uint32_t)uid};
  return NULL;
}

cy_err *cy_access_begin(cy_access_shared *shared, const char *root, const char *user)
{
  *shared = (cy_access_shared){0};
  CY_TRY(resolve_root(shared, root));
  CY_TRY(cy_accounts_load(&shared->accounts, shared->root));
  return user ? find_user(shared, user) : NULL;
}

void cy_access_end(cy_access_shared *shared)
{
  cy_accounts_free(shared->accounts);
  cy_free(shared->root);
  *shared = (cy_access_shared){0};
}

/* One worker's place. */

void cy_access_init(cy_access *access, const cy_access_shared *shared)
{
  *access = (cy_access){.shared = shared};
}

void cy_access_clear(cy_access *access)
{
  cy_way_clear(&access->path);
  cy_free(access->folder);
  *access = (cy_access){0};
}

/* A folder that vanished or may not be looked at: nothing is said of what is in it. */
static cy_err *load(cy_access *access, const char *path)
{
  cy_way_clear(&access->path);
  cy_err *err = cy_way_load(&access->path, path, access->shared->root);
  access->known = !err;
  if (cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  cy_err_free(err);
  return NULL;
}

static cy_err *go_to(cy_access *access, const char *folder)
{
  if (access->folder && strcmp(access->folder, folder) == 0)
    return NULL;
  cy_free(access->folder);
  access->folder = cy_strdup(folder);
  CY_TRY_ALLOC(access->folder);
  return load(access, folder);
}

cy_err *cy_access_enter(
  cy_access *access, const char *folder, const char *name, const struct stat *st, bool *known)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  *known = false;
  if (!*folder) {
    cy_free(access->folder);
    access->folder = NULL;
    CY_TRY(load(access, name));
    *known = access->known;
    return NULL;
  }
  CY_TRY(go_to(access, folder));
  if (!access->known || !access->path.count)
    return NULL;
  const char *above = access->path.parts[access->path.count - 1].path;
  cy_buf_printf(&path, "%s%s%s", above, strcmp(above, "/") == 0 ? "" : "/", name);
  CY_TRY(cy_buf_check(&path));
  CY_TRY(cy_way_push(&access->path, cy_buf_cstr(&path), st));
  *known = true;
  return NULL;
}

void cy_access_leave(cy_access *access)
{
  cy_way_pop(&access->path);
}

/* Names. */

void cy_access_put_user(const cy_access *access, cy_buf *buf, uint32_t uid)
{
  const cy_account *account = cy_accounts_by_uid(access->shared->accounts, uid);
  if (account)
    cy_text_put_safe(buf, cy_span_str(account->name));
  else
    cy_buf_printf(buf, "%u", uid);
}

void cy_access_put_group(const cy_access *access, cy_buf *buf, uint32_t gid)
{
  const cy_group *group = cy_accounts_group(access->shared->accounts, gid);
  if (group && group->name)
    cy_text_put_safe(buf, cy_span_str(group->name));
  else
    cy_buf_printf(buf, "%u", gid);
}

void cy_access_put_mode(const cy_access *access, cy_buf *buf, size_t part)
{
  const cy_rights *r = &access->path.parts[part].rights;
  cy_access_put_user(access, buf, r->uid);
  cy_buf_u8(buf, ':');
  cy_access_put_group(access, buf, r->gid);
  cy_buf_printf(
    buf, " %04o%s", r->mode & 07777, access->path.parts[part].listed ? " with a list (getfacl)" : "");
}

/* Audiences. */

void cy_audience_clear(cy_audience *audience)
{
  cy_buf_clear(&audience->who);
  *audience = CY_AUDIENCE_NONE;
}

/* What is asked of each who comes into question. */
typedef struct {
  const cy_access *access;
  cy_audience *out;
  unsigned may; /* 0: replace */
  size_t tried;
} asking;

static bool may(asking *a, const cy_who *who)
{
  const cy_way *path = &a->access->path;
  if (a->may)
    return cy_way_may(path, who, a->may, NULL);
  size_t folder = cy_way_may_replace(path, who);
  if (folder == SIZE_MAX)
    return false;
  if (a->out->folder == SIZE_MAX || folder < a->out->folder)
    a->out->folder = folder;
  return true;
}

/* Those whom it belongs to anyway. Who owns a folder on the path may do with it what he likes. */
static bool is_owner(const asking *a, uint32_t uid)
{
  const cy_way *path = &a->access->path;
  if (uid == 0)
    return true;
  for (size_t i = 0; i < path->count; i++)
    if (path->parts[i].rights.uid == uid && (i + 1 == path->count || !a->may))
      return true;
  return false;
}

static void put_comma(cy_buf *buf)
{
  if (buf->len)
    cy_buf_str(buf, ", ");
}

static void ask_group(asking *a, uint32_t gid)
{
  const cy_group *group = cy_accounts_group(a->access->shared->accounts, gid);
  size_t shown = 0, more = 0;
  cy_buf *who = &a->out->who;
  for (size_t i = 0; group && i < group->member_count && a->tried < MEMBERS_TRIED; i++) {
    const cy_account *account = cy_accounts_at(a->access->shared->accounts, group->members[i]);
    cy_who one = cy_who_of(account);
    a->tried++;
    if (is_owner(a, account->uid) || !may(a, &one))
      continue;
    a->out->people = a->out->people || account->person;
    if (shown == NAMES_SHOWN) {
      more++;
      continue;
    }
    if (!shown++) {
      put_comma(who);
      cy_buf_str(who, "group ");
      cy_access_put_group(a->access, who, gid);
    }
    cy_buf_str(who, shown == 1 ? " (" : ", ");
    cy_text_put_safe(who, cy_span_str(account->name));
  }
  if (more)
    cy_buf_printf(who, " and %zu more", more);
  if (shown)
    cy_buf_u8(who, ')');
}

static void ask_user(asking *a, uint32_t uid)
{
  const cy_account *account = cy_accounts_by_uid(a->access->shared->accounts, uid);
  cy_who one = account ? cy_who_of(account) : (cy_who){.uid = uid};
  if (is_owner(a, uid) || !may(a, &one))
    return;
  a->out->people = a->out->people || (account && account->person);
  put_comma(&a->out->who);
  cy_buf_str(&a->out->who, "user ");
  cy_access_put_user(a->access, &a->out->who, uid);
}

/* Whether an earlier part, or an earlier entry of this one, named that group or user already. */
static bool named_before(const cy_way *path, size_t part, size_t entry, cy_acl_tag tag, uint32_t id)
{
  for (size_t i = 0; i <= part; i++) {
    const cy_rights *r = &path->parts[i].rights;
    if (tag == CY_ACL_GROUP && r->gid == id && (i < part || entry > 0))
      return true;
    for (size_t e = 0; e < r->acl_count && (i < part || e + 1 < entry); e++)
      if (r->acl[e].tag == tag && r->acl[e].id == id)
        return true;
  }
  return false;
}

/* The groups and users that the path names: nobody else has more than everybody. */
static void ask_named(asking *a)
{
  const cy_way *path = &a->access->path;
  for (size_t i = 0; i < path->count; i++) {
    const cy_rights *r = &path->parts[i].rights;
    if (!(r->mode & 0070))
      continue;
    if (!named_before(path, i, 0, CY_ACL_GROUP, r->gid))
      ask_group(a, r->gid);
    for (size_t e = 0; e < r->acl_count; e++) {
      if (r->acl[e].tag == CY_ACL_MASK || named_before(path, i, e + 1, r->acl[e].tag, r->acl[e].id))
        continue;
      if (r->acl[e].tag == CY_ACL_GROUP)
        ask_group(a, r->acl[e].id);
      else
        ask_user(a, r->acl[e].id);
    }
  }
}

static cy_err *ask_all(const cy_access *access, unsigned what, cy_audience *out)
{
  asking a = {.access = access, .out = out, .may = what};
  cy_audience_clear(out);
  if (may(&a, &cy_who_anybody)) {
    out->everyone = out->people = true;
    cy_buf_str(&out->who, "every user of this machine");
  } else {
    ask_named(&a);
  }
  return cy_buf_check(&out->who);
}

cy_err *cy_access_readers(const cy_access *access, cy_audience *out)
{
  return ask_all(access, CY_MAY_READ, out);
}

cy_err *cy_access_writers(const cy_access *access, cy_audience *out)
{
  return ask_all(access, CY_MAY_WRITE, out);
}

cy_err *cy_access_replacers(const cy_access *access, cy_audience *out)
{
  return ask_all(access, 0, out);
}
