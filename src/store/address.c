#include "store/address.h"

#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/codes.h"

void cy_address_clear(cy_address *address)
{
  cy_free(address->given);
  cy_free(address->kind);
  cy_free(address->path);
  cy_free(address->selector.text);
  *address = (cy_address){0};
}

static cy_err *bad(const char *given, const char *why)
{
  return cy_err_new(CY_E_ADDRESS_BAD, "%s: %s", given, why);
}

/* The length of a `kind:` prefix without its colon. One letter is a drive of another system. */
static size_t kind_len(const char *text)
{
  size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789");
  return text[n] == ':' && n >= 2 ? n : 0;
}

static bool is_there(const char *path)
{
  struct stat st;
  return lstat(path, &st) == 0;
}

/* Labels may look like other selectors, so some more than '#' can be written as %XX in them. */
static const struct {
  char code[3];
  char c;
} escapes[] = {{"23", '#'}, {"25", '%'}, {"40", '@'}, {"3d", '='}};

static char escape_at(const char *s, size_t count)
{
  for (size_t i = 0; s[0] == '%' && i < count; i++)
    if (cy_ascii_lower(s[1]) == escapes[i].code[0] && cy_ascii_lower(s[2]) == escapes[i].code[1])
      return escapes[i].c;
  return 0;
}

/* Undoes the first `count` kinds of escapes. */
static cy_err *unescape(char **out, const char *text, size_t count)
{
  CY_CLEAN(cy_buf) buf = CY_BUF_TEXT;
  while (*text) {
    char c = escape_at(text, count);
    cy_buf_u8(&buf, (uint8_t)(c ? c : *text));
    text += c ? 3 : 1;
  }
  *out = cy_buf_take_str(&buf);
  CY_TRY_ALLOC(*out);
  return NULL;
}

