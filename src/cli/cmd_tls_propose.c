/* tls propose: the strongest settings with which all of these work. */
#include "cli/command.h"
#include "cli/tls_sides.h"
#include "tls/outcome_show.h"
#include "tls/propose.h"
#include "tls/syntax.h"

static void put_write(cy_out *out, const cy_tls_side *side, cy_tls_role role, cy_tls_field field)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  if (!cy_tls_syntax_put(&words, side, role, field))
    return;
  cy_out_open(out, NULL, "");
  cy_out_str(out, "field", NULL, cy_tls_field_name(field));
  cy_tls_write_show(out, side, role, field);
  cy_out_close(out);
}

static void put_side(cy_out *out, const cy_tls_side *side, cy_tls_role role)
{
  static const cy_tls_field fields[] = {CY_TLS_FIELD_VERSIONS, CY_TLS_FIELD_SUITES, CY_TLS_FIELD_SUITES13,
    CY_TLS_FIELD_GROUPS, CY_TLS_FIELD_SCHEMES, CY_TLS_FIELD_ORDER, CY_TLS_FIELD_DEMAND};
  cy_out_open(out, NULL, "");
  cy_out_str(out, "role", NULL, cy_tls_role_name(role));
  cy_out_str(out, "name", NULL, side->name);
  cy_out_str(out, "product", NULL, side->product);
  cy_out_line(out, "  %s %s%s%s", cy_tls_role_name(role), side->name, side->product ? ", " : "",
    side->product ? side->product : "");
  cy_out_list(out, "settings", "");
  bool old = side->versions & ~CY_TLS_BIT(CY_TLS13);
  for (size_t i = 0; i < CY_COUNT(fields); i++)
    if (fields[i] != CY_TLS_FIELD_SUITES || old)
      put_write(out, side, role, fields[i]);
  cy_out_list_end(out);
  cy_out_close(out);
}

static void put_sides(cy_out *out, const cy_tls_proposal *proposal)
{
  cy_out_heading(out, "What to write");
  cy_out_list(out, "sides", "");
  for (int role = CY_TLS_SERVER; role >= CY_TLS_CLIENT; role--)
    for (size_t i = 0; i < proposal->ends[role].count; i++)
      put_side(out, proposal->ends[role].items[i], (cy_tls_role)role);
  cy_out_list_end(out);
}

/* Each side that is alone of its kind: without it the others could do better. */
static cy_err *put_holders(
  cy_out *out, const cy_tls_proposal *proposal, const cy_tls_sides *clients, const cy_tls_sides *servers)
{
  const cy_tls_sides *ends[2] = {clients, servers};
  cy_out_list(out, "held_back_by", "");
  for (int role = 0; role < 2 && proposal->strength > 0; role++)
    for (size_t i = 0; i < ends[role]->count; i++) {
      size_t without;
      CY_TRY(cy_tls_propose_without(&without, clients, servers, (cy_tls_role)role, i));
      if (without >= proposal->strength)
        continue;
      cy_out_open(out, NULL, "");
      cy_out_str(out, "role", NULL, cy_tls_role_name((cy_tls_role)role));
      cy_out_str(out, "name", NULL, ends[role]->items[i]->name);
      cy_out_str(out, "without", NULL, cy_tls_strength_name(without));
      cy_out_line(out, "The %s %s holds the others back: without it they could have %s.",
        cy_tls_role_name((cy_tls_role)role), ends[role]->items[i]->name, cy_tls_strength_name(without));
      cy_out_close(out);
    }
  cy_out_list_end(out);
  return NULL;
}

