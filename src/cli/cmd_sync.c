/* sync: the trusted certificates of many stores, made equal to a published bundle. */
#include "base/mem.h"
#include "cli/copying.h"
#include "store/sync.h"

enum { SHOWN = 40 };

typedef struct {
  cy_run *run;
  cy_run_ask ask;
  cy_bundle *bundle;
  bool dry;
  size_t changed, same, failed;
} syncing;

static void put_json_item(cy_out *out, const cy_sync_item *item)
{
  const cy_entry *entry = item->from ? item->from : item->there;
  cy_digest digest = {0};
  cy_err_free(cy_cert_fingerprint(&digest, entry->certs[0].der));
  cy_out_open(out, NULL, NULL);
  cy_out_str(out, "what", NULL, cy_sync_name(item->what));
  cy_out_str(out, "label", NULL, item->label);
  cy_out_str(out, "subject", NULL, item->subject);
  cy_out_hex(out, "sha256", NULL, cy_digest_get(&digest));
  cy_out_time(out, "not_after", NULL, item->until);
  if (item->what == CY_SYNC_REPLACE)
    cy_out_time(out, "before", NULL, item->before);
  cy_out_str(out, "note", NULL, item->note);
  cy_out_close(out);
}

static void put_row(cy_out *out, const cy_sync_item *item, bool labels)
{
  static const char *const words[CY_SYNC_KINDS] = {"add", "replace", "mark", "retire", "keep"};
  CY_CLEAN(cy_buf) note = CY_BUF_TEXT;
  if (item->note)
    cy_buf_str(&note, item->note);
  if (item->before != CY_TIME_NONE) {
    cy_buf_str(&note, "; was until ");
    cy_time_format_date(&note, item->before);
  }
  cy_out_row(out);
  cy_out_str(out, "what", NULL, words[item->what]);
  cy_out_str(out, "label", NULL, labels ? item->label : NULL);
  cy_out_str(out, "subject", NULL, item->subject);
  cy_out_date(out, "until", NULL, item->until);
  cy_out_str(out, "note", NULL, cy_buf_cstr(&note));
  cy_out_row_end(out);
}

static void put_table(cy_out *out, const cy_sync_item *items, size_t count, bool labels)
{
  static const cy_column columns[] = {{"what", "", false, 0}, {"label", "", false, 32},
    {"subject", "", false, 40}, {"until", "", false, 0}, {"note", "", false, 0}};
  if (!count)
    return;
  cy_out_table(out, NULL, "", columns, CY_COUNT(columns));
  for (size_t i = 0; i < count && i < SHOWN; i++)
    put_row(out, &items[i], labels);
  cy_out_table_end(out);
  if (count > SHOWN)
    cy_out_line(out, "... and %zu more (--json has all)", count - SHOWN);
}

static void put_sum(syncing *s, cy_place *store, const cy_sync *sync)
{
  static const char *const done[CY_SYNC_KINDS] = {"added", "replaced", "marked", "retired", "kept"};
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  for (int i = 0; i < CY_SYNC_KINDS; i++) {
    size_t n = cy_sync_count(sync, (cy_sync_what)i);
    if (n)
      cy_buf_printf(&text, ", %zu %s", n, done[i]);
  }
  const char *state = !cy_sync_changes(sync) ? "is in step" : s->dry ? "would be changed" : "is changed";
  cy_out_line(s->run->out, "%s (%s) %s: %zu as published%s", cy_place_path(store), cy_place_title(store),
    state, cy_sync_same(sync), cy_buf_cstr(&text));
}

static void put_failures(cy_out *out, const cy_commit_result *result)
{
  for (size_t i = 0; i < result->count; i++)
    if (result->items[i].err)
      cy_out_error(out, result->items[i].err);
}

static void report(syncing *s, cy_place *store, const cy_sync *sync)
{
  cy_out *out = s->run->out;
  size_t count;
  const cy_sync_item *items = cy_sync_items(sync, &count);
  cy_out_open(out, NULL, "");
  cy_out_str(out, "place", NULL, cy_place_path(store));
  cy_out_str(out, "kind", NULL, cy_place_kind(store));
  cy_out_str(out, "state", NULL, !cy_sync_changes(sync) ? "in-step" : s->dry ? "would-change" : "changed");
  cy_out_int(out, "same", NULL, (int64_t)cy_sync_same(sync));
  put_sum(s, store, sync);
  if (cy_out_options_get(out)->format == CY_OUT_JSON) {
    cy_out_list(out, "changes", NULL);
    for (size_t i = 0; i < count; i++)
      put_json_item(out, &items[i]);
    cy_out_list_end(out);
  } else if (!s->run->args->given[CY_OPT_QUIET]) {
    put_table(out, items, count, cy_place_caps(store) & CY_CAN_LABELS);
  }
  cy_out_close(out);
}

static cy_err *commit(syncing *s, cy_place *store, cy_sync *sync)
{
  cy_write_how how = cy_write_default;
  cy_commit_result result = {0};
  how.now = s->run->now;
  CY_TRY(cy_sync_apply(sync));
  if (cy_mem_failures())
    return cy_err_no_memory();
  cy_err *err = cy_place_commit(store, &how, &s->ask.ask, &result, NULL, NULL);
  put_failures(s->run->out, &result);
  cy_commit_result_clear(&result);
  return err;
}

