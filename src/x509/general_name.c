#include "x509/general_name.h"

#include <arpa/inet.h>

#include "base/der.h"
#include "base/text.h"
#include "x509/name.h"

static const struct {
  const char *id;
  const char *words;
} kinds[CY_GN_COUNT] = {
  [CY_GN_OTHER] = {"other", "other name"},
  [CY_GN_EMAIL] = {"email", "e-mail"},
  [CY_GN_DNS] = {"dns", "DNS"},
  [CY_GN_X400] = {"x400", "X.400 address"},
  [CY_GN_DIRECTORY] = {"directory", "directory name"},
  [CY_GN_EDI] = {"edi", "EDI party"},
  [CY_GN_URI] = {"uri", "URI"},
  [CY_GN_IP] = {"ip", "IP address"},
  [CY_GN_REGISTERED] = {"registered_id", "registered id"},
};

const char *cy_gn_kind_id(cy_gn_kind kind)
{
  return kinds[kind].id;
}

const char *cy_gn_kind_words(cy_gn_kind kind)
{
  return kinds[kind].words;
}

void cy_gn_begin_content(cy_gn_iter *iter, cy_span content)
{
  iter->parse = (cy_parse){.lenient = true};
  iter->list = cy_cur_begin(&iter->parse, content);
}

void cy_gn_begin(cy_gn_iter *iter, cy_span names)
{
  cy_gn_begin_content(iter, names);
  cy_cur outer = iter->list;
  iter->list = cy_der_enter(&outer, CY_DER_SEQUENCE);
  cy_cur_end(&outer);
}

/* OtherName ::= SEQUENCE { type-id OID, value [0] EXPLICIT ANY } */
static void read_other(cy_cur *cur, cy_general_name *name)
{
  cy_cur tagged;
  name->other_oid = cy_der_take(cur, CY_DER_OID);
  name->other_type = cy_oid_find(name->other_oid);
  tagged = cy_der_enter(cur, CY_DER_CONTEXT_CONSTRUCTED(0));
  name->value = cy_der_next(&tagged).whole;
  cy_der_leave(&tagged);
  cy_cur_end(cur);
}

bool cy_gn_read(cy_cur *cur, cy_general_name *name)
{
  *name = (cy_general_name){.other_type = CY_OID_UNKNOWN};
  cy_der value = cy_der_next(cur);
  unsigned kind = value.tag & 0x1f;
  if (!cy_cur_ok(cur))
    return false;
  bool nested = kind == CY_GN_OTHER || kind == CY_GN_X400 || kind == CY_GN_DIRECTORY || kind == CY_GN_EDI;
  if (kind >= CY_GN_COUNT || (value.tag & 0xe0) != (nested ? 0xa0 : 0x80)) {
    cy_cur_fail(cur, "a value that is not one of the kinds of general names");
    return false;
  }
  name->kind = (cy_gn_kind)kind;
  name->value = value.content;
  cy_cur inner = cy_cur_over(cur, value.content);
  if (kind == CY_GN_OTHER) {
    read_other(&inner, name);
  } else if (kind == CY_GN_DIRECTORY) {
    name->value = cy_der_take_whole(&inner, CY_DER_SEQUENCE);
    cy_cur_end(&inner);
  }
  return cy_cur_ok(cur);
}

bool cy_gn_next(cy_gn_iter *iter, cy_general_name *name)
{
  return cy_cur_more(&iter->list) && cy_gn_read(&iter->list, name);
}

bool cy_gn_ok(const cy_gn_iter *iter)
{
  return cy_cur_ok(&iter->list);
}

/* A mask of leading ones: its length, else -1. */
static int prefix_length(cy_span mask)
{
  int ones = 0;
  size_t bits = mask.len * 8;
  for (size_t i = 0; i < bits && mask.data[i / 8] & (0x80 >> (i % 8)); i++)
    ones++;
  for (size_t i = (size_t)ones; i < bits; i++)
    if (mask.data[i / 8] & (0x80 >> (i % 8)))
      return -1;
  return ones;
}

static void put_address(cy_buf *utf8, cy_span octets)
{
  char text[INET6_ADDRSTRLEN];
  if (inet_ntop(octets.len == 4 ? AF_INET : AF_INET6, octets.data, text, sizeof text))
    cy_buf_str(utf8, text);
}

static void put_ip(cy_buf *utf8, cy_span octets)
{
  size_t half = octets.len / 2;
  if (octets.len == 4 || octets.len == 16) {
    put_address(utf8, octets);
  } else if (octets.len == 8 || octets.len == 32) {
    cy_span mask = cy_span_of(octets.data + half, half);
    int ones = prefix_length(mask);
    put_address(utf8, cy_span_of(octets.data, half));
    cy_buf_str(utf8, "/");
    if (ones >= 0)
      cy_buf_printf(utf8, "%d", ones);
    else
      put_address(utf8, mask);
  } else {
    cy_buf_str(utf8, "#");
    cy_buf_hex(utf8, octets);
  }
}

static void put_other(cy_buf *utf8, const cy_general_name *name)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, name->value);
  cy_der value = cy_der_next(&cur);
  if (value.tag == CY_DER_UTF8_STRING && cy_utf8_valid(value.content)) {
    cy_buf_span(utf8, value.content);
  } else {
    cy_buf_str(utf8, "#");
    cy_buf_hex(utf8, name->value);
  }
  cy_buf_str(utf8, " (");
  cy_oid_put_words(utf8, name->other_oid);
  cy_buf_str(utf8, ")");
}

void cy_gn_format(cy_buf *utf8, const cy_general_name *name)
{
  switch (name->kind) {
  case CY_GN_EMAIL:
  case CY_GN_DNS:
  case CY_GN_URI:
    if (cy_utf8_valid(name->value))
      cy_buf_span(utf8, name->value);
    else
      cy_text_from_latin1(utf8, name->value);
    break;
  case CY_GN_IP:
    put_ip(utf8, name->value);
    break;
  case CY_GN_DIRECTORY:
    cy_name_format(utf8, name->value, CY_NAMES_RFC4514);
    break;
  case CY_GN_REGISTERED:
    cy_oid_format(utf8, name->value);
    break;
  case CY_GN_OTHER:
    put_other(utf8, name);
    break;
  default:
    cy_buf_str(utf8, "#");
    cy_buf_hex(utf8, name->value);
  }
}