static int hex_value(char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  c = cy_ascii_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Hex, also with a colon between octets as fingerprints are shown. */
static cy_err *parse_hex(cy_selector *out, const char *hex, size_t min, size_t max, const char *given)
{
  size_t n = 0;
  while (*hex) {
    int high = hex_value(hex[0]), low = high < 0 ? -1 : hex_value(hex[1]);
    if (low < 0)
      return bad(given, "octets are written as pairs of hexadecimal digits");
    if (n == max)
      return bad(given, "too many octets");
    out->bytes[n++] = (uint8_t)(high << 4 | low);
    hex += 2;
    if (hex[0] == ':' && hex[1])
      hex++;
  }
  if (n < min)
    return bad(given, min > 1 ? "a fingerprint needs at least 4 octets" : "no octets follow the =");
  out->len = n;
  return NULL;
}

static cy_err *parse_position(cy_selector *out, const char *digits, const char *given)
{
  for (; *digits; digits++) {
    if (out->position > (SIZE_MAX - 9) / 10)
      return bad(given, "no store has that many entries");
    out->position = out->position * 10 + (size_t)(*digits - '0');
  }
  return out->position ? NULL : bad(given, "positions count from 1");
}

static cy_err *parse_selector(cy_selector *out, const char *text, const char *given)
{
  if (!*text)
    return bad(given, "nothing follows the #");
  if (text[0] == '@' && text[1] && !text[1 + strspn(text + 1, "0123456789")]) {
    out->kind = CY_SELECT_POSITION;
    return parse_position(out, text + 1, given);
  }
  if (cy_text_starts(text, "sha256=")) {
    out->kind = CY_SELECT_SHA256;
    return parse_hex(out, text + 7, 4, 32, given);
  }
  if (cy_text_starts(text, "id=")) {
    out->kind = CY_SELECT_ID;
    return parse_hex(out, text + 3, 1, sizeof out->bytes, given);
  }
  if (!cy_utf8_valid(cy_span_str(text)))
    return bad(given, "a label is text in UTF-8");
  out->kind = CY_SELECT_LABEL;
  return unescape(&out->text, text, CY_COUNT(escapes));
}

static cy_err *set_path(cy_address *out, const char *path, const char *home)
{
  out->path = cy_path_expand(path, home);
  CY_TRY_ALLOC(out->path);
  return NULL;
}

/* true, and out->path set, when there is a file of this literal name. */
static cy_err *try_literal(bool *found, cy_address *out, const char *path, const char *home)
{
  CY_TRY(set_path(out, path, home));
  *found = is_there(out->path);
  if (!*found) {
    cy_free(out->path);
    out->path = NULL;
  }
  return NULL;
}

static cy_err *set_kind(cy_address *out, const char *text, size_t len)
{
  out->kind = cy_strndup(text, len);
  CY_TRY_ALLOC(out->kind);
  return NULL;
}

/* Everything before the selector: kind and path. */
static cy_err *parse_place(cy_address *out, const char *text, const char *home)
{
  bool found;
  CY_TRY(try_literal(&found, out, text, home));
  if (found)
    return NULL;
  size_t n = kind_len(text);
  if (n) {
    CY_TRY(set_kind(out, text, n));
    text += n + 1;
    CY_TRY(try_literal(&found, out, text, home));
    if (found)
      return NULL;
  } else if (!*text) {
    return bad(out->given, "the path is empty");
  }
  CY_AUTO_STR char *plain = NULL;
  CY_TRY(unescape(&plain, text, 1));
  return set_path(out, plain, home);
}

/* URIs are not paths: nothing in them is expanded or undone here. */
static cy_err *parse_uri(cy_address *out, const char *text, size_t n)
{
  CY_TRY(set_kind(out, text, n));
  const char *hash = strcmp(out->kind, "pkcs11") == 0 ? NULL : strrchr(text, '#');
  const char *rest = text + n + 1;
  out->path = cy_strndup(rest, hash ? (size_t)(hash - rest) : strlen(rest));
  CY_TRY_ALLOC(out->path);
  return hash ? parse_selector(&out->selector, hash + 1, out->given) : NULL;
}

static cy_err *parse_path(cy_address *out, const char *text, const char *home)
{
  bool found = false;
  const char *hash = strrchr(text, '#');
  size_t n = kind_len(text);
  if (!hash)
    return parse_place(out, text, home);
  CY_TRY(try_literal(&found, out, text, home));
  if (found)
    return NULL;
  if (n) {
    CY_TRY(try_literal(&found, out, text + n + 1, home));
    if (found)
      return set_kind(out, text, n);
  }
  CY_AUTO_STR char *place = cy_strndup(text, (size_t)(hash - text));
  CY_TRY_ALLOC(place);
  CY_TRY(parse_place(out, place, home));
  return parse_selector(&out->selector, hash + 1, out->given);
}

cy_err *cy_address_parse(cy_address *out, const char *text, const char *home)
{
  *out = (cy_address){0};
  out->given = cy_strdup(text);
  cy_err *err = NULL;
  if (!out->given)
    err = cy_err_no_memory();
  else if (cy_text_starts(text, "pkcs11:") || cy_text_starts(text, "tls://"))
    err = parse_uri(out, text, kind_len(text));
  else
    err = parse_path(out, text, home);
  if (err)
    cy_address_clear(out);
  else
    out->is_stream = strcmp(out->path, "-") == 0;
  return err;
}

static void put_label(cy_buf *buf, const char *label)
{
  bool selector = cy_text_starts(label, "sha256=") || cy_text_starts(label, "id=");
  for (const char *s = label; *s; s++) {
    if (*s == '#')
      cy_buf_str(buf, "%23");
    else if (escape_at(s, CY_COUNT(escapes)))
      cy_buf_str(buf, "%25");
    else if (*s == '@' && s == label)
      cy_buf_str(buf, "%40");
    else if (*s == '=' && selector)
      cy_buf_str(buf, "%3D");
    else
      cy_buf_u8(buf, (uint8_t)*s);
  }
}

void cy_address_format(cy_buf *buf, const char *path, const char *label)
{
  /* A URI of a token has no '#' of its own. */
  for (const char *s = path; *s; s++)
    if (*s == '#')
      cy_buf_str(buf, "%23");
    else
      cy_buf_u8(buf, (uint8_t)*s);
  if (!label)
    return;
  cy_buf_u8(buf, '#');
  put_label(buf, label);
}
