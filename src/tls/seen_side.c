/* The two ends of a connection that was seen. */
#include "tls/seen_side.h"

#include <sys/stat.h>

#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/group.h"
#include "tls/mq.h"
#include "tls/scheme.h"
#include "tls/side_show.h"
#include "tls/suite.h"
#include "x509/name.h"

typedef struct {
  cy_tls_reading *reading;
  const cy_tls_seen *seen;
  const cy_tls_used *used;
  cy_tls_side *side;
  cy_buf missing; /* what is not in the trace, for people */
} maker;

static bool has_alert(const cy_tls_seen *seen, cy_tls_role role)
{
  for (size_t i = 0; seen->role_known && i < seen->alert_count; i++)
    if (seen->alerts[i].sent == (seen->role == role))
      return true;
  return false;
}

bool cy_tls_seen_has(const cy_tls_seen *seen, cy_tls_role role)
{
  bool agreed = seen->version.line || seen->suite.line || seen->group.line;
  if (role == CY_TLS_SERVER)
    return agreed || seen->server.line || seen->asked_line || has_alert(seen, role);
  return agreed || seen->versions.line || seen->suites.line || seen->client.line || has_alert(seen, role) ||
         (seen->role_known && seen->role == role);
}

static void miss(maker *m, const char *what)
{
  cy_buf_printf(&m->missing, "%s%s", m->missing.len ? "; " : "", what);
}

static cy_err *note(maker *m, cy_tls_field field, const char *key, const char *value, size_t line)
{
  return cy_tls_side_note(m->side, field, key, value, m->seen->file, line);
}

/* Lists. */

typedef const char *name_of(uint16_t code);

static const char *suite_name(uint16_t code)
{
  const cy_suite *suite = cy_suite_get(code);
  return suite ? suite->names[CY_NOTATION_IANA] : NULL;
}

static const char *group_name(uint16_t code)
{
  const cy_tls_group *group = cy_tls_group_get(code);
  return group ? group->names[CY_NOTATION_IANA] : NULL;
}

static const char *scheme_name(uint16_t code)
{
  const cy_scheme *scheme = cy_scheme_get(code);
  return scheme ? scheme->names[CY_NOTATION_IANA] : NULL;
}

static cy_err *note_codes(
  maker *m, cy_tls_field field, const char *key, const cy_codes *list, size_t line, name_of *name)
{
  enum { SHOWN = 6 };
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  size_t shown = list->count > SHOWN + 2 ? SHOWN : list->count;
  for (size_t i = 0; i < shown; i++)
    cy_buf_printf(&text, "%s%s", i ? " " : "", name(list->codes[i]));
  if (shown < list->count)
    cy_buf_printf(&text, " and %zu more", list->count - shown);
  CY_TRY(cy_buf_check(&text));
  return note(m, field, key, list->count ? cy_buf_cstr(&text) : "none", line);
}

/* What was listed, but for numbers that name nothing here; a list that was not seen leaves `to` unset. */
static cy_err *take(
  maker *m, cy_codes *to, const cy_seen_codes *from, cy_tls_field field, const char *key, name_of *name)
{
  if (!from->line)
    return NULL;
  to->set = true;
  for (size_t i = 0; i < from->codes.count; i++)
    if (name(from->codes.codes[i]))
      CY_TRY(cy_codes_add(to, from->codes.codes[i]));
  return note_codes(m, field, key, to, from->line, name);
}

/* The one that was agreed on. */
static cy_err *take_one(
  maker *m, cy_codes *to, const cy_seen_code *from, cy_tls_field field, const char *key, name_of *name)
{
  if (!from->line || !name(from->code))
    return NULL;
  CY_TRY(cy_codes_add(to, from->code));
  return note(m, field, key, name(from->code), from->line);
}

/* Up to TLS 1.2 the list of groups also says on which curves certificates may lie (RFC 8422 5.1): those
 * that went through are in it, too. */
static cy_err *take_curve(maker *m, const cy_cert *cert)
{
  const cy_key_info *key = cert ? &cy_cert_get(cert)->key : NULL;
  const cy_tls_group *group = NULL;
  if (!key || key->type != CY_KEY_EC || key->curve == CY_OID_UNKNOWN || m->side->groups.count == 0)
    return NULL;
  group = cy_tls_group_find(cy_oid_short(key->curve));
  if (!group)
    group = cy_tls_group_find(cy_oid_words(key->curve));
  return group ? cy_codes_add(&m->side->groups, group->code) : NULL;
}

