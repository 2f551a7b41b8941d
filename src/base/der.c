#include "base/der.h"

/* The reader. */

static bool long_length(cy_cur *cur, unsigned octets, size_t *len)
{
  if (octets == 0 || octets > 4) {
    cy_cur_fail(cur, octets ? "a length is too large" : "an indefinite length, which DER forbids");
    return false;
  }
  cy_span bytes = cy_cur_take(cur, octets);
  uint32_t v = 0;
  for (size_t i = 0; i < bytes.len; i++)
    v = v << 8 | bytes.data[i];
  bool minimal = v >= 128 && (octets == 1 || v >> (8 * (octets - 1)) != 0);
  if (bytes.len && !minimal) {
    if (!cur->parse->lenient)
      cy_cur_fail(cur, "a length is not in its shortest form");
    cur->parse->not_der = true;
  }
  *len = v;
  return cy_cur_ok(cur);
}

/* Most values by far: a length of one octet, all of it there. */
static bool next_short(cy_cur *cur, cy_der *value)
{
  const uint8_t *p = cur->p;
  size_t left = cy_cur_left(cur);
  if (left < 2 || p[1] >= 0x80 || p[1] > left - 2 || (p[0] & 0x1f) == 0x1f)
    return false;
  *value = (cy_der){p[0], {p + 2, p[1]}, {p, p[1] + (size_t)2}};
  cur->p = p + 2 + p[1];
  return true;
}

cy_der cy_der_next(cy_cur *cur)
{
  cy_der value;
  if (next_short(cur, &value))
    return value;
  const uint8_t *start = cur->p;
  uint8_t tag = cy_cur_u8(cur);
  uint8_t first = cy_cur_u8(cur);
  size_t len = first;
  if (!cy_cur_ok(cur))
    return (cy_der){0};
  if ((tag & 0x1f) == 0x1f) {
    cy_cur_fail(cur, "a tag number above 30, which nothing here uses");
    return (cy_der){0};
  }
  if (first >= 0x80 && !long_length(cur, first & 0x7f, &len))
    return (cy_der){0};
  cy_span content = cy_cur_take(cur, len);
  if (!cy_cur_ok(cur))
    return (cy_der){0};
  return (cy_der){tag, content, {start, (size_t)(cur->p - start)}};
}

uint8_t cy_der_peek(const cy_cur *cur)
{
  return cy_cur_more(cur) ? cur->p[0] : 0;
}

static cy_der expect(cy_cur *cur, uint8_t tag)
{
  if (cy_cur_ok(cur) && cy_der_peek(cur) != tag)
    cy_cur_fail(cur, cy_cur_more(cur) ? "a value of another type than expected" : "a value is missing");
  return cy_cur_ok(cur) ? cy_der_next(cur) : (cy_der){0};
}

cy_span cy_der_take(cy_cur *cur, uint8_t tag)
{
  return expect(cur, tag).content;
}

cy_span cy_der_take_whole(cy_cur *cur, uint8_t tag)
{
  return expect(cur, tag).whole;
}

cy_cur cy_der_enter(cy_cur *cur, uint8_t tag)
{
  if (cur->parse->depth >= CY_MAX_DEPTH)
    cy_cur_fail(cur, "values are nested too deeply");
  cy_der value = expect(cur, tag);
  if (cy_cur_ok(cur))
    cur->parse->depth++;
  return cy_cur_over(cur, value.content);
}

bool cy_der_skip_head(cy_cur *cur)
{
  if (cy_cur_u8(cur) != CY_DER_SEQUENCE)
    return false;
  uint8_t first = cy_cur_u8(cur);
  if (first > 0x80)
    cy_cur_take(cur, first & 0x7f);
  return cy_cur_ok(cur);
}

void cy_der_leave(cy_cur *inner)
{
  cy_cur_end(inner);
  if (inner->parse->depth)
    inner->parse->depth--;
}

bool cy_der_enter_if(cy_cur *cur, uint8_t tag, cy_cur *inner)
{
  bool there = cy_der_peek(cur) == tag;
  *inner = there ? cy_der_enter(cur, tag) : cy_cur_over(cur, CY_SPAN_NONE);
  return there;
}

