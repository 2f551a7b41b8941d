#include "base/oid.h"

#include "base/der.h"
#include "base/text.h"

typedef struct {
  const char *content;
  uint8_t len;
  const char *dotted;
  const char *short_name;
  const char *words;
} row;

/* Sorted by length, then bytes. */
static const row rows[] = {
#define CY_OID_ROW(name, content, length, dotted, short_name, words)                                       \
  {content, length, dotted, short_name, words},
#include "oids.inc"
#undef CY_OID_ROW
};

static int compare(cy_span content, const row *r)
{
  if (content.len != r->len)
    return content.len < r->len ? -1 : 1;
  return memcmp(content.data, r->content, r->len);
}

cy_oid cy_oid_find(cy_span content)
{
  size_t low = 0, high = CY_COUNT(rows);
  while (content.len && low < high) {
    size_t middle = (low + high) / 2;
    int order = compare(content, &rows[middle]);
    if (order == 0)
      return (cy_oid)middle;
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return CY_OID_UNKNOWN;
}

cy_oid cy_oid_find_name(cy_span name)
{
  for (size_t i = 0; i < CY_COUNT(rows); i++)
    if (cy_ascii_equal_nocase(name, cy_span_str(rows[i].short_name)) ||
        cy_ascii_equal_nocase(name, cy_span_str(rows[i].words)) ||
        cy_span_equal(name, cy_span_str(rows[i].dotted)))
      return (cy_oid)i;
  return CY_OID_UNKNOWN;
}

cy_span cy_oid_content(cy_oid oid)
{
  return oid < CY_OID_UNKNOWN ? cy_span_of(rows[oid].content, rows[oid].len) : CY_SPAN_NONE;
}

const char *cy_oid_dotted(cy_oid oid)
{
  return oid < CY_OID_UNKNOWN ? rows[oid].dotted : "?";
}

const char *cy_oid_short(cy_oid oid)
{
  return oid < CY_OID_UNKNOWN ? rows[oid].short_name : "?";
}

const char *cy_oid_words(cy_oid oid)
{
  return oid < CY_OID_UNKNOWN ? rows[oid].words : "?";
}

void cy_oid_put_words(cy_buf *buf, cy_span content)
{
  cy_oid oid = cy_oid_find(content);
  if (oid == CY_OID_UNKNOWN)
    cy_oid_format(buf, content);
  else
    cy_buf_str(buf, rows[oid].words);
}

void cy_oid_put_short(cy_buf *buf, cy_span content)
{
  cy_oid oid = cy_oid_find(content);
  if (oid == CY_OID_UNKNOWN)
    cy_oid_format(buf, content);
  else
    cy_buf_str(buf, rows[oid].short_name);
}
