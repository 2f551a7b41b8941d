/* tls migrate: the order in which clients and servers can change so that nothing breaks. */
#include "cli/command.h"
#include "cli/tls_sides.h"
#include "tls/migrate.h"
#include "tls/outcome_show.h"

/* All sides of a class: they may change one after the other. */
static void put_names(cy_out *out, const cy_tls_party *party, size_t which)
{
  cy_out_list(out, "sides", "");
  for (size_t i = 0; i < party->count; i++)
    if (party->class_of[i] == which)
      cy_out_str(out, NULL, NULL, party->sides[i]->name);
  cy_out_list_end(out);
}

static const char *what_of(const cy_tls_migration_step *step)
{
  return step->only ? "gives up what is older" : "learns the new version";
}

static void put_begin(cy_out *out, const cy_tls_migration *migration, const cy_tls_migration_step *step)
{
  const cy_tls_party *party = &migration->table->ends[step->role];
  cy_out_open(out, NULL, "");
  cy_out_str(out, "role", NULL, cy_tls_role_name(step->role));
  cy_out_str(out, "change", NULL, step->only ? "only" : "add");
  put_names(out, party, step->which);
}

static void put_step(
  cy_out *out, const cy_tls_migration *migration, const cy_tls_migration_step *step, size_t number)
{
  const cy_tls_party *party = &migration->table->ends[step->role];
  const cy_tls_side *before = party->sides[party->firsts[step->which]];
  bool demands = step->after->demand_versions || step->after->demand_suites.set;
  put_begin(out, migration, step);
  cy_out_line(out, "%3zu. %s %s %s", number, cy_tls_role_name(step->role), before->name, what_of(step));
  for (size_t i = 0; i < party->count; i++)
    if (party->class_of[i] == step->which && party->sides[i] != before)
      cy_out_line(out, "     and likewise, in any order: %s", party->sides[i]->name);
  cy_out_list(out, "settings", "");
  if (step->after->versions != before->versions || !demands) {
    cy_out_open(out, NULL, "");
    cy_out_str(out, "field", NULL, "versions");
    cy_tls_write_show(out, step->after, step->role, CY_TLS_FIELD_VERSIONS);
    cy_out_close(out);
  }
  if (demands) {
    cy_out_open(out, NULL, "");
    cy_out_str(out, "field", NULL, "demand");
    cy_tls_write_show(out, step->after, step->role, CY_TLS_FIELD_DEMAND);
    cy_out_close(out);
  }
  cy_out_list_end(out);
  cy_out_close(out);
}

static cy_err *put_blocked(
  cy_out *out, const cy_tls_migration *migration, const cy_tls_migration_step *step, const char *version)
{
  CY_AUTO(cy_tls_terms) *client = NULL;
  CY_AUTO(cy_tls_terms) *server = NULL;
  CY_CLEAN(cy_buf) line = CY_BUF_TEXT;
  const cy_tls_party *party = &migration->table->ends[step->role];
  const cy_tls_side *side = party->sides[party->firsts[step->which]];
  put_begin(out, migration, step);
  cy_out_bool(out, "unable", NULL, step->unable);
  if (step->unable) {
    const cy_tls_terms *terms = party->terms[step->which];
    cy_out_str(out, "client", NULL, NULL);
    cy_out_str(out, "server", NULL, NULL);
    cy_out_strf(out, "why", NULL, "%s has no %s", terms->dialect->title, version);
    cy_out_line(out, "  %s %s: %s has no %s. It needs another library, or stays behind.",
      cy_tls_role_name(step->role), side->name, terms->dialect->title, version);
    cy_out_close(out);
    return NULL;
  }
  CY_TRY(cy_tls_terms_new(&client, step->tried[CY_TLS_CLIENT], CY_TLS_CLIENT));
  CY_TRY(cy_tls_terms_new(&server, step->tried[CY_TLS_SERVER], CY_TLS_SERVER));
  cy_tls_shown shown = {client, server, &step->broken, NULL};
  cy_tls_outcome_line(&line, &shown);
  cy_out_str(out, "client", NULL, client->side->name);
  cy_out_str(out, "server", NULL, server->side->name);
  cy_out_text(out, "why", NULL, cy_buf_get(&line));
  cy_out_line(out,
    "  %s %s can not be the one that %s: %s with %s would break:", cy_tls_role_name(step->role), side->name,
    what_of(step), client->side->name, server->side->name);
  cy_out_labelled(out, "    ", cy_buf_cstr(&line));
  cy_out_close(out);
  return NULL;
}

