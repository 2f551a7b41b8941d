/* Copying: the plan and its execution. */
#include "store/copy.h"

#include <stdio.h>

#include "base/mem.h"
#include "store/codes.h"
#include "store/copy_internal.h"

static const char *const outcomes[] = {"added", "replaced", "updated", "skipped", "joined", "left-out"};

const char *cy_copy_outcome_name(cy_copy_outcome outcome)
{
  return outcomes[outcome];
}

const char *cy_copy_text(cy_copy *copy, const char *format, ...)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  char line[2048];
  va_list args;
  va_start(args, format);
  int len = vsnprintf(line, sizeof line, format, args);
  va_end(args);
  cy_buf_put(&text, line, len < 0 ? 0 : (size_t)len < sizeof line ? (size_t)len : sizeof line - 1);
  return cy_arena_str(&copy->arena, cy_buf_get(&text));
}

cy_err *cy_copy_forgive(cy_err *err)
{
  if (!err || cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  cy_err_free(err);
  return NULL;
}

cy_err *cy_copy_lose(cy_copy *copy, const cy_copy_item *item, const char *what, const char *text)
{
  if (!text || !cy_grow(&copy->losses, &copy->loss_cap, copy->loss_count + 1, sizeof *copy->losses))
    return cy_err_no_memory();
  copy->losses[copy->loss_count++] = (cy_copy_loss){(size_t)(item - copy->items), what, text};
  return NULL;
}

cy_err *cy_copy_add_cert(cy_copy *copy, cy_entry *entry, cy_entry_cert_slot slot)
{
  cy_entry_cert_slot *certs = cy_arena_alloc(&copy->arena, (entry->cert_count + 1) * sizeof *certs);
  CY_TRY_ALLOC(certs);
  if (entry->cert_count)
    memcpy(certs, entry->certs, entry->cert_count * sizeof *certs);
  certs[entry->cert_count++] = slot;
  entry->certs = certs;
  return NULL;
}

/* Collecting. */

cy_err *cy_copy_add_item(cy_copy *copy, size_t source, cy_entry *from, cy_copy_item **item)
{
  if (!cy_grow(&copy->items, &copy->item_cap, copy->item_count + 1, sizeof *copy->items))
    return cy_err_no_memory();
  *item = &copy->items[copy->item_count++];
  **item = (cy_copy_item){.source = source, .from = from, .entry = *from};
  cy_entry *entry = &(*item)->entry;
  entry->part = 0;
  entry->added = entry->changed = entry->deleted = false;
  return NULL;
}

/* Certificates of an identity whose key stays behind: the leaf takes its name, the others have none. */
static cy_err *add_without_key(cy_copy *copy, size_t source, cy_entry *from)
{
  bool one = cy_place_caps(copy->target) & CY_ONE_ENTRY;
  cy_copy_item *item;
  for (size_t i = 0; i < from->cert_count && (i == 0 || !one); i++) {
    CY_TRY(cy_copy_add_item(copy, source, from, &item));
    item->entry = (cy_entry){.kind = CY_ENTRY_CERTIFICATE,
      .label = i == 0 ? from->label : NULL,
      .certs = from->certs + i,
      .cert_count = 1,
      .date = from->date,
      .position = from->position};
  }
  return NULL;
}

/* A request and its key in one entry: no target has them so. */
static cy_err *add_request(cy_copy *copy, size_t source, cy_entry *from)
{
  cy_copy_item *item;
  CY_TRY(cy_copy_add_item(copy, source, from, &item));
  item->entry.has_key = false;
  item->entry.key = (cy_keybox){0};
  if (copy->options.no_keys)
    return NULL;
  CY_TRY(cy_copy_add_item(copy, source, from, &item));
  item->entry.kind = CY_ENTRY_KEY;
  item->entry.der = CY_SPAN_NONE;
  return NULL;
}

typedef struct {
  cy_copy *copy;
  size_t source;
} collecting;

/* A listing speaks of certificates and has none. */
static cy_err *only_listed(cy_place *place, cy_entry *entry)
{
  CY_CLEAN(cy_buf) address = CY_BUF_TEXT;
  const cy_entry_facts *facts = entry->facts;
  size_t skip = facts->connection ? strlen(facts->ring) + 1 : 0;
  CY_TRY(cy_place_entry_address(place, entry, &address));
  cy_err *err = cy_err_new(CY_E_STORE_CANNOT_HOLD,
    "%s is a line of a listing: the certificate itself is not in it", cy_buf_cstr(&address));
  return cy_err_hint(err,
    "Get it from RACF: RACDCERT %s EXPORT(LABEL('%s')) DSN('HLQ.FILE') FORMAT(%s), then copy "
    "that file.",
    facts->owner, entry->label + skip, facts->has_key ? "PKCS12DER) PASSWORD('...'" : "CERTB64");
}

static cy_err *collect(void *arg, cy_place *place, cy_entry *entry)
{
  if (entry->facts && !entry->cert_count)
    return only_listed(place, entry);
  collecting *c = arg;
  cy_copy_item *item;
  bool secret = entry->has_key || entry->kind == CY_ENTRY_SECRET;
  if (c->copy->options.no_keys && entry->kind == CY_ENTRY_IDENTITY)
    return add_without_key(c->copy, c->source, entry);
  if (entry->kind == CY_ENTRY_REQUEST && entry->has_key)
    return add_request(c->copy, c->source, entry);
  CY_TRY(cy_copy_add_item(c->copy, c->source, entry, &item));
  if (c->copy->options.no_keys && secret) {
    item->outcome = CY_COPY_LEFT_OUT;
    item->note = "not wanted";
  }
  bool all = cy_place_caps(c->copy->target) & CY_TRUSTS_ALL;
  if ((c->copy->options.trust || (all && !entry->distrusted)) && entry->kind == CY_ENTRY_CERTIFICATE) {
    item->entry.kind = CY_ENTRY_TRUSTED;
    item->entry.distrusted = false;
  }
  return NULL;
}

static cy_err *collect_all(cy_copy *copy)
{
  for (size_t i = 0; i < copy->source_count; i++) {
    collecting c = {copy, i};
    CY_TRY(cy_place_select(copy->sources[i].place, copy->sources[i].selector, collect, &c));
  }
  if (copy->item_count == 0)
    return cy_err_new(
      CY_E_STORE_LABEL_MISSING, "there is nothing in %s to copy", cy_place_path(copy->sources[0].place));
  return NULL;
}

/* A key that has to be in clear: it stays neither where it is nor sealed as it is. */
static bool needs_key(const cy_copy *copy, const cy_copy_item *item)
{
  bool by_reference = item->from->key.reference && (cy_place_caps(copy->target) & CY_KEEPS_KEYS);
  bool is_key = item->entry.has_key || cy_copy_opens(item->from);
  return cy_copy_is_live(item) && is_key && !item->entry.keep_key && !by_reference;
}

/* Secret keys first: only what is in them says whether the target can hold them or has them already. */
static cy_err *open_secrets(cy_copy *copy)
{
  for (size_t i = 0; i < copy->item_count; i++) {
    cy_copy_item *item = &copy->items[i];
    const cy_copy_source *source = &copy->sources[item->source];
    const cy_secret *pkcs8;
    if (!cy_copy_opens(item->from) || !needs_key(copy, item))
      continue;
    CY_TRY(cy_place_key(source->place, item->from, source->ask, &pkcs8));
    item->entry.key.plain = item->from->key.plain;
  }
  return NULL;
}

/* Before anything is changed: a wrong password is known then, and which keys had their own. */
static cy_err *open_key(cy_copy *copy, cy_copy_item *item)
{
  const cy_copy_source *source = &copy->sources[item->source];
  const cy_secret *pkcs8;
  if (!needs_key(copy, item))
    return NULL;
  return cy_place_key(source->place, item->from, source->ask, &pkcs8);
}

static cy_err *make_plan(cy_copy *copy)
{
  if (!(cy_place_caps(copy->target) & CY_CAN_WRITE))
    return cy_err_new(CY_E_STORE_READ_ONLY, "%s (%s) can only be read", cy_place_path(copy->target),
      cy_place_title(copy->target));
  CY_TRY(collect_all(copy));
  CY_TRY(cy_copy_join(copy));
  CY_TRY(cy_copy_chains(copy));
  CY_TRY(cy_copy_fit(copy));
  CY_TRY(cy_copy_split(copy));
  CY_TRY(open_secrets(copy));
  CY_TRY(cy_copy_fit_secrets(copy));
  CY_TRY(cy_copy_match(copy));
  for (size_t i = 0; i < copy->item_count; i++)
    CY_TRY(open_key(copy, &copy->items[i]));
  return cy_copy_find_losses(copy);
}

cy_err *cy_copy_plan(cy_copy **out, cy_place *target, const cy_copy_source *sources, size_t count,
  const cy_copy_options *options)
{
  cy_copy *copy = cy_malloc(sizeof *copy);
  *out = copy;
  CY_TRY_ALLOC(copy);
  copy->target = target;
  copy->sources = sources;
  copy->source_count = count;
  copy->options = *options;
  cy_err *err = make_plan(copy);
  if (err) {
    cy_copy_free(copy);
    *out = NULL;
  }
  return err;
}

void cy_copy_free(cy_copy *copy)
{
  if (!copy)
    return;
  cy_arena_clear(&copy->arena);
  cy_free(copy->items);
  cy_free(copy->losses);
  cy_free(copy);
}

const cy_copy_item *cy_copy_items(const cy_copy *copy, size_t *count)
{
  *count = copy->item_count;
  return copy->items;
}

const cy_copy_loss *cy_copy_losses(const cy_copy *copy, size_t *count)
{
  *count = copy->loss_count;
  return copy->losses;
}

cy_err *cy_copy_add_loss(cy_copy *copy, size_t item, const char *what, const char *format, ...)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  va_list args;
  va_start(args, format);
  cy_buf_vprintf(&text, format, args);
  va_end(args);
  CY_TRY(cy_buf_check(&text));
  return cy_copy_lose(copy, &copy->items[item], what, cy_arena_str(&copy->arena, cy_buf_get(&text)));
}

