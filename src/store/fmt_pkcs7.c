/*
 * PKCS#7 bundles (.p7b, .p7c): certificates and CRLs, in DER or in PEM (RFC 5652, RFC 8551 section 3.8).
 *
 * What signs something is read for its certificates and never changed.
 */
#include <stdio.h>

#include "base/der.h"
#include "base/file.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/pem.h"
#include "base/text.h"
#include "store/codes.h"
#include "store/format.h"
#include "store/pkcs7.h"

typedef struct {
  cy_pkcs7 p7;
  cy_buf der;       /* of a PEM block */
  cy_pem_block pem; /* label empty: the file is DER */
  cy_span after;    /* the text behind the block */
  bool crlf;
} own_parts;

static void own_free(void *arg)
{
  own_parts *own = arg;
  cy_pkcs7_clear(&own->p7);
  cy_buf_clear(&own->der);
  cy_free(own);
}

static bool is_label(cy_span label)
{
  return cy_span_equal(label, CY_SPAN("PKCS7")) || cy_span_equal(label, CY_SPAN("CMS")) ||
         cy_span_equal(label, CY_SPAN("PKCS #7 SIGNED DATA"));
}

/* One such block and no other: bundles of several are PEM's. */
static bool is_one_block(cy_span head)
{
  static const char begin[] = "-----BEGIN ";
  const uint8_t *at = memmem(head.data, head.len, begin, sizeof begin - 1);
  if (!at || !cy_pem_looks_like(head))
    return false;
  cy_span rest =
    cy_span_of(at + sizeof begin - 1, head.len - (size_t)(at - head.data) - (sizeof begin - 1));
  const uint8_t *end = memmem(rest.data, rest.len, "-----", 5);
  return end && is_label(cy_span_of(rest.data, (size_t)(end - rest.data))) &&
         !memmem(rest.data, rest.len, begin, sizeof begin - 1);
}

static int detect(cy_span head, const char *name)
{
  cy_pkcs7_kind kind = cy_pkcs7_detect(head);
  if (kind != CY_PKCS7_NONE)
    return kind == CY_PKCS7_BARE ? 95 : 70;
  return head.len && is_one_block(head) ? 95 : 0;
}

static cy_err *add_entry(cy_doc *doc, const cy_pkcs7_item *item, size_t part)
{
  cy_entry *entry;
  CY_TRY(cy_doc_append(doc, &entry));
  entry->kind = item->is_crl ? CY_ENTRY_CRL : CY_ENTRY_CERTIFICATE;
  entry->part = part;
  if (item->is_crl) {
    entry->der = item->der;
    return NULL;
  }
  CY_TRY(cy_doc_certs(doc, entry, 1));
  entry->certs[0].der = item->der;
  return NULL;
}

/* The DER inside of a PEM file, which must have no other block. */
static cy_err *unwrap(own_parts *own, cy_span text, cy_span *der)
{
  cy_pem pem = cy_pem_begin(text);
  cy_pem_block next;
  bool found, more;
  CY_TRY(cy_pem_next(&pem, &own->pem, &found));
  if (!found)
    return cy_err_new(CY_E_STORE_NOT_RECOGNISED, "it is no PKCS#7 data");
  CY_TRY(cy_pem_next(&pem, &next, &more));
  if (more || !is_label(own->pem.label))
    return cy_err_hint(cy_err_new(CY_E_STORE_DAMAGED, "it has other PEM blocks than one of PKCS#7"),
      "Read it as a PEM bundle: pem:FILE.");
  own->after = next.before;
  own->crlf = memchr(own->pem.whole.data, '\r', own->pem.whole.len) != NULL;
  CY_TRY(cy_pem_decode(&own->der, &own->pem));
  *der = cy_buf_get(&own->der);
  return NULL;
}

static cy_err *parse(cy_doc *doc, cy_ask *ask)
{
  own_parts *own = cy_malloc(sizeof *own);
  CY_TRY_ALLOC(own);
  own->der = CY_BUF_STORE;
  doc->own = own;
  doc->own_free = own_free;
  doc->password_unneeded = true;
  cy_span bytes = cy_image_bytes(doc->image);
  if (bytes.len && bytes.data[0] != CY_DER_SEQUENCE)
    CY_TRY(unwrap(own, bytes, &bytes));
  CY_TRY(cy_pkcs7_parse(&own->p7, bytes));
  doc->read_only = own->p7.is_signed || own->p7.has_content || own->p7.others;
  for (size_t i = 0; i < own->p7.count; i++)
    CY_TRY(add_entry(doc, &own->p7.items[i], i));
  return NULL;
}

/* Writing. */