static cy_err *take_agreed_group(maker *m)
{
  CY_TRY(
    take_one(m, &m->side->groups, &m->seen->group, CY_TLS_FIELD_GROUPS, "group agreed on", group_name));
  CY_TRY(take_curve(m, m->used->server_cert));
  return m->used->came == CY_TLS_CAME_AGREED ? take_curve(m, m->used->client_cert) : NULL;
}

static unsigned bit_of(uint16_t version)
{
  return version >= CY_SSL3 && version <= CY_TLS13 ? CY_TLS_BIT(version) : 0;
}

static cy_err *set_versions(maker *m, unsigned versions, const char *key, size_t line)
{
  CY_CLEAN(cy_buf) text = CY_BUF_TEXT;
  m->side->versions = versions;
  cy_tls_versions_format(&text, versions);
  CY_TRY(cy_buf_check(&text));
  return versions ? note(m, CY_TLS_FIELD_VERSIONS, key, cy_buf_cstr(&text), line) : NULL;
}

static cy_err *take_agreed_suite(maker *m)
{
  const cy_seen_code *from = &m->seen->suite;
  const cy_suite *suite = from->line ? cy_suite_get(from->code) : NULL;
  if (!suite)
    return NULL;
  bool new_one = suite->min == CY_TLS13;
  cy_tls_field field = new_one ? CY_TLS_FIELD_SUITES13 : CY_TLS_FIELD_SUITES;
  m->side->suites.set = m->side->suites13.set = true;
  return take_one(
    m, new_one ? &m->side->suites13 : &m->side->suites, from, field, "suite agreed on", suite_name);
}

/* The client, as it offered. */

/* A hello without a list of versions names the highest; that a lower one was agreed on shows that it has
 * all between. */
static cy_err *client_versions(maker *m)
{
  const cy_tls_seen *seen = m->seen;
  unsigned set = 0;
  uint16_t best = 0;
  for (size_t i = 0; i < seen->versions.codes.count; i++) {
    set |= bit_of(seen->versions.codes.codes[i]);
    if (bit_of(seen->versions.codes.codes[i]) && seen->versions.codes.codes[i] > best)
      best = seen->versions.codes.codes[i];
  }
  for (unsigned v = seen->version.line ? seen->version.code : best; set && v < best; v++)
    set |= bit_of((uint16_t)v);
  if (set)
    return set_versions(m, set, "versions offered", seen->versions.line);
  if (!seen->version.line)
    return NULL;
  return set_versions(m, bit_of(seen->version.code), "version agreed on", seen->version.line);
}

static cy_err *client_suites(maker *m)
{
  const cy_seen_codes *from = &m->seen->suites;
  cy_tls_side *side = m->side;
  if (!from->line) {
    miss(m, "what the client offers (its hello)");
    return take_agreed_suite(m);
  }
  side->suites.set = side->suites13.set = true;
  for (size_t i = 0; i < from->codes.count; i++) {
    const cy_suite *suite = cy_suite_get(from->codes.codes[i]);
    if (suite)
      CY_TRY(cy_codes_add(suite->min == CY_TLS13 ? &side->suites13 : &side->suites, suite->code));
  }
  if (side->suites.count || !side->suites13.count)
    CY_TRY(note_codes(m, CY_TLS_FIELD_SUITES, "suites offered", &side->suites, from->line, suite_name));
  if (!side->suites13.count)
    return NULL;
  return note_codes(
    m, CY_TLS_FIELD_SUITES13, "suites of TLS 1.3 offered", &side->suites13, from->line, suite_name);
}

/* A channel says what it was meant to use; what was really used says more. */
static cy_err *client_cipher(maker *m)
{
  const cy_tls_seen *seen = m->seen;
  cy_mq_cipher cipher;
  if (!seen->cipher.text || seen->suites.line || seen->suite.line ||
      !cy_mq_cipher_find(&cipher, seen->cipher.text))
    return NULL;
  if (!m->side->versions)
    m->side->versions = cipher.versions;
  if (!cipher.suite)
    return NULL;
  m->side->suites.set = m->side->suites13.set = true;
  return cy_codes_add(
    cipher.suite->min == CY_TLS13 ? &m->side->suites13 : &m->side->suites, cipher.suite->code);
}

