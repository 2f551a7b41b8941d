/* Private keys: in clear, under a common password, beside the certificate of another. */
#include "base/der.h"
#include "base/text.h"
#include "store/check_internal.h"
#include "store/codes.h"
#include "store/common_password.h"
#include "x509/codes.h"

static void put_key_id(cy_findings *list, cy_finding *f, const cy_buf *spki)
{
  CY_CLEAN(cy_buf) hex = CY_BUF_TEXT;
  cy_digest id;
  cy_err *err = cy_digest_of(&id, CY_SHA256, cy_buf_get(spki));
  if (!err)
    cy_buf_hex(&hex, cy_digest_get(&id));
  cy_finding_evidence(list, f, "key_sha256", "%s", spki->len && !err ? cy_buf_cstr(&hex) : "unknown");
  cy_err_free(err);
}

static const char *who_reads(mode_t mode)
{
  if (mode & S_IROTH)
    return "every user of this machine can read it";
  return mode & S_IRGRP ? "its owner and its group can read it" : "its owner alone can read it";
}

static void put_key_words(cy_buf *words, const cy_buf *spki)
{
  cy_key_info info;
  cy_err *err = spki->len ? cy_key_info_parse(&info, cy_buf_get(spki)) : NULL;
  if (spki->len && !err)
    cy_key_info_format(words, &info);
  else
    cy_buf_str(words, "kind not known");
  cy_err_free(err);
}

/* The mode of the file, when it is known: given, or of the file that was opened. */
static const struct stat *stat_of(const cy_check *c)
{
  const cy_doc *doc = cy_place_doc(c->place);
  const cy_image_part *part = doc && doc->image ? &doc->image->parts[0] : NULL;
  return c->ctx->st ? c->ctx->st : part && part->exists && part->st.st_mode ? &part->st : NULL;
}

/* What gives it a passphrase: ours, the tool that made it, or only a copy. */
static void set_protect_fix(cy_check *c, const cy_entry *entry, cy_finding *f, const char *address)
{
  CY_CLEAN(cy_buf) command = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  const cy_doc *doc = cy_place_doc(c->place);
  const char *tool = entry->key.ops ? entry->key.ops->protect : NULL;
  cy_text_put_shell(&path, cy_place_path(c->place));
  for (const char *at = tool; at && *at; at++)
    if (at[0] == '%' && at[1] == 's')
      cy_buf_str(&command, cy_buf_cstr(&path)), at++;
    else
      cy_buf_u8(&command, (uint8_t)*at);
  if (!tool)
    cy_buf_printf(&command, "causey passwd %s", address);
  if (doc && doc->read_only && !tool)
    cy_finding_set_fix(c->list, f,
      "Take it out of this text: causey cp %s key.pem writes it under a passphrase; let the text name that "
      "file. What must stay here is readable by one account alone (chmod 600).",
      address);
  else
    cy_finding_set_fix(c->list, f,
      "Protect it in place: %s. Where the program that uses it can not ask for a passphrase, let its "
      "account "
      "alone read the file (chmod 600), or move the key to a token.",
      cy_buf_cstr(&command));
}

static cy_err *key_in_clear(cy_check *c, cy_entry *entry, const cy_buf *spki)
{
  CY_CLEAN(cy_buf) subject = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) quoted = CY_BUF_TEXT;
  CY_TRY(cy_check_subject(c, entry, &subject));
  put_key_words(&words, spki);
  cy_text_put_shell(&quoted, cy_buf_cstr(&subject));
  const struct stat *st = stat_of(c);
  cy_finding *f = cy_finding_add(c->list, CY_F_KEY_NO_PASSPHRASE, cy_buf_cstr(&subject),
    "a private key (%s) stands here in clear%s%s", cy_buf_cstr(&words), st ? "; " : "",
    st ? who_reads(st->st_mode) : "");
  put_key_id(c->list, f, spki);
  if (st)
    cy_finding_evidence(c->list, f, "mode", "%04o", (unsigned)st->st_mode & 07777);
  set_protect_fix(c, entry, f, cy_buf_cstr(&quoted));
  return NULL;
}

/* A key without encryption of its own may stand in an encrypted store. */
bool cy_entry_in_clear(const cy_place *place, const cy_entry *entry)
{
  const cy_doc *doc = cy_place_doc((cy_place *)(uintptr_t)place);
  bool open_store = doc && doc->password_unneeded && !doc->password;
  return entry->has_key && !entry->key.encrypted && !entry->key.reference &&
         (entry->key.own_password || open_store);
}

