/*
 * PEM: bundles of any mixture, with text before, between and after the blocks (RFC 7468, RFC 1421).
 *
 * A file without private keys is a list: each block an entry. Where there is a private key, the
 * certificate with its public key makes an identity of it, and the certificates that lead on from
 * that one are its chain. PEM has no labels of its own; the friendlyName that openssl pkcs12
 * writes in front of a block is taken for one.
 */
#include "base/mem.h"
#include "base/pem_mend.h"
#include "base/text.h"
#include "store/codes.h"
#include "store/fmt_pem.h"
#include "store/pkcs7.h"

/* What openssl says of the block itself: a secret in between has attributes of its own. */
static cy_span last_attributes(cy_span text)
{
  static const char mark[] = "Bag Attributes";
  cy_span last = text;
  while (text.len) {
    const uint8_t *at = memmem(text.data, text.len, mark, sizeof mark - 1);
    if (!at)
      return last;
    last = cy_span_of(at, text.len - (size_t)(at - text.data));
    text = cy_span_of(at + 1, last.len - 1);
  }
  return last;
}

static bool is_blank(uint8_t c)
{
  return c == ' ' || c == '\t' || c == '\r';
}

static cy_span trimmed(cy_span value)
{
  while (value.len && is_blank(value.data[value.len - 1]))
    value.len--;
  while (value.len && is_blank(*value.data)) {
    value.data++;
    value.len--;
  }
  return value;
}

/* The value of the line "    name: value" in the text in front of a block. */
static cy_span bag_attribute(cy_span text, const char *name)
{
  size_t len = strlen(name);
  for (text = last_attributes(text); text.len;) {
    const uint8_t *end = memchr(text.data, '\n', text.len);
    size_t size = end ? (size_t)(end - text.data) + 1 : text.len;
    cy_span line = trimmed(cy_span_of(text.data, size - (end != NULL)));
    if (line.data != text.data && line.len > len && memcmp(line.data, name, len) == 0)
      return trimmed(cy_span_of(line.data + len, line.len - len));
    text = cy_span_of(text.data + size, text.len - size);
  }
  return CY_SPAN_NONE;
}

