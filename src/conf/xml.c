#include "conf/xml.h"

#include "base/cursor.h"
#include "base/mem.h"
#include "base/text.h"
#include "conf/codes.h"

enum { MAX_BYTES = 16 << 20, MAX_ELEMENTS = 500000, MAX_ATTRIBUTES = 200 };

typedef struct {
  const char *file;
  const uint8_t *p, *end;
  size_t line;
  unsigned depth;
  size_t elements;
} reader;

static cy_err *wrong(const reader *in, size_t line, const char *what)
{
  return cy_err_new(CY_E_CONF_MALFORMED, "%s:%zu: %s", in->file, line, what);
}

static bool at(const reader *in, const char *word)
{
  size_t len = strlen(word);
  return (size_t)(in->end - in->p) >= len && memcmp(in->p, word, len) == 0;
}

static void skip(reader *in, size_t len)
{
  for (; len; len--)
    in->line += *in->p++ == '\n';
}

static bool is_space(uint8_t c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_space(reader *in)
{
  while (in->p < in->end && is_space(*in->p))
    skip(in, 1);
}

/* Passes `opens` and all up to and with `closes`; the part between is *inside. */
static cy_err *skip_until(reader *in, const char *opens, const char *closes, cy_span *inside)
{
  size_t line = in->line;
  skip(in, strlen(opens));
  const uint8_t *start = in->p;
  while (in->p < in->end && !at(in, closes))
    skip(in, 1);
  if (in->p == in->end)
    return cy_err_new(CY_E_CONF_MALFORMED, "%s:%zu: what begins with %s is not closed with %s", in->file,
      line, opens, closes);
  *inside = cy_span_of(start, (size_t)(in->p - start));
  skip(in, strlen(closes));
  return NULL;
}

/* What may stand before and after the root, and between elements: comments and instructions. *was is false
 * when there was none. */
static cy_err *skip_misc(reader *in, bool *was)
{
  cy_span inside;
  *was = true;
  if (at(in, "<!--"))
    return skip_until(in, "<!--", "-->", &inside);
  if (at(in, "<?"))
    return skip_until(in, "<?", "?>", &inside);
  if (at(in, "<!DOCTYPE"))
    return wrong(in, in->line,
      "a document type: with one, XML files can reach outside of themselves, so it "
      "is not read; take the <!DOCTYPE ...> out");
  *was = false;
  return NULL;
}

static bool is_name(uint8_t c)
{
  return c > 0x7f || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         c == '_' || c == ':' || c == '-' || c == '.';
}

static cy_err *read_name(reader *in, char **name)
{
  const uint8_t *start = in->p;
  while (in->p < in->end && is_name(*in->p))
    in->p++;
  if (in->p == start || *start == '-' || *start == '.' || (*start >= '0' && *start <= '9'))
    return wrong(in, in->line, "a name was expected here");
  *name = cy_strndup((const char *)start, (size_t)(in->p - start));
  return *name ? NULL : cy_err_no_memory();
}

/* &#65; or &#x41; : the number, or -1. */
static int64_t character(cy_span name)
{
  bool hex = name.len > 1 && name.data[1] == 'x';
  int64_t code = 0;
  for (size_t i = hex ? 2 : 1; i < name.len; i++) {
    uint8_t c = (uint8_t)cy_ascii_lower((char)name.data[i]);
    int digit = c >= '0' && c <= '9' ? c - '0' : hex && c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0 || (code = code * (hex ? 16 : 10) + digit) > 0x10ffff)
      return -1;
  }
  return name.len > (hex ? 2u : 1u) && code > 0 && (code < 0xd800 || code > 0xdfff) ? code : -1;
}

