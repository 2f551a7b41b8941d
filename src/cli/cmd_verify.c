/* verify: every chain that can be built, the one that holds, or the rule that broke each. */
#include "base/text.h"
#include "cli/command.h"
#include "store/codes.h"
#include "x509/name.h"
#include "x509/verify.h"

typedef struct {
  cy_run *run;
  cy_run_ask *ask;
  cy_verify_request request;
  cy_certs anchors;
  cy_certs untrusted;
  cy_crls crls;
  cy_certs targets;
  cy_findings findings;
  bool all_profiles;
  bool target_selected; /* the operand names one entry */
} verifier;

/* Collecting. */

static cy_err *add_cert(cy_certs *list, cy_entry *entry, size_t index)
{
  const cy_cert *cert;
  CY_TRY(cy_entry_cert(entry, index, &cert));
  return cy_certs_add(list, entry->certs[index].cert);
}

static cy_err *add_anchor(void *arg, cy_place *place, cy_entry *entry)
{
  verifier *v = arg;
  return entry->cert_count ? add_cert(&v->anchors, entry, 0) : NULL;
}

static cy_err *add_untrusted(void *arg, cy_place *place, cy_entry *entry)
{
  verifier *v = arg;
  for (size_t i = 0; i < entry->cert_count; i++)
    CY_TRY(add_cert(&v->untrusted, entry, i));
  return NULL;
}

static cy_err *add_crl(void *arg, cy_place *place, cy_entry *entry)
{
  verifier *v = arg;
  cy_crl *crl;
  if (entry->kind != CY_ENTRY_CRL)
    return NULL;
  CY_TRY(cy_crl_parse(&crl, entry->der));
  cy_err *err = cy_crls_add(&v->crls, crl);
  cy_crl_free(crl);
  return err;
}

static cy_err *collect(
  verifier *v, cy_opt opt, cy_err *(*visit)(void *arg, cy_place *place, cy_entry *entry))
{
  const char *operand;
  for (size_t i = 0; (operand = cy_args_nth(v->run->args, opt, i)); i++) {
    CY_CLEAN(cy_address) address = {0};
    CY_AUTO(cy_place) *place = NULL;
    CY_TRY(cy_run_open(v->run, &place, &address, operand, CY_OPEN_READ, &v->ask->ask));
    CY_TRY(cy_place_select(place, &address.selector, visit, v));
  }
  return NULL;
}

/* Of a place without a selector: its identities, else its end entities, else all there is. */
static bool is_target(cy_entry *entry, int pass)
{
  const cy_cert *cert;
  if (!entry->cert_count)
    return false;
  if (pass == 0)
    return entry->kind == CY_ENTRY_IDENTITY;
  cy_err *err = cy_entry_cert(entry, 0, &cert);
  bool good = !err && (pass == 2 || !cy_cert_get(cert)->is_ca);
  cy_err_free(err);
  return good;
}

static cy_err *add_targets(verifier *v, cy_place *place)
{
  for (int pass = 0; pass < 3 && v->targets.count == 0; pass++) {
    size_t iter = 0;
    for (cy_entry *entry; (entry = cy_place_next(place, &iter));)
      if (is_target(entry, pass))
        CY_TRY(add_cert(&v->targets, entry, 0));
  }
  if (v->targets.count == 0)
    return cy_err_new(CY_E_STORE_LABEL_MISSING, "%s holds no certificate", cy_place_path(place));
  return NULL;
}

static cy_err *add_selected(void *arg, cy_place *place, cy_entry *entry)
{
  verifier *v = arg;
  if (!entry->cert_count)
    return cy_err_new(CY_E_STORE_CANNOT_HOLD, "entry %zu of %s is a %s, which has no certificate",
      entry->position, cy_place_path(place), cy_entry_kind_name(entry->kind));
  return add_cert(&v->targets, entry, 0);
}

/* Telling. */

