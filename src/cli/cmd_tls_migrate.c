/* tls migrate: the order in which clients and servers can change so that nothing breaks. */
#include "cli/command.h"
#include "cli/tls_sides.h"
#include "tls/evidence.h"
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

/* Sides, what was seen of them, and the plan. */
typedef struct {
  cy_tls_sides clients, servers, seen;
  cy_tls_migration migration;
  cy_tls_evidences evidence;
  cy_findings findings;
} planning;

static void planning_clear(planning *p)
{
  cy_tls_evidences_clear(&p->evidence);
  cy_tls_migration_clear(&p->migration);
  cy_tls_sides_clear(&p->clients);
  cy_tls_sides_clear(&p->servers);
  cy_tls_sides_clear(&p->seen);
  cy_findings_clear(&p->findings);
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

static bool is_warning(const cy_tls_evidence *e)
{
  return e->kind == CY_TLS_SEEN_OLDER || e->kind == CY_TLS_SEEN_STRANGER;
}

/* What was seen speaks against giving up the older version here yet. */
static void put_against(cy_out *out, const planning *p, const cy_tls_migration_step *step)
{
  const cy_tls_party *party = &p->migration.table->ends[step->role];
  enum { SHOWN = 8 };
  bool all = cy_out_options_get(out)->format == CY_OUT_JSON;
  size_t count = 0;
  cy_out_list(out, "seen_against", "");
  for (size_t i = 0; i < p->evidence.count && step->only && (all || count < SHOWN); i++) {
    const cy_tls_evidence *e = &p->evidence.items[i];
    size_t side = step->role == CY_TLS_SERVER ? e->server : e->client;
    if (!is_warning(e) || side == SIZE_MAX || party->class_of[side] != step->which)
      continue;
    count++;
    cy_out_strf(out, NULL, NULL, "%s:%zu", e->used->file, e->used->line);
    cy_out_line(out, "     not before this is cleared up: %s was seen in use (%s:%zu)",
      cy_tls_version_name(cy_tls_used_version(e->used)), e->used->file, e->used->line);
  }
  cy_out_list_end(out);
}

static void put_step(cy_out *out, const planning *p, const cy_tls_migration_step *step, size_t number)
{
  const cy_tls_migration *migration = &p->migration;
  const cy_tls_party *party = &migration->table->ends[step->role];
  const cy_tls_side *before = party->sides[party->firsts[step->which]];
  bool demands = step->after->demand_versions || step->after->demand_suites.set;
  put_begin(out, migration, step);
  cy_out_line(out, "%3zu. %s %s %s", number, cy_tls_role_name(step->role), before->name, what_of(step));
  for (size_t i = 0; i < party->count; i++)
    if (party->class_of[i] == step->which && party->sides[i] != before)
      cy_out_line(out, "     and likewise, in any order: %s", party->sides[i]->name);
  put_against(out, p, step);
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

/* What was seen, a line each. */

static const char *words_of(const cy_tls_evidence *e)
{
  static const char *const words[] = {"is there already", "as its configuration comes to today",
    "older than its configuration comes to", "a client that was not given", "a server that was not given",
    "without TLS", "no version was agreed on, or none is shown"};
  return words[e->kind];
}

static void put_evidence(cy_out *out, const planning *p, const cy_tls_evidence *e)
{
  CY_CLEAN(cy_buf) what = CY_BUF_TEXT;
  const cy_tls_used *used = e->used;
  const cy_tls_table *table = p->migration.table;
  const char *client = e->client == SIZE_MAX ? NULL : table->ends[CY_TLS_CLIENT].sides[e->client]->name;
  const char *server = e->server == SIZE_MAX ? NULL : table->ends[CY_TLS_SERVER].sides[e->server]->name;
  const char *who = used->peer_name ? used->peer_name : used->client;
  cy_tls_used_format(&what, used);
  cy_out_row(out);
  cy_out_strf(out, "place", NULL, "%s:%zu", used->file, used->line);
  cy_out_str(out, "what", NULL, used->what);
  cy_out_str(out, "file", NULL, used->file);
  cy_out_int(out, "line", NULL, (int64_t)used->line);
  cy_out_str(out, "when", NULL, used->when);
  cy_out_int(out, "times", NULL, (int64_t)used->times);
  cy_out_str(out, "channel", NULL, used->channel);
  cy_out_str(out, "who", NULL, who ? who : used->channel ? used->channel : used->server);
  cy_out_text(out, "used", NULL, cy_buf_get(&what));
  cy_out_str(out, "client", NULL, client);
  cy_out_str(out, "server", NULL, server);
  cy_out_str(out, "kind", NULL, cy_tls_seen_kind_name(e->kind));
  cy_out_str(out, "means", NULL, words_of(e));
  cy_out_row_end(out);
}

/* For people the telling ones first, and not all of many. */
static void put_evidences(cy_out *out, const planning *p)
{
  static const cy_column columns[] = {{"place", "seen in", false, 32}, {"when", "when"},
    {"times", "times", true, 0}, {"who", "who", false, 40}, {"used", "used", false, 60}, {"means", ""}};
  static const cy_tls_seen_kind order[] = {CY_TLS_SEEN_OLDER, CY_TLS_SEEN_STRANGER, CY_TLS_SEEN_CLEAR,
    CY_TLS_SEEN_EXPECTED, CY_TLS_SEEN_ELSEWHERE, CY_TLS_SEEN_NEW, CY_TLS_SEEN_NOTHING};
  enum { SHOWN = 40 };
  bool all = cy_out_options_get(out)->format == CY_OUT_JSON;
  size_t shown = 0;
  if (!p->evidence.count)
    return;
  cy_out_table(out, "seen", "Seen in use", columns, CY_COUNT(columns));
  for (size_t k = 0; k < CY_COUNT(order); k++)
    for (size_t i = 0; i < p->evidence.count && (all || shown < SHOWN); i++)
      if (p->evidence.items[i].kind == order[k]) {
        put_evidence(out, p, &p->evidence.items[i]);
        shown++;
      }
  cy_out_table_end(out);
  if (shown < p->evidence.count)
    cy_out_line(out, "and %zu more, which are in --json.", p->evidence.count - shown);
}

static void put_head(cy_out *out, const cy_tls_migration *migration, const char *version)
{
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
}

static void put_end(cy_run *run, const planning *p, size_t steps)
{
  bool doubt = false;
  for (size_t i = 0; i < p->evidence.count; i++)
    doubt |= is_warning(&p->evidence.items[i]);
  if (p->migration.blocked)
    cy_out_line(run->out, "Until then what is older stays on at their other ends.");
  if (p->migration.blocked)
    cy_run_exit(run, CY_EXIT_FINDINGS);
  else if (steps && doubt)
    cy_out_line(run->out,
      "By configuration every pair that connects now connects after each step, but what was seen in use "
      "says otherwise: see the findings.");
  else if (steps)
    cy_out_line(run->out, "In this order every pair that connects now connects after each step.");
}

static cy_err *show(cy_run *run, planning *p, const char *version)
{
  cy_out *out = run->out;
  const cy_tls_migration *migration = &p->migration;
  size_t number = 0;
  put_head(out, migration, version);
  put_evidences(out, p);
  cy_out_list(out, "steps", "");
  for (size_t i = 0; i < migration->count; i++)
    if (is_done(&migration->steps[i]))
      put_step(out, p, &migration->steps[i], ++number);
  cy_out_list_end(out);
  cy_out_list(out, "blocked", "");
  if (migration->blocked)
    cy_out_heading(out, "What can not be done without a break");
  for (size_t i = 0; i < migration->count; i++)
    if (!is_done(&migration->steps[i]))
      CY_TRY(put_blocked(out, migration, &migration->steps[i], version));
  cy_out_list_end(out);
  put_end(run, p, number);
  CY_TRY(cy_tls_evidence_find(&p->findings, &p->evidence, migration->table));
  cy_findings_sort(&p->findings);
  cy_out_findings(out, &p->findings);
  cy_run_findings(run, &p->findings);
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

/* What was seen is evidence, and no party; but where nothing else is known of an end it stands for it. */
static cy_err *split(planning *p)
{
  cy_tls_sides *const ends[] = {&p->clients, &p->servers};
  for (size_t e = 0; e < 2; e++) {
    bool known = false;
    for (size_t i = 0; i < ends[e]->count; i++)
      known |= !ends[e]->items[i]->used;
    if (known)
      CY_TRY(cy_tls_evidence_split(ends[e], &p->seen));
  }
  return NULL;
}

static cy_err *plan(cy_run *run, planning *p, uint16_t version)
{
  CY_TRY(cy_run_tls_both(run, &p->clients, &p->servers));
  CY_TRY(split(p));
  CY_TRY(cy_tls_migrate(&p->migration, &p->clients, &p->servers, version));
  CY_TRY(cy_tls_evidence_weigh(&p->evidence, p->migration.table, &p->seen, version));
  return show(run, p, cy_tls_version_name(version));
}

static cy_err *run_migrate(cy_run *run)
{
  planning p = {0};
  uint16_t version;
  CY_TRY(wanted(run, &version));
  cy_err *err = plan(run, &p, version);
  planning_clear(&p);
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
    "it is a client or a server; for others there are --clients and --servers.\n\n"
    "What was really used is evidence: a saved DISPLAY CHSTATUS ALL, or traces of connections. It is no "
    "party to the plan, but says who still uses what, whether a configuration that looks fine is in "
    "force, and whether somebody is there whom nobody thought of.",
  .min_operands = 0,
  .max_operands = -1,
  .options = {CY_OPT_TO_VERSION, CY_OPT_CLIENTS, CY_OPT_SERVERS, CY_OPT_HOST, CY_OPT_CLIENT_DIALECT,
    CY_OPT_SERVER_DIALECT, CY_OPT_ROOT, CY_OPT_RINGS, CY_OPT_RING_USER, CY_OPT_AT, CY_OPT_FAIL_ON,
    CY_OPT_PASSWORD, CY_OPT_PASSWORD_FILE, CY_OPT_PASSWORD_ENV, CY_OPT_PASSWORD_FD, CY_OPT_PASSWORDS},
  .examples = {{"causey tls migrate client.json nginx.conf#www --to 1.3", "who changes first"},
    {"causey tls migrate --clients clients/ --servers channels.mqsc --to 1.3",
      "channels and their clients"},
    {"causey tls migrate --clients ccdt.json --servers channels.mqsc chstatus.txt --to 1.3",
      "with what the queue manager says is running"}},
  .run = run_migrate,
};