/* Without its hello: what was agreed on, and below that version what its library offers by itself. The
 * suite stays the only one of its kind, so that the same server is predicted to choose it. */
static cy_err *open_below(maker *m)
{
  const cy_tls_dialect *d = m->side->dialect ? m->side->dialect : cy_tls_dialect_find("openssl");
  uint16_t agreed = m->seen->version.line ? m->seen->version.code : 0;
  if (!bit_of(agreed))
    return NULL;
  m->side->versions |= d->client_versions & (bit_of(agreed) - 1);
  if (agreed == CY_TLS13 && m->side->suites.count == 0)
    cy_codes_clear(&m->side->suites);
  for (size_t i = 0; m->side->groups.count && i < d->groups.count; i++)
    CY_TRY(cy_codes_add(&m->side->groups, d->groups.codes[i]));
  return NULL;
}

static cy_err *client_lists(maker *m)
{
  const cy_tls_seen *seen = m->seen;
  cy_tls_side *side = m->side;
  CY_TRY(client_versions(m));
  CY_TRY(client_suites(m));
  CY_TRY(client_cipher(m));
  CY_TRY(take(m, &side->groups, &seen->groups, CY_TLS_FIELD_GROUPS, "groups offered", group_name));
  CY_TRY(take(m, &side->shares, &seen->shares, CY_TLS_FIELD_SHARES, "key shares sent", group_name));
  CY_TRY(take(m, &side->schemes, &seen->schemes, CY_TLS_FIELD_SCHEMES, "schemes offered", scheme_name));
  CY_TRY(take(m, &side->cert_schemes, &seen->cert_schemes, CY_TLS_FIELD_CERT_SCHEMES,
    "schemes on certificates offered", scheme_name));
  if (!seen->groups.line && !seen->suites.line)
    CY_TRY(take_agreed_group(m));
  if (!seen->versions.line && !seen->suites.line)
    CY_TRY(open_below(m));
  if (!seen->schemes.line && !seen->suites.line && seen->server_scheme.line)
    CY_TRY(note(m, CY_TLS_FIELD_OTHER, "server signed with", scheme_name(seen->server_scheme.code),
      seen->server_scheme.line));
  return NULL;
}

/* "mq1.example:443" without its port; an IPv6 address stays as it is. */
static cy_err *client_host(maker *m)
{
  const cy_seen_text *host = &m->seen->host;
  if (!host->text)
    return NULL;
  const char *colon = strchr(host->text, ':');
  size_t len = colon && !strchr(colon + 1, ':') ? (size_t)(colon - host->text) : strlen(host->text);
  cy_free(m->side->host);
  m->side->host = cy_strndup(host->text, len);
  CY_TRY_ALLOC(m->side->host);
  return note(m, CY_TLS_FIELD_HOST, "connects to", m->side->host, host->line);
}

/* The server, as it agreed. */

static bool refused_for_want(const cy_tls_used *used)
{
  /* certificate_required, or what OpenSSL and others say before TLS 1.3 */
  return used->came == CY_TLS_CAME_FAILED && used->alerter == CY_TLS_SERVER && used->shown == CY_NO &&
         (used->alert == 116 || used->alert == 40 || used->alert == 42);
}

/* Where a request would be seen if there was one. */
static bool shows_requests(const cy_tls_seen *seen)
{
  static const char *const products[] = {"openssl s_client", "gnutls-cli", "curl -v", "Java"};
  for (size_t i = 0; i < CY_COUNT(products); i++)
    if (strcmp(seen->product, products[i]) == 0)
      return true;
  return false;
}

/* Whether it insists on a certificate shows only when none came. */
static cy_err *server_asks(maker *m)
{
  const cy_tls_seen *seen = m->seen;
  cy_tls_side *side = m->side;
  if (m->used->asked != CY_YES) {
    side->peer = CY_TLS_PEER_IGNORED;
    if (!shows_requests(seen))
      miss(m, "whether the server asks for a certificate");
    return NULL;
  }
  bool insists = refused_for_want(m->used);
  side->peer = insists ? CY_TLS_PEER_REQUIRED : CY_TLS_PEER_OPTIONAL;
  if (!insists && m->used->shown != CY_NO)
    miss(m, "whether the server insists on a certificate");
  CY_TRY(
    note(m, CY_TLS_FIELD_PEER, "asks for a certificate", insists ? "and refuses to go on without" : "yes",
      seen->asked_line ? seen->asked_line : seen->client.line));
  CY_TRY(take(m, &side->client_schemes, &seen->asked_schemes, CY_TLS_FIELD_CLIENT_SCHEMES,
    "schemes asked of clients", scheme_name));
  for (size_t i = 0; i < seen->asked_names.count; i++)
    CY_TRY(note(m, CY_TLS_FIELD_CA_NAMES, "names the CA", seen->asked_names.items[i].text,
      seen->asked_names.items[i].line));
  return NULL;
}

