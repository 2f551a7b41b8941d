/* CAs: whom a weak key stops, and who depends on one that ends. */
#include "base/mem.h"
#include "store/check_internal.h"
#include "store/codes.h"
#include "x509/codes.h"

static bool is_weak(const cy_check *c, const cy_check_cert *cert)
{
  return cert->rsa && cert->bits < c->ctx->min_rsa;
}

/* The nearest CA above `at` with a weak key, CY_MAP_NONE when there is none; how many steps up. */
static cy_err *weak_above(cy_check *c, size_t at, size_t *found, unsigned *steps)
{
  *found = CY_MAP_NONE;
  for (*steps = 1; *steps < CY_CHECK_CHAIN && !c->certs[at].self_issued; ++*steps) {
    cy_issuer_state state;
    CY_TRY(cy_check_issuer(c, &c->certs[at], false, &at, &state));
    if (state != CY_ISSUER_FOUND)
      return NULL;
    if (is_weak(c, &c->certs[at])) {
      *found = at;
      return NULL;
    }
  }
  return NULL;
}

static cy_err *stopped_by(cy_check *c, const cy_check_cert *cert, const cy_check_cert *ca)
{
  CY_CLEAN(cy_buf) subject = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) other = CY_BUF_TEXT;
  CY_TRY(cy_check_subject(c, cert->entry, &subject));
  cy_finding *f = cy_finding_add(c->list, CY_F_CERT_ISSUER_BELOW_PLAN, cy_buf_cstr(&subject),
    "%s would stop working: further up in its chain stands the CA %s, whose RSA key has %u bits; the "
    "planned minimum "
    "is %u",
    cy_check_name(&name, cert->subject), cy_check_name(&other, ca->subject), ca->bits, c->ctx->min_rsa);
  cy_check_evidence_cert(c->list, f, "sha256", cert->der);
  cy_check_evidence_cert(c->list, f, "through_sha256", ca->der);
  cy_finding_evidence(c->list, f, "through_bits", "%u", ca->bits);
  return NULL;
}

/* That the CA right above is weak, lint says. */
static cy_err *weak_cas(cy_check *c)
{
  for (size_t i = 0; c->ctx->min_rsa && i < c->count; i++) {
    unsigned steps;
    size_t ca;
    if (c->certs[i].repeated || is_weak(c, &c->certs[i]))
      continue;
    CY_TRY(weak_above(c, i, &ca, &steps));
    if (ca != CY_MAP_NONE && steps > 1)
      CY_TRY(stopped_by(c, &c->certs[i], &c->certs[ca]));
  }
  return NULL;
}

/* How many certificates here each CA signed, and the one of them that lasts longest. */
typedef struct {
  size_t count;
  size_t longest;
} dependents;

static cy_err *count_dependents(cy_check *c, dependents *of)
{
  for (size_t i = 0; i < c->count; i++) {
    const cy_check_cert *cert = &c->certs[i];
    cy_issuer_state state;
    size_t ca;
    if (cert->repeated || cert->self_issued)
      continue;
    CY_TRY(cy_check_issuer(c, cert, false, &ca, &state));
    if (state != CY_ISSUER_FOUND)
      continue;
    if (!of[ca].count++ || cert->not_after > c->certs[of[ca].longest].not_after)
      of[ca].longest = i;
  }
  return NULL;
}

static cy_err *note_ca_end(cy_check *c, const cy_check_cert *ca, const dependents *d)
{
  CY_CLEAN(cy_buf) subject = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) other = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) date = CY_BUF_TEXT;
  const cy_check_cert *longest = &c->certs[d->longest];
  CY_TRY(cy_check_subject(c, ca->entry, &subject));
  cy_time_format_date(&date, ca->not_after);
  cy_finding *f = cy_finding_add(c->list, CY_F_CA_ENDING, cy_buf_cstr(&subject),
    "the CA %s %s on %s; %zu certificate%s here depend%s on it, such as %s",
    cy_check_name(&name, ca->subject), ca->not_after < c->ctx->now ? "ended" : "ends", cy_buf_cstr(&date),
    d->count, d->count == 1 ? "" : "s", d->count == 1 ? "s" : "", cy_check_name(&other, longest->subject));
  cy_check_evidence_cert(c->list, f, "sha256", ca->der);
  cy_finding_evidence(c->list, f, "dependents", "%zu", d->count);
  return cy_buf_check(&date);
}

static cy_err *ending_cas(cy_check *c)
{
  dependents *of = cy_calloc(c->count + 1, sizeof *of);
  CY_TRY_ALLOC(of);
  cy_time soon = c->ctx->now + c->ctx->warn_days * CY_DAY;
  cy_err *err = count_dependents(c, of);
  for (size_t i = 0; !err && i < c->count; i++)
    if (of[i].count && c->certs[i].not_after < soon)
      err = note_ca_end(c, &c->certs[i], &of[i]);
  cy_free(of);
  return err;
}

cy_err *cy_check_cas(cy_check *c)
{
  CY_TRY(weak_cas(c));
  return ending_cas(c);
}
