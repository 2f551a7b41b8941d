/* What was renewed in one place and forgotten in another: CAs, and certificates about to end. */
#include "audit/across.h"

#include <stdlib.h>

#include "audit/codes.h"
#include "base/file.h"
#include "base/map.h"
#include "base/mem.h"

enum { UNIT_SCANNED = 4096 };

typedef struct {
  cy_findings *list;
  const cy_inventory *inv;
  const cy_across *how;
  uint32_t *order; /* certificates, those of a group one after another */
  size_t count;
  bool *said; /* for each certificate */
} renewal;

/* A place that should have the newest: a file of several certificates, or the folder of single ones. */
typedef struct {
  uint64_t where;
  uint32_t cert, place;
} standing;

static uint64_t where(const cy_inventory *inv, uint32_t unit)
{
  const char *path = inv->units[unit].path;
  if (inv->units[unit].certs > 1)
    return (uint64_t)unit << 1;
  size_t folder = (size_t)(cy_path_name(path) - path);
  return cy_hash(inv->seed, cy_span_of(path, folder)) | 1;
}

/* Sorting: later made first, then longer valid, then as met. */

static int three_way(int64_t a, int64_t b)
{
  return a < b ? -1 : a > b;
}

static int newer(const cy_inventory *inv, uint32_t a, uint32_t b)
{
  const cy_note_cert *x = &inv->certs[a].note, *y = &inv->certs[b].note;
  int order = three_way(y->not_before, x->not_before);
  if (!order)
    order = three_way(y->not_after, x->not_after);
  return order ? order : three_way(a, b);
}

static int by_where(const void *left, const void *right, void *arg)
{
  const standing *a = left, *b = right;
  if (a->where != b->where)
    return a->where < b->where ? -1 : 1;
  int order = newer(arg, a->cert, b->cert);
  return order ? order : three_way(a->place, b->place);
}

/* The newest that is valid now; CY_INV_NONE. */
static uint32_t newest(const renewal *r, const uint32_t *group, size_t count)
{
  uint32_t best = CY_INV_NONE;
  for (size_t i = 0; i < count; i++) {
    const cy_note_cert *n = &r->inv->certs[group[i]].note;
    if (n->not_before <= r->how->now && r->how->now <= n->not_after &&
        (best == CY_INV_NONE || newer(r->inv, group[i], best) < 0))
      best = group[i];
  }
  return best;
}

typedef cy_err *judge(renewal *r, const standing *old, uint32_t new);

/* Calls for the newest that each place has, where that is not the newest of all. */
static cy_err *each_behind(renewal *r, const uint32_t *group, size_t count, judge *say)
{
  cy_err *err = NULL;
  size_t total = 0, n = 0;
  uint32_t best = newest(r, group, count);
  if (best == CY_INV_NONE)
    return NULL;
  for (size_t i = 0; i < count; i++)
    total += r->inv->certs[group[i]].places;
  standing *all = cy_calloc(total + 1, sizeof *all);
  CY_TRY_ALLOC(all);
  for (size_t i = 0; i < count; i++)
    for (uint32_t p = r->inv->certs[group[i]].first; n < total && p != CY_INV_NONE;
         p = r->inv->places[p].next)
      all[n++] = (standing){where(r->inv, r->inv->places[p].unit), group[i], p};
  qsort_r(all, n, sizeof *all, by_where, (void *)(uintptr_t)r->inv);
  for (size_t i = 0; !err && i < n; i++)
    if ((i == 0 || all[i].where != all[i - 1].where) && newer(r->inv, best, all[i].cert) < 0)
      err = say(r, &all[i], best);
  cy_free(all);
  return err;
}

/* Groups. */

static cy_err *each_group(renewal *r, int (*order)(const void *, const void *, void *), judge *say)
{
  void *inv = (void *)(uintptr_t)r->inv;
  qsort_r(r->order, r->count, sizeof *r->order, order, inv);
  for (size_t i = 0, end; i < r->count; i = end) {
    for (end = i + 1; end < r->count && order(&r->order[i], &r->order[end], inv) == 0; end++)
      ;
    if (end - i > 1)
      CY_TRY(each_behind(r, r->order + i, end - i, say));
  }
  return NULL;
}

static int unsigned_way(uint64_t a, uint64_t b)
{
  return a < b ? -1 : a > b;
}

static const cy_note_cert *note_of(const void *number, const cy_inventory *inv)
{
  return &inv->certs[*(const uint32_t *)number].note;
}

static int same_ca(const void *left, const void *right, void *inv)
{
  const cy_note_cert *a = note_of(left, inv), *b = note_of(right, inv);
  int order = unsigned_way(a->subject, b->subject);
  return order ? order : unsigned_way(a->issuer, b->issuer);
}

static int same_names(const void *left, const void *right, void *inv)
{
  return unsigned_way(note_of(left, inv)->names, note_of(right, inv)->names);
}

static int same_key(const void *left, const void *right, void *inv)
{
  const cy_note_cert *a = note_of(left, inv), *b = note_of(right, inv);
  int order = unsigned_way(a->key, b->key);
  return order ? order : unsigned_way(a->subject, b->subject);
}

/* Words. */

static void put_dates(cy_buf *buf, const cy_note_cert *n)
{
  cy_time_format_date(buf, n->not_before);
  cy_buf_str(buf, " to ");
  cy_time_format_date(buf, n->not_after);
}

