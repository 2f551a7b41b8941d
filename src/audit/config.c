#include "audit/config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "audit/codes.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

enum { STORE_BYTES = 4 << 20, LABELS_SHOWN = 6 };

/* Paths. */

static bool has_prefix(cy_span value, const char *prefix)
{
  size_t len = strlen(prefix);
  return value.len >= len && strncasecmp((const char *)value.data, prefix, len) == 0;
}

/* A name that stands for itself: no variable, no pattern, no token or ring. */
static bool is_path(cy_span v)
{
  static const char *const others[] = {"classpath:", "data:", "engine:", "pkcs11:", "store:", "safkeyring",
    "http", "env:", "vault:", "*", "-", "|", "@", "<", "none", "off", "true", "false", "no", "yes",
    "*system*", "*user*"};
  for (size_t i = 0; i < CY_COUNT(others); i++)
    if (has_prefix(v, others[i]))
      return false;
  for (size_t i = 0; i < v.len; i++)
    if (!v.data[i] || strchr("$%{}*?<>|`\\", v.data[i]))
      return false;
  return v.len > 0 && v.len < 1024;
}

static bool is_there(const char *path)
{
  struct stat st;
  return stat(path, &st) == 0 || errno != ENOENT;
}

static bool put_joined(cy_buf *to, const char *folder, const char *up, cy_span name)
{
  cy_buf_reset(to);
  cy_buf_printf(to, "%s/%s", folder, up);
  cy_buf_span(to, name);
  return is_there(cy_buf_cstr(to));
}

/* Relative names: nginx counts from the folder of its main file, a PostgreSQL that keeps its configuration
 * with its data from there. Of others it is not known. */
static void put_relative(const cy_config_place *place, const cy_text_hit *hit, cy_span name, cy_buf *path)
{
  CY_CLEAN(cy_buf) mark = CY_BUF_TEXT;
  if (strcmp(hit->rule->product, "nginx") == 0) {
    static const char *const ups[] = {"", "../", "../../"};
    for (size_t i = 0; i < CY_COUNT(ups); i++)
      if (put_joined(&mark, place->folder, ups[i], CY_SPAN("nginx.conf"))) {
        put_joined(path, place->folder, ups[i], name);
        return;
      }
  }
  if (strcmp(hit->rule->product, "PostgreSQL") == 0 &&
      put_joined(&mark, place->folder, "", CY_SPAN("PG_VERSION")))
    put_joined(path, place->folder, "", name);
}

cy_err *cy_config_resolve(
  const cy_config_place *place, const cy_text_hit *hit, const char *suffix, cy_buf *path)
{
  cy_span name = hit->value;
  cy_buf_reset(path);
  if (has_prefix(name, "file://"))
    name = cy_span_of(name.data + 7, name.len - 7);
  else if (has_prefix(name, "file:"))
    name = cy_span_of(name.data + 5, name.len - 5);
  if (!is_path(name))
    return NULL;
  if (name.data[0] == '/') {
    cy_buf_str(path, place->root ? place->root : "");
    cy_buf_span(path, name);
  } else if (!(place->kind & CY_TEXT_IS_SCRIPT)) {
    put_relative(place, hit, name, path);
  }
  if (path->len && *suffix)
    cy_buf_printf(path, ".%s", suffix);
  return cy_buf_check(path);
}

