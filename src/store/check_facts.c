/* Entries without certificates: what a listing says of dates, keys, issuers, and of the rings that it
 * shows. */
#include "base/text.h"
#include "store/check_internal.h"
#include "store/codes.h"
#include "x509/codes.h"
#include "x509/name.h"

enum { SMALL_RSA = 2048, CHAIN = 16 };

typedef struct {
  cy_check *c;
  cy_map by_subject; /* canonical subject: index of the certificate that is listed */
  cy_buf subject;    /* of the finding */
} facts_check;

static const char *address_of(facts_check *f, cy_entry *entry)
{
  cy_err *err = cy_check_subject(f->c, entry, &f->subject);
  f->c->list->failed = f->c->list->failed || err;
  cy_err_free(err);
  return cy_buf_cstr(&f->subject);
}

/* The label as RACF has it: that of a connection begins with its ring. */
static const char *label_of(const cy_entry *e)
{
  size_t skip = e->facts->connection ? strlen(e->facts->ring) + 1 : 0;
  return e->label ? e->label + skip : "";
}

static cy_finding *add(facts_check *f, cy_finding_id id, cy_entry *e, const char *what)
{
  cy_finding *found = cy_finding_add(f->c->list, id, address_of(f, e), "%s", what);
  cy_finding_evidence(f->c->list, found, "certificate", "%s %s", e->facts->owner, label_of(e));
  return found;
}

static const char *zone_words(const cy_entry *e)
{
  return e->facts->zone_assumed ? " (taken as UTC: the listing names no zone; --zone)" : "";
}

static void put_time(facts_check *f, cy_finding *found, const char *key, cy_time t)
{
  CY_CLEAN(cy_buf) when = CY_BUF_TEXT;
  cy_time_format_rfc3339(&when, t);
  cy_finding_evidence(f->c->list, found, key, "%s", cy_buf_cstr(&when));
}

cy_finding_id cy_facts_date_trouble(const cy_entry_facts *facts, const cy_check_context *ctx)
{
  if (facts->not_after != CY_TIME_NONE && ctx->now > facts->not_after)
    return CY_F_CERT_EXPIRED;
  if (facts->not_before != CY_TIME_NONE && ctx->now < facts->not_before)
    return CY_F_CERT_NOT_YET_VALID;
  if (facts->not_after != CY_TIME_NONE && facts->not_after - ctx->now <= (cy_time)ctx->warn_days * CY_DAY)
    return CY_F_CERT_EXPIRES_SOON;
  return CY_F_COUNT;
}

static void check_dates(facts_check *f, cy_entry *e)
{
  CY_CLEAN(cy_buf) what = CY_BUF_TEXT;
  const cy_entry_facts *facts = e->facts;
  cy_finding_id id = cy_facts_date_trouble(facts, f->c->ctx);
  if (id == CY_F_COUNT)
    return;
  bool start = id == CY_F_CERT_NOT_YET_VALID;
  cy_time t = start ? facts->not_before : facts->not_after;
  cy_buf_str(&what, id == CY_F_CERT_EXPIRED ? "it expired at "
                    : start                 ? "it becomes valid at "
                                            : "it ends at ");
  cy_time_format_rfc3339(&what, t);
  cy_buf_str(&what, zone_words(e));
  put_time(f, add(f, id, e, cy_buf_cstr(&what)), start ? "not_before" : "not_after", t);
}

static bool is_small(const cy_entry_facts *facts, unsigned limit)
{
  return facts->key_type == CY_KEY_RSA && facts->key_bits && facts->key_bits < limit;
}

static void check_key(facts_check *f, cy_entry *e)
{
  CY_CLEAN(cy_buf) what = CY_BUF_TEXT;
  if (is_small(e->facts, SMALL_RSA)) {
    cy_buf_printf(&what, "an RSA key of %u bits", e->facts->key_bits);
    add(f, CY_F_CERT_KEY_RSA_SMALL, e, cy_buf_cstr(&what));
  }
  if (!is_small(e->facts, f->c->ctx->min_rsa))
    return;
  cy_buf_reset(&what);
  cy_buf_printf(
    &what, "an RSA key of %u bits, the planned minimum is %u", e->facts->key_bits, f->c->ctx->min_rsa);
  add(f, CY_F_CERT_KEY_BELOW_PLAN, e, cy_buf_cstr(&what));
}

