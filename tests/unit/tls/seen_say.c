#include "tests/unit/tls/seen_say.h"

#include "base/text.h"
#include "tls/group.h"
#include "tls/scheme.h"
#include "tls/suite.h"
#include "tls/wire_alert.h"
#include "x509/name.h"

typedef const char *name_of(uint16_t code);

static const char *version_name(uint16_t code)
{
  return cy_tls_version_name(code);
}

static const char *suite_name(uint16_t code)
{
  const cy_suite *s = cy_suite_get(code);
  return s ? s->names[CY_NOTATION_IANA] : NULL;
}

static const char *group_name(uint16_t code)
{
  const cy_tls_group *g = cy_tls_group_get(code);
  return g ? g->names[CY_NOTATION_IANA] : NULL;
}

static const char *scheme_name(uint16_t code)
{
  const cy_scheme *s = cy_scheme_get(code);
  return s ? s->names[CY_NOTATION_IANA] : NULL;
}

static void say_code(cy_buf *out, const char *what, cy_seen_code code, name_of *name)
{
  if (!code.line)
    return;
  const char *known = name(code.code);
  cy_buf_printf(out, "%s %s @%zu\n", what, known ? known : "?", code.line);
}

static void say_codes(cy_buf *out, const char *what, const cy_seen_codes *list, name_of *name)
{
  if (!list->line)
    return;
  cy_buf_printf(out, "%s %zu:", what, list->codes.count);
  for (size_t i = 0; i < list->codes.count; i++) {
    const char *known = name(list->codes.codes[i]);
    cy_buf_printf(out, " %s", known ? known : "?");
  }
  cy_buf_printf(out, " @%zu\n", list->line);
}

static void say_text(cy_buf *out, const char *what, cy_seen_text text)
{
  if (text.text)
    cy_buf_printf(out, "%s %s @%zu\n", what, text.text, text.line);
}

static void say_certs(cy_buf *out, const char *who, const cy_seen_certs *certs)
{
  if (certs->line)
    cy_buf_printf(out, "%s certificates %zu @%zu\n", who, certs->count, certs->line);
  for (size_t i = 0; i < certs->count; i++) {
    const cy_seen_cert *c = &certs->items[i];
    say_text(out, "  subject", c->subject);
    say_text(out, "  issuer", c->issuer);
    if (c->cert) {
      cy_buf_str(out, "  in full: ");
      cy_name_format(out, cy_cert_get(c->cert)->subject, CY_NAMES_RFC4514);
      cy_buf_u8(out, '\n');
    }
  }
}

static void say_troubles(cy_buf *out, const cy_tls_seen *s)
{
  for (size_t i = 0; i < s->alert_count; i++) {
    const cy_seen_alert *a = &s->alerts[i];
    const char *level = cy_wire_alert_level_name(a->level);
    cy_buf_printf(out, "%s %s %s @%zu\n", a->sent ? "sent" : "received", level ? level : "alert",
      cy_wire_alert_get(a->number)->name, a->line);
  }
  for (size_t i = 0; i < s->error_count; i++) {
    const cy_seen_error *e = &s->errors[i];
    cy_buf_printf(out, "error %s %s: %s @%zu\n", e->family, e->code ? e->code : "-", e->text, e->line);
  }
}

static void say_one(cy_buf *out, const cy_tls_seen *s)
{
  cy_buf_printf(
    out, "%s of a %s @%zu\n", s->product, s->role_known ? cy_tls_role_name(s->role) : "?", s->line);
  say_text(out, "host", s->host);
  say_text(out, "repository", s->repository);
  say_text(out, "label", s->label);
  say_text(out, "trust", s->trust);
  say_text(out, "config", s->config);
  say_text(out, "table", s->table);
  say_text(out, "channel", s->channel);
  say_text(out, "cipher", s->cipher);
  say_codes(out, "offers versions", &s->versions, version_name);
  say_codes(out, "offers suites", &s->suites, suite_name);
  say_codes(out, "offers groups", &s->groups, group_name);
  say_codes(out, "offers schemes", &s->schemes, scheme_name);
  say_codes(out, "offers cert schemes", &s->cert_schemes, scheme_name);
  say_codes(out, "offers shares", &s->shares, group_name);
  say_code(out, "version", s->version, version_name);
  say_code(out, "suite", s->suite, suite_name);
  say_code(out, "group", s->group, group_name);
  say_code(out, "server signs", s->server_scheme, scheme_name);
  say_code(out, "client signs", s->client_scheme, scheme_name);
  say_certs(out, "server", &s->server);
  say_certs(out, "client", &s->client);
  if (s->asked_line)
    cy_buf_printf(out, "asked @%zu\n", s->asked_line);
  say_codes(out, "asked schemes", &s->asked_schemes, scheme_name);
  for (size_t i = 0; i < s->asked_names.count; i++)
    say_text(out, "asked ca", s->asked_names.items[i]);
  say_troubles(out, s);
}

void seen_say(cy_buf *out, const cy_tls_seens *list)
{
  for (size_t i = 0; i < list->count; i++)
    say_one(out, list->items[i]);
}
