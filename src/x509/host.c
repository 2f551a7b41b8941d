#include "x509/host.h"

#include <arpa/inet.h>

#include "base/der.h"
#include "base/mem.h"
#include "base/text.h"
#include "x509/general_name.h"
#include "x509/name.h"

bool cy_host_is_ip(const char *text, uint8_t octets[16], size_t *len)
{
  char plain[INET6_ADDRSTRLEN + 2];
  size_t n = strlen(text);
  if (n > 2 && n < sizeof plain && text[0] == '[' && text[n - 1] == ']') {
    memcpy(plain, text + 1, n - 2);
    plain[n - 2] = 0;
    text = plain;
  }
  if (inet_pton(AF_INET, text, octets) == 1)
    *len = 4;
  else if (inet_pton(AF_INET6, text, octets) == 1)
    *len = 16;
  else
    return false;
  return true;
}

static size_t find_byte(cy_span s, char c)
{
  const uint8_t *p = s.len ? memchr(s.data, c, s.len) : NULL;
  return p ? (size_t)(p - s.data) : s.len;
}

static cy_span after(cy_span s, size_t n)
{
  n = n < s.len ? n : s.len;
  return cy_span_of(s.data + n, s.len - n);
}

static bool is_a_label(cy_span label)
{
  return label.len >= 4 && cy_ascii_equal_nocase(cy_span_of(label.data, 4), CY_SPAN("xn--"));
}

/* `label` against "*", or "f*o" where that is allowed. */
static bool label_fits(cy_span pattern, cy_span label, unsigned flags)
{
  size_t star = find_byte(pattern, '*');
  if (pattern.len == 1)
    return label.len > 0;
  if (!(flags & CY_HOST_PARTIAL_WILDCARD) || is_a_label(label) || is_a_label(pattern))
    return false;
  cy_span tail = after(pattern, star + 1);
  if (find_byte(tail, '*') < tail.len || label.len + 1 < pattern.len || label.len < pattern.len - 1)
    return false;
  return cy_ascii_equal_nocase(cy_span_of(pattern.data, star), cy_span_of(label.data, star)) &&
         cy_ascii_equal_nocase(tail, after(label, label.len - tail.len));
}

/* Label by label, as Java does it. */
static bool all_labels_fit(cy_span pattern, cy_span host, unsigned flags)
{
  for (;;) {
    size_t dot = find_byte(pattern, '.'), host_dot = find_byte(host, '.');
    cy_span label = cy_span_of(host.data, host_dot), own = cy_span_of(pattern.data, dot);
    bool fits =
      find_byte(own, '*') < dot ? label_fits(own, label, flags) : cy_ascii_equal_nocase(own, label);
    if (!fits || (dot == pattern.len) != (host_dot == host.len))
      return false;
    if (dot == pattern.len)
      return true;
    pattern = after(pattern, dot + 1);
    host = after(host, host_dot + 1);
  }
}

bool cy_host_match_dns(cy_span pattern, cy_span host, unsigned flags)
{
  if (pattern.len && pattern.data[pattern.len - 1] == '.')
    pattern.len--;
  if (find_byte(pattern, '*') == pattern.len)
    return pattern.len && cy_ascii_equal_nocase(pattern, host);
  if (flags & CY_HOST_ANY_LABEL)
    return all_labels_fit(pattern, host, flags);
  size_t dot = find_byte(pattern, '.'), host_dot = find_byte(host, '.');
  if (dot == pattern.len || host_dot == host.len)
    return false;
  cy_span rest = after(pattern, dot), host_rest = after(host, host_dot);
  bool one_level = rest.len < 2 || find_byte(after(rest, 1), '.') == rest.len - 1;
  bool more_stars = find_byte(rest, '*') < rest.len;
  if (one_level || more_stars || !cy_ascii_equal_nocase(rest, host_rest))
    return false;
  return label_fits(cy_span_of(pattern.data, dot), cy_span_of(host.data, host_dot), flags);
}

/* RFC 3492 6.3: the code points of one label, with xn-- before them. */

static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
  uint32_t k = 0;
  delta = first ? delta / 700 : delta / 2;
  delta += delta / points;
  for (; delta > 455; k += 36)
    delta /= 35;
  return k + 36 * delta / (delta + 38);
}

