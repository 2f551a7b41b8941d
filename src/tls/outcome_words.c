/* Outcomes of predictions, in words. */
#include "tls/outcome_show.h"
#include "tls/end.h"
#include "tls/side_show.h"
#include "tls/wire_alert.h"
#include "x509/name.h"

static const char *alert_name(int alert)
{
  const cy_wire_alert *info = alert >= 0 && alert <= 255 ? cy_wire_alert_get((uint8_t)alert) : NULL;
  return info ? info->name : "unknown";
}

void cy_tls_outcome_line(cy_buf *buf, const cy_tls_shown *shown)
{
  const cy_tls_outcome *o = shown->outcome;
  if (o->clear) {
    cy_buf_str(buf, "in clear, without TLS");
  } else if (o->agrees) {
    cy_buf_printf(
      buf, "%s, %s", cy_tls_version_name(o->version), cy_suites[o->suite].names[CY_NOTATION_IANA]);
    if (o->group >= 0)
      cy_buf_printf(buf, ", %s", cy_tls_groups[o->group].names[CY_NOTATION_IANA]);
    else if (o->dh_bits)
      cy_buf_printf(buf, ", Diffie-Hellman of %u bits", o->dh_bits);
  } else {
    cy_buf_str(buf, cy_tls_cause_get(o->cause)->id);
    if (o->alert >= 0)
      cy_buf_printf(
        buf, ": the %s sends %s (%d)", cy_tls_role_name(o->alerter), alert_name(o->alert), o->alert);
  }
}

void cy_tls_setting_format(cy_buf *buf, const cy_tls_terms *terms, cy_tls_field field)
{
  const cy_tls_setting *setting = cy_tls_side_setting(terms->side, field);
  if (!setting && terms->side->clear)
    return cy_buf_str(buf, "TLS is not asked for");
  if (!setting) {
    cy_buf_printf(buf, "default of %s", terms->dialect->title);
    return;
  }
  cy_buf_printf(buf, "%s %s", setting->key, setting->value);
  if (setting->line)
    cy_buf_printf(buf, " (%s:%zu)", setting->file, setting->line);
  else if (setting->file[0])
    cy_buf_printf(buf, " (%s)", setting->file);
}

/* Lists, as long as people read them. */

enum { LIST_SHOWN = 8 };

static void put_item(cy_buf *buf, size_t i, size_t count, const char *name)
{
  if (i < LIST_SHOWN)
    cy_buf_printf(buf, "%s%s", i ? ", " : "", name ? name : "?");
  else if (i == LIST_SHOWN)
    cy_buf_printf(buf, " and %zu more", count - i);
}

static void put_suites(cy_buf *buf, const cy_tls_terms *terms, unsigned version)
{
  size_t shown = 0, count = 0;
  for (size_t pass = 0; pass < 2; pass++)
    for (size_t i = 0; i < terms->suites.count; i++) {
      const cy_suite *suite = &cy_suites[terms->suites.rows[i]];
      if (version && (suite->min > version || suite->max < version))
        continue;
      if (pass == 0)
        count++;
      else
        put_item(buf, shown++, count, suite->names[CY_NOTATION_IANA]);
    }
  if (count == 0)
    cy_buf_str(buf, "none");
}

static void put_groups(cy_buf *buf, const cy_row_list *list)
{
  for (size_t i = 0; i < list->count; i++)
    put_item(buf, i, list->count, cy_tls_groups[list->rows[i]].names[CY_NOTATION_IANA]);
  if (list->count == 0)
    cy_buf_str(buf, "none");
}

static void put_schemes(cy_buf *buf, const cy_row_list *list)
{
  for (size_t i = 0; i < list->count; i++)
    put_item(buf, i, list->count, cy_schemes[list->rows[i]].names[CY_NOTATION_IANA]);
  if (list->count == 0)
    cy_buf_str(buf, "none");
}

static void put_keys(cy_buf *buf, const cy_tls_terms *terms)
{
  size_t shown = 0;
  for (size_t i = 0; i < terms->identity_count; i++) {
    const cy_tls_facts *facts = &terms->identities[i];
    if (!facts->usable || !facts->leaf)
      continue;
    cy_buf_str(buf, shown++ ? ", " : "");
    cy_key_info_format(buf, &facts->leaf->key);
    cy_buf_printf(buf, " (%s)", facts->identity->label ? facts->identity->label : facts->identity->place);
  }
  if (shown == 0)
    cy_buf_str(buf, "no certificate with its key");
}

typedef void put_list(cy_buf *buf, const cy_tls_terms *terms, const cy_tls_outcome *o);

static void put_both(cy_buf *buf, const cy_tls_shown *s, const char *what, put_list *put)
{
  cy_buf_printf(buf, "%s of the client: ", what);
  put(buf, s->client, s->outcome);
  cy_buf_printf(buf, "\n%s of the server: ", what);
  put(buf, s->server, s->outcome);
}

