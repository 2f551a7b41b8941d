/* Reading names: one scanner, told by a first look which separators count. */
#include "base/der.h"
#include "base/text.h"
#include "x509/codes.h"
#include "x509/name.h"

enum { PARTS = 64, WORD = 127 };

typedef struct {
  size_t at; /* of its AttributeTypeAndValue in reader.der */
  size_t len;
  bool joined;
  unsigned rank; /* 0: says nothing about the order; else 1 most general */
} part;

typedef struct {
  const char *text;
  const char *p;
  const char *separators; /* that end a part */
  cy_names notation;
  bool escapes; /* backslashes and quotes */
  part parts[PARTS];
  size_t count;
  cy_buf der;
  cy_name_reading how;
} reader;

/* Other words for attribute types; the table of OIDs has the usual ones. */
static const struct {
  const char *word;
  cy_oid oid;
} words[] = {
  {"E", CY_OID_EMAIL},
  {"EMAIL", CY_OID_EMAIL},
  {"S", CY_OID_ST},
  {"SP", CY_OID_ST},
  {"T", CY_OID_TITLE},
  {"USERID", CY_OID_UID},
  {"PC", CY_OID_POSTAL_CODE},
  {"DNQ", CY_OID_DN_QUALIFIER},
  {"G", CY_OID_GIVEN_NAME},
  {"GENQ", CY_OID_GENERATION},
};

static cy_err *wrong(const reader *r, const char *at, const char *what)
{
  return cy_err_new(CY_E_X509_NAME_MALFORMED, "at character %zu of \"%s\": %s", (size_t)(at - r->text) + 1,
    r->text,
    what);
}

