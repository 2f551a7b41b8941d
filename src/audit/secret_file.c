/* Files that hold nothing but a password, beside a store that it opens. */
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "audit/access_check.h"
#include "audit/codes.h"
#include "audit/secret.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/place.h"

/* Stores of the folder that are tried, names that are looked at, the largest store that is tried. */
enum { STORES_TRIED = 8, STORE_BYTES = 1 << 20, PASSWORD_FILE_BYTES = 4096, KEYS_TRIED = 4 };

/* Answers everything with the one password, once. */
typedef struct {
  cy_ask ask;
  cy_span password;
} answer;

static cy_err *give_answer(cy_ask *self, const cy_ask_want *want, cy_secret **out)
{
  answer *a = (answer *)(void *)self;
  *out = NULL;
  return want->attempt == 0 ? cy_secret_copy(out, a->password) : NULL;
}

/* A key that was sealed and now is open. */
static cy_err *opens_key(bool *opens, cy_place *place, cy_ask *ask)
{
  size_t iter = 0;
  unsigned left = KEYS_TRIED;
  const cy_secret *pkcs8;
  for (cy_entry *e; !*opens && left && (e = cy_place_next(place, &iter));) {
    if (!e->has_key || !e->key.encrypted)
      continue;
    left--;
    cy_err *err = cy_place_key(place, e, ask, &pkcs8);
    if (cy_err_is(err, CY_E_NO_MEMORY))
      return err;
    *opens = !err && pkcs8;
    cy_err_free(err);
  }
  return NULL;
}

static cy_err *open_with(bool *opens, cy_image *image, const cy_format *format, answer *a)
{
  CY_AUTO(cy_place) *place = NULL;
  cy_err *err = cy_place_from_image(&place, image, format, &a->ask);
  if (cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  if (err) {
    cy_err_free(err);
    return NULL;
  }
  const cy_doc *doc = cy_place_doc(place);
  *opens = doc && doc->password_known && doc->password && !doc->password_unneeded;
  return *opens ? NULL : opens_key(opens, place, &a->ask);
}

cy_err *cy_secret_opens(bool *opens, int folder_fd, const char *path, cy_span password)
{
  CY_CLEAN(cy_buf) bytes = CY_BUF_SECRET(STORE_BYTES + 1);
  answer a = {.ask = {.ask = give_answer, .attempts = 1}, .password = password};
  cy_image *image;
  *opens = false;
  cy_err *err = cy_file_read_at(&bytes, folder_fd, path, path, STORE_BYTES, NULL);
  if (cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  const cy_format *format = err ? NULL : cy_format_detect(cy_buf_get(&bytes), path);
  cy_err_free(err);
  if (!format)
    return NULL;
  CY_TRY(cy_image_from(&image, path, &bytes)); /* without siblings: a stash is not what is asked about */
  return open_with(opens, image, format, &a);
}

/* Names. */

static bool has(const char *name, const char *part)
{
  return strcasestr(name, part) != NULL;
}

bool cy_secret_is_password_file(const char *name, size_t size)
{
  const char *suffix = cy_path_suffix(name);
  if (!size || size > PASSWORD_FILE_BYTES || strcmp(name, "passwd") == 0 || strcmp(name, "passwd-") == 0)
    return false;
  return has(name, "pass") || has(name, "pwd") || strcasecmp(name, "pw") == 0 ||
         strcasecmp(name, "pin") == 0 || strcasecmp(suffix, "pw") == 0 || strcasecmp(suffix, "pin") == 0 ||
         strcasecmp(suffix, "secret") == 0;
}

static bool may_be_store(const char *name)
{
  static const char *const suffixes[] = {"p12", "pfx", "jks", "jceks", "ks", "keystore", "bks", "bcfks",
    "uber", "kdb", "key", "pem", "pkcs12", "truststore", "ppk", "arm"};
  const char *suffix = cy_path_suffix(name);
  for (size_t i = 0; i < CY_COUNT(suffixes); i++)
    if (strcasecmp(suffix, suffixes[i]) == 0)
      return true;
  return false;
}

/* What it opens. */

static cy_err *found(const cy_secret_place *place, const char *store)
{
  CY_CLEAN(cy_buf) who = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) fix = CY_BUF_TEXT;
  cy_buf_span(&who, cy_buf_get(&place->readers->who));
  cy_finding *f = cy_finding_add(place->list, CY_F_PASSWORD_BESIDE_STORE, place->path,
    "the first line of this file opens %s beside it, and %s can read it", store, cy_buf_cstr(&who));
  cy_finding_set_severity(f, cy_secret_severity(place->readers));
  cy_finding_evidence(place->list, f, "store", "%s", store);
  cy_finding_evidence(place->list, f, "who", "%s", cy_buf_cstr(&who));
  cy_buf_str(&fix, place->readers->everyone ? "chmod o-rwx " : "chmod g-r ");
  cy_text_put_shell(&fix, place->path);
  cy_finding_set_fix(place->list, f,
    "%s, then give the store another password: causey passwd STORE. Or move the key to a token.",
    cy_buf_cstr(&fix));
  return cy_buf_check(&fix);
}

/* The first few names in byte order, so that every run says the same. */
typedef struct {
  char *names[STORES_TRIED];
  size_t count;
} few;

static cy_err *keep_first(few *kept, const char *name)
{
  size_t at = kept->count;
  while (at && strcmp(name, kept->names[at - 1]) < 0)
    at--;
  if (at == STORES_TRIED)
    return NULL;
  char *copy = cy_strdup(name);
  CY_TRY_ALLOC(copy);
  if (kept->count == STORES_TRIED)
    cy_free(kept->names[--kept->count]);
  memmove(&kept->names[at + 1], &kept->names[at], (kept->count - at) * sizeof kept->names[0]);
  kept->names[at] = copy;
  kept->count++;
  return NULL;
}

static cy_err *list_stores(few *kept, int folder_fd, const char *but)
{
  int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = fd < 0 ? NULL : fdopendir(fd);
  cy_err *err = NULL;
  if (!dir) {
    if (fd >= 0)
      close(fd);
    return NULL;
  }
  for (const struct dirent *entry; !err && (entry = readdir(dir));)
    if ((entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN) && may_be_store(entry->d_name) &&
        strcmp(entry->d_name, but) != 0)
      err = keep_first(kept, entry->d_name);
  closedir(dir);
  return err;
}

cy_err *cy_secret_try_file(const cy_secret_place *place, const char *name, cy_span text)
{
  few kept = {.count = 0};
  const uint8_t *nl = memchr(text.data, '\n', text.len);
  cy_span line = cy_span_of(text.data, nl ? (size_t)(nl - text.data) : text.len);
  bool opens = false;
  if (line.len && line.data[line.len - 1] == '\r')
    line.len--;
  if (!line.len || line.len > 512 || !place->readers->people)
    return NULL;
  cy_err *err = list_stores(&kept, place->folder_fd, name);
  for (size_t i = 0; i < kept.count; i++) {
    if (!err && !opens)
      err = cy_secret_opens(&opens, place->folder_fd, kept.names[i], line);
    if (!err && opens && !place->list->failed) {
      err = found(place, kept.names[i]);
      opens = false;
    }
    cy_free(kept.names[i]);
  }
  return err;
}
