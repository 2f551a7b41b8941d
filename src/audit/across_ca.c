/* CAs that end before what they signed, where that lies in other files. */
#include "audit/across.h"
#include "audit/codes.h"
#include "base/mem.h"

enum { NAMED = 4 };

typedef struct {
  size_t count;  /* certificates elsewhere that it signed and that have not ended */
  size_t longer; /* of them, those that outlast it */
  uint32_t longest;
  uint32_t named[NAMED];
} dependents;

/* Of several CA certificates of one key the one that lasts longest counts: it is the renewed one. */
static uint32_t longest_issuer(const cy_inventory *inv, const cy_inv_issuers *issuers)
{
  uint32_t best = issuers->certs[0];
  for (size_t i = 1; i < issuers->count; i++)
    if (inv->certs[issuers->certs[i]].note.not_after > inv->certs[best].note.not_after)
      best = issuers->certs[i];
  return best;
}

static cy_err *count_one(cy_inventory *inv, const cy_across *how, uint32_t at, dependents *of)
{
  const cy_inv_cert *cert = &inv->certs[at];
  cy_inv_issuers issuers;
  if (cert->note.not_after < how->now)
    return NULL;
  CY_TRY(cy_inventory_issuers(inv, at, &issuers));
  if (!issuers.count)
    return NULL;
  uint32_t ca = longest_issuer(inv, &issuers);
  if (cy_inventory_shares_unit(inv, cert, &inv->certs[ca]))
    return NULL; /* that store's own checks say it */
  dependents *d = &of[ca];
  if (!d->count || cert->note.not_after > inv->certs[d->longest].note.not_after)
    d->longest = at;
  if (d->count < NAMED)
    d->named[d->count] = at;
  d->count++;
  d->longer += cert->note.not_after > inv->certs[ca].note.not_after;
  return NULL;
}

static void put_dependents(cy_buf *buf, const cy_inventory *inv, const dependents *d)
{
  for (size_t i = 0; i < d->count && i < NAMED; i++) {
    const cy_inv_cert *cert = &inv->certs[d->named[i]];
    cy_buf_printf(buf, "%s%s (%s)", i ? ", " : "", cert->title, cy_inventory_address(inv, cert));
  }
  if (d->count > NAMED)
    cy_buf_printf(buf, " and %zu more", d->count - NAMED);
}

static cy_err *note_end(cy_findings *list, const cy_inventory *inv, const cy_across *how,
  const cy_inv_cert *ca, const dependents *d)
{
  CY_CLEAN(cy_buf) date = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) last = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) who = CY_BUF_TEXT;
  bool ended = ca->note.not_after < how->now;
  const cy_inv_cert *longest = &inv->certs[d->longest];
  cy_time_format_date(&date, ca->note.not_after);
  cy_time_format_date(&last, longest->note.not_after);
  put_dependents(&who, inv, d);
  cy_finding *f = cy_finding_add(list, CY_F_CA_ENDS_FIRST, cy_inventory_address(inv, ca),
    "the CA %s %s on %s; in other files %zu certificate%s depend%s on it, %zu of them made to last longer "
    "(until "
    "%s): %s",
    ca->title, ended ? "ended" : "ends", cy_buf_cstr(&date), d->count, d->count == 1 ? "" : "s",
    d->count == 1 ? "s" : "", d->longer, cy_buf_cstr(&last), cy_buf_cstr(&who));
  cy_across_evidence(list, f, "sha256", ca->note.sha256);
  cy_finding_evidence(list, f, "dependents", "%zu", d->count);
  cy_finding_evidence(list, f, "longer", "%zu", d->longer);
  cy_finding_evidence(list, f, "such_as", "%s", cy_inventory_address(inv, longest));
  if (ended)
    cy_finding_set_severity(f, CY_ERROR_SEVERITY);
  else if (ca->note.not_after >= how->now + how->warn_days * CY_DAY)
    cy_finding_set_severity(f, CY_NOTICE);
  CY_TRY(cy_buf_check(&who));
  return cy_buf_check(&date);
}

cy_err *cy_across_cas(cy_findings *list, cy_inventory *inv, const cy_across *how)
{
  cy_err *err = NULL;
  dependents *of = cy_calloc(inv->cert_count + 1, sizeof *of);
  CY_TRY_ALLOC(of);
  cy_time soon = how->now + how->warn_days * CY_DAY;
  for (size_t i = 0; !err && inv->ca_count && i < inv->cert_count; i++)
    err = count_one(inv, how, (uint32_t)i, of);
  for (size_t i = 0; !err && i < inv->cert_count; i++)
    if (of[i].count && (of[i].longer || inv->certs[i].note.not_after < soon))
      err = note_end(list, inv, how, &inv->certs[i], &of[i]);
  cy_free(of);
  return err;
}