static void list_versions(cy_buf *buf, const cy_tls_terms *terms, const cy_tls_outcome *o)
{
  (void)o;
  cy_tls_versions_format(buf, terms->versions);
}

static void list_suites(cy_buf *buf, const cy_tls_terms *terms, const cy_tls_outcome *o)
{
  put_suites(buf, terms, o->version);
}

static void list_groups(cy_buf *buf, const cy_tls_terms *terms, const cy_tls_outcome *o)
{
  (void)o;
  put_groups(buf, &terms->groups);
}

static void list_schemes(cy_buf *buf, const cy_tls_terms *terms, const cy_tls_outcome *o)
{
  bool asked = o->step == CY_TLS_STEP_CLIENT_CERTIFICATE || o->step == CY_TLS_STEP_CLIENT_PROOF;
  put_schemes(buf, asked && terms->role == CY_TLS_SERVER ? &terms->asked : &terms->schemes);
}

static void list_keys(cy_buf *buf, const cy_tls_terms *terms, const cy_tls_outcome *o)
{
  (void)o;
  put_keys(buf, terms);
}

static void against_suites(cy_buf *buf, const cy_tls_shown *s)
{
  put_both(buf, s, "Suites", list_suites);
  cy_buf_str(buf, "\nKeys of the server: ");
  put_keys(buf, s->server);
}

static void against_verdict(cy_buf *buf, const cy_tls_verdict *verdict, const char *whose)
{
  if (!verdict)
    return;
  cy_buf_printf(buf, "The %s's certificate: %s", whose, verdict->what ? verdict->what : "does not hold");
  if (verdict->openssl)
    cy_buf_printf(
      buf, "\nOpenSSL's number for it: %d, %s", verdict->openssl, cy_openssl_words(verdict->openssl));
  if (verdict->fix)
    cy_buf_printf(buf, "\nIn general: %s", verdict->fix);
}

/* Each certificate with its signature, against the list of who judges it. */
static void against_chain(cy_buf *buf, const cy_tls_terms *shower, int shown, const cy_tls_terms *judge)
{
  const cy_certs *chain = &shower->identities[shown].identity->chain;
  const cy_cert_view *view = NULL;
  for (size_t i = 0; i <= chain->count; i++) {
    if (i < chain->count)
      view = cy_cert_get(chain->items[i]);
    else
      view =
        view && judge->dialect->root_signature ? cy_tls_trusted_issuer(judge->side->trust, view) : NULL;
    if (!view)
      break;
    int row = cy_tls_signature_scheme(view);
    cy_name_format(buf, view->subject, CY_NAMES_RFC4514);
    cy_buf_str(buf, view->stand_in ? " (as the listing tells it)" : "");
    cy_buf_printf(
      buf, " is signed with %s", row < 0 ? "another algorithm" : cy_schemes[row].names[CY_NOTATION_IANA]);
    if (row >= 0)
      cy_buf_printf(buf, " (%04X)%s", cy_schemes[row].code,
        cy_row_list_has(&judge->cert_schemes, (unsigned)row) ? "" : ", which is not in the list");
    cy_buf_str(buf, "\n");
  }
  cy_buf_printf(buf, "Signatures that the %s takes: ", cy_tls_role_name(judge->role));
  put_schemes(buf, &judge->cert_schemes);
}

static void against_demand(cy_buf *buf, const cy_tls_shown *s)
{
  const cy_tls_side *side = (s->outcome->end == CY_TLS_SERVER ? s->server : s->client)->side;
  cy_buf_printf(buf, "Agreed on: %s, %s\n", cy_tls_version_name(s->outcome->version),
    cy_suites[s->outcome->suite].names[CY_NOTATION_IANA]);
  cy_buf_printf(buf, "The channel asks for: %s", side->demand_text ? side->demand_text : "something else");
}

static void list_protocols(cy_buf *buf, const cy_tls_terms *terms, const cy_tls_outcome *o)
{
  const cy_tls_protocols *list = &terms->side->alpn;
  (void)o;
  for (size_t i = 0; i < list->count; i++)
    put_item(buf, i, list->count, list->items[i]);
}

void cy_tls_names_format(cy_buf *buf, const cy_tls_terms *server)
{
  const cy_certs *names = cy_tls_names(server);
  for (size_t i = 0; names && i < names->count; i++) {
    CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
    cy_name_format(&name, cy_cert_get(names->items[i])->subject, CY_NAMES_RFC4514);
    put_item(buf, i, names->count, cy_buf_cstr(&name));
  }
  if (!names || !names->count)
    cy_buf_str(buf, "any CA");
}