static void put_digit(cy_buf *out, uint32_t d)
{
  cy_buf_u8(out, (uint8_t)(d < 26 ? 'a' + d : '0' + d - 26));
}

static void put_delta(cy_buf *out, uint32_t q, uint32_t bias)
{
  for (uint32_t k = 36;; k += 36) {
    uint32_t t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
    if (q < t)
      break;
    put_digit(out, t + (q - t) % (36 - t));
    q = (q - t) / (36 - t);
  }
  put_digit(out, q);
}

enum { LABEL_MAX = 63 };

static uint32_t next_larger(const uint32_t *points, size_t count, uint32_t least)
{
  uint32_t m = UINT32_MAX;
  for (size_t i = 0; i < count; i++)
    if (points[i] >= least && points[i] < m)
      m = points[i];
  return m;
}

static void put_points(cy_buf *out, const uint32_t *points, size_t count)
{
  uint32_t basic = 0, delta = 0, bias = 72, n = 128;
  cy_buf_str(out, "xn--");
  for (size_t i = 0; i < count; i++) {
    if (points[i] < 128) {
      cy_buf_u8(out, (uint8_t)points[i]);
      basic++;
    }
  }
  uint32_t done = basic;
  if (basic)
    cy_buf_u8(out, '-');
  while (done < count) {
    uint32_t m = next_larger(points, count, n);
    delta += (m - n) * (done + 1);
    n = m;
    for (size_t i = 0; i < count; i++) {
      delta += points[i] < n;
      if (points[i] != n)
        continue;
      put_delta(out, delta, bias);
      bias = adapt(delta, done + 1, done == basic);
      delta = 0;
      done++;
    }
    delta++;
    n++;
  }
}

static void put_label(cy_buf *out, cy_span label)
{
  uint32_t points[LABEL_MAX], c;
  size_t count = 0;
  bool ascii = true;
  cy_span rest = label;
  while (count < LABEL_MAX && cy_utf8_next(&rest, &c)) {
    points[count++] = c;
    ascii = ascii && c < 128;
  }
  if (ascii || rest.len)
    cy_buf_span(out, label);
  else
    put_points(out, points, count);
}

void cy_host_to_ascii(cy_buf *ascii, cy_span utf8)
{
  CY_CLEAN(cy_buf) folded = CY_BUF_TEXT;
  if (!cy_text_fold(&folded, utf8)) {
    cy_buf_span(ascii, utf8);
    return;
  }
  cy_span rest = cy_buf_get(&folded);
  if (rest.len && rest.data[rest.len - 1] == '.')
    rest.len--;
  for (;;) {
    size_t dot = find_byte(rest, '.');
    put_label(ascii, cy_span_of(rest.data, dot));
    if (dot == rest.len)
      return;
    cy_buf_u8(ascii, '.');
    rest = after(rest, dot + 1);
  }
}

/* What the certificate has */

typedef struct {
  cy_span host; /* A-labels, or the address as text */
  uint8_t ip[16];
  size_t ip_len; /* 0: a DNS name is asked for */
  unsigned flags;
  bool fits;
  bool has_dns, has_ip, has_cn;
  bool in_cn, in_dns; /* it stands where this client does not look */
  bool wildcard_near, wide;
  cy_buf names;
} look;

static void put_name(look *l, const char *kind, cy_span text)
{
  if (l->names.len)
    cy_buf_str(&l->names, ", ");
  cy_buf_str(&l->names, kind);
  cy_buf_u8(&l->names, ' ');
  cy_text_put_safe(&l->names, text);
}

/* *.example.com is near to a.b.example.com and to example.com. */
static bool ends_like(cy_span pattern, cy_span host)
{
  if (pattern.len < 3 || pattern.data[0] != '*' || pattern.data[1] != '.')
    return false;
  cy_span base = after(pattern, 2);
  if (host.len < base.len || !cy_ascii_equal_nocase(base, after(host, host.len - base.len)))
    return false;
  return host.len == base.len || host.data[host.len - base.len - 1] == '.';
}

static void look_at_dns(look *l, cy_span name)
{
  l->has_dns = true;
  if (l->ip_len) {
    l->in_dns = l->in_dns || cy_ascii_equal_nocase(name, l->host);
    return;
  }
  l->fits = l->fits || cy_host_match_dns(name, l->host, l->flags);
  bool near = ends_like(name, l->host);
  bool wide = near && find_byte(after(name, 2), '.') == name.len - 2;
  l->wide = l->wide || wide;
  l->wildcard_near = l->wildcard_near || (near && !wide);
}

