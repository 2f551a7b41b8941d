/* What AT-TLS statements say, as a side. */
#include "tls/attls.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/text.h"
#include "tls/codes.h"
#include "tls/gskit.h"
#include "tls/group.h"
#include "tls/read_password.h"
#include "tls/reader_ring.h"
#include "tls/scheme.h"
#include "tls/suite.h"

/* Of the connection if it says so, else of the environment. */
static const cy_tls_node *advanced(const cy_attls *a, const char *key)
{
  for (int i = 0; i < 2; i++) {
    const cy_tls_node *n = a->advanced[i] ? cy_tls_node_last(a->advanced[i], key) : NULL;
    if (n)
      return n;
  }
  return NULL;
}

static const char *value_of(const cy_tls_node *n)
{
  return n ? cy_tls_node_word(n, 1) : "";
}

static bool is_word(const char *a, const char *b)
{
  return cy_ascii_equal_nocase(cy_span_str(a), cy_span_str(b));
}

/* Versions. */

static cy_err *read_versions(cy_attls *a)
{
  static const struct {
    const char *key;
    unsigned version;
  } rows[] = {{"SSLv3", CY_SSL3}, {"TLSv1", CY_TLS10}, {"TLSv1.1", CY_TLS11}, {"TLSv1.2", CY_TLS12},
    {"TLSv1.3", CY_TLS13}};
  static const char *const right[] = {"On", "Off", NULL};
  const cy_tls_dialect *d = a->side->dialect;
  unsigned set = a->side->role == CY_TLS_SERVER ? d->server_versions : d->client_versions;
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    const cy_tls_node *n = advanced(a, rows[i].key);
    unsigned bit = CY_TLS_BIT(rows[i].version);
    if (!n)
      continue;
    CY_TRY(cy_tls_node_note(a->side, CY_TLS_FIELD_VERSIONS, n, NULL));
    if (is_word(value_of(n), "On"))
      set |= bit;
    else if (is_word(value_of(n), "Off"))
      set &= ~bit;
    else
      cy_tls_node_wrong(a->side, n, value_of(n), right);
  }
  a->side->versions = set;
  if (set & (CY_TLS_BIT(CY_TLS12) | CY_TLS_BIT(CY_TLS13)))
    return NULL;
  const cy_tls_node *at = a->advanced[1] ? a->advanced[1] : a->environment;
  cy_finding *f = cy_tls_read_finding(a->side, CY_F_TLS_GSK_OLD_ONLY, at->file, at->line,
    "neither TLSv1.2 nor TLSv1.3 is On for %s", a->side->label);
  cy_finding_set_fix(
    &a->side->findings, f, "Write TLSv1.2 On into TTLSEnvironmentAdvancedParms, then F PAGENT,REFRESH.");
  return NULL;
}

/* Lists. */

static bool is_code(const char *word, unsigned digits, bool decimal)
{
  size_t len = strlen(word);
  const char *set = decimal ? "0123456789" : "0123456789abcdefABCDEF";
  return len >= digits && len % digits == 0 && strspn(word, set) == len;
}

/* Codes one after the other, or one constant each; statements of one kind go together. */
static cy_err *read_suites_of(
  cy_attls *a, const cy_tls_node *n, const cy_gskit_notation *notation, cy_codes *all)
{
  const cy_item item = {.key = (char *)(uintptr_t)n->words[0],
    .value = (char *)(uintptr_t)value_of(n),
    .file = (char *)(uintptr_t)n->file,
    .line = n->line};
  CY_TRY(cy_tls_node_note(a->side, CY_TLS_FIELD_SUITES, n, NULL));
  if (is_code(item.value, notation->digits, notation->decimal))
    return cy_gskit_codes(a->side, &item, notation, all);
  return cy_tls_read_suites(all, a->side, cy_span_str(item.value), " ,", n->file, n->line);
}

static cy_err *read_suites(cy_attls *a)
{
  cy_codes all = {0};
  cy_err *err = NULL;
  for (const cy_tls_node *n = a->ciphers ? a->ciphers->first : NULL; !err && n; n = n->next)
    if (cy_tls_node_is(n, "V3CipherSuites4Char"))
      err = read_suites_of(a, n, &cy_gskit_suites4, &all);
    else if (cy_tls_node_is(n, "V3CipherSuites"))
      err = read_suites_of(a, n, &cy_gskit_suites2, &all);
  if (!err && all.set)
    err = cy_gskit_put_suites(a->side, &all);
  cy_codes_clear(&all);
  return err;
}

