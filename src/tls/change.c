/* One setting of one end, made otherwise. */
#include "tls/change.h"

#include "x509/name.h"

static const struct {
  const char *id;
  cy_tls_field field;
  unsigned price;
} kinds[CY_CHANGE_KINDS] = {
  [CY_CHANGE_VERSION_ADD] = {"version-add", CY_TLS_FIELD_VERSIONS, 0},
  [CY_CHANGE_VERSION_REMOVE] = {"version-remove", CY_TLS_FIELD_VERSIONS, 20},
  [CY_CHANGE_SUITE_ADD] = {"suite-add", CY_TLS_FIELD_SUITES, 2},
  [CY_CHANGE_SUITE_FIRST] = {"suite-first", CY_TLS_FIELD_SUITES, 3},
  [CY_CHANGE_SUITE_ONLY] = {"suite-only", CY_TLS_FIELD_SUITES, 12},
  [CY_CHANGE_GROUP_ADD] = {"group-add", CY_TLS_FIELD_GROUPS, 1},
  [CY_CHANGE_SCHEME_ADD] = {"scheme-add", CY_TLS_FIELD_SCHEMES, 1},
  [CY_CHANGE_CLIENT_SCHEME_ADD] = {"client-scheme-add", CY_TLS_FIELD_CLIENT_SCHEMES, 1},
  [CY_CHANGE_CERT_SCHEME_ADD] = {"cert-scheme-add", CY_TLS_FIELD_CERT_SCHEMES, 1},
  [CY_CHANGE_LEVEL] = {"security-level", CY_TLS_FIELD_LEVEL, 100},
  [CY_CHANGE_DH] = {"dh-auto", CY_TLS_FIELD_DH, 5},
  [CY_CHANGE_TRUST_ADD] = {"trust-add", CY_TLS_FIELD_TRUST, 0},
  [CY_CHANGE_CHAIN_ADD] = {"chain-add", CY_TLS_FIELD_IDENTITY, 0},
  [CY_CHANGE_PEER] = {"client-authentication", CY_TLS_FIELD_PEER, 60},
  [CY_CHANGE_PEER_NAME] = {"peer-name", CY_TLS_FIELD_PEER_NAME, 30},
  [CY_CHANGE_NAMES_CHANNEL] = {"names-channel", CY_TLS_FIELD_SNI, 1},
  [CY_CHANGE_LABEL_OFF] = {"channel-label-off", CY_TLS_FIELD_SNI, 8},
  [CY_CHANGE_ALPN_ADD] = {"alpn-add", CY_TLS_FIELD_ALPN, 1},
  [CY_CHANGE_TLS_ON] = {"tls-on", CY_TLS_FIELD_DEMAND, 0},
  [CY_CHANGE_DEMAND] = {"channel", CY_TLS_FIELD_DEMAND, 1},
};

const char *cy_tls_change_id(cy_tls_change_kind kind)
{
  return kinds[kind].id;
}

static bool is_13(uint16_t suite)
{
  const cy_suite *row = cy_suite_get(suite);
  return row && row->min >= CY_TLS13;
}

cy_tls_field cy_tls_change_field(const cy_tls_change *change)
{
  cy_tls_field field = kinds[change->kind].field;
  return field == CY_TLS_FIELD_SUITES && is_13(change->code) ? CY_TLS_FIELD_SUITES13 : field;
}

/* Short forms of a channel, which have no room for a CipherSpec. */
static bool is_short_form(const char *key)
{
  return strcmp(key, "MQSERVER") == 0 || strcmp(key, "ServerConnectionParms") == 0;
}

cy_tls_field cy_tls_clear_field(const cy_tls_side *side)
{
  const cy_tls_setting *host = cy_tls_side_setting(side, CY_TLS_FIELD_HOST);
  bool channel = side->dialect && side->dialect->library == CY_TLS_GSKIT;
  if (channel && !(host && is_short_form(host->key)))
    return CY_TLS_FIELD_DEMAND;
  return side->role == CY_TLS_CLIENT ? CY_TLS_FIELD_HOST : CY_TLS_FIELD_LISTEN;
}

static bool is_weak_scheme(uint16_t code)
{
  const char *why;
  const cy_scheme *scheme = cy_scheme_get(code);
  return scheme && !cy_scheme_is_good(scheme, &why);
}