static void look_at_alternatives(look *l, const cy_cert_view *view)
{
  const cy_ext *ext = cy_cert_ext(view, CY_OID_SUBJECT_ALT_NAME);
  cy_gn_iter iter;
  cy_general_name name;
  if (!ext)
    return;
  cy_gn_begin(&iter, ext->value);
  while (cy_gn_next(&iter, &name)) {
    CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
    cy_gn_format(&text, &name);
    put_name(l, cy_gn_kind_words(name.kind), cy_buf_get(&text));
    if (name.kind == CY_GN_DNS) {
      look_at_dns(l, name.value);
    } else if (name.kind == CY_GN_IP) {
      l->has_ip = true;
      l->fits = l->fits || (l->ip_len && cy_span_equal(name.value, cy_span_of(l->ip, l->ip_len)));
    }
  }
}

static void look_at_common_name(look *l, const cy_cert_view *view)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  if (!cy_name_find(&text, view->subject, CY_OID_CN))
    return;
  cy_span cn = cy_buf_get(&text);
  l->has_cn = true;
  put_name(l, "common name", cn);
  bool same = l->ip_len ? cy_ascii_equal_nocase(cn, l->host) : cy_host_match_dns(cn, l->host, l->flags);
  l->in_cn = same;
  if (same && !l->ip_len && !l->has_dns && (l->flags & CY_HOST_CN))
    l->fits = true;
}

static cy_host_why why(const look *l)
{
  if (l->fits)
    return CY_HOST_FITS;
  if (l->ip_len) {
    if (l->in_dns)
      return CY_HOST_IP_IN_DNS;
    if (l->in_cn)
      return CY_HOST_IP_IN_CN;
    return !l->names.len ? CY_HOST_NO_NAMES : l->has_ip ? CY_HOST_OTHER : CY_HOST_NO_IP;
  }
  if (l->in_cn)
    return CY_HOST_ONLY_CN;
  if (l->wide)
    return CY_HOST_WIDE;
  if (l->wildcard_near)
    return CY_HOST_WILDCARD;
  if (!l->names.len)
    return CY_HOST_NO_NAMES;
  return l->has_ip && !l->has_dns ? CY_HOST_NO_DNS : CY_HOST_OTHER;
}

static const char *const why_words[] = {
  [CY_HOST_FITS] = "",
  [CY_HOST_NO_NAMES] = "it has no name at all",
  [CY_HOST_ONLY_CN] = "the name stands only in the common name, which is not looked at",
  [CY_HOST_IP_IN_DNS] =
    "the address stands in a DNS entry, and addresses are looked for in IP entries only",
  [CY_HOST_IP_IN_CN] =
    "the address stands only in the common name, and addresses are looked for in IP entries only",
  [CY_HOST_NO_IP] = "it has names only and no address",
  [CY_HOST_NO_DNS] = "it has addresses only and no DNS name",
  [CY_HOST_WILDCARD] = "the wildcard stands for exactly one label: not for two, and not for none",
  [CY_HOST_WIDE] = "a wildcard over a whole top-level domain is not accepted",
  [CY_HOST_OTHER] = "it is for other names",
};

/* The names that it has, and the one that is missing. */
static void put_request(cy_buf *out, const look *l, const cy_cert_view *view)
{
  const cy_ext *ext = cy_cert_ext(view, CY_OID_SUBJECT_ALT_NAME);
  cy_gn_iter iter;
  cy_general_name name;
  cy_buf_str(out, l->ip_len ? "subjectAltName = IP:" : "subjectAltName = DNS:");
  cy_text_put_safe(out, l->host);
  if (!ext)
    return;
  cy_gn_begin(&iter, ext->value);
  while (cy_gn_next(&iter, &name)) {
    if ((name.kind != CY_GN_DNS && name.kind != CY_GN_IP) ||
        (l->in_dns && cy_span_equal(name.value, l->host)))
      continue;
    CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
    cy_gn_format(&text, &name);
    cy_buf_str(out, name.kind == CY_GN_DNS ? ", DNS:" : ", IP:");
    cy_text_put_safe(out, cy_buf_get(&text));
  }
}

