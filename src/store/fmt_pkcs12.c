/* PKCS#12: the format's constant, reading with passwords, findings and what `show` says of a file. */
#include "store/fmt_pkcs12.h"

#include "base/mem.h"
#include "crypto/codes.h"
#include "store/codes.h"

enum { WEAK_ITERATIONS = 1000 };

/* PFX begins SEQUENCE, INTEGER 3, SEQUENCE, pkcs7-data or signedData; lengths may be of any form. */
static int detect(cy_span head, const char *name)
{
  static const uint8_t version[] = {CY_DER_INTEGER, 1, 3};
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, head);
  (void)name;
  if (!cy_der_skip_head(&cur))
    return 0;
  cy_span three = cy_cur_take(&cur, sizeof version);
  if (!cy_span_equal(three, cy_span_of(version, sizeof version)) || !cy_der_skip_head(&cur))
    return 0;
  cy_oid oid = cy_oid_find(cy_der_take(&cur, CY_DER_OID));
  return oid == CY_OID_P7_DATA || oid == CY_OID_P7_SIGNED ? 100 : 0;
}

static cy_err *open_with(cy_doc *doc, const cy_secret *password, void *arg)
{
  (void)doc;
  return cy_p12_open(arg, password);
}

/* Nobody gave a password: perhaps none is needed, and what is in clear can be listed anyway. */
static cy_err *open_without(cy_doc *doc, cy_p12 *p12, cy_err *needed)
{
  cy_err *err = cy_p12_open(p12, NULL);
  if (!err) {
    cy_err_free(needed);
    doc->password_unneeded = true;
    doc->password_known = true;
    return cy_secret_copy(&doc->password, CY_SPAN_NONE);
  }
  bool wrong = cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD);
  cy_err_free(wrong ? err : needed);
  if (!wrong)
    return err;
  if (cy_p12_has_encrypted(p12))
    return needed;
  cy_err_free(needed);
  doc->mac_unchecked = true;
  return NULL;
}

static cy_err *unlock(cy_doc *doc, cy_p12 *p12, cy_ask *ask)
{
  if (!p12->mac.present && !cy_p12_has_encrypted(p12)) {
    doc->password_unneeded = true;
    return NULL;
  }
  if (p12->mac.iterations > CY_MAX_KDF_ITERATIONS)
    return cy_err_new(CY_E_CRYPTO_COST, "PKCS#12: its integrity check asks for %llu iterations",
      (unsigned long long)p12->mac.iterations);
  cy_err *err = cy_doc_unlock(doc, ask, open_with, p12);
  return err && cy_err_is(err, CY_E_STORE_PASSWORD_NEEDED) ? open_without(doc, p12, err) : err;
}

static cy_err *parse(cy_doc *doc, cy_ask *ask)
{
  cy_p12 *p12 = cy_malloc(sizeof *p12);
  CY_TRY_ALLOC(p12);
  doc->own = p12;
  doc->own_free = cy_p12_free;
  CY_TRY(cy_p12_read(p12, cy_image_bytes(doc->image)));
  CY_TRY(unlock(doc, p12, ask));
  if (cy_p12_has_encrypted(p12))
    CY_TRY(cy_p12_read_bags(p12));
  CY_TRY(cy_p12_pair(p12));
  return cy_p12_entries(doc, p12);
}

/* Findings. */

static void check_java(cy_doc *doc, cy_findings *findings)
{
  size_t certs = 0;
  for (size_t i = 0; i < doc->entry_count; i++) {
    const cy_entry *entry = doc->entries[i];
    if (!entry->deleted && (entry->has_key || entry->kind == CY_ENTRY_TRUSTED))
      return;
    certs += !entry->deleted && entry->kind == CY_ENTRY_CERTIFICATE;
  }
  if (!certs)
    return;
  cy_finding *f = cy_finding_add(findings, CY_F_STORE_NO_JAVA_TRUST, doc->place,
    "%zu certificate%s and no private key, and none of the certificates is marked as trusted", certs,
    certs == 1 ? "" : "s");
  cy_finding_set_fix(findings, f, "Write one that Java reads: causey cp --for java %s NEW.p12", doc->place);
  cy_finding_evidence(findings, f, "certificates", "%zu", certs);
}

/* The weakest way to a private key in the file. */
typedef struct {
  cy_buf old;      /* the first algorithm that is broken */
  uint64_t lowest; /* iterations */
  bool keys;
} strength;

static void weigh(strength *s, cy_err *err, const cy_pbe_info *info)
{
  if (err) {
    cy_err_free(err);
    return;
  }
  if (info->kdf != CY_OID_SCRYPT && info->iterations < s->lowest)
    s->lowest = info->iterations;
  if (info->legacy && !s->old.len)
    cy_pbe_format(&s->old, info);
}

static void weigh_all(strength *s, const cy_p12 *p12)
{
  cy_pbe_info info;
  if (p12->mac.present)
    s->lowest = p12->mac.iterations;
  for (size_t i = 0; i < p12->safe_count; i++)
    if (p12->safes[i].encrypted)
      weigh(s, cy_pbe_describe(&info, p12->safes[i].algid), &info);
  for (size_t i = 0; i < p12->bag_count; i++) {
    s->keys = s->keys || p12->bags[i].kind == CY_P12_SHROUDED;
    if (p12->bags[i].kind == CY_P12_SHROUDED)
      weigh(s, cy_p12_sealed_info(&info, p12->bags[i].value), &info);
  }
}

