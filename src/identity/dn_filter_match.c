/* Filters of distinguished names: holding them against a name. */
#include "base/text.h"
#include "identity/dn_filter.h"
#include "identity/dn_filter_internal.h"
#include "x509/name.h"

static bool type_of(cy_oid oid, cy_dn_type *type)
{
  static const struct {
    cy_oid oid;
    cy_dn_type type;
  } types[] = {{CY_OID_EMAIL, CY_DN_MAIL}, {CY_OID_UID, CY_DN_UID}, {CY_OID_CN, CY_DN_CN},
    {CY_OID_TITLE, CY_DN_T}, {CY_OID_OU, CY_DN_OU}, {CY_OID_DC, CY_DN_DC}, {CY_OID_O, CY_DN_O},
    {CY_OID_STREET, CY_DN_STREET}, {CY_OID_L, CY_DN_L}, {CY_OID_ST, CY_DN_ST},
    {CY_OID_POSTAL_CODE, CY_DN_PC}, {CY_OID_C, CY_DN_C}, {CY_OID_UNSTRUCTURED_NAME, CY_DN_UNSTRUCTUREDNAME},
    {CY_OID_UNSTRUCTURED_ADDRESS, CY_DN_UNSTRUCTUREDADDRESS}, {CY_OID_DN_QUALIFIER, CY_DN_DNQ}};
  for (size_t i = 0; i < CY_COUNT(types); i++)
    if (types[i].oid == oid) {
      *type = types[i].type;
      return true;
    }
  return false;
}

/* The serial number as queue managers show it: 4C:D0:49. */
static void put_serial(cy_buf *buf, cy_span serial)
{
  while (serial.len > 1 && serial.data[0] == 0)
    serial = cy_span_of(serial.data + 1, serial.len - 1);
  cy_buf_hex_colons(buf, serial);
}

/* Values of one type, in the order in which filters count them: OUs as they are encoded, the highest first;
 * DCs the other way round, as they are written, the lowest first. */
typedef struct {
  cy_buf text;
  struct {
    size_t at, len;
  } items[CY_DN_PARTS];
  size_t count;
} values;

static void add_value(values *v, cy_span value)
{
  if (v->count == CY_DN_PARTS)
    return;
  v->items[v->count].at = v->text.len;
  v->items[v->count++].len = value.len;
  cy_buf_span(&v->text, value);
}

static cy_span value_at(const values *v, size_t i)
{
  return cy_span_of(v->text.data + v->items[i].at, v->items[i].len);
}

static void gather(values *v, const cy_dn_subject *who, cy_dn_type wanted)
{
  cy_name_iter iter = cy_name_each(who->name);
  cy_name_attr attr;
  cy_dn_type type;
  CY_CLEAN(cy_buf) value = CY_BUF_TEXT;
  if (wanted == CY_DN_SERIALNUMBER) {
    put_serial(&value, who->serial);
    if (who->serial.len)
      add_value(v, cy_buf_get(&value));
    return;
  }
  while (cy_name_next(&iter, &attr)) {
    if (!type_of(attr.type, &type) || type != wanted)
      continue;
    cy_buf_reset(&value);
    cy_name_value(&value, &attr);
    add_value(v, cy_buf_get(&value));
  }
  for (size_t i = 0; wanted == CY_DN_DC && i < v->count / 2; i++) {
    size_t last = v->count - 1 - i;
    __typeof__(v->items[0]) swap = v->items[i];
    v->items[i] = v->items[last];
    v->items[last] = swap;
  }
}

static bool begins_with(cy_span text, cy_span start)
{
  return text.len >= start.len && (!start.len || memcmp(text.data, start.data, start.len) == 0);
}

static bool text_fits(cy_span text, cy_span wanted, const cy_dn_part *part)
{
  if (part->open_start && part->open_end)
    return !wanted.len || memmem(text.data, text.len, wanted.data, wanted.len) != NULL;
  if (part->open_end)
    return begins_with(text, wanted);
  if (part->open_start)
    return text.len >= wanted.len &&
           begins_with(cy_span_of(text.data + text.len - wanted.len, wanted.len), wanted);
  return cy_span_equal(text, wanted);
}

/* Serial numbers are also written without colons. */
static void without_colons(cy_buf *out, cy_span text)
{
  for (size_t i = 0; i < text.len; i++)
    if (text.data[i] != ':')
      cy_buf_u8(out, text.data[i]);
}

static bool value_fits(const cy_dn_filter *filter, const cy_dn_part *part, cy_span value)
{
  CY_CLEAN(cy_buf) folded = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) left = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) right = CY_BUF_TEXT;
  cy_span wanted = cy_dn_part_value(filter, part);
  if (!cy_text_fold(&folded, value))
    cy_buf_span(&folded, value);
  if (part->type != CY_DN_SERIALNUMBER)
    return text_fits(cy_buf_get(&folded), wanted, part);
  without_colons(&left, cy_buf_get(&folded));
  without_colons(&right, wanted);
  return text_fits(cy_buf_get(&left), cy_buf_get(&right), part);
}

/* In words. */

