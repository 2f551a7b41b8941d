/* Key repositories: the files behind a stem, and the certificate that a label chooses. */
#include <dirent.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/mq.h"
#include "tls/reader_internal.h"
#include "tls/reader_ring.h"

typedef struct {
  cy_tls_reading *reading;
  cy_tls_side *side;
  const cy_mq *mq;
  const cy_mq_value *repository, *label;
  const char *file; /* that names the repository */
} finder;

static const char *file_of(const cy_mq *mq, const cy_mq_value *value)
{
  return value->file ? value->file : mq->file;
}

cy_err *cy_mq_note(
  cy_tls_side *side, cy_tls_field field, const char *key, const cy_mq *mq, const cy_mq_value *value)
{
  if (!*cy_mq_get(value))
    return NULL;
  return cy_tls_side_note(side, field, key, value->value, file_of(mq, value), value->line);
}

static bool has_suffix(const char *path)
{
  static const char *const suffixes[] = {"kdb", "p12", "pfx"};
  for (size_t i = 0; i < CY_COUNT(suffixes); i++)
    if (cy_ascii_equal_nocase(cy_span_str(cy_path_suffix(path)), cy_span_str(suffixes[i])))
      return true;
  return false;
}

static bool is_there(const char *path)
{
  struct stat st;
  return stat(path, &st) == 0;
}

static void nearest_file(const char *path, const char *folder, cy_buf *near)
{
  DIR *dir = opendir(folder);
  cy_nearest best = CY_NEAREST(cy_path_name(path));
  if (!dir)
    return;
  for (const struct dirent *entry; (entry = readdir(dir));) {
    const char *before = best.best;
    if (entry->d_name[0] == '.')
      continue;
    cy_nearest_try(&best, entry->d_name);
    if (best.best == before)
      continue;
    cy_buf_reset(near);
    cy_text_put_safe(near, cy_span_str(entry->d_name));
    best.best = "kept";
  }
  closedir(dir);
}

static cy_err *no_repository(finder *f, const char *first, const char *folder)
{
  CY_CLEAN(cy_buf) near = CY_BUF_TEXT;
  nearest_file(first, folder, &near);
  f->side->identity_wrong = true;
  cy_finding *found = cy_tls_read_finding(f->side, CY_F_MQ_REPOSITORY, f->file, f->repository->line,
    "the key repository %s is not there: looked for %s%s%s%s", f->repository->value, first,
    has_suffix(f->repository->value) ? "" : " (the queue manager adds .kdb to a stem)",
    near.len ? "; nearest is " : "", cy_buf_cstr(&near));
  cy_finding_set_fix(&f->side->findings, found,
    "Name the repository that is there, without its suffix before IBM MQ 9.3; then REFRESH SECURITY "
    "TYPE(SSL).");
  return cy_findings_check(&f->side->findings);
}

/* Another machine's path: nothing can be said of what is there. */
static cy_err *elsewhere(finder *f, const char *why)
{
  const cy_tls_sides *sides = f->reading->sides;
  const char *last = sides->count ? sides->items[sides->count - 1]->source : NULL;
  if (last && strcmp(last, f->mq->file) == 0)
    return NULL; /* said for the first channel of the file */
  cy_tls_read_finding(f->side, CY_F_TLS_NOT_READ, f->file, f->repository->line, "%s was not looked at: %s",
    f->repository->value, why);
  return cy_findings_check(&f->side->findings);
}

static cy_err *resolve(finder *f, const char *from, cy_buf *path, bool *found)
{
  *found = false;
  CY_TRY(cy_tls_read_path(f->reading, from, f->repository->value, path));
  CY_AUTO_STR char *folder = cy_path_folder(cy_buf_cstr(path));
  CY_TRY_ALLOC(folder);
  if (!is_there(folder))
    return elsewhere(f, "its folder is not on this machine");
  if (!has_suffix(f->repository->value))
    cy_buf_str(path, ".kdb");
  CY_TRY(cy_buf_check(path));
  *found = is_there(cy_buf_cstr(path));
  return *found ? NULL : no_repository(f, cy_buf_cstr(path), folder);
}

