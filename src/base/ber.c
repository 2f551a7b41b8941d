/* BER to DER: indefinite lengths and constructed strings (X.690, 8.1.3.6 and 8.7). */
#include "base/der.h"

typedef struct {
  uint8_t tag;
  bool indefinite;
  size_t len;
} ber_head;

enum {
  /* By universal tag number: types that may come in parts, and types that are never primitive. */
  IN_PARTS = 1u << 3 | 1u << 4 | 1u << 7 | 1u << 12 | 0x7ffu << 18 | 1u << 30,
  CONSTRUCTED = 1u << 8 | 1u << 11 | 1u << 16 | 1u << 17 | 1u << 29,
};

static bool is_universal(uint8_t tag, unsigned numbers)
{
  return (tag & 0xc0) == 0 && (numbers >> (tag & 0x1f) & 1);
}

static bool is_string(uint8_t tag)
{
  return is_universal(tag, IN_PARTS);
}

/* The form that a universal type can not have, and end-of-contents octets where nothing is to end. */
static const char *wrong_form(uint8_t tag)
{
  bool constructed = tag & 0x20;
  if ((tag & ~0x20) == 0)
    return "the tag 0, which is reserved";
  if (tag & 0xc0)
    return NULL;
  if (constructed && !is_universal(tag, IN_PARTS | CONSTRUCTED))
    return "a constructed value of a type that is always primitive";
  return !constructed && is_universal(tag, CONSTRUCTED) ? "a primitive value of a constructed type" : NULL;
}

static bool is_end_of_contents(const cy_cur *cur)
{
  return cy_cur_left(cur) >= 2 && cur->p[0] == 0 && cur->p[1] == 0;
}

static ber_head read_head(cy_cur *cur)
{
  ber_head h = {.tag = cy_cur_u8(cur)};
  uint8_t first = cy_cur_u8(cur);
  if ((h.tag & 0x1f) == 0x1f)
    cy_cur_fail(cur, "a tag number above 30, which nothing here uses");
  if (first < 0x80) {
    h.len = first;
  } else if (first == 0x80) {
    h.indefinite = true;
    if (!(h.tag & 0x20))
      cy_cur_fail(cur, "a primitive value of indefinite length");
  } else if ((first & 0x7f) > 4) {
    cy_cur_fail(cur, "a length is too large");
  } else {
    for (unsigned i = first & 0x7f; i > 0; i--)
      h.len = h.len << 8 | cy_cur_u8(cur);
  }
  return h;
}

static void convert(cy_cur *cur, cy_buf *der, unsigned depth);
static void join(cy_cur *cur, cy_buf *der, unsigned depth, uint8_t type);
static void join_bits(cy_cur *cur, cy_buf *der, unsigned depth, size_t start);

/* The parts of a value: of a string they are joined, else converted one by one. */
static void convert_part(cy_cur *cur, cy_buf *der, unsigned depth, uint8_t string, size_t start)
{
  if (string == CY_DER_BIT_STRING)
    join_bits(cur, der, depth, start);
  else if (string)
    join(cur, der, depth, string);
  else
    convert(cur, der, depth);
}

static void convert_parts(
  cy_cur *cur, const ber_head *h, cy_buf *der, unsigned depth, uint8_t string, size_t start)
{
  if (h->indefinite) {
    while (cy_cur_more(cur) && !is_end_of_contents(cur))
      convert_part(cur, der, depth, string, start);
    cy_cur_take(cur, 2);
    return;
  }
  cy_cur inner = cy_cur_over(cur, cy_cur_take(cur, h->len));
  while (cy_cur_more(&inner))
    convert_part(&inner, der, depth, string, start);
}

static ber_head begin_value(cy_cur *cur, unsigned depth)
{
  if (depth > CY_MAX_DEPTH)
    cy_cur_fail(cur, "values are nested too deeply");
  return read_head(cur);
}

static bool is_part_of(cy_cur *cur, uint8_t tag, uint8_t type)
{
  uint8_t plain = (uint8_t)(tag & ~0x20);
  /* X.690, 8.23.6: the parts of a character string may be called octet strings. */
  bool fits = plain == type || (plain == CY_DER_OCTET_STRING && type != CY_DER_BIT_STRING);
  if (!fits)
    cy_cur_fail(cur, "a part of a string that is no such string");
  return fits && cy_cur_ok(cur);
}

static void join(cy_cur *cur, cy_buf *der, unsigned depth, uint8_t type)
{
  ber_head h = begin_value(cur, depth);
  if (!cy_cur_ok(cur) || !is_part_of(cur, h.tag, type))
    return;
  if (h.tag & 0x20)
    convert_parts(cur, &h, der, depth + 1, type, 0);
  else
    cy_buf_span(der, cy_cur_take(cur, h.len));
}

/* Each part has a count of unused bits, which only the last may use; it moves to `start`. */
static void join_bits(cy_cur *cur, cy_buf *der, unsigned depth, size_t start)
{
  ber_head h = begin_value(cur, depth);
  if (!cy_cur_ok(cur) || !is_part_of(cur, h.tag, CY_DER_BIT_STRING))
    return;
  if (h.tag & 0x20) {
    convert_parts(cur, &h, der, depth + 1, CY_DER_BIT_STRING, start);
    return;
  }
  cy_span part = cy_cur_take(cur, h.len);
  bool broken = !der->failed && der->data[start] != 0;
  if (cy_cur_ok(cur) && (broken || part.len == 0 || part.data[0] > 7 || (part.len == 1 && part.data[0])))
    cy_cur_fail(cur, "a BIT STRING with a wrong number of unused bits");
  if (!cy_cur_ok(cur) || der->failed)
    return;
  der->data[start] = part.data[0];
  cy_buf_put(der, part.data + 1, part.len - 1);
}

static void convert(cy_cur *cur, cy_buf *der, unsigned depth)
{
  ber_head h = begin_value(cur, depth);
  const char *wrong = wrong_form(h.tag);
  if (wrong)
    cy_cur_fail(cur, wrong);
  if (!cy_cur_ok(cur))
    return;
  size_t at = cy_der_begin(der);
  uint8_t string = is_string(h.tag) ? (uint8_t)(h.tag & ~0x20) : 0;
  if (!(h.tag & 0x20)) {
    cy_buf_span(der, cy_cur_take(cur, h.len));
  } else {
    if (string == CY_DER_BIT_STRING)
      cy_buf_u8(der, 0);
    convert_parts(cur, &h, der, depth + 1, string, at);
  }
  cy_der_end(der, at, string ? string : h.tag);
}

cy_err *cy_ber_to_der(cy_buf *der, cy_span ber, size_t *consumed)
{
  cy_parse parse = {0};
  cy_cur cur = cy_cur_begin(&parse, ber);
  convert(&cur, der, 0);
  *consumed = cy_cur_offset(&cur);
  CY_TRY(cy_parse_check(&parse, "BER value"));
  return cy_buf_check(der);
}

/* Definite lengths nest, so the heads of the whole tree can be read one after another. */
bool cy_ber_is_indefinite(cy_span bytes)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, bytes);
  for (bool outermost = true; cy_cur_more(&cur); outermost = false) {
    ber_head h = read_head(&cur);
    if (!cy_cur_ok(&cur))
      return false;
    if (h.indefinite || ((h.tag & 0x20) && is_string(h.tag)))
      return true;
    if (outermost && h.len < cy_cur_left(&cur))
      cur.end = cur.p + h.len;
    if (!(h.tag & 0x20))
      cy_cur_take(&cur, h.len);
  }
  return false;
}
