/* Many clients against many servers. */
#include "cli/tls_matrix.h"

#include "base/mem.h"
#include "base/text.h"
#include "tls/outcome_show.h"

enum { GRID_COLUMNS = 8, GRID_ROWS = 400, NAME_COLUMNS = 40 };

/* "web.json", or "web.json and 12 like it". */
static void put_class(cy_buf *buf, const cy_tls_party *party, size_t which)
{
  cy_buf_str(buf, party->sides[party->firsts[which]]->name);
  if (party->sizes[which] > 1)
    cy_buf_printf(buf, " and %zu like it", party->sizes[which] - 1);
}

/* A cell: the version, or the cause. */
static const char *cell_text(const cy_tls_outcome *outcome)
{
  if (!outcome->agrees)
    return cy_tls_cause_get(outcome->cause)->id;
  return outcome->clear ? "without TLS" : cy_tls_version_name(outcome->version);
}

/* For programs: who is who, and each pair of classes. */

static void put_sides(cy_out *out, const cy_tls_party *party, const char *type)
{
  for (size_t i = 0; i < party->count; i++) {
    const cy_tls_side *side = party->sides[i];
    cy_out_record(out, type);
    cy_out_str(out, "name", NULL, side->name);
    cy_out_str(out, "label", NULL, side->label);
    cy_out_str(out, "product", NULL, side->product);
    cy_out_str(out, "source", NULL, side->source);
    cy_out_int(out, "class", NULL, (int64_t)party->class_of[i]);
    cy_out_record_end(out);
  }
}

static void put_pair(cy_out *out, const cy_tls_table *table, size_t client, size_t server)
{
  const cy_tls_outcome *outcome = cy_tls_table_cell(table, client, server);
  const cy_tls_party *clients = &table->ends[CY_TLS_CLIENT], *servers = &table->ends[CY_TLS_SERVER];
  cy_out_record(out, "pair");
  cy_out_int(out, "client_class", NULL, (int64_t)client);
  cy_out_int(out, "server_class", NULL, (int64_t)server);
  cy_out_int(out, "pairs", NULL, (int64_t)(clients->sizes[client] * servers->sizes[server]));
  cy_out_bool(out, "agrees", NULL, outcome->agrees);
  cy_out_str(out, "version", NULL, outcome->version ? cy_tls_version_name(outcome->version) : NULL);
  cy_out_str(
    out, "suite", NULL, outcome->suite < 0 ? NULL : cy_suites[outcome->suite].names[CY_NOTATION_IANA]);
  cy_out_str(out, "cause", NULL, outcome->agrees ? NULL : cy_tls_cause_get(outcome->cause)->id);
  cy_out_record_end(out);
}

static void put_pairs(cy_out *out, const cy_tls_table *table)
{
  for (size_t c = 0; c < table->ends[CY_TLS_CLIENT].classes; c++)
    for (size_t s = 0; s < table->ends[CY_TLS_SERVER].classes; s++)
      put_pair(out, table, c, s);
}

/* For people. */

static void put_row(cy_out *out, const cy_tls_table *table, const char *name, size_t client)
{
  static const char *const keys[] = {"s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7"};
  const cy_tls_party *servers = &table->ends[CY_TLS_SERVER];
  cy_out_row(out);
  cy_out_str(out, "client", NULL, name);
  for (size_t s = 0; s < servers->count; s++) {
    const cy_tls_outcome *outcome = cy_tls_table_cell(table, client, servers->class_of[s]);
    cy_out_style(out, outcome->agrees ? CY_STYLE_GOOD : CY_STYLE_BAD);
    cy_out_str(out, keys[s], NULL, cell_text(outcome));
  }
  cy_out_row_end(out);
}

/* A row for each client, a column for each server. */
static void put_grid(cy_out *out, const cy_tls_table *table)
{
  static const char *const keys[] = {"s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7"};
  const cy_tls_party *clients = &table->ends[CY_TLS_CLIENT], *servers = &table->ends[CY_TLS_SERVER];
  cy_column columns[GRID_COLUMNS + 1] = {{"client", "Client", false, NAME_COLUMNS}};
  for (size_t s = 0; s < servers->count; s++)
    columns[s + 1] = (cy_column){keys[s], servers->sides[s]->name, false, NAME_COLUMNS};
  cy_out_table(out, NULL, "", columns, servers->count + 1);
  for (size_t c = 0; c < clients->count; c++)
    put_row(out, table, clients->sides[c]->name, clients->class_of[c]);
  cy_out_table_end(out);
}

