#include "crypto/jce_pbe.h"

#include "base/mem.h"
#include "crypto/codes.h"
#include "crypto/digest.h"
#include "crypto/jks_protect.h"

enum { HALF = CY_JCE_PBE_SALT / 2, BLOCK = 16 };

/* Two equal halves would make two equal keys, so the first is turned round. (Old Javas lost an octet while
 * they did it: one salt in four thousand million.) */
static void part_halves(uint8_t salt[CY_JCE_PBE_SALT])
{
  if (memcmp(salt, salt + HALF, HALF) != 0)
    return;
  for (int i = 0; i < HALF / 2; i++) {
    uint8_t octet = salt[i];
    salt[i] = salt[HALF - 1 - i];
    salt[HALF - 1 - i] = octet;
  }
}

static cy_err *derive_half(uint8_t out[BLOCK], cy_span password, cy_span half, uint64_t iterations)
{
  cy_digest t;
  const cy_span first[] = {half, password};
  cy_err *err = cy_digest_parts(&t, CY_MD5, first, 2);
  for (uint64_t i = 1; i < iterations && !err; i++) {
    const cy_span parts[] = {cy_digest_get(&t), password};
    err = cy_digest_parts(&t, CY_MD5, parts, 2);
  }
  if (!err)
    memcpy(out, t.bytes, BLOCK);
  cy_wipe(&t, sizeof t);
  return err;
}

/* Java's characters, the lower seven bits of each. */
static cy_err *octets_of(cy_secret **out, const cy_secret *password)
{
  CY_AUTO(cy_secret) *utf16 = NULL;
  CY_TRY(cy_jks_password(&utf16, password));
  CY_TRY(cy_secret_new(out, utf16->len / 2 + 1));
  for (size_t i = 1; i < utf16->len; i += 2)
    (*out)->data[(*out)->len++] = utf16->data[i] & 0x7f;
  return NULL;
}

cy_err *cy_jce_pbe_derive(
  uint8_t out[CY_JCE_PBE_LEN], const cy_secret *password, cy_span salt, uint64_t iterations)
{
  CY_AUTO(cy_secret) *octets = NULL;
  uint8_t halves[CY_JCE_PBE_SALT];
  if (salt.len != sizeof halves)
    return cy_err_new(CY_E_MALFORMED, "a salt of %zu octets, where Java has 8", salt.len);
  memcpy(halves, salt.data, sizeof halves);
  part_halves(halves);
  CY_TRY(octets_of(&octets, password));
  cy_span p = cy_secret_get(octets);
  CY_TRY(derive_half(out, p, cy_span_of(halves, HALF), iterations));
  return derive_half(out + BLOCK, p, cy_span_of(halves + HALF, HALF), iterations);
}

cy_err *cy_jce_password_check(const cy_secret *password)
{
  cy_span text = cy_secret_get(password);
  for (size_t i = 0; i < text.len; i++)
    if (text.data[i] < 0x20 || text.data[i] > 0x7e)
      return cy_err_hint(
        cy_err_new(CY_E_CRYPTO_UNSUPPORTED,
          "Java takes only printable ASCII characters in the password of a key in a JCEKS store"),
        "Choose a password of plain ASCII characters, or another kind of store (PKCS#12).");
  return NULL;
}
