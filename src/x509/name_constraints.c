#include "x509/name_constraints.h"

#include "base/der.h"
#include "base/mem.h"
#include "base/text.h"
#include "x509/host.h"
#include "x509/name.h"

enum { WORK_NAME = 60 }; /* comparing directory names brings both into a canonical form */

/* Reading */

static void note(cy_name_constraints *c, const char *what)
{
  if (!c->malformed)
    c->malformed = what;
}

static bool is_prefix_mask(cy_span mask)
{
  bool zero = false;
  for (size_t i = 0; i < mask.len * 8; i++) {
    bool bit = mask.data[i / 8] & (0x80 >> (i % 8));
    if (bit && zero)
      return false;
    zero = zero || !bit;
  }
  return true;
}

static void check_subtree(cy_name_constraints *c, const cy_general_name *base)
{
  cy_span v = base->value;
  if (base->kind == CY_GN_IP && v.len != 8 && v.len != 32)
    note(c, "an address without a mask of the same length");
  else if (base->kind == CY_GN_IP && !is_prefix_mask(cy_span_of(v.data + v.len / 2, v.len / 2)))
    note(c, "a mask with holes");
  if (base->kind == CY_GN_DNS && v.len && v.data[0] == '.')
    c->leading_dot = true;
  if (base->kind == CY_GN_URI && v.len && (memchr(v.data, '/', v.len) || memchr(v.data, ':', v.len)))
    note(c, "a URI subtree that is more than a host name");
}

/* GeneralSubtree ::= SEQUENCE { base, minimum [0] DEFAULT 0, maximum [1] OPTIONAL } */
static cy_err *read_subtree(cy_cur *list, cy_name_constraints *c, cy_general_names *names, unsigned *kinds)
{
  cy_general_name base;
  cy_span bound;
  cy_cur subtree = cy_der_enter(list, CY_DER_SEQUENCE);
  if (!cy_gn_read(&subtree, &base))
    return NULL;
  if (cy_der_take_if(&subtree, CY_DER_CONTEXT(0), &bound) && (bound.len != 1 || bound.data[0]))
    note(c, "a minimum other than 0");
  if (cy_der_take_if(&subtree, CY_DER_CONTEXT(1), &bound))
    note(c, "a maximum");
  cy_der_leave(&subtree);
  if (!cy_cur_ok(&subtree))
    return NULL;
  if (!cy_grow(&names->items, &names->cap, names->count + 1, sizeof(cy_general_name)))
    return cy_err_no_memory();
  names->items[names->count++] = base;
  *kinds |= 1u << base.kind;
  check_subtree(c, &base);
  return NULL;
}

static cy_err *read_subtrees(
  cy_cur *seq, int tag, cy_name_constraints *c, cy_general_names *names, unsigned *kinds)
{
  cy_cur list;
  if (!cy_der_enter_if(seq, (uint8_t)CY_DER_CONTEXT_CONSTRUCTED(tag), &list))
    return NULL;
  while (cy_cur_more(&list))
    CY_TRY(read_subtree(&list, c, names, kinds));
  cy_der_leave(&list);
  return NULL;
}

cy_err *cy_name_constraints_parse(cy_name_constraints *out, cy_span value)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, value);
  *out = (cy_name_constraints){0};
  cy_cur seq = cy_der_enter(&cur, CY_DER_SEQUENCE);
  cy_err *err = read_subtrees(&seq, 0, out, &out->permitted, &out->permitted_kinds);
  if (!err)
    err = read_subtrees(&seq, 1, out, &out->excluded, &out->excluded_kinds);
  cy_der_leave(&seq);
  cy_cur_end(&cur);
  if (!cy_cur_ok(&cur))
    note(out, parse.reason);
  if (err)
    cy_name_constraints_clear(out);
  return err;
}

void cy_name_constraints_clear(cy_name_constraints *c)
{
  cy_free(c->permitted.items);
  cy_free(c->excluded.items);
  *c = (cy_name_constraints){0};
}

