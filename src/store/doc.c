/* Documents: what a byte format was read into. */
#include "base/mem.h"
#include "base/text.h"
#include "crypto/codes.h"
#include "store/codes.h"
#include "store/format.h"

const cy_write_how cy_write_default = {
  .pbe = {CY_OID_PBES2, CY_OID_AES256_CBC, CY_OID_HMAC_SHA256, 10000}, .now = CY_TIME_NONE};

cy_err *cy_doc_new(cy_doc **out, cy_image *image, const cy_format *format)
{
  *out = cy_malloc(sizeof **out);
  if (!*out) {
    cy_image_free(image);
    return cy_err_no_memory();
  }
  (*out)->format = format;
  (*out)->image = image;
  (*out)->place = image ? image->path : "";
  cy_map_init(&(*out)->by_label, true);
  return NULL;
}

/* Of any version; such files are called .kdb or .kdbx. */
static const uint8_t keepass[] = {0x03, 0xd9, 0xa2, 0x9a};

static cy_err *detect(cy_image *image, const cy_format **format)
{
  cy_span bytes = cy_image_bytes(image);
  cy_span head = cy_span_of(bytes.data, bytes.len < CY_DETECT_BYTES ? bytes.len : CY_DETECT_BYTES);
  *format = cy_format_detect(head, image->path);
  if (*format)
    return NULL;
  if (bytes.len == 0)
    return cy_err_new(CY_E_STORE_NOT_RECOGNISED, "%s is empty", image->path);
  if (bytes.len >= sizeof keepass && memcmp(bytes.data, keepass, sizeof keepass) == 0)
    return cy_err_hint(
      cy_err_new(CY_E_STORE_NOT_RECOGNISED, "%s is a password database of KeePass", image->path),
      "It holds passwords, not certificates: open it with KeePass or KeePassXC. A CMS key database has the "
      "same suffix and begins with 37 48.");
  return cy_err_new(CY_E_STORE_NOT_RECOGNISED,
    "%s is no certificate, key or keystore of a kind that Causey knows", image->path);
}

cy_err *cy_doc_open(cy_doc **out, cy_image *image, const cy_format *format, cy_ask *ask)
{
  *out = NULL;
  cy_err *err = format ? NULL : detect(image, &format);
  if (err) {
    cy_image_free(image);
    return err;
  }
  CY_TRY(cy_doc_new(out, image, format));
  err = cy_doc_find_stash(*out);
  if (!err)
    err = format->parse(*out, ask);
  if (!err)
    return NULL;
  err = cy_err_wrap(err, CY_E_STORE_STEP, "cannot read %s as %s", (*out)->place, format->title);
  cy_doc_free(*out);
  *out = NULL;
  return err;
}

void cy_doc_free(cy_doc *doc)
{
  if (!doc)
    return;
  if (doc->own_free)
    doc->own_free(doc->own);
  for (size_t i = 0; i < doc->entry_count; i++)
    cy_entry_clear(doc->entries[i]);
  cy_free(doc->entries);
  cy_map_clear(&doc->by_label);
  cy_arena_clear(&doc->arena);
  cy_secret_free(doc->password);
  cy_secret_free(doc->stash.password);
  cy_free(doc->stash.path);
  cy_image_free(doc->image);
  cy_free(doc);
}

cy_err *cy_doc_append(cy_doc *doc, cy_entry **entry)
{
  *entry = cy_arena_alloc(&doc->arena, sizeof **entry);
  if (!*entry || !cy_grow(&doc->entries, &doc->entry_cap, doc->entry_count + 1, sizeof(cy_entry *)))
    return cy_err_no_memory();
  doc->entries[doc->entry_count++] = *entry;
  (*entry)->position = doc->entry_count;
  (*entry)->date = CY_TIME_NONE;
  doc->label_map_ready = false;
  return NULL;
}

cy_err *cy_doc_certs(cy_doc *doc, cy_entry *entry, size_t count)
{
  entry->certs = cy_arena_alloc(&doc->arena, (count ? count : 1) * sizeof *entry->certs);
  CY_TRY_ALLOC(entry->certs);
  entry->cert_count = count;
  return NULL;
}

