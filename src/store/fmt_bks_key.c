/* Keys in Bouncy Castle's keystores: in clear, and sealed under PKCS#12's triple DES. */
#include "base/mem.h"
#include "base/text.h"
#include "crypto/codes.h"
#include "crypto/lib.h"
#include "crypto/pkcs8.h"
#include "crypto/secret_key.h"
#include "store/codes.h"
#include "store/fmt_bks.h"
#include "store/java_data.h"

enum { KEYS_TRIED = 8, WEAK_ITERATIONS = 1000, MAX_SALT = 1024, CHEAP = 10000 };

void cy_bks_read_key(cy_bks_key *key, cy_cur *cur)
{
  uint8_t kind = cy_cur_u8(cur);
  *key = (cy_bks_key){.kind = CY_BKS_SECRET};
  if (kind > CY_BKS_SECRET)
    cy_cur_fail(cur, "a key is neither private nor public nor secret");
  else
    key->kind = kind;
  key->format = cy_java_data_utf(cur);
  key->algorithm = cy_java_data_utf(cur);
  key->bytes = cy_cur_take(cur, cy_cur_u32(cur));
}

static bool has_format(const cy_bks_key *key, const char *name, const char *other)
{
  return cy_span_equal(key->format, cy_span_str(name)) || cy_span_equal(key->format, cy_span_str(other));
}

/* Of a private key only what PKCS#8 looks like counts: after a wrong password the padding may be right by
 * chance. */
static cy_err *export_private(cy_secret **pkcs8, const cy_bks_key *key)
{
  cy_pkcs8 parts;
  if (!has_format(key, "PKCS#8", "PKCS8"))
    return cy_err_new(CY_E_KEY_MALFORMED, "a private key is not in the form of PKCS#8");
  CY_TRY(cy_pkcs8_parse(&parts, key->bytes));
  return cy_secret_copy(pkcs8, key->bytes);
}

static cy_err *export_secret(cy_secret **pkcs8, const cy_bks_key *key)
{
  if (!has_format(key, "RAW", "RAW"))
    return cy_err_new(CY_E_KEY_MALFORMED, "a secret key is not stored as its octets");
  return cy_secret_key_make(pkcs8, key->algorithm, key->bytes);
}

cy_err *cy_bks_key_export(cy_secret **pkcs8, const cy_bks_key *key)
{
  switch (key->kind) {
  case CY_BKS_PRIVATE:
    return export_private(pkcs8, key);
  case CY_BKS_SECRET:
    return export_secret(pkcs8, key);
  default:
    return cy_err_new(CY_E_STORE_PUBLIC_ONLY, "what is stored here is a public key, not a private one");
  }
}

static cy_err *export_encoded(cy_secret **pkcs8, cy_span encoded)
{
  cy_parse parse = {0};
  cy_bks_key key;
  cy_cur cur = cy_cur_begin(&parse, encoded);
  cy_bks_read_key(&key, &cur);
  cy_cur_end(&cur);
  CY_TRY(cy_parse_check_as(&parse, CY_E_KEY_MALFORMED, "a key of Bouncy Castle's"));
  return cy_bks_key_export(pkcs8, &key);
}

cy_err *cy_bks_blob_parse(cy_bks_blob *out, cy_span blob)
{
  cy_parse parse = {0};
  cy_cur cur = cy_cur_begin(&parse, blob);
  uint32_t salt = cy_cur_u32(&cur);
  if (salt == 0 || salt > MAX_SALT)
    cy_cur_fail(&cur, "its salt is empty or longer than 1024 octets");
  out->salt = cy_cur_take(&cur, salt);
  out->iterations = cy_cur_u32(&cur);
  out->sealed = cy_cur_rest(&cur);
  return cy_parse_check_as(&parse, CY_E_KEY_MALFORMED, "a sealed key");
}

bool cy_bks_is_cheap(cy_span blob)
{
  cy_bks_blob parts;
  CY_AUTO(cy_err) *err = cy_bks_blob_parse(&parts, blob);
  return !err && parts.iterations <= CHEAP;
}

/* The kind and the format at its beginning say whether it came out right. */
static bool looks_like_key(cy_span encoded)
{
  cy_parse parse = {0};
  cy_bks_key key;
  cy_cur cur = cy_cur_begin(&parse, encoded);
  cy_bks_read_key(&key, &cur);
  cy_cur_end(&cur);
  return cy_cur_ok(&cur) && cy_utf8_valid(key.format) && cy_utf8_valid(key.algorithm);
}

cy_err *cy_bks_unseal(cy_secret **encoded, cy_span blob, const cy_secret *password)
{
  CY_AUTO(cy_secret) *plain = NULL;
  cy_bks_blob parts;
  *encoded = NULL;
  CY_TRY(cy_bks_blob_parse(&parts, blob));
  CY_TRY(cy_pbe_decrypt_as(
    &plain, CY_OID_PBE12_3DES, parts.salt, parts.iterations, cy_bks_password(password), parts.sealed));
  if (!looks_like_key(cy_secret_get(plain)))
    return cy_err_new(CY_E_CRYPTO_WRONG_PASSWORD, "what comes out of the decryption is no key");
  *encoded = plain;
  plain = NULL;
  return NULL;
}

