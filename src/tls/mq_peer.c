/* Filters of names in the definitions of channels and in what clients read. */
#include "base/text.h"
#include "identity/codes.h"
#include "tls/mq.h"

static cy_err *not_understood(
  cy_tls_side *side, const char *what, const char *file, size_t line, const cy_err *err)
{
  cy_finding *f =
    cy_tls_read_finding(side, CY_F_MQ_PEER_NAME_WRONG, file, line, "%s: %s", what, cy_err_text(err));
  cy_finding_set_fix(&side->findings, f, "%s", cy_err_fix(err));
  return cy_findings_check(&side->findings);
}

cy_err *cy_mq_peer_filter(
  cy_tls_side *side, char **filter, const char *what, const char *text, const char *file, size_t line)
{
  CY_AUTO(cy_dn_filter) *parsed = NULL;
  CY_TRY(cy_tls_side_set(filter, text));
  cy_err *err = cy_dn_filter_parse(&parsed, text);
  if (err && cy_err_is(err, CY_E_IDENTITY_FILTER)) {
    cy_err *more = not_understood(side, what, file, line, err);
    cy_err_free(err);
    return more;
  }
  CY_TRY(err);
  if (parsed->star)
    cy_tls_read_finding(side, CY_F_MQ_PEER_NAME_STAR, file, line,
      "%s: the value at character %zu of \"%s\" has an asterisk in its middle, which stands for itself",
      what, parsed->star, text);
  return cy_findings_check(&side->findings);
}
