/* mv: rename within a store, or copy into another and remove here. */
#include <unistd.h>

#include "cli/copying.h"

#include "store/codes.h"

/* Renaming. */

static cy_err *clear_way(cy_run *run, cy_place *place, cy_entry *entry, const char *label)
{
  cy_entry *there;
  CY_TRY(cy_place_find_label(place, label, &there));
  if (!there || there == entry || !run->args->given[CY_OPT_REPLACE])
    return NULL;
  return cy_place_remove(place, there);
}

static void say_renamed(cy_run *run, cy_place *place, const char *old, const char *label)
{
  bool dry = run->args->given[CY_OPT_DRY_RUN];
  cy_out_document(run->out, "causey.mv/1", 0);
  cy_out_str(run->out, "target", NULL, cy_place_path(place));
  cy_out_str(run->out, "kind", NULL, cy_place_kind(place));
  cy_out_bool(run->out, "dry_run", NULL, dry);
  cy_out_open(run->out, "renamed", NULL);
  cy_out_str(run->out, "old", NULL, old);
  cy_out_str(run->out, "new", NULL, label);
  cy_out_close(run->out);
  cy_out_line(run->out, "%s%s: %s is now %s", dry ? "would be: " : "", cy_place_path(place), old, label);
}

static cy_err *rename_in(
  cy_run *run, cy_place *place, const cy_address *from, const char *label, cy_ask *ask)
{
  CY_CLEAN(cy_buf) old = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) written = CY_BUF_TEXT;
  cy_write_how how = cy_write_default;
  cy_entry *entry;
  how.now = run->now;
  CY_TRY(cy_place_find(place, &from->selector, &entry));
  CY_TRY(cy_entry_name(entry, &old));
  CY_CLEAN(cy_buf) fits = CY_BUF_TEXT;
  CY_TRY(cy_place_fit_label(place, label, &fits));
  CY_TRY(clear_way(run, place, entry, cy_buf_cstr(&fits)));
  CY_TRY(cy_place_rename(place, entry, cy_buf_cstr(&fits)));
  if (!run->args->given[CY_OPT_DRY_RUN])
    CY_TRY(cy_place_commit(place, &how, ask, NULL, NULL, NULL));
  CY_TRY(cy_label_as_written(place, entry->label, &written));
  say_renamed(run, place, cy_buf_cstr(&old), cy_buf_cstr(&written));
  return NULL;
}

static cy_err *rename_entry(cy_run *run, const cy_address *from, const char *label)
{
  CY_AUTO(cy_place) *place = NULL;
  cy_run_ask ask;
  cy_run_ask_init(&ask, run, CY_ROLE_FROM);
  cy_place_how how = {.mode = CY_OPEN_UPDATE, .ask = &ask.ask};
  cy_err *err = cy_place_open(&place, from, &how);
  if (!err)
    err = rename_in(run, place, from, label, &ask.ask);
  cy_run_ask_clear(&ask);
  return err;
}

/* Moving. */

/* Before anything is opened: a store that is both sides would wait for its own lock. */
static cy_err *check_operands(cy_run *run)
{
  CY_CLEAN(cy_address) to = {0};
  size_t last = run->args->operand_count - 1;
  CY_TRY(cy_address_parse(&to, run->args->operands[last], run->home));
  if (to.is_stream)
    return cy_err_new(CY_E_USAGE, "what is moved to standard output might be lost; use cp, then rm");
  for (size_t i = 0; i < last; i++) {
    CY_CLEAN(cy_address) from = {0};
    CY_TRY(cy_address_parse(&from, run->args->operands[i], run->home));
    if (from.selector.kind == CY_SELECT_ALL)
      return cy_err_hint(cy_err_new(CY_E_USAGE, "%s is a whole store, and mv moves entries", from.path),
        "Name one: %s#LABEL. To rename the file itself use the system's mv; to convert it: causey cp.",
        from.path);
    if (cy_same_file(from.path, to.path))
      return cy_err_hint(cy_err_new(CY_E_USAGE, "source and target are the same store"),
        "To rename an entry: causey mv %s#OLD '#NEW'.", from.path);
  }
  return NULL;
}

static cy_err *check_source(cy_place *place)
{
  const cy_doc *doc = cy_place_doc(place);
  const char *path = cy_place_path(place);
  if (!(cy_place_caps(place) & CY_CAN_WRITE))
    return cy_err_new(CY_E_STORE_READ_ONLY, "%s can only be read, so nothing can be moved from it", path);
  if (cy_place_caps(place) & CY_ONE_ENTRY)
    return cy_err_hint(cy_err_new(CY_E_STORE_CANNOT_HOLD, "%s is nothing but this one object", path),
      "Copy it (causey cp), then remove the file itself.");
  if (doc && doc->mac_unchecked)
    return cy_err_new(
      CY_E_STORE_PASSWORD_NEEDED, "%s is to be changed, and its password was not given", path);
  return NULL;
}

