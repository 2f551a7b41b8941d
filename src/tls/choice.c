#include "tls/choice.h"

#include "tls/codes.h"
#include "tls/end.h"
#include "tls/reader.h"
#include "x509/name.h"

/* One certificate alone. */

static void keep_one(cy_tls_side *side, size_t which)
{
  cy_tls_identity *kept = side->identities[which];
  side->identities[which] = side->identities[0];
  side->identities[0] = kept;
  while (side->identity_count > 1)
    cy_tls_identity_free(side->identities[--side->identity_count]);
}

static cy_err *try_alone(cy_tls_outcome *out, const cy_tls_side *client, size_t which,
  const cy_tls_terms *server, cy_tls_verdicts *verdicts)
{
  CY_AUTO(cy_tls_side) *alone = NULL;
  CY_AUTO(cy_tls_terms) *terms = NULL;
  CY_TRY(cy_tls_side_copy(&alone, client));
  keep_one(alone, which);
  CY_TRY(cy_tls_terms_new(&terms, alone, CY_TLS_CLIENT));
  return cy_tls_predict(out, terms, server, verdicts);
}

static const cy_tls_identity *shown_identity(const cy_tls_shown *s)
{
  int which = s->outcome->client_identity;
  return which < 0 ? NULL : s->client->identities[which].identity;
}

cy_err *cy_tls_choice_find(cy_tls_choice *out, const cy_tls_side *client, const cy_tls_terms *server,
  const cy_tls_shown *shown, cy_tls_verdicts *verdicts)
{
  *out = (cy_tls_choice){.shown = -1};
  if (!shown->outcome->asked || client->identity_count < 2)
    return NULL;
  for (size_t i = 0; i < client->identity_count && out->count < CY_TLS_IDENTITIES; i++) {
    cy_tls_outcome alone;
    CY_TRY(try_alone(&alone, client, i, server, verdicts));
    if (alone.client_identity < 0)
      continue;
    if (client->identities[i] == shown_identity(shown))
      out->shown = (int)out->count;
    out->items[out->count++] = (cy_tls_candidate){i, alone.agrees};
  }
  return NULL;
}

/* How people tell them apart. */

static const cy_cert_view *leaf_of(const cy_tls_side *side, size_t which)
{
  return cy_cert_get(side->identities[which]->chain.items[0]);
}

static void put_usage(cy_buf *buf, const cy_cert_view *view)
{
  static const struct {
    unsigned bit;
    const char *word;
  } words[] = {{CY_EKU_CLIENT, "client"}, {CY_EKU_SERVER, "server"}, {CY_EKU_EMAIL, "mail"},
    {CY_EKU_CODE, "code"}, {CY_EKU_ANY, "any"}};
  if (!view->has_ext_key_usage) {
    cy_buf_str(buf, "not said");
    return;
  }
  for (size_t i = 0; i < CY_COUNT(words); i++)
    if (view->ext_key_usage & words[i].bit)
      cy_buf_printf(buf, "%s%s", buf->len ? ", " : "", words[i].word);
}

static void put_row(cy_out *out, const cy_tls_side *side, const cy_tls_candidate *c, bool is_shown)
{
  CY_CLEAN(cy_buf) subject = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) issuer = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) serial = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) until = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) usage = CY_BUF_TEXT;
  const cy_cert_view *view = leaf_of(side, c->identity);
  const cy_tls_identity *identity = side->identities[c->identity];
  cy_name_format(&subject, view->subject, CY_NAMES_RFC4514);
  cy_name_format(&issuer, view->issuer, CY_NAMES_RFC4514);
  cy_cert_serial_format(&serial, view->serial);
  cy_time_format_date(&until, view->not_after);
  put_usage(&usage, view);
  cy_out_row(out);
  cy_out_str(out, "label", NULL, identity->label ? identity->label : identity->place);
  cy_out_bool(out, "shown", NULL, is_shown);
  cy_out_bool(out, "accepted", NULL, c->taken);
  cy_out_text(out, "subject", NULL, cy_buf_get(&subject));
  cy_out_text(out, "issuer", NULL, cy_buf_get(&issuer));
  cy_out_text(out, "serial", NULL, cy_buf_get(&serial));
  cy_out_text(out, "until", NULL, cy_buf_get(&until));
  cy_out_text(out, "usage", NULL, cy_buf_get(&usage));
  cy_out_row_end(out);
}

