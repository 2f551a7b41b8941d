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
  int zone;
  bool given;
  *place = NULL;
  CY_TRY(cy_run_zone(run, &zone, &given));
  CY_TRY(cy_address_parse(address, operand, run->home));
  CY_TRY(cy_place_open(place, address, &how));
  if (given)
    cy_place_set_zone(*place, zone);
  return NULL;
}

static bool two_digits(const char *text, int max, int *out)
{
  bool good = text[0] >= '0' && text[0] <= '9' && text[1] >= '0' && text[1] <= '9';
  *out = good ? (text[0] - '0') * 10 + (text[1] - '0') : 0;
  return good && *out <= max;
}

cy_err *cy_run_zone(cy_run *run, int *minutes, bool *given)
{
  const char *word = cy_args_value(run->args, CY_OPT_ZONE);
  int hour = 0, minute = 0;
  *minutes = 0;
  *given = word != NULL;
  if (!word || strcmp(word, "UTC") == 0 || strcmp(word, "Z") == 0)
    return NULL;
  bool good = (*word == '+' || *word == '-') && two_digits(word + 1, 14, &hour);
  if (good) {
    const char *rest = word + 3 + (word[3] == ':');
    good = !word[3] || (two_digits(rest, 59, &minute) && !rest[2]);
  }
  if (!good)
    return cy_err_hint(cy_err_new(CY_E_USAGE, "--zone %s is no offset from UTC", word),
      "Write it as +01:00 (east of Greenwich), -05:00 or UTC.");
  *minutes = (hour * 60 + minute) * (*word == '-' ? -1 : 1);
  return NULL;
}

void cy_run_note_unchecked(cy_run *run, cy_place *place)
{
  const cy_doc *doc = cy_place_doc(place);
  if (doc && doc->mac_unchecked)
    cy_out_note(run->out, "%s was read without checking its integrity, since no password was given",
      cy_place_path(place));
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
