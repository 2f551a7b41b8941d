/* explain --client --server: the causes are not only ranked, but tested on the two ends' configuration. */
#include "cli/codes.h"
#include "cli/explain.h"
#include "cli/tls_sides.h"
#include "tls/outcome_show.h"
#include "tls/used_show.h"

static void show(cy_out *out, const cy_tls_shown *shown)
{
  const cy_tls_outcome *o = shown->outcome;
  const cy_cause *cause = o->agrees ? NULL : cy_cause_find(cy_tls_outcome_cause_id(o));
  cy_out_heading(out, "Tested on the two ends");
  cy_out_open(out, "tested", "");
  cy_out_str(out, "client", NULL, shown->client->side->name);
  cy_out_str(out, "server", NULL, shown->server->side->name);
  cy_out_str(out, "cause", NULL, o->agrees ? NULL : cy_tls_outcome_cause_id(o));
  if (cause)
    cy_out_labelled(out, "  The cause that holds: ", cause->id);
  else if (o->agrees)
    cy_out_paragraphs(out,
      "By these two configurations the ends agree, so none of the causes above holds for them: look for "
      "another file or variable than the ones given, for what is not in force yet, and for the network.");
  cy_tls_outcome_show(out, shown);
  cy_tls_used_show(out, shown);
  cy_out_close(out);
}

static cy_err *predict(cy_run *run, cy_tls_side *client, cy_tls_side *server, cy_tls_verdicts *verdicts)
{
  CY_AUTO(cy_tls_terms) *client_terms = NULL;
  CY_AUTO(cy_tls_terms) *server_terms = NULL;
  cy_tls_outcome outcome;
  cy_tls_mends mends;
  CY_TRY(cy_tls_terms_new(&client_terms, client, CY_TLS_CLIENT));
  CY_TRY(cy_tls_terms_new(&server_terms, server, CY_TLS_SERVER));
  CY_TRY(cy_tls_predict(&outcome, client_terms, server_terms, verdicts));
  CY_TRY(cy_tls_mend_find(&mends, client, server, verdicts));
  show(run->out, &(cy_tls_shown){client_terms, server_terms, &outcome, outcome.agrees ? NULL : &mends});
  return NULL;
}

cy_err *cy_explain_tested(cy_run *run)
{
  const char *client_address = cy_args_value(run->args, CY_OPT_CLIENT);
  const char *server_address = cy_args_value(run->args, CY_OPT_SERVER);
  CY_AUTO(cy_tls_side) *client = NULL;
  CY_AUTO(cy_tls_side) *server = NULL;
  cy_tls_verdicts verdicts;
  if (!client_address && !server_address)
    return NULL;
  if (!client_address || !server_address)
    return cy_err_new(CY_E_USAGE, "the causes can be tested only with both ends: --client and --server");
  CY_TRY(cy_run_tls_side(run, &client, client_address, CY_TLS_CLIENT));
  CY_TRY(cy_run_tls_side(run, &server, server_address, CY_TLS_SERVER));
  CY_TRY(cy_tls_used_check(server));
  cy_tls_verdicts_init(&verdicts);
  cy_err *err = predict(run, client, server, &verdicts);
  cy_tls_verdicts_clear(&verdicts);
  return err;
}