size_t cy_entry_marks(cy_finding_id *ids, size_t max, const cy_place *place, const cy_entry *entry,
  const cy_cert_view *view, const cy_check_context *ctx)
{
  size_t count = 0;
  if (count < max && cy_entry_in_clear(place, entry))
    ids[count++] = CY_F_KEY_NO_PASSPHRASE;
  count += cy_place_marks(place, entry, ids + count, max - count);
  if (entry->facts && count < max && cy_facts_date_trouble(entry->facts, ctx) != CY_F_COUNT)
    ids[count++] = cy_facts_date_trouble(entry->facts, ctx);
  if (!view || count >= max)
    return count;
  if (ctx->now > view->not_after)
    ids[count++] = CY_F_CERT_EXPIRED;
  else if (ctx->now < view->not_before)
    ids[count++] = CY_F_CERT_NOT_YET_VALID;
  else if (view->not_after - ctx->now <= (cy_time)ctx->warn_days * CY_DAY)
    ids[count++] = CY_F_CERT_EXPIRES_SOON;
  return count;
}

static cy_err *mismatch(cy_check *c, cy_entry *key_entry, const cy_buf *spki, const cy_check_cert *cert)
{
  CY_CLEAN(cy_buf) subject = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) other = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  CY_TRY(cy_check_subject(c, key_entry, &subject));
  CY_TRY(cy_check_subject(c, cert->entry, &other));
  bool beside = key_entry != cert->entry;
  cy_finding *f = cy_finding_add(c->list, CY_F_ENTRY_KEY_MISMATCH, cy_buf_cstr(&subject),
    "the private key is not the one of the certificate %s that stands with it%s%s%s",
    cy_check_name(&name, cert->subject), beside ? " (" : "", beside ? cy_buf_cstr(&other) : "",
    beside ? ")" : "");
  put_key_id(c->list, f, spki);
  cy_check_evidence_cert(c->list, f, "certificate_sha256", cert->der);
  return NULL;
}

static const cy_check_cert *first_of(const cy_check *c, const cy_entry *entry, size_t *from)
{
  while (*from < c->count && c->certs[*from].entry->position < entry->position)
    ++*from;
  bool found = *from < c->count && c->certs[*from].entry == entry && c->certs[*from].index == 0;
  return found ? &c->certs[*from] : NULL;
}

static cy_err *take_key(cy_check *c, cy_entry *entry, size_t *from)
{
  CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
  const cy_check_cert *leaf = entry->cert_count ? first_of(c, entry, from) : NULL;
  c->keys++;
  CY_TRY(cy_keybox_public(&entry->key, &spki));
  if (cy_entry_in_clear(c->place, entry))
    CY_TRY(key_in_clear(c, entry, &spki));
  if (!spki.len) {
    c->sealed_keys += !leaf || entry->pairing_assumed;
    /* sealed beside its certificate: taken for its key, as the store says */
    return leaf && !cy_map_put(&c->key_spkis, leaf->spki, 1) ? cy_err_no_memory() : NULL;
  }
  if (!cy_map_put(&c->key_spkis, cy_buf_get(&spki), entry->cert_count ? 1 : 0))
    return cy_err_no_memory();
  return leaf && !cy_key_same(cy_buf_get(&spki), leaf->spki) ? mismatch(c, entry, &spki, leaf) : NULL;
}

/* A certificate that somebody would show: not a CA's, and not put there to be trusted. */
static bool is_leaf(const cy_check_cert *cert)
{
  return cert->entry->kind == CY_ENTRY_CERTIFICATE && cert->index == 0 && !cert->is_ca && !cert->repeated;
}

static cy_err *without_key(cy_check *c, const cy_check_cert *cert)
{
  CY_CLEAN(cy_buf) subject = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  CY_TRY(cy_check_subject(c, cert->entry, &subject));
  cy_finding *f = cy_finding_add(c->list, CY_F_ENTRY_NO_KEY, cy_buf_cstr(&subject),
    "none of the private keys here belongs to the certificate %s", cy_check_name(&name, cert->subject));
  cy_check_evidence_cert(c->list, f, "sha256", cert->der);
  return NULL;
}

/* The one key that has no certificate, when there is just one. */
static cy_entry *lone_key(cy_check *c, cy_buf *spki, cy_err **err)
{
  cy_entry *lone = NULL;
  size_t iter = 0, count = 0;
  for (cy_entry *e; (e = cy_place_next(c->place, &iter));)
    if (e->has_key && !e->cert_count && ++count)
      lone = e;
  *err = count == 1 ? cy_keybox_public(&lone->key, spki) : NULL;
  return count == 1 && spki->len && !*err ? lone : NULL;
}