static void put_line(cy_out *out, const cy_tls_table *table, size_t c, size_t s)
{
  CY_CLEAN(cy_buf) client = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) server = CY_BUF_TEXT;
  const cy_tls_party *clients = &table->ends[CY_TLS_CLIENT], *servers = &table->ends[CY_TLS_SERVER];
  const cy_tls_outcome *outcome = cy_tls_table_cell(table, c, s);
  put_class(&client, clients, c);
  put_class(&server, servers, s);
  cy_out_row(out);
  cy_out_text(out, "client", NULL, cy_buf_get(&client));
  cy_out_text(out, "server", NULL, cy_buf_get(&server));
  cy_out_int(out, "pairs", NULL, (int64_t)(clients->sizes[c] * servers->sizes[s]));
  cy_out_style(out, outcome->agrees ? CY_STYLE_GOOD : CY_STYLE_BAD);
  cy_out_str(out, "result", NULL, cell_text(outcome));
  cy_out_row_end(out);
}

/* Too many for a grid: what comes of each pair of classes, in a line each. */
static void put_list(cy_out *out, const cy_tls_table *table)
{
  static const cy_column columns[] = {{"client", "Clients", false, NAME_COLUMNS},
    {"server", "Servers", false, NAME_COLUMNS}, {"pairs", "Pairs", true}, {"result", "Result"}};
  const cy_tls_party *clients = &table->ends[CY_TLS_CLIENT], *servers = &table->ends[CY_TLS_SERVER];
  cy_out_table(out, NULL, "", columns, CY_COUNT(columns));
  for (size_t c = 0; c < clients->classes; c++)
    for (size_t s = 0; s < servers->classes; s++)
      put_line(out, table, c, s);
  cy_out_table_end(out);
}

/* Failing pairs of classes, each explained and mended once. */
static cy_err *put_failure(cy_out *out, cy_tls_table *table, size_t c, size_t s)
{
  CY_CLEAN(cy_buf) names = CY_BUF_TEXT;
  const cy_tls_party *clients = &table->ends[CY_TLS_CLIENT], *servers = &table->ends[CY_TLS_SERVER];
  cy_tls_mends mends;
  CY_TRY(cy_tls_mend_find(&mends, clients->terms[c]->side, servers->terms[s]->side, &table->verdicts));
  cy_tls_shown shown = {clients->terms[c], servers->terms[s], cy_tls_table_cell(table, c, s), &mends};
  put_class(&names, clients, c);
  cy_buf_str(&names, " with ");
  put_class(&names, servers, s);
  cy_out_record(out, "failure");
  cy_out_int(out, "client_class", NULL, (int64_t)c);
  cy_out_int(out, "server_class", NULL, (int64_t)s);
  cy_out_heading(out, "%s", cy_buf_cstr(&names));
  cy_tls_outcome_show(out, &shown);
  cy_out_record_end(out);
  return NULL;
}

static cy_err *put_failures(cy_run *run, cy_tls_table *table)
{
  uint64_t total = table->ends[CY_TLS_CLIENT].classes * table->ends[CY_TLS_SERVER].classes;
  for (size_t c = 0; c < table->ends[CY_TLS_CLIENT].classes; c++)
    for (size_t s = 0; s < table->ends[CY_TLS_SERVER].classes; s++) {
      cy_out_progress(
        run->out, c * table->ends[CY_TLS_SERVER].classes + s, total, "looking for what mends");
      if (!cy_tls_table_cell(table, c, s)->agrees && !cy_out_failed(run->out))
        CY_TRY(put_failure(run->out, table, c, s));
    }
  return NULL;
}

static void put_summary(cy_run *run, const cy_tls_table *table)
{
  size_t pairs = table->ends[CY_TLS_CLIENT].count * table->ends[CY_TLS_SERVER].count;
  size_t agree = cy_tls_table_agreeing(table);
  cy_out_record(run->out, "summary");
  cy_out_int(run->out, "clients", NULL, (int64_t)table->ends[CY_TLS_CLIENT].count);
  cy_out_int(run->out, "servers", NULL, (int64_t)table->ends[CY_TLS_SERVER].count);
  cy_out_int(run->out, "pairs", NULL, (int64_t)pairs);
  cy_out_int(run->out, "agree", NULL, (int64_t)agree);
  cy_out_record_end(run->out);
  cy_out_line(run->out, "%zu client%s, %zu server%s: %zu of %zu pairs connect.",
    table->ends[CY_TLS_CLIENT].count, table->ends[CY_TLS_CLIENT].count == 1 ? "" : "s",
    table->ends[CY_TLS_SERVER].count, table->ends[CY_TLS_SERVER].count == 1 ? "" : "s", agree, pairs);
}

