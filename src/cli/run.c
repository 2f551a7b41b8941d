/* What commands have in common. */
#include "base/mem.h"
#include "base/text.h"
#include "cli/command.h"
#include "x509/name.h"

void cy_run_exit(cy_run *run, cy_exit exit_code)
{
  run->exit_code = cy_exit_worse(run->exit_code, exit_code);
}

void cy_run_error(cy_run *run, cy_err *err)
{
  cy_run_exit(run, cy_err_exit(err));
  cy_out_error(run->out, err);
  cy_err_free(err);
}

void cy_run_findings(cy_run *run, const cy_findings *findings)
{
  cy_severity limit = CY_ERROR_SEVERITY;
  const char *name = run->fail_on;
  if (name && strcmp(name, "never") == 0)
    return;
  if (name)
    cy_severity_parse(&limit, name);
  if (cy_findings_worst(findings) >= (int)limit)
    cy_run_exit(run, CY_EXIT_FINDINGS);
}

cy_err *cy_run_open(
  cy_run *run, cy_place **place, cy_address *address, const char *operand, cy_open_mode mode, cy_ask *ask)
{
  cy_place_how how = {.mode = mode, .ask = ask};
  *place = NULL;
  CY_TRY(cy_address_parse(address, operand, run->home));
  return cy_place_open(place, address, &how);
}

cy_err *cy_run_names(cy_run *run, int *notation, int fallback)
{
  const char *word = cy_args_value(run->args, CY_OPT_NAMES);
  cy_names names;
  *notation = fallback;
  if (!word)
    return NULL;
  if (cy_names_parse(&names, word)) {
    *notation = (int)names;
    return NULL;
  }
  cy_nearest near = CY_NEAREST(word);
  for (int i = 0; i < CY_NAMES_COUNT; i++)
    cy_nearest_try(&near, cy_names_id((cy_names)i));
  cy_err *err = cy_err_new(CY_E_USAGE, "--names %s is no notation", word);
  return cy_err_hint(err, "Did you mean %s? There are openssl, openssl-old, rfc4514, mq and racf.",
    near.best ? near.best : "rfc4514");
}