static cy_err *certs_without_keys(cy_check *c)
{
  CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
  cy_err *err = NULL;
  cy_entry *lone = lone_key(c, &spki, &err);
  for (size_t i = 0; !err && i < c->count; i++) {
    const cy_check_cert *cert = &c->certs[i];
    if (!is_leaf(cert) || cy_map_get(&c->key_spkis, cert->spki) != CY_MAP_NONE)
      continue;
    if (lone && cy_key_same(cy_buf_get(&spki), cert->spki))
      continue;
    err = lone ? mismatch(c, lone, &spki, cert) : without_key(c, cert);
    lone = NULL;
  }
  return err;
}

static cy_finding *common(cy_check *c, const char *subject, const char *word, const char *what)
{
  cy_finding *f = cy_finding_add(c->list, CY_F_STORE_COMMON_PASSWORD, subject, "%s opens with %s%s", what,
    *word ? "the common password " : "the empty password", word);
  cy_finding_evidence(c->list, f, "password", "%s", *word ? word : "(empty)");
  return f;
}

static const char *common_word(const cy_secret *password)
{
  return password ? cy_common_password_find(cy_secret_get(password)) : NULL;
}

static bool has_secrets(const cy_check *c)
{
  size_t iter = 0;
  for (const cy_entry *e; (e = cy_place_next(c->place, &iter));)
    if (e->kind == CY_ENTRY_SECRET)
      return true;
  return false;
}

static void store_password(cy_check *c)
{
  const cy_doc *doc = cy_place_doc(c->place);
  const char *word = doc && doc->password_known ? common_word(doc->password) : NULL;
  cy_finding *f = word ? common(c, cy_place_path(c->place), word, "the store") : NULL;
  /* Of a trust store the password guards against mistakes only, and many are left so. */
  if (f && !c->keys && !has_secrets(c)) {
    cy_finding_set_severity(f, CY_INFO);
    cy_finding_set_why(c->list, f, "%s",
      "There is no private key in it. The password keeps nobody from putting another CA into it; only the "
      "rights of "
      "the file do.");
  }
}

/* Sealed, but so that a search opens it. */
static cy_err *weak_seal(cy_check *c, cy_entry *entry)
{
  CY_CLEAN(cy_buf) subject = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
  const cy_keybox *box = &entry->key;
  const char *why = box->encrypted && box->ops && box->ops->weakness ? box->ops->weakness(box) : NULL;
  if (!why)
    return NULL;
  CY_TRY(cy_check_subject(c, entry, &subject));
  CY_TRY(cy_keybox_public(&entry->key, &spki));
  cy_finding *f = cy_finding_add(
    c->list, CY_F_KEY_WEAK, cy_buf_cstr(&subject), "the private key is sealed by weak means: %s", why);
  put_key_id(c->list, f, &spki);
  return NULL;
}

static cy_err *key_password(cy_check *c, cy_entry *entry)
{
  CY_CLEAN(cy_buf) subject = CY_BUF_TEXT;
  const char *word =
    entry->key.own_password && entry->key.encrypted ? common_word(entry->key.password) : NULL;
  if (!word)
    return NULL;
  CY_TRY(cy_check_subject(c, entry, &subject));
  common(c, cy_buf_cstr(&subject), word, "the private key");
  return NULL;
}

cy_err *cy_entry_key_check(cy_findings *list, cy_place *place, cy_entry *entry, const cy_check_context *ctx)
{
  CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
  cy_check c = {.list = list, .place = place, .ctx = ctx};
  if (!cy_entry_in_clear(place, entry))
    return NULL;
  CY_TRY(cy_keybox_public(&entry->key, &spki));
  CY_TRY(key_in_clear(&c, entry, &spki));
  return cy_findings_check(list);
}

cy_err *cy_check_keys(cy_check *c)
{
  size_t iter = 0, from = 0;
  for (cy_entry *e; (e = cy_place_next(c->place, &iter));)
    if (e->has_key) {
      CY_TRY(take_key(c, e, &from));
      CY_TRY(key_password(c, e));
      CY_TRY(weak_seal(c, e));
    }
  store_password(c);
  return c->keys && !c->sealed_keys ? certs_without_keys(c) : NULL;
}
