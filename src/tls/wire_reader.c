#include "tls/wire_reader.h"

#include "tls/codes.h"

#include <stdio.h>

cy_cur cy_wire_begin(cy_wire_reader *r, const char *message, cy_span body)
{
  *r = (cy_wire_reader){.message = message, .field = ""};
  return cy_cur_begin(&r->parse, body);
}

/* The first failure sticks, and with it the field. */
static void field_is(cy_wire_reader *r, const char *field)
{
  if (!r->parse.reason)
    r->field = field;
}

void cy_wire_enter(cy_wire_reader *r, uint16_t type)
{
  if (r->parse.reason)
    return;
  r->extension_type = type;
  r->in_extension = true;
}

void cy_wire_leave(cy_wire_reader *r)
{
  if (!r->parse.reason)
    r->in_extension = false;
}

void cy_wire_fail(cy_wire_reader *r, cy_cur *cur, const char *field, const char *reason)
{
  field_is(r, field);
  cy_cur_fail(cur, reason);
}

uint8_t cy_wire_u8(cy_wire_reader *r, cy_cur *cur, const char *field)
{
  field_is(r, field);
  return cy_cur_u8(cur);
}

uint16_t cy_wire_u16(cy_wire_reader *r, cy_cur *cur, const char *field)
{
  field_is(r, field);
  return cy_cur_u16(cur);
}

uint32_t cy_wire_u24(cy_wire_reader *r, cy_cur *cur, const char *field)
{
  field_is(r, field);
  uint32_t high = cy_cur_u8(cur);
  return high << 16 | cy_cur_u16(cur);
}

uint32_t cy_wire_u32(cy_wire_reader *r, cy_cur *cur, const char *field)
{
  field_is(r, field);
  return cy_cur_u32(cur);
}

cy_span cy_wire_take(cy_wire_reader *r, cy_cur *cur, const char *field, size_t len)
{
  field_is(r, field);
  return cy_cur_take(cur, len);
}

static size_t take_length(cy_cur *cur, unsigned width)
{
  size_t len = 0;
  for (unsigned i = 0; i < width; i++)
    len = len << 8 | cy_cur_u8(cur);
  return len;
}

cy_span cy_wire_vec(cy_wire_reader *r, cy_cur *cur, const char *field, unsigned width, size_t min)
{
  field_is(r, field);
  size_t len = take_length(cur, width);
  if (cy_cur_ok(cur) && len > cy_cur_left(cur))
    cy_cur_fail(cur, "its length points beyond what holds it");
  if (cy_cur_ok(cur) && len < min)
    cy_cur_fail(cur, min == 1 ? "it is empty" : "it is shorter than it may be");
  return cy_cur_take(cur, len);
}

cy_span cy_wire_list16(cy_wire_reader *r, cy_cur *cur, const char *field, unsigned width, size_t min)
{
  cy_span list = cy_wire_vec(r, cur, field, width, min);
  if (list.len % 2)
    cy_wire_fail(r, cur, field, "a list of numbers of two bytes has an odd length");
  return list;
}

void cy_wire_end_of(cy_wire_reader *r, cy_cur *cur, const char *field)
{
  field_is(r, field);
  cy_cur_end(cur);
}

size_t cy_wire_vec_count(
  cy_wire_reader *r, const cy_cur *parent, const char *field, cy_span list, unsigned width, size_t min)
{
  size_t count = 0;
  cy_cur cur = cy_cur_over(parent, list);
  for (; cy_cur_more(&cur); count++)
    cy_wire_vec(r, &cur, field, width, min);
  return count;
}

/* Notes a number; true when it was noted before. */
static bool seen_before(uint8_t seen[(1 << 16) / 8], uint16_t type)
{
  uint8_t bit = (uint8_t)(1 << type % 8);
  bool before = seen[type / 8] & bit;
  seen[type / 8] |= bit;
  return before;
}

void cy_wire_extensions_read(cy_wire_reader *r, cy_cur *cur, cy_wire_extensions *exts)
{
  uint8_t seen[(1 << 16) / 8] = {0};
  *exts = (cy_wire_extensions){.there = true};
  cy_cur list = cy_cur_over(cur, cy_wire_vec(r, cur, "extensions", 2, 0));
  exts->block = cy_span_of(list.p, cy_cur_left(&list));
  for (; cy_cur_more(&list); exts->count++) {
    cy_cur start = list;
    uint16_t type = cy_wire_u16(r, &list, "extension_type");
    cy_wire_enter(r, type);
    cy_wire_vec(r, &list, "extension_data", 2, 0);
    if (seen_before(seen, type))
      cy_wire_fail(r, &start, "extension_type", "the extension comes a second time");
    cy_wire_leave(r);
  }
}

void cy_wire_nothing(cy_wire_reader *r, cy_cur *body)
{
  if (cy_cur_more(body))
    cy_wire_fail(r, body, "extension_data", "it should be empty");
}

cy_err *cy_wire_check(const cy_wire_reader *r)
{
  if (!r->parse.reason)
    return NULL;
  const char *known = cy_wire_extension_name(r->extension_type);
  char ext[32] = "";
  if (r->in_extension && !known)
    snprintf(ext, sizeof ext, "extension %u", r->extension_type);
  return cy_err_new(CY_E_TLS_MESSAGE_MALFORMED, "%s%s%s%s%s: at byte %zu, %s", r->message,
    r->in_extension ? ", " : "", r->in_extension && known ? known : ext, r->field[0] ? ", " : "", r->field,
    r->parse.offset, r->parse.reason);
}