typedef struct {
  cy_pkcs7_item *items;
  size_t count, cap;
  cy_map seen; /* a CA's certificate is there once, however many chains it is in */
} bundle;

static cy_err *add_item(bundle *b, cy_span der, bool is_crl)
{
  if (cy_map_get(&b->seen, der) != CY_MAP_NONE)
    return NULL;
  if (!cy_map_put(&b->seen, der, b->count) || !cy_grow(&b->items, &b->cap, b->count + 1, sizeof *b->items))
    return cy_err_no_memory();
  b->items[b->count++] = (cy_pkcs7_item){der, is_crl};
  return NULL;
}

static cy_err *collect(bundle *b, const cy_doc *doc)
{
  for (size_t i = 0; i < doc->entry_count; i++) {
    const cy_entry *entry = doc->entries[i];
    if (entry->deleted)
      continue;
    for (size_t k = 0; k < entry->cert_count; k++)
      CY_TRY(add_item(b, entry->certs[k].der, false));
    if (entry->kind == CY_ENTRY_CRL)
      CY_TRY(add_item(b, entry->der, true));
  }
  return NULL;
}

/* A new file is PEM, as openssl writes it, but for .p7c, which RFC 5280 (4.2.2.1) wants in DER. */
static bool writes_pem(const cy_doc *doc, const own_parts *own)
{
  if (own)
    return own->pem.label.len > 0;
  return !cy_ascii_equal_nocase(cy_span_str(cy_path_suffix(doc->place)), CY_SPAN("p7c"));
}

static cy_err *put_pem(const own_parts *own, cy_span der, cy_buf *out)
{
  CY_CLEAN(cy_buf) text = CY_BUF_STORE;
  char label[32] = "PKCS7";
  if (own)
    snprintf(label, sizeof label, "%.*s", (int)own->pem.label.len, (const char *)own->pem.label.data);
  cy_pem_encode(&text, label, der);
  CY_TRY(cy_buf_check(&text));
  if (own)
    cy_buf_span(out, own->pem.before);
  for (size_t at = 0; at < text.len; at++) {
    if (text.data[at] == '\n' && own && own->crlf)
      cy_buf_u8(out, '\r');
    cy_buf_u8(out, text.data[at]);
  }
  if (own)
    cy_buf_span(out, own->after);
  return NULL;
}

static bool is_changed(const cy_doc *doc)
{
  for (size_t i = 0; i < doc->entry_count; i++)
    if (doc->entries[i]->added || doc->entries[i]->changed || doc->entries[i]->deleted)
      return true;
  return !doc->own;
}

static cy_err *put_bundle(cy_doc *doc, cy_buf *out)
{
  CY_CLEAN(cy_buf) der = CY_BUF_STORE;
  bundle b = {.items = NULL};
  cy_map_init(&b.seen, false);
  cy_err *err = collect(&b, doc);
  if (!err)
    cy_pkcs7_encode(&der, b.items, b.count);
  cy_map_clear(&b.seen);
  cy_free(b.items);
  if (!err)
    err = cy_buf_check(&der);
  if (err)
    return err;
  if (writes_pem(doc, doc->own))
    return put_pem(doc->own, cy_buf_get(&der), out);
  cy_buf_span(out, cy_buf_get(&der));
  return NULL;
}

static cy_err *serialise(cy_doc *doc, const cy_write_how *how, cy_ask *ask, cy_buf *out)
{
  if (!is_changed(doc))
    cy_buf_span(out, cy_image_bytes(doc->image));
  else if (doc->read_only)
    return cy_err_hint(cy_err_new(CY_E_STORE_READ_ONLY,
                         "%s holds more than a bundle of certificates: a signature, or what is "
                         "signed",
                         doc->place),
      "Copy its certificates into a file of their own: causey cp %s NEW.p7b", doc->place);
  else
    CY_TRY(put_bundle(doc, out));
  return cy_buf_check(out);
}

static cy_err *describe(cy_doc *doc, cy_out *out)
{
  const own_parts *own = doc->own;
  cy_out_str(out, "encoding", "Encoding", own->pem.label.len ? "PEM" : own->p7.der.len ? "BER" : "DER");
  cy_out_str(out, "content", "Content",
    own->p7.is_signed ? "signed data, with the certificates of its signers"
                      : "certificates and CRLs, nothing is signed");
  return NULL;
}

const cy_format cy_format_p7b = {
  .id = "p7b",
  .prefixes = "p7c pkcs7",
  .title = "PKCS#7",
  .suffixes = "p7b p7c spc",
  .caps = CY_CAN_CERTS | CY_CAN_CRLS | CY_CAN_CHAINS | CY_CAN_WRITE,
  .detect = detect,
  .parse = parse,
  .serialise = serialise,
  .describe = describe,
};
