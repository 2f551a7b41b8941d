/* DER: one object in a file (RFC 5280, RFC 2986, RFC 5958). */
#include "base/der.h"
#include "store/codes.h"
#include "store/object.h"

static int detect(cy_span head, const char *name)
{
  return cy_object_detect(head) != CY_OBJECT_NONE || cy_object_detect_head(head) ? 60 : 0;
}

static cy_err *parse_key(cy_doc *doc, cy_entry *entry, cy_object object, cy_span der)
{
  entry->kind = CY_ENTRY_KEY;
  entry->has_key = true;
  CY_TRY(cy_object_key(&entry->key, object, der, CY_SPAN_NONE));
  return cy_object_public(&doc->arena, &entry->key);
}

/* Whether the file is as long as its first value says. */
static cy_err *check_length(cy_span der)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, der);
  cy_der whole = cy_der_next(&cur);
  if (!cy_cur_ok(&cur))
    return cy_err_new(
      CY_E_STORE_DAMAGED, "its length field does not fit its %zu bytes (%s)", der.len, parse.reason);
  if (whole.whole.len < der.len)
    return cy_err_hint(cy_err_new(CY_E_STORE_DAMAGED, "behind its end, at byte %zu, stand %zu bytes more",
                         whole.whole.len, der.len - whole.whole.len),
      "A DER file holds one object: cut the rest off, or keep several objects in a PEM file.");
  return NULL;
}

/* A key that is only public: there is nothing that a store could do with it. */
static bool is_public_key(cy_span der)
{
  cy_key_info info;
  cy_err *err = cy_key_info_parse(&info, der);
  cy_err_free(err);
  return !err;
}

static cy_err *not_known(cy_span der)
{
  if (is_public_key(der))
    return cy_err_hint(cy_err_new(CY_E_STORE_NOT_RECOGNISED, "it is a public key alone"),
      "Give the certificate or the private key that it belongs to.");
  return cy_err_new(CY_E_STORE_DAMAGED, "it begins like a certificate or key, and does not go on like one");
}

static cy_err *parse(cy_doc *doc, cy_ask *ask)
{
  cy_span der = cy_image_bytes(doc->image);
  cy_object object = cy_object_detect(der);
  cy_entry *entry;
  const cy_cert *cert;
  doc->password_unneeded = true;
  CY_TRY(check_length(der));
  CY_TRY(cy_doc_append(doc, &entry));
  switch (object) {
  case CY_OBJECT_CERT:
  case CY_OBJECT_TRUSTED_CERT:
    entry->kind = CY_ENTRY_CERTIFICATE;
    CY_TRY(cy_doc_certs(doc, entry, 1));
    entry->certs[0].der = der;
    return cy_entry_cert(entry, 0, &cert);
  case CY_OBJECT_REQUEST:
  case CY_OBJECT_CRL:
    entry->kind = object == CY_OBJECT_CRL ? CY_ENTRY_CRL : CY_ENTRY_REQUEST;
    entry->der = der;
    return NULL;
  case CY_OBJECT_KEY:
  case CY_OBJECT_ENCRYPTED_KEY:
    return parse_key(doc, entry, object, der);
  default:
    return not_known(der);
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
