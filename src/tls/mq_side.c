/* From a channel's definition to one end of TLS. */
#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/mq.h"
#include "tls/suite.h"

enum { EACH_BY_ITSELF = 1000 };

typedef struct {
  cy_tls_reading *reading;
  const cy_mq *mq;
  const cy_mq_channel *channel;
  const cy_mq_client *client; /* NULL: the queue manager is at this end */
  cy_tls_side *side;
} maker;

static const cy_mq_value *attr(const maker *m, cy_mq_channel_attr id)
{
  return &m->channel->attrs[id];
}

static const cy_mq_ssl *ssl_of(const maker *m)
{
  return m->client && m->client->ssl ? m->client->ssl : &m->mq->ssl;
}

static const char *file_of(const maker *m, const cy_mq_value *value)
{
  return value->file ? value->file : m->mq->file;
}

/* What is to be done after a change of the channel. */
static const char *restart_of(const maker *m)
{
  return m->client ? "then start the program anew" : "then STOP and START the channel";
}

static cy_err *unknown_cipher(maker *m, const cy_mq_value *value)
{
  bool foreign;
  char room[80];
  cy_mq_cipher cipher = {0};
  const char *near = cy_mq_cipher_nearest(value->value, &foreign, room);
  if (near)
    cy_mq_cipher_find(&cipher, near);
  cy_finding *f = cy_tls_read_finding(m->side, foreign ? CY_F_MQ_CIPHER_NOTATION : CY_F_MQ_CIPHER_UNKNOWN,
    file_of(m, value), value->line, "channel %s: there is no CipherSpec %s%s%s%s%s%s", m->channel->name,
    value->value, near ? foreign ? "; as a CipherSpec it is " : "; nearest is " : "", near ? near : "",
    near && cipher.since ? ", which exists from " : "", near && cipher.since ? cipher.since : "",
    near && cipher.since ? " on" : "");
  if (near)
    cy_finding_set_fix(&m->side->findings, f, "%s SSLCIPH(%s), %s.",
      m->client ? "Set" : "ALTER CHANNEL: write", near, restart_of(m));
  return cy_findings_check(&m->side->findings);
}

static bool offers(const cy_tls_side *side, const cy_suite *suite)
{
  const cy_codes *list = suite->min == CY_TLS13 ? &side->suites13 : &side->suites;
  if (list->set)
    return cy_codes_has(list, suite->code);
  const cy_code_row *row = suite->min == CY_TLS13 ? &side->dialect->suites13 : &side->dialect->suites;
  for (size_t i = 0; i < row->count; i++)
    if (row->codes[i] == suite->code)
      return true;
  return false;
}

/* Where the list in force was set, for people. */
static cy_err *never(maker *m, const cy_mq_value *value, const cy_mq_cipher *cipher)
{
  const cy_mq_ssl *ssl = ssl_of(m);
  const cy_mq_value *allowed = &ssl->keys[CY_MQ_ALLOWED], *tls13 = &ssl->keys[CY_MQ_TLS13];
  bool by_13 =
    tls13->value && !(m->side->versions & CY_TLS_BIT(CY_TLS13)) && cipher->versions == CY_TLS_BIT(CY_TLS13);
  const cy_tls_setting *policy = cy_tls_side_setting(m->side, CY_TLS_FIELD_SUITES);
  const cy_mq_value *why = by_13 ? tls13 : allowed->value ? allowed : NULL;
  bool weak = cipher->off && !why;
  cy_finding *f = cy_tls_read_finding(m->side,
    weak    ? CY_F_MQ_CIPHER_OFF
    : by_13 ? CY_F_MQ_TLS13_OFF
            : CY_F_MQ_NEVER,
    file_of(m, value), value->line, "channel %s wants %s, which %s%s%s%s%s", m->channel->name, value->value,
    weak ? "is switched off since IBM MQ 9.0.5 or before" : "is never agreed on: ",
    why      ? by_13 ? "AllowTLSV13=" : "AllowedCipherSpecs="
    : policy ? policy->key
             : "",
    why ? why->value : "", why ? " in " : "", why ? file_of(m, why) : "");
  cy_finding_set_fix(&m->side->findings, f,
    weak ? "ALTER CHANNEL(%s) ... SSLCIPH(ANY_TLS12_OR_HIGHER), %s; the other end as well."
         : "Set SSLCIPH of %s to one that is allowed, or allow it in the SSL stanza and restart; %s.",
    m->channel->name, restart_of(m));
  return cy_findings_check(&m->side->findings);
}

