/* PuTTY's private keys (.ppk): one key, read and not written. */
#include "base/text.h"
#include "crypto/ppk.h"
#include "store/codes.h"
#include "store/format.h"

static int detect(cy_span head, const char *name)
{
  return cy_ppk_detect(head) ? 99 : 0;
}

static cy_err *open_key(const cy_keybox *box, const cy_secret *password, cy_secret **pkcs8)
{
  cy_ppk ppk;
  CY_TRY(cy_ppk_parse(&ppk, box->sealed));
  cy_err *err = cy_ppk_open(pkcs8, &ppk, password);
  cy_ppk_clear(&ppk);
  return err;
}

static void describe_key(const cy_keybox *box, cy_buf *words)
{
  static const char *const names[] = {"Argon2d", "Argon2i", "Argon2id"};
  cy_ppk ppk;
  cy_err *err = cy_ppk_parse(&ppk, box->sealed);
  if (!err && ppk.version == 3)
    cy_buf_printf(words, "PuTTY 3, aes256-cbc, %s, %u KiB, %u passes", names[ppk.cost.type],
      ppk.cost.memory_kib, ppk.cost.passes);
  else if (!err)
    cy_buf_str(words, "PuTTY 2, aes256-cbc, SHA-1 once");
  if (!err)
    cy_ppk_clear(&ppk);
  cy_err_free(err);
}

static const char *weakness(const cy_keybox *box)
{
  cy_ppk ppk;
  cy_err *err = cy_ppk_parse(&ppk, box->sealed);
  bool old = !err && ppk.version == 2;
  if (!err)
    cy_ppk_clear(&ppk);
  cy_err_free(err);
  return old ? "its passphrase goes through SHA-1 once, so that billions can be tried in a second" : NULL;
}

static const cy_keybox_ops ops = {.name = "PuTTY",
  .open = open_key,
  .describe = describe_key,
  .weakness = weakness,
  .protect = "puttygen %s -P"};

/* The public half stands beside the sealed one. */
static cy_err *take_public(cy_doc *doc, cy_entry *entry, const cy_ppk *ppk)
{
  CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
  cy_ssh_key key;
  CY_TRY(cy_ssh_public(&key, cy_buf_get(&ppk->public_blob)));
  CY_TRY(cy_ssh_spki(&spki, &key));
  entry->key.spki = cy_arena_copy(&doc->arena, cy_buf_get(&spki));
  return entry->key.spki.data ? NULL : cy_err_no_memory();
}

static cy_err *take_key(cy_doc *doc, const cy_ppk *ppk)
{
  CY_CLEAN(cy_buf) label = CY_BUF_TEXT;
  cy_entry *entry;
  CY_TRY(cy_doc_append(doc, &entry));
  entry->kind = CY_ENTRY_KEY;
  entry->has_key = true;
  entry->key = (cy_keybox){.ops = &ops, .own_password = true, .encrypted = ppk->encrypted};
  if (cy_utf8_valid(ppk->comment))
    cy_buf_span(&label, ppk->comment);
  else
    cy_text_from_latin1(&label, ppk->comment);
  CY_TRY(cy_buf_check(&label));
  if (label.len && !memchr(label.data, 0, label.len)) {
    entry->label = cy_arena_str(&doc->arena, cy_buf_get(&label));
    CY_TRY_ALLOC(entry->label);
  }
  CY_TRY(take_public(doc, entry, ppk));
  if (!ppk->encrypted)
    return cy_ppk_open(&entry->key.plain, ppk, NULL);
  entry->key.sealed = cy_image_bytes(doc->image);
  return NULL;
}

static cy_err *parse(cy_doc *doc, cy_ask *ask)
{
  cy_ppk ppk;
  doc->password_unneeded = true;
  doc->read_only = true;
  CY_TRY(cy_ppk_parse(&ppk, cy_image_bytes(doc->image)));
  cy_err *err = take_key(doc, &ppk);
  cy_ppk_clear(&ppk);
  return err;
}

static cy_err *serialise(cy_doc *doc, const cy_write_how *how, cy_ask *ask, cy_buf *out)
{
  return cy_err_hint(cy_err_new(CY_E_STORE_READ_ONLY, "keys of PuTTY are read, not written"),
    "Its passphrase is changed by `puttygen FILE -P`; causey cp FILE key.pem copies it as PKCS#8.");
}

const cy_format cy_format_ppk = {
  .id = "ppk",
  .prefixes = "putty",
  .title = "PuTTY private key",
  .suffixes = "ppk",
  .caps = CY_CAN_LONE_KEYS | CY_CAN_LABELS | CY_CAN_KEY_PASSWORDS,
  .detect = detect,
  .parse = parse,
  .serialise = serialise,
};
