/* tls check: will they agree, and if not, why, and what mends it. */
#include "cli/codes.h"
#include "cli/command.h"
#include "cli/tls_matrix.h"
#include "cli/tls_sides.h"
#include "tls/choice.h"
#include "tls/outcome_show.h"
#include "tls/used_show.h"

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
  const cy_reached *reached;
} checking;

static void checking_clear(checking *c)
{
  cy_tls_verdicts_clear(&c->verdicts);
  cy_tls_terms_free(c->client);
  cy_tls_terms_free(c->server);
}

/* Which of several it is, and by what. */
static void put_reached(cy_out *out, const cy_reached *reached)
{
  if (!reached->side[0] && !reached->certificate[0])
    return;
  cy_out_open(out, "reached", NULL);
  cy_out_str(out, "side", NULL, reached->side[0] ? reached->side : NULL);
  cy_out_str(out, "certificate", NULL, reached->certificate[0] ? reached->certificate : NULL);
  cy_out_close(out);
  if (reached->side[0])
    cy_out_labelled(out, "  chosen among several: ", reached->side);
  if (reached->certificate[0])
    cy_out_labelled(out, "  certificate: ", reached->certificate);
}

static cy_err *check_pair(cy_run *run, checking *c, cy_tls_side *client, cy_tls_side *server)
{
  CY_TRY(cy_tls_terms_new(&c->client, client, CY_TLS_CLIENT));
  CY_TRY(cy_tls_terms_new(&c->server, server, CY_TLS_SERVER));
  CY_TRY(cy_tls_predict(&c->outcome, c->client, c->server, &c->verdicts));
  if (!c->outcome.agrees)
    CY_TRY(cy_tls_mend_find_ways(&c->mends, client, server, &c->verdicts));
  put_end(run->out, c->client);
  put_end(run->out, c->server);
  put_reached(run->out, c->reached);
  cy_tls_shown shown = {c->client, c->server, &c->outcome, c->outcome.agrees ? NULL : &c->mends};
  cy_tls_choice choice;
  CY_TRY(cy_tls_choice_find(&choice, client, c->server, &shown, &c->verdicts));
  cy_tls_outcome_show(run->out, &shown);
  cy_tls_used_show(run->out, &shown);
  cy_tls_choice_show(run->out, &choice, &shown);
  cy_tls_choice_tell(&client->findings, &choice, &shown);
  cy_tls_unnamed_tell(&client->findings, &shown);
  if (!c->outcome.agrees)
    cy_run_exit(run, CY_EXIT_FINDINGS);
  return NULL;
}

/* The pair as a table of one cell, before and after. */
static cy_err *what_if(cy_run *run, cy_tls_side *client, cy_tls_side *server, const cy_tls_what_ifs *what)
{
  CY_CLEAN(cy_tls_sides) clients = {0};
  CY_CLEAN(cy_tls_sides) servers = {0};
  CY_AUTO(cy_tls_table) *before = NULL;
  CY_AUTO(cy_tls_table) *after = NULL;
  cy_tls_sides client_now = {&client, 1, 1}, server_now = {&server, 1, 1};
  CY_TRY(cy_tls_what_ifs_apply(&clients, what, &client_now, CY_TLS_CLIENT));
  CY_TRY(cy_tls_what_ifs_apply(&servers, what, &server_now, CY_TLS_SERVER));
  CY_TRY(cy_tls_table_new(&before, &client_now, &server_now));
  CY_TRY(cy_tls_table_new(&after, &clients, &servers));
  cy_out_open(run->out, "what_if", "");
  cy_err *err = cy_tls_show_changes(run, before, after, what);
  cy_out_close(run->out);
  return err;
}

/* Servers that a trace names and does not hold say nothing in a table. */
static void drop_unseen(cy_run *run, cy_tls_sides *servers)
{
  size_t kept = 0;
  for (size_t i = 0; i < servers->count; i++) {
    cy_err *err = cy_tls_used_check(servers->items[i]);
    if (err) {
      cy_out_note(run->out, "left out: %s", cy_err_text(err));
      cy_tls_side_free(servers->items[i]);
    } else {
      servers->items[kept++] = servers->items[i];
    }
    cy_err_free(err);
  }
  servers->count = kept;
}

static cy_err *run_matrix(cy_run *run)
{
  CY_CLEAN(cy_tls_what_ifs) what = {0};
  CY_CLEAN(cy_tls_sides) clients = {0};
  CY_CLEAN(cy_tls_sides) servers = {0};
  if (run->args->operand_count && !run->args->given[CY_OPT_MATRIX])
    return cy_err_hint(cy_err_new(CY_E_USAGE, "a table wants --clients and --servers, and nothing else"),
      "causey tls check --clients FOLDER --servers nginx.conf; each may be given several times. With "
      "--matrix, files that say what they are can stand by themselves.");
  CY_TRY(cy_run_tls_what_ifs(run, &what));
  CY_TRY(cy_run_tls_both(run, &clients, &servers));
  drop_unseen(run, &servers);
  if (servers.count == 0)
    return cy_err_new(CY_E_USAGE, "there is no server among the sides");
  return cy_run_tls_matrix(run, &clients, &servers, &what);
}