/* A channel of one version under a list that has a higher one: who offers both is refused afterwards. */
static cy_err *check_fixed(maker *m, const cy_mq_value *value, const cy_mq_cipher *cipher)
{
  if (cipher->suite || cipher->open_ended || cipher->versions != CY_TLS_BIT(CY_TLS12) ||
      !(m->side->versions & CY_TLS_BIT(CY_TLS13)))
    return NULL;
  cy_finding *f = cy_tls_read_finding(m->side, CY_F_MQ_FIXED, file_of(m, value), value->line,
    "channel %s takes %s only, but the queue manager agrees on TLS 1.3 with whoever can", m->channel->name,
    value->value);
  cy_finding_set_fix(&m->side->findings, f,
    "ALTER CHANNEL(%s) CHLTYPE(%s) SSLCIPH(ANY_TLS12_OR_HIGHER), %s; or AllowTLSV13=NO in the SSL stanza "
    "of qm.ini and "
    "restart the queue manager.",
    m->channel->name, cy_mq_get(attr(m, CY_MQ_CHLTYPE)), restart_of(m));
  return cy_findings_check(&m->side->findings);
}

static cy_err *demand(maker *m, const cy_mq_value *value, const cy_mq_cipher *cipher)
{
  cy_tls_side *side = m->side;
  side->demand_versions = cipher->versions;
  if (cipher->suite)
    CY_TRY(cy_codes_add(&side->demand_suites, cipher->suite->code));
  return cy_tls_side_set(&side->demand_text, value->value);
}

/* A caller offers what its CipherSpec names, out of what is allowed. */
static cy_err *offer(maker *m, const cy_mq_cipher *cipher)
{
  cy_tls_side *side = m->side;
  side->versions &= cipher->versions;
  if (!cipher->suite)
    return NULL;
  cy_codes_clear(&side->suites);
  cy_codes_clear(&side->suites13);
  side->suites.set = side->suites13.set = true;
  return cy_codes_add(
    cipher->suite->min == CY_TLS13 ? &side->suites13 : &side->suites, cipher->suite->code);
}

/* A program has its own settings, a queue manager those of ALTER QMGR. */
static cy_err *read_policy(maker *m)
{
  const cy_mq_value *const of_client = ssl_of(m)->keys, *const of_qmgr = m->mq->attrs;
  return m->client ? cy_mq_policy(m->side, m->mq, &of_client[CY_MQ_FIPS], &of_client[CY_MQ_INI_SUITEB],
                       &of_client[CY_MQ_INI_CERTVPOL])
                   : cy_mq_policy(m->side, m->mq, &of_qmgr[CY_MQ_SSLFIPS], &of_qmgr[CY_MQ_SUITEB],
                       &of_qmgr[CY_MQ_CERTVPOL]);
}

