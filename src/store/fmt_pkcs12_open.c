/* Opening PKCS#12: the MAC, the encrypted safes, and telling a wrong password from damage (trap A15). */
#include "base/mem.h"
#include "crypto/codes.h"
#include "store/codes.h"
#include "store/fmt_pkcs12.h"

static const cy_secret empty_password = {(uint8_t *)"", 0, 0};

static bool is_wrong(const cy_err *err)
{
  return err && cy_err_is(err, CY_E_CRYPTO_WRONG_PASSWORD);
}

/* PKCS#12's own derivation tells the absent password from the empty one, and products differ in
 * which of them "no password" is: the other one stands in for the first. */
static const cy_secret *other_empty(const cy_secret *password)
{
  return password ? NULL : &empty_password;
}

static bool has_other(const cy_secret *password)
{
  return !password || password->len == 0;
}

/* What comes out must be DER: one padding in 256 is right by chance. */
static cy_err *as_sequence(cy_err *err, cy_secret **plain)
{
  if (!err && !cy_p12_is_sequence(cy_secret_get(*plain))) {
    cy_secret_free(*plain);
    *plain = NULL;
    return cy_err_new(CY_E_CRYPTO_WRONG_PASSWORD, "what the password opens is not what was sealed");
  }
  return err;
}

static cy_err *unseal(cy_secret **plain, const cy_p12_safe *safe, const cy_secret *password)
{
  cy_err *err = as_sequence(cy_pbe_decrypt(plain, safe->algid, password, safe->sealed), plain);
  if (!is_wrong(err) || !has_other(password))
    return err;
  cy_err_free(err);
  return as_sequence(cy_pbe_decrypt(plain, safe->algid, other_empty(password), safe->sealed), plain);
}

cy_err *cy_p12_unseal_key(cy_secret **pkcs8, cy_span sealed, const cy_secret *password)
{
  cy_err *err = as_sequence(cy_pkcs8_unseal(pkcs8, sealed, password), pkcs8);
  if (!is_wrong(err) || !has_other(password))
    return err;
  cy_err_free(err);
  return as_sequence(cy_pkcs8_unseal(pkcs8, sealed, other_empty(password)), pkcs8);
}

static cy_err *mac_fits(bool *fits, const cy_p12 *p12, const cy_secret *password)
{
  const cy_p12_mac *mac = &p12->mac;
  cy_digest digest;
  if (mac->pbmac1)
    CY_TRY(cy_pbmac1_compute(&digest, mac->algid, password, p12->auth_safe));
  else
    CY_TRY(cy_pkcs12_mac(&digest, mac->digest, password, mac->salt, mac->iterations, p12->auth_safe));
  *fits = cy_secret_equal(cy_digest_get(&digest), mac->value);
  return NULL;
}

static cy_err *check_mac(bool *fits, cy_p12 *p12, const cy_secret *password)
{
  *fits = true;
  if (!p12->mac.present)
    return NULL;
  if (p12->mac.digest == CY_DIGESTS)
    return cy_err_new(CY_E_CRYPTO_UNSUPPORTED, "PKCS#12: an integrity check by an unknown algorithm");
  p12->absent = !password;
  CY_TRY_AS(mac_fits(fits, p12, password), CY_E_STORE_STEP, "checking the integrity of the file");
  if (*fits || !has_other(password))
    return NULL;
  p12->absent = !p12->absent;
  return mac_fits(fits, p12, other_empty(password));
}

typedef struct {
  size_t opened;
  size_t failed; /* number of the first that did not open, from 1 */
} outcome;

static cy_err *open_safes(outcome *o, cy_p12 *p12, const cy_secret *password)
{
  for (size_t i = 0; i < p12->safe_count; i++) {
    cy_p12_safe *safe = &p12->safes[i];
    if (!safe->encrypted)
      continue;
    cy_secret_free(safe->plain);
    safe->plain = NULL;
    cy_err *err = unseal(&safe->plain, safe, password);
    if (err && !is_wrong(err))
      return cy_err_wrap(err, CY_E_STORE_STEP, "opening safe %zu", i + 1);
    cy_err_free(err);
    safe->content = cy_secret_get(safe->plain);
    o->opened += safe->plain != NULL;
    if (!safe->plain && !o->failed)
      o->failed = i + 1;
    if (!p12->mac.present && o->failed && !o->opened)
      return NULL; /* wrong; the others would only cost time */
  }
  return NULL;
}