static int hex_digit(uint8_t c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum {
  MAX_ID = 256,
  MAX_LABEL = 4096,
};

/* "54 69 6D" */
static cy_err *take_id(cy_doc *doc, cy_pem_part *part, cy_entry *entry)
{
  CY_CLEAN(cy_buf) id = CY_BUF_TEXT;
  cy_span hex = bag_attribute(part->before, "localKeyID:");
  if (hex.len > (size_t)MAX_ID * 3)
    return NULL;
  for (size_t i = 0; i + 1 < hex.len; i += 3) {
    int high = hex_digit(hex.data[i]), low = hex_digit(hex.data[i + 1]);
    if (high < 0 || low < 0)
      return NULL;
    cy_buf_u8(&id, (uint8_t)(high << 4 | low));
  }
  CY_TRY(cy_buf_check(&id));
  entry->id = id.len ? cy_arena_copy(&doc->arena, cy_buf_get(&id)) : CY_SPAN_NONE;
  return id.len && !entry->id.data ? cy_err_no_memory() : NULL;
}

/* openssl before 3.2 writes the low octet of each UTF-16 unit, which is Latin-1 for most names. */
static cy_err *take_label(cy_doc *doc, cy_pem_part *part, cy_entry *entry)
{
  CY_CLEAN(cy_buf) utf8 = CY_BUF_TEXT;
  cy_span name = bag_attribute(part->before, "friendlyName:");
  if (!name.len || name.len > MAX_LABEL || memchr(name.data, 0, name.len))
    return NULL;
  if (!cy_utf8_valid(name)) {
    cy_text_from_latin1(&utf8, name);
    CY_TRY(cy_buf_check(&utf8));
    name = cy_buf_get(&utf8);
  }
  entry->label = cy_arena_str(&doc->arena, name);
  return entry->label ? NULL : cy_err_no_memory();
}

static cy_err *decode(cy_doc *doc, cy_pem_part *part, const cy_pem_block *block)
{
  CY_CLEAN(cy_buf) der = CY_BUF_SECRET(CY_MAX_STORE_BYTES);
  CY_TRY(cy_pem_decode(&der, block));
  part->der = cy_arena_copy(&doc->arena, cy_buf_get(&der));
  if (!part->der.data)
    return cy_err_no_memory();
  if (part->object == CY_OBJECT_TRUSTED_CERT) { /* the trust settings stand behind the certificate */
    cy_parse parse = {.lenient = true};
    cy_cur cur = cy_cur_begin(&parse, part->der);
    part->der = cy_der_take_whole(&cur, CY_DER_SEQUENCE);
    return cy_parse_check(&parse, "trusted certificate");
  }
  return NULL;
}

/* Keys in clear do not go through the arena. */
static cy_err *decode_key(cy_doc *doc, cy_pem_part *part, const cy_pem_block *block, cy_keybox *box)
{
  CY_CLEAN(cy_buf) der = CY_BUF_SECRET(CY_MAX_STORE_BYTES);
  CY_TRY(cy_pem_decode(&der, block));
  cy_span bytes = cy_buf_get(&der);
  if (cy_object_is_sealed(part->object, bytes)) {
    bytes = part->der = cy_arena_copy(&doc->arena, bytes);
    CY_TRY_ALLOC(bytes.data);
  }
  CY_TRY(cy_object_key(box, part->object, bytes, cy_pem_header(block, "DEK-Info")));
  return cy_object_public(&doc->arena, box);
}

static cy_err *entry_for(cy_doc *doc, cy_pem_own *own, size_t index, const cy_pem_block *block)
{
  static const cy_entry_kind kinds[] = {[CY_OBJECT_CERT] = CY_ENTRY_CERTIFICATE,
    [CY_OBJECT_TRUSTED_CERT] = CY_ENTRY_TRUSTED,
    [CY_OBJECT_REQUEST] = CY_ENTRY_REQUEST,
    [CY_OBJECT_CRL] = CY_ENTRY_CRL,
    [CY_OBJECT_KEY] = CY_ENTRY_KEY,
    [CY_OBJECT_ENCRYPTED_KEY] = CY_ENTRY_KEY,
    [CY_OBJECT_LEGACY_KEY] = CY_ENTRY_KEY,
    [CY_OBJECT_OPENSSH] = CY_ENTRY_KEY};
  cy_pem_part *part = &own->parts[index];
  cy_entry *entry;
  CY_TRY(cy_doc_append(doc, &entry));
  entry->kind = kinds[part->object];
  entry->part = index;
  part->entry = entry;
  CY_TRY(take_label(doc, part, entry));
  CY_TRY(take_id(doc, part, entry));
  if (entry->kind == CY_ENTRY_KEY) {
    entry->has_key = true;
    return decode_key(doc, part, block, &entry->key);
  }
  CY_TRY(decode(doc, part, block));
  if (entry->kind == CY_ENTRY_REQUEST || entry->kind == CY_ENTRY_CRL) {
    entry->der = part->der;
    return NULL;
  }
  CY_TRY(cy_doc_certs(doc, entry, 1));
  entry->certs[0].der = part->der;
  return NULL;
}

static cy_err *add_part(cy_pem_own *own, const cy_pem_part *part)
{
  if (!cy_grow(&own->parts, &own->cap, own->count + 1, sizeof *own->parts))
    return cy_err_no_memory();
  own->parts[own->count++] = *part;
  return NULL;
}

/* One certificate or CRL of a PKCS#7 block: a part of its own, without text but for the first. */
static cy_err *add_item(
  cy_doc *doc, cy_pem_own *own, size_t first, size_t number, const cy_pkcs7_item *item)
{
  cy_entry *entry;
  if (number)
    CY_TRY(add_part(own, &(cy_pem_part){.group = first + 1}));
  cy_pem_part *part = &own->parts[own->count - 1];
  part->object = item->is_crl ? CY_OBJECT_CRL : CY_OBJECT_CERT;
  part->group = first + 1;
  part->der = cy_arena_copy(&doc->arena, item->der);
  CY_TRY_ALLOC(part->der.data);
  CY_TRY(cy_doc_append(doc, &entry));
  entry->kind = item->is_crl ? CY_ENTRY_CRL : CY_ENTRY_CERTIFICATE;
  entry->part = own->count - 1;
  part->entry = entry;
  if (item->is_crl) {
    entry->der = part->der;
    return NULL;
  }
  CY_TRY(cy_doc_certs(doc, entry, 1));
  entry->certs[0].der = part->der;
  return NULL;
}

static cy_err *open_pkcs7(cy_doc *doc, cy_pem_own *own, const cy_pem_block *block)
{
  CY_CLEAN(cy_buf) der = CY_BUF_STORE;
  CY_CLEAN(cy_pkcs7) p7 = {.items = NULL};
  size_t first = own->count - 1;
  CY_TRY(cy_pem_decode(&der, block));
  CY_TRY(cy_pkcs7_parse(&p7, cy_buf_get(&der)));
  doc->read_only = doc->read_only || p7.is_signed || p7.others;
  own->parts[first].object = CY_OBJECT_NONE; /* kept as it is when nothing is in it */
  for (size_t i = 0; i < p7.count; i++)
    CY_TRY(add_item(doc, own, first, i, &p7.items[i]));
  return NULL;
}

static cy_err *parse_block(cy_doc *doc, cy_pem_own *own, const cy_pem_block *block)
{
  cy_pem_part *part = &own->parts[own->count - 1];
  part->object = cy_object_of_block(block);
  if (part->object == CY_OBJECT_NONE)
    return NULL;
  CY_TRY_AS(part->object == CY_OBJECT_PKCS7 ? open_pkcs7(doc, own, block)
                                            : entry_for(doc, own, own->count - 1, block),
    CY_E_STORE_STEP, "the block that begins in line %zu", block->line);
  return NULL;
}

static cy_err *parse_blocks(cy_doc *doc, cy_pem_own *own)
{
  bool mended, found, params = false;
  CY_TRY(cy_pem_mend(&own->clean, &own->changes, &mended, cy_image_bytes(doc->image)));
  doc->read_only = own->changes & CY_PEM_EMBEDDED;
  cy_pem pem = cy_pem_begin(mended ? cy_buf_get(&own->clean) : cy_image_bytes(doc->image));
  cy_pem_block block;
  for (;;) {
    CY_TRY(cy_pem_next(&pem, &block, &found));
    CY_TRY(add_part(own, &(cy_pem_part){.before = block.before, .whole = block.whole}));
    if (!found)
      return NULL;
    CY_TRY(parse_block(doc, own, &block));
    cy_pem_part *part = &own->parts[own->count - 1];
    if (params && part->entry && part->entry->has_key)
      own->parts[own->count - 2].entry = part->entry;
    params = cy_span_equal(block.label, CY_SPAN("EC PARAMETERS")); /* openssl writes them before the key */
  }
}

static void own_free(void *arg)
{
  cy_pem_own *own = arg;
  cy_free(own->parts);
  cy_free(own->uses);
  cy_buf_clear(&own->clean);
  cy_free(own);
}

static int detect(cy_span head, const char *name)
{
  static const int sure[] = {
    [CY_PEM_HEAD_PLAIN] = 90, [CY_PEM_HEAD_ALTERED] = 85, [CY_PEM_HEAD_EMBEDDED] = 50};
  return sure[cy_pem_head(head, name)];
}

static cy_err *parse(cy_doc *doc, cy_ask *ask)
{
  cy_pem_own *own = cy_malloc(sizeof *own);
  CY_TRY_ALLOC(own);
  own->clean = CY_BUF_SECRET(CY_MAX_STORE_BYTES * 2);
  doc->own = own;
  doc->own_free = own_free;
  doc->password_unneeded = true;
  CY_TRY(parse_blocks(doc, own));
  if (own->count <= 1)
    return cy_err_new(CY_E_STORE_NOT_RECOGNISED, "there is no PEM block in it");
  return cy_pem_pair(doc, own);
}

const cy_format cy_format_pem = {
  .id = "pem",
  .prefixes = "crt",
  .title = "PEM",
  .suffixes = "pem crt cer key csr req crl",
  .caps = CY_CAN_KEYS | CY_CAN_LONE_KEYS | CY_CAN_CERTS | CY_CAN_REQUESTS | CY_CAN_CRLS |
          CY_CAN_KEY_PASSWORDS | CY_CAN_CHAINS | CY_CAN_WRITE,
  .detect = detect,
  .parse = parse,
  .serialise = cy_pem_serialise,
  .check = cy_pem_check,
};
