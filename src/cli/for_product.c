#include "cli/for_product.h"

#include <sys/stat.h>

#include "base/text.h"
#include "product/codes.h"

static bool needs(const cy_copying *c, unsigned what)
{
  return c->product && c->product->needs & what;
}

static bool is_kind(const cy_copying *c, const char *kind)
{
  return strcmp(cy_place_kind(c->target), kind) == 0;
}

cy_err *cy_for_product_begin(cy_copying *c)
{
  const char *id = cy_args_value(c->run->args, CY_OPT_FOR);
  if (!id)
    return NULL;
  CY_TRY(cy_product_find(&c->product, id));
  if (c->how.pbmac1 && !needs(c, CY_PRODUCT_NEW_PKCS12))
    return cy_err_hint(
      cy_err_new(CY_E_PRODUCT_CANNOT_READ, "%s does not read PKCS#12 with PBMAC1", c->product->title),
      "Leave --pbmac1 out.");
  c->options.trust = c->how.for_java = needs(c, CY_PRODUCT_TRUST_MARK);
  c->options.lower_labels = needs(c, CY_PRODUCT_LOWER_LABELS);
  c->options.label_all = needs(c, CY_PRODUCT_LABELS);
  c->options.keys_first = needs(c, CY_PRODUCT_LEAF_FIRST);
  c->how.legacy = c->how.legacy || needs(c, CY_PRODUCT_OLD_PKCS12);
  return NULL;
}

static void put_kind(cy_buf *text, const char *kind)
{
  const cy_format *format = cy_format_find(kind);
  const cy_live *live = format ? NULL : cy_live_find(kind);
  if (format)
    cy_buf_printf(text, "%s%s (.%.*s)", text->len ? ", " : "", format->title,
      (int)strcspn(format->suffixes, " "), format->suffixes);
  else if (live)
    cy_buf_printf(text, "%s%s (%s:)", text->len ? ", " : "", live->title, live->id);
}

void cy_for_product_kinds(cy_buf *text, const cy_product *product)
{
  for (const char *at = product->reads; *at; at += *at == ' ') {
    char kind[16] = {0};
    size_t len = strcspn(at, " ");
    memcpy(kind, at, len < sizeof kind ? len : sizeof kind - 1);
    put_kind(text, kind);
    at += len;
  }
}

cy_err *cy_for_product_check_kind(cy_copying *c)
{
  CY_CLEAN(cy_buf) kinds = CY_BUF_TEXT;
  if (!c->product || cy_product_reads(c->product, cy_place_kind(c->target)))
    return NULL;
  cy_for_product_kinds(&kinds, c->product);
  cy_err *err = cy_err_new(CY_E_PRODUCT_CANNOT_READ, "%s does not read %s as a keystore: %s",
    c->product->title, cy_place_title(c->target), cy_place_path(c->target));
  return cy_err_hint(err, "It reads %s.", cy_buf_cstr(&kinds));
}

/* Private keys. */

static bool is_live(const cy_copy_item *item)
{
  return item->outcome == CY_COPY_ADDED || item->outcome == CY_COPY_REPLACED ||
         item->outcome == CY_COPY_UPDATED;
}

static bool brings_key(const cy_copy_item *item)
{
  return is_live(item) && item->entry.has_key && !item->entry.keep_key;
}

static bool any_key(const cy_copying *c)
{
  size_t count;
  const cy_copy_item *items = cy_copy_items(c->copy, &count);
  for (size_t i = 0; i < count; i++)
    if (brings_key(&items[i]))
      return true;
  return false;
}

static cy_err *check_passphrase(cy_copying *c)
{
  if (!needs(c, CY_PRODUCT_PLAIN_KEYS) || c->how.plain_keys || !any_key(c))
    return NULL;
  cy_err *err =
    cy_err_new(CY_E_PRODUCT_PLAIN_KEYS, "%s can not ask for a passphrase, and a private key goes into %s",
      c->product->title, cy_place_path(c->target));
  return cy_err_hint(err,
    "--plain-keys writes it in clear, into a new file for your account alone (0600); %s must run under "
    "that account. --no-keys copies the certificates.",
    c->product->title);
}

/* Replacing a file keeps its mode, so a product that looks at the mode would refuse the result. */
static cy_err *check_mode(cy_copying *c)
{
  struct stat st;
  if (!needs(c, CY_PRODUCT_PRIVATE_FILE) || c->to.is_stream || !any_key(c) || stat(c->to.path, &st) != 0)
    return NULL;
  mode_t open = st.st_mode & (st.st_uid == 0 ? 0037 : 0077);
  if (!open)
    return NULL;
  cy_err *err = cy_err_new(CY_E_PRODUCT_FILE_OPEN,
    "%s refuses a private key that others can read, and %s has the mode %04o", c->product->title,
    c->to.path, (unsigned)st.st_mode & 07777);
  return cy_err_hint(err, "chmod 600 %s, then again. Nothing has been changed.", c->to.path);
}