static cy_err *run_pair(cy_run *run)
{
  CY_AUTO(cy_tls_side) *client = NULL;
  CY_AUTO(cy_tls_side) *server = NULL;
  CY_CLEAN(cy_findings) findings = {0};
  CY_CLEAN(cy_tls_what_ifs) what = {0};
  checking c = {0};
  cy_reached reached = {0};
  CY_TRY(cy_run_tls_pair(run, &client, &server, &reached));
  c.reached = &reached;
  CY_TRY(cy_run_tls_what_ifs(run, &what));
  CY_TRY(cy_tls_used_check(server));
  cy_out_document(run->out, "causey.tls_check/1", 0);
  cy_tls_verdicts_init(&c.verdicts);
  cy_err *err = check_pair(run, &c, client, server);
  checking_clear(&c);
  CY_TRY(err);
  if (run->args->given[CY_OPT_WHAT_IF])
    CY_TRY(what_if(run, client, server, &what));
  cy_findings_move(&findings, &client->findings);
  cy_findings_move(&findings, &server->findings);
  CY_TRY(cy_tls_used_names(&findings, client, server));
  cy_findings_sort(&findings);
  cy_out_findings(run->out, &findings);
  cy_run_findings(run, &findings);
  return cy_findings_check(&findings);
}

static cy_err *run_check(cy_run *run)
{
  if (run->args->given[CY_OPT_MATRIX] || run->args->given[CY_OPT_CLIENTS] ||
      run->args->given[CY_OPT_SERVERS])
    return run_matrix(run);
  if (run->args->operand_count == 2)
    return run_pair(run);
  return cy_err_hint(cy_err_new(CY_E_USAGE, "`causey tls check` wants a CLIENT and a SERVER"),
    "See `causey help tls check`; for many of them there is --matrix, or --clients and --servers.");
}

const cy_command cy_cmd_tls_check = {
  .name = "tls check",
  .operands = "[CLIENT SERVER | --matrix SIDES...]",
  .summary = "will these two ends agree; if not, which step fails, why, and what mends it",
  .description =
    "Nothing is connected. Both ends' settings are read from wherever they stand (see `causey "
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
    "helps, and says so. Each change ends in the line to write, in the product's own words, and what "
    "makes it take notice.\n\n"
    "Either end may be a trace of a connection that was made (openssl s_client, gnutls-cli, "
    "javax.net.debug "
    "...). It knows only what that connection used; what the trace shows then stands beside what is "
    "predicted, and where they differ, the configuration that was given was not in force.\n\n"
    "A server's file with several servers is no question where the client's host is known (or --host says "
    "it): the "
    "server that this name comes to is taken, by the product's own rules, and so is a queue manager's "
    "channel of "
    "the name that the client has.\n\n"
    "What a queue manager compares when the handshake is over is played, too: CipherSpec, the names in "
    "SSLPEER, and "
    "channel authentication records, with the user that the channel then runs as; --client-address and "
    "--client-user "
    "say what the files do not.\n\n"
    "With --matrix: all clients of these files and folders against all servers, as a table whose failing "
    "cells are explained once for each pair of classes of equal sides. --clients and --servers do the "
    "same and say what a file is, where it may be either.\n\n"
    "With --what-if: who would still connect, who would no longer, and who newly, if this were set; for "
    "both ends, or with client. or server. in front for one.",
  .min_operands = 0,
  .max_operands = -1,
  .options = {CY_OPT_MATRIX, CY_OPT_CLIENTS, CY_OPT_SERVERS, CY_OPT_WHAT_IF, CY_OPT_NO_FIXES, CY_OPT_HOST,
    CY_OPT_CLIENT_ADDRESS, CY_OPT_CLIENT_USER, CY_OPT_CLIENT_DIALECT, CY_OPT_SERVER_DIALECT, CY_OPT_ROOT,
    CY_OPT_RINGS, CY_OPT_RING_USER, CY_OPT_AT, CY_OPT_FAIL_ON, CY_OPT_PASSWORD, CY_OPT_PASSWORD_FILE,
    CY_OPT_PASSWORD_ENV, CY_OPT_PASSWORD_FD, CY_OPT_PASSWORDS},
  .examples = {{"causey tls check client.json nginx.conf#www", "the two ends, from their own files"},
    {"causey tls check --host mq1.example system: server.pem",
      "any client of this machine, and a certificate"},
    {"causey tls check trace.txt nginx.conf#www", "a client as its own trace shows it"},
    {"causey tls check --host www.example client.json nginx.conf", "the server that the name comes to"},
    {"causey tls check --client-address 192.0.2.7 ccdt.json channels.mqsc",
      "channel authentication for this client"},
    {"causey tls check --clients clients/ --servers nginx.conf", "everyone with everyone"},
    {"causey tls check --matrix ccdt.json qmgr.mqsc", "the same, of files that say what they are"},
    {"causey tls check client.json nginx.conf#www --what-if server.versions=1.3",
      "before the server is changed"},
    {"causey tls check --clients clients/ --servers nginx.conf --what-if min-rsa=3072",
      "whose RSA keys would be too small"}},
  .run = run_check,
};