/* Comparing */

static bool ends_with(cy_span text, cy_span end)
{
  return text.len >= end.len &&
         cy_ascii_equal_nocase(end, cy_span_of(text.data + text.len - end.len, end.len));
}

/* The host itself or anything under it; with a dot at the beginning only what is under it. */
static bool dns_within(cy_span name, cy_span base)
{
  if (!base.len)
    return true;
  if (!ends_with(name, base))
    return false;
  return name.len == base.len || base.data[0] == '.' || name.data[name.len - base.len - 1] == '.';
}

/* *.example.com may stand for what lies under it: does `base` lie there? */
static bool wildcard_reaches(cy_span name, cy_span base)
{
  if (name.len < 3 || name.data[0] != '*' || name.data[1] != '.')
    return false;
  return ends_with(base, cy_span_of(name.data + 1, name.len - 1));
}

static bool host_within(cy_span host, cy_span base)
{
  if (!base.len)
    return true;
  return base.data[0] == '.' ? host.len > base.len && ends_with(host, base)
                             : cy_ascii_equal_nocase(host, base);
}

static size_t at_sign(cy_span s)
{
  const uint8_t *p = s.len ? memrchr(s.data, '@', s.len) : NULL;
  return p ? (size_t)(p - s.data) : s.len;
}

/* A whole mailbox, a host, or with a dot at the beginning the hosts under it. */
static bool email_within(cy_span name, cy_span base)
{
  size_t at = at_sign(name), base_at = at_sign(base);
  cy_span host = cy_span_of(name.data + at + 1, name.len - at - 1);
  if (base_at == base.len)
    return host_within(host, base);
  bool same_local =
    base_at == 0 || cy_span_equal(cy_span_of(name.data, at), cy_span_of(base.data, base_at));
  return same_local &&
         cy_ascii_equal_nocase(host, cy_span_of(base.data + base_at + 1, base.len - base_at - 1));
}

static bool ip_within(cy_span ip, cy_span base)
{
  if (base.len != 2 * ip.len)
    return false;
  for (size_t i = 0; i < ip.len; i++)
    if ((ip.data[i] ^ base.data[i]) & base.data[ip.len + i])
      return false;
  return true;
}

static bool ends_authority(uint8_t c)
{
  return c == '/' || c == '?' || c == '#';
}

/* scheme://user@host:port/path: the host; empty when it has none or an address. */
static cy_span uri_host(cy_span uri)
{
  size_t at = 0;
  while (at + 2 < uri.len && memcmp(uri.data + at, "://", 3) != 0)
    at++;
  if (at + 2 >= uri.len)
    return CY_SPAN_NONE;
  cy_span rest = cy_span_of(uri.data + at + 3, uri.len - at - 3);
  size_t end = 0, start = 0;
  while (end < rest.len && !ends_authority(rest.data[end]))
    end++;
  for (size_t i = 0; i < end; i++)
    if (rest.data[i] == '@')
      start = i + 1;
  cy_span host = cy_span_of(rest.data + start, end - start);
  const uint8_t *port = host.len ? memchr(host.data, ':', host.len) : NULL;
  if (port)
    host.len = (size_t)(port - host.data);
  return host;
}

static bool is_address(cy_span host)
{
  char text[64];
  uint8_t octets[16];
  size_t len;
  if (!host.len || host.len >= sizeof text || host.data[0] == '[')
    return true;
  memcpy(text, host.data, host.len);
  text[host.len] = 0;
  return cy_host_is_ip(text, octets, &len);
}

/* The name in the form that is compared: the host of a URI, the text of a UTF-8 mailbox. */
static cy_general_name comparable(const cy_general_name *name)
{
  cy_general_name n = *name;
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, name->value);
  if (name->kind == CY_GN_URI)
    n.value = uri_host(name->value);
  if (name->kind == CY_GN_OTHER && name->other_type == CY_OID_SMTP_UTF8_MAILBOX &&
      cy_der_peek(&cur) == CY_DER_UTF8_STRING)
    n = (cy_general_name){.kind = CY_GN_EMAIL, .value = cy_der_take(&cur, CY_DER_UTF8_STRING)};
  return n;
}