bool cy_der_take_if(cy_cur *cur, uint8_t tag, cy_span *content)
{
  bool there = cy_der_peek(cur) == tag;
  *content = there ? cy_der_take(cur, tag) : CY_SPAN_NONE;
  return there;
}

bool cy_der_bool(cy_cur *cur)
{
  cy_span v = cy_der_take(cur, CY_DER_BOOLEAN);
  if (cy_cur_ok(cur) && v.len != 1)
    cy_cur_fail(cur, "a BOOLEAN of the wrong size");
  return cy_cur_ok(cur) && v.data[0] != 0;
}

cy_span cy_der_unsigned(cy_cur *cur)
{
  cy_span v = cy_der_take(cur, CY_DER_INTEGER);
  if (!cy_cur_ok(cur))
    return CY_SPAN_NONE;
  if (v.len == 0)
    cy_cur_fail(cur, "an INTEGER without content");
  else if (v.data[0] & 0x80)
    cy_cur_fail(cur, "an INTEGER is negative");
  while (v.len > 1 && v.data[0] == 0) {
    v.data++;
    v.len--;
  }
  return cy_cur_ok(cur) ? v : CY_SPAN_NONE;
}

uint64_t cy_der_uint(cy_cur *cur)
{
  cy_span v = cy_der_unsigned(cur);
  if (v.len > 8)
    cy_cur_fail(cur, "an INTEGER is too large");
  uint64_t n = 0;
  for (size_t i = 0; i < v.len && cy_cur_ok(cur); i++)
    n = n << 8 | v.data[i];
  return n;
}

cy_span cy_der_bits(cy_cur *cur, unsigned *unused)
{
  cy_span v = cy_der_take(cur, CY_DER_BIT_STRING);
  if (!cy_cur_ok(cur))
    return CY_SPAN_NONE;
  bool fits = v.len >= 1 && v.data[0] <= 7 && (v.len > 1 || v.data[0] == 0);
  if (!fits || (!unused && v.data[0] != 0)) {
    cy_cur_fail(cur, "a BIT STRING with a wrong number of unused bits");
    return CY_SPAN_NONE;
  }
  if (unused)
    *unused = v.data[0];
  return cy_span_of(v.data + 1, v.len - 1);
}

cy_time cy_der_time(cy_cur *cur)
{
  cy_der v = cy_der_next(cur);
  cy_time t = 0;
  if (!cy_cur_ok(cur))
    return 0;
  bool is_time = v.tag == CY_DER_UTC_TIME || v.tag == CY_DER_GENERALIZED_TIME;
  if (!is_time || !cy_time_parse_asn1(&t, v.content, v.tag == CY_DER_GENERALIZED_TIME, NULL))
    cy_cur_fail(cur, "a time that is no time");
  return t;
}

/* The writer. */

size_t cy_der_begin(cy_buf *buf)
{
  return buf->len;
}

static size_t head(uint8_t *out, uint8_t tag, size_t len)
{
  out[0] = tag;
  if (len < 128) {
    out[1] = (uint8_t)len;
    return 2;
  }
  unsigned octets = len > 0xffffff ? 4 : len > 0xffff ? 3 : len > 0xff ? 2 : 1;
  out[1] = (uint8_t)(0x80 | octets);
  for (unsigned i = 0; i < octets; i++)
    out[2 + i] = (uint8_t)(len >> (8 * (octets - 1 - i)));
  return 2 + octets;
}

void cy_der_end(cy_buf *buf, size_t at, uint8_t tag)
{
  uint8_t bytes[6];
  if (!buf->failed)
    cy_buf_insert(buf, at, bytes, head(bytes, tag, buf->len - at));
}

void cy_der_put(cy_buf *buf, uint8_t tag, cy_span content)
{
  uint8_t bytes[6];
  cy_buf_put(buf, bytes, head(bytes, tag, content.len));
  cy_buf_span(buf, content);
}

void cy_der_put_unsigned(cy_buf *buf, cy_span magnitude)
{
  while (magnitude.len > 1 && magnitude.data[0] == 0) {
    magnitude.data++;
    magnitude.len--;
  }
  size_t at = cy_der_begin(buf);
  if (magnitude.len == 0 || magnitude.data[0] & 0x80)
    cy_buf_u8(buf, 0);
  cy_buf_span(buf, magnitude);
  cy_der_end(buf, at, CY_DER_INTEGER);
}

