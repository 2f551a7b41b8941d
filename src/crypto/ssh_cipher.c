#include "crypto/ssh_cipher.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/mem.h"
#include "base/secret.h"
#include "crypto/codes.h"
#include "crypto/lib.h"

static const cy_ssh_cipher ciphers[] = {
  {"aes256-ctr", "AES-256-CTR", 32, 16, 16, 0},
  {"aes192-ctr", "AES-192-CTR", 24, 16, 16, 0},
  {"aes128-ctr", "AES-128-CTR", 16, 16, 16, 0},
  {"aes256-cbc", "AES-256-CBC", 32, 16, 16, 0},
  {"aes192-cbc", "AES-192-CBC", 24, 16, 16, 0},
  {"aes128-cbc", "AES-128-CBC", 16, 16, 16, 0},
  {"rijndael-cbc@lysator.liu.se", "AES-256-CBC", 32, 16, 16, 0},
  {"3des-cbc", "DES-EDE3-CBC", 24, 8, 8, 0},
  {"aes256-gcm@openssh.com", "AES-256-GCM", 32, 12, 16, 16},
  {"aes128-gcm@openssh.com", "AES-128-GCM", 16, 12, 16, 16},
  {"chacha20-poly1305@openssh.com", NULL, 64, 0, 8, 16},
};

const cy_ssh_cipher *cy_ssh_cipher_find(cy_span name)
{
  for (size_t i = 0; i < CY_COUNT(ciphers); i++)
    if (cy_span_equal(name, cy_span_str(ciphers[i].name)))
      return &ciphers[i];
  return NULL;
}

static bool set_tag(EVP_CIPHER_CTX *ctx, cy_span tag)
{
  OSSL_PARAM params[] = {
    OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, (uint8_t *)(uintptr_t)tag.data, tag.len),
    OSSL_PARAM_construct_end(),
  };
  return tag.len == 0 || EVP_CIPHER_CTX_set_params(ctx, params) == 1;
}

/* *fits: the tag, if there is one. */
static cy_err *run(const char *name, const uint8_t *key, const uint8_t *iv, cy_span in, cy_span tag,
  uint8_t *out, bool *fits)
{
  OSSL_LIB_CTX *lib;
  int len = 0, rest = 0;
  CY_TRY(cy_lib_ctx(&lib));
  EVP_CIPHER *cipher = EVP_CIPHER_fetch(lib, name, NULL);
  EVP_CIPHER_CTX *ctx = cipher ? EVP_CIPHER_CTX_new() : NULL;
  bool done = ctx && EVP_DecryptInit_ex2(ctx, cipher, key, iv, NULL) == 1 &&
              EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 && set_tag(ctx, tag) &&
              EVP_DecryptUpdate(ctx, out, &len, in.data, (int)in.len) == 1;
  *fits = done && EVP_DecryptFinal_ex(ctx, out + len, &rest) == 1;
  EVP_CIPHER_CTX_free(ctx);
  EVP_CIPHER_free(cipher);
  if (!done)
    return cy_err_openssl(CY_E_CRYPTO_FAILED, "decryption with %s", name);
  cy_lib_clear_errors();
  return NULL;
}

static cy_err *poly1305(uint8_t mac[16], const uint8_t key[32], cy_span data)
{
  OSSL_LIB_CTX *lib;
  size_t len = 0;
  CY_TRY(cy_lib_ctx(&lib));
  EVP_MAC *poly = EVP_MAC_fetch(lib, "POLY1305", NULL);
  EVP_MAC_CTX *ctx = poly ? EVP_MAC_CTX_new(poly) : NULL;
  bool done = ctx && EVP_MAC_init(ctx, key, 32, NULL) == 1 &&
              EVP_MAC_update(ctx, data.data, data.len) == 1 && EVP_MAC_final(ctx, mac, &len, 16) == 1;
  EVP_MAC_CTX_free(ctx);
  EVP_MAC_free(poly);
  return done ? NULL : cy_err_openssl(CY_E_CRYPTO_FAILED, "Poly1305");
}

/* The first of the two keys, with a block count and nonce of zero: the MAC's key is the first block. */
static cy_err *chacha(const uint8_t *key, cy_span in, cy_span tag, uint8_t *out, bool *fits)
{
  static const uint8_t zeros[32];
  uint8_t iv[16] = {0}, mac_key[32], mac[16];
  cy_err *err = run("ChaCha20", key, iv, cy_span_of(zeros, 32), CY_SPAN_NONE, mac_key, fits);
  if (!err)
    err = poly1305(mac, mac_key, in);
  cy_wipe(mac_key, sizeof mac_key);
  CY_TRY(err);
  iv[0] = 1;
  CY_TRY(run("ChaCha20", key, iv, in, CY_SPAN_NONE, out, fits));
  *fits = cy_secret_equal(cy_span_of(mac, sizeof mac), tag);
  return NULL;
}

cy_err *cy_ssh_decipher(
  const cy_ssh_cipher *cipher, const uint8_t *key, cy_span in, cy_span tag, uint8_t *out)
{
  bool fits = false;
  if (in.len == 0 || in.len % cipher->block || tag.len != cipher->tag_len || in.len > CY_MAX_STORE_BYTES)
    return cy_err_new(
      CY_E_KEY_MALFORMED, "%zu sealed bytes are not of a length that %s makes", in.len, cipher->name);
  CY_TRY(cipher->openssl ? run(cipher->openssl, key, key + cipher->key_len, in, tag, out, &fits)
                         : chacha(key, in, tag, out, &fits));
  return fits
           ? NULL
           : cy_err_new(CY_E_CRYPTO_WRONG_PASSWORD, "what %s gives is not what was sealed", cipher->name);
}