/* By name alone, since there is nothing else. */
static cy_err *find_issuer(
  const facts_check *f, const cy_map *by_subject, const cy_entry *e, cy_entry **issuer)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  *issuer = NULL;
  if (!e->facts->issuer_name.len || cy_name_equal(e->facts->issuer_name, e->facts->subject_name))
    return NULL;
  cy_name_canonical(&key, e->facts->issuer_name);
  CY_TRY(cy_buf_check(&key));
  size_t at = cy_map_get(by_subject, cy_buf_get(&key)), iter = at;
  if (at != CY_MAP_NONE)
    *issuer = cy_place_next(f->c->place, &iter);
  return NULL;
}

static cy_err *check_issuer(facts_check *f, cy_entry *e)
{
  CY_CLEAN(cy_buf) what = CY_BUF_TEXT;
  cy_entry *ca;
  CY_TRY(find_issuer(f, &f->by_subject, e, &ca));
  if (!ca)
    return NULL;
  if (is_small(ca->facts, f->c->ctx->min_rsa) && !is_small(e->facts, f->c->ctx->min_rsa)) {
    cy_buf_printf(&what, "its CA %s (%s) has an RSA key of %u bits; the planned minimum is %u",
      label_of(ca), ca->facts->subject, ca->facts->key_bits, f->c->ctx->min_rsa);
    add(f, CY_F_CERT_ISSUER_BELOW_PLAN, e, cy_buf_cstr(&what));
  }
  if (ca->facts->not_after == CY_TIME_NONE || e->facts->not_after == CY_TIME_NONE ||
      ca->facts->not_after >= e->facts->not_after)
    return NULL;
  cy_buf_reset(&what);
  cy_buf_printf(&what, "its CA %s (by its name) ends at ", label_of(ca));
  cy_time_format_rfc3339(&what, ca->facts->not_after);
  cy_buf_str(&what, ", it would itself last until ");
  cy_time_format_rfc3339(&what, e->facts->not_after);
  cy_buf_str(&what, zone_words(e));
  add(f, CY_F_CERT_ISSUER_EXPIRES_FIRST, e, cy_buf_cstr(&what));
  return NULL;
}

static cy_err *index_subject(cy_map *map, const cy_entry *e)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  cy_name_canonical(&key, e->facts->subject_name);
  CY_TRY(cy_buf_check(&key));
  return cy_map_put(map, cy_buf_get(&key), e->position - 1) ? NULL : cy_err_no_memory();
}

/* Rings. */

static bool is_personal(const cy_entry *e)
{
  return e->facts->usage && strcmp(e->facts->usage, "PERSONAL") == 0;
}

/* ID(USER) against USER/RING. */
static bool is_of_ring_owner(const cy_entry_facts *facts)
{
  size_t user = strcspn(facts->ring, "/"), owner = strlen(facts->owner);
  return strncmp(facts->owner, "ID(", 3) != 0 ||
         (owner == user + 4 && strncmp(facts->owner + 3, facts->ring, user) == 0);
}

static void put_profile(cy_buf *buf, const char *ring)
{
  for (; *ring; ring++)
    cy_buf_u8(buf, (uint8_t)(*ring == '/' ? '.' : *ring));
}