static cy_err *read_cipher(maker *m)
{
  const cy_mq_value *value = attr(m, CY_MQ_SSLCIPH);
  cy_mq_cipher cipher;
  m->side->clear = !*cy_mq_get(value);
  CY_TRY(cy_mq_note(m->side, CY_TLS_FIELD_DEMAND, "SSLCIPH", m->mq, value));
  if (m->side->clear)
    return NULL;
  CY_TRY(cy_mq_allowed(ssl_of(m), m->side));
  CY_TRY(read_policy(m));
  bool found = cy_mq_cipher_find(&cipher, value->value) ||
               (m->mq->zos && cy_mq_cipher_find_hex(&cipher, value->value));
  if (!found)
    return unknown_cipher(m, value);
  bool possible = (m->side->versions & cipher.versions) && (!cipher.suite || offers(m->side, cipher.suite));
  bool calls = m->side->role == CY_TLS_CLIENT;
  CY_TRY(demand(m, value, &cipher));
  if (!possible)
    CY_TRY(never(m, value, &cipher));
  else if (!calls)
    CY_TRY(check_fixed(m, value, &cipher));
  return calls ? offer(m, &cipher) : NULL;
}

/* Whom it believes. */

static cy_err *read_peer(maker *m)
{
  cy_tls_side *side = m->side;
  const cy_mq_value *peer = attr(m, CY_MQ_SSLPEER), *auth = attr(m, CY_MQ_SSLCAUTH);
  bool named = *cy_mq_get(peer);
  side->check_host = CY_NO;
  side->peer = CY_TLS_PEER_REQUIRED;
  CY_TRY(cy_mq_note(side, CY_TLS_FIELD_PEER_NAME, "SSLPEER", m->mq, peer));
  if (named) {
    CY_CLEAN(cy_buf) what = CY_BUF_TEXT;
    cy_buf_printf(&what, "channel %s: SSLPEER", m->channel->name);
    CY_TRY(cy_mq_peer_filter(
      side, &side->peer_filter, cy_buf_cstr(&what), peer->value, file_of(m, peer), peer->line));
  }
  if (side->role == CY_TLS_SERVER) {
    side->ca_names = CY_TLS_CA_NAMES_TRUST;
    if (cy_mq_is(auth, "OPTIONAL") && !named)
      side->peer = CY_TLS_PEER_OPTIONAL;
    return cy_mq_note(side, CY_TLS_FIELD_PEER, "SSLCAUTH", m->mq, auth);
  }
  if (named || side->clear)
    return NULL;
  const cy_mq_value *cipher = attr(m, CY_MQ_SSLCIPH);
  cy_finding *f = cy_tls_read_finding(side, CY_F_MQ_NO_PEER, file_of(m, cipher), cipher->line,
    "channel %s has no SSLPEER: it takes any queue manager whose CA it trusts", m->channel->name);
  cy_finding_set_fix(
    &side->findings, f, "Add SSLPEER('CN=..., O=...') with the queue manager's name, %s.", restart_of(m));
  return cy_findings_check(&side->findings);
}

/* The name of the queue manager, also out of the usual place of its key repository. */
static cy_err *default_label(const maker *m, cy_buf *label)
{
  const char *name = m->mq->qmgr, *keyr = cy_mq_get(&m->mq->attrs[CY_MQ_SSLKEYR]);
  size_t len = name ? strlen(name) : 0;
  const char *folder = strstr(keyr, "/qmgrs/");
  if (!name && folder) {
    name = folder + 7;
    len = strcspn(name, "/");
  }
  if (!name || !len)
    return NULL;
  cy_buf_str(label, m->mq->zos ? "ibmWebSphereMQ" : "ibmwebspheremq");
  for (size_t i = 0; i < len; i++)
    cy_buf_u8(label, (uint8_t)(m->mq->zos ? name[i] : cy_ascii_lower(name[i])));
  return cy_buf_check(label);
}