void cy_tls_choice_show(cy_out *out, const cy_tls_choice *choice, const cy_tls_shown *shown)
{
  static const cy_column columns[] = {{"label", "Certificate"}, {"shown", "Shown"},
    {"accepted", "Accepted"}, {"subject", "Subject", .max = 40}, {"issuer", "Issuer", .max = 40},
    {"serial", "Serial", .max = 24}, {"until", "Until"}, {"usage", "Usage"}};
  if (choice->count < 2)
    return;
  cy_out_line(out, "  Certificates of the client that fit what the server asks:");
  cy_out_table(out, "several", "", columns, CY_COUNT(columns));
  for (size_t i = 0; i < choice->count; i++)
    put_row(out, shown->client->side, &choice->items[i], (int)i == choice->shown);
  cy_out_table_end(out);
}

/* Findings. */

static const char *habit_of(const cy_tls_dialect *dialect)
{
  switch (dialect->library) {
  case CY_TLS_OPENSSL:
    return "OpenSSL keeps the last one of each kind of key that was loaded";
  case CY_TLS_GNUTLS:
    return "GnuTLS takes the first below the first CA that the server names, and none when it names none";
  case CY_TLS_JSSE:
    return "Java's key manager takes the first of the kind of key that the server asks for first, in the "
           "order of its aliases' hashes";
  case CY_TLS_NSS:
    return "a browser asks the person in front of it, or takes what it remembers";
  default:
    return "which one is taken is not known";
  }
}

/* What would leave one. */
static void set_fix(cy_findings *list, cy_finding *f, const cy_tls_choice *choice, const cy_tls_side *side)
{
  const cy_cert_view *first = leaf_of(side, choice->items[0].identity);
  bool differ = false;
  for (size_t i = 1; i < choice->count; i++)
    differ |= !cy_span_equal(leaf_of(side, choice->items[i].identity)->issuer, first->issuer);
  cy_finding_set_fix(list, f,
    "Name one at the client (alias, label or file), or leave only that one in its store; %s.",
    differ ? "their issuers differ, so a server that names only the one CA leaves one, where the client "
             "heeds the names"
           : "they have the same issuer, so nothing that the server asks can tell them apart");
}

void cy_tls_choice_tell(cy_findings *list, const cy_tls_choice *choice, const cy_tls_shown *shown)
{
  const cy_tls_side *side = shown->client->side;
  CY_CLEAN(cy_buf) labels = CY_BUF_TEXT;
  const char *taken = NULL;
  if (choice->count < 2)
    return;
  for (size_t i = 0; i < choice->count; i++) {
    const cy_tls_identity *identity = side->identities[choice->items[i].identity];
    const char *label = identity->label ? identity->label : identity->place;
    cy_buf_printf(&labels, "%s%s", i ? ", " : "", label);
    taken = (int)i == choice->shown ? label : taken;
  }
  list->failed |= labels.failed == CY_BUF_NO_MEMORY;
  cy_finding *f = cy_tls_read_noticed(list, CY_F_TLS_SEVERAL_FIT, side->source ? side->source : side->name,
    0, "%zu certificates of the client fit what the server asks: %s; %s%s (%s)", choice->count,
    cy_buf_cstr(&labels), taken ? "shown is " : "none is shown", taken ? taken : "",
    habit_of(shown->client->dialect));
  set_fix(list, f, choice, side);
}

void cy_tls_unnamed_tell(cy_findings *list, const cy_tls_shown *shown)
{
  const cy_tls_side *side = shown->client->side;
  CY_CLEAN(cy_buf) names = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) issuers = CY_BUF_TEXT;
  if (!cy_tls_outcome_hit(shown->outcome, CY_TLS_RULE_CLIENT_NO_CA))
    return;
  cy_tls_names_format(&names, shown->server);
  cy_tls_issuers_format(&issuers, shown->client);
  list->failed |= names.failed == CY_BUF_NO_MEMORY || issuers.failed == CY_BUF_NO_MEMORY;
  cy_finding *f =
    cy_tls_read_noticed(list, CY_F_TLS_ISSUER_UNNAMED, side->source ? side->source : side->name, 0,
      "the server asks for a certificate of %s; the client has %s, and sends none", cy_buf_cstr(&names),
      cy_buf_cstr(&issuers));
  if (!shown->outcome->agrees)
    cy_finding_set_severity(f, CY_ERROR_SEVERITY);
}
