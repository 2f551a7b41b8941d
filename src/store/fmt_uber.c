/* UBER: Bouncy Castle's keystore that is encrypted as a whole. Inside is the same list as in BKS. */
#include "base/mem.h"
#include "crypto/codes.h"
#include "crypto/twofish.h"
#include "store/codes.h"
#include "store/fmt_bks.h"

/* Bouncy Castle takes stores for damaged whose count is beyond this. */
enum { MAX_ITERATIONS = 65536, WEAK_ITERATIONS = 1000 };

static bool is_head(const cy_bks_own *own)
{
  return own->salt.len == CY_BKS_SALT && own->iterations > 0 && own->iterations <= MAX_ITERATIONS;
}

/* Of noise nothing can be told but that it is not the list of a BKS store. */
static int detect(cy_span head, const char *name)
{
  cy_parse parse = {0};
  cy_bks_own own;
  (void)name;
  cy_cur cur = cy_cur_begin(&parse, head);
  cy_bks_read_head(&own, &cur);
  cy_span sealed = cy_cur_rest(&cur);
  if (!cy_cur_ok(&cur) || !is_head(&own) || sealed.len < CY_BKS_DIGEST || cy_bks_looks_like_entries(sealed))
    return 0;
  bool whole = head.len < CY_DETECT_BYTES;
  return !whole || sealed.len % CY_TWOFISH_BLOCK == 0 ? 70 : 0;
}

static cy_err *decipher(cy_bks_own *own, const cy_secret *password, cy_span sealed)
{
  CY_AUTO(cy_secret) *key = NULL;
  CY_AUTO(cy_secret) *iv = NULL;
  const cy_secret *pw = cy_bks_password(password);
  CY_TRY(cy_pkcs12_kdf(&key, CY_TWOFISH_KEY, 1, CY_SHA1, pw, own->salt, own->iterations));
  CY_TRY(cy_pkcs12_kdf(&iv, CY_TWOFISH_BLOCK, 2, CY_SHA1, pw, own->salt, own->iterations));
  cy_buf_reset(&own->plain);
  uint8_t *to = cy_buf_reserve(&own->plain, sealed.len);
  CY_TRY(cy_buf_check(&own->plain));
  CY_TRY(cy_twofish_cbc(false, key->data, iv->data, sealed, to));
  own->plain.len = sealed.len;
  return NULL;
}

/* Takes the padding off and the digest apart; false when they do not fit. */
static cy_err *take_apart(cy_bks_own *own, bool *fits)
{
  cy_span plain = cy_buf_get(&own->plain);
  size_t pad = plain.data[plain.len - 1];
  cy_digest digest;
  *fits = pad >= 1 && pad <= CY_TWOFISH_BLOCK;
  for (size_t i = 1; *fits && i <= pad; i++)
    *fits = plain.data[plain.len - i] == pad;
  if (!*fits || plain.len - pad < CY_BKS_DIGEST) {
    *fits = false;
    return NULL;
  }
  own->content = cy_span_of(plain.data, plain.len - pad - CY_BKS_DIGEST);
  own->digest = cy_span_of(plain.data + own->content.len, CY_BKS_DIGEST);
  CY_TRY(cy_digest_of(&digest, CY_SHA1, own->content));
  *fits = cy_span_equal(cy_digest_get(&digest), own->digest);
  return NULL;
}

static cy_err *does_not_fit(const cy_doc *doc, const cy_bks_own *own)
{
  cy_err *err;
  if (cy_bks_looks_like_entries(cy_buf_get(&own->plain))) {
    err = cy_err_new(CY_E_STORE_DAMAGED,
      "the password deciphers %s, but the digest inside does not fit: the file was damaged or changed "
      "after "
      "it was written",
      doc->place);
    return cy_err_hint(err, "Get the file again from a backup or from where it was made.");
  }
  err = cy_err_new(CY_E_CRYPTO_WRONG_PASSWORD,
    "what comes out of %s with this password is no keystore: the password is wrong, or the very beginning "
    "of "
    "the file is damaged",
    doc->place);
  return cy_err_hint(err, "Try the password again: case, blanks and the keyboard's layout matter. If it is "
                          "certainly right, get the file again from a backup.");
}

