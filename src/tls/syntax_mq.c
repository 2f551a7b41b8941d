/* What a channel's SSLCIPH must say. */
#include "tls/mq.h"
#include "tls/syntax.h"

static bool put_spec(cy_buf *buf, uint16_t code)
{
  const cy_suite *suite = cy_suite_get(code);
  const char *names = suite ? suite->names[CY_NOTATION_MQ] : NULL;
  if (!names)
    return false;
  cy_buf_put(buf, names, strcspn(names, " "));
  return true;
}

/* The alias that takes all versions from the lowest one on. */
static void put_alias(cy_buf *buf, unsigned versions)
{
  if (versions == CY_TLS_BIT(CY_TLS12))
    cy_buf_str(buf, "ANY_TLS12");
  else if (versions == CY_TLS_BIT(CY_TLS13))
    cy_buf_str(buf, "ANY_TLS13");
  else if (versions & ~(CY_TLS_BIT(CY_TLS12) | CY_TLS_BIT(CY_TLS13)))
    cy_buf_str(buf, "ANY");
  else
    cy_buf_str(buf, "ANY_TLS12_OR_HIGHER");
}

/* The only suite that is left for the only version that is left. */
static const cy_codes *only(const cy_tls_side *side, unsigned versions)
{
  bool new_one = versions & CY_TLS_BIT(CY_TLS13), old_one = versions & ~CY_TLS_BIT(CY_TLS13);
  const cy_codes *list = new_one ? &side->suites13 : &side->suites;
  return new_one != old_one && list->set && list->count == 1 ? list : NULL;
}

bool cy_tls_syntax_sslciph(cy_buf *buf, const cy_tls_side *side, cy_tls_role role)
{
  bool calls = role == CY_TLS_CLIENT;
  unsigned versions = calls && side->versions ? side->versions : side->demand_versions;
  const cy_codes *one = calls ? only(side, versions) : &side->demand_suites;
  if (one && one->count == 1)
    return put_spec(buf, one->codes[0]);
  if (one && one->count > 1)
    return false;
  if (!versions)
    return false;
  put_alias(buf, versions);
  return true;
}
