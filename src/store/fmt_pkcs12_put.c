/* Encoding bags and their attributes. */
#include <stdlib.h>

#include "base/text.h"
#include "store/fmt_pkcs12.h"

enum { ATTRS_MAX = 64 };

typedef struct {
  cy_buf bytes;
  size_t starts[ATTRS_MAX];
  size_t count;
} attr_set;

static void put_oid(cy_buf *out, cy_oid oid)
{
  cy_der_put(out, CY_DER_OID, cy_oid_content(oid));
}

/* Notes that an attribute began at `at`. */
static void note(attr_set *set, size_t at)
{
  if (set->count < ATTRS_MAX)
    set->starts[set->count] = at;
  set->count++;
}

static void put_attr(attr_set *set, cy_oid oid, uint8_t tag, cy_span value)
{
  cy_buf *out = &set->bytes;
  size_t at = cy_der_begin(out);
  put_oid(out, oid);
  size_t values = cy_der_begin(out);
  cy_der_put(out, tag, value);
  cy_der_end(out, values, CY_DER_SET);
  cy_der_end(out, at, CY_DER_SEQUENCE);
  note(set, at);
}

static void put_name(attr_set *set, const char *label)
{
  CY_CLEAN(cy_buf) bmp = CY_BUF_STORE;
  CY_CLEAN(cy_buf) utf8 = CY_BUF_STORE;
  if (!cy_text_to_utf16be(&bmp, cy_span_str(label))) {
    cy_buf_reset(&bmp);
    cy_text_from_latin1(&utf8, cy_span_str(label));
    cy_text_to_utf16be(&bmp, cy_buf_get(&utf8));
  }
  put_attr(set, CY_OID_FRIENDLY_NAME, CY_DER_BMP_STRING, cy_buf_get(&bmp));
}

static void put_more(attr_set *set, const cy_entry *entry)
{
  for (size_t i = 0; i < entry->attr_count; i++) {
    size_t at = cy_der_begin(&set->bytes);
    cy_der_put(&set->bytes, CY_DER_OID, entry->attrs[i].oid);
    cy_buf_span(&set->bytes, entry->attrs[i].values);
    cy_der_end(&set->bytes, at, CY_DER_SEQUENCE);
    note(set, at);
  }
}

static void put_kept(attr_set *set, cy_span attrs)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, attrs);
  while (cy_cur_more(&cur)) {
    cy_span whole = cy_der_take_whole(&cur, CY_DER_SEQUENCE);
    cy_parse inner = {.lenient = true};
    cy_cur attr = cy_cur_begin(&inner, whole);
    cy_cur fields = cy_der_enter(&attr, CY_DER_SEQUENCE);
    size_t at = set->bytes.len;
    if (cy_p12_attr_is_field(cy_oid_find(cy_der_take(&fields, CY_DER_OID))))
      continue;
    cy_buf_span(&set->bytes, whole);
    note(set, at);
  }
}

static int by_bytes(const void *a, const void *b)
{
  const cy_span *x = a, *y = b;
  size_t shorter = x->len < y->len ? x->len : y->len;
  int order = memcmp(x->data, y->data, shorter);
  return order ? order : (x->len > y->len) - (x->len < y->len);
}

/* DER wants a SET in the order of its encodings. */
static void put_set(cy_buf *out, attr_set *set)
{
  cy_span spans[ATTRS_MAX];
  size_t at = cy_der_begin(out);
  if (set->count > ATTRS_MAX || set->bytes.failed) {
    cy_buf_span(out, cy_buf_get(&set->bytes));
  } else {
    for (size_t i = 0; i < set->count; i++) {
      size_t end = i + 1 < set->count ? set->starts[i + 1] : set->bytes.len;
      spans[i] = cy_span_of(set->bytes.data + set->starts[i], end - set->starts[i]);
    }
    qsort(spans, set->count, sizeof spans[0], by_bytes);
    for (size_t i = 0; i < set->count; i++)
      cy_buf_span(out, spans[i]);
  }
  if (set->bytes.failed)
    out->failed = set->bytes.failed;
  cy_der_end(out, at, CY_DER_SET);
}

static void put_attrs(cy_buf *out, const cy_p12_attrs *attrs)
{
  attr_set set = {.bytes = CY_BUF_STORE};
  if (attrs->label && *attrs->label)
    put_name(&set, attrs->label);
  if (attrs->id.len)
    put_attr(&set, CY_OID_LOCAL_KEY_ID, CY_DER_OCTET_STRING, attrs->id);
  if (attrs->trusted)
    put_attr(&set, CY_OID_JAVA_TRUSTED_USAGE, CY_DER_OID, cy_oid_content(CY_OID_ANY_EXT_KEY_USAGE));
  if (attrs->more)
    put_more(&set, attrs->more);
  put_kept(&set, attrs->keep);
  if (set.count)
    put_set(out, &set);
  cy_buf_clear(&set.bytes);
}

void cy_p12_put_bag(cy_buf *out, cy_oid kind, cy_span value, const cy_p12_attrs *attrs)
{
  size_t at = cy_der_begin(out);
  put_oid(out, kind);
  cy_der_put(out, CY_DER_CONTEXT_CONSTRUCTED(0), value);
  put_attrs(out, attrs);
  cy_der_end(out, at, CY_DER_SEQUENCE);
}

void cy_p12_put_typed(cy_buf *out, cy_oid type, cy_span der)
{
  size_t at = cy_der_begin(out);
  put_oid(out, type);
  size_t wrap = cy_der_begin(out);
  cy_der_put(out, CY_DER_OCTET_STRING, der);
  cy_der_end(out, wrap, CY_DER_CONTEXT_CONSTRUCTED(0));
  cy_der_end(out, at, CY_DER_SEQUENCE);
}
