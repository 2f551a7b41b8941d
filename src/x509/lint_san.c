/* Rules on the alternative names. */
#include "base/der.h"
#include "base/text.h"
#include "x509/codes.h"
#include "x509/host.h"
#include "x509/lint_rule.h"

static void trouble(cy_lint *lint, cy_lint_san_trouble kind, const cy_general_name *name)
{
  if (!(lint->san_troubles & 1u << kind))
    lint->san_first[kind] = *name;
  lint->san_troubles |= 1u << kind;
}

static bool is_digit(uint8_t c)
{
  return c >= '0' && c <= '9';
}

/* Four numbers with dots: nothing else ends in a label of digits. */
static bool looks_like_ipv4(cy_span s)
{
  unsigned dots = 0;
  for (size_t i = 0; i < s.len; i++) {
    if (s.data[i] == '.')
      dots++;
    else if (!is_digit(s.data[i]))
      return false;
  }
  return dots == 3;
}

static bool looks_like_ipv6(cy_span s)
{
  unsigned colons = 0;
  for (size_t i = 0; i < s.len; i++) {
    bool hex = is_digit(s.data[i]) || ((s.data[i] | 0x20) >= 'a' && (s.data[i] | 0x20) <= 'f');
    colons += s.data[i] == ':';
    if (!hex && s.data[i] != ':' && s.data[i] != '.')
      return false;
  }
  return colons >= 2;
}

typedef struct {
  bool illegal, underscore, star, dotted_star, url;
  unsigned labels;
} dns_facts;

static void read_label(dns_facts *f, cy_span label)
{
  f->labels++;
  f->illegal = f->illegal || label.len == 0 || label.len > 63;
  if (label.len && (label.data[0] == '-' || label.data[label.len - 1] == '-'))
    f->illegal = true;
  for (size_t i = 0; i < label.len; i++) {
    uint8_t c = label.data[i];
    bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    if (c == '*')
      f->dotted_star = f->dotted_star || f->labels > 1 || label.len > 1;
    else if (c == '_')
      f->underscore = true;
    else if (c == ':' || c == '/')
      f->url = true;
    else if (!letter && !is_digit(c) && c != '-')
      f->illegal = true;
    f->star = f->star || c == '*';
  }
}

static dns_facts read_dns(cy_span s)
{
  dns_facts f = {.illegal = s.len == 0 || s.len > 253};
  size_t start = 0;
  for (size_t i = 0; i <= s.len; i++) {
    if (i < s.len && s.data[i] != '.')
      continue;
    read_label(&f, cy_span_of(s.data + start, i - start));
    start = i + 1;
  }
  return f;
}

static void check_dns(cy_lint *lint, const cy_general_name *name)
{
  cy_span s = name->value;
  if (looks_like_ipv4(s) || looks_like_ipv6(s)) {
    trouble(lint, CY_LINT_SAN_DNS_IP, name);
    return;
  }
  if (s.len > 1 && s.data[s.len - 1] == '.') {
    trouble(lint, CY_LINT_SAN_TRAILING_DOT, name);
    s.len--;
  }
  dns_facts f = read_dns(s);
  if (f.url)
    trouble(lint, CY_LINT_SAN_DNS_URL, name);
  else if (f.illegal)
    trouble(lint, CY_LINT_SAN_DNS_ILLEGAL, name);
  if (f.underscore)
    trouble(lint, CY_LINT_SAN_UNDERSCORE, name);
  if (f.dotted_star || (f.star && f.labels < 3))
    trouble(lint, CY_LINT_SAN_WILDCARD, name);
}

/* local@domain in ASCII, without blanks or brackets. */
static bool is_email(cy_span s)
{
  const uint8_t *at = s.len ? memchr(s.data, '@', s.len) : NULL;
  if (!at || at == s.data || at + 1 == s.data + s.len)
    return false;
  for (size_t i = 0; i < s.len; i++)
    if (s.data[i] <= ' ' || s.data[i] >= 0x7f || s.data[i] == '<' || s.data[i] == '>')
      return false;
  return true;
}