cy_err *cy_config_open(const cy_config_place *place, const char *path, cy_place **out)
{
  CY_CLEAN(cy_buf) bytes = CY_BUF_SECRET(STORE_BYTES + 1);
  cy_image *image;
  cy_guess guess;
  *out = NULL;
  cy_err *err = cy_file_read(&bytes, path, STORE_BYTES, NULL);
  const cy_format *format = err ? NULL : cy_format_detect(cy_buf_get(&bytes), path);
  cy_guess_begin(&guess, place->guesses, bytes.len);
  if (!err && format) {
    err = cy_image_from_at(&image, path, &bytes, AT_FDCWD, path);
    if (!err)
      err = cy_place_from_image(out, image, format, &guess.ask);
  }
  if (cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  cy_err_free(err);
  return NULL;
}

/* Files that are not there. */

static cy_err *nearest_name(const char *path, cy_buf *best)
{
  CY_AUTO_STR char *folder = cy_path_folder(path);
  CY_TRY_ALLOC(folder);
  cy_nearest near = CY_NEAREST(cy_path_name(path));
  DIR *dir = opendir(folder);
  if (!dir) {
    if (errno == ENOENT)
      cy_buf_printf(best, "the folder %s is not there either", folder);
    return cy_buf_check(best);
  }
  for (const struct dirent *entry; (entry = readdir(dir));) {
    const char *before = near.best;
    if (entry->d_name[0] == '.')
      continue;
    cy_nearest_try(&near, entry->d_name);
    if (near.best == before)
      continue;
    cy_buf_reset(best);
    cy_buf_printf(best, "nearest is ");
    cy_text_put_safe(best, cy_span_str(entry->d_name));
    near.best = "kept"; /* the entry's own memory goes with the next one */
  }
  closedir(dir);
  return cy_buf_check(best);
}

static bool is_queue_manager(const cy_text_rule *rule)
{
  return rule->role == CY_TEXT_STEM;
}

static cy_err *missing(
  const cy_config_place *place, const cy_text_hit *hit, const char *looked, const char *also)
{
  CY_CLEAN(cy_buf) near = CY_BUF_TEXT;
  CY_TRY(nearest_name(looked, &near));
  cy_finding *f = cy_finding_add(place->list, CY_F_CONFIG_STORE_MISSING, place->path,
    "line %zu: %.*s of %s names a file that is not there; looked for %s%s%s%s%s", hit->line,
    (int)hit->word.len, (const char *)hit->word.data, hit->rule->product, looked, also ? " and " : "",
    also ? also : "", near.len ? "; " : "", cy_buf_cstr(&near));
  cy_finding_evidence(place->list, f, "names", "%.*s", (int)hit->value.len, (const char *)hit->value.data);
  cy_finding_evidence(place->list, f, "line", "%zu", hit->line);
  cy_finding_evidence(place->list, f, "looked_for", "%s", looked);
  if (is_queue_manager(hit->rule) || hit->rule->role == CY_TEXT_AMS_STEM)
    cy_finding_set_fix(place->list, f, "%s",
      is_queue_manager(hit->rule)
        ? "Give the path without .kdb (every version takes that; one with its suffix only from 9.3 on), or "
          "put the "
          "key repository there; then REFRESH SECURITY TYPE(SSL)."
        : "Give the path without its suffix in keystore.conf, or put the store there.");
  return NULL;
}

/* A stem: the product appends the suffix. Queue managers from 9.3 on take a whole name, too. */
static cy_err *check_stem(const cy_config_place *place, const cy_text_hit *hit)
{
  CY_CLEAN(cy_buf) with = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) bare = CY_BUF_TEXT;
  bool ams = hit->rule->role == CY_TEXT_AMS_STEM;
  CY_TRY(cy_config_resolve(place, hit, ams ? hit->rule->needs : "kdb", &with));
  CY_TRY(cy_config_resolve(place, hit, "", &bare));
  if (!with.len || is_there(cy_buf_cstr(&with)))
    return NULL;
  struct stat st;
  bool whole = stat(cy_buf_cstr(&bare), &st) == 0 ? S_ISREG(st.st_mode) : errno != ENOENT;
  if (!ams && whole)
    return NULL;
  return missing(place, hit, cy_buf_cstr(&with), ams ? NULL : cy_buf_cstr(&bare));
}

static cy_err *check_file(const cy_config_place *place, const cy_text_hit *hit)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  CY_TRY(cy_config_resolve(place, hit, "", &path));
  return !path.len || is_there(cy_buf_cstr(&path)) ? NULL : missing(place, hit, cy_buf_cstr(&path), NULL);
}

/* Labels. */

/* The store in which a label is looked for: the nearest one named before it, else behind, for that product.
 */
static const cy_text_hit *store_of(const cy_secret_hits *hits, const cy_text_hit *label)
{
  const cy_text_hit *best = NULL;
  size_t prefix = strcspn(label->rule->word, ".");
  bool ams = label->rule->word[prefix] == '.';
  for (size_t i = 0; i < hits->count; i++) {
    const cy_text_hit *hit = &hits->items[i];
    cy_text_role role = hit->rule->role;
    if ((role != CY_TEXT_STEM && role != CY_TEXT_AMS_STEM) ||
        strcmp(hit->rule->product, label->rule->product) != 0 ||
        (ams && strncmp(hit->rule->word, label->rule->word, prefix + 1) != 0))
      continue;
    if (!best || hit->line <= label->line)
      best = hit;
  }
  return best;
}

static cy_err *open_store(
  const cy_config_place *place, const cy_text_hit *store, cy_place **out, cy_buf *path)
{
  CY_TRY(cy_config_resolve(
    place, store, store->rule->role == CY_TEXT_AMS_STEM ? store->rule->needs : "kdb", path));
  if (path->len && !is_there(cy_buf_cstr(path)))
    CY_TRY(cy_config_resolve(place, store, "", path));
  *out = NULL;
  return path->len ? cy_config_open(place, cy_buf_cstr(path), out) : NULL;
}

/* What MQSC makes of a value that is not in quotes. */
static void put_folded(cy_buf *to, const cy_text_hit *label, bool mqsc)
{
  for (size_t i = 0; i < label->value.len; i++) {
    uint8_t c = label->value.data[i];
    cy_buf_u8(to, mqsc && !label->quoted && c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c);
  }
}

static void put_labels(cy_place *store, const char *wanted, bool *there, cy_nearest *near, cy_buf *some)
{
  size_t iter = 0, shown = 0;
  *near = CY_NEAREST(wanted);
  *there = false;
  for (cy_entry *e; (e = cy_place_next(store, &iter));) {
    if (!e->label)
      continue;
    bool same = cy_place_caps(store) & CY_FOLDS_LABELS ? strcasecmp(e->label, wanted) == 0
                                                       : strcmp(e->label, wanted) == 0;
    *there = *there || same;
    cy_nearest_try(near, e->label);
    if (e->has_key && shown++ < LABELS_SHOWN) {
      cy_buf_str(some, shown > 1 ? ", " : "");
      cy_text_put_safe(some, cy_span_str(e->label));
    }
  }
}

