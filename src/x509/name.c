#include "x509/name.h"

#include "base/der.h"
#include "base/text.h"

static const char *const notation_ids[CY_NAMES_COUNT] = {"rfc4514", "openssl", "openssl-old", "mq", "racf"};

const char *cy_names_id(cy_names notation)
{
  return notation_ids[notation];
}

bool cy_names_parse(cy_names *out, const char *id)
{
  for (int i = 0; i < CY_NAMES_COUNT; i++) {
    if (strcmp(notation_ids[i], id) == 0) {
      *out = (cy_names)i;
      return true;
    }
  }
  return false;
}

cy_name_iter cy_name_each(cy_span name)
{
  cy_name_iter iter = {.parse = {.lenient = true}};
  cy_parse *parse = &iter.parse;
  cy_cur all = cy_cur_begin(parse, name);
  iter.rdns = cy_der_enter(&all, CY_DER_SEQUENCE);
  iter.rdn = cy_cur_over(&iter.rdns, CY_SPAN_NONE);
  return iter;
}

bool cy_name_step(cy_name_iter *iter, cy_name_attr *attr)
{
  /* The struct was returned by value: its cursors must share this copy's parse. */
  iter->rdns.parse = iter->rdn.parse = &iter->parse;
  attr->joined = cy_cur_more(&iter->rdn);
  while (!cy_cur_more(&iter->rdn)) {
    if (!cy_cur_more(&iter->rdns))
      return false;
    iter->rdn = cy_cur_over(&iter->rdns, cy_der_take(&iter->rdns, CY_DER_SET));
  }
  cy_cur pair = cy_cur_over(&iter->rdn, cy_der_take(&iter->rdn, CY_DER_SEQUENCE));
  attr->oid = cy_der_take(&pair, CY_DER_OID);
  cy_der value = cy_der_next(&pair);
  attr->tag = value.tag;
  attr->value = value.content;
  attr->type = CY_OID_UNKNOWN;
  cy_cur_end(&pair);
  return cy_cur_ok(&pair);
}

bool cy_name_next(cy_name_iter *iter, cy_name_attr *attr)
{
  if (!cy_name_step(iter, attr))
    return false;
  attr->type = cy_oid_find(attr->oid);
  return true;
}

bool cy_name_ok(const cy_name_iter *iter)
{
  return !iter->parse.reason;
}

static void put_hex(cy_buf *utf8, const cy_name_attr *attr)
{
  cy_buf_str(utf8, "#");
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  cy_der_put(&der, attr->tag, attr->value);
  cy_buf_hex(utf8, cy_buf_get(&der));
}

void cy_name_value(cy_buf *utf8, const cy_name_attr *attr)
{
  size_t start = utf8->len;
  bool good = true;
  switch (attr->tag) {
  case CY_DER_UTF8_STRING:
  case CY_DER_PRINTABLE_STRING:
  case CY_DER_IA5_STRING:
  case CY_DER_NUMERIC_STRING:
  case CY_DER_VISIBLE_STRING:
    good = cy_utf8_valid(attr->value);
    if (good)
      cy_buf_span(utf8, attr->value);
    else
      cy_text_from_latin1(utf8, attr->value); /* what people wrote there when it was not UTF-8 */
    return;
  case CY_DER_T61_STRING:
    cy_text_from_latin1(utf8, attr->value);
    return;
  case CY_DER_BMP_STRING:
    good = cy_text_from_utf16be(utf8, attr->value);
    break;
  case CY_DER_UNIVERSAL_STRING:
    good = cy_text_from_utf32be(utf8, attr->value);
    break;
  default:
    good = false;
  }
  if (good)
    return;
  utf8->len = start;
  put_hex(utf8, attr);
}

bool cy_name_is_empty(cy_span name)
{
  cy_name_iter iter = cy_name_each(name);
  cy_name_attr attr;
  return !cy_name_next(&iter, &attr);
}

bool cy_name_find(cy_buf *utf8, cy_span name, cy_oid type)
{
  cy_name_iter iter = cy_name_each(name);
  cy_name_attr attr, last = {0};
  bool found = false;
  while (cy_name_next(&iter, &attr)) {
    if (attr.type == type) {
      last = attr;
      found = true;
    }
  }
  if (found)
    cy_name_value(utf8, &last);
  return found;
}

void cy_name_short(cy_buf *utf8, cy_span name)
{
  static const cy_oid order[] = {CY_OID_CN, CY_OID_OU, CY_OID_O, CY_OID_EMAIL, CY_OID_UID};
  for (size_t i = 0; i < CY_COUNT(order); i++)
    if (cy_name_find(utf8, name, order[i]))
      return;
  cy_name_format(utf8, name, CY_NAMES_RFC4514);
}
