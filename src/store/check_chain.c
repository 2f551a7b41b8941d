/* Chains: from each identity's certificate upwards, and certificates whose issuer is only a namesake. */
#include "base/text.h"
#include "store/check_internal.h"
#include "store/codes.h"
#include "x509/name.h"

/* An identity's own certificates, and how far the way up has come. */
typedef struct {
  size_t first, count; /* in check->certs */
  bool used[CY_CHECK_CHAIN];
  size_t at;      /* the last certificate that was reached */
  size_t reached; /* how many */
  bool in_order;
  bool complete;
} chain;

static cy_err *other_key(cy_check *c, const cy_check_cert *cert, const cy_check_cert *namesake)
{
  CY_CLEAN(cy_buf) subject = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) where = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) issuer = CY_BUF_TEXT;
  CY_TRY(cy_check_subject(c, cert->entry, &subject));
  CY_TRY(cy_check_subject(c, namesake->entry, &where));
  cy_finding *f = cy_finding_add(c->list, CY_F_CHAIN_OTHER_KEY, cy_buf_cstr(&subject),
    "%s names %s as its issuer; the CA certificate of that name (%s) has another key and did not sign it",
    cy_check_name(&name, cert->subject), cy_check_name(&issuer, cert->issuer), cy_buf_cstr(&where));
  cy_check_evidence_cert(c->list, f, "sha256", cert->der);
  cy_buf_reset(&name);
  cy_buf_hex(&name, cert->authority_key_id);
  cy_buf_reset(&issuer);
  cy_buf_hex(&issuer, namesake->subject_key_id);
  if (name.len)
    cy_finding_evidence(c->list, f, "wanted_key_id", "%s", cy_buf_cstr(&name));
  if (issuer.len)
    cy_finding_evidence(c->list, f, "found_key_id", "%s", cy_buf_cstr(&issuer));
  return NULL;
}

/* The two names have an organisation (or a domain) in common. */
static bool of_one_house(cy_span a, cy_span b)
{
  static const cy_oid parts[] = {CY_OID_O, CY_OID_DC};
  CY_CLEAN(cy_buf) x = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) y = CY_BUF_TEXT;
  for (size_t i = 0; i < CY_COUNT(parts); i++) {
    cy_buf_reset(&x);
    cy_buf_reset(&y);
    if (cy_name_find(&x, a, parts[i]) && cy_name_find(&y, b, parts[i]) &&
        cy_ascii_equal_nocase(cy_buf_get(&x), cy_buf_get(&y)))
      return true;
  }
  return false;
}

/* A CA in this identity's own list that the way up did not meet: somewhere between is a gap. */
static bool has_unreached_ca(const cy_check *c, const chain *way)
{
  for (size_t i = 1; i < way->count; i++)
    if (!way->used[i] && c->certs[way->first + i].is_ca)
      return true;
  return false;
}

/* A CA of the same house in the store, which signed nobody on this way: most likely the root above
 * the missing one. Stores with many CAs are trust stores as well, and say nothing. */
static bool has_root_of_house(const cy_check *c, const cy_check_cert *last)
{
  if (c->count > 256)
    return false;
  for (size_t i = 0; i < c->count; i++) {
    const cy_check_cert *ca = &c->certs[i];
    if (ca->is_ca && ca->entry != last->entry && ca->entry->kind == CY_ENTRY_CERTIFICATE &&
        of_one_house(ca->subject, last->issuer))
      return true;
  }
  return false;
}

static cy_err *link_missing(cy_check *c, const chain *way)
{
  CY_CLEAN(cy_buf) subject = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  const cy_check_cert *last = &c->certs[way->at];
  bool gap = has_unreached_ca(c, way) || has_root_of_house(c, last);
  if (!gap && way->reached > 1)
    return NULL; /* only the root is left out, as it should be */
  CY_TRY(cy_check_subject(c, last->entry, &subject));
  cy_finding *f = cy_finding_add(c->list, CY_F_CHAIN_LINK_MISSING, cy_buf_cstr(&subject),
    gap ? "the chain breaks off: the certificate of %s is not here, though other CA certificates are"
        : "the issuer %s is not here: if that is an intermediate CA, peers can not build the chain",
    cy_check_name(&name, last->issuer));
  if (!gap)
    cy_finding_set_severity(f, last->ca_issuers_url ? CY_NOTICE : CY_INFO);
  cy_check_evidence_cert(c->list, f, "sha256", last->der);
  cy_finding_evidence(c->list, f, "missing", "%s", cy_buf_cstr(&name));
  return NULL;
}

