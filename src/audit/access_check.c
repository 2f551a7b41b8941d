#include "audit/access_check.h"

#include "audit/codes.h"
#include "base/text.h"

static const char *last_path(const cy_access *access)
{
  return access->path.parts[access->path.count - 1].path;
}

static void put_evidence(
  cy_access *access, cy_findings *list, cy_finding *f, const cy_audience *audience, size_t part)
{
  CY_CLEAN(cy_buf) mode = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) who = CY_BUF_TEXT;
  cy_access_put_mode(access, &mode, part);
  cy_buf_span(&who, cy_buf_get(&audience->who));
  cy_finding_evidence(list, f, "path", "%s", access->path.parts[part].path);
  cy_finding_evidence(list, f, "mode", "%s", cy_buf_cstr(&mode));
  cy_finding_evidence(list, f, "who", "%s", cy_buf_cstr(&who));
}

/* The command that takes it from those who should not have it. */
static void put_narrower(
  const cy_access *access, cy_buf *fix, const cy_audience *audience, size_t part, const char *right)
{
  const cy_way_part *p = &access->path.parts[part];
  if (p->listed && !audience->everyone)
    cy_buf_str(fix, "setfacl -b ");
  else
    cy_buf_printf(fix, "chmod %s-%s ", audience->everyone ? "o" : "g", right);
  cy_text_put_shell(fix, p->path);
}

/* Reading. */

static cy_err *readable(cy_access *access, cy_audit_store *store, bool clear)
{
  CY_CLEAN(cy_audience) audience = CY_AUDIENCE_NONE;
  CY_CLEAN(cy_buf) fix = CY_BUF_TEXT;
  size_t part = access->path.count - 1;
  CY_TRY(cy_access_readers(access, &audience));
  if (!audience.people || (!clear && !audience.everyone))
    return NULL;
  cy_finding *f = cy_finding_add(&store->findings, CY_F_KEY_READABLE, store->path,
    "%s can read this file, %s", cy_buf_cstr(&audience.who),
    clear           ? "and a private key stands in it without a passphrase"
    : store->opened ? "and the private key in it is guarded by a password alone"
                    : "and private keys that may be in it are guarded by a password alone");
  if (!audience.everyone)
    cy_finding_set_severity(f, CY_WARNING);
  if (!clear) {
    cy_finding_set_severity(f, CY_NOTICE);
    cy_finding_set_why(&store->findings, f, "%s",
      "Whoever can read it can take a copy home and try passwords there, unseen and as often as he likes.");
  }
  put_evidence(access, &store->findings, f, &audience, part);
  put_narrower(access, &fix, &audience, part, audience.everyone ? "rwx" : "r");
  cy_finding_set_fix(&store->findings, f,
    "%s. Where a service reads it, give the file to that account (chown), or to a group that has no other "
    "member (chgrp, chmod 640).%s",
    cy_buf_cstr(&fix),
    clear ? " Take the key for known to all who could read it: have a new one certified." : "");
  return cy_buf_check(&fix);
}

/* Writing. */

static const char *harm(const cy_audit_store *store)
{
  return store->keys ? "can put another key or certificate in its place"
                     : "can put a CA of his own into it";
}

static cy_err *folder_writable(cy_access *access, cy_audit_store *store, const cy_audience *audience)
{
  CY_CLEAN(cy_buf) fix = CY_BUF_TEXT;
  const char *folder = access->path.parts[audience->folder].path;
  CY_CLEAN(cy_buf) who = CY_BUF_TEXT;
  cy_buf_span(&who, cy_buf_get(&audience->who));
  cy_finding *f = cy_finding_add(&store->findings, CY_F_FOLDER_WRITABLE, folder,
    "%s can rename and replace what lies in this folder, %s among it", cy_buf_cstr(&who),
    last_path(access));
  if (!audience->everyone)
    cy_finding_set_severity(f, CY_WARNING);
  put_evidence(access, &store->findings, f, audience, audience->folder);
  put_narrower(access, &fix, audience, audience->folder, "w");
  cy_finding_set_fix(&store->findings, f, "%s%s", cy_buf_cstr(&fix),
    audience->everyone ? " (or chmod +t, where others must be able to add files of their own)" : "");
  return cy_buf_check(&fix);
}

static cy_err *file_writable(cy_access *access, cy_audit_store *store, const cy_audience *audience)
{
  CY_CLEAN(cy_buf) fix = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) who = CY_BUF_TEXT;
  size_t part = access->path.count - 1;
  cy_buf_span(&who, cy_buf_get(&audience->who));
  cy_finding *f = cy_finding_add(&store->findings, CY_F_STORE_WRITABLE, store->path,
    "%s can write this file, and so %s", cy_buf_cstr(&who), harm(store));
  if (!audience->everyone)
    cy_finding_set_severity(f, CY_WARNING);
  put_evidence(access, &store->findings, f, audience, part);
  put_narrower(access, &fix, audience, part, "w");
  cy_finding_set_fix(&store->findings, f,
    "%s. Then see what was put into it since: causey ls -l of the file, "
    "or a comparison with a copy that is known to be good.",
    cy_buf_cstr(&fix));
  return cy_buf_check(&fix);
}