/* The key of the look-up table: folded where the format folds. */
static cy_err *label_key(const cy_doc *doc, const char *label, cy_buf *key)
{
  bool folds = doc->format->caps & CY_FOLDS_LABELS;
  if (!folds || !cy_text_fold(key, cy_span_str(label))) {
    CY_TRY(cy_buf_check(key));
    cy_buf_reset(key);
    cy_buf_str(key, label);
  }
  return cy_buf_check(key);
}

static cy_err *note_label(cy_doc *doc, size_t index, cy_buf *key)
{
  cy_buf_reset(key);
  CY_TRY(label_key(doc, doc->entries[index]->label, key));
  return cy_map_put(&doc->by_label, cy_buf_get(key), index) ? NULL : cy_err_no_memory();
}

static cy_err *fill_label_map(cy_doc *doc)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  size_t labels = 0;
  cy_map_clear(&doc->by_label);
  for (size_t i = doc->entry_count; i-- > 0;) { /* backwards: the first of equal labels stays */
    if (doc->entries[i]->deleted || !doc->entries[i]->label)
      continue;
    CY_TRY(note_label(doc, i, &key));
    labels++;
  }
  doc->label_twice = doc->by_label.count < labels;
  doc->label_map_ready = true;
  return NULL;
}

/* The table is not kept in step with what is removed or renamed: does the entry still have this key? */
static cy_err *still_fits(const cy_doc *doc, size_t index, cy_span key, bool *fits)
{
  CY_CLEAN(cy_buf) now = CY_BUF_TEXT;
  *fits = false;
  if (doc->entries[index]->deleted || !doc->entries[index]->label)
    return NULL;
  CY_TRY(label_key(doc, doc->entries[index]->label, &now));
  *fits = cy_span_equal(cy_buf_get(&now), key);
  return NULL;
}

static cy_err *look_up(const cy_doc *doc, cy_span key, cy_entry **entry, bool *stale)
{
  bool fits;
  size_t at = cy_map_get(&doc->by_label, key);
  *entry = NULL;
  *stale = false;
  if (at == CY_MAP_NONE)
    return NULL;
  CY_TRY(still_fits(doc, at, key, &fits));
  *stale = !fits;
  *entry = fits ? doc->entries[at] : NULL;
  return NULL;
}

cy_err *cy_doc_find_label(cy_doc *doc, const char *label, cy_entry **entry)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  bool stale;
  *entry = NULL;
  if (!doc->label_map_ready)
    CY_TRY(fill_label_map(doc));
  CY_TRY(label_key(doc, label, &key));
  CY_TRY(look_up(doc, cy_buf_get(&key), entry, &stale));
  if (!stale || !doc->label_twice)
    return NULL;
  CY_TRY(fill_label_map(doc)); /* another one may have been behind it */
  return look_up(doc, cy_buf_get(&key), entry, &stale);
}

cy_err *cy_doc_label_added(cy_doc *doc, const cy_entry *entry)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  cy_entry *there;
  bool stale;
  if (entry->label) {
    CY_TRY(label_key(doc, entry->label, &key));
    CY_TRY(look_up(doc, cy_buf_get(&key), &there, &stale));
    doc->label_twice = doc->label_twice || (there && there != entry);
    if (!there && !cy_map_put(&doc->by_label, cy_buf_get(&key), entry->position - 1))
      return cy_err_no_memory();
  }
  doc->label_map_ready = true;
  return NULL;
}

/* What is said when nothing opened it: that a password fitted a damaged store, rather than that the
 * last one was wrong. */
static void keep_worse(cy_err **kept, cy_err *err)
{
  bool damaged = cy_err_is(*kept, CY_E_STORE_DAMAGED);
  cy_err_free(damaged ? err : *kept);
  if (!damaged)
    *kept = err;
}

/* Of many passwords a later one may fit, although one seemed to meet a damaged store: Java's keys can
 * have another password than their store. */