/* scheme:rest */
static bool is_uri(cy_span s)
{
  size_t i = 0;
  for (; i < s.len && s.data[i] != ':'; i++) {
    uint8_t c = s.data[i];
    bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    if (!letter && (i == 0 || (!is_digit(c) && c != '+' && c != '-' && c != '.')))
      return false;
  }
  return i > 0 && i + 1 < s.len;
}

static void check_name(cy_lint *lint, const cy_general_name *name)
{
  switch (name->kind) {
  case CY_GN_DNS:
    check_dns(lint, name);
    break;
  case CY_GN_IP:
    if (name->value.len != 4 && name->value.len != 16)
      trouble(lint, CY_LINT_SAN_IP_LENGTH, name);
    break;
  case CY_GN_EMAIL:
    if (!is_email(name->value))
      trouble(lint, CY_LINT_SAN_EMAIL, name);
    break;
  case CY_GN_URI:
    if (!is_uri(name->value))
      trouble(lint, CY_LINT_SAN_URI, name);
    break;
  default:
    break;
  }
}

void cy_lint_scan_san(cy_lint *lint)
{
  cy_gn_iter iter;
  cy_general_name name;
  if (!lint->san)
    return;
  cy_gn_begin(&iter, lint->san->value);
  while (cy_gn_next(&iter, &name)) {
    lint->san_count++;
    lint->san_kinds[name.kind]++;
    if (name.kind == CY_GN_OTHER && name.other_type == CY_OID_SMTP_UTF8_MAILBOX)
      lint->san_kinds[CY_GN_EMAIL]++;
    check_name(lint, &name);
  }
  lint->san_malformed = !cy_gn_ok(&iter);
}

static void add_entry(cy_lint *lint, cy_finding_id id, cy_lint_san_trouble kind)
{
  if (!(lint->san_troubles & 1u << kind))
    return;
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  const cy_general_name *name = &lint->san_first[kind];
  cy_gn_format(&text, name);
  cy_finding *f = cy_finding_add(lint->list, id, lint->address, "the entry is %s:%s",
    cy_gn_kind_words(name->kind), text.len ? cy_buf_cstr(&text) : "(nothing)");
  cy_finding_evidence(lint->list, f, "name", "%s", cy_buf_cstr(&text));
}

void cy_lint_san_dns_illegal(cy_lint *lint)
{
  add_entry(lint, CY_F_CERT_SAN_DNS_ILLEGAL, CY_LINT_SAN_DNS_ILLEGAL);
}

void cy_lint_san_dns_underscore(cy_lint *lint)
{
  add_entry(lint, CY_F_CERT_SAN_DNS_UNDERSCORE, CY_LINT_SAN_UNDERSCORE);
}

void cy_lint_san_wildcard(cy_lint *lint)
{
  add_entry(lint, CY_F_CERT_SAN_WILDCARD, CY_LINT_SAN_WILDCARD);
}

void cy_lint_san_trailing_dot(cy_lint *lint)
{
  add_entry(lint, CY_F_CERT_SAN_TRAILING_DOT, CY_LINT_SAN_TRAILING_DOT);
}

void cy_lint_san_dns_ip(cy_lint *lint)
{
  add_entry(lint, CY_F_CERT_SAN_DNS_IP, CY_LINT_SAN_DNS_IP);
}

void cy_lint_san_dns_url(cy_lint *lint)
{
  add_entry(lint, CY_F_CERT_SAN_DNS_URL, CY_LINT_SAN_DNS_URL);
}

void cy_lint_san_ip_length(cy_lint *lint)
{
  add_entry(lint, CY_F_CERT_SAN_IP_LENGTH, CY_LINT_SAN_IP_LENGTH);
}

void cy_lint_san_email_invalid(cy_lint *lint)
{
  add_entry(lint, CY_F_CERT_SAN_EMAIL_INVALID, CY_LINT_SAN_EMAIL);
}

void cy_lint_san_uri_invalid(cy_lint *lint)
{
  add_entry(lint, CY_F_CERT_SAN_URI_INVALID, CY_LINT_SAN_URI);
}

void cy_lint_san_malformed(cy_lint *lint)
{
  if (lint->san && lint->san_malformed)
    CY_LINT_ADD(lint, CERT_SAN_MALFORMED, "after %u names that could be read", lint->san_count);
}

