#include "identity/address_pattern.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "base/text.h"
#include "identity/codes.h"

/* Generic names. */

bool cy_generic_is(const char *pattern)
{
  return strchr(pattern, '*') != NULL;
}

/* The usual walk: the last asterisk takes one character more whenever the rest does not fit. */
bool cy_generic_match(const char *pattern, const char *name)
{
  const char *star = NULL, *from = NULL;
  while (*name) {
    if (*pattern == '*') {
      star = pattern++;
      from = name;
    } else if (*pattern == *name) {
      pattern++;
      name++;
    } else if (star) {
      pattern = star + 1;
      name = ++from;
    } else {
      return false;
    }
  }
  while (*pattern == '*')
    pattern++;
  return *pattern == 0;
}

static size_t stars(const char *pattern)
{
  size_t count = 0;
  for (; *pattern; pattern++)
    count += *pattern == '*';
  return count;
}

int cy_generic_compare(const char *a, const char *b)
{
  size_t left = strcspn(a, "*"), right = strcspn(b, "*");
  bool left_open = a[left] != 0, right_open = b[right] != 0;
  if (left_open != right_open)
    return left_open ? 1 : -1;
  if (!left_open)
    return 0;
  if (left != right)
    return left > right ? -1 : 1;
  size_t left_rest = strlen(a + left), right_rest = strlen(b + right);
  size_t left_text = left_rest - stars(a), right_text = right_rest - stars(b);
  if (left_text != right_text)
    return left_text > right_text ? -1 : 1;
  return left_rest == right_rest ? 0 : left_rest < right_rest ? -1 : 1;
}

/* Addresses. */

static cy_err *wrong(const char *text, const char *what)
{
  return cy_err_new(CY_E_IDENTITY_ADDRESS, "%s: %s", text, what);
}

/* One part: *, a number, or two with a hyphen. */
static cy_err *read_part(cy_address_pattern *out, const char *text, const char *p, size_t len)
{
  int base = out->kind == CY_ADDRESS_V4 ? 10 : 16;
  unsigned long most = out->kind == CY_ADDRESS_V4 ? 255 : 0xffff;
  char *end;
  unsigned at = out->count;
  if (at == (out->kind == CY_ADDRESS_V4 ? 4 : 8))
    return wrong(text, "it has too many parts");
  if (len == 1 && *p == '*') {
    out->parts[out->count++].any = true;
    return NULL;
  }
  if (len == 0 || len > 9 || strchr(" +-", *p))
    return wrong(text, "a part is empty; every part is written out, or one * stands for several");
  unsigned long low = strtoul(p, &end, base), high = low;
  if (end > p && *end == '-' && end + 1 < p + len)
    high = strtoul(end + 1, &end, base);
  if (end != p + len)
    return wrong(text, "a part is neither a number nor a range such as 1-8 nor *");
  if (low > most || high > most || low > high)
    return wrong(text, "a number is out of range");
  out->parts[at].low = (uint16_t)low;
  out->parts[at].high = (uint16_t)high;
  out->count++;
  return NULL;
}

/* An asterisk in place of several parts: as many as are missing. */
static cy_err *fill_up(cy_address_pattern *out, const char *text)
{
  unsigned whole = out->kind == CY_ADDRESS_V4 ? 4 : 8, missing = whole - out->count, any = 0;
  for (unsigned i = 0; i < out->count; i++)
    any += out->parts[i].any;
  out->star = whole;
  for (unsigned i = out->count; i-- > 0;)
    if (out->parts[i].any) {
      out->star = i;
      out->after = out->count - 1 - i;
    }
  if (missing && any != 1)
    return wrong(text, "it has too few parts: exactly one * can stand for those that are missing");
  if (!missing)
    return NULL;
  memmove(&out->parts[out->star + missing], &out->parts[out->star],
    (out->count - out->star) * sizeof out->parts[0]);
  for (unsigned i = 0; i < missing; i++)
    out->parts[out->star + i] = out->parts[out->star + missing];
  out->count = whole;
  return NULL;
}

static cy_address_kind kind_of(const char *text)
{
  if (strcmp(text, "*") == 0)
    return CY_ADDRESS_ANY;
  if (strchr(text, ':'))
    return CY_ADDRESS_V6;
  return text[strspn(text, "0123456789.*-")] == 0 ? CY_ADDRESS_V4 : CY_ADDRESS_HOST;
}