unsigned cy_tls_change_price(const cy_tls_change *change)
{
  static const unsigned of_grade[] = {0, 6, 110, 300};
  unsigned price = kinds[change->kind].price;
  const char *why;
  const cy_suite *suite = cy_suite_get(change->code);
  const cy_tls_group *group = cy_tls_group_get(change->code);
  switch (change->kind) {
  case CY_CHANGE_VERSION_ADD:
    return change->code >= CY_TLS13 ? 0 : change->code == CY_TLS12 ? 1 : 150;
  case CY_CHANGE_SUITE_ADD:
  case CY_CHANGE_SUITE_FIRST:
  case CY_CHANGE_SUITE_ONLY:
    return suite ? price + of_grade[cy_suite_judge(suite, &why)] : price;
  case CY_CHANGE_GROUP_ADD:
    return group && !cy_tls_group_is_good(group, &why) ? 120 : price;
  case CY_CHANGE_SCHEME_ADD:
  case CY_CHANGE_CLIENT_SCHEME_ADD:
  case CY_CHANGE_CERT_SCHEME_ADD:
    return is_weak_scheme(change->code) ? 115 : price;
  case CY_CHANGE_LEVEL:
    return price + 10 * (unsigned)(5 - change->value);
  default:
    return price;
  }
}

/* A list that is to be changed must first be written down. */
static cy_err *fill_suites(cy_codes *list, const cy_tls_terms *terms, bool new_ones)
{
  if (list->set)
    return NULL;
  cy_code_row row = new_ones ? terms->dialect->suites13 : terms->dialect->suites;
  list->set = true;
  for (size_t i = 0; i < row.count; i++)
    CY_TRY(cy_codes_add(list, row.codes[i]));
  return NULL;
}

static cy_err *fill_from(cy_codes *list, const cy_codes *set, cy_code_row fallback)
{
  if (list->set)
    return NULL;
  cy_code_row row = set->set ? (cy_code_row){set->codes, set->count} : fallback;
  list->set = true;
  for (size_t i = 0; i < row.count; i++)
    CY_TRY(cy_codes_add(list, row.codes[i]));
  return NULL;
}

static cy_err *first(cy_codes *list, uint16_t code)
{
  cy_codes_remove(list, code);
  CY_TRY(cy_codes_add(list, code));
  memmove(list->codes + 1, list->codes, (list->count - 1) * sizeof *list->codes);
  list->codes[0] = code;
  return NULL;
}

static cy_err *change_suite(cy_tls_side *side, const cy_tls_terms *terms, const cy_tls_change *change)
{
  bool new_one = is_13(change->code);
  cy_codes *list = new_one ? &side->suites13 : &side->suites;
  if (change->kind == CY_CHANGE_SUITE_ONLY) {
    cy_codes_clear(list);
    return cy_codes_add(list, change->code);
  }
  CY_TRY(fill_suites(list, terms, new_one));
  if (change->kind == CY_CHANGE_SUITE_ADD)
    return cy_codes_add(list, change->code);
  if (change->end == CY_TLS_SERVER)
    side->own_order = CY_YES;
  return first(list, change->code);
}

static cy_err *change_scheme(cy_tls_side *side, const cy_tls_terms *terms, const cy_tls_change *change)
{
  const cy_tls_dialect *d = terms->dialect;
  cy_code_row fallback = terms->role == CY_TLS_SERVER ? d->server_schemes : d->client_schemes;
  cy_codes *list = change->kind == CY_CHANGE_CLIENT_SCHEME_ADD ? &side->client_schemes
                   : change->kind == CY_CHANGE_CERT_SCHEME_ADD ? &side->cert_schemes
                                                               : &side->schemes;
  CY_TRY(fill_from(list, &side->schemes, fallback));
  return cy_codes_add(list, change->code);
}

/* Trust and identities are shared, so that the changed ones are new. */
static cy_err *add_trust(cy_tls_side *side, cy_cert *cert)
{
  CY_AUTO(cy_tls_trust) *trust = NULL;
  const cy_tls_trust *old = side->trust;
  CY_TRY(cy_tls_trust_new(&trust, old ? old->place : ""));
  for (size_t i = 0; old && i < old->anchors.count; i++)
    CY_TRY(cy_certs_add(&trust->anchors, old->anchors.items[i]));
  for (size_t i = 0; old && i < old->others.count; i++)
    CY_TRY(cy_certs_add(&trust->others, old->others.items[i]));
  for (size_t i = 0; old && i < old->crls.count; i++)
    CY_TRY(cy_crls_add(&trust->crls, old->crls.items[i]));
  CY_TRY(cy_certs_add(&trust->anchors, cert));
  cy_tls_side_set_trust(side, trust);
  return NULL;
}

