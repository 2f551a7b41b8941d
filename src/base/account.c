#include "base/account.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/map.h"
#include "base/mem.h"

enum { FILE_BYTES = 64 << 20, PERSON_FROM = 1000, PERSON_TO = 60000, FIELDS = 7 };

/* Who is in what: sorted once by group and once by account. */
typedef struct {
  uint32_t account;
  uint32_t gid;
} membership;

struct cy_accounts {
  char *text; /* both files; names point into it */
  cy_account *items;
  size_t count, cap;
  cy_group *groups; /* ascending by number */
  size_t group_count, group_cap;
  membership *pairs;
  size_t pair_count, pair_cap;
  uint32_t *gids;    /* what account.gids point into */
  uint32_t *members; /* what group.members point into */
  cy_map by_name;
  cy_map by_uid;
};

/* Lines of fields divided by colons, cut up in place. */

static size_t split(char *line, char **fields)
{
  size_t n = 0;
  fields[n++] = line;
  for (char *c = line; *c && n < FIELDS; c++)
    if (*c == ':') {
      *c = 0;
      fields[n++] = c + 1;
    }
  return n;
}

/* Cuts the next line off; NULL at the end. */
static char *next_line(char **text)
{
  char *line = *text, *end = line ? strchr(line, '\n') : NULL;
  if (!line || !*line)
    return NULL;
  *text = end ? end + 1 : NULL;
  if (end)
    *end = 0;
  return line;
}

static bool number(const char *word, uint32_t *value)
{
  uint64_t n = 0;
  if (!*word)
    return false;
  for (; *word; word++) {
    if (*word < '0' || *word > '9' || (n = n * 10 + (uint64_t)(*word - '0')) >= UINT32_MAX)
      return false;
  }
  *value = (uint32_t)n;
  return true;
}

static bool logs_on(const char *shell)
{
  const char *name = cy_path_name(shell);
  return strcmp(name, "nologin") != 0 && strcmp(name, "false") != 0 && strcmp(name, "sync") != 0;
}

static cy_err *add_pair(cy_accounts *a, size_t account, uint32_t gid)
{
  if (!cy_grow(&a->pairs, &a->pair_cap, a->pair_count + 1, sizeof *a->pairs))
    return cy_err_no_memory();
  a->pairs[a->pair_count++] = (membership){(uint32_t)account, gid};
  return NULL;
}

static cy_err *put_once(cy_map *map, cy_span key, size_t value)
{
  if (cy_map_get(map, key) != CY_MAP_NONE || cy_map_put(map, key, value))
    return NULL;
  return cy_err_no_memory();
}

static cy_err *add_account(cy_accounts *a, char *line)
{
  char *f[FIELDS];
  cy_account account = {0};
  if (split(line, f) < FIELDS || !*f[0] || !number(f[2], &account.uid) || !number(f[3], &account.gid))
    return NULL;
  account.name = f[0];
  account.shell = f[6];
  account.person = account.uid >= PERSON_FROM && account.uid < PERSON_TO && logs_on(f[6]);
  if (a->count >= UINT32_MAX || !cy_grow(&a->items, &a->cap, a->count + 1, sizeof *a->items))
    return cy_err_no_memory();
  a->items[a->count++] = account;
  CY_TRY(put_once(&a->by_name, cy_span_str(f[0]), a->count - 1));
  CY_TRY(put_once(&a->by_uid, cy_span_of(&a->items[a->count - 1].uid, sizeof account.uid), a->count - 1));
  return add_pair(a, a->count - 1, account.gid);
}

static cy_err *add_group(cy_accounts *a, char *line)
{
  char *f[FIELDS];
  uint32_t gid;
  if (split(line, f) < 4 || !*f[0] || !number(f[2], &gid))
    return NULL;
  if (!cy_grow(&a->groups, &a->group_cap, a->group_count + 1, sizeof *a->groups))
    return cy_err_no_memory();
  a->groups[a->group_count++] = (cy_group){.name = f[0], .gid = gid};
  for (char *name = f[3], *comma; name && *name; name = comma) {
    comma = strchr(name, ',');
    if (comma)
      *comma++ = 0;
    size_t at = cy_map_get(&a->by_name, cy_span_str(name));
    if (at != CY_MAP_NONE)
      CY_TRY(add_pair(a, at, gid));
  }
  return NULL;
}

/* Order. */

static int by_account(const void *left, const void *right)
{
  const membership *a = left, *b = right;
  if (a->account != b->account)
    return a->account < b->account ? -1 : 1;
  return a->gid < b->gid ? -1 : a->gid > b->gid;
}

static int by_group(const void *left, const void *right)
{
  const membership *a = left, *b = right;
  if (a->gid != b->gid)
    return a->gid < b->gid ? -1 : 1;
  return a->account < b->account ? -1 : a->account > b->account;
}

/* Of two with one number the name that stood first in the file: names point into its text. */
static int by_gid(const void *left, const void *right)
{
  const cy_group *a = left, *b = right;
  if (a->gid != b->gid)
    return a->gid < b->gid ? -1 : 1;
  return a->name < b->name ? -1 : a->name > b->name;
}

static void drop_repeated(cy_accounts *a)
{
  size_t kept = 0;
  for (size_t i = 0; i < a->pair_count; i++)
    if (!i || by_account(&a->pairs[i], &a->pairs[i - 1]) != 0)
      a->pairs[kept++] = a->pairs[i];
  a->pair_count = kept;
}

static void give_gids(cy_accounts *a)
{
  for (size_t i = 0; i < a->pair_count; i++) {
    cy_account *account = &a->items[a->pairs[i].account];
    a->gids[i] = a->pairs[i].gid;
    if (!account->gid_count++)
      account->gids = &a->gids[i];
  }
}

