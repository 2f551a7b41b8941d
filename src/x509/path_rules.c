/* The table of rules, the profiles and the purposes. */
#include "x509/path.h"

#include "x509/codes.h"

#define P(x)             (1u << CY_PROFILE_##x)
#define P_STRICT         P(STRICT)
#define P_OPENSSL        P(OPENSSL)
#define P_OPENSSL_STRICT P(OPENSSL_STRICT)
#define P_BROWSER        P(BROWSER)
#define P_JAVA           P(JAVA)
#define P_ALL            ((1u << CY_PROFILES) - 1)
#define P_NOT_JAVA       (P_ALL & ~P_JAVA)

static const cy_rule_info rules[CY_RULE_COUNT] = {
#define CY_PATH_RULE(code, profiles, openssl, java) {CY_F_PATH_##code, profiles, openssl, java},
#include "x509/path_rules.def"
#undef CY_PATH_RULE
};

const cy_rule_info *cy_rule_get(cy_rule rule)
{
  return &rules[rule];
}

const char *cy_rule_id(cy_rule rule)
{
  return cy_finding_info_get(rules[rule].finding)->id;
}

bool cy_rule_applies(cy_rule rule, cy_profile profile)
{
  return rules[rule].profiles & (1u << profile);
}

static const struct {
  const char *id;
  const char *words;
} profiles[CY_PROFILES] = {
  [CY_PROFILE_STRICT] = {"strict", "RFC 5280 to the letter"},
  [CY_PROFILE_OPENSSL] = {"openssl", "OpenSSL 3"},
  [CY_PROFILE_OPENSSL_STRICT] = {"openssl-strict", "OpenSSL 3 with -x509_strict"},
  [CY_PROFILE_BROWSER] = {"browser", "browsers"},
  [CY_PROFILE_JAVA] = {"java", "Java"},
};

const char *cy_profile_id(cy_profile profile)
{
  return profiles[profile].id;
}

const char *cy_profile_words(cy_profile profile)
{
  return profiles[profile].words;
}

bool cy_profile_parse(cy_profile *out, const char *id)
{
  for (int i = 0; i < CY_PROFILES; i++) {
    if (strcmp(profiles[i].id, id) == 0) {
      *out = (cy_profile)i;
      return true;
    }
  }
  return false;
}

static const struct {
  const char *id;
  const char *words;
} purposes[CY_PURPOSES] = {
  [CY_PURPOSE_ANY] = {"any", "any purpose"},
  [CY_PURPOSE_SERVER] = {"server", "a TLS server"},
  [CY_PURPOSE_CLIENT] = {"client", "a TLS client"},
  [CY_PURPOSE_CA] = {"ca", "a CA"},
  [CY_PURPOSE_EMAIL] = {"email", "e-mail"},
  [CY_PURPOSE_CODE] = {"code", "signing code"},
  [CY_PURPOSE_TIME] = {"time", "time stamps"},
};

const char *cy_purpose_id(cy_purpose purpose)
{
  return purposes[purpose].id;
}

const char *cy_purpose_words(cy_purpose purpose)
{
  return purposes[purpose].words;
}

bool cy_purpose_parse(cy_purpose *out, const char *id)
{
  for (int i = 0; i < CY_PURPOSES; i++) {
    if (strcmp(purposes[i].id, id) == 0) {
      *out = (cy_purpose)i;
      return true;
    }
  }
  return false;
}

/* As X509_verify_cert_error_string has them; known by heart to many, so worth to be said. */
static const struct {
  int error;
  const char *words;
} openssl_words[] = {
  {2, "unable to get issuer certificate"},
  {3, "unable to get certificate CRL"},
  {6, "unable to decode issuer public key"},
  {7, "certificate signature failure"},
  {8, "CRL signature failure"},
  {9, "certificate is not yet valid"},
  {10, "certificate has expired"},
  {11, "CRL is not yet valid"},
  {12, "CRL has expired"},
  {13, "format error in certificate's notBefore field"},
  {17, "out of memory"},
  {18, "self-signed certificate"},
  {19, "self-signed certificate in certificate chain"},
  {20, "unable to get local issuer certificate"},
  {21, "unable to verify the first certificate"},
  {22, "certificate chain too long"},
  {23, "certificate revoked"},
  {25, "path length constraint exceeded"},
  {26, "unsuitable certificate purpose"},
  {30, "authority and subject key identifier mismatch"},
  {32, "key usage does not include certificate signing"},
  {34, "unhandled critical extension"},
  {36, "unhandled critical CRL extension"},
  {40, "proxy certificates not allowed, please set the appropriate flag"},
  {41, "invalid or inconsistent certificate extension"},
  {42, "invalid or inconsistent certificate policy extension"},
  {43, "no explicit policy"},
  {44, "different CRL scope"},
  {47, "permitted subtree violation"},
  {48, "excluded subtree violation"},
  {51, "unsupported name constraint type"},
  {52, "unsupported or invalid name constraint syntax"},
  {53, "unsupported or invalid name syntax"},
  {54, "CRL path validation error"},
  {55, "path loop"},
  {62, "hostname mismatch"},
  {63, "email address mismatch"},
  {64, "IP address mismatch"},
  {66, "EE certificate key too weak"},
  {67, "CA certificate key too weak"},
  {68, "CA signature digest algorithm too weak"},
  {76, "Cannot find certificate signature algorithm"},
  {78, "cert info signature and signature algorithm mismatch"},
  {79, "invalid CA certificate"},
  {80, "Path length invalid for non-CA cert"},
  {81, "Path length given without key usage keyCertSign"},
  {82, "Key usage keyCertSign invalid for non-CA cert"},
  {83, "Issuer name empty"},
  {84, "Subject name empty"},
  {85, "Missing Authority Key Identifier"},
  {86, "Missing Subject Key Identifier"},
  {87, "Empty Subject Alternative Name extension"},
  {88, "Subject empty and Subject Alt Name extension not critical"},
  {89, "Basic Constraints of CA cert not marked critical"},
  {90, "Authority Key Identifier marked critical"},
  {91, "Subject Key Identifier marked critical"},
  {92, "CA cert does not include key usage extension"},
  {93, "Using cert extension requires at least X509v3"},
  {94, "Certificate public key has explicit ECC parameters"},
};

const char *cy_openssl_words(int error)
{
  for (size_t i = 0; i < CY_COUNT(openssl_words); i++)
    if (openssl_words[i].error == error)
      return openssl_words[i].words;
  return "";
}
