#include "cli/copying.h"

#include <sys/stat.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/for_product.h"
#include "product/product.h"
#include "store/codes.h"

bool cy_same_file(const char *a, const char *b)
{
  struct stat x, y;
  if (strcmp(a, b) == 0)
    return true;
  return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

cy_err *cy_label_as_written(cy_place *place, const char *label, cy_buf *written)
{
  bool folds = cy_place_caps(place) & CY_FOLDS_LABELS;
  if (!folds || !cy_text_fold(written, cy_span_str(label))) {
    CY_TRY(cy_buf_check(written));
    cy_buf_reset(written);
    cy_buf_str(written, label);
  }
  return cy_buf_check(written);
}

/* A file that is named twice is opened once: two locks of one file would wait for each other. */
static cy_place *opened_before(cy_copying *c, size_t i)
{
  for (size_t k = 0; k < i; k++)
    if (cy_same_file(c->addresses[k].path, c->addresses[i].path))
      return c->places[k];
  return NULL;
}

static cy_err *open_source(cy_copying *c, size_t i, const char *operand, bool update)
{
  cy_place_how how = {.mode = update ? CY_OPEN_UPDATE : CY_OPEN_READ, .ask = &c->from_ask.ask};
  CY_TRY(cy_address_parse(&c->addresses[i], operand, c->run->home));
  c->places[i] = opened_before(c, i);
  if (!c->places[i]) {
    CY_TRY(cy_place_open(&c->places[i], &c->addresses[i], &how));
    cy_run_note_unchecked(c->run, c->places[i]);
  }
  c->sources[i] = (cy_copy_source){c->places[i], &c->addresses[i].selector, &c->from_ask.ask};
  return NULL;
}

static cy_err *open_sources(cy_copying *c, const char *const *operands, bool update)
{
  size_t room = c->count + 1;
  c->addresses = cy_calloc(room, sizeof *c->addresses);
  c->places = cy_calloc(room, sizeof(cy_place *));
  c->sources = cy_calloc(room, sizeof *c->sources);
  if (!c->addresses || !c->places || !c->sources)
    return cy_err_no_memory();
  for (size_t i = 0; i < c->count; i++)
    CY_TRY(open_source(c, i, operands[i], update));
  return NULL;
}

bool cy_copying_is_first(const cy_copying *c, size_t source)
{
  for (size_t i = 0; i < source; i++)
    if (c->places[i] == c->places[source])
      return false;
  return true;
}

static cy_err *unclear_stream(cy_err *err)
{
  cy_err_free(err);
  return cy_err_hint(
    cy_err_new(CY_E_STORE_KIND_UNCLEAR, "standard output has no name that says what it is to be"),
    "Put the kind in front: pem:- or p12:-.");
}

static cy_err *open_target(cy_copying *c, const char *operand)
{
  cy_run *run = c->run;
  cy_place_how how = {.mode = CY_OPEN_WRITE, .ask = &c->to_ask.ask};
  CY_TRY(cy_address_parse(&c->to, operand, run->home));
  if (c->to.selector.kind != CY_SELECT_ALL && c->to.selector.kind != CY_SELECT_LABEL)
    return cy_err_new(
      CY_E_USAGE, "%s: after the # of a target stands the label that the entry is to have", operand);
  if (c->to.is_stream && run->args->given[CY_OPT_JSON])
    return cy_err_new(CY_E_USAGE, "--json and the target - both want standard output");
  if (c->product && !c->to.is_stream && !cy_format_by_suffix(c->to.path))
    how.format = cy_format_find(c->product->writes);
  cy_err *err = cy_place_open(&c->target, &c->to, &how);
  if (err && c->to.is_stream && cy_err_is(err, CY_E_STORE_KIND_UNCLEAR))
    return unclear_stream(err);
  return err;
}

static void read_options(cy_copying *c)
{
  const bool *given = c->run->args->given;
  c->how = cy_write_default;
  c->how.now = c->run->now;
  c->how.plain_keys = given[CY_OPT_PLAIN_KEYS];
  c->how.legacy = given[CY_OPT_LEGACY];
  c->how.pbmac1 = given[CY_OPT_PBMAC1];
  c->how.no_mac = given[CY_OPT_NO_MAC];
  c->options = (cy_copy_options){.replace = given[CY_OPT_REPLACE],
    .strict = given[CY_OPT_STRICT],
    .no_keys = given[CY_OPT_NO_KEYS],
    .plain_keys = given[CY_OPT_PLAIN_KEYS],
    .ask = &c->to_ask.ask};
}

cy_err *cy_copying_begin(
  cy_copying *c, cy_run *run, const char *const *sources, size_t count, const char *target, bool update)
{
  *c = (cy_copying){.run = run, .count = count};
  cy_run_ask_init(&c->from_ask, run, CY_ROLE_FROM);
  cy_run_ask_init(&c->to_ask, run, CY_ROLE_TO);
  c->to_ask.also = &c->from_ask;
  read_options(c);
  CY_TRY(cy_for_product_begin(c));
  CY_TRY(open_sources(c, sources, update));
  CY_TRY(open_target(c, target));
  CY_TRY(cy_for_product_check_kind(c));
  if (c->to.selector.kind == CY_SELECT_LABEL)
    c->options.label = c->to.selector.text;
  CY_TRY(cy_copy_plan(&c->copy, c->target, c->sources, c->count, &c->options));
  return cy_for_product_check(c);
}

static cy_err *to_output(void *arg, cy_span bytes)
{
  cy_out_raw(arg, bytes);
  return NULL;
}

cy_err *cy_copying_commit(cy_copying *c)
{
  CY_TRY(cy_copy_apply(c->copy));
  if (cy_mem_failures())
    return cy_err_no_memory(); /* while a source was read */
  return cy_place_commit(c->target, &c->how, &c->to_ask.ask, NULL, to_output, c->run->out);
}

void cy_copying_clear(cy_copying *c)
{
  cy_copy_free(c->copy);
  cy_place_close(c->target);
  cy_address_clear(&c->to);
  for (size_t i = c->count; c->places && i-- > 0;)
    if (cy_copying_is_first(c, i))
      cy_place_close(c->places[i]);
  for (size_t i = 0; i < c->count && c->addresses; i++)
    cy_address_clear(&c->addresses[i]);
  cy_free(c->addresses);
  cy_free(c->places);
  cy_free(c->sources);
  cy_run_ask_clear(&c->from_ask);
  cy_run_ask_clear(&c->to_ask);
  *c = (cy_copying){0};
}
