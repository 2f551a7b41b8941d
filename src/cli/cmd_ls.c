/* ls: one line an entry. */
#include "base/mem.h"
#include "base/text.h"
#include "cli/command.h"
#include "store/check.h"
#include "x509/name.h"

static const cy_column columns[] = {
  {"position", "#", true, 0},
  {"kind", "kind", false, 0},
  {"label", "label", false, 24},
  {"subject_short", "subject", false, 32},
  {"key", "key", false, 0},
  {"until", "until", false, 0},
  {"marks", "notes", false, 0},
};

static void put_cert(cy_run *run, const cy_cert_view *v)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  cy_name_format(&text, v->subject, CY_NAMES_RFC4514);
  cy_out_text(run->out, "subject", NULL, cy_buf_get(&text));
  cy_buf_reset(&text);
  cy_name_short(&text, v->subject);
  cy_out_text(run->out, "subject_short", NULL, cy_buf_get(&text));
  cy_buf_reset(&text);
  cy_key_info_format(&text, &v->key);
  cy_out_text(run->out, "key", NULL, cy_buf_get(&text));
  cy_out_time(run->out, "not_before", NULL, v->not_before);
  cy_out_time(run->out, "not_after", NULL, v->not_after);
  if (cy_time_days(run->now, v->not_after) < 30)
    cy_out_style(run->out, v->not_after < run->now ? CY_STYLE_BAD : CY_STYLE_WARN);
  cy_out_date(run->out, "until", NULL, v->not_after);
}

/* A listing says whose a certificate is, and how a ring uses it. */
static const cy_column listing_columns[] = {
  {"position", "#", true, 0},
  {"label", "label", false, 32},
  {"owner", "owner", false, 0},
  {"use", "use", false, 0},
  {"private_key_words", "key", false, 0},
  {"key", "kind", false, 0},
  {"subject_short", "subject", false, 24},
  {"until", "until", false, 0},
  {"ring", "ring", false, 24},
  {"marks", "notes", false, 0},
};

static void put_times(cy_run *run, const cy_entry_facts *f)
{
  if (f->not_before != CY_TIME_NONE)
    cy_out_time(run->out, "not_before", NULL, f->not_before);
  if (f->not_after == CY_TIME_NONE)
    return;
  cy_out_time(run->out, "not_after", NULL, f->not_after);
  cy_out_bool(run->out, "zone_assumed", NULL, f->zone_assumed);
  if (cy_time_days(run->now, f->not_after) < 30)
    cy_out_style(run->out, f->not_after < run->now ? CY_STYLE_BAD : CY_STYLE_WARN);
  cy_out_date(run->out, "until", NULL, f->not_after);
}

static void put_facts(cy_run *run, const cy_entry *entry)
{
  const cy_entry_facts *f = entry->facts;
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  bool known = !f->connection || f->listed;
  cy_out_str(run->out, "owner", NULL, f->owner);
  cy_out_str(run->out, "ring", NULL, f->ring);
  cy_out_str(run->out, "usage", NULL, f->usage);
  cy_out_str(run->out, "status", NULL, f->status);
  cy_buf_printf(&text, "%s%s",
    f->usage    ? f->usage
    : f->status ? f->status
                : "",
    entry->is_default ? " DEFAULT" : "");
  cy_out_text(run->out, "use", NULL, cy_buf_get(&text));
  if (f->connection)
    cy_out_bool(run->out, "default", NULL, entry->is_default);
  if (known)
    cy_out_bool(run->out, "private_key", NULL, f->has_key);
  cy_out_str(run->out, "private_key_words", NULL, !known ? "" : f->has_key ? "yes" : "no");
  cy_out_str(run->out, "subject", NULL, f->subject ? f->subject : "");
  cy_buf_reset(&text);
  if (f->subject_name.len)
    cy_name_short(&text, f->subject_name);
  cy_out_text(run->out, "subject_short", NULL, cy_buf_get(&text));
  cy_buf_reset(&text);
  cy_facts_key_format(&text, f);
  cy_out_text(run->out, "key", NULL, cy_buf_get(&text));
  put_times(run, f);
}

static void put_key(cy_run *run, const cy_entry *entry)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  cy_key_info info;
  cy_err *err = NULL;
  if (entry->kind == CY_ENTRY_SECRET)
    err = cy_entry_secret_words(entry, &text);
  else if (entry->key.spki.len)
    err = cy_key_info_parse(&info, entry->key.spki);
  if (!err && entry->key.spki.len)
    cy_key_info_format(&text, &info);
  cy_err_free(err);
  if (!text.len)
    return;
  cy_out_text(run->out, "key", NULL, cy_buf_get(&text));
}