/* Before 9.3 the suffix is added to whatever is there. */
static cy_err *check_suffix(finder *f)
{
  const char *dialect = f->reading->how->dialect;
  const char *value = f->repository->value;
  if (!dialect || (strcmp(dialect, "mq-9.2") != 0 && strcmp(dialect, "mq-9.1") != 0) || !has_suffix(value))
    return NULL;
  int stem = (int)(strlen(value) - strlen(cy_path_suffix(value)) - 1);
  cy_finding *found = cy_tls_read_finding(f->side, CY_F_MQ_SUFFIX, f->file, f->repository->line,
    "%s has a suffix: before IBM MQ 9.3 the file looked for is %s.kdb", value, value);
  cy_finding_set_fix(
    &f->side->findings, found, "Write '%.*s', then REFRESH SECURITY TYPE(SSL).", stem, value);
  return cy_findings_check(&f->side->findings);
}

static cy_err *no_label(finder *f, cy_place *place, const char *label, bool given)
{
  cy_nearest near = CY_NEAREST(label);
  CY_AUTO_STR char *best = NULL;
  size_t iter = 0;
  for (const cy_entry *e; (e = cy_place_next(place, &iter));) {
    const char *before = near.best;
    if (!e->label || !e->has_key)
      continue;
    if (cy_ascii_equal_nocase(cy_span_str(e->label), cy_span_str(label)))
      near.best_distance = 0, near.best = e->label;
    else
      cy_nearest_try(&near, e->label);
    if (near.best == before)
      continue;
    cy_free(best);
    best = cy_strdup(near.best);
    CY_TRY_ALLOC(best);
    near.best = best;
  }
  f->side->identity_wrong = true;
  cy_finding *found = cy_tls_read_finding(f->side, given ? CY_F_MQ_LABEL : CY_F_MQ_DEFAULT_LABEL,
    given ? file_of(f->mq, f->label) : f->file, given ? f->label->line : f->repository->line,
    given ? "no certificate of %s is labelled %s%s%s%s"
          : "no label is set, and %s has none labelled %s%s%s%s",
    f->repository->value, label, near.best ? "; nearest is " : "", near.best ? near.best : "",
    given && f->label->folded ? " (the label has no quotes, so it was folded to capitals)" : "");
  bool client = f->side->role == CY_TLS_CLIENT;
  if (client && given)
    cy_finding_set_fix(&f->side->findings, found, "Set the label to '%s'; labels heed capitals.",
      near.best ? near.best : "LABEL");
  else
    cy_finding_set_fix(&f->side->findings, found,
      "ALTER QMGR CERTLABL('%s') (labels heed capitals, so keep the quotes), then REFRESH SECURITY "
      "TYPE(SSL).",
      near.best ? near.best : "LABEL");
  return cy_findings_check(&f->side->findings);
}

static bool has_label(cy_place *place, const char *label)
{
  size_t iter = 0;
  for (const cy_entry *e; (e = cy_place_next(place, &iter));)
    if (e->label && e->has_key && strcmp(e->label, label) == 0)
      return true;
  return false;
}

/* A client need not have a certificate; a label that was set must be there. */
static cy_err *identity(finder *f, const char *path, const char *by_default)
{
  cy_tls_store *store;
  bool given = f->label && *cy_mq_get(f->label), client = f->side->role == CY_TLS_CLIENT;
  const char *label = given ? f->label->value : by_default;
  CY_TRY(cy_tls_store_open(f->reading, path, &store));
  cy_place *place = cy_tls_store_place(store);
  if (!place)
    return cy_tls_read_identity(f->reading, f->side, path, path, NULL, label);
  if (!label && client)
    return NULL;
  if (label && !has_label(place, label))
    return !given && client ? NULL : no_label(f, place, label, given);
  return cy_tls_read_identity(f->reading, f->side, path, path, NULL, label);
}