static cy_err *read_client_keys(maker *m)
{
  const cy_mq_ssl *ssl = m->client->ssl;
  const cy_mq_value *own = attr(m, CY_MQ_CERTLABL);
  CY_CLEAN(cy_buf) label = CY_BUF_TEXT;
  if (!ssl)
    return NULL;
  const cy_mq_value *repository = &ssl->keys[CY_MQ_KEY_REPOSITORY];
  const cy_mq_value *chosen = *cy_mq_get(own) ? own : &ssl->keys[CY_MQ_LABEL];
  CY_TRY(cy_mq_note(m->side, CY_TLS_FIELD_TRUST, "SSLKeyRepository", m->mq, repository));
  CY_TRY(cy_mq_note(
    m->side, CY_TLS_FIELD_IDENTITY, chosen == own ? "CERTLABL" : "CertificateLabel", m->mq, chosen));
  if (m->client->user)
    cy_buf_printf(&label, "ibmwebspheremq%s", m->client->user);
  CY_TRY(cy_buf_check(&label));
  return cy_mq_keys(m->reading, m->side, m->mq, file_of(m, repository), repository, chosen,
    label.len ? cy_buf_cstr(&label) : NULL);
}

static cy_err *read_keys(maker *m)
{
  const cy_mq *mq = m->mq;
  const cy_mq_value *repository = &mq->attrs[CY_MQ_SSLKEYR], *own = attr(m, CY_MQ_CERTLABL);
  const cy_mq_value *label = *cy_mq_get(own) ? own : &mq->attrs[CY_MQ_QCERTLABL];
  CY_CLEAN(cy_buf) by_default = CY_BUF_TEXT;
  if (m->side->clear)
    return NULL;
  if (m->client)
    return read_client_keys(m);
  CY_TRY(default_label(m, &by_default));
  CY_TRY(cy_mq_note(m->side, CY_TLS_FIELD_TRUST, "SSLKEYR", mq, repository));
  CY_TRY(cy_mq_note(m->side, CY_TLS_FIELD_IDENTITY, "CERTLABL", mq, &mq->attrs[CY_MQ_QCERTLABL]));
  if (label == own) {
    CY_TRY(cy_mq_note(m->side, CY_TLS_FIELD_IDENTITY, "CERTLABL of the channel", mq, own));
    CY_TRY(cy_tls_side_beat(m->side, CY_TLS_FIELD_IDENTITY, "the channel has a label of its own"));
  }
  const char *fallback = by_default.len ? cy_buf_cstr(&by_default) : NULL;
  CY_TRY(cy_mq_keys(m->reading, m->side, mq, mq->file, repository, label, fallback));
  if (label != own || m->side->role == CY_TLS_CLIENT || !m->side->identity_count)
    return NULL;
  m->side->own_label = true;
  CY_TRY(cy_mq_note(m->side, CY_TLS_FIELD_SNI, "CERTLABL of the channel", mq, own));
  return cy_mq_keys_also(
    m->reading, m->side, mq, mq->file, repository, &mq->attrs[CY_MQ_QCERTLABL], fallback);
}

/* Whether the channel's name is said: by all but those who are told otherwise. */
static cy_err *read_sni(maker *m)
{
  const cy_mq_value *sni = &ssl_of(m)->keys[CY_MQ_SNI], *old = &ssl_of(m)->keys[CY_MQ_OLD_SNI];
  bool set = *cy_mq_get(sni) != 0;
  if (m->side->role != CY_TLS_CLIENT || m->side->clear)
    return NULL;
  m->side->names_channel = set ? cy_mq_is(sni, "CHANNEL") ? CY_YES : CY_NO
                           : cy_mq_is(old, "NO") || cy_mq_is(old, "N") ? CY_NO
                                                                       : CY_YES;
  return cy_mq_note(
    m->side, CY_TLS_FIELD_SNI, set ? "OutboundSNI" : "AllowOutboundSNI", m->mq, set ? sni : old);
}

/* What the channel compares afterwards. */
static cy_err *read_channel(maker *m)
{
  cy_tls_side *side = m->side;
  const cy_mq_value *user = attr(m, CY_MQ_MCAUSER);
  CY_TRY(cy_tls_side_set(&side->channel, m->channel->name));
  CY_TRY(read_sni(m));
  if (side->role == CY_TLS_CLIENT)
    return m->client || !m->mq->qmgr ? NULL : cy_tls_side_set(&side->qmgr, m->mq->qmgr);
  side->program = cy_mq_is(attr(m, CY_MQ_CHLTYPE), "SVRCONN");
  cy_tls_side_set_chlauth(side, m->mq->chlauth);
  if (!*cy_mq_get(user))
    return NULL;
  CY_TRY(cy_mq_note(side, CY_TLS_FIELD_OTHER, "MCAUSER", m->mq, user));
  return cy_tls_side_set(&side->mcauser, user->value);
}

