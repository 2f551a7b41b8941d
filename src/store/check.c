/* Checking a store: one look at every certificate, then what they are to each other. */
#include "base/mem.h"
#include "base/text.h"
#include "store/check_internal.h"
#include "store/codes.h"
#include "x509/lint.h"
#include "x509/name.h"

cy_err *cy_check_subject(cy_check *c, cy_entry *entry, cy_buf *address)
{
  cy_buf_reset(address);
  return cy_place_entry_address(c->place, entry, address);
}

void cy_check_evidence_cert(cy_findings *list, cy_finding *f, const char *key, cy_span der)
{
  CY_CLEAN(cy_buf) hex = CY_BUF_TEXT;
  cy_digest digest;
  cy_err *err = cy_cert_fingerprint(&digest, der);
  if (!err) {
    cy_buf_hex(&hex, cy_digest_get(&digest));
    cy_finding_evidence(list, f, key, "%s", cy_buf_cstr(&hex));
  }
  list->failed = list->failed || err;
  cy_err_free(err);
}

const char *cy_check_name(cy_buf *buf, cy_span name)
{
  CY_CLEAN(cy_buf) raw = CY_BUF_TEXT;
  cy_buf_reset(buf);
  cy_name_format(&raw, name, CY_NAMES_RFC4514);
  cy_text_put_safe(buf, cy_buf_get(&raw));
  return buf->len ? cy_buf_cstr(buf) : "(no name)";
}

/* What a finding is about comes first, so that its fingerprint tells it from others of the entry. */
static void put_first(cy_finding *f)
{
  if (f->evidence_count < 2)
    return;
  cy_evidence last = f->evidence[f->evidence_count - 1];
  memmove(&f->evidence[1], &f->evidence[0], (f->evidence_count - 1) * sizeof last);
  f->evidence[0] = last;
}

/* Whose it is: an address like file#@108 does not say. */
static void evidence_name(cy_findings *list, cy_finding *f, cy_span subject)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  cy_name_short(&name, subject);
  if (name.len)
    cy_finding_evidence(list, f, "name", "%s", cy_buf_cstr(&name));
}

cy_err *cy_cert_check(cy_findings *list, const char *subject, const cy_cert_view *view,
  const cy_cert_view *issuer, const cy_check_context *ctx)
{
  cy_lint_context how = {
    .now = ctx->now, .warn_days = ctx->warn_days, .min_rsa_bits = ctx->min_rsa, .issuer = issuer};
  size_t from = list->count;
  CY_TRY(cy_lint_cert(list, view, subject, &how));
  for (; from < list->count; from++) {
    cy_check_evidence_cert(list, list->items[from], "sha256", view->der);
    put_first(list->items[from]);
    evidence_name(list, list->items[from], view->subject);
  }
  return cy_findings_check(list);
}

/* Remembering the certificates. */

static void remember(cy_check_cert *to, const cy_cert_view *v)
{
  const cy_ext *access = cy_cert_ext(v, CY_OID_AUTHORITY_INFO_ACCESS);
  cy_span url = cy_oid_content(CY_OID_CA_ISSUERS);
  to->der = v->der;
  to->subject = v->subject;
  to->issuer = v->issuer;
  to->spki = v->spki;
  to->subject_key_id = v->subject_key_id;
  to->authority_key_id = v->authority_key_id;
  to->not_before = v->not_before;
  to->not_after = v->not_after;
  to->rsa = v->key.type == CY_KEY_RSA || v->key.type == CY_KEY_RSA_PSS;
  to->bits = v->key.bits;
  to->is_ca = v->is_ca;
  to->may_sign = v->is_ca || v->version < 3 || (v->has_key_usage && v->key_usage & CY_KU_CERT_SIGN);
  to->self_issued = v->self_issued;
  to->ca_issuers_url = access && memmem(access->value.data, access->value.len, url.data, url.len) &&
                       memmem(access->value.data, access->value.len, "http", 4);
}