/* "TLS_SIGALG_SHA256_WITH_RSA" and its like, as far as known. */
static uint16_t constant_scheme(const char *word)
{
  static const struct {
    const char *hash, *key;
    uint16_t code;
  } rows[] = {{"SHA512", "RSA", 0x0601}, {"SHA512", "ECDSA", 0x0603}, {"SHA384", "RSA", 0x0501},
    {"SHA384", "ECDSA", 0x0503}, {"SHA256", "RSA", 0x0401}, {"SHA256", "ECDSA", 0x0403},
    {"SHA256", "DSA", 0x0402}, {"SHA224", "RSA", 0x0301}, {"SHA224", "ECDSA", 0x0303},
    {"SHA224", "DSA", 0x0302}, {"SHA1", "RSA", 0x0201}, {"SHA1", "ECDSA", 0x0203}, {"SHA1", "DSA", 0x0202},
    {"SHA512", "RSASSA_PSS", 0x0806}, {"SHA384", "RSASSA_PSS", 0x0805}, {"SHA256", "RSASSA_PSS", 0x0804}};
  char name[64];
  for (size_t i = 0; i < CY_COUNT(rows); i++) {
    snprintf(name, sizeof name, "TLS_SIGALG_%s_WITH_%s", rows[i].hash, rows[i].key);
    if (is_word(name, word))
      return rows[i].code;
  }
  return 0;
}

static cy_err *read_list(
  cy_attls *a, const char *key, cy_tls_field field, const cy_gskit_notation *notation, cy_codes *list)
{
  bool groups = notation == &cy_gskit_groups4;
  for (const cy_tls_node *n = a->signatures ? a->signatures->first : NULL; n; n = n->next) {
    const cy_item item = {.key = (char *)(uintptr_t)key,
      .value = (char *)(uintptr_t)value_of(n),
      .file = (char *)(uintptr_t)n->file,
      .line = n->line};
    if (!cy_tls_node_is(n, key))
      continue;
    CY_TRY(cy_tls_node_note(a->side, field, n, NULL));
    if (groups && is_word(item.value, "Any"))
      continue;
    uint16_t constant = groups ? 0 : constant_scheme(item.value);
    cy_span text = cy_span_str(item.value);
    if (constant)
      CY_TRY(cy_codes_add(list, constant));
    else if (is_code(item.value, 4, groups))
      CY_TRY(cy_gskit_codes(a->side, &item, notation, list));
    else
      CY_TRY(groups ? cy_tls_read_groups(list, a->side, text, " ,", n->file, n->line)
                    : cy_tls_read_schemes(list, a->side, text, " ,", n->file, n->line));
  }
  return NULL;
}

static cy_err *read_signatures(cy_attls *a)
{
  cy_tls_side *s = a->side;
  bool client = s->role == CY_TLS_CLIENT;
  CY_TRY(read_list(
    a, client ? "ClientECurves" : "ServerKexECurves", CY_TLS_FIELD_GROUPS, &cy_gskit_groups4, &s->groups));
  CY_TRY(read_list(a, client ? "ClientKeyShareGroups" : "ServerKeyShareGroups", CY_TLS_FIELD_SHARES,
    &cy_gskit_groups4, &s->shares));
  CY_TRY(read_list(a, "SignaturePairs", CY_TLS_FIELD_SCHEMES, &cy_gskit_schemes4, &s->schemes));
  return read_list(
    a, "SignaturePairsCert", CY_TLS_FIELD_CERT_SCHEMES, &cy_gskit_schemes4, &s->cert_schemes);
}

/* C06: what TLS 1.3 lacks. */
static void check_13(cy_attls *a)
{
  cy_tls_side *s = a->side;
  const cy_tls_node *on = advanced(a, "TLSv1.3");
  bool pss = !s->schemes.set;
  if (!on || !(s->versions & CY_TLS_BIT(CY_TLS13)))
    return;
  for (size_t i = 0; i < s->schemes.count; i++)
    pss |= s->schemes.codes[i] >> 8 == 0x08;
  if (!s->suites13.count) {
    cy_finding *f = cy_tls_read_finding(s, CY_F_TLS_GSK_13_LACKS, on->file, on->line,
      "TLS 1.3 is on for %s, but no suite of it is in TTLSCipherParms", s->label);
    cy_finding_set_fix(
      &s->findings, f, "Add V3CipherSuites4Char 13011302 in front, then F PAGENT,REFRESH.");
  }
  if (!pss) {
    cy_finding *f = cy_tls_read_finding(s, CY_F_TLS_GSK_13_LACKS, on->file, on->line,
      "TLS 1.3 is on for %s, but SignaturePairs has no RSA-PSS pair: RSA certificates can not be used with "
      "it",
      s->label);
    cy_finding_set_fix(&s->findings, f, "Add SignaturePairs 080608050804, then F PAGENT,REFRESH.");
  }
}

