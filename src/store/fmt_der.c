/* DER: one object in a file (RFC 5280, RFC 2986, RFC 5958). */
#include "base/der.h"
#include "store/object.h"

static int detect(cy_span head, const char *name)
{
  return cy_object_detect(head) != CY_OBJECT_NONE || cy_object_detect_head(head) ? 60 : 0;
}

static cy_err *parse_key(cy_doc *doc, cy_entry *entry, cy_object object, cy_span der)
{
  CY_CLEAN(cy_buf) spki = CY_BUF_TEXT;
  entry->kind = CY_ENTRY_KEY;
  entry->has_key = true;
  CY_TRY(cy_object_key(&entry->key, object, der, CY_SPAN_NONE));
  if (!entry->key.plain)
    return NULL;
  cy_err_free(cy_pkcs8_public(&spki, cy_secret_get(entry->key.plain)));
  entry->key.spki = spki.len ? cy_arena_copy(&doc->arena, cy_buf_get(&spki)) : CY_SPAN_NONE;
  return NULL;
}

static cy_err *parse(cy_doc *doc, cy_ask *ask)
{
  cy_span der = cy_image_bytes(doc->image);
  cy_object object = cy_object_detect(der);
  cy_entry *entry;
  doc->password_unneeded = true;
  CY_TRY(cy_doc_append(doc, &entry));
  switch (object) {
  case CY_OBJECT_CERT:
  case CY_OBJECT_TRUSTED_CERT: {
    entry->kind = CY_ENTRY_CERTIFICATE;
    CY_TRY(cy_doc_certs(doc, entry, 1));
    entry->certs[0].der = der;
    const cy_cert *cert;
    return cy_entry_cert(entry, 0, &cert);
  }
  case CY_OBJECT_REQUEST:
  case CY_OBJECT_CRL:
    entry->kind = object == CY_OBJECT_CRL ? CY_ENTRY_CRL : CY_ENTRY_REQUEST;
    entry->der = der;
    return NULL;
  case CY_OBJECT_KEY:
  case CY_OBJECT_ENCRYPTED_KEY:
    return parse_key(doc, entry, object, der);
  default:
    return cy_err_new(
      CY_E_STORE_DAMAGED, "it begins like a certificate or key, and does not go on like one");
  }
}

static cy_err *serialise(cy_doc *doc, const cy_write_how *how, cy_ask *ask, cy_buf *out)
{
  const char *label;
  for (size_t i = 0; i < doc->entry_count; i++) {
    cy_entry *entry = doc->entries[i];
    if (entry->deleted)
      continue;
    if (entry->cert_count)
      cy_buf_span(out, entry->certs[0].der);
    else if (entry->has_key)
      CY_TRY(cy_object_put_key(doc, entry, how, ask, out, &label));
    else
      cy_buf_span(out, entry->der);
    return cy_buf_check(out);
  }
  return cy_err_new(CY_E_STORE_CANNOT_HOLD, "a DER file holds exactly one object; remove the file itself");
}

const cy_format cy_format_der = {
  .id = "der",
  .prefixes = "",
  .title = "DER",
  .suffixes = "der",
  .caps = CY_CAN_LONE_KEYS | CY_CAN_CERTS | CY_CAN_REQUESTS | CY_CAN_CRLS | CY_CAN_KEY_PASSWORDS |
          CY_CAN_WRITE | CY_ONE_ENTRY,
  .detect = detect,
  .parse = parse,
  .serialise = serialise,
};
