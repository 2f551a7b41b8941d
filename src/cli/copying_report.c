/* What cp and mv say: every entry for programs; for people what they would not expect, and a sum. */
#include "cli/for_product.h"

#include "store/codes.h"

enum { SHOWN = 40, LOSSES_SHOWN = 8 };

static cy_err *put_json_items(cy_copying *c)
{
  cy_out *out = c->run->out;
  size_t count;
  const cy_copy_item *items = cy_copy_items(c->copy, &count);
  cy_out_list(out, "entries", NULL);
  for (size_t i = 0; i < count; i++) {
    CY_CLEAN(cy_buf) from = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) label = CY_BUF_TEXT;
    CY_TRY(cy_copy_item_address(c->copy, &items[i], &from));
    if (items[i].entry.label)
      CY_TRY(cy_label_as_written(c->target, items[i].entry.label, &label));
    cy_out_open(out, NULL, NULL);
    cy_out_str(out, "from", NULL, cy_buf_cstr(&from));
    cy_out_str(out, "kind", NULL, cy_entry_kind_name(items[i].entry.kind));
    cy_out_str(out, "label", NULL, items[i].entry.label ? cy_buf_cstr(&label) : NULL);
    cy_out_str(out, "outcome", NULL, cy_copy_outcome_name(items[i].outcome));
    cy_out_bool(out, "label_made", NULL, items[i].named);
    cy_out_str(out, "note", NULL, items[i].note);
    cy_out_close(out);
  }
  cy_out_list_end(out);
  return NULL;
}

static cy_err *put_json_losses(cy_copying *c)
{
  cy_out *out = c->run->out;
  size_t count, items;
  const cy_copy_loss *losses = cy_copy_losses(c->copy, &count);
  const cy_copy_item *item = cy_copy_items(c->copy, &items);
  cy_out_list(out, "losses", NULL);
  for (size_t i = 0; i < count; i++) {
    CY_CLEAN(cy_buf) from = CY_BUF_TEXT;
    CY_TRY(cy_copy_item_address(c->copy, &item[losses[i].item], &from));
    cy_out_open(out, NULL, NULL);
    cy_out_str(out, "entry", NULL, cy_buf_cstr(&from));
    cy_out_str(out, "what", NULL, losses[i].what);
    cy_out_str(out, "text", NULL, losses[i].text);
    cy_out_close(out);
  }
  cy_out_list_end(out);
  return NULL;
}

/* For people. */

static cy_err *put_row(cy_copying *c, const cy_copy_item *item)
{
  cy_out *out = c->run->out;
  CY_CLEAN(cy_buf) from = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  CY_TRY(cy_copy_item_address(c->copy, item, &from));
  if (item->entry.label && cy_place_caps(c->target) & CY_CAN_LABELS)
    CY_TRY(cy_label_as_written(c->target, item->entry.label, &name));
  cy_out_row(out);
  cy_out_str(out, "outcome", NULL, cy_copy_outcome_name(item->outcome));
  cy_out_str(out, "kind", NULL, cy_entry_kind_name(item->entry.kind));
  cy_out_str(out, "label", NULL, cy_buf_cstr(&name));
  cy_out_str(out, "from", NULL, cy_buf_cstr(&from));
  cy_out_strf(out, "note", NULL, "%s%s%s", item->note ? item->note : "",
    item->note && item->named ? "; " : "", item->named ? "label made" : "");
  cy_out_row_end(out);
  return NULL;
}

static bool is_worth_a_line(const cy_copy_item *item, size_t count)
{
  return count <= SHOWN || item->outcome != CY_COPY_ADDED || item->note;
}

static cy_err *put_table(cy_copying *c)
{
  static const cy_column columns[] = {{"outcome", "", false, 0}, {"kind", "", false, 0},
    {"label", "", false, 32}, {"from", "", false, 48}, {"note", "", false, 0}};
  size_t count, shown = 0;
  const cy_copy_item *items = cy_copy_items(c->copy, &count);
  cy_out_table(c->run->out, NULL, "", columns, CY_COUNT(columns));
  for (size_t i = 0; i < count && shown < SHOWN; i++) {
    if (!is_worth_a_line(&items[i], count))
      continue;
    CY_TRY(put_row(c, &items[i]));
    shown++;
  }
  cy_out_table_end(c->run->out);
  return NULL;
}

