/* JCEKS: the format's constant, and what it has beside JKS. */
#include "store/fmt_jceks.h"

#include "base/text.h"
#include "store/address.h"
#include "store/codes.h"

static const cy_keybox_ops key_ops = {"JCEKS key protector", cy_jks_open_key};

static cy_err *seal_key(cy_buf *out, cy_span pkcs8, const cy_secret *password, const cy_write_how *how)
{
  cy_pbe_choice choice = cy_jceks_choice(how);
  return cy_pkcs8_seal(out, &choice, password, pkcs8);
}

static const cy_jks_flavour flavour = {
  .magic = CY_JCEKS_MAGIC,
  .name = "the JCEKS keystore",
  .magic_words = "it does not begin as a JCEKS keystore does",
  .keys_tried = 2,
  .key_ops = &key_ops,
  .seal_key = seal_key,
  .read_secret = cy_jceks_read_secret,
  .seal_secret = cy_jceks_seal_secret,
};

static int detect(cy_span head, const char *name)
{
  (void)name;
  return cy_jks_detect(head, CY_JCEKS_MAGIC);
}

static cy_err *parse(cy_doc *doc, cy_ask *ask)
{
  return cy_jks_parse(doc, ask, &flavour);
}

static cy_err *serialise(cy_doc *doc, const cy_write_how *how, cy_ask *ask, cy_buf *out)
{
  return cy_jks_serialise(doc, &flavour, how, ask, out);
}

/* Findings. */

static cy_err *check_class(cy_doc *doc, const cy_entry *entry, cy_findings *findings)
{
  CY_CLEAN(cy_buf) subject = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_span name;
  if (entry->deleted || entry->kind != CY_ENTRY_SECRET || !entry->der.len)
    return NULL;
  CY_TRY(cy_jceks_foreign_class(entry, &name));
  cy_address_format(&subject, doc->place, entry->label);
  cy_text_put_safe(&words, name);
  CY_TRY(cy_buf_check(&subject));
  CY_TRY(cy_buf_check(&words));
  cy_finding *f = cy_finding_add(findings, CY_F_JCEKS_FOREIGN_CLASS, cy_buf_cstr(&subject),
    "The entry %s is a Java object of class %s, not a sealed key.", entry->label, cy_buf_cstr(&words));
  cy_finding_evidence(findings, f, "class", "%s", cy_buf_cstr(&words));
  return NULL;
}

static cy_err *check(cy_doc *doc, cy_findings *findings)
{
  for (size_t i = 0; i < doc->entry_count; i++)
    CY_TRY(check_class(doc, doc->entries[i], findings));
  return cy_jks_check(doc, findings);
}

/* The first key stands for all: Java seals them alike. */
static cy_err *describe_keys(const cy_doc *doc, cy_out *out)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  for (size_t i = 0; i < doc->entry_count; i++) {
    const cy_entry *entry = doc->entries[i];
    cy_pbe_info info;
    if (entry->deleted || !entry->key.ops)
      continue;
    cy_err *err =
      entry->has_key ? cy_keybox_pbe(&entry->key, &info) : cy_jceks_secret_info(&info, entry->key.sealed);
    if (err && cy_err_is(err, CY_E_NO_MEMORY))
      return err;
    if (err) { /* JKS's protector, in a store that was converted */
      cy_err_free(err);
      continue;
    }
    cy_pbe_format(&words, &info);
    CY_TRY(cy_buf_check(&words));
    cy_out_str(out, "key_protection", "Key protection", cy_buf_cstr(&words));
    return NULL;
  }
  return NULL;
}

static cy_err *describe(cy_doc *doc, cy_out *out)
{
  cy_jks_describe(doc, out);
  return describe_keys(doc, out);
}

static const char *unfit(const cy_entry *entry)
{
  bool known = entry->kind != CY_ENTRY_SECRET || entry->key.ops || entry->key.plain || entry->key.reference;
  return known ? NULL : "a secret in a form that only its own store knows";
}

const cy_format cy_format_jceks = {
  .id = "jceks",
  .prefixes = "",
  .title = "Java keystore (JCEKS)",
  .suffixes = "jceks",
  .caps = CY_CAN_KEYS | CY_CAN_TRUST | CY_CAN_SECRETS | CY_CAN_LABELS | CY_CAN_DATES |
          CY_CAN_KEY_PASSWORDS | CY_CAN_CHAINS | CY_CAN_WRITE | CY_NEEDS_LABELS | CY_FOLDS_LABELS |
          CY_NEEDS_PASSWORD | CY_HAS_PASSWORD,
  .detect = detect,
  .parse = parse,
  .serialise = serialise,
  .check = check,
  .describe = describe,
  .losses = cy_jks_losses,
  .unfit = unfit,
};
