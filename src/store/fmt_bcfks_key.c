/* Keys in BCFKS stores: each is sealed under a password, as an EncryptedPrivateKeyInfo or what looks like
 * one. */
#include "base/der.h"
#include "crypto/codes.h"
#include "crypto/pkcs8.h"
#include "crypto/secret_key.h"
#include "store/codes.h"
#include "store/fmt_bcfks.h"

/* One derivation is some 50 000 iterations: what is not asked for is tried within these limits. */
enum { KEY_MAX = 1 << 24, WORK_FOR_SECRETS = 300000, WORK_FOR_EMPTY = 150000, WEAK_ITERATIONS = 1000 };

static cy_err *unseal(
  cy_buf *plain, cy_bcfks_purpose purpose, const cy_keybox *box, const cy_secret *password)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, box->sealed);
  cy_cur seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_span algid = cy_der_take_whole(&seq, CY_DER_SEQUENCE);
  cy_span sealed = cy_der_take(&seq, CY_DER_OCTET_STRING);
  cy_der_leave(&seq);
  cy_cur_end(&cur);
  CY_TRY(cy_parse_check_as(&parse, CY_E_KEY_MALFORMED, "a sealed key"));
  return cy_bcfks_decrypt(plain, purpose, algid, password, sealed);
}

static cy_err *open_private(const cy_keybox *box, const cy_secret *password, cy_secret **pkcs8)
{
  CY_CLEAN(cy_buf) plain = CY_BUF_SECRET(KEY_MAX);
  cy_pkcs8 parts;
  *pkcs8 = NULL;
  CY_TRY(unseal(&plain, CY_BCFKS_PRIVATE_KEY, box, password));
  CY_TRY(cy_pkcs8_parse(&parts, cy_buf_get(&plain)));
  return cy_secret_copy(pkcs8, cy_buf_get(&plain));
}

/* SecretKeyData ::= SEQUENCE { algorithm OBJECT IDENTIFIER, OCTET STRING } */
static cy_err *open_secret(const cy_keybox *box, const cy_secret *password, cy_secret **pkcs8)
{
  CY_CLEAN(cy_buf) plain = CY_BUF_SECRET(KEY_MAX);
  CY_CLEAN(cy_buf) dotted = CY_BUF_TEXT;
  cy_parse parse = {.lenient = true};
  *pkcs8 = NULL;
  CY_TRY(unseal(&plain, CY_BCFKS_SECRET_KEY, box, password));
  cy_cur cur = cy_cur_begin(&parse, cy_buf_get(&plain));
  cy_cur data = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_oid_format(&dotted, cy_der_take(&data, CY_DER_OID));
  cy_span raw = cy_der_take(&data, CY_DER_OCTET_STRING);
  cy_der_leave(&data);
  cy_cur_end(&cur);
  CY_TRY(cy_parse_check_as(&parse, CY_E_KEY_MALFORMED, "a secret key"));
  CY_TRY(cy_buf_check(&dotted));
  return cy_secret_key_make(pkcs8, cy_buf_get(&dotted), raw);
}

const cy_keybox_ops cy_bcfks_private_ops = {"BCFKS private key", open_private};
const cy_keybox_ops cy_bcfks_secret_ops = {"BCFKS secret key", open_secret};

uint64_t cy_bcfks_key_cost(const cy_keybox *box)
{
  cy_pbe_info info = {.kdf = CY_OID_UNKNOWN};
  CY_AUTO(cy_err) *err = box->ops ? cy_keybox_pbe(box, &info) : NULL;
  return !err && info.kdf == CY_OID_PBKDF2 ? info.iterations : 0;
}

/* Answers false for whatever is wrong with it but a lack of memory. */
static cy_err *opens(const cy_keybox *box, const cy_secret *password, cy_secret **pkcs8, bool *good)
{
  CY_AUTO(cy_err) *err = box->ops->open(box, password, pkcs8);
  *good = !err;
  return cy_err_is(err, CY_E_NO_MEMORY) ? cy_err_no_memory() : NULL;
}

static bool affordable(const cy_keybox *box, uint64_t *left)
{
  uint64_t cost = cy_bcfks_key_cost(box);
  if (cost == 0 || cost > *left)
    return false;
  *left -= cost;
  return true;
}

static cy_err *look_into(cy_doc *doc, cy_entry *entry)
{
  CY_AUTO(cy_secret) *pkcs8 = NULL;
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  cy_secret_key key;
  bool good;
  CY_TRY(opens(&entry->key, doc->password, &pkcs8, &good));
  if (!good)
    return NULL;
  CY_TRY(cy_secret_key_parse(&key, cy_secret_get(pkcs8)));
  cy_secret_key_name(&name, &key);
  CY_TRY(cy_buf_check(&name));
  entry->algorithm = cy_arena_str(&doc->arena, cy_buf_get(&name));
  return entry->algorithm ? NULL : cy_err_no_memory();
}

cy_err *cy_bcfks_look_into_secrets(cy_doc *doc)
{
  uint64_t left = WORK_FOR_SECRETS;
  for (size_t i = 0; i < doc->entry_count && left > 0; i++) {
    cy_entry *entry = doc->entries[i];
    if (entry->kind == CY_ENTRY_SECRET && affordable(&entry->key, &left))
      CY_TRY(look_into(doc, entry));
  }
  return NULL;
}

/* Findings. */

static cy_err *check_empty(cy_doc *doc, cy_findings *findings)
{
  uint64_t left = WORK_FOR_EMPTY;
  for (size_t i = 0; i < doc->entry_count && left > 0; i++) {
    const cy_entry *entry = doc->entries[i];
    CY_AUTO(cy_secret) *pkcs8 = NULL;
    bool empty;
    if (entry->deleted || !entry->has_key || !affordable(&entry->key, &left))
      continue;
    CY_TRY(opens(&entry->key, NULL, &pkcs8, &empty));
    if (empty)
      CY_TRY(
        cy_doc_key_unprotected(doc, entry, findings, "protects it no further than the store", CY_NOTICE));
  }
  return NULL;
}

static uint64_t lowest_cost(const cy_doc *doc)
{
  uint64_t lowest = 0;
  for (size_t i = 0; i < doc->entry_count; i++) {
    uint64_t cost = doc->entries[i]->deleted ? 0 : cy_bcfks_key_cost(&doc->entries[i]->key);
    if (cost && (!lowest || cost < lowest))
      lowest = cost;
  }
  return lowest;
}

cy_err *cy_bcfks_check_keys(cy_doc *doc, cy_findings *findings)
{
  uint64_t lowest = lowest_cost(doc);
  if (lowest && lowest < WEAK_ITERATIONS) {
    cy_finding *f = cy_finding_add(findings, CY_F_P12_WEAK, doc->place,
      "a guess at the password of a key costs %llu iteration%s", (unsigned long long)lowest,
      lowest == 1 ? "" : "s");
    cy_finding_set_fix(
      findings, f, "Copy it into a store of today under a new password: causey cp %s NEW.p12", doc->place);
    cy_finding_evidence(findings, f, "iterations", "%llu", (unsigned long long)lowest);
  }
  CY_TRY(check_empty(doc, findings));
  return cy_findings_check(findings);
}
