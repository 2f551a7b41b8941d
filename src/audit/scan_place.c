/* A store through its format: opened with what passwords there are, checked, counted. */
#include "audit/codes.h"
#include "audit/scan.h"
#include "base/der.h"
#include "base/mem.h"
#include "base/pem_mend.h"
#include "crypto/codes.h"
#include "store/codes.h"
#include "store/object.h"
#include "store/pkcs7.h"

/* Opening a key costs a derivation: stores with more are compared as far as that goes. */
enum { KEYS_OPENED = 64 };

/* "cause: deeper cause", without the step that only names the file. */
static void put_causes(cy_buf *buf, const cy_err *err)
{
  if (cy_err_code_get(err) == CY_E_STORE_STEP && cy_err_cause(err))
    err = cy_err_cause(err);
  for (; err; err = cy_err_cause(err))
    cy_buf_printf(buf, "%s%s", buf->len ? ": " : "", cy_err_text(err));
}

static cy_err *cannot_open(cy_scan_result *result, const cy_err *err, const cy_guess *guess)
{
  CY_CLEAN(cy_buf) causes = CY_BUF_TEXT;
  cy_findings *list = &result->store.findings;
  bool wrong = cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD);
  bool locked = wrong || cy_err_is(err, CY_E_STORE_PASSWORD_NEEDED);
  put_causes(&causes, err);
  cy_finding *f =
    guess->tried && locked
      ? cy_finding_add(list, CY_F_STORE_CANNOT_OPEN, result->path, "none of %zu passwords opens it%s",
          guess->tried, guess->cut_short ? " (more were not tried: each try is costly)" : "")
      : cy_finding_add(list, CY_F_STORE_CANNOT_OPEN, result->path, "%s", cy_buf_cstr(&causes));
  cy_finding_evidence(
    list, f, "code", "%s", cy_err_info_get(wrong ? CY_E_CRYPTO_WRONG_PASSWORD : cy_err_code_get(err))->id);
  if (guess->list->given_count || !locked)
    cy_finding_set_severity(f, CY_NOTICE);
  if (!locked)
    cy_finding_set_fix(list, f, "%s", cy_err_fix(err));
  return NULL;
}

static cy_err *damaged(cy_scan_result *result, const cy_err *err)
{
  CY_CLEAN(cy_buf) causes = CY_BUF_TEXT;
  put_causes(&causes, err);
  cy_finding *f =
    cy_finding_add(&result->store.findings, CY_F_STORE_DAMAGED, result->path, "%s", cy_buf_cstr(&causes));
  cy_finding_evidence(&result->store.findings, f, "kind", "%s", result->store.kind);
  return NULL;
}

/* DER that is whole, and nothing of ours: a public key, a signed message. */
static bool is_other_der(const cy_format *format, cy_span bytes)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, bytes);
  if (strcmp(format->id, "der") != 0)
    return false;
  cy_der_next(&cur);
  return cy_cur_ok(&cur) && cy_object_detect(bytes) == CY_OBJECT_NONE;
}

/* A text that only speaks of certificates: its first line that is not empty is no BEGIN line. */
static bool is_other_text(const cy_format *format, cy_span bytes)
{
  return strcmp(format->id, "pem") == 0 && !cy_pem_head_first(bytes);
}

/* Signed mail, code and data carry certificates, too: nobody keeps them there. */
static bool is_signed_data(const cy_format *format, cy_place *place, cy_span bytes)
{
  const cy_doc *doc = place ? cy_place_doc(place) : NULL;
  return strcmp(format->id, "p7b") == 0 &&
         (doc ? doc->read_only : cy_pkcs7_detect(bytes) == CY_PKCS7_SIGNED);
}

static bool is_open_question(const cy_err *err)
{
  return cy_err_is(err, CY_E_STORE_PASSWORD_NEEDED) || cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD) ||
         cy_err_is(err, CY_E_CRYPTO_UNSUPPORTED) || cy_err_is(err, CY_E_CRYPTO_COST);
}

/* PKCS#12 mostly shows from outside whether sealed keys are in it; of others it is not known. */
static bool may_have_keys(const cy_format *format, cy_span bytes)
{
  static const uint8_t key_bag[] = {6, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 12, 10, 1, 2};
  return strcmp(format->id, "p12") != 0 || memmem(bytes.data, bytes.len, key_bag, sizeof key_bag);
}

/* What it means that a file did not open. */
static cy_err *judge(cy_scan_result *result, cy_err *err, const cy_guess *guess, bool other)
{
  CY_AUTO(cy_err) *why = err;
  if (cy_err_is(err, CY_E_NO_MEMORY)) {
    why = NULL;
    return err;
  }
  if (other || cy_err_is(err, CY_E_STORE_NOT_RECOGNISED)) {
    result->kind = result->store.findings.count ? CY_SCAN_TEXT : CY_SCAN_NO_STORE;
    return NULL;
  }
  return is_open_question(err) ? cannot_open(result, err, guess) : damaged(result, err);
}

