/* Private keys, wherever they live; and those that live here. */
#include "crypto/key.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdatomic.h>

#include "base/mem.h"
#include "crypto/codes.h"
#include "crypto/key_evp.h"
#include "crypto/lib.h"
#include "crypto/pkcs8.h"

struct cy_key {
  atomic_uint refs;
  const cy_key_ops *ops;
  void *self;
};

cy_err *cy_key_new(cy_key **out, const cy_key_ops *ops, void *self)
{
  *out = NULL;
  cy_key *key = cy_malloc(sizeof *key);
  if (!key) {
    ops->free(self);
    return cy_err_no_memory();
  }
  atomic_init(&key->refs, 1);
  key->ops = ops;
  key->self = self;
  *out = key;
  return NULL;
}

cy_key *cy_key_ref(cy_key *key)
{
  if (key)
    atomic_fetch_add_explicit(&key->refs, 1, memory_order_relaxed);
  return key;
}

void cy_key_free(cy_key *key)
{
  if (!key || atomic_fetch_sub_explicit(&key->refs, 1, memory_order_acq_rel) != 1)
    return;
  key->ops->free(key->self);
  cy_free(key);
}

const char *cy_key_where(const cy_key *key)
{
  return key->ops->where;
}

cy_err *cy_key_spki(const cy_key *key, cy_buf *spki)
{
  return key->ops->spki(key->self, spki);
}

cy_err *cy_key_sign(const cy_key *key, const cy_sign_how *how, cy_span data, cy_buf *signature)
{
  return key->ops->sign(key->self, how, data, signature);
}

cy_err *cy_key_decrypt(const cy_key *key, cy_span ciphertext, cy_secret **plain)
{
  *plain = NULL;
  if (!key->ops->decrypt)
    return cy_err_new(CY_E_CRYPTO_UNSUPPORTED, "a key that does not decrypt");
  return key->ops->decrypt(key->self, ciphertext, plain);
}

cy_err *cy_key_export(const cy_key *key, cy_secret **pkcs8)
{
  *pkcs8 = NULL;
  if (!key->ops->export_pkcs8)
    return cy_err_new(CY_E_KEY_NOT_EXPORTABLE, "the key stays where it is (%s)", key->ops->where);
  return key->ops->export_pkcs8(key->self, pkcs8);
}

/* Software keys. */

typedef struct {
  EVP_PKEY *pkey;
  cy_secret *pkcs8;
  cy_buf spki;
} soft;

static void soft_free(void *self)
{
  soft *s = self;
  EVP_PKEY_free(s->pkey);
  cy_secret_free(s->pkcs8);
  cy_buf_clear(&s->spki);
  cy_free(s);
}

static cy_err *soft_spki(void *self, cy_buf *out)
{
  const soft *s = self;
  cy_buf_span(out, cy_buf_get(&s->spki));
  return cy_buf_check(out);
}

static bool without_digest(EVP_PKEY *pkey)
{
  return EVP_PKEY_is_a(pkey, "ED25519") || EVP_PKEY_is_a(pkey, "ED448");
}

static bool set_padding(EVP_PKEY_CTX *ctx, EVP_PKEY *pkey, const cy_sign_how *how)
{
  bool pss = EVP_PKEY_is_a(pkey, "RSA-PSS") || (how->pss && EVP_PKEY_is_a(pkey, "RSA"));
  return !pss || (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
                   EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1);
}

static bool sign_into(EVP_MD_CTX *ctx, cy_span data, cy_buf *signature)
{
  static const uint8_t nothing[1];
  const uint8_t *d = data.data ? data.data : nothing;
  size_t len = 0;
  if (EVP_DigestSign(ctx, NULL, &len, d, data.len) != 1)
    return false;
  uint8_t *to = cy_buf_reserve(signature, len);
  if (to && EVP_DigestSign(ctx, to, &len, d, data.len) != 1)
    return false;
  signature->len += to ? len : 0;
  return true;
}

static cy_err *soft_sign(void *self, const cy_sign_how *how, cy_span data, cy_buf *signature)
{
  const soft *s = self;
  OSSL_LIB_CTX *lib;
  CY_TRY(cy_lib_ctx(&lib));
  EVP_PKEY_CTX *key_ctx = NULL;
  EVP_MD_CTX *ctx = EVP_MD_CTX_new();
  const char *md = without_digest(s->pkey) ? NULL : cy_digest_name(how->digest);
  bool done = ctx && EVP_DigestSignInit_ex(ctx, &key_ctx, md, lib, NULL, s->pkey, NULL) == 1 &&
              set_padding(key_ctx, s->pkey, how) && sign_into(ctx, data, signature);
  EVP_MD_CTX_free(ctx);
  if (!done)
    return cy_err_openssl(CY_E_CRYPTO_FAILED, "a signature with a key of type %s and %s",
      EVP_PKEY_get0_type_name(s->pkey), md ? md : "no digest");
  return cy_buf_check(signature);
}

/* RSA with PKCS#1 v1.5 padding, as CMS recipients have it. */
static cy_err *soft_decrypt(void *self, cy_span ciphertext, cy_secret **plain)
{
  const soft *s = self;
  CY_AUTO(cy_secret) *result = NULL;
  OSSL_LIB_CTX *lib;
  CY_TRY(cy_lib_ctx(&lib));
  size_t len = (size_t)EVP_PKEY_get_size(s->pkey);
  CY_TRY(cy_secret_new(&result, len));
  EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(lib, s->pkey, NULL);
  bool done = ctx && EVP_PKEY_decrypt_init(ctx) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
              EVP_PKEY_decrypt(ctx, result->data, &len, ciphertext.data, ciphertext.len) == 1;
  EVP_PKEY_CTX_free(ctx);
  if (!done)
    return cy_err_openssl(CY_E_CRYPTO_FAILED, "decryption with a key of type %s",
      EVP_PKEY_get0_type_name(s->pkey));
  result->len = len;
  *plain = result;
  result = NULL;
  return NULL;
}

static cy_err *soft_export(void *self, cy_secret **pkcs8)
{
  const soft *s = self;
  return cy_secret_copy(pkcs8, cy_secret_get(s->pkcs8));
}

static const cy_key_ops soft_ops = {"software", soft_spki, soft_sign, soft_decrypt, soft_export, soft_free};

static cy_err *soft_fill(soft *s, cy_span pkcs8)
{
  cy_pkcs8 parts;
  CY_TRY(cy_pkcs8_parse(&parts, pkcs8));
  CY_TRY(cy_evp_private(&s->pkey, &parts));
  CY_TRY(cy_pkcs8_public(&s->spki, pkcs8));
  return cy_secret_copy(&s->pkcs8, pkcs8);
}

cy_err *cy_key_from_pkcs8(cy_key **out, cy_span pkcs8)
{
  *out = NULL;
  soft *s = cy_malloc(sizeof *s);
  CY_TRY_ALLOC(s);
  s->spki = CY_BUF_TEXT;
  cy_err *err = soft_fill(s, pkcs8);
  if (err) {
    soft_free(s);
    return err;
  }
  return cy_key_new(out, &soft_ops, s);
}
