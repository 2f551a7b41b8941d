/* Keys under OpenSSL's old PEM encryption ("Proc-Type: 4,ENCRYPTED"). */
#include "base/mem.h"
#include "base/text.h"
#include "crypto/codes.h"
#include "crypto/key.h"
#include "crypto/pbe_plan.h"

enum { SALT_LEN = 8 };

/* Ciphers that have no identifier in our table, or several sizes under one. */
static const struct {
  cy_pbe_cipher cipher;
  uint8_t key_len, rc2_bits;
} others[] = {
  {{CY_OID_UNKNOWN, "DES-EDE-CBC", 16, 8, 8, false, false}, 16, 0},
  {{CY_OID_UNKNOWN, "BF-CBC", 16, 8, 8, false, true}, 16, 0},
  {{CY_OID_UNKNOWN, "CAST5-CBC", 16, 8, 8, false, true}, 16, 0},
  {{CY_OID_UNKNOWN, "IDEA-CBC", 16, 8, 8, false, true}, 16, 0},
  {{CY_OID_UNKNOWN, "RC2-40-CBC", 5, 8, 8, false, true}, 5, 0},
  {{CY_OID_UNKNOWN, "RC2-64-CBC", 8, 8, 8, false, true}, 8, 0},
  {{CY_OID_UNKNOWN, "RC2-CBC", 0, 8, 8, false, true}, 16, 128},
  {{CY_OID_UNKNOWN, "AES-128-CFB", 16, 16, 1, false, false}, 16, 0},
  {{CY_OID_UNKNOWN, "AES-192-CFB", 24, 16, 1, false, false}, 24, 0},
  {{CY_OID_UNKNOWN, "AES-256-CFB", 32, 16, 1, false, false}, 32, 0},
  {{CY_OID_UNKNOWN, "AES-128-OFB", 16, 16, 1, false, false}, 16, 0},
  {{CY_OID_UNKNOWN, "AES-192-OFB", 24, 16, 1, false, false}, 24, 0},
  {{CY_OID_UNKNOWN, "AES-256-OFB", 32, 16, 1, false, false}, 32, 0},
  {{CY_OID_UNKNOWN, "AES-128-CTR", 16, 16, 1, false, false}, 16, 0},
  {{CY_OID_UNKNOWN, "AES-192-CTR", 24, 16, 1, false, false}, 24, 0},
  {{CY_OID_UNKNOWN, "AES-256-CTR", 32, 16, 1, false, false}, 32, 0},
  {{CY_OID_UNKNOWN, "DES-EDE3-CFB", 24, 8, 1, false, false}, 24, 0},
  {{CY_OID_UNKNOWN, "DES-EDE3-OFB", 24, 8, 1, false, false}, 24, 0},
};

static bool mode_of_name(cy_pbe_mode *out, cy_span name)
{
  for (size_t i = 0; i < CY_COUNT(others); i++)
    if (cy_ascii_equal_nocase(name, cy_span_str(others[i].cipher.name))) {
      *out = (cy_pbe_mode){&others[i].cipher, others[i].key_len, others[i].rc2_bits, 0};
      return true;
    }
  const cy_pbe_cipher *cipher = cy_pbe_cipher_find(cy_oid_find_name(name));
  if (!cipher || cipher->aead)
    return false;
  *out = (cy_pbe_mode){cipher, cipher->key_len, 0, 0};
  return true;
}

static int hex_digit(uint8_t c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_iv(cy_pbe_keys *keys, cy_span hex)
{
  if (hex.len % 2 != 0 || hex.len / 2 > CY_PBE_IV_MAX)
    return false;
  for (size_t i = 0; i < hex.len; i += 2) {
    int high = hex_digit(hex.data[i]), low = hex_digit(hex.data[i + 1]);
    if (high < 0 || low < 0)
      return false;
    keys->iv[i / 2] = (uint8_t)(high << 4 | low);
  }
  keys->iv_len = hex.len / 2;
  return true;
}

static cy_span trim(cy_span s)
{
  while (s.len && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\r' || s.data[s.len - 1] == '\n'))
    s.len--;
  while (s.len && s.data[0] == ' ') {
    s.data++;
    s.len--;
  }
  return s;
}

/* "AES-128-CBC,00112233..." */
static cy_err *read_dek_info(cy_pbe_mode *mode, cy_pbe_keys *keys, cy_span dek_info)
{
  const uint8_t *comma = dek_info.len ? memchr(dek_info.data, ',', dek_info.len) : NULL;
  if (!comma)
    return cy_err_new(CY_E_KEY_MALFORMED, "DEK-Info does not name a cipher and an initialisation vector");
  cy_span name = trim(cy_span_of(dek_info.data, (size_t)(comma - dek_info.data)));
  cy_span iv = trim(cy_span_of(comma + 1, dek_info.len - (size_t)(comma + 1 - dek_info.data)));
  if (!mode_of_name(mode, name)) {
    CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
    cy_text_put_safe(&words, cy_span_of(name.data, name.len < 64 ? name.len : 64));
    return cy_err_new(CY_E_CRYPTO_UNSUPPORTED, "PEM encryption with %s", cy_buf_cstr(&words));
  }
  if (!read_iv(keys, iv) || keys->iv_len != mode->cipher->iv_len)
    return cy_err_new(CY_E_KEY_MALFORMED, "DEK-Info has an initialisation vector that %s does not take",
      mode->cipher->name);
  return NULL;
}

/* MD5 once over what came before, password and salt, until there is enough. */
static cy_err *derive(cy_pbe_keys *keys, size_t key_len, cy_span password)
{
  cy_digest d = {.len = 0};
  cy_err *err = NULL;
  for (size_t at = 0; at < key_len && !err; at += d.len) {
    const cy_span parts[] = {cy_digest_get(&d), password, cy_span_of(keys->iv, SALT_LEN)};
    cy_digest next;
    err = cy_digest_parts(&next, CY_MD5, parts, CY_COUNT(parts));
    d = next;
    cy_wipe(&next, sizeof next);
    if (!err)
      memcpy(keys->key + at, d.bytes, key_len - at < d.len ? key_len - at : d.len);
  }
  cy_wipe(&d, sizeof d);
  return err;
}

cy_err *cy_pem_key_decrypt(cy_secret **der, cy_span dek_info, const cy_secret *password, cy_span ciphertext)
{
  CY_CLEAN(cy_pbe_keys) keys = {.iv_len = 0};
  CY_AUTO(cy_secret) *plain = NULL;
  cy_pbe_mode mode;
  cy_key_encoding encoding;
  *der = NULL;
  CY_TRY(read_dek_info(&mode, &keys, dek_info));
  CY_TRY(derive(&keys, mode.key_len, cy_secret_get(password)));
  CY_TRY(cy_secret_new(&plain, ciphertext.len + CY_PBE_IV_MAX));
  CY_TRY(cy_pbe_crypt(false, &mode, &keys, ciphertext, plain->data, &plain->len));
  if (!cy_key_encoding_detect(&encoding, cy_secret_get(plain)))
    return cy_err_new(CY_E_CRYPTO_WRONG_PASSWORD, "what comes out of the decryption is no private key");
  *der = plain;
  plain = NULL;
  return NULL;
}