static cy_err *answer(cy_host_result *out, cy_buf *names, const char *text, cy_buf *request)
{
  out->names = names->len ? cy_buf_take_str(names) : cy_strdup("none");
  out->text = text ? cy_strdup(text) : NULL;
  out->request = request ? cy_buf_take_str(request) : NULL;
  if (out->names && !out->text == !text && !out->request == !request)
    return NULL;
  cy_host_result_clear(out);
  return cy_err_no_memory();
}

cy_err *cy_host_check(cy_host_result *out, const cy_cert_view *view, const char *host, unsigned flags)
{
  CY_CLEAN(cy_buf) ascii = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) request = CY_BUF_TEXT;
  look l = {.flags = flags, .names = CY_BUF_TEXT};
  *out = (cy_host_result){0};
  if (cy_host_is_ip(host, l.ip, &l.ip_len))
    cy_buf_str(&ascii, host);
  else
    cy_host_to_ascii(&ascii, cy_span_str(host));
  l.host = cy_buf_get(&ascii);
  look_at_alternatives(&l, view);
  look_at_common_name(&l, view);
  out->why = why(&l);
  if (!l.fits)
    put_request(&request, &l, view);
  cy_err *err = answer(out, &l.names, l.fits ? NULL : why_words[out->why], l.fits ? NULL : &request);
  cy_buf_clear(&l.names);
  return err;
}

/* Mailboxes: the local part as it is, the domain in any case. */

static bool same_mailbox(cy_span a, cy_span b)
{
  size_t at = a.len, bt = b.len;
  while (at > 0 && a.data[at - 1] != '@')
    at--;
  while (bt > 0 && b.data[bt - 1] != '@')
    bt--;
  return at && at == bt && cy_span_equal(cy_span_of(a.data, at), cy_span_of(b.data, bt)) &&
         cy_ascii_equal_nocase(after(a, at), after(b, bt));
}

static bool is_mailbox(const cy_general_name *name)
{
  return name->kind == CY_GN_EMAIL ||
         (name->kind == CY_GN_OTHER && name->other_type == CY_OID_SMTP_UTF8_MAILBOX);
}

static cy_span mailbox_of(const cy_general_name *name)
{
  cy_parse parse = {.lenient = true};
  cy_cur cur = cy_cur_begin(&parse, name->value);
  return name->kind == CY_GN_EMAIL ? name->value : cy_der_take(&cur, CY_DER_UTF8_STRING);
}

static bool look_at_mailboxes(look *l, const cy_cert_view *view, bool *any)
{
  const cy_ext *ext = cy_cert_ext(view, CY_OID_SUBJECT_ALT_NAME);
  cy_gn_iter iter;
  cy_general_name name;
  if (!ext)
    return false;
  cy_gn_begin(&iter, ext->value);
  while (cy_gn_next(&iter, &name)) {
    if (!is_mailbox(&name))
      continue;
    *any = true;
    put_name(l, cy_gn_kind_words(CY_GN_EMAIL), mailbox_of(&name));
    l->fits = l->fits || same_mailbox(mailbox_of(&name), l->host);
  }
  return l->fits;
}

cy_err *cy_host_check_email(cy_host_result *out, const cy_cert_view *view, const char *email)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) request = CY_BUF_TEXT;
  look l = {.names = CY_BUF_TEXT, .host = cy_span_str(email)};
  bool any = false;
  *out = (cy_host_result){0};
  look_at_mailboxes(&l, view, &any);
  if (!any && cy_name_find(&text, view->subject, CY_OID_EMAIL)) {
    put_name(&l, "e-mail in the subject", cy_buf_get(&text));
    l.fits = same_mailbox(cy_buf_get(&text), l.host);
  }
  out->why = l.fits ? CY_HOST_FITS : l.names.len ? CY_HOST_OTHER : CY_HOST_NO_NAMES;
  cy_buf_printf(&request, "subjectAltName = email:%s", email);
  const char *words = l.names.len ? "it is for other mailboxes" : "it has no e-mail address";
  cy_err *err = answer(out, &l.names, l.fits ? NULL : words, l.fits ? NULL : &request);
  cy_buf_clear(&l.names);
  return err;
}

void cy_host_result_clear(cy_host_result *result)
{
  cy_free(result->names);
  cy_free(result->text);
  cy_free(result->request);
  *result = (cy_host_result){.why = result->why};
}