/* Its own scheme is the only one that is known; what it takes from others is not bound by that. */
static cy_err *server_schemes(maker *m)
{
  const cy_tls_dialect *d = m->side->dialect ? m->side->dialect : cy_tls_dialect_find("openssl");
  if (!m->seen->server_scheme.line)
    return NULL;
  CY_TRY(take_one(m, &m->side->schemes, &m->seen->server_scheme, CY_TLS_FIELD_SCHEMES, "server signed with",
    scheme_name));
  for (size_t i = 0; i < d->known_schemes.count; i++)
    CY_TRY(cy_codes_add(&m->side->cert_schemes, d->known_schemes.codes[i]));
  if (m->side->client_schemes.set)
    return NULL;
  for (size_t i = 0; i < d->server_schemes.count; i++)
    CY_TRY(cy_codes_add(&m->side->client_schemes, d->server_schemes.codes[i]));
  return NULL;
}

static cy_err *server_lists(maker *m)
{
  const cy_tls_seen *seen = m->seen;
  if (seen->version.line)
    CY_TRY(set_versions(m, bit_of(seen->version.code), "version agreed on", seen->version.line));
  else
    miss(m, "the version that was agreed on");
  CY_TRY(take_agreed_suite(m));
  if (!seen->suite.line)
    miss(m, "the suite that was agreed on");
  CY_TRY(take_agreed_group(m));
  CY_TRY(server_asks(m));
  return server_schemes(m);
}

/* Certificates. */

/* The rest of a chain counts only as far as it is there without a gap. */
static cy_err *fill_chain(maker *m, cy_tls_identity *identity, const cy_seen_certs *certs)
{
  size_t i = 0;
  for (; i < certs->count && certs->items[i].cert; i++)
    CY_TRY(cy_certs_add(&identity->chain, certs->items[i].cert));
  if (i == certs->count)
    return NULL;
  const cy_seen_cert *next = &certs->items[i];
  bool root = next->subject.text && next->issuer.text && strcmp(next->subject.text, next->issuer.text) == 0;
  if (!root)
    miss(m, "the certificates of the chain between its first and its root");
  return NULL;
}

static cy_err *take_identity(maker *m, const cy_seen_certs *certs)
{
  CY_CLEAN(cy_buf) place = CY_BUF_TEXT;
  CY_CLEAN(cy_buf) subject = CY_BUF_TEXT;
  CY_AUTO(cy_tls_identity) *identity = NULL;
  cy_buf_printf(&place, "%s:%zu", m->seen->file, certs->items[0].line);
  CY_TRY(cy_buf_check(&place));
  CY_TRY(cy_tls_identity_new(
    &identity, m->side->role == m->seen->role ? m->seen->label.text : NULL, cy_buf_cstr(&place)));
  identity->key = CY_TLS_KEY_THERE;
  CY_TRY(fill_chain(m, identity, certs));
  cy_name_format(&subject, cy_cert_get(certs->items[0].cert)->subject, CY_NAMES_RFC4514);
  CY_TRY(cy_buf_check(&subject));
  CY_TRY(cy_tls_side_add_identity(m->side, identity));
  return note(m, CY_TLS_FIELD_IDENTITY, "certificate shown", cy_buf_cstr(&subject), certs->items[0].line);
}

/* A store of the machine that made the trace, when it is this one; queue managers name it without its
 * suffix. `path` stays empty when it is not here. */
static cy_err *find_store(maker *m, cy_buf *path, const char *name)
{
  static const char *const suffixes[] = {"", ".kdb"};
  for (size_t i = 0; i < CY_COUNT(suffixes) && name[0] == '/'; i++) {
    CY_CLEAN(cy_buf) whole = CY_BUF_TEXT;
    struct stat st;
    cy_buf_reset(path);
    cy_buf_printf(path, "%s%s", name, suffixes[i]);
    CY_TRY(cy_buf_check(path));
    CY_TRY(cy_tls_read_path(m->reading, m->seen->file, cy_buf_cstr(path), &whole));
    if (stat(cy_buf_cstr(&whole), &st) == 0 && S_ISREG(st.st_mode))
      return NULL;
  }
  cy_buf_reset(path);
  return NULL;
}