static void put_cert(cy_out *out, const cy_path *path, size_t depth)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  const cy_cert_view *view = cy_cert_get(path->certs.items[depth]);
  bool anchor = path->anchored && depth + 1 == path->certs.count;
  cy_name_format(&text, view->subject, CY_NAMES_RFC4514);
  cy_out_open(out, NULL, "");
  cy_out_text(out, "subject", NULL, cy_buf_get(&text));
  cy_out_time(out, "not_after", NULL, view->not_after);
  cy_out_bool(out, "anchor", NULL, anchor);
  cy_buf_str(&text, ", until ");
  cy_time_format_date(&text, view->not_after);
  cy_out_line(out, "%*s%s%s", (int)(4 + 2 * depth), "", cy_buf_cstr(&text), anchor ? "  (trusted)" : "");
  cy_out_close(out);
}

static void put_issue(cy_out *out, const cy_path_issue *issue)
{
  const cy_rule_info *rule = cy_rule_get(issue->rule);
  const char *words = rule->openssl ? cy_openssl_words(rule->openssl) : "";
  cy_out_open(out, NULL, "");
  cy_out_str(out, "rule", NULL, cy_rule_id(issue->rule));
  cy_out_int(out, "depth", NULL, (int64_t)issue->depth);
  cy_out_bool(out, "fatal", NULL, issue->fatal);
  cy_out_str(out, "what", NULL, issue->what);
  cy_out_str(out, "fix", NULL, cy_path_issue_fix(issue));
  if (rule->openssl)
    cy_out_int(out, "openssl_error", NULL, rule->openssl);
  cy_out_style(out, issue->fatal ? CY_STYLE_BAD : CY_STYLE_WARN);
  cy_out_line(out, "    %s  %s", issue->fatal ? "refused" : "note", cy_rule_id(issue->rule));
  cy_out_labelled(out, "        ", issue->what);
  cy_out_labelled(out, "        fix: ", cy_path_issue_fix(issue));
  if (rule->openssl && issue->fatal)
    cy_out_line(out, "        OpenSSL says: error %d%s%s", rule->openssl, *words ? ", " : "", words);
  if (*rule->java && issue->fatal)
    cy_out_line(out, "        Java says, as far as known: %s", rule->java);
  cy_out_close(out);
}

static void put_path(cy_out *out, const cy_path *path, size_t number)
{
  cy_out_open(out, NULL, "");
  cy_out_bool(out, "holds", NULL, path->holds);
  cy_out_style(out, path->holds ? CY_STYLE_GOOD : CY_STYLE_BAD);
  cy_out_line(out, "  chain %zu: %s", number, path->holds ? "holds" : "does not hold");
  cy_out_list(out, "certificates", "");
  for (size_t i = 0; i < path->certs.count; i++)
    put_cert(out, path, i);
  cy_out_list_end(out);
  cy_out_list(out, "issues", "");
  for (size_t i = 0; i < path->issue_count; i++)
    put_issue(out, &path->issues[i]);
  cy_out_list_end(out);
  cy_out_close(out);
}

static void put_verification(verifier *v, const cy_verification *result, const char *subject)
{
  cy_out *out = v->run->out;
  cy_out_str(out, "profile", NULL, cy_profile_id(result->profile));
  cy_out_bool(out, "trusted", NULL, result->ok);
  cy_out_style(out, result->ok ? CY_STYLE_GOOD : CY_STYLE_BAD);
  cy_out_line(out, "%s: %s by %s", subject, result->ok ? "trusted" : "not trusted",
    cy_profile_words(result->profile));
  cy_out_list(out, "paths", "");
  for (size_t i = 0; i < result->count; i++)
    put_path(out, &result->paths[i], i + 1);
  cy_out_list_end(out);
  if (result->exhausted)
    cy_out_line(out, "There may be more chains: the work that one verification may cost is used up.");
}

static cy_err *verify_one(verifier *v, const char *subject)
{
  CY_AUTO(cy_verification) *result = NULL;
  CY_TRY(cy_verify(&result, &v->request));
  cy_out_open(v->run->out, NULL, "");
  cy_out_str(v->run->out, "subject", NULL, subject);
  put_verification(v, result, subject);
  cy_verification_findings(&v->findings, result, subject);
  cy_out_close(v->run->out);
  if (!result->ok)
    cy_run_exit(v->run, CY_EXIT_FINDINGS);
  return NULL;
}

