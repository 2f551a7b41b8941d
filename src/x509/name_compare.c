/* Comparing names: RFC 5280 7.1 by a canonical form. */
#include "base/der.h"
#include "base/mem.h"
#include "base/text.h"
#include "x509/name.h"

static bool is_blank(uint8_t c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Case folded, blanks trimmed and runs of them one. */
static void prepare(cy_buf *out, cy_span utf8)
{
  CY_CLEAN(cy_buf) folded = CY_BUF_TEXT;
  if (!cy_text_fold(&folded, utf8)) {
    cy_buf_span(out, utf8);
    return;
  }
  cy_span s = cy_buf_get(&folded);
  bool pending = false, any = false;
  for (size_t i = 0; i < s.len; i++) {
    if (is_blank(s.data[i])) {
      pending = any;
      continue;
    }
    if (pending)
      cy_buf_u8(out, ' ');
    cy_buf_u8(out, s.data[i]);
    pending = false;
    any = true;
  }
}

static bool is_string(uint8_t tag)
{
  switch (tag) {
  case CY_DER_UTF8_STRING:
  case CY_DER_PRINTABLE_STRING:
  case CY_DER_IA5_STRING:
  case CY_DER_NUMERIC_STRING:
  case CY_DER_VISIBLE_STRING:
  case CY_DER_T61_STRING:
  case CY_DER_BMP_STRING:
  case CY_DER_UNIVERSAL_STRING:
    return true;
  default:
    return false;
  }
}

static void put_attr(cy_buf *out, const cy_name_attr *attr)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) prepared = CY_BUF_TEXT;
  if (is_string(attr->tag)) {
    cy_name_value(&text, attr);
    prepare(&prepared, cy_buf_get(&text));
  } else {
    cy_buf_u8(&prepared, attr->tag);
    cy_buf_span(&prepared, attr->value);
  }
  cy_buf_u8(out, attr->joined ? '+' : ',');
  cy_buf_u32(out, (uint32_t)attr->oid.len);
  cy_buf_span(out, attr->oid);
  cy_buf_u32(out, (uint32_t)prepared.len);
  cy_buf_span(out, cy_buf_get(&prepared));
}

void cy_name_canonical(cy_buf *buf, cy_span name)
{
  cy_name_iter iter = cy_name_each(name);
  cy_name_attr attr;
  while (cy_name_next(&iter, &attr))
    put_attr(buf, &attr);
}

bool cy_name_equal(cy_span a, cy_span b)
{
  if (cy_span_equal(a, b))
    return true;
  CY_CLEAN(cy_buf) left = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) right = CY_BUF_TEXT;
  cy_name_canonical(&left, a);
  cy_name_canonical(&right, b);
  return !left.failed && !right.failed && cy_span_equal(cy_buf_get(&left), cy_buf_get(&right));
}

bool cy_name_within(cy_span name, cy_span base)
{
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) start = CY_BUF_TEXT;
  cy_name_canonical(&whole, name);
  cy_name_canonical(&start, base);
  if (whole.failed || start.failed || start.len > whole.len)
    return false;
  return start.len == 0 || memcmp(whole.data, start.data, start.len) == 0;
}
