/* Writing names: each notation is a row of separators, order and escapes. */
#include "base/der.h"
#include "base/mem.h"
#include "base/text.h"
#include "x509/name.h"

typedef enum {
  ESC_BACKSLASH, /* RFC 4514 */
  ESC_QUOTES,    /* OpenSSL's oneline: quotes around, a backslash only before " and \ */
  ESC_HEX,       /* OpenSSL's old form: \xC3 for what is not printable ASCII; a backslash before / and + */
  ESC_MQ,        /* quotes around */
  ESC_NONE,
} escapes;

typedef struct {
  const char *before; /* in front of the first part */
  const char *between;
  const char *joined; /* between the parts of a multi-valued RDN */
  const char *equals;
  bool reversed; /* most specific part first */
  escapes how;
} notation;

static const notation notations[CY_NAMES_COUNT] = {
  [CY_NAMES_RFC4514] = {"", ",", "+", "=", true, ESC_BACKSLASH},
  [CY_NAMES_OPENSSL] = {"", ", ", " + ", " = ", false, ESC_QUOTES},
  [CY_NAMES_OPENSSL_OLD] = {"/", "/", "+", "=", false, ESC_HEX},
  [CY_NAMES_MQ] = {"", ",", "+", "=", true, ESC_MQ},
  [CY_NAMES_RACF] = {"", ".", "+", "=", true, ESC_NONE},
};

/* What queue managers and RACF call some attributes. */
static const char *keyword(cy_oid type, cy_names style)
{
  switch (type) {
  case CY_OID_EMAIL:
    return "MAIL";
  case CY_OID_TITLE:
    return "T";
  case CY_OID_ST:
    return style == CY_NAMES_RACF ? "SP" : "ST";
  case CY_OID_POSTAL_CODE:
    return "PC";
  case CY_OID_DN_QUALIFIER:
    return "DNQ";
  case CY_OID_SERIAL_NUMBER:
    return style == CY_NAMES_MQ ? "OID.2.5.4.5" : NULL; /* the word means the certificate's serial there */
  case CY_OID_MAIL:
    return "OID.0.9.2342.19200300.100.1.3"; /* MAIL is taken */
  default:
    return NULL;
  }
}

static void put_type(cy_buf *buf, const cy_name_attr *attr, cy_names style)
{
  const char *word = keyword(attr->type, style);
  bool known = cy_name_is_type(attr->type), products = style == CY_NAMES_MQ || style == CY_NAMES_RACF;
  if (!known) {
    cy_buf_str(buf, products ? "OID." : "");
    cy_oid_format(buf, attr->oid);
  } else if (!products) {
    cy_oid_put_short(buf, attr->oid);
  } else if (word) {
    cy_buf_str(buf, word);
  } else {
    for (const char *s = cy_oid_short(attr->type); *s; s++)
      cy_buf_u8(buf, (uint8_t)(*s >= 'a' && *s <= 'z' ? *s - 32 : *s));
  }
}

static bool special(char c)
{
  return c && strchr(",+<>;", c);
}

/* A blank at either end, or a # in front. */
static bool edge(cy_span value, size_t i)
{
  return (value.data[i] == ' ' && (i == 0 || i + 1 == value.len)) || (value.data[i] == '#' && i == 0);
}

static void put_control(cy_buf *buf, uint8_t c)
{
  if (c < 0x20 || c == 0x7f)
    cy_buf_printf(buf, "\\%02X", c);
  else
    cy_buf_u8(buf, c);
}

static void put_backslashes(cy_buf *buf, cy_span value)
{
  for (size_t i = 0; i < value.len; i++) {
    char c = (char)value.data[i];
    if (special(c) || c == '"' || c == '\\' || edge(value, i))
      cy_buf_u8(buf, '\\');
    put_control(buf, value.data[i]);
  }
}

static void put_quotes(cy_buf *buf, cy_span value, bool strict)
{
  bool quotes = false;
  for (size_t i = 0; i < value.len; i++) {
    char c = (char)value.data[i];
    quotes = quotes || special(c) || edge(value, i) || (strict && (c == '"' || c == '=' || c == '\\'));
  }
  if (quotes)
    cy_buf_u8(buf, '"');
  for (size_t i = 0; i < value.len; i++) {
    if (value.data[i] == '"' || value.data[i] == '\\')
      cy_buf_u8(buf, '\\');
    put_control(buf, value.data[i]);
  }
  if (quotes)
    cy_buf_u8(buf, '"');
}

static void put_old(cy_buf *buf, cy_span value)
{
  for (size_t i = 0; i < value.len; i++) {
    if (value.data[i] == '/' || value.data[i] == '+')
      cy_buf_u8(buf, '\\');
    if (value.data[i] < ' ' || value.data[i] > '~')
      cy_buf_printf(buf, "\\x%02X", value.data[i]);
    else
      cy_buf_u8(buf, value.data[i]);
  }
}

static void put_escaped(cy_buf *buf, cy_span value, escapes how)
{
  switch (how) {
  case ESC_BACKSLASH:
    put_backslashes(buf, value);
    break;
  case ESC_QUOTES:
    put_quotes(buf, value, false);
    break;
  case ESC_MQ:
    put_quotes(buf, value, true);
    break;
  case ESC_HEX:
    put_old(buf, value);
    break;
  case ESC_NONE:
    cy_buf_span(buf, value);
    break;
  }
}

/* RFC 4514 2.4: an attribute without a name of its own has its value in hex. */
static void put_hex(cy_buf *buf, const cy_name_attr *attr)
{
  CY_CLEAN(cy_buf) der = CY_BUF_TEXT;
  cy_der_put(&der, attr->tag, attr->value);
  cy_buf_str(buf, "#");
  cy_buf_hex(buf, cy_buf_get(&der));
}

/* cy_name_value gives hex for what is no text; that must not be escaped as if it were. */
static bool is_text(const cy_name_attr *attr, cy_span value)
{
  if (!value.len || value.data[0] != '#')
    return true;
  CY_CLEAN(cy_buf) hex = CY_BUF_TEXT;
  put_hex(&hex, attr);
  return !cy_span_equal(cy_buf_get(&hex), value);
}

static void put_part(cy_buf *buf, const cy_name_attr *attr, cy_names style)
{
  const notation *n = &notations[style];
  CY_CLEAN(cy_buf) value = CY_BUF_TEXT;
  put_type(buf, attr, style);
  cy_buf_str(buf, n->equals);
  cy_name_value(&value, attr);
  if ((style == CY_NAMES_RFC4514 && attr->type == CY_OID_UNKNOWN) || !is_text(attr, cy_buf_get(&value)))
    put_hex(buf, attr);
  else
    put_escaped(buf, cy_buf_get(&value), n->how);
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
