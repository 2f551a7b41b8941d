/* The numbers under which OpenSSL's hashed folders hold a name. */
#include "base/der.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "x509/codes.h"
#include "x509/name.h"

/* Parts of one RDN, which are a SET: in DER's order. */
enum { RDN_PARTS = 64 };

/* NumericString is not among them: it is taken as it stands. */
static bool is_folded(uint8_t tag)
{
  switch (tag) {
  case CY_DER_UTF8_STRING:
  case CY_DER_BMP_STRING:
  case CY_DER_UNIVERSAL_STRING:
  case CY_DER_PRINTABLE_STRING:
  case CY_DER_T61_STRING:
  case CY_DER_IA5_STRING:
  case CY_DER_VISIBLE_STRING:
    return true;
  default:
    return false;
  }
}

/* Strings of one octet a character are read as Latin-1, whatever they say that they are. */
static bool to_utf8(cy_buf *out, const cy_name_attr *attr)
{
  switch (attr->tag) {
  case CY_DER_UTF8_STRING:
    cy_buf_span(out, attr->value);
    return cy_utf8_valid(attr->value);
  case CY_DER_UNIVERSAL_STRING:
    return cy_text_from_utf32be(out, attr->value);
  case CY_DER_BMP_STRING:
    return cy_text_from_utf16be(out, attr->value);
  default:
    cy_text_from_latin1(out, attr->value);
    return true;
  }
}

static bool is_blank(uint8_t c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/* No blanks at the ends, one between words, ASCII letters in lower case; all else stays. */
static void put_folded(cy_buf *out, cy_span text)
{
  bool pending = false, any = false;
  for (size_t i = 0; i < text.len; i++) {
    uint8_t c = text.data[i];
    if (is_blank(c)) {
      pending = any;
      continue;
    }
    if (pending)
      cy_buf_u8(out, ' ');
    cy_buf_u8(out, c < 0x80 ? (uint8_t)cy_ascii_lower((char)c) : c);
    pending = false;
    any = true;
  }
}

static bool put_value(cy_buf *out, const cy_name_attr *attr)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  if (!is_folded(attr->tag)) {
    cy_der_put(out, attr->tag, attr->value);
    return true;
  }
  bool good = to_utf8(&text, attr);
  size_t at = cy_der_begin(out);
  put_folded(out, cy_buf_get(&text));
  cy_der_end(out, at, CY_DER_UTF8_STRING);
  return good && !text.failed;
}

static bool put_attr(cy_buf *out, const cy_name_attr *attr)
{
  size_t at = cy_der_begin(out);
  cy_der_put(out, CY_DER_OID, attr->oid);
  bool good = put_value(out, attr);
  cy_der_end(out, at, CY_DER_SEQUENCE);
  return good;
}

/* The parts of the RDN that is being put together. */
typedef struct {
  cy_buf bytes;
  size_t starts[RDN_PARTS + 1];
  size_t count;
} rdn;

static cy_span part_of(const rdn *r, size_t i)
{
  return cy_span_of(r->bytes.data + r->starts[i], r->starts[i + 1] - r->starts[i]);
}

/* X.690 11.6: as octet strings, the shorter one first when it is the other's beginning. */
static bool is_before(cy_span a, cy_span b)
{
  int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);
  return order ? order < 0 : a.len < b.len;
}

static void put_rdn(cy_buf *out, const rdn *r)
{
  bool done[RDN_PARTS] = {false};
  if (!r->count || r->bytes.failed)
    return;
  size_t at = cy_der_begin(out);
  for (size_t n = 0; n < r->count; n++) {
    size_t best = RDN_PARTS;
    for (size_t i = 0; i < r->count; i++)
      if (!done[i] && (best == RDN_PARTS || is_before(part_of(r, i), part_of(r, best))))
        best = i;
    done[best] = true;
    cy_buf_span(out, part_of(r, best));
  }
  cy_der_end(out, at, CY_DER_SET);
}

static cy_err *malformed(const char *why)
{
  return cy_err_new(CY_E_X509_NAME_MALFORMED, "%s", why);
}

static cy_err *add_attr(rdn *r, const cy_name_attr *attr)
{
  if (r->count == RDN_PARTS)
    return malformed("a name with too many values in one part");
  r->starts[r->count] = r->bytes.len;
  bool good = put_attr(&r->bytes, attr);
  r->starts[++r->count] = r->bytes.len;
  CY_TRY(cy_buf_check(&r->bytes));
  return good ? NULL : malformed("a string in the name is not text in its own encoding");
}

static cy_err *put_folded_name(cy_buf *out, rdn *r, cy_span name)
{
  cy_name_iter iter = cy_name_each(name);
  cy_name_attr attr;
  while (cy_name_step(&iter, &attr)) {
    if (!attr.joined) {
      put_rdn(out, r);
      cy_buf_reset(&r->bytes);
      r->count = 0;
    }
    CY_TRY(add_attr(r, &attr));
  }
  put_rdn(out, r);
  return cy_name_ok(&iter) ? cy_buf_check(out) : malformed("the name is not well formed");
}

static uint32_t number_of(const cy_digest *d)
{
  return (uint32_t)d->bytes[0] | (uint32_t)d->bytes[1] << 8 | (uint32_t)d->bytes[2] << 16 |
         (uint32_t)d->bytes[3] << 24;
}

cy_err *cy_name_hash(uint32_t *hash, cy_span name)
{
  CY_CLEAN(cy_buf) folded = CY_BUF_TEXT;
  rdn r = {.bytes = CY_BUF_TEXT};
  cy_digest digest;
  cy_err *err = put_folded_name(&folded, &r, name);
  cy_buf_clear(&r.bytes);
  CY_TRY(err);
  CY_TRY(cy_digest_of(&digest, CY_SHA1, cy_buf_get(&folded)));
  *hash = number_of(&digest);
  return NULL;
}

cy_err *cy_name_hash_old(uint32_t *hash, cy_span name)
{
  cy_digest digest;
  CY_TRY(cy_digest_of(&digest, CY_MD5, name));
  *hash = number_of(&digest);
  return NULL;
}
