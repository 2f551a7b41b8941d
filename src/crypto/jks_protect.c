#include "crypto/jks_protect.h"

#include "base/mem.h"
#include "base/text.h"
#include "crypto/codes.h"
#include "crypto/digest.h"
#include "crypto/lib.h"

#define SHA1_LEN ((size_t)20)

cy_err *cy_jks_password(cy_secret **utf16be, const cy_secret *password)
{
  CY_CLEAN(cy_buf) buf = CY_BUF_SECRET((size_t)1 << 20);
  cy_span text = cy_secret_get(password);
  *utf16be = NULL;
  if (cy_utf8_valid(text)) {
    cy_text_to_utf16be(&buf, text);
  } else {
    for (size_t i = 0; i < text.len; i++)
      cy_buf_u16(&buf, text.data[i]);
  }
  CY_TRY(cy_buf_check(&buf));
  return cy_secret_copy(utf16be, cy_buf_get(&buf));
}

/* The stream: each block is the digest of the password and the block before; the salt is the first. */
static cy_err *apply_stream(uint8_t *out, cy_span in, cy_span password, cy_span salt)
{
  cy_digest block = {.len = SHA1_LEN};
  memcpy(block.bytes, salt.data, SHA1_LEN);
  cy_err *err = NULL;
  for (size_t at = 0; at < in.len && !err; at += SHA1_LEN) {
    const cy_span parts[] = {password, cy_digest_get(&block)};
    cy_digest next;
    err = cy_digest_parts(&next, CY_SHA1, parts, 2);
    if (err)
      break;
    block = next;
    for (size_t i = 0; i < SHA1_LEN && at + i < in.len; i++)
      out[at + i] = in.data[at + i] ^ block.bytes[i];
    cy_wipe(&next, sizeof next);
  }
  cy_wipe(&block, sizeof block);
  return err;
}

static cy_err *check_value(cy_digest *out, cy_span password, cy_span plain)
{
  const cy_span parts[] = {password, plain};
  return cy_digest_parts(out, CY_SHA1, parts, 2);
}

cy_err *cy_jks_unprotect(cy_secret **plain, cy_span utf16be, cy_span sealed)
{
  CY_AUTO(cy_secret) *result = NULL;
  cy_digest digest;
  *plain = NULL;
  if (sealed.len < 2 * SHA1_LEN)
    return cy_err_new(CY_E_KEY_MALFORMED, "a protected key of %zu bytes, which is too short", sealed.len);
  size_t len = sealed.len - 2 * SHA1_LEN;
  CY_TRY(cy_secret_new(&result, len));
  CY_TRY(apply_stream(result->data, cy_span_of(sealed.data + SHA1_LEN, len), utf16be, sealed));
  result->len = len;
  CY_TRY(check_value(&digest, utf16be, cy_secret_get(result)));
  if (!cy_secret_equal(cy_digest_get(&digest), cy_span_of(sealed.data + SHA1_LEN + len, SHA1_LEN)))
    return cy_err_new(CY_E_CRYPTO_WRONG_PASSWORD, "the check value of the protected key does not fit");
  *plain = result;
  result = NULL;
  return NULL;
}

cy_err *cy_jks_protect(cy_buf *sealed, cy_span utf16be, cy_span plain)
{
  uint8_t salt[SHA1_LEN];
  cy_digest digest;
  CY_TRY(cy_random(salt, sizeof salt));
  CY_TRY(check_value(&digest, utf16be, plain));
  cy_buf_put(sealed, salt, sizeof salt);
  uint8_t *to = cy_buf_reserve(sealed, plain.len);
  if (to) {
    CY_TRY(apply_stream(to, plain, utf16be, cy_span_of(salt, sizeof salt)));
    sealed->len += plain.len;
  }
  cy_buf_span(sealed, cy_digest_get(&digest));
  return cy_buf_check(sealed);
}