/* What a line after the # of a store would mean is not clear enough to guess. */
static cy_err *check_address(const cy_address *address)
{
  if (address->is_stream)
    return cy_err_new(CY_E_USAGE, "sync changes stores where they lie; - is none");
  if (address->selector.kind == CY_SELECT_ALL)
    return NULL;
  return cy_err_hint(cy_err_new(CY_E_USAGE, "%s: sync works on whole stores", address->given),
    "Leave what stands after the # away.");
}

static cy_err *sync_one(syncing *s, const char *operand)
{
  CY_CLEAN(cy_address) address = {0};
  CY_AUTO(cy_place) *store = NULL;
  CY_AUTO(cy_sync) *sync = NULL;
  cy_place_how how = {.mode = s->dry ? CY_OPEN_READ : CY_OPEN_UPDATE, .ask = &s->ask.ask};
  CY_TRY(cy_address_parse(&address, operand, s->run->home));
  CY_TRY(check_address(&address));
  CY_TRY(cy_place_open(&store, &address, &how));
  CY_TRY(cy_sync_plan(&sync, s->bundle, store, s->run->args->given[CY_OPT_KEEP]));
  if (cy_sync_changes(sync) && !s->dry)
    CY_TRY(commit(s, store, sync));
  *(cy_sync_changes(sync) ? &s->changed : &s->same) += 1;
  report(s, store, sync);
  return NULL;
}

static void put_failed(syncing *s, const char *operand, cy_err *err)
{
  cy_out *out = s->run->out;
  s->failed++;
  cy_out_open(out, NULL, "");
  cy_out_str(out, "place", NULL, operand);
  cy_out_str(out, "kind", NULL, NULL);
  cy_out_str(out, "state", NULL, "failed");
  cy_out_str(out, "error", NULL, cy_err_text(err));
  cy_out_line(out, "%s is NOT in step: it could not be %s", operand, s->dry ? "read" : "changed");
  cy_out_close(out);
  cy_run_error(s->run, err);
}

static cy_err *sync_all(syncing *s)
{
  cy_run *run = s->run;
  const cy_args *args = run->args;
  CY_CLEAN(cy_address) address = {0};
  CY_AUTO(cy_place) *place = NULL;
  CY_TRY(cy_run_open(run, &place, &address, args->operands[0], CY_OPEN_READ, &s->ask.ask));
  CY_TRY(cy_bundle_make(&s->bundle, place, &address.selector));
  cy_out_document(run->out, "causey.sync/1", 0);
  cy_out_str(run->out, "bundle", NULL, cy_place_path(place));
  cy_out_int(run->out, "certificates", NULL, (int64_t)cy_bundle_count(s->bundle));
  cy_out_bool(run->out, "dry_run", NULL, s->dry);
  cy_out_list(run->out, "stores", "");
  for (size_t i = 1; i < args->operand_count; i++) {
    cy_err *err = sync_one(s, args->operands[i]);
    if (err)
      put_failed(s, args->operands[i], err);
  }
  cy_out_list_end(run->out);
  if (args->operand_count > 2)
    cy_out_line(run->out, "%zu %s, %zu in step, %zu failed", s->changed,
      s->dry ? "to be changed" : "changed", s->same, s->failed);
  cy_bundle_free(s->bundle); /* before the place that it borrows from */
  s->bundle = NULL;
  return NULL;
}

static cy_err *run_sync(cy_run *run)
{
  syncing s = {.run = run, .dry = run->args->given[CY_OPT_DRY_RUN]};
  cy_run_ask_init(&s.ask, run, CY_ROLE_STORE);
  cy_err *err = sync_all(&s);
  cy_bundle_free(s.bundle);
  cy_run_ask_clear(&s.ask);
  return err;
}

const cy_command cy_cmd_sync = {
  .name = "sync",
  .operands = "BUNDLE STORE...",
  .summary = "make the trusted certificates of stores equal to a published bundle",
  .description =
    "Brings the CA certificates of BUNDLE (a file or store of any kind) into each store: missing ones are "
    "added, marked as trusted where the store can mark them (so that Java sees them); renewed ones (the "
    "same "
    "subject and key, or the same subject and a later beginning) take the place and the label of the old "
    "one; those that are not in the bundle are removed, or stay with --keep.\n\n"
    "Private keys, their certificates and chains are never touched. In files without marks of trust, such "
    "as "
    "PEM, all certificates that do not belong to a private key count as trusted.\n\n"
    "Each store is replaced as a whole or not at all; one that is in step already is not written. A store "
    "that can not be opened or written stops none of the others; the exit code is the worst. --dry-run "
    "shows "
    "what would be done. --password-file and its like may be given several times, and --passwords names a "
    "file of many: each is tried on every store.",
  .min_operands = 2,
  .max_operands = -1,
  .options = {CY_OPT_DRY_RUN, CY_OPT_KEEP, CY_OPT_PASSWORD, CY_OPT_PASSWORD_FILE, CY_OPT_PASSWORD_ENV,
    CY_OPT_PASSWORD_FD, CY_OPT_PASSWORDS},
  .examples = {{"causey sync --dry-run ca-bundle.pem trust.p12 trust.jks", "what is out of step?"},
    {"causey sync --passwords list.txt ca-bundle.pem /srv/*/trust.*", "bring all of them in step"},
    {"causey sync --keep --password-file pw new-ca.pem keystore.jks", "add and renew, remove nothing"}},
  .run = run_sync,
};