size_t cy_copy_count(const cy_copy *copy, cy_copy_outcome outcome)
{
  size_t count = 0;
  for (size_t i = 0; i < copy->item_count; i++)
    count += copy->items[i].outcome == outcome;
  return count;
}

cy_err *cy_copy_item_address(const cy_copy *copy, const cy_copy_item *item, cy_buf *address)
{
  return cy_place_entry_address(copy->sources[item->source].place, item->from, address);
}

cy_err *cy_copy_check(const cy_copy *copy)
{
  CY_CLEAN(cy_buf) list = CY_BUF_TEXT;
  if (!copy->options.strict || copy->loss_count == 0)
    return NULL;
  for (size_t i = 0; i < copy->loss_count && i < 4; i++) {
    cy_buf_str(&list, i ? "; " : "");
    CY_TRY(cy_copy_item_address(copy, &copy->items[copy->losses[i].item], &list));
    cy_buf_printf(&list, ": %s", copy->losses[i].text);
  }
  if (copy->loss_count > 4)
    cy_buf_printf(&list, "; and %zu more", copy->loss_count - 4);
  return cy_err_new(CY_E_STORE_LOSS, "%s (%s) can not hold everything: %s", cy_place_path(copy->target),
    cy_place_title(copy->target), cy_buf_cstr(&list));
}