/* Losses. */

static const char *type_word(cy_key_type type)
{
  switch (type) {
  case CY_KEY_RSA:
  case CY_KEY_RSA_PSS:
    return "rsa";
  case CY_KEY_EC:
    return "ec";
  case CY_KEY_ED25519:
    return "ed25519";
  case CY_KEY_ED448:
    return "ed448";
  case CY_KEY_DSA:
    return "dsa";
  default:
    return "";
  }
}

static cy_err *lose_key_type(cy_copying *c, size_t at, const cy_copy_item *item)
{
  const cy_entry *entry = &item->entry;
  cy_cert_view view;
  cy_key_info info = {0};
  cy_err *err = NULL;
  if (entry->cert_count)
    err = cy_cert_view_parse(&view, entry->certs[0].der);
  else if (entry->key.spki.len)
    err = cy_key_info_parse(&info, entry->key.spki);
  if (!err && entry->cert_count)
    info = view.key;
  cy_err_free(err); /* what can not be read is not judged */
  const char *word = err ? "" : type_word(info.type);
  if (!*word || cy_product_uses(c->product, word))
    return NULL;
  CY_CLEAN(cy_buf) type = CY_BUF_TEXT;
  cy_key_info_format(&type, &info);
  return cy_copy_add_loss(
    c->copy, at, "use", "its use: %s can not use %s keys", c->product->title, cy_buf_cstr(&type));
}

/* Only the first certificate and the first key of a PEM file count for it. */
static cy_err *lose_place(cy_copying *c, size_t at, const cy_copy_item *item, size_t *keys)
{
  size_t first = 0;
  if (!needs(c, CY_PRODUCT_LEAF_FIRST) || !is_kind(c, "pem") || !item->entry.has_key)
    return NULL;
  const cy_entry *there = cy_place_next(c->target, &first);
  if (++*keys > 1)
    return cy_copy_add_loss(c->copy, at, "use",
      "its use: %s takes one private key from a PEM file, the first", c->product->title);
  if (there && there != item->there)
    return cy_copy_add_loss(c->copy, at, "use",
      "its use: %s takes the first certificate of a PEM file for its own, and another stands there",
      c->product->title);
  return NULL;
}

static cy_err *lose_kind(cy_copying *c, size_t at, const cy_copy_item *item)
{
  bool p12 = is_kind(c, "p12"), key = item->entry.has_key;
  if (needs(c, CY_PRODUCT_CERTS_PEM) && p12 && !key)
    return cy_copy_add_loss(c->copy, at, "use",
      "its use: %s takes CA certificates from PEM, from PKCS#12 only a key with its chain",
      c->product->title);
  if (needs(c, CY_PRODUCT_KEYS_P12) && !p12 && key)
    return cy_copy_add_loss(
      c->copy, at, "use", "its use: %s takes private keys from PKCS#12 only", c->product->title);
  return NULL;
}

cy_err *cy_for_product_check(cy_copying *c)
{
  size_t count, keys = 0;
  if (!c->product)
    return NULL;
  CY_TRY(check_passphrase(c));
  CY_TRY(check_mode(c));
  const cy_copy_item *items = cy_copy_items(c->copy, &count);
  for (size_t i = 0; i < count; i++) {
    if (!is_live(&items[i]))
      continue;
    CY_TRY(lose_key_type(c, i, &items[i]));
    CY_TRY(lose_place(c, i, &items[i], &keys));
    CY_TRY(lose_kind(c, i, &items[i]));
  }
  return NULL;
}

/* Remarks. */

static void note_label(cy_copying *c, const cy_copy_item *item)
{
  const char *label = item->entry.label;
  if (brings_key(item) && label && !cy_text_starts(label, "ibmwebspheremq"))
    cy_out_note(c->run->out,
      "the queue manager finds this certificate with CERTLABL('%s'), in quotes; without CERTLABL it looks "
      "for "
      "ibmwebspheremq and its own name, in lower case",
      label);
}

void cy_for_product_note(cy_copying *c)
{
  size_t count;
  if (!c->product)
    return;
  const cy_copy_item *items = cy_copy_items(c->copy, &count);
  for (size_t i = 0; i < count && needs(c, CY_PRODUCT_MQ_LABEL); i++)
    note_label(c, &items[i]);
  if (c->how.plain_keys && any_key(c) && needs(c, CY_PRODUCT_PLAIN_KEYS))
    cy_out_note(c->run->out,
      "the private key in %s is in clear, since %s can not ask for a passphrase: only the file's mode "
      "protects it",
      cy_place_path(c->target), c->product->title);
  if (needs(c, CY_PRODUCT_OLD_PKCS12) && is_kind(c, "p12"))
    cy_out_note(c->run->out, "sealed with 3DES and SHA-1, which %s needs; use a strong password",
      c->product->title);
  if (strcmp(c->product->certainty, "memory") == 0)
    cy_out_note(
      c->run->out, "what is said of %s here is so as far as known; it was not tried", c->product->title);
}