static bool is_done(const cy_tls_migration_step *step)
{
  return step->after != NULL;
}

static cy_err *show(cy_run *run, const cy_tls_migration *migration, const char *version)
{
  cy_out *out = run->out;
  size_t number = 0;
  cy_out_document(out, "causey.tls_migrate/1", 0);
  cy_out_str(out, "to", NULL, version);
  cy_out_bool(out, "possible", NULL, migration->blocked == 0);
  cy_out_int(out, "not_connecting_now", NULL, (int64_t)migration->broken);
  if (migration->broken)
    cy_out_line(out,
      "Not all pairs connect even now (%zu kind%s of pair); those are not looked after here, see `causey "
      "tls check`.",
      migration->broken, migration->broken == 1 ? "" : "s");
  if (migration->count == 0)
    cy_out_line(out, "Nothing is to be done: all have %s and nothing older.", version);
  cy_out_list(out, "steps", "");
  for (size_t i = 0; i < migration->count; i++)
    if (is_done(&migration->steps[i]))
      put_step(out, migration, &migration->steps[i], ++number);
  cy_out_list_end(out);
  cy_out_list(out, "blocked", "");
  if (migration->blocked)
    cy_out_heading(out, "What can not be done without a break");
  for (size_t i = 0; i < migration->count; i++)
    if (!is_done(&migration->steps[i]))
      CY_TRY(put_blocked(out, migration, &migration->steps[i], version));
  cy_out_list_end(out);
  if (migration->blocked)
    cy_out_line(out, "Until then what is older stays on at their other ends.");
  if (migration->blocked)
    cy_run_exit(run, CY_EXIT_FINDINGS);
  else if (number)
    cy_out_line(out, "In this order every pair that connects now connects after each step.");
  return NULL;
}

static cy_err *wanted(cy_run *run, uint16_t *version)
{
  const char *text = cy_args_value(run->args, CY_OPT_TO_VERSION);
  *version = text ? (uint16_t)cy_tls_read_version(text) : CY_TLS13;
  if (*version == CY_TLS12 || *version == CY_TLS13)
    return NULL;
  return cy_err_hint(
    cy_err_new(CY_E_USAGE, "%s is no version to migrate to", text), "--to takes 1.2 or 1.3.");
}

static cy_err *run_migrate(cy_run *run)
{
  CY_CLEAN(cy_tls_sides) clients = {0};
  CY_CLEAN(cy_tls_sides) servers = {0};
  cy_tls_migration migration = {0};
  uint16_t version;
  CY_TRY(wanted(run, &version));
  CY_TRY(cy_run_tls_both(run, &clients, &servers));
  cy_err *err = cy_tls_migrate(&migration, &clients, &servers, version);
  if (!err)
    err = show(run, &migration, cy_tls_version_name(version));
  cy_tls_migration_clear(&migration);
  return err;
}

const cy_command cy_cmd_tls_migrate = {
  .name = "tls migrate",
  .operands = "[SIDE...]",
  .summary = "the order in which clients and servers can change so that at no moment anything breaks",
  .description =
    "Nothing is connected. Every pair that connects now must connect after each step, which is "
    "predicted: first everyone learns the new version, then everyone gives up the older ones. A queue "
    "manager agrees on the highest version that both ends have and compares it with the channel "
    "afterwards, so the channels of servers come before their clients there.\n\n"
    "When it can not be done without a break, it says which pair would break and what is in the way: a "
    "library without that version, or a channel's demand. A SIDE is a file that says itself whether "
    "it is a client or a server; for others there are --clients and --servers.",
  .min_operands = 0,
  .max_operands = -1,
  .options = {CY_OPT_TO_VERSION, CY_OPT_CLIENTS, CY_OPT_SERVERS, CY_OPT_HOST, CY_OPT_CLIENT_DIALECT,
    CY_OPT_SERVER_DIALECT, CY_OPT_ROOT, CY_OPT_AT, CY_OPT_PASSWORD, CY_OPT_PASSWORD_FILE,
    CY_OPT_PASSWORD_ENV, CY_OPT_PASSWORD_FD, CY_OPT_PASSWORDS},
  .examples = {{"causey tls migrate client.json nginx.conf#www --to 1.3", "who changes first"},
    {"causey tls migrate --clients clients/ --servers channels.mqsc --to 1.3",
      "channels and their clients"}},
  .run = run_migrate,
};