static cy_err *read_entity(reader *in, cy_buf *out)
{
  static const struct {
    const char *name;
    char c;
  } named[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
  size_t line = in->line, len = 1;
  while (len < 12 && in->p + len < in->end && in->p[len] != ';')
    len++;
  cy_span name = cy_span_of(in->p + 1, len - 1);
  if (in->p + len >= in->end || in->p[len] != ';')
    return wrong(in, line, "an & that begins no entity: write &amp; for the character itself");
  skip(in, len + 1);
  for (size_t i = 0; i < CY_COUNT(named); i++)
    if (cy_span_equal(name, cy_span_str(named[i].name))) {
      cy_buf_u8(out, (uint8_t)named[i].c);
      return NULL;
    }
  int64_t code = name.len && name.data[0] == '#' ? character(name) : -1;
  if (code < 0)
    return cy_err_new(CY_E_CONF_MALFORMED, "%s:%zu: &%.*s; is an entity that is not known here", in->file,
      line, (int)name.len, name.data);
  cy_utf8_put(out, (uint32_t)code);
  return NULL;
}

static cy_err *read_value(reader *in, char **value)
{
  CY_CLEAN(cy_buf) buf = CY_BUF(MAX_BYTES);
  size_t line = in->line;
  uint8_t quote = in->p < in->end ? *in->p : 0;
  if (quote != '"' && quote != '\'')
    return wrong(in, line, "the value of an attribute stands in quotes");
  skip(in, 1);
  while (in->p < in->end && *in->p != quote) {
    if (*in->p == '<')
      return wrong(in, in->line, "a < inside of an attribute: is its quote closed?");
    if (*in->p == '&') {
      CY_TRY(read_entity(in, &buf));
    } else {
      cy_buf_u8(&buf, is_space(*in->p) ? ' ' : *in->p);
      skip(in, 1);
    }
  }
  if (in->p == in->end)
    return wrong(in, line, "an attribute's quote is not closed");
  skip(in, 1);
  CY_TRY(cy_buf_check(&buf));
  *value = cy_strdup(cy_buf_cstr(&buf));
  return *value ? NULL : cy_err_no_memory();
}

static cy_err *read_attribute(reader *in, cy_xml_element *element)
{
  if (element->attribute_count == MAX_ATTRIBUTES)
    return wrong(in, in->line, "an element with too many attributes");
  if (!cy_grow(&element->attributes, &element->attribute_cap, element->attribute_count + 1,
        sizeof *element->attributes))
    return cy_err_no_memory();
  cy_xml_attribute *attribute = &element->attributes[element->attribute_count];
  *attribute = (cy_xml_attribute){.line = in->line};
  element->attribute_count++;
  CY_TRY(read_name(in, &attribute->name));
  CY_TRY_ALLOC(attribute->name);
  for (size_t i = 0; i + 1 < element->attribute_count; i++)
    if (strcmp(element->attributes[i].name, attribute->name) == 0)
      return cy_err_new(CY_E_CONF_MALFORMED, "%s:%zu: the attribute %s stands twice in one element",
        in->file, attribute->line, attribute->name);
  skip_space(in);
  if (!at(in, "="))
    return wrong(in, in->line, "= was expected after the name of an attribute");
  skip(in, 1);
  skip_space(in);
  return read_value(in, &attribute->value);
}

static void element_free(cy_xml_element *element)
{
  if (!element)
    return;
  for (size_t i = 0; i < element->attribute_count; i++) {
    cy_free(element->attributes[i].name);
    cy_free(element->attributes[i].value);
  }
  for (size_t i = 0; i < element->child_count; i++)
    element_free(element->children[i]);
  cy_free(element->attributes);
  cy_free(element->children);
  cy_free(element->name);
  cy_free(element->text);
  cy_free(element);
}

static cy_err *read_element(reader *in, cy_xml_element **out);

static cy_err *read_child(reader *in, cy_xml_element *element)
{
  if (!cy_grow(&element->children, &element->child_cap, element->child_count + 1, sizeof(cy_xml_element *)))
    return cy_err_no_memory();
  element->children[element->child_count] = NULL;
  cy_err *err = read_element(in, &element->children[element->child_count]);
  element->child_count += element->children[element->child_count] != NULL;
  return err;
}

static cy_err *set_text(cy_xml_element *element, cy_buf *text)
{
  cy_span s = cy_buf_get(text);
  CY_TRY(cy_buf_check(text));
  while (s.len && is_space(s.data[0]))
    s = cy_span_of(s.data + 1, s.len - 1);
  while (s.len && is_space(s.data[s.len - 1]))
    s.len--;
  if (!s.len)
    return NULL;
  element->text = cy_strndup((const char *)s.data, s.len);
  return element->text ? NULL : cy_err_no_memory();
}

/* One thing between the tags. */
static cy_err *read_part(reader *in, cy_xml_element *element, cy_buf *text)
{
  cy_span inside = CY_SPAN_NONE;
  bool was;
  if (at(in, "<![CDATA[")) {
    CY_TRY(skip_until(in, "<![CDATA[", "]]>", &inside));
    cy_buf_span(text, inside);
    return NULL;
  }
  CY_TRY(skip_misc(in, &was));
  if (was)
    return NULL;
  if (*in->p == '<')
    return read_child(in, element);
  if (*in->p == '&')
    return read_entity(in, text);
  cy_buf_u8(text, *in->p);
  skip(in, 1);
  return NULL;
}

static cy_err *read_content(reader *in, cy_xml_element *element)
{
  CY_CLEAN(cy_buf) text = CY_BUF(MAX_BYTES);
  CY_AUTO_STR char *name = NULL;
  while (in->p < in->end && !at(in, "</"))
    CY_TRY(read_part(in, element, &text));
  if (in->p == in->end)
    return cy_err_new(
      CY_E_CONF_MALFORMED, "%s:%zu: <%s> is not closed", in->file, element->line, element->name);
  skip(in, 2);
  CY_TRY(read_name(in, &name));
  CY_TRY_ALLOC(name);
  if (strcmp(name, element->name) != 0)
    return cy_err_new(CY_E_CONF_MALFORMED, "%s:%zu: </%s> closes nothing: <%s> of line %zu is open",
      in->file, in->line, name, element->name, element->line);
  skip_space(in);
  if (!at(in, ">"))
    return wrong(in, in->line, "> was expected");
  skip(in, 1);
  return set_text(element, &text);
}

/* *out is set as soon as there is anything, also on error. */
static cy_err *read_element(reader *in, cy_xml_element **out)
{
  if (in->depth >= CY_MAX_DEPTH || ++in->elements > MAX_ELEMENTS)
    return wrong(in, in->line, "elements too deep in one another, or too many");
  cy_xml_element *element = *out = cy_calloc(1, sizeof *element);
  CY_TRY_ALLOC(element);
  element->line = in->line;
  skip(in, 1);
  CY_TRY(read_name(in, &element->name));
  skip_space(in);
  while (in->p < in->end && is_name(*in->p)) {
    CY_TRY(read_attribute(in, element));
    skip_space(in);
  }
  if (at(in, "/>")) {
    skip(in, 2);
    return NULL;
  }
  if (!at(in, ">"))
    return wrong(in, in->line, "neither an attribute nor the end of a tag");
  skip(in, 1);
  in->depth++;
  cy_err *err = read_content(in, element);
  in->depth--;
  return err;
}

static cy_err *read_document(reader *in, cy_xml *out)
{
  bool more = true;
  while (more) {
    skip_space(in);
    CY_TRY(skip_misc(in, &more));
  }
  if (!at(in, "<"))
    return wrong(in, in->line, "an element was expected here");
  CY_TRY(read_element(in, &out->root));
  for (more = true; more;) {
    skip_space(in);
    CY_TRY(skip_misc(in, &more));
  }
  return in->p == in->end ? NULL : wrong(in, in->line, "there is more after the outermost element");
}

cy_err *cy_xml_parse(cy_xml *out, const char *file, cy_span text)
{
  bool mark = text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0;
  *out = (cy_xml){NULL};
  if (text.len > MAX_BYTES)
    return cy_err_new(
      CY_E_CONF_MALFORMED, "%s: %zu bytes; XML files above 16 MB are not read", file, text.len);
  if (!cy_utf8_valid(text) || (text.len && memchr(text.data, 0, text.len)))
    return cy_err_new(CY_E_CONF_MALFORMED, "%s: bytes that are no UTF-8 text", file);
  if (!text.len)
    return cy_err_new(CY_E_CONF_MALFORMED, "%s:1: the file is empty", file);
  reader in = {.file = file, .p = text.data + (mark ? 3 : 0), .end = text.data + text.len, .line = 1};
  cy_err *err = read_document(&in, out);
  if (err)
    cy_xml_clear(out);
  return err;
}

void cy_xml_clear(cy_xml *xml)
{
  element_free(xml->root);
  *xml = (cy_xml){NULL};
}

const cy_xml_attribute *cy_xml_attribute_find(const cy_xml_element *element, const char *name, bool fold)
{
  for (size_t i = 0; i < element->attribute_count; i++) {
    const cy_xml_attribute *a = &element->attributes[i];
    if (strcmp(a->name, name) == 0 ||
        (fold && cy_ascii_equal_nocase(cy_span_str(a->name), cy_span_str(name))))
      return a;
  }
  return NULL;
}
