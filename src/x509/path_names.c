/* Name constraints of the CAs on a path, held against the names below them. */
#include "base/text.h"
#include "x509/name.h"
#include "x509/name_constraints.h"
#include "x509/path.h"

/* Comparisons between one CA and one certificate; OpenSSL's limit, far above any honest certificate's. */
#define MAX_COMPARISONS (1u << 20)

typedef struct {
  cy_path_check *check;
  const cy_name_constraints *constraints;
  size_t ca;    /* depth of the CA that is constrained */
  size_t depth; /* of the certificate that is looked at */
  bool stopped;
} hold;

static bool is_openssl(const cy_path_check *check)
{
  return check->profile == CY_PROFILE_OPENSSL || check->profile == CY_PROFILE_OPENSSL_STRICT;
}

static void note(
  hold *h, cy_nc_verdict verdict, const cy_general_name *name, const cy_general_name *subtree)
{
  CY_CLEAN(cy_buf) ca = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) base = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) safe = CY_BUF_TEXT;
  cy_gn_format(&text, name);
  cy_text_put_safe(&safe, cy_buf_get(&text));
  cy_path_put_name(&ca, cy_path_view(h->check, h->ca));
  if (subtree)
    cy_gn_format(&base, subtree);
  const char *kind = cy_gn_kind_words(name->kind), *what = cy_buf_cstr(&safe), *who = cy_buf_cstr(&ca);
  switch (verdict) {
  case CY_NC_NOT_PERMITTED:
    cy_path_break(h->check, CY_RULE_NC_PERMITTED, h->depth, "has the %s entry %s, which %s may not certify",
      kind, what, who);
    break;
  case CY_NC_EXCLUDED:
    cy_path_break(h->check, CY_RULE_NC_EXCLUDED, h->depth,
      "has the %s entry %s, which %s must not certify (excluded: %s)", kind, what, who, cy_buf_cstr(&base));
    break;
  case CY_NC_UNSUPPORTED:
    cy_path_break(h->check, CY_RULE_NC_FORM, h->depth,
      "has the %s entry %s, and %s is constrained in names of that kind", kind, what, who);
    break;
  default:
    cy_path_break(h->check, CY_RULE_NAME_SYNTAX, h->depth, "has the malformed %s entry %s", kind, what);
  }
}

static void give_up(hold *h)
{
  h->stopped = true;
  cy_path_break(h->check, CY_RULE_BUDGET, h->depth,
    "has so many names, and the CA above so many constraints, that "
    "comparing them was given up");
}

static void look(hold *h, const cy_general_name *name)
{
  const cy_general_name *subtree = NULL;
  uint64_t work = 0;
  if (h->stopped)
    return;
  cy_nc_verdict verdict = cy_name_constraints_check(
    h->constraints, name, is_openssl(h->check) ? CY_NC_LAST_AT : CY_NC_WILDCARDS, &work, &subtree);
  if (!cy_path_work(h->check->graph, work * CY_WORK_COMPARE)) {
    give_up(h);
  } else if (verdict != CY_NC_FINE) {
    h->stopped = true; /* one is enough to know */
    note(h, verdict, name, subtree);
  }
}

/* Each emailAddress of the subject counts when no alternative name is an e-mail address. */
static void look_at_subject(hold *h, const cy_cert_view *v, bool has_email)
{
  cy_general_name dn = {.kind = CY_GN_DIRECTORY, .value = v->subject};
  if (cy_name_is_empty(v->subject))
    return;
  look(h, &dn);
  cy_name_iter iter = cy_name_each(v->subject);
  cy_name_attr attr;
  while (!has_email && cy_name_next(&iter, &attr)) {
    cy_general_name email = {.kind = CY_GN_EMAIL, .value = attr.value};
    if (attr.type == CY_OID_EMAIL)
      look(h, &email);
  }
}

/* What OpenSSL and Java take for a host name in a common name: labels of letters, digits, hyphens, with a
 * dot. */
static bool is_host_like(cy_span cn)
{
  bool dot = false;
  for (size_t i = 0; i < cn.len; i++) {
    uint8_t c = cn.data[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    bool inside = i > 0 && i + 1 < cn.len;
    if (letter || (inside && c == '-'))
      continue;
    if (!inside || c != '.' || cn.data[i - 1] == '.' || cn.data[i - 1] == '-' || cn.data[i + 1] == '-')
      return false;
    dot = true;
  }
  return dot;
}

static void look_at_common_name(hold *h, const cy_name_attr *attr)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  cy_name_value(&text, attr);
  cy_general_name dns = {.kind = CY_GN_DNS, .value = cy_buf_get(&text)};
  if (is_host_like(dns.value))
    look(h, &dns);
}