static void put_part(cy_buf *buf, const cy_dn_filter *filter, const cy_dn_part *part)
{
  cy_span value = cy_dn_part_value(filter, part);
  cy_buf_printf(buf, "%s=%s%.*s%s", cy_dn_type_name(part->type), part->open_start ? "*" : "",
    (int)value.len, (const char *)value.data, part->open_end && value.len ? "*" : "");
}

static void put_place(cy_buf *buf, const cy_dn_part *part, size_t place)
{
  if (cy_dn_type_repeats(part->type))
    cy_buf_printf(buf, " as number %zu of its %ss (%s first)", place + 1, cy_dn_type_name(part->type),
      part->type == CY_DN_OU ? "the highest" : "the lowest");
}

static void put_seen(cy_buf *buf, const cy_dn_part *part, const values *v, size_t place)
{
  const char *type = cy_dn_type_name(part->type);
  if (v->count == 0) {
    cy_buf_printf(buf, "the certificate has no %s", type);
  } else if (place >= v->count) {
    cy_buf_printf(buf, "the certificate has %zu %s%s only", v->count, type, v->count == 1 ? "" : "s");
  } else {
    cy_buf_printf(buf, "the certificate has %s=", type);
    cy_text_put_safe(buf, value_at(v, place));
    if (cy_dn_type_repeats(part->type) && v->count > 1)
      cy_buf_str(buf, " there");
  }
}

/* The same values in another order: the usual slip with OUs. */
static bool elsewhere(const cy_dn_filter *filter, const cy_dn_part *part, const values *v, size_t place)
{
  for (size_t i = 0; i < v->count; i++)
    if (i != place && value_fits(filter, part, value_at(v, i)))
      return true;
  return false;
}

static void explain(
  cy_buf *why, const cy_dn_filter *filter, const cy_dn_part *part, const values *v, size_t place)
{
  if (!why)
    return;
  cy_buf_str(why, "the filter wants ");
  put_part(why, filter, part);
  put_place(why, part, place);
  cy_buf_str(why, ", ");
  if (!cy_dn_type_repeats(part->type) && v->count > 1) {
    cy_buf_printf(why, "the certificate has %zu %ss, of which no filter can choose one", v->count,
      cy_dn_type_name(part->type));
    return;
  }
  put_seen(why, part, v, place);
  if (cy_dn_type_repeats(part->type) && elsewhere(filter, part, v, place))
    cy_buf_printf(why, "; it has this one in another place: %ss are counted from the %s on",
      cy_dn_type_name(part->type), part->type == CY_DN_OU ? "highest" : "lowest");
}

static bool part_matches(const cy_dn_filter *filter, size_t index, const cy_dn_subject *who, cy_buf *why)
{
  const cy_dn_part *part = &filter->parts[index];
  values v = {.text = CY_BUF_TEXT};
  size_t place = 0;
  for (size_t i = 0; i < index; i++)
    place += filter->parts[i].type == part->type;
  gather(&v, who, part->type);
  bool several = v.count > 1 && !cy_dn_type_repeats(part->type);
  bool fits = !several && place < v.count && value_fits(filter, part, value_at(&v, place));
  if (!fits)
    explain(why, filter, part, &v, place);
  cy_buf_clear(&v.text);
  return fits;
}

bool cy_dn_filter_match(const cy_dn_filter *filter, const cy_dn_subject *who, cy_buf *why)
{
  for (size_t i = 0; i < filter->count; i++)
    if (!part_matches(filter, i, who, why))
      return false;
  return true;
}

/* Writing names. */

static void put_value(cy_buf *buf, cy_span value)
{
  bool quotes = false;
  for (size_t i = 0; i < value.len; i++)
    quotes = quotes || value.data[i] == ',' || value.data[i] == ';' ||
             (value.data[i] == ' ' && (i == 0 || i + 1 == value.len));
  cy_buf_str(buf, quotes ? "\"" : "");
  if (value.len && value.data[0] == '*')
    cy_buf_u8(buf, '\\');
  if (value.len > 1 && value.data[value.len - 1] == '*') {
    cy_buf_put(buf, value.data, value.len - 1);
    cy_buf_str(buf, "\\*");
  } else {
    cy_buf_span(buf, value);
  }
  cy_buf_str(buf, quotes ? "\"" : "");
}

static void put_types(cy_buf *buf, const cy_dn_subject *who, bool filter)
{
  bool any = false;
  for (int type = 0; type < CY_DN_TYPES; type++) {
    values v = {.text = CY_BUF_TEXT};
    gather(&v, who, (cy_dn_type)type);
    bool leave =
      filter && (type == CY_DN_SERIALNUMBER || (v.count > 1 && !cy_dn_type_repeats((cy_dn_type)type)));
    for (size_t i = 0; i < v.count && !leave; i++) {
      cy_buf_printf(buf, "%s%s=", any ? "," : "", cy_dn_type_name((cy_dn_type)type));
      put_value(buf, value_at(&v, i));
      any = true;
    }
    cy_buf_clear(&v.text);
  }
}

void cy_dn_subject_format(cy_buf *buf, const cy_dn_subject *who)
{
  put_types(buf, who, false);
}

void cy_dn_filter_suggest(cy_buf *buf, const cy_dn_subject *who)
{
  put_types(buf, who, true);
}