static cy_err *label_missing(const cy_config_place *place, const cy_text_hit *label, const char *wanted,
  const char *path, const char *nearest, const char *labels)
{
  bool folded = strncmp(wanted, (const char *)label->value.data, label->value.len) != 0;
  cy_finding *f = cy_finding_add(place->list, CY_F_CONFIG_LABEL_MISSING, place->path,
    "line %zu: there is no label %s in %s%s%s%s%s%s", label->line, wanted, path,
    folded ? " (MQSC folds a value without quotes to upper case)" : "", nearest ? "; nearest is " : "",
    nearest ? nearest : "", *labels ? "; with a private key there are " : "", labels);
  cy_finding_evidence(place->list, f, "label", "%s", wanted);
  cy_finding_evidence(place->list, f, "line", "%zu", label->line);
  cy_finding_evidence(place->list, f, "store", "%s", path);
  if (nearest)
    cy_finding_evidence(place->list, f, "nearest", "%s", nearest);
  return NULL;
}

static cy_err *check_label(
  const cy_config_place *place, const cy_secret_hits *hits, const cy_text_hit *label)
{
  CY_AUTO(cy_place) *store = NULL;
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) wanted = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) labels = CY_BUF_TEXT;
  cy_nearest near;
  bool there;
  const cy_text_hit *named = store_of(hits, label);
  if (!named || memchr(label->value.data, '$', label->value.len))
    return NULL;
  CY_TRY(open_store(place, named, &store, &path));
  if (!store)
    return NULL;
  put_folded(&wanted, label, label->rule->flags & CY_TEXT_PARENS);
  CY_TRY(cy_buf_check(&wanted));
  put_labels(store, cy_buf_cstr(&wanted), &there, &near, &labels);
  return there ? NULL
               : label_missing(
                   place, label, cy_buf_cstr(&wanted), cy_buf_cstr(&path), near.best, cy_buf_cstr(&labels));
}

/* No label at all: the default is taken, which begins with ibmwebspheremq. */
static cy_err *check_default(
  const cy_config_place *place, const cy_secret_hits *hits, const cy_text_hit *stem)
{
  CY_AUTO(cy_place) *store = NULL;
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) labels = CY_BUF_TEXT;
  size_t iter = 0;
  for (size_t i = 0; i < hits->count; i++)
    if (hits->items[i].rule->role == CY_TEXT_LABEL)
      return NULL;
  CY_TRY(open_store(place, stem, &store, &path));
  for (cy_entry *e; store && (e = cy_place_next(store, &iter));) {
    if (!e->has_key || !e->label)
      continue;
    if (strncmp(e->label, "ibmwebspheremq", 14) == 0)
      return NULL;
    cy_buf_str(&labels, labels.len ? ", " : "");
    cy_text_put_safe(&labels, cy_span_str(e->label));
  }
  if (!labels.len)
    return NULL;
  cy_finding *f = cy_finding_add(place->list, CY_F_CONFIG_NO_LABEL, place->path,
    "line %zu names %s, but no certificate label: the default (ibmwebspheremq and the name of the queue "
    "manager or "
    "user, all in lower case) is not in it; with a private key there are %s",
    stem->line, cy_buf_cstr(&path), cy_buf_cstr(&labels));
  cy_finding_evidence(place->list, f, "store", "%s", cy_buf_cstr(&path));
  cy_finding_evidence(place->list, f, "labels", "%s", cy_buf_cstr(&labels));
  return cy_buf_check(&labels);
}

static cy_err *check_hit(const cy_config_place *place, const cy_secret_hits *hits, const cy_text_hit *hit)
{
  switch (hit->rule->role) {
  case CY_TEXT_STEM:
    CY_TRY(check_stem(place, hit));
    return check_default(place, hits, hit);
  case CY_TEXT_AMS_STEM:
    return check_stem(place, hit);
  case CY_TEXT_LABEL:
    return check_label(place, hits, hit);
  case CY_TEXT_CERT:
  case CY_TEXT_KEY:
  case CY_TEXT_TRUST:
  case CY_TEXT_TRUST_FOLDER:
  case CY_TEXT_STORE:
  case CY_TEXT_TRUST_STORE:
  case CY_TEXT_PASSWORD_FILE:
    return check_file(place, hit);
  default:
    return NULL;
  }
}

/* Kept for whoever wants it, and not in force: Debian's sites-available and its like. */
static bool is_in_stock(const char *folder)
{
  return cy_text_ends(folder, "-available") || strcmp(cy_path_name(folder), "snippets") == 0;
}

cy_err *cy_config_check(const cy_config_place *place, const cy_secret_hits *hits)
{
  if (is_in_stock(place->folder))
    return NULL;
  for (size_t i = 0; i < hits->count; i++)
    CY_TRY(check_hit(place, hits, &hits->items[i]));
  return cy_config_check_keys(place, hits);
}