static void of_another(facts_check *f, cy_entry *e)
{
  CY_CLEAN(cy_buf) what = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) profile = CY_BUF_TEXT;
  const cy_entry_facts *facts = e->facts;
  bool key = facts->has_key || !facts->listed;
  if (!is_personal(e) || is_of_ring_owner(facts) || !key)
    return;
  put_profile(&profile, facts->ring);
  cy_buf_printf(&what,
    "%s on the ring %s belongs to %s: whoever else reads the ring gets the certificate and not "
    "the private key, as far as known",
    label_of(e), facts->ring, facts->owner);
  cy_finding *found = add(f, CY_F_RING_OWNED_BY_ANOTHER, e, cy_buf_cstr(&what));
  cy_finding_evidence(f->c->list, found, "ring", "%s", facts->ring);
  cy_finding_evidence(f->c->list, found, "certainty", "as far as known");
  cy_finding_set_fix(f->c->list, found,
    "Best: let the program that uses it run as %s, with a ring of its own. Else, as far as known: RDEFINE "
    "RDATALIB "
    "%s.LST UACC(NONE); PERMIT %s.LST CLASS(RDATALIB) ID(USER) ACCESS(UPDATE) (READ gives the certificates "
    "alone); "
    "SETROPTS RACLIST(RDATALIB) REFRESH. FACILITY IRR.DIGTCERT.LISTRING (READ for rings of one's own, "
    "UPDATE for those "
    "of others) never gives the private key of another.",
    facts->owner, cy_buf_cstr(&profile), cy_buf_cstr(&profile));
}

static void check_connection(facts_check *f, cy_entry *e)
{
  CY_CLEAN(cy_buf) what = CY_BUF_TEXT;
  if (e->facts->listed && e->distrusted) {
    cy_buf_printf(&what, "%s of %s is on the ring %s with the status NOTRUST", label_of(e), e->facts->owner,
      e->facts->ring);
    cy_finding *found = add(f, CY_F_RING_NOT_TRUSTED, e, cy_buf_cstr(&what));
    cy_finding_set_fix(f->c->list, found,
      "If it is to be trusted: RACDCERT %s ALTER(LABEL('%s')) TRUST, then SETROPTS RACLIST(DIGTCERT "
      "DIGTRING) REFRESH; "
      "else take it off the ring (RACDCERT REMOVE).",
      e->facts->owner, label_of(e));
  }
  if (e->facts->listed && is_personal(e) && !e->facts->has_key) {
    cy_buf_reset(&what);
    cy_buf_printf(&what, "%s of %s is on the ring %s as PERSONAL, and has no private key", label_of(e),
      e->facts->owner, e->facts->ring);
    add(f, CY_F_RING_NO_KEY, e, cy_buf_cstr(&what));
  }
  of_another(f, e);
}

/* One ring: entries first to last - 1 of the place, all connections. */
typedef struct {
  cy_entry **entries;
  size_t count;
  cy_map by_subject;
  bool unknown; /* of some the names are not known */
} ring;

static bool is_mq_label(const char *label)
{
  return strncmp(label, "ibmWebSphereMQ", 14) == 0 && label[14];
}

static void check_default(facts_check *f, const ring *r)
{
  CY_CLEAN(cy_buf) what = CY_BUF_TEXT;
  cy_entry *first = NULL;
  size_t personal = 0;
  for (size_t i = 0; i < r->count; i++) {
    cy_entry *e = r->entries[i];
    if (e->is_default || (is_personal(e) && is_mq_label(label_of(e))))
      return;
    first = !first && is_personal(e) ? e : first;
    personal += is_personal(e);
  }
  if (!first)
    return;
  cy_buf_printf(&what,
    "none of the %zu personal certificate%s on the ring %s is the default, and none is called "
    "ibmWebSphereMQ and the queue manager's name",
    personal, personal == 1 ? "" : "s", first->facts->ring);
  cy_finding *found = add(f, CY_F_RING_NO_DEFAULT, first, cy_buf_cstr(&what));
  const char *name = strchr(first->facts->ring, '/');
  cy_finding_set_fix(f->c->list, found,
    "RACDCERT ID(%.*s) CONNECT(%s LABEL('%s') RING(%s) DEFAULT USAGE(PERSONAL)), then SETROPTS "
    "RACLIST(DIGTCERT "
    "DIGTRING) REFRESH; or name the label where the program takes one (CERTLABL).",
    (int)strcspn(first->facts->ring, "/"), first->facts->ring, first->facts->owner, label_of(first),
    name ? name + 1 : "");
}

