/* What a queue manager or client leaves out for the sake of a standard: FIPS 140, Suite B, RFC 5280.
 *
 * Source: IBM MQ documentation, SSLFIPS and SUITEB of ALTER QMGR, "Certificate validation policies in IBM
 * MQ", RFC 6460. Which suites a FIPS module leaves out is as far as known. */
#include "base/text.h"
#include "tls/mq.h"

static bool is_fips(uint16_t code)
{
  static const char *const never[] = {"CHACHA20", "_RC4_", "_RC2_", "_DES_", "_DES40_", "_NULL_", "_MD5"};
  const cy_suite *suite = cy_suite_get(code);
  const char *name = suite ? suite->names[CY_NOTATION_IANA] : NULL;
  for (size_t i = 0; name && i < CY_COUNT(never); i++)
    if (strstr(name, never[i]))
      return false;
  return name != NULL;
}

static bool is_fips_group(uint16_t code)
{
  return code != 0x001d && code != 0x001e; /* x25519, x448 */
}

/* Of what is set, or else of the library's own list, what passes. */
static cy_err *keep(cy_codes *list, cy_code_row fallback, bool (*passes)(uint16_t code))
{
  CY_CLEAN(cy_codes) now = {.set = true};
  cy_code_row from = list->set ? (cy_code_row){list->codes, list->count} : fallback;
  for (size_t i = 0; i < from.count; i++)
    if (passes(from.codes[i]))
      CY_TRY(cy_codes_add(&now, from.codes[i]));
  return cy_codes_copy(list, &now);
}

static cy_err *apply_fips(cy_tls_side *side)
{
  const cy_tls_dialect *d = side->dialect;
  CY_TRY(keep(&side->suites, d->suites, is_fips));
  CY_TRY(keep(&side->suites13, d->suites13, is_fips));
  return keep(&side->groups, d->groups, is_fips_group);
}

static cy_err *set_codes(cy_codes *list, const uint16_t *codes, size_t count)
{
  cy_codes_clear(list);
  list->set = true;
  for (size_t i = 0; i < count; i++)
    CY_TRY(cy_codes_add(list, codes[i]));
  return NULL;
}

/* RFC 6460: TLS 1.2, two suites, two curves, and certificates of these. */
static cy_err *apply_suite_b(cy_tls_side *side, bool only_192)
{
  static const uint16_t suites[] = {0xC02B, 0xC02C}, groups[] = {0x0017, 0x0018},
                        schemes[] = {0x0403, 0x0503};
  size_t from = only_192 ? 1 : 0;
  side->versions = CY_TLS_BIT(CY_TLS12);
  CY_TRY(set_codes(&side->suites, suites + from, 2 - from));
  CY_TRY(set_codes(&side->groups, groups + from, 2 - from));
  CY_TRY(set_codes(&side->schemes, schemes + from, 2 - from));
  return set_codes(&side->cert_schemes, schemes + from, 2 - from);
}

cy_err *cy_mq_policy(cy_tls_side *side, const cy_mq *mq, const cy_mq_value *fips,
  const cy_mq_value *suite_b, const cy_mq_value *validation)
{
  const char *word = cy_mq_get(suite_b);
  bool b128 = strstr(word, "128_BIT") != NULL, b192 = strstr(word, "192_BIT") != NULL;
  side->strict_chain = cy_mq_is(validation, "RFC5280");
  if (side->strict_chain)
    CY_TRY(cy_mq_note(side, CY_TLS_FIELD_TRUST, "CERTVPOL", mq, validation));
  if (cy_mq_is(fips, "YES")) {
    CY_TRY(cy_mq_note(side, CY_TLS_FIELD_SUITES, "SSLFIPS", mq, fips));
    CY_TRY(apply_fips(side));
  }
  if (!b128 && !b192)
    return NULL;
  CY_TRY(cy_mq_note(side, CY_TLS_FIELD_SUITES, "SUITEB", mq, suite_b));
  CY_TRY(cy_mq_note(side, CY_TLS_FIELD_VERSIONS, "SUITEB", mq, suite_b));
  CY_TRY(cy_mq_note(side, CY_TLS_FIELD_SCHEMES, "SUITEB", mq, suite_b));
  return apply_suite_b(side, !b128);
}