static bool may_go_on(const cy_ask *ask, const cy_err *err)
{
  return cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD) ||
         (ask && ask->attempts && cy_err_is(err, CY_E_STORE_DAMAGED));
}

static bool is_stashed(const cy_doc *doc, const cy_secret *answer)
{
  return doc->stash.password && answer &&
         cy_secret_equal(cy_secret_get(doc->stash.password), cy_secret_get(answer));
}

/* A password that meets a damaged store fits all the same. */
static void note_stash(cy_doc *doc, const cy_secret *answer, const cy_err *err)
{
  bool stashed = is_stashed(doc, answer), opened = !err || cy_err_is(err, CY_E_STORE_DAMAGED);
  if (!doc->stash.password || (!stashed && !opened))
    return;
  doc->stash.tried = true;
  doc->stash.fits = stashed && opened;
}

static cy_err *no_password(const cy_doc *doc)
{
  const cy_doc_stash *stash = &doc->stash;
  cy_err *err =
    cy_err_new(CY_E_STORE_PASSWORD_NEEDED, "%s needs a password, and none was given", doc->place);
  if (!stash->there)
    return err;
  const char *why = !stash->readable              ? "can not be read"
                    : !cy_stash_understood(stash) ? "is no stash that Causey understands"
                                                  : "holds another password";
  return cy_err_hint(err,
    "%s lies beside it, but %s. Give the store's password (--password-file FILE); `causey passwd --stash "
    "%s` then writes the stash anew.",
    stash->path, why, doc->place);
}

/* One try. What a stash says is no answer of anybody's: when it does not fit, the first question is put
 * once more, without it. */
static cy_err *unlock_once(cy_doc *doc, cy_ask *ask, cy_ask_want *want, cy_secret **answer,
  cy_err *(*open)(cy_doc *doc, const cy_secret *password, void *arg), void *arg)
{
  CY_TRY(cy_ask_for(ask, want, answer));
  cy_err *err = *answer ? open(doc, *answer, arg) : NULL;
  if (*answer)
    note_stash(doc, *answer, err);
  if (!want->stash || !cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD) || !is_stashed(doc, *answer))
    return err;
  cy_err_free(err);
  cy_secret_free(*answer);
  want->stash = NULL;
  return unlock_once(doc, ask, want, answer, open, arg);
}

cy_err *cy_doc_unlock(
  cy_doc *doc, cy_ask *ask, cy_err *(*open)(cy_doc *doc, const cy_secret *password, void *arg), void *arg)
{
  cy_ask_want want = {CY_ASK_STORE, doc->place, NULL, 0, doc->stash.password};
  cy_err *wrong = NULL;
  for (; want.attempt < cy_ask_attempts(ask); want.attempt++) {
    CY_AUTO(cy_secret) *answer = NULL;
    cy_err *err = unlock_once(doc, ask, &want, &answer, open, arg);
    if (!err && !answer)
      break;
    if (!err) {
      cy_err_free(wrong);
      doc->password = answer;
      doc->password_known = true;
      answer = NULL;
      return NULL;
    }
    if (!may_go_on(ask, err)) {
      cy_err_free(wrong);
      return err;
    }
    keep_worse(&wrong, err);
  }
  return wrong ? wrong : no_password(doc);
}

cy_err *cy_doc_write_password(cy_doc *doc, cy_ask *ask, const cy_secret **password)
{
  if (!doc->password_known) {
    bool exists = doc->image && doc->image->parts[0].exists;
    cy_ask_want want = {exists ? CY_ASK_STORE : CY_ASK_NEW_STORE, doc->place, NULL, 0, NULL};
    CY_TRY(cy_ask_for(ask, &want, &doc->password));
    doc->password_known = doc->password != NULL;
  }
  *password = doc->password;
  return NULL;
}

cy_err *cy_doc_key(cy_doc *doc, cy_entry *entry, cy_ask *ask, const cy_secret **pkcs8)
{
  return cy_entry_key_open(entry, doc->place, doc->password, ask, pkcs8);
}