static cy_group *group_of(const cy_accounts *a, uint32_t gid)
{
  size_t low = 0, high = a->group_count;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (a->groups[mid].gid < gid)
      low = mid + 1;
    else
      high = mid;
  }
  return low < a->group_count && a->groups[low].gid == gid ? &a->groups[low] : NULL;
}

/* Groups that the group file has not, so that each number that an account has is there. */
static cy_err *add_missing_groups(cy_accounts *a)
{
  size_t known = a->group_count;
  for (size_t i = 0; i < a->pair_count; i++) {
    if (i && a->pairs[i].gid == a->pairs[i - 1].gid)
      continue;
    size_t all = a->group_count;
    a->group_count = known;
    bool there = group_of(a, a->pairs[i].gid) != NULL;
    a->group_count = all;
    if (there)
      continue;
    if (!cy_grow(&a->groups, &a->group_cap, a->group_count + 1, sizeof *a->groups))
      return cy_err_no_memory();
    a->groups[a->group_count++] = (cy_group){.gid = a->pairs[i].gid};
  }
  if (a->group_count > known)
    qsort(a->groups, a->group_count, sizeof *a->groups, by_gid);
  return NULL;
}

static void give_members(cy_accounts *a)
{
  for (size_t i = 0; i < a->pair_count; i++) {
    cy_group *group = group_of(a, a->pairs[i].gid);
    a->members[i] = a->pairs[i].account;
    if (group && !group->member_count++) /* each number has a group by now */
      group->members = &a->members[i];
  }
}

static cy_err *arrange(cy_accounts *a)
{
  a->gids = cy_calloc(a->pair_count + 1, sizeof *a->gids);
  a->members = cy_calloc(a->pair_count + 1, sizeof *a->members);
  if (!a->gids || !a->members)
    return cy_err_no_memory();
  if (a->group_count > 1)
    qsort(a->groups, a->group_count, sizeof *a->groups, by_gid);
  if (a->pair_count > 1)
    qsort(a->pairs, a->pair_count, sizeof *a->pairs, by_account);
  drop_repeated(a);
  give_gids(a);
  if (a->pair_count > 1)
    qsort(a->pairs, a->pair_count, sizeof *a->pairs, by_group);
  CY_TRY(add_missing_groups(a));
  give_members(a);
  return NULL;
}

/* A NUL in the middle ends what is read of a file. */
static cy_err *read_text(cy_accounts *a, cy_span passwd, cy_span group)
{
  char *line, *text;
  a->text = cy_malloc(passwd.len + group.len + 2);
  CY_TRY_ALLOC(a->text);
  if (passwd.len)
    memcpy(a->text, passwd.data, passwd.len);
  if (group.len)
    memcpy(a->text + passwd.len + 1, group.data, group.len);
  text = a->text;
  while ((line = next_line(&text)))
    CY_TRY(add_account(a, line));
  text = a->text + passwd.len + 1;
  while ((line = next_line(&text)))
    CY_TRY(add_group(a, line));
  return arrange(a);
}

cy_err *cy_accounts_parse(cy_accounts **out, cy_span passwd, cy_span group)
{
  cy_accounts *a = cy_malloc(sizeof *a);
  *out = a;
  CY_TRY_ALLOC(a);
  cy_map_init(&a->by_name, true);
  cy_map_init(&a->by_uid, true);
  cy_err *err = read_text(a, passwd, group);
  if (err) {
    cy_accounts_free(a);
    *out = NULL;
  }
  return err;
}

static cy_err *read_if_there(cy_buf *out, const char *root, const char *name)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  cy_buf_printf(&path, "%s/etc/%s", root ? root : "", name);
  CY_TRY(cy_buf_check(&path));
  cy_err *err = cy_file_read(out, cy_buf_cstr(&path), FILE_BYTES, NULL);
  if (!cy_err_is(err, CY_E_IO_MISSING))
    return err;
  cy_err_free(err);
  return NULL;
}

cy_err *cy_accounts_load(cy_accounts **out, const char *root)
{
  CY_CLEAN(cy_buf) passwd = CY_BUF(FILE_BYTES + 1);
  CY_CLEAN(cy_buf) group = CY_BUF(FILE_BYTES + 1);
  *out = NULL;
  CY_TRY(read_if_there(&passwd, root, "passwd"));
  CY_TRY(read_if_there(&group, root, "group"));
  return cy_accounts_parse(out, cy_buf_get(&passwd), cy_buf_get(&group));
}

void cy_accounts_free(cy_accounts *a)
{
  if (!a)
    return;
  cy_map_clear(&a->by_name);
  cy_map_clear(&a->by_uid);
  cy_free(a->gids);
  cy_free(a->members);
  cy_free(a->pairs);
  cy_free(a->groups);
  cy_free(a->items);
  cy_free(a->text);
  cy_free(a);
}

size_t cy_accounts_count(const cy_accounts *accounts)
{
  return accounts->count;
}

const cy_account *cy_accounts_at(const cy_accounts *accounts, size_t position)
{
  return &accounts->items[position];
}

static const cy_account *found(const cy_accounts *a, size_t at)
{
  return at == CY_MAP_NONE ? NULL : &a->items[at];
}

const cy_account *cy_accounts_find(const cy_accounts *accounts, const char *name)
{
  return found(accounts, cy_map_get(&accounts->by_name, cy_span_str(name)));
}

const cy_account *cy_accounts_by_uid(const cy_accounts *accounts, uint32_t uid)
{
  return found(accounts, cy_map_get(&accounts->by_uid, cy_span_of(&uid, sizeof uid)));
}

const cy_group *cy_accounts_group(const cy_accounts *accounts, uint32_t gid)
{
  return group_of(accounts, gid);
}