/* What-if: classes may fall apart or together by it, so sides are compared, and told by their pairs of
 * classes of both tables. */
typedef struct {
  size_t index[2]; /* a side of each end that stands for it */
  const cy_tls_outcome *before, *after;
  size_t pairs;
} change;

typedef struct {
  change *items;
  size_t count, cap;
  cy_map seen;
} changes;

static cy_err *note_change(
  changes *list, const cy_tls_table *before, const cy_tls_table *after, size_t c, size_t s)
{
  size_t key[4] = {before->ends[0].class_of[c], after->ends[0].class_of[c], before->ends[1].class_of[s],
    after->ends[1].class_of[s]};
  size_t at = cy_map_get(&list->seen, cy_span_of(key, sizeof key));
  if (at != CY_MAP_NONE) {
    list->items[at].pairs++;
    return NULL;
  }
  if (!cy_map_put(&list->seen, cy_span_of(key, sizeof key), list->count) ||
      !cy_grow(&list->items, &list->cap, list->count + 1, sizeof *list->items))
    return cy_err_no_memory();
  list->items[list->count++] =
    (change){{c, s}, cy_tls_table_pair(before, c, s), cy_tls_table_pair(after, c, s), 1};
  return NULL;
}

static void put_change(cy_out *out, const cy_tls_table *after, const change *item)
{
  const cy_tls_party *clients = &after->ends[CY_TLS_CLIENT], *servers = &after->ends[CY_TLS_SERVER];
  CY_CLEAN(cy_buf) was = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) is = CY_BUF_TEXT;
  const cy_tls_side *client = clients->sides[item->index[0]], *server = servers->sides[item->index[1]];
  cy_tls_shown shown = {clients->terms[clients->class_of[item->index[0]]],
    servers->terms[servers->class_of[item->index[1]]], item->before, NULL};
  cy_tls_outcome_line(&was, &shown);
  shown.outcome = item->after;
  cy_tls_outcome_line(&is, &shown);
  cy_out_open(out, NULL, "");
  cy_out_str(out, "client", NULL, client->name);
  cy_out_str(out, "server", NULL, server->name);
  cy_out_int(out, "pairs", NULL, (int64_t)item->pairs);
  cy_out_text(out, "before", NULL, cy_buf_get(&was));
  cy_out_text(out, "after", NULL, cy_buf_get(&is));
  cy_out_line(
    out, "    %s with %s%s", client->name, server->name, item->pairs > 1 ? " and others like them" : "");
  cy_out_labelled(out, "      before: ", cy_buf_cstr(&was));
  cy_out_labelled(out, "      then:   ", cy_buf_cstr(&is));
  cy_out_close(out);
}

static void put_kind(cy_out *out, const cy_tls_table *after, const changes *list, bool lost)
{
  size_t pairs = 0;
  for (size_t i = 0; i < list->count; i++)
    if (list->items[i].before->agrees == lost && list->items[i].after->agrees != lost)
      pairs += list->items[i].pairs;
  cy_out_line(out, "  %s: %zu pair%s", lost ? "would no longer connect" : "would newly connect", pairs,
    pairs == 1 ? "" : "s");
  cy_out_list(out, lost ? "lost" : "gained", "");
  for (size_t i = 0; i < list->count; i++)
    if (list->items[i].before->agrees == lost && list->items[i].after->agrees != lost)
      put_change(out, after, &list->items[i]);
  cy_out_list_end(out);
}

static size_t still(const changes *list, bool agrees)
{
  size_t pairs = 0;
  for (size_t i = 0; i < list->count; i++)
    if (list->items[i].before->agrees == agrees && list->items[i].after->agrees == agrees)
      pairs += list->items[i].pairs;
  return pairs;
}