static bool is_well_formed(const cy_general_name *n, unsigned flags)
{
  cy_span v = n->value;
  switch (n->kind) {
  case CY_GN_IP:
    return v.len == 4 || v.len == 16;
  case CY_GN_URI:
    return !is_address(v);
  case CY_GN_DNS:
    return v.len > 0 && v.data[0] != '.' && !memchr(v.data, 0, v.len);
  case CY_GN_EMAIL: {
    size_t at = at_sign(v);
    return at > 0 && at + 1 < v.len && (flags & CY_NC_LAST_AT || !memchr(v.data, '@', at));
  }
  default:
    return true;
  }
}

static bool is_within(const cy_general_name *n, const cy_general_name *base, uint64_t *work)
{
  ++*work;
  if (n->kind != base->kind)
    return false;
  switch (n->kind) {
  case CY_GN_DNS:
    return dns_within(n->value, base->value);
  case CY_GN_EMAIL:
    return email_within(n->value, base->value);
  case CY_GN_URI:
    return host_within(n->value, base->value);
  case CY_GN_IP:
    return ip_within(n->value, base->value);
  case CY_GN_DIRECTORY:
    *work += WORK_NAME + (n->value.len + base->value.len) / 8;
    return cy_name_within(n->value, base->value);
  default:
    return false;
  }
}

/* A subtree of a kind that can not be compared, for names like this one. */
static bool is_about(const cy_general_names *list, const cy_general_name *n)
{
  for (size_t i = 0; i < list->count; i++) {
    const cy_general_name *base = &list->items[i];
    if (base->kind == n->kind && (n->kind != CY_GN_OTHER || cy_span_equal(base->other_oid, n->other_oid)))
      return true;
  }
  return false;
}

static cy_nc_verdict check_uncomparable(
  const cy_name_constraints *c, const cy_general_name *n, uint64_t *work)
{
  *work += c->permitted.count + c->excluded.count;
  return is_about(&c->permitted, n) || is_about(&c->excluded, n) ? CY_NC_UNSUPPORTED : CY_NC_FINE;
}

static bool is_comparable(cy_gn_kind kind)
{
  return kind == CY_GN_DNS || kind == CY_GN_EMAIL || kind == CY_GN_URI || kind == CY_GN_IP ||
         kind == CY_GN_DIRECTORY;
}

cy_nc_verdict cy_name_constraints_check(const cy_name_constraints *c, const cy_general_name *name,
  unsigned flags, uint64_t *work, const cy_general_name **subtree)
{
  cy_general_name n = comparable(name);
  unsigned kind = 1u << n.kind;
  bool permitted = !(c->permitted_kinds & kind);
  if (!((c->permitted_kinds | c->excluded_kinds) & kind))
    return CY_NC_FINE;
  if (!is_comparable(n.kind))
    return check_uncomparable(c, &n, work);
  if (!is_well_formed(&n, flags))
    return CY_NC_BAD_NAME;
  for (size_t i = 0; c->excluded_kinds & kind && i < c->excluded.count; i++) {
    const cy_general_name *base = &c->excluded.items[i];
    bool reaches = flags & CY_NC_WILDCARDS && n.kind == CY_GN_DNS && base->kind == CY_GN_DNS &&
                   wildcard_reaches(n.value, base->value);
    if (!reaches && !is_within(&n, base, work))
      continue;
    if (subtree)
      *subtree = base;
    return CY_NC_EXCLUDED;
  }
  for (size_t i = 0; !permitted && i < c->permitted.count; i++)
    permitted = is_within(&n, &c->permitted.items[i], work);
  return permitted ? CY_NC_FINE : CY_NC_NOT_PERMITTED;
}
