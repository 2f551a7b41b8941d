/* tls side: what was understood of one end's configuration. */
#include "cli/codes.h"
#include "cli/command.h"
#include "tls/reader.h"
#include "tls/side_show.h"

static const char *environment(void *arg, const char *name)
{
  const cy_run *run = arg;
  return run->env(name);
}

static cy_err *set_role(cy_run *run, cy_tls_read_how *how)
{
  const char *role = cy_args_value(run->args, CY_OPT_ROLE);
  how->role_given = role != NULL;
  if (!role)
    return NULL;
  if (strcmp(role, "server") != 0 && strcmp(role, "client") != 0)
    return cy_err_new(CY_E_USAGE, "--role is client or server, not %s", role);
  how->role = strcmp(role, "server") == 0 ? CY_TLS_SERVER : CY_TLS_CLIENT;
  return NULL;
}

static cy_err *show_address(cy_run *run, const char *address, const cy_tls_read_how *how)
{
  CY_CLEAN(cy_tls_sides) sides = {0};
  CY_TRY(cy_tls_sides_load(&sides, address, how));
  for (size_t i = 0; i < sides.count; i++) {
    cy_findings_sort(&sides.items[i]->findings);
    cy_tls_side_show(run->out, sides.items[i]);
    cy_run_findings(run, &sides.items[i]->findings);
  }
  return NULL;
}

static cy_err *run_side(cy_run *run)
{
  cy_run_ask ask;
  cy_tls_read_how how = {.host = cy_args_value(run->args, CY_OPT_HOST),
    .dialect = cy_args_value(run->args, CY_OPT_DIALECT),
    .root = cy_args_value(run->args, CY_OPT_ROOT),
    .rings = cy_args_value(run->args, CY_OPT_RINGS),
    .ring_user = cy_args_value(run->args, CY_OPT_RING_USER),
    .home = run->home,
    .ask = &ask.ask,
    .env = environment,
    .env_arg = run};
  if (run->args->given[CY_OPT_AT])
    how.at = run->now;
  CY_TRY(set_role(run, &how));
  cy_out_document(run->out, "causey.tls_side/1", 0);
  cy_out_list(run->out, "sides", "");
  cy_run_ask_init(&ask, run, CY_ROLE_STORE);
  for (size_t i = 0; i < run->args->operand_count; i++) {
    cy_err *err = show_address(run, run->args->operands[i], &how);
    if (err)
      cy_run_error(run, err);
  }
  cy_run_ask_clear(&ask);
  cy_out_list_end(run->out);
  return NULL;
}

const cy_command cy_cmd_tls_side = {
  .name = "tls side",
  .operands = "ADDRESS...",
  .summary = "what a configuration says of TLS: the settings in force, and which line won",
  .description =
    "An address is a configuration, a certificate, a keystore or a folder. One file can set up many sides "
    "(servers, "
    "channels): all are shown, and ADDRESS#LABEL or ADDRESS#@N chooses one. What is not set is left to the "
    "library's defaults, and not shown. What is wrong is a finding, with its line and the nearest right "
    "word.\n\n"
    "A trace or display of a connection gives its client and its server, as far as that connection shows "
    "them; ADDRESS#@N is then the connection.\n\n"
    "The content says which product it is for; a reader in front (nginx:FILE) forces it. A folder is "
    "searched for configurations, and for stores when it has none.\n\n"
    "With --json the sides are written in Causey's own form, which is an address, too: write one by hand, "
    "or "
    "change one, to say what no file says. Its schema is docs/schema/tls_side-1.json.",
  .min_operands = 1,
  .max_operands = -1,
  .options = {CY_OPT_ROLE, CY_OPT_HOST, CY_OPT_DIALECT, CY_OPT_ROOT, CY_OPT_RINGS, CY_OPT_RING_USER,
    CY_OPT_AT, CY_OPT_FAIL_ON, CY_OPT_PASSWORD, CY_OPT_PASSWORD_FILE, CY_OPT_PASSWORD_ENV,
    CY_OPT_PASSWORD_FD, CY_OPT_KEY_PASSWORD, CY_OPT_KEY_PASSWORD_FILE, CY_OPT_KEY_PASSWORD_ENV,
    CY_OPT_KEY_PASSWORD_FD},
  .examples = {{"causey tls side server.pem --role server", "a certificate and key as a server"},
    {"causey tls side server.p12#web --json >side.json",
      "one identity of a keystore, to be changed by hand"},
    {"causey tls side side.json", "read it back"}},
  .run = run_side,
};