static bool is_keyword_char(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

static const char *skip_blanks(const char *p)
{
  while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')
    p++;
  return p;
}

bool cy_name_is_type(cy_oid oid)
{
  cy_span c = oid == CY_OID_UNKNOWN ? CY_SPAN_NONE : cy_oid_content(oid);
  if (c.len == 3 && c.data[0] == 0x55 && c.data[1] == 4)
    return true;
  switch (oid) {
  case CY_OID_EMAIL:
  case CY_OID_UNSTRUCTURED_NAME:
  case CY_OID_UNSTRUCTURED_ADDRESS:
  case CY_OID_UID:
  case CY_OID_MAIL:
  case CY_OID_DC:
  case CY_OID_JURISDICTION_L:
  case CY_OID_JURISDICTION_ST:
  case CY_OID_JURISDICTION_C:
    return true;
  default:
    return false;
  }
}

static cy_oid type_by_word(cy_span word)
{
  if (cy_span_equal(word, CY_SPAN("MAIL")))
    return CY_OID_EMAIL;
  for (size_t i = 0; i < CY_COUNT(words); i++)
    if (cy_ascii_equal_nocase(word, cy_span_str(words[i].word)))
      return words[i].oid;
  cy_oid oid = cy_oid_find_name(word);
  return cy_name_is_type(oid) ? oid : CY_OID_UNKNOWN;
}

/* The content octets of a type's OID; false when the word is none. */
static bool put_type(cy_buf *content, cy_span word)
{
  char dotted[WORD + 1];
  cy_oid oid = type_by_word(word);
  if (oid != CY_OID_UNKNOWN) {
    cy_buf_span(content, cy_oid_content(oid));
    return true;
  }
  if (word.len > 4 && cy_ascii_equal_nocase(cy_span_of(word.data, 4), CY_SPAN("OID.")))
    word = cy_span_of(word.data + 4, word.len - 4);
  if (word.len == 0 || word.len >= sizeof dotted)
    return false;
  memcpy(dotted, word.data, word.len);
  dotted[word.len] = 0;
  return cy_oid_parse(content, dotted);
}

/* KEYWORD= (blanks allowed before and after the word): where it ends, or NULL. */
static const char *keyword_end(const char *p, cy_span *word)
{
  const char *start = skip_blanks(p);
  const char *end = start;
  while (is_keyword_char(*end) && end - start < WORD)
    end++;
  const char *equals = skip_blanks(end);
  *word = cy_span_of(start, (size_t)(end - start));
  return end > start && *equals == '=' ? equals + 1 : NULL;
}

/* Something that may follow a separator; words that are no type do not divide a value. */
static bool part_follows(const char *p)
{
  CY_CLEAN(cy_buf) ignored = CY_BUF_TEXT;
  cy_span word;
  return keyword_end(p, &word) && put_type(&ignored, word);
}

static bool ends_here(const reader *r, const char *p)
{
  if (*p == 0)
    return true;
  return (*p == '+' || strchr(r->separators, *p)) && part_follows(p + 1);
}

/* First look: which notation is it? Quoted and escaped characters say nothing. */
static void look(reader *r)
{
  const char *p = skip_blanks(r->text);
  cy_span word;
  const char *equals = keyword_end(p, &word);
  bool quoted = false, comma = false, dot = false;
  r->escapes = true;
  if (*p == '/') {
    r->notation = CY_NAMES_OPENSSL_OLD;
    r->separators = "/";
    r->escapes = false;
    r->p = p + 1;
    return;
  }
  r->p = p;
  bool spaced = equals && equals[-2] == ' ';
  for (; *p; p++) {
    if (*p == '\\' && p[1])
      p++;
    else if (*p == '"')
      quoted = !quoted;
    else if (!quoted && (*p == ',' || *p == ';') && part_follows(p + 1))
      comma = true;
    else if (!quoted && *p == '.' && part_follows(p + 1))
      dot = true;
  }
  bool racf = dot && !comma && !spaced;
  r->notation = racf ? CY_NAMES_RACF : spaced ? CY_NAMES_OPENSSL : CY_NAMES_RFC4514;
  r->separators = racf ? "." : ",;";
  r->escapes = !racf;
}

static int hex_digit(char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  c = (char)(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int hex_pair(const char *p)
{
  int high = hex_digit(p[0]), low = high < 0 ? -1 : hex_digit(p[1]);
  return low < 0 ? -1 : high << 4 | low;
}

/* \, or \2C; before anything else the backslash is a character like others (DOMAIN\user). */
static void read_escape(reader *r, cy_buf *value)
{
  int byte = hex_pair(r->p + 1);
  if (byte >= 0) {
    cy_buf_u8(value, (uint8_t)byte);
    r->p += 3;
  } else if (r->p[1] && strchr(",+\"\\<>;#= /", r->p[1])) {
    cy_buf_u8(value, (uint8_t)r->p[1]);
    r->p += 2;
  } else {
    cy_buf_u8(value, '\\');
    r->p++;
  }
}

static cy_err *read_quoted(reader *r, cy_buf *value)
{
  const char *start = r->p++;
  while (*r->p && *r->p != '"') {
    if (*r->p == '\\')
      read_escape(r, value);
    else
      cy_buf_u8(value, (uint8_t)*r->p++);
  }
  if (*r->p != '"')
    return wrong(r, start, "a quotation mark that is not closed");
  r->p = skip_blanks(r->p + 1);
  if (!ends_here(r, r->p))
    return wrong(r, r->p, "something behind the closing quotation mark");
  return NULL;
}

/* OpenSSL's old form writes bytes as \xC3; on its command line \/ and \+ are no separators. */
static void read_plain(reader *r, cy_buf *value)
{
  bool slash = r->notation == CY_NAMES_OPENSSL_OLD && r->p[0] == '\\';
  int byte = slash && r->p[1] == 'x' ? hex_pair(r->p + 2) : -1;
  if (slash && (r->p[1] == '/' || r->p[1] == '+')) {
    cy_buf_u8(value, (uint8_t)r->p[1]);
    r->p += 2;
  } else if (byte >= 0) {
    cy_buf_u8(value, (uint8_t)byte);
    r->p += 4;
  } else {
    cy_buf_u8(value, (uint8_t)*r->p++);
  }
}

/* A comma with nothing behind it, or another one: a slip, not a part of the value. */
static bool is_stray(const reader *r, const char *p)
{
  if (!r->escapes || (*p != ',' && *p != ';'))
    return false;
  char next = *skip_blanks(p + 1);
  return next == 0 || next == ',' || next == ';';
}

static cy_err *read_text(reader *r, cy_buf *value)
{
  size_t keep = 0; /* blanks up to here were escaped, or have something behind them */
  r->p = r->escapes ? skip_blanks(r->p) : r->p;
  if (r->escapes && *r->p == '"')
    return read_quoted(r, value);
  while (!ends_here(r, r->p)) {
    bool blank = *r->p == ' ';
    if (is_stray(r, r->p))
      return wrong(r, r->p, "nothing between this separator and the next");
    if (r->escapes && *r->p == '\\')
      read_escape(r, value);
    else
      read_plain(r, value);
    keep = blank && r->escapes ? keep : value->len;
  }
  value->len = value->failed ? value->len : keep;
  return NULL;
}

/* #hex of one value with tag and length, as RFC 4514 2.4 has it. */
static bool read_hex(reader *r, cy_buf *value)
{
  const char *p = skip_blanks(r->p);
  cy_parse parse = {0};
  int byte;
  if (*p++ != '#')
    return false;
  while ((byte = hex_pair(p)) >= 0) {
    cy_buf_u8(value, (uint8_t)byte);
    p += 2;
  }
  p = skip_blanks(p);
  cy_cur cur = cy_cur_begin(&parse, cy_buf_get(value));
  cy_der_next(&cur);
  cy_cur_end(&cur);
  if (!value->len || !cy_cur_ok(&cur) || !ends_here(r, p)) {
    cy_buf_reset(value);
    return false;
  }
  r->p = p;
  return true;
}

static bool is_ascii(cy_span s)
{
  for (size_t i = 0; i < s.len; i++)
    if (s.data[i] & 0x80)
      return false;
  return true;
}

static uint8_t string_type(cy_oid type, cy_span value)
{
  if (!is_ascii(value))
    return CY_DER_UTF8_STRING;
  switch (type) {
  case CY_OID_C:
  case CY_OID_SERIAL_NUMBER:
  case CY_OID_DN_QUALIFIER:
  case CY_OID_JURISDICTION_C:
    return CY_DER_PRINTABLE_STRING;
  case CY_OID_EMAIL:
  case CY_OID_DC:
  case CY_OID_MAIL:
    return CY_DER_IA5_STRING;
  default:
    return CY_DER_UTF8_STRING;
  }
}

static unsigned rank_of(cy_oid type)
{
  switch (type) {
  case CY_OID_C:
  case CY_OID_DC:
    return 1;
  case CY_OID_ST:
  case CY_OID_L:
  case CY_OID_STREET:
  case CY_OID_POSTAL_CODE:
    return 2;
  case CY_OID_O:
    return 3;
  case CY_OID_OU:
    return 4;
  case CY_OID_CN:
  case CY_OID_UID:
  case CY_OID_EMAIL:
    return 5;
  default:
    return 0;
  }
}

/* SERIALNUMBER=4C:D0:49: two hex digits, colons, at least two octets. */
static bool take_serial(reader *r, cy_oid type, cy_span value)
{
  if (type !=
    CY_OID_SERIAL_NUMBER || value.len < 5 || value.len % 3 != 2 || value.len / 3 >= sizeof r->how.serial)
    return false;
  char text[3 * sizeof r->how.serial + 1] = {0};
  memcpy(text, value.data, value.len);
  for (size_t i = 0; i < value.len; i += 3)
    if (hex_pair(text + i) < 0 || (text[i + 2] && text[i + 2] != ':'))
      return false;
  for (size_t i = 0; i < value.len; i += 3)
    r->how.serial[r->how.serial_len++] = (uint8_t)hex_pair(text + i);
  r->notation = CY_NAMES_MQ;
  return true;
}

static cy_err *unknown_type(const reader *r, const char *at, cy_span word)
{
  char text[64] = {0};
  memcpy(text, word.data, word.len < sizeof text ? word.len : sizeof text - 1);
  static const char *const usual[] = {"CN", "OU", "O", "L", "ST", "C", "DC", "UID", "STREET",
    "emailAddress", "MAIL",
    "serialNumber", "postalCode", "title", "givenName", "surname", "UNSTRUCTUREDNAME", "UNSTRUCTUREDADDRESS"};
  cy_nearest near = CY_NEAREST(text);
  for (size_t i = 0; i < CY_COUNT(usual); i++)
    cy_nearest_try(&near, usual[i]);
  cy_err *err = wrong(r, at, "this is no type of a name's part");
  return near.best ? cy_err_hint(err, "Did you mean %s=?", near.best) : err;
}

/* One AttributeTypeAndValue. */
static cy_err *read_part(reader *r, bool joined)
{
  CY_CLEAN(cy_buf) type = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) value = CY_BUF_TEXT;
  const char *start = skip_blanks(r->p);
  cy_span word;
  r->p = keyword_end(start, &word);
  if (!r->p) {
    r->p = start;
    return wrong(r, start, "KEYWORD= is expected here");
  }
  if (!put_type(&type, word))
    return unknown_type(r, start, word);
  if (r->count >= PARTS)
    return wrong(r, start, "more parts than any name has");
  bool hex = read_hex(r, &value);
  if (!hex)
    CY_TRY(read_text(r, &value));
  cy_oid oid = cy_oid_find(cy_buf_get(&type));
  if (!hex && !cy_utf8_valid(cy_buf_get(&value)))
    return wrong(r, start, "the value is no UTF-8");
  if (!hex && take_serial(r, oid, cy_buf_get(&value)))
    return NULL;
  size_t at = cy_der_begin(&r->der);
  cy_der_put(&r->der, CY_DER_OID, cy_buf_get(&type));
  if (hex)
    cy_buf_span(&r->der, cy_buf_get(&value));
  else
    cy_der_put(&r->der, string_type(oid, cy_buf_get(&value)), cy_buf_get(&value));
  cy_der_end(&r->der, at, CY_DER_SEQUENCE);
  r->parts[r->count++] = (part){at, r->der.len - at, joined && r->count, rank_of(oid)};
  return cy_buf_check(&value);
}

static cy_err *read_parts(reader *r)
{
  bool joined = false;
  if (!*skip_blanks(r->p))
    return NULL;
  for (;;) {
    CY_TRY(read_part(r, joined));
    if (!*r->p)
      return NULL;
    joined = *r->p++ == '+';
  }
}

/* C first is the order of the encoding. */
static bool is_reversed(const reader *r)
{
  unsigned first = 0, last = 0;
  if (r->notation == CY_NAMES_OPENSSL || r->notation == CY_NAMES_OPENSSL_OLD)
    return false;
  for (size_t i = 0; i < r->count; i++) {
    last = r->parts[i].rank ? r->parts[i].rank : last;
    first = first ? first : last;
  }
  return first >= last;
}

static int compare_der(const reader *r, const part *a, const part *b)
{
  size_t len = a->len < b->len ? a->len : b->len;
  int order = memcmp(r->der.data + a->at, r->der.data + b->at, len);
  return order ? order : (a->len > b->len) - (a->len < b->len);
}

/* One RDN: DER wants the parts of a SET in the order of their encodings. */
static void put_rdn(cy_buf *der, const reader *r, part *parts, size_t count)
{
  size_t at = cy_der_begin(der);
  for (size_t i = 1; i < count; i++)
    for (size_t k = i; k > 0 && compare_der(r, &parts[k - 1], &parts[k]) > 0; k--) {
      part swap = parts[k];
      parts[k] = parts[k - 1];
      parts[k - 1] = swap;
    }
  for (size_t i = 0; i < count; i++)
    cy_buf_put(der, r->der.data + parts[i].at, parts[i].len);
  cy_der_end(der, at, CY_DER_SET);
}

static size_t group_end(const reader *r, size_t first)
{
  size_t end = first + 1;
  while (end < r->count && r->parts[end].joined)
    end++;
  return end;
}

static void put_name(cy_buf *der, reader *r)
{
  size_t name = cy_der_begin(der);
  size_t starts[PARTS + 1], groups = 0;
  for (size_t i = 0; i < r->count; i = group_end(r, i))
    starts[groups++] = i;
  starts[groups] = r->count;
  for (size_t i = 0; i < groups; i++) {
    size_t g = r->how.reversed ? groups - 1 - i : i;
    put_rdn(der, r, r->parts + starts[g], starts[g + 1] - starts[g]);
  }
  cy_der_end(der, name, CY_DER_SEQUENCE);
}

cy_err *cy_name_parse_as(cy_buf *der, cy_name_reading *how, const char *text)
{
  reader whole = {.text = text, .der = CY_BUF_TEXT}, *r = &whole;
  look(r);
  cy_err *err = read_parts(r);
  r->how.notation = r->notation;
  r->how.reversed = is_reversed(r);
  if (!err)
    err = cy_buf_check(&r->der);
  if (!err)
    put_name(der, r);
  if (how)
    *how = r->how;
  cy_buf_clear(&r->der);
  return err ? err : cy_buf_check(der);
}

cy_err *cy_name_parse(cy_buf *der, const char *text)
{
  return cy_name_parse_as(der, NULL, text);
}
