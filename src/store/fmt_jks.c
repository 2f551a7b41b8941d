/* JKS: the format's constant, and what it has of its own. */
#include "store/fmt_jks.h"

static const cy_jks_flavour flavour = {
  .magic = CY_JKS_MAGIC,
  .name = "the Java keystore",
  .magic_words = "it does not begin as a Java keystore does",
  .keys_tried = 8,
  .key_ops = &cy_jks_key_ops,
  .seal_key = cy_jks_seal_key,
};

static int detect(cy_span head, const char *name)
{
  (void)name;
  return cy_jks_detect(head, CY_JKS_MAGIC);
}

static cy_err *parse(cy_doc *doc, cy_ask *ask)
{
  return cy_jks_parse(doc, ask, &flavour);
}

static cy_err *serialise(cy_doc *doc, const cy_write_how *how, cy_ask *ask, cy_buf *out)
{
  return cy_jks_serialise(doc, &flavour, how, ask, out);
}

static cy_err *describe(cy_doc *doc, cy_out *out)
{
  cy_jks_describe(doc, out);
  if (cy_jks_has_keys(doc))
    cy_out_str(out, "key_protection", "Key protection", "JKS key protector (one pass of SHA-1: weak)");
  return NULL;
}

const cy_format cy_format_jks = {
  .id = "jks",
  .prefixes = "",
  .title = "Java keystore (JKS)",
  .suffixes = "jks keystore ks",
  .caps = CY_CAN_KEYS | CY_CAN_TRUST | CY_CAN_LABELS | CY_CAN_DATES | CY_CAN_KEY_PASSWORDS | CY_CAN_CHAINS |
          CY_CAN_WRITE | CY_NEEDS_LABELS | CY_FOLDS_LABELS | CY_NEEDS_PASSWORD | CY_HAS_PASSWORD,
  .detect = detect,
  .parse = parse,
  .serialise = serialise,
  .check = cy_jks_check,
  .describe = describe,
  .losses = cy_jks_losses,
};