static cy_err *name_side(maker *m, size_t alike)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  cy_buf_printf(&name, "channel %s", m->channel->name);
  if (alike)
    cy_buf_printf(&name, " and %zu like it", alike);
  cy_buf_printf(&name, " (%s", cy_mq_get(attr(m, CY_MQ_CHLTYPE)));
  if (m->mq->qmgr)
    cy_buf_printf(&name, " of %s", m->mq->qmgr);
  cy_buf_str(&name, ")");
  CY_TRY(cy_buf_check(&name));
  CY_TRY(cy_tls_side_set(&m->side->name, cy_buf_cstr(&name)));
  CY_TRY(cy_tls_side_set(&m->side->label, m->channel->name));
  CY_TRY(cy_tls_side_set(&m->side->source, m->mq->file));
  return cy_tls_side_set(&m->side->product, m->client    ? m->client->product
                                            : m->mq->zos ? "IBM MQ for z/OS"
                                                         : "IBM MQ");
}

static cy_err *read_host(maker *m)
{
  const char *conname = cy_mq_get(attr(m, CY_MQ_CONNAME));
  size_t len = strcspn(conname, "(, ");
  if (m->side->role != CY_TLS_CLIENT || !len)
    return NULL;
  CY_AUTO_STR char *host = cy_strndup(conname, len);
  CY_TRY_ALLOC(host);
  CY_TRY(cy_mq_note(m->side, CY_TLS_FIELD_HOST, m->channel->short_form ? m->channel->short_form : "CONNAME",
    m->mq, attr(m, CY_MQ_CONNAME)));
  return cy_tls_side_set(&m->side->host, host);
}

static cy_err *note_ini(maker *m)
{
  const cy_mq_ssl *ssl = ssl_of(m);
  if (m->side->clear)
    return NULL;
  CY_TRY(cy_mq_note(m->side, CY_TLS_FIELD_VERSIONS, "AllowTLSV13", m->mq, &ssl->keys[CY_MQ_TLS13]));
  CY_TRY(cy_mq_note(m->side, CY_TLS_FIELD_SUITES, "AllowedCipherSpecs", m->mq, &ssl->keys[CY_MQ_ALLOWED]));
  CY_TRY(cy_mq_note(m->side, CY_TLS_FIELD_SUITES, "AllowWeakCipherSpec", m->mq, &ssl->keys[CY_MQ_WEAK]));
  return cy_mq_note(m->side, CY_TLS_FIELD_MIN_RSA, "MinimumRSAKeySize", m->mq, &ssl->keys[CY_MQ_MIN_RSA]);
}

static cy_err *note_lost(maker *m)
{
  for (size_t i = 0; m->client && i < m->client->lost_count; i++) {
    const cy_mq_lost *lost = &m->client->lost[i];
    CY_TRY(cy_mq_note(m->side, CY_TLS_FIELD_OTHER, lost->key, m->mq, &lost->value));
    cy_tls_setting *setting = &m->side->settings[m->side->setting_count - 1];
    setting->in_force = false;
    CY_TRY(cy_tls_side_set(&setting->note, lost->why));
  }
  return NULL;
}

