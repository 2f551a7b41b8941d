/* BCFKS: Bouncy Castle's keystore of approved algorithms. Passwords, integrity, and what is said of it. */
#include "store/fmt_bcfks.h"

#include "base/mem.h"
#include "crypto/codes.h"
#include "store/codes.h"
#include "x509/name.h"

static int detect(cy_span head, const char *name)
{
  (void)name;
  return cy_bcfks_detect_head(head) ? 100 : 0;
}

static void own_free(void *arg)
{
  cy_bcfks *own = arg;
  cy_buf_clear(&own->plain);
  cy_free(own);
}

/* Integrity. */

static cy_err *mac_fits(const cy_bcfks *own, const cy_secret *password, bool *fits)
{
  cy_digest mac;
  CY_TRY(cy_bcfks_mac(&mac, own->mac_algid, own->kdf, password, own->store));
  *fits = cy_span_equal(cy_digest_get(&mac), own->mac);
  return NULL;
}

/* The signature needs no password. Without a certificate beside it nobody here knows who signed. */
static cy_err *check_signature(cy_doc *doc, const cy_bcfks *own)
{
  cy_cert_view signer;
  bool good;
  if (!own->signer.len) {
    doc->mac_unchecked = true;
    return NULL;
  }
  CY_TRY_AS(cy_cert_view_parse(&signer, own->signer), CY_E_STORE_DAMAGED, "the signer's certificate");
  CY_TRY_AS(cy_signature_check(&good, signer.spki, own->sig_algid, own->store, own->signature),
    CY_E_STORE_STEP, "the signature of the store can not be checked");
  if (good)
    return NULL;
  return cy_err_hint(
    cy_err_new(CY_E_STORE_DAMAGED,
      "the signature of %s does not fit: it was damaged or changed after it was signed", doc->place),
    "Get the file again from a backup or from where it was made.");
}

static cy_err *damaged(const cy_doc *doc, const char *how)
{
  return cy_err_hint(cy_err_new(CY_E_STORE_DAMAGED,
                       "the password fits %s, but %s: the file was damaged or changed after it was written",
                       doc->place, how),
    "Get the file again from a backup or from where it was made.");
}

static cy_err *wrong_password(const cy_doc *doc, bool encrypted)
{
  cy_err *err = cy_err_new(CY_E_CRYPTO_WRONG_PASSWORD,
    "the password does not fit %s: it is wrong, or the file is damaged in a way that can not be told from "
    "that",
    doc->place);
  return cy_err_hint(err,
    "Try the password again. If it is certainly right, get the file again from a "
    "backup%s.",
    encrypted ? "" : "; without a password it can be listed unchecked");
}

/* A right password shows in what it deciphers, even where a check beside that does not fit. */
static cy_err *is_right_password(const cy_bcfks *own, const cy_secret *password, bool *right)
{
  CY_CLEAN(cy_buf) first = CY_BUF_TEXT;
  CY_TRY(cy_bcfks_peek(&first, CY_BCFKS_STORE, own->algid, password, own->sealed));
  *right = first.len > 0 && cy_bcfks_looks_like_data(cy_buf_get(&first));
  return NULL;
}

static cy_err *decipher(cy_doc *doc, cy_bcfks *own, const cy_secret *password, bool known)
{
  bool right = known;
  cy_buf_reset(&own->plain);
  cy_err *err = cy_bcfks_decrypt(&own->plain, CY_BCFKS_STORE, own->algid, password, own->sealed);
  if (!err || !cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD))
    return err;
  cy_err_free(err);
  if (!right)
    CY_TRY(is_right_password(own, password, &right));
  return right ? damaged(doc, "what is encrypted does not fit its check") : wrong_password(doc, true);
}

static cy_err *open_with(cy_doc *doc, const cy_secret *password, void *arg)
{
  cy_bcfks *own = arg;
  bool fits = false;
  if (!own->is_signed)
    CY_TRY(mac_fits(own, password, &fits));
  if (own->algid.len)
    CY_TRY(decipher(doc, own, password, fits));
  if (own->is_signed || fits)
    return NULL;
  return own->algid.len ? damaged(doc, "its integrity value does not") : wrong_password(doc, false);
}

static cy_err *try_empty(cy_doc *doc, cy_bcfks *own, bool *opened)
{
  *opened = false;
  cy_err *err = open_with(doc, NULL, own);
  if (cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD)) {
    cy_err_free(err);
    return NULL;
  }
  CY_TRY(err);
  *opened = doc->password_unneeded = true;
  return NULL;
}

/* Nobody gave a password: perhaps none is needed, and what is in clear can be listed anyway. */
static cy_err *open_without(cy_doc *doc, cy_bcfks *own, cy_err *needed)
{
  bool opened;
  cy_err *err = try_empty(doc, own, &opened);
  if (!err && !opened && own->algid.len)
    return needed;
  cy_err_free(needed);
  CY_TRY(err);
  doc->mac_unchecked = !opened;
  doc->password_known = opened;
  return opened ? cy_secret_copy(&doc->password, CY_SPAN_NONE) : NULL;
}

