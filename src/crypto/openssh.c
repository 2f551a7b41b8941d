#include "crypto/openssh.h"

#include "base/mem.h"
#include "base/text.h"
#include "crypto/bcrypt.h"
#include "crypto/codes.h"
#include "crypto/ssh_cipher.h"

static void read_kdf(cy_openssh *out, cy_cur *cur, cy_span options)
{
  if (!out->encrypted)
    return;
  cy_cur inner = cy_cur_over(cur, options);
  out->salt = cy_ssh_string(&inner);
  out->rounds = cy_cur_u32(&inner);
  cy_cur_end(&inner);
}

cy_err *cy_openssh_parse(cy_openssh *out, cy_span bytes)
{
  static const char magic[] = "openssh-key-v1"; /* with its NUL */
  cy_parse parse = {.reason = NULL};
  cy_cur cur = cy_cur_begin(&parse, bytes);
  if (!cy_span_equal(cy_cur_take(&cur, sizeof magic), cy_span_of(magic, sizeof magic)))
    cy_cur_fail(&cur, "it does not begin with openssh-key-v1");
  *out = (cy_openssh){.cipher = cy_ssh_string(&cur)};
  out->kdf = cy_ssh_string(&cur);
  out->encrypted = !cy_span_equal(out->cipher, CY_SPAN("none"));
  cy_span options = cy_ssh_string(&cur);
  bool bcrypt = cy_span_equal(out->kdf, CY_SPAN("bcrypt"));
  if (out->encrypted && cy_cur_ok(&cur) && !bcrypt)
    return cy_err_new(CY_E_CRYPTO_UNSUPPORTED, "an OpenSSH key under another derivation than bcrypt");
  read_kdf(out, &cur, options);
  if (cy_cur_u32(&cur) != 1)
    cy_cur_fail(&cur, "another number of keys than one");
  out->public_blob = cy_ssh_string(&cur);
  out->sealed = cy_ssh_string(&cur);
  out->tag = cy_cur_rest(&cur);
  if (!out->encrypted && out->tag.len)
    cy_cur_fail(&cur, "more bytes behind its end");
  return cy_parse_check_as(&parse, CY_E_KEY_MALFORMED, "OpenSSH key");
}

/* 1, 2, 3 ... up to a full block. */
static void read_padding(cy_cur *cur)
{
  cy_span padding = cy_cur_rest(cur);
  for (size_t i = 0; i < padding.len; i++)
    if (padding.data[i] != (uint8_t)(i + 1))
      cy_cur_fail(cur, "a wrong padding");
}

static cy_err *read_private(cy_secret **pkcs8, const cy_openssh *file, cy_span plain)
{
  cy_parse parse = {.reason = NULL};
  cy_cur cur = cy_cur_begin(&parse, plain);
  cy_ssh_key key, shown;
  uint32_t first = cy_cur_u32(&cur), second = cy_cur_u32(&cur);
  if (first != second)
    return file->encrypted ? cy_err_new(CY_E_CRYPTO_WRONG_PASSWORD, "its two check numbers differ")
                           : cy_err_new(CY_E_KEY_MALFORMED, "its two check numbers differ");
  CY_TRY(cy_ssh_public(&shown, file->public_blob));
  key = (cy_ssh_key){.name = cy_ssh_string(&cur), .kind = shown.kind};
  if (!cy_span_equal(key.name, shown.name))
    cy_cur_fail(&cur, "another kind of key than its public half");
  if (cy_cur_ok(&cur))
    cy_ssh_private_openssh(&key, &cur);
  cy_ssh_string(&cur); /* the comment */
  read_padding(&cur);
  CY_TRY(cy_parse_check_as(&parse, CY_E_KEY_MALFORMED, "OpenSSH key"));
  return cy_ssh_pkcs8(pkcs8, &key);
}

static cy_err *unseal(cy_secret **plain, const cy_openssh *file, const cy_secret *password)
{
  uint8_t key[CY_SSH_KEY_IV_MAX];
  const cy_ssh_cipher *cipher = cy_ssh_cipher_find(file->cipher);
  if (!cipher)
    return cy_err_new(CY_E_CRYPTO_UNSUPPORTED, "an OpenSSH key under a cipher that is not known");
  if (!password || !password->len)
    return cy_err_new(CY_E_CRYPTO_WRONG_PASSWORD, "an empty passphrase seals nothing");
  CY_TRY(cy_secret_new(plain, file->sealed.len));
  cy_err *err = cy_bcrypt_pbkdf(
    key, (size_t)cipher->key_len + cipher->iv_len, cy_secret_get(password), file->salt, file->rounds);
  if (!err)
    err = cy_ssh_decipher(cipher, key, file->sealed, file->tag, (*plain)->data);
  cy_wipe(key, sizeof key);
  (*plain)->len = err ? 0 : file->sealed.len;
  return err;
}

cy_err *cy_openssh_open(cy_secret **pkcs8, const cy_openssh *key, const cy_secret *password)
{
  CY_AUTO(cy_secret) *plain = NULL;
  *pkcs8 = NULL;
  if (!key->encrypted)
    return read_private(pkcs8, key, key->sealed);
  CY_TRY(unseal(&plain, key, password));
  return read_private(pkcs8, key, cy_secret_get(plain));
}