/* OpenSSL takes them all, Java the last one. */
static void look_at_common_names(hold *h, const cy_cert_view *v)
{
  cy_name_iter iter = cy_name_each(v->subject);
  cy_name_attr attr, last = {.type = CY_OID_UNKNOWN};
  while (cy_name_next(&iter, &attr)) {
    if (attr.type != CY_OID_CN)
      continue;
    last = attr;
    if (is_openssl(h->check))
      look_at_common_name(h, &attr);
  }
  if (last.type == CY_OID_CN && !is_openssl(h->check))
    look_at_common_name(h, &last);
}

static uint64_t count_names(const cy_cert_view *v, const cy_ext *san)
{
  cy_name_iter subject = cy_name_each(v->subject);
  cy_name_attr attr;
  cy_gn_iter iter;
  cy_general_name name;
  uint64_t count = 0;
  while (cy_name_next(&subject, &attr))
    count++;
  if (!san)
    return count;
  cy_gn_begin(&iter, san->value);
  while (cy_gn_next(&iter, &name))
    count++;
  return count;
}

static void look_at_alternatives(hold *h, cy_span names, bool *has_email, bool *has_dns)
{
  cy_gn_iter iter;
  cy_general_name name;
  cy_gn_begin(&iter, names);
  while (cy_gn_next(&iter, &name)) {
    *has_email = *has_email || name.kind == CY_GN_EMAIL;
    *has_dns = *has_dns || name.kind == CY_GN_DNS;
    look(h, &name);
  }
}

static void look_at_certificate(hold *h)
{
  const cy_cert_view *v = cy_path_view(h->check, h->depth);
  const cy_ext *san = cy_cert_ext(v, CY_OID_SUBJECT_ALT_NAME);
  uint64_t constraints = h->constraints->permitted.count + h->constraints->excluded.count;
  bool has_email = false, has_dns = false;
  h->stopped = false;
  if (count_names(v, san) * constraints > MAX_COMPARISONS) {
    give_up(h);
    return;
  }
  if (san)
    look_at_alternatives(h, san->value, &has_email, &has_dns);
  look_at_subject(h, v, has_email && !is_openssl(h->check));
  bool reads_cn = is_openssl(h->check) || h->check->profile == CY_PROFILE_JAVA;
  if (h->depth == 0 && !has_dns && reads_cn)
    look_at_common_names(h, v);
}

static cy_err *check_ca(cy_path_check *check, size_t ca, const cy_ext *ext)
{
  cy_name_constraints constraints;
  CY_TRY(cy_name_constraints_parse(&constraints, ext->value));
  hold h = {.check = check, .constraints = &constraints, .ca = ca};
  const char *bad = constraints.malformed;
  if (!bad && constraints.leading_dot && check->profile == CY_PROFILE_STRICT)
    bad = "a DNS subtree that begins with a dot";
  if (bad)
    cy_path_break(check, CY_RULE_NC_SYNTAX, ca, "has name constraints that can not be applied: %s", bad);
  for (size_t i = ca; i-- > 0 && !bad;) {
    h.depth = i;
    if (i == 0 || !cy_path_view(check, i)->self_issued)
      look_at_certificate(&h);
  }
  cy_name_constraints_clear(&constraints);
  return NULL;
}

/* Names that nobody constrains must be readable, too. */
static void check_alternative_names(cy_path_check *check, size_t depth)
{
  const cy_ext *san = cy_cert_ext(cy_path_view(check, depth), CY_OID_SUBJECT_ALT_NAME);
  cy_gn_iter iter;
  cy_general_name name;
  if (!san)
    return;
  cy_gn_begin(&iter, san->value);
  while (cy_gn_next(&iter, &name))
    continue;
  if (!cy_gn_ok(&iter))
    cy_path_break(check, CY_RULE_EXT_MALFORMED, depth, "has alternative names that can not be read");
}

cy_err *cy_path_check_names(cy_path_check *check)
{
  for (size_t i = 0; i < check->count; i++)
    check_alternative_names(check, i);
  for (size_t i = check->count; i-- > 1;) {
    const cy_ext *ext = cy_cert_ext(cy_path_view(check, i), CY_OID_NAME_CONSTRAINTS);
    bool ignored = check->profile == CY_PROFILE_JAVA && cy_path_is_anchor(check, i);
    if (ext && !ignored)
      CY_TRY(check_ca(check, i, ext));
  }
  return NULL;
}