/* Stores that are signed are mostly encrypted under the empty password, and it is the signature that
 * counts. */
static cy_err *unlock(cy_doc *doc, cy_bcfks *own, cy_ask *ask)
{
  bool opened = false;
  if (own->is_signed)
    CY_TRY(try_empty(doc, own, &opened));
  if (opened)
    return NULL;
  cy_err *err = cy_doc_unlock(doc, ask, open_with, own);
  bool needed = cy_err_code_get(err) == CY_E_STORE_PASSWORD_NEEDED;
  return needed && !own->is_signed ? open_without(doc, own, err) : err;
}

static cy_err *parse(cy_doc *doc, cy_ask *ask)
{
  cy_bcfks *own = cy_malloc(sizeof *own);
  CY_TRY_ALLOC(own);
  own->plain = CY_BUF_SECRET(CY_MAX_STORE_BYTES + 1024);
  own->created = own->changed = CY_TIME_NONE;
  doc->own = own;
  doc->own_free = own_free;
  CY_TRY(cy_bcfks_read(own, cy_image_bytes(doc->image)));
  if (own->is_signed)
    CY_TRY(check_signature(doc, own));
  CY_TRY(unlock(doc, own, ask));
  CY_TRY(cy_bcfks_read_entries(doc, own, own->algid.len ? cy_buf_get(&own->plain) : own->store));
  return doc->password_known ? cy_bcfks_look_into_secrets(doc) : NULL;
}

/* Findings and words. */

static cy_err *check(cy_doc *doc, cy_findings *findings)
{
  return doc->own ? cy_bcfks_check_keys(doc, findings) : NULL;
}

static cy_err *describe_signature(const cy_bcfks *own, cy_out *out)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  cy_cert_view signer;
  if (own->signer.len) {
    CY_TRY(cy_cert_view_parse(&signer, own->signer));
    cy_buf_str(&text, "signed by ");
    cy_name_short(&text, signer.subject);
  } else {
    cy_buf_str(&text, "signed, by whom is not said");
  }
  CY_TRY(cy_buf_check(&text));
  cy_out_text(out, "integrity", "Integrity", cy_buf_get(&text));
  return NULL;
}

static cy_err *describe_mac(const cy_bcfks *own, cy_out *out)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  cy_pbe_info info;
  cy_oid mac;
  CY_TRY(cy_bcfks_mac_describe(&info, &mac, own->mac_algid, own->kdf));
  cy_buf_printf(&text, "%s, %s", cy_oid_words(mac), cy_oid_words(info.kdf));
  if (info.kdf == CY_OID_SCRYPT)
    cy_buf_printf(&text, " N=%llu", (unsigned long long)info.iterations);
  else
    cy_buf_printf(
      &text, " %s, %llu iterations", cy_oid_words(info.prf), (unsigned long long)info.iterations);
  CY_TRY(cy_buf_check(&text));
  cy_out_text(out, "integrity", "Integrity", cy_buf_get(&text));
  return NULL;
}

static cy_err *describe_encryption(const cy_bcfks *own, cy_out *out)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  cy_pbe_info info;
  if (!own->algid.len) {
    cy_out_str(out, "encryption", "Encryption", "none, but for the keys");
    return NULL;
  }
  CY_TRY(cy_pbe_describe(&info, own->algid));
  cy_pbe_format(&text, &info);
  CY_TRY(cy_buf_check(&text));
  cy_out_text(out, "encryption", "Encryption", cy_buf_get(&text));
  return NULL;
}

static cy_err *describe(cy_doc *doc, cy_out *out)
{
  const cy_bcfks *own = doc->own;
  if (!own)
    return NULL;
  cy_out_int(out, "version", "Version", (int64_t)own->version);
  CY_TRY(describe_encryption(own, out));
  cy_out_bool(out, "integrity_checked", "Integrity checked", !doc->mac_unchecked);
  return own->is_signed ? describe_signature(own, out) : describe_mac(own, out);
}

const cy_format cy_format_bcfks = {
  .id = "bcfks",
  .prefixes = "",
  .title = "Bouncy Castle keystore (BCFKS)",
  .suffixes = "bcfks",
  .caps = CY_CAN_KEYS | CY_CAN_LONE_KEYS | CY_CAN_TRUST | CY_CAN_SECRETS | CY_CAN_LABELS | CY_CAN_DATES |
          CY_CAN_KEY_PASSWORDS | CY_CAN_CHAINS | CY_NEEDS_LABELS | CY_NEEDS_PASSWORD | CY_HAS_PASSWORD,
  .detect = detect,
  .parse = parse,
  .check = check,
  .describe = describe,
};