static void check_strength(cy_doc *doc, const cy_p12 *p12, cy_findings *findings)
{
  CY_CLEAN(cy_buf) what = CY_BUF_TEXT;
  strength s = {CY_BUF_TEXT, UINT64_MAX, false};
  weigh_all(&s, p12);
  if (s.keys && (s.old.len || s.lowest < WEAK_ITERATIONS)) {
    if (s.old.len)
      cy_buf_printf(&what, "sealed by %s", cy_buf_cstr(&s.old));
    if (s.lowest < WEAK_ITERATIONS)
      cy_buf_printf(&what, "%sa guess at the password costs %llu iteration%s", s.old.len ? "; " : "",
        (unsigned long long)s.lowest, s.lowest == 1 ? "" : "s");
    cy_finding *f = cy_finding_add(findings, CY_F_P12_WEAK, doc->place, "%s", cy_buf_cstr(&what));
    cy_finding_evidence(findings, f, "protection", "%s", cy_buf_cstr(&what));
  }
  cy_buf_clear(&s.old);
}

static cy_err *check(cy_doc *doc, cy_findings *findings)
{
  const cy_p12 *p12 = doc->own;
  check_java(doc, findings);
  if (!p12)
    return NULL;
  check_strength(doc, p12, findings);
  if (!p12->mac.present && p12->bag_count)
    cy_finding_add(findings, CY_F_P12_NO_MAC, doc->place, "the file has no integrity check");
  return NULL;
}

/* What the file is like. */

static void describe_mac(const cy_p12_mac *mac, cy_out *out)
{
  if (!mac->present) {
    cy_out_str(out, "mac", "Integrity", "none");
    return;
  }
  const char *digest = mac->digest == CY_DIGESTS ? "unknown digest" : cy_digest_name(mac->digest);
  cy_out_strf(out, "mac", "Integrity", "%sHMAC-%s, %llu iteration%s", mac->pbmac1 ? "PBMAC1 " : "", digest,
    (unsigned long long)mac->iterations, mac->iterations == 1 ? "" : "s");
}

static cy_err *describe_safe(const cy_p12_safe *safe, cy_out *out)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  cy_pbe_info info;
  if (safe->encrypted) {
    CY_TRY(cy_pbe_describe(&info, safe->algid));
    cy_pbe_format(&text, &info);
  } else {
    cy_buf_str(&text, "in clear");
  }
  cy_buf_printf(&text, ", %zu bag%s", safe->end - safe->first, safe->end - safe->first == 1 ? "" : "s");
  CY_TRY(cy_buf_check(&text));
  cy_out_str(out, NULL, "", cy_buf_cstr(&text));
  return NULL;
}

/* How the keys are sealed: the first stands for all that are sealed alike. */
static cy_err *describe_keys(const cy_p12 *p12, cy_out *out)
{
  CY_CLEAN(cy_buf) last = CY_BUF_TEXT;
  for (size_t i = 0; i < p12->bag_count; i++) {
    CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
    cy_pbe_info info;
    if (p12->bags[i].kind != CY_P12_SHROUDED)
      continue;
    CY_TRY(cy_p12_sealed_info(&info, p12->bags[i].value));
    cy_pbe_format(&text, &info);
    CY_TRY(cy_buf_check(&text));
    if (cy_span_equal(cy_buf_get(&text), cy_buf_get(&last)))
      continue;
    cy_out_str(out, NULL, "", cy_buf_cstr(&text));
    cy_buf_reset(&last);
    cy_buf_span(&last, cy_buf_get(&text));
  }
  return cy_buf_check(&last);
}

static cy_err *describe(cy_doc *doc, cy_out *out)
{
  const cy_p12 *p12 = doc->own;
  if (!p12)
    return NULL;
  describe_mac(&p12->mac, out);
  cy_out_list(out, "safes", "Safes");
  for (size_t i = 0; i < p12->safe_count; i++)
    CY_TRY(describe_safe(&p12->safes[i], out));
  cy_out_list_end(out);
  cy_out_list(out, "keys", "Keys");
  CY_TRY(describe_keys(p12, out));
  cy_out_list_end(out);
  return NULL;
}

static void losses(const cy_entry *entry, cy_lose *lose, void *arg)
{
  if (!entry->has_key && entry->kind != CY_ENTRY_SECRET && entry->date != CY_TIME_NONE)
    lose(arg, "date", "the date (PKCS#12 keeps it for keys only)");
}

const cy_format cy_format_pkcs12 = {
  .id = "p12",
  .prefixes = "pkcs12 pfx",
  .title = "PKCS#12",
  .suffixes = "p12 pfx pkcs12",
  .caps = CY_CAN_KEYS | CY_CAN_LONE_KEYS | CY_CAN_CERTS | CY_CAN_TRUST | CY_CAN_CRLS | CY_CAN_SECRETS |
          CY_CAN_LABELS | CY_CAN_IDS | CY_CAN_DATES | CY_CAN_ATTRS | CY_CAN_CHAINS | CY_CAN_WRITE |
          CY_HAS_PASSWORD | CY_CAN_STASH,
  .detect = detect,
  .parse = parse,
  .serialise = cy_p12_serialise,
  .check = check,
  .describe = describe,
  .losses = losses,
  .unfit = cy_p12_unfit,
};