void cy_lint_san_empty(cy_lint *lint)
{
  if (lint->san && !lint->san_malformed && lint->san_count == 0)
    CY_LINT_ADD(lint, CERT_SAN_EMPTY, "subjectAltName without a name");
}

static void put_common_name(cy_buf *text, const cy_lint *lint)
{
  if (lint->common_names)
    cy_name_value(text, &lint->common_name);
}

void cy_lint_san_missing(cy_lint *lint)
{
  if (lint->san)
    return;
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  put_common_name(&name, lint);
  CY_LINT_ADD(lint, CERT_SAN_MISSING,
    name.len ? "only the common name \"%s\" says whose it is" : "nothing says which host it is for%s",
    cy_buf_cstr(&name));
}

/* A common name that is a host or an address: with a dot, and nothing that a host name has not got. */
static bool is_host(cy_span s)
{
  dns_facts f = read_dns(s);
  bool dot = s.len && memchr(s.data, '.', s.len);
  return looks_like_ipv4(s) || (dot && !f.illegal && !f.url);
}

static bool covers(const cy_general_name *name, cy_span host)
{
  if (name->kind != CY_GN_DNS && name->kind != CY_GN_IP)
    return false;
  if (name->kind == CY_GN_DNS && cy_ascii_equal_nocase(name->value, host))
    return true;
  if (name->kind == CY_GN_IP) {
    CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
    cy_gn_format(&text, name);
    return cy_ascii_equal_nocase(cy_buf_get(&text), host);
  }
  const uint8_t *dot = memchr(host.data, '.', host.len);
  if (!dot || name->value.len < 2 || name->value.data[0] != '*')
    return false;
  cy_span rest = cy_span_of(dot, (size_t)(host.data + host.len - dot));
  return cy_ascii_equal_nocase(cy_span_of(name->value.data + 1, name->value.len - 1), rest);
}

void cy_lint_san_lacks_cn(cy_lint *lint)
{
  cy_span host = lint->common_name.value;
  cy_gn_iter iter;
  cy_general_name name;
  if (!lint->san || lint->san_malformed || !lint->common_names || !is_host(host))
    return;
  cy_gn_begin(&iter, lint->san->value);
  while (cy_gn_next(&iter, &name))
    if (covers(&name, host))
      return;
  CY_LINT_ADD(lint, CERT_SAN_LACKS_CN, "the common name %.*s is not among its %u alternative names",
    (int)host.len, (const char *)host.data, lint->san_count);
}

void cy_lint_email_missing(cy_lint *lint)
{
  if (lint->san_kinds[CY_GN_EMAIL] || lint->v->ext_key_usage & CY_EKU_ANY)
    return;
  cy_finding *f = CY_LINT_ADD(lint, CERT_EMAIL_MISSING, "%s",
    lint->subject_email ? "the address stands in the subject only" : "it has no mail address at all");
  /* With other purposes beside it, mail was most likely not what it was made for. */
  if (lint->v->ext_key_usage & ~(unsigned)CY_EKU_EMAIL)
    cy_finding_set_severity(f, CY_NOTICE);
}

/* Clients that still read the common name are let off with a remark by cert.san-missing. */
cy_err *cy_lint_host(
  cy_findings *list, const cy_cert_view *view, const char *subject_address, const char *host)
{
  CY_CLEAN(cy_host_result) result = {0};
  CY_TRY(cy_host_check(&result, view, host, 0));
  if (result.why == CY_HOST_FITS)
    return NULL;
  cy_finding *f =
    cy_finding_add(list, CY_F_CERT_HOST_NOT_NAMED, subject_address, "asked for %s: %s; it has: %s", host,
      result.text ? result.text : "no name fits", result.names ? result.names : "none");
  cy_finding_evidence(list, f, "host", "%s", host);
  if (result.request)
    cy_finding_set_fix(list, f, "Ask the CA for a certificate with %s", result.request);
  return cy_findings_check(list);
}

void cy_lint_host_not_named(cy_lint *lint)
{
  cy_err *err = lint->ctx->host ? cy_lint_host(lint->list, lint->v, lint->address, lint->ctx->host) : NULL;
  lint->list->failed = lint->list->failed || err;
  cy_err_free(err);
}
