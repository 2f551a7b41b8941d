/* Sides on the command line. */
#include "cli/tls_sides.h"

#include "base/text.h"
#include "cli/codes.h"
#include "identity/address_pattern.h"
#include "tls/reach.h"

static const char *environment(void *arg, const char *name)
{
  const cy_run *run = arg;
  return run->env(name);
}

static cy_tls_read_how how_of(cy_run *run, cy_tls_role role, cy_ask *ask)
{
  cy_opt dialect = role == CY_TLS_CLIENT ? CY_OPT_CLIENT_DIALECT : CY_OPT_SERVER_DIALECT;
  return (cy_tls_read_how){.role = role,
    .role_given = true,
    .host = role == CY_TLS_CLIENT ? cy_args_value(run->args, CY_OPT_HOST) : NULL,
    .dialect = cy_args_value(run->args, dialect),
    .root = cy_args_value(run->args, CY_OPT_ROOT),
    .rings = cy_args_value(run->args, CY_OPT_RINGS),
    .ring_user = cy_args_value(run->args, CY_OPT_RING_USER),
    .home = run->home,
    .at = run->args->given[CY_OPT_AT] ? run->now : 0,
    .ask = ask,
    .env = environment,
    .env_arg = run};
}

static cy_err *load(cy_run *run, cy_tls_sides *out, const char *address, cy_tls_role role, cy_ask *ask)
{
  cy_tls_read_how how = how_of(run, role, ask);
  return cy_tls_sides_load(out, address, &how);
}

/* Those whose file says that they are the other end are left out. */
static void drop_others(cy_tls_sides *sides, cy_tls_role role)
{
  size_t kept = 0;
  for (size_t i = 0; i < sides->count; i++) {
    if (sides->items[i]->role_known && sides->items[i]->role != role)
      cy_tls_side_free(sides->items[i]);
    else
      sides->items[kept++] = sides->items[i];
  }
  sides->count = kept;
}

cy_err *cy_run_tls_sides(cy_run *run, cy_tls_sides *out, const char *address, cy_tls_role role)
{
  cy_run_ask ask;
  cy_run_ask_init(&ask, run, CY_ROLE_STORE);
  cy_err *err = load(run, out, address, role, &ask.ask);
  cy_run_ask_clear(&ask);
  CY_TRY(err);
  drop_others(out, role);
  if (out->count == 0)
    return cy_err_hint(cy_err_new(CY_E_USAGE, "%s sets up no %s", address, cy_tls_role_name(role)),
      "The client comes first, then the server; `causey tls side %s` shows what is in it.", address);
  return NULL;
}

enum { LABELS_SHOWN = 12 };

static cy_err *too_many(const cy_tls_sides *sides, const char *address, cy_tls_role role)
{
  CY_CLEAN(cy_buf) labels = CY_BUF_TEXT;
  for (size_t i = 0; i < sides->count && i < LABELS_SHOWN; i++)
    cy_buf_printf(&labels, "%s%s", i ? ", " : "",
      sides->items[i]->label ? sides->items[i]->label : sides->items[i]->name);
  if (sides->count > LABELS_SHOWN)
    cy_buf_printf(&labels, " and %zu more", sides->count - LABELS_SHOWN);
  return cy_err_new(CY_E_USAGE, "%s sets up %zu %ss (%s); choose one: %s#LABEL, or %s#@N", address,
    sides->count, cy_tls_role_name(role), cy_buf_cstr(&labels), address, address);
}

cy_err *cy_run_tls_side(cy_run *run, cy_tls_side **out, const char *address, cy_tls_role role)
{
  CY_CLEAN(cy_tls_sides) sides = {0};
  *out = NULL;
  CY_TRY(cy_run_tls_sides(run, &sides, address, role));
  if (sides.count > 1)
    return too_many(&sides, address, role);
  *out = sides.items[0];
  sides.count = 0;
  return NULL;
}

static void keep_words(char room[256], cy_buf *words)
{
  cy_span text = cy_text_head(cy_buf_get(words), 250);
  size_t len = text.len < 255 ? text.len : 255;
  memcpy(room, len ? (const char *)text.data : "", len);
  room[len] = 0;
}

/* Takes one of a list. */
static cy_err *take(cy_tls_side **out, cy_tls_sides *sides, const char *address, cy_tls_role role,
  const cy_tls_side *other, cy_reached *reached)
{
  CY_CLEAN(cy_buf) why = CY_BUF_TEXT;
  size_t which = sides->count == 1 ? 0 : SIZE_MAX;
  if (which == SIZE_MAX && other)
    CY_TRY(cy_tls_reach(&which, &why, sides, other));
  if (which == SIZE_MAX)
    return too_many(sides, address, role);
  keep_words(reached->side, &why);
  *out = sides->items[which];
  sides->items[which] = NULL;
  return NULL;
}