/* What a reader should see at a glance; `show` and `audit` say it in full. */
static void put_marks(cy_run *run, const cy_place *place, const cy_entry *entry, const cy_cert_view *v)
{
  CY_CLEAN(cy_buf) marks = CY_BUF_TEXT;
  cy_check_context ctx = {.now = run->now, .warn_days = 30};
  cy_finding_id ids[4];
  size_t count = cy_entry_marks(ids, CY_COUNT(ids), place, entry, v, &ctx);
  for (size_t i = 0; i < count; i++)
    cy_buf_printf(&marks, "%s%s", i ? " " : "", cy_finding_info_get(ids[i])->id);
  cy_out_style(run->out, CY_STYLE_WARN);
  cy_out_text(run->out, "marks", NULL, cy_buf_get(&marks));
}

static cy_err *put_entry(void *arg, cy_place *place, cy_entry *entry)
{
  cy_run *run = arg;
  const cy_cert *cert = NULL;
  cy_err *err = entry->cert_count ? cy_entry_cert(entry, 0, &cert) : NULL;
  const cy_cert_view *v = cert && !err ? cy_cert_get(cert) : NULL;
  cy_out_row(run->out);
  cy_out_int(run->out, "position", NULL, (int64_t)entry->position);
  cy_out_str(run->out, "kind", NULL, cy_entry_kind_name(entry->kind));
  cy_out_str(run->out, "label", NULL, entry->label);
  if (v)
    put_cert(run, v);
  else if (entry->facts)
    put_facts(run, entry);
  else
    put_key(run, entry);
  put_marks(run, place, entry, v);
  cy_out_row_end(run->out);
  if (err)
    cy_run_error(run, err);
  return NULL;
}

static cy_err *list_place(cy_run *run, const char *operand, cy_ask *ask)
{
  CY_CLEAN(cy_address) address = {0};
  CY_AUTO(cy_place) *place = NULL;
  CY_TRY(cy_run_open(run, &place, &address, operand, CY_OPEN_READ, ask));
  cy_out_open(run->out, NULL, "");
  cy_out_str(run->out, "place", NULL, cy_place_path(place));
  cy_out_str(run->out, "kind", NULL, cy_place_kind(place));
  if (cy_place_doc(place) && cy_place_caps(place) & CY_HAS_PASSWORD)
    cy_out_bool(run->out, "integrity_checked", NULL, !cy_place_doc(place)->mac_unchecked);
  if (run->args->operand_count > 1)
    cy_out_heading(run->out, "%s  %s", cy_place_path(place), cy_place_title(place));
  size_t iter = 0;
  const cy_entry *first = cy_place_next(place, &iter);
  bool listing = first && first->facts;
  cy_out_table(run->out, "entries", "", listing ? listing_columns : columns,
    listing ? CY_COUNT(listing_columns) : CY_COUNT(columns));
  cy_err *err = cy_place_select(place, &address.selector, put_entry, run);
  cy_out_table_end(run->out);
  cy_out_close(run->out);
  cy_run_note_unchecked(run, place);
  return err;
}

static cy_err *run_ls(cy_run *run)
{
  cy_run_ask ask;
  cy_out_document(run->out, "causey.ls/1", 0);
  cy_out_list(run->out, "places", "");
  cy_run_ask_init(&ask, run, CY_ROLE_STORE);
  for (size_t i = 0; i < run->args->operand_count; i++) {
    cy_err *err = list_place(run, run->args->operands[i], &ask.ask);
    if (err)
      cy_run_error(run, err);
  }
  cy_run_ask_clear(&ask);
  cy_out_list_end(run->out);
  return NULL;
}

const cy_command cy_cmd_ls = {
  .name = "ls",
  .operands = "PLACE...",
  .summary = "list what is in certificates files and keystores",
  .description =
    "One line an entry: its kind, label, subject, key, and until when it is valid; what deserves a look "
    "stands at the end of the line.\n\n"
    "A place is a file of any kind that Causey knows; its content decides what it is, not its name.",
  .min_operands = 1,
  .max_operands = -1,
  .options = {CY_OPT_AT, CY_OPT_ZONE, CY_OPT_PASSWORD, CY_OPT_PASSWORD_FILE, CY_OPT_PASSWORD_ENV,
    CY_OPT_PASSWORD_FD},
  .examples = {{"causey ls server.pem", "what is in this file"},
    {"causey ls --password-file pw keystore.p12 /etc/ssl/certs/ca-certificates.crt",
      "several places at once"},
    {"causey ls --json trust.jks", "the same for programs"}},
  .run = run_ls,
};
