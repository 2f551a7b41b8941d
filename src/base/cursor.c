#include "base/cursor.h"

cy_cur cy_cur_begin(cy_parse *parse, cy_span input)
{
  static const uint8_t nothing;
  const uint8_t *start = input.data ? input.data : &nothing;
  parse->base = start;
  return (cy_cur){start, start + input.len, parse};
}

cy_cur cy_cur_over(const cy_cur *parent, cy_span part)
{
  if (!part.data)
    return (cy_cur){parent->p, parent->p, parent->parse};
  return (cy_cur){part.data, part.data + part.len, parent->parse};
}

void cy_cur_fail(cy_cur *cur, const char *reason)
{
  if (cur->parse->reason)
    return;
  cur->parse->reason = reason;
  cur->parse->offset = cy_cur_offset(cur);
}

cy_span cy_cur_take(cy_cur *cur, size_t len)
{
  if (cur->parse->reason)
    return CY_SPAN_NONE;
  if (len > (size_t)(cur->end - cur->p)) {
    cy_cur_fail(cur, "it ends in the middle of a value");
    return CY_SPAN_NONE;
  }
  cy_span taken = {cur->p, len};
  cur->p += len;
  return taken;
}

cy_span cy_cur_rest(cy_cur *cur)
{
  return cy_cur_take(cur, cy_cur_left(cur));
}

static uint64_t take_be(cy_cur *cur, size_t width)
{
  cy_span bytes = cy_cur_take(cur, width);
  uint64_t v = 0;
  for (size_t i = 0; i < bytes.len; i++)
    v = v << 8 | bytes.data[i];
  return v;
}

uint8_t cy_cur_u8(cy_cur *cur)
{
  return (uint8_t)take_be(cur, 1);
}

uint16_t cy_cur_u16(cy_cur *cur)
{
  return (uint16_t)take_be(cur, 2);
}

uint32_t cy_cur_u32(cy_cur *cur)
{
  return (uint32_t)take_be(cur, 4);
}

uint64_t cy_cur_u64(cy_cur *cur)
{
  return take_be(cur, 8);
}

void cy_cur_end(cy_cur *cur)
{
  if (cy_cur_more(cur))
    cy_cur_fail(cur, "there are bytes left over");
}

cy_err *cy_parse_check_as(const cy_parse *parse, cy_err_code code, const char *what)
{
  if (!parse->reason)
    return NULL;
  return cy_err_new(code, "%s: at byte %zu, %s", what, parse->offset, parse->reason);
}

cy_err *cy_parse_check(const cy_parse *parse, const char *what)
{
  return cy_parse_check_as(parse, CY_E_MALFORMED, what);
}