/* A key that has a passphrase of its own, tried with what there is. That it stays closed is fine. */
static cy_err *try_key(cy_place *place, cy_entry *entry, cy_guess *guess, unsigned *left)
{
  const cy_secret *pkcs8;
  if (!entry->has_key || !entry->key.encrypted || !entry->key.own_password || entry->key.plain || !*left)
    return NULL;
  --*left;
  cy_err *err = cy_place_key(place, entry, &guess->ask, &pkcs8);
  if (cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  cy_err_free(err);
  return NULL;
}

/* Once each: a connection to a ring is a certificate that is listed elsewhere, or not known. */
static cy_err *count_facts(
  cy_place *place, cy_entry *entry, cy_scan_result *result, cy_time now, cy_buf *address)
{
  const cy_entry_facts *facts = entry->facts;
  cy_cert_view view = {.subject = facts->subject_name, .not_after = facts->not_after};
  if (facts->connection || facts->not_after == CY_TIME_NONE)
    return NULL;
  cy_buf_reset(address);
  CY_TRY(cy_place_entry_address(place, entry, address));
  return cy_scan_count_cert(result, &view, cy_buf_cstr(address), now);
}

static cy_err *count_entry(
  cy_place *place, cy_entry *entry, cy_scan_result *result, cy_time now, cy_buf *address)
{
  cy_cert_view view;
  cy_audit_store *store = &result->store;
  store->entries++;
  store->keys += entry->has_key;
  if (!entry->cert_count)
    return entry->facts ? count_facts(place, entry, result, now, address) : NULL;
  cy_buf_reset(address);
  CY_TRY(cy_place_entry_address(place, entry, address));
  for (size_t i = 0; i < entry->cert_count; i++) {
    const cy_entry_cert_slot *slot = &entry->certs[i];
    cy_err *err = cy_cert_view_parse(&view, slot->cert ? cy_cert_der(slot->cert) : slot->der);
    if (err)
      cy_err_free(err); /* a finding says so */
    else
      CY_TRY(cy_scan_count_cert(result, &view, cy_buf_cstr(address), now));
  }
  return NULL;
}

static cy_err *note_stash(cy_place *place, cy_scan_result *result)
{
  const cy_doc *doc = cy_place_doc(place);
  if (!doc || !doc->stash.readable || !doc->stash.fits)
    return NULL;
  result->stash = cy_strdup(doc->stash.path);
  CY_TRY_ALLOC(result->stash);
  result->stash_st = doc->stash.st;
  return NULL;
}

static cy_err *look(
  cy_scan *scan, cy_place *place, const struct stat *st, cy_guess *guess, cy_scan_result *result)
{
  const cy_audit_options *options = scan->shared->options;
  cy_check_context ctx = cy_scan_context(options, st);
  size_t iter = 0;
  unsigned keys_left = KEYS_OPENED;
  if (options->zone_given)
    cy_place_set_zone(place, options->zone);
  if (strcmp(cy_place_kind(place), "racf") == 0) /* what has no certificate is compared here alone */
    ctx.min_rsa = options->plan.asked[CY_PLAN_MIN_RSA] ? (unsigned)options->plan.limit[CY_PLAN_MIN_RSA] : 0;
  for (cy_entry *e; (e = cy_place_next(place, &iter));) {
    CY_TRY(try_key(place, e, guess, &keys_left));
    CY_TRY(count_entry(place, e, result, options->now, &scan->address));
  }
  cy_findings *list = &result->store.findings;
  result->store.opened = true;
  CY_TRY(note_stash(place, result));
  CY_TRY(cy_place_check(list, place, &ctx));
  CY_TRY(cy_notes_place(&result->store.notes, &scan->noter, place));
  for (size_t i = 0; i < list->count; i++)
    result->store.clear_keys += list->items[i]->id == CY_F_KEY_NO_PASSPHRASE;
  return NULL;
}

cy_err *cy_scan_place(cy_scan *scan, const cy_format *format, const struct stat *st, cy_scan_result *result)
{
  CY_AUTO(cy_place) *place = NULL;
  cy_image *image;
  cy_guess guess;
  cy_span bytes = cy_buf_get(&scan->bytes);
  bool other = is_other_der(format, bytes) || is_other_text(format, bytes);
  bool keys = may_have_keys(format, bytes);
  cy_guess_begin(&guess, &scan->shared->guesses, bytes.len);
  CY_TRY(cy_image_from_at(&image, result->path, &scan->bytes, scan->file->folder->fd, scan->file->name));
  image->parts[0].st = *st;
  cy_err *err = cy_place_from_image(&place, image, format, &guess.ask);
  result->sealed = err && is_open_question(err) && keys;
  if (!err && is_signed_data(format, place, CY_SPAN_NONE)) {
    result->kind = CY_SCAN_NO_STORE;
    return NULL;
  }
  return err ? judge(result, err, &guess, other) : look(scan, place, st, &guess, result);
}