/* One of the two is enough: who may replace the folder's files need not write into them. */
static cy_err *writable(cy_access *access, cy_audit_store *store)
{
  CY_CLEAN(cy_audience) folder = CY_AUDIENCE_NONE;
  CY_CLEAN(cy_audience) file = CY_AUDIENCE_NONE;
  CY_TRY(cy_access_replacers(access, &folder));
  if (folder.people)
    CY_TRY(folder_writable(access, store, &folder));
  if (folder.everyone || !(access->path.parts[access->path.count - 1].rights.mode & 0022))
    return NULL;
  CY_TRY(cy_access_writers(access, &file));
  return file.people && (file.everyone || !folder.people) ? file_writable(access, store, &file) : NULL;
}

/* One account. */

static const char *const may_words[] = {
  [CY_MAY_EXECUTE] = "enter", [CY_MAY_WRITE] = "write", [CY_MAY_READ] = "read"};
static const char may_letters[] = {[CY_MAY_EXECUTE] = 'x', [CY_MAY_WRITE] = 'w', [CY_MAY_READ] = 'r'};

static void put_line(const cy_access *access, cy_buf *buf, const cy_rights_answer *answer)
{
  switch (answer->by) {
  case CY_BY_ROOT:
  case CY_BY_OWNER:
    cy_buf_str(buf, "its owner, and the owner's bits deny it");
    break;
  case CY_BY_USER_ENTRY:
    cy_buf_str(buf, "named in its list, and that line denies it");
    break;
  case CY_BY_GROUP:
  case CY_BY_GROUP_ENTRY:
    cy_buf_str(buf, "in its group ");
    cy_access_put_group(access, buf, answer->id);
    cy_buf_str(buf, ", and the group's bits deny it");
    break;
  case CY_BY_OTHERS:
    cy_buf_str(buf, "neither its owner nor in its group, and the bits for others deny it");
    break;
  }
  if (answer->masked)
    cy_buf_str(buf, " (its line would allow it, the list's mask does not)");
}

/* For one account and nobody else: through the line that counts for it where it has one. */
static void put_permit(const cy_access *access, cy_buf *fix, const cy_way_denial *denial)
{
  const cy_way_part *part = &access->path.parts[denial->part];
  const cy_rights_answer *a = &denial->answer;
  char letter = may_letters[denial->may];
  if (a->by == CY_BY_OWNER)
    cy_buf_printf(fix, "chmod u+%c ", letter);
  else if (a->by == CY_BY_GROUP && !part->listed)
    cy_buf_printf(fix, "chmod g+%c ", letter);
  else {
    cy_buf_str(fix, "setfacl -m u:");
    cy_text_put_shell(fix, access->shared->user);
    cy_buf_printf(fix, ":%c ", letter);
  }
  cy_text_put_shell(fix, part->path);
  if (a->by != CY_BY_OTHERS || part->rights.group_perms & 7 || access->shared->group == CY_ID_NONE)
    return;
  cy_buf_str(fix, "; or without a list: chgrp ");
  cy_access_put_group(access, fix, access->shared->group);
  cy_buf_u8(fix, ' ');
  cy_text_put_shell(fix, part->path);
  cy_buf_printf(fix, " && chmod g+%c ", letter);
  cy_text_put_shell(fix, part->path);
}

static cy_err *denied(cy_access *access, cy_audit_store *store, const cy_way_denial *denial)
{
  CY_CLEAN(cy_buf) mode = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) why = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) fix = CY_BUF_TEXT;
  const cy_way_part *part = &access->path.parts[denial->part];
  cy_access_put_mode(access, &mode, denial->part);
  put_line(access, &why, &denial->answer);
  put_permit(access, &fix, denial);
  cy_finding *f = cy_finding_add(&store->findings, CY_F_USER_CANNOT_READ, store->path,
    "%s can not read it: %s %s (%s) it may not %s; %s is %s", access->shared->user,
    S_ISDIR(part->rights.mode) ? "the folder" : "the file", part->path, cy_buf_cstr(&mode),
    may_words[denial->may], access->shared->user, cy_buf_cstr(&why));
  cy_finding_evidence(&store->findings, f, "user", "%s", access->shared->user);
  cy_finding_evidence(&store->findings, f, "path", "%s", part->path);
  cy_finding_evidence(&store->findings, f, "mode", "%s", cy_buf_cstr(&mode));
  cy_finding_evidence(&store->findings, f, "needs", "%c", may_letters[denial->may]);
  cy_finding_set_fix(&store->findings, f,
    "%s. Then look again: a folder or file further down may deny it, too.", cy_buf_cstr(&fix));
  CY_TRY(cy_buf_check(&mode));
  return cy_buf_check(&fix);
}

static cy_err *ask_user(cy_access *access, cy_audit_store *store)
{
  const cy_who *who = &access->shared->who;
  cy_way_denial denial;
  if (!access->shared->user)
    return NULL;
  store->user_asked = true;
  store->user_reads = cy_way_may(&access->path, who, CY_MAY_READ, &denial);
  store->user_writes = cy_way_may(&access->path, who, CY_MAY_WRITE, NULL) ||
                       cy_way_may_replace(&access->path, who) != SIZE_MAX;
  return store->user_reads ? NULL : denied(access, store, &denial);
}

cy_err *cy_access_check(cy_access *access, cy_audit_store *store, bool sealed)
{
  const cy_rights *rights = &access->path.parts[access->path.count - 1].rights;
  if ((store->keys || sealed) && rights->mode & 0044)
    CY_TRY(readable(access, store, store->clear_keys > 0));
  CY_TRY(writable(access, store));
  return ask_user(access, store);
}
