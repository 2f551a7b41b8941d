/* Writing names: each notation is a row of separators, order and escapes. */
#include "base/der.h"
#include "base/mem.h"
#include "base/text.h"
#include "x509/name.h"

typedef struct {
  const char *before; /* in front of the first part */
  const char *between;
  const char *joined; /* between the parts of a multi-valued RDN */
  const char *equals;
  bool reversed;       /* most specific part first */
  const char *escaped; /* characters that get a backslash */
} notation;

static const notation notations[CY_NAMES_COUNT] = {
  [CY_NAMES_RFC4514] = {"", ",", "+", "=", true, ",+\"\\<>;"},
  [CY_NAMES_OPENSSL] = {"", ", ", " + ", " = ", false, ",+\"\\<>;"},
  [CY_NAMES_OPENSSL_OLD] = {"/", "/", "+", "=", false, ""},
  [CY_NAMES_MQ] = {"", ",", "+", "=", true, ""},
  [CY_NAMES_RACF] = {"", ".", "+", "=", true, ""},
};

/* What queue managers and RACF call some attributes. */
static const char *keyword(cy_oid type, cy_names style)
{
  if (style != CY_NAMES_MQ && style != CY_NAMES_RACF)
    return NULL;
  switch (type) {
  case CY_OID_EMAIL:
    return "MAIL";
  case CY_OID_TITLE:
    return "T";
  case CY_OID_ST:
    return style == CY_NAMES_RACF ? "SP" : "ST";
  case CY_OID_POSTAL_CODE:
    return "PC";
  case CY_OID_STREET:
    return "STREET";
  case CY_OID_DN_QUALIFIER:
    return "DNQ";
  default:
    return NULL;
  }
}

static void put_escaped(cy_buf *buf, cy_span value, const char *escaped)
{
  for (size_t i = 0; i < value.len; i++) {
    char c = (char)value.data[i];
    bool edge_blank = c == ' ' && (i == 0 || i + 1 == value.len);
    bool hash_first = c == '#' && i == 0;
    if (*escaped && ((c && strchr(escaped, c)) || edge_blank || hash_first))
      cy_buf_u8(buf, '\\');
    if (*escaped && (c == 0 || (uint8_t)c < 0x20))
      cy_buf_printf(buf, "\\%02X", (uint8_t)c);
    else
      cy_buf_u8(buf, (uint8_t)c);
  }
}

static void put_part(cy_buf *buf, const cy_name_attr *attr, cy_names style)
{
  const notation *n = &notations[style];
  const char *word = keyword(attr->type, style);
  CY_CLEAN(cy_buf) value = CY_BUF_TEXT;
  if (word)
    cy_buf_str(buf, word);
  else
    cy_oid_put_short(buf, attr->oid);
  cy_buf_str(buf, n->equals);
  cy_name_value(&value, attr);
  put_escaped(buf, cy_buf_get(&value), n->escaped);
}

void cy_name_format(cy_buf *buf, cy_span name, cy_names style)
{
  enum { PARTS = 64 };
  const notation *n = &notations[style];
  cy_name_attr attrs[PARTS];
  size_t count = 0;
  cy_name_iter iter = cy_name_each(name);
  while (count < PARTS && cy_name_next(&iter, &attrs[count]))
    count++;
  for (size_t i = 0; i < count; i++) {
    size_t at = n->reversed ? count - 1 - i : i;
    bool joined = n->reversed ? i > 0 && attrs[at + 1].joined : attrs[at].joined;
    cy_buf_str(buf, i == 0 ? n->before : joined ? n->joined : n->between);
    put_part(buf, &attrs[at], style);
  }
}
