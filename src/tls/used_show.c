#include "tls/used_show.h"

#include "tls/wire_alert.h"

/* One fact that the trace shows. */
typedef struct {
  const char *fact, *seen, *predicted;
  size_t line;
} fact;

enum { FACTS = 8 };

typedef struct {
  fact items[FACTS];
  size_t count;
  bool differs;
} facts;

static void add(facts *f, const char *name, const char *seen, size_t line, const char *predicted)
{
  if (!line || !seen)
    return;
  if (!predicted)
    predicted = "none";
  f->items[f->count++] = (fact){name, seen, predicted, line};
  f->differs |= strcmp(seen, predicted) != 0;
}

static const char *suite_name(int row)
{
  return row < 0 ? NULL : cy_suites[row].names[CY_NOTATION_IANA];
}

static const char *group_name(int row)
{
  return row < 0 ? NULL : cy_tls_groups[row].names[CY_NOTATION_IANA];
}

static const char *scheme_name(int row)
{
  return row < 0 ? NULL : cy_schemes[row].names[CY_NOTATION_IANA];
}

static void add_row(facts *f, const char *name, cy_seen_code seen, const char *(*name_of)(int row),
  int (*row_of)(uint16_t code), int predicted)
{
  add(f, name, seen.line ? name_of(row_of(seen.code)) : NULL, seen.line, name_of(predicted));
}

static bool same_leaf(const cy_cert *seen, const cy_tls_terms *terms, int identity)
{
  return identity >= 0 && terms->identities[identity].identity->chain.count &&
         cy_span_equal(
           cy_cert_der(seen), cy_cert_der(terms->identities[identity].identity->chain.items[0]));
}

static void add_certificate(
  facts *f, const char *name, const cy_cert *seen, size_t line, const cy_tls_terms *terms, int identity)
{
  if (seen)
    add(f, name, "the one in the trace", line,
      same_leaf(seen, terms, identity) ? "the one in the trace"
      : identity < 0                   ? "none"
                                       : "another one");
}

/* What was agreed on is compared as far as both came; a failure by the alert. */
static void gather(facts *f, const cy_tls_used *used, const cy_tls_shown *s)
{
  const cy_tls_outcome *o = s->outcome;
  static const char *const came[] = {NULL, "they agree", "they do not agree"};
  add(
    f, "outcome", came[used->came], used->line, came[o->agrees ? CY_TLS_CAME_AGREED : CY_TLS_CAME_FAILED]);
  if (o->version || o->agrees)
    add(f, "version", used->version.line ? cy_tls_version_name(used->version.code) : NULL,
      used->version.line, o->version ? cy_tls_version_name(o->version) : NULL);
  if (o->suite >= 0)
    add_row(f, "suite", used->suite, suite_name, cy_suite_row, o->suite);
  if (o->group >= 0)
    add_row(f, "group", used->group, group_name, cy_group_row, o->group);
  if (o->server_scheme >= 0)
    add_row(f, "server's scheme", used->server_scheme, scheme_name, cy_scheme_row, o->server_scheme);
  if (o->client_scheme >= 0)
    add_row(f, "client's scheme", used->client_scheme, scheme_name, cy_scheme_row, o->client_scheme);
  if (o->server_identity >= 0)
    add_certificate(
      f, "server's certificate", used->server_cert, used->line, s->server, o->server_identity);
  if (used->alert >= 0 && o->alert >= 0)
    add(f, "alert", cy_wire_alert_get((uint8_t)used->alert)->name, used->alert_line,
      cy_wire_alert_get((uint8_t)o->alert) ? cy_wire_alert_get((uint8_t)o->alert)->name : NULL);
}

static void put_facts(cy_out *out, const facts *f)
{
  static const cy_column columns[] = {{"fact", "Fact"}, {"seen", "Seen"}, {"line", "line", true, 0},
    {"predicted", "Predicted"}, {"same", "same"}};
  cy_out_table(out, "facts", "", columns, CY_COUNT(columns));
  for (size_t i = 0; i < f->count; i++) {
    const fact *one = &f->items[i];
    cy_out_row(out);
    cy_out_str(out, "fact", NULL, one->fact);
    cy_out_str(out, "seen", NULL, one->seen);
    cy_out_int(out, "line", NULL, (int64_t)one->line);
    cy_out_str(out, "predicted", NULL, one->predicted);
    cy_out_bool(out, "same", NULL, strcmp(one->seen, one->predicted) == 0);
    cy_out_row_end(out);
  }
  cy_out_table_end(out);
}

/* Alerts by which an end says that it does not like the other's certificate (RFC 8446 6.2). */
static bool is_about_chain(int alert)
{
  return (alert >= 42 && alert <= 46) || alert == 48;
}

static void put_advice(cy_out *out, const facts *f, const cy_tls_used *used, const cy_tls_shown *s)
{
  const cy_tls_side *judge = used->alerter == CY_TLS_CLIENT ? s->client->side : s->server->side;
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  if (f->count == 0)
    cy_buf_str(&text, "The trace shows nothing that could be compared.");
  else if (!f->differs)
    cy_buf_str(&text, "As far as the trace goes, it was as predicted.");
  else if (is_about_chain(used->alert) && judge->trust_unknown && s->outcome->agrees)
    cy_buf_printf(&text,
      "The %s refused the other's certificate, and whom it believes is not in the trace, so that could not "
      "be predicted: give its own configuration in place of the trace.",
      cy_tls_role_name(used->alerter));
  else if (used->shown == CY_YES && !s->outcome->agrees &&
           s->outcome->cause == CY_TLS_CAUSE_CLIENT_NONE_SENT && s->client->side->used == used)
    cy_buf_str(&text,
      "The client showed a certificate that the trace does not hold, so the prediction had to do without: "
      "trace again with openssl s_client -msg, or give the client's own configuration.");
  else
    cy_buf_str(&text, "Where they differ, it was another end than the one given, or what was given is not "
                      "what was in force "
                      "in that connection: another file or host, a change that was not yet refreshed or "
                      "restarted, a program "
                      "with settings of its own, or a proxy between.");
  cy_out_text(out, "advice", NULL, cy_buf_get(&text));
  cy_out_labelled(out, "  ", cy_buf_cstr(&text));
}

static void put_used(cy_out *out, const cy_tls_used *used, const cy_tls_shown *s)
{
  facts f = {0};
  gather(&f, used, s);
  cy_out_open(out, NULL, "");
  cy_out_heading(out, "What the trace shows (%s, %s:%zu)", used->what, used->file, used->line);
  cy_out_str(out, "what", NULL, used->what);
  cy_out_str(out, "file", NULL, used->file);
  cy_out_int(out, "line", NULL, (int64_t)used->line);
  cy_out_str(out, "when", "When", used->when);
  cy_out_str(out, "came", NULL, cy_tls_came_name(used->came));
  cy_out_bool(out, "as_predicted", NULL, f.count > 0 && !f.differs);
  if (f.count)
    put_facts(out, &f);
  put_advice(out, &f, used, s);
  cy_out_close(out);
}

/* The same trace may have been given for both ends. */
static bool is_same(const cy_tls_used *a, const cy_tls_used *b)
{
  return a && b && a->line == b->line && strcmp(a->file, b->file) == 0;
}

void cy_tls_used_show(cy_out *out, const cy_tls_shown *s)
{
  const cy_tls_used *client = s->client->side->used, *server = s->server->side->used;
  if (!client && !server)
    return;
  cy_out_list(out, "seen", "");
  if (client)
    put_used(out, client, s);
  if (server && !is_same(client, server))
    put_used(out, server, s);
  cy_out_list_end(out);
}
