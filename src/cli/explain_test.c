/* explain --client --server: the causes are not only ranked, but tested on the two ends' configuration. */
#include "cli/codes.h"
#include "cli/explain.h"
#include "cli/tls_sides.h"
#include "tls/codes.h"
#include "tls/outcome_show.h"
#include "tls/used_show.h"

/* What a prediction decides: it names one of them, and rules the others out. */
static const char *const predicted[] = {"version.none-in-common", "suite.none-in-common", "key.type-unfit",
  "group.none-in-common", "scheme.none-in-common", "chain.ca-unknown", "chain.self-signed",
  "chain.too-long", "cert.expired", "cert.not-yet-valid", "cert.name-mismatch", "clientcert.none-sent",
  "clientcert.issuer-not-asked", "usage.unfit", "key.too-small", "digest.too-weak", "dh.too-small",
  "level.too-strict", "mq.cipherspec-differs", "mq.channel-version", "port.not-tls", "downgrade.refused"};

/* What findings of the two configurations decide; where there is none, it is ruled out. */
static const struct {
  const char *cause;
  cy_finding_id findings[5];
} noticed[] = {
  {"key.mismatch", {CY_F_TLS_KEY_OTHERS}},
  {"key.missing", {CY_F_TLS_KEY_MISSING}},
  {"label.missing", {CY_F_TLS_IDENTITY_MISSING, CY_F_MQ_LABEL, CY_F_MQ_DEFAULT_LABEL}},
  {"store.unreadable", {CY_F_TLS_STORE_CLOSED, CY_F_TLS_IDENTITY_MISSING, CY_F_TLS_TRUST_MISSING,
                         CY_F_MQ_REPOSITORY, CY_F_MQ_SUFFIX}},
  {"store.password", {CY_F_TLS_STORE_CLOSED}},
  {"store.empty", {CY_F_TLS_TRUST_MISSING, CY_F_TLS_CLIENT_TRUST_MISSING}},
  {"config.wrong", {CY_F_TLS_SETTING_WRONG, CY_F_TLS_SETTING_UNKNOWN, CY_F_TLS_SUITE_UNKNOWN,
                     CY_F_MQ_ATTRIBUTE, CY_F_MQ_INI_KEY}},
  {"clientcert.config-ignored", {CY_F_TLS_USER_ONLY}},
  {"mq.cipherspec-unknown", {CY_F_MQ_CIPHER_UNKNOWN, CY_F_MQ_CIPHER_NOTATION}},
  {"mq.settings-overridden", {CY_F_MQ_ENV_BEATS, CY_F_MQ_OVERRIDE_CLEAR, CY_F_MQ_NOT_READ_BY}},
  {"mq.refresh-missing", {CY_F_MQ_REFRESH}},
  {"mq.ssltasks", {CY_F_MQ_SSLTASKS}},
};

static const cy_finding *first_of(const cy_tls_side *side, const cy_finding_id ids[5])
{
  for (size_t i = 0; i < side->findings.count; i++)
    for (size_t k = 0; k < 5 && ids[k]; k++)
      if (side->findings.items[i]->id == ids[k])
        return side->findings.items[i];
  return NULL;
}

/* The causes of the code that was asked for; of a log or a message that was pasted all are. */
static bool is_asked(const cy_run *run, const char *cause)
{
  const cy_message *found[8], *one = NULL;
  const char *word = run->args->operand_count == 1 ? run->args->operands[0] : NULL;
  const char *colon = word ? strchr(word, ':') : NULL;
  char family[24] = "";
  if (word && cy_cause_find(word))
    return strcmp(word, cause) == 0;
  if (colon && (size_t)(colon - word) < sizeof family) {
    memcpy(family, word, (size_t)(colon - word));
    one = cy_message_get(family, colon + 1);
  } else if (word && cy_messages_of_code(found, CY_COUNT(found), word) == 1) {
    one = found[0];
  }
  for (size_t i = 0; one && i < one->cause_count; i++)
    if (strcmp(cy_causes[one->causes[i]].id, cause) == 0)
      return true;
  return !one;
}

static void put_noticed(const cy_run *run, const cy_tls_shown *shown)
{
  const cy_tls_side *sides[] = {shown->client->side, shown->server->side};
  cy_out_list(run->out, "noticed", "");
  for (size_t i = 0; i < CY_COUNT(noticed); i++)
    for (size_t e = 0; e < 2; e++) {
      const cy_finding *f = first_of(sides[e], noticed[i].findings);
      if (!f || !is_asked(run, noticed[i].cause))
        continue;
      cy_out_open(run->out, NULL, "");
      cy_out_str(run->out, "cause", NULL, noticed[i].cause);
      cy_out_str(run->out, "end", NULL, e ? "server" : "client");
      cy_out_str(run->out, "finding", NULL, cy_finding_info_get(f->id)->id);
      cy_out_str(run->out, "what", NULL, f->what);
      cy_out_line(run->out, "  Seen at the %s: %s (%s)", e ? "server" : "client", noticed[i].cause,
        cy_finding_info_get(f->id)->id);
      cy_out_labelled(run->out, "    ", f->what);
      cy_out_close(run->out);
    }
  cy_out_list_end(run->out);
}

