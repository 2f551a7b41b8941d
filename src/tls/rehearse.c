#include "tls/rehearse.h"

#include "tls/codes.h"
#include "tls/outcome_show.h"
#include "tls/reader.h"

/* A client that offers and takes whatever OpenSSL has at all. */

static cy_err *all_codes(cy_codes *list, cy_code_row row)
{
  for (size_t i = 0; i < row.count; i++)
    CY_TRY(cy_codes_add(list, row.codes[i]));
  return NULL;
}

static cy_err *all_suites(cy_tls_side *side, cy_code_row row)
{
  for (size_t i = 0; i < row.count; i++) {
    const cy_suite *suite = cy_suite_get(row.codes[i]);
    if (suite)
      CY_TRY(cy_codes_add(suite->min == CY_TLS13 ? &side->suites13 : &side->suites, row.codes[i]));
  }
  return NULL;
}

static cy_err *client_of(cy_tls_side **out, unsigned versions)
{
  CY_TRY(cy_tls_side_new(out, "a client that takes everything", CY_TLS_CLIENT));
  cy_tls_side *side = *out;
  const cy_tls_dialect *d = cy_tls_dialect_find("openssl");
  side->dialect = d;
  side->versions = versions & d->known_versions;
  side->security_level = 0;
  side->peer = CY_TLS_PEER_IGNORED;
  side->check_host = CY_NO;
  CY_TRY(all_suites(side, d->known_suites));
  CY_TRY(all_codes(&side->groups, d->known_groups));
  return all_codes(&side->schemes, d->known_schemes);
}

cy_err *cy_tls_rehearsal_init(cy_tls_rehearsal *r)
{
  static const unsigned versions[CY_TLS_REHEARSED] = {
    CY_TLS_ALL_VERSIONS, CY_TLS_BIT(CY_TLS12), CY_TLS_BIT(CY_TLS13)};
  *r = (cy_tls_rehearsal){0};
  for (size_t i = 0; i < CY_TLS_REHEARSED; i++) {
    CY_TRY(client_of(&r->clients[i], versions[i]));
    CY_TRY(cy_tls_terms_new(&r->terms[i], r->clients[i], CY_TLS_CLIENT));
  }
  return NULL;
}

void cy_tls_rehearsal_clear(cy_tls_rehearsal *r)
{
  for (size_t i = 0; i < CY_TLS_REHEARSED; i++) {
    cy_tls_terms_free(r->terms[i]);
    cy_tls_side_free(r->clients[i]);
  }
  *r = (cy_tls_rehearsal){0};
}

/* What is found. */

static void tell(
  cy_tls_side *side, const cy_tls_terms *terms, cy_finding_id id, cy_tls_cause cause, const char *what)
{
  CY_CLEAN(cy_buf) now = CY_BUF_TEXT;
  cy_tls_field field = cy_tls_cause_field(cause);
  const cy_tls_setting *setting = cy_tls_side_setting(side, field);
  const char *file = setting && setting->line ? setting->file : side->source ? side->source : side->name;
  cy_tls_setting_format(&now, terms, field);
  side->findings.failed |= now.failed == CY_BUF_NO_MEMORY;
  cy_tls_read_finding(side, id, file, setting ? setting->line : 0, "%s: %s: %s %s", side->name, what,
    cy_tls_cause_get(cause)->title, cy_buf_cstr(&now));
}

/* The client's own side of it, and what is no fault of these settings. */
static bool is_ours(const cy_tls_outcome *o)
{
  return !o->agrees && (o->step < CY_TLS_STEP_SERVER_PROOF || o->cause == CY_TLS_CAUSE_ASK_NONE) &&
         o->cause != CY_TLS_CAUSE_SIDE_IDENTITY_UNUSABLE;
}

static bool has_finding(const cy_tls_side *side, cy_finding_id id)
{
  for (size_t i = 0; i < side->findings.count; i++)
    if (side->findings.items[i]->id == id)
      return true;
  return false;
}

static bool has_certificate(const cy_tls_side *side)
{
  for (size_t i = 0; i < side->identity_count; i++)
    if (side->identities[i]->chain.count && side->identities[i]->key == CY_TLS_KEY_THERE)
      return true;
  return false;
}

/* A version that is meant to be on, and can not be agreed on. */
static cy_err *try_version(
  const cy_tls_rehearsal *r, size_t which, cy_tls_side *side, const cy_tls_terms *terms, cy_tls_verdicts *v)
{
  static const unsigned versions[CY_TLS_REHEARSED] = {0, CY_TLS12, CY_TLS13};
  CY_CLEAN(cy_buf) what = CY_BUF_TEXT;
  cy_tls_outcome outcome;
  if (!(side->versions & CY_TLS_BIT(versions[which])) || has_finding(side, CY_F_TLS_GSK_13_LACKS))
    return NULL;
  CY_TRY(cy_tls_predict(&outcome, r->terms[which], terms, v));
  if (!is_ours(&outcome) || outcome.cause == CY_TLS_CAUSE_VERSION_NONE)
    return NULL;
  cy_buf_printf(
    &what, "%s is switched on, but nobody can agree on it", cy_tls_version_name(versions[which]));
  tell(side, terms, CY_F_TLS_GSK_13_LACKS, outcome.cause, cy_buf_cstr(&what));
  return NULL;
}

static cy_err *rehearse_server(
  const cy_tls_rehearsal *r, cy_tls_side *side, const cy_tls_terms *terms, cy_tls_verdicts *v)
{
  cy_tls_outcome outcome;
  CY_TRY(cy_tls_predict(&outcome, r->terms[0], terms, v));
  if (is_ours(&outcome)) {
    tell(side, terms, CY_F_TLS_NOBODY, outcome.cause, "whoever connects is refused");
    return NULL;
  }
  for (size_t i = 1; i < CY_TLS_REHEARSED; i++)
    CY_TRY(try_version(r, i, side, terms, v));
  return NULL;
}

static cy_err *rehearse(
  const cy_tls_rehearsal *r, cy_tls_side *side, const cy_tls_terms *terms, cy_tls_verdicts *v)
{
  cy_tls_cause stop = (cy_tls_cause)terms->stop.cause;
  if (terms->role == CY_TLS_SERVER)
    return rehearse_server(r, side, terms, v);
  if (stop && stop != CY_TLS_CAUSE_SIDE_IDENTITY_UNUSABLE)
    tell(side, terms, CY_F_TLS_NOBODY, stop, "it can not even begin");
  return NULL;
}

cy_err *cy_tls_rehearse(const cy_tls_rehearsal *r, cy_tls_side *side)
{
  CY_AUTO(cy_tls_terms) *terms = NULL;
  cy_tls_verdicts verdicts;
  if (side->clear || side->identity_wrong || !side->role_known)
    return NULL;
  if (side->role == CY_TLS_SERVER && !has_certificate(side))
    return NULL;
  CY_TRY(cy_tls_terms_new(&terms, side, side->role));
  cy_tls_verdicts_init(&verdicts);
  cy_err *err = rehearse(r, side, terms, &verdicts);
  cy_tls_verdicts_clear(&verdicts);
  return err ? err : cy_findings_check(&side->findings);
}