/* Above each certificate, up to the highest issuer that is in the chain. */
void cy_tls_issuers_format(cy_buf *buf, const cy_tls_terms *client)
{
  size_t shown = 0;
  for (size_t i = 0; i < client->identity_count; i++) {
    const cy_tls_facts *facts = &client->identities[i];
    if (!facts->usable || !facts->leaf)
      continue;
    cy_buf_str(buf, shown++ ? ", " : "");
    cy_name_format(buf, facts->leaf->subject, CY_NAMES_RFC4514);
    const cy_certs *chain = &facts->identity->chain;
    for (size_t k = 0; k < chain->count; k++) {
      cy_buf_str(buf, k ? ", below " : " of ");
      cy_name_format(buf, cy_cert_get(chain->items[k])->issuer, CY_NAMES_RFC4514);
    }
  }
  if (!shown)
    cy_buf_str(buf, "no certificate with its key");
}

static void against_names(cy_buf *buf, const cy_tls_shown *s)
{
  cy_buf_str(buf, "CAs that the server names: ");
  cy_tls_names_format(buf, s->server);
  cy_buf_str(buf, "\nCertificates of the client: ");
  cy_tls_issuers_format(buf, s->client);
  cy_buf_str(buf,
    "\nOne of those issuers must be in the server's trust store; the client was never asked for "
    "the certificates that it has.");
}

static void against_nothing_sent(cy_buf *buf, const cy_tls_shown *s)
{
  if (cy_tls_outcome_hit(s->outcome, CY_TLS_RULE_CLIENT_NO_CA)) {
    against_names(buf, s);
    return;
  }
  put_both(buf, s, "Signature schemes", list_schemes);
  cy_buf_str(buf, "\nKeys of the client: ");
  put_keys(buf, s->client);
}

/* A server does not even offer TLS 1.3 when none of its certificates can serve there. */
static void against_versions(cy_buf *buf, const cy_tls_shown *s)
{
  put_both(buf, s, "Versions", list_versions);
  if (s->outcome->cause != CY_TLS_CAUSE_VERSION_NONE ||
      !(s->client->versions & s->server->versions & CY_TLS_BIT(CY_TLS13)))
    return;
  cy_buf_str(buf,
    "\nBoth have TLS 1.3 switched on, but no certificate of the server can serve in it (its kind "
    "of key, or its curve, has no signature scheme there): ");
  put_keys(buf, s->server);
}

void cy_tls_outcome_against(cy_buf *buf, const cy_tls_shown *s)
{
  if (cy_tls_outcome_against_channel(buf, s))
    return;
  switch (s->outcome->cause) {
  case CY_TLS_CAUSE_VERSION_NONE:
  case CY_TLS_CAUSE_VERSION_FALLBACK:
  case CY_TLS_CAUSE_SIDE_NO_VERSION:
    return against_versions(buf, s);
  case CY_TLS_CAUSE_ALPN_NONE:
    return put_both(buf, s, "Protocols", list_protocols);
  case CY_TLS_CAUSE_SUITE_NONE:
  case CY_TLS_CAUSE_SUITE_UNFIT:
  case CY_TLS_CAUSE_SIDE_NO_SUITE:
    return against_suites(buf, s);
  case CY_TLS_CAUSE_GROUP_NONE:
  case CY_TLS_CAUSE_SIDE_NO_GROUP:
  case CY_TLS_CAUSE_CURVE:
    return put_both(buf, s, "Groups", list_groups);
  case CY_TLS_CAUSE_SCHEME_NONE:
  case CY_TLS_CAUSE_SCHEME_UNFIT:
  case CY_TLS_CAUSE_SERVER_SCHEME:
  case CY_TLS_CAUSE_SIGNATURE:
    put_both(buf, s, "Signature schemes", list_schemes);
    cy_buf_str(buf, "\nKeys of the server: ");
    return put_keys(buf, s->server);
  case CY_TLS_CAUSE_CLIENT_SCHEME:
  case CY_TLS_CAUSE_CLIENT_KEY_TYPE:
  case CY_TLS_CAUSE_CLIENT_NONE_SENT:
  case CY_TLS_CAUSE_ASK_NONE:
    return against_nothing_sent(buf, s);
  case CY_TLS_CAUSE_SERVER_CHAIN_SCHEME:
    return against_chain(buf, s->server, s->outcome->server_identity, s->client);
  case CY_TLS_CAUSE_CLIENT_CHAIN_SCHEME:
    return against_chain(buf, s->client, s->outcome->client_identity, s->server);
  case CY_TLS_CAUSE_SERVER_CHAIN:
    return against_verdict(buf, s->outcome->server_verdict, "server");
  case CY_TLS_CAUSE_CLIENT_CHAIN:
    return against_verdict(buf, s->outcome->client_verdict, "client");
  case CY_TLS_CAUSE_SIDE_IDENTITY_REFUSED:
  case CY_TLS_CAUSE_CHAIN_WEAK:
    return put_both(buf, s, "Keys", list_keys);
  case CY_TLS_CAUSE_DEMAND_VERSION:
  case CY_TLS_CAUSE_DEMAND_SUITE:
    return against_demand(buf, s);
  default:
    return;
  }
}
