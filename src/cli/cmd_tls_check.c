/* tls check: will they agree, and if not, why, and what mends it. */
#include "cli/codes.h"
#include "cli/command.h"
#include "cli/tls_sides.h"
#include "tls/outcome_show.h"

static void put_end(cy_out *out, const cy_tls_terms *terms)
{
  const cy_tls_side *side = terms->side;
  const char *role = cy_tls_role_name(terms->role);
  cy_out_open(out, role, NULL);
  cy_out_str(out, "name", NULL, side->name);
  cy_out_str(out, "product", NULL, side->product);
  cy_out_str(out, "dialect", NULL, terms->dialect->id);
  cy_out_str(out, "source", NULL, side->source);
  cy_out_close(out);
  cy_out_line(out, "%s  %s, %s", role, side->name, terms->dialect->title);
}

typedef struct {
  cy_tls_verdicts verdicts;
  cy_tls_terms *client, *server;
  cy_tls_outcome outcome;
  cy_tls_mends mends;
} checking;

static void checking_clear(checking *c)
{
  cy_tls_verdicts_clear(&c->verdicts);
  cy_tls_terms_free(c->client);
  cy_tls_terms_free(c->server);
}

static cy_err *check_pair(cy_run *run, checking *c, cy_tls_side *client, cy_tls_side *server)
{
  CY_TRY(cy_tls_terms_new(&c->client, client, CY_TLS_CLIENT));
  CY_TRY(cy_tls_terms_new(&c->server, server, CY_TLS_SERVER));
  CY_TRY(cy_tls_predict(&c->outcome, c->client, c->server, &c->verdicts));
  if (!c->outcome.agrees)
    CY_TRY(cy_tls_mend_find(&c->mends, client, server, &c->verdicts));
  put_end(run->out, c->client);
  put_end(run->out, c->server);
  cy_tls_shown shown = {c->client, c->server, &c->outcome, c->outcome.agrees ? NULL : &c->mends};
  cy_tls_outcome_show(run->out, &shown);
  if (!c->outcome.agrees)
    cy_run_exit(run, CY_EXIT_FINDINGS);
  return NULL;
}

static cy_err *run_check(cy_run *run)
{
  CY_AUTO(cy_tls_side) *client = NULL;
  CY_AUTO(cy_tls_side) *server = NULL;
  CY_CLEAN(cy_findings) findings = {0};
  checking c = {0};
  CY_TRY(cy_run_tls_side(run, &client, run->args->operands[0], CY_TLS_CLIENT));
  CY_TRY(cy_run_tls_side(run, &server, run->args->operands[1], CY_TLS_SERVER));
  cy_out_document(run->out, "causey.tls_check/1", 0);
  cy_tls_verdicts_init(&c.verdicts);
  cy_err *err = check_pair(run, &c, client, server);
  checking_clear(&c);
  CY_TRY(err);
  cy_findings_move(&findings, &client->findings);
  cy_findings_move(&findings, &server->findings);
  cy_findings_sort(&findings);
  cy_out_findings(run->out, &findings);
  cy_run_findings(run, &findings);
  return cy_findings_check(&findings);
}

const cy_command cy_cmd_tls_check = {
  .name = "tls check",
  .operands = "CLIENT SERVER",
  .summary = "will these two ends agree; if not, which step fails, why, and what mends it",
  .description = "Nothing is connected. Both ends' settings are read from wherever they stand (see `causey "
                 "tls side`), and "
                 "the handshake is played as each end's library would: version, cipher suite, group, "
                 "certificates, signature "
                 "schemes, trust. For each step it says what decided it.\n\n"
                 "If they do not agree: the step, the cause, both ends' settings with file and line, who "
                 "sends which alert "
                 "after which message, what the products write in their logs, and the smallest change on "
                 "either side that "
                 "mends it, tried by predicting again. A change that gives up security is offered only "
                 "when nothing else "
                 "helps, and says so.",
  .min_operands = 2,
  .max_operands = 2,
  .options = {CY_OPT_HOST, CY_OPT_CLIENT_DIALECT, CY_OPT_SERVER_DIALECT, CY_OPT_ROOT, CY_OPT_AT,
    CY_OPT_FAIL_ON, CY_OPT_PASSWORD, CY_OPT_PASSWORD_FILE, CY_OPT_PASSWORD_ENV, CY_OPT_PASSWORD_FD,
    CY_OPT_PASSWORDS},
  .examples = {{"causey tls check client.json nginx.conf#www", "the two ends, from their own files"},
    {"causey tls check --host mq1.example system: server.pem",
      "any client of this machine, and a certificate"}},
  .run = run_check,
};