static cy_err *remove_from_sources(cy_copying *c)
{
  size_t count;
  const cy_copy_item *items = cy_copy_items(c->copy, &count);
  cy_write_how how = cy_write_default;
  how.now = c->run->now;
  for (size_t i = 0; i < count; i++)
    if (items[i].outcome != CY_COPY_LEFT_OUT && !items[i].from->deleted)
      CY_TRY(cy_place_remove(c->places[items[i].source], items[i].from));
  for (size_t i = 0; i < c->count; i++)
    if (cy_copying_is_first(c, i))
      CY_TRY(cy_place_commit(c->places[i], &how, &c->from_ask.ask, NULL, NULL, NULL));
  return NULL;
}

static cy_err *move_begun(cy_copying *c, cy_run *run)
{
  for (size_t i = 0; i < c->count; i++)
    CY_TRY(check_source(c->places[i]));
  CY_TRY(cy_copy_check(c->copy));
  if (run->args->given[CY_OPT_DRY_RUN])
    return NULL;
  CY_TRY(cy_copying_commit(c));
  CY_TRY_AS(remove_from_sources(c), CY_E_STORE_STEP,
    "%s has the entries now, but the source still has them, too", cy_place_path(c->target));
  return NULL;
}

static cy_err *move(cy_run *run)
{
  cy_copying c;
  const cy_args *args = run->args;
  size_t last = args->operand_count - 1;
  cy_err *err = cy_copying_begin(&c, run, args->operands, last, args->operands[last], true);
  if (!err)
    err = move_begun(&c, run);
  if (!err) {
    cy_out_document(run->out, "causey.mv/1", 0);
    err = cy_copying_report(&c);
  }
  cy_copying_clear(&c);
  return err;
}

/* *label is the new one when this is a renaming: `#new`, or the same store again. */
static cy_err *wants_rename(cy_run *run, const cy_address *from, cy_address *to, const char **label)
{
  const char *operand = run->args->operands[1];
  *label = NULL;
  if (run->args->operand_count != 2)
    return NULL;
  if (operand[0] == '#' && operand[1] && access(operand, F_OK) != 0) {
    *label = operand + 1;
    return NULL;
  }
  CY_TRY(cy_address_parse(to, operand, run->home));
  if (to->selector.kind == CY_SELECT_LABEL && cy_same_file(from->path, to->path))
    *label = to->selector.text;
  return NULL;
}

static cy_err *mv(cy_run *run, cy_address *from, cy_address *to)
{
  const char *label;
  CY_TRY(cy_address_parse(from, run->args->operands[0], run->home));
  CY_TRY(wants_rename(run, from, to, &label));
  if (label && from->selector.kind == CY_SELECT_ALL)
    return cy_err_new(CY_E_USAGE, "which entry is to be called %s? Write %s#LABEL", label, from->path);
  if (label)
    return rename_entry(run, from, label);
  CY_TRY(check_operands(run));
  return move(run);
}

static cy_err *run_mv(cy_run *run)
{
  CY_CLEAN(cy_address) from = {0};
  CY_CLEAN(cy_address) to = {0};
  return mv(run, &from, &to);
}

const cy_command cy_cmd_mv = {
  .name = "mv",
  .operands = "STORE#LABEL... TARGET",
  .summary = "rename an entry, or move entries into another store",
  .description =
    "With `#NEW` or the same store as target, the entry gets another label. Otherwise it is copied as "
    "`causey cp` does it, and removed from its store once the target is safely written.",
  .min_operands = 2,
  .max_operands = -1,
  .options = {CY_OPT_FOR, CY_OPT_REPLACE, CY_OPT_STRICT, CY_OPT_DRY_RUN, CY_OPT_PLAIN_KEYS, CY_OPT_PASSWORD,
    CY_OPT_PASSWORD_FILE, CY_OPT_PASSWORD_ENV, CY_OPT_PASSWORD_FD, CY_OPT_FROM_PASSWORD,
    CY_OPT_FROM_PASSWORD_FILE, CY_OPT_FROM_PASSWORD_ENV, CY_OPT_FROM_PASSWORD_FD, CY_OPT_TO_PASSWORD,
    CY_OPT_TO_PASSWORD_FILE, CY_OPT_TO_PASSWORD_ENV, CY_OPT_TO_PASSWORD_FD, CY_OPT_KEY_PASSWORD,
    CY_OPT_KEY_PASSWORD_FILE, CY_OPT_KEY_PASSWORD_ENV, CY_OPT_KEY_PASSWORD_FD},
  .examples = {{"causey mv store.p12#old '#new'", "give an entry another label"},
    {"causey mv old.jks#server new.p12", "move one entry"}},
  .run = run_mv,
};