cy_err *cy_address_pattern_parse(cy_address_pattern *out, const char *text)
{
  *out = (cy_address_pattern){.kind = kind_of(text)};
  const char *divider = out->kind == CY_ADDRESS_V4 ? "." : ":";
  if (!*text)
    return wrong("''", "there is no address");
  if (out->kind == CY_ADDRESS_ANY || out->kind == CY_ADDRESS_HOST)
    return NULL;
  for (const char *p = text;;) {
    size_t len = strcspn(p, divider);
    CY_TRY(read_part(out, text, p, len));
    if (!p[len])
      break;
    p += len + 1;
  }
  return fill_up(out, text);
}

/* The numbers of an address; IPv4 inside of IPv6 is IPv4. 0: it is none. */
static unsigned read_address(const char *text, uint16_t parts[8])
{
  struct in_addr four;
  struct in6_addr six;
  static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
  const uint8_t *octets = (const uint8_t *)&four;
  bool is4 = inet_pton(AF_INET, text, &four) == 1;
  if (!is4 && inet_pton(AF_INET6, text, &six) == 1) {
    if (memcmp(six.s6_addr, mapped, sizeof mapped) == 0) {
      is4 = true;
      octets = six.s6_addr + 12;
    } else {
      for (size_t i = 0; i < 8; i++)
        parts[i] = (uint16_t)(six.s6_addr[2 * i] << 8 | six.s6_addr[2 * i + 1]);
      return 8;
    }
  }
  for (unsigned i = 0; is4 && i < 4; i++)
    parts[i] = octets[i];
  return is4 ? 4 : 0;
}

bool cy_address_is(const char *text)
{
  uint16_t parts[8];
  return read_address(text, parts) > 0;
}

cy_fits cy_address_pattern_fits(const cy_address_pattern *pattern, const char *text, const char *address)
{
  uint16_t parts[8];
  if (pattern->kind == CY_ADDRESS_ANY)
    return CY_FITS_YES;
  if (!address)
    return CY_FITS_MAYBE;
  unsigned count = read_address(address, parts);
  if (pattern->kind == CY_ADDRESS_HOST) {
    bool same = !count && cy_ascii_equal_nocase(cy_span_str(text), cy_span_str(address));
    return same || (!count && cy_generic_is(text) && cy_generic_match(text, address)) ? CY_FITS_YES
           : count                                                                    ? CY_FITS_MAYBE
                                                                                      : CY_FITS_NO;
  }
  if (!count)
    return CY_FITS_MAYBE;
  if (count != pattern->count)
    return CY_FITS_NO;
  for (unsigned i = 0; i < count; i++)
    if (!pattern->parts[i].any && (parts[i] < pattern->parts[i].low || parts[i] > pattern->parts[i].high))
      return CY_FITS_NO;
  return CY_FITS_YES;
}

static int compare_ranges(const cy_address_pattern *a, const cy_address_pattern *b)
{
  for (unsigned i = 0; i < a->count && i < b->count; i++) {
    unsigned left = a->parts[i].any ? 0x10000 : (unsigned)(a->parts[i].high - a->parts[i].low);
    unsigned right = b->parts[i].any ? 0x10000 : (unsigned)(b->parts[i].high - b->parts[i].low);
    if (left != right)
      return left < right ? -1 : 1;
  }
  return 0;
}

static int rank(const cy_address_pattern *p)
{
  return p->kind == CY_ADDRESS_ANY ? 2 : p->kind == CY_ADDRESS_HOST ? 1 : 0;
}

int cy_address_pattern_compare(
  const cy_address_pattern *a, const char *a_text, const cy_address_pattern *b, const char *b_text)
{
  if (rank(a) != rank(b))
    return rank(a) - rank(b);
  if (a->kind == CY_ADDRESS_HOST)
    return cy_generic_compare(a_text, b_text);
  bool left_open = a->star < a->count, right_open = b->star < b->count;
  if (left_open != right_open)
    return left_open ? 1 : -1;
  if (left_open && a->star != b->star)
    return a->star > b->star ? -1 : 1;
  if (left_open && a->after != b->after)
    return a->after > b->after ? -1 : 1;
  return compare_ranges(a, b);
}