static void put_changes(
  cy_run *run, const cy_tls_table *after, const changes *list, const cy_tls_what_ifs *what)
{
  CY_CLEAN(cy_buf) all = CY_BUF_TEXT;
  cy_out *out = run->out;
  cy_out_list(out, "settings", "");
  for (size_t i = 0; i < what->count; i++) {
    cy_out_str(out, NULL, NULL, what->items[i].text);
    cy_buf_printf(&all, "%s%s", i ? ", " : "", what->items[i].text);
  }
  cy_out_list_end(out);
  cy_out_int(out, "still", NULL, (int64_t)still(list, true));
  cy_out_int(out, "still_not", NULL, (int64_t)still(list, false));
  cy_out_heading(out, "What if %s", cy_buf_cstr(&all));
  cy_out_line(
    out, "  would still connect: %zu, would still not: %zu", still(list, true), still(list, false));
  put_kind(out, after, list, true);
  put_kind(out, after, list, false);
  cy_out_list(out, "unchanged", "");
  if (list->count == 1 && list->items[0].before->agrees == list->items[0].after->agrees)
    put_change(out, after, &list->items[0]);
  cy_out_list_end(out);
}

cy_err *cy_tls_show_changes(
  cy_run *run, const cy_tls_table *before, const cy_tls_table *after, const cy_tls_what_ifs *what)
{
  changes list = {0};
  cy_err *err = NULL;
  cy_map_init(&list.seen, true);
  for (size_t c = 0; c < before->ends[CY_TLS_CLIENT].count && !err; c++)
    for (size_t s = 0; s < before->ends[CY_TLS_SERVER].count && !err; s++)
      err = note_change(&list, before, after, c, s);
  if (!err)
    put_changes(run, after, &list, what);
  for (size_t i = 0; i < list.count; i++)
    if (!list.items[i].after->agrees)
      cy_run_exit(run, CY_EXIT_FINDINGS);
  cy_map_clear(&list.seen);
  cy_free(list.items);
  return err;
}

static cy_err *put_what_if(cy_run *run, const cy_tls_table *before, const cy_tls_sides *clients,
  const cy_tls_sides *servers, const cy_tls_what_ifs *what)
{
  CY_CLEAN(cy_tls_sides) new_clients = {0};
  CY_CLEAN(cy_tls_sides) new_servers = {0};
  CY_AUTO(cy_tls_table) *after = NULL;
  CY_TRY(cy_tls_what_ifs_apply(&new_clients, what, clients, CY_TLS_CLIENT));
  CY_TRY(cy_tls_what_ifs_apply(&new_servers, what, servers, CY_TLS_SERVER));
  CY_TRY(cy_tls_table_new(&after, &new_clients, &new_servers));
  cy_out_record(run->out, "what_if");
  cy_err *err = cy_tls_show_changes(run, before, after, what);
  cy_out_record_end(run->out);
  return err;
}

/* What is wrong in the configurations themselves. */
static cy_err *put_findings(cy_run *run, const cy_tls_sides *sides)
{
  for (size_t i = 0; i < sides->count; i++) {
    const cy_findings *list = &sides->items[i]->findings;
    CY_TRY(cy_findings_check(list));
    for (size_t k = 0; k < list->count; k++)
      if (list->items[k]->severity >= CY_WARNING)
        cy_out_finding(run->out, list->items[k]);
    cy_run_findings(run, list);
  }
  return NULL;
}

cy_err *cy_run_tls_matrix(
  cy_run *run, const cy_tls_sides *clients, const cy_tls_sides *servers, const cy_tls_what_ifs *what)
{
  CY_AUTO(cy_tls_table) *table = NULL;
  CY_TRY(cy_tls_table_new(&table, clients, servers));
  cy_out_document(run->out, "causey.tls_matrix/1", CY_OUT_LINES);
  if (cy_out_options_get(run->out)->format == CY_OUT_JSON) {
    put_sides(run->out, &table->ends[CY_TLS_CLIENT], "client");
    put_sides(run->out, &table->ends[CY_TLS_SERVER], "server");
    put_pairs(run->out, table);
  } else if (servers->count <= GRID_COLUMNS && clients->count <= GRID_ROWS) {
    put_grid(run->out, table);
  } else {
    put_list(run->out, table);
  }
  put_summary(run, table);
  CY_TRY(put_findings(run, clients));
  CY_TRY(put_findings(run, servers));
  if (what->count)
    return put_what_if(run, table, clients, servers, what);
  if (!run->args->given[CY_OPT_NO_FIXES])
    CY_TRY(put_failures(run, table));
  if (cy_tls_table_agreeing(table) < clients->count * servers->count)
    cy_run_exit(run, CY_EXIT_FINDINGS);
  return NULL;
}