static cy_err *out_of_place(cy_check *c, const chain *way)
{
  CY_CLEAN(cy_buf) subject = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  const cy_check_cert *leaf = &c->certs[way->first];
  CY_TRY(cy_check_subject(c, leaf->entry, &subject));
  if (!way->in_order) {
    cy_finding *f = cy_finding_add(c->list, CY_F_CHAIN_ORDER, cy_buf_cstr(&subject),
      "the %zu certificates of the chain do not stand in order, each followed by its issuer", way->count);
    cy_check_evidence_cert(c->list, f, "sha256", leaf->der);
  }
  for (size_t i = 1; i < way->count && way->complete; i++) {
    const cy_check_cert *cert = &c->certs[way->first + i];
    if (way->used[i])
      continue;
    cy_finding *f = cy_finding_add(c->list, CY_F_CHAIN_UNRELATED, cy_buf_cstr(&subject),
      "%s is in the chain, and signed nobody in it", cy_check_name(&name, cert->subject));
    cy_check_evidence_cert(c->list, f, "sha256", cert->der);
  }
  return NULL;
}

/* Where `index` stands in the identity's own list; 0: not in it (0 is the leaf itself). */
static size_t own_place(const cy_check *c, const chain *way, size_t index)
{
  for (size_t i = 1; i < way->count; i++)
    if (cy_span_equal(c->certs[way->first + i].der, c->certs[index].der))
      return i;
  return 0;
}

static cy_err *climb(cy_check *c, chain *way)
{
  cy_issuer_state state = CY_ISSUER_FOUND;
  size_t next = 0, place = 0;
  way->at = way->first;
  way->used[0] = way->in_order = true;
  for (way->reached = 1; way->reached < CY_CHECK_CHAIN; way->reached++) {
    const cy_check_cert *cert = &c->certs[way->at];
    if (cert->self_issued) {
      way->complete = true;
      return NULL;
    }
    CY_TRY(cy_check_issuer(c, cert, true, &next, &state));
    if (state == CY_ISSUER_OTHER_KEY)
      return other_key(c, cert, &c->certs[next]);
    if (state == CY_ISSUER_ABSENT) {
      way->complete = !has_unreached_ca(c, way);
      return link_missing(c, way);
    }
    size_t now = own_place(c, way, next);
    if (now) {
      way->in_order = way->in_order && now == place + 1 && !way->used[now];
      place = now;
      way->used[now] = true;
    }
    way->at = next;
  }
  return NULL;
}

static cy_err *check_identity(cy_check *c, size_t first, size_t count)
{
  chain way = {.first = first, .count = count};
  if (count > CY_CHECK_CHAIN)
    return NULL;
  CY_TRY(climb(c, &way));
  return out_of_place(c, &way);
}

/* Certificates by themselves: only the namesake is worth a word, and only for those that are no CA,
 * since CAs of several generations stand side by side in good trust stores. */
static cy_err *check_single(cy_check *c, const cy_check_cert *cert)
{
  cy_issuer_state state;
  size_t issuer;
  if (cert->is_ca || cert->self_issued || cert->repeated)
    return NULL;
  CY_TRY(cy_check_issuer(c, cert, false, &issuer, &state));
  return state == CY_ISSUER_OTHER_KEY ? other_key(c, cert, &c->certs[issuer]) : NULL;
}

cy_err *cy_check_chains(cy_check *c)
{
  for (size_t i = 0; i < c->count;) {
    size_t first = i;
    while (i < c->count && c->certs[i].entry == c->certs[first].entry)
      i++;
    if (c->certs[first].entry->has_key)
      CY_TRY(check_identity(c, first, i - first));
    else
      CY_TRY(check_single(c, &c->certs[first]));
  }
  return NULL;
}