/* With nothing encrypted but keys, one of them tells. */
static bool opens_a_key(const cy_p12 *p12, const cy_secret *password)
{
  for (size_t i = 0; i < p12->bag_count; i++) {
    if (p12->bags[i].kind != CY_P12_SHROUDED)
      continue;
    CY_AUTO(cy_secret) *plain = NULL;
    CY_AUTO(cy_err) *err = cy_p12_unseal_key(&plain, p12->bags[i].value, password);
    return !err;
  }
  return false;
}

static cy_err *verdict(const cy_p12 *p12, const cy_secret *password, bool fits, const outcome *o)
{
  if (fits && !o->failed)
    return NULL;
  if (fits && p12->mac.present)
    return cy_err_hint(
      cy_err_new(CY_E_STORE_DAMAGED,
        "the password fits the file's integrity check, but safe %zu does not open with it", o->failed),
      "If it was written with two passwords (openssl pkcs12 -twopass), have it written again with one; "
      "else get it again from where it was made.");
  if (!fits && (o->opened || opens_a_key(p12, password)))
    return cy_err_new(CY_E_STORE_DAMAGED,
      "the password opens the content, but the integrity check fails: the file was changed meanwhile");
  if (!fits)
    return cy_err_new(CY_E_CRYPTO_WRONG_PASSWORD,
      "the integrity check fails: the password is wrong, or (less likely) the file is damaged");
  if (o->opened)
    return cy_err_new(CY_E_STORE_DAMAGED, "the password opens one safe, but not safe %zu", o->failed);
  return cy_err_new(CY_E_CRYPTO_WRONG_PASSWORD, "it does not decrypt; without an integrity check in the "
                                                "file, a wrong password and damage look the same");
}

cy_err *cy_p12_open(cy_p12 *p12, const cy_secret *password)
{
  bool fits;
  outcome o = {0};
  CY_TRY(check_mac(&fits, p12, password));
  CY_TRY(open_safes(&o, p12, password));
  CY_TRY(verdict(p12, password, fits, &o));
  if (!p12->mac.present)
    p12->absent = !password;
  cy_secret_free(p12->password);
  p12->password = NULL;
  CY_TRY(cy_secret_copy(&p12->password, password ? cy_secret_get(password) : CY_SPAN_NONE));
  p12->opened = true;
  return NULL;
}

cy_err *cy_p12_sealed_info(cy_pbe_info *out, cy_span sealed)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, sealed);
  cy_cur box = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_span algid = cy_der_take_whole(&box, CY_DER_SEQUENCE);
  CY_TRY(cy_parse_check_as(&parse, CY_E_STORE_DAMAGED, "sealed key"));
  return cy_pbe_describe(out, algid);
}

uint64_t cy_p12_cost(const cy_p12 *p12)
{
  uint64_t cost = p12->mac.present ? p12->mac.iterations : 0;
  for (size_t i = 0; i < p12->safe_count; i++) {
    cy_pbe_info info = {.iterations = 0};
    cy_err_free(p12->safes[i].encrypted ? cy_pbe_describe(&info, p12->safes[i].algid) : NULL);
    cost += info.iterations;
  }
  for (size_t i = 0; i < p12->bag_count; i++) {
    cy_pbe_info info = {.iterations = 0};
    cy_span sealed = p12->bags[i].value;
    bool is_secret = p12->bags[i].kind == CY_P12_SECRET && cy_p12_secret_box(sealed, &sealed);
    if (p12->bags[i].kind != CY_P12_SHROUDED && !is_secret)
      continue;
    cy_err_free(cy_p12_sealed_info(&info, sealed));
    cost += info.iterations;
  }
  return cost;
}