/* Side by side: a row a profile, with the first rule that broke its best chain. */
static void put_profile_row(cy_out *out, const cy_verification *result)
{
  const cy_path *best = cy_verification_best(result);
  const cy_path_issue *first = best && !result->ok ? cy_path_first(best) : NULL;
  cy_out_row(out);
  cy_out_str(out, "profile", NULL, cy_profile_id(result->profile));
  cy_out_bool(out, "trusted", NULL, result->ok);
  cy_out_style(out, result->ok ? CY_STYLE_GOOD : CY_STYLE_BAD);
  cy_out_str(out, "says", NULL, result->ok ? "trusted" : "refused");
  cy_out_str(out, "rule", NULL, first ? cy_rule_id(first->rule) : NULL);
  cy_out_str(out, "what", NULL, first ? first->what : NULL);
  cy_out_str(out, "fix", NULL, first ? cy_path_issue_fix(first) : NULL);
  cy_out_row_end(out);
}

static cy_err *verify_profiles(verifier *v, const char *subject)
{
  static const cy_column columns[] = {{"profile", "profile", false, 0}, {"says", "says", false, 0},
    {"rule", "rule", false, 0}, {"what", "because", false, 60}};
  cy_verification *results[CY_PROFILES];
  bool any = false;
  CY_TRY(cy_verify_all_profiles(results, &v->request));
  cy_out_open(v->run->out, NULL, "");
  cy_out_str(v->run->out, "subject", NULL, subject);
  cy_out_heading(v->run->out, "%s", subject);
  cy_out_table(v->run->out, "profiles", "", columns, CY_COUNT(columns));
  for (int i = 0; i < CY_PROFILES; i++) {
    put_profile_row(v->run->out, results[i]);
    any = any || !results[i]->ok;
    cy_verification_free(results[i]);
  }
  cy_out_table_end(v->run->out);
  cy_out_close(v->run->out);
  if (any)
    cy_run_exit(v->run, CY_EXIT_FINDINGS);
  return NULL;
}

static cy_err *verify_targets(verifier *v, const char *path)
{
  for (size_t i = 0; i < v->targets.count; i++) {
    CY_CLEAN(cy_buf) subject = CY_BUF_TEXT;
    CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
    cy_name_short(&name, cy_cert_get(v->targets.items[i])->subject);
    cy_address_format(&subject, path, cy_buf_cstr(&name));
    v->request.target = v->targets.items[i];
    CY_TRY(
      v->all_profiles ? verify_profiles(v, cy_buf_cstr(&subject)) : verify_one(v, cy_buf_cstr(&subject)));
  }
  return NULL;
}

/* The place of the target lends its other certificates for building. */
static cy_err *verify_operand(verifier *v, const char *operand)
{
  static const cy_selector everything = {.kind = CY_SELECT_ALL};
  CY_CLEAN(cy_address) address = {0};
  CY_AUTO(cy_place) *place = NULL;
  cy_certs_clear(&v->targets);
  CY_TRY(cy_run_open(v->run, &place, &address, operand, CY_OPEN_READ, &v->ask->ask));
  if (address.selector.kind == CY_SELECT_ALL)
    CY_TRY(add_targets(v, place));
  else
    CY_TRY(cy_place_select(place, &address.selector, add_selected, v));
  CY_TRY(cy_place_select(place, &everything, add_untrusted, v));
  return verify_targets(v, cy_place_path(place));
}

/* Options. */

static cy_err *bad_word(cy_opt opt, const char *word, const char *all)
{
  return cy_err_hint(
    cy_err_new(CY_E_USAGE, "--%s %s is none of those that there are", cy_options[opt].name, word),
    "There are %s.", all);
}