cy_err *cy_bks_seal(cy_buf *blob, cy_span encoded, const cy_secret *password, uint32_t iterations)
{
  uint8_t salt[CY_BKS_SALT];
  CY_TRY(cy_random(salt, sizeof salt));
  cy_buf_u32(blob, sizeof salt);
  cy_buf_put(blob, salt, sizeof salt);
  cy_buf_u32(blob, iterations);
  return cy_pbe_encrypt_as(
    blob, CY_OID_PBE12_3DES, cy_span_of(salt, sizeof salt), iterations, cy_bks_password(password), encoded);
}

static cy_err *open_sealed(const cy_keybox *box, const cy_secret *password, cy_secret **pkcs8)
{
  CY_AUTO(cy_secret) *encoded = NULL;
  *pkcs8 = NULL;
  CY_TRY(cy_bks_unseal(&encoded, box->sealed, password));
  return export_encoded(pkcs8, cy_secret_get(encoded));
}

static cy_err *open_clear(const cy_keybox *box, const cy_secret *password, cy_secret **pkcs8)
{
  (void)password;
  *pkcs8 = NULL;
  return export_encoded(pkcs8, box->sealed);
}

const cy_keybox_ops cy_bks_sealed_ops = {"Bouncy Castle's sealed key (PKCS#12's triple DES)", open_sealed};
const cy_keybox_ops cy_bks_clear_ops = {"key in clear", open_clear};

/* Answers false for whatever is wrong with it but a lack of memory. */
static cy_err *opens(cy_span blob, const cy_secret *password, bool *good)
{
  CY_AUTO(cy_secret) *encoded = NULL;
  CY_AUTO(cy_err) *err = cy_bks_unseal(&encoded, blob, password);
  *good = !err;
  return cy_err_is(err, CY_E_NO_MEMORY) ? cy_err_no_memory() : NULL;
}

cy_err *cy_bks_try_keys(const cy_doc *doc, const cy_secret *password, size_t *keys, size_t *opened)
{
  *keys = *opened = 0;
  for (size_t i = 0; i < doc->entry_count && *keys < KEYS_TRIED; i++) {
    bool good;
    if (!doc->entries[i]->key.encrypted || !cy_bks_is_cheap(doc->entries[i]->key.sealed))
      continue;
    CY_TRY(opens(doc->entries[i]->key.sealed, password, &good));
    ++*keys;
    *opened += good;
  }
  return NULL;
}

/* Findings. */

/* setKeyEntry without a password seals under the empty one. */
static cy_err *check_empty(cy_doc *doc, cy_findings *findings)
{
  size_t tried = 0;
  for (size_t i = 0; i < doc->entry_count && tried < KEYS_TRIED; i++) {
    const cy_entry *entry = doc->entries[i];
    bool empty;
    if (entry->deleted || !entry->has_key || entry->key.ops != &cy_bks_sealed_ops ||
        !cy_bks_is_cheap(entry->key.sealed))
      continue;
    tried++;
    CY_TRY(opens(entry->key.sealed, NULL, &empty));
    if (empty)
      CY_TRY(cy_doc_key_unprotected(doc, entry, findings, "is no protection", CY_WARNING));
  }
  return NULL;
}

/* The lowest count of all sealed keys; 0: there are none. */
static uint32_t lowest_count(const cy_doc *doc)
{
  uint32_t lowest = UINT32_MAX;
  for (size_t i = 0; i < doc->entry_count; i++) {
    const cy_entry *entry = doc->entries[i];
    cy_bks_blob parts;
    if (entry->deleted || entry->key.ops != &cy_bks_sealed_ops)
      continue;
    CY_AUTO(cy_err) *err = cy_bks_blob_parse(&parts, entry->key.sealed);
    if (!err && parts.iterations < lowest)
      lowest = parts.iterations;
  }
  return lowest == UINT32_MAX ? 0 : lowest;
}

cy_err *cy_bks_check_keys(cy_doc *doc, cy_findings *findings)
{
  uint32_t lowest = lowest_count(doc);
  if (lowest && lowest < WEAK_ITERATIONS) {
    cy_finding *f = cy_finding_add(findings, CY_F_P12_WEAK, doc->place,
      "keys are sealed by triple DES, and a guess at their password costs %u iteration%s", lowest,
      lowest == 1 ? "" : "s");
    cy_finding_set_fix(
      findings, f, "Copy it into a store of today under a new password: causey cp %s NEW.p12", doc->place);
    cy_finding_evidence(findings, f, "iterations", "%u", lowest);
  }
  CY_TRY(check_empty(doc, findings));
  return cy_findings_check(findings);
}

void cy_bks_describe_keys(const cy_doc *doc, cy_out *out)
{
  uint32_t lowest = lowest_count(doc);
  if (lowest)
    cy_out_strf(out, "key_protection", "Key protection",
      "PKCS#12 with SHA-1 and triple DES, %u iterations or more", lowest);
}