typedef struct {
  cy_bks_own *own;
  cy_span sealed;
} opening;

static cy_err *open_with(cy_doc *doc, const cy_secret *password, void *arg)
{
  opening *o = arg;
  bool fits;
  CY_TRY(decipher(o->own, password, o->sealed));
  CY_TRY(take_apart(o->own, &fits));
  return fits ? NULL : does_not_fit(doc, o->own);
}

static cy_err *read_head(cy_doc *doc, opening *o)
{
  cy_parse parse = {0};
  cy_cur cur = cy_cur_begin(&parse, cy_image_bytes(doc->image));
  cy_bks_read_head(o->own, &cur);
  if (!is_head(o->own))
    cy_cur_fail(&cur, "its salt or its count of iterations is none that Bouncy Castle takes");
  o->sealed = cy_cur_rest(&cur);
  if (o->sealed.len < CY_BKS_DIGEST || o->sealed.len % CY_TWOFISH_BLOCK != 0)
    cy_cur_fail(&cur, "what is encrypted is no whole number of blocks: it was cut short or added to");
  CY_TRY(cy_parse_check_as(&parse, CY_E_STORE_DAMAGED, "the UBER keystore"));
  if (o->own->version == 0)
    return cy_err_new(
      CY_E_CRYPTO_UNSUPPORTED, "an UBER keystore of version 0, which has a cipher of its own");
  return NULL;
}

static cy_err *parse(cy_doc *doc, cy_ask *ask)
{
  cy_parse parse = {0};
  opening o = {0};
  CY_TRY(cy_bks_own_new(doc, &o.own));
  o.own->encrypted = true;
  CY_TRY(read_head(doc, &o));
  CY_TRY(cy_doc_unlock(doc, ask, open_with, &o));
  cy_cur cur = cy_cur_begin(&parse, o.own->content);
  CY_TRY(cy_bks_read_entries(doc, &cur));
  cy_cur_end(&cur);
  CY_TRY(cy_parse_check_as(&parse, CY_E_STORE_DAMAGED, "the list in the UBER keystore"));
  return cy_bks_look_into_secrets(doc);
}

static cy_err *check(cy_doc *doc, cy_findings *findings)
{
  const cy_bks_own *own = doc->own;
  if (own && own->iterations < WEAK_ITERATIONS) {
    cy_finding *f = cy_finding_add(findings, CY_F_P12_WEAK, doc->place,
      "a guess at the password of the store costs %u iteration%s", own->iterations,
      own->iterations == 1 ? "" : "s");
    cy_finding_set_fix(
      findings, f, "Copy it into a store of today under a new password: causey cp %s NEW.p12", doc->place);
    cy_finding_evidence(findings, f, "iterations", "%u", own->iterations);
    return cy_findings_check(findings);
  }
  return cy_bks_check_keys(doc, findings);
}

static cy_err *describe(cy_doc *doc, cy_out *out)
{
  const cy_bks_own *own = doc->own;
  if (!own)
    return NULL;
  cy_out_int(out, "version", "Version", own->version);
  cy_out_strf(
    out, "encryption", "Encryption", "Twofish-256-CBC, PKCS#12 with SHA-1, %u iterations", own->iterations);
  cy_out_str(out, "integrity", "Integrity", "SHA-1 inside the encryption");
  cy_bks_describe_keys(doc, out);
  return NULL;
}

const cy_format cy_format_uber = {
  .id = "uber",
  .prefixes = "ubr",
  .title = "Bouncy Castle keystore (UBER)",
  .suffixes = "uber ubr",
  .caps = CY_CAN_KEYS | CY_CAN_TRUST | CY_CAN_SECRETS | CY_CAN_LABELS | CY_CAN_DATES |
          CY_CAN_KEY_PASSWORDS | CY_CAN_CHAINS | CY_NEEDS_LABELS | CY_NEEDS_PASSWORD | CY_HAS_PASSWORD,
  .detect = detect,
  .parse = parse,
  .check = check,
  .describe = describe,
};