/* From a personal certificate upwards among those on the ring. */
static cy_err *check_chain(facts_check *f, const ring *r, cy_entry *leaf)
{
  CY_CLEAN(cy_buf) what = CY_BUF_TEXT;
  cy_entry *at = leaf, *next;
  for (unsigned n = 0; n < CHAIN; n++, at = next) {
    const cy_entry_facts *facts = at->facts;
    if (!facts->issuer_name.len || !facts->subject_name.len ||
        cy_name_equal(facts->issuer_name, facts->subject_name))
      return NULL;
    CY_TRY(find_issuer(f, &r->by_subject, at, &next));
    if (next)
      continue;
    cy_buf_printf(&what,
      "the chain of %s breaks off on the ring %s: the certificate of %s is not connected to it",
      label_of(leaf), facts->ring, facts->issuer);
    cy_finding *found = add(f, CY_F_RING_CHAIN_INCOMPLETE, leaf, cy_buf_cstr(&what));
    cy_finding_evidence(f->c->list, found, "missing", "%s", facts->issuer);
    CY_TRY(find_issuer(f, &f->by_subject, at, &next));
    const char *name = strchr(facts->ring, '/');
    cy_finding_set_fix(f->c->list, found,
      "RACDCERT ID(%.*s) CONNECT(%s LABEL('%s') RING(%s) USAGE(CERTAUTH)), then SETROPTS RACLIST(DIGTCERT "
      "DIGTRING) "
      "REFRESH.",
      (int)strcspn(facts->ring, "/"), facts->ring, next ? next->facts->owner : "CERTAUTH",
      next ? label_of(next) : "LABEL OF THE CA", name ? name + 1 : "");
    return NULL;
  }
  return NULL;
}

static cy_err *index_ring(ring *r)
{
  for (size_t i = 0; i < r->count; i++) {
    const cy_entry *e = r->entries[i];
    if (!e->facts->subject_name.len)
      r->unknown = true;
    else
      CY_TRY(index_subject(&r->by_subject, e));
  }
  return NULL;
}

static cy_err *check_ring(facts_check *f, cy_entry **entries, size_t count)
{
  ring r = {.entries = entries, .count = count};
  cy_map_init(&r.by_subject, true);
  cy_err *err = index_ring(&r);
  for (size_t i = 0; !err && i < count; i++) {
    check_connection(f, entries[i]);
    if (is_personal(entries[i]) && !r.unknown)
      err = check_chain(f, &r, entries[i]);
  }
  if (!err)
    check_default(f, &r);
  cy_map_clear(&r.by_subject);
  return err;
}

/* Connections of one ring stand one after another. */
static cy_err *check_rings(facts_check *f)
{
  cy_doc *doc = cy_place_doc(f->c->place);
  for (size_t i = 0, from; doc && i < doc->entry_count;) {
    const cy_entry_facts *facts = doc->entries[from = i]->facts;
    for (i++; facts && facts->connection && i < doc->entry_count; i++) {
      const cy_entry_facts *other = doc->entries[i]->facts;
      if (!other || !other->connection || strcmp(other->ring, facts->ring) != 0)
        break;
    }
    if (facts && facts->connection)
      CY_TRY(check_ring(f, doc->entries + from, i - from));
  }
  return NULL;
}

static cy_err *check_listed(facts_check *f)
{
  size_t iter = 0;
  for (cy_entry *e; (e = cy_place_next(f->c->place, &iter));)
    if (e->facts && !e->facts->connection && e->facts->subject_name.len)
      CY_TRY(index_subject(&f->by_subject, e));
  iter = 0;
  for (cy_entry *e; (e = cy_place_next(f->c->place, &iter));) {
    if (!e->facts || e->facts->connection)
      continue;
    check_dates(f, e);
    check_key(f, e);
    CY_TRY(check_issuer(f, e));
  }
  return NULL;
}

cy_err *cy_check_facts(cy_check *c)
{
  facts_check f = {.c = c, .subject = CY_BUF_TEXT};
  cy_map_init(&f.by_subject, true);
  cy_err *err = check_listed(&f);
  if (!err)
    err = check_rings(&f);
  cy_map_clear(&f.by_subject);
  cy_buf_clear(&f.subject);
  return err;
}