static cy_err *make(cy_tls_side **out, cy_tls_reading *reading, const cy_mq *mq,
  const cy_mq_channel *channel, const cy_mq_client *client, size_t alike)
{
  CY_AUTO(cy_tls_side) *side = NULL;
  bool calls = cy_mq_channel_calls(channel);
  const cy_mq_client none = {.product = "IBM MQ client"};
  bool is_client = cy_mq_is(&channel->attrs[CY_MQ_CHLTYPE], "CLNTCONN");
  CY_TRY(cy_tls_side_new(&side, channel->name, calls ? CY_TLS_CLIENT : CY_TLS_SERVER));
  maker m = {reading, mq, channel, is_client ? client ? client : &none : NULL, side};
  side->role_known = true;
  side->dialect = cy_tls_dialect_find("mq");
  if (reading->how->dialect && cy_tls_dialect_find(reading->how->dialect))
    side->dialect = cy_tls_dialect_find(reading->how->dialect);
  CY_TRY(name_side(&m, alike));
  CY_TRY(cy_mq_note(side, CY_TLS_FIELD_OTHER, "CHLTYPE", mq, &channel->attrs[CY_MQ_CHLTYPE]));
  CY_TRY(read_cipher(&m));
  CY_TRY(note_ini(&m));
  CY_TRY(read_peer(&m));
  CY_TRY(read_host(&m));
  CY_TRY(read_keys(&m));
  CY_TRY(read_channel(&m));
  CY_TRY(note_lost(&m));
  *out = side;
  side = NULL;
  return NULL;
}

cy_err *cy_mq_side(cy_tls_side **out, cy_tls_reading *reading, const cy_mq *mq,
  const cy_mq_channel *channel, const cy_mq_client *client)
{
  return make(out, reading, mq, channel, client, 0);
}

/* Which channels of a file. */

/* NULL: all. A label that none has leaves all, so that the nearest can be named. */
static const char *label_of(const cy_tls_reading *reading, const cy_mq *mq)
{
  const cy_address *address = reading->address;
  if (!address || address->selector.kind != CY_SELECT_LABEL)
    return NULL;
  for (size_t i = 0; i < mq->channel_count; i++)
    if (!mq->channels[i].gone && strcmp(mq->channels[i].name, address->selector.text) == 0)
      return address->selector.text;
  return NULL;
}

static bool is_wanted(const cy_mq_channel *channel, const char *label)
{
  if (channel->gone || !channel->attrs[CY_MQ_CHLTYPE].value)
    return false;
  return label ? strcmp(channel->name, label) == 0 : !cy_mq_channel_is_template(channel);
}

/* A client and a server connection of one name: the role decides, when it was said. */
static bool fits_role(const cy_tls_reading *reading, const cy_mq_channel *channel)
{
  const cy_tls_read_how *how = reading->how;
  return !how->role_given || cy_mq_channel_calls(channel) == (how->role == CY_TLS_CLIENT);
}

/* What makes two channels one side: all but name, line and address. */
static void key_of(cy_buf *key, const cy_mq_channel *channel)
{
  static const cy_mq_channel_attr ids[] = {CY_MQ_CHLTYPE, CY_MQ_SSLCIPH, CY_MQ_SSLCAUTH, CY_MQ_SSLPEER,
    CY_MQ_CERTLABL, CY_MQ_QMNAME, CY_MQ_MCAUSER};
  cy_buf_reset(key);
  for (size_t i = 0; i < CY_COUNT(ids); i++) {
    cy_buf_str(key, cy_mq_get(&channel->attrs[ids[i]]));
    cy_buf_u8(key, '\n');
  }
}

typedef struct {
  size_t *firsts, *counts;
  size_t count, cap, counts_cap;
  cy_map seen;
  cy_buf key;
} classes;

static cy_err *classify(classes *c, const cy_mq_channel *channel, size_t index, bool alone)
{
  size_t at = CY_MAP_NONE;
  if (!alone) {
    key_of(&c->key, channel);
    CY_TRY(cy_buf_check(&c->key));
    at = cy_map_get(&c->seen, cy_buf_get(&c->key));
  }
  if (at != CY_MAP_NONE) {
    c->counts[at]++;
    return NULL;
  }
  if ((!alone && !cy_map_put(&c->seen, cy_buf_get(&c->key), c->count)) ||
      !cy_grow(&c->firsts, &c->cap, c->count + 1, sizeof *c->firsts) ||
      !cy_grow(&c->counts, &c->counts_cap, c->count + 1, sizeof *c->counts))
    return cy_err_no_memory();
  c->firsts[c->count] = index;
  c->counts[c->count++] = 0;
  return NULL;
}