/* What the options say of the client. */
static cy_err *tell_client(cy_run *run, cy_tls_side *client)
{
  const char *address = cy_args_value(run->args, CY_OPT_CLIENT_ADDRESS);
  const char *user = cy_args_value(run->args, CY_OPT_CLIENT_USER);
  if (address && !cy_address_is(address))
    return cy_err_hint(cy_err_new(CY_E_USAGE, "%s is no address", address),
      "--client-address takes an address such as 192.0.2.7 or 2001:db8::7.");
  if (address)
    CY_TRY(cy_tls_side_set(&client->address, address));
  return user ? cy_tls_side_set(&client->user, user) : NULL;
}

cy_err *cy_run_tls_pair(cy_run *run, cy_tls_side **client, cy_tls_side **server, cy_reached *reached)
{
  CY_CLEAN(cy_tls_sides) clients = {0};
  CY_CLEAN(cy_tls_sides) servers = {0};
  CY_CLEAN(cy_buf) why = CY_BUF_TEXT;
  const char *const *at = run->args->operands;
  CY_TRY(cy_run_tls_sides(run, &clients, at[0], CY_TLS_CLIENT));
  CY_TRY(cy_run_tls_sides(run, &servers, at[1], CY_TLS_SERVER));
  const cy_tls_side *only = servers.count == 1 ? servers.items[0] : NULL;
  CY_TRY(take(client, &clients, at[0], CY_TLS_CLIENT, only, reached));
  CY_TRY(take(server, &servers, at[1], CY_TLS_SERVER, *client, reached));
  const char *host = *client ? (*client)->host : NULL;
  if (host)
    CY_TRY(cy_tls_reach_certificate(*server, host, &why));
  keep_words(reached->certificate, &why);
  return tell_client(run, *client);
}

cy_err *cy_run_tls_given(cy_run *run, cy_tls_sides *out, cy_opt option, cy_tls_role role)
{
  const char *address;
  for (size_t i = 0; (address = cy_args_nth(run->args, option, i)); i++) {
    CY_CLEAN(cy_tls_sides) sides = {0};
    CY_TRY(cy_run_tls_sides(run, &sides, address, role));
    for (size_t k = 0; k < sides.count; k++) {
      cy_tls_side *side = sides.items[k];
      sides.items[k] = NULL;
      CY_TRY(cy_tls_sides_add(out, side));
    }
  }
  return NULL;
}

cy_err *cy_run_tls_what_ifs(cy_run *run, cy_tls_what_ifs *out)
{
  const char *text;
  cy_run_ask ask;
  cy_err *err = NULL;
  cy_run_ask_init(&ask, run, CY_ROLE_STORE);
  cy_tls_read_how how = how_of(run, CY_TLS_SERVER, &ask.ask);
  how.dialect = NULL;
  for (size_t i = 0; !err && (text = cy_args_nth(run->args, CY_OPT_WHAT_IF, i)); i++)
    err = cy_tls_what_if_add(out, text, &how);
  cy_run_ask_clear(&ask);
  return err;
}

static cy_err *load_any(cy_run *run, cy_tls_sides *out, const char *address)
{
  cy_run_ask ask;
  cy_run_ask_init(&ask, run, CY_ROLE_STORE);
  cy_tls_read_how how = how_of(run, CY_TLS_CLIENT, &ask.ask);
  how.role_given = false;
  how.dialect = NULL;
  cy_err *err = cy_tls_sides_load(out, address, &how);
  cy_run_ask_clear(&ask);
  return err;
}

static cy_err *sort_out(
  cy_tls_sides *sides, cy_tls_sides *clients, cy_tls_sides *servers, const char *address)
{
  for (size_t i = 0; i < sides->count; i++) {
    cy_tls_side *side = sides->items[i];
    if (!side->role_known)
      return cy_err_hint(
        cy_err_new(CY_E_USAGE, "%s does not say whether it is a client or a server", side->name),
        "Name it with --clients %s, or --servers %s.", address, address);
    sides->items[i] = NULL;
    CY_TRY(cy_tls_sides_add(side->role == CY_TLS_CLIENT ? clients : servers, side));
  }
  return NULL;
}

cy_err *cy_run_tls_both(cy_run *run, cy_tls_sides *clients, cy_tls_sides *servers)
{
  for (size_t i = 0; i < run->args->operand_count; i++) {
    CY_CLEAN(cy_tls_sides) sides = {0};
    CY_TRY(load_any(run, &sides, run->args->operands[i]));
    CY_TRY(sort_out(&sides, clients, servers, run->args->operands[i]));
  }
  CY_TRY(cy_run_tls_given(run, clients, CY_OPT_CLIENTS, CY_TLS_CLIENT));
  CY_TRY(cy_run_tls_given(run, servers, CY_OPT_SERVERS, CY_TLS_SERVER));
  if (clients->count && servers->count)
    return NULL;
  return cy_err_hint(
    cy_err_new(CY_E_USAGE, "there is no %s among the sides", clients->count ? "server" : "client"),
    "At least one client and one server are wanted; --clients FILE and --servers FILE say what a file is.");
}
