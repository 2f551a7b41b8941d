/* BER to DER: indefinite lengths and constructed strings (X.690, 8.1.3.6 and 8.7). */
#include "base/der.h"

typedef struct {
  uint8_t tag;
  bool indefinite;
  size_t len;
} ber_head;

static bool is_string(uint8_t tag)
{
  uint8_t number = tag & 0x1f;
  bool universal = (tag & 0xc0) == 0;
  return universal && number != 0 && number != (CY_DER_SEQUENCE & 0x1f) && number != (CY_DER_SET & 0x1f);
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

static void convert(cy_cur *cur, cy_buf *der, unsigned depth, bool join);

static void convert_content(cy_cur *cur, const ber_head *h, cy_buf *der, unsigned depth, bool join)
{
  if (h->indefinite) {
    while (cy_cur_more(cur) && !is_end_of_contents(cur))
      convert(cur, der, depth, join);
    cy_cur_take(cur, 2);
    return;
  }
  cy_cur inner = cy_cur_over(cur, cy_cur_take(cur, h->len));
  while (cy_cur_more(&inner))
    convert(&inner, der, depth, join);
}

/* With `join`, only the contents of the parts are wanted: they make up one string. */
static void convert(cy_cur *cur, cy_buf *der, unsigned depth, bool join)
{
  if (depth > CY_MAX_DEPTH)
    cy_cur_fail(cur, "values are nested too deeply");
  ber_head h = read_head(cur);
  if (!cy_cur_ok(cur))
    return;
  bool constructed = h.tag & 0x20;
  bool string = is_string(h.tag);
  if (join && !string)
    cy_cur_fail(cur, "a part of a string that is no string");
  size_t at = cy_der_begin(der);
  if (constructed)
    convert_content(cur, &h, der, depth + 1, string);
  else
    cy_buf_span(der, cy_cur_take(cur, h.len));
  if (!join)
    cy_der_end(der, at, string ? (uint8_t)(h.tag & ~0x20) : h.tag);
}

cy_err *cy_ber_to_der(cy_buf *der, cy_span ber, size_t *consumed)
{
  cy_parse parse = {0};
  cy_cur cur = cy_cur_begin(&parse, ber);
  convert(&cur, der, 0, false);
  *consumed = cy_cur_offset(&cur);
  CY_TRY(cy_parse_check(&parse, "BER value"));
  return cy_buf_check(der);
}

bool cy_ber_is_indefinite(cy_span bytes)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, bytes);
  for (unsigned depth = 0; depth < CY_MAX_DEPTH && cy_cur_more(&cur); depth++) {
    ber_head h = read_head(&cur);
    if (!cy_cur_ok(&cur))
      return false;
    if (h.indefinite || ((h.tag & 0x20) && is_string(h.tag)))
      return true;
    if (!(h.tag & 0x20))
      cy_cur_take(&cur, h.len);
  }
  return false;
}