cy_err *cy_mq_keys_also(cy_tls_reading *reading, cy_tls_side *side, const cy_mq *mq, const char *from,
  const cy_mq_value *repository, const cy_mq_value *label, const char *label_by_default)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  cy_tls_store *store;
  const char *word = label && *cy_mq_get(label) ? label->value : label_by_default;
  if (!word || !*cy_mq_get(repository) || mq->zos || repository->value[0] != '/')
    return NULL;
  CY_TRY(cy_tls_read_path(reading, from, repository->value, &path));
  if (!has_suffix(repository->value))
    cy_buf_str(&path, ".kdb");
  CY_TRY(cy_buf_check(&path));
  if (!is_there(cy_buf_cstr(&path)))
    return NULL;
  CY_TRY(cy_tls_store_open(reading, cy_buf_cstr(&path), &store));
  cy_place *place = cy_tls_store_place(store);
  if (!place || !has_label(place, word))
    return NULL;
  return cy_tls_read_identity(reading, side, cy_buf_cstr(&path), cy_buf_cstr(&path), NULL, word);
}

/* A queue manager that takes clients without certificates needs to believe nobody. */
static cy_err *believes_nobody(finder *f, const char *path, bool *nobody)
{
  cy_tls_store *store;
  cy_tls_trust *trust;
  *nobody = false;
  if (f->side->role != CY_TLS_SERVER || f->side->peer != CY_TLS_PEER_OPTIONAL)
    return NULL;
  CY_TRY(cy_tls_store_open(f->reading, path, &store));
  if (!cy_tls_store_place(store))
    return NULL;
  CY_TRY(cy_tls_store_trust(store, &trust));
  *nobody = trust->anchors.count == 0;
  return NULL;
}

/* A ring of the channel initiator's user, or USER/RING. Without CERTLABL the queue manager's own label is
 * looked for, then the default certificate. */
static cy_err *ring(finder *f, const char *from, const char *by_default, bool *done)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  const char *value = f->repository->value, *slash = strchr(value, '/');
  bool listed = false, labelled = false, given = f->label && *cy_mq_get(f->label);
  *done = false;
  if (value[0] == '/' || value[0] == '*' || strchr(value, '\\') || (slash && strchr(slash + 1, '/')))
    return NULL;
  cy_tls_ring_path(&path, value);
  CY_TRY(cy_buf_check(&path));
  CY_TRY(cy_tls_ring_look(f->reading, from, cy_buf_cstr(&path), by_default, &listed, &labelled));
  if (!listed && !f->reading->how->rings)
    return NULL;
  *done = true;
  const char *label = given ? f->label->value : labelled ? by_default : NULL;
  CY_TRY(cy_tls_ring_identity(f->reading, f->side, from, cy_buf_cstr(&path), label));
  return cy_tls_ring_trust(f->reading, f->side, from, cy_buf_cstr(&path));
}

cy_err *cy_mq_keys(cy_tls_reading *reading, cy_tls_side *side, const cy_mq *mq, const char *from,
  const cy_mq_value *repository, const cy_mq_value *label, const char *label_by_default)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  finder f = {reading, side, mq, repository, label, NULL};
  bool found;
  if (!*cy_mq_get(repository))
    return NULL;
  f.file = file_of(mq, repository);
  CY_TRY(ring(&f, from, label_by_default, &found));
  if (found)
    return NULL;
  if (mq->zos || !strpbrk(repository->value, "/\\") || cy_text_starts(repository->value, "*"))
    return elsewhere(&f,
      "it is a key ring of z/OS; save RACDCERT LISTRING and LIST beside it, or name the file with --rings");
  if (strchr(repository->value, '\\') || repository->value[1] == ':')
    return elsewhere(&f, "it is a path of Windows");
  CY_TRY(check_suffix(&f));
  CY_TRY(resolve(&f, from, &path, &found));
  if (!found)
    return NULL;
  CY_TRY(identity(&f, cy_buf_cstr(&path), label_by_default));
  bool nobody;
  CY_TRY(believes_nobody(&f, cy_buf_cstr(&path), &nobody));
  return nobody ? NULL : cy_tls_read_trust(reading, side, cy_buf_cstr(&path), cy_buf_cstr(&path));
}