/* Execution. */

/* One passphrase for all keys that go into a file which has none of its own. */
static cy_err *new_password(cy_copy *copy, cy_secret **password)
{
  cy_ask_want want = {CY_ASK_NEW_KEY, cy_place_path(copy->target), NULL, 0, NULL};
  CY_TRY(cy_ask_for(copy->options.ask, &want, password));
  if (*password && (*password)->len)
    return NULL;
  return cy_err_hint(
    cy_err_new(CY_E_STORE_PASSWORD_NEEDED, "a private key goes into %s and no passphrase was given",
      cy_place_path(copy->target)),
    "Give one with --to-password-file FILE (or --to-password-env NAME); --plain-keys writes it without "
    "protection.");
}

/* From now on the key is in clear, to be sealed as the target does it. */
static cy_err *take_key(cy_copy *copy, cy_copy_item *item, cy_secret **password)
{
  bool list = cy_copy_is_list(copy->target);
  if (!needs_key(copy, item))
    return NULL;
  if (list && !copy->options.plain_keys && !*password)
    CY_TRY(new_password(copy, password));
  item->entry.key = (cy_keybox){.spki = item->entry.key.spki,
    .plain = item->from->key.plain,
    .own_password = list,
    .password = list ? *password : NULL};
  return NULL;
}

static cy_err *apply_item(cy_copy *copy, cy_copy_item *item)
{
  if (item->there)
    return cy_place_replace(copy->target, item->there, &item->entry);
  return cy_place_put(copy->target, &item->entry, false);
}

/* Those with a private key, those without, or all in their order. */
static cy_err *apply_all(cy_copy *copy, bool keys, bool others)
{
  for (size_t i = 0; i < copy->item_count; i++) {
    cy_copy_item *item = &copy->items[i];
    if (!(item->entry.has_key ? keys : others))
      continue;
    cy_err *err = cy_copy_is_live(item) ? apply_item(copy, item) : NULL;
    item->entry.key.password = NULL; /* goes with this call */
    CY_TRY(err);
  }
  return NULL;
}

cy_err *cy_copy_apply(cy_copy *copy)
{
  CY_AUTO(cy_secret) *password = NULL;
  CY_TRY(cy_copy_check(copy));
  for (size_t i = 0; i < copy->item_count; i++)
    if (cy_copy_is_live(&copy->items[i]))
      CY_TRY(take_key(copy, &copy->items[i], &password));
  if (copy->options.keys_first)
    CY_TRY(apply_all(copy, true, false));
  return apply_all(copy, !copy->options.keys_first, true);
}
