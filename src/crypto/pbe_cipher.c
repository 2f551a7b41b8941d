/* One run of a cipher over bytes that are all there. */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "crypto/codes.h"
#include "crypto/lib.h"
#include "crypto/pbe_plan.h"

static cy_err *fetch(EVP_CIPHER **out, const cy_pbe_cipher *cipher)
{
  OSSL_LIB_CTX *lib;
  CY_TRY(cipher->legacy ? cy_lib_legacy_ctx(&lib) : cy_lib_ctx(&lib));
  *out = EVP_CIPHER_fetch(lib, cipher->name, NULL);
  if (!*out)
    return cy_err_openssl(CY_E_CRYPTO_UNAVAILABLE, "no cipher %s", cipher->name);
  return NULL;
}

/* Sizes before the key: both RC2 and RC4 take keys of many. CCM wants its tag then, too. */
static bool set_up(EVP_CIPHER_CTX *ctx, EVP_CIPHER *cipher, bool encrypt, const cy_pbe_mode *mode,
  const cy_pbe_keys *keys, cy_span tag)
{
  size_t key_len = mode->key_len, rc2_bits = mode->rc2_bits, iv_len = keys->iv_len, n = 0;
  OSSL_PARAM params[5];
  if (!mode->cipher->key_len)
    params[n++] = OSSL_PARAM_construct_size_t(OSSL_CIPHER_PARAM_KEYLEN, &key_len);
  if (rc2_bits)
    params[n++] = OSSL_PARAM_construct_size_t(OSSL_CIPHER_PARAM_RC2_KEYBITS, &rc2_bits);
  if (mode->cipher->aead)
    params[n++] = OSSL_PARAM_construct_size_t(OSSL_CIPHER_PARAM_AEAD_IVLEN, &iv_len);
  if (mode->cipher->ccm)
    params[n++] = OSSL_PARAM_construct_octet_string(
      OSSL_CIPHER_PARAM_AEAD_TAG, (uint8_t *)(uintptr_t)tag.data, tag.len);
  if (mode->cipher->wrap)
    EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  params[n] = OSSL_PARAM_construct_end();
  const uint8_t *iv = iv_len ? keys->iv : NULL;
  if (EVP_CipherInit_ex2(ctx, cipher, NULL, NULL, encrypt, params) != 1)
    return false;
  return EVP_CipherInit_ex2(ctx, NULL, keys->key, iv, encrypt, NULL) == 1;
}

static bool set_tag(EVP_CIPHER_CTX *ctx, cy_span tag)
{
  OSSL_PARAM params[] = {
    OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, (uint8_t *)(uintptr_t)tag.data, tag.len),
    OSSL_PARAM_construct_end(),
  };
  return EVP_CIPHER_CTX_set_params(ctx, params) == 1;
}

static bool get_tag(EVP_CIPHER_CTX *ctx, uint8_t *tag, size_t len)
{
  OSSL_PARAM params[] = {
    OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag, len),
    OSSL_PARAM_construct_end(),
  };
  return EVP_CIPHER_CTX_get_params(ctx, params) == 1;
}

static cy_err *encipher(
  EVP_CIPHER_CTX *ctx, const cy_pbe_mode *mode, cy_span in, uint8_t *out, size_t *out_len)
{
  int first = 0, last = 0;
  bool done = EVP_EncryptUpdate(ctx, out, &first, in.data, (int)in.len) == 1 &&
              EVP_EncryptFinal_ex(ctx, out + first, &last) == 1;
  *out_len = (size_t)first + (size_t)last;
  if (done && mode->cipher->aead) {
    done = get_tag(ctx, out + *out_len, mode->tag_len);
    *out_len += mode->tag_len;
  }
  return done ? NULL : cy_err_openssl(CY_E_CRYPTO_FAILED, "encryption with %s", mode->cipher->name);
}

static cy_err *does_not_fit(const cy_pbe_mode *mode)
{
  cy_lib_clear_errors();
  return cy_err_new(
    CY_E_CRYPTO_WRONG_PASSWORD, "what %s gives is not what was encrypted", mode->cipher->name);
}

/* CCM and key wrapping check and give all at once. */
static cy_err *decipher_at_once(
  EVP_CIPHER_CTX *ctx, const cy_pbe_mode *mode, cy_span in, uint8_t *out, size_t *out_len)
{
  int len = 0;
  if (mode->cipher->wrap && (in.len < 16 || in.len % 8 != 0))
    return cy_err_new(CY_E_MALFORMED, "%zu wrapped bytes are not of a length that wrapping makes", in.len);
  if (EVP_DecryptUpdate(ctx, out, &len, in.data, (int)(in.len - mode->tag_len)) != 1 || len < 0)
    return does_not_fit(mode);
  *out_len = (size_t)len;
  return NULL;
}

static cy_err *decipher(
  EVP_CIPHER_CTX *ctx, const cy_pbe_mode *mode, cy_span in, uint8_t *out, size_t *out_len)
{
  int first = 0, last = 0;
  size_t block = mode->cipher->block;
  if (in.len < mode->tag_len || (block > 1 && (in.len == 0 || in.len % block != 0)))
    return cy_err_new(
      CY_E_MALFORMED, "%zu encrypted bytes are not of a length that %s makes", in.len, mode->cipher->name);
  cy_span tag = cy_span_of(in.data + in.len - mode->tag_len, mode->tag_len);
  if (mode->cipher->aead && !mode->cipher->ccm && !set_tag(ctx, tag))
    return cy_err_openssl(CY_E_CRYPTO_FAILED, "the tag of %s", mode->cipher->name);
  if (mode->cipher->ccm || mode->cipher->wrap)
    return decipher_at_once(ctx, mode, in, out, out_len);
  if (EVP_DecryptUpdate(ctx, out, &first, in.data, (int)(in.len - mode->tag_len)) != 1)
    return cy_err_openssl(CY_E_CRYPTO_FAILED, "decryption with %s", mode->cipher->name);
  if (EVP_DecryptFinal_ex(ctx, out + first, &last) != 1)
    return does_not_fit(mode);
  *out_len = (size_t)first + (size_t)last;
  return NULL;
}

cy_err *cy_pbe_crypt(
  bool encrypt, const cy_pbe_mode *mode, const cy_pbe_keys *keys, cy_span in, uint8_t *out, size_t *out_len)
{
  static const uint8_t nothing[1];
  EVP_CIPHER *cipher;
  if (in.len > CY_MAX_STORE_BYTES)
    return cy_err_new(CY_E_TOO_LARGE, "%zu encrypted bytes", in.len);
  if (!in.data)
    in.data = nothing;
  CY_TRY(fetch(&cipher, mode->cipher));
  EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
  cy_err *err = NULL;
  cy_span tag = in.len >= mode->tag_len ? cy_span_of(in.data + in.len - mode->tag_len, mode->tag_len) : in;
  if (!ctx || !set_up(ctx, cipher, encrypt, mode, keys, tag))
    err = cy_err_openssl(CY_E_CRYPTO_FAILED, "%s can not be set up", mode->cipher->name);
  else
    err = encrypt ? encipher(ctx, mode, in, out, out_len) : decipher(ctx, mode, in, out, out_len);
  EVP_CIPHER_CTX_free(ctx);
  EVP_CIPHER_free(cipher);
  return err;
}
