#include "tls/scheme.h"

#include "tls/code.h"

const cy_scheme cy_schemes[] = {
#include "tls_schemes.inc"
};
const size_t cy_scheme_count = CY_COUNT(cy_schemes);

const cy_scheme *cy_scheme_get(uint16_t code)
{
  for (size_t i = 0; i < cy_scheme_count; i++)
    if (cy_schemes[i].code == code)
      return &cy_schemes[i];
  return NULL;
}

/* OpenSSL's older way to write the three of RSA-PSS. */
static const char *modern_name(const char *name)
{
  static const char *const pairs[][2] = {{"RSA-PSS+SHA256", "rsa_pss_rsae_sha256"},
    {"RSA-PSS+SHA384", "rsa_pss_rsae_sha384"}, {"RSA-PSS+SHA512", "rsa_pss_rsae_sha512"},
    {"PSS+SHA256", "rsa_pss_rsae_sha256"}, {"PSS+SHA384", "rsa_pss_rsae_sha384"},
    {"PSS+SHA512", "rsa_pss_rsae_sha512"}};
  for (size_t i = 0; i < CY_COUNT(pairs); i++)
    if (cy_notation_has(pairs[i][0], name))
      return pairs[i][1];
  return name;
}

const cy_scheme *cy_scheme_find(const char *name)
{
  uint16_t code;
  if (cy_tls_code_parse(&code, name))
    return cy_scheme_get(code);
  name = modern_name(name);
  for (size_t i = 0; i < cy_scheme_count; i++)
    for (int n = 0; n < CY_NOTATION_COUNT; n++)
      if (cy_notation_has(cy_schemes[i].names[n], name))
        return &cy_schemes[i];
  return NULL;
}

bool cy_scheme_is_good(const cy_scheme *scheme, const char **why)
{
  const char *hash = scheme->hash ? scheme->hash : "";
  if (strcmp(hash, "MD5") == 0 || strcmp(hash, "SHA1") == 0) {
    *why = "its hash is broken: collisions can be made (RFC 9155)";
    return false;
  }
  if (scheme->key == CY_KEY_DSA) {
    *why = "DSA is given up: TLS 1.3 has none";
    return false;
  }
  *why = scheme->certs_only ? "for certificates; TLS 1.3 wants RSA-PSS for the handshake itself" : "";
  return true;
}