static cy_err *add_to_chain(cy_tls_side *side, size_t which, cy_cert *cert)
{
  CY_AUTO(cy_tls_identity) *identity = NULL;
  if (which >= side->identity_count)
    return NULL;
  cy_tls_identity *old = side->identities[which];
  CY_TRY(cy_tls_identity_new(&identity, old->label, old->place));
  identity->key = old->key;
  for (size_t i = 0; i < old->chain.count; i++)
    CY_TRY(cy_certs_add(&identity->chain, old->chain.items[i]));
  CY_TRY(cy_certs_add(&identity->chain, cert));
  side->identities[which] = cy_tls_identity_ref(identity);
  cy_tls_identity_free(old);
  return NULL;
}

/* The filters that match this certificate, where there were any. */
static cy_err *take_name(cy_tls_side *side, const cy_cert *cert)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) issuer = CY_BUF_TEXT;
  const cy_cert_view *view = cy_cert_get(cert);
  cy_dn_filter_suggest(&name, &(cy_dn_subject){.name = view->subject});
  cy_dn_filter_suggest(&issuer, &(cy_dn_subject){.name = view->issuer});
  CY_TRY(cy_buf_check(&name));
  CY_TRY(cy_buf_check(&issuer));
  if (side->peer_filter)
    CY_TRY(cy_tls_side_set(&side->peer_filter, cy_buf_cstr(&name)));
  return side->issuer_filter ? cy_tls_side_set(&side->issuer_filter, cy_buf_cstr(&issuer)) : NULL;
}

/* The queue manager's certificate is the second. */
static void drop_label(cy_tls_side *side)
{
  side->own_label = false;
  if (side->identity_count < 2)
    return;
  cy_tls_identity_free(side->identities[0]);
  memmove(side->identities, side->identities + 1, --side->identity_count * sizeof(cy_tls_identity *));
}

/* With whatever both ends can do from TLS 1.2 on. */
static void use_tls(cy_tls_side *side, const cy_tls_dialect *dialect, cy_tls_role role)
{
  unsigned good = (CY_TLS_BIT(CY_TLS12) | CY_TLS_BIT(CY_TLS13)) & dialect->known_versions;
  side->clear = false;
  if (dialect->library != CY_TLS_GSKIT)
    return;
  side->demand_versions = good;
  if (role == CY_TLS_CLIENT)
    side->versions = good;
}

cy_err *cy_tls_change_apply(cy_tls_side *side, const cy_tls_terms *terms, const cy_tls_change *change)
{
  switch (change->kind) {
  case CY_CHANGE_VERSION_ADD:
  case CY_CHANGE_VERSION_REMOVE:
    side->versions = side->versions ? side->versions : terms->versions;
    if (change->kind == CY_CHANGE_VERSION_ADD)
      side->versions |= CY_TLS_BIT(change->code);
    else
      side->versions &= ~CY_TLS_BIT(change->code);
    return NULL;
  case CY_CHANGE_SUITE_ADD:
  case CY_CHANGE_SUITE_FIRST:
  case CY_CHANGE_SUITE_ONLY:
    return change_suite(side, terms, change);
  case CY_CHANGE_GROUP_ADD:
    CY_TRY(fill_from(&side->groups, &side->groups, terms->dialect->groups));
    return cy_codes_add(&side->groups, change->code);
  case CY_CHANGE_SCHEME_ADD:
  case CY_CHANGE_CLIENT_SCHEME_ADD:
  case CY_CHANGE_CERT_SCHEME_ADD:
    return change_scheme(side, terms, change);
  case CY_CHANGE_LEVEL:
    side->security_level = change->value;
    return NULL;
  case CY_CHANGE_DH:
    side->dh = CY_TLS_DH_AUTO;
    return NULL;
  case CY_CHANGE_TRUST_ADD:
    return add_trust(side, change->cert);
  case CY_CHANGE_CHAIN_ADD:
    return add_to_chain(side, (size_t)change->value, change->cert);
  case CY_CHANGE_PEER:
    side->peer = (cy_tls_peer)change->value;
    return NULL;
  case CY_CHANGE_PEER_NAME:
    return take_name(side, change->cert);
  case CY_CHANGE_NAMES_CHANNEL:
    side->names_channel = CY_YES;
    return NULL;
  case CY_CHANGE_LABEL_OFF:
    drop_label(side);
    return NULL;
  case CY_CHANGE_ALPN_ADD:
    return cy_tls_protocols_add(&side->alpn, change->protocol);
  case CY_CHANGE_TLS_ON:
    use_tls(side, terms->dialect, terms->role);
    return NULL;
  case CY_CHANGE_DEMAND:
    side->demand_versions = (unsigned)change->value;
    cy_codes_clear(&side->demand_suites);
    return NULL;
  case CY_CHANGE_KINDS:
    break;
  }
  return NULL;
}

