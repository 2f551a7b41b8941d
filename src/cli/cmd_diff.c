/* diff: what is in one store and not in the other. */
#include "base/file.h"
#include "cli/command.h"
#include "store/diff.h"

typedef struct {
  cy_run *run;
  cy_run_ask ask;
  cy_address address;
  cy_place *place;
} opened;

static void put_entry(cy_out *out, const char *key, const cy_entry *entry)
{
  cy_out_open(out, key, NULL);
  cy_out_int(out, "position", NULL, (int64_t)entry->position);
  cy_out_str(out, "kind", NULL, cy_entry_kind_name(entry->kind));
  cy_out_str(out, "label", NULL, entry->label);
  if (entry->cert_count && entry->certs[0].cert) {
    const cy_cert_view *view = cy_cert_get(entry->certs[0].cert);
    cy_digest digest = {0};
    cy_err *err = cy_cert_fingerprint(&digest, view->der);
    cy_err_free(err);
    cy_out_hex(out, "sha256", NULL, cy_digest_get(&digest));
    cy_out_time(out, "not_before", NULL, view->not_before);
    cy_out_time(out, "not_after", NULL, view->not_after);
  }
  cy_out_close(out);
}

static void put_json_item(cy_out *out, const cy_diff_item *item, const char *name)
{
  cy_out_open(out, NULL, NULL);
  cy_out_str(out, "what", NULL, cy_diff_kind_name(item->kind));
  cy_out_str(out, "name", NULL, name);
  if (item->first)
    put_entry(out, "first", item->first);
  if (item->second)
    put_entry(out, "second", item->second);
  if (item->kind == CY_DIFF_RENEWED) {
    cy_out_str(out, "newer", NULL, item->newer == 1 ? "first" : item->newer == 2 ? "second" : NULL);
    cy_out_bool(out, "same_key", NULL, item->same_key);
  }
  cy_out_str(out, "note", NULL, item->note);
  cy_out_close(out);
}

/* For people. */

static const char *const words[CY_DIFF_KINDS] = {
  "missing", "missing", "renewed", "key", "chain", "trust", "label"};

static void put_cell(cy_out *out, const char *key, const cy_entry *entry, bool labels)
{
  if (!entry)
    cy_out_str(out, key, NULL, "-");
  else if (entry->label && labels)
    cy_out_str(out, key, NULL, entry->label);
  else
    cy_out_strf(out, key, NULL, "@%zu", entry->position);
}

static void put_until(cy_buf *text, const cy_entry *entry)
{
  if (entry->cert_count && entry->certs[0].cert)
    cy_time_format_date(text, cy_cert_get(entry->certs[0].cert)->not_after);
}

static void put_note(cy_out *out, const cy_diff_item *item, const char *const paths[2])
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  bool missing = item->kind == CY_DIFF_ONLY_FIRST || item->kind == CY_DIFF_ONLY_SECOND;
  if (missing)
    cy_buf_printf(&text, "not in %s", paths[item->kind == CY_DIFF_ONLY_FIRST]);
  if (item->kind == CY_DIFF_RENEWED) {
    cy_buf_str(&text, "until ");
    put_until(&text, item->first);
    cy_buf_str(&text, " and ");
    put_until(&text, item->second);
    cy_buf_printf(&text, ", %s key", item->same_key ? "the same" : "another");
    if (item->newer)
      cy_buf_printf(&text, "; newer in %s", paths[item->newer - 1]);
  }
  if (item->note)
    cy_buf_printf(&text, "%s%s", text.len ? "; " : "", item->note);
  cy_out_str(out, "note", NULL, cy_buf_cstr(&text));
}

static void put_row(
  cy_out *out, const cy_diff_item *item, const char *name, const char *const paths[2], const bool labels[2])
{
  const cy_entry *entry = item->first ? item->first : item->second;
  cy_out_row(out);
  cy_out_str(out, "what", NULL, words[item->kind]);
  cy_out_str(out, "kind", NULL, cy_entry_kind_name(entry->kind));
  cy_out_str(out, "name", NULL, name);
  put_cell(out, "first", item->first, labels[0]);
  put_cell(out, "second", item->second, labels[1]);
  put_note(out, item, paths);
  cy_out_row_end(out);
}

static void put_items(cy_run *run, const cy_diff *diff, cy_place *first, cy_place *second)
{
  cy_out *out = run->out;
  const char *const paths[2] = {cy_place_path(first), cy_place_path(second)};
  const bool labels[2] = {cy_place_caps(first) & CY_CAN_LABELS, cy_place_caps(second) & CY_CAN_LABELS};
  const cy_column columns[] = {{"what", "what", false, 0}, {"kind", "kind", false, 0},
    {"name", "name", false, 32}, {"first", cy_path_name(paths[0]), false, 24},
    {"second", cy_path_name(paths[1]), false, 24}, {"note", "note", false, 0}};
  bool json = cy_out_options_get(out)->format == CY_OUT_JSON;
  size_t count;
  const cy_diff_item *items = cy_diff_items(diff, &count);
  if (json)
    cy_out_list(out, "differences", NULL);
  else if (count)
    cy_out_table(out, NULL, "", columns, CY_COUNT(columns));
  for (size_t i = 0; i < count; i++) {
    CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
    cy_err_free(cy_entry_name(items[i].first ? items[i].first : items[i].second, &name));
    if (json)
      put_json_item(out, &items[i], cy_buf_cstr(&name));
    else
      put_row(out, &items[i], cy_buf_cstr(&name), paths, labels);
  }
  if (json)
    cy_out_list_end(out);
  else if (count)
    cy_out_table_end(out);
}

