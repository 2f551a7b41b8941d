/* What the target can not hold, or can not keep of what it holds. */
#include "store/copy_internal.h"

#include "store/codes.h"

static unsigned cap_of(cy_entry_kind kind)
{
  static const unsigned caps[] = {[CY_ENTRY_IDENTITY] = CY_CAN_KEYS,
    [CY_ENTRY_CERTIFICATE] = CY_CAN_CERTS | CY_CAN_TRUST,
    [CY_ENTRY_TRUSTED] = CY_CAN_CERTS | CY_CAN_TRUST,
    [CY_ENTRY_KEY] = CY_CAN_LONE_KEYS,
    [CY_ENTRY_REQUEST] = CY_CAN_REQUESTS,
    [CY_ENTRY_CRL] = CY_CAN_CRLS,
    [CY_ENTRY_SECRET] = CY_CAN_SECRETS};
  return caps[kind];
}

static const char *kind_words(cy_entry_kind kind)
{
  static const char *const words[] = {"a private key with its certificate", "a certificate",
    "a trusted certificate", "a private key without a certificate", "a request", "a CRL", "a secret key"};
  return words[kind];
}

static cy_err *cannot_hold(cy_copy *copy, const cy_copy_item *item)
{
  CY_CLEAN(cy_buf) address = CY_BUF_TEXT;
  CY_TRY(cy_copy_item_address(copy, item, &address));
  cy_err *err =
    cy_err_new(CY_E_STORE_CANNOT_HOLD, "%s (%s) can not hold %s: %s", cy_place_path(copy->target),
      cy_place_title(copy->target), kind_words(item->entry.kind), cy_buf_cstr(&address));
  if (item->entry.kind == CY_ENTRY_KEY && cy_place_caps(copy->target) & CY_CAN_KEYS)
    return cy_err_hint(
      err, "Give its certificate as well: causey cp KEY CERTIFICATE %s.", cy_place_path(copy->target));
  if (item->entry.kind == CY_ENTRY_IDENTITY)
    return cy_err_hint(
      err, "--no-keys copies the certificate alone; a target of another kind (.p12, .pem) holds both.");
  return err;
}

static cy_err *check_single(cy_copy *copy)
{
  size_t live = cy_copy_count(copy, CY_COPY_ADDED) + cy_copy_count(copy, CY_COPY_UPDATED);
  if (!(cy_place_caps(copy->target) & CY_ONE_ENTRY) || live <= 1)
    return NULL;
  return cy_err_hint(
    cy_err_new(CY_E_STORE_CANNOT_HOLD, "%s (%s) holds one object, and %zu are to be copied",
      cy_place_path(copy->target), cy_place_title(copy->target), live),
    "Name one of them (SRC#LABEL), or choose a target that holds several (.pem, .p12).");
}

/* What is marked as not trusted must not become trusted by the way. */
static bool would_be_trusted(const cy_copy *copy, const cy_entry *entry)
{
  return entry->distrusted && cy_copy_is_cert(entry) &&
         (!(cy_place_caps(copy->target) & (CY_CAN_CERTS | CY_CAN_DISTRUST)) ||
           (cy_place_caps(copy->target) & CY_TRUSTS_ALL));
}

static cy_err *leave_out(cy_copy *copy, cy_copy_item *item, bool trust)
{
  item->outcome = CY_COPY_LEFT_OUT;
  item->note = trust ? "it is marked as not trusted, and all certificates there are trusted"
                     : cy_copy_text(copy, "%s can not hold %s", cy_place_title(copy->target),
                         kind_words(item->entry.kind));
  return cy_copy_lose(copy, item, "left-out", item->note);
}

cy_err *cy_copy_fit(cy_copy *copy)
{
  size_t fits = 0;
  cy_copy_item *misfit = NULL;
  bool distrusted = false;
  for (size_t i = 0; i < copy->item_count; i++) {
    cy_copy_item *item = &copy->items[i];
    if (!cy_copy_is_live(item))
      continue;
    bool held = cy_place_caps(copy->target) & cap_of(item->entry.kind);
    bool trust = held && would_be_trusted(copy, &item->entry);
    fits += held && !trust;
    misfit = misfit || held ? misfit : item;
    distrusted = distrusted || trust;
    if (!held || trust)
      CY_TRY(leave_out(copy, item, trust));
  }
  if (misfit && !fits)
    return cannot_hold(copy, misfit);
  if (distrusted && !fits)
    return cy_err_hint(
      cy_err_new(CY_E_STORE_CANNOT_HOLD,
        "%s (%s) trusts all certificates that it has, and what is to be copied is marked as "
        "not trusted",
        cy_place_path(copy->target), cy_place_title(copy->target)),
      "If it is to be trusted there, take it out first (causey cp STORE#LABEL ca.pem) and copy that.");
  if (!fits)
    return cy_err_hint(
      cy_err_new(CY_E_STORE_LABEL_MISSING, "nothing is left to copy: there are only private keys"),
      "Leave --no-keys out.");
  return check_single(copy);
}