static cy_err *index_subject(cy_check *c, size_t at)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  cy_name_canonical(&key, c->certs[at].subject);
  CY_TRY(cy_buf_check(&key));
  c->certs[at].next = cy_map_get(&c->by_subject, cy_buf_get(&key));
  return cy_map_put(&c->by_subject, cy_buf_get(&key), at) ? NULL : cy_err_no_memory();
}

/* The same certificate in two entries is worth a remark; in two chains it is as it should be. */
static cy_err *note_repeated(cy_check *c, const cy_check_cert *cert, size_t first)
{
  CY_CLEAN(cy_buf) subject = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) other = CY_BUF_TEXT;
  if (cert->index || c->certs[first].index || cert->entry == c->certs[first].entry)
    return NULL;
  CY_TRY(cy_check_subject(c, cert->entry, &subject));
  CY_TRY(cy_check_subject(c, c->certs[first].entry, &other));
  cy_finding *f = cy_finding_add(c->list, CY_F_ENTRY_TWICE, cy_buf_cstr(&subject),
    "the same certificate is %s as well", cy_buf_cstr(&other));
  cy_check_evidence_cert(c->list, f, "sha256", cert->der);
  return NULL;
}

static cy_err *add_cert(cy_check *c, cy_entry *entry, size_t index, const cy_cert_view *v)
{
  if (!cy_grow(&c->certs, &c->cap, c->count + 1, sizeof *c->certs))
    return cy_err_no_memory();
  size_t at = c->count++, first = cy_map_get(&c->by_der, v->der);
  cy_check_cert *cert = &c->certs[at];
  *cert =
    (cy_check_cert){.entry = entry, .index = index, .repeated = first != CY_MAP_NONE, .next = CY_MAP_NONE};
  remember(cert, v);
  if (cert->repeated)
    return note_repeated(c, cert, first);
  if (!cy_map_put(&c->by_der, v->der, at))
    return cy_err_no_memory();
  return index_subject(c, at);
}