/* The other end's certificate. */

static cy_err *read_peer(cy_attls *a)
{
  static const struct {
    const char *word;
    cy_tls_peer peer;
  } rows[] = {{"PassThru", CY_TLS_PEER_UNCHECKED}, {"Full", CY_TLS_PEER_OPTIONAL},
    {"Required", CY_TLS_PEER_REQUIRED}, {"SAFCheck", CY_TLS_PEER_REQUIRED}};
  static const char *const right[] = {"PassThru", "Full", "Required", "SAFCheck", NULL};
  const cy_tls_node *n = advanced(a, "ClientAuthType"), *host = advanced(a, "HostReferenceIdDNS");
  cy_tls_side *s = a->side;
  s->peer = s->role == CY_TLS_CLIENT || a->asks ? CY_TLS_PEER_REQUIRED : CY_TLS_PEER_IGNORED;
  if (host) {
    s->check_host = CY_YES;
    CY_TRY(cy_tls_node_note(s, CY_TLS_FIELD_HOST, host, NULL));
    if (s->role == CY_TLS_CLIENT && !s->host)
      CY_TRY(cy_tls_side_set(&s->host, value_of(host)));
  }
  if (!n || !a->asks)
    return NULL;
  CY_TRY(cy_tls_node_note(s, CY_TLS_FIELD_PEER, n, NULL));
  bool known = false;
  for (size_t i = 0; i < CY_COUNT(rows); i++)
    if (is_word(rows[i].word, value_of(n))) {
      s->peer = rows[i].peer;
      known = true;
    }
  if (!known)
    cy_tls_node_wrong(s, n, value_of(n), right);
  if (s->peer == CY_TLS_PEER_OPTIONAL)
    cy_tls_read_finding(s, CY_F_TLS_CLIENT_OPTIONAL, n->file, n->line,
      "ClientAuthType Full: a client without a certificate comes in, one whose does not hold is refused");
  if (s->peer == CY_TLS_PEER_UNCHECKED)
    cy_tls_read_finding(s, CY_F_TLS_CLIENT_UNCHECKED, n->file, n->line,
      "ClientAuthType PassThru: whatever certificate a client shows is taken");
  return NULL;
}

static cy_err *read_sizes(cy_attls *a)
{
  const cy_tls_node *n = advanced(a, "PeerMinRsaKeySize");
  if (!n)
    return NULL;
  for (const char *at = value_of(n); *at >= '0' && *at <= '9' && a->side->min_rsa < 100000; at++)
    a->side->min_rsa = a->side->min_rsa * 10 + (unsigned)(*at - '0');
  return cy_tls_node_note(a->side, CY_TLS_FIELD_MIN_RSA, n, NULL);
}

/* Certificate and trust. */

static void no_keyring(cy_attls *a)
{
  a->side->identity_wrong = a->side->role == CY_TLS_SERVER;
  cy_tls_read_finding(a->side, CY_F_TLS_IDENTITY_MISSING, a->environment->file, a->environment->line,
    "TTLSEnvironmentAction %s has no TTLSKeyringParms with a Keyring", cy_tls_node_word(a->environment, 1));
}

static cy_err *read_stores(cy_attls *a)
{
  CY_CLEAN(cy_buf) path = CY_BUF_TEXT;
  const cy_tls_node *ring = a->keyring ? cy_tls_node_last(a->keyring, "Keyring") : NULL;
  const cy_tls_node *password = a->keyring ? cy_tls_node_last(a->keyring, "KeyringPw") : NULL;
  const cy_tls_node *stash = a->keyring ? cy_tls_node_last(a->keyring, "KeyringStashFile") : NULL;
  const cy_tls_node *label = advanced(a, "CertificateLabel");
  if (a->side->role == CY_TLS_SERVER && advanced(a, "ServerCertificateLabel"))
    label = advanced(a, "ServerCertificateLabel");
  if (label)
    CY_TRY(cy_tls_node_note(a->side, CY_TLS_FIELD_IDENTITY, label, NULL));
  if (!ring) {
    no_keyring(a);
    return NULL;
  }
  CY_TRY(cy_tls_node_note(a->side, CY_TLS_FIELD_IDENTITY, ring, NULL));
  if (cy_text_starts(value_of(ring), "*TOKEN*")) {
    cy_tls_read_finding(a->side, CY_F_TLS_NOT_READ, ring->file, ring->line,
      "%s is a token of ICSF: what it holds is not known here", value_of(ring));
    return NULL;
  }
  if (cy_gskit_is_ring(value_of(ring), password || stash))
    cy_tls_ring_path(&path, value_of(ring));
  else
    cy_buf_str(&path, value_of(ring));
  CY_TRY(cy_buf_check(&path));
  CY_CLEAN(cy_buf) words = CY_BUF_TEXT; /* labels have blanks */
  if (label)
    cy_tls_node_value(label, 1, &words);
  CY_TRY(cy_buf_check(&words));
  const char *secret = password ? value_of(password) : NULL;
  CY_TRY(cy_tls_read_identity_with(
    a->reading, a->side, ring->file, cy_buf_cstr(&path), NULL, label ? cy_buf_cstr(&words) : NULL, secret));
  return cy_tls_read_trust_with(a->reading, a->side, ring->file, cy_buf_cstr(&path), secret);
}