static void put_sum(cy_copying *c)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  for (int i = CY_COPY_ADDED; i <= CY_COPY_LEFT_OUT; i++) {
    size_t n = cy_copy_count(c->copy, (cy_copy_outcome)i);
    if (n)
      cy_buf_printf(&text, "%s%zu %s", text.len ? ", " : "", n, cy_copy_outcome_name((cy_copy_outcome)i));
  }
  bool dry = c->run->args->given[CY_OPT_DRY_RUN];
  if (c->to.is_stream)
    cy_out_note(c->run->out, "%s", cy_buf_cstr(&text));
  else
    cy_out_line(c->run->out, "%s%s, %s: %s", dry ? "nothing is changed; this would be the result: " : "",
      cy_place_path(c->target), cy_place_title(c->target), cy_buf_cstr(&text));
}

/* The same loss of many entries is said once, with their number. */
static cy_err *note_loss(cy_copying *c, const cy_copy_loss *losses, size_t count, size_t at)
{
  CY_CLEAN(cy_buf) entry = CY_BUF_TEXT;
  size_t items, same = 0;
  const cy_copy_item *item = cy_copy_items(c->copy, &items);
  for (size_t i = at; i < count; i++)
    same += strcmp(losses[i].text, losses[at].text) == 0;
  CY_TRY(cy_copy_item_address(c->copy, &item[losses[at].item], &entry));
  bool left_out = strcmp(losses[at].what, "left-out") == 0;
  if (same == 1)
    cy_out_note(
      c->run->out, "%s %s %s", cy_buf_cstr(&entry), left_out ? "is left out:" : "loses", losses[at].text);
  else
    cy_out_note(c->run->out, "%zu entries %s %s (%s is the first)", same,
      left_out ? "are left out:" : "lose", losses[at].text, cy_buf_cstr(&entry));
  return NULL;
}

static cy_err *note_losses(cy_copying *c)
{
  size_t count, kinds = 0;
  const cy_copy_loss *losses = cy_copy_losses(c->copy, &count);
  const char *seen[LOSSES_SHOWN];
  for (size_t i = 0; i < count && kinds < LOSSES_SHOWN; i++) {
    bool again = false;
    for (size_t n = 0; n < kinds && !again; n++)
      again = strcmp(seen[n], losses[i].text) == 0;
    if (again)
      continue;
    seen[kinds++] = losses[i].text;
    CY_TRY(note_loss(c, losses, count, i));
  }
  return NULL;
}

/* A trust store that Java takes for empty is found when it is made, not weeks later. */
static cy_err *put_findings(cy_copying *c)
{
  cy_findings all = {0}, shown = {0};
  cy_doc *doc = cy_place_doc(c->target);
  cy_err *err = NULL;
  if (doc && doc->format->check && cy_copy_count(c->copy, CY_COPY_ADDED) &&
      !c->run->args->given[CY_OPT_DRY_RUN])
    err = doc->format->check(doc, &all);
  for (size_t i = 0; !err && i < all.count; i++)
    if (all.items[i]->id == CY_F_STORE_NO_JAVA_TRUST) {
      cy_finding *f =
        cy_finding_add(&shown, all.items[i]->id, all.items[i]->subject, "%s", all.items[i]->what);
      cy_finding_set_fix(&shown, f, "%s", cy_finding_fix(all.items[i]));
    }
  if (!err && !c->to.is_stream)
    cy_out_findings(c->run->out, &shown);
  if (!err)
    cy_run_findings(c->run, &shown);
  cy_findings_clear(&all);
  cy_findings_clear(&shown);
  return err;
}

cy_err *cy_copying_report(cy_copying *c)
{
  cy_out *out = c->run->out;
  cy_out_str(out, "target", NULL, cy_place_path(c->target));
  cy_out_str(out, "kind", NULL, cy_place_kind(c->target));
  cy_out_bool(out, "created", NULL, cy_place_is_new(c->target));
  cy_out_bool(out, "dry_run", NULL, c->run->args->given[CY_OPT_DRY_RUN]);
  if (cy_out_options_get(out)->format == CY_OUT_JSON) {
    CY_TRY(put_json_items(c));
    CY_TRY(put_json_losses(c));
  }
  if (!c->to.is_stream && !c->run->args->given[CY_OPT_QUIET])
    CY_TRY(put_table(c));
  put_sum(c);
  CY_TRY(note_losses(c));
  cy_for_product_note(c);
  return put_findings(c);
}