/* In the notation of the side's library, IANA's where it has none. */
static const char *name_in(const char *const names[CY_NOTATION_COUNT], const cy_tls_side *side)
{
  static const cy_notation of[CY_TLS_LIBRARIES] = {CY_NOTATION_OPENSSL, CY_NOTATION_GNUTLS,
    CY_NOTATION_JAVA, CY_NOTATION_NSS, CY_NOTATION_MQ, CY_NOTATION_OPENSSL};
  const char *name = names[side->dialect ? of[side->dialect->library] : CY_NOTATION_OPENSSL];
  return name ? name : names[CY_NOTATION_IANA];
}

static void put_cert(cy_buf *buf, const cy_cert *cert)
{
  cy_name_format(buf, cy_cert_get(cert)->subject, CY_NAMES_RFC4514);
}

static void put_named(cy_buf *buf, const char *before, const char *name, const char *after)
{
  cy_buf_printf(buf, "%s%s%s", before, name ? name : "?", after);
}

void cy_tls_change_format(cy_buf *buf, const cy_tls_change *change, const cy_tls_side *side)
{
  const cy_suite *suite = cy_suite_get(change->code);
  const cy_tls_group *group = cy_tls_group_get(change->code);
  const cy_scheme *scheme = cy_scheme_get(change->code);
  switch (change->kind) {
  case CY_CHANGE_VERSION_ADD:
    return put_named(buf, "switch ", cy_tls_version_name(change->code), " on");
  case CY_CHANGE_VERSION_REMOVE:
    return put_named(buf, "switch ", cy_tls_version_name(change->code), " off");
  case CY_CHANGE_SUITE_ADD:
    return put_named(buf, "add the cipher suite ", suite ? name_in(suite->names, side) : NULL, "");
  case CY_CHANGE_SUITE_FIRST:
    return put_named(buf, "put the cipher suite ", suite ? name_in(suite->names, side) : NULL, " first");
  case CY_CHANGE_SUITE_ONLY:
    return put_named(buf, "allow only the cipher suite ", suite ? name_in(suite->names, side) : NULL, "");
  case CY_CHANGE_GROUP_ADD:
    return put_named(buf, "add the group ", group ? name_in(group->names, side) : NULL, "");
  case CY_CHANGE_SCHEME_ADD:
    return put_named(buf, "add the signature scheme ", scheme ? name_in(scheme->names, side) : NULL, "");
  case CY_CHANGE_CLIENT_SCHEME_ADD:
    return put_named(
      buf, "ask clients also for the signature scheme ", scheme ? name_in(scheme->names, side) : NULL, "");
  case CY_CHANGE_CERT_SCHEME_ADD:
    return put_named(
      buf, "take certificates signed with ", scheme ? name_in(scheme->names, side) : NULL, ", too");
  case CY_CHANGE_LEVEL:
    cy_buf_printf(buf, "lower the security level to %d (better: replace what is too weak)", change->value);
    return;
  case CY_CHANGE_DH:
    cy_buf_str(buf, "let the library choose Diffie-Hellman parameters");
    return;
  case CY_CHANGE_TRUST_ADD:
    cy_buf_str(buf, "add the CA ");
    put_cert(buf, change->cert);
    cy_buf_str(buf, " to the trust store, when its fingerprint was checked another way");
    return;
  case CY_CHANGE_CHAIN_ADD:
    cy_buf_str(buf, "send the intermediate CA ");
    put_cert(buf, change->cert);
    cy_buf_str(buf, " with the certificate");
    return;
  case CY_CHANGE_PEER:
    cy_buf_printf(buf, "make the client's certificate %s", cy_tls_peer_name((cy_tls_peer)change->value));
    return;
  case CY_CHANGE_PEER_NAME:
    cy_buf_str(buf, "if this is the right partner, ask for its name: ");
    cy_dn_filter_suggest(buf, &(cy_dn_subject){.name = cy_cert_get(change->cert)->subject});
    return;
  case CY_CHANGE_NAMES_CHANNEL:
    cy_buf_str(buf, "say the channel's name in the first message");
    return;
  case CY_CHANGE_LABEL_OFF:
    cy_buf_str(buf, "let the channel show the queue manager's certificate instead of one of its own");
    return;
  case CY_CHANGE_ALPN_ADD:
    return put_named(buf, "add the application protocol ", change->protocol, "");
  case CY_CHANGE_TLS_ON:
    cy_buf_str(buf, "use TLS here");
    return;
  case CY_CHANGE_DEMAND:
    cy_buf_str(buf, "let the channel take any suite of the versions that both ends agree on");
    return;
  case CY_CHANGE_KINDS:
    return;
  }
}