static bool is_there(const cy_tls_shown *shown, const cy_finding_id ids[5])
{
  return first_of(shown->client->side, ids) || first_of(shown->server->side, ids);
}

static void put_ruled_out(const cy_run *run, const cy_tls_shown *shown, const char *holds)
{
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT;
  cy_out_list(run->out, "ruled_out", NULL);
  for (size_t i = 0; i < CY_COUNT(predicted); i++)
    if ((!holds || strcmp(predicted[i], holds) != 0) && is_asked(run, predicted[i])) {
      cy_out_str(run->out, NULL, NULL, predicted[i]);
      cy_buf_printf(&words, "%s%s", words.len ? ", " : "", predicted[i]);
    }
  for (size_t i = 0; i < CY_COUNT(noticed); i++)
    if (!is_there(shown, noticed[i].findings) && is_asked(run, noticed[i].cause)) {
      cy_out_str(run->out, NULL, NULL, noticed[i].cause);
      cy_buf_printf(&words, "%s%s", words.len ? ", " : "", noticed[i].cause);
    }
  cy_out_list_end(run->out);
  if (words.len)
    cy_out_labelled(run->out, "  Ruled out by these two configurations: ", cy_buf_cstr(&words));
}

static void show(const cy_run *run, const cy_tls_shown *shown)
{
  cy_out *out = run->out;
  const cy_tls_outcome *o = shown->outcome;
  const char *holds = o->agrees ? NULL : cy_tls_outcome_cause_id(o);
  const cy_cause *cause = holds ? cy_cause_find(holds) : NULL;
  cy_out_heading(out, "Tested on the two ends");
  cy_out_open(out, "tested", "");
  cy_out_str(out, "client", NULL, shown->client->side->name);
  cy_out_str(out, "server", NULL, shown->server->side->name);
  cy_out_str(out, "cause", NULL, holds);
  if (cause)
    cy_out_labelled(out, "  The cause that holds: ", cause->id);
  else if (o->agrees)
    cy_out_paragraphs(out,
      "By these two configurations the ends agree, so none of the causes above holds for them: look for "
      "another file or variable than the ones given, for what is not in force yet, and for the network.");
  put_noticed(run, shown);
  put_ruled_out(run, shown, holds);
  cy_tls_outcome_show(out, shown);
  cy_tls_used_show(out, shown);
  cy_out_close(out);
}

static cy_err *predict(cy_run *run, cy_tls_side *client, cy_tls_side *server, cy_tls_verdicts *verdicts)
{
  CY_AUTO(cy_tls_terms) *client_terms = NULL;
  CY_AUTO(cy_tls_terms) *server_terms = NULL;
  cy_tls_outcome outcome;
  cy_tls_mends mends;
  CY_TRY(cy_tls_terms_new(&client_terms, client, CY_TLS_CLIENT));
  CY_TRY(cy_tls_terms_new(&server_terms, server, CY_TLS_SERVER));
  CY_TRY(cy_tls_predict(&outcome, client_terms, server_terms, verdicts));
  CY_TRY(cy_tls_mend_find(&mends, client, server, verdicts));
  show(run, &(cy_tls_shown){client_terms, server_terms, &outcome, outcome.agrees ? NULL : &mends});
  return NULL;
}

cy_err *cy_explain_tested(cy_run *run)
{
  const char *client_address = cy_args_value(run->args, CY_OPT_CLIENT);
  const char *server_address = cy_args_value(run->args, CY_OPT_SERVER);
  CY_AUTO(cy_tls_side) *client = NULL;
  CY_AUTO(cy_tls_side) *server = NULL;
  cy_tls_verdicts verdicts;
  if (!client_address && !server_address)
    return NULL;
  if (!client_address || !server_address)
    return cy_err_new(CY_E_USAGE, "the causes can be tested only with both ends: --client and --server");
  CY_TRY(cy_run_tls_side(run, &client, client_address, CY_TLS_CLIENT));
  CY_TRY(cy_run_tls_side(run, &server, server_address, CY_TLS_SERVER));
  CY_TRY(cy_tls_used_check(server));
  cy_tls_verdicts_init(&verdicts);
  cy_err *err = predict(run, client, server, &verdicts);
  cy_tls_verdicts_clear(&verdicts);
  return err;
}
