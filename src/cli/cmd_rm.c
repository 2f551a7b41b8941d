/* rm: remove entries; never a store. */
#include "base/mem.h"
#include "cli/copying.h"
#include "store/codes.h"

typedef struct {
  cy_run *run;
  cy_run_ask ask;
  size_t count;
  cy_address *addresses;
  cy_place **places; /* of each operand; the same for the same file */
  cy_entry **entries;
} removing;

static bool is_first(const removing *r, size_t at)
{
  for (size_t i = 0; i < at; i++)
    if (r->places[i] == r->places[at])
      return false;
  return true;
}

static cy_err *check_address(const cy_address *address)
{
  if (address->selector.kind != CY_SELECT_ALL)
    return NULL;
  return cy_err_hint(cy_err_new(CY_E_USAGE, "%s is a whole store, and rm removes entries", address->path),
    "Name one: %s#LABEL (`causey ls %s` shows them). To remove the store, remove the file itself.",
    address->path, address->path);
}

static cy_err *open_place(removing *r, size_t at)
{
  cy_place_how how = {.mode = CY_OPEN_UPDATE, .ask = &r->ask.ask};
  for (size_t i = 0; i < at && !r->places[at]; i++)
    if (cy_same_file(r->addresses[i].path, r->addresses[at].path))
      r->places[at] = r->places[i];
  if (r->places[at])
    return NULL;
  CY_TRY(cy_place_open(&r->places[at], &r->addresses[at], &how));
  if (cy_place_caps(r->places[at]) & CY_ONE_ENTRY)
    return cy_err_hint(
      cy_err_new(CY_E_STORE_CANNOT_HOLD, "%s is nothing but this one object", r->addresses[at].path),
      "Remove the file itself.");
  return NULL;
}

/* Everything is found before anything is removed. */
static cy_err *find_all(removing *r)
{
  for (size_t i = 0; i < r->count; i++) {
    CY_TRY(cy_address_parse(&r->addresses[i], r->run->args->operands[i], r->run->home));
    CY_TRY(check_address(&r->addresses[i]));
  }
  for (size_t i = 0; i < r->count; i++) {
    CY_TRY(open_place(r, i));
    CY_TRY(cy_place_find(r->places[i], &r->addresses[i].selector, &r->entries[i]));
  }
  return NULL;
}

static cy_err *say(removing *r)
{
  cy_out *out = r->run->out;
  bool dry = r->run->args->given[CY_OPT_DRY_RUN];
  cy_out_document(out, "causey.rm/1", 0);
  cy_out_bool(out, "dry_run", NULL, dry);
  cy_out_list(out, "removed", NULL);
  for (size_t i = 0; i < r->count; i++) {
    CY_CLEAN(cy_buf) address = CY_BUF_TEXT;
    CY_TRY(cy_place_entry_address(r->places[i], r->entries[i], &address));
    cy_out_open(out, NULL, NULL);
    cy_out_str(out, "entry", NULL, cy_buf_cstr(&address));
    cy_out_str(out, "place", NULL, cy_place_path(r->places[i]));
    cy_out_str(out, "label", NULL, r->entries[i]->label);
    cy_out_str(out, "kind", NULL, cy_entry_kind_name(r->entries[i]->kind));
    cy_out_close(out);
  }
  cy_out_list_end(out);
  for (size_t i = 0; i < r->count; i++) {
    CY_CLEAN(cy_buf) address = CY_BUF_TEXT;
    CY_TRY(cy_place_entry_address(r->places[i], r->entries[i], &address));
    cy_out_line(out, "%s %s (%s)", dry ? "would remove" : "removed", cy_buf_cstr(&address),
      cy_entry_kind_name(r->entries[i]->kind));
  }
  return NULL;
}

static cy_err *remove_all(removing *r)
{
  cy_write_how how = cy_write_default;
  how.now = r->run->now;
  for (size_t i = 0; i < r->count; i++)
    if (!r->entries[i]->deleted)
      CY_TRY(cy_place_remove(r->places[i], r->entries[i]));
  for (size_t i = 0; i < r->count; i++)
    if (is_first(r, i))
      CY_TRY(cy_place_commit(r->places[i], &how, &r->ask.ask, NULL, NULL, NULL));
  return NULL;
}

static cy_err *rm(removing *r)
{
  r->addresses = cy_calloc(r->count + 1, sizeof *r->addresses);
  r->places = cy_calloc(r->count + 1, sizeof(cy_place *));
  r->entries = cy_calloc(r->count + 1, sizeof(cy_entry *));
  if (!r->addresses || !r->places || !r->entries)
    return cy_err_no_memory();
  CY_TRY(find_all(r));
  if (!r->run->args->given[CY_OPT_DRY_RUN])
    CY_TRY(remove_all(r));
  return say(r);
}

static cy_err *run_rm(cy_run *run)
{
  removing r = {.run = run, .count = run->args->operand_count};
  cy_run_ask_init(&r.ask, run, CY_ROLE_STORE);
  cy_err *err = rm(&r);
  for (size_t i = r.count; r.places && i-- > 0;)
    if (is_first(&r, i))
      cy_place_close(r.places[i]);
  for (size_t i = 0; r.addresses && i < r.count; i++)
    cy_address_clear(&r.addresses[i]);
  cy_free(r.addresses);
  cy_free(r.places);
  cy_free(r.entries);
  cy_run_ask_clear(&r.ask);
  return err;
}

const cy_command cy_cmd_rm = {
  .name = "rm",
  .operands = "STORE#LABEL...",
  .summary = "remove entries from stores",
  .description = "Removes the entries without asking; a private key that is nowhere else is gone for good. "
                 "Everything is "
                 "looked for first: when one of them is missing, nothing is removed.\n\n"
                 "The certificates of a chain that other entries need stay.",
  .min_operands = 1,
  .max_operands = -1,
  .options = {CY_OPT_DRY_RUN, CY_OPT_PASSWORD, CY_OPT_PASSWORD_FILE, CY_OPT_PASSWORD_ENV,
    CY_OPT_PASSWORD_FD},
  .examples = {{"causey rm trust.jks#oldca", "remove one entry"},
    {"causey rm --dry-run store.p12#@3", "which one is the third?"}},
  .run = run_rm,
};