cy_err *cy_copy_fit_secrets(cy_copy *copy)
{
  const cy_format *format = copy->target->doc->format;
  const char *why = NULL;
  size_t live = 0;
  for (size_t i = 0; i < copy->item_count && format->unfit; i++) {
    cy_copy_item *item = &copy->items[i];
    const char *unfit = cy_copy_is_live(item) ? format->unfit(item->from) : NULL;
    live += cy_copy_is_live(item) && !unfit;
    if (!unfit)
      continue;
    why = why ? why : unfit;
    item->outcome = CY_COPY_LEFT_OUT;
    item->note = cy_copy_text(copy, "%s", unfit);
    CY_TRY(cy_copy_lose(copy, item, "left-out", item->note));
  }
  if (!why || live)
    return NULL;
  return cy_err_hint(cy_err_new(CY_E_STORE_CANNOT_HOLD, "nothing can be copied into %s: %s",
                       cy_place_path(copy->target), why),
    "Choose a store of another kind; a JCEKS keystore holds secret keys of any algorithm.");
}

/* Losses of entries that are copied. */

typedef struct {
  cy_copy *copy;
  const cy_copy_item *item;
  cy_err *err;
} losing;

static void lose_more(void *arg, const char *what, const char *text)
{
  losing *l = arg;
  for (size_t i = l->copy->loss_count;
       i-- > 0 && l->copy->losses[i].item == (size_t)(l->item - l->copy->items);)
    if (strcmp(l->copy->losses[i].text, text) == 0)
      return;
  if (!l->err)
    l->err = cy_copy_lose(l->copy, l->item, what, cy_copy_text(l->copy, "%s", text));
}

/* The password of a key in a store that has one as well: it becomes the target's. */
static bool has_other_password(const cy_copy *copy, const cy_copy_item *item)
{
  const cy_doc *doc = copy->sources[item->source].place->doc;
  const cy_keybox *key = &item->from->key;
  return item->entry.has_key && !item->entry.keep_key && key->own_password && doc->password &&
         key->password && !cy_secret_equal(cy_secret_get(doc->password), cy_secret_get(key->password));
}

/* The target's own default keeps the mark. */
static bool yields_default(const cy_copy *copy, const cy_copy_item *item)
{
  size_t iter = 0;
  if (!item->entry.is_default || !(cy_place_caps(copy->target) & CY_CAN_DEFAULT))
    return false;
  for (cy_entry *e; (e = cy_place_next(copy->target, &iter));)
    if (e->is_default)
      return e != item->there;
  for (const cy_copy_item *i = copy->items; i < item; i++)
    if (i->entry.is_default && cy_copy_is_live(i))
      return true;
  return false;
}

static cy_err *find_losses(cy_copy *copy, const cy_copy_item *item)
{
  unsigned caps = cy_place_caps(copy->target);
  const cy_entry *entry = &item->entry, *from = item->from;
  const struct {
    bool lost;
    const char *what, *text;
  } all[] = {
    {from->label && !(caps & CY_CAN_LABELS), "label", "the label"},
    {entry->date != CY_TIME_NONE && !(caps & CY_CAN_DATES), "date", "the date when it was put there"},
    {entry->id.len && !(caps & CY_CAN_IDS), "id", "the key id"},
    {entry->attr_count && !(caps & CY_CAN_ATTRS), "attributes", "attributes that only the old store knows"},
    {from->kind == CY_ENTRY_TRUSTED && !entry->has_key && !(caps & CY_CAN_TRUST), "trust",
      "the mark that it is trusted"},
    {entry->cert_count > 1 && !(caps & CY_CAN_CHAINS), "chain", "the chain of the certificate"},
    {has_other_password(copy, item), "key-password", "a password of its own: it gets that of the store"},
    {entry->kind == CY_ENTRY_SECRET && !cy_copy_opens(from), "secret-password",
      "its use under the new password: it stays sealed under that of its old store"},
    {entry->is_default && !(caps & CY_CAN_DEFAULT), "default", "the mark that it is the default"},
    {yields_default(copy, item), "default", "the mark that it is the default: another entry there has it"},
    {entry->distrusted && !(caps & CY_CAN_DISTRUST), "distrust", "the mark that it is not trusted"},
  };
  for (size_t i = 0; i < CY_COUNT(all); i++)
    if (all[i].lost)
      CY_TRY(cy_copy_lose(copy, item, all[i].what, all[i].text));
  return NULL;
}

/* Nothing was said about it, and it goes to where all is trusted. */
static void note_trust(cy_copy *copy, cy_copy_item *item)
{
  unsigned from = cy_place_caps(copy->sources[item->source].place), to = cy_place_caps(copy->target);
  bool marks = from & CY_CAN_TRUST && from & CY_CAN_CERTS;
  bool trusts_all = to & CY_CAN_TRUST && (!(to & CY_CAN_CERTS) || to & CY_TRUSTS_ALL);
  if (marks && trusts_all && !item->note && item->from->kind == CY_ENTRY_CERTIFICATE)
    item->note = "becomes trusted: this kind of store trusts all certificates that it holds";
}

cy_err *cy_copy_find_losses(cy_copy *copy)
{
  const cy_format *format = copy->target->doc->format;
  for (size_t i = 0; i < copy->item_count; i++) {
    losing l = {copy, &copy->items[i], NULL};
    if (!cy_copy_is_live(l.item))
      continue;
    note_trust(copy, &copy->items[i]);
    CY_TRY(find_losses(copy, l.item));
    if (format->losses)
      format->losses(&l.item->entry, lose_more, &l);
    CY_TRY(l.err);
  }
  return NULL;
}