/* Pairs that no settings of this kind bring together. */
static void put_apart(cy_out *out, const cy_tls_proposal *proposal)
{
  const cy_tls_table *table = proposal->table;
  const cy_tls_party *clients = &table->ends[CY_TLS_CLIENT], *servers = &table->ends[CY_TLS_SERVER];
  cy_out_list(out, "apart", "");
  for (size_t c = 0; c < clients->classes; c++)
    for (size_t s = 0; s < servers->classes; s++) {
      CY_CLEAN(cy_buf) line = CY_BUF_TEXT;
      cy_tls_shown shown = {clients->terms[c], servers->terms[s], cy_tls_table_cell(table, c, s), NULL};
      if (shown.outcome->agrees)
        continue;
      cy_tls_outcome_line(&line, &shown);
      cy_out_open(out, NULL, "");
      cy_out_str(out, "client", NULL, shown.client->side->name);
      cy_out_str(out, "server", NULL, shown.server->side->name);
      cy_out_text(out, "why", NULL, cy_buf_get(&line));
      cy_out_line(out, "Still apart: %s with %s: %s. `causey tls check` of the two says what mends it.",
        shown.client->side->name, shown.server->side->name, cy_buf_cstr(&line));
      cy_out_close(out);
    }
  cy_out_list_end(out);
}

static cy_err *show(
  cy_run *run, const cy_tls_proposal *proposal, const cy_tls_sides *clients, const cy_tls_sides *servers)
{
  cy_out *out = run->out;
  size_t pairs = clients->count * servers->count;
  cy_out_document(out, "causey.tls_propose/1", 0);
  cy_out_str(out, "strength", NULL, cy_tls_strength_name(proposal->strength));
  cy_out_bool(out, "weak", NULL, cy_tls_strength_is_weak(proposal->strength));
  cy_out_int(out, "pairs", NULL, (int64_t)pairs);
  cy_out_int(out, "agree", NULL, (int64_t)proposal->agreeing);
  cy_out_line(out, "%s%s: %zu of %zu pairs connect with it.", cy_tls_strength_name(proposal->strength),
    cy_tls_strength_is_weak(proposal->strength) ? " (weak: nothing better serves all)" : "",
    proposal->agreeing, pairs);
  CY_TRY(put_holders(out, proposal, clients, servers));
  put_apart(out, proposal);
  put_sides(out, proposal);
  if (proposal->agreeing < pairs)
    cy_run_exit(run, CY_EXIT_FINDINGS);
  return NULL;
}

static cy_err *run_propose(cy_run *run)
{
  CY_CLEAN(cy_tls_sides) clients = {0};
  CY_CLEAN(cy_tls_sides) servers = {0};
  CY_CLEAN(cy_tls_proposal) proposal = {0};
  CY_TRY(cy_run_tls_both(run, &clients, &servers));
  CY_TRY(cy_tls_propose(&proposal, &clients, &servers));
  return show(run, &proposal, &clients, &servers);
}

const cy_command cy_cmd_tls_propose = {
  .name = "tls propose",
  .operands = "[SIDE...]",
  .summary = "the strongest settings with which all of these sides work, and who holds them back",
  .description =
    "Nothing is connected. From TLS 1.3 alone downwards, the first settings are taken with which all "
    "clients connect to all servers, each pair predicted: versions, the suites, groups and signature "
    "schemes of each side's library that are still good, the server's own order. They are written in "
    "each product's own words.\n\n"
    "What a side can do at most is told by its library (see --client-dialect and --server-dialect), "
    "not by its present settings. A SIDE is a file that says itself whether it is a client or a "
    "server; for others there are --clients and --servers.",
  .min_operands = 0,
  .max_operands = -1,
  .options = {CY_OPT_CLIENTS, CY_OPT_SERVERS, CY_OPT_HOST, CY_OPT_CLIENT_DIALECT, CY_OPT_SERVER_DIALECT,
    CY_OPT_ROOT, CY_OPT_RINGS, CY_OPT_RING_USER, CY_OPT_AT, CY_OPT_PASSWORD, CY_OPT_PASSWORD_FILE,
    CY_OPT_PASSWORD_ENV, CY_OPT_PASSWORD_FD, CY_OPT_PASSWORDS},
  .examples = {{"causey tls propose client.json nginx.conf#www", "the two ends, from their own files"},
    {"causey tls propose --clients clients/ --servers nginx.conf", "for everyone"}},
  .run = run_propose,
};