cy_err *cy_attls_read(cy_attls *a)
{
  CY_TRY(read_versions(a));
  CY_TRY(read_suites(a));
  CY_TRY(read_signatures(a));
  CY_TRY(read_peer(a));
  CY_TRY(read_sizes(a));
  CY_TRY(read_stores(a));
  check_13(a);
  return NULL;
}

/* Words. */

static const char *const words[] = {"TTLSRule", "TTLSGroupAction", "TTLSEnvironmentAction",
  "TTLSConnectionAction", "TTLSGroupAdvancedParms", "TTLSEnvironmentAdvancedParms",
  "TTLSConnectionAdvancedParms", "TTLSKeyringParms", "TTLSCipherParms", "TTLSSignatureParms",
  "TTLSGskAdvancedParms", "TTLSGroupActionRef", "TTLSEnvironmentActionRef", "TTLSConnectionActionRef",
  "TTLSGroupAdvancedParmsRef", "TTLSEnvironmentAdvancedParmsRef", "TTLSConnectionAdvancedParmsRef",
  "TTLSKeyringParmsRef", "TTLSCipherParmsRef", "TTLSSignatureParmsRef", "TTLSGskAdvancedParmsRef",
  "TTLSEnabled", "HandshakeRole", "Keyring", "KeyringPw", "KeyringStashFile", "V2CipherSuites",
  "V3CipherSuites", "V3CipherSuites4Char", "ClientECurves", "ServerKexECurves", "ClientKeyShareGroups",
  "ServerKeyShareGroups", "SignaturePairs", "SignaturePairsCert", "SSLv2", "SSLv3", "TLSv1.3", "TLSv1.2",
  "TLSv1.1", "TLSv1", "ApplicationControlled", "CertificateLabel", "ServerCertificateLabel",
  "ClientAuthType", "HandshakeTimeout", "SecondaryMap", "Renegotiation", "RenegotiationIndicator",
  "RenegotiationCertCheck", "ResetCipherTimer", "MiddleBoxCompatMode", "CertValidationMode",
  "PeerMinCertVersion", "PeerMinRsaKeySize", "PeerMinECCKeySize", "PeerMinDHKeySize", "PeerMinDsaKeySize",
  "HostReferenceIdDNS", "HostReferenceIdCN", "SuiteBProfile", "FIPS140", "Envfile", "Trace", "Direction",
  "Jobname", "Userid", "Priority", "LocalPortRange", "RemotePortRange", "LocalAddr", "RemoteAddr", NULL};

/* Only what is nearly one of them: other statements of the policy agent are no business of this reader. */
static void check_word(cy_attls *a, const cy_tls_node *n)
{
  cy_nearest near = CY_NEAREST(n->words[0]);
  for (size_t i = 0; words[i]; i++) {
    if (is_word(words[i], n->words[0]))
      return;
    cy_nearest_try(&near, words[i]);
  }
  bool ttls = cy_ascii_equal_nocase(cy_span_of(n->words[0], strnlen(n->words[0], 3)), CY_SPAN("TLS"));
  if (!near.best || (near.best_distance > 1 && !ttls))
    return;
  cy_finding *f = cy_tls_read_noticed(&a->left, CY_F_TLS_SETTING_UNKNOWN, n->file, n->line,
    "%s is no word of AT-TLS that is known", n->words[0]);
  cy_finding_set_fix(&a->left, f, "Did you mean %s?", near.best);
}

cy_err *cy_attls_check_words(cy_attls *a)
{
  const cy_tls_node *n = a->tree.root.first;
  while (n) {
    check_word(a, n);
    if (n->first) {
      n = n->first;
      continue;
    }
    while (n && !n->next)
      n = n->parent == &a->tree.root ? NULL : n->parent;
    n = n ? n->next : NULL;
  }
  return cy_findings_check(&a->left);
}