static void put_side(cy_out *out, const char *key, cy_place *place)
{
  cy_out_open(out, key, NULL);
  cy_out_str(out, "place", NULL, cy_place_path(place));
  cy_out_str(out, "kind", NULL, cy_place_kind(place));
  cy_out_int(out, "entries", NULL, (int64_t)cy_place_count(place));
  cy_out_close(out);
}

static void put_sum(cy_run *run, const cy_diff *diff, cy_place *first, cy_place *second, bool same)
{
  size_t count, common = cy_diff_common(diff);
  cy_diff_items(diff, &count);
  const char *a = cy_place_path(first), *b = cy_place_path(second);
  const char *plural = common == 1 ? "y" : "ies";
  if (count == 0)
    cy_out_line(run->out, "%s (%s) and %s (%s) hold the same: %zu entr%s", a, cy_place_title(first), b,
      cy_place_title(second), common, plural);
  else
    cy_out_line(run->out, "%s (%s) and %s (%s): %zu entr%s in common, %zu difference%s%s", a,
      cy_place_title(first), b, cy_place_title(second), common, plural, count, count == 1 ? "" : "s",
      same ? ", of labels only" : "");
}

/* Two labels of one thing are told, and are no difference of what is there. */
static bool is_same(const cy_diff *diff)
{
  size_t count;
  cy_diff_items(diff, &count);
  return count == cy_diff_count(diff, CY_DIFF_LABEL);
}

static cy_err *compare(opened *first, const char *operand, cy_findings *findings)
{
  cy_run *run = first->run;
  CY_AUTO(cy_place) *place = NULL;
  CY_CLEAN(cy_address) address = {0};
  CY_AUTO(cy_diff) *diff = NULL;
  CY_TRY(cy_run_open(run, &place, &address, operand, CY_OPEN_READ, &first->ask.ask));
  cy_diff_side a = {first->place, &first->address.selector, &first->ask.ask};
  cy_diff_side b = {place, &address.selector, &first->ask.ask};
  CY_TRY(cy_diff_make(&diff, &a, &b));
  CY_TRY(cy_diff_findings(diff, findings));
  cy_out_open(run->out, NULL, "");
  put_side(run->out, "first", first->place);
  put_side(run->out, "second", place);
  cy_out_bool(run->out, "same", NULL, is_same(diff));
  cy_out_int(run->out, "common", NULL, (int64_t)cy_diff_common(diff));
  put_sum(run, diff, first->place, place, is_same(diff));
  put_items(run, diff, first->place, place);
  cy_out_close(run->out);
  return NULL;
}

static cy_err *diff_all(opened *first, cy_findings *findings)
{
  cy_run *run = first->run;
  const cy_args *args = run->args;
  CY_TRY(
    cy_run_open(run, &first->place, &first->address, args->operands[0], CY_OPEN_READ, &first->ask.ask));
  cy_out_document(run->out, "causey.diff/1", 0);
  cy_out_list(run->out, "comparisons", "");
  for (size_t i = 1; i < args->operand_count; i++) {
    cy_err *err = compare(first, args->operands[i], findings);
    if (err)
      cy_run_error(run, err);
  }
  cy_out_list_end(run->out);
  cy_findings_sort(findings);
  if (cy_out_options_get(run->out)->format == CY_OUT_JSON)
    cy_out_findings(run->out, findings);
  cy_run_findings(run, findings);
  return NULL;
}

static cy_err *run_diff(cy_run *run)
{
  opened first = {.run = run};
  cy_findings findings = {0};
  cy_run_ask_init(&first.ask, run, CY_ROLE_STORE);
  cy_err *err = diff_all(&first, &findings);
  cy_findings_clear(&findings);
  cy_place_close(first.place);
  cy_address_clear(&first.address);
  cy_run_ask_clear(&first.ask);
  return err;
}

const cy_command cy_cmd_diff = {
  .name = "diff",
  .operands = "STORE STORE...",
  .summary = "compare stores by what is in them",
  .description =
    "Compares the first store with each of the others, of whatever kind they are. Certificates are the "
    "same "
    "by their content, private keys by their public half, whatever their labels: what is missing in one of "
    "the two, what was renewed (the same key or the same subject, another certificate), where the private "
    "key, "
    "the chain or the mark of trust is missing, and what has another label. What a kind of store can not "
    "hold "
    "(a PEM file has no labels) is no difference.\n\n"
    "The exit code is that of diff: 0 when all hold the same, 1 when they differ (a label alone is no "
    "difference; with --fail-on notice it is), more when a store could not be read. Each difference is a "
    "finding as well (diff.*, see `causey explain`), which --json lists.\n\n"
    "--password-file and its like may be given several times, and --passwords names a file of many: each "
    "is "
    "tried on every store.",
  .min_operands = 2,
  .max_operands = -1,
  .options = {CY_OPT_FAIL_ON, CY_OPT_PASSWORD, CY_OPT_PASSWORD_FILE, CY_OPT_PASSWORD_ENV,
    CY_OPT_PASSWORD_FD, CY_OPT_PASSWORDS, CY_OPT_KEY_PASSWORD, CY_OPT_KEY_PASSWORD_FILE,
    CY_OPT_KEY_PASSWORD_ENV, CY_OPT_KEY_PASSWORD_FD},
  .examples = {{"causey diff old.jks new.p12", "was everything carried over?"},
    {"causey diff --passwords list.txt trust.p12 /srv/*/trust.jks", "what is missing where"},
    {"causey diff ca-bundle.pem trust.p12 --json", "the same for programs"}},
  .run = run_diff,
};
