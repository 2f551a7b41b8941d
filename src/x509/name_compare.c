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

/* The same for ASCII, which nearly all names are, without a step between. false: it is not. */
static bool prepare_ascii(cy_buf *out, cy_span s)
{
  bool pending = false, any = false;
  for (size_t i = 0; i < s.len; i++)
    if (s.data[i] >= 0x80)
      return false;
  for (size_t i = 0; i < s.len; i++) {
    if (is_blank(s.data[i])) {
      pending = any;
      continue;
    }
    if (pending)
      cy_buf_u8(out, ' ');
    cy_buf_u8(out, (uint8_t)cy_ascii_lower((char)s.data[i]));
    pending = false;
    any = true;
  }
  return true;
}

static bool is_ascii_kind(uint8_t tag)
{
  return tag == CY_DER_UTF8_STRING || tag == CY_DER_PRINTABLE_STRING || tag == CY_DER_IA5_STRING;
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
  if (is_ascii_kind(attr->tag) && prepare_ascii(&prepared, attr->value)) {
    /* done */
  } else if (is_string(attr->tag)) {
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

/* What is no name is the same as the same bytes only. */
static void put_broken(cy_buf *out, cy_span name)
{
  cy_buf_u8(out, '!');
  cy_buf_u32(out, (uint32_t)name.len);
  cy_buf_span(out, name);
}

void cy_name_canonical(cy_buf *buf, cy_span name)
{
  cy_name_iter iter = cy_name_each(name);
  cy_name_attr attr;
  while (cy_name_next(&iter, &attr))
    put_attr(buf, &attr);
  if (!cy_name_ok(&iter))
    put_broken(buf, name);
}

/* The common case without buffers: two strings of ASCII, whatever their types. */

static bool one_byte_string(uint8_t tag)
{
  return is_string(tag) && tag != CY_DER_BMP_STRING && tag != CY_DER_UNIVERSAL_STRING;
}

typedef struct {
  const uint8_t *p;
  const uint8_t *end;
  bool any; /* something was read, so that blanks count once more comes */
} ascii;

enum { ASCII_END = -1, ASCII_EXOTIC = -2 };

/* The next character after preparation. */
static int next_ascii(ascii *s)
{
  bool blank = false;
  while (s->p < s->end && is_blank(*s->p)) {
    blank = true;
    s->p++;
  }
  if (s->p == s->end)
    return ASCII_END;
  if (*s->p & 0x80)
    return ASCII_EXOTIC;
  if (blank && s->any)
    return s->any = false, ' ';
  s->any = true;
  uint8_t c = *s->p++;
  return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

typedef enum { DIFFER, SAME, UNSURE } verdict;

static verdict compare_ascii(cy_span a, cy_span b)
{
  ascii left = {a.data, a.data + a.len, false}, right = {b.data, b.data + b.len, false};
  for (;;) {
    int x = next_ascii(&left), y = next_ascii(&right);
    if (x == ASCII_EXOTIC || y == ASCII_EXOTIC)
      return UNSURE;
    if (x != y)
      return DIFFER;
    if (x == ASCII_END)
      return SAME;
  }
}

static bool values_equal(const cy_name_attr *a, const cy_name_attr *b)
{
  if (a->tag == b->tag && cy_span_equal(a->value, b->value))
    return true;
  if (!is_string(a->tag) || !is_string(b->tag))
    return false;
  verdict v =
    one_byte_string(a->tag) && one_byte_string(b->tag) ? compare_ascii(a->value, b->value) : UNSURE;
  if (v != UNSURE)
    return v == SAME;
  CY_CLEAN(cy_buf) left = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) right = CY_BUF_TEXT;
  put_attr(&left, a);
  put_attr(&right, b);
  return !left.failed && !right.failed && cy_span_equal(cy_buf_get(&left), cy_buf_get(&right));
}

bool cy_name_equal(cy_span a, cy_span b)
{
  if (cy_span_equal(a, b))
    return true;
  cy_name_iter left = cy_name_each(a), right = cy_name_each(b);
  cy_name_attr x, y;
  for (;;) {
    bool more_left = cy_name_step(&left, &x), more_right = cy_name_step(&right, &y);
    if (more_left != more_right || !cy_name_ok(&left) || !cy_name_ok(&right))
      return false;
    if (!more_left)
      return true;
    if (x.joined != y.joined || !cy_span_equal(x.oid, y.oid))
      return false;
    if (!values_equal(&x, &y))
      return false;
  }
}

bool cy_name_within(cy_span name, cy_span base)
{
  CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) start = CY_BUF_TEXT;
  cy_name_canonical(&whole, name);
  cy_name_canonical(&start, base);
  if (whole.failed || start.failed || start.len > whole.len)
    return false;
  if (start.len && memcmp(whole.data, start.data, start.len) != 0)
    return false;
  return start.len == whole.len || whole.data[start.len] == ','; /* not in the middle of an RDN */
}