void cy_der_put_uint(cy_buf *buf, uint64_t v)
{
  uint8_t bytes[8];
  for (int i = 0; i < 8; i++)
    bytes[i] = (uint8_t)(v >> (56 - 8 * i));
  cy_der_put_unsigned(buf, cy_span_of(bytes, 8));
}

void cy_der_put_bool(cy_buf *buf, bool v)
{
  uint8_t byte = v ? 0xff : 0;
  cy_der_put(buf, CY_DER_BOOLEAN, cy_span_of(&byte, 1));
}

void cy_der_put_null(cy_buf *buf)
{
  cy_der_put(buf, CY_DER_NULL, CY_SPAN_NONE);
}

void cy_der_put_oid(cy_buf *buf, const char *dotted)
{
  size_t at = cy_der_begin(buf);
  if (!cy_oid_parse(buf, dotted))
    cy_buf_fail(buf, CY_BUF_WRONG);
  cy_der_end(buf, at, CY_DER_OID);
}

void cy_der_put_time(cy_buf *buf, cy_time t)
{
  bool generalized =
    t >= cy_time_from_civil(2050, 1, 1, 0, 0, 0) || t < cy_time_from_civil(1950, 1, 1, 0, 0, 0);
  size_t at = cy_der_begin(buf);
  cy_time_format_asn1(buf, t, generalized);
  cy_der_end(buf, at, generalized ? CY_DER_GENERALIZED_TIME : CY_DER_UTC_TIME);
}

/* Object identifiers. */

static void put_arc(cy_buf *buf, uint64_t arc)
{
  uint8_t bytes[10];
  size_t n = 0;
  do
    bytes[n++] = (uint8_t)(arc & 0x7f);
  while (arc >>= 7);
  while (n--)
    cy_buf_u8(buf, (uint8_t)(bytes[n] | (n ? 0x80 : 0)));
}

static bool read_arc(const char **s, uint64_t *arc)
{
  if (**s < '0' || **s > '9')
    return false;
  for (*arc = 0; **s >= '0' && **s <= '9'; (*s)++) {
    uint64_t digit = (uint64_t)(**s - '0');
    if (*arc > (UINT64_MAX - digit) / 10)
      return false;
    *arc = *arc * 10 + digit;
  }
  return true;
}

static bool parse_arcs(cy_buf *content, const char *dotted)
{
  uint64_t first, second, arc;
  const char *s = dotted;
  if (!read_arc(&s, &first) || *s++ != '.' || !read_arc(&s, &second))
    return false;
  if (first > 2 || (first < 2 && second > 39) || second > UINT64_MAX - 80)
    return false;
  put_arc(content, first * 40 + second);
  while (*s == '.') {
    s++;
    if (!read_arc(&s, &arc))
      return false;
    put_arc(content, arc);
  }
  return *s == 0;
}

bool cy_oid_parse(cy_buf *content, const char *dotted)
{
  size_t before = content->len;
  bool parsed = parse_arcs(content, dotted);
  if (!parsed)
    content->len = before;
  return parsed;
}

void cy_oid_format(cy_buf *buf, cy_span oid)
{
  bool first = true;
  uint64_t arc = 0;
  if (oid.len == 0 || (oid.data[oid.len - 1] & 0x80)) {
    cy_buf_str(buf, "?");
    return;
  }
  for (size_t i = 0; i < oid.len; i++) {
    if (arc > UINT64_MAX >> 7) {
      cy_buf_str(buf, ".?");
      return;
    }
    arc = arc << 7 | (oid.data[i] & 0x7f);
    if (oid.data[i] & 0x80)
      continue;
    if (first) {
      unsigned top = arc < 40 ? 0 : arc < 80 ? 1 : 2;
      cy_buf_printf(buf, "%u.%llu", top, (unsigned long long)(arc - top * 40));
    } else {
      cy_buf_printf(buf, ".%llu", (unsigned long long)arc);
    }
    first = false;
    arc = 0;
  }
}