/* What a store on this machine would have told is no fault of the trace. */
static void forget_findings(cy_tls_side *side, size_t kept)
{
  while (side->findings.count > kept)
    cy_finding_free(side->findings.items[--side->findings.count]);
}

/* The store that it was taken from, when the certificate itself is not in the trace. */
static cy_err *read_repository(maker *m, bool named)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  const cy_tls_seen *seen = m->seen;
  size_t before = m->side->findings.count;
  if (!named || !seen->role_known || seen->role != m->side->role || !seen->repository.text)
    return NULL;
  CY_TRY(note(m, CY_TLS_FIELD_IDENTITY, "key store", seen->repository.text, seen->repository.line));
  CY_TRY(find_store(m, &path, seen->repository.text));
  if (!path.len)
    return NULL;
  CY_TRY(cy_tls_read_identity(m->reading, m->side, seen->file, cy_buf_cstr(&path), NULL, seen->label.text));
  if (m->side->identity_count)
    return NULL;
  forget_findings(m->side, before);
  m->side->identity_wrong = false;
  miss(m, "the password of the key store that it names, so that it could be looked into");
  return NULL;
}

static cy_err *take_certificates(maker *m)
{
  bool server = m->side->role == CY_TLS_SERVER;
  const cy_seen_certs *certs = server ? &m->seen->server : &m->seen->client;
  if (certs->count && certs->items[0].cert)
    return take_identity(m, certs);
  const char *name = certs->count ? certs->items[0].subject.text : NULL;
  if (name)
    CY_TRY(note(m, CY_TLS_FIELD_IDENTITY, "certificate named", name, certs->items[0].line));
  CY_TRY(read_repository(m, certs->count || (!server && m->seen->label.text)));
  if (m->side->identity_count)
    return NULL;
  if (certs->count || server)
    miss(m, server ? "the server's certificate itself" : "the client's certificate itself");
  else if (m->seen->asked_line && !certs->line)
    miss(m, "whether the client showed a certificate");
  return NULL;
}

/* Whom it believes: a store that the trace names, when it is here; else nobody can say. */
static cy_err *read_trust(maker *m, const cy_seen_text *trust)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  size_t before = m->side->findings.count;
  CY_TRY(note(m, CY_TLS_FIELD_TRUST, "trust store", trust->text, trust->line));
  CY_TRY(find_store(m, &path, trust->text));
  if (!path.len)
    return NULL;
  CY_TRY(cy_tls_read_trust(m->reading, m->side, m->seen->file, cy_buf_cstr(&path)));
  if (!m->side->trust || !m->side->trust->anchors.count)
    forget_findings(m->side, before);
  return NULL;
}

static cy_err *take_trust(maker *m)
{
  const cy_seen_text *trust = &m->seen->trust;
  bool own = m->seen->role_known && m->seen->role == m->side->role;
  if (own && trust->text)
    CY_TRY(read_trust(m, trust));
  m->side->trust_unknown = !m->side->trust || !m->side->trust->anchors.count;
  bool judges = m->side->role == CY_TLS_CLIENT || m->seen->asked_line;
  if (m->side->trust_unknown && judges)
    miss(m, m->side->role == CY_TLS_CLIENT ? "whom the client believes, so the server's chain is not judged"
                                           : "whom the server believes, so clients' chains are not judged");
  return NULL;
}

/* The whole. */

static const cy_tls_dialect *dialect_of(const cy_tls_seen *seen, cy_tls_role role)
{
  static const char *const known[][2] = {{"openssl s_client", "openssl"}, {"curl -v", "openssl"},
    {"gnutls-cli", "gnutls-3.7"}, {"Java", "jdk-17"}, {"System SSL", "gskit-8"}, {"GSKit", "gskit-8"},
    {"IBM MQ client", "mq"}, {"channel status", "mq"}};
  for (size_t i = 0; seen->role_known && seen->role == role && i < CY_COUNT(known); i++)
    if (strcmp(seen->product, known[i][0]) == 0)
      return cy_tls_dialect_find(known[i][1]);
  return NULL;
}