static cy_err *read_options(verifier *v)
{
  const cy_args *args = v->run->args;
  const char *purpose = cy_args_value(args, CY_OPT_PURPOSE), *profile = cy_args_value(args, CY_OPT_PROFILE);
  const char *ip = cy_args_value(args, CY_OPT_IP);
  if (purpose && !cy_purpose_parse(&v->request.purpose, purpose))
    return bad_word(CY_OPT_PURPOSE, purpose, "server, client, ca, email, code, time and any");
  if (profile && !cy_profile_parse(&v->request.profile, profile))
    return bad_word(CY_OPT_PROFILE, profile, "strict, openssl, openssl-strict, browser and java");
  if (!args->given[CY_OPT_TRUST])
    return cy_err_hint(cy_err_new(CY_E_USAGE, "whom to trust is not said: --trust PLACE"),
      "Name the file or store with the CA certificates that you trust; this machine's own is "
      "system: (--trust system:).");
  v->request.host = ip ? ip : cy_args_value(args, CY_OPT_HOST);
  v->request.email = cy_args_value(args, CY_OPT_EMAIL);
  v->request.partial_chain = args->given[CY_OPT_PARTIAL_CHAIN];
  v->request.crls = args->given[CY_OPT_CRL] || args->given[CY_OPT_REQUIRE_CRL] ? &v->crls : NULL;
  v->request.require_revocation = args->given[CY_OPT_REQUIRE_CRL];
  v->request.all_paths = args->given[CY_OPT_ALL_PATHS];
  v->all_profiles = args->given[CY_OPT_ALL_PROFILES];
  return NULL;
}

static cy_err *verify_all(verifier *v)
{
  CY_TRY(read_options(v));
  CY_TRY(collect(v, CY_OPT_TRUST, add_anchor));
  CY_TRY(collect(v, CY_OPT_UNTRUSTED, add_untrusted));
  CY_TRY(collect(v, CY_OPT_CRL, add_crl));
  cy_out_document(v->run->out, "causey.verify/1", 0);
  cy_out_list(v->run->out, "verified", "");
  for (size_t i = 0; i < v->run->args->operand_count; i++) {
    cy_err *err = verify_operand(v, v->run->args->operands[i]);
    if (err)
      cy_run_error(v->run, err);
  }
  cy_out_list_end(v->run->out);
  return cy_findings_check(&v->findings);
}

static cy_err *run_verify(cy_run *run)
{
  cy_run_ask ask;
  cy_run_ask_init(&ask, run, CY_ROLE_STORE);
  verifier v = {.run = run, .ask = &ask, .request = {.at = run->now, .profile = CY_PROFILE_STRICT}};
  v.request.anchors = &v.anchors;
  v.request.untrusted = &v.untrusted;
  cy_err *err = verify_all(&v);
  cy_certs_clear(&v.anchors);
  cy_certs_clear(&v.untrusted);
  cy_certs_clear(&v.targets);
  cy_crls_clear(&v.crls);
  cy_findings_clear(&v.findings);
  cy_run_ask_clear(&ask);
  return err;
}

const cy_command cy_cmd_verify = {
  .name = "verify",
  .operands = "ENTRY...",
  .summary = "say whether certificates hold, and if not, which certificate and which rule broke each chain",
  .description =
    "Builds every chain from the certificate to one that is trusted, and judges each by the rules of a "
    "profile. Certificates that stand in the same place as the one asked for help to build.\n\n"
    "Profiles: strict (RFC 5280 to the letter, and for servers the rules of browsers' CAs), openssl, "
    "openssl-strict (-x509_strict), browser, java. --all-profiles shows what each would say, side by "
    "side.\n\n"
    "Exit code 1 when a certificate does not hold.",
  .min_operands = 1,
  .max_operands = -1,
  .options = {CY_OPT_TRUST, CY_OPT_UNTRUSTED, CY_OPT_CRL, CY_OPT_HOST, CY_OPT_IP, CY_OPT_EMAIL,
    CY_OPT_PURPOSE, CY_OPT_PROFILE, CY_OPT_ALL_PROFILES, CY_OPT_ALL_PATHS, CY_OPT_REQUIRE_CRL,
    CY_OPT_PARTIAL_CHAIN, CY_OPT_AT, CY_OPT_PASSWORD, CY_OPT_PASSWORD_FILE, CY_OPT_PASSWORD_ENV,
    CY_OPT_PASSWORD_FD},
  .examples = {{"causey verify server.pem --trust ca.pem --host mq1.example",
                 "would a careful client accept it?"},
    {"causey verify server.pem --trust /etc/ssl/certs/ca-certificates.crt --all-profiles",
      "what OpenSSL, browsers and Java would say"},
    {"causey verify client.p12#me --trust ca.pem --crl ca.crl --purpose client", "with a revocation list"}},
  .run = run_verify,
};
