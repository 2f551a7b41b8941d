/* Writing PEM: untouched parts byte for byte, changed and new entries encoded. */
#include "base/text.h"
#include "store/fmt_pem.h"

static cy_err *put_key(cy_doc *doc, cy_entry *entry, const cy_write_how *how, cy_ask *ask, cy_buf *out)
{
  CY_CLEAN(cy_buf) der = CY_BUF_SECRET(CY_MAX_STORE_BYTES);
  const char *label;
  CY_TRY(cy_object_put_key(doc, entry, how, ask, &der, &label));
  cy_pem_encode(out, label, cy_buf_get(&der));
  return NULL;
}

/* Certificates first, leaf first: what servers and clients that read one file expect. */
static cy_err *put_entry(cy_doc *doc, cy_entry *entry, const cy_write_how *how, cy_ask *ask, cy_buf *out)
{
  for (size_t i = 0; i < entry->cert_count; i++)
    cy_pem_encode(out, "CERTIFICATE", entry->certs[i].der);
  if (entry->kind == CY_ENTRY_REQUEST)
    cy_pem_encode(out, "CERTIFICATE REQUEST", entry->der);
  if (entry->kind == CY_ENTRY_CRL)
    cy_pem_encode(out, "X509 CRL", entry->der);
  return entry->has_key && !(entry->changed && entry->keep_key) ? put_key(doc, entry, how, ask, out) : NULL;
}

/* The lines that openssl writes about the block that follows. */
static bool describes_block(cy_span before)
{
  static const char *const starts[] = {"Bag Attributes", "Key Attributes", "subject=", "issuer=", "# "};
  while (before.len && strchr(" \t\r\n", before.data[0])) {
    before.data++;
    before.len--;
  }
  for (size_t i = 0; i < CY_COUNT(starts); i++)
    if (before.len >= strlen(starts[i]) && memcmp(before.data, starts[i], strlen(starts[i])) == 0)
      return true;
  return false;
}

static bool is_key(const cy_pem_part *part)
{
  return part->object == CY_OBJECT_KEY || part->object == CY_OBJECT_ENCRYPTED_KEY ||
         part->object == CY_OBJECT_LEGACY_KEY;
}

/* What is written again as it was: parts of nobody, of untouched entries, and of changed ones the
 * part that was not meant. */
static bool is_kept(const cy_pem_part *part)
{
  const cy_entry *entry = part->entry;
  if (!entry || !(entry->deleted || entry->changed))
    return true;
  return !entry->deleted && (is_key(part) ? entry->keep_key : entry->keep_certs);
}

static cy_err *put_part(cy_doc *doc, cy_pem_part *part, const cy_write_how *how, cy_ask *ask, cy_buf *out)
{
  cy_entry *entry = part->entry;
  bool kept = is_kept(part);
  if (kept || !describes_block(part->before) || (!entry->deleted && entry->keep_certs))
    cy_buf_span(out, part->before);
  if (kept) {
    cy_buf_span(out, part->whole);
    return NULL;
  }
  if (!entry->deleted && entry->keep_certs)
    return put_key(doc, entry, how, ask, out);
  if (entry->deleted || entry->added)
    return NULL;
  entry->added = true; /* the first of its parts stands for all of it */
  return put_entry(doc, entry, how, ask, out);
}

static void end_line(cy_buf *out)
{
  if (out->len && !out->failed && out->data[out->len - 1] != '\n')
    cy_buf_u8(out, '\n');
}

cy_err *cy_pem_serialise(cy_doc *doc, const cy_write_how *how, cy_ask *ask, cy_buf *out)
{
  cy_pem_own *own = doc->own;
  for (size_t i = 0; i < doc->entry_count; i++)
    if (doc->entries[i]->changed)
      doc->entries[i]->added = false;
  for (size_t i = 0; own && i < own->count; i++)
    CY_TRY(put_part(doc, &own->parts[i], how, ask, out));
  for (size_t i = 0; i < doc->entry_count; i++) {
    cy_entry *entry = doc->entries[i];
    if (!entry->added || entry->changed || entry->deleted)
      continue;
    end_line(out);
    CY_TRY(put_entry(doc, entry, how, ask, out));
  }
  return cy_buf_check(out);
}