static cy_err *set_label(cy_tls_side *side, const cy_tls_seen *seen)
{
  CY_CLEAN(cy_buf) label = CY_BUF_TEXT;
  const char *const parts[] = {seen->channel.text, seen->host.text, seen->thread};
  for (size_t i = 0; i < CY_COUNT(parts); i++)
    if (parts[i])
      cy_buf_printf(&label, "%s%s", label.len ? " " : "", parts[i]);
  CY_TRY(cy_buf_check(&label));
  return label.len ? cy_tls_side_set(&side->label, cy_buf_cstr(&label)) : NULL;
}

static cy_err *say_limits(maker *m)
{
  const cy_tls_seen *seen = m->seen;
  const char *role = cy_tls_role_name(m->side->role);
  CY_TRY(cy_buf_check(&m->missing));
  cy_tls_read_finding(m->side, CY_F_TLS_SEEN_ONCE, seen->file, seen->line,
    "the %s is known by %zu connection%s only (%s)%s", role, m->used->times, m->used->times == 1 ? "" : "s",
    seen->product, m->side->role == CY_TLS_SERVER ? ": it may be able to do more than was agreed on" : "");
  if (m->missing.len)
    cy_tls_read_finding(m->side, CY_F_TLS_SEEN_PARTLY, seen->file, seen->line, "not in the trace: %s",
      cy_buf_cstr(&m->missing));
  return cy_findings_check(&m->side->findings);
}

/* Files that this end read, for people. */
static cy_err *note_files(maker *m)
{
  const cy_tls_seen *seen = m->seen;
  const struct {
    const char *key;
    const cy_seen_text *text;
    cy_tls_field field;
  } files[] = {{"configuration read", &seen->config, CY_TLS_FIELD_OTHER},
    {"channel table", &seen->table, CY_TLS_FIELD_OTHER}, {"channel", &seen->channel, CY_TLS_FIELD_OTHER},
    {"CipherSpec of the channel", &seen->cipher, CY_TLS_FIELD_DEMAND},
    {"certificate label", &seen->label, CY_TLS_FIELD_IDENTITY}};
  for (size_t i = 0; i < CY_COUNT(files) && seen->role_known && seen->role == m->side->role; i++)
    if (files[i].text->text)
      CY_TRY(note(m, files[i].field, files[i].key, files[i].text->text, files[i].text->line));
  return NULL;
}

static cy_err *fill(maker *m)
{
  bool client = m->side->role == CY_TLS_CLIENT;
  CY_TRY(note_files(m));
  CY_TRY(client ? client_lists(m) : server_lists(m));
  if (client)
    CY_TRY(client_host(m));
  CY_TRY(take_certificates(m));
  CY_TRY(take_trust(m));
  if (client && m->side->peer == CY_TLS_PEER_UNSET)
    m->side->peer = CY_TLS_PEER_REQUIRED;
  return say_limits(m);
}

static cy_err *begin(maker *m, cy_tls_role role, size_t number)
{
  CY_CLEAN(cy_buf) name = CY_BUF_TEXT;
  const cy_tls_seen *seen = m->seen;
  cy_buf_printf(&name, "%s of connection %zu, %s (%s:%zu)", cy_tls_role_name(role), number, seen->product,
    seen->file, seen->line);
  CY_TRY(cy_buf_check(&name));
  CY_TRY(cy_tls_side_new(&m->side, cy_buf_cstr(&name), role));
  CY_TRY(cy_tls_side_set(&m->side->source, seen->file));
  m->side->dialect = dialect_of(seen, role);
  m->side->security_level = 0;
  if (seen->role_known && seen->role == role)
    CY_TRY(cy_tls_side_set(&m->side->product, seen->product));
  return set_label(m->side, seen);
}

cy_err *cy_tls_seen_side(cy_tls_side **out, cy_tls_reading *reading, const cy_tls_seen *seen,
  cy_tls_used *used, cy_tls_role role, size_t number)
{
  maker m = {.reading = reading, .seen = seen, .used = used, .missing = CY_BUF_TEXT};
  *out = NULL;
  cy_err *err = begin(&m, role, number);
  if (!err)
    err = fill(&m);
  cy_buf_clear(&m.missing);
  if (err) {
    cy_tls_side_free(m.side);
    return err;
  }
  m.side->used = cy_tls_used_ref(used);
  *out = m.side;
  return NULL;
}