static cy_err *collect(cy_tls_reading *reading, const cy_mq *mq, classes *c)
{
  const char *label = label_of(reading, mq);
  size_t wanted = 0, fitting = 0;
  for (size_t i = 0; i < mq->channel_count; i++) {
    bool is = is_wanted(&mq->channels[i], label);
    wanted += is;
    fitting += is && fits_role(reading, &mq->channels[i]);
  }
  bool by_role = fitting > 0, alone = wanted <= EACH_BY_ITSELF;
  for (size_t i = 0; i < mq->channel_count; i++)
    if (is_wanted(&mq->channels[i], label) && (!by_role || fits_role(reading, &mq->channels[i])))
      CY_TRY(classify(c, &mq->channels[i], i, alone));
  return NULL;
}

static cy_err *add_sides(
  cy_tls_reading *reading, const cy_mq *mq, const cy_mq_client *client, const classes *c)
{
  for (size_t i = 0; i < c->count; i++) {
    cy_tls_side *side;
    CY_TRY(make(&side, reading, mq, &mq->channels[c->firsts[i]], client, c->counts[i]));
    CY_TRY(cy_tls_sides_add(reading->sides, side));
  }
  return NULL;
}

/* Nothing but the queue manager or the client itself, and yet there is something to say. */
static cy_err *add_bare(cy_tls_reading *reading, const cy_mq *mq, const cy_mq_client *client)
{
  CY_AUTO(cy_tls_side) *side = NULL;
  const char *name = client ? client->product : mq->qmgr ? mq->qmgr : "queue manager";
  const cy_mq_channel none = {.name = name};
  CY_TRY(cy_tls_side_new(&side, name, client ? CY_TLS_CLIENT : CY_TLS_SERVER));
  maker m = {reading, mq, &none, client, side};
  side->dialect = cy_tls_dialect_find("mq");
  side->role_known = true;
  side->peer = client ? CY_TLS_PEER_REQUIRED : CY_TLS_PEER_UNSET;
  CY_TRY(cy_tls_side_set(&side->product, client ? client->product : "IBM MQ"));
  CY_TRY(cy_tls_side_set(&side->source, mq->file));
  CY_TRY(cy_mq_allowed(ssl_of(&m), side));
  CY_TRY(note_ini(&m));
  CY_TRY(read_keys(&m));
  CY_TRY(note_lost(&m));
  cy_tls_side *done = side;
  side = NULL;
  return cy_tls_sides_add(reading->sides, done);
}

cy_err *cy_mq_sides(cy_tls_reading *reading, cy_mq *mq, const cy_mq_client *client)
{
  classes c = {.key = CY_BUF_TEXT};
  size_t before = reading->sides->count;
  cy_map_init(&c.seen, true);
  cy_err *err = collect(reading, mq, &c);
  if (!err)
    err = add_sides(reading, mq, client, &c);
  if (!err && label_of(reading, mq))
    reading->selected = true;
  bool bare = mq->always || mq->findings.count || mq->attrs[CY_MQ_SSLKEYR].value ||
              mq->ssl.keys[CY_MQ_TLS13].value || mq->ssl.keys[CY_MQ_ALLOWED].value;
  if (!err && !c.count && bare)
    err = add_bare(reading, mq, client);
  if (!err && reading->sides->count > before)
    cy_findings_move(&reading->sides->items[before]->findings, &mq->findings);
  cy_map_clear(&c.seen);
  cy_buf_clear(&c.key);
  cy_free(c.firsts);
  cy_free(c.counts);
  return err;
}