/* In the file of the old one stands something that its key signed: it is part of a chain. */
static bool in_use_there(const cy_inventory *inv, const standing *old)
{
  const cy_note_cert *ca = &inv->certs[old->cert].note;
  const cy_inv_unit *unit = &inv->units[inv->places[old->place].unit];
  for (uint32_t i = 0; i < unit->places && i < UNIT_SCANNED; i++) {
    const cy_inv_place *p = &inv->places[unit->first + i];
    if (p->is_key || p->thing == old->cert)
      continue;
    const cy_note_cert *n = &inv->certs[p->thing].note;
    if (n->issuer == ca->subject && (!n->authority_id || n->authority_id == ca->key_id))
      return true;
  }
  return false;
}

/* One of the new CA's that are out already. */
static const cy_inv_cert *signed_by_new(
  const cy_inventory *inv, const cy_inv_cert *old, const cy_inv_cert *new)
{
  uint32_t child = new->note.key == old->note.key ? CY_INV_NONE : new->latest_child;
  return child == CY_INV_NONE ? NULL : &inv->certs[child];
}

static cy_err *say_ca(renewal *r, const standing *old, uint32_t new)
{
  CY_CLEAN(cy_buf) was = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) is = CY_BUF_TEXT;
  const cy_inv_cert *a = &r->inv->certs[old->cert], *b = &r->inv->certs[new];
  bool other_key = a->note.key != b->note.key;
  bool ends = a->note.not_after < r->how->now + r->how->warn_days * CY_DAY;
  const cy_inv_cert *child = signed_by_new(r->inv, a, b);
  if (other_key && (r->inv->places[old->place].with_key || in_use_there(r->inv, old)))
    return NULL; /* what stands there needs this one */
  put_dates(&was, &a->note);
  put_dates(&is, &b->note);
  cy_finding *f = cy_finding_add(r->list, CY_F_TRUST_BEHIND, r->inv->places[old->place].address,
    "the CA %s is here as of %s only; its newer certificate (%s%s) is %s, and not here%s%s", a->title,
    cy_buf_cstr(&was), cy_buf_cstr(&is), other_key ? ", with another key" : "",
    cy_inventory_address(r->inv, b), child ? "; the new key has signed already: " : "",
    child ? child->title : "");
  cy_across_evidence(r->list, f, "sha256", a->note.sha256);
  cy_across_evidence(r->list, f, "newer_sha256", b->note.sha256);
  cy_finding_evidence(r->list, f, "newer_address", "%s", cy_inventory_address(r->inv, b));
  cy_finding_evidence(r->list, f, "same_key", "%s", other_key ? "no" : "yes");
  if (!ends && !child)
    cy_finding_set_severity(f, CY_NOTICE);
  CY_TRY(cy_buf_check(&was));
  return cy_buf_check(&is);
}

/* While the old one still has time, two of a name may well be two servers. */
static cy_err *say_leaf(renewal *r, const standing *old, uint32_t new)
{
  CY_CLEAN(cy_buf) was = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) is = CY_BUF_TEXT;
  const cy_inv_cert *a = &r->inv->certs[old->cert], *b = &r->inv->certs[new];
  if (a->note.not_after >= r->how->now + r->how->warn_days * CY_DAY ||
      a->note.not_after >= b->note.not_after || r->said[old->place])
    return NULL;
  r->said[old->place] = true;
  cy_time_format_date(&was, a->note.not_after);
  cy_time_format_date(&is, b->note.not_after);
  cy_finding *f = cy_finding_add(r->list, CY_F_CERT_RENEWED, r->inv->places[old->place].address,
    "%s %s on %s; it was renewed: one that is good until %s is %s, and not here", a->title,
    a->note.not_after < r->how->now ? "ended" : "ends", cy_buf_cstr(&was), cy_buf_cstr(&is),
    cy_inventory_address(r->inv, b));
  cy_across_evidence(r->list, f, "sha256", a->note.sha256);
  cy_across_evidence(r->list, f, "newer_sha256", b->note.sha256);
  cy_finding_evidence(r->list, f, "newer_address", "%s", cy_inventory_address(r->inv, b));
  if (!r->inv->places[old->place].with_key)
    cy_finding_set_severity(f, CY_NOTICE);
  CY_TRY(cy_buf_check(&was));
  return cy_buf_check(&is);
}

static void choose(renewal *r, bool cas)
{
  r->count = 0;
  for (size_t i = 0; i < r->inv->cert_count; i++)
    if (r->inv->certs[i].note.is_ca == cas && r->inv->certs[i].places)
      r->order[r->count++] = (uint32_t)i;
}

cy_err *cy_across_renewed(cy_findings *list, const cy_inventory *inv, const cy_across *how)
{
  renewal r = {.list = list,
    .inv = inv,
    .how = how,
    .order = cy_calloc(inv->cert_count + 1, sizeof(uint32_t)),
    .said = cy_calloc(inv->place_count + 1, sizeof(bool))};
  cy_err *err = r.order && r.said ? NULL : cy_err_no_memory();
  if (!err) {
    choose(&r, true);
    err = each_group(&r, same_ca, say_ca);
  }
  if (!err) {
    choose(&r, false);
    err = each_group(&r, same_names, say_leaf);
  }
  if (!err)
    err = each_group(&r, same_key, say_leaf);
  cy_free(r.order);
  cy_free(r.said);
  return err;
}