static cy_err *note_broken(cy_check *c, const char *subject, cy_span der, cy_err *err)
{
  if (cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  cy_finding *f = cy_finding_add(
    c->list, CY_F_ENTRY_CERT_BROKEN, subject, "a certificate can not be read: %s", cy_err_text(err));
  cy_check_evidence_cert(c->list, f, "sha256", der);
  cy_err_free(err);
  return NULL;
}

static cy_err *take_cert(cy_check *c, cy_entry *entry, size_t index, const char *subject)
{
  cy_cert_view view;
  const cy_entry_cert_slot *slot = &entry->certs[index];
  cy_span der = slot->cert ? cy_cert_der(slot->cert) : slot->der;
  cy_err *err = cy_cert_view_parse(&view, der);
  if (err)
    return note_broken(c, subject, der, err);
  return add_cert(c, entry, index, &view);
}

static cy_err *take_certs(cy_check *c)
{
  CY_CLEAN(cy_buf) subject = CY_BUF_TEXT;
  size_t iter = 0;
  for (cy_entry *e; (e = cy_place_next(c->place, &iter));) {
    CY_TRY(cy_check_subject(c, e, &subject));
    for (size_t i = 0; i < e->cert_count; i++)
      CY_TRY(take_cert(c, e, i, cy_buf_cstr(&subject)));
  }
  return NULL;
}

/* Who signed what. */

static cy_err *tried(cy_check *c, const cy_check_cert *cert, const cy_check_cert *by, bool *good)
{
  cy_cert_view a, b;
  *good = true; /* what can not be tried is not held against it */
  if (!c->tries)
    return NULL;
  c->tries--;
  CY_TRY(cy_cert_view_parse(&a, cert->der));
  CY_TRY(cy_cert_view_parse(&b, by->der));
  cy_err *err = cy_cert_signed_by(good, &a, &b);
  if (!err || cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  cy_err_free(err); /* an algorithm that is not known */
  *good = true;
  return NULL;
}

static cy_err *fits(cy_check *c, const cy_check_cert *cert, const cy_check_cert *by, bool prove, bool *good)
{
  bool both = cert->authority_key_id.len && by->subject_key_id.len;
  bool same = both && cy_span_equal(cert->authority_key_id, by->subject_key_id);
  *good = same;
  return prove || !same ? tried(c, cert, by, good) : NULL;
}

cy_err *cy_check_issuer(
  cy_check *c, const cy_check_cert *cert, bool prove, size_t *issuer, cy_issuer_state *state)
{
  CY_CLEAN(cy_buf) key = CY_BUF_TEXT;
  cy_name_canonical(&key, cert->issuer);
  CY_TRY(cy_buf_check(&key));
  *state = CY_ISSUER_ABSENT;
  size_t at = cy_map_get(&c->by_subject, cy_buf_get(&key));
  for (unsigned n = 0; at != CY_MAP_NONE && n < CY_CHECK_SAME_NAME; n++, at = c->certs[at].next) {
    bool good;
    if (cy_span_equal(c->certs[at].der, cert->der) || !c->certs[at].may_sign)
      continue;
    CY_TRY(fits(c, cert, &c->certs[at], prove, &good));
    *issuer = at;
    *state = good ? CY_ISSUER_FOUND : CY_ISSUER_OTHER_KEY;
    if (good)
      return NULL;
  }
  return NULL;
}

/* Lint speaks of "it": above the first of a chain, say which. */
static void name_in_chain(cy_check *c, size_t from, const cy_check_cert *cert)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  for (; cert->index && from < c->list->count; from++) {
    cy_finding *f = c->list->items[from];
    CY_CLEAN(cy_buf) what = CY_BUF_TEXT;
    cy_buf_printf(&what, "in the chain, %s: %s", cy_check_name(&name, cert->subject), f->what);
    char *text = cy_buf_take_str(&what);
    c->list->failed = c->list->failed || !text;
    if (!text)
      return;
    cy_free(f->what);
    f->what = text;
  }
}

/* Each certificate once, with the one that signed it where that is here. */
static cy_err *check_certs(cy_check *c)
{
  CY_CLEAN(cy_buf) subject = CY_BUF_TEXT;
  cy_cert_view view, issuer;
  for (size_t i = 0; i < c->count; i++) {
    const cy_check_cert *cert = &c->certs[i];
    cy_issuer_state state = CY_ISSUER_ABSENT;
    size_t by = 0;
    if (cert->repeated)
      continue;
    CY_TRY(cy_check_subject(c, cert->entry, &subject));
    CY_TRY(cy_cert_view_parse(&view, cert->der));
    if (!cert->self_issued)
      CY_TRY(cy_check_issuer(c, cert, false, &by, &state));
    if (state == CY_ISSUER_FOUND)
      CY_TRY(cy_cert_view_parse(&issuer, c->certs[by].der));
    size_t from = c->list->count;
    CY_TRY(cy_cert_check(
      c->list, cy_buf_cstr(&subject), &view, state == CY_ISSUER_FOUND ? &issuer : NULL, c->ctx));
    name_in_chain(c, from, cert);
  }
  return NULL;
}

static void check_clear(cy_check *c)
{
  cy_map_clear(&c->by_subject);
  cy_map_clear(&c->by_der);
  cy_map_clear(&c->key_spkis);
  cy_free(c->certs);
}

cy_err *cy_place_check(cy_findings *list, cy_place *place, const cy_check_context *ctx)
{
  cy_check c = {.list = list, .place = place, .ctx = ctx, .tries = CY_CHECK_TRIES};
  cy_doc *doc = cy_place_doc(place);
  cy_map_init(&c.by_subject, true);
  cy_map_init(&c.by_der, false);
  cy_map_init(&c.key_spkis, true);
  cy_err *err = take_certs(&c);
  if (!err)
    err = check_certs(&c);
  if (!err)
    err = cy_check_keys(&c);
  if (!err)
    err = cy_check_chains(&c);
  if (!err)
    err = cy_check_cas(&c);
  if (!err)
    err = cy_check_facts(&c);
  if (!err && doc)
    err = cy_name_check(list, doc->place, doc->format);
  if (!err)
    err = cy_place_own_check(place, list);
  if (!err && doc)
    err = cy_doc_check_stash(doc, list);
  check_clear(&c);
  return err ? err : cy_findings_check(list);
}
