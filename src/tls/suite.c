#include "tls/suite.h"

#include "base/text.h"
#include "tls/code.h"

const cy_suite cy_suites[] = {
#include "tls_suites.inc"
};
const size_t cy_suite_count = CY_COUNT(cy_suites);

const cy_suite *cy_suite_get(uint16_t code)
{
  size_t low = 0, high = cy_suite_count;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (cy_suites[mid].code < code)
      low = mid + 1;
    else
      high = mid;
  }
  return low < cy_suite_count && cy_suites[low].code == code ? &cy_suites[low] : NULL;
}

const cy_suite *cy_suite_find(const char *name)
{
  uint16_t code;
  if (cy_tls_code_parse(&code, name))
    return cy_suite_get(code);
  for (int n = 0; n < CY_NOTATION_COUNT; n++)
    for (size_t i = 0; i < cy_suite_count; i++)
      if (cy_notation_has(cy_suites[i].names[n], name))
        return &cy_suites[i];
  return NULL;
}

const char *cy_kx_name(cy_kx kx)
{
  static const char *const names[] = {"none", "any", "RSA", "DHE", "ECDHE", "DH", "ECDH", "PSK", "DHE-PSK",
    "RSA-PSK", "ECDHE-PSK", "SRP", "Kerberos", "GOST", "ECCPWD"};
  return names[kx];
}

const char *cy_suite_needs_id(cy_suite_needs needs)
{
  static const char *const ids[] = {
    "none", "any", "rsa", "ec", "dsa", "dh", "ecdh", "anon", "psk", "srp", "krb5", "gost", "password"};
  return ids[needs];
}

const char *cy_suite_needs_text(const cy_suite *suite)
{
  static const char *const texts[] = {[CY_SUITE_NEEDS_NONE] = "nothing",
    [CY_SUITE_NEEDS_ANY] = "any certificate; the signature schemes decide",
    [CY_SUITE_NEEDS_RSA] = "an RSA certificate, key usage digitalSignature",
    [CY_SUITE_NEEDS_EC] = "an EC (or Ed25519) certificate, key usage digitalSignature",
    [CY_SUITE_NEEDS_DSA] = "a DSA certificate",
    [CY_SUITE_NEEDS_DH] = "a certificate with a Diffie-Hellman key",
    [CY_SUITE_NEEDS_ECDH] = "an EC certificate, key usage keyAgreement",
    [CY_SUITE_NEEDS_ANON] = "no certificate",
    [CY_SUITE_NEEDS_PSK] = "a shared key at both ends",
    [CY_SUITE_NEEDS_SRP] = "a password that the server has a verifier of",
    [CY_SUITE_NEEDS_KRB5] = "a Kerberos ticket",
    [CY_SUITE_NEEDS_GOST] = "a GOST certificate",
    [CY_SUITE_NEEDS_PASSWORD] = "a password at both ends"};
  bool sealed = suite->kx == CY_KX_RSA || suite->kx == CY_KX_RSA_PSK;
  return sealed ? "an RSA certificate, key usage keyEncipherment" : texts[suite->needs];
}

bool cy_suite_has_forward_secrecy(const cy_suite *suite)
{
  switch (suite->kx) {
  case CY_KX_ANY:
  case CY_KX_DHE:
  case CY_KX_ECDHE:
  case CY_KX_DHE_PSK:
  case CY_KX_ECDHE_PSK:
  case CY_KX_ECCPWD:
    return true;
  default:
    return false;
  }
}

static bool is_cipher(const cy_suite *suite, const char *prefix)
{
  return cy_text_starts(suite->cipher, prefix);
}

/* The first row that fits is the verdict: the worst reasons stand first. */
cy_suite_grade cy_suite_judge(const cy_suite *suite, const char **why)
{
  bool block64 = is_cipher(suite, "3DES") || is_cipher(suite, "IDEA") || is_cipher(suite, "RC2") ||
                 is_cipher(suite, "DES");
  const struct {
    bool is;
    cy_suite_grade grade;
    const char *why;
  } rows[] = {
    {suite->needs == CY_SUITE_NEEDS_NONE || is_cipher(suite, "none"), CY_SUITE_BROKEN,
      "nothing is encrypted"},
    {suite->needs == CY_SUITE_NEEDS_ANON, CY_SUITE_BROKEN,
      "the server shows no certificate, so anybody in between can be it"},
    {suite->flags & CY_SUITE_EXPORT || suite->bits < 112, CY_SUITE_BROKEN,
      "its key is so short that it can be found by trying"},
    {is_cipher(suite, "RC4"), CY_SUITE_BROKEN, "RC4 leaks what it hides, and is forbidden (RFC 7465)"},
    {strcmp(suite->mac, "MD5") == 0, CY_SUITE_BROKEN, "it stands on MD5"},
    {block64, CY_SUITE_WEAK, "blocks of 64 bits: long connections leak (Sweet32)"},
    {suite->kx == CY_KX_RSA || suite->kx == CY_KX_RSA_PSK, CY_SUITE_WEAK,
      "no forward secrecy: who gets the server's key later reads what was recorded; and padding attacks"},
    {!cy_suite_has_forward_secrecy(suite), CY_SUITE_DATED,
      "no forward secrecy: who gets the key later reads what was recorded"},
    {strcmp(suite->mac, "AEAD") != 0 && strcmp(suite->mac, "SHA1") == 0, CY_SUITE_DATED,
      "CBC with SHA-1: hard to get right, and refused by more and more"},
    {strcmp(suite->mac, "AEAD") != 0, CY_SUITE_DATED, "CBC: hard to get right; GCM or ChaCha20 are better"},
    {is_cipher(suite, "AES-CCM8"), CY_SUITE_DATED, "an integrity value of 64 bits only"},
    {suite->kx == CY_KX_DHE, CY_SUITE_DATED,
      "its strength hangs on the group that the server chose; ECDHE is better (RFC 9325 4.2)"},
    {true, CY_SUITE_GOOD, "authenticated encryption with forward secrecy"},
  };
  size_t at = 0;
  while (!rows[at].is)
    at++;
  *why = rows[at].why;
  return rows[at].grade;
}

const char *cy_suite_grade_name(cy_suite_grade grade)
{
  static const char *const names[] = {"good", "dated", "weak", "broken"};
  return names[grade];
}
