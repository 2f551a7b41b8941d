/* store: a certificate file or keystore as a side: what it holds, and the library's defaults. */
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/reader_internal.h"

/* Anything that a store format is sure of; configurations with a PEM block in them have readers of their
 * own that are surer. */
static unsigned detect(const char *path, cy_span head)
{
  return cy_format_detect(head, path) ? 55 : 0;
}

typedef struct {
  cy_tls_reading *reading;
  cy_tls_side *side;
  cy_tls_store *store;
  bool seen; /* an identity without a key */
} builder;

/* A server may well show a certificate that it signed itself. */
static bool is_leaf(const builder *b, const cy_cert *cert)
{
  const cy_cert_view *view = cy_cert_get(cert);
  const cy_tls_read_how *how = b->reading->how;
  bool server = how->role_given && how->role == CY_TLS_SERVER && !b->seen;
  return server || (!view->is_ca && !view->self_issued);
}

static cy_err *open_store(builder *b, const char *path)
{
  const cy_address *address = b->reading->address;
  const cy_place_how how = {.mode = CY_OPEN_READ, .ask = b->reading->how->ask};
  cy_address plain = {.path = (char *)(uintptr_t)path};
  cy_place *place;
  bool given = address && strcmp(address->path, path) == 0;
  CY_TRY(cy_place_open(&place, given ? address : &plain, &how));
  return cy_tls_store_adopt(b->reading, path, place, &b->store);
}

/* Selected entries, or all that have a key; whether there are keys at all. */
static cy_err *add_identity(void *arg, cy_place *place, cy_entry *entry)
{
  builder *b = arg;
  cy_tls_identity *identity;
  const cy_address *address = b->reading->address;
  bool selected = address && address->selector.kind != CY_SELECT_ALL;
  if (!entry->cert_count || (!entry->has_key && !selected))
    return NULL;
  CY_TRY(cy_tls_store_identity(b->reading, b->store, entry, &identity));
  if (!identity->chain.count)
    return NULL;
  if (identity->key == CY_TLS_KEY_OTHERS)
    cy_tls_read_finding(b->side, CY_F_TLS_KEY_OTHERS, b->side->source, 0,
      "the private key of %s is not that of its certificate", identity->place);
  if (identity->key == CY_TLS_KEY_LOCKED)
    cy_tls_read_finding(b->side, CY_F_TLS_KEY_LOCKED, b->side->source, 0,
      "the private key of %s could not be opened", identity->place);
  return cy_tls_side_add_identity(b->side, identity);
}

/* A certificate without a key: what people have of the other end. The others of the file are its chain. */
static cy_err *assume_identity(builder *b)
{
  CY_AUTO(cy_tls_identity) *identity = NULL;
  cy_place *place = cy_tls_store_place(b->store);
  size_t iter = 0;
  for (cy_entry *e; (e = cy_place_next(place, &iter));) {
    const cy_cert *cert;
    if (!e->cert_count)
      continue;
    cy_err *err = cy_entry_cert(e, 0, &cert);
    if (err && cy_err_is(err, CY_E_NO_MEMORY))
      return err;
    cy_err_free(err);
    if (err || (!identity && !is_leaf(b, cert)))
      continue;
    if (!identity)
      CY_TRY(cy_tls_identity_new(&identity, e->label, b->side->source));
    b->seen = true;
    if (identity->chain.count && is_leaf(b, cert))
      break; /* another end entity: its chain begins */
    CY_TRY(cy_certs_add(&identity->chain, e->certs[0].cert));
  }
  if (!identity)
    return NULL;
  cy_tls_read_finding(
    b->side, CY_F_TLS_KEY_ASSUMED, b->side->source, 0, "no private key is in %s", b->side->source);
  return cy_tls_side_add_identity(b->side, identity);
}

/* What a store calls trusted, and CAs that signed themselves, also at the end of a chain: a file that has
 * no more to say means those. */
static cy_err *add_anchor(cy_tls_trust *trust, cy_entry *entry, size_t index)
{
  const cy_cert *cert;
  cy_err *err = cy_entry_cert(entry, index, &cert);
  if (err && cy_err_is(err, CY_E_NO_MEMORY))
    return err;
  cy_err_free(err);
  if (err)
    return NULL;
  const cy_cert_view *view = cy_cert_get(cert);
  bool root = view->self_issued && (view->is_ca || !entry->has_key);
  bool anchor = entry->kind == CY_ENTRY_TRUSTED || (root && (index || !entry->has_key));
  return cy_certs_add(anchor ? &trust->anchors : &trust->others, entry->certs[index].cert);
}

static cy_err *add_trust(builder *b)
{
  CY_AUTO(cy_tls_trust) *trust = NULL;
  cy_place *place = cy_tls_store_place(b->store);
  size_t iter = 0;
  CY_TRY(cy_tls_trust_new(&trust, b->side->source));
  for (cy_entry *e; (e = cy_place_next(place, &iter));)
    for (size_t i = 0; i < e->cert_count && !e->distrusted; i++)
      CY_TRY(add_anchor(trust, e, i));
  if (trust->anchors.count)
    cy_tls_side_set_trust(b->side, trust);
  return NULL;
}

static cy_err *build(builder *b, const char *path)
{
  const cy_address *address = b->reading->address;
  const cy_selector all = {.kind = CY_SELECT_ALL};
  bool given = address && strcmp(address->path, path) == 0;
  CY_TRY(open_store(b, path));
  cy_place *place = cy_tls_store_place(b->store);
  CY_TRY(cy_tls_side_set(&b->side->source, cy_place_path(place)));
  CY_TRY(cy_tls_side_set(&b->side->product, cy_place_title(place)));
  CY_TRY(cy_place_select(place, given ? &address->selector : &all, add_identity, b));
  b->reading->selected = given;
  if (!b->side->identity_count)
    CY_TRY(assume_identity(b));
  CY_TRY(add_trust(b));
  for (size_t i = 0; i < b->side->identity_count; i++)
    CY_TRY(cy_tls_side_note(
      b->side, CY_TLS_FIELD_IDENTITY, "certificate", b->side->identities[i]->place, b->side->source, 0));
  if (b->side->trust)
    CY_TRY(cy_tls_side_note(b->side, CY_TLS_FIELD_TRUST, "trust", b->side->source, b->side->source, 0));
  return cy_findings_check(&b->side->findings);
}

static cy_err *read_store(cy_tls_reading *reading, const char *path, cy_span text)
{
  builder b = {.reading = reading};
  (void)text;
  CY_TRY(cy_tls_side_new(&b.side, path, CY_TLS_CLIENT));
  b.side->role_known = false;
  cy_err *err = build(&b, path);
  if (err) {
    cy_tls_side_free(b.side);
    return err;
  }
  return cy_tls_sides_add(reading->sides, b.side);
}

const cy_tls_reader cy_tls_reader_store = {
  .id = "store",
  .title = "certificates",
  .what = "a certificate file or keystore, with the library's defaults",
  .detect = detect,
  .read = read_store,
  .streams = true,
};
